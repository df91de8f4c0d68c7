// A protocol that nobody speaks, for tests of the doors that every protocol comes in by: a PDU is
// "TOY!", a length of four bytes, and so many bytes. Boundaries that are lost are found at the next "TOY!".

import type { Journal, Run } from '../../src/pdu/journal.js';
import {
  type ConnectionFraming,
  type Framing,
  type FramingFacts,
  type Heir,
  HOPELESS,
  LOOKING,
  PROVEN,
  type Protocol,
  type Recogniser,
} from '../../src/pdu/protocol.js';
import type { Connection } from '../../src/stream/connection.js';
import { concat } from './octets.js';

const MAGIC = [0x54, 0x4f, 0x59, 0x21];
const HEADER = 8;

/** One PDU as it was told. */
export interface ToyPdu {
  readonly direction: number;
  readonly streamOffset: number;
  readonly text: string;
  /** Bytes of it in gaps. */
  readonly absent: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly frameEnd: number;
  readonly endNs: number;
}

export function toyPdu(text: string): Uint8Array {
  const body = new TextEncoder().encode(text);
  const head = Uint8Array.of(...MAGIC, 0, 0, body.length >> 8, body.length & 255);
  return concat(head, body);
}

export class ToyProtocol implements Protocol {
  readonly name = 'toy';
  readonly title = 'toy';
  readonly ports = new Set([7007]);
  readonly told: ToyPdu[] = [];
  readonly ended: number[] = [];
  closed = 0;
  onPdu: (pdu: ToyPdu, connection: number) => void = () => {};

  recogniser(journal: Journal, onPort: boolean, connection: Connection): Recogniser {
    return new ToyRecogniser(this, journal, onPort, connection);
  }

  framing(connection: Connection): ToyConnection {
    return new ToyConnection(this, connection.id);
  }
}

/** A stream's first bytes prove it; in mid-stream a "TOY!" does, on its port only. */
class ToyRecogniser implements Recogniser {
  verdict = LOOKING;

  constructor(
    private readonly toy: ToyProtocol,
    private readonly journal: Journal,
    private readonly onPort: boolean,
    private readonly connection: Connection,
  ) {}

  data(side: number, run: Run): number {
    const fromStart = this.journal.startKnown[side] && run.start === 0;
    if (fromStart && run.length >= 4) this.verdict = isMagic(run.bytes, 0) ? PROVEN : HOPELESS;
    else if (fromStart && run.bytes[0] !== MAGIC[0]) this.verdict = HOPELESS;
    else if (!fromStart && !this.onPort) this.verdict = HOPELESS;
    for (let i = 0; !fromStart && this.onPort && i + 4 <= run.length; i++) {
      if (isMagic(run.bytes, i)) this.verdict = PROVEN;
    }
    return this.verdict;
  }

  gap(): number {
    return this.verdict;
  }

  needs(): number {
    return 3;
  }

  forget(): void {}

  lastChance(): boolean {
    return false;
  }

  framing(): ConnectionFraming {
    const framing = this.toy.framing(this.connection);
    for (let side = 0; side < 2; side++) {
      const start = this.journal.start[side];
      framing.directions[side].startAt(start, start === 0 && this.journal.startKnown[side]);
    }
    return framing;
  }
}

class ToyConnection implements ConnectionFraming {
  readonly directions: readonly [ToyFraming, ToyFraming];

  constructor(
    private readonly toy: ToyProtocol,
    id: number,
  ) {
    this.directions = [new ToyFraming(toy, id * 2), new ToyFraming(toy, id * 2 + 1)];
  }

  facts(): FramingFacts {
    const [a, b] = this.directions;
    return { pdus: a.pdus + b.pdus, lost: [a.lost, b.lost], headersCut: 0, boundariesLost: 0 };
  }

  closed(): void {
    this.toy.closed++;
  }
}

/** A byte at a time: what it says is easy to believe. */
class ToyFraming implements Framing {
  pdus = 0;
  lost = 0;
  private position = 0;
  private boundary = true;
  private header: number[] = [];
  private body: number[] = [];
  private left = 0;
  private absent = 0;
  private begun = { frame: 0, timeNs: 0, streamOffset: 0 };
  private heir: Heir | undefined;
  private next: Framing | undefined;

  constructor(
    private readonly toy: ToyProtocol,
    private readonly direction: number,
  ) {}

  startAt(position: number, boundary: boolean): void {
    this.position = position;
    this.boundary = boundary;
    this.heir = undefined;
    this.next = undefined;
    this.header = [];
    this.left = 0;
  }

  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    for (let i = 0; i < length; i++) {
      if (this.idle() && this.heir !== undefined) {
        this.inherit().data(bytes, view, at + i, length - i, timeNs, frame, readyNs);
        this.position += length - i;
        return;
      }
      this.byte(bytes[at + i], timeNs, frame, readyNs);
    }
  }

  gap(
    length: number,
    kind: 'cut' | 'missing',
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    let rest = length;
    while (rest > 0) {
      if (this.idle() && this.heir !== undefined) {
        this.inherit().gap(rest, kind, timeNs, frame, readyNs);
        this.position += rest;
        return;
      }
      if (this.left === 0) {
        this.lost += this.header.length + rest;
        this.header = [];
        this.boundary = false;
        this.position += rest;
        return;
      }
      const n = Math.min(rest, this.left);
      this.absent += n;
      this.left -= n;
      this.position += n;
      rest -= n;
      if (this.left === 0) this.end(frame, readyNs);
    }
  }

  indifferent(): number {
    return this.next?.indifferent() ?? 0;
  }

  passed(length: number, cut: number, frame: number, readyNs: number): void {
    this.next?.passed(length, cut, frame, readyNs);
  }

  ended(): void {
    this.toy.ended.push(this.direction);
  }

  leave(heir: Heir): void {
    this.heir = heir;
    this.next = undefined;
  }

  invariants(): void {
    if (this.header.length >= HEADER && this.left === 0) throw new Error('toy: a header is over');
  }

  private idle(): boolean {
    return this.header.length === 0 && this.left === 0;
  }

  private inherit(): Framing {
    this.next ??= this.heir!(this.position, this.boundary);
    return this.next;
  }

  private byte(byte: number, timeNs: number, frame: number, readyNs: number): void {
    const streamOffset = this.position++;
    if (this.left > 0) {
      this.body.push(byte);
      if (--this.left === 0) this.end(frame, readyNs);
      return;
    }
    if (this.header.length === 0) this.begun = { frame, timeNs, streamOffset };
    this.header.push(byte);
    const n = this.header.length;
    if (n <= 4 && byte !== MAGIC[n - 1]) {
      this.lost += n;
      this.header = [];
      this.boundary = false;
    } else if (n === HEADER) {
      this.left = (this.header[6] << 8) | this.header[7];
      this.header = [];
      this.body = [];
      this.absent = 0;
      if (this.left === 0) this.end(frame, readyNs);
    }
  }

  private end(frameEnd: number, endNs: number): void {
    const text = new TextDecoder().decode(Uint8Array.from(this.body));
    const { direction, absent, begun } = this;
    this.pdus++;
    this.boundary = true;
    const pdu = { direction, ...begun, text, absent, frameEnd, endNs };
    this.toy.told.push(pdu);
    this.toy.onPdu(pdu, direction >> 1);
  }
}

function isMagic(bytes: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, i) => bytes[at + i] === byte);
}

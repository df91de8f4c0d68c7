// Ordered bytes → PDUs. Which protocol a connection speaks is recognised by its bytes, on any port
// (recognition.ts); then that protocol's framing has them, until a later stage says that from here on
// they are another's (RFC 7145: MPA behind a login). The stage knows no protocol but by its row
// (protocol.ts).

import { appended } from '../lib/appended.js';
import { assert } from '../lib/assert.js';
import { Slots } from '../lib/slots.js';
import { CONNECTIONS_OVER_KEPT, JOURNAL_BYTES_TOTAL, UNREAD_CONNECTIONS_MAX } from '../limits.js';
import { type Connection, flowOf } from '../stream/connection.js';
import type { GapKind, StreamSink } from '../stream/sink.js';
import { type ByteSample, Sampled } from './byte-sample.js';
import { CountOnly } from './count-only.js';
import {
  ANYBODY,
  type ConnectionFraming,
  type Framing,
  type FramingFacts,
  HOPELESS,
  PROVEN,
  type Protocol,
  type ProtocolControl,
} from './protocol.js';
import { isOnPort, Recognition } from './recognition.js';

/** What one protocol made of a connection. */
export interface Spoken {
  readonly protocol: string;
  readonly facts: FramingFacts;
}

/** A connection that is known to speak a protocol, or more than one after the other. */
interface Speaker {
  /** In the order in which they were first spoken. */
  protocols: string[];
  framings: ConnectionFraming[];
  /** Of the last change; undefined: nobody's, or anybody's while it is looked at again. */
  present: ConnectionFraming | undefined;
}

/** A connection on a tunnel's port that is no framing known. */
export interface UnreadConnection {
  readonly connection: Connection;
  /** Whose port it is. */
  readonly titles: readonly string[];
  readonly sample: ByteSample;
}

/** Bytes of connections never looked at, and of those given up. */
const OFF = new CountOnly();

export class PduStage implements StreamSink, ProtocolControl {
  /** Connections on a protocol's ports that were never recognised, by protocol. */
  readonly unrecognised = new Map<Protocol, number>();
  /** Of those the ones that stand on a tunnel's port: what they look like. Bounded. */
  readonly unread: UnreadConnection[] = [];
  /** Connections whose journal was dropped because all journals together were too long. */
  journalsDropped = 0;
  /** Ports taken for a protocol's. */
  readonly ports: ReadonlySet<number>;
  private readonly protocols: readonly Protocol[];
  private readonly notPorts: ReadonlySet<number>;
  private readonly streams = new Slots<Connection>();
  /** By direction; undefined while it is not known whose the bytes are. */
  private readonly framings = new Slots<Framing>();
  private readonly recognitions = new Slots<Recognition>();
  private readonly speakers = new Slots<Speaker>();
  private readonly finished = new Slots<readonly Spoken[]>();
  /** Dropped before they were closed: nothing is kept of them then. */
  private readonly dropped = new Set<number>();
  /** Of those that leave nothing the last that are over, in a ring: they can still be asked for (slice, screens). */
  private readonly over: number[] = [];
  private overCount = 0;
  private journalled = 0;

  /** Where two protocols are proven by the same bytes the first in the table has them. */
  constructor(protocols: readonly Protocol[], notPorts: readonly number[] = []) {
    this.protocols = protocols;
    const ports = new Set<number>();
    for (const protocol of protocols) for (const port of protocol.ports) ports.add(port);
    this.ports = ports;
    this.notPorts = new Set(notPorts);
  }

  opened(connection: Connection): void {
    const id = connection.id;
    const off = this.notPorts.has(connection.aPort) || this.notPorts.has(connection.bPort);
    this.streams.set(id, connection);
    this.recognitions.set(id, undefined);
    this.speakers.set(id, undefined);
    this.framings.set(id * 2, off ? OFF : undefined);
    this.framings.set(id * 2 + 1, off ? OFF : undefined);
  }

  data(
    direction: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const framing = this.framings.get(direction);
    if (framing !== undefined) framing.data(bytes, view, at, length, timeNs, frame, readyNs);
    else this.recognise(direction, bytes, at, length, timeNs, frame, readyNs);
  }

  gap(
    direction: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const framing = this.framings.get(direction);
    if (framing !== undefined) {
      framing.gap(length, kind, timeNs, frame, readyNs);
      return;
    }
    const id = direction >> 1;
    const r = this.recognition(id);
    const before = r.journal.held;
    const verdict = r.gap(direction & 1, length, kind, timeNs, frame, readyNs);
    this.journalled += r.journal.held - before;
    if (verdict === PROVEN) this.accept(id, r);
  }

  /** Payload that nobody asked for, and other protocols' bytes. */
  indifferent(direction: number): number {
    const framing = this.framings.get(direction);
    return framing === undefined ? 0 : framing.indifferent();
  }

  passed(direction: number, length: number, cut: number, frame: number, readyNs: number): void {
    this.framings.get(direction)?.passed(length, cut, frame, readyNs);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    const speaker = this.speakers.get(direction >> 1);
    if (speaker === undefined) return;
    for (const { directions } of speaker.framings) directions[direction & 1].ended(timeNs, frame);
  }

  closed(connection: Connection): void {
    const id = connection.id;
    const r = this.recognitions.get(id);
    if (r?.lastChance() === PROVEN) {
      this.accept(id, r);
      this.ended(id * 2, connection.lastNs, connection.lastFrame);
      this.ended(id * 2 + 1, connection.lastNs, connection.lastFrame);
    } else if (r !== undefined) this.giveUp(id);
    this.forget(id);
  }

  change(connection: number, protocol: string): void {
    const stream = this.streams.get(connection);
    const speaker = this.speakers.get(connection);
    if (stream === undefined || speaker === undefined) return;
    const looked = this.recognitions.get(connection);
    this.recognitions.set(connection, undefined);
    this.journalled -= looked?.journal.held ?? 0;
    const row = this.protocols.find((p) => p.name === protocol);
    speaker.present = row === undefined ? undefined : framingOf(speaker, row, stream);
    if (protocol === ANYBODY) {
      this.recognitions.set(connection, new Recognition(stream, this.protocols, [false, false]));
    }
    for (let side = 0; side < 2; side++) {
      const direction = connection * 2 + side;
      const framing = this.framings.get(direction);
      if (framing === undefined || framing === OFF) {
        const position = looked?.journal.start[side] ?? flowOf(stream, direction).streamBytes;
        this.arrive(direction, position, false);
      } else framing.leave((position, clean) => this.arrive(direction, position, clean));
    }
    looked?.journal.replay([this.now(connection * 2), this.now(connection * 2 + 1)]);
  }

  /** The TCP connection of a number that carried PDUs. */
  connection(id: number): Connection {
    const connection = this.streams.get(id);
    assert(connection !== undefined, 'a connection is not known');
    return connection;
  }

  /** The same, where nobody knows whether there is one. */
  known(id: number): Connection | undefined {
    return this.streams.get(id);
  }

  /** What a connection was found to speak, in order; empty where it was nothing known. */
  spoken(id: number): readonly Spoken[] {
    const finished = this.finished.get(id);
    if (finished !== undefined) return finished;
    const speaker = this.speakers.get(id);
    return speaker === undefined ? [] : factsOf(speaker);
  }

  /** A connection that is over will not be asked for any more. */
  drop(id: number): void {
    this.streams.set(id, undefined);
    this.finished.set(id, undefined);
    if (this.speakers.get(id) !== undefined) this.dropped.add(id);
  }

  invariants(): void {
    let journalled = 0;
    for (const r of this.recognitions.values()) journalled += r.journal.held;
    assert(journalled === this.journalled, 'journals are not counted right');
    for (const framing of this.framings.values()) framing.invariants();
  }

  /** The bytes of a direction from `position` on are those of the last change. */
  private arrive(direction: number, position: number, boundary: boolean): Framing {
    const id = direction >> 1;
    const recognition = this.recognitions.get(id);
    if (recognition !== undefined) {
      recognition.journal.begin(direction & 1, position);
      this.framings.set(direction, undefined);
      return new Unknown(this, direction);
    }
    const framing = this.speakers.get(id)?.present?.directions[direction & 1] ?? new CountOnly();
    framing.startAt(position, boundary);
    this.framings.set(direction, framing);
    return framing;
  }

  /** Who has the next byte of a direction. */
  private now(direction: number): Framing {
    return this.framings.get(direction) ?? new Unknown(this, direction);
  }

  private recognition(id: number): Recognition {
    let r = this.recognitions.get(id);
    if (r === undefined) {
      const s = this.connection(id);
      r = new Recognition(s, this.protocols, [s.a.startKnown, s.b.startKnown]);
      this.recognitions.set(id, r);
    }
    return r;
  }

  private recognise(
    direction: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const id = direction >> 1;
    const r = this.recognition(id);
    const before = r.journal.held;
    const verdict = r.data(direction & 1, bytes, at, length, timeNs, frame, readyNs);
    this.journalled += r.journal.held - before;
    if (verdict === PROVEN) this.accept(id, r);
    else if (verdict === HOPELESS) this.giveUp(id);
    else if (this.journalled > JOURNAL_BYTES_TOTAL) {
      this.journalled -= r.journal.held;
      r.forget();
      this.journalsDropped++;
    }
  }

  private accept(id: number, r: Recognition): void {
    const { proven, protocol } = r;
    assert(proven !== undefined && protocol !== undefined, 'accepted without proof');
    this.recognitions.set(id, undefined);
    this.journalled -= r.journal.held;
    const framing = proven.framing();
    const speaker = this.speakers.get(id) ?? { protocols: [], framings: [], present: undefined };
    this.speakers.set(id, speaker);
    spoke(speaker, protocol.name, framing);
    speaker.present = framing;
    // A side that still ends a PDU of what was spoken before comes later.
    for (let side = 0; side < 2; side++) this.keep(id * 2 + side, framing.directions[side]);
    r.journal.replay(framing.directions);
  }

  /** Whose the bytes of a direction are, where that was not known. */
  private keep(direction: number, framing: Framing): void {
    if (this.framings.get(direction) === undefined) this.framings.set(direction, framing);
  }

  /** Nobody's. */
  private giveUp(id: number): void {
    const r = this.recognitions.get(id);
    this.journalled -= r?.journal.held ?? 0;
    this.recognitions.set(id, undefined);
    const off = r === undefined ? OFF : this.unreadOf(id, r);
    this.keep(id * 2, off);
    this.keep(id * 2 + 1, off);
    if (this.speakers.get(id) !== undefined) return;
    for (const protocol of this.protocols) {
      if (!isOnPort(protocol, this.connection(id))) continue;
      this.unrecognised.set(protocol, (this.unrecognised.get(protocol) ?? 0) + 1);
    }
  }

  /** Who has the bytes of a connection that is nobody's: on a tunnel's port they are sampled. */
  private unreadOf(id: number, { sample }: Recognition): Framing {
    if (sample === undefined || this.speakers.get(id) !== undefined) return OFF;
    if (this.unread.length >= UNREAD_CONNECTIONS_MAX) return OFF;
    const connection = this.connection(id);
    const on = this.protocols.filter((p) => p.tellsUnread === true && isOnPort(p, connection));
    this.unread.push({ connection, titles: on.map(({ title }) => title), sample });
    return new Sampled(sample);
  }

  private leavesNothing({ protocols }: Speaker): boolean {
    return protocols.every(
      (name) => this.protocols.find((p) => p.name === name)?.leavesNothing === true,
    );
  }

  private isOver(id: number): void {
    const at = this.overCount++ % CONNECTIONS_OVER_KEPT;
    const before = this.over[at];
    this.over[at] = id;
    if (before !== undefined) this.drop(before);
  }

  /** Of other protocols' connections nothing is kept: a capture may hold millions of them. */
  private forget(id: number): void {
    const speaker = this.speakers.get(id);
    if (speaker === undefined) this.streams.set(id, undefined);
    else {
      const leaves = this.leavesNothing(speaker);
      if (!this.dropped.delete(id)) {
        this.finished.set(id, factsOf(speaker));
        if (leaves) this.isOver(id);
      }
      for (const framing of speaker.framings) framing.closed();
    }
    this.speakers.set(id, undefined);
    this.framings.set(id * 2, undefined);
    this.framings.set(id * 2 + 1, undefined);
  }
}

/** A side that has come to where nobody knows yet whose it is: what left a framing goes to the stage. */
class Unknown implements Framing {
  private readonly stage: PduStage;
  private readonly direction: number;

  constructor(stage: PduStage, direction: number) {
    this.stage = stage;
    this.direction = direction;
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
    this.stage.data(this.direction, bytes, view, at, length, timeNs, frame, readyNs);
  }

  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void {
    this.stage.gap(this.direction, length, kind, timeNs, frame, readyNs);
  }

  indifferent(): number {
    return this.stage.indifferent(this.direction);
  }

  passed(length: number, cut: number, frame: number, readyNs: number): void {
    this.stage.passed(this.direction, length, cut, frame, readyNs);
  }

  // It stands in no table: nobody begins, ends or leaves it.
  startAt(): void {}
  ended(): void {}
  leave(): void {}
  invariants(): void {}
}

/** The framing of a protocol that the connection changes to: the one it had, where it had one. */
function framingOf(speaker: Speaker, row: Protocol, stream: Connection): ConnectionFraming {
  const had = speaker.protocols.lastIndexOf(row.name);
  if (had >= 0) return speaker.framings[had];
  const framing = row.framing(stream);
  spoke(speaker, row.name, framing);
  return framing;
}

function spoke(speaker: Speaker, protocol: string, framing: ConnectionFraming): void {
  speaker.protocols = appended(speaker.protocols, protocol);
  speaker.framings = appended(speaker.framings, framing);
}

function factsOf({ protocols, framings }: Speaker): Spoken[] {
  return framings.map((framing, i) => ({ protocol: protocols[i], facts: framing.facts() }));
}

// One TCP connection of a load: two directions that cut queued PDUs to segments at line rate,
// acknowledge each other, lose and reorder a little, and tell when a PDU has arrived.

import { crc32c, digestWord } from '../src/lib/crc32c.js';
import { ACK, FIN, PSH, SYN } from '../src/packet/segment.js';
import { randomFrom } from '../test/support/mishaps.js';
import { tcpPacket } from '../test/support/packet-builder.js';
import type { Action, Events } from './events.js';
import { type FrameWriter, HEADER_BYTES, type Template, template } from './frames.js';

export interface LinkOptions {
  readonly mss: number;
  /** True: every PDU begins a segment, as where a sender writes one at a time. */
  readonly aligned: boolean;
  /** Headers beyond it are not captured. */
  readonly snaplen: number;
  /** Segments with data that the receiver answers with one ACK. */
  readonly ackEvery: number;
  /** Share of segments that are lost and sent again, or come out of order. */
  readonly disturbed: number;
  /** Share of packets that the capture does not hold, though the network delivered them. */
  readonly unseen: number;
}

/** Line rate of each session: 2.5 Gb/s. */
const NS_PER_BYTE = 3.2;
/** Fast retransmission on a LAN; what comes meanwhile waits out of order. */
const RETRANSMIT_NS = 300_000;
const REORDER_NS = 8_000;
const NEVER = -1;
const QUEUE_SENT_MAX = 256;

interface Chunk {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
  readonly dataAt: number;
  /** Header and data. */
  readonly length: number;
  readonly arrived: Action | undefined;
  /** Told whether the capture holds the whole header. */
  readonly seen: ((whole: boolean) => void) | undefined;
  sent: number;
  headerSeen: boolean;
}

export class Link {
  readonly initiator: Flow;
  readonly target: Flow;

  constructor(
    frames: FrameWriter,
    events: Events,
    options: LinkOptions,
    ends: { src: string; dst: string; srcPort: number; seed: number },
  ) {
    const { src, dst, srcPort, seed } = ends;
    const random = randomFrom(seed);
    const out = template(tcpPacket({ src, dst, srcPort, dstPort: 3260 }));
    const back = template(
      tcpPacket({ src: dst, dst: src, srcPort: 3260, dstPort: srcPort }, { ttl: 63 }),
    );
    this.initiator = new Flow(frames, events, options, out, random);
    this.target = new Flow(frames, events, options, back, random);
    this.initiator.peer = this.target;
    this.target.peer = this.initiator;
  }

  /** Handshake; calls back at its end. */
  open(timeNs: number, events: Events, done: Action): void {
    this.initiator.signal(timeNs, SYN);
    events.add(timeNs + 50_000, (t) => this.target.signal(t, SYN | ACK));
    events.add(timeNs + 51_000, (t) => {
      this.initiator.signal(t, ACK);
      done(t);
    });
  }

  close(timeNs: number, events: Events): void {
    events.add(timeNs, (t) => this.initiator.signal(t, FIN | ACK));
    events.add(timeNs + 20_000, (t) => this.target.signal(t, FIN | ACK));
    events.add(timeNs + 40_000, (t) => this.initiator.signal(t, ACK));
  }
}

export class Flow {
  peer: Flow | undefined;
  seq: number;
  /** Header and data digests: set when the login agreed on them. */
  digests = false;
  readonly #frames: FrameWriter;
  readonly #events: Events;
  readonly #options: LinkOptions;
  readonly #template: Template;
  readonly #random: () => number;
  #queue: Chunk[] = [];
  #next = 0;
  #pumping = false;
  #unacknowledged = 0;
  /** A segment that did not arrive: its sequence number, and when it comes at last. */
  #heldSeq = NEVER;
  #heldUntil = 0;
  readonly #pump: Action;

  constructor(
    frames: FrameWriter,
    events: Events,
    options: LinkOptions,
    of: Template,
    random: () => number,
  ) {
    this.#frames = frames;
    this.#events = events;
    this.#options = options;
    this.#template = of;
    this.#random = random;
    this.seq = random();
    this.#pump = (timeNs) => this.#segment(timeNs);
  }

  /** What the peer acknowledges: all that was sent, up to a hole. */
  received(): number {
    return this.#heldSeq === NEVER ? this.seq : this.#heldSeq;
  }

  /** Queues a PDU; `arrived` is called when its last byte is there. */
  send(
    timeNs: number,
    header: Uint8Array,
    data: Uint8Array,
    dataAt: number,
    dataLength: number,
    arrived?: Action,
    seen?: (whole: boolean) => void,
  ): void {
    if (this.digests) {
      const head = joined(header, digestOf(header, 0, header.length));
      const digested = dataLength > 0;
      this.#push(head, data, dataAt, dataLength, digested ? undefined : arrived, seen);
      if (digested) this.#push(digestOf(data, dataAt, dataLength), data, 0, 0, arrived, undefined);
    } else this.#push(header, data, dataAt, dataLength, arrived, seen);
    if (this.#pumping) return;
    this.#pumping = true;
    this.#events.add(timeNs, this.#pump);
  }

  #push(
    header: Uint8Array,
    data: Uint8Array,
    dataAt: number,
    dataLength: number,
    arrived: Action | undefined,
    seen: Chunk['seen'],
  ): void {
    const length = header.length + dataLength;
    this.#queue.push({ header, data, dataAt, length, arrived, seen, sent: 0, headerSeen: true });
  }

  /** A packet without payload: SYN, FIN or a bare ACK. */
  signal(timeNs: number, flags: number): void {
    this.#frames.begin(this.#template, this.seq, flags & ACK ? this.peer!.received() : 0, flags);
    this.#frames.end(this.#template, timeNs);
    if (flags & (SYN | FIN)) this.seq = (this.seq + 1) >>> 0;
    else if (this.#chance(this.#options.unseen)) this.#frames.takeBack();
    this.peer!.#unacknowledged = 0;
  }

  /** One segment of what is queued. */
  #segment(timeNs: number): void {
    const frames = this.#frames;
    const seq = this.seq;
    const first = this.#next;
    const before = this.#queue[first].sent;
    frames.begin(this.#template, seq, this.peer!.received(), ACK | PSH);
    const length = this.#fill();
    frames.end(this.#template, timeNs);
    this.seq = (seq + length) >>> 0;
    if (!this.#mishap(timeNs, seq)) this.#unseenHeaders(first, before);
    this.#arrivals(first, Math.max(timeNs, this.#heldUntil));
    this.peer!.#unacknowledged = 0;
    if (++this.#unacknowledged >= this.#options.ackEvery) this.peer!.signal(timeNs, ACK);
    if (this.#next < this.#queue.length) {
      if (this.#next > QUEUE_SENT_MAX) this.#forget();
      this.#events.add(timeNs + Math.ceil((length + HEADER_BYTES) * NS_PER_BYTE), this.#pump);
      return;
    }
    this.#pumping = false;
    this.#forget();
  }

  /** Lets go of what was sent. */
  #forget(): void {
    this.#queue = this.#queue.slice(this.#next);
    this.#next = 0;
  }

  /** Puts up to MSS bytes of the queue into the frame; returns how many. */
  #fill(): number {
    let length = 0;
    while (length < this.#options.mss && this.#next < this.#queue.length) {
      const chunk = this.#queue[this.#next];
      const header = chunk.header.length;
      const take = Math.min(this.#options.mss - length, chunk.length - chunk.sent);
      const to = chunk.sent + take;
      // What snaplen leaves of the header that ends here.
      const end = HEADER_BYTES + length + header - chunk.sent;
      if (chunk.sent < header && end > this.#options.snaplen) chunk.headerSeen = false;
      if (chunk.sent < header) this.#frames.payload(chunk.header, chunk.sent, Math.min(to, header));
      if (to > header) {
        const from = Math.max(chunk.sent, header) - header;
        this.#frames.payload(chunk.data, chunk.dataAt + from, chunk.dataAt + to - header);
      }
      chunk.sent = to;
      length += take;
      if (to === chunk.length) this.#next++;
      if (this.#options.aligned && to === chunk.length) break;
    }
    return length;
  }

  /** The capture does not hold the segment: neither does it hold the headers in it. */
  #unseenHeaders(first: number, before: number): void {
    const last = Math.min(this.#next, this.#queue.length - 1);
    for (let i = first; i <= last; i++) {
      const chunk = this.#queue[i];
      const from = i === first ? before : 0;
      if (chunk.sent > from && from < chunk.header.length) chunk.headerSeen = false;
    }
  }

  /** Tells of the PDUs that the segment completed. */
  #arrivals(first: number, timeNs: number): void {
    for (let i = first; i < this.#next; i++) {
      const chunk = this.#queue[i];
      chunk.seen?.(chunk.headerSeen);
      if (chunk.arrived !== undefined) this.#events.add(timeNs, chunk.arrived);
    }
  }

  /** Loss, reordering and unseen packets. False where the capture never holds the segment. */
  #mishap(timeNs: number, seq: number): boolean {
    if (this.#chance(this.#options.unseen)) {
      this.#frames.takeBack();
      return false;
    }
    if (this.#heldSeq !== NEVER || !this.#chance(this.#options.disturbed)) return true;
    const kind = this.#random() % 3;
    const late = timeNs + (kind === 0 ? REORDER_NS : RETRANSMIT_NS);
    const record = kind === 1 ? this.#frames.copyLast() : this.#frames.takeBack();
    this.#heldSeq = seq;
    this.#heldUntil = late;
    this.#events.add(late, (t) => {
      this.#frames.again(record, t);
      this.#heldSeq = NEVER;
      this.peer!.signal(t, ACK);
    });
    return true;
  }

  #chance(share: number): boolean {
    return share > 0 && this.#random() < share * 4294967296;
  }
}

function digestOf(bytes: Uint8Array, at: number, length: number): Uint8Array {
  const digest = new Uint8Array(4);
  new DataView(digest.buffer).setUint32(0, digestWord(crc32c(bytes, at, length)));
  return digest;
}

function joined(header: Uint8Array, digest: Uint8Array): Uint8Array {
  const both = new Uint8Array(header.length + digest.length);
  both.set(header);
  both.set(digest, header.length);
  return both;
}

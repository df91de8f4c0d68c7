// hot: no allocation per packet
// What the assembler knows of a connection while it lives: two halves, one for the bytes each side
// sends. Sequence numbers are kept signed (`| 0`), as small integers that do not allocate.

import { asDoubles } from '../lib/double-fields.js';
import type { AckTimes } from './ack-times.js';
import { type Connection, Flow } from './connection.js';
import { Pool, PoolMemory } from './out-of-order-queue.js';
import type { Resent } from './resent.js';
import { SendLog } from './sendlog.js';

/** A window not known in bytes (its scale was not captured): never full. */
export const WINDOW_UNKNOWN = 0x7fffffff;

/** The working state of one direction: what its side sent, and what the other acknowledged of it. */
export class Half {
  readonly direction: number;
  readonly facts: Flow;
  readonly pool: Pool;
  readonly log = new SendLog();
  /** True where packets of this side may take the short way (stage.ts). */
  plain = false;
  /** True once a first byte is known; until then `next` follows the other side's ACKs. */
  started = false;
  /** Sequence number of the next byte to hand on, of the first one, and of the end of all seen. */
  next = 0;
  start = 0;
  highest = 0;
  /** A SYN with another sequence number came, near enough to be an old one: its answer may prove it. */
  synAgain = 0;
  synAgainSet = false;
  isn = 0;
  /** Highest ACK of the other side, once there is one. */
  acked = 0;
  ackKnown = false;
  /** A far ACK that awaits a second one (observe.ts). */
  farAck = 0;
  farAckSet = false;
  /** A proven hole's grace (holes.ts): packets left (0: none), its start and end, and up to which ACK. */
  grace = 0;
  graceNs = 0;
  graceEndNs = 0;
  graceAck = 0;
  /** Up to here the other direction no longer waits for bytes of this one. */
  excused = 0;
  excusedSet = false;
  /** When bytes were acknowledged that were not told yet; none before the first such ACK. */
  ackTimes: AckTimes | undefined = undefined;
  /** Bytes from the pool were readable no earlier than this. */
  readyNs = Number.NEGATIVE_INFINITY;
  /** FIN: its sequence number, once seen; `ended` once all before it was told. */
  finSeen = false;
  finSeq = 0;
  ended = false;
  /** End of a segment too far away to be believed. */
  strayEnd = 0;
  straySet = false;
  /** Packets whose checksum was looked at, right ones among them; the end of one damaged (damaged.ts). */
  sumsLooked = 0;
  sumsRight = 0;
  damagedEnd = 0;
  damagedSet = false;
  /** Duplicate ACKs that the other side sent about this data since its last new ACK; SACKs among them. */
  dupAcks = 0;
  sacked = false;
  /** Round trips are not measured until this is acknowledged (Karn's rule). */
  karn = 0;
  karnSet = false;
  /** What was sent again lately; none before the first such segment. */
  resent: Resent | undefined = undefined;
  /** This side's receive window: as last sent, and in bytes. */
  windowRaw = -1;
  windowBytes = WINDOW_UNKNOWN;
  zeroNs = -1;
  zeroFrame = 0;
  /** This side's data filled the other's window at: */
  fullNs = -1;
  fullFrame = 0;
  /** Payload above this is a super-frame: the MSS that the other side announced, else a jumbo frame. */
  superAbove = 9216;
  /** IP identification of the last packet, and whether it ever changed (else it says nothing). */
  ipId = -1;
  ipIdVaries = false;
  /** Of the last packet that only acknowledged more than before: its ACK and IP identification. */
  newAck = 0;
  newAckId = -1;
  /** IP identification of the packet that opened the newest hole. */
  holeIpId = 0;
  /** And its TSval; -1 where it had none. */
  holeTsVal = -1;
  ttl = 0;
  lastDataNs = -1;
  /** The next bytes that need only be counted (sink.ts), fewer than `indifferent`; those that were. */
  indifferent = 0;
  passedBytes = 0;
  passedCut = 0;
  passedFrame = 0;
  passedNs = Number.NEGATIVE_INFINITY;
  /** Ends of its packets, for express.ts: last words, ports, both whole where they are IPv6's. */
  src = 0;
  dst = 0;
  ports = 0;
  ends: Int32Array | undefined = undefined;
  /** The connection and its other half. */
  link!: Link;
  peer: Half = this;
  /** A RST that was not believed, but may yet be. */
  rstPendingNs = -1;
  rstPendingFrame = 0;
  /** Gaps told lately (position from and to, in turn), to know bytes that come too late. */
  gaps: Float64Array | undefined = undefined;
  gapsTold = 0;

  constructor(direction: number, facts: Flow, memory: PoolMemory) {
    this.direction = direction;
    this.facts = facts;
    this.pool = new Pool(memory);
  }
}

/** A connection under way. */
export class Link {
  readonly connection: Connection;
  readonly a: Half;
  readonly b: Half;
  /** Place in the table. */
  readonly slot: number;
  /** True while a half is in its grace. */
  waiting = false;
  /** Both directions ended. */
  done = false;

  constructor(connection: Connection, slot: number, memory: PoolMemory) {
    this.connection = connection;
    this.slot = slot;
    this.a = new Half(connection.id * 2, connection.a, memory);
    this.b = new Half(connection.id * 2 + 1, connection.b, memory);
    this.a.link = this;
    this.b.link = this;
    this.a.peer = this.b;
    this.b.peer = this.a;
  }

  other(h: Half): Half {
    return h === this.a ? this.b : this.a;
  }
}

asDoubles(new Half(0, new Flow(), new PoolMemory()), [
  'lastDataNs',
  'zeroNs',
  'fullNs',
  'graceNs',
  'holeTsVal',
]);

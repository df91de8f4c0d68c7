// A protocol that moves into the pdu stage: how it is told from others by its bytes, and how a
// connection of it is framed. The stage knows no more of any protocol than this (docs/ARCHITECTURE.md,
// "A protocol moves in").

import type { Connection } from '../stream/connection.js';
import type { GapKind } from '../stream/sink.js';
import type { Journal, Run } from './journal.js';

/** One row of the stage's table. What its framings find goes to a sink of its own. */
export interface Protocol {
  /** Short, in lower case; a change of protocol names it ('iscsi', 'mpa'). */
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** Ports on which less proof is asked for. A port never proves anything by itself. */
  readonly ports: ReadonlySet<number>;
  /** True: what stands on its ports and is nobody's is sampled, and told (vendors' framings, encryption). */
  readonly tellsUnread?: boolean;
  /** True: of a connection that is over, and spoke nothing else, nobody asks when many more are over. */
  readonly leavesNothing?: boolean;
  /**
   * Looks at the journal of a connection nobody knows yet; undefined where connections of this
   * protocol come by a change only.
   */
  recogniser(journal: Journal, onPort: boolean, connection: Connection): Recogniser | undefined;
  /** A framing for a connection that changes to this protocol: `startAt` of both directions follows. */
  framing(connection: Connection): ConnectionFraming;
}

export const LOOKING = 0;
export const PROVEN = 1;
/** Never this protocol: it is not asked again. */
export const HOPELESS = 2;

/**
 * Asked once for each connection, beside those of other protocols, about one journal; the first that
 * is proven has it. It should be hopeless as early as it can: while one looks, bytes are kept.
 */
export interface Recogniser {
  readonly verdict: number;
  /** Bytes came: those of `run` from `from` on. Answers with the verdict. */
  data(side: number, run: Run, from: number): number;
  /** `length` bytes are not there; `run` is what came right before them, if it was kept. */
  gap(side: number, run: Run | undefined, kind: GapKind, length: number): number;
  /** How many bytes at the end of both runs it may still need; Infinity: all that is kept. */
  needs(): number;
  /** All that was kept is dropped, a bound is reached. */
  forget(): void;
  /** No more bytes will come: less must do. True where it is proven now. */
  lastChance(): boolean;
  /** After the proof: the framing that the journal is replayed to, told where its bytes begin. */
  framing(): ConnectionFraming;
}

/** Both directions of a connection in one protocol: 0 is the opener's, as everywhere. */
export interface ConnectionFraming {
  readonly directions: readonly [Framing, Framing];
  facts(): FramingFacts;
  /** The connection is over: what is kept of it may go. */
  closed(): void;
}

/** What became of the bytes; final once the connection is closed. */
export interface FramingFacts {
  readonly pdus: number;
  /** Bytes passed over because boundaries were unknown, by direction. */
  readonly lost: readonly [number, number];
  /** Headers of which only a part was captured; boundaries that turned out wrong. */
  readonly headersCut: number;
  readonly boundariesLost: number;
}

/**
 * Takes one direction's bytes and gaps, as StreamSink tells them: every byte once, in order, from the
 * stream offset of `startAt` on.
 */
export interface Framing {
  /** The next byte is at stream offset `position`. `boundary`: a PDU begins there; else it is searched. */
  startAt(position: number, boundary: boolean): void;
  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void;
  gap(length: number, kind: GapKind, timeNs: number, frame: number, readyNs: number): void;
  /** How many of the next bytes need only be counted (StreamSink.indifferent), and those that were. */
  indifferent(): number;
  passed(length: number, cut: number, frame: number, readyNs: number): void;
  /** No more bytes in this direction. Told also after `leave`, of the whole connection's direction. */
  ended(timeNs: number, frame: number): void;
  /**
   * Behind the PDU under way (at once where none is, or where boundaries are unknown) what comes is
   * the heir's: the framing asks for it with the stream offset reached, when the first byte or gap
   * is there, and passes on what it was given and does not want, with its times and frames; bytes
   * that it took too early (a carry) come first. From then on it forwards all it is told.
   */
  leave(heir: Heir): void;
  /** Throws where an invariant is broken; for tests and the fuzzer. */
  invariants(): void;
}

/** The framing of the bytes from `position` on, already told so. Asked once for each change. */
export type Heir = (position: number, boundary: boolean) => Framing;

/** Names that a change of protocol needs: MPA with all above it, and iSCSI. */
export const IWARP = 'iwarp';
export const ISCSI = 'iscsi';

/** Bytes that belong to no protocol: they are only counted. */
export const NOBODY = 'nobody';
/** Bytes that may be any protocol's: all recognisers look again, as in mid-stream. */
export const ANYBODY = 'anybody';

/**
 * How a later stage changes the protocol of a connection: after a login that agreed on
 * RDMAExtensions=Yes the bytes behind the final Login Response are MPA's (RFC 7145 section 5.1,
 * RFC 5044 section 7). May be called from within a sink's `begin` and `end`, and by a framing itself.
 */
export interface ProtocolControl {
  /**
   * Each direction speaks `protocol` from the end of its PDU under way on (from the next byte, where
   * there is none): a name of the stage's table, NOBODY or ANYBODY. A protocol that the connection
   * spoke before goes on with what it knew. A name that is not in the table is NOBODY.
   */
  change(connection: number, protocol: string): void;
}

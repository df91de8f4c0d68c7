// What rules need of a capture while it passes, and nobody else keeps: a watch gathers it. A rule names
// its watches (rule.ts); evidence.ts makes each once and tells it what it listens to.

import type { Pdu } from '../pdu/pdu.js';
import type { Task } from '../scsi/task.js';
import type { SessionQuery } from '../session/session-query.js';
import type { AgainKind } from '../stream/events.js';

/**
 * What may be listened to: a watch is told what it has a method for, and nothing else. A protocol whose
 * units are no iSCSI PDUs adds its event here and its list in evidence.ts.
 */
export interface Watch {
  taskStarted?(task: Task): void;
  taskEnded?(task: Task): void;
  /** A PDU that ended (borrowed): every one, or those of the kind's opcodes. */
  pdu?(pdu: Pdu): void;
  /** Bytes of a direction that belong to no PDU; `absent` of them were not captured. */
  unframed?(direction: number, bytes: number, absent: number, timeNs: number, frame: number): void;
  /** A direction ended. */
  directionEnded?(direction: number, timeNs: number): void;
  /** As TcpEventSink (stream/events.ts). */
  retransmission?(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
    waitedNs: number,
  ): void;
  zeroWindow?(direction: number, frame: number, fromNs: number): void;
  windowFull?(direction: number, frame: number, fromNs: number, toNs: number): void;
  delayedAck?(direction: number, frame: number, timeNs: number, waitedNs: number): void;
}

/** What watches may ask of while the capture passes; rules ask for what was watched by the kind. */
export interface Watched {
  /** Where sessions can be asked for; undefined before the first packet. */
  readonly look: SessionQuery | undefined;
  /** The watch of a kind, made where there was none. */
  of<T extends Watch>(kind: WatchKind<T>): T;
}

/** A kind of watch: one of each for a capture. */
export interface WatchKind<T extends Watch> {
  readonly name: string;
  /** Which PDUs are told; absent: all of them. */
  readonly opcodes?: readonly number[];
  make(watched: Watched): T;
}

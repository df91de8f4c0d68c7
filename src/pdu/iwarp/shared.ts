// What both directions of a connection that carries MPA share, as their framers need it.

import type { RdmaStart } from '../rdma/events.js';
import type { ReadQueue } from '../rdma/read-queue.js';
import type { SendShared } from '../rdma/send-message.js';
import type { MpaStart } from './mpa-start.js';

/** Whether MPA's CRCs are there (RFC 5044 7.1.1). */
export const CRC_OFF = 0;
export const CRC_ON = 1;
export const CRC_UNDECIDED = 2;

export interface IwarpShared extends SendShared {
  /** CRC_OFF, CRC_ON or CRC_UNDECIDED. */
  readonly crc: number;
  /** RDMA Read Requests of each side that await their data. */
  readonly reads: readonly [ReadQueue, ReadQueue];
  boundariesLost: number;
  markersWrong: number;
  /** Markers in the FPDUs of a direction: as its receiver asked (RFC 5044 7.1.1). */
  markersOf(direction: number): boolean;
  markersKnown(direction: number): boolean;
  started(start: RdmaStart): void;
  startFailed(direction: number, start: MpaStart, frame: number, timeNs: number): void;
  /** CRCs were compared where no negotiation was seen. */
  crcInferred(on: boolean): void;
  /** The data of a request of the other side has come whole. */
  readDone(direction: number, serial: number): void;
}

// Where packets come from, as those who open it hand it on; and the lane that is made of it.

import type { FileLog } from './facts.js';
import type { PipeSpool } from './pipe-spool.js';
import { Lane } from './pump.js';
import type { RecordReader } from './record-reader.js';
import type { Refill } from './window.js';

export interface Place {
  readonly path: string;
  readonly index: number;
  readonly log: FileLog;
  /** Few files are open at once: windows may be large, and files stay open. */
  readonly few: boolean;
  readonly windowBytes: number;
  /** Keeps what flows through pipes, where somebody wants to read it again. */
  readonly spool?: PipeSpool;
}

export function laneOf(place: Place, source: Refill, reader: RecordReader): Lane {
  const lane = new Lane(place.index, reader, source, place.log);
  place.log.packets = () => lane.packets;
  return lane;
}

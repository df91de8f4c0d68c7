// What a queue pair says of what it refuses, in words.

import { NAK_NAMES } from '../../wire/rdma/infiniband.js';
import { CM_REJECT_NAMES } from '../../wire/rdma/infiniband-cm.js';

export function nakWords(code: number): string {
  return `NAK: ${NAK_NAMES[code] ?? `code ${code}`}`;
}

export function rejectWords(reason: number): string {
  return CM_REJECT_NAMES[reason] ?? `reason ${reason}`;
}

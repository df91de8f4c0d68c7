// Tasks for tests of what comes after the session stage.

import { Outcome, Task } from '../../src/scsi/task.js';

/** A good READ(10) of 4 KiB from 1,000 to 2,000 ns, changed as told. */
export function task(changes: Partial<Task> = {}): Task {
  return Object.assign(
    new Task(),
    {
      commandSeen: true,
      reads: true,
      cdb: Uint8Array.of(0x28, 0, 0, 0, 0, 8, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0),
      cdbLength: 16,
      opcode: 0x28,
      operation: 0x28,
      lbaKnown: true,
      lbaLow: 8,
      blocks: 8,
      expectedLength: 4096,
      dataInBytes: 4096,
      commandFrame: 1,
      commandNs: 1000,
      commandEndNs: 1000,
      firstDataInNs: 1500,
      lastDataInNs: 1800,
      statusFrame: 2,
      statusNs: 2000,
      endNs: 2000,
      response: 0,
      status: 0,
      outcome: Outcome.good,
    },
    changes,
  );
}

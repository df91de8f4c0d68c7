// hot: no allocation per packet
// The facts of one task, copied out of the pool: what a list of slow or open commands shows.

import { clearTcp, Task, tcpTakes } from '../scsi/task.js';

const CDB_KEPT = 32;

/** A slot is a task of which only what is kept shows. */
export function makeKeptCommand(): Task {
  const task = new Task();
  task.cdb = new Uint8Array(CDB_KEPT);
  return task;
}

/** Numbers and flags: all members of a Task but its arrays, by name. */
const PLAIN: string[] = [];
for (const [name, value] of Object.entries(new Task())) {
  if (typeof value !== 'object') PLAIN.push(name);
}

/** Copies what is kept of `from`; a CDB longer than the slot makes the slot longer. */
export function copyTask(from: Task, to: Task): void {
  clearTcp(to);
  const source = from as unknown as Record<string, unknown>;
  const target = to as unknown as Record<string, unknown>;
  for (let i = 0; i < PLAIN.length; i++) target[PLAIN[i]] = source[PLAIN[i]];
  const length = Math.min(from.cdbLength, from.cdb.length);
  if (length > to.cdb.length) to.cdb = new Uint8Array(length);
  for (let i = 0; i < length; i++) to.cdb[i] = from.cdb[i];
  to.cdbLength = length;
  to.phaseNs.set(from.phaseNs);
  if (!from.tcpTook) return;
  tcpTakes(to);
  to.phaseTcpNs.set(from.phaseTcpNs);
  to.tcpCauseNs.set(from.tcpCauseNs);
}

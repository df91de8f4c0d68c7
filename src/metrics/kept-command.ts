// hot: no allocation per packet
// The facts of one task, copied out of the pool: what a list of slow or open commands shows.

import { Task } from '../scsi/task.js';
import type { CommandTimes } from './phases.js';

const CDB_KEPT = 32;

/** What copyTask copies; what each of them means stands at Task. */
export type KeptCommand = Pick<
  Task,
  | keyof CommandTimes
  | 'session'
  | 'connection'
  | 'lunHigh'
  | 'lunLow'
  | 'tag'
  | 'cmdSN'
  | 'cdb'
  | 'cdbLength'
  | 'opcode'
  | 'serviceAction'
  | 'operation'
  | 'lbaKnown'
  | 'lbaHigh'
  | 'lbaLow'
  | 'blocks'
  | 'expectedLength'
  | 'dataInBytes'
  | 'dataOutBytes'
  | 'r2ts'
  | 'commandFrame'
  | 'statusFrame'
  | 'statusBound'
  | 'endFrame'
  | 'endNs'
  | 'tcpWaitNs'
  | 'status'
  | 'response'
  | 'senseKey'
  | 'asc'
  | 'ascq'
  | 'outcome'
  | 'evidence'
>;

/** A slot is a task of which only what is kept shows. */
export function makeKeptCommand(): KeptCommand {
  const task = new Task();
  task.cdb = new Uint8Array(CDB_KEPT);
  return task;
}

/** Copies what is kept of `from`; a CDB longer than the slot makes the slot longer. */
export function copyTask(from: Task, to: KeptCommand): void {
  to.session = from.session;
  to.connection = from.connection;
  to.lunHigh = from.lunHigh;
  to.lunLow = from.lunLow;
  to.tag = from.tag;
  to.cmdSN = from.cmdSN;
  to.commandSeen = from.commandSeen;
  const length = Math.min(from.cdbLength, from.cdb.length);
  if (length > to.cdb.length) to.cdb = new Uint8Array(length);
  for (let i = 0; i < length; i++) to.cdb[i] = from.cdb[i];
  to.cdbLength = length;
  to.opcode = from.opcode;
  to.serviceAction = from.serviceAction;
  to.operation = from.operation;
  to.lbaKnown = from.lbaKnown;
  to.lbaHigh = from.lbaHigh;
  to.lbaLow = from.lbaLow;
  to.blocks = from.blocks;
  to.expectedLength = from.expectedLength;
  to.dataInBytes = from.dataInBytes;
  to.dataOutBytes = from.dataOutBytes;
  to.r2ts = from.r2ts;
  copyTimes(from, to);
  to.status = from.status;
  to.response = from.response;
  to.senseKey = from.senseKey;

  to.asc = from.asc;
  to.ascq = from.ascq;
  to.outcome = from.outcome;
  to.evidence = from.evidence;
}

function copyTimes(from: Task, to: KeptCommand): void {
  to.commandFrame = from.commandFrame;
  to.statusFrame = from.statusFrame;
  to.statusBound = from.statusBound;
  to.endFrame = from.endFrame;
  to.commandNs = from.commandNs;
  to.firstR2tNs = from.firstR2tNs;
  to.firstDataOutNs = from.firstDataOutNs;
  to.lastDataOutNs = from.lastDataOutNs;
  to.firstDataInNs = from.firstDataInNs;
  to.lastDataInNs = from.lastDataInNs;
  to.statusNs = from.statusNs;
  to.endNs = from.endNs;
  to.tcpWaitNs = from.tcpWaitNs;
  to.phaseNs.set(from.phaseNs);
  to.phaseTcpNs.set(from.phaseTcpNs);
  to.tcpCauseNs.set(from.tcpCauseNs);
}

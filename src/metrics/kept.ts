// hot: no allocation per packet
// The facts of one task, copied out of the pool: what a list of slow or open commands shows.

import { asDoubles } from '../lib/doubles.js';
import {
  type EvidenceCode,
  type OutcomeCode,
  PHASE_COUNT,
  type Task,
  TCP_CAUSES,
} from '../session/task.js';

const CDB_KEPT = 32;

export class KeptCommand {
  session = 0;
  connection = 0;
  lunHigh = 0;
  lunLow = 0;
  initiatorTaskTag = 0;
  cmdSN = 0;
  commandSeen = false;
  cdb: Uint8Array = new Uint8Array(CDB_KEPT);
  cdbLength = 0;
  opcode = 0;
  serviceAction = -1;
  operation = -1;
  lbaKnown = false;
  lbaHigh = 0;
  lbaLow = 0;
  blocks = 0;
  expectedLength = 0;
  dataInBytes = 0;
  dataOutBytes = 0;
  r2ts = 0;
  commandFrame = 0;
  statusFrame = 0;
  statusBound = false;
  endFrame = 0;
  commandNs = -1;
  firstR2tNs = -1;
  firstDataOutNs = -1;
  lastDataOutNs = -1;
  firstDataInNs = -1;
  lastDataInNs = -1;
  statusNs = -1;
  endNs = -1;
  tcpWaitNs = 0;
  readonly phaseNs: Float64Array = new Float64Array(PHASE_COUNT);
  readonly phaseTcpNs: Float64Array = new Float64Array(PHASE_COUNT);
  readonly tcpCauseNs: Float64Array = new Float64Array(PHASE_COUNT * TCP_CAUSES);
  status = -1;
  response = -1;
  senseKey = -1;
  asc = -1;
  ascq = -1;
  outcome: OutcomeCode = 0;
  evidence: EvidenceCode = 0;
}

export function makeKeptCommand(): KeptCommand {
  return new KeptCommand();
}

/** Copies what is kept of `from`; a CDB longer than the slot makes the slot longer. */
export function copyTask(from: Task, to: KeptCommand): void {
  to.session = from.session;
  to.connection = from.connection;
  to.lunHigh = from.lunHigh;
  to.lunLow = from.lunLow;
  to.initiatorTaskTag = from.initiatorTaskTag;
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

asDoubles(new KeptCommand(), [
  'commandNs',
  'firstDataInNs',
  'lastDataInNs',
  'firstR2tNs',
  'firstDataOutNs',
  'lastDataOutNs',
  'statusNs',
  'endNs',
]);

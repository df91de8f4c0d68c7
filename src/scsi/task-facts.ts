// Everything that is told of a command: ONE table. Filters, lists, screens, CSV, JSON, its schema, sorts and
// docs read it; cells of text stand in view/lists/command-cells.ts. A new fact is a row here, its cell
// there where the usual one does not do, and its test. What carries the command (iSCSI, FCP, iSER) has its
// own words in output text only: an R2T of these keys is an FCP_XFER_RDY or an RDMA Read too.

import { isoTime } from '../capture/time.js';
import { RESPONSE_NAMES, TASK_ATTRIBUTE_NAMES } from '../wire/iscsi/codes.js';
import { DEVICE_TYPE_NAMES } from '../wire/scsi/device-type.js';
import { OPERATION_COUNT, operationName } from '../wire/scsi/operations.js';
import { shownCdb } from '../wire/scsi/secrets.js';
import { SENSE_KEY_NAMES, senseText } from '../wire/scsi/sense.js';
import { SCSI_STATUS_NAMES } from '../wire/scsi/status.js';
import {
  type Around,
  known,
  type NumberFact,
  type TaskFact,
  type TaskFields,
} from './fact-kinds.js';
import { arrayNs, PHASES, type Phase, phasesOf, TCP_CAUSE_KEYS } from './phase-names.js';
import {
  EVIDENCE_NAMES,
  endedWell,
  failed,
  latencyNs,
  latencyNsAtMost,
  OUTCOME_NAMES,
  Outcome,
  PHASE_COUNT,
  TCP_CAUSES,
  TcpCause,
  Transport,
} from './task.js';

const TWO_32 = 2 ** 32;

const FACTS = [
  {
    key: 'command',
    type: 'count',
    always: true,
    about: 'its number, from 0 in the order in which commands begin',
    number: (t) => t.number,
  },
  {
    key: 'relativeNs',
    type: 'instant',
    name: 'time',
    sort: 'smallest',
    about: 'when its first byte came',
    number: (t) => known(t.commandNs),
    order: startNs,
  },
  {
    key: 'time',
    type: 'iso',
    name: 'clock',
    needsAround: true,
    about: 'the same as wall clock: ISO 8601, UTC, 9 decimals',
    text: (t, { epoch }) =>
      epoch !== undefined && t.commandSeen ? isoTime(epoch, t.commandNs) : undefined,
  },
  {
    key: 'frame',
    type: 'count',
    also: ['commandFrame'],
    sort: 'smallest',
    about: 'packet of its first byte',
    number: (t) => t.commandFrame || Number.NaN,
  },
  {
    key: 'frameEnd',
    type: 'count',
    title: 'last frame',
    sort: 'smallest',
    about: 'packet of its status, or of what else ended it',
    number: (t) => t.statusFrame || t.endFrame || Number.NaN,
  },
  {
    key: 'statusFrame',
    type: 'count',
    told: 'asked',
    about: 'packet of its status',
    number: (t) => t.statusFrame || Number.NaN,
  },
  {
    key: 'session',
    type: 'count',
    always: true,
    sort: 'smallest',
    about: 'session (I_T nexus), from 0',
    number: (t) => t.session,
  },
  {
    key: 'connection',
    type: 'count',
    sort: 'smallest',
    about: 'connection, from 0 in the order of first sight; absent where none carries it (FCoE)',
    number: (t) => known(t.connection),
  },
  {
    key: 'initiator',
    type: 'text',
    needsAround: true,
    about: "the initiator's name, or its address where that is not known",
    text: (t, around) => endOf(t, around, 'initiator'),
  },
  {
    key: 'target',
    type: 'text',
    needsAround: true,
    about: "the target's name, or its address where that is not known",
    text: (t, around) => endOf(t, around, 'target'),
  },
  {
    key: 'transport',
    type: 'text',
    about: 'the protocol that carried it',
    always: true,
    text: (t) => TRANSPORTS[t.transport],
  },
  {
    key: 'lun',
    type: 'lun',
    always: true,
    title: 'LUN',
    sort: 'smallest',
    about: 'logical unit number: 16 hex digits; in filters also in words (1, 256, 1/2)',
    known: () => true,
    high: (t) => t.lunHigh,
    low: (t) => t.lunLow,
  },
  {
    key: 'tag',
    type: 'word',
    always: true,
    also: ['initiatorTaskTag'],
    sort: 'smallest',
    about: 'task tag: iSCSI’s Initiator Task Tag, OX_ID of Fibre Channel',
    number: (t) => t.tag,
  },
  {
    key: 'cmdSN',
    type: 'word',
    title: 'CmdSN',
    sort: 'smallest',
    about: 'iSCSI: command sequence number',
    number: (t) => (t.commandSeen && t.transport !== Transport.fcp ? t.cmdSN : Number.NaN),
  },
  {
    key: 'captured',
    type: 'flag',
    always: true,
    also: ['commandSeen'],
    about: 'the command itself was captured, not only what followed it',
    number: (t) => Number(t.commandSeen),
  },
  {
    key: 'immediate',
    type: 'flag',
    always: true,
    about: 'sent for immediate delivery',
    number: (t) => Number(t.immediate),
  },
  {
    key: 'attribute',
    type: 'code',
    also: ['attr'],
    names: TASK_ATTRIBUTE_NAMES,
    about: 'task attribute',
    number: (t) => (t.commandSeen ? t.attribute : Number.NaN),
  },
  {
    key: 'read',
    type: 'flag',
    told: 'asked',
    about: 'it asks for data',
    number: (t) => Number(t.reads),
  },
  {
    key: 'write',
    type: 'flag',
    told: 'asked',
    about: 'it sends data',
    number: (t) => Number(t.writes),
  },
  {
    key: 'operation',
    type: 'text',
    always: true,
    sort: 'smallest',
    about: 'READ(10), INQUIRY, …; service actions have their own names',
    text: (t) => operationText(t.operation),
    there: (t) => t.operation >= 0,
    order: (t) => operationRank(t.operation),
  },
  {
    key: 'opcode',
    type: 'code',
    also: ['scsiOpcode'],
    about: 'SCSI operation code',
    number: (t) => (t.operation < 0 ? Number.NaN : t.opcode),
  },
  {
    key: 'serviceAction',
    type: 'code',
    about: 'service action of the operation code',
    number: (t) => known(t.serviceAction),
  },
  {
    key: 'deviceType',
    type: 'code',
    told: 'asked',
    names: DEVICE_TYPE_NAMES,
    about: 'device type of the logical unit, as known when the command came',
    number: (t) => known(t.deviceType),
  },
  {
    key: 'cdb',
    type: 'hex',
    about: 'the CDB',
    text: (t) =>
      t.cdbLength > 0 ? shownCdb(t.cdb, Math.min(t.cdbLength, t.cdb.length)) : undefined,
  },
  {
    key: 'lba',
    type: 'decimal',
    title: 'LBA',
    sort: 'smallest',
    about: 'first logical block',
    known: (t) => t.lbaKnown,
    high: (t) => t.lbaHigh,
    low: (t) => t.lbaLow,
  },
  {
    key: 'lbaEnd',
    type: 'decimal',
    told: 'asked',
    title: 'last LBA',
    sort: 'smallest',
    about: 'last logical block: what touched block 100 is `lba <= 100 and lbaEnd >= 100`',
    known: (t) => t.lbaKnown && t.blocks > 0,
    high: (t) => t.lbaHigh + Math.floor((t.lbaLow + t.blocks - 1) / TWO_32),
    low: (t) => (t.lbaLow + t.blocks - 1) % TWO_32,
  },
  {
    key: 'blocks',
    type: 'blocks',
    sort: 'largest',
    about: 'logical blocks asked for',
    number: (t) => (t.lbaKnown || t.blocks > 0 ? t.blocks : Number.NaN),
  },
  {
    key: 'expectedBytes',
    type: 'bytes',
    name: 'expected',
    also: ['expectedLength', 'expectedDataTransferLength'],
    title: 'expected bytes',
    sort: 'largest',
    about: 'bytes that the initiator expects to move (Expected Data Transfer Length, FCP_DL)',
    number: (t) => (t.commandSeen ? t.expectedLength : Number.NaN),
  },
  {
    key: 'dataInBytes',
    type: 'bytes',
    name: 'in',
    always: true,
    about: 'bytes of data that came from the target',
    number: (t) => t.dataInBytes,
  },
  {
    key: 'dataOutBytes',
    type: 'bytes',
    name: 'out',
    always: true,
    about: 'bytes of data that the initiator sent, immediate ones included',
    number: (t) => t.dataOutBytes,
  },
  {
    key: 'bytes',
    type: 'bytes',
    always: true,
    sort: 'largest',
    about: 'bytes of data moved, both ways',
    number: (t) => t.dataInBytes + t.dataOutBytes,
  },
  {
    key: 'immediateBytes',
    type: 'bytes',
    about: 'of dataOutBytes: sent with the command',
    number: (t) => t.immediateBytes,
  },
  {
    key: 'unsolicitedBytes',
    type: 'bytes',
    about: 'of dataOutBytes: sent without being asked for',
    number: (t) => t.unsolicitedBytes,
  },
  {
    key: 'bytesNotCaptured',
    type: 'bytes',
    also: ['dataMissingTotal'],
    about: 'of its data: bytes that the capture does not hold',
    number: (t) => t.dataMissing,
  },
  { key: 'dataInPdus', type: 'count', about: 'PDUs of Data-In', number: (t) => t.dataInPdus },
  { key: 'dataOutPdus', type: 'count', about: 'PDUs of Data-Out', number: (t) => t.dataOutPdus },
  {
    key: 'r2ts',
    type: 'count',
    always: true,
    title: 'R2Ts',
    sort: 'largest',
    about: 'how often the target asked for data: R2Ts',
    number: (t) => t.r2ts,
  },
  {
    key: 'r2tBytes',
    type: 'bytes',
    about: 'bytes that R2Ts asked for',
    number: (t) => t.r2tBytes,
  },
  {
    key: 'r2tsOutstandingMax',
    type: 'count',
    about: 'most R2Ts whose data had not all come, at one moment',
    number: (t) => t.r2tsOutstandingMax,
  },
  {
    key: 'r2tsAnswered',
    type: 'count',
    about: 'R2Ts whose data began to come',
    number: (t) => t.r2tsAnswered,
  },
  {
    key: 'relativeNsEnd',
    type: 'instant',
    about: 'when it ended, in whatever way; absent while it is open',
    number: (t) => (t.outcome === Outcome.open ? Number.NaN : known(t.endNs)),
  },
  instant('CommandEnd', 'when the last byte of the command came', (t) => t.commandEndNs),
  instant('FirstR2t', 'when the first R2T came', (t) => t.firstR2tNs),
  instant('LastR2t', 'when the last R2T came', (t) => t.lastR2tNs),
  instant('FirstDataOut', 'first byte of Data-Out', (t) => t.firstDataOutNs),
  instant('LastDataOut', 'last byte of Data-Out', (t) => t.lastDataOutNs),
  instant('FirstDataIn', 'first byte of Data-In', (t) => t.firstDataInNs),
  instant('LastDataIn', 'last byte of Data-In', (t) => t.lastDataInNs),
  instant('Status', 'last byte of the status', (t) => (t.statusBound ? -1 : t.statusNs)),
  {
    key: 'latencyNs',
    type: 'ns',
    name: 'latency',
    sort: 'largest',
    about: "the command's first byte to its status' last: what statistics count",
    number: (t) => known(latencyNs(t)),
  },
  {
    key: 'atMost',
    type: 'flag',
    always: true,
    also: ['statusBound'],
    about: 'the end is an upper bound: the status, or the last bytes of its PDU, were not captured',
    number: (t) => Number(t.statusBound),
  },
  {
    key: 'latencyNsAtMost',
    type: 'ns',
    name: 'latencyAtMost',
    about:
      'where the status was not captured: upper bound of the latency, which statistics leave out',
    number: (t) => (latencyNs(t) < 0 ? known(latencyNsAtMost(t)) : Number.NaN),
  },
  {
    key: 'ageNs',
    type: 'ns',
    needsAround: true,
    about: 'open commands: for how long they had been so at the end of the capture',
    number: (t, around) =>
      t.outcome === Outcome.open && t.commandSeen
        ? Math.max(0, (around?.lastNs ?? Number.NaN) - t.commandNs)
        : Number.NaN,
  },
  {
    key: 'longestPhase',
    type: 'text',
    name: 'phase',
    about: 'the phase that took most of the latency',
    text: longestPhaseName,
  },
  {
    key: 'firstDataNs',
    type: 'ns',
    also: ['timeToFirstData'],
    about: 'first byte of the command to first byte of Data-In',
    number: (t) => sinceStart(t, t.firstDataInNs),
  },
  {
    key: 'firstR2tNs',
    type: 'ns',
    also: ['timeToFirstR2t'],
    about: 'first byte of the command to the first R2T',
    number: (t) => sinceStart(t, t.firstR2tNs),
  },
  {
    key: 'arrayNs',
    type: 'ns',
    name: 'array',
    title: 'array time',
    sort: 'largest',
    about: 'of the latency: what the target took: to the first data, or when it was its turn',
    number: (t) => (latencyNs(t) < 0 ? Number.NaN : arrayNs(t)),
  },
  {
    key: 'hostNs',
    type: 'ns',
    about: 'R2T to first data, summed over its R2Ts',
    number: (t) => (t.r2tsAnswered > 0 ? t.hostNs : Number.NaN),
  },
  {
    key: 'tcpWaitNs',
    type: 'ns',
    name: 'tcpWait',
    always: true,
    title: 'TCP wait',
    sort: 'largest',
    about: 'of the latency: waiting for bytes that TCP sent again',
    number: (t) => t.tcpWaitNs,
    tone: (t) => (t.tcpWaitNs > 0 ? 'warn' : 'plain'),
  },
  tcpCause('tcpRetransmission', TcpCause.retransmission, 'bytes lost and sent again'),
  tcpCause('tcpReordering', TcpCause.reordering, 'packets that overtook each other'),
  tcpCause('tcpZeroWindow', TcpCause.zeroWindow, 'a receive window of zero'),
  tcpCause('tcpWindowFull', TcpCause.windowFull, 'a full receive window'),
  {
    key: 'zeroWindowNs',
    type: 'ns',
    about: "of its time: the other side's receive window was zero",
    number: (t) => t.zeroWindowNs,
  },
  {
    key: 'response',
    type: 'code',
    names: RESPONSE_NAMES,
    about: 'response code of the transport: 0 completed at the target',
    number: (t) => known(t.response),
  },
  {
    key: 'status',
    type: 'code',
    names: SCSI_STATUS_NAMES,
    sort: 'largest',
    about: 'SCSI status',
    number: (t) => known(t.status),
  },
  {
    key: 'senseKey',
    type: 'code',
    names: SENSE_KEY_NAMES,
    about: 'sense key',
    number: (t) => known(t.senseKey),
  },
  { key: 'asc', type: 'code', about: 'additional sense code', number: (t) => known(t.asc) },
  {
    key: 'ascq',
    type: 'code',
    about: 'additional sense code qualifier',
    number: (t) => known(t.ascq),
  },
  {
    key: 'sense',
    type: 'text',
    also: ['senseText'],
    about: 'sense key and additional sense code in words',
    text: senseText,
    tone: () => 'warn',
  },
  {
    key: 'residualKind',
    type: 'text',
    about: 'underflow: fewer bytes than expected; overflow: more',
    text: (t) => RESIDUALS[t.residualKind],
  },
  {
    key: 'residualCount',
    type: 'bytes',
    also: ['residual'],
    about: 'bytes of the residual',
    number: (t) => (t.residualKind > 0 ? t.residualCount : Number.NaN),
  },
  {
    key: 'outcome',
    type: 'text',
    always: true,
    sort: 'largest',
    about: OUTCOME_NAMES.join(', '),
    text: (t) => OUTCOME_NAMES[t.outcome],
    order: (t) => t.outcome,
    tone: (t) => outcomeTone(t.outcome),
  },
  {
    key: 'inferred',
    type: 'flag',
    always: true,
    about: 'its end was not captured: it follows from what was',
    number: (t) => Number(isInferred(t)),
  },
  {
    key: 'because',
    type: 'text',
    also: ['evidence'],
    about: 'inferred: what proves it',
    text: (t) =>
      isInferred(t)
        ? EVIDENCE_NAMES[t.evidence] || 'a later PDU proves that it had ended'
        : undefined,
  },
  {
    key: 'phases',
    type: 'phases',
    always: true,
    about: 'where the latency went: they sum up to latencyNs; empty where that is not known',
    list: (t) => countedPhases(t),
  },
  {
    key: 'r2tList',
    type: 'r2ts',
    about: 'the first R2Ts with their data, at most 64',
    list: r2tList,
  },
] as const satisfies readonly TaskFact[];

/** "R2T to data" → "r2tToData". */
function phaseKey(name: string): string {
  const words = name.replace('R2T', 'r2t');
  return words.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Phases and what TCP took of each, a number each: for tables, which hold no lists. */
const PHASE_FACTS: readonly NumberFact[] = [
  ...PHASES.map(
    ({ name }, i): NumberFact => ({
      key: `${phaseKey(name)}Ns`,
      type: 'ns',
      told: 'flat',
      about: `phase ${name}`,
      number: (t) => (latencyNs(t) < 0 ? Number.NaN : t.phaseNs[i]),
    }),
  ),
  ...PHASES.flatMap(({ name, owes }, phase) =>
    TCP_CAUSE_KEYS.flatMap((key, cause): NumberFact[] => {
      // Windows explain pauses in data that flows, and nothing else.
      const flows = owes === 'both' || name === 'unsolicited data';
      if (cause >= TcpCause.zeroWindow && !flows) return [];
      const at = phase * TCP_CAUSES + cause;
      return [
        {
          key: `${phaseKey(name)}${key[0].toUpperCase()}${key.slice(1)}`,
          type: 'ns',
          told: 'flat',
          about: `of the phase ${name}: ${key.replace(/Ns$/, '')}`,
          number: (t) => (latencyNs(t) < 0 ? Number.NaN : t.tcpCauseNs[at]),
        },
      ];
    }),
  ),
];

/** In the order in which they are told. */
export const TASK_FACTS: readonly TaskFact[] = [...FACTS, ...PHASE_FACTS];

type Row = (typeof FACTS)[number];
type ValueOf<F> = F extends { type: 'flag' }
  ? boolean
  : F extends { number: unknown }
    ? number
    : F extends { type: 'phases' }
      ? readonly Phase[]
      : F extends { list: unknown }
        ? readonly object[]
        : string;
type Always = Extract<Row, { always: true }>;
type Sometimes = Exclude<Row, { always: true } | { told: 'asked' }>;

/** A command as every record tells it: what is not known is absent. */
export type CommandRecord = {
  readonly [F in Always as F['key']]: ValueOf<F>;
} & { readonly [F in Sometimes as F['key']]?: ValueOf<F> };

/** One of these keys. */
export type FactKey = Row['key'];

/** How an outcome is to be taken: one rule for lists, ladders and screens. */
export type OutcomeTone = 'good' | 'warn' | 'bad';

/** Nobody knows how a command ended that is open, or whose status was not captured: these are no failures. */
export function outcomeTone(outcome: number): OutcomeTone {
  if (failed(outcome)) return 'bad';
  return endedWell(outcome) ? 'good' : 'warn';
}

/** The name of an operation number; -1 where nothing is known of it, -2: pooled. */
export function operationText(operation: number): string {
  if (operation === -2) return 'others';
  return operation === -1 ? 'not captured' : operationName(operation);
}

let ranks: Float64Array | undefined;

/** Where an operation stands among all by the letters of their names. */
function operationRank(operation: number): number {
  if (operation < 0) return Number.NaN;
  if (ranks === undefined) {
    const names = Array.from({ length: OPERATION_COUNT }, (_, i) => operationName(i));
    const order = names.map((_, i) => i);
    order.sort((a, b) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0));
    ranks = new Float64Array(OPERATION_COUNT);
    for (const [rank, i] of order.entries()) ranks[i] = rank;
  }
  return ranks[operation];
}

/** When the command began, or its first trace; the largest number where nothing of it has a time. */
export function startNs(t: TaskFields): number {
  if (t.commandSeen) return t.commandNs;
  const seen = [t.firstDataInNs, t.firstR2tNs, t.firstDataOutNs, t.statusNs, t.endNs];
  return Math.min(...seen.filter((ns) => ns >= 0), Number.MAX_SAFE_INTEGER);
}

/** The phases of a command whose latency counts. */
export function countedPhases(t: TaskFields): readonly Phase[] {
  return latencyNs(t) < 0 ? [] : phasesOf(t);
}

export function longestPhase(t: TaskFields): Phase | undefined {
  const phases = countedPhases(t);
  return phases.length === 0 ? undefined : phases.reduce((a, b) => (b.ns > a.ns ? b : a));
}

/** The same without a list: millions of commands are told it. */
function longestPhaseName(t: TaskFields): string | undefined {
  const whole = latencyNs(t);
  if (whole < 0) return undefined;
  let longest = 0;
  let sum = 0;
  for (let i = 0; i < PHASE_COUNT; i++) {
    sum += t.phaseNs[i];
    if (t.phaseNs[i] > t.phaseNs[longest]) longest = i;
  }
  return sum === whole && sum > 0 ? PHASES[longest].name : longestPhase(t)?.name;
}

/** Of the latency what TCP took for one cause, over all phases. */
function tcpCauseNs(t: TaskFields, cause: number): number {
  if (!t.tcpTook) return 0;
  let ns = 0;
  for (let at = cause; at < t.tcpCauseNs.length; at += TCP_CAUSES) ns += t.tcpCauseNs[at];
  return ns;
}

/** By Transport. */
const TRANSPORTS: readonly string[] = ['iSCSI', 'FCP', 'iSER'];

const RESIDUALS = [undefined, 'underflow', 'overflow'] as const;

function endOf(t: TaskFields, around: Around, side: 'initiator' | 'target'): string | undefined {
  const ends = around.session(t.session);
  if (ends === undefined) return undefined;
  return ends[`${side}Name`] || ends[`${side}Address`] || undefined;
}

function sinceStart(t: TaskFields, ns: number): number {
  return ns < 0 || t.commandNs < 0 ? Number.NaN : ns - t.commandNs;
}

function isInferred(t: TaskFields): boolean {
  return t.outcome === Outcome.statusNotCaptured || t.statusBound;
}

function instant<W extends string>(
  what: W,
  about: string,
  of: (t: TaskFields) => number,
): NumberFact & { readonly key: `relativeNs${W}` } {
  return { key: `relativeNs${what}`, type: 'instant', about, number: (t) => known(of(t)) };
}

function tcpCause<W extends string>(
  name: W,
  cause: number,
  about: string,
): NumberFact & { readonly key: `${W}Ns` } {
  return {
    key: `${name}Ns`,
    type: 'ns',
    name,
    about: `of the latency: ${about}`,
    number: (t) => tcpCauseNs(t, cause),
    tone: (t) => (tcpCauseNs(t, cause) > 0 ? 'warn' : 'plain'),
  };
}

/** Only while the task goes on: of kept tasks the PDUs tell it. */
function r2tList({ bursts }: TaskFields): readonly object[] | undefined {
  if (bursts === undefined || bursts.count === 0) return undefined;
  return Array.from({ length: bursts.count }, (_, i) => ({
    r2tSN: bursts.r2tSN(i),
    targetTransferTag: bursts.targetTransferTag(i),
    bufferOffset: bursts.bufferOffset(i),
    desiredDataTransferLength: bursts.desired(i),
    bytes: bursts.bytes(i),
    frame: bursts.r2tFrame(i),
    frameFirstData: bursts.firstDataFrame(i) || undefined,
    frameLastData: bursts.lastDataFrame(i) || undefined,
    relativeNs: bursts.r2tNs(i),
    relativeNsFirstData: seen(bursts.firstDataNs(i)),
    relativeNsLastData: seen(bursts.lastDataNs(i)),
  }));
}

function seen(ns: number): number | undefined {
  return ns < 0 ? undefined : ns;
}

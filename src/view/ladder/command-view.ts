// One command as people see it: who asked what of whom, what became of it, its ladder, its time.

import { messageNameOf } from '../../decode/message-names.js';
import { managementName } from '../../findings/support/resets.js';
import { bytesText, countText, durationText, plural } from '../../lib/number-text.js';
import { MessageProtocol, Role } from '../../pdu/message-codes.js';
import type {
  CommandLadder,
  EventStep,
  LadderStep,
  PduStep,
  TcpStep,
} from '../../report/ladder/command-ladder.js';
import { EVIDENCE_NAMES, OUTCOME_NAMES, Outcome, Transport } from '../../scsi/task.js';
import { outcomeTone } from '../../scsi/task-facts.js';
import {
  codeName,
  REJECT_REASON_NAMES,
  RESPONSE_NAMES,
  TASK_MANAGEMENT_RESPONSE_NAMES,
} from '../../wire/iscsi/codes.js';
import { pduOf } from '../../wire/iscsi/pdus.js';
import { decodeCdb } from '../../wire/scsi/cdb.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseText } from '../../wire/scsi/sense.js';
import { scsiStatusName } from '../../wire/scsi/status.js';
import { commandText } from '../../wire/scsi/summary.js';
import { BLANK, type Block, type Cell, cell, type Tone } from '../cells.js';
import { secondsText } from '../format.js';
import { laneHead, type Rung, rungLine } from './lane.js';
import { phaseBlocks, type ShownPhase } from './phase-bar.js';

const LABEL = 9;

export function commandBlocks(ladder: CommandLadder, width: number): Block[] {
  const rungs = rungsOf(ladder);
  return [
    { kind: 'heading', text: commandTitle(ladder), note: latencyNote(ladder) },
    ...factBlocks(ladder),
    BLANK,
    laneHead(width),
    ...rungs.map((rung) => rungLine(rung, width)),
    ...leftOut(ladder),
    BLANK,
    ...phaseBlocks(phasesOf(ladder), width),
  ];
}

/** Who asked what of whom, and what came of it. */
export function factBlocks(ladder: CommandLadder): Block[] {
  return [
    flow('who', whoItems(ladder)),
    ...cdbBlocks(ladder),
    flow('data', dataItems(ladder)),
    flow('outcome', outcomeItems(ladder)),
  ];
}

function flow(label: string, items: readonly Cell[]): Block {
  return { kind: 'flow', indent: 2, label: cell(label.padEnd(LABEL), 'quiet'), items };
}

export function commandTitle({ task }: CommandLadder): string {
  if (task.cdbLength === 0) return 'Command whose CDB was not captured';
  return commandText(task.cdb, 0, task.cdbLength, task.deviceType);
}

function latencyNote({ task, latencyNs, endNs }: CommandLadder): string {
  if (latencyNs >= 0) return `${task.statusBound ? 'at most ' : ''}${durationText(latencyNs)}`;
  if (!task.commandSeen) return 'its command is not in the capture';
  const age = durationText(Math.max(0, endNs - task.commandNs));
  return task.outcome === Outcome.open
    ? `open for ${age} at the end`
    : `without status after ${age}`;
}

function whoItems({ task, session }: CommandLadder): Cell[] {
  const items = [cell(`S${task.session}`)];
  if (task.connection >= 0) items.push(cell(`C${task.connection}`));
  const initiator = session?.initiatorName || session?.initiatorAddress;
  const target = session?.targetName || session?.targetAddress;
  if (initiator) items.push(cell(initiator));
  if (target) items.push(cell(`→ ${target}`));
  // Responses and Data-In have none: where the command was not captured it may not be known.
  if (task.commandSeen || task.lunHigh > 0 || task.lunLow > 0)
    items.push(cell(`LUN ${lunText(task.lunHigh, task.lunLow)}`));
  items.push(cell(tagWords(task)));
  if (task.commandSeen) {
    if (task.transport === Transport.iscsi) {
      items.push(cell(`CmdSN ${task.cmdSN}${task.immediate ? ' (immediate)' : ''}`));
    }
    items.push(cell(`begun at ${secondsText(task.commandNs)} s`));
  }
  return items;
}

/** The CDB's fields that say something, then its bytes. */
function cdbBlocks({ task }: CommandLadder): Block[] {
  if (task.cdbLength === 0) return [];
  const items: Cell[] = [];
  for (const node of decodeCdb(task.cdb, 0, task.cdbLength, task.deviceType)) {
    if (node.name === 'operationCode' || node.kind === 'userData') continue;
    if (node.value === null || node.value === 0 || node.value === '0' || node.value === '')
      continue;
    const meaning = node.meaning === undefined ? '' : ` (${node.meaning})`;
    const unit = node.unit === undefined ? '' : ` ${node.unit}`;
    items.push(cell(`${node.label} ${node.value}${unit}${meaning}`));
  }
  if (items.length === 0) items.push(cell('no field set', 'quiet'));
  return [flow('CDB', items)];
}

/** The protocol's own word for what iSCSI calls an Initiator Task Tag. */
export function tagWords(task: CommandLadder['task']): string {
  return task.transport === Transport.fcp
    ? `OX_ID 0x${task.tag.toString(16).padStart(4, '0')}`
    : `tag 0x${task.tag.toString(16).padStart(8, '0')}`;
}

interface TransferWords {
  readonly dataIn: string;
  /** What asks for data. */
  readonly ready: string;
}

const ISCSI_WORDS: TransferWords = { dataIn: 'Data-In', ready: 'R2T' };
const FCP_WORDS: TransferWords = { dataIn: 'FCP_DATA', ready: 'XFER_RDY' };
const ISER_WORDS: TransferWords = { dataIn: 'RDMA Write', ready: 'RDMA Read' };

function wordsOf({ task, session }: CommandLadder): TransferWords {
  if (task.transport === Transport.fcp) return FCP_WORDS;
  return session?.protocol === 'iser' ? ISER_WORDS : ISCSI_WORDS;
}

/** Phases by the protocol's own words: "command to XFER_RDY". */
export function phasesOf(ladder: CommandLadder): readonly ShownPhase[] {
  const { ready } = wordsOf(ladder);
  if (ready === ISCSI_WORDS.ready) return ladder.phases;
  return ladder.phases.map((phase) => ({
    ...phase,
    name: phase.name.replace(ISCSI_WORDS.ready, ready),
  }));
}

function dataItems(ladder: CommandLadder): Cell[] {
  const { task } = ladder;
  const words = wordsOf(ladder);
  const items: Cell[] = [];
  if (task.commandSeen) {
    const way = [task.reads ? 'read' : '', task.writes ? 'write' : '']
      .filter(Boolean)
      .join(' and ');
    items.push(
      cell(
        way === '' && task.expectedLength === 0
          ? 'none expected'
          : `expected ${bytesText(task.expectedLength)} (${way || 'no way told'})`,
      ),
    );
  }
  if (task.dataInBytes > 0) {
    items.push(cell(`${bytesText(task.dataInBytes)} in ${plural(task.dataInPdus, words.dataIn)}`));
  }
  if (task.dataOutBytes > 0) {
    items.push(cell(`${bytesText(task.dataOutBytes)} out`));
    if (task.immediateBytes > 0)
      items.push(cell(`${bytesText(task.immediateBytes)} with the command`));
    if (task.unsolicitedBytes > 0)
      items.push(cell(`${bytesText(task.unsolicitedBytes)} unsolicited`));
  }
  if (task.r2ts > 0) {
    const most = task.r2tsOutstandingMax > 1 ? `, ${task.r2tsOutstandingMax} at once` : '';
    items.push(cell(`${plural(task.r2ts, words.ready)}${most}`));
  }
  if (task.residualKind > 0) {
    const than = task.residualKind === 1 ? 'fewer than expected' : 'more than expected';
    items.push(cell(`${bytesText(task.residualCount)} ${than}`, 'warn'));
  }
  if (task.dataMissing > 0) items.push(cell(`${bytesText(task.dataMissing)} not captured`, 'warn'));
  return items.length > 0 ? items : [cell('none', 'quiet')];
}

function outcomeItems({ task }: CommandLadder): Cell[] {
  const items = [cell(OUTCOME_NAMES[task.outcome], outcomeTone(task.outcome))];
  if (task.response > 0)
    items.push(cell(`response: ${codeName(RESPONSE_NAMES, task.response)}`, 'bad'));
  if (task.status >= 0) items.push(cell(`status ${scsiStatusName(task.status)}`));
  const sense = senseText(task);
  if (sense !== undefined) items.push(cell(sense, 'warn'));
  if (task.evidence > 0) items.push(cell(`inferred: ${EVIDENCE_NAMES[task.evidence]}`, 'warn'));
  if (task.tcpWaitNs > 0) {
    items.push(cell(`${durationText(task.tcpWaitNs)} waiting for TCP to send again`, 'warn'));
  }
  return items;
}

function leftOut({ tcpLeftOut }: CommandLadder): Block[] {
  if (tcpLeftOut === 0) return [];
  const text = `… and ${plural(tcpLeftOut, 'TCP event')} more`;
  return [{ kind: 'line', indent: 2, cells: [cell(text, 'quiet')] }];
}

/** Steps as rungs; where the end was not seen, the absence is the last rung. */
export function rungsOf(ladder: CommandLadder): Rung[] {
  const { steps, task } = ladder;
  const startNs = task.commandSeen ? task.commandNs : (steps[0]?.timeNs ?? 0);
  const rungs: Rung[] = [];
  let before = startNs;
  for (const step of steps) {
    rungs.push({
      sinceNs: step.timeNs - startNs,
      afterNs: step.timeNs - before,
      ...rungOf(step, ladder),
    });
    before = step.timeNs;
  }
  const absent = absence(ladder);
  if (absent !== '') {
    rungs.push({
      sinceNs: ladder.endNs - startNs,
      afterNs: ladder.endNs - before,
      frame: task.endFrame,
      way: 'none',
      label: absent,
      tone: 'bad',
      details: [],
    });
  }
  return rungs;
}

type Told = Omit<Rung, 'sinceNs' | 'afterNs'>;

function rungOf(step: LadderStep, ladder: CommandLadder): Told {
  switch (step.kind) {
    case 'pdu':
      return pduRung(step, ladder);
    case 'tcp':
      return tcpRung(step);
    case 'event':
      return eventRung(step, ladder);
  }
}

/** What is missing at the end, '' where nothing is. */
function absence({ task }: CommandLadder): string {
  switch (task.outcome) {
    case Outcome.open:
      return 'no status';
    case Outcome.lost:
      return 'lost';
    case Outcome.aborted:
      return 'aborted';
    case Outcome.rejected:
      return 'rejected';
    case Outcome.statusNotCaptured:
      return 'not captured';
    default:
      return '';
  }
}

function pduRung(step: PduStep, ladder: CommandLadder): Told {
  const many = step.count > 1 ? ` ×${countText(step.count)}` : '';
  return {
    frame: step.frame,
    frameEnd: step.frameEnd,
    way: step.fromInitiator ? 'initiator' : 'target',
    label: stepName(step) + many,
    tone: step.role === Role.response ? outcomeTone(ladder.task.outcome) : 'strong',
    details: [cell(detailWords(step, ladder).filter(Boolean).join(', '))],
  };
}

/** Short: it stands on an arrow. */
function stepName({ protocol, opcode, kindOf, role }: PduStep): string {
  if (protocol === MessageProtocol.iscsi) return pduOf(opcode).short;
  if (protocol === MessageProtocol.fc) return messageNameOf(protocol, kindOf);
  switch (role) {
    case Role.dataIn:
      return 'RDMA Write';
    case Role.transferReady:
      return 'Read Request';
    case Role.dataOut:
      return 'Read Response';
    default:
      return messageNameOf(protocol, kindOf);
  }
}

function detailWords(step: PduStep, ladder: CommandLadder): string[] {
  const { task, steps } = ladder;
  const ownStatus = step.protocol === MessageProtocol.iscsi;
  const { bytes, bufferOffset } = step;
  const lasts = step.endNs > step.timeNs ? `in ${durationText(step.endNs - step.timeNs)}` : '';
  const whole = step.complete ? '' : 'incomplete';
  switch (step.role) {
    case Role.command:
      return [bytes > 0 && ownStatus ? `${bytesText(bytes)} immediate` : '', lasts, whole];
    case Role.dataIn: {
      const last = steps.findLast((s) => s.kind === 'pdu') === step;
      const status = last && ownStatus && task.status >= 0 ? scsiStatusName(task.status) : '';
      return [rangeText(bytes, bufferOffset), status, lasts, whole];
    }
    case Role.dataOut:
      return [rangeText(bytes, bufferOffset), burstWords(step, ladder), lasts, whole];
    case Role.transferReady:
      return [
        `${wordsOf(ladder).ready} ${step.r2t} wants ${rangeText(bytes, bufferOffset)}`,
        whole,
      ];
    case Role.response:
      return [statusWords(task), lasts, whole];
    default:
      return [bytes > 0 ? bytesText(bytes) : '', lasts, whole];
  }
}

function burstWords({ r2t, waitedNs }: PduStep, ladder: CommandLadder): string {
  if (r2t === 0) return 'unsolicited';
  return `for ${wordsOf(ladder).ready} ${r2t}${waitedNs === undefined ? '' : ` after ${durationText(waitedNs)}`}`;
}

function rangeText(bytes: number, offset: number): string {
  return `${bytesText(bytes)} at ${offset}`;
}

function statusWords(task: CommandLadder['task']): string {
  if (task.response > 0) return codeName(RESPONSE_NAMES, task.response);
  const status = task.status < 0 ? '' : scsiStatusName(task.status);
  const sense = senseText(task);
  return sense === undefined ? status : `${status}: ${sense}`;
}

const TCP_TONES: Readonly<Record<string, Tone>> = {
  'out of order': 'quiet',
  'delayed ACK': 'note',
};

function tcpRung({ event, fromInitiator, count, bytes, waitedNsMax }: TcpStep): Told {
  const { kind, why } = event;
  const from = fromInitiator ? 'initiator' : 'target';
  const words = [
    bytes > 0 ? `${bytesText(bytes)} of the ${from}` : `the ${from}'s bytes`,
    why === undefined || why === 'outOfOrder' || why === 'unknown' ? '' : WHY[why],
    waitedNsMax > 0 ? `after ${count > 1 ? 'up to ' : ''}${durationText(waitedNsMax)}` : '',
  ];
  return {
    frame: event.frame,
    way: 'none',
    label: count > 1 ? `${kind} ×${count}` : kind,
    tone: TCP_TONES[kind] ?? 'warn',
    details: [cell(`TCP: ${words.filter(Boolean).join(', ')}`, 'quiet')],
  };
}

const WHY = {
  fast: 'fast',
  timeout: 'by timeout',
  probe: 'as a probe',
  spurious: 'needlessly',
} as const;

function eventRung({ event, answer }: EventStep, { task }: CommandLadder): Told {
  const { fields, kind } = event;
  const at = (name: string): number => Number(fields[name] ?? -1);
  switch (kind) {
    case 'task management':
      return {
        frame: answer ? event.endFrame : event.frame,
        way: answer ? 'target' : 'initiator',
        label: answer ? 'TMF Response' : 'TMF Request',
        tone: 'warn',
        details: [
          cell(
            answer
              ? codeName(TASK_MANAGEMENT_RESPONSE_NAMES, at('response'))
              : managementName(
                  { protocol: task.transport === Transport.fcp ? 'fcp' : 'iscsi' },
                  at('function'),
                ),
          ),
        ],
      };
    case 'reject':
      return {
        frame: event.frame,
        way: 'target',
        label: 'Reject',
        tone: 'bad',
        details: [cell(codeName(REJECT_REASON_NAMES, at('reason')))],
      };
    case 'connection ended':
    case 'reinstatement':
      return {
        frame: event.frame,
        way: 'none',
        label: kind,
        tone: 'bad',
        details: [cell(String(fields['why'] ?? ''))],
      };
    default:
      return { frame: event.frame, way: 'initiator', label: kind, tone: 'warn', details: [] };
  }
}

// One command as a ladder: initiator and target as two columns, time between the arrows, what TCP
// did meanwhile, and where the time went as a bar.

import { durationText } from '../../lib/units.js';
import { hex32 } from '../../lib/words.js';
import { phasesOf } from '../../metrics/phases.js';
import { makeTaskRow, type TaskRow } from '../../report/store/task-store.js';
import type { TcpEvent } from '../../report/store/tcp-log.js';
import { EVIDENCE_NAMES, OUTCOME_NAMES } from '../../session/task.js';
import { type Cell, cell, type Tone } from '../../view/cells.js';
import { secondsText } from '../../view/format.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { ascText } from '../../wire/scsi/asc.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseKeyName } from '../../wire/scsi/sense.js';
import { commandText } from '../../wire/scsi/summary.js';
import { blanks, blockLines } from '../blocks.js';
import type { Case } from '../case/case.js';
import { pdusOfTask, pduWords } from '../case/pdus.js';
import type { Page } from '../page.js';
import type { State } from '../state.js';
import { cutLine, type Line, type Span } from '../terminal/line.js';
import { fit, widthOf } from '../terminal/width.js';
import { goesOn, toneOfOutcome } from './command-columns.js';
import { Lines } from './lines.js';

/** Columns beside the lane: time, delta and a gap before it, the frame after it. */
const BEFORE = 26;
const AFTER = 10;

export function commandPage(kase: Case, state: State, row: number): Page {
  const task = makeTaskRow();
  kase.tasks.read(row, task);
  const ns = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  const lane = Math.max(30, state.columns - BEFORE - AFTER);
  const lines = new Lines(state.columns);
  ladderLines(kase, row, task, ns, lane, lines);
  const head = headLines(kase, row, task, ns, state.columns);
  return lines.page(`command 0x${hex32(task.initiatorTaskTag)}`, [...head, laneHead(lane)]);
}

function headLines(kase: Case, row: number, t: TaskRow, ns: number, width: number): Line[] {
  const what =
    t.cdbLength > 0 ? commandText(t.cdb, 0, t.cdbLength, t.deviceType) : 'CDB not captured';
  const lun = lunText(t.lunHigh, t.lunLow);
  return [
    [
      cell(` ${what}`, 'title'),
      cell(
        `  S${t.session} C${t.connection} LUN ${lun}  tag 0x${hex32(t.initiatorTaskTag)}`,
        'quiet',
      ),
      cell(t.commandSeen ? `  CmdSN ${t.cmdSN}` : '  its command was not captured', 'quiet'),
    ],
    [cell(' '), ...outcomeCells(kase, row, t, ns)],
    ...phaseLines(t, width, ns),
  ];
}

function outcomeCells(kase: Case, row: number, t: TaskRow, ns: number): Cell[] {
  if (goesOn(kase.tasks, row, ns)) {
    const age = Number.isFinite(ns)
      ? ns - kase.tasks.startNs(row)
      : kase.lastNs - kase.tasks.startNs(row);
    return [cell(`… open for ${durationText(Math.max(0, age))}`, 'warn')];
  }
  const tone = toneOfOutcome(t.outcome);
  const cells = [cell(`${tone === 'good' ? '✓' : '!'} ${OUTCOME_NAMES[t.outcome]}`, tone)];
  const whole = kase.tasks.latencyNs(row);
  if (whole >= 0)
    cells.push(cell(` in ${t.statusBound ? 'at most ' : ''}${durationText(whole)}`, 'strong'));
  if (t.evidence > 0) cells.push(cell(`, inferred: ${EVIDENCE_NAMES[t.evidence]}`, 'warn'));
  if (t.senseKey >= 0) {
    const code = t.asc < 0 ? '' : `: ${ascText(t.asc, t.ascq)}`;
    cells.push(cell(`  ${senseKeyName(t.senseKey)}${code}`, 'bad'));
  }
  if (t.tcpWaitNs > 0)
    cells.push(cell(`  ${durationText(t.tcpWaitNs)} of it waiting for TCP`, 'warn'));
  return cells;
}

const OWES: Readonly<
  Record<string, { readonly mark: string; readonly tone: Tone; readonly word: string }>
> = {
  target: { mark: '█', tone: 'warn', word: 'target' },
  initiator: { mark: '▒', tone: 'note', word: 'initiator' },
  both: { mark: '▓', tone: 'good', word: 'data flows' },
};

/** The phases as a bar, each as long as it took, and what they are called. */
function phaseLines(t: TaskRow, width: number, ns: number): Line[] {
  const phases = t.statusNs >= 0 && t.statusNs > ns ? [] : phasesOf(t);
  const whole = phases.reduce((sum, phase) => sum + phase.ns, 0);
  if (whole <= 0) return [];
  const room = width - 4;
  const bar: Span[] = [blanks(1)];
  const legend: Cell[] = [];
  let used = 0;
  let done = 0;
  for (const phase of phases) {
    const { mark, tone } = OWES[phase.owes];
    done += phase.ns;
    const to = Math.round((done / whole) * room);
    const cells = to > used ? to - used : 0;
    used = Math.max(used, to);
    bar.push({ text: mark.repeat(cells), tone });
    const share = Math.round((100 * phase.ns) / whole);
    legend.push(cell(`${mark} ${phase.name} ${durationText(phase.ns)} (${share} %)`, tone));
  }
  const items = { kind: 'flow', indent: 1, label: cell(''), items: legend } as const;
  return [bar, ...blockLines([items], width)];
}

function laneHead(lane: number): Line {
  return [
    cell(fit('time', 13, true), 'quiet'),
    cell(fit('after', 11, true), 'quiet'),
    cell('  '),
    cell('initiator', 'strong'),
    blanks(lane - 15),
    cell('target', 'strong'),
    cell(fit('frame', AFTER - 1, true), 'quiet'),
  ];
}

type Rung =
  | { readonly ns: number; readonly pdu: number }
  | { readonly ns: number; readonly event: TcpEvent };

function ladderLines(
  kase: Case,
  row: number,
  task: TaskRow,
  ns: number,
  lane: number,
  lines: Lines,
): void {
  const rungs = rungsOf(kase, row, task).filter((rung) => rung.ns <= ns);
  let before = kase.tasks.startNs(row);
  for (const rung of rungs) {
    if ('event' in rung) lines.add(eventLine(rung.event, before, lane), { timeNs: rung.ns });
    else {
      lines.add(pduLine(kase, rung.pdu, before, lane), {
        open: { kind: 'pdu', pdu: rung.pdu },
        timeNs: rung.ns,
      });
    }
    before = rung.ns;
  }
  if (rungs.length === 0)
    lines.add([blanks(2), cell('nothing of it had passed at this time', 'quiet')]);
  else if (goesOn(kase.tasks, row, ns))
    lines.add([...times(Number.NaN, 0), cell('│', 'quiet'), cell('   … no status so far', 'warn')]);
}

/** Its PDUs and what TCP did meanwhile on its connection, in the order of time. */
function rungsOf(kase: Case, row: number, task: TaskRow): Rung[] {
  const rungs: Rung[] = pdusOfTask(kase, row).map((pdu) => ({ ns: kase.pdus.timeNs(pdu), pdu }));
  const from = kase.tasks.startNs(row);
  const to = kase.tasks.endNs(row) < 0 ? kase.lastNs : kase.tasks.endNs(row);
  for (const event of kase.keeper.tcp.during(task.connection, from, to)) {
    if (event.toNs <= to) rungs.push({ ns: event.toNs, event });
  }
  return rungs.sort((a, b) => a.ns - b.ns);
}

function times(ns: number, before: number): Span[] {
  if (Number.isNaN(ns)) return [blanks(BEFORE)];
  return [
    cell(fit(secondsText(ns), 13, true), 'quiet'),
    cell(
      fit(`+${durationText(Math.max(0, ns - before))}`, 11, true),
      ns - before > SLOW_NS ? 'warn' : 'plain',
    ),
    cell('  '),
  ];
}

/** Waits longer than that are worth a look. */
const SLOW_NS = 10e6;

function pduLine(kase: Case, pdu: number, before: number, lane: number): Line {
  const { pdus } = kase;
  const words = ` ${pduWords(kase, pdu)} `;
  const inner = lane - 2;
  const fromInitiator = pdus.fromInitiator(pdu);
  const text = widthOf(words) > inner - 6 ? fit(words, inner - 6) : words;
  const dashes = '─'.repeat(Math.max(0, inner - widthOf(text) - 3));
  const tone = toneOfPdu(pdus.opcode(pdu));
  const arrow: Span[] = fromInitiator
    ? [cell('──', 'quiet'), cell(text, tone), cell(`${dashes}▶`, 'quiet')]
    : [cell(`◀${dashes}`, 'quiet'), cell(text, tone), cell('──', 'quiet')];
  return [
    ...times(pdus.timeNs(pdu), before),
    cell('│', 'quiet'),
    ...arrow,
    cell('│', 'quiet'),
    cell(fit(String(pdus.frame(pdu)), AFTER - 1, true), 'quiet'),
  ];
}

function toneOfPdu(opcode: number): Tone {
  if (opcode === Opcode.reject || opcode === Opcode.asyncMessage) return 'bad';
  return opcode === Opcode.scsiCommand ? 'title' : 'strong';
}

function eventLine(event: TcpEvent, before: number, lane: number): Line {
  const why = event.why === undefined ? '' : ` (${event.why})`;
  const waited = durationText(event.toNs - event.fromNs);
  const words = cell(`   ! TCP: ${event.kind}${why}, ${waited}`, 'warn');
  return [
    ...times(event.toNs, before),
    cell('│', 'quiet'),
    ...cutLine([words], 0, lane - 2),
    cell('│', 'quiet'),
    cell(fit(String(event.frame), AFTER - 1, true), 'quiet'),
  ];
}

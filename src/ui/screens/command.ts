// One command as a ladder, drawn as `sanscope command` draws it: initiator and target as two columns,
// time between the arrows, what TCP did meanwhile, and where the time went as a bar. Each rung opens
// its PDU, and at the time cursor it has grown so far.

import type { Case } from '../../case/case.js';
import { durationText, plural } from '../../lib/number-text.js';
import {
  type CommandLadder,
  commandLadder,
  type LadderStep,
} from '../../report/ladder/command-ladder.js';
import { EVIDENCE_NAMES, OUTCOME_NAMES, Transport } from '../../scsi/task.js';
import { outcomeTone } from '../../scsi/task-facts.js';
import { type Cell, cell } from '../../view/cells.js';
import { secondsText } from '../../view/format.js';
import {
  commandTitle,
  factBlocks,
  phasesOf,
  rungsOf,
  tagWords,
} from '../../view/ladder/command-view.js';
import { laneHead, rungLine } from '../../view/ladder/lane.js';
import { phaseFlow } from '../../view/ladder/phase-bar.js';
import { lunText } from '../../wire/scsi/lun.js';
import { senseText } from '../../wire/scsi/sense.js';
import { blanks, blockLines } from '../blocks.js';
import { COMPARE, EVERY_PDU, MARK } from '../keys.js';
import type { Page } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import type { Line } from '../terminal/line.js';
import { goesOn } from './command-columns.js';
import { type LineFacts, Lines } from './lines.js';

export const COMMAND: Screen<'command'> = {
  kind: 'command',
  keys: [EVERY_PDU, { ...MARK, hint: 'mark' }, COMPARE],
  page: ({ row }, state, { kase }) => commandPage(kase, state, row),
};

function commandPage(kase: Case, state: State, row: number): Page {
  const ns = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  // What goes on at the cursor grows PDU by PDU.
  const growing = Number.isFinite(ns) && goesOn(kase.tasks, row, ns);
  const ladder = ladderOf(kase, row, state.everyPdu || growing);
  const width = state.columns;
  const lines = new Lines(width);
  rungLines(kase, row, ladder, ns, lines);
  if (!growing) {
    lines.heading('What it was');
    lines.blocks(factBlocks(ladder));
  }
  const head = [
    titleLine(ladder),
    [cell(' '), ...outcomeCells(kase, row, ladder, ns)],
    ...(growing ? [] : blockLines(phaseFlow(phasesOf(ladder), width - 1), width)),
    ...blockLines([laneHead(width)], width),
  ];
  return lines.page(`command ${tagWords(ladder.task).replace(/^tag /, '')}`, head);
}

/** As it is drawn: each data PDU a step, or runs of them. */
export function ladderOf(kase: Case, row: number, everyPdu: boolean): CommandLadder {
  const { look, keeper, nowNs: lastNs } = kase;
  const id = keeper.tasks.session(row);
  const session = look?.session(id);
  return commandLadder(keeper, row, {
    lastNs,
    sessions: session === undefined ? [] : Object.assign([], { [id]: session }),
    initiatorDirection: (connection) => look?.story(connection)?.initiatorDirection ?? 0,
    everyPdu,
  });
}

function titleLine(ladder: CommandLadder): Line {
  const { task: t } = ladder;
  return [
    cell(` ${commandTitle(ladder)}`, 'title'),
    cell(`  S${t.session}${t.connection < 0 ? '' : ` C${t.connection}`} LUN ${lunOf(t)}`, 'quiet'),
    cell(t.commandSeen ? numberWords(t) : '  its command was not captured', 'quiet'),
  ];
}

/** Where it stands among the commands of its session, where the protocol numbers them. */
function numberWords(t: CommandLadder['task']): string {
  return t.transport === Transport.iscsi ? `  CmdSN ${t.cmdSN}` : '';
}

function lunOf(t: CommandLadder['task']): string {
  return t.commandSeen || t.lunHigh > 0 || t.lunLow > 0 ? lunText(t.lunHigh, t.lunLow) : '?';
}

function outcomeCells(kase: Case, row: number, { task: t }: CommandLadder, ns: number): Cell[] {
  const startNs = kase.tasks.startNs(row);
  const at = cell(`  at ${secondsText(startNs)} s`, 'quiet');
  if (goesOn(kase.tasks, row, ns)) {
    const age = (Number.isFinite(ns) ? ns : kase.nowNs) - startNs;
    return [cell(`… open for ${durationText(Math.max(0, age))}`, 'warn'), at];
  }
  const tone = outcomeTone(t.outcome);
  const mark = tone === 'good' ? '✓' : tone === 'bad' ? '!' : '?';
  const cells = [cell(`${mark} ${OUTCOME_NAMES[t.outcome]}`, tone)];
  const whole = kase.tasks.latencyNsAtMost(row);
  if (whole >= 0)
    cells.push(cell(` in ${t.statusBound ? 'at most ' : ''}${durationText(whole)}`, 'strong'));
  cells.push(at);
  if (t.evidence > 0) cells.push(cell(`, inferred: ${EVIDENCE_NAMES[t.evidence]}`, 'warn'));
  const sense = senseText(t);
  if (sense !== undefined) cells.push(cell(`  ${sense}`, 'bad'));
  if (t.tcpWaitNs > 0)
    cells.push(cell(`  ${durationText(t.tcpWaitNs)} of it waiting for TCP`, 'warn'));
  return cells;
}

/** One row a rung; those after the cursor are not there yet. */
function rungLines(kase: Case, row: number, ladder: CommandLadder, ns: number, lines: Lines): void {
  const { steps, tcpLeftOut } = ladder;
  const goes = goesOn(kase.tasks, row, ns);
  let shown = 0;
  for (const [i, rung] of rungsOf(ladder).entries()) {
    const step = steps.at(i);
    if (step === undefined ? goes && Number.isFinite(ns) : step.timeNs > ns) continue;
    const [line] = blockLines([rungLine(rung, lines.width)], lines.width);
    lines.add(line, step && factsOf(step));
    shown++;
  }
  if (shown === 0) lines.add([blanks(2), cell('nothing of it had passed at this time', 'quiet')]);
  else if (goes && Number.isFinite(ns)) lines.add([blanks(2), cell('… no status so far', 'warn')]);
  if (tcpLeftOut > 0)
    lines.add([blanks(2), cell(`… and ${plural(tcpLeftOut, 'TCP event')} more`, 'quiet')]);
}

function factsOf(step: LadderStep): LineFacts {
  if (step.kind !== 'pdu') return { timeNs: step.timeNs };
  return { open: { kind: 'pdu', pdu: step.row }, timeNs: step.timeNs };
}

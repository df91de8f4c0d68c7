// Two commands beside each other: their facts, and their ladders by the time since each began.

import type { Case } from '../../case/case.js';
import { decimal64, hex32 } from '../../lib/hex.js';
import { bytesText, durationText } from '../../lib/number-text.js';
import { phasesOf } from '../../scsi/phase-names.js';
import { OUTCOME_NAMES } from '../../scsi/task.js';
import { operationText } from '../../scsi/task-facts.js';
import { makeTaskRow, type TaskRow } from '../../store/task-store.js';
import { cell } from '../../view/cells.js';
import { NOTHING, secondsText } from '../../view/format.js';
import { rungsOf } from '../../view/ladder/command-view.js';
import type { Rung } from '../../view/ladder/lane.js';
import { lunText } from '../../wire/scsi/lun.js';
import { EVERY_PDU } from '../keys.js';
import type { Page } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import { beside, type Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { ladderOf } from './command.js';
import { Lines } from './lines.js';

const LABEL = 20;

export const COMPARED: Screen<'compare'> = {
  kind: 'compare',
  keys: [EVERY_PDU],
  page: ({ rows }, state, { kase }) => comparePage(kase, state, rows),
};

function comparePage(kase: Case, state: State, rows: readonly number[]): Page {
  const tasks = rows.map((row) => {
    const task = makeTaskRow();
    kase.tasks.read(row, task);
    return task;
  });
  const width = Math.floor((state.columns - LABEL - 2) / rows.length);
  const lines = new Lines(state.columns);
  for (const [label, texts] of factsOf(kase, rows, tasks)) {
    const differ = new Set(texts).size > 1;
    const cells = texts.map((text): Span => cell(fit(text, width), differ ? 'warn' : 'plain'));
    lines.add([cell(differ ? '≠ ' : '  ', 'warn'), cell(fit(label, LABEL), 'quiet'), ...cells]);
  }
  lines.heading('Ladders', 'since each command began; Enter opens the left one’s PDU');
  ladderLines(kase, state, rows, lines);
  return lines.page(`${tasks.map((t) => `0x${hex32(t.tag)}`).join(' and ')} compared`);
}

function factsOf(
  kase: Case,
  rows: readonly number[],
  tasks: readonly TaskRow[],
): [string, string[]][] {
  const of = (label: string, say: (t: TaskRow, row: number) => string): [string, string[]] => [
    label,
    tasks.map((task, i) => say(task, rows[i])),
  ];
  const latency = (row: number): string => {
    const ns = kase.tasks.latencyNsAtMost(row);
    return ns < 0 ? NOTHING : (kase.tasks.statusBound(row) ? '≤ ' : '') + durationText(ns);
  };
  const names = [...new Set(tasks.flatMap((t) => phasesOf(t).map((phase) => phase.name)))];
  return [
    of('operation', (t) => operationText(t.operation)),
    of(
      'time',
      (_, row) =>
        `${secondsText(kase.tasks.startNs(row))} s, frame ${kase.tasks.commandFrame(row)}`,
    ),
    of('session, LUN', (t) => `S${t.session} C${t.connection} LUN ${lunText(t.lunHigh, t.lunLow)}`),
    of('LBA, blocks', (t) =>
      t.lbaKnown ? `${decimal64(t.lbaHigh, t.lbaLow)}, ${t.blocks}` : NOTHING,
    ),
    of('data', (t) => bytesText(t.dataInBytes + t.dataOutBytes)),
    of('R2Ts', (t) => (t.r2ts === 0 ? NOTHING : `${t.r2ts}, ${t.r2tsOutstandingMax} at once`)),
    of('outcome', (t) => OUTCOME_NAMES[t.outcome]),
    of('latency', (_, row) => latency(row)),
    of('waited for TCP', (t) => (t.tcpWaitNs === 0 ? NOTHING : durationText(t.tcpWaitNs))),
    ...names.map((name) =>
      of(`  ${name}`, (t) => {
        const phase = phasesOf(t).find((p) => p.name === name);
        return phase === undefined ? NOTHING : durationText(phase.ns);
      }),
    ),
  ];
}

/** The rungs of both beside each other, bursts as one unless each PDU is asked for. */
function ladderLines(kase: Case, state: State, rows: readonly number[], lines: Lines): void {
  const width = Math.floor((state.columns - 2) / rows.length);
  const ladders = rows.map((row) => ladderOf(kase, row, state.everyPdu));
  const rungs = ladders.map(rungsOf);
  const most = Math.max(0, ...rungs.map((list) => list.length));
  for (let i = 0; i < most; i++) {
    const [left, ...right] = rungs.map((list) => rungSpans(list[i]));
    const step = ladders[0].steps.at(i);
    lines.add(
      beside(left, width, right.flat()),
      step?.kind === 'pdu' ? { open: { kind: 'pdu', pdu: step.row } } : undefined,
    );
  }
}

const ARROWS: Readonly<Record<Rung['way'], string>> = {
  initiator: ' ─▶ ',
  target: ' ◀─ ',
  none: '  · ',
};

function rungSpans(rung: Rung | undefined): Span[] {
  if (rung === undefined) return [];
  return [
    cell(fit(`+${durationText(Math.max(0, rung.sinceNs))}`, 11, true), 'quiet'),
    cell(ARROWS[rung.way], 'quiet'),
    cell(`${rung.label}  `, rung.tone),
    ...rung.details,
  ];
}

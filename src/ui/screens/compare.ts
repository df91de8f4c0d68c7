// Two commands beside each other: their facts, and their ladders by the time since each began.

import { bytesText, durationText } from '../../lib/units.js';
import { decimal64, hex32 } from '../../lib/words.js';
import { phasesOf } from '../../metrics/phases.js';
import { operationText } from '../../report/commands.js';
import { makeTaskRow, type TaskRow } from '../../report/store/task-store.js';
import { OUTCOME_NAMES } from '../../session/task.js';
import { cell } from '../../view/cells.js';
import { NOTHING, secondsText } from '../../view/format.js';
import { lunText } from '../../wire/scsi/lun.js';
import type { Case } from '../case/case.js';
import { pdusOfTask, pduWords } from '../case/pdus.js';
import type { Page } from '../page.js';
import type { State } from '../state.js';
import { beside, type Span } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { Lines } from './lines.js';

const LABEL = 20;

export function comparePage(kase: Case, state: State, rows: readonly number[]): Page {
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
  lines.heading('Ladders', 'since each command began; Enter opens the first one’s PDU');
  ladderLines(kase, rows, Math.floor((state.columns - 2) / rows.length), lines);
  return lines.page(`${tasks.map((t) => `0x${hex32(t.initiatorTaskTag)}`).join(' and ')} compared`);
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
    const ns = kase.tasks.latencyNs(row);
    return ns < 0 ? NOTHING : durationText(ns);
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

function ladderLines(kase: Case, rows: readonly number[], width: number, lines: Lines): void {
  const lists = rows.map((row) => pdusOfTask(kase, row));
  const most = Math.max(0, ...lists.map((list) => list.length));
  for (let i = 0; i < most; i++) {
    const cells = lists.map((list, k) => rung(kase, list[i], rows[k]));
    const [left, ...right] = cells;
    const [pdu] = lists[0].slice(i, i + 1);
    lines.add(
      beside(left, width, right.flat()),
      pdu === undefined ? undefined : { open: { kind: 'pdu', pdu } },
    );
  }
}

function rung(kase: Case, pdu: number | undefined, row: number): Span[] {
  if (pdu === undefined) return [];
  const { pdus } = kase;
  const since = durationText(Math.max(0, pdus.timeNs(pdu) - kase.tasks.startNs(row)));
  return [
    cell(fit(`+${since}`, 11, true), 'quiet'),
    cell(pdus.fromInitiator(pdu) ? ' ─▶ ' : ' ◀─ ', 'quiet'),
    cell(pduWords(kase, pdu)),
  ];
}

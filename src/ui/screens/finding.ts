// A finding: what it says and how sure it is, what would disprove it, what to do next, and the packets
// that prove it, each leading to the field that does.

import type { Case } from '../../case/case.js';
import { pdusOfFrames, pduWords, provingPdu } from '../../case/pdus.js';
import type { Finding } from '../../findings/finding.js';
import { countText } from '../../lib/number-text.js';
import { operationText } from '../../scsi/task-facts.js';
import { type Block, cell } from '../../view/cells.js';
import { findingWhere, ground, whenText } from '../../view/findings-view.js';
import { secondsText } from '../../view/format.js';
import { pduOf } from '../../wire/iscsi/pdus.js';
import { blanks, blockLines } from '../blocks.js';
import { COMPARE, MARK } from '../keys.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import { fit } from '../terminal/width.js';
import { Lines } from './lines.js';
import { FINDING_MARKS } from './overview.js';

/** Of thousands of sessions that all have it. */
const MEMBERS_SHOWN = 200;

export const FINDING: Screen<'finding'> = {
  kind: 'finding',
  keys: [MARK, COMPARE],
  page: ({ findings }, state, { kase }) => findingPage(kase, state, findings),
};

function findingPage(kase: Case, state: State, indices: readonly number[]): Page {
  const group = indices.flatMap((index) => kase.report?.findings[index] ?? []);
  const [f] = group;
  if (f === undefined)
    return pageOf('finding', [], [[cell('  it is not there any more', 'quiet')]]);
  const lines = new Lines(state.columns);
  const { text, tone } = FINDING_MARKS[f.severity];
  const where = findingWhere(group).map((words) => cell(words, 'quiet'));
  const said: Block[] = [
    { kind: 'prose', indent: 1, label: cell(text, tone), cell: cell(f.title, 'title') },
    { kind: 'flow', indent: 1, label: cell(''), items: where },
  ];
  for (const line of blockLines(said, state.columns)) lines.add(line);
  proseLines('What it means', f.text, lines);
  proseLines('How sure it is', ground(f), lines);
  proseLines('What to do next', f.next, lines);
  proofLines(kase, group, lines);
  return lines.page(`finding: ${f.id}`);
}

function proseLines(head: string, text: string, lines: Lines): void {
  lines.heading(head);
  lines.blocks([{ kind: 'prose', indent: 2, cell: cell(text) }]);
}

function proofLines(kase: Case, group: readonly Finding[], lines: Lines): void {
  const shown = group.slice(0, MEMBERS_SHOWN);
  const found = pdusOfFrames(kase, new Set(shown.flatMap((f) => f.frames)));
  lines.heading('Proof', 'Enter opens the PDU, at the field that proves it where one does');
  for (const f of shown) {
    memberLine(f, group[0].title, group.length > 1, lines);
    for (const frame of f.frames) frameLine(kase, f, frame, found.get(frame) ?? [], lines);
    const more = f.count - f.frames.length;
    if (more > 0) {
      const words = `… and ${countText(more)} more; the first are shown`;
      lines.add([blanks(4), cell(words, 'quiet')]);
    }
  }
  const more = group.length - shown.length;
  if (more > 0) lines.add([blanks(2), cell(`… and ${countText(more)} more like it`, 'quiet')]);
}

/** Whom it concerns. */
function memberLine(f: Finding, title: string, text: boolean, lines: Lines): void {
  const where = [
    f.title === title ? '' : f.title,
    f.session === undefined ? '' : `session S${f.session}`,
    f.connection === undefined ? '' : `connection C${f.connection}`,
    f.lun === undefined ? '' : `LUN ${f.lun}`,
    whenText([f]),
  ];
  const words = where.filter(Boolean).join(' · ');
  const open: Place | undefined =
    f.session !== undefined
      ? { kind: 'session', session: f.session }
      : f.connection !== undefined
        ? { kind: 'tcp', connection: f.connection }
        : undefined;
  if (words !== '') lines.add([blanks(2), cell(words, 'strong')], { open, timeNs: f.fromNs });
  if (text) lines.blocks([{ kind: 'prose', indent: 4, cell: cell(f.text, 'quiet') }]);
}

function frameLine(
  kase: Case,
  f: Finding,
  frame: number,
  rows: readonly number[],
  lines: Lines,
): void {
  const label = cell(`    frame ${countText(frame).padEnd(9)}`, 'quiet');
  const { pdus, tasks } = kase;
  const pdu = provingPdu(kase, f, rows);
  if (pdu === undefined) {
    const open: Place | undefined =
      f.connection === undefined ? undefined : { kind: 'tcp', connection: f.connection };
    lines.add([label, cell('no PDU begins or ends in it', 'quiet')], { open });
    return;
  }
  const proof = f.proof.find((one) => one.pdu === pduOf(pdus.opcode(pdu)).key);
  const task = pdus.task(pdu);
  lines.add(
    [
      label,
      cell(`${secondsText(pdus.timeNs(pdu)).padStart(12)}  `, 'quiet'),
      cell(fit(`${pdus.fromInitiator(pdu) ? '─▶' : '◀─'} ${pduWords(kase, pdu)}`, 34)),
      cell(task < 0 ? '' : `  ${operationText(tasks.operation(task))}`, 'quiet'),
      cell(proof === undefined ? '' : `  ${proof.field}`, 'note'),
    ],
    { open: { kind: 'pdu', pdu, byte: proof?.byte }, timeNs: pdus.timeNs(pdu) },
  );
}

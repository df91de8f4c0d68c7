// What looks wrong, the worst first, each with the packets that prove it; then trouble of the input.

import type { Finding, Severity } from '../findings/finding.js';
import { countText, plural } from '../lib/units.js';
import type { Report } from '../report/report.js';
import { type Block, cell, type Tone } from './cells.js';
import { frames } from './format.js';

const FINDINGS_SHOWN = 15;
const FRAMES_SHOWN = 6;

const MARKS: Readonly<Record<Severity, { readonly word: string; readonly tone: Tone }>> = {
  critical: { word: 'critical', tone: 'bad' },
  warning: { word: 'warning ', tone: 'warn' },
  note: { word: 'note    ', tone: 'note' },
};

export function findingBlocks({ findings, problems }: Report): Block[] {
  const blocks: Block[] = [{ kind: 'heading', text: 'What looks wrong' }];
  if (findings.length === 0) {
    const text = 'nothing that the rules look for';
    blocks.push({ kind: 'line', indent: 2, cells: [cell(text, 'good')] });
  }
  for (const finding of findings.slice(0, FINDINGS_SHOWN)) blocks.push(...findingBlock(finding));
  const more = findings.length - FINDINGS_SHOWN;
  if (more > 0) {
    const text = `… and ${plural(more, 'finding')} more (--json lists all)`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(text, 'quiet')] });
  }
  const kinds = Object.entries(problems.counts);
  if (kinds.length > 0)
    blocks.push({ kind: 'blank' }, { kind: 'heading', text: 'Trouble with the input' });
  for (const [kind, count] of kinds) {
    const example = problems.examples.find((p) => p.kind === kind);
    const where = example?.frame === undefined ? '' : ` (frame ${countText(example.frame)})`;
    const cells = [cell(`${kind} × ${countText(count)}`, 'warn')];
    blocks.push({ kind: 'line', indent: 2, cells });
    if (example)
      blocks.push({ kind: 'prose', indent: 4, cell: cell(example.text + where, 'quiet') });
  }
  return blocks;
}

function findingBlock(f: Finding): Block[] {
  const { word, tone } = MARKS[f.severity];
  const where = [
    f.session === undefined ? '' : `S${f.session}`,
    f.connection === undefined ? '' : `connection ${f.connection}`,
    f.frames.length === 0 ? '' : `frames ${frames(f.frames, FRAMES_SHOWN)}`,
    f.inferred ? 'inferred' : '',
  ].filter(Boolean);
  return [
    {
      kind: 'flow',
      indent: 2,
      label: cell(`${word} `, tone),
      items: [cell(f.title, 'strong'), ...where.map((w) => cell(w, 'quiet'))],
    },
    { kind: 'prose', indent: 11, cell: cell(f.text, 'quiet') },
  ];
}

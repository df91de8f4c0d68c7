// What looks wrong, the worst first, each with the packets that prove it; then trouble of the input.

import type { Finding, Severity } from '../findings/finding.js';
import { countText, plural } from '../lib/number-text.js';
import type { Report } from '../report/report.js';
import { lunTextOf } from '../wire/scsi/lun.js';
import { type Block, cell, type Tone } from './cells.js';
import { frames, secondsText } from './format.js';

const FINDINGS_SHOWN = 15;
const FRAMES_SHOWN = 6;
const PLACES_SHOWN = 3;
/** Where details begin: below the title. */
const DETAILS = 11;

const MARKS: Readonly<Record<Severity, { readonly word: string; readonly tone: Tone }>> = {
  critical: { word: 'critical', tone: 'bad' },
  warning: { word: 'warning ', tone: 'warn' },
  note: { word: 'note    ', tone: 'note' },
};

export function findingBlocks({ findings, incidents, problems }: Report): Block[] {
  const blocks: Block[] = [{ kind: 'heading', text: 'What looks wrong' }];
  if (findings.length === 0) {
    const text = 'nothing that the rules look for';
    blocks.push({ kind: 'line', indent: 2, cells: [cell(text, 'good')] });
  }
  const told = new Set<string>();
  for (const incident of incidents.slice(0, FINDINGS_SHOWN)) {
    const [cause, ...effects] = alike(incident.findings.map((index) => findings[index]));
    blocks.push(...findingBlock(cause, told), ...effects.map(effectBlock));
  }
  const more = incidents.slice(FINDINGS_SHOWN).reduce((n, one) => n + one.findings.length, 0);
  if (more > 0) {
    const text = `… and ${plural(more, 'finding')} more (--json lists all)`;
    blocks.push({ kind: 'line', indent: 2, cells: [cell(text, 'quiet')] });
  }
  return [...blocks, ...problemBlocks(problems)];
}

/** What followed from the finding above it, in a line. */
function effectBlock(found: readonly Finding[]): Block {
  const [f] = found;
  const { word, tone } = MARKS[f.severity];
  const items = [cell(f.title), ...findingWhere(found).map((text) => cell(text, 'quiet'))];
  return { kind: 'flow', indent: DETAILS, label: cell(`led to ${word.trim()}: `, tone), items };
}

/** Findings that differ only in whom they concern are told together. */
export function alike(findings: readonly Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.id} ${finding.title}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** `told`: sentences that stand above already; findings of one kind share theirs. */
function findingBlock(found: readonly Finding[], told: Set<string>): Block[] {
  const [f] = found;
  const { word, tone } = MARKS[f.severity];
  const items = findingWhere(found).map((text) => cell(text, 'quiet'));
  const blocks: Block[] = [
    { kind: 'prose', indent: 2, label: cell(`${word} `, tone), cell: cell(f.title, 'strong') },
    { kind: 'flow', indent: DETAILS, label: cell(''), items },
  ];
  const say = (text: string, block: Block): void => {
    if (!told.has(text)) blocks.push(block);
    told.add(text);
  };
  const why = ground(f);
  say(f.text, { kind: 'prose', indent: DETAILS, cell: cell(f.text, 'quiet') });
  say(why, { kind: 'prose', indent: DETAILS, cell: cell(why, 'quiet') });
  const next = cell(f.next);
  say(f.next, { kind: 'prose', indent: DETAILS, label: cell('Next: ', 'note'), cell: next });
  return blocks;
}

/** How often, when, of whom, in which packets: of findings that are told together. */
export function findingWhere(found: readonly Finding[]): string[] {
  const group = [...found].sort((a, b) => (a.session ?? 0) - (b.session ?? 0));
  const [f] = group;
  const sessions = some(group.map((g) => (g.session === undefined ? '' : `S${g.session}`)));
  const ends = some(group.map((g) => (g.connection === undefined ? '' : `C${g.connection}`)));
  const evidence = group.flatMap((g) => g.frames).sort((a, b) => a - b);
  const total = group.reduce((sum, g) => sum + g.count, 0);
  const where = [
    total > 1 ? `${countText(total)} times` : '',
    whenText(group),
    sessions,
    ends,
    evidence.length === 0
      ? ''
      : `${evidence.length === 1 ? 'frame' : 'frames'} ${frames(evidence, FRAMES_SHOWN)}`,
    f.lun === undefined ? '' : `LUN ${lunTextOf(f.lun)}`,
    f.inferred ? 'inferred' : '',
  ];
  return where.filter((text) => text !== '');
}

/** "Certain (RFC 7143 11.17). Not so if: none." What it rests on, and what would disprove it. */
export function ground({ confidence, reference, disproof }: Finding): string {
  const sure = confidence[0].toUpperCase() + confidence.slice(1);
  const word = /^[A-Z][a-z ]/.test(disproof);
  const by = word ? disproof[0].toLowerCase() + disproof.slice(1) : disproof;
  return `${sure}, by ${reference}. Disproved by: ${by}`;
}

/** "at 1.234567 s", "1.2 s to 3.4 s after the start"; '' where a finding is about all of it. */
export function whenText(group: readonly Finding[]): string {
  const from = group.flatMap((f) => (f.fromNs === undefined ? [] : [f.fromNs]));
  const to = group.flatMap((f) => (f.toNs === undefined ? [] : [f.toNs]));
  if (from.length === 0) return '';
  const [first, last] = [Math.min(...from), Math.max(...to)];
  return first === last
    ? `at ${secondsText(first)} s`
    : `${secondsText(first)} s to ${secondsText(last)} s`;
}

/** "S0", "S0, S1, S2 and 7 more", each once. */
function some(names: readonly string[]): string {
  const known = [...new Set(names.filter((name) => name !== ''))];
  const text = known.slice(0, PLACES_SHOWN).join(', ');
  return known.length > PLACES_SHOWN ? `${text} and ${known.length - PLACES_SHOWN} more` : text;
}

export function problemBlocks({ counts, examples }: Report['problems']): Block[] {
  const kinds = Object.entries(counts);
  if (kinds.length === 0) return [];
  const blocks: Block[] = [{ kind: 'blank' }, { kind: 'heading', text: 'Problems on the way' }];
  for (const [kind, times] of kinds) {
    const example = examples.find((p) => p.kind === kind);
    const where = example?.frame === undefined ? '' : ` (frame ${countText(example.frame)})`;
    const label = cell(`${kind} × ${countText(times)}  `, 'warn');
    const text = example === undefined ? '' : example.text + where;
    blocks.push({ kind: 'prose', indent: 2, label, cell: cell(text, 'quiet') });
  }
  return blocks;
}

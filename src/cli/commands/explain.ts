// sanscope explain: what a word of a host's log, a status, a sense code or a finding means, what sanscope
// would show of it; and of captures that are given, the instants that show it.

import { existsSync, statSync } from 'node:fs';
import { blocksText } from '../../export/report-text.js';
import { EXPLAIN_SCHEMA } from '../../export/schema-names.js';
import { type Explanation, explain, explainFinding, shows } from '../../findings/explain.js';
import type { Finding } from '../../findings/finding.js';
import { UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { plural } from '../../lib/number-text.js';
import { Collector } from '../../report/collect.js';
import { BLANK, type Block, cell } from '../../view/cells.js';
import { frames, secondsText } from '../../view/format.js';
import { makePaint } from '../../view/theme.js';
import { type CommandContext, flag, runRoad, tellTroubles, unreadFiles } from '../run.js';
import { standardOutput } from '../standard-output.js';

const WIDTH = 110;
/** Of one word so many instants are listed; --json has all. */
const SHOWN = 20;

/** `files` holds the words, and behind them the captures to look in. */
export async function explainCommand(context: CommandContext): Promise<number> {
  const { words, captures } = apart(context.files);
  const text = words.join(' ').trim();
  if (text === '') throw new UsageError('explain what? For example: sanscope explain 1022');
  const all = explain(text);
  const looked = captures.length === 0 ? undefined : await look({ ...context, files: captures });
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    for (const one of all) {
      const seen = looked?.findings.filter((finding) => shows(one, finding));
      const record = { schema: EXPLAIN_SCHEMA, type: 'word', ...one };
      output.write(`${JSON.stringify(seen === undefined ? record : { ...record, seen })}\n`);
    }
  } else output.write(blocksText(blocks(all, looked?.findings), WIDTH, makePaint(0)));
  output.close();
  if (all.length === 0)
    context.say(`sanscope: nothing is known of ${harmless(JSON.stringify(text))}\n`);
  return looked?.code ?? 0;
}

/** What comes last and is a file, or standard input, is a capture. */
function apart(given: readonly string[]): { words: string[]; captures: string[] } {
  let words = given.length;
  while (words > 0 && isCapture(given[words - 1])) words--;
  return { words: given.slice(0, words), captures: given.slice(words) };
}

function isCapture(name: string): boolean {
  return name === '-' || (existsSync(name) && !statSync(name).isDirectory());
}

async function look(
  context: CommandContext,
): Promise<{ findings: readonly Finding[]; code: number }> {
  const collector = new Collector(0);
  const analysis = await runRoad(context, collector.sinks());
  const { findings } = collector.report(analysis);
  tellTroubles(context, analysis);
  return { findings, code: unreadFiles(context, analysis) };
}

function blocks(all: readonly Explanation[], findings: readonly Finding[] | undefined): Block[] {
  return all.flatMap((one) => [
    { kind: 'heading' as const, text: one.word, note: one.kind },
    { kind: 'prose' as const, indent: 2, cell: cell(one.means) },
    { kind: 'prose' as const, indent: 2, label: cell('source: '), cell: cell(one.source, 'quiet') },
    ...(findings === undefined
      ? one.kind === 'finding'
        ? []
        : one.findings.map(shown)
      : seen(findings.filter((finding) => shows(one, finding)))),
    BLANK,
  ]);
}

/** The instants of a capture, each with its proof. */
function seen(found: readonly Finding[]): Block[] {
  if (found.length === 0) {
    const text = 'not seen in this capture: no finding shows it';
    return [{ kind: 'prose', indent: 2, cell: cell(text, 'quiet') }];
  }
  const listed = found.slice(0, SHOWN).flatMap((one): Block[] => {
    const { severity, title, text, session, fromNs, toNs = fromNs } = one;
    const place = [
      fromNs === undefined ? '' : `${secondsText(fromNs)} s`,
      toNs === fromNs || toNs === undefined ? '' : `to ${secondsText(toNs)} s`,
      session === undefined ? '' : `S${session}`,
      one.frames.length === 0 ? '' : `frames ${frames(one.frames, 6)}`,
    ];
    const label = cell(`${severity} ${one.id}: `, severity === 'note' ? 'note' : 'bad');
    return [
      { kind: 'prose', indent: 2, label, cell: cell(title, 'strong') },
      { kind: 'prose', indent: 4, cell: cell(place.filter(Boolean).join(' · '), 'quiet') },
      { kind: 'prose', indent: 4, cell: cell(text) },
    ];
  });
  const more = found.length - SHOWN;
  if (more <= 0) return listed;
  const text = `… and ${plural(more, 'other')} (--json lists all)`;
  return [...listed, { kind: 'prose', indent: 2, cell: cell(text, 'quiet') }];
}

function shown(id: string): Block {
  const label = cell(`sanscope would show ${id}: `, 'note');
  return {
    kind: 'prose',
    indent: 2,
    label,
    cell: cell(explainFinding(id)?.means.split(' Not so if:')[0] ?? ''),
  };
}

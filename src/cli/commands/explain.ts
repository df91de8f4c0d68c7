// sanscope explain: what a word of a host's log, a status, a sense code or a finding means, and what
// sanscope would show of it.

import { blocksText } from '../../export/report-text.js';
import { type Explanation, explain, explainFinding } from '../../findings/explain.js';
import { UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { BLANK, type Block, cell } from '../../view/cells.js';
import { makePaint } from '../../view/theme.js';
import { type CommandContext, flag } from '../run.js';
import { standardOutput } from '../standard-output.js';

const WIDTH = 110;

/** `files` holds the words. */
export async function explainCommand(context: CommandContext): Promise<number> {
  const text = context.files.join(' ').trim();
  if (text === '') throw new UsageError('explain what? For example: sanscope explain 1022');
  const all = explain(text);
  const output = standardOutput(context);
  if (flag(context, 'json')) for (const one of all) output.write(`${JSON.stringify(one)}\n`);
  else output.write(blocksText(blocks(all), WIDTH, makePaint(0)));
  output.close();
  if (all.length === 0)
    context.say(`sanscope: nothing is known of ${harmless(JSON.stringify(text))}\n`);
  return 0;
}

function blocks(all: readonly Explanation[]): Block[] {
  return all.flatMap((one) => [
    { kind: 'heading' as const, text: one.word, note: one.kind },
    { kind: 'prose' as const, indent: 2, cell: cell(one.means) },
    { kind: 'prose' as const, indent: 2, label: cell('source: '), cell: cell(one.source, 'quiet') },
    ...(one.kind === 'finding' ? [] : one.findings.map(shown)),
    BLANK,
  ]);
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

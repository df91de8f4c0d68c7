// The second reading of captures: the packets of a selection, into a pcapng.

import type { Analysis } from '../analysis.js';
import { openCapture } from '../capture/capture.js';
import { PcapngWriter } from '../capture/pcapng-writer.js';
import { UsageError } from '../lib/exit.js';
import { countText, plural } from '../lib/number-text.js';
import { PROBLEMS_KEPT_PER_KIND } from '../limits.js';
import { ProblemLog } from '../problem.js';
import type { Kept } from '../slice/listed-commands.js';
import { Slicer } from '../slice/slicer.js';
import { openOutput } from './output.js';
import { type CommandContext, flag } from './run.js';

/** Throws where the captures cannot be read a second time. */
export function refuseInput(context: CommandContext, what: string): void {
  if (!context.files.includes('-')) return;
  throw new UsageError(`${what} reads its captures twice: standard input cannot be one`);
}

/** The file, and a sentence about it. */
export async function writeSlice(
  context: CommandContext,
  path: string,
  { selection, roads, packets }: Kept,
  analysis: Analysis,
): Promise<void> {
  const output = openOutput(path, context.files);
  const writer = new PcapngWriter(output.octets, 'sanscope slice');
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await openCapture(context.files, { problems });
  const slicer = new Slicer(roads, packets, selection, writer, () => capture.epoch, problems);
  await capture.run(slicer);
  writer.flush();
  output.close();
  if (flag(context, 'quiet')) return;
  const { kept, commented } = slicer;
  const all = countText(analysis.capture.packets);
  context.say(
    `sanscope: ${plural(kept, 'packet')} of ${all} kept: ${plural(selection.commands, 'command')} on ` +
      `${plural(roads.length, 'connection')}, ${plural(commented, 'packet')} with comments\n`,
  );
  if (selection.joined > 0) {
    context.say(
      'sanscope: there were too many stretches: neighbours were joined, so more is kept\n',
    );
  }
}

// The second reading of captures: the packets of a selection, into a pcapng.

import { statSync } from 'node:fs';
import type { Analysis } from '../analysis.js';
import { openCapture } from '../capture/capture.js';
import { CaptureError, label } from '../capture/capture-error.js';
import type { FileFacts } from '../capture/facts.js';
import { PcapngWriter } from '../capture/pcapng-writer.js';
import { isStandardInput } from '../capture/standard-input.js';
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
  for (const file of context.files) {
    const input = isStandardInput(file);
    if (!input && !flowsOnce(file)) continue;
    const name = input ? 'standard input' : label(file);
    throw new UsageError(`${what} reads its captures twice: ${name} cannot be one`);
  }
}

/** A pipe by a name of its own: `<(zcat …)`, a FIFO. */
function flowsOnce(path: string): boolean {
  try {
    const stats = statSync(path);
    return !stats.isFile() && !stats.isDirectory();
  } catch {
    return false; // whoever reads it says what is wrong
  }
}

/** The first file that is not what it was; one that only grew is. */
function changedFile(before: readonly FileFacts[], now: readonly FileFacts[]): string | undefined {
  for (const [i, { name, error, packets, capturedBytes, first }] of before.entries()) {
    const again = now[i];
    const same =
      (error === undefined) === (again?.error === undefined) &&
      again.packets >= packets &&
      again.capturedBytes >= capturedBytes &&
      again.first?.seconds === first?.seconds &&
      again.first?.nanoseconds === first?.nanoseconds;
    if (!same) return name;
  }
  return undefined;
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
  const read = await capture.run(slicer);
  const changed = changedFile(analysis.capture.files, read.files);
  if (changed !== undefined) {
    output.abandon();
    throw new CaptureError(
      changed,
      `${label(changed)} became another file between its two readings: nothing was written`,
    );
  }
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

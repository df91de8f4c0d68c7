// sanscope points and diff on a terminal: their screens, over one of the captures. dist/quick.cjs does not hold
// it: it hands the command line on before anything was read (tools/build.mjs).

import type { CommandContext } from '../run.js';
import { comparedLoads, comparedPoints } from './compared.js';
import { screens } from './screens.js';

export async function pointsOnScreens(context: CommandContext): Promise<number> {
  const { named, made } = await comparedPoints(context);
  const host = named.find(({ name }) => name === made.pairs[0]?.host) ?? named[0];
  return screens(context, [host.path], { kind: 'points', report: made });
}

export async function diffOnScreens(
  context: CommandContext,
  before: string,
  after: string,
): Promise<number> {
  const report = await comparedLoads(context, before, after);
  return screens(context, [after], { kind: 'diff', report });
}

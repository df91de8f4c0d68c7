// sanscope points: two or more captures of the same traffic at different places.

import { reportJson } from '../../export/report-json.js';
import { EXIT } from '../../lib/exit.js';
import { pointsBlocks } from '../../view/points-view.js';
import { pageOutput } from '../output.js';
import { type CommandContext, flag } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { looksOn } from '../terminal.js';
import { textLayout } from '../text-layout.js';
import { comparedPoints } from './compared.js';

export async function points(context: CommandContext): Promise<number> {
  if (looksOn(context, ['json', 'width', 'html'])) {
    const { pointsOnScreens } = await import('./compare-screens.js');
    return pointsOnScreens(context);
  }
  const page = pageOutput(context);
  const { made } = await comparedPoints(context);
  if (page !== undefined) {
    const { pointsHtml } = await import('../../html/compare-pages.js');
    page.write(pointsHtml(made, context.version));
    page.close();
    return EXIT.ok;
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) reportJson(made, output.write);
  else {
    const { textOf } = await textLayout(context);
    output.write(textOf(pointsBlocks(made)));
  }
  output.close();
  return EXIT.ok;
}

// sanscope discovery: what hosts learnt of targets, by SendTargets, iSNS and redirects; tried, and reached.

import { TOP_DEFAULT } from '../../limits.js';
import { Collector } from '../../report/collect.js';
import { BLANK, cell } from '../../view/cells.js';
import { discoveryBlocks, isnsBlocks } from '../../view/discovery-view.js';
import { makePaint } from '../../view/theme.js';
import { Output } from '../output.js';
import {
  type CommandContext,
  flag,
  number,
  runRoad,
  tellTroubles,
  text,
  themeOf,
  unreadFiles,
} from '../run.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from '../terminal.js';

export async function discovery(context: CommandContext): Promise<number> {
  const collector = new Collector(TOP_DEFAULT);
  const analysis = await runRoad(context, collector.sinks());
  const made = collector.report(analysis);
  const output = new Output(1, 'standard output');
  if (flag(context, 'json')) output.writesJson();
  if (flag(context, 'json')) {
    for (const row of made.discovery) {
      output.write(
        `${JSON.stringify({ schema: 'sanscope/discovery/2', type: 'discovery', ...row })}\n`,
      );
    }
    for (const row of made.isns?.transactions ?? []) {
      output.write(`${JSON.stringify({ schema: 'sanscope/discovery/2', type: 'isns', ...row })}\n`);
    }
  } else {
    const { blocksText } = await import('../../export/report-text.js');
    const level = colorLevel(text(context, 'color') as ColorChoice, context.env, isTerminal(1));
    const none = cell(
      'No answer to SendTargets, no iSNS and no redirect in this capture.',
      'quiet',
    );
    const blocks = [...discoveryBlocks(made.discovery, true), ...isnsBlocks(made.isns)];
    output.write(
      blocksText(
        blocks.length > 0 ? blocks : [{ kind: 'prose', indent: 0, cell: none }, BLANK],
        outputWidth(number(context, 'width')),
        makePaint(level, themeOf(context)),
      ),
    );
  }
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

// sanscope discovery: what hosts learnt of targets, by SendTargets, iSNS and redirects; tried, and reached.

import { DISCOVERY_SCHEMA } from '../../export/schema-names.js';
import { TOP_DEFAULT } from '../../limits.js';
import { Collector } from '../../report/collect.js';
import { BLANK, cell } from '../../view/cells.js';
import { discoveryBlocks, isnsBlocks } from '../../view/discovery-view.js';
import { type CommandContext, flag, runRoad, tellTroubles, unreadFiles } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

export async function discovery(context: CommandContext): Promise<number> {
  const collector = new Collector(TOP_DEFAULT);
  const analysis = await runRoad(context, collector.sinks());
  const made = collector.report(analysis);
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    for (const row of made.discovery) {
      output.write(`${JSON.stringify({ schema: DISCOVERY_SCHEMA, type: 'discovery', ...row })}\n`);
    }
    for (const row of made.isns?.transactions ?? []) {
      output.write(`${JSON.stringify({ schema: DISCOVERY_SCHEMA, type: 'isns', ...row })}\n`);
    }
  } else {
    const { textOf } = await textLayout(context);
    const none = cell(
      'No answer to SendTargets, no iSNS and no redirect in this capture.',
      'quiet',
    );
    const blocks = [...discoveryBlocks(made.discovery, true), ...isnsBlocks(made.isns)];
    output.write(
      textOf(blocks.length > 0 ? blocks : [{ kind: 'prose', indent: 0, cell: none }, BLANK]),
    );
  }
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

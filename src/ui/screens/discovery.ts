// What hosts learnt of targets, where, and what came of it; iSNS request by request. `sanscope discovery` says
// the same as text.

import type { Case } from '../../case/case.js';
import { durationText } from '../../lib/number-text.js';
import type { IsnsTransactionReport } from '../../report/isns.js';
import { type Cell, cell } from '../../view/cells.js';
import { discoveryTable, isnsBlocks } from '../../view/discovery-view.js';
import { secondsText } from '../../view/format.js';
import { blanks, tableLines } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import { Lines, placeOfFrame } from './lines.js';

export const DISCOVERY: Screen<'discovery'> = {
  kind: 'discovery',
  keys: [],
  reported: true,
  whole: true,
  page: (_, state, { kase }) => discoveryPage(kase, state),
};

function discoveryPage(kase: Case, state: State): Page {
  const { report } = kase;
  if (report === undefined)
    return pageOf('discovery', [], [[cell('  the capture is still being read', 'quiet')]]);
  const lines = new Lines(state.columns);
  const { discovery, isns } = report;
  lines.heading('Discovery', 'Enter opens the session that came of it, or the answer that told it');
  if (discovery.length === 0)
    lines.add([blanks(2), cell('no host asked where its targets are', 'quiet')]);
  else {
    const [head, ...rows] = tableLines(discoveryTable(discovery), state.columns);
    lines.add(head);
    for (const [i, row] of rows.entries()) {
      const { session, reached, frame, relativeNs } = discovery[i];
      const open = reached
        ? ({ kind: 'session', session } as const)
        : () => placeOfFrame(kase, frame);
      lines.add(row, { open, timeNs: relativeNs });
    }
  }
  lines.section(isnsBlocks(isns));
  for (const one of isns?.transactions ?? []) {
    lines.add(transactionLine(one), {
      open: () => placeOfFrame(kase, one.frame),
      timeNs: one.relativeNs,
    });
  }
  return lines.page('discovery');
}

function transactionLine(t: IsnsTransactionReport): Cell[] {
  const [from, to] = t.byServer ? [t.server, t.client] : [t.client, t.server];
  return [
    cell(`  ${secondsText(t.relativeNs).padStart(12)}  `, 'quiet'),
    cell(`${t.functionName.padEnd(12)} `, 'strong'),
    cell(`${from} → ${to}  `, 'quiet'),
    cell(t.key === '' ? '' : `${t.key}  `),
    t.responseNs === null
      ? cell('no answer', 'warn')
      : cell(`${t.statusText} in ${durationText(t.responseNs)}`, t.status === 0 ? 'good' : 'bad'),
  ];
}

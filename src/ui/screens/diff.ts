// One load at two times, side by side: what became slower beyond chance, what was negotiated differently.
// `sanscope diff` says the same as text. The case is that of the later capture.

import { diffBlocks } from '../../view/diff-view.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Compared } from '../sources.js';
import { Lines } from './lines.js';

export const DIFF: Screen<'diff'> = {
  kind: 'diff',
  tab: {
    key: '%',
    word: 'diff',
    about: 'before and after, side by side',
    onlyCompared: 'diff',
    place: () => ({ kind: 'diff' }),
  },
  keys: [],
  whole: true,
  page: (_, { columns }, { compared }) => diffPage(compared, columns),
};

function diffPage(compared: Compared | undefined, columns: number): Page {
  if (compared?.kind !== 'diff') return pageOf('diff', [], []);
  const lines = new Lines(columns);
  lines.blocks(diffBlocks(compared.report));
  const [before, after] = compared.report.captures;
  return lines.page(`${before.name} → ${after.name}`);
}

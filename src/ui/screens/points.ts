// Places of one traffic: what was lost between them, how the clocks stand, one-way times over time, and the
// commands, each with where its time went. `sanscope points` says the same as text. The case is that of
// the capture at the hosts.

import { durationText } from '../../lib/number-text.js';
import type { PointsCommand, PointsPairReport, PointsReport } from '../../points/points-told.js';
import { type Cell, cell } from '../../view/cells.js';
import { secondsText } from '../../view/format.js';
import { pointsBlocks } from '../../view/points-view.js';
import { blanks } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Compared } from '../sources.js';
import { Lines } from './lines.js';

/** Commands that are listed: of more the slowest. */
const LISTED = 2000;
/** Lines of the chart of a way. */
const CHART_ROWS = 6;
const EIGHTHS = ' ▁▂▃▄▅▆▇█';

export const POINTS: Screen<'points'> = {
  kind: 'points',
  tab: {
    key: '&',
    word: 'points',
    about: 'places of one traffic: losses, clocks, one-way times, whose time commands took',
    onlyCompared: 'points',
    place: () => ({ kind: 'points' }),
  },
  keys: [],
  whole: true,
  page: (_, { columns }, { compared }) => pointsPage(compared, columns),
};

function pointsPage(compared: Compared | undefined, columns: number): Page {
  if (compared?.kind !== 'points') return pageOf('points', [], []);
  const { report } = compared;
  const lines = new Lines(columns);
  lines.blocks(pointsBlocks({ ...report, commands: [] }));
  for (const pair of report.pairs) chartLines(pair, columns, lines);
  commandLines(report, lines);
  return lines.page(report.points.map(({ name }) => name).join(' ↔ '));
}

/** One-way times over time: the slowest of each part as a bar, the quickest as its lighter foot. */
function chartLines(pair: PointsPairReport, columns: number, lines: Lines): void {
  for (const way of ['out', 'back'] as const) {
    const [from, to] = way === 'out' ? [pair.host, pair.array] : [pair.array, pair.host];
    const parts = pair.oneWayOverTime[way];
    const top = parts.reduce((most, { maxNs }) => Math.max(most, maxNs), 0);
    if (top <= 0) continue;
    lines.heading(`One way over time, ${from} → ${to}`, 'slowest and quickest of each part');
    const width = Math.max(1, Math.min(3, Math.floor((columns - 16) / parts.length)));
    for (let row = CHART_ROWS - 1; row >= 0; row--) {
      const label = row === CHART_ROWS - 1 ? durationText(top) : row === 0 ? '0' : '';
      const cells: Cell[] = [cell(`${label.padStart(11)} │`, 'quiet')];
      for (const { minNs, maxNs, count } of parts) {
        const full = count === 0 ? 0 : eighth(maxNs, top, row);
        const foot = count > 0 && eighth(minNs, top, row) > 0;
        cells.push(cell(EIGHTHS[full].repeat(width), foot ? 'note' : 'warn'));
      }
      lines.add(cells);
    }
  }
}

/** How much of a row's eight a value fills. */
function eighth(ns: number, top: number, row: number): number {
  const all = Math.round((ns / top) * CHART_ROWS * 8);
  return Math.max(ns > 0 && row === 0 ? 1 : 0, Math.min(8, all - row * 8));
}

function commandLines({ commands }: PointsReport, lines: Lines): void {
  if (commands.length === 0) return;
  const order = commands
    .map((_, i) => i)
    .sort((a, b) => commands[b].latencyNs - commands[a].latencyNs);
  lines.heading('Commands, the slowest first', 'Enter opens one between its points');
  for (const i of order.slice(0, LISTED)) {
    lines.add(commandLine(commands[i]), {
      open: { kind: 'pointsCommand', command: i },
      timeNs: commands[i].relativeNs,
    });
  }
}

function commandLine(c: PointsCommand): Cell[] {
  const parts = [
    ['host', c.hostNs],
    ['out', c.networkOutNs],
    ['array', c.arrayNs],
    ['back', c.networkBackNs],
    ['TCP', c.recoveryNs],
  ] as const;
  const most = Math.max(...parts.map(([, ns]) => ns));
  return [
    cell(`  ${secondsText(c.relativeNs).padStart(12)}  `, 'quiet'),
    cell(c.operation.slice(0, 20).padEnd(21), c.outcome === 'good' ? undefined : 'bad'),
    cell(durationText(c.latencyNs).padStart(10), 'strong'),
    blanks(2),
    ...parts
      .filter(([, ns]) => ns > 0)
      .map(([name, ns]) => cell(`${name} ${durationText(ns)}  `, ns === most ? 'warn' : 'quiet')),
  ];
}

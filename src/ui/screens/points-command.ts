// One command between its points: a lane for each, what crossed between them, and how its latency at the
// host splits. The parts add up to it.

import { durationText, percentText } from '../../lib/number-text.js';
import type { PointsCommand, PointsReport } from '../../points/points-told.js';
import { type Cell, cell, type Tone } from '../../view/cells.js';
import { blanks } from '../blocks.js';
import { pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import { Lines, placeOfFrame } from './lines.js';

const LANE_MOST = 60;
const BAR_MOST = 40;

export const POINTS_COMMAND: Screen<'pointsCommand'> = {
  kind: 'pointsCommand',
  keys: [],
  whole: true,
  page: ({ command }, { columns }, { compared, kase }) => {
    if (compared?.kind !== 'points') return pageOf('command', [], []);
    const c = compared.report.commands[command];
    if (c === undefined) return pageOf('command', [], []);
    const lines = ladder(compared.report, c, columns);
    lines.heading('At the host', 'Enter opens it in the capture there');
    lines.add([blanks(2), cell(`packet ${c.frame}`, 'strong')], {
      open: () => placeOfFrame(kase, c.frame),
      timeNs: c.relativeNs,
    });
    return lines.page(`${c.operation} at ${compared.report.pairs[0]?.host ?? 'the host'}`);
  },
};

function ladder({ pairs }: PointsReport, c: PointsCommand, columns: number): Lines {
  const lines = new Lines(columns);
  const host = pairs[0]?.host ?? 'host';
  const array = pairs[pairs.length - 1]?.array ?? 'array';
  const width = Math.max(20, Math.min(LANE_MOST, columns - 46));
  lines.heading(`${c.operation}, tag ${c.tag.toString(16).padStart(8, '0')}`, c.outcome);
  const head = `${host.slice(0, width - 2).padEnd(width)}${array}`;
  lines.add([blanks(14), cell(head, 'title')]);
  const reaches = c.networkOutNs;
  const leaves = c.latencyNs - c.networkBackNs - c.recoveryNs - c.hostNs;
  const step = (ns: number, lane: string, what: string, tone?: Tone) =>
    lines.add([
      cell(`  ${durationText(ns).padStart(10)}  `, 'quiet'),
      cell(lane),
      cell(`  ${what}`, tone),
    ]);
  const right = (word: string) => `│${arrow(word, width - 2)}▶│`;
  const left = (word: string) => `│◀${arrow(word, width - 2)}│`;
  const waits = (atArray: boolean) =>
    atArray ? `│${' '.repeat(width - 1)}┃` : `┃${' '.repeat(width - 1)}│`;
  step(
    0,
    right(`command, packet ${c.frame}`),
    `network out ${durationText(c.networkOutNs)}`,
    'quiet',
  );
  step(reaches, waits(true), `array ${durationText(c.arrayNs)}`, 'strong');
  if (c.hostNs > 0)
    step(leaves, waits(false), `host ${durationText(c.hostNs)} (data that it owed)`, 'strong');
  if (c.recoveryNs > 0)
    step(leaves + c.hostNs, waits(false), `TCP mended losses ${durationText(c.recoveryNs)}`, 'bad');
  step(
    c.latencyNs - c.networkBackNs,
    left(`${c.outcome}, packet ${c.arrayFrame}`),
    `network back ${durationText(c.networkBackNs)}`,
    'quiet',
  );
  step(c.latencyNs, `│${' '.repeat(width - 1)}│`, 'done', 'good');
  shares(c, lines);
  return lines;
}

/** A word in a line of so many columns. */
function arrow(word: string, width: number): string {
  const text = ` ${word} `.slice(0, Math.max(0, width - 2));
  return `──${text}`.padEnd(width, '─');
}

function shares(c: PointsCommand, lines: Lines): void {
  lines.heading('Where the time went', `${durationText(c.latencyNs)} at the host`);
  const parts = [
    ['host', c.hostNs],
    ['network out', c.networkOutNs],
    ['array', c.arrayNs],
    ['network back', c.networkBackNs],
    ['recovery (TCP)', c.recoveryNs],
  ] as const;
  const most = Math.max(...parts.map(([, ns]) => ns));
  for (const [name, ns] of parts) {
    const bar = '█'.repeat(Math.round((ns / Math.max(1, c.latencyNs)) * BAR_MOST));
    const tone: Tone | undefined = ns === most ? 'warn' : undefined;
    const cells: Cell[] = [
      cell(`  ${name.padEnd(16)}${durationText(ns).padStart(10)}  `),
      cell(percentText(ns, c.latencyNs).padStart(6), 'quiet'),
      blanks(2),
      cell(bar, tone),
    ];
    lines.add(cells);
  }
}

// One command between its points: a lane for each, what crossed between them, and how its latency at the
// host splits. The parts add up to it.

import { durationText, percentText } from '../../lib/number-text.js';
import type { PointsCommand } from '../../points/points-told.js';
import { type Cell, cell, type Tone } from '../../view/cells.js';
import { blanks } from '../blocks.js';
import { pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import { Lines, placeOfFrame } from './lines.js';

/** Columns of all that lies between the first lane and the last. */
const LANES_MOST = 80;
const LANE_LEAST = 16;
const TEXT_COLUMNS = 46;
const BAR_MOST = 40;

export const POINTS_COMMAND: Screen<'pointsCommand'> = {
  kind: 'pointsCommand',
  keys: [],
  whole: true,
  page: ({ command }, { columns }, { compared, kase }) => {
    if (compared?.kind !== 'points') return pageOf('command', [], []);
    const c = compared.report.commands[command];
    if (c === undefined) return pageOf('command', [], []);
    const lines = new Lines(columns);
    ladder(c, columns, lines);
    shares(c, lines);
    lines.heading('At the host', 'Enter opens it in the capture there');
    lines.add([blanks(2), cell(`packet ${c.frame}`, 'strong')], {
      open: () => placeOfFrame(kase, c.frame),
      timeNs: c.relativeNs,
    });
    return lines.page(`${c.operation} at ${c.lanes[0].point}`);
  },
};

/** A lane for each point that saw it: the command goes from one to the next, and the status back. */
function ladder(c: PointsCommand, columns: number, lines: Lines): void {
  const { lanes } = c;
  const gaps = lanes.length - 1;
  const all = Math.min(LANES_MOST, Math.max(LANE_LEAST * gaps, columns - TEXT_COLUMNS));
  const width = Math.floor(all / gaps);
  lines.heading(`${c.operation}, tag ${c.tag.toString(16).padStart(8, '0')}`, c.outcome);
  const head = lanes.map(({ point }) => point.slice(0, width - 2).padEnd(width)).join('');
  lines.add([blanks(14), cell(head.trimEnd(), 'title')]);
  const packetText = (what: string, frame: number) =>
    gaps === 1 ? `${what}, packet ${frame}` : `${what} ${frame}`;
  const step = (ns: number, lane: string, what: string, tone?: Tone) =>
    lines.add([
      cell(`  ${durationText(ns).padStart(10)}  `, 'quiet'),
      cell(lane),
      cell(`  ${what}`, tone),
    ]);
  const bars = (of: (gap: number) => string, end = '│') =>
    `${lanes
      .slice(1)
      .map((_, gap) => of(gap))
      .join('')}${end}`;
  const blank = `│${' '.repeat(width - 1)}`;
  const only = (gap: number, drawn: string) => bars((i) => (i === gap ? drawn : blank));
  for (const [i, lane] of lanes.slice(0, -1).entries()) {
    const next = lanes[i + 1];
    const drawn = `│${arrow(packetText('command', lane.frame), width - 2)}▶`;
    const crossed = `${durationText(next.commandNs - lane.commandNs)} to ${next.point}`;
    step(lane.commandNs, only(i, drawn), crossed, 'quiet');
  }
  const last = lanes[gaps];
  const waits = (atHost: boolean) =>
    atHost ? bars((i) => (i === 0 ? `┃${blank.slice(1)}` : blank)) : bars(() => blank, '┃');
  step(last.commandNs, waits(false), `${last.point} ${durationText(c.arrayNs)}`, 'strong');
  if (c.hostNs > 0) {
    const owed = `${lanes[0].point} ${durationText(c.hostNs)} (data that it owed)`;
    step(last.commandNs + c.arrayNs, waits(true), owed, 'strong');
  }
  if (c.recoveryNs > 0) {
    const mended = `TCP mended losses ${durationText(c.recoveryNs)}`;
    step(last.statusNs - c.recoveryNs, waits(true), mended, 'bad');
  }
  for (let i = gaps - 1; i >= 0; i--) {
    const [to, from] = [lanes[i], lanes[i + 1]];
    const drawn = `│◀${arrow(packetText(c.outcome, from.frame), width - 2)}`;
    const crossed = `${durationText(to.statusNs - from.statusNs)} to ${to.point}`;
    step(from.statusNs, only(i, drawn), crossed, 'quiet');
  }
  step(
    c.latencyNs,
    bars(() => blank),
    'done',
    'good',
  );
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

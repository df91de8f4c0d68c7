// A comparison of capture points: what it found first, then clocks, ways, segments, and where the
// time of commands went.

import { bytesText, countText, durationText, percentText, plural } from '../lib/number-text.js';
import type {
  PointsFinding,
  PointsPairReport,
  PointsReport,
  Spread,
} from '../points/points-told.js';
import { BLANK, type Block, type Cell, type Column, cell, type Tone } from './cells.js';
import { count, duration, sparkline } from './format.js';

const SLOWEST_SHOWN = 10;
const SPARKS = 60;

const TONES: Readonly<Record<PointsFinding['severity'], Tone>> = {
  critical: 'bad',
  warning: 'warn',
  note: 'note',
};

export function pointsBlocks(report: PointsReport): Block[] {
  return [...findingBlocks(report), ...report.pairs.flatMap(pairBlocks), ...slowestBlocks(report)];
}

function findingBlocks({ findings }: PointsReport): Block[] {
  const blocks: Block[] = [{ kind: 'heading', text: 'What the points prove' }];
  if (findings.length === 0) {
    const text = 'Nothing was lost between the points, and nothing there took most of the time.';
    blocks.push({ kind: 'prose', indent: 2, cell: cell(text, 'good') });
  }
  for (const { severity, title, text, next } of findings) {
    const label = cell(severity.padEnd(9), TONES[severity]);
    blocks.push({ kind: 'prose', indent: 2, label, cell: cell(title, 'strong') });
    blocks.push({ kind: 'prose', indent: 12, cell: cell(text) });
    blocks.push({ kind: 'prose', indent: 12, cell: cell(`next: ${next}`, 'quiet') });
  }
  blocks.push(BLANK);
  return blocks;
}

function pairBlocks(pair: PointsPairReport): Block[] {
  const alone = Object.entries(pair.connectionsAlone).filter(([, n]) => n > 0);
  const blocks: Block[] = [
    {
      kind: 'heading',
      text: `${pair.host} ↔ ${pair.array}`,
      note: `${plural(pair.connections, 'connection')} seen at both${alone
        .map(([name, n]) => `, ${n} only at ${name}`)
        .join('')}`,
    },
    { kind: 'flow', indent: 2, label: label('sides'), items: [cell(sides(pair))] },
    { kind: 'flow', indent: 2, label: label('clocks'), items: clockItems(pair) },
  ];
  if (pair.connections === 0) return [...blocks, BLANK];
  for (const way of ['out', 'back'] as const) {
    blocks.push({ kind: 'flow', indent: 2, label: label(way), items: wayItems(pair, way) });
    const values = pair.oneWayOverTime[way].map(({ maxNs }) => maxNs);
    if (!values.some((ns) => ns > 0)) continue;
    const line = [
      label(''),
      cell(sparkline(values, SPARKS), 'note'),
      cell(' slowest over time', 'quiet'),
    ];
    blocks.push({ kind: 'line', indent: 2, cells: line });
  }
  blocks.push({ kind: 'flow', indent: 2, label: label('segments'), items: segmentItems(pair) });
  return [...blocks, BLANK, ...splitBlocks(pair)];
}

const SIDES_WORDS: Readonly<Record<PointsPairReport['sidesBy'], string>> = {
  commands: 'commands pass there first',
  connections: 'connections were opened from there',
  'order given': 'as named on the command line: nothing in the captures says it',
};

function sides(pair: PointsPairReport): string {
  return `${pair.host} is nearer the hosts (${SIDES_WORDS[pair.sidesBy]})`;
}

function clockItems(pair: PointsPairReport): Cell[] {
  const { clockOffsetNs: offset, offsetErrorNs: error, driftPpm, driftErrorPpm } = pair;
  if (offset === undefined || error === undefined) {
    return [cell('not aligned: no packet of either direction was seen at both', 'warn')];
  }
  const [a, b] = pair.points;
  const way = offset < 0 ? 'behind' : 'ahead of';
  const items = [
    cell(`${b} is ${durationText(Math.abs(offset))} ${way} ${a}, ± ${durationText(error)}`),
    cell(`drift ${(driftPpm ?? 0).toFixed(2)} ppm ± ${(driftErrorPpm ?? 0).toFixed(2)}`, 'quiet'),
  ];
  for (const { atNs, stepNs } of pair.steps) {
    const sign = stepNs < 0 ? '-' : '+';
    items.push(
      cell(
        `step of ${sign}${durationText(Math.abs(stepNs))} at ${(atNs / 1e9).toFixed(3)} s`,
        'warn',
      ),
    );
  }
  items.push(
    cell(
      'if one way is always slower than the other, one-way times are off by up to that bound',
      'quiet',
    ),
  );
  return items;
}

function wayItems(pair: PointsPairReport, way: 'out' | 'back'): Cell[] {
  const s = pair.oneWayNs[way];
  const [from, to] = way === 'out' ? [pair.host, pair.array] : [pair.array, pair.host];
  return [
    cell(`${from} → ${to}`),
    cell(`min ${durationText(s.min)}`),
    cell(`p50 ${durationText(s.p50)}`),
    cell(`p99 ${durationText(s.p99)}`),
    cell(`max ${durationText(s.max)}`),
    cell(plural(s.count, 'sample'), 'quiet'),
  ];
}

function segmentItems({ segments: s }: PointsPairReport): Cell[] {
  const items = [cell(`${countText(s.matched)} matched`)];
  const add = (n: number, text: string, tone: Tone) => {
    if (n > 0) items.push(cell(text, tone));
  };
  for (const way of ['out', 'back'] as const) {
    add(
      s.lostBetween[way],
      `${countText(s.lostBetween[way])} lost ${way} (${bytesText(s.lostBytes[way])})`,
      'bad',
    );
    add(
      s.undecided[way],
      `${countText(s.undecided[way])} ${way} lost or missed, without data`,
      'warn',
    );
    add(s.overtaken[way], `${countText(s.overtaken[way])} overtaken ${way}`, 'note');
    add(
      s.againForNothing[way],
      `${countText(s.againForNothing[way])} sent again for nothing ${way}`,
      'note',
    );
    add(
      s.lostBeyond[way],
      `${countText(s.lostBeyond[way])} came again behind the far point ${way}`,
      'note',
    );
  }
  for (const [name, n] of Object.entries(s.missedByCapture)) {
    add(n, `${countText(n)} missed by the capture at ${name}`, 'note');
  }
  add(
    s.cut + s.merged,
    `${countText(s.cut)} cut, ${countText(s.merged)} merged by offload`,
    'quiet',
  );
  add(s.outside, `${countText(s.outside)} while the other capture was not running`, 'quiet');
  return items;
}

const SPLIT_COLUMNS: readonly Column[] = [
  { head: 'part', align: 'left', priority: 0 },
  { head: 'p50', align: 'right', priority: 0 },
  { head: 'p99', align: 'right', priority: 0 },
  { head: 'max', align: 'right', priority: 1 },
  { head: 'share of p99', align: 'right', priority: 2 },
];

function splitBlocks(pair: PointsPairReport): Block[] {
  const { split } = pair;
  if (split.count === 0) return [];
  const row = (name: string, s: Spread): Cell[] => [
    cell(name),
    duration(s.p50),
    duration(s.p99),
    duration(s.max),
    cell(percentText(s.p99, split.latency.p99), 'quiet'),
  ];
  return [
    {
      kind: 'heading',
      text: `Where the time of ${plural(split.count, 'command')} went`,
      note: 'the parts of each command add up to its latency at the host',
    },
    {
      kind: 'table',
      columns: SPLIT_COLUMNS,
      rows: [
        row('latency at the host', split.latency),
        row('host', split.hostTime),
        row('network out', split.networkOutTime),
        row('array', split.arrayTime),
        row('network back', split.networkBackTime),
        row('recovery (TCP)', split.recoveryTime),
      ],
    },
    BLANK,
  ];
}

const SLOWEST_COLUMNS: readonly Column[] = [
  { head: 'packet', align: 'right', priority: 0 },
  { head: 'there', align: 'right', priority: 3 },
  { head: 'operation', align: 'left', priority: 0, least: 12, cut: 'words' },
  { head: 'latency', align: 'right', priority: 0 },
  { head: 'host', align: 'right', priority: 1 },
  { head: 'out', align: 'right', priority: 1 },
  { head: 'array', align: 'right', priority: 1 },
  { head: 'back', align: 'right', priority: 1 },
  { head: 'recovery', align: 'right', priority: 2 },
];

function slowestBlocks({ commands }: PointsReport): Block[] {
  if (commands.length === 0) return [];
  const slowest = [...commands].sort((a, b) => b.latencyNs - a.latencyNs).slice(0, SLOWEST_SHOWN);
  return [
    {
      kind: 'heading',
      text: 'Slowest commands',
      note: 'packets at the host and there at the array',
    },
    {
      kind: 'table',
      columns: SLOWEST_COLUMNS,
      rows: slowest.map((c) => [
        count(c.frame),
        count(c.arrayFrame),
        cell(c.operation, 'strong'),
        duration(c.latencyNs),
        duration(c.hostNs),
        duration(c.networkOutNs),
        duration(c.arrayNs),
        duration(c.networkBackNs),
        duration(c.recoveryNs),
      ]),
    },
  ];
}

function label(text: string): Cell {
  return cell(text.padEnd(9), 'quiet');
}

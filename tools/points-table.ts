// The tables of docs/POINTS.md: pairs of captures that are made of one recording, with what was done to them beside
// what sanscope found; and pairs of the laboratory, whose machines counted what they dropped.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { analyse } from '../src/pipeline.js';
import { compareAll } from '../src/points/all-points.js';
import { pointsReport } from '../src/points/points-report.js';
import type { PointsReport } from '../src/points/points-told.js';
import { readCapture } from '../test/support/capture.js';
import { judged } from '../test/support/pair-truth.js';
import { makePair, type PairWish } from '../test/support/point-pairs.js';
import { sharedCapture } from '../test/support/shared.js';
import { type TwoPoints, twoPoints } from '../test/support/two-points.js';

const TOP = fileURLToPath(new URL('..', import.meta.url));
const DOC = join(TOP, 'docs/POINTS.md');
const BEGIN = '<!-- made by tools/points-table.ts -->';
const MS = 1e6;
/** The quickest packets of both ways decide; what they say is right to this. */
const ROUNDING_NS = 2000;

/** Acknowledgments of FCIP's and iFCP's recordings come in microseconds: they must not overtake what they are of. */
const SAN = {
  outNs: 2.5 * MS,
  backNs: 2.5 * MS,
  jitterNs: 0.5 * MS,
  offsetNs: 4 * MS,
  slower: 1000,
};
const LAN = { outNs: 0.25 * MS, backNs: 0.25 * MS, offsetNs: 4 * MS };
const LOAD = join(TOP, 'captures/tgt-mixed-load.pcap.gz');

const CASES: readonly (readonly [what: string, capture: string, TwoPoints])[] = [
  ['iSCSI, both ways 0.25 ms', LOAD, LAN],
  ['iSCSI, 0.2 ms out and 0.9 ms back', LOAD, { ...LAN, outNs: 0.2 * MS, backNs: 0.9 * MS }],
  ['iSCSI, drift of 80 ppm', LOAD, { ...LAN, outNs: 20_000, backNs: 20_000, driftPpm: 80 }],
  ['iSCSI, a step of 12 ms', LOAD, { ...LAN, jitterNs: 50_000, stepNs: 12 * MS }],
  ['iSCSI, a step of 50 ms and drift', LOAD, { ...LAN, stepNs: 50 * MS, driftPpm: 30 }],
  ['iSCSI, lost between', LOAD, { ...LAN, lostEvery: 40 }],
  ['iSCSI, both captures miss packets', LOAD, { ...LAN, missedByHost: 0.02, missedByArray: 0.03 }],
  [
    'iSCSI, NAT, snaplen 160, one starts later',
    LOAD,
    { ...LAN, translate: true, snaplen: 160, skipAtArray: 200 },
  ],
  ['iSCSI, super-frames at the host', LOAD, { ...LAN, superFrames: true }],
  ['iSCSI, a gap in the array’s capture', LOAD, { ...LAN, gapAtArray: [0.55, 0.6] }],
  ['iSCSI, one place captured twice', LOAD, { ...LAN, outNs: 0, backNs: 0 }],
  ['iSCSI, only one direction at the array', LOAD, { ...LAN, onlyOutAtArray: true }],
  ...[
    'fcip-vm-1500-stream',
    'ifcp-vm-1500-stream',
    'iser-siw-crc-1500-ini',
    'iser-rxe-1500-ini',
  ].flatMap((name) =>
    [
      [`${name}, 2.5 to 3.0 ms`, SAN],
      [
        `${name}, lost between`,
        { ...SAN, lostEvery: 40, slower: /^(?:fcip|ifcp)/.test(name) ? 10_000 : 1000 },
      ],
      [`${name}, captures miss packets`, { ...SAN, missedByHost: 0.02, missedByArray: 0.03 }],
    ].map(
      ([what, of]) => [what, sharedCapture(`san/${name}.pcap`), of] as [string, string, TwoPoints],
    ),
  ),
];

/** What pairs meet outside of laboratories; both ways 0.5 ms, the array's clock 4 ms ahead. */
const MET: PairWish = {
  seed: 7,
  slower: 300,
  outNs: 0.5 * MS,
  backNs: 0.5 * MS,
  inOrder: true,
  clock: { offsetNs: 4 * MS },
};
const LOSSY = { lossOut: 0.01, lossBack: 0.01 };
const OFFLOAD = { host: { offload: 60_000 }, array: { offload: 20_000 } };
const MISSES = { misses: 0.01, missRun: 5 };
const MADE: readonly (readonly [what: string, wish: Partial<PairWish>])[] = [
  ['super-frames at both, other ones, lost both ways', { ...OFFLOAD, ...LOSSY }],
  [
    'super-frames at both, both captures miss packets',
    { host: { offload: 60_000, ...MISSES }, array: { offload: 20_000, ...MISSES } },
  ],
  [
    'super-frames, lost both ways and captures that miss packets',
    { ...LOSSY, host: { offload: 60_000, ...MISSES }, array: { offload: 20_000, ...MISSES } },
  ],
  ['lost both ways, with and without data', { ...LOSSY, lossBare: 0.01 }],
  [
    'Linux cooked, pcapng and gzip at the array, microseconds at the host',
    { host: { resolution: 'us' }, array: { link: 'sll2', container: 'pcapng', gz: true } },
  ],
  [
    'VLAN at the host, VXLAN at the array, snaplen 160',
    { host: { link: 'vlan', snaplen: 160 }, array: { link: 'vxlan' } },
  ],
  ['a proxy writes its own sequence numbers, lost both ways', { translate: 'proxy', ...LOSSY }],
  ['ports used again', { againNs: 200 * MS, ...LOSSY }],
  [
    'ports used again, the array’s capture has the second time only',
    { againNs: 200 * MS, array: { gaps: [[0, 0.52]] } },
  ],
  ['ports used again behind address translation', { againNs: 200 * MS, translate: 'nat' }],
];

async function madeRow(what: string, wish: PairWish): Promise<string> {
  const { packets } = await readCapture([LOAD]);
  const truth = makePair(packets, wish);
  const report = await compared(truth.host, truth.array);
  const [{ segments, clockOffsetNs = 0, offsetErrorNs = 0, oneWayNs }] = report.pairs;
  const { lostBetween: lost, missedByCapture: missed, undecided } = segments;
  const { out, back } = truth.lost;
  const bare = truth.lostBare.out + truth.lostBare.back;
  const open = undecided.out + undecided.back;
  const missedAt = (point: 'host' | 'array') =>
    truth.missed[point].pieces + truth.missedBare[point];
  const wrong = judged(truth, report);
  const cells = [
    `iSCSI, ${what}`,
    '4.00 ms',
    `${ms(clockOffsetNs)} ± ${ms(offsetErrorNs)}${wrong.length > 0 ? ` **${wrong[0]}**` : ''}`,
    `${ms(oneWayNs.out.p50)}, ${ms(oneWayNs.back.p50)}`,
    `${out.pieces + back.pieces + bare}`,
    `${lost.out + lost.back}`,
    `${missedAt('host')}, ${missedAt('array')}`,
    `${missed['host']}, ${missed['array']}${open > 0 ? ` (${open} undecided)` : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function compared(...paths: string[]): Promise<PointsReport> {
  const points = paths.map((path, i) => ({ name: i === 0 ? 'host' : 'array', path }));
  const { ends, pairs } = await compareAll(points, analyse);
  return pointsReport(points, ends, pairs);
}

async function row(what: string, capture: string, wanted: TwoPoints): Promise<string> {
  const truth = await twoPoints(capture, wanted);
  const [pair] = (await compared(truth.host, truth.array)).pairs;
  const { segments, clockOffsetNs, offsetErrorNs = 0, steps, driftPpm = 0, oneWayNs } = pair;
  const clock =
    clockOffsetNs === undefined
      ? 'not known'
      : `${ms(clockOffsetNs)} ± ${ms(offsetErrorNs)}${steps.map(({ stepNs }) => `, step ${ms(stepNs)}`).join('')}${wanted.driftPpm ? `, ${driftPpm.toFixed(0)} ppm` : ''}`;
  // The captures begin a second after their clocks agree.
  const atStartNs = wanted.offsetNs + (wanted.driftPpm ?? 0) * 1000;
  const within =
    clockOffsetNs === undefined ||
    Math.abs(clockOffsetNs - atStartNs) <= offsetErrorNs + ROUNDING_NS;
  const set = `${ms(atStartNs)}${wanted.stepNs ? `, step ${ms(wanted.stepNs)}` : ''}${wanted.driftPpm ? `, ${wanted.driftPpm} ppm` : ''}`;
  const { lostBetween: lost, missedByCapture: missed, undecided } = segments;
  const cells = [
    what,
    set,
    `${clock}${within ? '' : ' **beyond its bound**'}`,
    `${ms(oneWayNs.out.p50)}, ${ms(oneWayNs.back.p50)}`,
    `${truth.lostOut}`,
    `${lost.out + lost.back}`,
    `${truth.missedByHost}, ${truth.missedByArray}`,
    `${missed['host']}, ${missed['array']}${undecided.out + undecided.back > 0 ? ` (${undecided.out + undecided.back} undecided)` : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function ms(ns: number): string {
  return `${(ns / MS).toFixed(2)} ms`;
}

/** What the machines of the laboratory dropped on the way: their counters. */
function dropped(text: string): number {
  const netem = [...text.matchAll(/\(dropped (\d+),/g)].map(([, n]) => Number(n));
  const wire = [...text.matchAll(/^wire rx_dropped (\d+)/gm)].map(([, n]) => Number(n));
  return [...netem, ...wire].reduce((sum, n) => sum + n, 0);
}

/** Recordings with a capture at each end: those of tests, and those that are shipped. */
function recordings(): { name: string; truth: string; ends: string[] }[] {
  const faults = join(TOP, 'test/captures/faults');
  const shipped = join(TOP, 'captures/lio');
  const names = (folder: string) =>
    readdirSync(folder).flatMap((file) => /^(.*)-ini\.pcap\.\w+$/.exec(file)?.[1] ?? []);
  return [
    ...names(faults).flatMap((name) => {
      const truth = join(faults, `${name}.truth.txt.gz`);
      if (!existsSync(truth)) return [];
      const ends = ['ini', 'tgt'].map((end) => sharedCapture(`faults/${name}-${end}.pcap`));
      return [{ name, truth: gunzipSync(readFileSync(truth)).toString(), ends }];
    }),
    ...names(shipped).map((name) => ({
      name,
      truth: readFileSync(join(shipped, `${name}.truth.txt`), 'utf8'),
      ends: ['ini', 'tgt'].map((end) => join(shipped, `${name}-${end}.pcap.gz`)),
    })),
  ];
}

async function laboratory(): Promise<string[]> {
  const rows: string[] = [];
  for (const { name, truth, ends } of recordings()) {
    const report = await compared(...ends);
    const { segments, clockOffsetNs = 0, offsetErrorNs = 0 } = report.pairs[0];
    const { lostBetween, missedByCapture, undecided } = segments;
    const open = undecided.out + undecided.back;
    const first = report.findings.find(({ severity }) => severity !== 'note');
    rows.push(
      `| ${name} | ${dropped(truth)} | ${lostBetween.out}, ${lostBetween.back}${open > 0 ? ` (${open} undecided)` : ''} | ${missedByCapture['host']}, ${missedByCapture['array']} | ${ms(clockOffsetNs)} ± ${ms(offsetErrorNs)} | ${first?.title ?? 'nothing'} |`,
    );
  }
  return rows;
}

const made: string[] = [];
for (const [what, capture, wanted] of CASES) made.push(await row(what, capture, wanted));
for (const [what, wish] of MADE) made.push(await madeRow(what, { ...MET, ...wish }));
const text = [
  BEGIN,
  '',
  'Pairs that were made of one recording (`node --import tsx tools/points-table.ts`): what was done, and what was found.',
  'Lost and missed are segments, of super-frames as many as the wire had (what was done) and as many as the other capture shows',
  '(what was found, from the number of its own packets on); the clock is the array’s against the host’s.',
  '',
  '| pair | clock | found | one way out, back (median) | lost | found | missed at host, array | found |',
  '|---|---|---|---|---|---|---|---|',
  ...made,
  '',
  'Pairs of the laboratory, real initiators and targets with a capture at each end: what its machines counted as dropped (not',
  'what was lost while a link was down, link-flaps, or when a queue was taken away with what waited in it, slow-way).',
  '',
  '| case | dropped | lost out, back | missed at host, array | clock | said first |',
  '|---|---|---|---|---|---|',
  ...(await laboratory()),
  '',
].join('\n');
const doc = readFileSync(DOC, 'utf8');
const at = doc.indexOf(BEGIN);
writeFileSync(
  DOC,
  `${(at < 0 ? doc : doc.slice(0, at)).trimEnd()}\n\n## What it was measured against\n\n${text}`.replace(
    '## What it was measured against\n\n## What it was measured against',
    '## What it was measured against',
  ),
);
process.stdout.write(text);

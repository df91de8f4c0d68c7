// What is left of the first line of a report when the capture misses packets at random:
//   node --import tsx tools/verdict-sweep.ts [-n SEEDS] [NAME …]
// prints for every case, fault and recording whose truth is known how often the first line still names
// the truth, how often it says less, and how often somebody is accused who did nothing.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Incident, Owes } from '../src/findings/finding.js';
import type { Report } from '../src/report/report.js';
import { randomFrom } from '../test/support/mishaps.js';
import { type HeldPacket, packetsOf } from '../test/support/road.js';
import { run } from '../test/support/run.js';
import { sharedCapture } from '../test/support/shared.js';

/** Percent of the packets that the capture misses. */
export const RATES: readonly number[] = [0.5, 1, 2, 5];

/**
 * Who did it, where that end of the capture cannot know: who may be named by it all the same. All others are
 * told by the undamaged capture, which the tests hold against the truth.
 */
export const TRUTH: Readonly<Record<string, readonly Owes[]>> = {
  'faults/target-frozen-tgt': ['target'],
  'faults/host-frozen-long-tgt': ['initiator'],
  'faults/mtu-black-hole-later-ini': ['network'],
  'faults/digest-error-tgt': ['network'],
  'lio/idle-frozen-ini': ['target'],
  'lio/idle-frozen-tgt': ['target'],
  'lio/link-flaps-ini': ['network'],
  'lio/mtu-writes-ini': ['network'],
  'lio/mtu-writes-tgt': ['network'],
  'lio/way-prohibited-ini': ['network'],
  'lio/way-prohibited-tgt': ['network'],
  'lio/path-one-slow-tgt': ['network'],
};

export interface Tally {
  readonly name: string;
  readonly rate: number;
  runs: number;
  right: number;
  silent: number;
  wrong: number;
  /** What was said of whom did nothing, and by which seeds. */
  readonly said: Map<string, number[]>;
}

/** The captures whose truth is known: their names, and where they lie. */
export function capturesOfTruth(): (readonly [name: string, path: string])[] {
  const below = (folder: string) =>
    readdirSync(fileURLToPath(new URL(folder, import.meta.url))).filter((f) => /\.pcap/.test(f));
  const shared = ['cases', 'faults'].flatMap((kind) =>
    below(`../test/captures/${kind}`).map((file): [string, string] => {
      const name = file.replace(/\.zst$/, '');
      return [`${kind}/${bare(file)}`, sharedCapture(`${kind}/${name}`)];
    }),
  );
  const own = below('../captures/lio').map((file): [string, string] => [
    `lio/${bare(file)}`,
    fileURLToPath(new URL(`../captures/lio/${file}`, import.meta.url)),
  ]);
  return [...shared, ...own];
}

function bare(file: string): string {
  return file.replace(/\.pcap.*$/, '');
}

/** One capture, `seeds` times at each rate; always the same. */
export async function sweepOf(
  name: string,
  path: string,
  rates: readonly number[],
  seeds: number,
): Promise<Tally[]> {
  const packets = await packetsOf(path);
  const whole = run(packets).report;
  return rates.map((rate) => {
    const tally = { name, rate, runs: 0, right: 0, silent: 0, wrong: 0, said: new Map() };
    for (let seed = 1; seed <= seeds; seed++) {
      count(tally, seed, whole, run(lossy(packets, rate, seed)).report);
    }
    return tally;
  });
}

export function lossy(
  packets: readonly HeldPacket[],
  percent: number,
  seed: number,
): readonly HeldPacket[] {
  const random = randomFrom(seed * 7919 + Math.round(percent * 100));
  for (let i = 0; i < 16; i++) random();
  return packets.filter(() => random() >= (percent / 100) * 2 ** 32);
}

function count(tally: Tally, seed: number, whole: Report, report: Report): void {
  tally.runs++;
  const named = namedIn(whole);
  for (const owes of TRUTH[tally.name] ?? []) named.add(owes);
  const wrong = graveOf(report).filter((one) => accuses(one) && !named.has(one.owes));
  if (wrong.length > 0) {
    tally.wrong++;
    for (const one of wrong) {
      const said = `${one.owes} ${rootOf(report, one)}: ${one.title}`;
      tally.said.set(said, [...(tally.said.get(said) ?? []), seed]);
    }
  } else if (firstOf(report) === firstOf(whole)) tally.right++;
  else tally.silent++;
}

export function graveOf(report: Report): Incident[] {
  return report.incidents.filter((one) => one.severity !== 'note');
}

export function accuses({ owes }: Incident): boolean {
  return owes === 'initiator' || owes === 'target' || owes === 'network';
}

export function namedIn(report: Report): Set<Owes> {
  return new Set(graveOf(report).map((one) => one.owes));
}

export function rootOf(report: Report, one: Incident): string {
  return report.findings[one.findings[0]].id;
}

/** What the first line says, but for its numbers: that nothing is wrong counts as well. */
export function firstOf(report: Report): string {
  const [first] = graveOf(report).filter((one) => one.owes !== 'capture');
  return first === undefined ? 'nothing' : `${rootOf(report, first)} ${first.owes}`;
}

async function main(argv: readonly string[]): Promise<void> {
  const many = argv[0] === '-n';
  const seeds = many ? Number(argv[1]) : 20;
  const names = argv.slice(many ? 2 : 0);
  const all = capturesOfTruth().filter(
    ([name]) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  console.log(`| capture | loss | runs | right | silent | wrong |\n|${' --- |'.repeat(6)}`);
  const sum = { runs: 0, right: 0, silent: 0, wrong: 0 };
  for (const [name, path] of all) {
    for (const tally of await sweepOf(name, path, RATES, seeds)) {
      const { rate, runs, right, silent, wrong, said } = tally;
      sum.runs += runs;
      sum.right += right;
      sum.silent += silent;
      sum.wrong += wrong;
      console.log(`| ${name} | ${rate} % | ${runs} | ${right} | ${silent} | ${wrong} |`);
      for (const [what, of] of said)
        console.error(`${name} ${rate} % ${what} (seeds ${of.join(' ')})`);
    }
  }
  console.log(`| all | | ${sum.runs} | ${sum.right} | ${sum.silent} | ${sum.wrong} |`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));

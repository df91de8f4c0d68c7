// What is said of one and the same traffic in every form in which a user may have it:
//   node --import tsx tools/form-sweep.ts [-f FORM] [NAME …]
// tells of each form how often the first line is the same, how often it says less, and how often somebody is
// accused who did nothing, or something is found (a warning or worse) that is not there.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Finding, Owes } from '../src/findings/finding.js';
import type { Report } from '../src/report/report.js';
import { FORMS, type Form } from '../test/support/forms.js';
import { type HeldPacket, packetsOf } from '../test/support/road.js';
import { run } from '../test/support/run.js';
import {
  accuses,
  capturesOfTruth,
  firstOf,
  graveOf,
  namedIn,
  rootOf,
  TRUTH,
} from './verdict-sweep.js';

/** Addresses in texts (SendTargets, redirects, iSNS) stay those of IPv4: what is tied to them is not in IPv6. */
const ADDRESS_IN_TEXT: readonly string[] = ['cases/c07-portals-unreachable', 'tgt-login-redirect'];

export interface Verdict {
  readonly first: 'right' | 'weaker' | 'wrong';
  /** What is said that the undamaged capture does not say: accusations, findings; numbers that differ. */
  readonly said: readonly string[];
  readonly numbers: readonly string[];
}

/** The capture in this form, beside itself. */
export function verdictOf(
  name: string,
  packets: readonly HeldPacket[],
  whole: Report,
  form: Form,
): Verdict {
  const report = run(form.of(packets)).report;
  const named = namedIn(whole);
  for (const owes of TRUTH[name] ?? []) named.add(owes);
  const known = new Set(whole.findings.map((one) => one.id));
  const accused = graveOf(report).filter((one) => accuses(one) && !named.has(one.owes));
  const found = report.findings.filter(
    (one) =>
      one.severity !== 'note' && blames(one.owes) && !known.has(one.id) && !named.has(one.owes),
  );
  const said = [
    ...accused.map((one) => `accuses ${one.owes} ${rootOf(report, one)}: ${one.title}`),
    ...found.map((one) => `finds ${one.severity} ${one.id} (${one.owes}): ${one.title}`),
  ];
  const same = firstOf(report) === firstOf(whole) && unsure(report, known).length === 0;
  const first = said.length > 0 ? 'wrong' : same ? 'right' : 'weaker';
  return { first, said, numbers: form.leaves === 'less' ? [] : differing(whole, report, form) };
}

/** Who is to be asked or told by it; what nobody owes, or nobody knows of, only says less. */
function blames(owes: Owes): boolean {
  return owes === 'initiator' || owes === 'target' || owes === 'network';
}

function unsure({ findings }: Report, known: ReadonlySet<string>): Finding[] {
  return findings.filter(
    ({ id, severity, owes }) => severity !== 'note' && owes === 'unknown' && !known.has(id),
  );
}

/** Numbers that a form which takes nothing away must not change. */
function differing(whole: Report, report: Report, form: Form): string[] {
  const [a, b] = [numbersOf(whole, form), numbersOf(report, form)];
  return Object.keys(a)
    .filter((key) => a[key] !== b[key])
    .map((key) => `${key} ${a[key]} → ${b[key]}`);
}

function numbersOf({ sessions, totals }: Report, form: Form): Record<string, number | undefined> {
  const { latency } = totals;
  return {
    sessions: sessions.length,
    commands: totals.commandCount,
    completed: totals.completed,
    ...(form.leaves === 'all' && {
      p50: latency?.p50Ns,
      p99: latency?.p99Ns,
      max: latency?.maxNs,
      depth: totals.queueDepth?.max,
    }),
  };
}

/** All captures: those whose truth is known, and those that are only to be the same in every form. */
export function capturesOfForms(): (readonly [name: string, path: string])[] {
  const known = capturesOfTruth().filter(([, path]) => path !== '');
  const below = (folder: string, prefix: string) => {
    const url = new URL(folder, import.meta.url);
    return readdirSync(fileURLToPath(url), { withFileTypes: true })
      .filter((one) => one.isFile() && /\.pcap/.test(one.name))
      .map(({ name }): [string, string] => [
        `${prefix}${name.replace(/\.pcap.*$/, '')}`,
        fileURLToPath(new URL(`${folder}/${name}`, import.meta.url)),
      ]);
  };
  return [...known, ...below('../captures', ''), ...below('../captures/san', 'san/')];
}

async function main(argv: readonly string[]): Promise<void> {
  const one = argv[0] === '-f' ? argv[1] : '';
  const names = argv.slice(argv[0] === '-f' ? 2 : 0);
  const all = capturesOfForms().filter(
    ([name]) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  const forms = FORMS.filter(({ name }) => name.includes(one));
  const sum = new Map(
    forms.map(({ name }) => [name, { right: 0, weaker: 0, wrong: 0, numbers: 0 }]),
  );
  for (const [name, path] of all) {
    const packets = await packetsOf(path);
    const whole = run(packets).report;
    for (const form of forms) {
      if (form.name === 'IPv6' && ADDRESS_IN_TEXT.includes(name)) continue;
      const { first, said, numbers } = verdictOf(name, packets, whole, form);
      const row = sum.get(form.name);
      if (row === undefined) continue;
      row[first]++;
      if (numbers.length > 0) row.numbers++;
      for (const what of said) console.error(`${name} [${form.name}] ${what}`);
      if (numbers.length > 0)
        console.error(`${name} [${form.name}] numbers: ${numbers.join(', ')}`);
    }
  }
  const lines = [
    '| form | the same | says less | wrong | numbers differ |',
    `|${' --- |'.repeat(5)}`,
  ];
  for (const form of forms) {
    const row = sum.get(form.name);
    if (row === undefined) continue;
    const numbers = form.leaves === 'less' ? '–' : String(row.numbers);
    lines.push(`| ${form.name} | ${row.right} | ${row.weaker} | ${row.wrong} | ${numbers} |`);
  }
  console.log(lines.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));

// What a user sees of each shipped capture at three depths: its report, its commands, its PDUs. Kept as
// text, so that a change is read in the diff:
//   UPDATE_GOLDEN=1 node --import tsx test/run.ts golden/      writes them anew (after npm run build)
// Of long lists the first lines are kept and a sample of the others; the digest is of all of them.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TOP } from '../support/program.js';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const UPDATE = process.env['UPDATE_GOLDEN'] === '1';
const WIDTH = '120';
const DEPTHS: readonly (readonly string[])[] = [
  ['report', '--top', '5', '--width', WIDTH],
  ['commands', '--width', WIDTH],
  ['pdus', '--width', WIDTH],
];
/** Of a list: its first lines, and so many of the rest at equal distances. */
const FIRST = 25;
const SAMPLES = 15;

/** What the program writes, on both streams; it is what is compared, whatever it is. */
function said(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const bin = join(TOP, 'bin/sanscope.js');
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: TOP,
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (part) => {
      errors += part;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(`${text}${errors}${code === 0 ? '' : `exit ${code}\n`}`));
  });
}

/** A list cut to what is read in a diff. */
function cut(text: string): string {
  const lines = text.trimEnd().split('\n');
  if (lines.length <= FIRST + SAMPLES) return text;
  const rest = lines.slice(FIRST);
  const every = Math.ceil(rest.length / SAMPLES);
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return [
    ...lines.slice(0, FIRST),
    `… of ${rest.length} more each ${every}th; all have the digest ${digest}`,
    ...rest.filter((_, i) => i % every === every - 1),
    '',
  ].join('\n');
}

async function transcript(name: string): Promise<string> {
  const told = await Promise.all(
    DEPTHS.map(async ([command, ...flags]) => {
      const args = [command, ...flags, `captures/${name}`];
      const text = await said(args);
      return `$ sanscope ${args.join(' ')}\n${command === 'report' ? text : cut(text)}`;
    }),
  );
  return told.map((text) => text.replace(/[ \t]+$/gm, '')).join('\n');
}

/** Those of Fibre Channel, iSER and iSNS stand in a folder of their own. */
const SAN = 'san/';
const names = [
  ...readdirSync(join(TOP, 'captures')),
  ...readdirSync(join(TOP, 'captures', SAN)).map((name) => SAN + name),
].filter((name) => name.includes('.pcap'));

/** The transcript of a capture: `san-` stands for the folder. */
function fileOf(name: string): string {
  return `${name.replace(SAN, 'san-').replace(/\.pcap(ng)?(\.gz)?$/, '')}.txt`;
}

for (const name of names) {
  test(`${name} tells what it told (UPDATE_GOLDEN=1 keeps what it tells now)`, async () => {
    const path = join(FOLDER, fileOf(name));
    const text = await transcript(name);
    if (UPDATE) writeFileSync(path, text);
    assert.ok(existsSync(path), 'no transcript is kept of it');
    assert.fixture(text, readFileSync(path, 'utf8'));
  });
}

test('no transcript is of a capture that is gone', () => {
  const kept = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  const files = new Set(names.map(fileOf));
  const gone = kept.filter((text) => !files.has(text));
  assert.equal(gone, []);
});

test.run();

// The program as a user meets it: exit codes, streams, colours. Needs the build (npm test makes it).

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sanscope, TOP } from '../support/program.js';

const CHAP = 'captures/tgt-chap.pcap';
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));

function made(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A failure is one sentence on stderr that begins with our name and has no stack. */
function assertSentence(stderr: string, says: RegExp): void {
  assert.match(stderr, /^sanscope: /);
  assert.match(stderr, says);
  assert.not.match(stderr, /\n\s+at |Error:/);
}

test('version and help go to stdout and are no error', () => {
  const { version } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as {
    version: string;
  };
  for (const flag of ['--version', '-V']) {
    const run = sanscope([flag]);
    assert.equal([run.status, run.stdout, run.stderr], [0, `${version}\n`, '']);
  }
  for (const args of [['--help'], ['help', 'pdus'], ['export', '--help']]) {
    const run = sanscope(args);
    assert.is(run.status, 0);
    assert.match(run.stdout, /Usage: sanscope/);
    assert.match(run.stdout, /Examples:\n {2}\$ sanscope/);
    assert.is(run.stderr, '');
  }
});

test('a wrong command line is told in a sentence, exit code 2', () => {
  const cases: [string[], RegExp][] = [
    [[], /name a capture/],
    [['--bogus', CHAP], /unknown option '--bogus'/],
    [['report'], /missing required argument/],
    [
      ['report', '--top', 'many', CHAP],
      /: it takes a whole number, 0 to 10000; sanscope report --help shows/,
    ],
    [['pdus', '-c', '0', CHAP], /whole number, 1 or more; sanscope pdus --help/],
    [['reprot', CHAP], /"reprot" is no file, and no command: did you mean sanscope report\?/],
    [['pdus', '--frame', '9-3', CHAP], /frame number or a range/],
    [['--color=pink', CHAP], /auto, always, never/],
    [['export', CHAP], /--output <file>/],
  ];
  for (const [args, says] of cases) {
    const run = sanscope(args);
    assert.is(run.status, 2, args.join(' '));
    assert.is(run.stdout, '');
    assertSentence(run.stderr, says);
  }
});

test('a file that reads like a command is read', () => {
  made('reprot', readFileSync(join(TOP, CHAP)));
  const run = sanscope(['reprot'], { cwd: folder });
  assert.is(run.status, 0, run.stderr);
  assert.match(run.stdout, /reprot \(pcap/);
});

test('fields says where no name has a word in it, and what is spelled like it', () => {
  const run = sanscope(['fields', 'iscsi.opcoed']);
  assert.is(run.stdout, '');
  assertSentence(run.stderr, /no field has iscsi\.opcoed in its name: did you mean iscsi\.opcode/);
});

test('every kind of bad file is told in a sentence, exit code 3', () => {
  const whole = readFileSync(join(TOP, CHAP));
  const cases: [string, RegExp][] = [
    [join(folder, 'none.pcap'), /does not exist/],
    [folder, /directory/],
    [made('empty.pcap', ''), /empty/],
    [made('text.pcap', 'hello, this is no capture at all\n'), /not a capture/],
    [made('short.pcap', whole.subarray(0, 10)), /cut|not a capture/],
    [
      made('noise.gz', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)),
      /unpack|gzip|capture/,
    ],
  ];
  for (const command of [[], ['pdus'], ['export', '-o', '-']]) {
    for (const [path, says] of cases) {
      const run = sanscope([...command, path]);
      assert.is(run.status, 3, `${command} ${path}: ${run.stderr}`);
      assert.is(run.stdout, '');
      assertSentence(run.stderr, says);
    }
  }
  const nothing = sanscope(['-']);
  assert.is(nothing.status, 3);
  assertSentence(nothing.stderr, /standard input is empty/);
});

test('a packed file whose checksum is wrong: all of it is reported, exit code 3', () => {
  const packed = gzipSync(readFileSync(join(TOP, CHAP)));
  packed[packed.length - 6] ^= 1;
  const whole = sanscope(['report', '--json', join(TOP, CHAP)]);
  const run = sanscope(['report', '--json', made('damaged.pcap.gz', packed)]);
  assert.is(run.status, 3);
  assert.match(run.stderr, /not the checksum/);
  const packets = (text: string) => JSON.parse(text).capture.packets;
  assert.is(packets(run.stdout), packets(whole.stdout));
});

test('a file cut within a packet: what was readable is reported', () => {
  const whole = readFileSync(join(TOP, CHAP));
  const cut = made('cut.pcap', whole.subarray(0, whole.length - 5));
  const run = sanscope(['report', '--json', cut]);
  assert.is(run.status, 0);
  const report = JSON.parse(run.stdout);
  assert.is(report.capture.packets, 25);
  assert.is(report.totals.commandCount, 4);
  assert.is(report.problems.counts['file-cut'], 1);
  const pdus = sanscope(['pdus', '--json', cut]);
  assert.is(pdus.stdout.trim().split('\n').length, 18);
  assert.match(pdus.stderr, /the file is cut/);
  assert.is(sanscope(['pdus', '--json', '-q', cut]).stderr, '');
});

test('a record length of 4 GB ends nothing but that record', () => {
  const bytes = new Uint8Array(readFileSync(join(TOP, CHAP)));
  const view = new DataView(bytes.buffer);
  const second = 24 + 16 + view.getUint32(24 + 8, true);
  view.setUint32(second + 8, 0xffffffff, true);
  const run = sanscope(['report', '--json', made('huge.pcap', bytes)]);
  assert.is(run.status, 0);
  const report = JSON.parse(run.stdout);
  assert.ok(
    report.problems.counts['record-malformed'] >= 1 ||
      report.problems.counts['record-skipped'] >= 1,
  );
});

test('one file of several cannot be read: the others are, exit code 3', () => {
  const run = sanscope(['report', '--json', join(folder, 'none.pcap'), CHAP]);
  assert.is(run.status, 3);
  assert.is(JSON.parse(run.stdout).totals.commandCount, 4);
  assertSentence(run.stderr, /does not exist/);
});

test('a capture from standard input tells the same', () => {
  const input = readFileSync(join(TOP, CHAP));
  const piped = sanscope(['pdus', '--json', '-'], { input });
  assert.is(piped.status, 0);
  assert.is(piped.stdout, sanscope(['pdus', '--json', CHAP]).stdout);
});

test('colour: --color, then FORCE_COLOR, then NO_COLOR, then the terminal', () => {
  const coloured = (args: string[], env: Record<string, string>): boolean =>
    sanscope([...args, CHAP], { env }).stdout.includes('\u001b[');
  assert.not(coloured([], {}));
  assert.ok(coloured([], { FORCE_COLOR: '1' }));
  assert.not(coloured([], { FORCE_COLOR: '0' }));
  assert.not(coloured([], { NO_COLOR: '1' }));
  assert.ok(coloured(['--color=always'], { NO_COLOR: '1' }));
  assert.not(coloured(['--color=never'], { FORCE_COLOR: '1' }));
  assert.ok(coloured(['pdus', '--color', 'always'], {}));
  assert.not(
    sanscope(['report', '--json', CHAP], { env: { FORCE_COLOR: '1' } }).stdout.includes('\u001b['),
  );
});

test('a reader that has seen enough is no error', () => {
  const line = `${process.execPath} bin/sanscope.js pdus --json captures/tgt-mixed-load.pcap.gz`;
  const run = spawnSync('bash', ['-c', `${line} | head -n 1; echo "\${PIPESTATUS[0]}"`], {
    cwd: TOP,
    encoding: 'utf8',
  });
  const [first, status] = run.stdout.trim().split('\n');
  assert.is(JSON.parse(first).name, 'Login Request');
  assert.is(status, '0');
  assert.is(run.stderr, '');
});

test('export writes a file, but never over a capture', () => {
  const out = join(folder, 'timeline.json');
  const run = sanscope(['export', '-o', out, CHAP]);
  assert.equal([run.status, run.stdout, run.stderr], [0, '', '']);
  assert.is(readFileSync(out, 'utf8'), sanscope(['export', '-o', '-', CHAP]).stdout);
  const copy = made('copy.pcap', readFileSync(join(TOP, CHAP)));
  const over = sanscope(['export', '-o', copy, copy]);
  assert.is(over.status, 3);
  assertSentence(over.stderr, /one of the captures/);
  assert.equal(readFileSync(copy), readFileSync(join(TOP, CHAP)));
  assertSentence(
    sanscope(['export', '-o', join(folder, 'no/where'), CHAP]).stderr,
    /does not exist/,
  );
});

test('selection of PDUs: count, frames, connection', () => {
  const frames = (args: string[]): number[] =>
    sanscope(['pdus', '--json', ...args, CHAP])
      .stdout.split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).frame);
  assert.equal(frames(['-c', '3']), [4, 6, 8]);
  assert.equal(frames(['--frame', '14-16']), [14, 15, 16]);
  assert.equal(frames(['--frame', '18']), [18]);
  assert.equal(frames(['--connection', '1']), []);
});

test('the tests leave nothing behind', () => {
  rmSync(folder, { recursive: true });
  assert.not(existsSync(folder));
});

test.run();

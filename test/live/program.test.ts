// The program on a capturing program that is made up: what it says when it cannot begin, when it is
// stopped, when it is killed. Needs the build.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture } from '../support/capture.js';
import { isHere, needsNot } from '../support/needs.js';
import { sanscope, TOP } from '../support/program.js';
import { gone, PATIENCE_MS, until } from '../support/wait.js';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
const capture = join(folder, 'load.pcap');
writeFileSync(capture, gunzipSync(readFileSync(join(TOP, 'captures/istgt-mixed-load.pcap.gz'))));
let made = 0;

/** A folder for PATH in which `name` is this shell script. */
function fake(name: string, script: string): string {
  made++;
  const path = join(folder, `path${made}`);
  mkdirSync(path);
  writeFileSync(join(path, name), `#!/bin/sh\necho $$ > ${join(path, 'pid')}\n${script}\n`);
  chmodSync(join(path, name), 0o755);
  return path;
}

const COUNTERS =
  '120 packets captured\\n123 packets received by filter\\n7 packets dropped by kernel';
/** Writes the capture, and waits for its end as tcpdump does. */
const STEADY = `trap 'printf "${COUNTERS}\\n" >&2; exit 0' INT
trap '' USR1
cat ${capture}
while :; do sleep 0.05; done`;

interface Run {
  readonly child: ChildProcess;
  stdout: string;
  stderr: string;
  readonly ended: Promise<number | string>;
}

function start(args: readonly string[], path: string): Run {
  const child = spawn(process.execPath, [BIN, 'live', ...args], {
    cwd: folder,
    env: { PATH: `${path}:/usr/bin:/bin` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const ended = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(guard);
      resolve(signal ?? code ?? -1);
    });
  });
  const run: Run = { child, stdout: '', stderr: '', ended };
  child.stdout?.on('data', (data) => {
    run.stdout += data;
  });
  child.stderr?.on('data', (data) => {
    run.stderr += data;
  });
  return run;
}

/** The capturing program has gone, too. */
async function assertGone(path: string): Promise<void> {
  await gone([Number(readFileSync(join(path, 'pid'), 'utf8'))]);
}

function lines(stdout: string): { type: string; [key: string]: unknown }[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Packets were told: whoever makes them up has its traps set. */
const flowing = (run: Run) => /[1-9][\d,]* packets? \(|"packets":[1-9]/.test(run.stdout);

const DUMP = ['-i', 'lo', '--program', 'tcpdump'];

test('each way in which capturing cannot begin is one sentence and exit code 4', async () => {
  const cases: [string, RegExp][] = [
    [
      "echo 'tcpdump: lo: You do not have permission to capture' >&2; exit 1",
      /may not capture on "lo": .*setcap/,
    ],
    [
      "echo 'tcpdump: lo: No such device exists' >&2; exit 1",
      /no interface "lo".*sanscope interfaces/,
    ],
    [
      "echo 'tcpdump: expression rejects all packets' >&2; exit 1",
      /exit code 1\): tcpdump: expression rejects/,
    ],
    ['exit 3', /exit code 3\): it said nothing/],
    ['echo this is no capture at all, really', /wrote no capture|ended by itself/],
    ['kill -9 $$', /signal SIGKILL/],
  ];
  for (const [script, says] of cases) {
    const run = start(DUMP, fake('tcpdump', script));
    assert.is(await run.ended, 4, script);
    assert.match(run.stderr, says);
    assert.is(run.stderr.trim().split('\n').length, 1, run.stderr);
    assert.is(run.stdout, '');
  }
  const none = sanscope(['live', '-i', 'lo', '--program', 'dumpcap'], { env: { PATH: folder } });
  assert.is(none.status, 4);
  assert.match(none.stderr, /dumpcap is not installed/);
});

/** Root gives its rights away; anybody else has none. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function asNobody(...args: string[]) {
  return spawnSync(process.execPath, [BIN, ...args], { ...NOBODY, cwd: '/', encoding: 'utf8' });
}

/** Why nobody is refused here; undefined where somebody is. */
function refusalMissing(program: string): string | undefined {
  if (!isHere(program)) return program;
  if (asNobody('--version').status !== 0) return 'a checkout that everybody may read';
  const own = spawnSync(program, ['-i', 'lo', '-w', '/dev/null'], { ...NOBODY, timeout: 5000 });
  return own.signal === null ? undefined : `a ${program} that not everybody may capture with`;
}

for (const program of ['tcpdump', 'dumpcap']) {
  needsNot(refusalMissing(program))(
    `whoever has no rights for ${program} gets one sentence with the commands that help, and exit code 4`,
    () => {
      const refused = asNobody(
        'live',
        '-i',
        'lo',
        '--program',
        program,
        '--json',
        '--duration',
        '1s',
      );
      assert.is(refused.status, 4, refused.stderr);
      assert.match(refused.stderr, /may not capture on "lo": .*setcap .*, or sudo tcpdump /);
      assert.is(refused.stderr.trim().split('\n').length, 1);
      assert.is(refused.stdout, '');
      const none = asNobody('live', '-i', 'nosuch0', '--program', program, '--json');
      assert.is(none.status, 4);
      assert.match(none.stderr, /there is no interface "nosuch0".*sanscope interfaces/);
    },
  );
}

test('where dumpcap is not permitted tcpdump is tried', async () => {
  const path = fake(
    'dumpcap',
    'echo \'dumpcap: You do not have permission to capture on device "lo".\' >&2; exit 1',
  );
  writeFileSync(join(path, 'tcpdump'), `#!/bin/sh\n${STEADY}\n`);
  chmodSync(join(path, 'tcpdump'), 0o755);
  const run = start(['-i', 'lo', '--report-every', '200ms'], path);
  await until(() => flowing(run));
  run.child.kill('SIGINT');
  assert.is(await run.ended, 0);
  assert.match(run.stderr, /123 packets received .*7 dropped/);
});

test('SIGINT and SIGTERM end with the report and the counters, and equal the same file read', async () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const path = fake('tcpdump', STEADY);
    const kept = join(folder, `kept-${signal}.pcap`);
    const run = start([...DUMP, '--json', '--report-every', '100ms', '-w', kept], path);
    await until(() => flowing(run) && run.stdout.split('"type":"interval"').length > 7);
    run.child.kill(signal);
    assert.is(await run.ended, 0);
    const all = lines(run.stdout);
    const { report } = all.at(-1) as unknown as {
      report: { totals: { completed: number }; capture: { packetsDropped: number } };
    };
    const direct = JSON.parse(sanscope(['report', '--json', capture]).stdout);
    const again = JSON.parse(sanscope(['report', '--json', kept]).stdout);
    for (const part of ['totals', 'sessions', 'operations', 'slowest', 'load']) {
      assert.equal((report as Record<string, unknown>)[part], direct[part], part);
      assert.equal(again[part], direct[part], part);
    }
    assert.is(report.capture.packetsDropped, 7);
    const counts = (type: string) => all.filter((line) => line.type === type).length;
    assert.is(counts('command'), report.totals.completed);
    assert.ok(counts('interval') > 5);
    const sum = (name: string) =>
      all.filter((l) => l.type === 'interval').reduce((n, l) => n + (l[name] as number), 0);
    assert.is(sum('endedCount'), report.totals.completed);
    assert.is(sum('dataInBytes') + sum('dataOutBytes'), direct.totals.bytes);
    assert.ok(all.every((line) => line['schema'] === 'sanscope/live/2'));
    await assertGone(path);
  }
});

test('a second SIGINT ends at once, with the child', async () => {
  const asked = join(folder, 'asked');
  const path = fake(
    'tcpdump',
    `trap '' USR1\ntrap ': > ${asked}' INT\ncat ${capture}\nwhile :; do sleep 0.05; done`,
  );
  const run = start([...DUMP, '--report-every', '200ms', '--save-on', 'latency > 1h'], path);
  await until(() => flowing(run));
  run.child.kill('SIGINT');
  // The first one was heard, and passed on.
  await until(() => existsSync(asked));
  run.child.kill('SIGINT');
  assert.is(await run.ended, 130);
  await assertGone(path);
});

test('a child that is killed is said, and what was captured is reported', async () => {
  const path = fake('tcpdump', STEADY);
  const kept = join(folder, 'killed.pcap');
  const run = start([...DUMP, '--report-every', '200ms', '-w', kept], path);
  await until(() => flowing(run));
  process.kill(Number(readFileSync(join(path, 'pid'), 'utf8')), 'SIGKILL');
  assert.is(await run.ended, 4);
  assert.match(run.stderr, /tcpdump ended \(signal SIGKILL\)/);
  assert.match(run.stdout, /Operations/);
  const { packets } = await readCapture([kept]);
  assert.is(packets.length, (await readCapture([capture])).packets.length);
});

test('over ssh nothing but its command line is ours', async () => {
  const path = fake('ssh', `echo "$@" > ${join(folder, 'ssh-words')}\ncat ${capture}`);
  const run = start(['--ssh', 'array1', '--json'], path);
  assert.is(await run.ended, 4, 'it ended by itself');
  assert.match(run.stderr, /ssh array1 ended by itself/);
  const words = readFileSync(join(folder, 'ssh-words'), 'utf8').trim();
  assert.match(
    words,
    /^-o BatchMode=yes array1 -- tcpdump .* 'tcp port 3260 or tcp port 860 or tcp port 3225 or tcp port 3420 or port 3205 or icmp\[0\] == 3'$/,
  );
  assert.is(lines(run.stdout).at(-1)?.type, 'report');
});

test('packets and duration end it', async () => {
  const path = fake('tcpdump', STEADY);
  const some = start([...DUMP, '--packets', '100', '--json'], path);
  assert.is(await some.ended, 0);
  const { report } = lines(some.stdout).at(-1) as unknown as {
    report: { capture: { packets: number } };
  };
  assert.is(report.capture.packets, 100);
  await assertGone(path);
  const timed = start(
    [...DUMP, '--duration', '700ms', '--report-every', '200ms'],
    fake('tcpdump', STEADY),
  );
  assert.is(await timed.ended, 0);
  assert.match(timed.stdout, /Operations/);
});

test('a reader that goes ends it quietly', async () => {
  const path = fake('tcpdump', STEADY);
  const run = start([...DUMP, '--json', '--report-every', '100ms'], path);
  await until(() => flowing(run));
  run.child.stdout?.destroy();
  assert.is(await run.ended, 0);
  assert.not.match(run.stderr, /EPIPE|bug|Error/);
  await assertGone(path);
});

test('a full disk is said, and the report comes', async () => {
  const path = fake('tcpdump', STEADY);
  const run = start([...DUMP, '--report-every', '200ms', '-w', '/dev/full'], path);
  assert.is(await run.ended, 3);
  assert.match(run.stderr, /"\/dev\/full" cannot be written.*the disk is full/);
  await assertGone(path);
});

test('a pipe is read to its end, and save-on writes what matched', async () => {
  const run = sanscope(
    [
      'live',
      '-',
      '--report-every',
      '1s',
      '--save-on',
      'status != good',
      '--save-to',
      join(folder, 'bad'),
    ],
    { input: readFileSync(capture) },
  );
  assert.is(run.status, 0);
  const saved = /saved to "([^"]+)": \d+ commands? matched, the first ended in packet \d+/.exec(
    run.stderr,
  );
  assert.ok(saved !== null, run.stderr);
  const { packets } = await readCapture([saved![1]]);
  // All of it is shorter than what --save-after waits for.
  assert.is(packets.length, (await readCapture([capture])).packets.length);
  assert.match(run.stderr, /--save-on: \d+ match/);
});

test('what happens is told as events, before the report and with its proof', () => {
  const input = gunzipSync(readFileSync(join(TOP, 'captures/tgt-stalls-two-seconds.pcap.gz')));
  const run = sanscope(['live', '-', '--json'], { input });
  assert.is(run.status, 0, run.stderr);
  const lines = run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const events = lines.filter(({ type }) => type === 'event');
  assert.equal(
    events.map(({ event }) => event),
    events.map((_, i) => i + 1),
  );
  const stall = events.find(({ kind }) => kind === 'stall');
  assert.ok(stall !== undefined && Number(stall['toldAfterNs']) > 1e9, JSON.stringify(stall));
  const over = events.find(({ kind }) => kind === 'stall-over');
  assert.ok(Math.abs(Number(over?.['durationNs']) - 2e9) < 0.2e9, JSON.stringify(over));
  assert.equal([over?.['session'], over?.['lunText']], [0, '1']);
  assert.ok(events.some(({ kind }) => kind === 'unit-attention'));
  assert.is(lines.at(-1)?.['type'], 'report');
  const text = sanscope(['live', '-', '--report-every', '1min', '--bell'], { input });
  assert.is(text.status, 0, text.stderr);
  assert.match(text.stdout, /UTC {2}! {2}stall {2}nothing answered for .* S0 LUN 1/);
  assert.ok(text.stderr.includes('\x07'));
});

test('a wrong command line is a usage error', () => {
  const cases: [string[], RegExp][] = [
    [[], /name what to capture/],
    [['-i', 'lo', '--follow', 'x'], /one source only/],
    [['trace.pcap'], /--follow/],
    [['-i', 'lo', '-b', 'files:3', '-w', 'x'], /filesize or a duration/],
    [['-i', 'lo', '-b', 'filesize:1MB'], /-b needs -w/],
    [['-i', 'lo', '--report-every', 'soon'], /takes a time/],
    [['-i', 'lo', '--save-on', 'latenzy > 1s'], /column 1: no field is called latenzy/],
    [['--ssh', '-oProxyCommand=x'], /.*/],
  ];
  for (const [args, says] of cases) {
    const run = sanscope(['live', ...args]);
    assert.ok(run.status === 2 || run.status === 4, args.join(' '));
    assert.match(run.stderr, says);
    assert.match(run.stderr, /^sanscope: /);
  }
});

test('what cannot be written is said before anything is captured', () => {
  const nowhere = join(folder, 'no-such-folder', 'x.pcap');
  for (const [args, says] of [
    [['-w', nowhere], /x\.pcap" cannot be written: its folder does not exist/],
    [['-w', nowhere, '-b', 'filesize:1MB'], /cannot be written: its folder does not exist/],
    [['-w', folder], /cannot be written: it is a directory: name a file/],
    [['-w', join(capture, 'x')], /a part of its path is not a directory/],
    [['--save-on', 'write', '--save-to', nowhere], /cannot be written: its folder does not exist/],
  ] as const) {
    const run = sanscope(['live', '-', ...args], { input: readFileSync(capture) });
    assert.is(run.status, 3, args.join(' '));
    assert.is(run.stdout, '');
    assert.match(run.stderr, says);
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();

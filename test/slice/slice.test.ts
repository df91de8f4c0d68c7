import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture } from '../support/capture.js';
import { temporaryFolder } from '../support/temporary.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const STALLS = 'captures/tgt-stalls-two-seconds.pcap.gz';
const folder = temporaryFolder('slice');

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/sanscope.js', ...args], {
    cwd: TOP,
  });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

/** What commands are, without the numbers of packets, which differ, and of tasks. */
function commands(...args: string[]): string[] {
  const { out } = run(
    'commands',
    '--csv',
    '--columns',
    'time,lun,tag,operation,lba,latency,outcome',
    ...args,
  );
  return out.trim().split('\n').slice(1);
}

test('the commands of a slice are those that were asked for, to the nanosecond', async () => {
  const path = join(folder, 'slow.pcapng');
  const filter = 'latency > 1s';
  const { status, err } = run('slice', '-Y', filter, '-o', path, STALLS);
  assert.is(status, 0, err);
  const before = commands('-Y', filter, STALLS);
  assert.ok(before.length > 100);
  assert.equal(commands('-Y', filter, path), before);
  const whole = await readCapture([join(TOP, STALLS)]);
  const slice = await readCapture([path]);
  assert.ok(slice.packets.length < whole.packets.length);
  const all = new Set(
    whole.packets.map((p) => `${p.time} ${Buffer.from(p.bytes).toString('hex')}`),
  );
  for (const packet of slice.packets) {
    assert.ok(all.has(`${packet.time} ${Buffer.from(packet.bytes).toString('hex')}`));
  }
});

test('login and handshake are there, and comments say why a packet is', () => {
  const path = join(folder, 'one.pcapng');
  assert.is(run('slice', '-Y', 'latency > 1.98s', '-o', path, STALLS).status, 0);
  const report = JSON.parse(run('report', '--json', path).out);
  assert.is(report.sessions[0].loginSeen, true);
  assert.match(readFileSync(path).toString('latin1'), /sanscope: READ\(10\), 1\.9\d s/);
});

test('a finding by its name, with what lies between its packets', () => {
  const path = join(folder, 'finding.pcapng');
  const { findings } = JSON.parse(run('report', '--json', STALLS).out);
  const [{ id }] = findings.filter((f: { frames: number[] }) => f.frames.length > 0);
  assert.is(run('slice', '--finding', id, '-o', path, STALLS).status, 0);
  const wrong = run('slice', '--finding', 'no-such', '-o', path, STALLS);
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /there are/);
});

test('what cannot be done is said', () => {
  assert.match(run('slice', '-o', join(folder, 'x'), STALLS).err, /needs to know what to keep/);
  assert.match(run('slice', '--session', '0', '-o', join(folder, 'x'), '-').err, /twice/);
  const nothing = run('slice', '-Y', 'latency > 100s', '-o', join(folder, 'x'), STALLS);
  assert.is(nothing.status, 3);
  assert.match(nothing.err, /no file was written/);
});

test.run();

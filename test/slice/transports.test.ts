// Slices of every transport: the commands that were asked for, with their numbers, and their logins.

import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../support/needs.js';
import { sharedCapture } from '../support/shared.js';
import { temporaryFolder } from '../support/temporary.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const folder = temporaryFolder('slice-san');

function run(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/sanscope.js', ...args], {
    cwd: TOP,
    maxBuffer: 1 << 28,
  });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

/** The file, how many packets are in it, and of how many. */
function sliced(name: string, ...args: string[]): { path: string; kept: number; of: number } {
  const path = join(folder, 'slice.pcapng');
  rmSync(path, { force: true });
  const { status, err } = run('slice', '-o', path, ...args, sharedCapture(name));
  assert.is(status, 0, err);
  assert.ok(existsSync(path));
  const [, kept, of] = /([\d,]+) packets? of ([\d,]+) kept/.exec(err) ?? [];
  return { path, kept: Number(kept.replaceAll(',', '')), of: Number(of.replaceAll(',', '')) };
}

/** Commands without what counts from the first packet of the capture. */
function commands(filter: string, path: string): string[] {
  const columns = 'lun,tag,operation,lba,latency,outcome';
  const { out } = run('commands', '--csv', '--columns', columns, '-Y', filter, path);
  return out.trim().split(/\r?\n/).slice(1);
}

const CAPTURES: readonly string[] = [
  'san/fcip-vm-1500-stream.pcap',
  'san/fcip-link-cut.pcap',
  'san/fcip-zoo.pcap',
  'san/ifcp-translation.pcap',
  'san/fcoe-loss-ini.pcap',
  'san/iser-siw-crc-1500-ini.pcap',
  'san/iser-rxe-1500-ini.pcap',
  'san/iser-rfc-markers-crc-1500.pcap',
  'san/iscsi-lio-1500-ini.pcap',
];

for (const name of CAPTURES) {
  needs(sharedCapture(name))(`writes of ${name}: the same numbers, and fewer packets`, () => {
    const before = commands('write', sharedCapture(name));
    assert.ok(before.length > 0);
    const { path, kept, of } = sliced(name, '-Y', 'write');
    assert.equal(commands('write', path), before);
    assert.ok(kept < of);
    const { sessions } = JSON.parse(run('report', '--json', path).out);
    assert.ok(sessions.some((s: { loginSeen: boolean }) => s.loginSeen));
  });
}

needs(sharedCapture('san/fcoe-loss-ini.pcap'))(
  'a frame that a filter names, with its exchange',
  () => {
    const name = 'san/fcoe-loss-ini.pcap';
    const [command] = commands('write', sharedCapture(name));
    const { out } = run('commands', '--json', '-Y', 'write', sharedCapture(name));
    const { frame: first, frameEnd: last } = JSON.parse(out.split('\n')[0]);
    for (const frame of [first, last]) {
      const { path } = sliced(name, '-Y', `fcp and frameNumber == ${frame}`);
      assert.ok(commands('write', path).includes(command), `${frame}`);
    }
  },
);

needs(sharedCapture('san/isns-open-isns-tgt.pcap'))('a connection without commands; a time', () => {
  const name = 'san/isns-open-isns-tgt.pcap';
  const one = sliced(name, '--connection', '0');
  assert.ok(one.kept > 10 && one.kept < one.of);
  const timed = sliced(name, '--from', '1s', '--to', '2s');
  assert.ok(timed.kept > 0 && timed.kept < one.kept);
});

needs(sharedCapture('san/fcoe-loss-ini.pcap'))('an incident by its number', () => {
  const name = 'san/fcoe-loss-ini.pcap';
  assert.ok(sliced(name, '--incident', '1').kept > 0);
  const wrong = run('slice', '--incident', '99', '-o', join(folder, 'x'), sharedCapture(name));
  assert.is(wrong.status, 2);
  assert.match(wrong.err, /no incident 99/);
});

needs(sharedCapture('san/fcoe-loss-ini.pcap'), 'tshark')(
  'tshark opens slices without complaint',
  () => {
    for (const name of ['san/fcoe-loss-ini.pcap', 'san/iser-rxe-1500-ini.pcap']) {
      const { path } = sliced(name, '-Y', 'write');
      const { stdout, stderr } = spawnSync('tshark', ['-r', path, '-Y', '_ws.malformed']);
      assert.is(stdout.toString(), '');
      assert.not.match(stderr.toString(), /damaged|corrupt|cut short|appears/);
    }
  },
);

test.run();

// The screens of sanscope live in a pseudo-terminal, on a real target and initiator. Needs root, tgt,
// qemu and the build; says so and passes where they are not.

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lab, labMissing } from '../support/lab.js';
import { sanscope } from '../support/program.js';
import { Pty } from '../support/pty.js';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const missing = labMissing();

async function live(lab: Lab, ...more: string[]): Promise<Pty> {
  const words = ['netns', 'exec', lab.namespace, process.execPath, BIN, 'live', '-i', 'ini0'];
  const pty = new Pty('ip', [...words, ...more], 150, 30);
  await pty.until(/0 Live/);
  await sleep(700); // the capturing program is ready
  return pty;
}

test('rows appear within a second of the traffic, and lead to the commands', async () => {
  if (missing !== undefined) {
    console.log(`  not run: ${missing}`);
    return;
  }
  const lab = new Lab();
  try {
    await lab.open();
    const pty = await live(lab, '--program', 'tcpdump');
    await lab.run('reads 40');
    const ended = performance.now();
    const rows = await pty.until(/iqn\S+disk\s+1\s/);
    // An interval is a second long, and the silence after it shows after half of one.
    assert.ok(performance.now() - ended < 2500);
    if (process.env['SHOW']) console.log(rows.join('\n'));
    assert.match(rows.join('\n'), /IOPS/);
    pty.press('p');
    await pty.until(/paused/);
    pty.press('p');
    pty.press('\r');
    await pty.until(/READ\(10\)/);
    pty.press('0');
    await pty.until(/IOPS over time|nothing is outstanding/);
    pty.press('S');
    await pty.until(/ended/);
    pty.press('1');
    await pty.until(/What looks wrong/);
    pty.press('q');
    const { exitCode } = await pty.end();
    assert.is(exitCode, 0);
    assert.not.ok(pty.taken);
  } finally {
    await lab.close();
  }
});

test('a command that waits is seen while it waits; Ctrl-C gives the terminal back and ends the child', async () => {
  if (missing !== undefined) return;
  const lab = new Lab();
  try {
    await lab.open();
    const pty = await live(lab);
    const load = lab.run('stall 3');
    await pty.until(/oldest open: READ\(10\) .* for [12]\.\d+ s/);
    pty.press('\x03');
    const { exitCode } = await pty.end();
    assert.is(exitCode, 130);
    assert.not.ok(pty.taken);
    await load;
  } finally {
    await lab.close();
  }
});

test('SIGTERM gives the terminal back, ends the child and keeps what -w wrote', async () => {
  if (missing !== undefined) return;
  const lab = new Lab();
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
  try {
    await lab.open();
    const kept = join(folder, 'kept.pcap');
    const pty = await live(lab, '--program', 'tcpdump', '-w', kept);
    await lab.run('reads 10');
    await pty.until(/iqn\S+disk\s+1\s/);
    const children = childrenOf(pty.pid);
    assert.is(children.length, 1);
    pty.kill('SIGTERM');
    await pty.end();
    assert.not.ok(pty.taken);
    for (let i = 0; i < 100 && existsSync(`/proc/${children[0]}`); i++) await sleep(20);
    assert.not.ok(existsSync(`/proc/${children[0]}`), 'the capturing program goes on');
    const report = JSON.parse(sanscope(['report', '--json', kept]).stdout);
    assert.ok(report.totals.completed >= 10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await lab.close();
  }
});

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean);
}

test.run();

// The screens of sanscope live in a pseudo-terminal, on a real target and initiator. Needs root, tgt,
// qemu and the build; says so and passes where they are not.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lab, labMissing } from '../support/lab.js';
import { needsNot } from '../support/needs.js';
import { sanscope } from '../support/program.js';
import { Pty } from '../support/pty.js';
import { childrenOf, gone, until } from '../support/wait.js';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const inLab = needsNot(labMissing());

async function live(lab: Lab, ...more: string[]): Promise<Pty> {
  const words = ['netns', 'exec', lab.namespace, process.execPath, BIN, 'live', '-i', 'ini0'];
  const pty = new Pty('ip', [...words, ...more], 150, 30);
  // What it shows first is the knock: it captures.
  await lab.knockUntil(() => /^ [1-9]\d* packets? /m.test(pty.rows().join('\n')));
  return pty;
}

inLab('rows appear while the capture goes on, and lead to the commands', async () => {
  const lab = new Lab();
  try {
    await lab.open();
    const pty = await live(lab, '--program', 'tcpdump');
    await lab.run('reads 40');
    const rows = await pty.until(/\S+disk\s+1\s/);
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

inLab(
  'a command that waits is seen while it waits; Ctrl-C gives the terminal back and ends the child',
  async () => {
    const lab = new Lab();
    try {
      await lab.open();
      const pty = await live(lab);
      await lab.run('stall');
      await pty.until(/oldest open: READ\(10\) .* for [1-9]\d*\.\d+ s/);
      pty.press('\x03');
      const { exitCode } = await pty.end();
      assert.is(exitCode, 130);
      assert.not.ok(pty.taken);
      await lab.run('go');
    } finally {
      await lab.close();
    }
  },
);

inLab('SIGTERM gives the terminal back, ends the child and keeps what -w wrote', async () => {
  const lab = new Lab();
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
  try {
    await lab.open();
    const kept = join(folder, 'kept.pcap');
    const pty = await live(lab, '--program', 'tcpdump', '-w', kept);
    await lab.run('reads 10');
    await pty.until(/\S+disk\s+1\s/);
    // What was kept can be read while it grows.
    await until(() => completedIn(kept) >= 10);
    const children = childrenOf(pty.pid);
    assert.is(children.length, 1);
    pty.kill('SIGTERM');
    await pty.end();
    assert.not.ok(pty.taken);
    // What became of it stands on the terminal that was given back.
    assert.match(pty.rows().join(''), /ended by a signal.*packets written to ".*kept\.pcap"/);
    await gone(children);
    assert.ok(completedIn(kept) >= 10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await lab.close();
  }
});

function completedIn(path: string): number {
  return JSON.parse(sanscope(['report', '--json', path]).stdout).totals.completed;
}

test.run();

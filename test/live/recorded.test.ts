// sanscope live on a real target and a real initiator of this machine. Needs root, tgt, qemu and
// the build; says so and passes where they are not.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lab, labMissing } from '../support/lab.js';
import { sanscope, TOP } from '../support/program.js';

const READS = 60;
const WRITES = 40;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
const missing = labMissing();

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface Live {
  readonly lines: Line[];
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs sanscope live in the laboratory while `work` goes on. `stop`: SIGINT at its end. */
async function live(
  lab: Lab,
  args: readonly string[],
  work: (seen: () => readonly Line[]) => Promise<void>,
  stop = true,
): Promise<Live> {
  const words = [
    'netns',
    'exec',
    lab.namespace,
    process.execPath,
    'bin/sanscope.js',
    'live',
    '--json',
  ];
  const child = spawn('ip', [...words, ...args], { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = () =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  // The capturing program needs a moment; the first interval is told without any packet.
  for (let i = 0; i < 400 && stdout === ''; i++) await sleep(25);
  // On a busy machine it may not even have started by then.
  for (let i = 0; i < 400 && capturing('ini0').length === 0; i++) await sleep(25);
  await sleep(1000);
  await work(lines);
  await sleep(700); // what is under way in dumpcap's and the kernel's buffers
  // ip execs the program: the signal is its own.
  if (stop) child.kill('SIGINT');
  const status = await closed;
  clearTimeout(guard);
  return { lines: lines(), status, stderr };
}

/** Capturing programs that work on this interface still. */
function capturing(name: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(`-w -`) && line.includes(name) && /tcpdump|dumpcap/.test(line));
}

function operation(report: Line, name: string): { commands: number; bytes: number } {
  const totals = report['operationTotals'] as {
    operation: string;
    commands: number;
    bytes: number;
  }[];
  return totals.find((of) => of.operation === name) ?? { commands: 0, bytes: 0 };
}

const PROGRAMS = ['tcpdump', 'dumpcap'].filter((name) =>
  (process.env['PATH'] ?? '').split(':').some((path) => {
    try {
      return readdirSync(path).includes(name);
    } catch {
      return false;
    }
  }),
);

for (const program of PROGRAMS) {
  test(`live by ${program}: what the initiator did, what -w kept and what is told are the same`, async () => {
    if (missing !== undefined) {
      console.log(`  not run: ${missing}`);
      return;
    }
    const lab = new Lab();
    try {
      await lab.open();
      const kept = join(folder, `${program}.pcap`);
      let soon = 0;
      const args = ['-i', 'ini0', '--program', program, '--report-every', '250ms', '-w', kept];
      const run = await live(lab, args, async (seen) => {
        await lab.run(`reads ${READS}`);
        await sleep(1000);
        soon = seen().filter((line) => line.type === 'command').length;
        await lab.run(`writes ${WRITES}`);
      });
      assert.is(run.status, 0, run.stderr);
      assert.ok(soon >= READS, `${soon} commands a second after they ended`);
      assert.match(run.stderr, /packets received by the kernel's filter, 0 dropped/);
      const report = run.lines.at(-1)?.['report'] as Line;
      assert.equal(operation(report, 'READ(10)').commands, READS);
      assert.equal(operation(report, 'READ(10)').bytes, READS * 8192);
      assert.equal(operation(report, 'WRITE(10)').commands, WRITES);
      assert.equal(operation(report, 'WRITE(10)').bytes, WRITES * 65_536);
      const again = JSON.parse(sanscope(['report', '--json', kept]).stdout);
      for (const part of [
        'totals',
        'sessions',
        'operations',
        'slowest',
        'open',
        'load',
        'findings',
      ]) {
        assert.equal(report[part], again[part], part);
      }
      const intervals = run.lines.filter((line) => line.type === 'interval');
      const ended = intervals.reduce((sum, line) => sum + (line['ended'] as number), 0);
      assert.is(ended, again.totals.completed);
      assert.equal(capturing('ini0'), []);
    } finally {
      await lab.close();
    }
  });
}

test('a target that stops: the command that waits is seen while it waits, and its minute is saved', async () => {
  if (missing !== undefined) return;
  const lab = new Lab();
  try {
    await lab.open();
    const args = ['-i', 'ini0', '--report-every', '500ms', '--save-on', 'latency > 1s'];
    const saved = ['--save-to', join(folder, 'slow')];
    const run = await live(lab, [...args, ...saved], () => lab.run('stall 2.5'));
    assert.is(run.status, 0, run.stderr);
    const ages = run.lines
      .filter((line) => line.type === 'interval')
      .map((line) => (line['oldest'] as { ageNs: number } | undefined)?.ageNs ?? 0);
    assert.ok(Math.max(...ages) > 1.4e9, `oldest open command, by interval: ${ages}`);
    const [file] = readdirSync(folder).filter((name) => name.startsWith('slow'));
    const report = JSON.parse(sanscope(['report', '--json', join(folder, file)]).stdout);
    assert.ok(report.slowest[0].latencyNs > 2e9);
    assert.equal(capturing('ini0'), []);
  } finally {
    await lab.close();
  }
});

test('an interface that goes away is said, with what was seen until then', async () => {
  if (missing !== undefined) return;
  const lab = new Lab();
  try {
    await lab.open();
    const args = ['-i', 'ini0', '--report-every', '250ms', '--program', 'tcpdump'];
    const run = await live(
      lab,
      args,
      async () => {
        await lab.run('reads 20');
        await lab.run('down');
      },
      false,
    );
    assert.is(run.status, 4);
    assert.match(run.stderr, /interface .* (?:went down|disappeared)|ended/);
    assert.is(operation(run.lines.at(-1)?.['report'] as Line, 'READ(10)').commands, 20);
    assert.equal(capturing('ini0'), []);
  } finally {
    await lab.close();
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();

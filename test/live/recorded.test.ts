// sanscope live on a real target and a real initiator of this machine. Needs root, tgt, qemu and
// the build; says so and passes where they are not.

import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Lab, labMissing } from '../support/lab.js';
import { isHere, needsNot } from '../support/needs.js';
import { sanscope, TOP } from '../support/program.js';
import { childrenOf, gone, until } from '../support/wait.js';

const READS = 60;
const WRITES = 40;
const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
const lacking = labMissing();
const inLab = needsNot(lacking);

interface Line {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface Live {
  readonly lines: Line[];
  readonly status: number | null;
  readonly stderr: string;
}

/**
 * Runs sanscope live in the laboratory while `work` goes on, which begins once a packet was captured
 * for sure. `stop`: SIGINT at its end.
 */
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
  // ip execs the program: the process is its own.
  const child = spawn('ip', [...words, ...args], { cwd: TOP, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let rest = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  try {
    await lab.knockUntil(() => packetsTold(lines) > 0 || child.exitCode !== null);
    const capturing = childrenOf(child.pid ?? 0);
    assert.is(capturing.length, 1);
    await work(() => lines);
    if (stop) child.kill('SIGINT');
    const status = await closed;
    await gone(capturing);
    return { lines, status, stderr };
  } finally {
    child.kill('SIGKILL');
  }
}

function packetsTold(lines: readonly Line[]): number {
  const last = lines.findLast((line) => line.type === 'interval');
  return (last?.['sourceState'] as { packets: number } | undefined)?.packets ?? 0;
}

/** Ends when so many commands of this kind were told. */
async function told(seen: () => readonly Line[], name: string, count: number): Promise<void> {
  const of = () =>
    seen().filter((line) => line.type === 'command' && line['operation'] === name).length;
  await until(() => of() >= count, `not told: ${count} of ${name}`);
}

function operation(report: Line, name: string): { commandCount: number; bytes: number } {
  const totals = report['operationTotals'] as {
    operation: string;
    commandCount: number;
    bytes: number;
  }[];
  return totals.find((of) => of.operation === name) ?? { commandCount: 0, bytes: 0 };
}

for (const program of ['tcpdump', 'dumpcap']) {
  needsNot(lacking ?? (isHere(program) ? undefined : program))(
    `live by ${program}: what the initiator did, what -w kept and what is told are the same`,
    async () => {
      const lab = new Lab();
      try {
        await lab.open();
        const kept = join(folder, `${program}.pcap`);
        const args = ['-i', 'ini0', '--program', program, '--report-every', '250ms', '-w', kept];
        const run = await live(lab, args, async (seen) => {
          await lab.run(`reads ${READS}`);
          // They are told while the capture goes on, and nothing comes behind them.
          await told(seen, 'READ(10)', READS);
          await lab.run(`writes ${WRITES}`);
          await told(seen, 'WRITE(10)', WRITES);
        });
        assert.is(run.status, 0, run.stderr);
        assert.match(run.stderr, /packets received by the kernel's filter, 0 dropped/);
        const report = run.lines.at(-1)?.['report'] as Line;
        assert.equal(operation(report, 'READ(10)').commandCount, READS);
        assert.equal(operation(report, 'READ(10)').bytes, READS * 8192);
        assert.equal(operation(report, 'WRITE(10)').commandCount, WRITES);
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
        const ended = intervals.reduce((sum, line) => sum + (line['endedCount'] as number), 0);
        assert.is(ended, again.totals.completed);
      } finally {
        await lab.close();
      }
    },
  );
}

inLab(
  'a target that stops: the command that waits is seen while it waits, and its minute is saved',
  async () => {
    const lab = new Lab();
    try {
      await lab.open();
      const args = ['-i', 'ini0', '--report-every', '500ms', '--save-on', 'latency > 1s'];
      const saved = ['--save-to', join(folder, 'slow')];
      const run = await live(lab, [...args, ...saved], async (seen) => {
        await lab.run('stall');
        await until(() => oldestNs(seen()) > 1.4e9, 'the command that waits is not told');
        await lab.run('go');
        await told(seen, 'READ(10)', 9);
      });
      assert.is(run.status, 0, run.stderr);
      const [file] = readdirSync(folder).filter((name) => name.startsWith('slow'));
      const report = JSON.parse(sanscope(['report', '--json', join(folder, file)]).stdout);
      assert.ok(report.slowest[0].latencyNs > 1.4e9);
    } finally {
      await lab.close();
    }
  },
);

/** The longest that a command was seen waiting. */
function oldestNs(lines: readonly Line[]): number {
  const ages = lines.map((line) => (line['oldest'] as { ageNs: number } | undefined)?.ageNs ?? 0);
  return Math.max(0, ...ages);
}

inLab('an interface that goes away is said, with what was seen until then', async () => {
  const lab = new Lab();
  try {
    await lab.open();
    const args = ['-i', 'ini0', '--report-every', '250ms', '--program', 'tcpdump'];
    const run = await live(
      lab,
      args,
      async (seen) => {
        await lab.run('reads 20');
        await told(seen, 'READ(10)', 20);
        await lab.run('down');
      },
      false,
    );
    assert.is(run.status, 4);
    assert.match(run.stderr, /interface .* (?:went down|disappeared)|ended/);
    assert.is(operation(run.lines.at(-1)?.['report'] as Line, 'READ(10)').commandCount, 20);
  } finally {
    await lab.close();
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();

// Captures built so that every number is known beforehand, and the probes of the field guide.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Task } from '../../src/scsi/task.js';
import { OUTCOME_NAMES } from '../../src/scsi/task.js';
import type { BuiltPacket } from '../support/build.js';
import { Dialogue, INITIATOR_NAME, TARGET_NAME } from '../support/dialogue.js';
import { reportOf } from '../support/report.js';
import { run } from '../support/run.js';
import { sharedCapture } from '../support/shared.js';

const MS = 1_000_000;

function together(...all: readonly Dialogue[]): BuiltPacket[] {
  return all.flatMap((d) => d.tcp.captured()).sort((a, b) => a.timeNs - b.timeNs);
}

test('queue depth: four commands that overlap in a staircase', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  // Each takes 4 ms and begins 1 ms after the one before: 1, 2, 3, 4, 3, 2, 1 for 1 ms each.
  const cdb = new Uint8Array(6);
  for (let i = 0; i < 4; i++) d.command(cdb, t + i * MS, { targetNs: 4 * MS, statusNs: 0 });
  const { report } = run(together(d));
  const [lun] = report.sessions[0].luns;
  assert.equal(lun.queueDepth, {
    mean: 2.286,
    p95: 4,
    max: 4,
    busyNs: 7 * MS,
    spanNs: 7 * MS,
    uncertainCommands: 0,
  });
  assert.is(lun.access?.gap?.p50Ns, MS);
  assert.is(lun.access?.gap?.count, 3);
});

test('idle gaps: from the last end to the next start, where nothing was open', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const cdb = new Uint8Array(6);
  for (const at of [0, 10, 11, 30]) d.command(cdb, t + at * MS, { targetNs: 2 * MS, statusNs: 0 });
  const { report } = run(together(d));
  const idle = report.sessions[0].luns[0].access?.idle;
  assert.equal([idle?.count, idle?.minNs, idle?.maxNs], [2, 8 * MS, 17 * MS]);
  const depth = report.sessions[0].luns[0].queueDepth;
  assert.equal([depth?.busyNs, depth?.spanNs], [(2 + 3 + 2) * MS, 32 * MS]);
});

test('R2T gaps: four bursts, each asked for 2 ms after the last and answered after 3 ms', () => {
  const d = new Dialogue({ segment: 65_536, mss: 65_000, gapNs: 0 });
  const t = d.login(0) + MS;
  const of = { burst: 16_384, targetNs: 2 * MS, hostNs: 3 * MS, statusNs: MS };
  d.write10(0, 128, t, of);
  const tasks: Task[] = [];
  const { report } = run(together(d), (task) => tasks.push(task));
  const write = report.operationTotals.find((o) => o.operation === 'WRITE(10)');
  const phases = Object.fromEntries((write?.phases ?? []).map((p) => [p.name, p.totalNs]));
  // The dialogue leaves 2 µs between an R2T and what may follow.
  assert.is(phases['command to R2T'], 2 * MS);
  assert.is(phases['R2T to data'], 4 * (3 * MS + 2000));
  assert.is(phases['between bursts'], 3 * 2 * MS);
  assert.is(phases['data to status'], MS);
  assert.is(write?.host?.maxNs, 4 * (3 * MS + 2000));
  assert.is(write?.array?.maxNs, (2 + 6 + 1) * MS);
  assert.is(
    write?.latency?.maxNs,
    Object.values(phases).reduce((a, b) => a + b, 0),
  );
  assert.is(write?.r2ts, 4);
});

test('streams that interleave are sequential among the last 32 starts only', () => {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 20; i++) {
    t = d.read10(1000 + i * 8, 8, t).statusNs + MS;
    t = d.read10(9000 + i * 8, 8, t).statusNs + MS;
  }
  const { report } = run(together(d));
  const access = report.sessions[0].luns[0].access;
  assert.is(access?.sequentialShare, 0);
  assert.is(access?.sequentialShareOf32, 38 / 40);
  assert.is(access?.readShare, 1);
  assert.equal(access?.reads?.sizes, [{ bytes: 4096, commandCount: 40 }]);
});

test('MC/S: two connections of one session, commands of both in one order', () => {
  const one = new Dialogue({ tsih: 7, cid: 0 });
  one.read10(0, 8, one.login(0) + MS);
  // The second asks to join: TSIH 7, the next CID; CmdSN is the session's.
  const two = new Dialogue({ tsih: 7, cid: 1, initiatorPort: 40_001, cmdSN: 2 });
  const start = two.tcp.connect(20 * MS) + MS;
  const stage = { transit: 1, csg: 1, nsg: 3, isid: two.options.isid, tsih: 7 };
  const names = [
    ['InitiatorName', INITIATOR_NAME],
    ['TargetName', TARGET_NAME],
    ['SessionType', 'Normal'],
  ] as const;
  two.say('login-request', { ...stage, cid: 1, initiatorTaskTag: 1 }, start, { data: names });
  two.say('login-response', { ...stage, initiatorTaskTag: 1 }, start + MS, { advance: 'statSN' });
  two.midStream();
  two.read10(64, 8, start + 2 * MS);
  const { report } = run(together(one, two));
  assert.is(report.totals.sessionCount, 1);
  assert.equal(
    report.sessions[0].connections.map((c) => c.cid),
    [0, 1],
  );
  assert.is(report.sessions[0].commandCount, 2);
  assert.is(report.totals.completed, 2);
});

test('a redirect: status class 1 with the address, then a login there', () => {
  const d = new Dialogue();
  const offered = [
    ['InitiatorName', INITIATOR_NAME],
    ['TargetName', TARGET_NAME],
    ['SessionType', 'Normal'],
  ] as const;
  const answered = [['TargetAddress', '10.0.0.3:3260,1']] as const;
  const login = { csg: 1, nsg: 3, offered, answered, statusClass: 1, statusDetail: 1 };
  d.loginStep(d.tcp.connect(0) + MS, login);
  const there = new Dialogue({ target: '10.0.0.3', initiatorPort: 40_002 });
  there.read10(0, 8, there.login(50 * MS) + MS);
  const { report } = run(together(d, there));
  const [first, second] = report.sessions;
  assert.is(first.ended, 'login redirected');
  assert.is(first.connections[0].login?.redirectedTo, '10.0.0.3:3260,1');
  assert.is(second.connections[0].login?.loginOutcome, 'accepted');
  assert.is(second.commandCount, 1);
});

test('an abort after 30 s: the command is aborted, and its age is known', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const told = d.read10(0, 8, t, { statusIn: 'none' });
  d.taskManagement(1, told.tag, t + 30_000 * MS);
  const outcomes: string[] = [];
  const { report, road } = run(together(d), (task) => outcomes.push(OUTCOME_NAMES[task.outcome]));
  assert.equal(outcomes, ['aborted']);
  const event = road.sessions[0].events.find((e) => e.kind === 'task management');
  assert.is(event?.fields['ageNs'], 30_000 * MS);
  assert.is(event?.fields['tasksEnded'], 1);
  assert.is(report.totals.unanswered, 1);
  const [depth] = [report.sessions[0].luns[0].queueDepth];
  assert.is(depth?.busyNs, 30_000 * MS + 100_000);
});

function probe(name: string, check: (path: string) => Promise<void>): void {
  const path = sharedCapture(`probes/${name}.pcap`);
  test(`probe ${name}`, () => check(path));
}

probe('t05', async (path) => {
  // The same task tag again and again: each use is a command of its own.
  const { totals } = await reportOf(path);
  assert.ok(totals.commandCount > 1);
  assert.is(totals.completed, totals.commandCount);
});

probe('t16', async (path) => {
  // The response comes on the session's other connection.
  const { totals, sessions } = await reportOf(path);
  assert.is(totals.sessionCount, 1);
  assert.is(sessions[0].connections.length, 2);
  assert.is(totals.completed, totals.commandCount);
});

probe('t17', async (path) => {
  const { sessions } = await reportOf(path);
  const statuses = sessions.flatMap((s) => s.connections.map((c) => c.login?.statusText ?? ''));
  assert.ok(
    statuses.some((status) => /unknown class/i.test(status)),
    statuses.join('; '),
  );
});

probe('t32', async (path) => {
  const { totals, findings } = await reportOf(path);
  assert.is(totals.outcomes['aborted'], 1);
  assert.ok(findings.some((f) => f.id === 'commands-aborted'));
});

probe('t51', async (path) => {
  const { totals, findings } = await reportOf(path);
  assert.is(totals.outcomes['rejected'], 1);
  assert.ok(findings.some((f) => /^Reject: /.test(f.title)));
});

test('pings: round trips of 1, 2 and 6 ms, one never answered', () => {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (const ms of [1, 2, 6]) t = d.nopOut(t, new Uint8Array(0), ms * MS) + MS;
  const lost = { initiatorTaskTag: 0x99, immediate: 1 };
  d.say('nop-out', lost, t);
  const { report } = run(together(d));
  const ping = report.sessions[0].pings?.ofInitiator;
  assert.equal([ping?.sent, ping?.answered, ping?.unanswered, ping?.oneWay], [4, 3, 1, 0]);
  assert.equal([ping?.rttNsMin, ping?.rttNsMean, ping?.rttNsMax], [MS, 3 * MS, 6 * MS]);
  assert.is(ping?.unansweredSinceNs, t);
  assert.is(report.sessions[0].pings?.ofTarget, undefined);
});

test.run();

// Pings, task management, rejects, messages and ends of connections: rows 7, 17 to 20, 30 and 32.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pdu } from '../support/build.js';
import { cdb10, Dialogue } from '../support/dialogue.js';
import { found, MS, S } from '../support/found.js';

/** Pings answered faster and slower, then one that is not; `busy`: data flows until the reset. */
function ping(waitNs: number, busy: boolean): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (const rtt of [MS, 100 * MS, 900 * MS]) t = d.nopOut(t, new Uint8Array(0), rtt) + S;
  const tag = d.nextTag();
  d.say('nop-out', { initiatorTaskTag: tag, immediate: 1 }, t);
  if (busy) for (let i = 1; i < 5; i++) d.read10(i * 8, 8, t + (waitNs * i) / 5);
  d.tcp.reset(t + waitNs, 'initiator');
  return d;
}

test('a ping without an answer: the target silent, or busy', () => {
  const [dead] = found([ping(5 * S, false)], 'ping-timeout');
  assert.match(dead.title, /the target was silent/);
  assert.match(dead.text, /had grown before: 1\.00 ms at best, at last .*900 ms/);
  assert.match(dead.text, /initiator then reset/);
  const [busy] = found([ping(5 * S, true)], 'ping-timeout');
  assert.match(busy.title, /busy, not dead/);
  assert.match(busy.text, /16 KiB of data/);
  assert.is(busy.values?.busy, true);
  assert.equal(found([ping(0.9 * S, false)], 'ping-timeout'), []);
});

test('a ping that waits at the end of the capture: as long as a timer, or not yet', () => {
  const ends = (ns: number): Dialogue => {
    const d = new Dialogue();
    const t = d.login(0) + MS;
    d.say('nop-out', { initiatorTaskTag: d.nextTag(), immediate: 1 }, t);
    d.tcp.ack('initiator', t + ns);
    return d;
  };
  assert.is(found([ends(6 * S)], 'ping-timeout')[0].severity, 'critical');
  assert.is(found([ends(3 * S)], 'ping-timeout')[0].severity, 'warning');
  assert.equal(found([ends(1.5 * S)], 'ping-timeout'), []);
});

test('a ping that takes a second, or a little less', () => {
  const slow = (ns: number): Dialogue => {
    const d = new Dialogue();
    d.nopOut(d.login(0) + MS, new Uint8Array(0), ns);
    return d;
  };
  assert.is(found([slow(S)], 'ping-slow').length, 1);
  assert.equal(found([slow(0.98 * S)], 'ping-slow'), []);
});

/** A ping of the target, and what the initiator says to it. */
function targetPing(answer: Record<string, string | number> | undefined, endNs = 4 * S): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const asked = { initiatorTaskTag: 0xffffffff, targetTransferTag: 0x55, lun: d.options.lun };
  d.say('nop-in', asked, t);
  const right = { ...asked, immediate: 1 };
  if (answer !== undefined) d.say('nop-out', { ...right, ...answer }, t + MS);
  d.read10(0, 8, t + endNs);
  return d;
}

test('a ping of the target: answered, not, or wrongly', () => {
  const [silent] = found([targetPing(undefined)], 'target-ping-unanswered');
  assert.match(silent.text, /it lives, and does not answer/);
  assert.equal(found([targetPing({})], 'target-ping-unanswered'), []);
  assert.equal(found([targetPing(undefined, 0.5 * S)], 'target-ping-unanswered'), []);
  const wrongs: Record<string, string | number>[] = [
    { targetTransferTag: 0x56 },
    { lun: '' },
    { initiatorTaskTag: 9 },
  ];
  for (const wrong of wrongs) {
    const findings = found([targetPing(wrong)], 'ping-echo-wrong');
    assert.is(findings.length, 1, JSON.stringify(wrong));
  }
  assert.equal(found([targetPing({})], 'ping-echo-wrong'), []);
});

/** Commands that wait, aborted after `ageNs`; answered with `response` or not at all. */
function aborts(n: number, ageNs: number, response: number | undefined, runNs = 5 * S): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  for (let i = 0; i < n; i++) {
    const at = t + i * 10 * MS;
    const { tag } = d.command(cdb10(0x28, i * 8, 8), at, { statusIn: 'none' });
    if (response !== undefined) d.taskManagement(1, tag, at + ageNs, response);
    else {
      const abort = { function: 1, referencedTaskTag: tag, immediate: 1, lun: d.options.lun };
      d.say('task-management-request', { ...abort, initiatorTaskTag: d.nextTag() }, at + ageNs);
    }
  }
  d.nopOut(t + ageNs + runNs);
  return d;
}

test('an abort tells the timer by the age of its command, and what the answer means', () => {
  const [done] = found([aborts(1, 30.2 * S, 0)], 'task-management');
  assert.match(done.text, /30\.2 s old, a timer of 30 s/);
  assert.is(done.severity, 'warning');
  const [gone] = found([aborts(1, 20 * S, 1)], 'task-management');
  assert.match(gone.text, /20\.0 s old\. /);
  assert.match(gone.text, /it never arrived, or its status was lost/);
  assert.equal(found([aborts(0, 20 * S, 1)], 'task-management'), []);
  const [silent] = found([aborts(1, 15 * S, undefined)], 'task-management-unanswered');
  assert.match(silent.text, /resets the logical unit/);
  assert.equal(found([aborts(1, 15 * S, undefined, S)], 'task-management-unanswered'), []);
  assert.equal(found([aborts(1, 15 * S, 0)], 'task-management-unanswered'), []);
});

test('ten aborts are a storm, nine are not', () => {
  const [storm] = found([aborts(10, 30 * S, 0)], 'abort-storm');
  assert.match(storm.text, /timer of 30 s/);
  assert.equal(found([aborts(9, 30 * S, 0)], 'abort-storm'), []);
});

test('commands aborted, and a quick one that is not', () => {
  assert.is(found([aborts(1, 30 * S, 0)], 'commands-aborted')[0].count, 1);
  assert.equal(found([aborts(1, 30 * S, 5)], 'commands-aborted'), []);
});

/** One command without an answer beside `others` that are answered. */
function stuck(others: number, counted: boolean, write = false): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  const what: Record<string, number | Uint8Array> = write
    ? { write: 1, expectedDataTransferLength: 4096, cdb: cdb10(0x2a, 0, 8) }
    : { read: 1, expectedDataTransferLength: 4096, cdb: cdb10(0x28, 0, 8) };
  const command = { initiatorTaskTag: tag, lun: d.options.lun, cmdSN: 1, ...what };
  const advance = counted ? 'cmdSN' : undefined;
  d.say('scsi-command', command, t, { advance });
  for (let i = 0; i < others; i++) {
    const at = t + (i + 1) * S;
    if (counted) d.read10(i * 8, 8, at);
    else {
      // Immediate commands do not need their turn: they are answered though 1 was not taken in.
      const one = d.nextTag();
      d.say('scsi-command', { initiatorTaskTag: one, immediate: 1, cmdSN: 2 }, at);
      const numbers = { expCmdSN: 1, maxCmdSN: 32 };
      d.say('scsi-response', { initiatorTaskTag: one, ...numbers }, at + MS, { advance: 'statSN' });
    }
  }
  return d;
}

test('one command without an answer while others have theirs, and who had it', () => {
  const [had] = found([stuck(4, true)], 'command-stuck');
  assert.match(had.text, /ExpCmdSN had passed it/);
  assert.is(had.values?.othersAnswered, 4);
  assert.equal(found([stuck(2, true)], 'command-stuck'), []);
  const [never] = found([stuck(4, false)], 'command-not-accepted');
  assert.match(never.text, /ExpCmdSN never passed it/);
  assert.equal(found([stuck(4, true)], 'command-not-accepted'), []);
  const [write] = found([stuck(4, true, true)], 'r2t-never-came');
  assert.match(write.text, /4 other commands/);
  assert.equal(found([stuck(4, true)], 'r2t-never-came'), []);
});

test('a target that answers all but the last and then dies is not stuck on that one', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const last = d.nextTag();
  const command = {
    initiatorTaskTag: last,
    lun: d.options.lun,
    read: 1,
    expectedDataTransferLength: 4096,
  };
  d.say('scsi-command', { ...command, cdb: cdb10(0x28, 0, 8) }, t, { advance: 'cmdSN' });
  for (let i = 0; i < 8; i++) d.read10(i * 8, 8, t + (i + 1) * MS);
  d.tcp.ack('initiator', t + 30 * S);
  assert.equal(found([d], 'command-stuck'), []);
  assert.is(found([d], 'commands-open')[0].severity, 'critical');
});

test('commands open at the end: for long, or just cut off', () => {
  const [old] = found([stuck(4, true)], 'commands-open');
  assert.is(old.severity, 'warning');
  const young = new Dialogue();
  const end = young.login(0) + MS;
  young.read10(0, 8, end, { statusIn: 'none' });
  assert.is(found([young], 'commands-open')[0].severity, 'note');
  const answered = new Dialogue();
  answered.read10(0, 8, answered.login(0) + MS);
  assert.equal(found([answered], 'commands-open'), []);
});

/** A Reject of a command, whose header has a reserved bit set or has not. */
function rejected(reason: number, bad: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  const fields = { initiatorTaskTag: tag, lun: d.options.lun, attr: bad ? 6 : 1, cmdSN: 1 };
  d.say('scsi-command', fields, t, { advance: 'cmdSN' });
  const data = pdu('scsi-command', fields);
  d.say('reject', { reason }, t + MS, { data, advance: 'statSN' });
  return d;
}

test('a reject points at its victim and at the field that offends', () => {
  const [field] = found([rejected(9, true)], 'reject');
  assert.match(field.text, /SCSI Command, task tag 0x[0-9a-f]{8}, CmdSN 1/);
  assert.match(field.text, /Offending: .*no such task attribute/);
  assert.is(field.values?.offendingByte, 1);
  assert.is(field.frames.length, 2, 'the command and its reject');
  assert.is(field.severity, 'critical');
  const [digest] = found([rejected(2, false)], 'reject');
  assert.is(digest.severity, 'warning');
  assert.not.match(digest.text, /Offending/);
  assert.is(found([rejected(9, true)], 'commands-rejected').length, 1);
  assert.equal(found([stuck(4, true)], 'reject'), []);
});

/** A connection closed with commands open or not, after something that says why. */
function lost(open: boolean, before: 'async' | 'ping' | 'nothing', logout = false): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  if (open) d.read10(8, 8, t + 10 * MS, { statusIn: 'none' });
  if (before === 'async')
    d.say('async-message', { asyncEvent: 3 }, t + 20 * MS, { advance: 'statSN' });
  if (before === 'ping')
    d.say('nop-out', { initiatorTaskTag: d.nextTag(), immediate: 1 }, t + 20 * MS);
  if (logout) d.logout(t + 30 * MS);
  d.tcp.close(t + 6 * S, 'target');
  return d;
}

test('who closed a connection, and what had come before', () => {
  const [async] = found([lost(true, 'async')], 'connection-lost');
  assert.match(async.title, /closed by the target/);
  assert.match(async.text, /1 command open/);
  assert.match(async.text, /had announced it: Session Drop Notification/);
  assert.match(async.text, /Last PDUs: initiator SCSI Command/);
  assert.is(async.severity, 'critical');
  const [ping] = found([lost(false, 'ping')], 'connection-lost');
  assert.match(ping.text, /A ping \(frame \d+\) had waited/);
  const [idle] = found([lost(false, 'nothing')], 'connection-lost');
  assert.match(idle.text, /idle for 6\.00 s/);
  assert.is(idle.severity, 'warning');
  assert.equal(found([lost(false, 'nothing', true)], 'connection-lost'), []);
  assert.is(found([lost(true, 'nothing')], 'commands-lost')[0].count, 1);
  assert.equal(found([lost(false, 'nothing')], 'commands-lost'), []);
});

test('an asynchronous message and a SNACK are told, a quiet session has neither', () => {
  assert.match(found([lost(true, 'async')], 'async-message')[0].title, /Session Drop/);
  assert.equal(found([lost(true, 'ping')], 'async-message'), []);
  const snack = new Dialogue();
  snack.say('snack-request', { type: 1, begRun: 2, runLength: 1 }, snack.login(0) + MS);
  assert.is(found([snack], 'snack').length, 1);
  assert.equal(found([lost(true, 'async')], 'snack'), []);
});

test.run();

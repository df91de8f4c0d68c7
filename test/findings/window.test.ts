// The command window, CmdSN and StatSN: rows 1 to 4 of the field guide's table.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dialogue } from '../support/dialogue.js';
import { found, MS, S } from '../support/found.js';

/** A response whose window is closed, and one that opens it `closedNs` later. */
function closed(closedNs: number): Dialogue {
  const d = new Dialogue();
  d.window = 1;
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  d.say('scsi-command', { initiatorTaskTag: tag, lun: d.options.lun }, t, { advance: 'cmdSN' });
  const numbers = { initiatorTaskTag: tag, expCmdSN: 2, maxCmdSN: 1 };
  d.say('scsi-response', numbers, t + MS, { advance: 'statSN' });
  const open = { initiatorTaskTag: 0xffffffff, targetTransferTag: 0xffffffff };
  d.say('nop-in', open, t + MS + closedNs);
  d.read10(8, 8, t + 2 * MS + closedNs);
  return d;
}

test('a window that the target closed for 10 ms, or for a little less', () => {
  const [finding] = found([closed(12 * MS)], 'command-window-closed');
  assert.match(finding.text, /1 time, 12\.0 ms at most/);
  assert.is(finding.values?.closedNsMax, 12 * MS);
  assert.ok(finding.proof.some(({ field, byte }) => field === 'maxCmdSN' && byte === 32));
  assert.equal(found([closed(9 * MS)], 'command-window-closed'), []);
});

/** One command `by` beyond the window; answered or not. */
function beyond(by: number, answered: boolean): Dialogue {
  const d = new Dialogue();
  d.window = 8;
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  const cmdSN = d.cmdSN + 7 + by;
  d.say('scsi-command', { initiatorTaskTag: tag, lun: d.options.lun, cmdSN }, t);
  if (answered) d.say('scsi-response', { initiatorTaskTag: tag }, t + MS, { advance: 'statSN' });
  for (let i = 0; i < 4; i++) d.read10(i * 8, 8, t + (i + 2) * S);
  return d;
}

test('a command beyond the window that nobody answers, and one that is answered all the same', () => {
  const [finding] = found([beyond(1, false)], 'command-ignored');
  assert.is(finding.severity, 'critical');
  assert.is(finding.frames.length, 1);
  assert.equal(found([beyond(1, true)], 'command-ignored'), []);
  assert.is(found([beyond(1, true)], 'cmdsn-outside-window').length, 1);
  assert.equal(found([beyond(1, false)], 'cmdsn-outside-window'), []);
  assert.equal(found([beyond(0, true)], 'cmdsn-outside-window'), []);
});

/** A CmdSN is left out; the target's pings tell the same ExpCmdSN for `stuckNs`. */
function hole(stuckNs: number, filled: boolean): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  t = d.read10(0, 8, t).statusNs + MS;
  const missing = 2; // the read before it was 1
  for (let i = 0; i < 3; i++) {
    const command = { initiatorTaskTag: d.nextTag(), lun: d.options.lun, cmdSN: missing + 1 + i };
    d.say('scsi-command', command, t + i * MS);
  }
  const ping = { initiatorTaskTag: 0xffffffff, targetTransferTag: 0xffffffff };
  for (let i = 1; i <= 3; i++) {
    const window = { expCmdSN: missing, maxCmdSN: missing + 31 };
    d.say('nop-in', { ...ping, ...window }, t + (stuckNs * i) / 3);
  }
  const late = { initiatorTaskTag: d.nextTag(), lun: d.options.lun, cmdSN: missing };
  if (filled) d.say('scsi-command', late, t + 20 * MS);
  const after = { ...ping, expCmdSN: filled ? missing + 4 : missing, maxCmdSN: missing + 31 };
  d.say('nop-in', after, t + (filled ? 30 * MS : stuckNs + MS));
  return d;
}

test('a CmdSN that never comes holds up what is behind it, unless it comes after all', () => {
  const [finding] = found([hole(3 * S, false)], 'cmdsn-hole-stuck');
  assert.match(finding.title, /CmdSN 2 never came/);
  assert.match(finding.text, /with 3 commands waiting/);
  assert.is(found([hole(3 * S, false)], 'cmdsn-hole').length, 1);
  assert.equal(found([hole(20 * MS, true)], 'cmdsn-hole-stuck'), []);
  assert.equal(found([hole(0.5 * S, false)], 'cmdsn-hole-stuck'), []);
});

/** Commands that are on the wire, and an ExpCmdSN that does not count them while others are answered. */
function deaf(saidNs: number): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  t = d.read10(0, 8, t).statusNs + MS;
  for (let i = 0; i < 2; i++) {
    const command = { initiatorTaskTag: d.nextTag(), lun: d.options.lun, cmdSN: 2 + i };
    d.say('scsi-command', command, t + i * MS);
  }
  const ping = { initiatorTaskTag: 0xffffffff, targetTransferTag: 0xffffffff };
  for (let i = 1; i <= 3; i++) {
    d.say('nop-in', { ...ping, expCmdSN: 2, maxCmdSN: 33 }, t + (saidNs * i) / 3);
  }
  d.say('nop-in', { ...ping, expCmdSN: 4, maxCmdSN: 33 }, t + saidNs + MS);
  return d;
}

test('a target that takes in no command for a second while it speaks', () => {
  const [finding] = found([deaf(1.5 * S)], 'expcmdsn-stuck');
  assert.match(finding.title, /took in no command for 1\.50 s/);
  assert.equal(found([deaf(0.9 * S)], 'expcmdsn-stuck'), []);
});

/** Reads whose commands say the ExpStatSN of the first, or the right one. */
function lagging(commands: number, lags: boolean): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  const first = 2; // the login's was 1
  for (let i = 0; i < commands; i++) {
    const tag = d.nextTag();
    const said: Record<string, number> = lags ? { expStatSN: first } : {};
    const command = { initiatorTaskTag: tag, lun: d.options.lun, ...said };
    d.say('scsi-command', command, t, { advance: 'cmdSN' });
    d.say('scsi-response', { initiatorTaskTag: tag }, t + MS, { advance: 'statSN' });
    t += 2 * MS;
  }
  return d;
}

test('an initiator that acknowledges no statuses', () => {
  const [finding] = found([lagging(40, true)], 'expstatsn-lag');
  assert.match(finding.title, /40 statuses not acknowledged/);
  assert.equal(found([lagging(40, false)], 'expstatsn-lag'), []);
  assert.equal(found([lagging(30, true)], 'expstatsn-lag'), []);
});

test.run();

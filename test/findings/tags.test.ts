// Tags, windows and logins that break the protocol, each beside what comes near and does not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Outcome } from '../../src/scsi/task.js';
import { captureBlocks } from '../../src/view/capture-view.js';
import type { Block } from '../../src/view/cells.js';
import { type BuiltPacket, senseData } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, MS, S, told } from '../support/found.js';
import { firstLines, reportOf } from '../support/report.js';
import { run } from '../support/run.js';
import { sharedCapture } from '../support/shared.js';

/** What a line of the report says. */
function blockText(block: Block): string {
  return 'items' in block ? block.items.map((item) => item.text).join(' · ') : '';
}

/** A read, then a response whose tag is `offset` from one that is open. */
function answered(offset: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  const tag = d.nextTag();
  d.say('scsi-command', { initiatorTaskTag: tag, lun: d.options.lun }, t + MS, {
    advance: 'cmdSN',
  });
  const response = { initiatorTaskTag: tag + offset };
  d.say('scsi-response', response, t + 2 * MS, { advance: 'statSN' });
  d.tcp.reset(t + 5 * S, 'initiator');
  return d;
}

test('an answer to a tag of no command, and to one of a command', () => {
  const [finding] = found([answered(0x1000)], 'answer-without-command');
  assert.is(finding.owes, 'target');
  assert.is(finding.count, 1);
  assert.equal(found([answered(0)], 'answer-without-command'), []);
});

test('cases/c29: three answers of no command are the target’s, and nothing is called missing', async () => {
  const report = await reportOf(sharedCapture('cases/c29-bad-tags.pcap'));
  const [finding] = told(report, 'answer-without-command');
  assert.is(finding.count, 3);
  assert.is(finding.frames.length, 3);
  assert.match(
    firstLines(report)[0],
    /^critical +3 times: the target answered a task tag of no open/,
  );
  const { text } = report.incidents[0];
  assert.match(text, /led to:.*reset by the initiator/);
  const commands = captureBlocks(report).map(blockText).join(' ');
  assert.match(commands, /3 answers to tags of no command/);
  assert.not.match(commands, /begun before or outside/);
});

test('answers of commands from before the capture are that, and no tags of no command', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  for (let i = 0; i < 4; i++) d.read10(i, 8, t + i * MS);
  const all = [...d.tcp.captured()];
  const first = all.findIndex(({ timeNs }) => timeNs > t);
  const { report } = run(all.slice(first));
  assert.equal(told(report, 'answer-without-command'), []);
  const commands = captureBlocks(report).map(blockText).join(' ');
  assert.match(commands, /1 more begun before or outside the capture/);
  assert.not.match(commands, /tags of no command/);
});

/** Two reads of one tag, the second before or after the first was answered. */
function twice(open: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const tag = d.nextTag();
  const cdb = (lba: number) => Uint8Array.of(0x28, 0, 0, 0, 0, lba, 0, 0, 1, 0);
  const read = { initiatorTaskTag: tag, lun: d.options.lun, read: 1, final: 1 };
  const ask = (lba: number, atNs: number) =>
    d.say('scsi-command', { ...read, cdb: cdb(lba), expectedDataTransferLength: 512 }, atNs, {
      advance: 'cmdSN',
    });
  const answer = (atNs: number) => {
    const data = { initiatorTaskTag: tag, final: 1, statusPresent: 1 };
    d.say('data-in', data, atNs, { data: new Uint8Array(512), advance: 'statSN' });
  };
  ask(1, t);
  if (!open) answer(t + MS);
  ask(2, t + 2 * MS);
  if (open) answer(t + 3 * MS);
  answer(t + 4 * MS);
  return d;
}

test('a task tag used while it is in use, and one used again after its answer', () => {
  const [finding] = found([twice(true)], 'tag-in-use');
  assert.is(finding.owes, 'initiator');
  assert.equal(found([twice(false)], 'tag-in-use'), []);
});

/** Reads of 1 and 2 blocks with one tag, answered in this order; `cut`: the first answer is not captured. */
function twins(order: readonly number[], cut: boolean): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const initiatorTaskTag = d.nextTag();
  for (const blocks of [1, 2]) {
    const cdb = Uint8Array.of(0x28, 0, 0, 0, 0, blocks, 0, 0, blocks, 0);
    const fields = { initiatorTaskTag, lun: d.options.lun, read: 1, final: 1, cdb };
    const length = { expectedDataTransferLength: blocks * 512 };
    d.say('scsi-command', { ...fields, ...length }, t + blocks * MS, { advance: 'cmdSN' });
  }
  order.forEach((blocks, i) => {
    const data = { initiatorTaskTag, final: 1, statusPresent: 1 };
    const bytes = new Uint8Array(blocks * 512);
    d.say('data-in', data, t + (5 + i) * MS, { data: bytes, advance: 'statSN' });
  });
  d.read10(0, 1, t + 20 * MS);
  const packets = [...d.tcp.captured()];
  const first = packets.findIndex(({ timeNs }) => timeNs >= t + 5 * MS);
  return cut ? packets.filter((_, i) => i !== first) : packets;
}

test('two commands of one tag: each has its own answer, in either order', () => {
  for (const order of [
    [1, 2],
    [2, 1],
  ]) {
    const ends: number[][] = [];
    const { report } = run(twins(order, false), (task) => {
      ends.push([task.expectedLength, task.dataInBytes, task.outcome]);
    });
    assert.is(told(report, 'tag-in-use').length, 1);
    const asked = order.map((blocks) => blocks * 512);
    assert.equal(
      ends,
      [...asked, 512].map((length) => [length, length, Outcome.good]),
    );
    for (const id of ['status-not-captured', 'residual-mismatch', 'answer-without-command']) {
      assert.equal(told(report, id), [], id);
    }
  }
  // Where bytes are missing, the older one's answer may have been among them.
  assert.equal(told(run(twins([1, 2], true)).report, 'answer-without-command'), []);
});

test('cases/c32: both commands are answered, and nothing is called missing', async () => {
  const report = await reportOf(sharedCapture('cases/c32-duplicate-itt.pcap'));
  const { commandCount, completed, statusNotCaptured } = report.totals;
  assert.equal([commandCount, completed, statusNotCaptured], [10, 10, 0]);
  assert.match(firstLines(report)[0], /^critical +The initiator used a task tag again/);
  assert.is(told(report, 'tag-in-use').length, 1);
  assert.equal(told(report, 'residual-mismatch'), []);
});

/** The target's MaxCmdSN `below` ExpCmdSN. */
function window(below: number): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  const tag = d.nextTag();
  d.say('scsi-command', { initiatorTaskTag: tag, lun: d.options.lun }, t + MS, {
    advance: 'cmdSN',
  });
  const { cmdSN } = d;
  const numbers = { expCmdSN: cmdSN, maxCmdSN: cmdSN - below, initiatorTaskTag: tag };
  d.say('scsi-response', numbers, t + 2 * MS, { advance: 'statSN' });
  return d;
}

test('a MaxCmdSN that the rule ignores closes nothing; one below ExpCmdSN does', () => {
  const [finding] = found([window(40)], 'maxcmdsn-too-low');
  assert.match(finding.text, /both ignored/);
  assert.equal(found([window(40)], 'command-window-closed'), []);
  assert.equal(found([window(1)], 'maxcmdsn-too-low'), []);
});

/** A login of two steps whose second one says `again`; then the target answers, or closes. */
function login(again: readonly (readonly [string, string])[], answers: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.tcp.connect(0) + 100_000;
  const names = [
    ['InitiatorName', 'iqn.2001-04.com.example:host1'],
    ['TargetName', 'iqn.2001-04.com.example:disk1'],
  ] as const;
  const none = [['AuthMethod', 'None']] as const;
  d.loginStep(t, { csg: 0, nsg: 1, offered: [...names, ...none], answered: none });
  if (answers) d.loginStep(t + MS, { csg: 1, nsg: 3, offered: again, answered: [] });
  else {
    const stage = { csg: 1, nsg: 3, transit: 1, isid: d.options.isid, initiatorTaskTag: 1 };
    d.say('login-request', stage, t + MS, { data: again });
    d.tcp.close(t + 2 * MS, 'target');
  }
  return d;
}

test('keys said twice: the end of the login where the target then closes, else good to know', () => {
  const again = [['InitiatorName', 'iqn.2001-04.com.example:host1']] as const;
  const other = [['HeaderDigest', 'None']] as const;
  const [refused] = found([login(again, false)], 'repeated-key-refused');
  assert.match(refused.title, /The initiator sent InitiatorName twice in one login/);
  assert.is(found([login(again, true)], 'key-said-twice')[0].severity, 'note');
  assert.equal(found([login(again, true)], 'repeated-key-refused'), []);
  assert.equal(found([login(other, false)], 'repeated-key-refused'), []);
  assert.equal(found([login(other, true)], 'key-said-twice'), []);
});

/** The target answers the only step without T, or with it; a Text Request follows. */
function early(transit: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.tcp.connect(0) + 100_000;
  const offered = [
    ['InitiatorName', 'iqn.2001-04.com.example:host1'],
    ['SessionType', 'Discovery'],
  ] as const;
  const stage = { csg: 1, nsg: 3, isid: d.options.isid, initiatorTaskTag: 1 };
  d.say('login-request', { ...stage, transit: 1 }, t, { data: offered });
  const answer = { ...stage, transit: transit ? 1 : 0, nsg: transit ? 3 : 0, tsih: 1 };
  d.say('login-response', answer, t + MS, { advance: 'statSN' });
  const request = { initiatorTaskTag: 2, final: 1, immediate: 1 };
  d.say('text-request', request, t + 2 * MS, { data: [['SendTargets', 'All']] });
  d.tcp.reset(t + 3 * MS, 'target');
  return d;
}

test('a Text Request in a login that the target has not ended', () => {
  const [finding] = found([early(false)], 'login-not-ended');
  assert.match(finding.title, /sent a Text Request although the login had not ended/);
  assert.is(finding.severity, 'critical');
  assert.equal(found([early(true)], 'login-not-ended'), []);
});

test('Data-Out of no command is a note, of a command nothing', () => {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const data = { initiatorTaskTag: 0x77, targetTransferTag: 9, final: 1 };
  d.say('data-out', data, t, { data: new Uint8Array(512) });
  assert.is(found([d], 'data-without-command')[0]?.severity, 'note');
  const fine = new Dialogue();
  fine.write10(0, 8, fine.login(0) + MS);
  assert.equal(found([fine], 'data-without-command'), []);
});

/** A write of 512 bytes: its data sent with it, or not; the status tells an underflow, or nothing. */
function write(sent: boolean, underflow: boolean): Dialogue {
  const d = new Dialogue();
  const keys = [
    ['InitialR2T', 'Yes'],
    ['ImmediateData', 'No'],
  ] as const;
  const t = d.login(0, keys, keys) + MS;
  if (sent) {
    d.write10(0, 1, t);
    return d;
  }
  const initiatorTaskTag = d.nextTag();
  const cdb = Uint8Array.of(0x2a, 0, 0, 0, 0, 8, 0, 0, 1, 0);
  const fields = { initiatorTaskTag, lun: d.options.lun, write: 1, final: 1, cdb };
  const length = { expectedDataTransferLength: 512 };
  d.say('scsi-command', { ...fields, ...length }, t, { advance: 'cmdSN' });
  const left: Record<string, number> = underflow
    ? { residualUnderflow: 1, residualCount: 512 }
    : {};
  d.say('scsi-response', { initiatorTaskTag, ...left }, t + MS, { advance: 'statSN' });
  return d;
}

test('a write told good that moved no byte, one that says so, and one that wrote', () => {
  const [finding] = found([write(false, false)], 'write-without-data');
  assert.is(finding.severity, 'critical');
  assert.is(finding.owes, 'target');
  assert.match(
    finding.text,
    /never asked for the data by R2T\. InitialR2T=Yes and ImmediateData=No/,
  );
  assert.equal(found([write(false, true)], 'write-without-data'), []);
  assert.equal(found([write(true, false)], 'write-without-data'), []);
});

/** A read that ends with NO SENSE after `moved` of 1,024 bytes, with an underflow of the rest or not. */
function short(moved: number, told: boolean): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const initiatorTaskTag = d.nextTag();
  const cdb = Uint8Array.of(8, 0, 0, 4, 0, 0);
  const fields = { initiatorTaskTag, lun: d.options.lun, read: 1, final: 1, cdb };
  const length = { expectedDataTransferLength: 1024 };
  d.say('scsi-command', { ...fields, ...length }, t, { advance: 'cmdSN' });
  if (moved > 0) {
    const data = { initiatorTaskTag, final: 1 };
    d.say('data-in', data, t + MS, { data: new Uint8Array(moved) });
  }
  const left: Record<string, number> = told
    ? { residualUnderflow: 1, residualCount: 1024 - moved }
    : {};
  const sense = Uint8Array.of(0x70, 0, 0x20, 0, 0, 2, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const data = senseData(sense);
  d.say('scsi-response', { initiatorTaskTag, status: 2, ...left }, t + 2 * MS, {
    data,
    advance: 'statSN',
  });
  return d;
}

test('NO SENSE with data that does not add up, and a short block that does', () => {
  assert.is(found([short(0, false)], 'sense-without-data').length, 1);
  assert.equal(found([short(512, true)], 'sense-without-data'), []);
});

test.run();

// Task management, Reject, pings, async messages, SNACK, LUN facts: linked to what they are about.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pdu } from '../../../support/build.js';
import { concat } from '../../../support/octets.js';
import { cdb10, Driver, dataIn, LUN0, login, MS, read10, response, WINDOW } from '../../driver.js';

const LUN1 = '0001000000000000';

function loggedIn(): Driver {
  const d = new Driver();
  login(d);
  return d;
}

function manage(
  d: Driver,
  fn: number,
  referencedTaskTag: number,
  o: { response?: number; lun?: string; order?: 'answer later' } = {},
): void {
  const tag = { initiatorTaskTag: 70, immediate: 1 };
  const request = { ...tag, function: fn, referencedTaskTag, lun: o.lun ?? LUN0 };
  d.send('task-management-request', { ...request, cmdSN: 9, expStatSN: 2 });
  if (o.order !== undefined) return;
  answer(d, o.response ?? 0);
}

function answer(d: Driver, code: number): void {
  const fields = { initiatorTaskTag: 70, response: code, statSN: 2, ...WINDOW };
  d.send('task-management-response', fields);
}

/** Tags 1 and 2 on LUN 0, tag 3 on LUN 1. */
function threeOpen(): Driver {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  read10(d, 2, 2, 2);
  read10(d, 3, 3, 2, { lun: LUN1 });
  return d;
}

test('ABORT TASK ends its victim when it is complete', () => {
  const d = threeOpen();
  const ageNs = d.nowNs + MS - MS * 3;
  manage(d, 1, 1);
  assert.equal(d.outcomes(), ['1 aborted']);
  assert.is(d.tasks[0].endNs, d.nowNs);
  assert.is(d.tasks[0].statusNs, -1);
  const event = d.sessions[0].events.find((e) => e.kind === 'task management');
  assert.is(event?.fields.referencedTaskOpen, true);
  assert.is(event?.fields.commandFrame, 3);
  assert.ok(Number(event?.fields.ageNs) > 0 && ageNs > 0);
  assert.is(event?.fields.response, 0);
  assert.is(event?.fields.tasksEnded, 1);
  assert.is(event?.endFrame, d.frame);
});

test('ABORT TASK that finds no task, or is refused, ends nothing', () => {
  for (const code of [1, 5, 6, 255]) {
    const d = threeOpen();
    manage(d, 1, 1, { response: code });
    assert.equal(d.outcomes(), [], `response ${code}`);
  }
});

test('functions on a LUN, on the target, and on none', () => {
  const expected: [number, string[]][] = [
    [2, ['1 aborted', '2 aborted']],
    [3, []],
    [4, ['1 aborted', '2 aborted']],
    [5, ['1 aborted', '2 aborted']],
    [6, ['1 aborted', '2 aborted', '3 aborted']],
    [7, ['1 aborted', '2 aborted', '3 aborted']],
    [9, []],
    [11, ['1 aborted', '2 aborted', '3 aborted']],
  ];
  for (const [fn, outcomes] of expected) {
    const d = threeOpen();
    manage(d, fn, 0xffffffff);
    assert.equal(d.outcomes(), outcomes, `function ${fn}`);
  }
});

test('commands that came after the request are no victims', () => {
  const d = threeOpen();
  manage(d, 5, 0xffffffff, { order: 'answer later' });
  read10(d, 4, 4, 2);
  response(d, 1, 2);
  d.send('task-management-response', { initiatorTaskTag: 70, statSN: 3, ...WINDOW });
  assert.equal(d.outcomes(), ['1 good', '2 aborted']);
  assert.is(d.stage.iscsi.isOpen(0, 4), true);
});

test('data of an aborted task that comes late is no new task', () => {
  const d = threeOpen();
  manage(d, 1, 1);
  dataIn(d, 1, 4096, { statSN: 3 });
  assert.equal(d.outcomes(), ['1 aborted']);
});

test('the answer to a request nobody saw is listed', () => {
  const d = loggedIn();
  answer(d, 0);
  const event = d.sessions[0].events.find((e) => e.kind === 'task management');
  assert.is(event?.fields.requestCaptured, false);
});

/** A Reject of a PDU. */
function reject(d: Driver, bad: Uint8Array, bytes = 48): void {
  const fields = { reason: 4, statSN: 2, ...WINDOW };
  d.send('reject', fields, { data: bad.slice(0, bytes) });
}

test('the reject of a command ends it', () => {
  const d = threeOpen();
  reject(d, pdu('scsi-command', { initiatorTaskTag: 2, cmdSN: 2, cdb: cdb10(0x28, 0, 8) }));
  assert.equal(d.outcomes(), ['2 rejected']);
  const event = d.sessions[0].events.find((e) => e.kind === 'reject');
  assert.equal(event?.fields, {
    reason: 4,
    rejectedOpcode: 1,
    initiatorTaskTag: 2,
    commandFrame: 4,
  });
});

test('rejects of other PDUs, of other commands, and cut ones end nothing', () => {
  const d = threeOpen();
  reject(d, pdu('data-out', { initiatorTaskTag: 2 }));
  reject(d, pdu('scsi-command', { initiatorTaskTag: 2, cmdSN: 99 }));
  reject(d, pdu('scsi-command', { initiatorTaskTag: 2, cmdSN: 2 }), 12);
  assert.equal(d.outcomes(), []);
  assert.is(d.sessions[0].events.filter((e) => e.kind === 'reject').length, 3);
});

test('pings of both sides, with their round trips', () => {
  const d = loggedIn();
  const out = { cmdSN: 1, expStatSN: 2, immediate: 1 };
  const none = { initiatorTaskTag: 0xffffffff };
  d.send('nop-out', { ...out, initiatorTaskTag: 5 });
  d.send('nop-in', { initiatorTaskTag: 5, statSN: 2, ...WINDOW });
  d.send('nop-in', { ...none, targetTransferTag: 77, statSN: 3, ...WINDOW });
  const at = d.nowNs + 7 * MS;
  d.send('nop-out', { ...out, ...none, targetTransferTag: 77 }, { atNs: at });
  d.send('nop-in', { ...none, statSN: 3, ...WINDOW });
  d.send('nop-out', { ...out, initiatorTaskTag: 6 });
  d.finish();
  const { nopOut, nopIn } = d.sessions[0];
  assert.is(nopOut.sent, 2);
  assert.is(nopOut.answered, 1);
  assert.is(nopOut.rttNsMin, MS);
  assert.is(nopOut.unanswered, 1);
  assert.is(nopOut.unansweredSinceNs, d.nowNs);
  assert.is(nopIn.sent, 1);
  assert.is(nopIn.answered, 1);
  assert.is(nopIn.oneWay, 1);
  assert.is(nopIn.rttNsMax, 7 * MS);
  assert.is(nopIn.unanswered, 0);
  const unanswered = d.sessions[0].events.filter((e) => e.kind === 'nop');
  assert.equal(
    unanswered.map((e) => e.fields.tag),
    [6],
  );
  assert.is(d.problems.kept.length, 0);
});

test('async messages and SNACKs are listed with their fields', () => {
  const d = loggedIn();
  const drop = { asyncEvent: 2, parameter1: 1, parameter2: 2, parameter3: 20 };
  d.send('async-message', { ...drop, statSN: 2, ...WINDOW });
  d.send('snack-request', { type: 1, initiatorTaskTag: 3, begRun: 4, runLength: 5, expStatSN: 2 });
  const [, message, snack] = d.sessions[0].events;
  assert.is(message.kind, 'async message');
  assert.is(message.fields.asyncEvent, 2);
  assert.is(message.fields.parameter3, 20);
  assert.is(snack.kind, 'SNACK');
  assert.is(snack.fields.begRun, 4);
});

test('the list of events is bounded', () => {
  const d = loggedIn();
  for (let i = 0; i < 2000; i++)
    d.send('async-message', { asyncEvent: 1, statSN: 2 + i, ...WINDOW });
  const [s] = d.sessions;
  assert.is(s.events.length, 1024);
  assert.is(s.eventsDropped, 2001 - 1024);
});

/** A control command, and its data with status. */
function control(d: Driver, n: number, cdb: Uint8Array, data: Uint8Array, lun = LUN1): void {
  const command = { read: 1, lun, initiatorTaskTag: n, cmdSN: n, expStatSN: n + 1, cdb };
  d.send('scsi-command', { ...command, expectedDataTransferLength: 4096 });
  const status = { statusPresent: 1, statSN: n + 1, ...WINDOW };
  d.send('data-in', { initiatorTaskTag: n, ...status }, { data });
}

function ascii(text: string, length: number): Uint8Array {
  return new TextEncoder().encode(text.padEnd(length));
}

test('INQUIRY, its pages and READ CAPACITY tell what a LUN is', () => {
  const d = loggedIn();
  const standard = concat(
    Uint8Array.of(0x01, 0x80, 5, 2, 31, 0, 0, 0),
    ascii('EXAMPLE', 8),
    ascii('Tape', 16),
    ascii('1.0', 4),
  );
  control(d, 1, Uint8Array.of(0x12, 0, 0, 0, 36), standard);
  const serial = concat(Uint8Array.of(0x01, 0x80, 0, 4), ascii('S123', 4));
  control(d, 2, Uint8Array.of(0x12, 1, 0x80), serial);
  const naa = Uint8Array.of(0x60, 1, 2, 3, 4, 5, 6, 7);
  const t10 = concat(Uint8Array.of(0x02, 0x01, 0, 4), ascii('EXAM', 4));
  const port = Uint8Array.of(0x51, 0x94, 0, 4, 0, 0, 0, 1);
  const own = concat(Uint8Array.of(0x01, 0x03, 0, 8), naa);
  const page = concat(
    Uint8Array.of(0x01, 0x83, 0, port.length + own.length + t10.length),
    port,
    own,
    t10,
  );
  control(d, 3, Uint8Array.of(0x12, 1, 0x83), page);
  control(d, 4, cdb10(0x25, 0, 0), Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 2, 0));
  const lun = d.sessions[0].luns.get(LUN1);
  assert.is(lun?.deviceType, 1);
  assert.is(lun?.vendor, 'EXAMPLE');
  assert.is(lun?.product, 'Tape');
  assert.is(lun?.revision, '1.0');
  assert.is(lun?.serial, 'S123');
  assert.equal(lun?.designators, [
    { association: 0, type: 3, text: 'naa.6001020304050607' },
    { association: 0, type: 1, text: 't10.EXAM' },
    { association: 1, type: 4, text: '00000001' },
  ]);
  assert.is(lun?.blockLength, 512);
  assert.is(lun?.blocks, '65536');
  assert.is(lun?.commands, 4);
  assert.is(lun?.frame, 4);
  // The device type is known to the commands that follow.
  assert.is(d.tasks[0].deviceType, -1);
  assert.is(d.tasks[1].deviceType, 1);
});

test('READ CAPACITY(16) and REPORT LUNS', () => {
  const d = loggedIn();
  const cdb = new Uint8Array(16);
  cdb.set([0x9e, 0x10]);
  const big = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x10, 0);
  control(d, 1, cdb, big);
  const lun = d.sessions[0].luns.get(LUN1);
  assert.is(lun?.blocks, '4294967297');
  assert.is(lun?.blockLength, 4096);
  const list = new Uint8Array(8 + 16);
  list[3] = 16;
  list[9] = 1;
  control(d, 2, Uint8Array.of(0xa0), list);
  assert.equal(d.sessions[0].reportedLuns, [LUN1, LUN0]);
});

test('cut data teaches what it holds, and nothing else', () => {
  const page = concat(Uint8Array.of(0, 0x83, 0, 12, 1, 3, 0, 8), new Uint8Array(8).fill(0x60));
  for (let length = 0; length <= page.length; length++) {
    const d = loggedIn();
    control(d, 1, Uint8Array.of(0x12, 1, 0x83), page.slice(0, length));
    const found = d.sessions[0].luns.get(LUN1)?.designators.length ?? 0;
    assert.is(found, length === page.length ? 1 : 0, `${length} bytes`);
  }
});

test.run();

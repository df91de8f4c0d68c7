// SCSI tasks from their PDUs: fields, phases, every outcome, tags used again.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Outcome } from '../../../src/scsi/task.js';
import { operationName } from '../../../src/wire/scsi/operations.js';
import { bidirectionalRead, extendedCdb, senseData } from '../../support/build.js';
import { fixedSense } from '../../support/dialogue.js';
import { concat } from '../../support/octets.js';
import {
  Driver,
  dataIn,
  LUN0,
  login,
  MS,
  type Pairs,
  read10,
  response,
  WINDOW,
  write10,
} from '../driver.js';

function loggedIn(): Driver {
  const d = new Driver();
  login(d);
  return d;
}

test('a read with status in its last Data-In', () => {
  const d = loggedIn();
  read10(d, 7, 1, 2, { atNs: 10 * MS, forNs: 10, blocks: 16, lba: 99 });
  dataIn(d, 7, 4096, { atNs: 11 * MS, forNs: 100, final: false });
  dataIn(d, 7, 4096, { atNs: 12 * MS, forNs: 200, dataSN: 1, offset: 4096, statSN: 2 });
  const [t] = d.tasks;
  assert.is(d.tasks.length, 1);
  assert.is(t.outcome, Outcome.good);
  assert.is(t.commandSeen, true);
  assert.is(t.opcode, 0x28);
  assert.is(t.lbaKnown, true);
  assert.is(t.lbaLow, 99);
  assert.is(t.blocks, 16);
  assert.is(t.reads, true);
  assert.is(t.writes, false);
  assert.is(t.attribute, 1);
  assert.is(t.expectedLength, 8192);
  assert.is(t.dataInBytes, 8192);
  assert.is(t.dataInPdus, 2);
  assert.is(t.commandNs, 10 * MS);
  assert.is(t.commandEndNs, 10 * MS + 10);
  assert.is(t.firstDataInNs, 11 * MS);
  assert.is(t.lastDataInNs, 12 * MS + 200);
  assert.is(t.statusNs, 12 * MS + 200);
  assert.is(t.endNs, 12 * MS + 200);
  assert.is(t.status, 0);
  assert.is(t.statusBound, false);
  assert.is(d.problems.kept.length, 0);
});

test('a write with immediate, unsolicited and solicited data', () => {
  const d = new Driver();
  const agreed: Pairs = [
    ['InitialR2T', 'No'],
    ['MaxOutstandingR2T', '2'],
  ];
  login(d, { offer: agreed, answer: agreed });
  write10(d, 5, 1, 2, { blocks: 32, data: new Uint8Array(4096), final: false });
  const out = { initiatorTaskTag: 5, expStatSN: 2, lun: LUN0 };
  const data = { data: new Uint8Array(4096) };
  d.send('data-out', { ...out, targetTransferTag: 0xffffffff, bufferOffset: 4096 }, data);
  const r2t = { initiatorTaskTag: 5, statSN: 2, lun: LUN0, ...WINDOW };
  const ask = (n: number, at: number) =>
    d.send('r2t', {
      ...r2t,
      targetTransferTag: 100 + n,
      r2tSN: n,
      bufferOffset: at,
      desiredDataTransferLength: 4096,
    });
  ask(0, 8192);
  ask(1, 12_288);
  const r2tNs = d.nowNs;
  d.send('data-out', { ...out, targetTransferTag: 100, bufferOffset: 8192 }, data);
  d.send('data-out', { ...out, targetTransferTag: 101, bufferOffset: 12_288 }, data);
  const lastNs = d.nowNs;
  response(d, 5, 2);
  const [t] = d.tasks;
  assert.is(t.outcome, Outcome.good);
  assert.is(t.dataOutBytes, 16_384);
  assert.is(t.immediateBytes, 4096);
  assert.is(t.unsolicitedBytes, 4096);
  assert.is(t.dataOutPdus, 3);
  assert.is(t.r2ts, 2);
  assert.is(t.r2tBytes, 8192);
  assert.is(t.r2tsOutstandingMax, 2);
  assert.is(t.lastR2tNs, r2tNs);
  assert.is(t.firstR2tNs, r2tNs - MS);
  assert.is(t.lastDataOutNs, lastNs);
  assert.is(d.problems.kept.length, 0);
});

test('every status has its outcome', () => {
  const expected: [number, number][] = [
    [0x00, Outcome.good],
    [0x02, Outcome.checkCondition],
    [0x04, Outcome.conditionMet],
    [0x08, Outcome.busy],
    [0x18, Outcome.reservationConflict],
    [0x28, Outcome.taskSetFull],
    [0x30, Outcome.acaActive],
    [0x40, Outcome.taskAborted],
    [0x22, Outcome.otherStatus],
  ];
  for (const [status, outcome] of expected) {
    const d = loggedIn();
    read10(d, 1, 1, 2);
    response(d, 1, 2, { status });
    assert.is(d.tasks[0].outcome, outcome, `status ${status}`);
    assert.is(d.tasks[0].status, status);
  }
  const d = loggedIn();
  read10(d, 1, 1, 2);
  response(d, 1, 2, { response: 1, status: 2 });
  assert.is(d.tasks[0].outcome, Outcome.targetFailure);
  assert.is(d.tasks[0].status, -1);
});

test('sense data, fixed and descriptor', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  const fixed = { data: senseData(fixedSense(5, 0x24, 0x01)) };
  response(d, 1, 2, { status: 2 }, fixed);
  read10(d, 2, 2, 3);
  const descriptor = Uint8Array.of(0x72, 6, 0x29, 7, 0, 0, 0, 0);
  response(d, 2, 3, { status: 2 }, { data: senseData(descriptor) });
  read10(d, 3, 3, 4);
  response(d, 3, 4, { status: 2 }, { ...fixed, dataCaptured: 0 });
  assert.equal(
    d.tasks.map((t) => [t.senseKey, t.asc, t.ascq]),
    [
      [5, 0x24, 1],
      [6, 0x29, 7],
      [-1, -1, -1],
    ],
  );
});

test('residuals', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  response(d, 1, 2, { residualUnderflow: 1, residualCount: 512 });
  read10(d, 2, 2, 3);
  response(d, 2, 3, { residualOverflow: 1, residualCount: 1024 });
  assert.equal(
    d.tasks.map((t) => [t.residualKind, t.residualCount]),
    [
      [1, 512],
      [2, 1024],
    ],
  );
});

test('a tag is used again after its response: two tasks', () => {
  const d = loggedIn();
  read10(d, 2, 1, 2);
  dataIn(d, 2, 4096, { statSN: 2 });
  read10(d, 2, 2, 3, { blocks: 1 });
  dataIn(d, 2, 512, { statSN: 3 });
  assert.equal(d.outcomes(), ['2 good', '2 good']);
  assert.equal(
    d.tasks.map((t) => t.dataInBytes),
    [4096, 512],
  );
});

test('a tag is used again without a response: the older task has ended unseen', () => {
  const d = loggedIn();
  read10(d, 2, 1, 2);
  const ns = d.nowNs + MS;
  read10(d, 2, 2, 2, { blocks: 1, lba: 5 });
  dataIn(d, 2, 512, { statSN: 2 });
  assert.equal(d.outcomes(), ['2 status not captured', '2 good']);
  assert.is(d.tasks[0].evidenceName, 'task tag used again');
  assert.is(d.tasks[0].statusBound, true);
  assert.is(d.tasks[0].statusNs, ns);
  assert.is(d.tasks[1].dataInBytes, 512);
});

test('the same command again with the same CmdSN is a retry, not a task', () => {
  const d = loggedIn();
  read10(d, 2, 1, 2);
  read10(d, 2, 1, 2);
  dataIn(d, 2, 4096, { statSN: 2 });
  assert.equal(d.outcomes(), ['2 good']);
  assert.is(d.sessions[0].events.filter((e) => e.kind === 'command retry').length, 1);
});

test('a response without its command is a task whose command was not seen', () => {
  const d = new Driver();
  response(d, 9, 20);
  assert.equal(d.outcomes(), ['9 good']);
  assert.is(d.tasks[0].commandSeen, false);
  assert.is(d.tasks[0].commandNs, -1);
  assert.equal(d.started, [9]);
  assert.is(d.sessions[0].loginSeen, false);
});

test('a status sent again is no new task', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  response(d, 1, 2);
  response(d, 1, 2);
  assert.equal(d.outcomes(), ['1 good']);
  assert.is(d.sessions[0].sequence.statSNRepeats.count, 1);
});

test('unanswered tasks are told as open at the end, in the order of their commands', () => {
  const d = loggedIn();
  for (const tag of [30, 10, 20]) read10(d, tag, tag === 30 ? 1 : tag === 10 ? 2 : 3, 2);
  d.close('open');
  d.finish();
  assert.equal(d.outcomes(), ['30 open', '10 open', '20 open']);
  assert.is(d.tasks[0].endNs, -1);
  assert.is(d.sessions[0].tasks, 3);
  assert.is(d.sessions[0].tasksEnded, 0);
});

test('a Data-In before the last byte of the command finds its task', () => {
  const d = loggedIn();
  const r2t = { initiatorTaskTag: 4, targetTransferTag: 1, statSN: 2, ...WINDOW };
  const asks = { ...r2t, bufferOffset: 4096, desiredDataTransferLength: 4096 };
  write10(d, 4, 1, 2, {
    blocks: 16,
    data: new Uint8Array(4096),
    during: () => d.send('r2t', asks),
  });
  assert.equal(d.started, [4]);
  assert.is(d.stage.iscsi.isOpen(0, 4), true);
  response(d, 4, 2);
  assert.is(d.tasks[0].r2ts, 1);
  assert.is(d.tasks[0].commandEndNs, d.tasks[0].commandNs);
});

test('an extended CDB and a bidirectional read length come with the AHS', () => {
  const d = loggedIn();
  // READ(32): service action 0009h at 8, LBA at 12, blocks at 28 (SBC).
  const cdb = new Uint8Array(32);
  const view = new DataView(cdb.buffer);
  view.setUint8(0, 0x7f);
  view.setUint8(7, 24);
  view.setUint16(8, 9);
  view.setUint32(16, 0x1234);
  view.setUint32(28, 3);
  const fields = { read: 1, initiatorTaskTag: 3, cmdSN: 1, expStatSN: 2, cdb: cdb.slice(0, 16) };
  const expectedDataTransferLength = 1536;
  const ahs = concat(extendedCdb(cdb), bidirectionalRead(777));
  d.send('scsi-command', { ...fields, expectedDataTransferLength }, { ahs });
  response(d, 3, 2);
  const [t] = d.tasks;
  assert.is(t.cdbLength, 32);
  assert.equal([...t.cdb], [...cdb]);
  assert.is(t.serviceAction, 9);
  assert.is(t.lbaLow, 0x1234);
  assert.is(t.blocks, 3);
  assert.is(t.bidiReadExpectedLength, 777);
  assert.equal(d.started, [3]);
});

test('a loss of one side while a PDU of the other passes', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  dataIn(d, 1, 4096, { statSN: 2, during: () => d.lost('initiator', 500) });
  assert.equal(d.outcomes(), ['1 good']);
});

test('payload that is not there is counted all the same', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2);
  dataIn(d, 1, 4096, { statSN: 2, dataCaptured: 1000 });
  assert.is(d.tasks[0].dataInBytes, 4096);
  assert.is(d.tasks[0].dataMissing, 3096);
});

test('Data-Ins that were lost whole are missing payload', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2, { blocks: 24 });
  dataIn(d, 1, 4096, { final: false });
  d.lost('target', 48 + 4096);
  dataIn(d, 1, 4096, { dataSN: 2, offset: 8192, statSN: 2 });
  assert.is(d.tasks[0].dataInBytes, 8192);
  assert.is(d.tasks[0].dataMissing, 4096);
  assert.is(d.sessions[0].sequence.dataSNJumps.count, 0);
});

test('numbers and offsets out of step are counted where nothing is missing', () => {
  const d = loggedIn();
  read10(d, 1, 1, 2, { blocks: 24 });
  dataIn(d, 1, 4096, { final: false });
  dataIn(d, 1, 4096, { dataSN: 2, offset: 8192, statSN: 2 });
  const q = d.sessions[0].sequence;
  assert.is(q.dataSNJumps.count, 1);
  assert.is(q.bufferOffsetJumps.count, 1);
  assert.is(q.dataSNJumps.frame, d.frame);
  read10(d, 2, 2, 3, { blocks: 1 });
  dataIn(d, 2, 1024, { statSN: 3 });
  assert.is(q.beyondLength.count, 1);
  write10(d, 3, 3, 4, { blocks: 16 });
  const r2t = { initiatorTaskTag: 3, targetTransferTag: 1, statSN: 4, ...WINDOW };
  d.send('r2t', { ...r2t, r2tSN: 1, desiredDataTransferLength: 4096 });
  assert.is(q.r2tSNJumps.count, 1);
  const out = { initiatorTaskTag: 3, targetTransferTag: 1, expStatSN: 4 };
  d.send('data-out', { ...out, bufferOffset: 4000 }, { data: new Uint8Array(4096) });
  assert.is(q.beyondR2t.count, 1);
  response(d, 3, 9);
  assert.is(q.statSNJumps.count, 1);
  read10(d, 4, 3000, 10);
  assert.is(q.cmdSNOutsideWindow.count, 1);
  read10(d, 5, 9, 10);
  assert.is(q.cmdSNJumps.count, 1);
});

test('late data of a task that ended early begins no new task', () => {
  const d = new Driver(); // in the middle: tasks without a command are possible
  write10(d, 5, 1, 2, { blocks: 16 });
  response(d, 5, 2, { status: 2 });
  d.send('data-out', { initiatorTaskTag: 5, expStatSN: 2 }, { data: new Uint8Array(512) });
  assert.equal(d.started, [5]);
  d.send('data-out', { initiatorTaskTag: 6, expStatSN: 2 }, { data: new Uint8Array(512) });
  assert.equal(d.started, [5, 6]);
});

test('a data sequence that began before the capture misses nothing', () => {
  const d = new Driver();
  const out = (tag: number, dataSN: number) => {
    const fields = { final: 0, initiatorTaskTag: tag, targetTransferTag: 70, expStatSN: 2, dataSN };
    d.send('data-out', fields, { data: new Uint8Array(512) });
  };
  d.send('r2t', { initiatorTaskTag: 5, targetTransferTag: 71, desiredDataTransferLength: 512 });
  out(5, 1);
  out(5, 2);
  assert.is(d.sessions[0].sequence.dataSNJumps.count, 0);
  out(5, 4);
  assert.is(d.sessions[0].sequence.dataSNJumps.count, 1);
});

test('a command whose header was cut keeps what was captured', () => {
  const d = loggedIn();
  read10(d, 8, 1, 2, { captured: 32 });
  read10(d, 9, 2, 2, { captured: 16 });
  response(d, 8, 2);
  assert.is(d.tasks.length, 1);
  assert.is(d.tasks[0].cdbLength, 0);
  assert.is(operationName(d.tasks[0].operation), 'read (CDB unseen)');
  assert.is(d.tasks[0].expectedLength, 4096);
});

test('no more tasks are open in a session than the limit allows', () => {
  const d = new Driver();
  for (let tag = 0; tag < 16_400; tag++) read10(d, tag, tag + 1, 2);
  assert.is(d.tasks.length, 16);
  assert.equal(d.outcomes().slice(0, 2), ['0 open', '1 open']);
  assert.is(d.problems.counts.get('limit-reached'), 16);
  assert.is(d.stage.invariants(), '');
});

test.run();

// The order of data and what a response says of it: each rule with one conversation that breaks it,
// and with its near misses, where what looks like it is no mistake.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SequenceErrors, Session } from '../../../../src/session/model.js';
import { Driver, dataIn, login, read10, response } from '../../driver.js';

const KIB = 1024;

function driver(changes: Record<string, string> = {}): Driver {
  const d = new Driver();
  const agreed = Object.entries({
    InitialR2T: 'No',
    ImmediateData: 'Yes',
    FirstBurstLength: '65536',
    MaxBurstLength: '65536',
    MaxOutstandingR2T: '4',
    MaxRecvDataSegmentLength: '65536',
    ...changes,
  });
  login(d, { offer: agreed, answer: agreed });
  return d;
}

function write(d: Driver, immediate = 0, final = 1): void {
  const fields = { write: 1, final, initiatorTaskTag: 9, cmdSN: 1, expStatSN: 2 };
  const length = { expectedDataTransferLength: 64 * KIB };
  d.send('scsi-command', { ...fields, ...length }, { data: new Uint8Array(immediate) });
}

function out(d: Driver, tag: number, dataSN: number, atKib: number, final: boolean): void {
  const fields = { initiatorTaskTag: 9, targetTransferTag: tag, dataSN, final: final ? 1 : 0 };
  const place = { bufferOffset: atKib * KIB, expStatSN: 2 };
  d.send('data-out', { ...fields, ...place }, { data: new Uint8Array(4 * KIB) });
}

function r2t(d: Driver, sn: number, atKib: number, kib: number, tag = sn): void {
  const numbers = { initiatorTaskTag: 9, targetTransferTag: tag, r2tSN: sn, statSN: 2 };
  const place = { bufferOffset: atKib * KIB, desiredDataTransferLength: kib * KIB };
  d.send('r2t', { ...numbers, ...place, expCmdSN: 2, maxCmdSN: 33 });
}

function snack(d: Driver, tag: number, begRun: number): void {
  const run = { type: 0, begRun, runLength: 1, expStatSN: 2 };
  d.send('snack-request', { ...run, initiatorTaskTag: tag, targetTransferTag: 0xffffffff });
}

function broken(d: Driver): Partial<Record<keyof SequenceErrors, number>> {
  const session = d.stage.session(0) as Session;
  const all = Object.entries(session.sequence).filter(([, odd]) => odd.count > 0);
  return Object.fromEntries(all.map(([key, odd]) => [key, odd.count]));
}

/** A read of three Data-In, and its response. */
function read(d: Driver, expDataSN: number, status = 0): void {
  read10(d, 9, 1, 2, { blocks: 24 });
  for (let n = 0; n < 3; n++) {
    dataIn(d, 9, 4 * KIB, { dataSN: n, offset: n * 4 * KIB, final: n === 2 });
  }
  response(d, 9, 2, { expDataSN, status });
}

test('ExpDataSN is the number of Data-In', () => {
  const good = driver();
  read(good, 3);
  assert.equal(broken(good), {});
  for (const wrong of [2, 4]) {
    const d = driver();
    read(d, wrong);
    assert.equal(broken(d), { expDataSNWrong: 1 });
    assert.match(d.problems.kept[0].text, /ExpDataSN is \d .* of which 3 Data-In passed/);
  }
  const unset = driver();
  read(unset, 0, 2);
  assert.equal(broken(unset), { expDataSNUnset: 1 });
});

test('ExpDataSN of a write is 0, however many R2Ts there were', () => {
  const d = driver();
  write(d);
  r2t(d, 0, 0, 4);
  out(d, 0, 0, 0, true);
  response(d, 9, 2, { expDataSN: 0 });
  assert.equal(broken(d), {});
  const wrong = driver();
  write(wrong);
  r2t(wrong, 0, 0, 4);
  out(wrong, 0, 0, 0, true);
  response(wrong, 9, 2, { expDataSN: 1 });
  assert.equal(broken(wrong), { expDataSNWrong: 1 });
});

test('a bidirectional command counts its R2Ts with its Data-In', () => {
  for (const [expDataSN, expected] of [
    [2, {}],
    [1, {}], // read to the letter of 11.4.8, as the example in A.3.3 counts
    [3, { expDataSNWrong: 1 }],
  ] as const) {
    const d = driver();
    const fields = { read: 1, write: 1, initiatorTaskTag: 9, cmdSN: 1, expStatSN: 2 };
    d.send('scsi-command', { ...fields, expectedDataTransferLength: 4 * KIB });
    r2t(d, 0, 0, 4);
    out(d, 0, 0, 0, true);
    dataIn(d, 9, 512, { dataSN: 1 });
    response(d, 9, 2, { expDataSN });
    const { beyondLength: _, ...others } = broken(d); // no AHS tells the read length here
    assert.equal(others, expected);
  }
});

test('a command that did not complete has ExpDataSN 0', () => {
  const d = driver();
  read10(d, 9, 1, 2);
  dataIn(d, 9, 512, { final: false });
  response(d, 9, 2, { response: 1, expDataSN: 1 });
  assert.equal(broken(d), { expDataSNWrong: 1 });
  const near = driver();
  read10(near, 9, 1, 2);
  dataIn(near, 9, 512, { final: false });
  response(near, 9, 2, { response: 1, expDataSN: 0 });
  assert.equal(broken(near), {});
});

test('bytes that the capture misses, or an unseen command, leave ExpDataSN alone', () => {
  const d = driver();
  read10(d, 9, 1, 2, { blocks: 24 });
  dataIn(d, 9, 4 * KIB, { final: false });
  d.lost('target', 4144);
  dataIn(d, 9, 4 * KIB, { dataSN: 2, offset: 8 * KIB });
  response(d, 9, 2, { expDataSN: 3 });
  assert.equal(broken(d), {});
  const unseen = driver();
  unseen.lost('initiator', 48);
  dataIn(unseen, 9, 4 * KIB, { dataSN: 5, offset: 20 * KIB });
  response(unseen, 9, 2, { expDataSN: 6 });
  assert.equal(broken(unseen), {});
});

test('data sent again for a SNACK is no mistake; without one, at level 0, it is', () => {
  for (const asked of [true, false]) {
    const d = driver(asked ? { ErrorRecoveryLevel: '1' } : {});
    read10(d, 9, 1, 2, { blocks: 24 });
    for (let n = 0; n < 3; n++) {
      dataIn(d, 9, 4 * KIB, { dataSN: n, offset: n * 4 * KIB, final: n === 2 });
    }
    if (asked) snack(d, 9, 1);
    dataIn(d, 9, 4 * KIB, { dataSN: 1, offset: 4 * KIB });
    response(d, 9, 2, { expDataSN: 3 });
    const { bufferOffsetJumps = 0, dataSNJumps = 0, expDataSNWrong = 0 } = broken(d);
    assert.equal([bufferOffsetJumps, dataSNJumps, expDataSNWrong], asked ? [0, 0, 0] : [1, 1, 0]);
  }
});

test('what was sent again may lie in the midst of the data', () => {
  const d = driver({ ErrorRecoveryLevel: '2' });
  read10(d, 9, 1, 2, { blocks: 24 });
  for (const n of [0, 1, 0, 2]) {
    if (n === 0) snack(d, 9, 0);
    dataIn(d, 9, 4 * KIB, { dataSN: n, offset: n * 4 * KIB, final: n === 2 });
  }
  response(d, 9, 2, { expDataSN: 3 });
  assert.equal(broken(d), {});
});

test('an R2T sent again for a SNACK asks for nothing more', () => {
  const d = driver({ ErrorRecoveryLevel: '1', MaxOutstandingR2T: '1' });
  write(d);
  r2t(d, 0, 0, 8);
  snack(d, 9, 0);
  r2t(d, 0, 0, 8);
  out(d, 0, 0, 0, false);
  out(d, 0, 1, 4, true);
  r2t(d, 1, 8, 4);
  out(d, 1, 0, 8, true);
  response(d, 9, 2);
  assert.equal(broken(d), {});
});

test('Data-Out of a burst in order, and not: said once a burst', () => {
  const order = (places: readonly number[], changes = {}): Driver => {
    const d = driver(changes);
    write(d);
    r2t(d, 0, 0, 16);
    places.forEach((at, sn) => {
      out(d, 0, sn, at, sn === places.length - 1);
    });
    return d;
  };
  assert.equal(broken(order([0, 4, 8, 12])), {});
  assert.equal(broken(order([0, 8, 4, 12])), { dataOutOffsetJumps: 1 });
  assert.equal(broken(order([4, 0, 8, 12])), { dataOutOffsetJumps: 1 });
  assert.equal(broken(order([0, 8, 4, 12], { DataPDUInOrder: 'No' })), {});
});

test('Data-Out that the capture misses is not out of order', () => {
  const d = driver();
  write(d);
  r2t(d, 0, 0, 16);
  out(d, 0, 0, 0, false);
  d.lost('initiator', 4144);
  out(d, 0, 2, 8, false);
  assert.equal(broken(d), {});
});

test('unsolicited Data-Out goes on where the immediate data ended', () => {
  for (const [at, expected] of [
    [4, {}],
    [0, { dataOutOffsetJumps: 1 }],
    [8, { dataOutOffsetJumps: 1 }],
  ] as const) {
    const d = driver();
    write(d, 4 * KIB, 0);
    out(d, 0xffffffff, 0, at, true);
    assert.equal(broken(d), expected, `at ${at} KiB`);
  }
});

test('offsets of R2Ts never decrease, but to recover data', () => {
  const go = (changes: Record<string, string>): Driver => {
    const d = driver(changes);
    write(d);
    r2t(d, 0, 4, 4);
    out(d, 0, 0, 4, true);
    r2t(d, 1, 0, 4);
    out(d, 1, 0, 0, true);
    return d;
  };
  assert.equal(broken(go({})), { r2tOffsetBack: 1 });
  assert.equal(broken(go({ DataSequenceInOrder: 'No' })), {});
  assert.equal(broken(go({ ErrorRecoveryLevel: '1' })), {});
});

test('R2Ts are answered in their order', () => {
  const go = (turns: readonly number[], changes = {}): Driver => {
    const d = driver(changes);
    write(d);
    r2t(d, 0, 0, 4);
    r2t(d, 1, 4, 4);
    for (const n of turns) out(d, n, 0, n * 4, true);
    return d;
  };
  assert.equal(broken(go([0, 1])), {});
  const late = broken(go([1, 0]));
  assert.is(late.r2tsOutOfTurn, 1);
  assert.equal(broken(go([1], { ErrorRecoveryLevel: '1' })), {});
});

test.run();

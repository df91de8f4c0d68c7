// Whatever comes: nothing throws, every task that began ends once, counts stay right.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TaskPool } from '../../src/scsi/open-task.js';
import { TaskTable } from '../../src/scsi/task-table.js';
import { readPairs } from '../../src/session/iscsi/login/text-join.js';
import * as bhs from '../../src/wire/iscsi/bhs-offsets.js';
import { PDUS, type PduKey, pduNamed } from '../../src/wire/iscsi/pdus.js';
import { keys } from '../support/build.js';
import { Driver, login, type SendOptions } from './driver.js';

const OPCODES = PDUS.map((table) => table.opcode);

/** A small generator of numbers, so that a seed names a whole run. */
function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A header of random bytes; tags and numbers are often small, so that they meet. */
function header(random: (below: number) => number): Uint8Array {
  const bytes = Uint8Array.from({ length: 48 }, () => random(256));
  const view = new DataView(bytes.buffer);
  bytes[0] = (OPCODES[random(OPCODES.length)] ?? 0) | (random(4) === 0 ? 0x40 : 0);
  view.setUint32(4, random(8) === 0 ? random(70_000) : random(64));
  for (const at of [16, 20, 24, 28, 32, 36]) if (random(4) > 0) view.setUint32(at, random(12));
  if (random(3) > 0) view.setUint32(40, random(4) * 4096);
  if (random(2) > 0) bytes.fill(0, 8, 16);
  return bytes;
}

function randomText(random: (below: number) => number): Uint8Array {
  const table = [
    'InitiatorName',
    'TargetName',
    'HeaderDigest',
    'SendTargets',
    'MaxBurstLength',
    'X',
  ];
  const pairs = Array.from({ length: random(5) }, () => {
    const value = ['a', 'CRC32C', 'None', '0x10', '', 'Yes=No'][random(6)];
    return [table[random(table.length)], value] as const;
  });
  const text = keys(pairs);
  return random(3) === 0 ? text.slice(0, random(text.length + 1)) : text;
}

function oneRun(seed: number): void {
  const random = numbers(seed);
  const d = new Driver();
  if (random(2) === 0) login(d);
  const count = 150;
  for (let i = 0; i < count; i++) {
    const on = random(3);
    const what = random(40);
    if (what === 0)
      d.lost(random(2) === 0 ? 'initiator' : 'target', random(4) * 48 + random(2), on);
    else if (what === 1 && random(3) === 0)
      d.close((['fin', 'rst', 'open'] as const)[random(3)], on);
    else send(d, random, on);
  }
  d.finish();
  const ended = d.tasks.map((t) => t.tag).sort();
  assert.equal(ended, [...d.started].sort(), `seed ${seed}: every task begins and ends once`);
  assert.is(d.stage.invariants(), '', `seed ${seed}`);
  const total = d.sessions.reduce((sum, s) => sum + s.tasks, 0);
  assert.is(total, d.started.length, `seed ${seed}: tasks are counted`);
}

function send(d: Driver, random: (below: number) => number, on: number): void {
  const head = header(random);
  const opcode = head[0] & 0x3f;
  const texts = opcode === 3 || opcode === 4 || opcode === 0x23 || opcode === 0x24;
  const body = texts ? randomText(random) : Uint8Array.from({ length: 100 }, () => random(256));
  const view = new DataView(head.buffer);
  const ahs = head[4] * 4;
  if (texts) view.setUint32(4, body.length);
  const bytes = new Uint8Array(48 + (texts ? 0 : ahs) + body.length);
  bytes.set(head);
  bytes.set(body, bytes.length - body.length);
  const options: SendOptions = { on, complete: random(20) > 0 };
  if (random(20) === 0) options.captured = 8 + random(40);
  if (random(10) === 0) options.dataCaptured = random(50);
  if (random(10) === 0) options.during = () => send(d, random, random(3));
  d.raw(bytes, options);
  const wrong = d.stage.invariants();
  assert.is(wrong, '');
}

test('random PDUs never throw, and every task ends once', () => {
  for (let seed = 1; seed <= 300; seed++) oneRun(seed);
});

test('the words of the hot road are those of the tables', () => {
  const at = (key: PduKey, name: string) => pduNamed(key).byName[name].byte;
  assert.is(at('scsi-command', 'initiatorTaskTag'), bhs.INITIATOR_TASK_TAG);
  assert.is(at('scsi-command', 'expectedDataTransferLength'), bhs.EXPECTED_LENGTH);
  assert.is(at('scsi-command', 'lun'), bhs.LUN);
  assert.is(at('scsi-command', 'cmdSN'), bhs.CMD_SN);
  assert.is(at('scsi-command', 'expStatSN'), bhs.EXP_STAT_SN);
  assert.is(at('scsi-command', 'cdb'), bhs.CDB);
  assert.is(at('scsi-response', 'response'), bhs.RESPONSE);
  assert.is(at('scsi-response', 'status'), bhs.STATUS);
  assert.is(at('scsi-response', 'statSN'), bhs.STAT_SN);
  assert.is(at('scsi-response', 'expCmdSN'), bhs.EXP_CMD_SN);
  assert.is(at('scsi-response', 'maxCmdSN'), bhs.MAX_CMD_SN);
  assert.is(at('scsi-response', 'residualCount'), bhs.RESIDUAL);
  assert.is(at('data-in', 'dataSN'), bhs.DATA_SN);
  assert.is(at('data-in', 'bufferOffset'), bhs.BUFFER_OFFSET);
  assert.is(at('data-in', 'residualCount'), bhs.RESIDUAL);
  assert.is(at('data-in', 'status'), bhs.STATUS);
  assert.is(at('data-out', 'targetTransferTag'), bhs.TARGET_TRANSFER_TAG);
  assert.is(at('data-out', 'dataSN'), bhs.DATA_SN);
  assert.is(at('r2t', 'r2tSN'), bhs.DATA_SN);
  assert.is(at('r2t', 'desiredDataTransferLength'), bhs.DESIRED_LENGTH);
  const bit = (key: PduKey, name: string) => {
    const f = pduNamed(key).byName[name];
    return [f.byte, ((2 ** f.width - 1) << (8 - f.bit - f.width)) & 0xff];
  };
  assert.equal(bit('scsi-command', 'final'), [bhs.FLAGS, bhs.FINAL]);
  assert.equal(bit('scsi-command', 'read'), [bhs.FLAGS, bhs.READ]);
  assert.equal(bit('scsi-command', 'write'), [bhs.FLAGS, bhs.WRITE]);
  assert.equal(bit('scsi-command', 'attr'), [bhs.FLAGS, bhs.ATTRIBUTE]);
  assert.equal(bit('scsi-command', 'immediate'), [0, bhs.IMMEDIATE]);
  assert.equal(bit('data-in', 'statusPresent'), [bhs.FLAGS, bhs.STATUS_PRESENT]);
  assert.equal(bit('data-in', 'residualOverflow'), [bhs.FLAGS, bhs.RESIDUAL_OVERFLOW]);
  assert.equal(bit('data-in', 'residualUnderflow'), [bhs.FLAGS, bhs.RESIDUAL_UNDERFLOW]);
  assert.equal(bit('scsi-response', 'residualOverflow'), [bhs.FLAGS, bhs.RESIDUAL_OVERFLOW]);
  assert.equal(bit('scsi-response', 'residualUnderflow'), [bhs.FLAGS, bhs.RESIDUAL_UNDERFLOW]);
});

test('the table of tasks agrees with a map', () => {
  const step = fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new TaskTable();
      const pool = new TaskPool();
      const model = new Map<number, number>();
      let order = 0;
      for (const [add, n] of steps) {
        const tag = Math.imul(n, 0x9e3779b1) >>> 0;
        const found = table.byTag(tag);
        assert.is(found?.order, model.get(tag));
        if (add && found === null) {
          const open = pool.take();
          open.order = ++order;
          open.task.tag = tag;
          table.add(open);
          model.set(tag, order);
        } else if (!add && found !== null) {
          table.remove(found);
          pool.give(found);
          model.delete(tag);
        }
      }
      assert.is(table.size, model.size);
      assert.is(table.invariants(), '');
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('text is read as it was written, and what was cut is left out', () => {
  const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9.+@_-]{0,20}$/);
  const value = fc.stringMatching(/^[ -~]{0,30}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 10 }), fc.nat(), (pairs, n) => {
      const text = keys(pairs);
      assert.equal(readPairs(text, false).pairs, pairs);
      const cut = text.slice(0, n % (text.length + 1));
      const whole = readPairs(cut, true).pairs;
      assert.equal(whole, pairs.slice(0, whole.length));
    }),
    { seed: 5, numRuns: 300 },
  );
  const odd = readPairs(new TextEncoder().encode('a=b\0nothing\0\0=x\0c=d'), false);
  assert.equal(odd.pairs, [
    ['a', 'b'],
    ['c', 'd'],
  ]);
  assert.equal(odd.malformed, [7, 2]);
});

test.run();

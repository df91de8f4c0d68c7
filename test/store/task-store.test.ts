// The store against a plain list of tasks: what goes in comes out, whatever the values; sorting
// against Array.sort; octets a task by counting.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  latencyNs,
  latencyNsAtMost,
  PHASE_COUNT,
  type Task,
  TCP_CAUSES,
} from '../../src/scsi/task.js';
import { sortRows } from '../../src/store/sort.js';
import { SORT_COLUMNS, selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { makeTaskRow, TaskStore } from '../../src/store/task-store.js';
import { operationServiceAction } from '../../src/wire/scsi/operations.js';
import { task } from '../support/task.js';

const SEED = { seed: 5, numRuns: 60 };

const u32 = fc.oneof(fc.nat(20), fc.integer({ min: 0, max: 0xffffffff }), fc.constant(0xffffffff));
const wide = fc.oneof(u32, fc.integer({ min: 0xfffffff0, max: 0x1_0000_0010 }), fc.nat(2 ** 31));
const time = fc.oneof(
  fc.constant(-1),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: 0, max: 2 ** 52 }),
);
const small = fc.integer({ min: -1, max: 255 });

/** Tasks of any values that their types allow. */
const anyTask = fc.record({
  session: fc.nat(65_535),
  connection: u32,
  lunHigh: u32,
  lunLow: fc.oneof(fc.constant(0), u32),
  tag: u32,
  transport: fc.nat(2),
  cmdSN: u32,
  immediate: fc.boolean(),
  commandSeen: fc.boolean(),
  reads: fc.boolean(),
  writes: fc.boolean(),
  attribute: fc.nat(7),
  cdb: fc.uint8Array({ minLength: 16, maxLength: 40 }),
  cdbLength: fc.nat(40),
  deviceType: fc.integer({ min: -1, max: 31 }),
  operation: fc.integer({ min: -1, max: 299 }),
  lbaKnown: fc.boolean(),
  lbaHigh: u32,
  lbaLow: u32,
  blocks: u32,
  expectedLength: u32,
  bidiReadExpectedLength: u32,
  dataInBytes: wide,
  dataOutBytes: wide,
  immediateBytes: wide,
  unsolicitedBytes: wide,
  dataInPdus: fc.oneof(fc.nat(9), fc.integer({ min: 65_530, max: 65_540 })),
  dataOutPdus: fc.nat(9),
  r2ts: fc.nat(70_000),
  r2tBytes: wide,
  r2tsOutstandingMax: fc.nat(255),
  dataMissing: wide,
  commandFrame: u32,
  statusFrame: u32,
  endFrame: u32,
});
const anyTimes = fc.record({
  commandNs: fc.nat(1e9),
  commandEndNs: time,
  firstDataInNs: time,
  lastDataInNs: time,
  firstR2tNs: time,
  lastR2tNs: time,
  firstDataOutNs: time,
  lastDataOutNs: time,
  statusNs: time,
  endNs: time,
  tcpWaitNs: wide,
  zeroWindowNs: wide,
  hostNs: wide,
  hostNsMax: wide,
  r2tsAnswered: u32,
  phaseNs: fc.array(wide, { minLength: PHASE_COUNT, maxLength: PHASE_COUNT }),
  phaseTcpNs: fc.oneof(
    fc.constant(new Array(PHASE_COUNT).fill(0)),
    fc.array(wide, { minLength: PHASE_COUNT, maxLength: PHASE_COUNT }),
  ),
  statusBound: fc.boolean(),
  response: small,
  status: small,
  senseKey: fc.integer({ min: -1, max: 15 }),
  asc: small,
  ascq: small,
  residualKind: fc.nat(2),
  residualCount: u32,
  outcome: fc.nat(14),
  evidence: fc.nat(4),
});

function made(facts: readonly unknown[]): Task[] {
  return facts.map((fact, number) => {
    const t = task({ ...(fact as Partial<Task>), number });
    t.cdbLength = Math.min(t.cdbLength, t.cdb.length);
    t.phaseNs = Float64Array.from(t.phaseNs);
    t.phaseTcpNs = Float64Array.from(t.phaseTcpNs);
    withCauses(t);
    t.opcode = t.cdbLength > 0 ? t.cdb[0] : 0;
    t.serviceAction = t.operation < 0 ? -1 : operationServiceAction(t.operation);
    if (!t.commandSeen) t.commandNs = -1;
    return t;
  });
}

/** Spreads what TCP took of each phase over one to three causes. */
function withCauses(t: Task): void {
  t.tcpCauseNs = new Float64Array(PHASE_COUNT * TCP_CAUSES);
  t.phaseTcpNs.forEach((ns, phase) => {
    if (ns > 0) t.tcpTook = true;
    const parts = 1 + (phase % 3);
    for (let i = 0; i < parts; i++) {
      const part = i === 0 ? ns - Math.floor(ns / parts) * (parts - 1) : Math.floor(ns / parts);
      t.tcpCauseNs[phase * TCP_CAUSES + ((phase + i) % TCP_CAUSES)] = part;
    }
  });
}

/** What a task is, as plain data: the CDB as far as it goes. */
function plain(t: Task): Record<string, unknown> {
  const { cdb, bursts: _, ...facts } = t;
  delete (facts as Record<string, unknown>)['shortCdb'];
  delete (facts as Record<string, unknown>)['ended'];
  return { ...facts, cdb: [...cdb.slice(0, t.cdbLength)] };
}

test('every field of every task comes out as it went in', () => {
  const list = fc.array(fc.tuple(anyTask, anyTimes), { minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(list, (facts) => {
      const tasks = made(facts.map(([a, b]) => ({ ...a, ...b })));
      const store = new TaskStore();
      for (const t of tasks) {
        store.taskStarted(task({ number: t.number, outcome: 0 }));
        store.taskEnded(t);
      }
      const row = makeTaskRow();
      assert.is(store.count, tasks.length);
      assert.is(store.openRows, 0);
      for (const t of tasks) {
        store.read(t.number, row);
        assert.equal(plain(row), plain(t));
        assert.ok(row.ended);
        assert.is(store.latencyNs(t.number), latencyNs(t));
        assert.is(store.latencyNsAtMost(t.number), latencyNsAtMost(t));
        assert.is(store.endNs(t.number), t.endNs);
        assert.is(store.response(t.number), t.response);
      }
    }),
    SEED,
  );
});

test('a task that has only begun has its row; it is written over when it ends', () => {
  const store = new TaskStore();
  store.taskStarted(task({ number: 0, outcome: 0, statusNs: -1, endNs: -1, status: -1 }));
  const row = makeTaskRow();
  store.read(0, row);
  assert.equal([store.count, store.openRows, row.ended, row.statusNs], [1, 1, false, -1]);
  assert.is(store.endNs(0), -1);
  store.taskEnded(task({ number: 0 }));
  store.read(0, row);
  assert.equal([store.openRows, row.ended, row.statusNs], [0, true, 2000]);
});

test('rows in any number keep their place over chunks', () => {
  const store = new TaskStore();
  const t = task();
  const count = 40_000;
  for (let i = 0; i < count; i++) {
    t.number = i;
    t.tag = i * 7;
    t.cdb = Uint8Array.of(i & 255, (i >> 8) & 255, ...new Array(14).fill(3));
    store.taskStarted(t);
    store.taskEnded(t);
  }
  const row = makeTaskRow();
  for (const i of [0, 1, 63, 64, 1023, 1024, 16_383, 16_384, 39_999]) {
    store.read(i, row);
    assert.equal([row.tag, row.cdb[0], row.cdb[1]], [i * 7, i & 255, (i >> 8) & 255]);
  }
});

/** A load as captures hold it: a third writes with R2Ts, payload cut by snaplen, some of it sent again. */
function busy(i: number, t: Task): void {
  t.number = i;
  t.commandNs = i * 1e5;
  t.commandEndNs = t.commandNs + 100;
  t.statusNs = t.commandNs + 5e5;
  t.endNs = t.statusNs;
  t.endFrame = t.statusFrame;
  t.dataMissing = 4096;
  const write = i % 3 === 0;
  t.reads = !write;
  t.writes = write;
  t.firstDataInNs = write ? -1 : t.commandNs + 2e5;
  t.lastDataInNs = write ? -1 : t.commandNs + 4e5;
  t.dataInBytes = write ? 0 : 4096;
  t.dataOutBytes = write ? 4096 : 0;
  t.r2ts = write ? 1 : 0;
  t.r2tsAnswered = t.r2ts;
  t.r2tBytes = t.dataOutBytes;
  const phases = write ? [0, 1e5, 1e5, 2e5, 0, 0, 0, 1e5, 0] : [0, 0, 0, 0, 0, 2e5, 2e5, 1e5, 0];
  t.phaseNs = Float64Array.from(phases);
  t.hostNs = t.phaseNs[2];
  t.hostNsMax = t.hostNs;
  t.tcpWaitNs = i % 10 === 0 ? 5000 : 0;
  t.phaseTcpNs = Float64Array.from(phases, (_, code) => (code === 7 ? t.tcpWaitNs : 0));
  t.tcpTook = t.tcpWaitNs > 0;
  t.tcpCauseNs = new Float64Array(PHASE_COUNT * TCP_CAUSES);
  t.tcpCauseNs[7 * TCP_CAUSES] = t.tcpWaitNs;
}

test('a task costs at most 150 octets, also in a capture that has everything', () => {
  const store = new TaskStore();
  const t = task();
  const count = 65_536;
  for (let i = 0; i < count; i++) {
    busy(i, t);
    store.taskStarted(t);
    store.taskEnded(t);
  }
  const row = makeTaskRow();
  for (const i of [0, 1, 2, 30, 65_535]) {
    busy(i, t);
    store.read(i, row);
    assert.equal(plain(row), plain(t));
    assert.is(store.tcpWaitNs(i), t.tcpWaitNs);
  }
  assert.ok(store.bytes() / count <= 150, `${store.bytes() / count} octets a task`);
  assert.ok(store.bytes() / count >= 80, 'the columns are counted');
});

test('any keys sort as Array.sort sorts them, unknown ones last', () => {
  const key = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  const check = (keys: number[], descending: boolean): void => {
    const rows = Uint32Array.from(keys, (_, i) => i);
    const sorted = sortRows(rows, (row) => keys[row], descending);
    const expected = [...rows].sort((a, b) => {
      const [x, y] = [keys[a], keys[b]];
      if (Number.isNaN(x) || Number.isNaN(y))
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
      return x === y ? 0 : x < y === descending ? 1 : -1;
    });
    assert.equal([...sorted], expected);
  };
  fc.assert(fc.property(fc.array(key, { maxLength: 60 }), fc.boolean(), check), SEED);
  // The radix sort takes over where there are many.
  const many = fc.array(key, { minLength: 40, maxLength: 60 });
  const repeat = (keys: number[], descending: boolean): void =>
    check(
      Array.from({ length: 2500 }, (_, i) => keys[(i * 31) % keys.length]),
      descending,
    );
  fc.assert(fc.property(many, fc.boolean(), repeat), { seed: 6, numRuns: 10 });
});

test('every column sorts as its values do', () => {
  const facts = fc.sample(fc.tuple(anyTask, anyTimes), { seed: 9, numRuns: 300 });
  const tasks = made(facts.map(([a, b]) => ({ ...a, ...b, operation: a.operation % 300 })));
  const store = new TaskStore();
  for (const t of tasks) {
    store.taskStarted(t);
    store.taskEnded(t);
  }
  const seen = (value: number): number | undefined => (value < 0 ? undefined : value);
  const values: Record<string, (t: Task) => number | bigint | undefined> = {
    latency: (t) => seen(latencyNs(t)),
    lba: (t) => (t.lbaKnown ? (BigInt(t.lbaHigh) << 32n) | BigInt(t.lbaLow) : undefined),
    bytes: (t) => t.dataInBytes + t.dataOutBytes,
    status: (t) => seen(t.status),
    session: (t) => t.session,
    tag: (t) => t.tag,
    r2ts: (t) => t.r2ts,
    frame: (t) => t.commandFrame || undefined,
    outcome: (t) => t.outcome,
  };
  for (const column of SORT_COLUMNS) {
    const value = values[column];
    for (const descending of [false, true]) {
      const sorted = sortTasks(store, selectTasks(store), column, descending);
      assert.equal(
        [...sorted].sort((a, b) => a - b),
        tasks.map((t) => t.number),
        column,
      );
      if (value === undefined) continue;
      for (let i = 1; i < sorted.length; i++) {
        const [a, b] = [value(tasks[sorted[i - 1]]), value(tasks[sorted[i]])];
        const inOrder = b === undefined || (a !== undefined && (descending ? a >= b : a <= b));
        assert.ok(inOrder, `${column} ${a} before ${b}`);
        if (a === b) assert.ok(sorted[i - 1] < sorted[i], `${column} is stable`);
      }
    }
  }
});

test('a selection keeps the order of the rows', () => {
  const store = new TaskStore();
  for (let i = 0; i < 10; i++) {
    const t = task({ number: i });
    store.taskStarted(t);
    store.taskEnded(t);
  }
  assert.equal([...selectTasks(store)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal([...selectTasks(store, (row) => row % 3 === 0)], [0, 3, 6, 9]);
});

test.run();

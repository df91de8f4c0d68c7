import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { METRIC_CELLS_MAX, METRIC_LUNS_MAX } from '../../src/limits.js';
import { type OperationCell, unansweredOf } from '../../src/metrics/counters.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { Outcome, type Task } from '../../src/scsi/task.js';
import { task } from '../support/task.js';

function run(tasks: readonly Task[], top = 3): Metrics {
  const m = new Metrics(top);
  for (const t of tasks) {
    m.taskStarted(t);
    m.taskEnded(t);
  }
  m.finish(10_000);
  return m;
}

function cells(m: Metrics): OperationCell[] {
  const list: OperationCell[] = [];
  for (const s of m.sessions) {
    for (const byLow of s?.luns.values() ?? []) {
      for (const lun of byLow.values()) list.push(...lun.cells.values());
    }
  }
  return list;
}

test('session, LUN and operation have a cell each', () => {
  const m = run([
    task(),
    task({ statusNs: 4000 }),
    task({ lunHigh: 0xd2000100 }),
    task({ operation: 0x2a, opcode: 0x2a, dataInBytes: 0, dataOutBytes: 512 }),
    task({ session: 1 }),
    task(),
  ]);
  const all = cells(m);
  assert.equal(
    all.map((c) => [c.operation, c.commands, c.completed, c.dataInBytes, c.dataOutBytes]),
    [
      [0x28, 3, 3, 3 * 4096, 0],
      [0x2a, 1, 1, 0, 512],
      [0x28, 1, 1, 4096, 0],
      [0x28, 1, 1, 4096, 0],
    ],
  );
  assert.is(all[0].latency.sum, 1000 + 3000 + 1000);
  assert.is(all[0].firstData?.max, 500);
  assert.is(all[0].transfer?.max, 300);
  assert.is(all[0].firstR2t, undefined);
});

test('what has no status is told apart, and has no latency', () => {
  const noStatus = { statusNs: -1, response: -1, status: -1, statusFrame: 0 };
  const m = run([
    task({ ...noStatus, outcome: Outcome.open, endNs: -1 }),
    task({ ...noStatus, outcome: Outcome.aborted }),
    task({ ...noStatus, outcome: Outcome.lost }),
    task({ ...noStatus, outcome: Outcome.rejected }),
    task({ ...noStatus, statusNs: 3000, statusBound: true, outcome: Outcome.statusNotCaptured }),
    task({ status: 2, outcome: Outcome.checkCondition }),
  ]);
  const [cell] = cells(m);
  assert.is(cell.commands, 6);
  assert.is(cell.completed, 1);
  assert.is(unansweredOf(cell), 3);
  assert.is(cell.latency.count, 1);
  assert.is(
    cell.outcomes.reduce((a, b) => a + b),
    6,
  );
  assert.is(m.open.sorted().length, 1);
  assert.is(m.slowest.sorted().length, 1);
  // The open one is open until the capture ends.
  assert.is(m.depth.depth, 1);
  assert.is(m.depth.toNs, 10_000);
});

test('a status whose last bytes are missing counts, and how many such are told', () => {
  const [cell] = cells(run([task({ statusBound: true }), task({})]));
  assert.equal([cell.latency.count, cell.latencyAtMost], [2, 1]);
});

test('a task whose command was not captured is counted apart', () => {
  const m = run([task({ commandSeen: false, commandNs: -1 })]);
  assert.equal(cells(m), []);
  assert.is([...(m.sessions[0]?.luns.get(0)?.values() ?? [])][0].commandsNotCaptured, 1);
  assert.is(m.depth.max, 0);
});

test('the slowest are copies, slowest first', () => {
  const m = new Metrics(2);
  const reused = task();
  for (const end of [2000, 5000, 3000, 4000]) {
    reused.statusNs = end;
    reused.commandFrame = end;
    m.taskStarted(reused);
    m.taskEnded(reused);
  }
  assert.equal(
    m.slowest.sorted().map((c) => [c.statusNs - c.commandNs, c.commandFrame, c.cdb[0]]),
    [
      [4000, 5000, 0x28],
      [3000, 4000, 0x28],
    ],
  );
});

test('beyond the limits commands are pooled, never lost', () => {
  const m = new Metrics(1);
  const t = task();
  const total = METRIC_LUNS_MAX + 10;
  for (let i = 0; i < total; i++) {
    t.lunHigh = i;
    m.taskStarted(t);
    m.taskEnded(t);
  }
  assert.is(m.pooled, 10);
  const pool = [...(m.poolSession()?.luns.get(0)?.values() ?? [])];
  assert.is([...pool[0].cells.values()][0].commands, 10);
  const many = new Metrics(1);
  for (let i = 0; i < METRIC_CELLS_MAX + 5; i++) {
    t.lunHigh = 0;
    t.operation = i;
    many.taskStarted(t);
    many.taskEnded(t);
  }
  assert.is(many.pooled, 5);
  assert.is(
    cells(many).reduce((a, c) => a + c.commands, 0),
    METRIC_CELLS_MAX + 5,
  );
});

test.run();

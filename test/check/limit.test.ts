import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Limit } from '../../src/check/limit.js';
import { Outcome, type OutcomeCode } from '../../src/scsi/task.js';
import { task } from '../support/task.js';

/** Latencies of 1 to n µs. */
function judged(text: string, n: number): { value: number | null; holds: boolean } {
  const limit = Limit.of(text);
  assert.ok(limit, text);
  for (let i = 1; i <= n; i++) {
    limit.taskEnded(task({ statusNs: i * 1000, commandNs: 0, outcome: Outcome.good, status: 0 }));
  }
  const { value, holds } = limit.result();
  return { value, holds };
}

test('percentiles are of the nearest rank, and judged exactly however many there are', () => {
  for (const n of [1, 10, 99, 100, 5000, 20_000]) {
    for (const p of [0.5, 0.9, 0.99, 0.999]) {
      const rank = Math.max(1, Math.ceil(p * n - 1e-9));
      const name = `p${String(p * 100).slice(0, 4)}`;
      assert.ok(judged(`${name} <= ${rank}us`, n).holds, `${name} of ${n}`);
      assert.not(judged(`${name} < ${rank}us`, n).holds, `${name} of ${n}`);
      assert.ok(judged(`${name} == ${rank * 1000}ns`, n).holds, `${name} of ${n}`);
      assert.ok(judged(`${name} > ${rank - 1}us`, n).holds, `${name} of ${n}`);
    }
  }
});

test('p999 is p99.9', () => {
  assert.is(judged('p999 < 1s', 5000).value, judged('p99.9 < 1s', 5000).value);
});

test('min, mean, max and counts', () => {
  assert.equal(judged('max <= 0.1ms', 100), { value: 100_000, holds: true });
  assert.equal(judged('min > 1us', 100), { value: 1000, holds: false });
  assert.equal(judged('mean == 50.5us', 100), { value: 50_500, holds: true });
  assert.equal(judged('commands >= 100', 100), { value: 100, holds: true });
  assert.equal(judged('errors == 0', 100), { value: 0, holds: true });
});

test('where nothing has a latency no limit of latency holds', () => {
  assert.equal(judged('p99 < 1s', 0), { value: null, holds: false });
  assert.equal(judged('unanswered == 0', 0), { value: 0, holds: true });
});

test('errors and commands without an answer are two things', () => {
  const of = (text: string, outcome: OutcomeCode, status: number) => {
    const limit = Limit.of(text);
    const response = status < 0 ? -1 : 0;
    limit?.taskEnded(task({ outcome, status, response, statusNs: status < 0 ? -1 : 5 }));
    return limit?.result().value;
  };
  assert.is(of('errors == 0', Outcome.checkCondition, 2), 1);
  assert.is(of('unanswered == 0', Outcome.checkCondition, 2), 0);
  assert.is(of('errors == 0', Outcome.open, -1), 0);
  assert.is(of('unanswered == 0', Outcome.open, -1), 1);
  assert.is(of('errors == 0', Outcome.statusNotCaptured, -1), 0);
  assert.is(of('unanswered == 0', Outcome.statusNotCaptured, -1), 0);
});

test('a filter takes what it wants', () => {
  const limit = Limit.of('commands == 1 where latency > 5us');
  for (const statusNs of [1000, 9000]) {
    limit?.taskEnded(task({ commandNs: 0, statusNs, outcome: Outcome.good, status: 0 }));
  }
  assert.is(limit?.result().holds, true);
});

test('what is no limit is none', () => {
  for (const text of [
    '',
    'p99',
    'p99 < 20',
    'p0 < 1s',
    'p101 < 1s',
    'commands < 5ms',
    'speed < 5',
    'p99 << 1s',
  ]) {
    assert.is(Limit.of(text), undefined, text);
  }
  assert.throws(() => Limit.of('p99 < 1s where nonsense == 1'), /nonsense/);
});

test.run();

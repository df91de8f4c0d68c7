// Intervals: what is counted in one, what stays from the start, what is open.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { METRIC_LUNS_MAX } from '../../src/limits.js';
import { IntervalMetrics } from '../../src/metrics/interval.js';
import { makeInterval, type SourceState } from '../../src/report/interval.js';
import { Outcome } from '../../src/scsi/task.js';
import { task } from '../support/task.js';

const never = () => false;
const SOURCE: SourceState = {
  packets: 0,
  packetsNow: 0,
  dropsTold: 'never',
  bytesMissing: 0,
  delayMs: 0,
  delayMsMax: 0,
  residentBytes: 0,
};

function told(metrics: IntervalMetrics, toNs: number) {
  const facts = { metrics, look: undefined, epoch: undefined, number: 1, source: SOURCE };
  return makeInterval({ ...facts, fromNs: toNs - 1e9, toNs });
}

test('an interval has its own commands and latencies, totals go on', () => {
  const metrics = new IntervalMetrics();
  for (let i = 0; i < 100; i++) {
    const one = task({ number: i, commandNs: 0, statusNs: (i + 1) * 1000 });
    metrics.taskStarted(one);
    metrics.taskEnded(one);
  }
  const first = told(metrics, 1e9);
  assert.equal(
    [first.startedCount, first.endedCount, first.endedTotal, first.outstanding, first.iops],
    [100, 100, 100, 0, 100],
  );
  assert.is(first.readMBps, 0.41);
  assert.equal(
    [first.latency?.p50Ns, first.latency?.p99Ns, first.latency?.maxNs],
    [50_000, 99_000, 100_000],
  );
  metrics.next(never);
  const one = task({ number: 100, commandNs: 0, statusNs: 7 });
  metrics.taskStarted(one);
  metrics.taskEnded(one);
  const second = told(metrics, 2e9);
  assert.equal([second.endedCount, second.endedTotal, second.latency?.maxNs], [1, 101, 7]);
  assert.is(second.bytesTotal, 101 * 4096);
});

test('what is open is told with the age of the oldest, whatever its LUN', () => {
  const metrics = new IntervalMetrics();
  const open = [
    task({ number: 0, lunLow: 1, commandNs: 5e8, tag: 7 }),
    task({ number: 1, lunLow: 2, commandNs: 2e8, tag: 8 }),
    task({ number: 2, lunLow: 2, commandNs: 9e8, tag: 9 }),
  ];
  for (const one of open) metrics.taskStarted(one);
  metrics.next(never);
  const interval = told(metrics, 3e9);
  assert.is(interval.outstanding, 3);
  assert.equal([interval.oldest?.tag, interval.oldest?.ageNs], [8, 2.8e9]);
  metrics.taskEnded(open[1]);
  assert.is(told(metrics, 3e9).oldest?.tag, 7);
  assert.is(told(metrics, 3e9).outstanding, 2);
  // The end of the capture ends no command.
  metrics.taskEnded({ ...open[0], outcome: Outcome.open });
  assert.is(told(metrics, 3e9).outstanding, 2);
});

test('an upper bound is no latency, a bad status is counted, a command that was not captured is not', () => {
  const metrics = new IntervalMetrics();
  metrics.taskEnded(task({ statusBound: true, outcome: Outcome.statusNotCaptured }));
  metrics.taskEnded(task({ outcome: Outcome.checkCondition }));
  metrics.taskEnded(task({ commandSeen: false }));
  const interval = told(metrics, 1e9);
  assert.equal([interval.endedCount, interval.failedCount, interval.latency?.count], [2, 1, 1]);
});

test('retransmissions are counted, packets that only changed places are not', () => {
  const metrics = new IntervalMetrics();
  metrics.tcp.retransmission(4, 1, 0, 0, 100, 'fast', 0);
  metrics.tcp.retransmission(5, 1, 0, 0, 100, 'timeout', 0);
  metrics.tcp.retransmission(5, 1, 0, 0, 100, 'outOfOrder', 0);
  assert.equal([...metrics.retransmissions], [[2, 2]]);
  metrics.next(never);
  assert.equal([metrics.retransmissionsNow, metrics.retransmissionsTotal], [0, 2]);
});

test('rows are bounded, and leave with their session', () => {
  const metrics = new IntervalMetrics();
  for (let i = 0; i < METRIC_LUNS_MAX + 50; i++) {
    const one = task({ number: i, session: 1, lunLow: i });
    metrics.taskStarted(one);
    metrics.taskEnded(one);
  }
  assert.is(metrics.luns.size, METRIC_LUNS_MAX + 1);
  assert.is(told(metrics, 1e9).endedCount, METRIC_LUNS_MAX + 50);
  const open = task({ number: 1e6, session: 1, lunLow: 3 });
  metrics.taskStarted(open);
  metrics.next(never);
  metrics.next((session) => session === 1);
  metrics.next((session) => session === 1);
  // The one with an open command stays, and the one that others share.
  assert.is(metrics.luns.size, 2);
  assert.is(metrics.total.ended, METRIC_LUNS_MAX + 50);
});

test.run();

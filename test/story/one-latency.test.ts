// One latency for statistics: percentiles, histogram, strip chart, filter and sort count the same commands,
// also where the capture lacks statuses.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { taskFilter } from '../../src/filter/task-filter.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { Outcome } from '../../src/scsi/task.js';
import { bothTasks, Keeper } from '../../src/store/keeper.js';
import { selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { makeTaskRow } from '../../src/store/task-store.js';

for (const file of [
  'tgt-mixed-load-snaplen160.pcap.gz',
  'tgt-mixed-load.pcap.gz',
  'tgt-killed-and-back.pcap.gz',
]) {
  test(`${file}: every statistic counts the same latencies`, async () => {
    const collector = new Collector(10);
    const keeper = new Keeper({ pdus: false });
    const sinks = collector.sinks();
    const kept = keeper.sinks();
    const taskSink = bothTasks(collector, kept.taskSink ?? collector);
    const analysis = await analyse([`captures/${file}`], { ...sinks, taskSink });
    const { tasks } = keeper;
    const totals = collector.report(analysis).totals.latency;
    const counted = [...selectTasks(tasks, (row) => tasks.latencyNs(row) >= 0)];
    assert.is(counted.length, totals?.count ?? 0);
    const latencies = counted.map((row) => tasks.latencyNs(row)).sort((a, b) => a - b);
    assert.is(latencies.at(-1), totals?.maxNs);
    assert.is(latencies[Math.ceil(latencies.length * 0.5) - 1], totals?.p50Ns);
    const filter = taskFilter('latency >= 0s');
    const task = makeTaskRow();
    const filtered = [...selectTasks(tasks)].filter((row) => {
      tasks.read(row, task);
      return filter.test(task);
    });
    assert.equal(filtered, counted);
    const sorted = [...sortTasks(tasks, selectTasks(tasks), 'latency', true)];
    assert.is(tasks.latencyNs(sorted[0]), totals?.maxNs);
    assert.ok(sorted.slice(counted.length).every((row) => tasks.latencyNs(row) < 0));
    // Where no status was captured there is a bound, which is told and not counted.
    const bounds = [
      ...selectTasks(tasks, (row) => tasks.outcome(row) === Outcome.statusNotCaptured),
    ];
    assert.ok(bounds.every((row) => tasks.latencyNs(row) < 0));
    if (file.includes('snaplen')) assert.ok(bounds.length > 0);
  });
}

test.run();

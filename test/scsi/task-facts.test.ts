// The table of facts: one getter reads a task that ends, a row of the store and its columns alike; filters,
// columns, CSV and sorts tell what the record tells.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TASK_BOOK, taskFilter } from '../../src/filter/task-filter.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { isNumber, nameOf } from '../../src/scsi/fact-kinds.js';
import { commandRecord, factValue } from '../../src/scsi/fact-record.js';
import { latencyNs, OUTCOME_NAMES, Outcome, type Task } from '../../src/scsi/task.js';
import { outcomeTone, TASK_FACTS } from '../../src/scsi/task-facts.js';
import { Keeper } from '../../src/store/keeper.js';
import { SORT_COLUMNS, selectTasks, sortFact, sortTasks } from '../../src/store/sort-keys.js';
import { storedTask } from '../../src/store/stored-task.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { COMMAND_COLUMNS } from '../../src/view/lists/command-columns.js';
import { task } from '../support/task.js';

const AROUND = { epoch: undefined, session: () => undefined, lastNs: 5e9 };

test('every fact has a name and a key of its own, and a sentence', () => {
  const keys = TASK_FACTS.map(({ key }) => key);
  assert.is(new Set(keys).size, keys.length);
  // A word may not mean two facts: `time` is a name of one and a key of another, on purpose.
  const names = TASK_FACTS.map(nameOf);
  assert.is(new Set(names).size, names.length);
  for (const { key, about } of TASK_FACTS) assert.ok(about.length > 3, key);
  for (const { key } of TASK_FACTS) assert.match(key, /^[a-z][A-Za-z0-9]*$/);
  assert.equal(
    COMMAND_COLUMNS.map(({ key }) => key),
    keys,
    'each is a column',
  );
  for (const fact of TASK_FACTS) {
    if (isNumber(fact) && fact.type === 'ns') assert.match(fact.key, /Ns(AtMost)?$/);
    if (isNumber(fact) && fact.type === 'instant') assert.match(fact.key, /^relativeNs/);
  }
});

for (const file of ['istgt-many-r2ts.pcap.gz', 'tgt-mixed-load-snaplen160.pcap.gz']) {
  test(`${file}: a row of the store tells what the task told, read whole or by its columns`, async () => {
    const keeper = new Keeper({ pdus: false });
    const { taskSink, ...sinks } = keeper.sinks();
    const told = new Map<number, object>();
    const latencies = new Map<number, number>();
    await analyse([`captures/${file}`], {
      ...sinks,
      taskSink: {
        taskStarted: (t: Task) => taskSink?.taskStarted(t),
        taskEnded: (t: Task) => {
          const { r2tList: _, ...record } = commandRecord(t, AROUND);
          told.set(t.number, record);
          latencies.set(t.number, latencyNs(t));
          taskSink?.taskEnded(t);
        },
      },
    });
    assert.ok(told.size > 50);
    const row = makeTaskRow();
    const stored = storedTask(keeper.tasks);
    for (const [number, record] of told) {
      keeper.tasks.read(number, row);
      assert.equal(commandRecord(row, AROUND), record, `row ${number}`);
      assert.equal(commandRecord(stored.at(number), AROUND), record, `columns of ${number}`);
      assert.is(keeper.tasks.latencyNs(number), latencies.get(number));
    }
    // What filters say is what the record says.
    for (const fact of TASK_FACTS.filter(isNumber)) {
      const field = TASK_BOOK.find(fact.key);
      if (fact.needsAround) continue;
      assert.ok(field?.number, fact.key);
      for (const number of told.keys()) {
        keeper.tasks.read(number, row);
        const value = factValue(fact, row, AROUND);
        const asked = field.number(row);
        assert.is(
          Number.isNaN(asked) ? undefined : asked,
          value === undefined ? value : Number(value),
        );
      }
    }
    // Sorts begin at the end that the table says, and what is not known comes last.
    for (const column of SORT_COLUMNS) {
      const fact = sortFact(column);
      if (!isNumber(fact) || fact.order !== undefined) continue;
      const sorted = [...sortTasks(keeper.tasks, selectTasks(keeper.tasks), column, true)];
      const values = sorted.map((number) => fact.number(stored.at(number)));
      const known = values.filter((value) => !Number.isNaN(value));
      assert.equal(
        values.slice(0, known.length),
        [...known].sort((a, b) => b - a),
        column,
      );
    }
  });
}

test('array time of a command is what the report sums up as such', async () => {
  const read = task({ dataInPdus: 1, phaseNs: Float64Array.of(0, 0, 0, 0, 0, 500, 300, 200, 0) });
  assert.is(commandRecord(read, AROUND).arrayNs, 500);
  const collector = new Collector(0);
  let most = 0;
  const analysis = await analyse(['captures/istgt-many-r2ts.pcap.gz'], {
    taskSink: {
      taskStarted: (t: Task) => collector.taskStarted(t),
      taskEnded: (t: Task) => {
        collector.taskEnded(t);
        most = Math.max(most, commandRecord(t, AROUND).arrayNs ?? 0);
      },
    },
  });
  const { operationTotals } = collector.report(analysis);
  assert.is(Math.max(...operationTotals.map(({ array }) => array?.maxNs ?? 0)), most);
  const { find } = TASK_BOOK;
  assert.is(find('arrayNs')?.number?.(read), 500);
  assert.is(find('array')?.kind, 'duration');
});

test('an outcome has one tone, and what nobody knows is no failure', () => {
  const toneOf = (outcome: number): string => `${OUTCOME_NAMES[outcome]}: ${outcomeTone(outcome)}`;
  assert.equal(Object.values(Outcome).map(toneOf), [
    ...['open: warn', 'good: good', 'check condition: bad', 'condition met: good', 'busy: bad'],
    ...['reservation conflict: bad', 'task set full: bad', 'ACA active: bad', 'task aborted: bad'],
    ...['other status: bad', 'target failure: bad', 'aborted: bad', 'lost: bad', 'rejected: bad'],
    'status not captured: warn',
  ]);
});

test('tags and what else FCP and iSER carry are told by the same keys', () => {
  const fcp = commandRecord(task({ transport: 1, tag: 0x1234, cmdSN: 0 }), AROUND);
  assert.equal([fcp.transport, fcp.tag, fcp.cmdSN], ['FCP', 0x1234, undefined]);
  const fcoe = commandRecord(task({ transport: 1, connection: -1 }), AROUND);
  assert.is(fcoe.connection, undefined);
  const iser = commandRecord(task({ transport: 2, cmdSN: 7 }), AROUND);
  assert.equal([iser.transport, iser.cmdSN], ['iSER', 7]);
});

test('the last block of a command: beside 2^32, of one block, and of none', () => {
  const fact = TASK_FACTS.find(({ key }) => key === 'lbaEnd')!;
  const lbaEnd = (of: Parameters<typeof task>[0]) => factValue(fact, task(of), AROUND);
  assert.is(lbaEnd({ lbaLow: 100, blocks: 8 }), '107');
  assert.is(lbaEnd({ lbaLow: 100, blocks: 1 }), '100');
  assert.is(lbaEnd({ lbaLow: 2 ** 32 - 4, blocks: 8 }), String(2 ** 32 + 3));
  assert.is(lbaEnd({ lbaHigh: 1, lbaLow: 0, blocks: 8 }), String(2 ** 32 + 7));
  assert.is(lbaEnd({ lbaLow: 100, blocks: 0 }), undefined);
  assert.is(lbaEnd({ lbaKnown: false }), undefined);
});

test('commands that touched a block are found by both ends', () => {
  const touches = (lba: number) => taskFilter(`lba <= ${lba} and lbaEnd >= ${lba}`);
  const read = task({ lbaLow: 96, blocks: 8 });
  assert.equal(
    [95, 96, 103, 104].map((lba) => touches(lba).test(read)),
    [false, true, true, false],
  );
});

test.run();

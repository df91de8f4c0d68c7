// The first N of a sorted list are what the whole list begins with, by any column and either way.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { bothTasks, Keeper } from '../../src/store/keeper.js';
import { SORT_COLUMNS, selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { TopTasks } from '../../src/store/top-tasks.js';
import { manyCommands } from '../support/many-commands.js';
import { sanscope } from '../support/program.js';

const made = manyCommands(1500);
const MANY = 'captures/tgt-mixed-load.pcap.gz';
const LIMITS = [1, 100, 10_000];

for (const path of [made, MANY]) {
  test(`as a sort of all has it: ${path === made ? 'commands of few kinds' : path}`, async () => {
    const keeper = new Keeper({ pdus: false });
    const tops = SORT_COLUMNS.flatMap((column) =>
      LIMITS.flatMap((limit) =>
        [true, false].map((descending) => ({
          column,
          limit,
          descending,
          top: new TopTasks({ column, limit, descending }),
        })),
      ),
    );
    const all = tops.map(({ top }) => top).reduce(bothTasks, keeper.tasks);
    await analyse([path], { taskSink: all });
    const rows = selectTasks(keeper.tasks);
    assert.ok(rows.length > 900, `${rows.length}`);
    for (const { column, limit, descending, top } of tops) {
      const want = [...sortTasks(keeper.tasks, rows, column, descending).subarray(0, limit)];
      const got = top.sorted();
      const what = `${column} ${limit} ${descending}`;
      assert.equal(
        got.map((task) => task.number),
        want,
        what,
      );
      const row = makeTaskRow();
      for (const task of got.slice(0, 5)) {
        keeper.tasks.read(task.number, row);
        assert.equal(
          [task.statusNs, task.tag, task.outcome, [...task.phaseNs], task.status],
          [row.statusNs, row.tag, row.outcome, [...row.phaseNs], row.status],
          what,
        );
      }
    }
  });
}

test('written rows are those of the whole list, a filter before the length', () => {
  for (const column of ['latency', 'lba', 'operation', 'time']) {
    for (const more of [[], ['--reverse', '-Y', 'read && latency > 1ms']]) {
      const args = ['commands', '--json', '--sort', column, ...more];
      const whole = sanscope([...args, MANY]).stdout.split('\n');
      const some = sanscope([...args, '-n', '20', MANY]).stdout.split('\n');
      assert.is(some.length, 21, args.join(' '));
      assert.equal(some.slice(0, 20), whole.slice(0, 20), args.join(' '));
    }
  }
});

test.run();

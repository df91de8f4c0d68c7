// The list of commands made in slices is the one made in one go, and keys go first.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CommandList, type ListWish } from '../../src/case/command-list.js';
import { SORT_COLUMNS, selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { TaskStore } from '../../src/store/task-store.js';
import { Screens } from '../support/ui.js';

const ROWS = 10_000;
const FOURTH = (row: number): boolean => row % 4 === 1;

/** So many commands, of which nothing is known. */
function emptyTasks(count: number): TaskStore {
  const tasks = new TaskStore();
  tasks.count = count;
  return tasks;
}

/** A clock of which each look takes a slice's time. */
function slowClock(): () => number {
  let ms = 0;
  return () => {
    ms += 25;
    return ms;
  };
}

function wish(change: Partial<ListWish>): ListWish {
  const all = { sort: 'time', descending: false, wanted: undefined, filter: '' } as const;
  return { ...all, untilNs: undefined, ...change };
}

function rowsOf(list: CommandList): number[] {
  return Array.from({ length: list.count }, (_, i) => list.row(i));
}

test('slices find what one go finds, in any order of sorting', () => {
  const tasks = emptyTasks(ROWS);
  for (const sort of SORT_COLUMNS) {
    const list = new CommandList(tasks);
    const clock = slowClock();
    list.update(wish({ sort, descending: true, wanted: FOURTH, filter: 'a' }), clock);
    let slices = 1;
    for (; list.working; slices++) list.work(clock);
    assert.ok(slices > 3, `${slices} slices`);
    const expected = sortTasks(tasks, selectTasks(tasks, FOURTH), sort, true);
    assert.equal(rowsOf(list), [...expected], sort);
  }
});

test('until the new list is made the old one stands; another wish begins anew, none ends it', () => {
  const list = new CommandList(emptyTasks(ROWS));
  const clock = slowClock();
  list.update(wish({}), clock);
  list.update(wish({ wanted: () => false, filter: 'none' }), clock);
  assert.is(list.count, ROWS);
  assert.is(list.progress?.total, ROWS);
  const done = list.progress!.done;
  assert.ok(done > 0 && done < ROWS);
  list.update(wish({ wanted: () => false, filter: 'none' }), clock);
  assert.is(list.progress?.done, done, 'the same wish does not begin anew');
  list.work(clock);
  list.update(wish({ wanted: FOURTH, filter: 'fourth' }), clock);
  assert.is(list.progress?.done, done, 'another one does');
  list.update(wish({}), clock);
  assert.not(list.working);
  assert.is(list.count, ROWS);
  list.update(wish({ wanted: FOURTH, filter: 'fourth' }), clock);
  list.finish();
  assert.is(list.progress, undefined);
  assert.is(list.count, ROWS / 4);
});

test('a filter under way is told in the status line, and keys are heard before it ends', async () => {
  const path = new URL('../../captures/istgt-many-r2ts.pcap.gz', import.meta.url).pathname;
  const s = await new Screens([path], 100, 30).load();
  const { tasks } = s.controller.sources.kase;
  const all = tasks.count;
  s.press('2');
  // Rows beyond the last command have zeros in all columns.
  tasks.count = ROWS;
  s.press('/', 'Esc', 'f', 'latency > 0');
  s.lookMs = 25;
  s.settling = false;
  s.press('Enter');
  s.step();
  assert.match(s.rows().at(-1)!, /listing \d+\.\d %/);
  assert.match(s.rows()[1], /10,000 commands/);
  s.press('Down');
  assert.is(s.controller.state.views.at(-1)!.at, 1);
  s.settling = true;
  s.settle();
  assert.not.match(s.rows().at(-1)!, /listing/);
  assert.ok(s.controller.sources.list.count <= all);
  assert.is(s.controller.state.views.at(-1)!.at, 1);
});

test.run();

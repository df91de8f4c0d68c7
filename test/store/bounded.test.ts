// A keeper with a bound: the newest commands and PDUs are as without one, and so are those that are
// open, however old; the others are forgotten, and nothing breaks.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { commandLadder } from '../../src/report/ladder/command-ladder.js';
import { Keeper } from '../../src/store/keeper.js';
import { SORT_COLUMNS, selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { manyCommands, NEVER, SLOW } from '../support/many-commands.js';

const BYTES_MAX = 3 << 20;
/** What is forgotten goes in chunks: of each column one is begun, and one may be kept for what is open. */
const GRAIN = 5 << 20;

const path = manyCommands();

/** Both keepers of one pass over the capture, and the most that the second one held. */
async function kept(): Promise<{ all: Keeper; some: Keeper; bytesMost: number; openMost: number }> {
  const all = new Keeper({ pdus: true });
  const some = new Keeper({ pdus: true, bytesMax: BYTES_MAX });
  let bytesMost = 0;
  let openMost = 0;
  await analyse([path], all.sinks());
  const sinks = some.sinks();
  const { taskSink } = sinks;
  await analyse([path], {
    ...sinks,
    taskSink: {
      taskStarted: (task) => taskSink?.taskStarted(task),
      taskMoved: (task, from) => taskSink?.taskMoved?.(task, from),
      taskEnded: (task) => {
        taskSink?.taskEnded(task);
        bytesMost = Math.max(bytesMost, some.bytes());
        openMost = Math.max(openMost, some.tasks.openRows);
      },
    },
  });
  return { all, some, bytesMost, openMost };
}

const both = kept();

test('it holds what it may, and no more', async () => {
  const { all, some, bytesMost, openMost } = await both;
  assert.ok(all.bytes() > 1.5 * bytesMost, `${all.bytes()} ${bytesMost}`);
  assert.ok(bytesMost > BYTES_MAX && bytesMost < BYTES_MAX + GRAIN, `${bytesMost}`);
  assert.ok(some.tasks.rounds > 1 && !some.full);
  assert.is(some.tasks.count, all.tasks.count);
  assert.is(some.pdus.count, all.pdus.count);
  assert.is(some.tasks.openRows, all.tasks.openRows);
  assert.is(some.tasks.held + some.tasks.forgotten, all.tasks.count);
  assert.ok(openMost < 100, `${openMost}`);
});

test('commands that are held are as without a bound, with their PDUs and ladders', async () => {
  const { all, some } = await both;
  const a = makeTaskRow();
  const b = makeTaskRow();
  assert.ok(some.tasks.held > 4096 && some.tasks.forgotten > 4096);
  const facts = { lastNs: 1e12, sessions: [], initiatorDirection: () => 0, everyPdu: true };
  for (let index = 0; index < some.tasks.held; index++) {
    const row = some.tasks.rowAt(index);
    assert.is(some.tasks.indexOf(row), index);
    assert.ok(some.tasks.holds(row));
    some.tasks.read(row, a);
    all.tasks.read(row, b);
    if (index % 97 === 0 || row < some.tasks.first) assert.equal(a, b, `${row}`);
    assert.equal([a.ended, a.statusNs, a.hostNs], [b.ended, b.statusNs, b.hostNs]);
    let pdu = some.pdus.firstOf(row);
    assert.ok(pdu >= 0);
    assert.is(pdu, all.pdus.firstOf(row));
    for (; pdu >= 0; pdu = some.pdus.next(pdu)) {
      assert.is(some.pdus.next(pdu), all.pdus.next(pdu));
      assert.ok(some.pdus.holds(pdu));
      assert.is(some.pdus.task(pdu), row);
      const words = ({ pdus }: Keeper): number[] => [
        pdus.frame(pdu),
        pdus.endNs(pdu),
        pdus.opcode(pdu),
        pdus.fileOffset(pdu),
        pdus.length(pdu),
        pdus.bufferOffset(pdu),
      ];
      assert.equal(words(some), words(all));
    }
    if (index % 997 !== 0) continue;
    assert.equal(commandLadder(some, row, facts), commandLadder(all, row, facts));
  }
});

test('what is open is not forgotten, and its end is told', async () => {
  const { some } = await both;
  const { tasks } = some;
  assert.ok(tasks.first > Math.max(NEVER, SLOW));
  assert.ok(tasks.holds(NEVER));
  assert.is(tasks.indexOf(NEVER), 0);
  assert.is(tasks.rowAt(0), NEVER);
  assert.not.ok(tasks.holds(NEVER + 1));
  assert.not.ok(some.pdus.holds(some.pdus.firstOf(NEVER + 1)));
  assert.ok(some.pdus.holds(some.pdus.firstOf(NEVER)));
});

test('lists are of what is held, by any column', async () => {
  const { all, some } = await both;
  const rows = selectTasks(some.tasks);
  assert.is(rows.length, some.tasks.held);
  assert.ok(rows.every((row, i) => i === 0 || row > rows[i - 1]));
  for (const column of SORT_COLUMNS) {
    const sorted = sortTasks(some.tasks, rows, column, true);
    assert.equal(sorted, sortTasks(all.tasks, rows, column, true), column);
  }
});

test('PDUs of forgotten commands have none', async () => {
  const { some } = await both;
  const { pdus, tasks } = some;
  for (let pdu = pdus.first; pdu < pdus.count; pdu++) {
    const task = pdus.task(pdu);
    assert.ok(task < 0 || tasks.holds(task));
    assert.ok(pdus.frame(pdu) > 0);
  }
});

test.run();

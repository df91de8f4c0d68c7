// Chosen tasks are kept with all their PDUs, as where everything is kept, and nothing else is.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { commandLadder, type LadderStep } from '../../src/report/ladder/command-ladder.js';
import type { Task } from '../../src/scsi/task.js';
import { ChosenTasks } from '../../src/store/chosen-tasks.js';
import { Keeper } from '../../src/store/keeper.js';
import { TopTasks } from '../../src/store/top-tasks.js';
import { manyCommands } from '../support/many-commands.js';

const CAPTURES = [
  manyCommands(2000),
  'captures/tgt-mixed-load.pcap.gz',
  'captures/istgt-many-r2ts.pcap.gz',
  'captures/tgt-reordered.pcap.gz',
  'captures/istgt-three-connections.pcap.gz',
  'captures/tgt-mid-stream.pcap.gz',
];

for (const [i, path] of CAPTURES.entries()) {
  test(`their ladders are the same: ${i === 0 ? 'many commands' : path}`, async () => {
    const all = new Keeper({ pdus: true });
    const wanted = (task: Task): boolean => task.commandSeen && task.statusNs >= 0;
    const top = new TopTasks({ limit: 25, column: 'latency', descending: true, wanted });
    const sinks = all.sinks();
    await analyse([path], {
      ...sinks,
      taskSink: {
        taskStarted: (task) => sinks.taskSink?.taskStarted(task),
        taskMoved: (task, from) => sinks.taskSink?.taskMoved?.(task, from),
        taskEnded: (task) => {
          sinks.taskSink?.taskEnded(task);
          top.taskEnded(task);
        },
      },
    });
    const tasks = top.sorted();
    const some = new Keeper({ pdus: true });
    const chosen = new ChosenTasks(tasks);
    const { lastNs, sessions } = await analyse([path], chosen.sinks(some));
    const facts = { lastNs, sessions, initiatorDirection: () => 0, everyPdu: true };
    assert.is(some.tasks.count, tasks.length);
    assert.ok(tasks.length > 2 && some.pdus.count < all.pdus.count, `${tasks.length}`);
    for (const task of tasks) {
      const want = commandLadder(all, task.number, facts);
      const got = commandLadder(some, chosen.row(task), facts);
      assert.equal(got.steps.map(withoutRow), want.steps.map(withoutRow), `${task.number}`);
      assert.equal({ ...got.task, number: 0 }, { ...want.task, number: 0 });
      assert.ok(got.steps.some(({ kind }) => kind === 'pdu'));
    }
  });
}

/** Rows count what is kept. */
function withoutRow(step: LadderStep): object {
  return { ...step, row: 0 };
}

test.run();

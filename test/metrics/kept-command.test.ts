import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copyTask, makeKeptCommand } from '../../src/metrics/kept-command.js';
import { commandRecord } from '../../src/scsi/fact-record.js';
import { endedWell, failed, Outcome, Task, tcpTakes } from '../../src/scsi/task.js';

/** A task in which no two numbers are the same, so that a field that was not copied shows. */
function numbered(from: number): Task {
  const task = new Task();
  tcpTakes(task);
  let next = from;
  for (const name of Object.keys(task) as (keyof Task)[]) {
    const value = task[name];
    if (typeof value === 'number') Object.assign(task, { [name]: next++ });
    else if (typeof value === 'boolean') Object.assign(task, { [name]: true });
    else if (value instanceof Float64Array)
      for (let i = 0; i < value.length; i++) value[i] = next++;
  }
  task.operation = 3;
  task.senseKey = 5;
  task.cdb = Uint8Array.from({ length: 40 }, (_, i) => i + from);
  task.cdbLength = 40;
  return task;
}

const around = { epoch: undefined, session: () => undefined, lastNs: 9000 };

test('a kept command tells what its task told, whatever the slot held before', () => {
  for (const outcome of Object.values(Outcome)) {
    const kept = makeKeptCommand();
    copyTask(numbered(500), kept);
    const task = numbered(1000);
    task.outcome = outcome;
    copyTask(task, kept);
    assert.equal(commandRecord(kept, around), commandRecord(task, around));
    assert.is(kept.cdb.length, 40, 'the slot grew for a long CDB');
    assert.is.not(kept.cdb, task.cdb);
    assert.is.not(kept.phaseNs, task.phaseNs);
  }
});

test('what ended well, what failed, and what nobody knows', () => {
  const named = (is: (outcome: number) => boolean): string[] =>
    Object.entries(Outcome)
      .filter(([, outcome]) => is(outcome))
      .map(([name]) => name);
  assert.equal(named(endedWell), ['good', 'conditionMet']);
  assert.equal(
    named((outcome) => !endedWell(outcome) && !failed(outcome)),
    ['open', 'statusNotCaptured'],
  );
});

test.run();

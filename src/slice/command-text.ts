// A command in a few words, for comments in captures.

import { durationText } from '../lib/number-text.js';
import { latencyNs, OUTCOME_NAMES, type Task } from '../scsi/task.js';
import { operationName } from '../wire/scsi/operations.js';

/** `READ(10), 3.02 s`, `WRITE(10), 12.0 ms, check condition`. */
export function commandText(task: Task): string {
  const name =
    task.operation < 0 ? 'a command that was not captured' : operationName(task.operation);
  const latency = latencyNs(task);
  const time = latency < 0 ? OUTCOME_NAMES[task.outcome] : durationText(latency);
  return `${name}, ${time}${latency < 0 || task.outcome === 1 ? '' : `, ${OUTCOME_NAMES[task.outcome]}`}`;
}

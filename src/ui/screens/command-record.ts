// One command as it is exported: the same record as in the report's JSON.

import type { Case } from '../../case/case.js';
import { commandReport } from '../../report/commands.js';
import type { CommandReport } from '../../report/report.js';
import type { TaskRow } from '../../store/task-store.js';

export function commandRecord(kase: Case, task: TaskRow): CommandReport {
  return commandReport(task, kase.epoch, kase.nowNs);
}

// An I_T nexus (SAM-5 4.7): an initiator port and a target port that know each other. A session of iSCSI
// or iSER, a PLOGI and PRLI of Fibre Channel. Its tasks are told apart by a tag: the Initiator Task Tag,
// an FC exchange's OX_ID.

import type { LogicalUnitHolder } from './lun-table.js';
import type { OpenTask } from './open-task.js';
import type { TaskTable } from './task-table.js';

export interface Nexus extends LogicalUnitHolder {
  /** What is told of it (session/model.ts: Session). `id` is the number that tasks call their session. */
  readonly story: LogicalUnitHolder['story'] & {
    readonly id: number;
    tasks: number;
    tasksEnded: number;
  };
  readonly tasks: TaskTable;
  readonly watch: NexusWatch;
}

/** How a transport follows its tasks to their ends; one object for all nexuses of a transport. */
export interface NexusWatch {
  /** Its outcome is known and it left the table; the sink is told next. */
  taskEnds(nexus: Nexus, open: OpenTask, timeNs: number): void;
  /** The sink was told; the task goes back to the pool next. */
  taskEnded(open: OpenTask): void;
  /** The capture is over and it is open: ends it (endTask) as open, or lost where its path was. */
  captureEnds(open: OpenTask): void;
}

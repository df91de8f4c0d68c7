// To whom a live run is told: text, NDJSON, or the screens.

import type { LiveEvent } from '../report/events/event.js';
import type { IntervalReport } from '../report/interval.js';
import type { Around } from '../scsi/fact-kinds.js';
import type { Task } from '../scsi/task.js';

/** Who is told. */
export interface LiveTelling {
  /** True once nobody listens. */
  readonly gone: boolean;
  interval(interval: IntervalReport): void;
  event(event: LiveEvent): void;
  command(task: Task, around: Around): void;
  notice(about: string, fields: Readonly<Record<string, unknown>>): void;
  /** A sentence beside the data; `always`: also where it shall be quiet. */
  say(text: string, always: boolean): void;
  flush(): void;
}

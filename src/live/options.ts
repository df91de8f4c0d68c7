// What a live run was asked for, checked (cli/commands/live-options.ts makes it of a command line).

import type { Filter } from '../filter/compile.js';
import type { Task } from '../scsi/task.js';
import type { RingLimits } from './recorder.js';

export interface LiveOptions {
  /** Nobody asked for text or JSON, and somebody looks. */
  readonly screens: boolean;
  readonly json: boolean;
  readonly everyNs: number;
  /** Infinity: until it is stopped. */
  readonly durationMs: number;
  readonly packets: number;
  readonly write: string | undefined;
  readonly ring: RingLimits | undefined;
  /** Whether a file of that name is, or would be, read: by whatever name, and asked when it is to be written. */
  readonly isRead: (path: string) => boolean;
  readonly saveOn: Filter<Task> | undefined;
  /** Its text. */
  readonly saveOnText: string;
  readonly saveLastNs: number;
  readonly saveAfterNs: number;
  readonly saveTo: string;
  readonly spoolBytes: number;
}

// The filter of -Y where it may be one of commands, or else of PDUs.

import { FilterError } from '../filter/error.js';
import { pduFilter } from '../filter/pdu-filter.js';
import { type TaskFilter, taskFilter } from '../filter/task-filter.js';
import { type CommandContext, filterOf, text } from './run.js';

/** undefined where its names are those of PDUs alone: then commands are chosen by their PDUs. */
export function commandFilter(context: CommandContext): TaskFilter | undefined {
  try {
    return taskFilter(text(context, 'filter'));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    filterOf(context, pduFilter); // what is wrong in this one too is told
    return undefined;
  }
}

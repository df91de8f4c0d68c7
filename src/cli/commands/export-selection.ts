// What of a capture an export takes: --session, --from, --to, -Y, --no-pdus.

import { ChosenFrames } from '../../export/timeline/chosen-frames.js';
import type { Selection } from '../../export/timeline/selection.js';
import { FilterError } from '../../filter/error.js';
import { pduFilter } from '../../filter/pdu-filter.js';
import { type TaskFilter, taskFilter } from '../../filter/task-filter.js';
import { UsageError } from '../../lib/exit.js';
import { timeOf } from '../list-options.js';
import { type CommandContext, filterOf, number, text } from '../run.js';

export function selection(context: CommandContext): Selection {
  const filter = text(context, 'filter');
  const ofTasks = filter === '' ? undefined : commandFilter(context);
  const fromNs = timeOf(context, 'from') ?? 0;
  const toNs = timeOf(context, 'to') ?? Number.MAX_SAFE_INTEGER;
  if (fromNs > toNs) throw new UsageError('--from lies after --to');
  return {
    session: number(context, 'session'),
    fromNs,
    toNs,
    ...(filter === '' ? {} : { filter, chosen: new ChosenFrames() }),
    ...(ofTasks === undefined ? {} : { passes: ofTasks.test }),
    byPdus: filter !== '' && ofTasks === undefined,
    pdus: context.options['pdus'] !== false,
  };
}

/** undefined where its names are those of PDUs alone: then a command is taken for its PDUs. */
function commandFilter(context: CommandContext): TaskFilter | undefined {
  try {
    return taskFilter(text(context, 'filter'));
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    filterOf(context, pduFilter); // what is wrong in this one too is told
    return undefined;
  }
}

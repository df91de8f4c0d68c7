// What of a capture an export takes: --session, --from, --to, -Y, --no-pdus.

import { ChosenFrames } from '../../export/timeline/chosen-frames.js';
import type { Selection } from '../../export/timeline/selection.js';
import { UsageError } from '../../lib/exit.js';
import { commandFilter } from '../command-filter.js';
import { timeOf } from '../list-options.js';
import { type CommandContext, number, text } from '../run.js';

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

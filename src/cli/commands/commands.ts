// sanscope commands: a row a command. Without a sort rows are written as the commands end.

import type { Analysis } from '../../analysis.js';
import type { Epoch } from '../../capture/time.js';
import { ListWriter } from '../../export/list-writer.js';
import { COMMANDS_SCHEMA } from '../../export/schema-names.js';
import { type TaskFilter, taskFilter } from '../../filter/task-filter.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { TOP_MAX } from '../../limits.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import type { SessionQuery } from '../../session/session-query.js';
import { keptOf, ListedCommands } from '../../slice/listed-commands.js';
import { bothTasks, Keeper } from '../../store/keeper.js';
import { SORT_COLUMNS, type SortColumn, selectTasks, sortTasks } from '../../store/sort-keys.js';
import { makeTaskRow } from '../../store/task-store.js';
import { TopTasks } from '../../store/top-tasks.js';
import type { CommandRow } from '../../view/lists/command-cells.js';
import { COMMAND_COLUMNS } from '../../view/lists/command-columns.js';
import { chosenColumns, isDescending, listStyle } from '../list-options.js';
import {
  type CommandContext,
  filterOf,
  number,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { refuseInput, writeSlice } from '../write-slice.js';

export async function commands(context: CommandContext): Promise<number> {
  const sort = text(context, 'sort');
  if (sort !== '' && !isSortColumn(sort)) {
    throw new UsageError(
      `commands cannot be sorted by ${harmless(sort)}: ${SORT_COLUMNS.join(', ')}`,
    );
  }
  const filter = filterOf(context, taskFilter);
  const style = listStyle(context, { schema: COMMANDS_SCHEMA, type: 'command' });
  const output = standardOutput(context);
  const columns = chosenColumns(context, COMMAND_COLUMNS, style);
  const writer = new ListWriter(columns, style, output.write);
  const count = number(context, 'count');
  const path = text(context, 'write');
  if (path !== '') refuseInput(context, '-w');
  const selection = path === '' ? undefined : new ListedCommands();
  const list = new CommandList(writer, count, filter, selection);
  const analysis = !isSortColumn(sort)
    ? await streamed(context, list)
    : count !== undefined && count <= TOP_MAX
      ? await first(context, list, sort, count)
      : await sorted(context, list, sort);
  output.close();
  if (selection !== undefined) {
    const kept = keptOf(selection.selection, analysis);
    if (kept.roads.length === 0) {
      context.say('sanscope: no command was listed: no file was written\n');
      return EXIT.unreadable;
    }
    await writeSlice(context, path, kept, analysis);
  }
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

/** Writes rows until there are enough of them. */
class CommandList {
  epoch: Epoch | undefined = undefined;
  look: SessionQuery | undefined = undefined;
  #left: number;
  readonly #writer: ListWriter<CommandRow>;
  readonly #filter: TaskFilter | undefined;
  /** Whose packets are to be written: of what is listed. */
  readonly selection: ListedCommands | undefined;

  constructor(
    writer: ListWriter<CommandRow>,
    count: number | undefined,
    filter: TaskFilter | undefined,
    selection: ListedCommands | undefined,
  ) {
    this.selection = selection;
    this.#writer = writer;
    this.#filter = filter;
    this.#left = count ?? Number.POSITIVE_INFINITY;
  }

  takes(task: Task): boolean {
    return this.#filter?.test(task) !== false;
  }

  row(task: Task): void {
    if (this.full() || !this.takes(task)) return;
    this.#left--;
    this.selection?.keep(task);
    const { epoch } = this;
    this.#writer.row({ task, epoch, session: (id) => this.look?.session(id) });
  }

  full(): boolean {
    return this.#left <= 0;
  }
}

/** How the list learns what stands around the tasks. */
function around(list: CommandList): Parameters<typeof runRoad>[1] {
  return {
    ...list.selection?.sinks(),
    started: (epoch) => {
      list.epoch = epoch;
    },
    look: (look) => {
      list.look = look;
      if (list.selection !== undefined) list.selection.selection.look = look;
    },
  };
}

/** Where their packets are written, where commands begin is to be known. */
function alsoListed({ selection }: CommandList, sink: TaskSink): TaskSink {
  return selection === undefined ? sink : bothTasks(selection, sink);
}

function streamed(context: CommandContext, list: CommandList): Promise<Analysis> {
  return runRoad(context, {
    ...around(list),
    taskSink: alsoListed(list, { taskStarted() {}, taskEnded: (task) => list.row(task) }),
    stop: () => list.full(),
  });
}

/** Only those that will be written are kept. */
async function first(
  context: CommandContext,
  list: CommandList,
  column: SortColumn,
  limit: number,
): Promise<Analysis> {
  const descending = isDescending(context, column);
  const wanted = (task: Task): boolean => list.takes(task);
  const top = new TopTasks({ limit, column, descending, wanted });
  const analysis = await runRoad(context, { ...around(list), taskSink: alsoListed(list, top) });
  for (const task of top.sorted()) list.row(task);
  return analysis;
}

/** As many as there are: columns of a store take a tenth of what copies take. */
async function sorted(
  context: CommandContext,
  list: CommandList,
  column: SortColumn,
): Promise<Analysis> {
  const keeper = new Keeper({ pdus: false });
  const taskSink = alsoListed(list, keeper.tasks);
  const analysis = await runRoad(context, { ...around(list), taskSink });
  const rows = sortTasks(
    keeper.tasks,
    selectTasks(keeper.tasks),
    column,
    isDescending(context, column),
  );
  const task = makeTaskRow();
  for (let i = 0; i < rows.length && !list.full(); i++) {
    keeper.tasks.read(rows[i], task);
    list.row(task);
  }
  return analysis;
}

function isSortColumn(name: string): name is SortColumn {
  return (SORT_COLUMNS as readonly string[]).includes(name);
}

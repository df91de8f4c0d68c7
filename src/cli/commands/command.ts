// sanscope command: one command (or a few) as a ladder of its PDUs.

import type { Analysis } from '../../analysis.js';
import { stateOf } from '../../capture/same-file.js';
import { ladderJson } from '../../export/ladder-json.js';
import { UsageError } from '../../lib/exit.js';
import { READ_ONCE_BYTES_MAX } from '../../limits.js';
import {
  type CommandLadder,
  commandLadder,
  ladderOptions,
} from '../../report/ladder/command-ladder.js';
import { latencyNs, type Task } from '../../scsi/task.js';
import { ChosenTasks } from '../../store/chosen-tasks.js';
import { Keeper } from '../../store/keeper.js';
import { selectTasks, sortTasks } from '../../store/sort-keys.js';
import { TopTasks } from '../../store/top-tasks.js';
import type { FrameRange } from '../parse.js';
import {
  type CommandContext,
  flag,
  number,
  range,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

/** Ladders shown where a tag was used again and again, or a packet holds many commands. */
const SHOWN = 10;

export async function command(context: CommandContext): Promise<number> {
  const choose = chooser(context);
  const slowest = number(context, 'slowest');
  const { keeper, analysis, rows } =
    slowest !== undefined && isReadTwice(context.files)
      ? await readTwice(context, slowest)
      : await readOnce(context, choose);
  const options = ladderOptions(analysis, flag(context, 'all'));
  const ladders = [...rows.slice(0, slowest ?? SHOWN)].map((row) =>
    commandLadder(keeper, row, options),
  );
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    const { lastNs, sessions } = analysis;
    const around = { epoch: analysis.capture.epoch, lastNs, session: (id: number) => sessions[id] };
    for (const one of ladders) output.write(`${ladderJson(one, around)}\n`);
  } else output.write(await laddersText(context, ladders));
  output.close();
  tellTroubles(context, analysis);
  if (rows.length === 0) context.say('sanscope: there is no such command in the capture\n');
  else if (rows.length > ladders.length && slowest === undefined) {
    context.say(
      `sanscope: ${rows.length - ladders.length} more such commands; --frame names one\n`,
    );
  }
  return unreadFiles(context, analysis);
}

interface Found {
  readonly keeper: Keeper;
  readonly analysis: Analysis;
  /** In the keeper, in the order in which they are shown. */
  readonly rows: Uint32Array | readonly number[];
}

async function readOnce(
  context: CommandContext,
  choose: (keeper: Keeper) => Uint32Array,
): Promise<Found> {
  const keeper = new Keeper({ pdus: true });
  const analysis = await runRoad(context, keeper.sinks());
  return { keeper, analysis, rows: choose(keeper) };
}

/** Long files are: first for which commands are the slowest, then for the PDUs of these. */
function isReadTwice(files: readonly string[]): boolean {
  const sizes = files.map((file) => stateOf(file)?.size);
  if (sizes.includes(undefined)) return false;
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0) > READ_ONCE_BYTES_MAX;
}

async function readTwice(context: CommandContext, limit: number): Promise<Found> {
  const wanted = (task: Task): boolean => latencyNs(task) >= 0;
  const top = new TopTasks({ limit, column: 'latency', descending: true, wanted });
  const first = await runRoad(context, { taskSink: top });
  const slowest = top.sorted();
  const keeper = new Keeper({ pdus: true });
  if (slowest.length === 0) return { keeper, analysis: first, rows: [] };
  const chosen = new ChosenTasks(slowest);
  const analysis = await runRoad(context, chosen.sinks(keeper));
  return { keeper, analysis, rows: slowest.map((task) => chosen.row(task)) };
}

/** What says which commands: exactly one of the three flags. */
function chooser(context: CommandContext): (keeper: Keeper) => Uint32Array {
  const tag = text(context, 'itt');
  const frames = range(context, 'frame');
  const slowest = number(context, 'slowest');
  const asked = [tag !== '', frames !== undefined, slowest !== undefined].filter(Boolean).length;
  if (asked !== 1) {
    throw new UsageError('say which command: one of --itt <tag>, --frame <n> and --slowest <n>');
  }
  if (tag !== '') return byTag(tagOf(tag));
  if (frames !== undefined) return byFrame(frames);
  return ({ tasks }) =>
    sortTasks(
      tasks,
      selectTasks(tasks, (row) => tasks.latencyNs(row) >= 0),
      'latency',
      true,
    );
}

function tagOf(asked: string): number {
  const tag = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(asked) ? Number(asked) : Number.NaN;
  if (tag <= 0xffffffff) return tag;
  throw new UsageError(`${JSON.stringify(asked)} is no task tag: 0x and hex digits, or decimal`);
}

function byTag(tag: number): (keeper: Keeper) => Uint32Array {
  return ({ tasks }) => selectTasks(tasks, (row) => tasks.tag(row) === tag);
}

/** Commands of which a PDU lies in these packets, wholly or in part. */
function byFrame({ first, last }: FrameRange): (keeper: Keeper) => Uint32Array {
  return ({ tasks, pdus }) => {
    const wanted = new Set<number>();
    for (let row = 0; row < pdus.count; row++) {
      if (pdus.frame(row) > last || pdus.frameEnd(row) < first) continue;
      if (pdus.task(row) >= 0) wanted.add(pdus.task(row));
    }
    return selectTasks(tasks, (row) => wanted.has(row));
  };
}

async function laddersText(
  context: CommandContext,
  ladders: readonly CommandLadder[],
): Promise<string> {
  const { textOf, width } = await textLayout(context);
  const { commandBlocks } = await import('../../view/ladder/command-view.js');
  return ladders.map((one) => textOf(commandBlocks(one, width))).join('\n');
}

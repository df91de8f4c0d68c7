// A capture kept as a whole, as lists and ladders are made from it.

import { join } from 'node:path';
import type { Analysis } from '../../src/analysis.js';
import { analyse } from '../../src/pipeline.js';
import { type CommandLadder, commandLadder } from '../../src/report/ladder/command-ladder.js';
import { Keeper } from '../../src/store/keeper.js';
import { selectTasks } from '../../src/store/sort-keys.js';
import { temporaryFile } from './capture.js';
import { pcapFile } from './pcap-writer.js';
import { TOP } from './program.js';
import type { TimedBytes } from './run.js';

export interface Kept {
  readonly keeper: Keeper;
  readonly analysis: Analysis;
  /** The ladder of a task. */
  readonly ladder: (row: number, everyPdu?: boolean) => CommandLadder;
  /** The task whose command is in this packet. */
  readonly at: (frame: number) => number;
}

const kept = new Map<string, Promise<Kept>>();

/** A recorded capture, read once a run. */
export function keep(name: string): Promise<Kept> {
  let known = kept.get(name);
  if (known === undefined) {
    known = keepFile(join(TOP, 'captures', name));
    kept.set(name, known);
  }
  return known;
}

export function keepBuilt(packets: readonly TimedBytes[]): Promise<Kept> {
  return keepFile(temporaryFile(pcapFile(packets)));
}

export async function keepFile(path: string): Promise<Kept> {
  const keeper = new Keeper({ pdus: true });
  const analysis = await analyse([path], keeper.sinks());
  const directions = new Map(
    analysis.stories.map((story) => [story.connection.id, story.initiatorDirection]),
  );
  return {
    keeper,
    analysis,
    ladder: (row, everyPdu = false) =>
      commandLadder(keeper, row, {
        lastNs: analysis.lastNs,
        sessions: analysis.sessions,
        initiatorDirection: (connection) => directions.get(connection) ?? 0,
        everyPdu,
      }),
    at: (frame) =>
      selectTasks(keeper.tasks, (row) => keeper.tasks.commandFrame(row) === frame)[0] ?? -1,
  };
}

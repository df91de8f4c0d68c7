// What a page about a capture is made from: its report, and what was kept of commands and PDUs for ladders.

import { pdusOfFrames } from '../case/pdus.js';
import type { RoadFacts } from '../findings/facts.js';
import type { OverTime } from '../metrics/over-time.js';
import {
  type CommandLadder,
  commandLadder,
  type LadderOptions,
  ladderOptions,
} from '../report/ladder/command-ladder.js';
import { type LoginStory, loginStories } from '../report/ladder/login-story.js';
import type { Report } from '../report/report.js';
import type { Keeper } from '../store/keeper.js';

export interface ReportSource {
  readonly report: Report;
  /** The last commands and PDUs; of a long capture not all. */
  readonly keeper: Keeper;
  readonly overTime: OverTime;
  readonly facts: Pick<RoadFacts, 'lastNs' | 'rdma' | 'sessions' | 'stories'>;
  readonly version: string;
}

/** Ladders on demand. */
export class Ladders {
  readonly #source: ReportSource;
  readonly #options: LadderOptions;
  readonly #pdus: ReadonlyMap<number, readonly number[]>;
  #logins: readonly LoginStory[] | undefined = undefined;

  /** `frames`: packets that will be asked for. */
  constructor(source: ReportSource, frames: ReadonlySet<number>) {
    this.#source = source;
    this.#options = ladderOptions(source.facts, false);
    this.#pdus = frames.size === 0 ? new Map() : pdusOfFrames(source.keeper, frames);
  }

  /** False for a command that made room for later ones. */
  keeps(number: number | undefined): boolean {
    return number !== undefined && this.#source.keeper.tasks.holds(number);
  }

  /** By its number; undefined where it was not kept, or has no step. */
  command(number: number): CommandLadder | undefined {
    const { keeper } = this.#source;
    if (number < 0 || !keeper.tasks.holds(number)) return undefined;
    const ladder = commandLadder(keeper, number, this.#options);
    return ladder.steps.length === 0 ? undefined : ladder;
  }

  /** PDUs that begin or end in a packet. */
  pdus(frame: number): readonly number[] {
    return this.#pdus.get(frame) ?? [];
  }

  /** The login that has a step in one of these packets. */
  login(frames: readonly number[]): LoginStory | undefined {
    this.#logins ??= loginStories(
      this.#source.facts.stories,
      this.#source.facts.sessions,
      this.#source.facts.rdma,
    );
    return this.#logins.find(({ login }) =>
      login.steps.some(({ frame }) => frames.includes(frame)),
    );
  }
}

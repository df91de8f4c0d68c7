// One command at each of the points that saw it, from the hosts on: a lane for each, by the clock of the first.

import type { PointCommand, SplitCommand } from './command-split.js';
import type { PointsPair } from './compare-points.js';
import type { CommandLane } from './points-told.js';

/** Follows commands from point to point. `pairs`: neighbours, from the hosts on; `ends`: those farthest apart. */
export class CommandLanes {
  readonly #ends: PointsPair;
  readonly #pairs: readonly PointsPair[];
  /** Of each pair, what its nearer point's packet and tag are at the farther one. */
  readonly #next: readonly Map<string, SplitCommand>[];

  constructor(ends: PointsPair, pairs: readonly PointsPair[]) {
    this.#ends = ends;
    this.#pairs = pairs;
    this.#next =
      pairs.length < 2
        ? []
        : pairs.map((pair) => new Map(pair.commands.map((split) => [keyOf(split.host), split])));
  }

  /** A point between whose capture missed the command has none. */
  of(command: SplitCommand): CommandLane[] {
    const { host, array, commandNs, statusNs } = command;
    const { latencyNs } = host;
    const first: CommandLane = {
      ...{ point: nameOf(this.#ends, true), frame: host.frame },
      ...{ commandNs: 0, statusNs: Math.round(latencyNs) },
    };
    const last: CommandLane = {
      ...{ point: nameOf(this.#ends, false), frame: array.frame },
      ...{ commandNs: Math.round(commandNs), statusNs: Math.round(latencyNs - statusNs) },
    };
    const between: CommandLane[] = [];
    let at: PointCommand = host;
    let now = first;
    for (const [i, next] of this.#next.slice(0, -1).entries()) {
      const split = next.get(keyOf(at));
      if (split === undefined) break;
      at = split.array;
      // Bounds of clocks add up from pair to pair: no lane is behind the last one.
      now = {
        ...{ point: nameOf(this.#pairs[i], false), frame: at.frame },
        commandNs: Math.min(last.commandNs, Math.round(now.commandNs + split.commandNs)),
        statusNs: Math.max(last.statusNs, Math.round(now.statusNs - split.statusNs)),
      };
      between.push(now);
    }
    return [first, ...between, last];
  }
}

function keyOf({ frame, tag }: PointCommand): string {
  return `${frame}/${tag}`;
}

function nameOf(pair: PointsPair, near: boolean): string {
  return pair.points[near ? pair.host : 1 - pair.host].name;
}

// Stalls: a LUN on which commands wait and none ends. Told while they last, and when they are over.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import { STALL_NS } from '../../limits.js';
import type { IntervalLun, IntervalMetrics } from '../../metrics/interval.js';
import type { EventFacts } from './event.js';

interface Watched {
  /** Commands that had ended when it was looked at last, and since when none has. */
  ended: number;
  sinceNs: number;
  /** A stall that was told: since when, how many waited. */
  stall: { readonly fromNs: number; waiting: number } | undefined;
}

/** Invariant: a stall is told once when it is one, and once when it is over. */
export class Stalls {
  readonly #luns = new Map<IntervalLun, Watched>();

  /**
   * What began or ended by `nowNs`. `missing`: answers may be among what was not captured. What began
   * in one session at one moment is told as one.
   */
  look(metrics: IntervalMetrics, nowNs: number, missing: boolean): EventFacts[] {
    const begun = new Map<number, IntervalLun[]>();
    const events: EventFacts[] = [];
    for (const lun of metrics.luns.values()) {
      const watched = this.#watched(lun, nowNs);
      const oldest = lun.oldest();
      const fromNs = Math.max(watched.sinceNs, oldest?.commandNs ?? nowNs);
      if (watched.stall === undefined && oldest !== undefined && nowNs - fromNs >= STALL_NS) {
        watched.stall = { fromNs, waiting: lun.open.size };
        begun.set(lun.session, [...(begun.get(lun.session) ?? []), lun]);
      } else if (watched.stall !== undefined) {
        watched.stall.waiting = Math.max(watched.stall.waiting, lun.open.size);
        if (oldest === undefined || watched.sinceNs > watched.stall.fromNs) {
          events.push(over(lun, watched.stall, Math.max(watched.sinceNs, watched.stall.fromNs)));
          watched.stall = undefined;
        }
      }
    }
    for (const lun of this.#luns.keys()) {
      if (metrics.luns.get(lun.key) !== lun) this.#luns.delete(lun);
    }
    for (const luns of begun.values()) events.push(begins(luns, nowNs, missing, this.#luns));
    return events;
  }

  #watched(lun: IntervalLun, nowNs: number): Watched {
    const known = this.#luns.get(lun);
    if (known === undefined) {
      const made = { ended: lun.total.ended, sinceNs: 0, stall: undefined };
      this.#luns.set(lun, made);
      return made;
    }
    if (known.ended !== lun.total.ended) {
      known.ended = lun.total.ended;
      known.sinceNs = Math.min(nowNs, lun.lastEndNs);
    }
    return known;
  }
}

function begins(
  luns: readonly IntervalLun[],
  nowNs: number,
  missing: boolean,
  watched: ReadonlyMap<IntervalLun, Watched>,
): EventFacts {
  const [first] = luns;
  const fromNs = Math.min(...luns.map((lun) => watched.get(lun)?.stall?.fromNs ?? nowNs));
  const waiting = luns.reduce((sum, lun) => sum + lun.open.size, 0);
  const oldest = first.oldest();
  const where = luns.length === 1 ? '' : ` on ${luns.length} LUNs`;
  const doubt = missing ? ' (or the answers were not captured)' : '';
  return {
    kind: 'stall',
    severity: 'warning',
    text: `nothing answered${where} for ${durationText(nowNs - fromNs)}: ${plural(waiting, 'command')} ${waiting === 1 ? 'waits' : 'wait'}${doubt}`,
    fromNs,
    session: first.session < 0 ? undefined : first.session,
    lun: luns.length === 1 ? hex64(first.lunHigh, first.lunLow) : undefined,
    command: oldest?.number,
    frames: oldest === undefined ? undefined : [oldest.commandFrame],
    count: waiting,
  };
}

function over(
  lun: IntervalLun,
  { fromNs, waiting }: { readonly fromNs: number; readonly waiting: number },
  endNs: number,
): EventFacts {
  return {
    kind: 'stall-over',
    severity: 'note',
    text: `answers again after ${durationText(endNs - fromNs)}: ${plural(waiting, 'command')} had waited`,
    fromNs,
    durationNs: endNs - fromNs,
    session: lun.session < 0 ? undefined : lun.session,
    lun: hex64(lun.lunHigh, lun.lunLow),
    count: waiting,
  };
}

// Sessions that begin, end, and come back after they were lost.

import { durationText } from '../../lib/number-text.js';
import type { Report, SessionReport } from '../report.js';
import type { EventFacts } from './event.js';

/** Why a session ended without the two having agreed on it. */
const UNPLANNED: ReadonlySet<string> = new Set(['connection lost', 'reinstated']);

export class SessionEvents {
  /** The number after those that were told of, and of them those that go on, and those that were lost. */
  #known = 0;
  readonly #open = new Set<number>();
  readonly #lost = new Set<number>();

  of({ sessions }: Report): EventFacts[] {
    const events: EventFacts[] = [];
    // By their numbers: of very many the oldest are no longer in the list.
    const byNumber = new Map(sessions.map((session) => [session.session, session]));
    for (const session of sessions) {
      if (session.session < this.#known) continue;
      this.#known = session.session + 1;
      this.#open.add(session.session);
      if (session.loginSeen) events.push(begins(session));
    }
    for (const number of this.#open) {
      const session = byNumber.get(number);
      // What is over and not told any more ended since the last look: nobody knows how.
      if (session === undefined) this.#open.delete(number);
      if (session?.endedNs === undefined) continue;
      this.#open.delete(number);
      if (UNPLANNED.has(session.ended ?? '')) this.#lost.add(number);
      events.push(over(session));
    }
    if (this.#lost.size > 0) events.push(...this.#back(sessions, byNumber));
    return events;
  }

  /** Of those that were lost: whose initiator is at the same target again. */
  #back(
    sessions: readonly SessionReport[],
    byNumber: ReadonlyMap<number, SessionReport>,
  ): EventFacts[] {
    const good = sessions.filter(
      ({ loginSeen, ended }) => loginSeen && !/^login/.test(ended ?? ''),
    );
    const newest = new Map(good.map((session) => [nameOf(session), session]));
    const events: EventFacts[] = [];
    for (const number of this.#lost) {
      const lost = byNumber.get(number);
      if (lost === undefined) {
        this.#lost.delete(number);
        continue;
      }
      const next = newest.get(nameOf(lost));
      const { endedNs = 0 } = lost;
      if (next === undefined || next.session === number || next.startedNs < endedNs) continue;
      this.#lost.delete(number);
      const afterNs = next.startedNs - endedNs;
      events.push({
        kind: 'session-back',
        severity: 'note',
        text: `back ${durationText(afterNs)} after S${number} was lost, as S${next.session}`,
        fromNs: next.startedNs,
        durationNs: afterNs,
        session: next.session,
      });
    }
    return events;
  }
}

function begins(session: SessionReport): EventFacts {
  return {
    kind: 'session-begins',
    severity: 'note',
    text: `S${session.session} begins`,
    fromNs: session.startedNs,
    session: session.session,
  };
}

function over(session: SessionReport): EventFacts {
  const { ended = 'over', endedNs = 0, startedNs } = session;
  return {
    kind: 'session-over',
    severity: UNPLANNED.has(ended) ? 'warning' : 'note',
    text: `S${session.session} is over (${ended})`,
    fromNs: endedNs,
    durationNs: endedNs - startedNs,
    session: session.session,
  };
}

function nameOf({ initiator, target }: SessionReport): string {
  return `${initiator} → ${target}`;
}

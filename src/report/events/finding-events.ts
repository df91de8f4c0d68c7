// Findings that are new since the report before, or grew: told when they are there, not at the end.

import type { Finding } from '../../findings/finding.js';
import { EVENT_AGAIN_NS } from '../../limits.js';
import type { Report } from '../report.js';
import type { EventFacts } from './event.js';

interface Told {
  count: number;
  ns: number;
}

export class FindingEvents {
  readonly #told = new Map<string, Told>();

  /** What is new in a report that was made at `nowNs`, in the report's order: the gravest first. */
  of({ findings, incidents }: Report, nowNs: number): EventFacts[] {
    const causes = new Map<number, Finding>();
    for (const {
      findings: [cause, ...others],
    } of incidents) {
      for (const other of others) causes.set(other, findings[cause]);
    }
    const events: EventFacts[] = [];
    for (const [i, finding] of findings.entries()) {
      // What is about all of the capture has no moment.
      if (finding.fromNs === undefined) continue;
      const more = this.#more(finding, nowNs);
      if (more > 0) events.push(eventOf(finding, more, causes.get(i)));
    }
    return events;
  }

  /** How much of it is to be told now; 0 where nothing is. */
  #more(finding: Finding, nowNs: number): number {
    const { id, session, connection, lun, count } = finding;
    const key = `${id} ${session} ${connection} ${lun}`;
    const told = this.#told.get(key);
    if (told === undefined) {
      this.#told.set(key, { count, ns: nowNs });
      return count;
    }
    const more = count - told.count;
    if (more <= 0 || nowNs - told.ns < EVENT_AGAIN_NS) return 0;
    told.count = count;
    told.ns = nowNs;
    return more;
  }
}

/** A report made on the way takes what it knows for the end. */
function soFar(title: string): string {
  return title
    .replace(/, and still is when the capture ends$/, ', and goes on')
    .replace(/ at the end of the capture$/, ' so far');
}

function eventOf(finding: Finding, more: number, cause: Finding | undefined): EventFacts {
  const {
    id,
    severity,
    title,
    fromNs = 0,
    toNs,
    session,
    connection,
    lun,
    frames,
    count,
  } = finding;
  const again = more < count;
  return {
    kind: id,
    severity,
    text: soFar(title),
    // What was told before goes on: its last time is what is new.
    fromNs: again ? (toNs ?? fromNs) : fromNs,
    durationNs: again || toNs === undefined || toNs === fromNs ? undefined : toNs - fromNs,
    session,
    connection,
    lun,
    frames,
    count,
    more: again ? more : undefined,
    causedBy: cause?.id,
  };
}

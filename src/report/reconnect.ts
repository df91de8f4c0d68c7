// After a session was lost: when its initiator was back at the same target, against the times that
// the two had agreed on (DefaultTime2Wait, DefaultTime2Retain; RFC 7143 13.15, 13.16).

import type { Session } from '../session/model.js';

export interface ComebackReport {
  /** The session of the next login of the same initiator to the same target, and how it went. */
  readonly session: number;
  /** From the end of this one to that login's first byte. */
  readonly afterNs: number;
  /** What was to be waited at least, and for how long tasks were kept for recovery; seconds. */
  readonly time2Wait?: number;
  readonly time2Retain?: number;
  /** It came back before Time2Wait was over. */
  readonly tooSoon?: true;
}

/** Why a session ended without the two having agreed on it. */
const UNPLANNED: ReadonlySet<string> = new Set(['connection lost', 'reinstated']);

/** By session number, of those that were lost and followed. */
export function comebacks(sessions: readonly Session[]): Map<number, ComebackReport> {
  const byNames = new Map<string, Session[]>();
  for (const session of sessions) {
    const { initiatorName, targetName } = session;
    if (initiatorName === '' || targetName === '') continue;
    const key = `${initiatorName}\n${targetName}`;
    const list = byNames.get(key);
    if (list === undefined) byNames.set(key, [session]);
    else list.push(session);
  }
  const found = new Map<number, ComebackReport>();
  for (const list of byNames.values()) {
    const inOrder = [...list].sort((a, b) => a.startedNs - b.startedNs);
    for (const lost of inOrder) {
      if (!UNPLANNED.has(lost.ended)) continue;
      const next = nextOf(lost, inOrder);
      if (next !== undefined) found.set(lost.id, comeback(lost, next));
    }
  }
  return found;
}

/** The one that took its place, else the first that began after it had ended. */
function nextOf(lost: Session, inOrder: readonly Session[]): Session | undefined {
  if (lost.reinstatedBy >= 0) return inOrder.find((s) => s.id === lost.reinstatedBy);
  let low = 0;
  let high = inOrder.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inOrder[middle].startedNs >= lost.endedNs) high = middle;
    else low = middle + 1;
  }
  return inOrder[low];
}

function comeback(lost: Session, next: Session): ComebackReport {
  // A session that is reinstated ends with the login that takes its place: nothing was waited.
  const afterNs = Math.max(0, next.startedNs - lost.endedNs);
  const time2Wait = seconds(lost, 'DefaultTime2Wait');
  const soon = time2Wait !== undefined && lost.reinstatedBy < 0 && afterNs < time2Wait * 1e9;
  return {
    session: next.id,
    afterNs,
    time2Wait,
    time2Retain: seconds(lost, 'DefaultTime2Retain'),
    tooSoon: soon || undefined,
  };
}

function seconds(session: Session, key: string): number | undefined {
  const result = session.parameters.find((p) => p.key === key)?.result;
  return result !== undefined && /^\d+$/.test(result) ? Number(result) : undefined;
}

// Which failed connections concern storage, and what named the address that was tried.

import { hostOfEnd } from '../../lib/address.js';
import type { Unreachable } from '../../packet/unreachable.js';
import type { Session } from '../../session/model.js';
import type { FailedConnect } from '../../stream/failed-connects.js';
import type { Facts } from '../facts.js';

/** iSCSI (3260, 860), iSNS, FCIP, iFCP: what listens there is storage (IANA). */
const PORTS: ReadonlySet<string> = new Set(['3260', '860', '3205', '3225', '3420']);

/** Who named an address: in words, and in which session (-1 none). */
export interface Named {
  readonly by: string;
  readonly session: number;
}

/** A try, what named its address, and what routers and hosts said of it (ICMP). */
export interface PortalTry {
  readonly tried: FailedConnect;
  readonly named: Named | undefined;
  readonly said: readonly Unreachable[];
}

/**
 * Those of storage: by port, or because a session named the address or was there. One SYN with nothing
 * after it may still be answered: it counts where ICMP says that it did not get there.
 */
export function portalTries(
  facts: Pick<Facts, 'failedConnects' | 'sessions' | 'stories' | 'packets'>,
): PortalTry[] {
  return facts.failedConnects.flatMap((tried) => {
    const said = saidOf(tried.from, tried.to, facts);
    if (tried.alone === tried.attempts && said.length === 0) return [];
    const named = namedBy(tried, facts);
    const port = tried.to.slice(tried.to.lastIndexOf(':') + 1);
    const near = isNear(port) && knows(tried, facts);
    return named !== undefined || PORTS.has(port) || near ? [{ tried, named, said }] : [];
  });
}

/** Where portals are put beside the first (3261 and on). */
function isNear(port: string): boolean {
  return Number(port) > 3260 && Number(port) < 3300;
}

/** The host has a session with another port of that address. */
function knows({ from, to }: FailedConnect, { sessions }: Pick<Facts, 'sessions'>): boolean {
  return sessions.some(
    (one) => one.initiatorAddress === from && hostOfEnd(one.targetAddress) === hostOfEnd(to),
  );
}

/** What routers and hosts said of packets from one address to another's port. */
export function saidOf(
  from: string,
  to: string,
  { packets }: Pick<Facts, 'packets'>,
): readonly Unreachable[] {
  return packets.unreachables.filter((one) => one.from === from && one.to === to);
}

/** "10.0.0.254 says: host unreachable (ICMP, 3 times)". */
export function saidText({ by, reason, count }: Unreachable): string {
  const times = count > 1 ? `, ${count} times` : '';
  return `${by} says: ${reason} (ICMP${times})`;
}

function namedBy(
  tried: FailedConnect,
  facts: Pick<Facts, 'sessions' | 'stories'>,
): Named | undefined {
  // Another of the host's addresses may have asked: of those who were told, its own sessions first.
  const own = (session: Session) => (session.initiatorAddress === tried.from ? 0 : 1);
  const told = facts.sessions.filter(({ discovered }) =>
    discovered.some(({ addresses }) => addresses.some((at) => portalOf(at) === tried.to)),
  );
  const [first] = told.sort((x, y) => own(x) - own(y));
  if (first !== undefined) return { by: `SendTargets of S${first.id}`, session: first.id };
  for (const { login, session } of facts.stories) {
    const to = login?.redirectedTo;
    if (to !== undefined && portalOf(to) === tried.to) {
      return { by: `a redirect of S${session}`, session };
    }
  }
  const there = facts.sessions.filter((session) => session.targetAddress === tried.to);
  const before = there.findLast((session) => session.startedNs <= tried.firstNs);
  if (before !== undefined) return { by: `S${before.id} was there before`, session: before.id };
  const [later] = there;
  return later && { by: `S${later.id} got there later`, session: later.id };
}

/** TargetAddress "10.0.0.1:3260,1" as endpoints are written; without a port it is 3260 (RFC 7143 13.8). */
function portalOf(address: string): string {
  const [at] = address.split(',');
  return /\]$|^[^:]+$/.test(at) ? `${at}:3260` : at;
}

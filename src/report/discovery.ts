// What hosts learnt of targets, where, and what became of it: by SendTargets (RFC 7143 appendix C), by iSNS
// (RFC 4171), by a login that was sent elsewhere (RFC 7143 11.13.5); then tried, and reached.

import { type Facts, storiesOf } from '../findings/facts.js';
import type { IscsiConnection, Session } from '../session/model.js';
import { endpointText } from '../stream/connection.js';

export interface DiscoveryReport {
  /** Who learnt it: its address, and its name where it said one. */
  readonly initiatorAddress: string;
  readonly initiatorName: string;
  readonly target: string;
  /** `10.0.0.1:3260` as it was told; '' where no address was. */
  readonly address: string;
  readonly via: 'SendTargets' | 'iSNS' | 'redirect';
  /** Who told it. */
  readonly from: string;
  readonly frame: number;
  readonly relativeNs: number;
  /** A connection from this host to that address was seen, and a login there was accepted. */
  readonly tried: boolean;
  readonly reached: boolean;
  /** Session that reached it, -1 none. */
  readonly session: number;
  /** From the answer to the first login there; -1 none. */
  readonly loginAfterNs: number;
}

const ISCSI_PORT = 3260;

export function discoveryReports(facts: Facts): DiscoveryReport[] {
  const all = [...sendTargets(facts), ...isns(facts), ...redirects(facts)];
  if (all.length === 0) return [];
  const seen = new Set<string>();
  const first = all
    .sort((a, b) => a.relativeNs - b.relativeNs)
    .filter((one) => {
      const key = [one.initiatorAddress, one.target, one.address, one.via, one.from].join(' ');
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  const attempts = attemptsByEnds(facts);
  return first.map((learnt) => outcome(learnt, attempts));
}

function sendTargets(facts: Facts): Learnt[] {
  return facts.sessions.flatMap((session) =>
    session.discovered.flatMap(({ name, addresses }) => {
      // Without an address it is where it was asked (RFC 7143 appendix C).
      const where = addresses.length > 0 ? addresses : [session.targetAddress];
      const frame = frameOf(facts, session);
      return where.map((address) => ({
        initiatorAddress: hostOf(session.initiatorAddress),
        initiatorName: session.initiatorName,
        target: name,
        address: withPort(address),
        via: 'SendTargets' as const,
        from: session.targetAddress,
        frame,
        relativeNs: session.startedNs,
      }));
    }),
  );
}

function isns(facts: Facts): Learnt[] {
  return facts.isns.learned.flatMap(({ client, source, node, addresses, frame, timeNs }) => {
    const where = addresses.length > 0 ? addresses : [''];
    return where.map((address) => ({
      initiatorAddress: hostOf(client),
      initiatorName: source,
      target: node,
      address,
      via: 'iSNS' as const,
      from: 'iSNS',
      frame,
      relativeNs: timeNs,
    }));
  });
}

function redirects(facts: Facts): Learnt[] {
  return facts.stories.flatMap((story) => {
    const { login } = story;
    const session = facts.sessions[story.session];
    if (login?.redirectedTo === undefined || session === undefined) return [];
    return [
      {
        initiatorAddress: hostOf(session.initiatorAddress),
        initiatorName: session.initiatorName,
        target: session.targetName,
        address: withPort(login.redirectedTo),
        via: 'redirect' as const,
        from: session.targetAddress,
        frame: login.steps.at(-1)?.frame ?? 0,
        relativeNs: login.endedNs,
      },
    ];
  });
}

type Learnt = Omit<DiscoveryReport, 'tried' | 'reached' | 'session' | 'loginAfterNs'>;

/** A connection of a session that is no discovery. */
interface Attempt {
  readonly story: IscsiConnection;
  readonly session: Session;
}

/** By host and address, those of the connection and, where it is another, of its session. */
function attemptsByEnds(facts: Facts): ReadonlyMap<string, readonly Attempt[]> {
  const all = new Map<string, Attempt[]>();
  const note = (attempt: Attempt, address: string) => {
    const key = endsKey(hostOf(attempt.session.initiatorAddress), address);
    const known = all.get(key);
    if (known === undefined) all.set(key, [attempt]);
    else known.push(attempt);
  };
  for (const story of facts.stories) {
    const session = facts.sessions[story.session];
    if (session === undefined || session.type === 'Discovery') continue;
    const end = targetEnd(story);
    note({ story, session }, end);
    if (session.targetAddress !== end) note({ story, session }, session.targetAddress);
  }
  return all;
}

function endsKey(host: string, address: string): string {
  return `${host} ${address}`;
}

/** Adds what came of it: connections of that host to that address, later. */
function outcome(
  learnt: Learnt,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
): DiscoveryReport {
  let tried = false;
  let reachedBy: Session | undefined;
  let firstNs = -1;
  const key = endsKey(learnt.initiatorAddress, learnt.address);
  for (const { story, session } of attempts.get(key) ?? []) {
    if (session.startedNs < learnt.relativeNs) continue;
    if (session.targetName !== '' && session.targetName !== learnt.target) continue;
    tried = true;
    if (story.login?.outcome !== 'accepted' || reachedBy !== undefined) continue;
    reachedBy = session;
    firstNs = story.login.startedNs;
  }
  return {
    ...learnt,
    tried,
    reached: reachedBy !== undefined,
    session: reachedBy?.id ?? -1,
    loginAfterNs: reachedBy === undefined ? -1 : firstNs - learnt.relativeNs,
  };
}

function targetEnd(story: IscsiConnection): string {
  const { connection, initiatorDirection } = story;
  return endpointText(connection, initiatorDirection === 1 ? 'a' : 'b');
}

/** The packet of the answer: the session's last text negotiation, else its login. */
function frameOf(facts: Facts, session: Session): number {
  const text = session.events.find(({ kind }) => kind === 'text negotiation');
  if (text !== undefined) return text.endFrame > 0 ? text.endFrame : text.frame;
  const [story] = storiesOf(facts, session.id);
  return story?.login?.steps.at(-1)?.frame ?? 0;
}

/** `10.0.0.1:3260,1` → `10.0.0.1:3260`: the portal group tag is no part of the address. */
function withPort(address: string): string {
  const bare = address.replace(/,\d+$/, '');
  const hasPort = /^\[.*\]:\d+$/.test(bare) || /^[^:[\]]+:\d+$/.test(bare);
  return hasPort ? bare : `${bare}:${ISCSI_PORT}`;
}

function hostOf(address: string): string {
  if (address.startsWith('[')) return address.slice(1, address.indexOf(']'));
  return address.replace(/:\d+$/, '');
}

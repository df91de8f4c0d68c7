// What hosts learnt of targets, where, and what became of it: by SendTargets (RFC 7143 appendix C), by iSNS
// (RFC 4171), by a login that was sent elsewhere (RFC 7143 11.13.5); then tried, and reached.

import type { Facts } from '../findings/facts.js';
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
  const rows = [...sendTargets(facts), ...isns(facts), ...redirects(facts)];
  const seen = new Set<string>();
  return rows
    .sort((a, b) => a.relativeNs - b.relativeNs)
    .filter((row) => {
      const key = [row.initiatorAddress, row.target, row.address, row.via, row.from].join(' ');
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
}

function sendTargets(facts: Facts): DiscoveryReport[] {
  return facts.sessions.flatMap((session) =>
    session.discovered.flatMap(({ name, addresses }) => {
      // Without an address it is where it was asked (RFC 7143 appendix C).
      const where = addresses.length > 0 ? addresses : [session.targetAddress];
      return where.map((address) =>
        row(facts, {
          initiatorAddress: hostOf(session.initiatorAddress),
          initiatorName: session.initiatorName,
          target: name,
          address: withPort(address),
          via: 'SendTargets',
          from: session.targetAddress,
          frame: frameOf(facts, session),
          relativeNs: session.startedNs,
        }),
      );
    }),
  );
}

function isns(facts: Facts): DiscoveryReport[] {
  return facts.isns.learned.flatMap(({ client, source, node, addresses, frame, timeNs }) => {
    const where = addresses.length > 0 ? addresses : [''];
    return where.map((address) =>
      row(facts, {
        initiatorAddress: hostOf(client),
        initiatorName: source,
        target: node,
        address,
        via: 'iSNS',
        from: 'iSNS',
        frame,
        relativeNs: timeNs,
      }),
    );
  });
}

function redirects(facts: Facts): DiscoveryReport[] {
  return facts.stories.flatMap((story) => {
    const { login } = story;
    const session = facts.sessions[story.session];
    if (login?.redirectedTo === undefined || session === undefined) return [];
    return [
      row(facts, {
        initiatorAddress: hostOf(session.initiatorAddress),
        initiatorName: session.initiatorName,
        target: session.targetName,
        address: withPort(login.redirectedTo),
        via: 'redirect',
        from: session.targetAddress,
        frame: login.steps.at(-1)?.frame ?? 0,
        relativeNs: login.endedNs,
      }),
    ];
  });
}

type Learnt = Omit<DiscoveryReport, 'tried' | 'reached' | 'session' | 'loginAfterNs'>;

/** Adds what came of it: connections of that host to that address, later. */
function row(facts: Facts, learnt: Learnt): DiscoveryReport {
  let tried = false;
  let reachedBy: Session | undefined;
  let firstNs = -1;
  for (const story of facts.stories) {
    const session = facts.sessions[story.session];
    if (session === undefined || session.type === 'Discovery') continue;
    if (targetEnd(story) !== learnt.address && session.targetAddress !== learnt.address) continue;
    if (hostOf(session.initiatorAddress) !== learnt.initiatorAddress) continue;
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
  const story = facts.stories.find((one) => one.session === session.id);
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

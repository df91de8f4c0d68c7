// What rules of Fibre Channel ask: who is meant, in words, and when something was seen.

import type { FcConnection, FcLink, FcNexus, FcPort, Seen } from '../../session/fc/model.js';
import { ADDRESS_NAMES, fcidText } from '../../wire/fc/codes.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';

const CARRIERS: Readonly<Record<number, string>> = { 1: 'FCIP', 2: 'iFCP', 3: 'FCoE', 4: 'FC' };

export function carrierName(carrier: number): string {
  return CARRIERS[carrier];
}

/** FCIP or iFCP: frames travel in TCP. */
export function isTunnel(link: Pick<FcLink, 'carrier'>): boolean {
  return link.carrier <= 2;
}

/** A session's Fibre Channel part; undefined where it is iSCSI's. */
export function fcNexusOf(facts: Facts, session: number): FcNexus | undefined {
  return facts.fc.nexuses.find((nexus) => nexus.session === session);
}

/** Its name, or its N_Port ID. */
export function portText(port: FcPort): string {
  return port.portName === '' ? fcidText(port.id) : `${port.portName} (${fcidText(port.id)})`;
}

/** A port of a link by its N_Port ID, as people call it. */
export function idText(facts: Facts, link: number, id: number): string {
  const known = ADDRESS_NAMES[id];
  if (known !== undefined) return `the ${known}`;
  const port = facts.fc.ports.find((p) => p.link === link && p.id === id);
  return port === undefined ? fcidText(id) : portText(port);
}

/** All connections, with their links. */
export function connectionsOfLinks(facts: Facts): { link: FcLink; c: FcConnection }[] {
  return facts.fc.links.flatMap((link) => link.connections.map((c) => ({ link, c })));
}

/** What of a finding says where and when something was seen. */
export function seenAt(seen: Seen): Pick<Found, 'count' | 'frames' | 'fromNs' | 'toNs'> {
  const frames = seen.lastFrame > seen.frame ? [seen.frame, seen.lastFrame] : [seen.frame];
  return {
    count: seen.count,
    frames: frames.filter((frame) => frame > 0),
    fromNs: seen.timeNs,
    toNs: seen.lastNs,
  };
}

/** Several as one. */
export function together(all: readonly Seen[]): Seen {
  const some = all.filter((seen) => seen.count > 0).sort((a, b) => a.timeNs - b.timeNs);
  const [first] = some;
  const last = some.reduce((a, b) => (b.lastNs > a.lastNs ? b : a), first);
  return {
    count: some.reduce((sum, seen) => sum + seen.count, 0),
    frame: first?.frame ?? 0,
    timeNs: first?.timeNs ?? -1,
    lastFrame: last?.lastFrame ?? 0,
    lastNs: last?.lastNs ?? -1,
  };
}

/** The finding's place: a TCP connection, where there is one. */
export function onConnection(c: FcConnection): Pick<Found, 'connection'> {
  return c.id < 0 ? {} : { connection: c.id };
}

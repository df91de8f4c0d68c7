// Who carries the frames: FCIP links (the TCP connections of one pair of entities, RFC 3821 7.1), iFCP
// sessions (one connection each, RFC 4172 5.2), captured Fibre Channel. And who speaks on them: ports
// and nexuses. Not for the hot road.

import { FC_NEXUSES_MAX, FC_PORTS_MAX } from '../../limits.js';
import { addressText, type Connection } from '../../stream/connection.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { ADDRESS_NAMES, fcidText } from '../../wire/fc/codes.js';
import type { Session } from '../model.js';
import { newSessionStory } from '../new-story.js';
import { type FcConnection, type FcPort, type TransitReport, unseen } from './model.js';
import { FcConnectionState, FcSession, type FcTables, LinkState, NexusState } from './state.js';

/** The keys of two ports in one number: each has 24 bits. */
const KEY = 2 ** 24;

export function openConnection(
  tables: FcTables,
  id: number,
  carrier: number,
  timeNs: number,
): FcConnectionState {
  const connection = id < 0 ? undefined : tables.connectionOf(id);
  const link = linkFor(tables, carrier, connection);
  const facts = newConnection(id, carrier, link.facts.id, connection, timeNs);
  link.facts.connections.push(facts);
  const c = new FcConnectionState(facts, link, tables.book);
  if (connection?.a.startKnown) c.bound = false;
  if (id >= 0) tables.connections[id] = c;
  return c;
}

/**
 * Until a special frame says otherwise, connections between the same two addresses are one FCIP link.
 * Every iFCP connection is a session of its own; a captured link is one.
 */
function linkFor(tables: FcTables, carrier: number, connection: Connection | undefined): LinkState {
  if (carrier === Carrier.fcip && connection !== undefined) {
    for (const link of tables.links) {
      if (link.facts.carrier !== carrier) continue;
      const [other] = link.facts.connections;
      if (other?.connection !== undefined && sameEnds(other.connection, connection)) return link;
    }
  }
  return newLink(tables, carrier);
}

function newLink(tables: FcTables, carrier: number): LinkState {
  const link = new LinkState({
    id: tables.links.length,
    carrier,
    entities: ['', ''],
    entityIds: new Map(),
    connections: [],
    frames: new Map(),
    raTovMs: -1,
    edTovMs: -1,
  });
  tables.links.push(link);
  tables.story.links.push(link.facts);
  return link;
}

/** The addresses are the same, whoever opened the connection. */
function sameEnds(one: Connection, other: Connection): boolean {
  const a = addressText(one, 'a');
  const b = addressText(one, 'b');
  const [c, d] = [addressText(other, 'a'), addressText(other, 'b')];
  return (a === c && b === d) || (a === d && b === c);
}

/**
 * A special frame names who sent it, and whom it takes the other for: a connection belongs to the link
 * of that pair. Nothing can have passed before it (RFC 3821 7.1), so that nothing moves with it.
 */
export function entitiesNamed(
  tables: FcTables,
  c: FcConnectionState,
  source: string,
  sourceId: string,
  destination: string,
): void {
  const { link } = c;
  if (isOf(link, source, sourceId, destination)) {
    link.facts.entityIds.set(source, sourceId);
    return;
  }
  if (link.facts.entities[0] === '') {
    link.facts.entities = [source, destination];
    link.facts.entityIds.set(source, sourceId);
    return;
  }
  if (c.facts.frames > 2) return;
  const known = tables.links.find((l) => l !== link && isOf(l, source, sourceId, destination));
  const next = known ?? newLink(tables, c.facts.carrier);
  next.facts.entities = known?.facts.entities ?? [source, destination];
  next.facts.entityIds.set(source, sourceId);
  const at = link.facts.connections.indexOf(c.facts);
  if (at >= 0) link.facts.connections.splice(at, 1);
  c.facts = { ...c.facts, link: next.facts.id };
  next.facts.connections.push(c.facts);
  c.link = next;
}

function isOf(link: LinkState, source: string, sourceId: string, destination: string): boolean {
  const { entities, entityIds } = link.facts;
  const id = entityIds.get(source);
  const same = entities.includes(source) && entities.includes(destination);
  return same && source !== destination && (id === undefined || id === sourceId);
}

function newConnection(
  id: number,
  carrier: number,
  link: number,
  connection: Connection | undefined,
  timeNs: number,
): FcConnection {
  return {
    id,
    connection,
    carrier,
    link,
    frames: 0,
    framesOf: [0, 0],
    payloadBytes: [0, 0],
    firstNs: timeNs,
    lastNs: timeNs,
    lastFrame: 0,
    specialFrames: [],
    control: [],
    ltests: 0,
    ltestCountJumps: unseen(),
    ltestLastNs: -1,
    ltestLongestNs: 0,
    ltestLastCount: -1,
    boundNs: -1,
    livenessSeconds: 0,
    addressMode: -1,
    modeWrong: unseen(),
    outsideSession: unseen(),
    transit: [newTransit(), newTransit()],
    faults: new Map(),
    crcBad: unseen(),
    eofBad: unseen(),
    eofInvalid: unseen(),
    syncLost: unseen(),
    syncLostBytes: 0,
    syncPlaces: [],
    exchangesOpenAtEnd: -1,
    endedNs: -1,
  };
}

function newTransit(): TransitReport {
  return {
    frames: 0,
    unstamped: 0,
    minNs: 0,
    maxNs: 0,
    sumNs: 0,
    baseSeconds: -1,
    firstNs: 0,
    byMs: new Map(),
    oldestFrame: 0,
    oldestTimeNs: -1,
  };
}

/** A port of the link by its key, begun where it is new. `id`: its N_Port ID. */
export function portOf(tables: FcTables, link: LinkState, key: number, id: number): FcPort {
  let port = link.ports.get(key);
  if (port !== undefined) {
    // iFCP: a CBIND names the port before any frame tells its N_Port ID.
    if (port.id === 0) port.id = id;
    return port;
  }
  port = {
    link: link.facts.id,
    id,
    portName: '',
    nodeName: '',
    symbolicName: '',
    frame: 0,
    receiveDataFieldSize: 0,
  };
  if (link.ports.size >= FC_PORTS_MAX) {
    tables.problems.reached(`more than ${FC_PORTS_MAX} N_Ports of a link: others are not listed`);
    return port;
  }
  link.ports.set(key, port);
  if (ADDRESS_NAMES[id] === undefined) tables.story.ports.push(port);
  return port;
}

/** The nexus of an initiator and a target, begun where it is new and `make` says so. */
export function nexusOf(
  tables: FcTables,
  c: FcConnectionState,
  fabric: number,
  initiatorKey: number,
  targetKey: number,
  make: boolean,
  initiatorId: number,
  targetId: number,
): NexusState | undefined {
  const { link } = c;
  let byPorts = link.nexuses.get(fabric);
  const key = initiatorKey * KEY + targetKey;
  const known = byPorts?.get(key);
  if (known !== undefined || !make) return known;
  if (tables.nexuses.length >= FC_NEXUSES_MAX) {
    tables.problems.reached(
      `more than ${FC_NEXUSES_MAX} pairs of N_Ports: what others do is counted with the last`,
    );
    return tables.nexuses[tables.nexuses.length - 1];
  }
  if (byPorts === undefined) {
    byPorts = new Map();
    link.nexuses.set(fabric, byPorts);
  }
  const initiator = portOf(tables, link, initiatorKey, initiatorId);
  const target = portOf(tables, link, targetKey, targetId);
  const session = newSession(tables, c, initiator, target);
  const nexus = new NexusState(
    session,
    {
      session: session.story.id,
      link: link.facts.id,
      initiator,
      target,
      virtualFabric: fabric,
      writeXferRdyDisabled: link.writeXferRdyDisabled.get(key),
      violations: {
        dataBeforeXferRdy: unseen(),
        writesWithoutXferRdy: 0,
        writes: 0,
        payloadTooLarge: unseen(),
        payloadLargest: 0,
        payloadLimit: 0,
        framesLost: unseen(),
        framesLostTotal: 0,
        burstShort: unseen(),
        rejects: unseen(),
        busies: unseen(),
        lastReject: undefined,
        srr: unseen(),
        rec: unseen(),
        lateResponses: unseen(),
      },
    },
    link,
    initiatorKey,
    targetKey,
  );
  session.story.loginSeen = link.loggedIn.has(key);
  byPorts.set(key, nexus);
  tables.nexuses.push(nexus);
  tables.story.nexuses.push(nexus.facts);
  return nexus;
}

function newSession(
  tables: FcTables,
  c: FcConnectionState,
  initiator: FcPort,
  target: FcPort,
): FcSession {
  const { book } = tables;
  const story = newSessionStory(book.nextId, 'fcp', tables.nowNs);
  story.type = 'Normal';
  nameSession(story, initiator, target);
  if (c.facts.id >= 0) story.connections.push(c.facts.id);
  const session = new FcSession(story, tables.watch);
  book.add(session);
  return session;
}

/** Names are told by logins, and may come after the first commands. */
export function namesChanged(tables: FcTables, link: LinkState, port: FcPort): void {
  for (const nexus of tables.nexuses) {
    const { initiator, target } = nexus.facts;
    if (nexus.link !== link || (initiator !== port && target !== port)) continue;
    nameSession(nexus.session.story, initiator, target);
  }
}

function nameSession(story: Session, initiator: FcPort, target: FcPort): void {
  story.initiatorName = initiator.portName;
  story.targetName = target.portName;
  story.initiatorAddress = fcidText(initiator.id);
  story.targetAddress = fcidText(target.id);
  if (initiator.symbolicName !== '') story.initiatorAlias = initiator.symbolicName;
  if (target.symbolicName !== '') story.targetAlias = target.symbolicName;
}

// From what was chosen to what is written: which packets belong to each road, and what else any tool needs to
// understand them (handshakes, logins of Fibre Channel, the other connections of a link).

import type { Analysis } from '../analysis.js';
import { SLICE_RDMA_PACKETS } from '../limits.js';
import type { FcRequest, FcStory } from '../session/fc/model.js';
import type { Connection } from '../stream/connection.js';
import { Els } from '../wire/fc/codes.js';
import { FcKind } from '../wire/fc/kinds.js';
import { managerKeys, portsKey, roceKeys, tcpKeys } from './road-keys.js';
import { merged, type RoadSlice, type SliceSelection, type Stretch } from './selection.js';
import type { KeptRoad } from './slicer.js';

/** Link services without which nobody knows who speaks, and by what rules. */
const LOGINS: ReadonlySet<number> = new Set([
  FcKind.els | Els.plogi,
  FcKind.els | Els.flogi,
  FcKind.els | Els.fdisc,
  FcKind.els | Els.prli,
]);

/** Times of what is kept whole, by connection or session. */
export interface Whole {
  readonly connections: ReadonlySet<number>;
  readonly fromNs: number;
  readonly toNs: number;
}

export function keptRoads(analysis: Analysis, selection: SliceSelection, whole: Whole): KeptRoad[] {
  for (const session of selection.sessions) keepLogins(analysis.fc, selection, session);
  const slices = selection.slices((connection) => loginEnd(analysis, connection));
  for (const { connections } of analysis.fc.links) together(slices, connections);
  return slices.map((slice) => keptRoad(analysis, slice, whole));
}

function keptRoad(analysis: Analysis, slice: RoadSlice, whole: Whole): KeptRoad {
  const { connection: c, stretches } = slice;
  if (c === undefined) {
    const nexus = analysis.fc.nexuses.find(({ session }) => session === slice.session);
    const keys = nexus === undefined ? [] : [portsKey(nexus.initiator.id, nexus.target.id)];
    return { keys, edgeKeys: [], stretches, from: 0, to: 0, openedNs: -1 };
  }
  const rdma = analysis.rdma.find(({ connection }) => connection.id === c.id)?.facts;
  const roce = rdma?.roce;
  const opened = c.handshakeAckNs >= 0 ? c.handshakeAckNs : c.synAckNs;
  return {
    keys: roce === undefined ? tcpKeys(c) : roceKeys(c, roce.queuePairs),
    edgeKeys: roce === undefined ? [] : managerKeys(c),
    stretches: rdma === undefined ? stretches : widened(stretches),
    ...(whole.connections.has(c.id) && { wholeNs: [whole.fromNs, whole.toNs] as const }),
    from: c.openedFrame,
    to: c.lastFrame,
    openedNs: opened,
  };
}

/**
 * Boundaries of FPDUs are found again by several in a row, and what RoCE missed is settled by what follows:
 * what was asked for needs some packets around it.
 */
function widened(stretches: readonly Stretch[]): Stretch[] {
  const by = SLICE_RDMA_PACKETS;
  return merged(stretches.map(({ from, to }) => ({ from: from - by, to: to + by })));
}

/** The last packet of the login of a connection that has no command; 0: none is known. */
function loginEnd({ stories }: Analysis, connection: Connection): number {
  let frame = 0;
  for (const { connection: c, login } of stories) {
    if (c.id !== connection.id) continue;
    for (const step of login?.steps ?? []) frame = Math.max(frame, step.frame);
  }
  return frame;
}

/** Logins of the ports of a session, wherever they stand. */
function keepLogins(fc: FcStory, selection: SliceSelection, session: number): void {
  const nexus = fc.nexuses.find((one) => one.session === session);
  if (nexus === undefined) return;
  const ports = new Set([nexus.initiator.id, nexus.target.id]);
  const about = ({ link, kind, from, to }: FcRequest) =>
    link === nexus.link && LOGINS.has(kind) && (ports.has(from) || ports.has(to) || from === 0);
  for (const request of fc.requests.filter(about)) {
    const { connection, frame, endFrame } = request;
    if (connection >= 0) {
      selection.keep(connection, session, frame, Math.max(frame, endFrame));
      continue;
    }
    selection.keepPackets(frame, frame);
    if (endFrame > 0) selection.keepPackets(endFrame, endFrame);
  }
}

/** An exchange may use all connections of its link: what is kept of one is kept of all. */
function together(
  slices: RoadSlice[],
  connections: readonly { readonly connection: Connection | undefined }[],
): void {
  const of = new Set(connections.flatMap(({ connection: c }) => (c === undefined ? [] : [c.id])));
  if (of.size < 2) return;
  const mine = slices.filter(({ connection: c }) => c !== undefined && of.has(c.id));
  if (mine.length === 0) return;
  const all: Stretch[] = merged(mine.flatMap(({ stretches }) => stretches));
  const { session } = mine[0];
  for (const { connection: c } of connections) {
    if (c === undefined) continue;
    const known = mine.find(({ connection }) => connection?.id === c.id);
    if (known !== undefined) known.stretches = all;
    else slices.push({ connection: c, session, stretches: all });
  }
}

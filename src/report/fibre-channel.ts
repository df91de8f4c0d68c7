// Fibre Channel's part of the report: links with their frames by kind, transit and faults; ports by name;
// link services with their answers; what was aborted.

import type { Epoch } from '../capture/time.js';
import type { Facts } from '../findings/facts.js';
import type { UnreadConnection } from '../pdu/stage.js';
import type {
  FcAbort,
  FcConnection,
  FcLink,
  FcPort,
  FcRequest,
  IfcpControl,
  Seen,
  SpecialFrame,
  TransitReport,
} from '../session/fc/model.js';
import { addressText } from '../stream/connection.js';
import {
  CT_COMMAND_NAMES,
  CT_EXPLANATION_NAMES,
  CT_REASON_NAMES,
  fcidText,
  IFCP_ADDRESS_MODE_NAMES,
  LS_RJT_EXPLANATION_NAMES,
  LS_RJT_REASON_NAMES,
  RJT_REASON_NAMES,
} from '../wire/fc/codes.js';
import { FcKind, kindName } from '../wire/fc/kinds.js';
import { operationName } from '../wire/scsi/operations.js';
import { type TunnelTcpReport, tunnelTcpReport } from './tcp.js';

const NS = 1e9;
/** RFC 3643 counts seconds from 1900. */
const SINCE_1900 = 2_208_988_800;
const CARRIERS: Readonly<Record<number, string>> = { 1: 'FCIP', 2: 'iFCP', 3: 'FCoE', 4: 'FC' };
/** Requests listed; all are counted by kind in the link's frames. */
const REQUESTS_LISTED = 1000;

export interface TransitJson {
  readonly stampedFrames: number;
  readonly unstampedFrames: number;
  /** Arrival less time stamp, by the capture's clock; absent where its time is not known. */
  readonly transitNsMin?: number;
  readonly transitNsMean?: number;
  readonly transitNsMax?: number;
  /** The oldest frame against the youngest: no clock matters. */
  readonly ageNsMax?: number;
  readonly oldestFrame?: number;
}

export interface FcConnectionJson {
  readonly connection?: number;
  readonly opener?: string;
  readonly other?: string;
  readonly frameCount: number;
  readonly framesFromOpener: number;
  readonly framesFromOther: number;
  readonly payloadBytes: number;
  readonly specialFrames: readonly Record<string, string | number | boolean>[];
  readonly sessionControl: readonly Record<string, string | number | boolean>[];
  readonly addressMode?: string;
  readonly ltestCount: number;
  readonly fromOpener?: TransitJson;
  readonly fromOther?: TransitJson;
  /** What TCP did on it; absent where frames were captured without. */
  readonly tcp?: TunnelTcpReport;
  readonly crcBadCount: number;
  readonly eofInvalidCount: number;
  readonly syncLostCount: number;
  readonly syncLostBytes: number;
  readonly syncLostPlaces: readonly { frame: number; relativeNs: number; bytes: number }[];
}

export interface FcLinkJson {
  readonly link: number;
  readonly carrier: string;
  readonly entities?: readonly string[];
  readonly raTovMs?: number;
  readonly edTovMs?: number;
  readonly framesByKind: Readonly<Record<string, number>>;
  readonly connections: readonly FcConnectionJson[];
}

/** A connection on a tunnel's port that holds no encapsulated frames. */
export interface UnreadTunnelJson {
  readonly connection: number;
  readonly opener: string;
  readonly other: string;
  /** FCIP, iFCP: whose port it is. */
  readonly ports: readonly string[];
  readonly bytesFromOpener: number;
  readonly bytesFromOther: number;
  /** Of the first bytes: how many, and how many bits an octet tells. */
  readonly sampledBytes: number;
  readonly entropyBits: number;
  readonly tcp: TunnelTcpReport;
}

export interface FibreChannelReport {
  readonly unread: readonly UnreadTunnelJson[];
  readonly links: readonly FcLinkJson[];
  readonly ports: readonly Record<string, string | number>[];
  readonly nexuses: readonly Record<string, string | number | boolean>[];
  readonly requests: readonly Record<string, string | number | boolean>[];
  readonly aborts: readonly Record<string, string | number | boolean>[];
  readonly stateChanges: readonly Record<string, string | number | readonly string[]>[];
  /** Requests, aborts and changes beyond what is listed. */
  readonly notListed: number;
}

/** Absent where the capture has no frame of Fibre Channel. */
export function fibreChannelReport({ fc, capture, unread }: Facts): FibreChannelReport | undefined {
  if (fc.links.length === 0 && unread.length === 0) return undefined;
  return {
    unread: unread.map(unreadJson),
    links: fc.links.map((link) => linkJson(link, capture.epoch)),
    ports: fc.ports.map(portJson),
    nexuses: fc.nexuses.map((n) => ({
      session: n.session,
      link: n.link,
      initiator: n.initiator.portName || fcidText(n.initiator.id),
      target: n.target.portName || fcidText(n.target.id),
      ...(n.virtualFabric === 0 ? {} : { virtualFabric: n.virtualFabric }),
      ...(n.writeXferRdyDisabled === undefined
        ? {}
        : { writeXferRdyDisabled: n.writeXferRdyDisabled }),
      recCount: n.violations.rec.count,
      srrCount: n.violations.srr.count,
      lostFrameCount: n.violations.framesLostTotal,
    })),
    requests: fc.requests.slice(0, REQUESTS_LISTED).map(requestJson),
    aborts: fc.aborts.map(abortJson),
    stateChanges: fc.stateChanges.map((change) => ({
      link: change.link,
      to: fcidText(change.to),
      frame: change.frame,
      relativeNs: change.timeNs,
      affected: change.affected.map(fcidText),
    })),
    notListed: fc.dropped + Math.max(0, fc.requests.length - REQUESTS_LISTED),
  };
}

function unreadJson({ connection: c, titles, sample }: UnreadConnection): UnreadTunnelJson {
  return {
    connection: c.id,
    opener: addressText(c, 'a'),
    other: addressText(c, 'b'),
    ports: titles,
    bytesFromOpener: c.a.payloadBytes,
    bytesFromOther: c.b.payloadBytes,
    sampledBytes: sample.bytes,
    entropyBits: Math.round(sample.entropy() * 100) / 100,
    tcp: tunnelTcpReport(c),
  };
}

function linkJson(link: FcLink, epoch: Epoch | undefined): FcLinkJson {
  const kinds = [...link.frames].sort((a, b) => b[1] - a[1]);
  const framesByKind: Record<string, number> = {};
  for (const [kind, count] of kinds) {
    const name = kindName(kind);
    framesByKind[name] = (framesByKind[name] ?? 0) + count;
  }
  return {
    link: link.id,
    carrier: CARRIERS[link.carrier],
    ...(link.entities[0] === '' ? {} : { entities: link.entities }),
    ...(link.raTovMs < 0 ? {} : { raTovMs: link.raTovMs }),
    ...(link.edTovMs < 0 ? {} : { edTovMs: link.edTovMs }),
    framesByKind,
    connections: link.connections.map((c) => connectionJson(c, epoch)),
  };
}

function connectionJson(c: FcConnection, epoch: Epoch | undefined): FcConnectionJson {
  const tunnel = c.connection !== undefined;
  return {
    ...(c.connection === undefined
      ? {}
      : {
          connection: c.id,
          opener: addressText(c.connection, 'a'),
          other: addressText(c.connection, 'b'),
          tcp: tunnelTcpReport(c.connection),
        }),
    frameCount: c.frames,
    framesFromOpener: c.framesOf[0],
    framesFromOther: c.framesOf[1],
    payloadBytes: c.payloadBytes[0] + c.payloadBytes[1],
    specialFrames: c.specialFrames.map(specialJson),
    sessionControl: c.control.map(controlJson),
    ...(c.addressMode < 0 ? {} : { addressMode: IFCP_ADDRESS_MODE_NAMES[c.addressMode] }),
    ltestCount: c.ltests,
    ...(tunnel
      ? {
          fromOpener: transitJson(c.transit[0], epoch),
          fromOther: transitJson(c.transit[1], epoch),
        }
      : {}),
    crcBadCount: c.crcBad.count,
    eofInvalidCount: both(c.eofInvalid, c.eofBad),
    syncLostCount: c.syncLost.count,
    syncLostBytes: c.syncLostBytes,
    syncLostPlaces: c.syncPlaces.map(({ frame, timeNs, bytes }) => ({
      frame,
      relativeNs: timeNs,
      bytes,
    })),
  };
}

function both(one: Seen, other: Seen): number {
  return one.count + other.count;
}

function transitJson(t: TransitReport, epoch: Epoch | undefined): TransitJson {
  const counts = { stampedFrames: t.frames, unstampedFrames: t.unstamped };
  if (t.frames === 0) return counts;
  const age = { ageNsMax: t.maxNs - t.minNs, oldestFrame: t.oldestFrame };
  if (epoch === undefined) return { ...counts, ...age };
  const baseNs = (epoch.seconds + SINCE_1900 - t.baseSeconds) * NS + epoch.nanoseconds;
  return {
    ...counts,
    transitNsMin: Math.round(baseNs + t.minNs),
    transitNsMean: Math.round(baseNs + t.sumNs / t.frames),
    transitNsMax: Math.round(baseNs + t.maxNs),
    ...age,
  };
}

function specialJson(f: SpecialFrame): Record<string, string | number | boolean> {
  const { frame, timeNs, direction, framesBefore, ...rest } = f;
  return {
    frame,
    relativeNs: timeNs,
    fromOpenerSide: direction === 0,
    ...rest,
    ...(framesBefore > 0 ? { framesBefore } : {}),
  };
}

function controlJson(m: IfcpControl): Record<string, string | number | boolean> {
  return {
    kind: m.kind,
    isResponse: m.response,
    frame: m.frame,
    relativeNs: m.timeNs,
    ...(m.status < 0 ? {} : { controlStatus: m.status }),
    ...(m.handle < 0 ? {} : { connectionHandle: m.handle }),
    ...(m.kind === 'CBIND'
      ? {
          livenessSeconds: m.livenessSeconds,
          addressMode: IFCP_ADDRESS_MODE_NAMES[m.addressMode] ?? String(m.addressMode),
          ifcpVersion: m.version,
          sourcePortName: m.sourcePortName,
          destinationPortName: m.destinationPortName,
        }
      : {}),
  };
}

function portJson(port: FcPort): Record<string, string | number> {
  return {
    link: port.link,
    portId: fcidText(port.id),
    ...(port.portName === '' ? {} : { portName: port.portName }),
    ...(port.nodeName === '' ? {} : { nodeName: port.nodeName }),
    ...(port.symbolicName === '' ? {} : { symbolicName: port.symbolicName }),
    ...(port.receiveDataFieldSize === 0 ? {} : { receiveDataFieldSize: port.receiveDataFieldSize }),
  };
}

function requestJson(r: FcRequest): Record<string, string | number | boolean> {
  const { reasonText, explanation } = refusalOf(r);
  return {
    link: r.link,
    name: requestName(r),
    from: fcidText(r.from),
    to: fcidText(r.to),
    tag: r.oxId,
    frame: r.frame,
    relativeNs: r.timeNs,
    ...(r.endNs < 0 ? {} : { answerFrame: r.endFrame, answeredNs: r.endNs - r.timeNs }),
    ...(r.refusedBy === ''
      ? {}
      : {
          refusedBy: r.refusedBy,
          reasonText,
          explanation,
        }),
  };
}

export function requestName({ kind, ctCommand }: FcRequest): string {
  if ((kind & 0xf00) !== FcKind.ct) return kindName(kind);
  return CT_COMMAND_NAMES[ctCommand] ?? `CT ${ctCommand}`;
}

/** Why a request was refused, in words. */
export function refusalOf(r: FcRequest): { reasonText: string; explanation: string } {
  const isCt = (r.kind & 0xf00) === FcKind.ct;
  const reasons = isCt
    ? CT_REASON_NAMES
    : r.refusedBy === 'LS_RJT'
      ? LS_RJT_REASON_NAMES
      : RJT_REASON_NAMES;
  const more = isCt ? CT_EXPLANATION_NAMES : LS_RJT_EXPLANATION_NAMES;
  return {
    reasonText: reasons[r.reason] ?? String(r.reason),
    explanation: more[r.explanation] ?? String(r.explanation),
  };
}

function abortJson(a: FcAbort): Record<string, string | number | boolean> {
  return {
    session: a.session,
    from: fcidText(a.from),
    to: fcidText(a.to),
    tag: a.oxId,
    frame: a.frame,
    relativeNs: a.timeNs,
    ...(a.commandFrame === 0
      ? {}
      : { commandFrame: a.commandFrame, ageNs: a.timeNs - a.commandNs }),
    ...(a.operation < 0 ? {} : { operation: operationName(a.operation) }),
    ...(a.lastFrame === 0 ? {} : { lastFrame: a.lastFrame, lastKind: kindName(a.lastKind) }),
    missing: a.missing.what,
    missingBytes: a.missing.bytes,
    missingFrames: a.missing.frames,
    ...(a.recFrame === 0 ? {} : { recFrame: a.recFrame }),
    ...(a.answer === '' ? {} : { answer: a.answer, answerFrame: a.answerFrame }),
    ...(a.repeatedFrame === 0 ? {} : { repeatedFrame: a.repeatedFrame }),
  };
}

// The RDMA side of a connection (iSER): how it started, what moved, what was wrong.

import type { RdmaStart } from '../pdu/rdma/events.js';
import type { IscsiConnection, Parameter } from '../session/model.js';

export interface RdmaSideReport {
  readonly packets: number;
  readonly packetsAgain: number;
  readonly packetsLost: number;
  readonly congestionMarked: number;
  readonly icrcBad: number;
}

export interface RdmaReport {
  readonly transport: 'iWARP' | 'RoCEv2';
  /** The login on TCP agreed on it, or the connection began with it. */
  readonly agreedByLogin: boolean;
  /** RDMAExtensions=Yes was agreed, and plain iSCSI went on. */
  readonly fellBack: boolean;
  /** MPA's revision, CRC and markers of each side's FPDUs; absent where not told. */
  readonly mpaRevision?: number;
  readonly crc?: boolean;
  readonly markersFromInitiator?: boolean;
  readonly markersFromTarget?: boolean;
  readonly rejected?: string;
  /** Depths of RDMA Reads that the initiator takes, and that the target uses, as they said. */
  readonly ird?: number;
  readonly ord?: number;
  readonly pathMtu?: number;
  readonly rdmaWrites: number;
  readonly rdmaWriteBytes: number;
  readonly rdmaReads: number;
  readonly rdmaReadBytes: number;
  readonly rdmaReadsOutstandingMax: number;
  readonly iserMessages: number;
  readonly faultCounts: Readonly<Record<string, number>>;
  readonly terminates: readonly string[];
  /** RoCE: what packets of either side did, and what was said of them. */
  readonly fromInitiator?: RdmaSideReport;
  readonly fromTarget?: RdmaSideReport;
  readonly naks?: number;
  readonly rnrNaks?: number;
  readonly congestionNotifications?: number;
}

/** `session`: the session's own parameters. */
export function rdmaReport(
  story: IscsiConnection,
  session: readonly Parameter[],
): RdmaReport | undefined {
  const all = [...story.parameters, ...session];
  const agreed = all.some((p) => p.key === 'RDMAExtensions' && p.result === 'Yes');
  const { rdma } = story;
  if (rdma === undefined) return agreed ? nothingSeen() : undefined;
  const { request, reply, roce } = rdma;
  const both = request !== undefined && reply !== undefined;
  const fromSide = story.initiatorDirection === 1 ? 1 : 0;
  const ird = rdma.hello?.depth ?? told(request?.ird);
  const ord = rdma.helloReply?.depth ?? told(reply?.ord);
  const mpa = rdma.transport === 'iWARP';
  return {
    transport: rdma.transport,
    agreedByLogin: agreed && mpa && startedLate(story, request),
    fellBack: rdma.fellBack,
    mpaRevision: mpa ? (reply ?? request)?.revision : undefined,
    crc: mpa && both ? request.crc || reply.crc : undefined,
    markersFromInitiator: mpa ? reply?.markers : undefined,
    markersFromTarget: mpa ? request?.markers : undefined,
    rejected: reply?.rejected ? (reply.reason ?? 'rejected') : undefined,
    ird,
    ord,
    pathMtu: roce === undefined || roce.mtu === 0 ? undefined : roce.mtu,
    rdmaWrites: rdma.writes,
    rdmaWriteBytes: rdma.writeBytes,
    rdmaReads: rdma.reads,
    rdmaReadBytes: rdma.readBytes,
    rdmaReadsOutstandingMax: rdma.readsOutstandingMax,
    iserMessages: rdma.sends,
    faultCounts: Object.fromEntries([...rdma.faults].map(([kind, fault]) => [kind, fault.count])),
    terminates: rdma.terminates.map((t) => t.words),
    fromInitiator: roce && side(roce.halves[fromSide]),
    fromTarget: roce && side(roce.halves[1 - fromSide]),
    naks: roce?.naks,
    rnrNaks: roce?.rnrs,
    congestionNotifications: roce?.cnps,
  };
}

/** The login agreed on RDMA; of what followed nothing was captured. */
function nothingSeen(): RdmaReport {
  return {
    transport: 'iWARP',
    agreedByLogin: true,
    fellBack: false,
    rdmaWrites: 0,
    rdmaWriteBytes: 0,
    rdmaReads: 0,
    rdmaReadBytes: 0,
    rdmaReadsOutstandingMax: 0,
    iserMessages: 0,
    faultCounts: {},
    terminates: [],
  };
}

function startedLate({ login }: IscsiConnection, start: RdmaStart | undefined): boolean {
  return start === undefined || (login !== undefined && start.timeNs >= login.startedNs);
}

function told(depth: number | undefined): number | undefined {
  return depth === undefined || depth < 0 ? undefined : depth;
}

function side(s: {
  packets: number;
  again: number;
  lost: number;
  congested: number;
  icrcBad: number;
}): RdmaSideReport {
  return {
    packets: s.packets,
    packetsAgain: s.again,
    packetsLost: s.lost,
    congestionMarked: s.congested,
    icrcBad: s.icrcBad,
  };
}

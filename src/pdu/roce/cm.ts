// InfiniBand's connection manager as RoCEv2 carries it: the MADs that set up, refuse and tear down
// queue pairs (IBTA 12.6). Seldom: not for the hot road.

import type { UdpDatagram } from '../../packet/udp-datagram.js';
import { get, hex } from '../../wire/field.js';
import { BTH_BYTES, bth, DETH_BYTES, IbOpcode } from '../../wire/rdma/infiniband.js';
import {
  CM_REJ_PRIVATE,
  CM_REP_PRIVATE,
  CM_REQ_PRIVATE,
  CmAttribute,
  cmDreq,
  cmRej,
  cmRep,
  cmReq,
  GSI_QP,
  IP_CM_BYTES,
  ipCm,
  MAD_CLASS_CM,
  MAD_HEADER_BYTES,
  mad,
  RDMA_CM_PREFIX,
} from '../../wire/rdma/infiniband-cm.js';
import type { RdmaStart } from '../rdma/events.js';
import { rejectWords } from './words.js';

/** Path MTU codes (IBTA 12.6.5): 1 is 256. */
const MTU_SMALLEST = 128;

/** A message of the connection manager, as far as it matters here. */
export interface CmMessage {
  readonly attribute: number;
  readonly localId: number;
  readonly remoteId: number;
  /** Queue pair of the sender, the number its peer begins with, and the path MTU; -1 not said. */
  readonly queuePair: number;
  readonly startingPsn: number;
  readonly mtu: number;
  /** Ports of RDMA CM's addresses; -1 where the service is another. */
  readonly sourcePort: number;
  readonly servicePort: number;
  readonly start: Omit<RdmaStart, 'connection' | 'direction'> | undefined;
}

/** The message in a datagram to queue pair 1; undefined where there is none, or too little of it. */
export function cmMessage(d: UdpDatagram): CmMessage | undefined {
  const { view, bytes } = d;
  const at = d.at + BTH_BYTES + DETH_BYTES;
  if (get(view, d.at, bth.opcode) !== IbOpcode.udSendOnly) return undefined;
  if (get(view, d.at, bth.destinationQp) !== GSI_QP) return undefined;
  if (d.at + d.captured < at + MAD_HEADER_BYTES + CM_REP_PRIVATE) return undefined;
  if (get(view, at, mad.managementClass) !== MAD_CLASS_CM) return undefined;
  const attribute = get(view, at, mad.attributeId);
  const m = at + MAD_HEADER_BYTES;
  const end = d.at + d.captured;
  const common = {
    attribute,
    localId: get(view, m, cmDreq.localCommunicationId),
    remoteId: get(view, m, cmDreq.remoteCommunicationId),
    queuePair: -1,
    startingPsn: -1,
    mtu: -1,
    sourcePort: -1,
    servicePort: -1,
    start: undefined,
  };
  const base = {
    frame: d.frame,
    timeNs: d.timeNs,
    how: 'CM' as const,
    revision: 0,
    markers: false,
    crc: true,
    rejected: false,
  };
  if (attribute === CmAttribute.req) {
    if (end < m + CM_REQ_PRIVATE) return undefined;
    const rdmaCm = hex(bytes, m + cmReq.serviceIdPrefix.byte, 5) === RDMA_CM_PREFIX;
    const ip = m + CM_REQ_PRIVATE;
    const addressed = rdmaCm && end >= ip + IP_CM_BYTES;
    const privateAt = addressed ? ip + IP_CM_BYTES : ip;
    return {
      ...common,
      remoteId: 0,
      queuePair: get(view, m, cmReq.localQp),
      startingPsn: get(view, m, cmReq.startingPsn),
      mtu: MTU_SMALLEST << get(view, m, cmReq.pathMtu),
      sourcePort: addressed ? get(view, ip, ipCm.sourcePort) : -1,
      servicePort: rdmaCm ? get(view, m, cmReq.serviceIdPort) : -1,
      start: {
        ...base,
        reply: false,
        ird: get(view, m, cmReq.responderResources),
        ord: get(view, m, cmReq.initiatorDepth),
        privateData: bytes.slice(privateAt, Math.min(end, m + 232)),
      },
    };
  }
  if (attribute === CmAttribute.rep) {
    return {
      ...common,
      queuePair: get(view, m, cmRep.localQp),
      startingPsn: get(view, m, cmRep.startingPsn),
      start: {
        ...base,
        reply: true,
        ird: get(view, m, cmRep.responderResources),
        ord: get(view, m, cmRep.initiatorDepth),
        privateData: bytes.slice(m + CM_REP_PRIVATE, Math.min(end, m + 232)),
      },
    };
  }
  if (attribute === CmAttribute.rej) {
    if (end < m + CM_REJ_PRIVATE) return undefined;
    return {
      ...common,
      start: {
        ...base,
        reply: true,
        rejected: true,
        ird: -1,
        ord: -1,
        privateData: bytes.slice(m + CM_REJ_PRIVATE, Math.min(end, m + 232)),
        reason: rejectWords(get(view, m, cmRej.reason)),
      },
    };
  }
  return common;
}

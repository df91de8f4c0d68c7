// InfiniBand's connection manager: MADs on queue pair 1 that set up and tear down queue pairs (IBTA
// vol. 1, 12.6 and 13.4.3; annex A11, the IP addresses in REQ's private data), and what iSER says in
// the private data that is left (annex A12: its flags).

import { type Field, field, reserved } from '../field.js';

export const MAD_HEADER_BYTES = 24;
export const GSI_QP = 1;
export const MAD_CLASS_CM = 0x07;

export const CmAttribute = {
  req: 0x10,
  mra: 0x11,
  rej: 0x12,
  rep: 0x13,
  rtu: 0x14,
  dreq: 0x15,
  drep: 0x16,
} as const;

const CM_ATTRIBUTE_NAMES: Readonly<Record<number, string>> = {
  16: 'ConnectRequest',
  17: 'MsgRcptAck',
  18: 'ConnectReject',
  19: 'ConnectReply',
  20: 'ReadyToUse',
  21: 'DisconnectRequest',
  22: 'DisconnectReply',
};

export const mad = {
  baseVersion: field('baseVersion', 0, 0, 8),
  managementClass: field('managementClass', 1, 0, 8),
  classVersion: field('classVersion', 2, 0, 8),
  method: field('method', 3, 0, 8),
  status: field('status', 4, 0, 16),
  classSpecific: field('classSpecific', 6, 0, 16),
  transactionId: field('transactionId', 8, 0, 64),
  attributeId: field('attributeId', 16, 0, 16, { names: CM_ATTRIBUTE_NAMES }),
  reserved18: reserved(18, 0, 16),
  attributeModifier: field('attributeModifier', 20, 0, 32),
} as const;

const localCommunicationId = field('localCommunicationId', 0, 0, 32);
const remoteCommunicationId = field('remoteCommunicationId', 4, 0, 32);

export const CM_REQ_PRIVATE = 140;

export const cmReq = {
  localCommunicationId,
  reserved4: reserved(4, 0, 32),
  serviceIdPrefix: field('serviceIdPrefix', 8, 0, 40),
  serviceIdProtocol: field('serviceIdProtocol', 13, 0, 8),
  serviceIdPort: field('serviceIdPort', 14, 0, 16),
  localCaGuid: field('localCaGuid', 16, 0, 64),
  reserved24: reserved(24, 0, 32),
  localQueueKey: field('localQueueKey', 28, 0, 32),
  localQp: field('localQp', 32, 0, 24),
  responderResources: field('responderResources', 35, 0, 8),
  localEecn: field('localEecn', 36, 0, 24),
  initiatorDepth: field('initiatorDepth', 39, 0, 8),
  remoteEecn: field('remoteEecn', 40, 0, 24),
  remoteResponseTimeout: field('remoteResponseTimeout', 43, 0, 5),
  transportService: field('transportService', 43, 5, 2),
  endToEndFlowControl: field('endToEndFlowControl', 43, 7, 1),
  startingPsn: field('startingPsn', 44, 0, 24),
  localResponseTimeout: field('localResponseTimeout', 47, 0, 5),
  retryCount: field('retryCount', 47, 5, 3),
  partitionKey: field('partitionKey', 48, 0, 16),
  pathMtu: field('pathMtu', 50, 0, 4),
  rdcExists: field('rdcExists', 50, 4, 1),
  rnrRetryCount: field('rnrRetryCount', 50, 5, 3),
  maxCmRetries: field('maxCmRetries', 51, 0, 4),
  srq: field('srq', 51, 4, 1),
  extendedTransport: field('extendedTransport', 51, 5, 3),
  primaryLocalLid: field('primaryLocalLid', 52, 0, 16),
  primaryRemoteLid: field('primaryRemoteLid', 54, 0, 16),
  primaryLocalGid: field('primaryLocalGid', 56, 0, 128),
  primaryRemoteGid: field('primaryRemoteGid', 72, 0, 128),
  primaryFlowLabel: field('primaryFlowLabel', 88, 0, 20),
  reserved90b4: reserved(90, 4, 6),
  primaryPacketRate: field('primaryPacketRate', 91, 2, 6),
  primaryTrafficClass: field('primaryTrafficClass', 92, 0, 8),
  primaryHopLimit: field('primaryHopLimit', 93, 0, 8),
  primarySl: field('primarySl', 94, 0, 4),
  primarySubnetLocal: field('primarySubnetLocal', 94, 4, 1),
  reserved94b5: reserved(94, 5, 3),
  primaryAckTimeout: field('primaryAckTimeout', 95, 0, 5),
  reserved95b5: reserved(95, 5, 3),
  alternatePath: field('alternatePath', 96, 0, 352),
} as const;

export const CM_REP_PRIVATE = 36;

export const cmRep = {
  localCommunicationId,
  remoteCommunicationId,
  localQueueKey: field('localQueueKey', 8, 0, 32),
  localQp: field('localQp', 12, 0, 24),
  reserved15: reserved(15, 0, 8),
  localEecn: field('localEecn', 16, 0, 24),
  reserved19: reserved(19, 0, 8),
  startingPsn: field('startingPsn', 20, 0, 24),
  reserved23: reserved(23, 0, 8),
  responderResources: field('responderResources', 24, 0, 8),
  initiatorDepth: field('initiatorDepth', 25, 0, 8),
  targetAckDelay: field('targetAckDelay', 26, 0, 5),
  failoverAccepted: field('failoverAccepted', 26, 5, 2),
  endToEndFlowControl: field('endToEndFlowControl', 26, 7, 1),
  rnrRetryCount: field('rnrRetryCount', 27, 0, 3),
  srq: field('srq', 27, 3, 1),
  reserved27b4: reserved(27, 4, 4),
  localCaGuid: field('localCaGuid', 28, 0, 64),
} as const;

const CM_RTU_PRIVATE = 8;
const cmRtu = { localCommunicationId, remoteCommunicationId } as const;

export const CM_REJ_PRIVATE = 84;

/** IBTA 12.6.7.2 table 108: those that are met. */
export const CM_REJECT_NAMES: Readonly<Record<number, string>> = {
  1: 'no queue pair available',
  2: 'no end-to-end context available',
  3: 'no resources available',
  4: 'timeout',
  5: 'unsupported request',
  6: 'invalid communication ID',
  7: 'invalid communication instance',
  8: 'invalid service ID',
  9: 'invalid transport service type',
  10: 'stale connection',
  11: 'RDC does not exist',
  12: 'primary remote port GID rejected',
  13: 'primary remote port LID rejected',
  14: 'invalid primary SL',
  15: 'invalid primary traffic class',
  16: 'invalid primary hop limit',
  17: 'invalid primary packet rate',
  24: 'port and CM redirection',
  25: 'port redirection',
  26: 'invalid path MTU',
  27: 'insufficient responder resources',
  28: 'consumer reject',
  29: 'RNR retry count rejected',
};

export const cmRej = {
  localCommunicationId,
  remoteCommunicationId,
  messageRejected: field('messageRejected', 8, 0, 2),
  reserved8b2: reserved(8, 2, 6),
  rejectInfoLength: field('rejectInfoLength', 9, 0, 7, { unit: 'bytes' }),
  reserved9b7: reserved(9, 7, 1),
  reason: field('reason', 10, 0, 16, { names: CM_REJECT_NAMES }),
  additionalRejectInfo: field('additionalRejectInfo', 12, 0, 576),
} as const;

const CM_DREQ_PRIVATE = 12;

export const cmDreq = {
  localCommunicationId,
  remoteCommunicationId,
  remoteQp: field('remoteQp', 8, 0, 24),
  reserved11: reserved(11, 0, 8),
} as const;

const cmDrep = { localCommunicationId, remoteCommunicationId } as const;

/** Annex A11: a service ID of RDMA CM says the protocol (6: TCP's port space) and the port. */
export const RDMA_CM_PREFIX = '0000000001';
export const IP_CM_BYTES = 36;

/** Annex A11.3: at the beginning of REQ's private data. */
export const ipCm = {
  majorVersion: field('majorVersion', 0, 0, 4),
  minorVersion: field('minorVersion', 0, 4, 4),
  ipVersion: field('ipVersion', 1, 0, 4),
  reserved1b4: reserved(1, 4, 4),
  sourcePort: field('sourcePort', 2, 0, 16),
  sourceIp: field('sourceIp', 4, 0, 128),
  destinationIp: field('destinationIp', 20, 0, 128),
} as const;

export const ISER_CM_BYTES = 4;

/** Annex A12: iSER's private data, of both sides; over iWARP Linux sends the same after IRD and ORD. */
export const iserCm = {
  zbvaNotSupported: field('zbvaNotSupported', 0, 0, 1),
  sendInvalidateNotSupported: field('sendInvalidateNotSupported', 0, 1, 1),
  reserved0b2: reserved(0, 2, 30),
} as const;

export interface CmTable {
  readonly attribute: number;
  readonly name: string;
  readonly fields: readonly Field[];
  /** Where private data begins: the fields cover all before it. */
  readonly privateData: number;
}

export const CM_MESSAGES: readonly CmTable[] = [
  table(CmAttribute.req, cmReq, CM_REQ_PRIVATE),
  table(CmAttribute.rej, cmRej, CM_REJ_PRIVATE),
  table(CmAttribute.rep, cmRep, CM_REP_PRIVATE),
  table(CmAttribute.rtu, cmRtu, CM_RTU_PRIVATE),
  table(CmAttribute.dreq, cmDreq, CM_DREQ_PRIVATE),
  table(CmAttribute.drep, cmDrep, CM_RTU_PRIVATE),
];

export function cmAttributeName(attribute: number): string {
  return CM_ATTRIBUTE_NAMES[attribute] ?? `attribute 0x${attribute.toString(16)}`;
}

function table(
  attribute: number,
  byName: Readonly<Record<string, Field>>,
  privateData: number,
): CmTable {
  const name = cmAttributeName(attribute);
  return { attribute, name, fields: Object.values(byName), privateData };
}

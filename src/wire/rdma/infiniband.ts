// InfiniBand's transport headers as RoCEv2 carries them behind UDP 4791 (IBTA vol. 1, 9.2 to 9.7;
// annex A17 RoCEv2). The packet ends with an ICRC of four octets.

import { field, reserved } from '../field.js';

/** IANA: roce. */
export const ROCE_PORT = 4791;
export const ICRC_BYTES = 4;

/** The upper three bits of a BTH opcode: the transport service (IBTA 9.2.1 table 38). */
export const IbService = { rc: 0, uc: 1, rd: 2, ud: 3, cnp: 4, xrc: 5 } as const;

/** Opcodes of the reliable connection, and of datagrams (IBTA table 38). */
export const IbOpcode = {
  sendFirst: 0x00,
  sendMiddle: 0x01,
  sendLast: 0x02,
  sendLastImmediate: 0x03,
  sendOnly: 0x04,
  sendOnlyImmediate: 0x05,
  writeFirst: 0x06,
  writeMiddle: 0x07,
  writeLast: 0x08,
  writeLastImmediate: 0x09,
  writeOnly: 0x0a,
  writeOnlyImmediate: 0x0b,
  readRequest: 0x0c,
  readResponseFirst: 0x0d,
  readResponseMiddle: 0x0e,
  readResponseLast: 0x0f,
  readResponseOnly: 0x10,
  acknowledge: 0x11,
  atomicAcknowledge: 0x12,
  compareSwap: 0x13,
  fetchAdd: 0x14,
  sendLastInvalidate: 0x16,
  sendOnlyInvalidate: 0x17,
  udSendOnly: 0x64,
  udSendOnlyImmediate: 0x65,
  cnp: 0x81,
} as const;

export const IB_OPCODE_NAMES: Readonly<Record<number, string>> = {
  0: 'Send First',
  1: 'Send Middle',
  2: 'Send Last',
  3: 'Send Last with Immediate',
  4: 'Send Only',
  5: 'Send Only with Immediate',
  6: 'RDMA Write First',
  7: 'RDMA Write Middle',
  8: 'RDMA Write Last',
  9: 'RDMA Write Last with Immediate',
  10: 'RDMA Write Only',
  11: 'RDMA Write Only with Immediate',
  12: 'RDMA Read Request',
  13: 'RDMA Read Response First',
  14: 'RDMA Read Response Middle',
  15: 'RDMA Read Response Last',
  16: 'RDMA Read Response Only',
  17: 'Acknowledge',
  18: 'Atomic Acknowledge',
  19: 'Compare and Swap',
  20: 'Fetch and Add',
  22: 'Send Last with Invalidate',
  23: 'Send Only with Invalidate',
  100: 'UD Send Only',
  101: 'UD Send Only with Immediate',
  129: 'Congestion Notification Packet',
};

export const BTH_BYTES = 12;

export const bth = {
  opcode: field('opcode', 0, 0, 8, { names: IB_OPCODE_NAMES, section: 'IBTA 9.2.1' }),
  solicitedEvent: field('solicitedEvent', 1, 0, 1),
  migrationRequest: field('migrationRequest', 1, 1, 1),
  padCount: field('padCount', 1, 2, 2, { unit: 'bytes' }),
  transportVersion: field('transportVersion', 1, 4, 4),
  partitionKey: field('partitionKey', 2, 0, 16),
  fecn: field('fecn', 4, 0, 1),
  becn: field('becn', 4, 1, 1),
  reserved4b2: reserved(4, 2, 6),
  destinationQp: field('destinationQp', 5, 0, 24),
  acknowledgeRequest: field('acknowledgeRequest', 8, 0, 1),
  reserved8b1: reserved(8, 1, 7),
  psn: field('psn', 9, 0, 24),
} as const;

export const RETH_BYTES = 16;

export const reth = {
  virtualAddress: field('virtualAddress', 0, 0, 64),
  rKey: field('rKey', 8, 0, 32),
  dmaLength: field('dmaLength', 12, 0, 32, { unit: 'bytes' }),
} as const;

export const rethWords = {
  high: field('virtualAddressHigh', 0, 0, 32),
  low: field('virtualAddressLow', 4, 0, 32),
} as const;

export const AETH_BYTES = 4;

/** What a syndrome says (IBTA table 44): 0 an ACK with credits, 1 RNR with a timer, 3 a NAK with a code. */
export const AethKind = { ack: 0, rnr: 1, nak: 3 } as const;

const AETH_KIND_NAMES: Readonly<Record<number, string>> = {
  0: 'ACK',
  1: 'RNR NAK',
  2: 'reserved',
  3: 'NAK',
};

export const NAK_NAMES: Readonly<Record<number, string>> = {
  0: 'PSN sequence error',
  1: 'invalid request',
  2: 'remote access error',
  3: 'remote operational error',
  4: 'invalid RD request',
};

export const NakCode = { sequenceError: 0 } as const;

export const aeth = {
  reserved0: reserved(0, 0, 1),
  kind: field('kind', 0, 1, 2, { names: AETH_KIND_NAMES, section: 'IBTA 9.7.5.1.2' }),
  value: field('value', 0, 3, 5, { section: 'IBTA 9.7.5.1.2' }),
  messageSequenceNumber: field('messageSequenceNumber', 1, 0, 24),
} as const;

export const DETH_BYTES = 8;

export const deth = {
  queueKey: field('queueKey', 0, 0, 32),
  reserved4: reserved(4, 0, 8),
  sourceQp: field('sourceQp', 5, 0, 24),
} as const;

export const ATOMIC_ETH_BYTES = 28;

export const atomicEth = {
  virtualAddress: field('virtualAddress', 0, 0, 64),
  rKey: field('rKey', 8, 0, 32),
  swapOrAddData: field('swapOrAddData', 12, 0, 64),
  compareData: field('compareData', 20, 0, 64),
} as const;

export const ATOMIC_ACK_ETH_BYTES = 8;

export const atomicAckEth = {
  originalRemoteData: field('originalRemoteData', 0, 0, 64),
} as const;

export const IMM_DT_BYTES = 4;
export const immDt = { immediateData: field('immediateData', 0, 0, 32) } as const;

export const IETH_BYTES = 4;
export const ieth = { rKey: field('rKey', 0, 0, 32) } as const;

/** Octets of the headers between BTH and payload of a reliable connection's opcode; -1 unknown. */
export const EXTENDED_BYTES: readonly number[] = [
  0, 0, 0, 4, 0, 4, 16, 0, 0, 4, 16, 20, 16, 4, 0, 4, 4, 4, 12, 28, 28, -1, 4, 4,
];

// Codes of direct data placement: RDMAP's opcodes and the words of its Terminate (RFC 5040, 5041,
// 5044, 6581, 7306), and iSER's opcodes (RFC 7145 9.1).

/** RDMAP opcodes (RFC 5040 figure 4, RFC 7306 figure 2). */
export const RdmaOpcode = {
  write: 0x0,
  readRequest: 0x1,
  readResponse: 0x2,
  send: 0x3,
  sendInvalidate: 0x4,
  sendSE: 0x5,
  sendSEInvalidate: 0x6,
  terminate: 0x7,
  immediateData: 0x8,
  immediateDataSE: 0x9,
  atomicRequest: 0xa,
  atomicResponse: 0xb,
} as const;

export const RDMA_OPCODE_NAMES: Readonly<Record<number, string>> = {
  0: 'RDMA Write',
  1: 'RDMA Read Request',
  2: 'RDMA Read Response',
  3: 'Send',
  4: 'Send with Invalidate',
  5: 'Send with SE',
  6: 'Send with SE and Invalidate',
  7: 'Terminate',
  8: 'Immediate Data',
  9: 'Immediate Data with SE',
  10: 'Atomic Request',
  11: 'Atomic Response',
};

/** DDP's queues of untagged messages (RFC 5040 4.1, RFC 7306 4.1). */
export const DdpQueue = { send: 0, readRequest: 1, terminate: 2, atomicResponse: 3 } as const;

export const DDP_QUEUE_NAMES: Readonly<Record<number, string>> = {
  0: 'Send',
  1: 'RDMA Read Request',
  2: 'Terminate',
  3: 'Atomic Response',
};

/** The queue that a message of an opcode goes to; -1 where it is tagged, -2 where no standard says. */
export const QUEUE_OF_OPCODE: readonly number[] = [
  -1, 1, -1, 0, 0, 0, 0, 2, 0, 0, 1, 3, -2, -2, -2, -2,
];

/** RFC 5040 figure 9. */
const TerminateLayer = { rdma: 0, ddp: 1, llp: 2 } as const;

export const TERMINATE_LAYER_NAMES: Readonly<Record<number, string>> = {
  0: 'RDMA',
  1: 'DDP',
  2: 'MPA',
};

/** By layer and error type (RFC 5040 figure 9, RFC 5041 7.2, RFC 5044 8, RFC 6581 8). */
const ERROR_TYPE_NAMES: Readonly<Record<number, readonly string[]>> = {
  0: ['local catastrophic error', 'remote protection error', 'remote operation error'],
  1: ['local catastrophic error', 'tagged buffer error', 'untagged buffer error'],
  2: ['MPA error'],
};

const REMOTE_PROTECTION: Readonly<Record<number, string>> = {
  0: 'invalid STag',
  1: 'base or bounds violation',
  2: 'access rights violation',
  3: 'STag not associated with the RDMAP stream',
  4: 'tagged offset wraps',
  9: 'STag cannot be invalidated',
  255: 'unspecified error',
};

const REMOTE_OPERATION: Readonly<Record<number, string>> = {
  5: 'invalid RDMAP version',
  6: 'unexpected opcode',
  7: 'catastrophic error of the RDMAP stream',
  8: 'catastrophic error',
  9: 'STag cannot be invalidated',
  255: 'unspecified error',
};

const TAGGED_BUFFER: Readonly<Record<number, string>> = {
  0: 'invalid STag',
  1: 'base or bounds violation',
  2: 'STag not associated with the DDP stream',
  3: 'tagged offset wraps',
  4: 'invalid DDP version',
};

const UNTAGGED_BUFFER: Readonly<Record<number, string>> = {
  1: 'invalid queue number',
  2: 'invalid MSN, no buffer available',
  3: 'invalid MSN, out of range',
  4: 'invalid message offset',
  5: 'message too long for the buffer',
  6: 'invalid DDP version',
};

const MPA_ERROR: Readonly<Record<number, string>> = {
  1: 'TCP connection closed, terminated or lost',
  2: 'CRC does not match',
  3: 'marker and length disagree',
  4: 'invalid MPA request or reply',
  5: 'local catastrophic error',
  6: 'insufficient IRD resources',
  7: 'no matching RTR option',
};

/** What a Terminate says, in words; the raw numbers where no standard knows them. */
export function terminateWords(layer: number, type: number, code: number): string {
  const where = TERMINATE_LAYER_NAMES[layer] ?? `layer ${layer}`;
  const what = ERROR_TYPE_NAMES[layer]?.[type] ?? `error type ${type}`;
  const why = errorCodes(layer, type)?.[code] ?? `code ${code}`;
  return type === 0 && layer < 2 ? `${where}: ${what}` : `${where}: ${what}, ${why}`;
}

function errorCodes(layer: number, type: number): Readonly<Record<number, string>> | undefined {
  if (layer === TerminateLayer.llp) return MPA_ERROR;
  if (layer > TerminateLayer.llp || type < 1 || type > 2) return undefined;
  if (layer === TerminateLayer.ddp) return type === 1 ? TAGGED_BUFFER : UNTAGGED_BUFFER;
  return type === 1 ? REMOTE_PROTECTION : REMOTE_OPERATION;
}

/** RFC 7145 9.1. */
export const IserOpcode = { control: 1, hello: 2, helloReply: 3 } as const;

export const ISER_OPCODE_NAMES: Readonly<Record<number, string>> = {
  1: 'iSCSI control-type PDU',
  2: 'iSER Hello',
  3: 'iSER HelloReply',
};

/** RFC 7306 figure 5. */
export const ATOMIC_NAMES: Readonly<Record<number, string>> = { 0: 'FetchAdd', 2: 'CmpSwap' };

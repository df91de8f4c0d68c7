// What RDMA's own headers carry for whoever uses it: operands and results of atomics, immediate data, private data. It
// is hidden as all user data is.

import { MessageProtocol } from '../pdu/message-codes.js';
import {
  CM_KIND,
  MPA_REPLY_KIND,
  MPA_REQUEST_KIND,
  type RdmaMessage,
} from '../pdu/rdma/message.js';
import { RdmaOpcode } from '../wire/rdma/codes.js';
import {
  AETH_BYTES,
  atomicEth,
  BTH_BYTES,
  DETH_BYTES,
  IbOpcode,
  RETH_BYTES,
} from '../wire/rdma/infiniband.js';
import { CM_MESSAGES, MAD_HEADER_BYTES } from '../wire/rdma/infiniband-cm.js';
import { MPA_FRAME_BYTES } from '../wire/rdma/mpa.js';
import { atomicRequest, atomicResponse } from '../wire/rdma/rdmap.js';
import type { Node } from '../wire/tree.js';

/** Fields with a user's data, whatever header they stand in. */
const USER_FIELDS: ReadonlySet<string> = new Set([
  'swapOrAddData',
  'addOrSwapData',
  'compareData',
  'originalRemoteData',
  'immediateData',
]);

/** The tree without their values. */
export function withoutUserData(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => {
    if (node.children !== undefined) return { ...node, children: withoutUserData(node.children) };
    if (!USER_FIELDS.has(node.name)) return node;
    return { ...node, value: null, meaning: 'hidden', kind: 'userData' };
  });
}

/** Bytes of the header, from its first on, that may be shown. */
export function openHeaderBytes(m: RdmaMessage): number {
  if (m.kind === MPA_REQUEST_KIND || m.kind === MPA_REPLY_KIND) return MPA_FRAME_BYTES;
  if (m.protocol !== MessageProtocol.roce) return m.headerLength;
  if (m.kind < CM_KIND) return ROCE_OPEN[m.kind] ?? m.headerLength;
  const table = CM_MESSAGES.find((one) => one.attribute === m.kind - CM_KIND);
  return BTH_BYTES + DETH_BYTES + MAD_HEADER_BYTES + (table?.privateData ?? 0);
}

/** Bytes of what stands behind the header of iWARP that may be shown, where a table describes it. */
export function openBodyBytes(m: RdmaMessage): number {
  return Math.min(m.dataKept, IWARP_OPEN[m.kind] ?? m.dataKept);
}

const ROCE_OPEN: Readonly<Record<number, number>> = {
  [IbOpcode.sendLastImmediate]: BTH_BYTES,
  [IbOpcode.sendOnlyImmediate]: BTH_BYTES,
  [IbOpcode.writeLastImmediate]: BTH_BYTES,
  [IbOpcode.writeOnlyImmediate]: BTH_BYTES + RETH_BYTES,
  [IbOpcode.compareSwap]: BTH_BYTES + atomicEth.swapOrAddData.byte,
  [IbOpcode.fetchAdd]: BTH_BYTES + atomicEth.swapOrAddData.byte,
  [IbOpcode.atomicAcknowledge]: BTH_BYTES + AETH_BYTES,
};

const IWARP_OPEN: Readonly<Record<number, number>> = {
  [RdmaOpcode.immediateData]: 0,
  [RdmaOpcode.immediateDataSE]: 0,
  [RdmaOpcode.atomicRequest]: atomicRequest.addOrSwapData.byte,
  [RdmaOpcode.atomicResponse]: atomicResponse.originalRemoteData.byte,
};

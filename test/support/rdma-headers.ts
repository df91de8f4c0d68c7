// All headers of direct data placement: name → table, for trees, tests, captures of tests and the fuzzer.

import type { Field } from '../../src/wire/field.js';
import { ddpTagged, ddpUntagged, TAGGED_BYTES, UNTAGGED_BYTES } from '../../src/wire/rdma/ddp.js';
import {
  AETH_BYTES,
  ATOMIC_ACK_ETH_BYTES,
  ATOMIC_ETH_BYTES,
  aeth,
  atomicAckEth,
  atomicEth,
  BTH_BYTES,
  bth,
  DETH_BYTES,
  deth,
  IETH_BYTES,
  IMM_DT_BYTES,
  ieth,
  immDt,
  RETH_BYTES,
  reth,
} from '../../src/wire/rdma/infiniband.js';
import {
  CM_MESSAGES,
  IP_CM_BYTES,
  ISER_CM_BYTES,
  ipCm,
  iserCm,
  MAD_HEADER_BYTES,
  mad,
} from '../../src/wire/rdma/infiniband-cm.js';
import {
  ISER_HEADER_BYTES,
  iserControl,
  iserHello,
  iserHelloReply,
} from '../../src/wire/rdma/iser.js';
import {
  IRD_ORD_BYTES,
  irdOrd,
  MARKER_BYTES,
  MPA_FRAME_BYTES,
  marker,
  mpaFrame,
} from '../../src/wire/rdma/mpa.js';
import {
  ATOMIC_REQUEST_BYTES,
  ATOMIC_RESPONSE_BYTES,
  atomicRequest,
  atomicResponse,
  IMMEDIATE_DATA_BYTES,
  immediateData,
  READ_REQUEST_BYTES,
  readRequest,
  TERMINATE_BYTES,
  terminate,
} from '../../src/wire/rdma/rdmap.js';

export interface RdmaHeader {
  readonly name: string;
  readonly bytes: number;
  /** In the order of the header; together they cover its octets. */
  readonly fields: readonly Field[];
}

export const RDMA_HEADERS: readonly RdmaHeader[] = [
  header('MPA frame', MPA_FRAME_BYTES, mpaFrame),
  header('IRD and ORD', IRD_ORD_BYTES, irdOrd),
  header('marker', MARKER_BYTES, marker),
  header('DDP tagged', TAGGED_BYTES, ddpTagged),
  header('DDP untagged', UNTAGGED_BYTES, ddpUntagged),
  header('RDMA Read Request', READ_REQUEST_BYTES, readRequest),
  header('Terminate', TERMINATE_BYTES, terminate),
  header('Atomic Request', ATOMIC_REQUEST_BYTES, atomicRequest),
  header('Atomic Response', ATOMIC_RESPONSE_BYTES, atomicResponse),
  header('Immediate Data', IMMEDIATE_DATA_BYTES, immediateData),
  header('iSER', ISER_HEADER_BYTES, iserControl),
  header('iSER Hello', ISER_HEADER_BYTES, iserHello),
  header('iSER HelloReply', ISER_HEADER_BYTES, iserHelloReply),
  header('BTH', BTH_BYTES, bth),
  header('RETH', RETH_BYTES, reth),
  header('AETH', AETH_BYTES, aeth),
  header('DETH', DETH_BYTES, deth),
  header('AtomicETH', ATOMIC_ETH_BYTES, atomicEth),
  header('AtomicAckETH', ATOMIC_ACK_ETH_BYTES, atomicAckEth),
  header('ImmDt', IMM_DT_BYTES, immDt),
  header('IETH', IETH_BYTES, ieth),
  header('MAD', MAD_HEADER_BYTES, mad),
  header('IP CM', IP_CM_BYTES, ipCm),
  header('iSER CM', ISER_CM_BYTES, iserCm),
  ...CM_MESSAGES.map((m) => ({ name: m.name, bytes: m.privateData, fields: m.fields })),
];

function header(name: string, bytes: number, byName: Readonly<Record<string, Field>>): RdmaHeader {
  return { name, bytes, fields: Object.values(byName) };
}

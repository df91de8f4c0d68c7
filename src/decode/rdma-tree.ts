// An FPDU of iWARP, an MPA frame, or a packet of RoCEv2 as a tree: its headers by their tables. The PDU
// in a Send Message is told apart. Positions count from its first byte on the wire. Not for the hot road.

import { CHECK_BAD, CHECK_GOOD, CHECK_UNKNOWN } from '../pdu/fc/frame.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import {
  CM_KIND,
  MPA_REPLY_KIND,
  MPA_REQUEST_KIND,
  type RdmaMessage,
} from '../pdu/rdma/message.js';
import { type Field, get, hex } from '../wire/field.js';
import { QUEUE_OF_OPCODE, RdmaOpcode } from '../wire/rdma/codes.js';
import { ddpTagged, ddpUntagged } from '../wire/rdma/ddp.js';
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
  IbOpcode,
  IETH_BYTES,
  IMM_DT_BYTES,
  ieth,
  immDt,
  RETH_BYTES,
  reth,
} from '../wire/rdma/infiniband.js';
import {
  CM_MESSAGES,
  CmAttribute,
  cmReq,
  IP_CM_BYTES,
  ipCm,
  MAD_HEADER_BYTES,
  mad,
  RDMA_CM_PREFIX,
} from '../wire/rdma/infiniband-cm.js';
import { ISER_HEADER_BYTES, iserControl, iserHello, iserHelloReply } from '../wire/rdma/iser.js';
import {
  FPDU_LENGTH_BYTES,
  fpdu,
  IRD_ORD_BYTES,
  irdOrd,
  MPA_FRAME_BYTES,
  mpaFrame,
  mpaPadding,
} from '../wire/rdma/mpa.js';
import {
  atomicRequest,
  atomicResponse,
  immediateData,
  readRequest,
  terminate,
} from '../wire/rdma/rdmap.js';
import type { Node } from '../wire/tree.js';
import { hiddenCheck, hidesCrc } from './message-octets.js';
import { group, headerNodes, note, worded } from './nodes.js';
import { bodyTable } from './rdma-body.js';
import { withoutUserData } from './rdma-secrets.js';

type Table = Readonly<Record<string, Field>>;

/** Groups of the tree, each with the tables that its nodes come from: for filters and their list. */
export const RDMA_GROUPS: Readonly<Record<string, readonly Table[]>> = {
  mpa: [fpdu, mpaFrame, irdOrd],
  ddp: [ddpTagged, ddpUntagged],
  rdmap: [readRequest, terminate, atomicRequest, atomicResponse, immediateData],
  iser: [iserControl, iserHello, iserHelloReply],
  bth: [bth],
  reth: [reth],
  aeth: [aeth],
  deth: [deth],
  atomicEth: [atomicEth],
  atomicAckEth: [atomicAckEth],
  immDt: [immDt],
  ieth: [ieth],
  mad: [mad],
  cm: [...CM_MESSAGES.map(({ fields }) => byName(fields)), ipCm],
};

export function rdmaTree(m: RdmaMessage, showSecrets = false): Node[] {
  const tree = worded(treeOf(m, !showSecrets && hidesCrc(m)), LABELS);
  return showSecrets ? tree : withoutUserData(tree);
}

/** The standards' abbreviations; other fields are called by their words. */
const LABELS: Readonly<Record<string, string>> = {
  ulpduLength: 'ULPDU length',
  crc: 'CRC',
  stag: 'STag',
  ddpVersion: 'DDP version',
  rdmapVersion: 'RDMAP version',
  invalidateStag: 'STag to invalidate',
  sinkStag: 'sink STag',
  sourceStag: 'source STag',
  writeStag: 'write STag',
  readStag: 'read STag',
  ird: 'IRD',
  ord: 'ORD',
  iserIRD: 'iSER-IRD',
  iserORD: 'iSER-ORD',
  fecn: 'FECN',
  becn: 'BECN',
  psn: 'PSN',
  destinationQp: 'destination QP',
  sourceQp: 'source QP',
  localQp: 'local QP',
  startingPsn: 'starting PSN',
  rKey: 'R_Key',
  dmaLength: 'DMA length',
  pathMtu: 'path MTU',
};

/** `hidden`: the value of its CRC. */
function treeOf(m: RdmaMessage, hidden: boolean): Node[] {
  if (m.protocol === MessageProtocol.roce) return roceTree(m, hidden);
  if (m.kind === MPA_REQUEST_KIND || m.kind === MPA_REPLY_KIND) return mpaTree(m);
  const length = headerPart(m, 0, FPDU_LENGTH_BYTES, Object.values(fpdu));
  const tagged = QUEUE_OF_OPCODE[m.kind] === -1;
  const table = tagged ? ddpTagged : ddpUntagged;
  const ddp = headerPart(
    m,
    FPDU_LENGTH_BYTES,
    m.headerLength - FPDU_LENGTH_BYTES,
    Object.values(table),
  );
  return [
    group('mpa', 'MPA', 0, FPDU_LENGTH_BYTES, length),
    group('ddp', 'DDP and RDMAP', FPDU_LENGTH_BYTES, m.headerLength - FPDU_LENGTH_BYTES, ddp),
    ...bodyOf(m),
    ...crc(m, m.wireLength - 4, hidden),
  ];
}

function bodyOf(m: RdmaMessage): Node[] {
  const at = m.headerLength;
  const body = m.wireLength - at - 4 - mpaPadding(ulpdu(m));
  const table = bodyTable(m);
  if (table === undefined) return body > 0 ? [payload(at, body)] : [];
  const nodes = dataNodes(m, Object.values(table), at);
  const iser = m.kind >= RdmaOpcode.send && m.kind <= RdmaOpcode.sendSEInvalidate;
  if (!iser) return [group('rdmap', 'message', at, body, nodes)];
  const rest = body - ISER_HEADER_BYTES;
  const header = group('iser', 'iSER header', at, ISER_HEADER_BYTES, nodes);
  return rest > 0 ? [header, payload(at + ISER_HEADER_BYTES, rest)] : [header];
}

function ulpdu(m: RdmaMessage): number {
  return m.headerCaptured < FPDU_LENGTH_BYTES ? 0 : get(m.view, m.at, fpdu.ulpduLength);
}

function mpaTree(m: RdmaMessage): Node[] {
  const nodes = headerPart(m, 0, MPA_FRAME_BYTES, Object.values(mpaFrame)).map((node) =>
    node.name === 'key' ? { ...node, meaning: keyText(m) } : node,
  );
  const enhanced = get(m.view, m.at, mpaFrame.enhanced) === 1;
  let at = MPA_FRAME_BYTES;
  if (enhanced && m.length >= IRD_ORD_BYTES) {
    nodes.push(...headerPart(m, at, IRD_ORD_BYTES, Object.values(irdOrd)));
    at += IRD_ORD_BYTES;
  }
  const rest = m.headerLength - at;
  const name = m.kind === MPA_REPLY_KIND ? 'MPA Reply' : 'MPA Request';
  const privateData = rest > 0 ? [octets('privateData', 'private data', at, rest)] : [];
  return [group('mpa', name, 0, m.headerLength, [...nodes, ...privateData])];
}

function keyText(m: RdmaMessage): string {
  let text = '';
  for (let i = 0; i < 16; i++) text += String.fromCharCode(m.bytes[m.at + i] & 0x7f);
  return text;
}

/** Extended headers of an opcode, in their order (IBTA table 38). */
function extendedOf(opcode: number): readonly (readonly [string, string, Table, number])[] {
  const RETH = ['reth', 'RETH', reth, RETH_BYTES] as const;
  const AETH = ['aeth', 'AETH', aeth, AETH_BYTES] as const;
  const IMM = ['immDt', 'ImmDt', immDt, IMM_DT_BYTES] as const;
  const IETH = ['ieth', 'IETH', ieth, IETH_BYTES] as const;
  switch (opcode) {
    case IbOpcode.sendLastImmediate:
    case IbOpcode.sendOnlyImmediate:
    case IbOpcode.writeLastImmediate:
      return [IMM];
    case IbOpcode.writeFirst:
    case IbOpcode.writeOnly:
    case IbOpcode.readRequest:
      return [RETH];
    case IbOpcode.writeOnlyImmediate:
      return [RETH, IMM];
    case IbOpcode.readResponseFirst:
    case IbOpcode.readResponseLast:
    case IbOpcode.readResponseOnly:
    case IbOpcode.acknowledge:
      return [AETH];
    case IbOpcode.atomicAcknowledge:
      return [AETH, ['atomicAckEth', 'AtomicAckETH', atomicAckEth, ATOMIC_ACK_ETH_BYTES]];
    case IbOpcode.compareSwap:
    case IbOpcode.fetchAdd:
      return [['atomicEth', 'AtomicETH', atomicEth, ATOMIC_ETH_BYTES]];
    case IbOpcode.sendLastInvalidate:
    case IbOpcode.sendOnlyInvalidate:
      return [IETH];
    default:
      return [];
  }
}

function roceTree(m: RdmaMessage, hidden: boolean): Node[] {
  const nodes = [
    group('bth', 'BTH', 0, BTH_BYTES, headerPart(m, 0, BTH_BYTES, Object.values(bth))),
  ];
  let at = BTH_BYTES;
  if (m.kind >= CM_KIND) {
    nodes.push(
      group('deth', 'DETH', at, DETH_BYTES, headerPart(m, at, DETH_BYTES, Object.values(deth))),
    );
    nodes.push(...cmTree(m, at + DETH_BYTES));
  } else {
    for (const [name, label, table, bytes] of extendedOf(m.kind)) {
      nodes.push(group(name, label, at, bytes, headerPart(m, at, bytes, Object.values(table))));
      at += bytes;
    }
    const body =
      m.wireLength - at - 4 - (m.headerCaptured > 1 ? get(m.view, m.at, bth.padCount) : 0);
    if (body > 0) nodes.push(payload(at, body));
  }
  return [...nodes, ...crc(m, m.wireLength - 4, hidden)];
}

function cmTree(m: RdmaMessage, at: number): Node[] {
  const header = headerPart(m, at, MAD_HEADER_BYTES, Object.values(mad));
  const nodes = [group('mad', 'MAD', at, MAD_HEADER_BYTES, header)];
  const attribute = m.kind - CM_KIND;
  const table = CM_MESSAGES.find((one) => one.attribute === attribute);
  if (table === undefined) return nodes;
  const from = at + MAD_HEADER_BYTES;
  const children = headerPart(m, from, m.headerLength - from, table.fields);
  let privateAt = from + table.privateData;
  if (isRdmaCm(m, from, attribute) && m.headerCaptured >= privateAt + IP_CM_BYTES) {
    const addresses = headerPart(m, privateAt, IP_CM_BYTES, Object.values(ipCm));
    children.push(group('ipCm', 'addresses', privateAt, IP_CM_BYTES, addresses));
    privateAt += IP_CM_BYTES;
  }
  const rest = m.headerLength - privateAt;
  if (rest > 0) children.push(octets('privateData', 'private data', privateAt, rest));
  return [...nodes, group('cm', table.name, from, m.headerLength - from, children)];
}

/** Annex A11: only a service of RDMA CM has addresses there; what another says may be anything. */
function isRdmaCm(m: RdmaMessage, from: number, attribute: number): boolean {
  const at = m.at + from + cmReq.serviceIdPrefix.byte;
  return attribute === CmAttribute.req && hex(m.bytes, at, 5) === RDMA_CM_PREFIX;
}

/** Fields of a header that begins `from` bytes behind the first one. */
function headerPart(
  m: RdmaMessage,
  from: number,
  length: number,
  fields: readonly Field[],
): Node[] {
  const captured = Math.max(0, Math.min(length, m.headerCaptured - from));
  const { bytes, view } = m;
  return headerNodes({ bytes, view, at: m.at + from, captured, base: from }, fields);
}

function dataNodes(m: RdmaMessage, fields: readonly Field[], base: number): Node[] {
  return headerNodes(
    { bytes: m.data, view: m.dataView, at: 0, captured: m.dataKept, base },
    fields,
  );
}

function payload(byte: number, length: number): Node {
  return octets('payload', 'payload', byte, length);
}

function octets(name: string, label: string, byte: number, length: number): Node {
  const meaning = `${length} bytes`;
  return { name, label, value: null, meaning, byte, bit: 0, width: length * 8 };
}

function crc(m: RdmaMessage, byte: number, hidden: boolean): Node[] {
  if (m.crc === CHECK_UNKNOWN) return [note('truncated', 'CRC', 'was not captured', byte)];
  if (m.crc !== CHECK_GOOD && m.crc !== CHECK_BAD) return [];
  const bad = m.crc === CHECK_BAD;
  const right = m.crcRight === 0 ? '' : `, should be ${m.crcRight.toString(16).padStart(8, '0')}`;
  const node: Node = {
    name: 'crc',
    label: 'CRC',
    value: hidden ? null : m.crcWord.toString(16).padStart(8, '0'),
    meaning: hidden ? hiddenCheck(bad) : bad ? `bad${right}` : 'good',
    byte,
    bit: 0,
    width: 32,
  };
  return [bad ? { ...node, kind: 'malformed' } : node];
}

function byName(fields: readonly Field[]): Table {
  return Object.fromEntries(fields.map((f) => [f.name, f]));
}

// A Fibre Channel frame as a tree: encapsulation, delimiters, headers, payload by its kind, CRC.
// Positions count from the frame's first byte on the wire. Not for the hot road.

import { CHECK_BAD, CHECK_GOOD, CHECK_UNKNOWN, FcFrame } from '../pdu/fc/frame.js';
import { goesOnInSequence } from '../pdu/fc/sequence.js';
import { baAcc, baRjt } from '../wire/fc/basic-link-service.js';
import { Carrier } from '../wire/fc/carriers.js';
import {
  ADDRESS_NAMES,
  CtCommand,
  Els,
  EOF_NAMES,
  fcidText,
  RCtl,
  SOF_NAMES,
  wwnText,
} from '../wire/fc/codes.js';
import {
  CT_ANSWERS,
  CT_PREAMBLE_BYTES,
  CT_REQUESTS,
  ctNextEntry,
  ctPreamble,
} from '../wire/fc/ct.js';
import { elsLogin } from '../wire/fc/els-login.js';
import {
  elsAccept,
  elsDiscoverAddress,
  elsExchange,
  elsExchangeAccept,
  elsLogout,
  elsOther,
  elsReject,
  elsStateChange,
  elsStateChangeRegistration,
  elsTimeoutAccept,
  sequenceRetransmissionRequest,
  stateChangePage,
} from '../wire/fc/els-others.js';
import { elsProcessLogin, processLoginPage } from '../wire/fc/els-process-login.js';
import { ENCAPSULATION_BYTES, fcipHeader, ifcpHeader } from '../wire/fc/encapsulation.js';
import {
  encHeader,
  extendedHeaderBytes,
  ifrHeader,
  vftHeader,
} from '../wire/fc/extended-headers.js';
import { FCP_CDB_BYTES, fcpCmnd, fcpCmndBidirectional, fcpCmndEnd } from '../wire/fc/fcp-cmnd.js';
import { FCP_RSP_BYTES, fcpRsp, fcpRspBidirectional, fcpRspInfo } from '../wire/fc/fcp-rsp.js';
import { fcpXferRdy } from '../wire/fc/fcp-xfer-rdy.js';
import { FC_HEADER_BYTES, frameHeader, optionalHeaderBytes } from '../wire/fc/frame-header.js';
import { CMND_CDB, CMND_LUN, CMND_LUN_LOW, DF_CTL, R_CTL } from '../wire/fc/header-offsets.js';
import { cbind, cbindResponse, ltest, unbind, unbindResponse } from '../wire/fc/ifcp-control.js';
import { FcKind, FcpIu, kindName } from '../wire/fc/kinds.js';
import {
  abtsParameter,
  ackParameter,
  fabricBusy,
  portBusyParameter,
  rejectParameter,
} from '../wire/fc/link-control.js';
import { specialFrame } from '../wire/fc/special-frame.js';
import { type Field, get } from '../wire/field.js';
import { decodeCdb } from '../wire/scsi/cdb.js';
import { commandText } from '../wire/scsi/summary.js';
import type { Node } from '../wire/tree.js';
import { lunNode } from './lun-node.js';
import { hiddenCheck, openFcBytes } from './message-octets.js';
import { group, headerNodes, moved, note, worded } from './nodes.js';

type Table = Readonly<Record<string, Field>>;

/** Groups of the tree, each with the tables that its nodes come from: for filters and their list. */
export const FC_GROUPS: Readonly<Record<string, readonly Table[]>> = {
  encapsulation: [fcipHeader, ifcpHeader],
  special: [specialFrame],
  extended: [vftHeader, ifrHeader, encHeader],
  fc: [frameHeader],
  link: [rejectParameter, portBusyParameter, fabricBusy, ackParameter, abtsParameter, baAcc, baRjt],
  fcp: [
    fcpCmnd,
    fcpCmndEnd,
    fcpCmndBidirectional,
    fcpXferRdy,
    fcpRsp,
    fcpRspInfo,
    fcpRspBidirectional,
  ],
  els: [
    ...[elsOther, elsLogin, elsProcessLogin, processLoginPage, elsReject, elsLogout],
    ...[elsDiscoverAddress, elsExchange, elsExchangeAccept, sequenceRetransmissionRequest],
    ...[elsTimeoutAccept, elsStateChange, stateChangePage, elsStateChangeRegistration],
  ],
  control: [cbindResponse, unbindResponse, ltest],
  ct: [ctPreamble, ctNextEntry],
};

/** Elements of what a request asked for, that its answer needs: the ELS, or the CT command; 0 unknown. */
export interface AskedFor {
  readonly els: number;
  readonly ct: number;
}

/** A sequence of FC-CT that took several frames, whole. */
export interface JoinedCt {
  readonly data: Uint8Array;
  readonly frames: number;
  readonly asked: AskedFor;
}

/** Entries shown of a list: those of one sequence (FC_CT_JOINED_MAX). */
const ENTRIES_MAX = 16_384;

/** `joined`: all of the sequence of FC-CT that ends with the frame. */
export function fcTree(
  frame: FcFrame,
  asked: AskedFor,
  showSecrets = false,
  joined?: JoinedCt,
): Node[] {
  const nodes = treeOf(frame, asked, showSecrets);
  return worded(joined === undefined ? nodes : [...nodes, ctOf(frame, joined)], LABELS);
}

function treeOf(frame: FcFrame, asked: AskedFor, showSecrets: boolean): Node[] {
  const nodes: Node[] = [];
  const tunnel = frame.carrier === Carrier.fcip || frame.carrier === Carrier.ifcp;
  if (tunnel) nodes.push(encapsulation(frame));
  let base = tunnel ? ENCAPSULATION_BYTES : 0;
  if (frame.special) {
    const fields = Object.values(specialFrame);
    nodes.push(
      group(
        'special',
        'FCIP special frame',
        base,
        frame.payloadLength,
        named(payloadNodes(frame, 0, fields, base)),
      ),
    );
    return nodes;
  }
  if (tunnel) {
    nodes.push(delimiter('sof', 'SOF', frame.sof, SOF_NAMES, base));
    base += 4;
  } else if (frame.sof !== 0) {
    // It stands before what is decoded here.
    nodes.push({ ...delimiter('sof', 'SOF', frame.sof, SOF_NAMES, base), width: 0 });
  }
  if (frame.extendedBytes > 0 && frame.headerCaptured > 0) nodes.push(extended(frame, base));
  base += frame.extendedBytes;
  nodes.push(header(frame, base));
  nodes.push(...payload(frame, base + FC_HEADER_BYTES, asked));
  const end = base + FC_HEADER_BYTES + frame.payloadLength;
  nodes.push(
    ...crc(frame, end, !showSecrets && openFcBytes(frame, asked.els) < frame.payloadLength),
  );
  if (frame.eof !== 0) nodes.push(delimiter('eof', 'EOF', frame.eof, EOF_NAMES, end + 4));
  return nodes;
}

/** The standards' abbreviations; other fields are called by their words. */
const LABELS: Readonly<Record<string, string>> = {
  rCtl: 'R_CTL',
  destinationId: 'D_ID',
  csCtl: 'CS_CTL',
  sourceId: 'S_ID',
  type: 'TYPE',
  seqId: 'SEQ_ID',
  seqCnt: 'SEQ_CNT',
  oxId: 'OX_ID',
  rxId: 'RX_ID',
  cdb: 'FCP_CDB',
  dataLength: 'FCP_DL',
  bidirectionalReadDataLength: 'FCP_BIDIRECTIONAL_READ_DL',
  burstLength: 'FCP_BURST_LEN',
  residualCount: 'FCP_RESID',
  residualUnderflow: 'FCP_RESID_UNDER',
  residualOverflow: 'FCP_RESID_OVER',
  senseLength: 'FCP_SNS_LEN',
  senseLengthValid: 'FCP_SNS_LEN_VALID',
  responseLength: 'FCP_RSP_LEN',
  responseLengthValid: 'FCP_RSP_LEN_VALID',
  confirmationRequested: 'FCP_CONF_REQ',
  readData: 'RDDATA',
  writeData: 'WRDATA',
  responseCode: 'RSP_CODE',
  referredOxId: 'OX_ID',
  referredRxId: 'RX_ID',
  abortedOxId: 'OX_ID',
  abortedRxId: 'RX_ID',
  rATov: 'R_A_TOV',
  eDTov: 'E_D_TOV',
  keepAliveTimeout: 'K_A_TOV',
  headerCrc: 'CRC',
  crcValid: 'CRCV',
  sof: 'SOF',
  eof: 'EOF',
  crc: 'CRC',
};

function encapsulation(frame: FcFrame): Node {
  const fcip = frame.carrier === Carrier.fcip;
  const at = {
    bytes: frame.bytes,
    view: frame.view,
    at: frame.encapsulationAt,
    captured: ENCAPSULATION_BYTES,
    base: 0,
  };
  const nodes = headerNodes(at, Object.values(fcip ? fcipHeader : ifcpHeader));
  const name = fcip ? 'FCIP encapsulation' : 'iFCP encapsulation';
  return group('encapsulation', name, 0, ENCAPSULATION_BYTES, nodes);
}

function delimiter(
  name: string,
  label: string,
  code: number,
  names: Readonly<Record<number, string>>,
  byte: number,
): Node {
  const known = code >= 0;
  const meaning = known ? (names[code] ?? 'unknown') : 'its four bytes do not agree';
  return { name, label, value: known ? code : null, meaning, byte, bit: 0, width: 32 };
}

function extended(frame: FcFrame, base: number): Node {
  const nodes: Node[] = [];
  const first = frame.at - frame.extendedBytes;
  for (let p = first; p < frame.at; ) {
    const rCtl = frame.view.getUint8(p);
    const length = extendedHeaderBytes(rCtl);
    if (length === 0) break;
    const table = rCtl === RCtl.vft ? vftHeader : rCtl === RCtl.ifr ? ifrHeader : encHeader;
    const at = {
      bytes: frame.bytes,
      view: frame.view,
      at: p,
      captured: length,
      base: base + p - first,
    };
    nodes.push(...headerNodes(at, Object.values(table)));
    p += length;
  }
  return group('extended', 'extended headers', base, frame.extendedBytes, nodes);
}

function header(frame: FcFrame, base: number): Node {
  const at = {
    bytes: frame.bytes,
    view: frame.view,
    at: frame.at,
    captured: frame.headerCaptured,
    base,
  };
  const nodes = named(headerNodes(at, Object.values(frameHeader)));
  const meaning = kindName(frame.kind);
  if (frame.headerCaptured < FC_HEADER_BYTES || (frame.kind & 0xf00) !== FcKind.link) {
    return group('fc', 'frame header', base, FC_HEADER_BYTES, nodes, meaning);
  }
  const table = parameterOf(frame.view.getUint8(frame.at + R_CTL));
  const said = table === undefined ? [] : headerNodes(at, Object.values(table));
  const children =
    said.length === 0
      ? nodes
      : [...nodes, group('link', 'what it says', base, FC_HEADER_BYTES, said)];
  return group('fc', 'frame header', base, FC_HEADER_BYTES, children, meaning);
}

function parameterOf(rCtl: number): Table | undefined {
  switch (rCtl) {
    case RCtl.abts:
      return abtsParameter;
    case RCtl.pRjt:
    case RCtl.fRjt:
      return rejectParameter;
    case RCtl.pBsy:
      return portBusyParameter;
    case RCtl.fBsyData:
    case RCtl.fBsyLinkControl:
      return fabricBusy;
    case RCtl.ack1:
    case RCtl.ack0:
      return ackParameter;
    default:
      return undefined;
  }
}

/** N_Port IDs and names as people write them. */
function named(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => {
    if (node.width === 24 && typeof node.value === 'number' && /Id$/.test(node.name)) {
      const known = ADDRESS_NAMES[node.value];
      const text = fcidText(node.value);
      return { ...node, meaning: known === undefined ? text : `${text}, ${known}` };
    }
    if (node.width === 64 && /Name$/.test(node.name) && typeof node.value === 'string') {
      const high = Number.parseInt(node.value.slice(0, 8), 16);
      const low = Number.parseInt(node.value.slice(8), 16);
      return { ...node, meaning: wwnText(high, low) };
    }
    return node;
  });
}

/** Fields of the payload from byte `at` of it on; `base`: where the payload begins. */
function payloadNodes(frame: FcFrame, at: number, fields: readonly Field[], base: number): Node[] {
  const { data, dataView: view, dataKept } = frame;
  const captured = Math.max(0, dataKept - at);
  return headerNodes({ bytes: data, view, at, captured, base: base + at }, fields);
}

function payload(frame: FcFrame, base: number, asked: AskedFor): Node[] {
  if (frame.payloadLength === 0 || frame.headerCaptured < FC_HEADER_BYTES) return [];
  const optional = optionalHeaderBytes(frame.view.getUint8(frame.at + DF_CTL));
  const at = optional;
  const length = frame.payloadLength - optional;
  switch (frame.kind & 0xf00) {
    case FcKind.fcp:
      return fcp(frame, at, length, base);
    case FcKind.els:
    case FcKind.fc4:
      return els(frame, at, length, base, asked);
    case FcKind.ct:
      // What goes on is no preamble; with the last frame all of it is decoded.
      if (goesOnInSequence(frame)) return [hidden(frame, base)];
      return [
        group('ct', 'FC-CT', base + at, length, ct(frame, at, base, asked), kindName(frame.kind)),
      ];
    case FcKind.link: {
      const table = frame.view.getUint8(frame.at + R_CTL) === RCtl.baAcc ? baAcc : baRjt;
      return [
        group(
          'link',
          'answer',
          base + at,
          length,
          payloadNodes(frame, at, Object.values(table), base),
        ),
      ];
    }
    default:
      return [hidden(frame, base)];
  }
}

function hidden(frame: FcFrame, base: number): Node {
  const meaning = `${frame.payloadLength} bytes`;
  return {
    name: 'payload',
    label: 'payload',
    value: null,
    meaning,
    byte: base,
    bit: 0,
    width: frame.payloadLength * 8,
  };
}

function fcp(frame: FcFrame, at: number, length: number, base: number): Node[] {
  let nodes: Node[];
  switch (frame.kind) {
    case FcpIu.cmnd:
      nodes = cmnd(frame, at, base);
      break;
    case FcpIu.xferRdy:
      nodes = payloadNodes(frame, at, Object.values(fcpXferRdy), base);
      break;
    case FcpIu.rsp:
      nodes = rsp(frame, at, base);
      break;
    default:
      return [hidden(frame, base)];
  }
  return [group('fcp', kindName(frame.kind), base + at, length, nodes)];
}

/** The CDB of a frame that is an FCP_CMND, as far as it was captured; borrowed. */
export function commandCdb(frame: FcFrame): Uint8Array | undefined {
  const { special, headerCaptured, kind, data, dataKept } = frame;
  if (special || headerCaptured < FC_HEADER_BYTES || kind !== FcpIu.cmnd) return undefined;
  const at = optionalHeaderBytes(frame.view.getUint8(frame.at + DF_CTL));
  const from = at + CMND_CDB;
  if (dataKept < from) return undefined;
  const length = FCP_CDB_BYTES + get(frame.dataView, at, fcpCmnd.additionalCdbLength) * 4;
  return data.subarray(from, Math.min(from + length, dataKept));
}

function cmnd(frame: FcFrame, at: number, base: number): Node[] {
  const { dataView: view, dataKept: kept, data } = frame;
  const nodes = payloadNodes(frame, at, Object.values(fcpCmnd), base);
  if (kept < at + CMND_CDB) return nodes;
  const cdbLength = FCP_CDB_BYTES + get(view, at, fcpCmnd.additionalCdbLength) * 4;
  const there = Math.min(cdbLength, kept - at - CMND_CDB);
  const cdbAt = at + CMND_CDB;
  const children = moved(decodeCdb(data, cdbAt, there, -1), (byte) => base + cdbAt + byte);
  const shown = nodes.map((node) => {
    if (node.name === 'lun')
      return lunNode(node, view.getUint32(at + CMND_LUN), view.getUint32(at + CMND_LUN_LOW));
    if (node.name !== 'cdb') return node;
    return { ...node, meaning: commandText(data, cdbAt, there, -1), children };
  });
  const end = cdbAt + cdbLength;
  shown.push(...payloadNodes(frame, end, Object.values(fcpCmndEnd), base));
  const both = get(view, at, fcpCmnd.readData) === 1 && get(view, at, fcpCmnd.writeData) === 1;
  if (both) shown.push(...payloadNodes(frame, end + 4, Object.values(fcpCmndBidirectional), base));
  return shown;
}

function rsp(frame: FcFrame, at: number, base: number): Node[] {
  const { dataView: view, dataKept: kept } = frame;
  const nodes = payloadNodes(frame, at, Object.values(fcpRsp), base);
  if (kept < at + FCP_RSP_BYTES) return nodes;
  let p = at + FCP_RSP_BYTES;
  if (get(view, at, fcpRsp.responseLengthValid) === 1) {
    nodes.push(...payloadNodes(frame, p, Object.values(fcpRspInfo), base));
    p += get(view, at, fcpRsp.responseLength);
  }
  if (get(view, at, fcpRsp.senseLengthValid) === 1) {
    const length = get(view, at, fcpRsp.senseLength);
    const meaning = `${length} bytes`;
    nodes.push({
      name: 'sense',
      label: 'sense data',
      value: null,
      meaning,
      byte: base + p,
      bit: 0,
      width: length * 8,
    });
    p += length;
  }
  if (get(view, at, fcpRsp.bidirectionalResponse) === 1) {
    nodes.push(...payloadNodes(frame, p, Object.values(fcpRspBidirectional), base));
  }
  return nodes;
}

function els(frame: FcFrame, at: number, length: number, base: number, asked: AskedFor): Node[] {
  const command = frame.kind & 0xff;
  const rCtl = frame.view.getUint8(frame.at + R_CTL);
  const reply = rCtl === RCtl.elsReply || rCtl === RCtl.fc4Reply;
  if (command >= Els.cbind) {
    const table = controlTable(command, reply);
    const nodes = named(payloadNodes(frame, at, Object.values(table), base));
    return [
      group(
        'control',
        `${kindName(frame.kind)}${reply ? ' response' : ''}`,
        base + at,
        length,
        nodes,
      ),
    ];
  }
  const of = reply && command === Els.lsAcc ? asked.els : command;
  const table = reply && command === Els.lsAcc ? acceptTable(of) : requestTable(command);
  const nodes = named(payloadNodes(frame, at, Object.values(table), base));
  if (of === Els.prli || of === Els.prlo || of === Els.tprlo) {
    nodes.push(...pages(frame, at + 4, base, Object.values(processLoginPage), 16));
  } else if (command === Els.rscn) {
    nodes.push(...pages(frame, at + 4, base, Object.values(stateChangePage), 4));
  }
  const meaning =
    reply && of > 0 && command === Els.lsAcc ? `of ${kindName(FcKind.els + of)}` : undefined;
  return [group('els', kindName(frame.kind), base + at, length, nodes, meaning)];
}

function controlTable(command: number, reply: boolean): Table {
  if (command === Els.cbind) return reply ? cbindResponse : cbind;
  if (command === Els.unbind) return reply ? unbindResponse : unbind;
  return ltest;
}

function requestTable(command: number): Table {
  switch (command) {
    case Els.plogi:
    case Els.flogi:
    case Els.fdisc:
    case Els.pdisc:
      return elsLogin;
    case Els.prli:
    case Els.prlo:
    case Els.tprlo:
      return elsProcessLogin;
    case Els.lsRjt:
      return elsReject;
    case Els.logo:
      return elsLogout;
    case Els.adisc:
      return elsDiscoverAddress;
    case Els.rec:
    case Els.rrq:
      return elsExchange;
    case Els.srr:
      return sequenceRetransmissionRequest;
    case Els.rscn:
      return elsStateChange;
    case Els.scr:
      return elsStateChangeRegistration;
    default:
      return elsOther;
  }
}

/** Accepted by a payload of the request's own form (FC-LS). */
const ACCEPTED_ALIKE: ReadonlySet<number> = new Set([
  Els.plogi,
  Els.flogi,
  Els.fdisc,
  Els.pdisc,
  Els.prli,
  Els.prlo,
  Els.tprlo,
  Els.adisc,
]);

/** What accepts a request, by the request. */
function acceptTable(of: number): Table {
  if (of === Els.rec) return elsExchangeAccept;
  if (of === Els.rtv) return elsTimeoutAccept;
  return ACCEPTED_ALIKE.has(of) ? requestTable(of) : elsAccept;
}

function pages(
  frame: FcFrame,
  at: number,
  base: number,
  fields: readonly Field[],
  bytes: number,
): Node[] {
  const nodes: Node[] = [];
  for (let p = at; p + bytes <= frame.dataKept && nodes.length < ENTRIES_MAX; p += bytes) {
    nodes.push(group('page', 'page', base + p, bytes, named(payloadNodes(frame, p, fields, base))));
  }
  return nodes;
}

/** The whole sequence: its bytes lie in several frames, so that its nodes count from the first one's payload. */
function ctOf(frame: FcFrame, { data, frames, asked }: JoinedCt): Node {
  const dataView = new DataView(data.buffer);
  const whole = Object.assign(new FcFrame(), frame, { data, dataView, dataKept: data.length });
  const nodes = ct(whole, 0, 0, asked);
  return group('ct', `FC-CT, joined of ${frames} frames`, 0, 0, nodes);
}

function ct(frame: FcFrame, at: number, base: number, asked: AskedFor): Node[] {
  const nodes = payloadNodes(frame, at, Object.values(ctPreamble), base);
  if (frame.dataKept < at + CT_PREAMBLE_BYTES) return nodes;
  const command = get(frame.dataView, at, ctPreamble.ctCommand);
  const body = at + CT_PREAMBLE_BYTES;
  if (command === CtCommand.accept) {
    const answer = CT_ANSWERS[asked.ct];
    if (asked.ct === 0x0100)
      nodes.push(...named(payloadNodes(frame, body, Object.values(ctNextEntry), base)));
    else if (answer === undefined) return nodes;
    else if (answer.entryBytes === 0)
      nodes.push(...named(payloadNodes(frame, body, answer.fields, base)));
    else nodes.push(...entries(frame, body, base, answer.fields, answer.entryBytes));
    return nodes;
  }
  const fields = CT_REQUESTS[command];
  if (fields !== undefined) nodes.push(...named(payloadNodes(frame, body, fields, base)));
  return nodes;
}

function entries(
  frame: FcFrame,
  at: number,
  base: number,
  fields: readonly Field[],
  bytes: number,
): Node[] {
  const nodes: Node[] = [];
  for (let p = at; p + bytes <= frame.dataKept && nodes.length < ENTRIES_MAX; p += bytes) {
    nodes.push(
      group('entry', 'entry', base + p, bytes, named(payloadNodes(frame, p, fields, base))),
    );
    if (frame.dataView.getUint8(p) >>> 7) break;
  }
  return nodes;
}

function crc(frame: FcFrame, byte: number, hidden: boolean): Node[] {
  if (frame.crc === CHECK_UNKNOWN) return [note('truncated', 'CRC', 'was not captured', byte)];
  if (frame.crc !== CHECK_GOOD && frame.crc !== CHECK_BAD) return [];
  const bad = frame.crc === CHECK_BAD;
  const right = frame.crcRight.toString(16).padStart(8, '0');
  const node: Node = {
    name: 'crc',
    label: 'CRC',
    value: hidden ? null : frame.crcWord.toString(16).padStart(8, '0'),
    meaning: hidden ? hiddenCheck(bad) : bad ? `bad, should be ${right}` : 'good',
    byte,
    bit: 0,
    width: 32,
    ...(bad ? { kind: 'malformed' as const } : {}),
  };
  return [node];
}

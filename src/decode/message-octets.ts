// The bytes of a message at hand, part by part. User data and what no table describes stay hidden.

import { CHECK_BAD, CHECK_GOOD, type FcFrame } from '../pdu/fc/frame.js';
import type { IsnsPdu } from '../pdu/isns/pdu.js';
import type { Message } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { MPA_REPLY_KIND, MPA_REQUEST_KIND, type RdmaMessage } from '../pdu/rdma/message.js';
import { Els, RCtl } from '../wire/fc/codes.js';
import { CT_PREAMBLE_BYTES } from '../wire/fc/ct.js';
import { FCP_RSP_BYTES, fcpRsp } from '../wire/fc/fcp-rsp.js';
import { FC_HEADER_BYTES } from '../wire/fc/frame-header.js';
import { CMND_CDB } from '../wire/fc/header-offsets.js';
import { FcKind, FcpIu } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import { ISNS_HEADER_BYTES } from '../wire/isns/header.js';
import { bth } from '../wire/rdma/infiniband.js';
import { fpdu, mpaPadding } from '../wire/rdma/mpa.js';
import { openSenseBytes } from '../wire/scsi/data/sense.js';
import { secretCdbBytes } from '../wire/scsi/secrets.js';
import { openIsnsBytes } from './isns-tree.js';
import { capturedPart, type PduPart } from './octets.js';
import { bodyTable } from './rdma-body.js';
import { openBodyBytes, openHeaderBytes } from './rdma-secrets.js';

const HIDDEN_WORDS = 'are hidden (--show-secrets shows them)';
const NOT_KEPT = 'are data: they are not shown';
const CRC_BYTES = 4;

/** `askedEls`: of an answer of a link service, what was asked; 0 not known. */
export function messageParts(m: Message, showSecrets: boolean, askedEls: number): PduPart[] {
  if (m.protocol === MessageProtocol.fc) return fcParts(m, showSecrets, askedEls);
  return m.protocol === MessageProtocol.isns
    ? isnsParts(m, showSecrets)
    : rdmaParts(m, showSecrets);
}

function fcParts(f: FcFrame, showSecrets: boolean, askedEls: number): PduPart[] {
  const before = f.at - f.encapsulationAt;
  const header = before + (f.special ? 0 : FC_HEADER_BYTES);
  const there = before + (f.special ? 0 : f.headerCaptured);
  const parts = [capturedPart(0, 'header', f.bytes, f.encapsulationAt, there, header)];
  const open = showSecrets ? f.payloadLength : openFcBytes(f, askedEls);
  parts.push(...shown(header, 'payload', f.data, f.dataKept, f.payloadLength, open));
  const end = header + f.payloadLength;
  if (f.crc === CHECK_GOOD || f.crc === CHECK_BAD) {
    parts.push(check(end, 'CRC', f.crcWord, open < f.payloadLength));
  }
  if (f.eof > 0) {
    // Both copies, and both complements, were as they should be (RFC 3643 5).
    const octets = Uint8Array.of(f.eof, f.eof, ~f.eof, ~f.eof);
    parts.push(capturedPart(end + CRC_BYTES, 'EOF', octets, 0, 4, 4));
  }
  return parts;
}

/** Bytes of the payload that tables describe; a user's data never are. */
export function openFcBytes(f: FcFrame, askedEls: number): number {
  if (f.special) return f.payloadLength;
  switch (f.kind & 0xf00) {
    case FcKind.fcp:
      return openFcpBytes(f);
    case FcKind.els:
    case FcKind.fc4:
      return isOpenEls(f.kind & 0xff, askedEls) ? f.payloadLength : 4;
    case FcKind.ct:
      return CT_PREAMBLE_BYTES;
    case FcKind.link:
      return Math.min(f.payloadLength, LINK_OPEN[f.kind & 0xff] ?? 0);
    default:
      return 0;
  }
}

/** Payload that basic link services have by the standard (FC-FS-3 16.3); link control has none. */
const LINK_OPEN: Readonly<Record<number, number>> = { [RCtl.baAcc]: 12, [RCtl.baRjt]: 4 };

/** What an acceptance holds depends on what it accepts. */
function isOpenEls(command: number, asked: number): boolean {
  return OPEN_ELS.has(command === Els.lsAcc ? asked : command);
}

/** Link services whose payload a table describes: others may hold keys (AUTH_ELS), or anything (ECHO). */
const OPEN_ELS: ReadonlySet<number> = new Set([
  Els.lsRjt,
  Els.plogi,
  Els.flogi,
  Els.logo,
  Els.rec,
  Els.srr,
  Els.prli,
  Els.prlo,
  Els.adisc,
  Els.pdisc,
  Els.fdisc,
  Els.rrq,
  Els.rtv,
  Els.rscn,
  Els.scr,
  Els.tprlo,
  Els.cbind,
  Els.unbind,
  Els.ltest,
]);

function openFcpBytes(f: FcFrame): number {
  if (f.kind === FcpIu.xferRdy) return f.payloadLength;
  if (f.kind === FcpIu.cmnd) {
    const cdb = f.data.subarray(CMND_CDB, f.dataKept);
    const secret = secretCdbBytes(cdb, cdb.length);
    return secret === undefined ? f.payloadLength : CMND_CDB + secret[0];
  }
  if (f.kind !== FcpIu.rsp || f.dataKept < FCP_RSP_BYTES) return 0;
  const info = get(f.dataView, 0, fcpRsp.responseLengthValid)
    ? get(f.dataView, 0, fcpRsp.responseLength)
    : 0;
  const sense = get(f.dataView, 0, fcpRsp.senseLengthValid)
    ? Math.min(SENSE_BYTES_MAX, get(f.dataView, 0, fcpRsp.senseLength))
    : 0;
  // FCP-4 9.5.14: four or eight bytes.
  if (info > RESPONSE_INFO_BYTES_MAX) return Math.min(f.payloadLength, FCP_RSP_BYTES);
  const senseAt = FCP_RSP_BYTES + info;
  const code = senseAt < f.dataKept ? f.data[senseAt] : 0;
  return Math.min(f.payloadLength, senseAt + openSenseBytes(code, sense));
}

const RESPONSE_INFO_BYTES_MAX = 8;
/** SPC-4 4.5.1. */
const SENSE_BYTES_MAX = 252;

function rdmaParts(m: RdmaMessage, showSecrets: boolean): PduPart[] {
  const open = showSecrets ? m.headerLength : openHeaderBytes(m);
  const parts = shown(0, 'header', m.bytes, m.headerCaptured, m.headerLength, open, m.at);
  if (m.kind === MPA_REQUEST_KIND || m.kind === MPA_REPLY_KIND) return parts;
  const roce = m.protocol === MessageProtocol.roce;
  const pad = roce
    ? m.headerCaptured > 1
      ? get(m.view, m.at, bth.padCount)
      : 0
    : mpaPadding(get(m.view, m.at, fpdu.ulpduLength));
  const body = m.wireLength - m.headerLength - CRC_BYTES - pad;
  const at = m.headerLength;
  // Without a table it may be anybody's.
  const tabled = !roce && bodyTable(m) !== undefined;
  const seen = showSecrets ? m.dataKept : tabled ? openBodyBytes(m) : 0;
  if (seen > 0) parts.push(capturedPart(at, 'message', m.data, 0, seen, seen));
  const rest = body - seen;
  if (rest > 0) parts.push(hidden(at + seen, 'payload', rest, NOT_KEPT));
  const end = m.wireLength - CRC_BYTES;
  if (m.crc === CHECK_GOOD || m.crc === CHECK_BAD) {
    parts.push(check(end, roce ? 'ICRC' : 'CRC', m.crcWord, !showSecrets && hidesCrc(m)));
  }
  return parts;
}

/** It covers what is not shown: data, or a message of which it is not known here what may be. */
export function hidesCrc(m: RdmaMessage): boolean {
  return m.wireLength > m.headerLength + CRC_BYTES || openHeaderBytes(m) < m.headerLength;
}

/** What is said of a CRC whose value is not shown: it would let anybody check a guess. */
export function hiddenCheck(bad: boolean): string {
  return `${bad ? 'bad' : 'good'}; hidden as what it covers is`;
}

function isnsParts(pdu: IsnsPdu, showSecrets: boolean): PduPart[] {
  const { header, payload, pduLength } = pdu;
  const open = showSecrets ? pduLength : Math.min(pduLength, openIsnsBytes(pdu));
  // An authentication block stands behind the payload, and is never handed on.
  return [
    capturedPart(0, 'header', header, 0, header.length, ISNS_HEADER_BYTES),
    ...shown(ISNS_HEADER_BYTES, 'payload', payload, payload.length, pduLength, open),
  ];
}

/** The first `open` bytes, and how many more there are. */
function shown(
  at: number,
  what: string,
  bytes: Uint8Array,
  kept: number,
  length: number,
  open: number,
  from = 0,
): PduPart[] {
  if (length === 0) return [];
  const seen = Math.min(kept, open);
  if (open >= length) return [capturedPart(at, what, bytes, from, seen, length)];
  const rest = hidden(at + open, what, length - open, HIDDEN_WORDS);
  return open === 0 ? [rest] : [capturedPart(at, what, bytes, from, seen, open), rest];
}

function hidden(at: number, what: string, absent: number, why: string): PduPart {
  return { at, what, bytes: new Uint8Array(0), absent, why };
}

function check(at: number, what: string, value: number, secret: boolean): PduPart {
  return secret ? hidden(at, what, CRC_BYTES, HIDDEN_WORDS) : word(at, what, value);
}

function word(at: number, what: string, value: number): PduPart {
  const bytes = Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
  return capturedPart(at, what, bytes, 0, 4, 4);
}

// hot: no allocation per packet
// What is no iSCSI PDU, one way for all protocols: frames of Fibre Channel, FPDUs of iWARP, packets of
// RoCEv2, PDUs of iSNS. Lists, the index, ladders and screens take them by this; each protocol's own
// cursor is told apart by `protocol`.

import { fcpXferRdy } from '../wire/fc/fcp-xfer-rdy.js';
import { FC_HEADER_BYTES, frameHeader, optionalHeaderBytes } from '../wire/fc/frame-header.js';
import { DF_CTL, END_SEQUENCE, F_CTL_WORD } from '../wire/fc/header-offsets.js';
import { FcpIu } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import type { FcFrame } from './fc/frame.js';
import type { IsnsPdu } from './isns/pdu.js';
import { MessageProtocol, Role, type RoleCode } from './message-codes.js';
import type { RdmaMessage } from './rdma/message.js';

export type Message = FcFrame | RdmaMessage | IsnsPdu;

/** Takes messages of all protocols but iSCSI, after the session stage, in the order of the wire. */
export interface MessageSink {
  /** Its header is known. Returns how many bytes of the payload are wanted at its end. */
  messageBegins(message: Message): number;
  /** The last byte has passed, or never will. */
  messageEnds(message: Message): void;
  /** Boundaries were not known for `bytes` bytes of a direction. */
  messagesLost(direction: number, bytes: number, timeNs: number, frame: number): void;
}

/** Payload of FCP that the functions below read. */
export const MESSAGE_BYTES_READ = 12;

export function messageRole(m: Message): RoleCode {
  if (m.protocol === MessageProtocol.isns) return Role.other;
  if (m.protocol !== MessageProtocol.fc) return m.role;
  switch (m.kind) {
    case FcpIu.cmnd:
      return Role.command;
    case FcpIu.data:
      return m.fromInitiator ? Role.dataOut : Role.dataIn;
    case FcpIu.xferRdy:
      return Role.transferReady;
    case FcpIu.rsp:
      return Role.response;
    default:
      return Role.other;
  }
}

export function messageFromInitiator(m: Message): boolean {
  return m.protocol === MessageProtocol.isns ? m.fromClient : m.fromInitiator;
}

/** Command it belongs to (its number), -1 none. */
export function messageTask(m: Message): number {
  return m.protocol === MessageProtocol.isns ? -1 : m.task;
}

/** Session it belongs to, -1 none or not known yet. */
export function messageSession(m: Message): number {
  return m.protocol === MessageProtocol.isns ? -1 : m.session;
}

/** Bytes of data, without fill bytes and optional headers; of what asks for data those it asks for. */
export function messageLength(m: Message): number {
  if (m.protocol === MessageProtocol.isns) return m.pduLength;
  if (m.protocol !== MessageProtocol.fc) return m.length;
  if (m.special || m.headerCaptured < FC_HEADER_BYTES) return m.payloadLength;
  if (m.kind !== FcpIu.data && m.kind !== FcpIu.xferRdy) return m.payloadLength;
  const optional = optionalHeaderBytes(m.view.getUint8(m.at + DF_CTL));
  if (m.kind === FcpIu.xferRdy) {
    const there = m.dataKept >= optional + fcpXferRdy.burstLength.byte + 4;
    return there ? get(m.dataView, optional, fcpXferRdy.burstLength) : 0;
  }
  return Math.max(0, m.payloadLength - get(m.view, m.at, frameHeader.fillBytes) - optional);
}

/** Where in the command's data. */
export function messageOffset(m: Message): number {
  if (m.protocol === MessageProtocol.isns) return 0;
  if (m.protocol !== MessageProtocol.fc) return m.bufferOffset;
  if (m.special || m.headerCaptured < FC_HEADER_BYTES) return 0;
  if (m.kind === FcpIu.xferRdy) {
    const optional = optionalHeaderBytes(m.view.getUint8(m.at + DF_CTL));
    const there = m.dataKept >= optional + fcpXferRdy.relativeOffset.byte + 4;
    return there ? get(m.dataView, optional, fcpXferRdy.relativeOffset) : 0;
  }
  if (m.kind !== FcpIu.data || !get(m.view, m.at, frameHeader.relativeOffsetPresent)) return 0;
  return get(m.view, m.at, frameHeader.parameter);
}

/** The last of its sequence, or of its message. */
export function messageIsLast(m: Message): boolean {
  if (m.protocol === MessageProtocol.isns) return m.lastPdu;
  if (m.protocol !== MessageProtocol.fc) return m.last;
  if (m.special || m.headerCaptured < FC_HEADER_BYTES) return true;
  return (m.view.getUint32(m.at + F_CTL_WORD) & END_SEQUENCE) !== 0;
}

export function messageKind(m: Message): number {
  return m.protocol === MessageProtocol.isns ? m.functionId : m.kind;
}

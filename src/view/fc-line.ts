// One Fibre Channel frame → one line of cells: who to whom, which exchange and sequence, and what it is.

import type { AskedFor } from '../decode/fc-tree.js';
import { bytesText } from '../lib/number-text.js';
import { CHECK_BAD, type FcFrame } from '../pdu/fc/frame.js';
import {
  CT_COMMAND_NAMES,
  fcidText,
  LS_RJT_EXPLANATION_NAMES,
  LS_RJT_REASON_NAMES,
} from '../wire/fc/codes.js';
import { ctPreamble } from '../wire/fc/ct.js';
import { elsReject } from '../wire/fc/els-others.js';
import { FCP_CDB_BYTES, fcpCmnd } from '../wire/fc/fcp-cmnd.js';
import { fcpRsp } from '../wire/fc/fcp-rsp.js';
import { fcpXferRdy } from '../wire/fc/fcp-xfer-rdy.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { CMND_CDB } from '../wire/fc/header-offsets.js';
import { ctKind, FcKind, FcpIu, kindName } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import {
  isTaskManagement,
  operationName,
  taskManagementOperation,
} from '../wire/scsi/operations.js';
import { scsiStatusName } from '../wire/scsi/status.js';
import { commandText } from '../wire/scsi/summary.js';
import { type Cell, cell } from './cells.js';
import { secondsText } from './format.js';

const NAME_WIDTH = 14;

export function fcLine(frame: FcFrame, asked: AskedFor): Cell[] {
  const cells = [
    cell(`${String(frame.frame).padStart(7)} `, 'quiet'),
    cell(`${secondsText(frame.timeNs).padStart(12)} `),
    cell(
      `${frame.connection < 0 ? 'FC' : `C${frame.connection}`} ${frame.direction & 1 ? '←' : '→'} `,
      'quiet',
    ),
  ];
  const name = kindName(frame.kind);
  if (frame.special) return [...cells, cell(name.padEnd(NAME_WIDTH), 'title')];
  if (frame.headerCaptured < FC_HEADER_BYTES) {
    return [
      ...cells,
      cell(name.padEnd(NAME_WIDTH), 'title'),
      cell('its header was not captured whole', 'warn'),
    ];
  }
  const { view, at } = frame;
  const field = (f: Parameters<typeof get>[2]) => get(view, at, f);
  const ids = `${fcidText(field(frameHeader.sourceId))} → ${fcidText(field(frameHeader.destinationId))} `;
  cells.push(cell(ids));
  cells.push(cell(`${name.padEnd(NAME_WIDTH)} `, 'title'));
  const exchange = `ox 0x${hex4(field(frameHeader.oxId))} rx 0x${hex4(field(frameHeader.rxId))}`;
  const sequence = `seq ${field(frameHeader.seqId)}.${field(frameHeader.seqCnt)}`;
  cells.push(cell(`${exchange} ${sequence}  `, 'quiet'));
  cells.push(...said(frame, asked.els, asked.ct));
  if (frame.crc === CHECK_BAD) cells.push(cell('  CRC bad', 'bad'));
  if (frame.eof === 0x49 || frame.eof === 0x50) cells.push(cell('  marked invalid', 'bad'));
  if (!frame.complete) cells.push(cell('  not complete', 'warn'));
  if (frame.resynchronised) cells.push(cell('  found again', 'note'));
  return cells;
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function said(frame: FcFrame, els: number, ct: number): Cell[] {
  const { dataView: view, dataKept: kept, view: header, at } = frame;
  switch (frame.kind) {
    case FcpIu.cmnd: {
      if (kept < CMND_CDB + FCP_CDB_BYTES) return [];
      const flags = view.getUint8(fcpCmnd.clearAca.byte);
      if (flags !== 0) {
        const operation = taskManagementOperation(flags);
        return isTaskManagement(operation) ? [cell(operationName(operation), 'warn')] : [];
      }
      return [cell(commandText(frame.data, CMND_CDB, FCP_CDB_BYTES, -1))];
    }
    case FcpIu.data: {
      const offset = get(header, at, frameHeader.relativeOffsetPresent)
        ? ` at ${get(header, at, frameHeader.parameter)}`
        : '';
      const fill = get(header, at, frameHeader.fillBytes);
      return [cell(`${bytesText(frame.payloadLength - fill)}${offset}`)];
    }
    case FcpIu.xferRdy:
      if (kept < 8) return [];
      return [
        cell(
          `${bytesText(get(view, 0, fcpXferRdy.burstLength))} at ${get(view, 0, fcpXferRdy.relativeOffset)}`,
        ),
      ];
    case FcpIu.rsp: {
      if (kept < 12) return [];
      const status = get(view, 0, fcpRsp.status);
      return [cell(scsiStatusName(status), status === 0 ? 'good' : 'bad')];
    }
    case FcKind.els + 0x01:
      if (kept < 8) return [];
      return [
        cell(
          `${LS_RJT_REASON_NAMES[get(view, 0, elsReject.reason)] ?? 'unknown'}, ${LS_RJT_EXPLANATION_NAMES[get(view, 0, elsReject.explanation)] ?? 'unknown'}`,
          'bad',
        ),
      ];
    case FcKind.els + 0x02:
      return els > 0 ? [cell(`of ${kindName(FcKind.els + els)}`, 'quiet')] : [];
    case ctKind(0):
      return kept < 16
        ? []
        : [cell(CT_COMMAND_NAMES[get(view, 0, ctPreamble.ctCommand)] ?? 'unknown')];
    case ctKind(0x8001):
    case ctKind(0x8002):
      return ct > 0 ? [cell(`of ${CT_COMMAND_NAMES[ct] ?? `0x${hex4(ct)}`}`, 'quiet')] : [];
    default:
      return [];
  }
}

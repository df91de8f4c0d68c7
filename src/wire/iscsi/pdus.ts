// All PDUs of iSCSI: opcode → table (RFC 7143 section 11.2.1.2). One file a PDU holds its fields.

import type { Field } from '../field.js';
import { asyncMessage } from './async-message.js';
import { otherPdu } from './bhs.js';
import { OPCODE_NAMES, Opcode } from './codes.js';
import { dataIn } from './data-in.js';
import { dataOut } from './data-out.js';
import { loginRequest } from './login-request.js';
import { loginResponse } from './login-response.js';
import { logoutRequest } from './logout-request.js';
import { logoutResponse } from './logout-response.js';
import { nopIn } from './nop-in.js';
import { nopOut } from './nop-out.js';
import { r2t } from './r2t.js';
import { reject } from './reject.js';
import { scsiCommand } from './scsi-command.js';
import { scsiResponse } from './scsi-response.js';
import { snackRequest } from './snack-request.js';
import { taskManagementRequest } from './task-management-request.js';
import { taskManagementResponse } from './task-management-response.js';
import { textRequest } from './text-request.js';
import { textResponse } from './text-response.js';

export type PduKey =
  | 'nop-out'
  | 'scsi-command'
  | 'task-management-request'
  | 'login-request'
  | 'text-request'
  | 'data-out'
  | 'logout-request'
  | 'snack-request'
  | 'nop-in'
  | 'scsi-response'
  | 'task-management-response'
  | 'login-response'
  | 'text-response'
  | 'data-in'
  | 'logout-response'
  | 'r2t'
  | 'async-message'
  | 'reject';

export interface PduTable {
  /** The name of its file; `other` where no standard defines the opcode. */
  readonly key: PduKey | 'other';
  readonly opcode: number;
  readonly name: string;
  /** For narrow columns. */
  readonly short: string;
  readonly section: string;
  readonly from: 'initiator' | 'target';
  /** In the order of the header; together they cover its 48 bytes. */
  readonly fields: readonly Field[];
  /** The same by name. */
  readonly byName: Readonly<Record<string, Field>>;
}

/** RFC 7143 11.2.1.2: this bit of an opcode says that a target sent it. */
const TARGET_OPCODE = 0x20;

export const PDUS: readonly PduTable[] = [
  table('nop-out', Opcode.nopOut, 'NOP-Out', '11.18', nopOut),
  table('scsi-command', Opcode.scsiCommand, 'Command', '11.3', scsiCommand),
  table(
    'task-management-request',
    Opcode.taskManagementRequest,
    'TMF Request',
    '11.5',
    taskManagementRequest,
  ),
  table('login-request', Opcode.loginRequest, 'Login Req', '11.12', loginRequest),
  table('text-request', Opcode.textRequest, 'Text Req', '11.10', textRequest),
  table('data-out', Opcode.dataOut, 'Data-Out', '11.7', dataOut),
  table('logout-request', Opcode.logoutRequest, 'Logout Req', '11.14', logoutRequest),
  table('snack-request', Opcode.snackRequest, 'SNACK', '11.16', snackRequest),
  table('nop-in', Opcode.nopIn, 'NOP-In', '11.19', nopIn),
  table('scsi-response', Opcode.scsiResponse, 'Response', '11.4', scsiResponse),
  table(
    'task-management-response',
    Opcode.taskManagementResponse,
    'TMF Response',
    '11.6',
    taskManagementResponse,
  ),
  table('login-response', Opcode.loginResponse, 'Login Resp', '11.13', loginResponse),
  table('text-response', Opcode.textResponse, 'Text Resp', '11.11', textResponse),
  table('data-in', Opcode.dataIn, 'Data-In', '11.7', dataIn),
  table('logout-response', Opcode.logoutResponse, 'Logout Resp', '11.15', logoutResponse),
  table('r2t', Opcode.r2t, 'R2T', '11.8', r2t),
  table('async-message', Opcode.asyncMessage, 'Async', '11.9', asyncMessage),
  table('reject', Opcode.reject, 'Reject', '11.17', reject),
];

const BY_OPCODE: readonly PduTable[] = Array.from({ length: 64 }, (_, opcode) => {
  const known = PDUS.find((pdu) => pdu.opcode === opcode);
  if (known !== undefined) return known;
  const name = OPCODE_NAMES[opcode] ?? `unknown (0x${opcode.toString(16).padStart(2, '0')})`;
  return { ...table('other', opcode, name, '11.2.1', otherPdu), name };
});

/** The table of an opcode (without the I bit); one that is not defined has the BHS only. */
export function pduOf(opcode: number): PduTable {
  return BY_OPCODE[opcode & 63];
}

/** True for the opcodes that RFC 7143 defines; false for vendor-specific and unassigned ones. */
export function isDefined(opcode: number): boolean {
  return pduOf(opcode).key !== 'other';
}

export function pduNamed(key: PduKey): PduTable {
  const found = PDUS.find((pdu) => pdu.key === key);
  if (found === undefined) throw new Error(`no PDU is called ${key}`);
  return found;
}

function table(
  key: PduKey | 'other',
  opcode: number,
  short: string,
  section: string,
  byName: Readonly<Record<string, Field>>,
): PduTable {
  return {
    key,
    opcode,
    name: OPCODE_NAMES[opcode] ?? short,
    short,
    section,
    from: opcode & TARGET_OPCODE ? 'target' : 'initiator',
    fields: Object.values(byName),
    byName,
  };
}

// The data of a SCSI command, decoded with the CDB that asked for it: which shape belongs to which
// operation, and in which direction.

import type { Node } from '../../tree.js';
import { operationName, operationOf, operationServiceAction } from '../operations.js';
import { type Absence, type Shape, Walker } from '../walker.js';
import * as blocks from './blocks.js';
import * as changer from './changer.js';
import * as common from './common.js';
import * as copy from './copy.js';
import * as discs from './discs.js';
import { COMMAND_SUPPORT, STANDARD_INQUIRY } from './inquiry.js';
import { logPage } from './log.js';
import * as maintenance from './maintenance.js';
import { mode6, mode10, modeSelect } from './mode.js';
import { RESERVE_IN, reserveOut } from './reserve.js';
import { SENSE } from './sense.js';
import { vpdPage } from './vpd.js';

/** The CDB of the command, and the device type of its logical unit (-1: not known). */
export interface Command {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly length: number;
  readonly deviceType: number;
}

/** The command's data from its first byte on. */
export interface Payload {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Bytes of it at hand, and bytes that were sent (more where the capture lost or cut some). */
  readonly captured: number;
  readonly total: number;
  /** Why those between the two are not at hand; default: cut. */
  readonly absence?: Absence;
}

/** What a decoder may ask of the CDB. */
interface Cdb {
  readonly operation: string;
  readonly serviceAction: number;
  readonly deviceType: number;
  u8(byte: number): number;
}

type Decoder = Shape | ((cdb: Cdb, walk: Walker) => Shape | Node[] | undefined);

const DATA_IN: Readonly<Record<string, Decoder>> = {
  INQUIRY: (cdb, walk) => {
    if (cdb.u8(1) & 2) return COMMAND_SUPPORT;
    return cdb.u8(1) & 1 ? vpdPage(walk) : STANDARD_INQUIRY;
  },
  'REQUEST SENSE': SENSE,
  'REPORT LUNS': maintenance.REPORT_LUNS,
  'READ CAPACITY(10)': blocks.READ_CAPACITY_10,
  'READ CAPACITY': blocks.READ_CAPACITY_10,
  'READ CAPACITY(16)': blocks.READ_CAPACITY_16,
  'READ FORMAT CAPACITIES': blocks.READ_FORMAT_CAPACITIES,
  'GET LBA STATUS(16)': blocks.GET_LBA_STATUS,
  'GET LBA STATUS(32)': blocks.GET_LBA_STATUS,
  'REPORT REFERRALS': blocks.REPORT_REFERRALS,
  'GET STREAM STATUS': blocks.GET_STREAM_STATUS,
  'READ DEFECT DATA(10)': blocks.READ_DEFECT_DATA_10,
  'READ DEFECT DATA(12)': blocks.READ_DEFECT_DATA_12,
  'GET PHYSICAL ELEMENT STATUS': blocks.GET_PHYSICAL_ELEMENT_STATUS,
  'REPORT ZONES': blocks.REPORT_ZONES,
  'MODE SENSE(6)': (cdb) => mode6(cdb.deviceType),
  'MODE SENSE(10)': (cdb) => mode10(cdb.deviceType),
  'LOG SENSE': (cdb, walk) => logPage(walk, 0, cdb.deviceType),
  'REPORT TARGET PORT GROUPS': (cdb) => maintenance.reportTargetPortGroups(cdb.u8(1) >> 5 === 1),
  'REPORT SUPPORTED OPERATION CODES': (cdb) =>
    (cdb.u8(2) & 7) === 0 ? maintenance.ALL_COMMANDS : maintenance.ONE_COMMAND,
  'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS': maintenance.TASK_MANAGEMENT_FUNCTIONS,
  'REPORT TIMESTAMP': maintenance.TIMESTAMP,
  'REPORT IDENTIFYING INFORMATION': maintenance.IDENTIFYING_INFORMATION,
  'REPORT PRIORITY': maintenance.PRIORITY,
  'REPORT ALIASES': maintenance.ALIASES,
  'RECEIVE COPY STATUS(LID1)': copy.RECEIVE_COPY_STATUS_LID1,
  'RECEIVE COPY STATUS(LID4)': copy.RECEIVE_COPY_STATUS_LID4,
  'RECEIVE COPY DATA(LID1)': copy.RECEIVE_COPY_DATA,
  'RECEIVE COPY OPERATING PARAMETERS': copy.RECEIVE_COPY_OPERATING_PARAMETERS,
  'RECEIVE COPY FAILURE DETAILS(LID1)': copy.RECEIVE_COPY_FAILURE_DETAILS,
  'RECEIVE ROD TOKEN INFORMATION': copy.RECEIVE_ROD_TOKEN_INFORMATION,
  'REPORT ALL ROD TOKENS': copy.REPORT_ALL_ROD_TOKENS,
  'READ ELEMENT STATUS': changer.READ_ELEMENT_STATUS,
  'READ ELEMENT STATUS ATTACHED': changer.READ_ELEMENT_STATUS,
  'REQUEST VOLUME ELEMENT ADDRESS': changer.READ_ELEMENT_STATUS,
  'READ POSITION': (cdb) => changer.readPosition(cdb.u8(1) & 31),
  'READ BLOCK LIMITS': (cdb) => changer.readBlockLimits((cdb.u8(1) & 1) === 1),
  'REPORT DENSITY SUPPORT': (cdb) => changer.reportDensitySupport((cdb.u8(1) & 2) !== 0),
  'READ TOC/PMA/ATIP': (cdb) => discs.readToc(tocFormat(cdb), (cdb.u8(1) & 2) !== 0),
  'GET CONFIGURATION': discs.GET_CONFIGURATION,
  'GET EVENT STATUS NOTIFICATION': (_, walk) => discs.getEventStatus(walk),
  'READ DISC INFORMATION': discs.READ_DISC_INFORMATION,
  'READ TRACK INFORMATION': discs.READ_TRACK_INFORMATION,
  'MECHANISM STATUS': discs.MECHANISM_STATUS,
  'READ BUFFER CAPACITY': discs.READ_BUFFER_CAPACITY,
  'READ DVD STRUCTURE': discs.READ_DVD_STRUCTURE,
  'READ BUFFER(10)': readBuffer,
  'READ BUFFER(16)': readBuffer,
  'RECEIVE DIAGNOSTIC RESULTS': common.DIAGNOSTIC_PAGE,
  'SECURITY PROTOCOL IN': (cdb) =>
    cdb.u8(1) + cdb.u8(2) + cdb.u8(3) === 0 ? common.SECURITY_PROTOCOLS : undefined,
  'READ ATTRIBUTE: ATTRIBUTE VALUES': common.ATTRIBUTES,
  'READ ATTRIBUTE: ATTRIBUTE LIST': common.ATTRIBUTE_LIST,
  'READ ATTRIBUTE: SUPPORTED ATTRIBUTES': common.ATTRIBUTE_LIST,
};

const DATA_OUT: Readonly<Record<string, Decoder>> = {
  UNMAP: blocks.UNMAP,
  'COMPARE AND WRITE': (_, walk) => blocks.compareAndWrite(walk),
  'WRITE SCATTERED(16)': (cdb) => blocks.writeScattered(cdb.u8(8) * 256 + cdb.u8(9)),
  'WRITE SCATTERED(32)': (cdb) => blocks.writeScattered(cdb.u8(16) * 256 + cdb.u8(17)),
  'REASSIGN BLOCKS': blocks.REASSIGN_BLOCKS,
  'FORMAT UNIT': (cdb) => blocks.formatUnit((cdb.u8(1) & 0x20) !== 0),
  'MODE SELECT(6)': (cdb) => modeSelect(mode6(cdb.deviceType)),
  'MODE SELECT(10)': (cdb) => modeSelect(mode10(cdb.deviceType)),
  'LOG SELECT': (cdb) => ({
    label: 'LOG SELECT parameter list',
    fields: '',
    length: 'sent',
    list: { at: 0, of: (walk, at) => logPage(walk, at, cdb.deviceType) },
  }),
  'SET TARGET PORT GROUPS': maintenance.SET_TARGET_PORT_GROUPS,
  'SET TIMESTAMP': maintenance.SET_TIMESTAMP,
  'EXTENDED COPY(LID1)': copy.EXTENDED_COPY_LID1,
  'EXTENDED COPY(LID4)': copy.EXTENDED_COPY_LID4,
  'POPULATE TOKEN': copy.POPULATE_TOKEN,
  'WRITE USING TOKEN': copy.WRITE_USING_TOKEN,
  'SEND VOLUME TAG': changer.SEND_VOLUME_TAG,
  'SEND DIAGNOSTIC': common.DIAGNOSTIC_PAGE,
  'WRITE ATTRIBUTE': common.ATTRIBUTES,
};

/** Commands that move what is on the medium: its data has this name. */
const MEDIUM_DATA =
  /^(READ|WRITE|VERIFY|WRITE AND VERIFY|WRITE SAME|WRITE ATOMIC|WRITE STREAM|WRITE SCATTERED|READ REVERSE|ORWRITE|XDREAD|XDWRITE|XPWRITE|XDWRITEREAD|READ LONG|WRITE LONG|XDWRITE EXTENDED|COMPARE)(\(\d+\))?$|^(READ CD|READ CD MSF|RECOVER BUFFERED DATA|WRITE BUFFER(\(\d+\))?|COMPARE AND WRITE)$/;
const WITH_USER_DATA = /^(COMPARE AND WRITE|WRITE SCATTERED\(\d+\))$/;

/** Their shapes hold user data, or tokens that give access to it (SPC-4 5.17.6), among other fields. */
const HOLDS_SECRETS =
  /^(READ BUFFER|COMPARE AND WRITE|WRITE SCATTERED|FORMAT UNIT|EXTENDED COPY|RECEIVE COPY DATA|RECEIVE ROD TOKEN|REPORT ALL ROD TOKENS|WRITE USING TOKEN|SECURITY PROTOCOL IN|READ DVD STRUCTURE|SEND DIAGNOSTIC|RECEIVE DIAGNOSTIC RESULTS)\b/;

export function decodeDataIn(command: Command, payload: Payload): Node[] {
  const cdb = cdbOf(command);
  const decoder =
    DATA_IN[cdb.operation] ??
    (cdb.operation.startsWith('PERSISTENT RESERVE IN') ? RESERVE_IN[cdb.serviceAction] : undefined);
  return decode(decoder, cdb, payload);
}

export function decodeDataOut(command: Command, payload: Payload): Node[] {
  const cdb = cdbOf(command);
  const isReserve = cdb.operation.startsWith('PERSISTENT RESERVE OUT');
  const reserve: Decoder = (c, walk) => reserveOut(c.serviceAction, walk.u8(20));
  return decode(isReserve ? reserve : DATA_OUT[cdb.operation], cdb, payload);
}

/** True where the data has a shape, and is not a user's. */
export function isDecoded(command: Command, isIn: boolean): boolean {
  const { operation } = cdbOf(command);
  if (WITH_USER_DATA.test(operation)) return false;
  if (operation.startsWith(`PERSISTENT RESERVE ${isIn ? 'IN' : 'OUT'}`)) return true;
  return (isIn ? DATA_IN : DATA_OUT)[operation] !== undefined;
}

/**
 * True where the bytes themselves may be shown as far as their nodes may: the data has a shape that
 * has no room for a user's data or secrets, whatever of it was captured. What has no table is hidden.
 */
export function isOpenData(command: Command, isIn: boolean): boolean {
  const { operation } = cdbOf(command);
  if (HOLDS_SECRETS.test(operation)) return false;
  if (operation.startsWith(`PERSISTENT RESERVE ${isIn ? 'IN' : 'OUT'}`)) return true;
  return (isIn ? DATA_IN : DATA_OUT)[operation] !== undefined;
}

/** Sense data, from its response code on. */
export function decodeSense(payload: Payload): Node[] {
  return walkerOf(payload).top(SENSE);
}

/** Operations whose data has a shape, for tests and for the list of fields. */
export function decodedOperations(): { readonly dataIn: string[]; readonly dataOut: string[] } {
  return { dataIn: Object.keys(DATA_IN), dataOut: Object.keys(DATA_OUT) };
}

function decode(decoder: Decoder | undefined, cdb: Cdb, payload: Payload): Node[] {
  const walk = walkerOf(payload);
  if (walk.total === 0) return [];
  const made = typeof decoder === 'function' ? decoder(cdb, walk) : decoder;
  if (made !== undefined) return Array.isArray(made) ? made : walk.top(made as Shape);
  // What nobody here knows may be a user's, or a key: it is hidden as user data is.
  const label = MEDIUM_DATA.test(cdb.operation) ? 'user data' : 'data';
  const octets = walk.octets(label, 0, walk.total, 'userData');
  // Of octets the first ones are shown, whatever is kept: nothing is left undecoded.
  return payload.absence === 'limit' ? [octets] : [octets, ...walk.ending(walk.total)];
}

function walkerOf(payload: Payload): Walker {
  const { bytes, at, captured, total, absence } = payload;
  return new Walker(bytes, at, captured, total, absence);
}

function cdbOf(command: Command): Cdb {
  const { bytes, at, deviceType } = command;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Math.max(0, Math.min(command.length, bytes.length - at));
  const operation = operationOf(view, at, length, deviceType);
  return {
    operation: operationName(operation),
    serviceAction: operationServiceAction(operation),
    deviceType,
    u8: (byte) => (byte < length ? bytes[at + byte] : 0),
  };
}

function readBuffer(cdb: Cdb): Shape | undefined {
  const mode = cdb.u8(1) & 31;
  if (mode === 0x03) return common.BUFFER_DESCRIPTOR;
  return mode === 0x0b ? common.ECHO_BUFFER_DESCRIPTOR : undefined;
}

/** FORMAT, or in drives older than MMC-2 the same bits of the control byte. */
function tocFormat(cdb: Cdb): number {
  const format = cdb.u8(2) & 15;
  return format !== 0 ? format : cdb.u8(9) >> 6;
}

// Third-party copy: EXTENDED COPY by both list identifiers, its reports, and the tokens of ODX
// (SPC-4 6.3, 6.4, 6.17 to 6.24; SBC-3 5.8, 5.40).

import type { Node } from '../../tree.js';
import { CSCD_TYPES, SEGMENT_TYPES } from '../meanings-copy.js';
import type { Shape, Walker } from '../walker.js';
import { DESIGNATOR } from './designator.js';
import { SENSE } from './sense.js';

const USAGE = '1.5 STR; 1.4-3 LIST ID USAGE =listIdUsage; 1.2-0 PRIORITY';

export const EXTENDED_COPY_LID1: Shape = {
  label: 'EXTENDED COPY(LID1) parameter list',
  fields: `0 LIST IDENTIFIER; ${USAGE}; 2-3 CSCD DESCRIPTOR LIST LENGTH;
    8-11 SEGMENT DESCRIPTOR LIST LENGTH; 12-15 INLINE DATA LENGTH`,
  length: 'sent',
  more: (walk, at, end) =>
    descriptors(walk, at + 16, end, walk.uint(2, 2), walk.uint(8, 4), walk.uint(12, 4)),
};

export const EXTENDED_COPY_LID4: Shape = {
  label: 'EXTENDED COPY(LID4) parameter list',
  fields: `0 PARAMETER LIST FORMAT; ${USAGE}; 2-3 HEADER CSCD DESCRIPTOR LIST LENGTH; 15.1 IMMED;
    15.0 G_SENSE; 16 HEADER CSCD DESCRIPTOR TYPE CODE; 20-23 LIST IDENTIFIER;
    42-43 CSCD DESCRIPTOR LIST LENGTH; 44-45 SEGMENT DESCRIPTOR LIST LENGTH; 46-47 INLINE DATA LENGTH`,
  length: 'sent',
  more: (walk, at, end) =>
    descriptors(walk, at + 48, end, walk.uint(42, 2), walk.uint(44, 2), walk.uint(46, 2)),
};

function descriptors(
  walk: Walker,
  at: number,
  end: number,
  cscds: number,
  segments: number,
  inline: number,
): Node[] {
  const segmentsAt = Math.min(at + cscds, end);
  const inlineAt = Math.min(segmentsAt + segments, end);
  const nodes = [...walk.list(cscd, at, segmentsAt), ...walk.list(segment, segmentsAt, inlineAt)];
  const there = Math.min(inline, end - inlineAt);
  return there > 0 ? [...nodes, walk.octets('inline data', inlineAt, there, 'userData')] : nodes;
}

const CSCD_HEAD = `0 DESCRIPTOR TYPE CODE =cscdType; 1.7-6 LU ID TYPE; 1.5 NUL;
  1.4-0 PERIPHERAL DEVICE TYPE =deviceType; 2-3 RELATIVE INITIATOR PORT IDENTIFIER`;
/** Device type specific parameters of a block device: SPC-4 6.4.5.2. */
const CSCD_BLOCK = '28.2 PAD; 29-31 DISK BLOCK LENGTH =bytes';
const CSCD_PARTS: Readonly<Record<number, string>> = {
  224: '8-15 N_PORT_NAME =hex',
  225: '9-11 N_PORT_ID =hex',
  226: '8-15 N_PORT_NAME =hex; 17-19 N_PORT_ID =hex',
  229: '8-11 IPV4 ADDRESS =hex; 14-15 PORT NUMBER; 18-19 INTERNET PROTOCOL NUMBER',
  233: '8-15 SAS ADDRESS =hex',
  234: '8-23 IPV6 ADDRESS =hex',
};

/** CSCD descriptors have 32 bytes each (SPC-4 6.4.5), ROD and IPv6 ones with an extension. */
function cscd(walk: Walker, at: number): Shape {
  const type = walk.u8(at);
  const base = {
    label: 'CSCD descriptor',
    length: 32,
    meaning: () => CSCD_TYPES[type],
  };
  if (type === 0xe4) {
    const more = (w: Walker, p: number, end: number) => [
      w.group(DESIGNATOR, p + 4, Math.min(p + 28, end)),
      ...w.fields(CSCD_BLOCK, p, end),
    ];
    return { ...base, fields: CSCD_HEAD, more };
  }
  if (type === 0xfe) {
    const fields = `${CSCD_HEAD}; 5.2 R_TOKEN; 5.1 DEL_TKN; 8-11 ROD TYPE =rodType;
      12-15 REQUESTED ROD TOKEN LIFETIME =seconds; 16-19 REQUESTED ROD TOKEN INACTIVITY TIMEOUT =seconds`;
    return { ...base, fields };
  }
  const part = CSCD_PARTS[type];
  if (part === undefined)
    return { ...base, fields: CSCD_HEAD, rest: 'CSCD descriptor parameters', restHidden: true };
  return { ...base, fields: `${CSCD_HEAD}; ${part}; ${CSCD_BLOCK}` };
}

const SEGMENT_HEAD = `0 DESCRIPTOR TYPE CODE =segmentType; 1.2 FCO; 1.1 DC; 1.0 CAT;
  2-3 DESCRIPTOR LENGTH`;
const SOURCE = '4-5 SOURCE CSCD DESCRIPTOR ID';
const TARGET = '6-7 DESTINATION CSCD DESCRIPTOR ID';
const STREAM_BLOCK = `${SOURCE}; ${TARGET}; 9-11 STREAM DEVICE TRANSFER LENGTH;
  14-15 BLOCK DEVICE NUMBER OF BLOCKS; 16-23 BLOCK DEVICE LOGICAL BLOCK ADDRESS`;
const BLOCK_BLOCK = `${SOURCE}; ${TARGET}; 10-11 BLOCK DEVICE NUMBER OF BLOCKS;
  12-19 SOURCE BLOCK DEVICE LOGICAL BLOCK ADDRESS;
  20-27 DESTINATION BLOCK DEVICE LOGICAL BLOCK ADDRESS`;
const SEGMENT_PARTS: Readonly<Record<number, string>> = {
  0: STREAM_BLOCK,
  1: STREAM_BLOCK,
  2: BLOCK_BLOCK,
  11: STREAM_BLOCK,
  12: STREAM_BLOCK,
  13: BLOCK_BLOCK,
  3: `${SOURCE}; ${TARGET}; 9-11 SOURCE STREAM DEVICE TRANSFER LENGTH;
    13-15 DESTINATION STREAM DEVICE TRANSFER LENGTH; 16-19 BYTE COUNT`,
  4: `${TARGET}; 9-11 STREAM DEVICE TRANSFER LENGTH; 12-15 INLINE DATA OFFSET;
    16-19 INLINE DATA NUMBER OF BYTES`,
  7: `${SOURCE}; 8.0 TUR`,
  20: `${SOURCE}; 8-15 RESERVATION KEY =hex; 16-23 SERVICE ACTION RESERVATION KEY =hex`,
  190: `${SOURCE}; ${TARGET}; 14-15 RANGE DESCRIPTORS LENGTH`,
  191: `${SOURCE}; ${TARGET}; 12-15 NUMBER OF LOGICAL BLOCKS; 16-23 LOGICAL BLOCK ADDRESS`,
};

function segment(walk: Walker, at: number): Shape {
  const type = walk.u8(at);
  const part = SEGMENT_PARTS[type];
  const base: Shape = {
    label: 'segment descriptor',
    fields: part === undefined ? SEGMENT_HEAD : `${SEGMENT_HEAD}; ${part}`,
    length: [2, 2, 4],
    meaning: () => SEGMENT_TYPES[type],
  };
  if (type === 0xbe) return { ...base, list: { at: 16, of: RANGE } };
  return part === undefined ? { ...base, rest: 'segment parameters', restHidden: true } : base;
}

const RANGE: Shape = {
  label: 'block device range descriptor',
  fields: '0-7 LOGICAL BLOCK ADDRESS; 8-11 NUMBER OF LOGICAL BLOCKS',
  length: 16,
};

export const POPULATE_TOKEN: Shape = {
  label: 'POPULATE TOKEN parameter list',
  fields: `0-1 POPULATE TOKEN DATA LENGTH; 2.1 RTV; 2.0 IMMED; 4-7 INACTIVITY TIMEOUT =seconds;
    8-11 ROD TYPE =rodType; 14-15 BLOCK DEVICE RANGE DESCRIPTOR LENGTH`,
  length: [0, 2, 2],
  list: { at: 16, of: RANGE },
};

/** SPC-4 5.17.6.5: 512 bytes, for the copy manager's eyes; the head is for all. */
export const ROD_TOKEN: Shape = {
  label: 'ROD token',
  fields: `0-3 ROD TYPE =rodType; 6-7 ROD TOKEN LENGTH; 
    16-47 CREATOR LOGICAL UNIT DESCRIPTOR =hex; 48-63 NUMBER OF BYTES REPRESENTED =hex`,
  length: 512,
  more: (walk, at, end) => {
    const rest = end - at - 64;
    const name = 'COPY MANAGER ROD TOKEN IDENTIFIER';
    const own = end >= at + 16 ? [walk.octets(name, at + 8, 8, 'userData')] : [];
    return rest > 0 ? [...own, walk.octets('ROD token body', at + 64, rest, 'userData')] : own;
  },
};

export const WRITE_USING_TOKEN: Shape = {
  label: 'WRITE USING TOKEN parameter list',
  fields: '0-1 WRITE USING TOKEN DATA LENGTH; 2.1 DEL_TKN; 2.0 IMMED; 8-15 OFFSET INTO ROD =blocks',
  length: [0, 2, 2],
  more: (walk, at, end) => [
    ...(end > at + 16 ? [walk.group(ROD_TOKEN, at + 16, end)] : []),
    ...walk.fields('534-535 BLOCK DEVICE RANGE DESCRIPTOR LENGTH', at, end),
    ...walk.list(RANGE, at + 536, end),
  ],
};

const COPY_PROGRESS = `0-3 AVAILABLE DATA; 4.4-0 RESPONSE TO SERVICE ACTION;
  5.6-0 COPY OPERATION STATUS =copyStatus; 6-7 OPERATION COUNTER;
  8-11 ESTIMATED STATUS UPDATE DELAY =milliseconds;
  12 EXTENDED COPY COMPLETION STATUS =scsiStatus; 13 LENGTH OF THE SENSE DATA FIELD;
  14 SENSE DATA LENGTH; 15 TRANSFER COUNT UNITS =countUnits; 16-23 TRANSFER COUNT;
  24-25 SEGMENTS PROCESSED`;

function copySense(walk: Walker, at: number, end: number): Node[] {
  const length = walk.u8(at + 14);
  if (length === 0 || at + 32 >= end) return [];
  return [walk.group({ ...SENSE, length }, at + 32, Math.min(end, at + 32 + length))];
}

export const RECEIVE_COPY_STATUS_LID4: Shape = {
  label: 'RECEIVE COPY STATUS(LID4) data',
  fields: COPY_PROGRESS,
  length: [0, 4, 4],
  more: copySense,
};

const TOKEN_DESCRIPTOR: Shape = {
  label: 'ROD token descriptor',
  fields: '0-1 ID FOR CREATING ROD CSCD DESCRIPTOR',
  length: 514,
  more: (walk, at, end) => (end > at + 2 ? [walk.group(ROD_TOKEN, at + 2, end)] : []),
};

export const RECEIVE_ROD_TOKEN_INFORMATION: Shape = {
  label: 'RECEIVE ROD TOKEN INFORMATION data',
  fields: COPY_PROGRESS,
  length: [0, 4, 4],
  more: (walk, at, end) => {
    const tokensAt = at + 32 + walk.u8(at + 13);
    const nodes = copySense(walk, at, Math.min(end, tokensAt));
    if (tokensAt + 4 > end) return nodes;
    const length = walk.uint(tokensAt, 4);
    return [
      ...nodes,
      ...walk.fields('0-3 ROD TOKEN DESCRIPTORS LENGTH', tokensAt, end),
      ...walk.list(TOKEN_DESCRIPTOR, tokensAt + 4, Math.min(end, tokensAt + 4 + length)),
    ];
  },
};

export const RECEIVE_COPY_STATUS_LID1: Shape = {
  label: 'RECEIVE COPY STATUS(LID1) data',
  fields: `0-3 AVAILABLE DATA; 4.7 HDD; 4.6-0 COPY COMMAND STATUS =copyStatusLid1;
    5-6 SEGMENTS PROCESSED; 7 TRANSFER COUNT UNITS =countUnits; 8-11 TRANSFER COUNT`,
  length: [0, 4, 4],
};

export const RECEIVE_COPY_OPERATING_PARAMETERS: Shape = {
  label: 'RECEIVE COPY OPERATING PARAMETERS data',
  fields: `0-3 AVAILABLE DATA; 4.0 SNLID; 8-9 MAXIMUM CSCD DESCRIPTOR COUNT;
    10-11 MAXIMUM SEGMENT DESCRIPTOR COUNT; 12-15 MAXIMUM DESCRIPTOR LIST LENGTH =bytes;
    16-19 MAXIMUM SEGMENT LENGTH =bytes; 20-23 MAXIMUM INLINE DATA LENGTH =bytes;
    24-27 HELD DATA LIMIT =bytes; 28-31 MAXIMUM STREAM DEVICE TRANSFER SIZE =bytes;
    34-35 TOTAL CONCURRENT COPIES; 36 MAXIMUM CONCURRENT COPIES;
    37 DATA SEGMENT GRANULARITY =exponent; 38 INLINE DATA GRANULARITY =exponent;
    39 HELD DATA GRANULARITY =exponent; 43 IMPLEMENTED DESCRIPTOR LIST LENGTH`,
  length: [0, 4, 4],
  list: {
    at: 44,
    of: { label: 'implemented descriptor', fields: '0 TYPE CODE =copyDescriptor', length: 1 },
  },
};

export const RECEIVE_COPY_FAILURE_DETAILS: Shape = {
  label: 'RECEIVE COPY FAILURE DETAILS(LID1) data',
  fields: `0-3 AVAILABLE DATA; 56 EXTENDED COPY COMMAND STATUS =scsiStatus; 58-59 SENSE DATA LENGTH`,
  length: [0, 4, 4],
  more: (walk, at, end) => {
    const length = walk.uint(at + 58, 2);
    if (length === 0 || at + 60 >= end) return [];
    return [walk.group({ ...SENSE, length }, at + 60, Math.min(end, at + 60 + length))];
  },
};

export const RECEIVE_COPY_DATA: Shape = {
  label: 'RECEIVE COPY DATA data',
  fields: '0-3 AVAILABLE DATA',
  length: [0, 4, 4],
  rest: 'held data',
  restHidden: true,
};

export const REPORT_ALL_ROD_TOKENS: Shape = {
  label: 'REPORT ALL ROD TOKENS data',
  fields: '0-3 AVAILABLE DATA',
  length: [0, 4, 4],
  list: {
    at: 8,
    of: {
      label: 'ROD management token',
      fields: '0-3 ROD TYPE =rodType; 6-7 ROD TOKEN LENGTH',
      length: 96,
      rest: 'ROD management token body',
      restHidden: true,
    },
  },
};

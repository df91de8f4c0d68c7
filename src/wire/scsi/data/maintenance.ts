// MAINTENANCE IN and OUT and REPORT LUNS (SPC-4 6.27, 6.33 to 6.38, 6.44).

import { LUN_METHOD_NAMES, lunLevels, lunText } from '../lun.js';
import { operationName, operationOf } from '../operations.js';
import type { Shape, Walker } from '../walker.js';

const LUN_ENTRY: Shape = {
  label: 'LUN',
  fields: '0.7-6 ADDRESS METHOD; 0-7 LOGICAL UNIT NUMBER =hex',
  length: 8,
  meaning: (walk, at) => {
    const high = walk.uint(at, 4);
    const low = walk.uint(at + 4, 4);
    return `${lunText(high, low)} (${LUN_METHOD_NAMES[lunLevels(high, low)[0].method]})`;
  },
};

export const REPORT_LUNS: Shape = {
  label: 'REPORT LUNS data',
  fields: '0-3 LUN LIST LENGTH',
  length: [0, 4, 8],
  list: { at: 8, of: LUN_ENTRY },
};

function portGroup(walk: Walker, at: number): Shape {
  return {
    label: 'target port group descriptor',
    fields: `0.7 PREF; 0.3-0 ASYMMETRIC ACCESS STATE =accessState; 1.7 T_SUP; 1.6 O_SUP; 1.4 LBD_SUP;
      1.3 U_SUP; 1.2 S_SUP; 1.1 AN_SUP; 1.0 AO_SUP; 2-3 TARGET PORT GROUP;
      5 STATUS CODE =accessStatus; 6 VENDOR SPECIFIC; 7 TARGET PORT COUNT`,
    length: 8 + 4 * walk.u8(at + 7),
    list: {
      at: 8,
      of: {
        label: 'target port descriptor',
        fields: '2-3 RELATIVE TARGET PORT IDENTIFIER',
        length: 4,
      },
    },
  };
}

/** PARAMETER DATA FORMAT 1 in the CDB asks for the extended header (SPC-4 6.37). */
export function reportTargetPortGroups(isExtended: boolean): Shape {
  const more = isExtended ? '; 4.6-4 FORMAT TYPE; 5 IMPLICIT TRANSITION TIME =seconds' : '';
  return {
    label: 'REPORT TARGET PORT GROUPS data',
    fields: `0-3 RETURN DATA LENGTH${more}`,
    length: [0, 4, 4],
    list: { at: isExtended ? 8 : 4, of: portGroup },
  };
}

export const SET_TARGET_PORT_GROUPS: Shape = {
  label: 'SET TARGET PORT GROUPS parameter list',
  fields: '',
  length: 'sent',
  list: {
    at: 4,
    of: {
      label: 'set target port group descriptor',
      fields: `0.3-0 ASYMMETRIC ACCESS STATE =accessState;
        2-3 TARGET PORT GROUP OR TARGET PORT`,
      length: 4,
    },
  },
};

const TIMEOUTS: Shape = {
  label: 'command timeouts descriptor',
  fields: `0-1 DESCRIPTOR LENGTH; 3 COMMAND SPECIFIC;
    4-7 NOMINAL COMMAND PROCESSING TIMEOUT =seconds; 8-11 RECOMMENDED COMMAND TIMEOUT =seconds`,
  length: [0, 2, 2],
};

/** SPC-4 6.35.2: 8 bytes a command, and 12 more with CTDP. */
function commandDescriptor(walk: Walker, at: number): Shape {
  const hasTimeouts = (walk.u8(at + 5) & 2) !== 0;
  return {
    label: 'command descriptor',
    fields: `0 OPERATION CODE; 2-3 SERVICE ACTION; 5.1 CTDP; 5.0 SERVACTV; 6-7 CDB LENGTH`,
    length: hasTimeouts ? 20 : 8,
    more: (w, p, end) => (hasTimeouts ? [w.group(TIMEOUTS, p + 8, end)] : []),
    meaning: commandName,
  };
}

/** Names the command that a descriptor describes. */
function commandName(walk: Walker, at: number): string | undefined {
  if (at + 8 > walk.captured) return undefined;
  const cdb = new DataView(new ArrayBuffer(16));
  const action = walk.uint(at + 2, 2);
  cdb.setUint8(0, walk.u8(at));
  if (walk.u8(at + 5) & 1) {
    if (walk.u8(at) === 0x7f) cdb.setUint16(8, action);
    else cdb.setUint8(1, action & 31);
  }
  return operationName(operationOf(cdb, 0, 16, -1));
}

export const ALL_COMMANDS: Shape = {
  label: 'REPORT SUPPORTED OPERATION CODES data: all commands',
  fields: '0-3 COMMAND DATA LENGTH',
  length: [0, 4, 4],
  list: { at: 4, of: commandDescriptor },
};

export const ONE_COMMAND: Shape = {
  label: 'REPORT SUPPORTED OPERATION CODES data: one command',
  fields: '1.7 CTDP; 1.2-0 SUPPORT =support; 2-3 CDB SIZE',
  length: 'sent',
  more: (walk, at, end) => {
    const size = walk.uint(at + 2, 2);
    const usage = Math.min(size, end - at - 4);
    const nodes = usage > 0 ? [walk.octets('CDB USAGE DATA', at + 4, usage)] : [];
    const hasTimeouts = (walk.u8(at + 1) & 0x80) !== 0 && at + 4 + size < end;
    return hasTimeouts ? [...nodes, walk.group(TIMEOUTS, at + 4 + size, end)] : nodes;
  },
};

export const TASK_MANAGEMENT_FUNCTIONS: Shape = {
  label: 'REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS data',
  fields: `0.7 ATS; 0.6 ATSS; 0.5 CACAS; 0.4 CTSS; 0.3 LURS; 0.2 QTS; 0.1 TRS; 0.0 WAKES;
    1.2 QAES; 1.1 QTSS; 1.0 ITNRS; 3 REPORTING EXTENSION LENGTH`,
  length: [3, 1, 4],
  rest: 'timeouts',
};

export const TIMESTAMP: Shape = {
  label: 'timestamp data',
  fields: '0-1 TIMESTAMP PARAMETER DATA LENGTH; 2.2-0 TIMESTAMP ORIGIN; 4-9 TIMESTAMP =epochMs',
  length: [0, 2, 2],
};

export const SET_TIMESTAMP: Shape = {
  label: 'SET TIMESTAMP parameter list',
  fields: '4-9 TIMESTAMP =epochMs',
  length: 12,
};

export const IDENTIFYING_INFORMATION: Shape = {
  label: 'identifying information',
  fields: '2-3 IDENTIFYING INFORMATION LENGTH',
  length: [2, 2, 4],
  rest: 'IDENTIFYING INFORMATION',
};

export const PRIORITY: Shape = {
  label: 'REPORT PRIORITY data',
  fields: '0-3 PRIORITY PARAMETER DATA LENGTH',
  length: [0, 4, 4],
  rest: 'priority descriptors',
};

export const ALIASES: Shape = {
  label: 'alias data',
  fields: '0-3 ADDITIONAL LENGTH; 6-7 NUMBER OF ALIASES',
  length: [0, 4, 4],
  list: {
    at: 8,
    of: {
      label: 'alias entry',
      fields:
        '0-7 ALIAS VALUE =hex; 8 PROTOCOL IDENTIFIER =protocol; 11 FORMAT CODE; 14-15 DESIGNATION LENGTH',
      length: [14, 2, 16],
      rest: 'ALIAS DESIGNATION',
    },
  },
};

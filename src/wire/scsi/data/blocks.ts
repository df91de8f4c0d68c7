// Parameter data of block commands (SBC-3, SBC-4, ZBC, MMC): capacities, LBA status, UNMAP, zones.

import type { Node } from '../../tree.js';
import type { Shape, Walker } from '../walker.js';

export const READ_CAPACITY_10: Shape = {
  label: 'READ CAPACITY(10) data',
  fields: '0-3 RETURNED LOGICAL BLOCK ADDRESS =lastAddress; 4-7 LOGICAL BLOCK LENGTH IN BYTES',
};

export const READ_CAPACITY_16: Shape = {
  label: 'READ CAPACITY(16) data',
  fields: `0-7 RETURNED LOGICAL BLOCK ADDRESS =lastAddress64; 8-11 LOGICAL BLOCK LENGTH IN BYTES;
    12.5-4 RC BASIS =rcBasis; 12.3-1 P_TYPE; 12.0 PROT_EN; 13.7-4 P_I_EXPONENT;
    13.3-0 LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT =exponent; 14.7 LBPME; 14.6 LBPRZ;
    14.5-0..15 LOWEST ALIGNED LOGICAL BLOCK ADDRESS`,
  length: 32,
};

export const GET_LBA_STATUS: Shape = {
  label: 'GET LBA STATUS data',
  fields: `0-3 PARAMETER DATA LENGTH; 7.3-1 COMPLETION CONDITION =completionCondition; 7.0 RTP`,
  length: [0, 4, 4],
  list: {
    at: 8,
    of: {
      label: 'LBA status descriptor',
      fields: `0-7 LOGICAL BLOCK ADDRESS; 8-11 NUMBER OF LOGICAL BLOCKS;
        12.3-0 PROVISIONING STATUS =provisioningStatus; 13 ADDITIONAL STATUS`,
      length: 16,
    },
  },
};

export const UNMAP: Shape = {
  label: 'UNMAP parameter list',
  fields: '0-1 UNMAP DATA LENGTH; 2-3 UNMAP BLOCK DESCRIPTOR DATA LENGTH',
  length: [0, 2, 2],
  list: {
    at: 8,
    of: {
      label: 'UNMAP block descriptor',
      fields: '0-7 UNMAP LOGICAL BLOCK ADDRESS; 8-11 NUMBER OF LOGICAL BLOCKS',
      length: 16,
    },
  },
};

/** COMPARE AND WRITE sends what should be there, then what is to be written (SBC-3 5.2). */
export function compareAndWrite(walk: Walker): Node[] {
  const half = Math.floor(walk.total / 2);
  if (half === 0) return [];
  const nodes = [walk.octets('compare instance', 0, half, 'userData')];
  if (walk.captured > half)
    nodes.push(walk.octets('write instance', half, walk.total - half, 'userData'));
  return [...nodes, ...walk.ending(walk.total)];
}

export const REPORT_REFERRALS: Shape = {
  label: 'REPORT REFERRALS data',
  fields: '2-3 USER DATA SEGMENT REFERRAL DESCRIPTOR LENGTH',
  length: [2, 2, 4],
  list: {
    at: 4,
    of: (walk, at) => ({
      label: 'user data segment referral descriptor',
      fields: `3 NUMBER OF TARGET PORT GROUP DESCRIPTORS; 4-11 FIRST USER DATA SEGMENT LBA;
        12-19 LAST USER DATA SEGMENT LBA`,
      length: 20 + 4 * walk.u8(at + 3),
      list: {
        at: 20,
        of: {
          label: 'target port group descriptor',
          fields: '0.3-0 ASYMMETRIC ACCESS STATE =accessState; 2-3 TARGET PORT GROUP',
          length: 4,
        },
      },
    }),
  },
};

export const GET_STREAM_STATUS: Shape = {
  label: 'GET STREAM STATUS data',
  fields: '0-3 PARAMETER DATA LENGTH; 6-7 NUMBER OF OPEN STREAMS',
  length: [0, 4, 8],
  list: {
    at: 8,
    of: { label: 'stream status descriptor', fields: '2-3 STREAM IDENTIFIER', length: 8 },
  },
};

/** SBC-4 5.14: elements of a device (heads, chips) and their health. */
export const GET_PHYSICAL_ELEMENT_STATUS: Shape = {
  label: 'GET PHYSICAL ELEMENT STATUS data',
  fields: `0-3 NUMBER OF DESCRIPTORS; 4-7 NUMBER OF DESCRIPTORS RETURNED;
    8-11 IDENTIFIER OF ELEMENT BEING DEPOPULATED`,
  length: 'sent',
  list: {
    at: 32,
    of: {
      label: 'physical element status descriptor',
      fields: `4-7 ELEMENT IDENTIFIER; 14 PHYSICAL ELEMENT TYPE; 15 PHYSICAL ELEMENT HEALTH;
        16-23 ASSOCIATED CAPACITY =blocks`,
      length: 32,
    },
  },
};

/** SBC-4 5.54: a header of 32 bytes, the ranges, and further on the blocks themselves. */
export function writeScattered(ranges: number): Shape {
  const range: Shape = {
    label: 'LBA range descriptor',
    fields: `0-7 LOGICAL BLOCK ADDRESS; 8-11 NUMBER OF LOGICAL BLOCKS;
      12-15 EXPECTED INITIAL LOGICAL BLOCK REFERENCE TAG; 16-17 EXPECTED LOGICAL BLOCK APPLICATION TAG;
      18-19 LOGICAL BLOCK APPLICATION TAG MASK`,
    length: 32,
  };
  return {
    label: 'WRITE SCATTERED data',
    fields: '',
    length: 'sent',
    more: (walk, at, end) => {
      const rangesEnd = Math.min(end, at + 32 + 32 * ranges);
      const nodes = walk.list(range, at + 32, rangesEnd);
      const rest = end - rangesEnd;
      return rest > 0 ? [...nodes, walk.octets('user data', rangesEnd, rest, 'userData')] : nodes;
    },
  };
}

export const REASSIGN_BLOCKS: Shape = {
  label: 'REASSIGN BLOCKS parameter list',
  fields: '2-3 DEFECT LIST LENGTH',
  length: [2, 2, 4],
  list: { at: 4, of: { label: 'defect', fields: '0-3 LOGICAL BLOCK ADDRESS', length: 4 } },
};

export const READ_DEFECT_DATA_10: Shape = {
  label: 'READ DEFECT DATA(10) data',
  fields: '1.4 PLISTV; 1.3 GLISTV; 1.2-0 DEFECT LIST FORMAT; 2-3 DEFECT LIST LENGTH',
  length: [2, 2, 4],
  rest: 'defect list',
};

export const READ_DEFECT_DATA_12: Shape = {
  label: 'READ DEFECT DATA(12) data',
  fields: `1.4 PLISTV; 1.3 GLISTV; 1.2-0 DEFECT LIST FORMAT; 2-3 GENERATION CODE;
    4-7 DEFECT LIST LENGTH`,
  length: [4, 4, 8],
  rest: 'defect list',
};

/** Short header, or with LONGLIST in the CDB the long one. */
export function formatUnit(isLong: boolean): Shape {
  const flags = `1.7 FOV; 1.6 DPRY; 1.5 DCRT; 1.4 STPF; 1.3 IP; 1.1 IMMED; 1.0 VENDOR SPECIFIC`;
  const lengths = isLong
    ? '3.7-4 P_I_INFORMATION; 3.3-0 PROTECTION INTERVAL EXPONENT; 4-7 DEFECT LIST LENGTH'
    : '2-3 DEFECT LIST LENGTH';
  return {
    label: 'FORMAT UNIT parameter list',
    fields: `0.2-0 PROTECTION FIELD USAGE; ${flags}; ${lengths}`,
    length: isLong ? [4, 4, 8] : [2, 2, 4],
    rest: 'initialization pattern and defect list',
    restHidden: true,
  };
}

const ZONE: Shape = {
  label: 'zone descriptor',
  fields: `0.3-0 ZONE TYPE =zoneType; 1.7-4 ZONE CONDITION =zoneCondition; 1.1 NON_SEQ; 1.0 RESET;
    8-15 ZONE LENGTH; 16-23 ZONE START LBA; 24-31 WRITE POINTER LBA`,
  length: 64,
};

export const REPORT_ZONES: Shape = {
  label: 'REPORT ZONES data',
  fields: `0-3 ZONE LIST LENGTH; 4.3-0 SAME =zoneSame; 8-15 MAXIMUM LBA;
    16-23 ZONE STARTING LBA GRANULARITY`,
  length: [0, 4, 64],
  list: { at: 64, of: ZONE },
};

export const READ_FORMAT_CAPACITIES: Shape = {
  label: 'READ FORMAT CAPACITIES data',
  fields: '3 CAPACITY LIST LENGTH',
  length: [3, 1, 4],
  list: {
    at: 4,
    of: {
      label: 'capacity descriptor',
      fields:
        '0-3 NUMBER OF BLOCKS; 4.7-2 FORMAT TYPE; 4.1-0 DESCRIPTOR TYPE; 5-7 BLOCK LENGTH =bytes',
      length: 8,
    },
  },
};

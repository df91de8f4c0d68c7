// Vital product data pages (SPC-4 7.8, SBC-3/4 6.6, ZBC 6.5, SSC-4 8.5, SAT-3 12.4).

import type { Shape, Walker } from '../walker.js';
import { DESIGNATOR, transportId } from './designator.js';

const HEAD = `0.7-5 PERIPHERAL QUALIFIER =qualifier; 0.4-0 PERIPHERAL DEVICE TYPE =deviceType;
  1 PAGE CODE =vpdPage; 2-3 PAGE LENGTH`;
const LENGTH = [2, 2, 4] as const;

/** A page of fields, of a list, or of one text. */
function page(label: string, fields: string, more: Partial<Shape> = {}): Shape {
  return { label, fields: `${HEAD}; ${fields}`, length: LENGTH, ...more };
}

function text(label: string, field: string): Shape {
  return page(label, '', {
    more: (w, at, end) => (end > at + 4 ? [w.text(field, at + 4, end - at - 4)] : []),
  });
}

const POLICY: Shape = {
  label: 'mode page policy descriptor',
  fields: `0.5-0 POLICY PAGE CODE; 1 POLICY SUBPAGE CODE; 2.7 MLUS;
    2.1-0 MODE PAGE POLICY =pagePolicy`,
  length: 4,
};

const NETWORK_ADDRESS: Shape = {
  label: 'network services descriptor',
  fields:
    '0.6-5 ASSOCIATION =association; 0.4-0 SERVICE TYPE =serviceType; 2-3 NETWORK ADDRESS LENGTH',
  length: [2, 2, 4],
  more: (w, at, end) => (end > at + 4 ? [w.text('NETWORK ADDRESS', at + 4, end - at - 4)] : []),
};

/** SPC-4 7.8.14: a port, its initiator's TransportID, and what designates its target. */
function scsiPort(walk: Walker, at: number): Shape {
  const initiator = walk.uint(at + 6, 2);
  const targetAt = 8 + initiator;
  return {
    label: 'SCSI port designation descriptor',
    fields: '2-3 RELATIVE PORT IDENTIFIER; 6-7 INITIATOR PORT TRANSPORTID LENGTH',
    length: [targetAt + 2, 2, targetAt + 4],
    more: (w, p, end) => [
      ...w.list(transportId, p + 8, Math.min(end, p + targetAt)),
      ...w.fields('2-3 TARGET PORT DESCRIPTORS LENGTH', p + targetAt, end),
      ...w.list(DESIGNATOR, p + targetAt + 4, end),
    ],
  };
}

const CONSTITUENT: Shape = {
  label: 'constituent descriptor',
  fields: `0-1 CONSTITUENT TYPE; 2 CONSTITUENT DEVICE TYPE; 4-11 VENDOR IDENTIFICATION =ascii;
    12-27 PRODUCT IDENTIFICATION =ascii; 28-31 PRODUCT REVISION LEVEL =ascii;
    34-35 ADDITIONAL LENGTH`,
  length: [34, 2, 36],
  rest: 'constituent type specific',
};

const BLOCK_ROD_LIMITS = `4-9 VENDOR SPECIFIC =hex; 10-11 MAXIMUM RANGE DESCRIPTORS;
  12-15 MAXIMUM INACTIVITY TIMEOUT =seconds; 16-19 DEFAULT INACTIVITY TIMEOUT =seconds;
  20-27 MAXIMUM TOKEN TRANSFER SIZE =blocks; 28-35 OPTIMAL TRANSFER COUNT =blocks`;

/** SPC-4 7.8.17: third-party copy descriptors; the limits of ODX in full, the others as octets. */
function copyDescriptor(walk: Walker, at: number): Shape {
  const head =
    '0-1 THIRD-PARTY COPY DESCRIPTOR TYPE =copyVpd; 2-3 THIRD-PARTY COPY DESCRIPTOR LENGTH';
  const length: readonly [number, number, number] = [2, 2, 4];
  const label = 'third-party copy descriptor';
  if (walk.uint(at, 2) === 0) return { label, fields: `${head}; ${BLOCK_ROD_LIMITS}`, length };
  return { label, fields: head, length, rest: 'data' };
}

const BLOCK_LIMITS = `4.0 WSNZ; 5 MAXIMUM COMPARE AND WRITE LENGTH =noLimit;
  6-7 OPTIMAL TRANSFER LENGTH GRANULARITY =noLimit; 8-11 MAXIMUM TRANSFER LENGTH =noLimit;
  12-15 OPTIMAL TRANSFER LENGTH =noLimit; 16-19 MAXIMUM PREFETCH LENGTH =noLimit;
  20-23 MAXIMUM UNMAP LBA COUNT =noLimit; 24-27 MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT;
  28-31 OPTIMAL UNMAP GRANULARITY =noLimit; 32.7 UGAVALID; 32.6-0..35 UNMAP GRANULARITY ALIGNMENT;
  36-43 MAXIMUM WRITE SAME LENGTH =noLimit; 44-47 MAXIMUM ATOMIC TRANSFER LENGTH =noLimit;
  48-51 ATOMIC ALIGNMENT; 52-55 ATOMIC TRANSFER LENGTH GRANULARITY;
  56-59 MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY; 60-63 MAXIMUM ATOMIC BOUNDARY SIZE`;

const EXTENDED_INQUIRY = `4.7-6 ACTIVATE MICROCODE =activateMicrocode; 4.5-3 SPT; 4.2 GRD_CHK;
  4.1 APP_CHK; 4.0 REF_CHK; 5.5 UASK_SUP; 5.4 GROUP_SUP; 5.3 PRIOR_SUP; 5.2 HEADSUP; 5.1 ORDSUP;
  5.0 SIMPSUP; 6.3 WU_SUP; 6.2 CRD_SUP; 6.1 NV_SUP; 6.0 V_SUP; 7.5 NO_PI_CHK; 7.4 P_I_I_SUP;
  7.0 LUICLR; 8.7-5 LU_COLLECTION_TYPE; 8.4 R_SUP; 8.3 RTD_SUP; 8.1 HSSRELEF; 8.0 CBCS;
  9.3-0 MULTI I_T NEXUS MICROCODE DOWNLOAD; 10-11 EXTENDED SELF-TEST COMPLETION MINUTES;
  12.7 POA_SUP; 12.6 HRA_SUP; 12.5 VSA_SUP; 12.4 DMS_VALID;
  13 MAXIMUM SUPPORTED SENSE DATA LENGTH; 14.7 IBS; 14.6 IAS; 14.2 SAC; 14.1 NRD1; 14.0 NRD0;
  15-16 MAXIMUM INQUIRY CHANGE LOGS; 17-18 MAXIMUM MODE PAGE CHANGE LOGS`;

/** Pages of all devices. */
const COMMON: Readonly<Record<number, Shape>> = {
  0: page('supported VPD pages', '', {
    list: { at: 4, of: { label: 'supported page', fields: '0 PAGE CODE =vpdPage', length: 1 } },
  }),
  128: text('unit serial number', 'PRODUCT SERIAL NUMBER'),
  130: page('ASCII implemented operating definition', '', { rest: 'operating definitions' }),
  131: page('device identification', '', { list: { at: 4, of: DESIGNATOR } }),
  132: page('software interface identification', '', {
    list: {
      at: 4,
      of: { label: 'software interface identifier', fields: '0-5 IDENTIFIER =hex', length: 6 },
    },
  }),
  133: page('management network addresses', '', { list: { at: 4, of: NETWORK_ADDRESS } }),
  134: page('extended INQUIRY data', EXTENDED_INQUIRY),
  135: page('mode page policy', '', { list: { at: 4, of: POLICY } }),
  136: page('SCSI ports', '', { list: { at: 4, of: scsiPort } }),
  137: page(
    'ATA information',
    `8-15 SAT VENDOR IDENTIFICATION =ascii; 16-31 SAT PRODUCT IDENTIFICATION =ascii;
      32-35 SAT PRODUCT REVISION LEVEL =ascii; 36-55 DEVICE SIGNATURE =hex; 56 COMMAND CODE`,
    {
      more: (w, at, end) =>
        end > at + 60 ? [w.octets('IDENTIFY DEVICE', at + 60, end - at - 60)] : [],
    },
  ),
  138: page(
    'power condition',
    `4.1 STANDBY_Y; 4.0 STANDBY_Z; 5.2 IDLE_C; 5.1 IDLE_B; 5.0 IDLE_A;
      6-7 STOPPED CONDITION RECOVERY TIME =milliseconds;
      8-9 STANDBY_Z CONDITION RECOVERY TIME =milliseconds;
      10-11 STANDBY_Y CONDITION RECOVERY TIME =milliseconds;
      12-13 IDLE_A CONDITION RECOVERY TIME =milliseconds;
      14-15 IDLE_B CONDITION RECOVERY TIME =milliseconds;
      16-17 IDLE_C CONDITION RECOVERY TIME =milliseconds`,
  ),
  139: page('device constituents', '', { list: { at: 4, of: CONSTITUENT } }),
  141: page('power consumption', '', {
    list: {
      at: 4,
      of: {
        label: 'power consumption descriptor',
        fields:
          '0 POWER CONSUMPTION IDENTIFIER; 1.2-0 POWER CONSUMPTION UNITS; 2-3 POWER CONSUMPTION VALUE',
        length: 4,
      },
    },
  }),
  143: page('third-party copy', '', { list: { at: 4, of: copyDescriptor } }),
  146: page('SCSI feature sets', '', {
    list: { at: 8, of: { label: 'feature set', fields: '0-1 FEATURE SET CODE =hex', length: 2 } },
  }),
};

/** B0h and up, for block devices. */
const BLOCK: Readonly<Record<number, Shape>> = {
  176: page('block limits', BLOCK_LIMITS),
  177: page(
    'block device characteristics',
    `4-5 MEDIUM ROTATION RATE =rotationRate; 6 PRODUCT TYPE; 7.7-6 WABEREQ; 7.5-4 WACEREQ;
      7.3-0 NOMINAL FORM FACTOR =formFactor; 8.6 MACT; 8.5-4 ZONED =zoned; 8.3 RBWZ; 8.2 BOCS;
      8.1 FUAB; 8.0 VBULS; 12-15 DEPOPULATION TIME =seconds`,
  ),
  178: page(
    'logical block provisioning',
    `4 THRESHOLD EXPONENT; 5.7 LBPU; 5.6 LBPWS; 5.5 LBPWS10; 5.4-2 LBPRZ =lbprz; 5.1 ANC_SUP; 5.0 DP;
      6.7-3 MINIMUM PERCENTAGE; 6.2-0 PROVISIONING TYPE =provisioningType; 7 THRESHOLD PERCENTAGE`,
    { more: (w, at, end) => ((w.u8(at + 5) & 1) === 1 ? w.list(DESIGNATOR, at + 8, end) : []) },
  ),
  179: page('referrals', '8-11 USER DATA SEGMENT SIZE =blocks; 12-15 USER DATA SEGMENT MULTIPLIER'),
  180: page('supported block lengths and protection types', '', {
    list: {
      at: 4,
      of: {
        label: 'logical block length and protection types descriptor',
        fields: `0-3 LOGICAL BLOCK LENGTH =bytes; 4.6 P_I_I_SUP; 4.3 NO_PI_CHK; 4.2 GRD_CHK;
          4.1 APP_CHK; 4.0 REF_CHK; 5.3 T3PS; 5.2 T2PS; 5.1 T1PS; 5.0 T0PS`,
        length: 8,
      },
    },
  }),
  181: page(
    'block device characteristics extension',
    `5 UTILIZATION TYPE =utilizationType; 6 UTILIZATION UNITS =utilizationUnits;
      7 UTILIZATION INTERVAL =utilizationInterval; 8-11 UTILIZATION B; 12-15 UTILIZATION A`,
  ),
  182: page(
    'zoned block device characteristics',
    `4.7-4 ZONED BLOCK DEVICE EXTENSION =zonedExtension; 4.1 AAORB; 4.0 URSWRZ;
      8-11 OPTIMAL NUMBER OF OPEN SEQUENTIAL WRITE PREFERRED ZONES;
      12-15 OPTIMAL NUMBER OF NON-SEQUENTIALLY WRITTEN SEQUENTIAL WRITE PREFERRED ZONES;
      16-19 MAXIMUM NUMBER OF OPEN SEQUENTIAL WRITE REQUIRED ZONES;
      23.3-0 ZONE ALIGNMENT METHOD =zoneAlignment; 24-31 ZONE STARTING LBA GRANULARITY =blocks`,
  ),
  183: page(
    'block limits extension',
    `5.0 RSCS; 6-7 MAXIMUM NUMBER OF STREAMS; 8-9 OPTIMAL STREAM WRITE SIZE =blocks;
      10-13 STREAM GRANULARITY SIZE; 16-19 MAXIMUM SCATTERED LBA RANGE TRANSFER LENGTH =noLimit;
      22-23 MAXIMUM SCATTERED LBA RANGE DESCRIPTOR COUNT;
      24-27 MAXIMUM SCATTERED TRANSFER LENGTH =noLimit`,
  ),
  184: page('format presets', '', {
    list: {
      at: 4,
      of: {
        label: 'format preset descriptor',
        fields: `0-3 PRESET IDENTIFIER; 4 SCHEMA TYPE; 7.3-0 LOGICAL BLOCKS PER PHYSICAL BLOCK EXPONENT;
          8-11 LOGICAL BLOCK LENGTH =bytes; 16-23 DESIGNED LAST LOGICAL BLOCK ADDRESS;
          38.7-6 FMTPINFO; 38.2-0 PROTECTION FIELD USAGE; 39.3-0 PROTECTION INTERVAL EXPONENT`,
        length: 64,
      },
    },
  }),
  185: page('concurrent positioning ranges', '', {
    list: {
      at: 64,
      of: {
        label: 'LBA range descriptor',
        fields: `0 LBA RANGE NUMBER; 1 NUMBER OF STORAGE ELEMENTS; 8-15 STARTING LBA;
          16-23 NUMBER OF LBAS`,
        length: 32,
      },
    },
  }),
  186: page('capacity/product identification mapping', '', {
    list: {
      at: 4,
      of: {
        label: 'capacity/product identification descriptor',
        fields: '0-7 ALLOWED NUMBER OF LOGICAL BLOCKS; 8-23 PRODUCT IDENTIFICATION =ascii',
        length: 48,
      },
    },
  }),
};

/** B0h and up, for tapes. */
const TAPE: Readonly<Record<number, Shape>> = {
  176: page('sequential-access device capabilities', '4.1 TSMC; 4.0 WORM'),
  177: text('manufacturer-assigned serial number', 'MANUFACTURER-ASSIGNED SERIAL NUMBER'),
  178: page('TapeAlert supported flags', '4-11 TAPEALERT FLAGS =hex'),
  179: text('automation device serial number', 'AUTOMATION DEVICE SERIAL NUMBER'),
  180: page('data transfer device element address', '', { rest: 'element address' }),
  181: page('logical block protection', '', { rest: 'logical block protection methods' }),
};

/** A page by its code in byte 1; the peripheral device type in byte 0 tells B0h and up apart. */
export function vpdPage(walk: Walker): Shape {
  const code = walk.u8(1);
  const isTape = (walk.u8(0) & 0x1f) === 1;
  const found = COMMON[code] ?? (isTape ? TAPE[code] : BLOCK[code]);
  if (found !== undefined) return found;
  if (code < 0x80 && code > 0) return asciiInformation;
  return page('VPD page', '', { rest: 'data' });
}

/** 01h to 7Fh: a length, then text for a field replaceable unit. */
const asciiInformation: Shape = page('ASCII information', '4 ASCII LENGTH', {
  more: (w, at, end) => (end > at + 5 ? [w.text('ASCII INFORMATION', at + 5, end - at - 5)] : []),
});

/** For the list of fields. */
export function vpdPages(): Shape[] {
  return [...Object.values(COMMON), ...Object.values(BLOCK), ...Object.values(TAPE)];
}

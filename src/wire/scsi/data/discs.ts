// CD and DVD devices (MMC-6): TOC, features, events, discs and tracks.

import type { Shape, Walker } from '../walker.js';

const TRACK_HEAD = '1.7-4 ADR =adr; 1.3-0 CONTROL =trackControl';

function address(isMsf: boolean, label: string): string {
  return isMsf ? `5 ${label} MINUTE; 6 ${label} SECOND; 7 ${label} FRAME` : `4-7 ${label}`;
}

/** READ TOC/PMA/ATIP by the FORMAT of its CDB; TIME asks for minutes, seconds and frames. */
export function readToc(format: number, isMsf: boolean): Shape {
  const length: readonly [number, number, number] = [0, 2, 2];
  if (format === 0) {
    const track: Shape = {
      label: 'TOC track descriptor',
      fields: `${TRACK_HEAD}; 2 TRACK NUMBER =tocTrack; ${address(isMsf, 'TRACK START ADDRESS')}`,
      length: 8,
    };
    const fields = '0-1 TOC DATA LENGTH; 2 FIRST TRACK NUMBER; 3 LAST TRACK NUMBER';
    return { label: 'READ TOC data: TOC', fields, length, list: { at: 4, of: track } };
  }
  if (format === 1) {
    const session: Shape = {
      label: 'session descriptor',
      fields: `${TRACK_HEAD}; 2 FIRST TRACK NUMBER IN LAST COMPLETE SESSION;
        ${address(isMsf, 'START ADDRESS OF FIRST TRACK IN LAST SESSION')}`,
      length: 8,
    };
    const fields = `0-1 TOC DATA LENGTH; 2 FIRST COMPLETE SESSION NUMBER;
      3 LAST COMPLETE SESSION NUMBER`;
    return { label: 'READ TOC data: sessions', fields, length, list: { at: 4, of: session } };
  }
  if (format === 2 || format === 3) {
    const entry: Shape = {
      label: format === 2 ? 'full TOC descriptor' : 'PMA descriptor',
      fields: `${format === 2 ? '0 SESSION NUMBER; ' : ''}${TRACK_HEAD}; 2 TNO; 3 POINT; 4 MIN; 5 SEC;
        6 FRAME; 7 ZERO; 8 PMIN; 9 PSEC; 10 PFRAME`,
      length: 11,
    };
    const fields =
      format === 2
        ? `0-1 TOC DATA LENGTH; 2 FIRST COMPLETE SESSION NUMBER; 3 LAST COMPLETE SESSION NUMBER`
        : '0-1 PMA DATA LENGTH';
    return { label: `READ TOC data: ${entry.label}s`, fields, length, list: { at: 4, of: entry } };
  }
  return { label: 'READ TOC data', fields: '0-1 DATA LENGTH', length, rest: 'data' };
}

const PROFILE: Shape = {
  label: 'profile descriptor',
  fields: '0-1 PROFILE NUMBER =profile; 2.0 CURRENTP',
  length: 4,
};

function feature(walk: Walker, at: number): Shape {
  const isProfiles = walk.uint(at, 2) === 0;
  const base: Shape = {
    label: 'feature descriptor',
    fields: `0-1 FEATURE CODE =feature; 2.5-2 VERSION; 2.1 PERSISTENT; 2.0 CURRENT;
      3 ADDITIONAL LENGTH`,
    length: [3, 1, 4],
  };
  if (isProfiles) return { ...base, list: { at: 4, of: PROFILE } };
  return { ...base, rest: 'feature dependent data' };
}

export const GET_CONFIGURATION: Shape = {
  label: 'GET CONFIGURATION data',
  fields: '0-3 DATA LENGTH; 6-7 CURRENT PROFILE =profile',
  length: [0, 4, 4],
  list: { at: 8, of: feature },
};

export function getEventStatus(walk: Walker): Shape {
  const isMedia = (walk.u8(2) & 7) === 4;
  const media = '; 5.1 MEDIA PRESENT; 5.0 DOOR OR TRAY OPEN; 6 START SLOT; 7 END SLOT';
  return {
    label: 'GET EVENT STATUS NOTIFICATION data',
    fields: `0-1 EVENT DESCRIPTOR LENGTH; 2.7 NEA; 2.2-0 NOTIFICATION CLASS =eventClass;
      3 SUPPORTED EVENT CLASSES; 4.3-0 EVENT CODE${isMedia ? media : ''}`,
    length: [0, 2, 2],
    more: isMedia
      ? undefined
      : (w, at, end) => (end > at + 5 ? [w.octets('event data', at + 5, end - at - 5)] : []),
  };
}

export const READ_DISC_INFORMATION: Shape = {
  label: 'READ DISC INFORMATION data',
  fields: `0-1 DISC INFORMATION LENGTH; 2.7-5 DISC INFORMATION DATA TYPE; 2.4 ERASABLE;
    2.3-2 STATE OF LAST SESSION; 2.1-0 DISC STATUS =discStatus; 3 NUMBER OF FIRST TRACK ON DISC;
    4 NUMBER OF SESSIONS (LSB); 5 FIRST TRACK NUMBER IN LAST SESSION (LSB);
    6 LAST TRACK NUMBER IN LAST SESSION (LSB); 7.7 DID_V; 7.6 DBC_V; 7.5 URU; 7.4 DAC_V; 7.2 DBIT;
    7.1-0 BG FORMAT STATUS; 8 DISC TYPE; 9 NUMBER OF SESSIONS (MSB);
    10 FIRST TRACK NUMBER IN LAST SESSION (MSB); 11 LAST TRACK NUMBER IN LAST SESSION (MSB);
    12-15 DISC IDENTIFICATION; 16-19 LAST SESSION LEAD-IN START ADDRESS;
    20-23 LAST POSSIBLE LEAD-OUT START ADDRESS; 24-31 DISC BAR CODE =hex;
    32 DISC APPLICATION CODE; 33 NUMBER OF OPC TABLES`,
  length: [0, 2, 2],
};

export const READ_TRACK_INFORMATION: Shape = {
  label: 'READ TRACK INFORMATION data',
  fields: `0-1 TRACK INFORMATION LENGTH; 2 LOGICAL TRACK NUMBER (LSB); 3 SESSION NUMBER (LSB);
    5.5 DAMAGE; 5.4 COPY; 5.3-0 TRACK MODE; 6.7 RT; 6.6 BLANK; 6.5 PACKET/INC; 6.4 FP;
    6.3-0 DATA MODE; 7.1 LRA_V; 7.0 NWA_V; 8-11 LOGICAL TRACK START ADDRESS;
    12-15 NEXT WRITABLE ADDRESS; 16-19 FREE BLOCKS; 20-23 FIXED PACKET SIZE/BLOCKING FACTOR;
    24-27 LOGICAL TRACK SIZE; 28-31 LAST RECORDED ADDRESS; 32 LOGICAL TRACK NUMBER (MSB);
    33 SESSION NUMBER (MSB)`,
  length: [0, 2, 2],
};

export const MECHANISM_STATUS: Shape = {
  label: 'MECHANISM STATUS data',
  fields: `0.7 FAULT; 0.6-5 CHANGER STATE; 0.4-0 CURRENT SLOT; 1.7-5 MECHANISM STATE; 1.4 DOOR OPEN;
    2-4 CURRENT LBA; 5.5-0 NUMBER OF SLOTS AVAILABLE; 6-7 LENGTH OF SLOT TABLES`,
  length: [6, 2, 8],
  list: {
    at: 8,
    of: { label: 'slot', fields: '0.7 DISC PRESENT; 0.0 CHANGE', length: 4 },
  },
};

export const READ_BUFFER_CAPACITY: Shape = {
  label: 'READ BUFFER CAPACITY data',
  fields: `0-1 DATA LENGTH; 3.0 BLOCK; 4-7 LENGTH OF THE BUFFER; 8-11 BLANK LENGTH OF THE BUFFER`,
  length: [0, 2, 2],
};

export const READ_DVD_STRUCTURE: Shape = {
  label: 'READ DVD STRUCTURE data',
  fields: '0-1 DATA LENGTH',
  length: [0, 2, 2],
  rest: 'structure',
  restHidden: true,
};

// Media changers and tapes: element status, positions, densities (SMC-3 6.11, SSC-4 7.6, 7.7, 7.8).

import type { Shape, Walker } from '../walker.js';

const VOLUME_TAG_BYTES = 36;

const volumeTag = (label: string): Shape => ({
  label,
  fields: '0-31 VOLUME IDENTIFICATION =ascii; 34-35 VOLUME SEQUENCE NUMBER',
  length: VOLUME_TAG_BYTES,
});
const PRIMARY_TAG = volumeTag('primary volume tag');
const ALTERNATE_TAG = volumeTag('alternate volume tag');

/** Flags of byte 2, by element type: medium transport, storage, import/export, data transfer. */
const ELEMENT_FLAGS: readonly string[] = [
  '2.2 EXCEPT; 2.0 FULL',
  '2.2 EXCEPT; 2.0 FULL',
  '2.3 ACCESS; 2.2 EXCEPT; 2.0 FULL',
  `2.7 OIR; 2.6 CMC; 2.5 INENAB; 2.4 EXENAB; 2.3 ACCESS; 2.2 EXCEPT; 2.1 IMPEXP; 2.0 FULL`,
  '2.3 ACCESS; 2.2 EXCEPT; 2.0 FULL; 6.7 NOT BUS; 6.5 ID VALID; 6.4 LU VALID; 6.2-0 LUN; 7 SCSI BUS ADDRESS',
];

const ELEMENT_END = `9.7 SVALID; 9.6 INVERT; 9.3 ED; 9.2-0 MEDIUM TYPE;
  10-11 SOURCE STORAGE ELEMENT ADDRESS`;

const IDENTIFIER: Shape = {
  label: 'element identifier',
  fields: '0.3-0 CODE SET =codeSet; 1.3-0 IDENTIFIER TYPE =designatorType; 3 IDENTIFIER LENGTH',
  length: [3, 1, 4],
  more: (walk, at, end) => {
    const length = end - at - 4;
    if (length <= 0) return [];
    const isText = (walk.u8(at) & 15) >= 2;
    const label = 'IDENTIFIER';
    return [isText ? walk.text(label, at + 4, length) : walk.octets(label, at + 4, length)];
  },
};

function element(type: number, tags: number, length: number): Shape {
  const flags = ELEMENT_FLAGS[type] ?? ELEMENT_FLAGS[0];
  const primaryEnd = 12 + (tags & 0x80 ? VOLUME_TAG_BYTES : 0);
  const tagsEnd = primaryEnd + (tags & 0x40 ? VOLUME_TAG_BYTES : 0);
  return {
    label: 'element descriptor',
    fields: `0-1 ELEMENT ADDRESS; ${flags}; 4-5 ADDITIONAL SENSE CODE =ascIfAny; ${ELEMENT_END}`,
    length,
    more: (walk, at, end) => [
      ...(tags & 0x80 && end >= at + primaryEnd ? [walk.group(PRIMARY_TAG, at + 12, end)] : []),
      ...(tags & 0x40 && end >= at + tagsEnd
        ? [walk.group(ALTERNATE_TAG, at + primaryEnd, end)]
        : []),
      ...(end >= at + tagsEnd + 4 ? [walk.group(IDENTIFIER, at + tagsEnd, end)] : []),
    ],
  };
}

function elementPage(walk: Walker, at: number): Shape {
  const type = walk.u8(at) & 15;
  const tags = walk.u8(at + 1);
  // An element of no length would never end the page.
  const length = Math.max(1, walk.uint(at + 2, 2));
  return {
    label: 'element status page',
    fields: `0.3-0 ELEMENT TYPE CODE =elementType; 1.7 PVOLTAG; 1.6 AVOLTAG;
      2-3 ELEMENT DESCRIPTOR LENGTH; 5-7 BYTE COUNT OF DESCRIPTOR DATA AVAILABLE`,
    length: [5, 3, 8],
    list: { at: 8, of: element(type, tags, length) },
  };
}

export const READ_ELEMENT_STATUS: Shape = {
  label: 'READ ELEMENT STATUS data',
  fields: `0-1 FIRST ELEMENT ADDRESS REPORTED; 2-3 NUMBER OF ELEMENTS AVAILABLE;
    5-7 BYTE COUNT OF REPORT AVAILABLE`,
  length: [5, 3, 8],
  list: { at: 8, of: elementPage },
};

/** SEND VOLUME TAG: a template for the search. */
export const SEND_VOLUME_TAG: Shape = {
  label: 'SEND VOLUME TAG parameter list',
  fields: `0-31 VOLUME IDENTIFICATION TEMPLATE =ascii; 34-35 MINIMUM VOLUME SEQUENCE NUMBER;
    38-39 MAXIMUM VOLUME SEQUENCE NUMBER`,
  length: 40,
};

const POSITION_FLAGS = '0.7 BOP; 0.6 EOP; 0.5 LOCU; 0.4 BYCU; 0.2 LOLU; 0.1 PERR; 0.0 BPEW';

const POSITION_SHORT: Shape = {
  label: 'READ POSITION data, short form',
  fields: `${POSITION_FLAGS}; 1 PARTITION NUMBER; 4-7 FIRST LOGICAL OBJECT LOCATION;
    8-11 LAST LOGICAL OBJECT LOCATION; 13-15 NUMBER OF LOGICAL OBJECTS IN OBJECT BUFFER;
    16-19 NUMBER OF BYTES IN OBJECT BUFFER`,
};

const POSITION_LONG: Shape = {
  label: 'READ POSITION data, long form',
  fields: `0.7 BOP; 0.6 EOP; 0.3 MPU; 0.2 LONU; 0.0 BPEW; 4-7 PARTITION NUMBER;
    8-15 LOGICAL OBJECT NUMBER; 16-23 LOGICAL FILE IDENTIFIER; 24-31 LOGICAL SET IDENTIFIER`,
};

const POSITION_EXTENDED: Shape = {
  label: 'READ POSITION data, extended form',
  fields: `${POSITION_FLAGS}; 1 PARTITION NUMBER; 2-3 ADDITIONAL LENGTH;
    5-7 NUMBER OF LOGICAL OBJECTS IN OBJECT BUFFER; 8-15 FIRST LOGICAL OBJECT LOCATION;
    16-23 LAST LOGICAL OBJECT LOCATION; 24-31 NUMBER OF BYTES IN OBJECT BUFFER`,
};

/** By the form that the CDB's service action asks for. */
export function readPosition(form: number): Shape {
  return form === 6 ? POSITION_LONG : form === 8 ? POSITION_EXTENDED : POSITION_SHORT;
}

export function readBlockLimits(isMloi: boolean): Shape {
  const label = 'READ BLOCK LIMITS data';
  if (isMloi) return { label, fields: '12-19 MAXIMUM LOGICAL OBJECT IDENTIFIER', length: 20 };
  return {
    label,
    fields: `0.4-0 GRANULARITY; 1-3 MAXIMUM BLOCK LENGTH LIMIT =bytes;
      4-5 MINIMUM BLOCK LENGTH LIMIT =bytes`,
  };
}

const DENSITY: Shape = {
  label: 'density support data block descriptor',
  fields: `0 PRIMARY DENSITY CODE; 1 SECONDARY DENSITY CODE; 2.7 WRTOK; 2.6 DUP; 2.5 DEFLT; 2.0 DLV;
    3-4 DESCRIPTOR LENGTH; 5-7 BITS PER MM; 8-9 MEDIA WIDTH; 10-11 TRACKS; 12-15 CAPACITY;
    16-23 ASSIGNING ORGANIZATION =ascii; 24-31 DENSITY NAME =ascii; 32-51 DESCRIPTION =ascii`,
  length: 52,
};

/** With MEDIUM TYPE in the CDB the descriptors are others, shown as octets. */
export function reportDensitySupport(isMediumType: boolean): Shape {
  const base: Shape = {
    label: 'REPORT DENSITY SUPPORT data',
    fields: '0-1 AVAILABLE DENSITY SUPPORT LENGTH',
    length: [0, 2, 2],
  };
  if (!isMediumType) return { ...base, list: { at: 4, of: DENSITY } };
  return { ...base, rest: 'medium type descriptors' };
}

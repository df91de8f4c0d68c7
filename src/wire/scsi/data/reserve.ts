// PERSISTENT RESERVE IN and OUT (SPC-4 6.15, 6.16).

import type { Shape } from '../walker.js';
import { transportId } from './designator.js';

const HEAD = '0-3 PRGENERATION; 4-7 ADDITIONAL LENGTH';

const READ_KEYS: Shape = {
  label: 'READ KEYS data',
  fields: HEAD,
  length: [4, 4, 8],
  list: { at: 8, of: { label: 'key', fields: '0-7 RESERVATION KEY =hex', length: 8 } },
};

const READ_RESERVATION: Shape = {
  label: 'READ RESERVATION data',
  fields: `${HEAD}; 8-15 RESERVATION KEY =hex; 16-19 SCOPE-SPECIFIC ADDRESS =hex; 21.7-4 SCOPE =prScope; 21.3-0 TYPE =prType`,
  length: [4, 4, 8],
};

const REPORT_CAPABILITIES: Shape = {
  label: 'REPORT CAPABILITIES data',
  fields: `0-1 LENGTH; 2.7 RLR_C; 2.4 CRH; 2.3 SIP_C; 2.2 ATP_C; 2.0 PTPL_C; 3.7 TMV;
    3.6-4 ALLOW COMMANDS; 3.0 PTPL_A; 4.7 WR_EX_AR; 4.6 EX_AC_RO; 4.5 WR_EX_RO; 4.3 EX_AC;
    4.1 WR_EX; 5.0 EX_AC_AR`,
  length: 8,
};

/** SPC-4 6.15.5: 24 bytes, then the TransportID of the I_T nexus. */
const READ_FULL_STATUS: Shape = {
  label: 'READ FULL STATUS data',
  fields: HEAD,
  length: [4, 4, 8],
  list: {
    at: 8,
    of: {
      label: 'full status descriptor',
      fields: `0-7 RESERVATION KEY =hex; 12.1 ALL_TG_PT; 12.0 R_HOLDER; 13.7-4 SCOPE =prScope;
        13.3-0 TYPE =prType; 18-19 RELATIVE TARGET PORT IDENTIFIER;
        20-23 ADDITIONAL DESCRIPTOR LENGTH`,
      length: [20, 4, 24],
      more: (w, at, end) => w.list(transportId, at + 24, end),
    },
  },
};

/** By service action of PERSISTENT RESERVE IN. */
export const RESERVE_IN: Readonly<Record<number, Shape>> = {
  0: READ_KEYS,
  1: READ_RESERVATION,
  2: REPORT_CAPABILITIES,
  3: READ_FULL_STATUS,
};

const KEYS = '0-7 RESERVATION KEY =hex; 8-15 SERVICE ACTION RESERVATION KEY =hex';

const BASIC: Shape = {
  label: 'PERSISTENT RESERVE OUT parameter list',
  fields: `${KEYS}; 16-19 SCOPE-SPECIFIC ADDRESS =hex; 20.3 SPEC_I_PT; 20.2 ALL_TG_PT; 20.0 APTPL`,
  length: 24,
};

const WITH_TRANSPORT_IDS: Shape = {
  ...BASIC,
  fields: `${BASIC.fields}; 24-27 TRANSPORTID PARAMETER DATA LENGTH`,
  length: [24, 4, 28],
  list: { at: 28, of: transportId },
};

const REGISTER_AND_MOVE: Shape = {
  label: 'REGISTER AND MOVE parameter list',
  fields: `${KEYS}; 17.1 UNREG; 17.0 APTPL; 18-19 RELATIVE TARGET PORT IDENTIFIER;
    20-23 TRANSPORTID LENGTH`,
  length: [20, 4, 24],
  list: { at: 24, of: transportId },
};

/** By service action of PERSISTENT RESERVE OUT; flags: byte 20 of the list (SPEC_I_PT). */
export function reserveOut(serviceAction: number, flags: number): Shape {
  if (serviceAction === 7) return REGISTER_AND_MOVE;
  return flags & 0x08 ? WITH_TRANSPORT_IDS : BASIC;
}

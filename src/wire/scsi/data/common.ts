// Parameter data of commands that all devices share (SPC-4): buffers, diagnostics, security
// protocols, attributes.

import type { Shape } from '../walker.js';

export const BUFFER_DESCRIPTOR: Shape = {
  label: 'READ BUFFER descriptor',
  fields: '0 OFFSET BOUNDARY =exponent; 1-3 BUFFER CAPACITY =bytes',
};

export const ECHO_BUFFER_DESCRIPTOR: Shape = {
  label: 'echo buffer descriptor',
  fields: '0.0 EBOS; 2.4-0..3 BUFFER CAPACITY =bytes',
};

export const DIAGNOSTIC_PAGE: Shape = {
  label: 'diagnostic page',
  fields: '0 PAGE CODE; 1 PAGE CODE SPECIFIC; 2-3 PAGE LENGTH',
  length: [2, 2, 4],
  rest: 'diagnostic parameters',
  restHidden: true,
};

/** SECURITY PROTOCOL IN for protocol 00h, specific 0000h: which protocols there are. */
export const SECURITY_PROTOCOLS: Shape = {
  label: 'supported security protocols',
  fields: '6-7 SUPPORTED SECURITY PROTOCOL LIST LENGTH',
  length: [6, 2, 8],
  list: {
    at: 8,
    of: {
      label: 'supported security protocol',
      fields: '0 SECURITY PROTOCOL =securityProtocol',
      length: 1,
    },
  },
};

const ATTRIBUTE: Shape = {
  label: 'attribute',
  fields: '0-1 ATTRIBUTE IDENTIFIER =hex; 2.7 READ ONLY; 2.1-0 FORMAT; 3-4 ATTRIBUTE LENGTH',
  length: [3, 2, 5],
  more: (walk, at, end) => {
    const length = end - at - 5;
    if (length <= 0) return [];
    const isText = (walk.u8(at + 2) & 3) !== 0; // 1 ASCII, 2 TEXT
    const label = 'ATTRIBUTE VALUE';
    return [isText ? walk.text(label, at + 5, length) : walk.octets(label, at + 5, length)];
  },
};

export const ATTRIBUTES: Shape = {
  label: 'attribute data',
  fields: '0-3 AVAILABLE DATA',
  length: [0, 4, 4],
  list: { at: 4, of: ATTRIBUTE },
};

/** READ ATTRIBUTE for lists of identifiers (service actions 01h and 05h). */
export const ATTRIBUTE_LIST: Shape = {
  label: 'attribute list',
  fields: '0-3 AVAILABLE DATA',
  length: [0, 4, 4],
  list: {
    at: 4,
    of: { label: 'attribute', fields: '0-1 ATTRIBUTE IDENTIFIER =hex', length: 2 },
  },
};

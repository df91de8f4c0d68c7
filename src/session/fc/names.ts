// What the name server says of ports (FC-GS): names for N_Port IDs, by what is registered and what is
// answered. Not for the hot road.

import type { FcFrame } from '../../pdu/fc/frame.js';
import { wwnText } from '../../wire/fc/codes.js';
import { CT_PREAMBLE_BYTES } from '../../wire/fc/ct.js';
import { namesChanged, portOf } from './links.js';
import type { FcTables, LinkState } from './state.js';

const GET_PORT_NAME = 0x0112;
const GET_NODE_NAME = 0x0113;
const GET_SYMBOLIC_NAME = 0x0118;
const GET_PORT_NAMES = 0x0172;
const GET_NODE_NAMES = 0x0173;
const GET_NEXT = 0x0100;
const REGISTER_PORT_NAME = 0x0212;
const REGISTER_NODE_NAME = 0x0213;
const REGISTER_SYMBOLIC_NAME = 0x0218;
const ENTRY_BYTES = 16;

/** A request of the name server (`answer` false), or what accepts one that asked about `portId`. */
export function nameLearned(
  tables: FcTables,
  link: LinkState,
  command: number,
  portId: number,
  frame: FcFrame,
  answer: boolean,
): void {
  const at = CT_PREAMBLE_BYTES;
  const there = frame.dataKept - at;
  const view = frame.dataView;
  if (!answer) {
    if (command === REGISTER_PORT_NAME && there >= 12)
      learn(tables, link, portId, 'portName', name(view, at + 4), frame);
    else if (command === REGISTER_NODE_NAME && there >= 12)
      learn(tables, link, portId, 'nodeName', name(view, at + 4), frame);
    else if (command === REGISTER_SYMBOLIC_NAME && there > 5)
      learn(tables, link, portId, 'symbolicName', text(view, at + 4, frame.dataKept), frame);
    return;
  }
  switch (command) {
    case GET_PORT_NAME:
      if (there >= 8) learn(tables, link, portId, 'portName', name(view, at), frame);
      break;
    case GET_NODE_NAME:
      if (there >= 8) learn(tables, link, portId, 'nodeName', name(view, at), frame);
      break;
    case GET_SYMBOLIC_NAME:
      if (there >= 1)
        learn(tables, link, portId, 'symbolicName', text(view, at, frame.dataKept), frame);
      break;
    case GET_NEXT:
      if (there >= 12)
        learn(tables, link, view.getUint32(at) & 0xffffff, 'portName', name(view, at + 4), frame);
      break;
    case GET_PORT_NAMES:
    case GET_NODE_NAMES: {
      const what = command === GET_PORT_NAMES ? 'portName' : 'nodeName';
      for (let p = at; p + ENTRY_BYTES <= frame.dataKept; p += ENTRY_BYTES) {
        const word = view.getUint32(p);
        learn(tables, link, word & 0xffffff, what, name(view, p + 8), frame);
        if (word >>> 31) break;
      }
    }
  }
}

/** What logins said stands: the name server may know an older one. */
function learn(
  tables: FcTables,
  link: LinkState,
  id: number,
  what: 'portName' | 'nodeName' | 'symbolicName',
  value: string,
  frame: FcFrame,
): void {
  if (id === 0 || value === '') return;
  const port = portOf(tables, link, id, id);
  if (port[what] !== '') return;
  port[what] = value;
  if (port.frame === 0) port.frame = frame.frame;
  namesChanged(tables, link, port);
}

function name(view: DataView, at: number): string {
  return wwnText(view.getUint32(at), view.getUint32(at + 4));
}

/** A length and so many printable characters. */
function text(view: DataView, at: number, end: number): string {
  const length = Math.min(view.getUint8(at), end - at - 1);
  let out = '';
  for (let i = 0; i < length; i++) {
    const code = view.getUint8(at + 1 + i);
    out += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '.';
  }
  return out.trim();
}

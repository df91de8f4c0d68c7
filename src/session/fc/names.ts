// What the name server says of ports (FC-GS): names for N_Port IDs, by what is registered and what is
// answered. Not for the hot road.

import type { FcFrame } from '../../pdu/fc/frame.js';
import {
  CT_NAMED_ENTRY_BYTES,
  CT_PREAMBLE_BYTES,
  ctAnswerName,
  ctEntry,
  ctNextEntry,
  ctRegistration,
} from '../../wire/fc/ct.js';
import { symbolicNameAt, wwnAt } from '../../wire/fc/names-at.js';
import { get } from '../../wire/field.js';
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
/** A name that answers alone. */
const NAME_BYTES = 8;
const REGISTERED_BYTES = ctRegistration.name.byte + NAME_BYTES;
const SYMBOLIC = ctRegistration.symbolicNameLength.byte;
const NEXT_BYTES = ctNextEntry.portName.byte + NAME_BYTES;

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
    if (command === REGISTER_PORT_NAME && there >= REGISTERED_BYTES)
      learn(tables, link, portId, 'portName', wwnAt(view, at, ctRegistration.name), frame);
    else if (command === REGISTER_NODE_NAME && there >= REGISTERED_BYTES)
      learn(tables, link, portId, 'nodeName', wwnAt(view, at, ctRegistration.name), frame);
    else if (command === REGISTER_SYMBOLIC_NAME && there > SYMBOLIC + 1)
      learn(
        tables,
        link,
        portId,
        'symbolicName',
        symbolicNameAt(view, at + SYMBOLIC, frame.dataKept),
        frame,
      );
    return;
  }
  switch (command) {
    case GET_PORT_NAME:
      if (there >= NAME_BYTES)
        learn(tables, link, portId, 'portName', wwnAt(view, at, ctAnswerName), frame);
      break;
    case GET_NODE_NAME:
      if (there >= NAME_BYTES)
        learn(tables, link, portId, 'nodeName', wwnAt(view, at, ctAnswerName), frame);
      break;
    case GET_SYMBOLIC_NAME:
      if (there >= 1)
        learn(
          tables,
          link,
          portId,
          'symbolicName',
          symbolicNameAt(view, at, frame.dataKept),
          frame,
        );
      break;
    case GET_NEXT:
      if (there >= NEXT_BYTES) {
        const id = get(view, at, ctNextEntry.portId);
        learn(tables, link, id, 'portName', wwnAt(view, at, ctNextEntry.portName), frame);
      }
      break;
    case GET_PORT_NAMES:
    case GET_NODE_NAMES: {
      const what = command === GET_PORT_NAMES ? 'portName' : 'nodeName';
      const bytes = CT_NAMED_ENTRY_BYTES;
      for (let p = at; p + bytes <= frame.dataKept; p += bytes) {
        const id = get(view, p, ctEntry.portId);
        learn(tables, link, id, what, wwnAt(view, p, ctEntry.name), frame);
        if (get(view, p, ctEntry.last) === 1) break;
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

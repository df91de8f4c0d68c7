// What stands behind the header of a message of iWARP, where a table describes it.

import type { RdmaMessage } from '../pdu/rdma/message.js';
import { type Field, get } from '../wire/field.js';
import { IserOpcode, RdmaOpcode } from '../wire/rdma/codes.js';
import { ddpUntagged } from '../wire/rdma/ddp.js';
import { ISER_HEADER_BYTES, iserControl, iserHello, iserHelloReply } from '../wire/rdma/iser.js';
import { FPDU_LENGTH_BYTES } from '../wire/rdma/mpa.js';
import {
  atomicRequest,
  atomicResponse,
  immediateData,
  readRequest,
  terminate,
} from '../wire/rdma/rdmap.js';

type Table = Readonly<Record<string, Field>>;
const CRC_BYTES = 4;

/** The table of what stands behind the header; undefined where none is known. */
export function bodyTable(m: RdmaMessage): Table | undefined {
  switch (m.kind) {
    case RdmaOpcode.readRequest:
      return readRequest;
    case RdmaOpcode.terminate:
      return terminate;
    case RdmaOpcode.atomicRequest:
      return atomicRequest;
    case RdmaOpcode.atomicResponse:
      return atomicResponse;
    case RdmaOpcode.immediateData:
    case RdmaOpcode.immediateDataSE:
      return immediateData;
    case RdmaOpcode.send:
    case RdmaOpcode.sendInvalidate:
    case RdmaOpcode.sendSE:
    case RdmaOpcode.sendSEInvalidate:
      return iserTable(m);
    default:
      return undefined;
  }
}

/** The first segment of a Send begins with an iSER header; undefined where this is none. */
function iserTable(m: RdmaMessage): Table | undefined {
  if (m.headerCaptured < m.headerLength || m.dataKept < ISER_HEADER_BYTES) return undefined;
  if (get(m.view, FPDU_LENGTH_BYTES, ddpUntagged.messageOffset) !== 0) return undefined;
  const alone = m.wireLength === m.headerLength + ISER_HEADER_BYTES + CRC_BYTES;
  const table = ISER_TABLES[get(m.dataView, 0, iserControl.opcode)];
  // Anything may begin like one: what it reserves must be zero, and a Hello has nothing behind it.
  if (table === undefined || (table !== iserControl && !alone)) return undefined;
  return Object.values(table).every((f) => !f.reserved || isZero(m, f)) ? table : undefined;
}

const ISER_TABLES: Readonly<Record<number, Table>> = {
  [IserOpcode.hello]: iserHello,
  [IserOpcode.helloReply]: iserHelloReply,
  [IserOpcode.control]: iserControl,
};

function isZero({ data, dataView }: RdmaMessage, f: Field): boolean {
  if (f.size > 0) return get(dataView, 0, f) === 0;
  for (let i = f.byte; i < f.byte + f.width / 8; i++) if (data[i] !== 0) return false;
  return true;
}

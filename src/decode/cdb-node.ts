// The CDB of a SCSI Command in its place: the first 16 bytes in the header, the rest in an AHS.

import { decodeCdb } from '../wire/scsi/cdb.js';
import { secretCdbBytes } from '../wire/scsi/secrets.js';
import { commandText } from '../wire/scsi/summary.js';
import type { Node } from '../wire/tree.js';
import { moved } from './nodes.js';

const CDB_BYTES = 16;
const CDB_AT = 32;

export interface CdbContext {
  readonly cdb: Uint8Array;
  readonly cdbLength: number;
  readonly deviceType: number;
  /** Where byte 16 of the CDB stands in the PDU. */
  readonly extensionAt?: number;
}

/** `base`: where the header begins. */
export function cdbNode(node: Node, base: number, context: CdbContext): Node {
  const { cdb, cdbLength, deviceType } = context;
  if (cdbLength === 0) return node;
  const extension = context.extensionAt ?? base + CDB_AT + CDB_BYTES;
  const children = moved(decodeCdb(cdb, 0, cdbLength, deviceType), (byte) =>
    byte < CDB_BYTES ? base + CDB_AT + byte : extension + byte - CDB_BYTES,
  );
  const kind = secretCdbBytes(cdb, cdbLength) === undefined ? node.kind : 'userData';
  return { ...node, meaning: commandText(cdb, 0, cdbLength, deviceType), kind, children };
}

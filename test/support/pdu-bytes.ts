// PDUs as bytes for tests of framing: a header from its table, data, padding and digests.

import { crc32c } from '../../src/lib/crc32c.js';
import { set } from '../../src/wire/field.js';
import { bhs } from '../../src/wire/iscsi/bhs.js';
import { type PduKey, pduNamed } from '../../src/wire/iscsi/pdus.js';
import { concat } from './octets.js';

export interface PduSpec {
  readonly data?: Uint8Array;
  readonly ahs?: Uint8Array;
  readonly headerDigest?: boolean;
  readonly dataDigest?: boolean;
  /** CDB of a SCSI Command, LUN of any. */
  readonly cdb?: readonly number[];
}

/** The digest as it stands on the wire: least significant byte first (RFC 7143 13.1). */
function digest(bytes: Uint8Array): Uint8Array {
  const word = new Uint8Array(4);
  new DataView(word.buffer).setUint32(0, crc32c(bytes, 0, bytes.length, 0), true);
  return word;
}

export function pduBytes(
  key: PduKey,
  fields: Readonly<Record<string, number>> = {},
  spec: PduSpec = {},
): Uint8Array {
  const table = pduNamed(key);
  const header = new Uint8Array(48);
  const view = new DataView(header.buffer);
  const data = spec.data ?? new Uint8Array(0);
  const ahs = spec.ahs ?? new Uint8Array(0);
  set(view, 0, bhs.opcode, table.opcode);
  if (key !== 'scsi-command' && key !== 'data-out' && key !== 'data-in') header[1] |= 0x80;
  if (key === 'login-request' || key === 'login-response') header[1] &= 0x7f;
  set(view, 0, bhs.totalAHSLength, ahs.length / 4);
  set(view, 0, bhs.dataSegmentLength, data.length);
  for (const [name, value] of Object.entries(fields)) set(view, 0, table.byName[name], value);
  for (const [i, byte] of (spec.cdb ?? []).entries()) header[32 + i] = byte;
  const head = concat(header, ahs);
  const padded = concat(data, new Uint8Array(-data.length & 3));
  const parts = [head];
  if (spec.headerDigest) parts.push(digest(head));
  parts.push(padded);
  if (spec.dataDigest && data.length > 0) parts.push(digest(padded));
  return concat(...parts);
}

// What becomes of iSNS messages (RFC 4171): functions, status, tags, lengths and numbers stay; names, addresses
// and symbolic names become pseudonyms; certificates, keys, vendors' attributes and authentication become zeros.

import type { IsnsPdu } from '../pdu/isns/pdu.js';
import { Tag } from '../wire/isns/attributes.js';
import { ISNS_HEADER_BYTES, STATUS_BYTES, TLV_BYTES } from '../wire/isns/header.js';
import { readAttributes } from '../wire/isns/tlvs.js';
import type { DirectionEdits } from './pdu-scrub.js';
import type { Pseudonyms } from './pseudonyms.js';

export interface IsnsKept {
  readonly names: boolean;
  readonly addresses: boolean;
}

/** Responses have the first bit set (RFC 4171 section 4.1). */
const RESPONSE = 0x8000;
/** Names of iSCSI nodes: also those of portal groups, members and proxies. */
const NODE_NAMES: ReadonlySet<number> = new Set([
  Tag.iscsiName,
  Tag.pgIscsiName,
  Tag.ddMemberName,
  101,
]);
/** Port ID, hard address: N_Port IDs in the lower 24 bits. */
const PORT_IDS: ReadonlySet<number> = new Set([65, 69]);
const AUTH_METHOD = 42;
const AUTH_WORDS = /^(?:(?:CHAP|KRB5|SPKM1|SPKM2|SRP|None)(?:,|$))*$/;

export class IsnsScrub {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: IsnsKept;
  readonly #editsOf: (pdu: IsnsPdu) => DirectionEdits | undefined;

  constructor(
    pseudonyms: Pseudonyms,
    kept: IsnsKept,
    editsOf: (pdu: IsnsPdu) => DirectionEdits | undefined,
  ) {
    this.#pseudonyms = pseudonyms;
    this.#kept = kept;
    this.#editsOf = editsOf;
  }

  isns(pdu: IsnsPdu): void {
    if (pdu.connection < 0) return; // of a datagram: scrubbed with its packet
    const place = this.#editsOf(pdu);
    if (place === undefined) return;
    const begin = place.base + pdu.streamOffset;
    place.edits.keep(begin, begin + ISNS_HEADER_BYTES);
    const made = scrubIsns(pdu, this.#pseudonyms, this.#kept);
    place.edits.put(begin + ISNS_HEADER_BYTES, made);
    place.edits.decided(begin + pdu.streamBytes);
  }
}

/** The payload of a message, as it becomes. */
export function scrubIsns(
  pdu: Pick<IsnsPdu, 'payload' | 'functionId' | 'sequenceId'>,
  pseudonyms: Pseudonyms,
  kept: IsnsKept,
): Uint8Array {
  const { payload, functionId, sequenceId } = pdu;
  const made = new Uint8Array(payload.length);
  // What goes on in the middle of an attribute is not understood.
  if (sequenceId !== 0) return made;
  const from = (functionId & RESPONSE) !== 0 ? STATUS_BYTES : 0;
  made.set(payload.subarray(0, Math.min(from, payload.length)));
  for (const { attribute, at, length } of readAttributes(payload, from).values) {
    const value = at + TLV_BYTES;
    made.set(payload.subarray(at, value), at);
    const keep = () => made.set(payload.subarray(value, value + length), value);
    const write = (text: string) => made.set(Buffer.from(text, 'latin1'), value);
    switch (attribute.kind) {
      case 'number':
      case 'port':
        if (length !== 4) break;
        keep();
        if (PORT_IDS.has(attribute.tag) && !kept.addresses) pseudonyms.fcidAt(made, value + 1);
        break;
      case 'time':
        if (length === 8) keep();
        break;
      case 'address':
        if (length !== 16) break;
        keep();
        if (!kept.addresses) pseudonyms.address16(made, value);
        break;
      case 'name8':
        if (length !== 8) break;
        keep();
        if (!kept.names) pseudonyms.wwn(made, value);
        break;
      case 'text':
        write(text(attribute.tag, latin(payload, value, length), pseudonyms, kept));
        break;
      default:
        break;
    }
  }
  return made;
}

function text(tag: number, value: string, pseudonyms: Pseudonyms, kept: IsnsKept): string {
  if (kept.names) return value;
  if (tag === AUTH_METHOD && AUTH_WORDS.test(value)) return value;
  if (NODE_NAMES.has(tag) || /^(?:iqn|naa|eui)\./i.test(value)) return pseudonyms.name(value);
  if (tag === Tag.entityIdentifier) return pseudonyms.address(value);
  return pseudonyms.text(value, tag === Tag.iscsiAlias ? 'aliases' : 'symbolic names');
}

/** Up to the first NUL: what follows is padding. */
function latin(bytes: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && bytes[end] !== 0) end++;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1');
}

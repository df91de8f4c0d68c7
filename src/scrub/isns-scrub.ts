// What becomes of iSNS messages (RFC 4171): functions, status, tags, lengths and numbers stay; names, addresses
// and symbolic names become pseudonyms; certificates, keys, vendors' attributes and authentication become zeros.

import { joinedBytes } from '../lib/joined-bytes.js';
import { SCRUB_EXCHANGES_MAX } from '../limits.js';
import type { IsnsPdu } from '../pdu/isns/pdu.js';
import { get } from '../wire/field.js';
import { type Attribute, attributeOf, Tag } from '../wire/isns/attributes.js';
import { ISNS_HEADER_BYTES, STATUS_BYTES, TLV_BYTES, tlv } from '../wire/isns/header.js';
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

/** An attribute that a PDU of a message ends in (RFC 4171 section 5: a message may be several PDUs). */
interface Open {
  /** Its tag and length, and its value, as far as they were seen. */
  readonly head: Uint8Array;
  readonly value: Uint8Array;
}

const NOTHING: Open = { head: new Uint8Array(0), value: new Uint8Array(0) };

/** The messages of one sender: what a PDU leaves open, the next of its transaction goes on with. */
export class IsnsTexts {
  readonly #open = new Map<number, { readonly sequenceId: number; readonly attribute: Open }>();

  before(transactionId: number, sequenceId: number): Open | undefined {
    if (sequenceId === 0) return NOTHING;
    const known = this.#open.get(transactionId);
    return known?.sequenceId === sequenceId - 1 ? known.attribute : undefined;
  }

  after(transactionId: number, sequenceId: number, attribute: Open): void {
    if (this.#open.size >= SCRUB_EXCHANGES_MAX) this.#open.clear();
    this.#open.set(transactionId, { sequenceId, attribute });
  }
}

export class IsnsScrub {
  readonly #pseudonyms: Pseudonyms;
  readonly #kept: IsnsKept;
  readonly #editsOf: (pdu: IsnsPdu) => DirectionEdits | undefined;
  readonly #texts = new Map<number, IsnsTexts>();

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
    const made = scrubIsns(pdu, this.#textsOf(pdu.direction), this.#pseudonyms, this.#kept);
    place.edits.put(begin + ISNS_HEADER_BYTES, made);
    place.edits.decided(begin + pdu.streamBytes);
  }

  #textsOf(direction: number): IsnsTexts {
    let texts = this.#texts.get(direction);
    if (texts === undefined) {
      if (this.#texts.size >= SCRUB_EXCHANGES_MAX) this.#texts.clear();
      texts = new IsnsTexts();
      this.#texts.set(direction, texts);
    }
    return texts;
  }
}

/** The payload of a PDU, as it becomes. */
export function scrubIsns(
  pdu: Pick<IsnsPdu, 'payload' | 'functionId' | 'transactionId' | 'sequenceId'>,
  texts: IsnsTexts,
  pseudonyms: Pseudonyms,
  kept: IsnsKept,
): Uint8Array {
  const { payload, functionId, transactionId, sequenceId } = pdu;
  const made = new Uint8Array(payload.length);
  const open = texts.before(transactionId, sequenceId);
  // What goes on in the middle of an attribute whose begin was missed is not understood.
  if (open === undefined) return made;
  const status = sequenceId === 0 && (functionId & RESPONSE) !== 0 ? STATUS_BYTES : 0;
  made.set(payload.subarray(0, Math.min(status, payload.length)));
  let { head, value } = open;
  let at = status;
  while (at < payload.length) {
    const headPart = payload.subarray(at, at + TLV_BYTES - head.length);
    made.set(headPart, at);
    at += headPart.length;
    head = joinedBytes([head, headPart]);
    if (head.length < TLV_BYTES) break;
    const view = new DataView(head.buffer);
    const length = get(view, 0, tlv.length);
    const attribute = attributeOf(get(view, 0, tlv.tag));
    const part = payload.subarray(at, at + length - value.length);
    const whole = joinedBytes([value, part]);
    made.set(scrubValue(attribute, length, whole, pseudonyms, kept).subarray(value.length), at);
    at += part.length;
    value = whole;
    if (whole.length < length) break;
    head = NOTHING.head;
    value = NOTHING.value;
  }
  texts.after(transactionId, sequenceId, { head, value });
  return made;
}

/** The first bytes of a value of `length`, as they become; what cannot be told of a part alone is zeros. */
function scrubValue(
  attribute: Attribute,
  length: number,
  bytes: Uint8Array,
  pseudonyms: Pseudonyms,
  kept: IsnsKept,
): Uint8Array {
  const made = bytes.slice();
  const zeros = new Uint8Array(bytes.length);
  const isWhole = bytes.length === length;
  const { kind, tag } = attribute;
  if (kind === 'text') {
    const end = made.indexOf(0);
    const there = end < 0 ? made.length : end;
    zeros.set(Buffer.from(text(tag, latin(made, there), pseudonyms, kept), 'latin1'));
    return zeros;
  }
  if (length !== LENGTHS[kind]) return zeros;
  switch (kind) {
    case 'number':
    case 'port':
      if (!PORT_IDS.has(tag) || kept.addresses) return made;
      if (!isWhole) return zeros;
      pseudonyms.fcidAt(made, 1);
      return made;
    case 'time':
      return made;
    case 'address':
      if (kept.addresses) return made;
      if (!isWhole) return zeros;
      pseudonyms.address16(made, 0);
      return made;
    case 'name8':
      if (kept.names) return made;
      if (!isWhole) return zeros;
      pseudonyms.wwn(made, 0);
      return made;
    default:
      return zeros;
  }
}

/** Values of another length than their kind has are not understood. */
const LENGTHS: Readonly<Partial<Record<Attribute['kind'], number>>> = {
  number: 4,
  port: 4,
  time: 8,
  address: 16,
  name8: 8,
};

function text(tag: number, value: string, pseudonyms: Pseudonyms, kept: IsnsKept): string {
  if (kept.names) return value;
  if (tag === AUTH_METHOD && AUTH_WORDS.test(value)) return value;
  if (NODE_NAMES.has(tag) || /^(?:iqn|naa|eui)\./i.test(value)) return pseudonyms.name(value);
  if (tag === Tag.entityIdentifier) return pseudonyms.address(value);
  return pseudonyms.text(value, tag === Tag.iscsiAlias ? 'aliases' : 'symbolic names');
}

function latin(bytes: Uint8Array, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}

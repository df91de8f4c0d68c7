// The attributes of an iSNS message's payload (RFC 4171 section 5.3), one after the other.

import { addressText } from '../../lib/address.js';
import { SeenTexts } from '../../lib/seen-texts.js';
import { get, hex } from '../field.js';
import { type Attribute, attributeOf } from './attributes.js';
import { TLV_BYTES, tlv } from './header.js';

export interface AttributeValue {
  readonly attribute: Attribute;
  /** Where in the payload the TLV begins, and the length of its value. */
  readonly at: number;
  readonly length: number;
  /** As text: numbers in decimal, addresses and names as people write them. */
  readonly text: string;
  /** Of numbers and ports; NaN of all else. */
  readonly number: number;
}

/**
 * Attributes of `bytes` from `at` on; `whole` false where what is left is no attribute: a length beyond the
 * end, or not a multiple of 4 (section 5.3).
 */
export function readAttributes(
  bytes: Uint8Array,
  at: number,
): { readonly values: AttributeValue[]; readonly whole: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const values: AttributeValue[] = [];
  let p = at;
  while (p + TLV_BYTES <= bytes.length) {
    const attribute = attributeOf(get(view, p, tlv.tag));
    const length = get(view, p, tlv.length);
    if (length % 4 !== 0 || p + TLV_BYTES + length > bytes.length) return { values, whole: false };
    const from = p + TLV_BYTES;
    const number =
      length === 4 && (attribute.kind === 'number' || attribute.kind === 'port')
        ? view.getUint32(from)
        : Number.NaN;
    values.push({
      attribute,
      at: p,
      length,
      text: valueText(view, bytes, from, length, attribute),
      number,
    });
    p = from + length;
  }
  return { values, whole: p === bytes.length };
}

/**
 * The text of the first attribute, undefined where there is none, and of the next one that has some; `whole` as of
 * `readAttributes`. Nothing is made of the others.
 */
export function namesIn(bytes: Uint8Array): {
  readonly source: string | undefined;
  readonly key: string | undefined;
  readonly whole: boolean;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let source: string | undefined;
  let key: string | undefined;
  let p = 0;
  while (p + TLV_BYTES <= bytes.length) {
    const length = get(view, p, tlv.length);
    const next = p + TLV_BYTES + length;
    if (length % 4 !== 0 || next > bytes.length) return { source, key, whole: false };
    if (source === undefined || key === undefined) {
      const attribute = attributeOf(get(view, p, tlv.tag));
      const text = valueText(view, bytes, p + TLV_BYTES, length, attribute);
      if (source === undefined) source = text;
      else if (text !== '') key = text;
    }
    p = next;
  }
  return { source, key, whole: p === bytes.length };
}

const UDP_PORT = 0x10000;
const NAMES = new SeenTexts();

function valueText(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  length: number,
  { kind }: Attribute,
): string {
  if (length === 0) return '';
  switch (kind) {
    case 'number':
      return length === 4 ? String(view.getUint32(at)) : hex(bytes, at, length);
    case 'port': {
      if (length !== 4) return hex(bytes, at, length);
      const value = view.getUint32(at);
      return `${value & 0xffff}${(value & UDP_PORT) !== 0 ? '/udp' : ''}`;
    }
    case 'address':
      if (length !== 16) return hex(bytes, at, length);
      return addressText(
        view.getUint32(at),
        view.getUint32(at + 4),
        view.getUint32(at + 8),
        view.getUint32(at + 12),
      );
    case 'time':
      return length === 8 ? String(view.getBigUint64(at)) : hex(bytes, at, length);
    case 'text': {
      let end = at;
      while (end < at + length && bytes[end] !== 0) end++;
      return NAMES.text(bytes, at, end);
    }
    case 'secret':
      return '(hidden)';
    default:
      return hex(bytes, at, length);
  }
}

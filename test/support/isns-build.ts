// iSNS messages for tests, written by the tables that read them.

import { set } from '../../src/wire/field.js';
import { Tag } from '../../src/wire/isns/attributes.js';
import { ISNS_HEADER_BYTES, isnsHeader } from '../../src/wire/isns/header.js';
import { concat } from './octets.js';

export interface IsnsParts {
  readonly functionId: number;
  readonly transactionId: number;
  readonly byServer?: boolean;
  readonly sequenceId?: number;
  readonly first?: boolean;
  readonly last?: boolean;
}

export function isnsPdu(parts: IsnsParts, payload: Uint8Array): Uint8Array {
  const header = new Uint8Array(ISNS_HEADER_BYTES);
  const put = (name: keyof typeof isnsHeader, value: number) =>
    set(new DataView(header.buffer), 0, isnsHeader[name], value);
  put('isnspVersion', 1);
  put('functionId', parts.functionId);
  put('pduLength', payload.length);
  put(parts.byServer ? 'fromServer' : 'fromClient', 1);
  put('firstPdu', parts.first === false ? 0 : 1);
  put('lastPdu', parts.last === false ? 0 : 1);
  put('transactionId', parts.transactionId);
  put('sequenceId', parts.sequenceId ?? 0);
  return concat(header, payload);
}

export function status(code: number, ...attributes: Uint8Array[]): Uint8Array {
  return concat(word(code), ...attributes);
}

export function text(tag: number, value: string): Uint8Array {
  const bytes = Buffer.from(`${value}\0`, 'utf8');
  return concat(word(tag), word((bytes.length + 3) & ~3), padded(bytes));
}

export function number(tag: number, value: number): Uint8Array {
  return concat(word(tag), word(4), word(value));
}

/** IPv4-mapped. */
export function address(tag: number, a: number, b: number, c: number, d: number): Uint8Array {
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d);
  return concat(word(tag), word(16), bytes);
}

/** An attribute without a value: a query asks for it. */
export function empty(tag: number): Uint8Array {
  return concat(word(tag), word(0));
}

export const DELIMITER = empty(Tag.delimiter);

function word(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

function padded(bytes: Uint8Array): Uint8Array {
  const all = new Uint8Array((bytes.length + 3) & ~3);
  all.set(bytes);
  return all;
}

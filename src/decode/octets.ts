// The bytes of a PDU at hand, part by part, in the order of the wire.

import { DIGEST_NONE, DIGEST_UNKNOWN, type Pdu } from '../pdu/pdu.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { walkTree } from '../wire/tree.js';
import { keptData, uncaptured } from './absence.js';
import type { PduFacts } from './facts.js';
import { dataStart } from './pdu-tree.js';

export interface PduPart {
  /** From the PDU's first byte. */
  readonly at: number;
  readonly what: string;
  /** Copied. */
  readonly bytes: Uint8Array;
  /** Bytes that belong here but are not in `bytes`, and why. */
  readonly absent: number;
  readonly why: string;
}

const UNCAPTURED = 'were not captured';
const UNKEPT = 'were captured, but are more than is shown';

export function pduParts(facts: PduFacts, showSecrets: boolean): PduPart[] {
  const { pdu } = facts;
  const header = Math.min(BHS_BYTES, pdu.headerCaptured);
  const parts = [part(0, 'header', pdu.bytes, pdu.at, header, BHS_BYTES)];
  if (pdu.ahsLength > 0) {
    parts.push(part(BHS_BYTES, 'AHS', pdu.ahs, 0, pdu.ahsKept, pdu.ahsLength));
  }
  const { headerDigest, headerDigestWord, dataDigest, dataDigestWord } = pdu;
  parts.push(...digest('header digest', BHS_BYTES + pdu.ahsLength, headerDigest, headerDigestWord));
  const data = dataStart(pdu);
  const length = pdu.dataSegmentLength;
  if (length > 0) parts.push(dataPart(facts, data, showSecrets), ...padding(pdu, data + length));
  const end = data + length + pdu.paddingLength;
  return [...parts, ...digest('data digest', end, dataDigest, dataDigestWord)];
}

/** User data and secrets stay hidden here too. */
function dataPart(facts: PduFacts, at: number, showSecrets: boolean): PduPart {
  const { pdu } = facts;
  const kept = keptData(pdu);
  const length = pdu.dataSegmentLength;
  const captured = length - uncaptured(pdu);
  if (!showSecrets && captured > 0 && hasSecret(facts)) {
    const bytes = new Uint8Array(0);
    const rest = captured < length ? `, ${length - captured} of them not captured` : '';
    const why = `are hidden (--show-secrets shows them)${rest}`;
    return { at, what: 'data', bytes, absent: length, why };
  }
  const whole = part(at, 'data', pdu.data, 0, kept, length);
  if (captured <= kept) return whole;
  if (captured === length) return { ...whole, why: UNKEPT };
  return { ...whole, why: `are not shown, ${length - captured} of them were not captured` };
}

function hasSecret(facts: PduFacts): boolean {
  for (const node of walkTree(facts.tree())) {
    if (node.kind === 'userData' || node.value === '(hidden)') return true;
  }
  return false;
}

function padding(pdu: Pdu, at: number): PduPart[] {
  if (pdu.paddingLength === 0) return [];
  const bytes = new Uint8Array(pdu.paddingKept);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = pdu.padding >>> ((bytes.length - 1 - i) * 8);
  }
  return [part(at, 'padding', bytes, 0, bytes.length, pdu.paddingLength)];
}

/** Digests stand least significant byte first on the wire (RFC 7143 13.1). */
function digest(what: string, at: number, state: number, word: number): PduPart[] {
  if (state === DIGEST_NONE) return [];
  const bytes = Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24);
  return [part(at, what, bytes, 0, state === DIGEST_UNKNOWN ? 0 : 4, 4)];
}

function part(
  at: number,
  what: string,
  bytes: Uint8Array,
  from: number,
  kept: number,
  length: number,
): PduPart {
  const absent = length - kept;
  return { at, what, bytes: bytes.slice(from, from + kept), absent, why: UNCAPTURED };
}

// The bytes of a PDU at hand, part by part, in the order of the wire.

import { DIGEST_NONE, DIGEST_UNKNOWN, type Pdu } from '../pdu/pdu.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { keptData, uncaptured } from './absence.js';
import type { PduFacts } from './facts.js';
import { dataStart } from './pdu-tree.js';
import { hidesDigest, isOpenAhs, openDataBytes, secretHeaderBytes } from './secrets.js';

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
  const parts = headerParts(pdu, showSecrets);
  if (pdu.ahsLength > 0) {
    const open = showSecrets || isOpenAhs(facts.tree());
    const ahs = capturedPart(BHS_BYTES, 'AHS', pdu.ahs, 0, pdu.ahsKept, pdu.ahsLength);
    parts.push(open ? ahs : hidden(BHS_BYTES, 'AHS', pdu.ahsLength));
  }
  parts.push(...digest(facts, 'headerDigest', BHS_BYTES + pdu.ahsLength, showSecrets));
  const data = dataStart(pdu);
  const length = pdu.dataSegmentLength;
  if (length > 0) {
    const open = showSecrets ? length : openDataBytes(facts, data);
    parts.push(...dataParts(pdu, data, open));
    parts.push(...padding(pdu, data + length, showSecrets));
  }
  const end = data + length + pdu.paddingLength;
  return [...parts, ...digest(facts, 'dataDigest', end, showSecrets)];
}

function headerParts(pdu: Pdu, showSecrets: boolean): PduPart[] {
  const captured = Math.min(BHS_BYTES, pdu.headerCaptured);
  const header = pdu.bytes.subarray(pdu.at, pdu.at + captured);
  const secret = showSecrets ? undefined : secretHeaderBytes(header, captured);
  if (secret === undefined) return [capturedPart(0, 'header', header, 0, captured, BHS_BYTES)];
  const [from, to] = secret;
  return [
    capturedPart(0, 'header', header, 0, from, from),
    hidden(from, 'CDB', to - from),
    capturedPart(to, 'header', header, to, captured - to, BHS_BYTES - to),
  ];
}

/** User data and secrets stay hidden here too: what is behind the first `open` bytes. */
function dataParts(pdu: Pdu, at: number, open: number): PduPart[] {
  const kept = keptData(pdu);
  const length = pdu.dataSegmentLength;
  const captured = length - uncaptured(pdu);
  if (open < length && captured > 0) {
    const more = captured < length ? `, ${length - captured} of them not captured` : '';
    const rest = hidden(at + open, 'data', length - open, HIDDEN_WORDS + more);
    return open === 0
      ? [rest]
      : [capturedPart(at, 'data', pdu.data, 0, Math.min(kept, open), open), rest];
  }
  const whole = capturedPart(at, 'data', pdu.data, 0, kept, length);
  if (captured <= kept) return [whole];
  if (captured === length) return [{ ...whole, why: UNKEPT }];
  return [{ ...whole, why: `are not shown, ${length - captured} of them were not captured` }];
}

function hidden(at: number, what: string, absent: number, why = HIDDEN_WORDS): PduPart {
  return { at, what, bytes: new Uint8Array(0), absent, why };
}

const HIDDEN_WORDS = 'are hidden (--show-secrets shows them)';

/** Other than zero it may be the end of what was there before. */
function padding(pdu: Pdu, at: number, showSecrets: boolean): PduPart[] {
  if (pdu.paddingLength === 0) return [];
  if (!showSecrets && pdu.padding !== 0) return [hidden(at, 'padding', pdu.paddingLength)];
  const bytes = new Uint8Array(pdu.paddingKept);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = pdu.padding >>> ((bytes.length - 1 - i) * 8);
  }
  return [capturedPart(at, 'padding', bytes, 0, bytes.length, pdu.paddingLength)];
}

/** Digests stand least significant byte first on the wire (RFC 7143 13.1). */
function digest(
  facts: PduFacts,
  name: 'headerDigest' | 'dataDigest',
  at: number,
  showSecrets: boolean,
): PduPart[] {
  const { pdu } = facts;
  const state = pdu[name];
  if (state === DIGEST_NONE) return [];
  const isHeader = name === 'headerDigest';
  const what = isHeader ? 'header digest' : 'data digest';
  const word = isHeader ? pdu.headerDigestWord : pdu.dataDigestWord;
  const secret = !showSecrets && hidesDigest(facts, name, dataStart(pdu), facts.tree());
  if (secret && state !== DIGEST_UNKNOWN) return [hidden(at, what, 4)];
  const bytes = Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24);
  return [capturedPart(at, what, bytes, 0, state === DIGEST_UNKNOWN ? 0 : 4, 4)];
}

/** The first `kept` of `length` bytes, from `from` on; the rest was not captured. */
export function capturedPart(
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

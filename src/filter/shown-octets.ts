// What a filter or a column may see of a PDU's octets: what is hidden by rule can be neither printed nor searched
// for, since each question about it would be a guess that is answered.

import type { PduFacts } from '../decode/facts.js';
import { dataStart } from '../decode/pdu-tree.js';
import { openDataBytes, secretHeaderBytes } from '../decode/secrets.js';

/** Bytes of the data at hand, from its first on, that may be seen. */
export function shownDataBytes(facts: PduFacts): number {
  const { pdu } = facts;
  const kept = Math.min(pdu.dataKept, pdu.dataSegmentLength);
  if (facts.showSecrets || kept === 0) return kept;
  return Math.min(kept, openDataBytes(facts, dataStart(pdu)));
}

/** Octets of the header from `at` on, as hex: those of a CDB that are hidden count as zeros. */
export function shownHeader(facts: PduFacts, at: number, text: string): string {
  if (facts.showSecrets) return text;
  const { pdu } = facts;
  const header = pdu.bytes.subarray(pdu.at, pdu.at + pdu.headerCaptured);
  const secret = secretHeaderBytes(header, pdu.headerCaptured);
  if (secret === undefined) return text;
  const from = Math.max(0, secret[0] - at) * 2;
  const to = Math.min(text.length, Math.max(0, secret[1] - at) * 2);
  return to <= from ? text : text.slice(0, from) + '0'.repeat(to - from) + text.slice(to);
}

export function zeros(octets: number): string {
  return '00'.repeat(Math.max(0, octets));
}

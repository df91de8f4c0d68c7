// Our decode against tshark's, PDU by PDU and field by field, through the names of tshark that our
// filters know: each must have the value that tshark shows.

import type { PduFacts } from '../../src/decode/facts.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import type { FilterField, Value } from '../../src/filter/field.js';
import { pduBook } from '../../src/filter/pdu-filter.js';
import { analyse } from '../../src/pipeline.js';
import { type PdmlField, type PdmlPdu, pdmlPdus } from './pdml.js';

export interface Verdict {
  pdus: number;
  /** PDUs that tshark shows and we do not. */
  readonly missing: string[];
  /** PDUs that we tell and tshark does not show. */
  more: number;
  /** tshark's field → times equal. */
  readonly equal: Map<string, number>;
  /** "name: what is different". */
  readonly different: string[];
  /** iSCSI fields of tshark's that we have no name for; of SCSI's: names. */
  readonly unknown: Set<string>;
}

/** Packets after a PDU's last byte in which tshark may show it. */
const LATE = 8;

export async function judgePdus(path: string, packets: number): Promise<Verdict> {
  const theirs = pdmlPdus(path, packets);
  const verdict: Verdict = {
    pdus: 0,
    missing: [],
    more: 0,
    equal: new Map(),
    different: [],
    unknown: new Set(),
  };
  let over = false;
  const reader = new PduReader({
    details: true,
    showSecrets: true,
    take: (facts) => {
      if (facts.pdu.frameEnd > packets) {
        over = facts.pdu.frame > packets;
        return;
      }
      // Of a PDU whose data was cut tshark knows in its first packet all that it will ever know.
      const { frame, frameEnd } = facts.pdu;
      let found = take(theirs, frameEnd, facts) ?? take(theirs, frame, facts);
      // One that waited for a retransmission has its last byte before the packet that completed it.
      const late = facts.pdu.dataSegmentLength > 0 ? LATE : 0;
      for (let i = 1; found === undefined && i <= late; i++) {
        found = take(theirs, frameEnd + i, facts);
      }
      if (found === undefined) {
        verdict.more++;
        return;
      }
      verdict.pdus++;
      for (const field of found.fields) compare(field, facts, verdict);
    },
  });
  const stop = (): boolean => over;
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look, stop });
  for (const pdus of theirs.values()) {
    for (const { frame, title } of pdus) verdict.missing.push(`${frame} ${title}`);
  }
  return verdict;
}

function take(theirs: Map<number, PdmlPdu[]>, frame: number, facts: PduFacts): PdmlPdu | undefined {
  const list = theirs.get(frame) ?? [];
  const at = list.findIndex((pdu) => isSame(pdu, facts));
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

/** What tells a PDU from its neighbours. */
const IDENTITY = [
  'iscsi.opcode',
  'iscsi.initiatortasktag',
  'iscsi.cmdsn',
  'iscsi.statsn',
  'iscsi.datasn',
  'iscsi.r2tsn',
];

function isSame(theirs: PdmlPdu, facts: PduFacts): boolean {
  return IDENTITY.every((name) => {
    const field = theirs.fields.find((f) => f.name === name);
    return field === undefined || isEqual(field, valuesOf(name, facts));
  });
}

function valuesOf(name: string, facts: PduFacts): readonly Value[] | undefined {
  const field = pduBook().find(name);
  return field === undefined ? undefined : read(field, facts);
}

function read(field: FilterField<PduFacts>, facts: PduFacts): readonly Value[] {
  if (field.values !== undefined) return field.values(facts);
  const value = field.number?.(facts) ?? Number.NaN;
  return Number.isNaN(value) ? [] : [value];
}

function compare(field: PdmlField, facts: PduFacts, verdict: Verdict): void {
  // Not on the wire: what tshark believes the device to be.
  if (field.showname.startsWith('Command Set:')) return;
  const ours = valuesOf(field.name, facts);
  if (ours === undefined) {
    verdict.unknown.add(field.name);
    return;
  }
  if (isEqual(field, ours)) {
    verdict.equal.set(field.name, (verdict.equal.get(field.name) ?? 0) + 1);
    return;
  }
  const { table, pdu } = facts;
  const what = `${table.name} in packet ${pdu.frameEnd}: ${field.showname}`;
  const mine = ours.map(String).join(', ').slice(0, 80);
  verdict.different.push(`${field.name}: ${what.slice(0, 160)}; ours: ${mine || 'absent'}`);
}

function isEqual({ name, show, value }: PdmlField, ours: readonly Value[] | undefined): boolean {
  if (ours === undefined) return false;
  return ours.some((v) => {
    if (name === 'iscsi.time' || name === 'scsi.time') {
      return Math.abs(Number(v) / 1e9 - Number(show)) < 1e-9;
    }
    if (value === undefined || value === '')
      return String(v) === show || Number(v) === Number(show);
    if (typeof v !== 'string') {
      return BigInt(v) === BigInt(`0x${value}`) || (show !== '' && Number(v) === Number(show));
    }
    // Of user data a part is kept.
    if (name === 'iscsi.immediatedata' && v.length >= 8192 && value.startsWith(v)) return true;
    return v === value || v === show || v === text(value) || v === show.trimEnd();
  });
}

/** The bytes as text: spaces and zeros at the end do not count. */
function text(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  return bytes.toString('latin1').replace(/[\0 ]+$/, '');
}

// The LUN of a PDU as filter fields: its own, else that of its command; and as tshark reads it, level
// by level (SAM-5 4.7).

import type { PduFacts } from '../decode/facts.js';
import { hex64 } from '../lib/hex.js';
import { present } from '../wire/field.js';
import { LUN, LUN_END, LUN_LOW } from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { lunLevels, lunText } from '../wire/scsi/lun.js';
import type { FilterField } from './field.js';

type Words = readonly [high: number, low: number];

export const LUN_FIELDS: readonly FilterField<PduFacts>[] = [
  {
    name: 'lun',
    kind: 'word',
    needs: 'header',
    section: '11.2.1.7',
    about: 'as 16 hex digits, or in words (1, 256, 1/2): its own, else that of its command',
    values: (facts) => {
      const words = ownWords(facts) ?? taskWords(facts);
      return words === undefined ? [] : [hex64(...words), lunText(...words)];
    },
  },
  {
    name: 'lunNumber',
    kind: 'number',
    needs: 'header',
    about: 'of each level, and of its command where that is one level',
    values: (facts) => {
      const levels = levelsOf(facts).flatMap(({ text }) => text.match(/\d+$/) ?? []);
      const task = taskWords(facts);
      const all = task === undefined ? levels : [...levels, lunText(...task)];
      return [...new Set(all.filter((text) => /^\d{1,15}$/.test(text)).map(Number))];
    },
  },
  {
    name: 'lunAddressMethod',
    kind: 'number',
    needs: 'header',
    about: 'SAM, of each level: 0 peripheral, 1 flat, 2 logical unit, 3 extended',
    values: (facts) => {
      const words = tsharkWords(facts);
      if (words === undefined) return [];
      const hex = hex64(...words);
      return levelsOf(facts).map(
        ({ byte }) => Number.parseInt(hex.slice(2 * byte, 2 * byte + 2), 16) >> 6,
      );
    },
  },
  {
    name: 'lunLong',
    kind: 'octets',
    needs: 'header',
    values: (facts) =>
      [tsharkWords(facts), taskWords(facts)].flatMap((words) => (words ? [hex64(...words)] : [])),
  },
];

/** Where the PDU has one that means something. */
function ownWords(facts: PduFacts): Words | undefined {
  const { pdu, table } = facts;
  const field = table.byName['lun'];
  if (field === undefined || pdu.headerCaptured < pduBytesOf(facts)) return undefined;
  return present(pdu.view, pdu.at, field) ? headerWords(facts) : undefined;
}

/** The condition of a LUN reads other fields of the header: they must be there too. */
function pduBytesOf({ table }: PduFacts): number {
  const of = table.byName['lun']?.when?.of ?? [];
  return of.reduce((end, f) => Math.max(end, f.byte + f.size), LUN_END);
}

/** tshark shows the bytes, whatever they mean; in Data-In only with the A bit. */
function tsharkWords(facts: PduFacts): Words | undefined {
  const { pdu, table } = facts;
  if (pdu.opcode === Opcode.dataIn) return ownWords(facts);
  if (!('lun' in table.byName) || table.key === 'other') return undefined;
  return pdu.headerCaptured >= LUN_END ? headerWords(facts) : undefined;
}

function headerWords({ pdu }: PduFacts): Words {
  return [pdu.view.getUint32(pdu.at + LUN), pdu.view.getUint32(pdu.at + LUN_LOW)];
}

function taskWords({ task }: PduFacts): Words | undefined {
  return task === null || !task.commandSeen ? undefined : [task.lunHigh, task.lunLow];
}

function levelsOf(facts: PduFacts): ReturnType<typeof lunLevels> {
  const words = tsharkWords(facts);
  return words === undefined ? [] : lunLevels(...words);
}

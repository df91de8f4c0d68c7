// Fields of the 48-byte headers as filter fields, read straight from the header by the field tables.

import type { PduFacts } from '../decode/facts.js';
import { type Field, get, hex, present } from '../wire/field.js';
import { codeName, type Names } from '../wire/iscsi/codes.js';
import { PDUS } from '../wire/iscsi/pdus.js';
import type { FilterField, FilterKind, Value } from './field.js';
import { shownHeader } from './shown-octets.js';

const OPCODES = 64;
const NONE: readonly Value[] = [];
const NO_TEXT: readonly string[] = [];

/** One name, and where each PDU that has it keeps it. */
export type ByOpcode = readonly (Field | undefined)[];

/** Every name of the tables, reserved fields too, by the opcode of the PDU. */
export function headerNames(): Map<string, ByOpcode> {
  const found = new Map<string, (Field | undefined)[]>();
  for (const table of PDUS) {
    for (const f of table.fields) {
      let places = found.get(f.name);
      if (places === undefined) {
        places = new Array(OPCODES).fill(undefined);
        found.set(f.name, places);
      }
      places[table.opcode] = f;
    }
  }
  return found;
}

export function headerField(name: string, places: ByOpcode): FilterField<PduFacts> {
  const first = places.find((f) => f !== undefined);
  if (first === undefined) throw new Error(`no PDU has ${name}`);
  const common = { name, needs: 'header' as const, unit: first.unit, section: first.section };
  if (first.size === 0) {
    return { ...common, kind: 'octets', values: (facts) => octetsOf(facts, places) };
  }
  const number = (facts: PduFacts): number => headerNumber(facts, places);
  const tables = [...new Set(places.map((f) => f?.names).filter((names) => names !== undefined))];
  if (tables.length === 0) return { ...common, kind: kindOf(first), number };
  const names = Object.assign({}, ...tables) as Names;
  const field = { ...common, kind: 'code' as const, names, number };
  return tables.length === 1 ? field : manyNames(field, places, tables);
}

/** The same field has other names in other PDUs (response, reason, type). */
function manyNames(
  field: FilterField<PduFacts>,
  places: ByOpcode,
  tables: readonly Names[],
): FilterField<PduFacts> {
  const all = tables.flatMap((names) => Object.values(names));
  // For asking whether any table has a name: the codes do not matter here.
  const names = Object.fromEntries([...new Set(all)].map((name, i) => [1000 + i, name]));
  const texts = (facts: PduFacts): readonly string[] => {
    const f = places[facts.pdu.opcode];
    const value = headerNumber(facts, places);
    return f?.names === undefined || Number.isNaN(value) ? NO_TEXT : [codeName(f.names, value)];
  };
  return { ...field, names, texts };
}

function kindOf(f: Field): FilterKind {
  if (f.kind === 'flag') return 'flag';
  return f.unit === 'bytes' ? 'size' : 'number';
}

/** NaN where the PDU does not have the field, or it was not captured. */
function headerNumber({ pdu }: PduFacts, places: ByOpcode): number {
  const f = places[pdu.opcode];
  if (f === undefined || f.byte + f.size > pdu.headerCaptured) return Number.NaN;
  return present(pdu.view, pdu.at, f) ? get(pdu.view, pdu.at, f) : Number.NaN;
}

function octetsOf(facts: PduFacts, places: ByOpcode): readonly Value[] {
  const { pdu } = facts;
  const f = places[pdu.opcode];
  if (f === undefined || f.byte + f.width / 8 > pdu.headerCaptured) return NONE;
  return [shownHeader(facts, f.byte, hex(pdu.bytes, pdu.at + f.byte, f.width / 8))];
}

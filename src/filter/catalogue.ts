// Every field that may be asked for and that JSON shows, as rows: for `sanscope fields` and its docs.

import { textKey } from '../wire/iscsi/keys.js';
import { PDUS } from '../wire/iscsi/pdus.js';
import { scsiCatalog } from '../wire/scsi/catalog.js';
import { tsharkNames } from '../wire/scsi/tshark-names.js';
import type { FilterField, FilterKind } from './field.js';
import { messageNames, messageOwnName, messageTsharkNames } from './message-fields.js';
import { type PduBook, pduBook } from './pdu-filter.js';
import { pathNames } from './tree-fields.js';
import { tsharkIscsiNames, tsharkNameOf } from './tshark-fields.js';

export interface FieldRow {
  readonly name: string;
  readonly type: FilterKind;
  readonly unit: string;
  /** Of RFC 7143, where none other is named. */
  readonly section: string;
  /** tshark's name, where it has one. */
  readonly tshark: string;
  /** PDUs that have it, or what it is. */
  readonly about: string;
}

/** In the order: headers, road and tasks, text keys, decoded data, tshark's own names. */
export function fieldRows(): FieldRow[] {
  const book = pduBook();
  const own = [...book.own()].map((f) => ownRow(book, f));
  const known = structures();
  const paths = [...pathNames()].map(([name, type]): FieldRow => {
    const { unit, of } = known.get(name) ?? { unit: '', of: [] };
    const more = of.length > STRUCTURES_NAMED ? `, … (${of.length} in all)` : '';
    const about = `${of.slice(0, STRUCTURES_NAMED).join(', ')}${more}`;
    const section = textKey(name.replace(/^keys\./, ''))?.section ?? '';
    return { name, type, unit, section, tshark: '', about };
  });
  const foreign = [...tsharkIscsiNames(), ...tsharkNames()].flatMap((name) => {
    const f = book.find(name);
    return f === undefined ? [] : [foreignRow(name, f)];
  });
  return [...own, ...paths, ...foreign, ...messageRows()];
}

/** Fields of messages that are no iSCSI PDUs: ours, and tshark's beside them. */
function messageRows(): FieldRow[] {
  const known = new Map<string, string>();
  for (const name of messageTsharkNames()) {
    const own = messageOwnName(name);
    if (!known.has(own)) known.set(own, name);
  }
  return [...messageNames()].map(([name, { kind: type, unit = '', section = '', about }]) => {
    return { name, type, unit, section, tshark: known.get(name) ?? '', about };
  });
}

const STRUCTURES_NAMED = 4;

/** Path → unit, and the CDBs, pages and data in which it stands. */
function structures(): Map<string, { unit: string; of: string[] }> {
  const found = new Map<string, { unit: string; of: string[] }>();
  for (const structure of scsiCatalog()) {
    const part = structure.kind === 'cdb' || structure.kind === 'sense' ? structure.kind : 'data';
    for (const f of structure.fields) {
      const path = `${part}.${f.name}`;
      const entry = found.get(path) ?? { unit: f.unit ?? '', of: [] };
      if (!entry.of.includes(structure.label)) entry.of.push(structure.label);
      found.set(path, entry);
    }
  }
  return found;
}

function ownRow(book: PduBook, f: FilterField<never>): FieldRow {
  const places = book.headers.get(f.name);
  const header = places !== undefined && f.needs === 'header';
  const pdus = header ? PDUS.filter((pdu) => places[pdu.opcode] !== undefined) : [];
  const of = pdus.length === PDUS.length ? 'all PDUs' : pdus.map((pdu) => pdu.short).join(', ');
  return {
    name: f.name,
    type: f.kind,
    unit: unitOf(f),
    section:
      f.section ??
      pdus
        .map((pdu) => pdu.section)
        .slice(0, 1)
        .join(''),
    tshark: tsharkNameOf(f.name) ?? '',
    about: f.about ?? of,
  };
}

function foreignRow(name: string, f: FilterField<never>): FieldRow {
  const about = 'as in tshark';
  return { name, type: f.kind, unit: unitOf(f), section: '', tshark: name, about };
}

function unitOf({ kind, unit }: FilterField<never>): string {
  if (kind === 'duration') return 'time';
  if (kind === 'nanoseconds') return 'ns';
  return kind === 'size' ? 'bytes' : (unit ?? '');
}

// Filters over PDUs: all names that may be asked for, and where each is found.

import type { PduFacts } from '../decode/facts.js';
import { dataStart } from '../decode/pdu-tree.js';
import { hidesDigest } from '../decode/secrets.js';
import { hex } from '../wire/field.js';
import { ASYNC_EVENT } from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { TEXT_KEYS } from '../wire/iscsi/keys.js';
import { findNode } from '../wire/tree.js';
import { compileFilter, type Filter } from './compile.js';
import type { FieldBook, FilterField, Value } from './field.js';
import { type ByOpcode, headerField, headerNames } from './header-fields.js';
import { LUN_FIELDS } from './lun-fields.js';
import { messageField } from './message-fields.js';
import { MESSAGE_PROTOCOLS, PROTOCOLS } from './protocols.js';
import { ROAD_FIELDS } from './road-fields.js';
import { shownDataBytes } from './shown-octets.js';
import { TASK_FIELDS } from './task-fields.js';
import { pathField, pathNames, treeField } from './tree-fields.js';
import { allTsharkNames, tsharkField } from './tshark-fields.js';
import { isTsharkOnly } from './tshark-only.js';

export type PduFilter = Filter<PduFacts>;
type PduField = FilterField<PduFacts>;
const NONE: readonly Value[] = [];

/** Throws a FilterError that points at what is wrong. */
export function pduFilter(text: string): PduFilter {
  return compileFilter(text, pduBook());
}

let book: PduBook | undefined;

export function pduBook(): PduBook {
  book ??= new PduBook();
  return book;
}

/** Our names go before tshark's; of ours, the header's before the road's and the task's. */
export class PduBook implements FieldBook<PduFacts> {
  readonly headers: ReadonlyMap<string, ByOpcode> = headerNames();
  readonly #own: Map<string, PduField> = new Map();

  constructor() {
    for (const f of TASK_FIELDS) this.#own.set(f.name, ofTask(f));
    for (const key of TEXT_KEYS) {
      this.#own.set(key.name, {
        ...treeField(key.name, ['keys'], [key.name], 'text'),
        section: key.section,
      });
    }
    for (const [name, places] of this.headers) this.#own.set(name, headerField(name, places));
    for (const f of ROAD_FIELDS) this.#own.set(f.name, f);
    for (const f of SPECIAL) this.#own.set(f.name, f);
  }

  find(name: string): PduField | undefined {
    return (
      this.#own.get(name) ??
      pathField(name) ??
      tsharkField(name, this.headers, (own) => this.#own.get(own)) ??
      PROTOCOLS.get(name) ??
      ofMessages(name)
    );
  }

  /** Fields by our own names. */
  own(): IterableIterator<PduField> {
    return this.#own.values();
  }

  *names(): Generator<string> {
    yield* this.#own.keys();
    yield* pathNames().keys();
    yield* allTsharkNames();
    yield* PROTOCOLS.keys();
  }

  whyNot(name: string): string | undefined {
    return isTsharkOnly(name)
      ? `tshark has the field ${name}, sanscope does not decode it`
      : undefined;
  }
}

/** What only messages beside iSCSI's PDUs have: a filter may ask for it, and no PDU is meant. */
function ofMessages(name: string): PduField | undefined {
  const f = messageField(name);
  if (f === undefined && !MESSAGE_PROTOCOLS.has(name)) return undefined;
  const { kind = 'flag', names, unit } = f ?? {};
  return { name, kind, names, unit, needs: 'header', values: () => NONE };
}

/** A field of the PDU's task, as known when the PDU ends. */
function ofTask(f: FilterField<NonNullable<PduFacts['task']>>): PduField {
  const { name, kind, names, unit, section, about, number, values } = f;
  return {
    ...{ name, kind, names, unit, section, about },
    needs: 'end',
    number: number && ((facts) => (facts.task === null ? Number.NaN : number(facts.task))),
    values: values && ((facts) => (facts.task === null ? NONE : values(facts.task))),
  };
}

const SPECIAL: readonly PduField[] = [
  ...LUN_FIELDS,
  {
    name: 'frameNumber',
    kind: 'number',
    needs: 'end',
    about: 'packet of its first or of its last byte',
    values: ({ pdu }) => (pdu.frame === pdu.frameEnd ? [pdu.frame] : [pdu.frame, pdu.frameEnd]),
  },
  {
    name: 'text',
    kind: 'text',
    needs: 'data',
    about: 'key=value',
    values: (facts) => (facts.text ?? []).map(([key, value]) => `${key}=${value}`),
  },
  word32('headerDigestWord', (facts) =>
    facts.pdu.headerDigest === 0 || hides(facts, 'headerDigest') ? -1 : facts.pdu.headerDigestWord,
  ),
  word32('dataDigestWord', (facts) => {
    const { pdu } = facts;
    if (pdu.dataDigest === 0 || pdu.dataSegmentLength === 0) return -1;
    return hides(facts, 'dataDigest') ? -1 : pdu.dataDigestWord;
  }),
  {
    name: 'paddingOctets',
    kind: 'octets',
    needs: 'end',
    values: ({ pdu, showSecrets }) =>
      pdu.paddingKept === 0 || (pdu.padding !== 0 && !showSecrets)
        ? NONE
        : [(pdu.padding >>> 0).toString(16).padStart(pdu.paddingKept * 2, '0')],
  },
  octets('data', () => true),
  octets('pingData', (f) => (f.pdu.opcode & 0x1f) === Opcode.nopOut),
  octets('immediateData', (f) => f.pdu.opcode === Opcode.scsiCommand),
  octets('vendorSpecificData', (f) => f.table.key === 'other'),
  octets('eventData', (f) => f.pdu.opcode === Opcode.asyncMessage && findEvent(f) !== 0),
  {
    name: 'senseLength',
    kind: 'size',
    needs: 'data',
    values: (facts) => {
      if (facts.pdu.opcode !== Opcode.scsiResponse || facts.pdu.dataSegmentLength === 0)
        return NONE;
      const node = findNode(facts.tree(), 'senseLength');
      return node === undefined || node.value === null ? NONE : [node.value];
    },
  },
];

function findEvent({ pdu }: PduFacts): number {
  return pdu.headerCaptured > ASYNC_EVENT ? pdu.view.getUint8(pdu.at + ASYNC_EVENT) : -1;
}

/** Least significant byte first on the wire, as tshark shows it. */
function word32(name: string, read: (facts: PduFacts) => number): PduField {
  return {
    name,
    kind: 'number',
    needs: 'end',
    number: (facts) => {
      const word = read(facts);
      if (word < 0) return Number.NaN;
      const low = ((word & 0xff) << 24) | ((word & 0xff00) << 8);
      return (low | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
    },
  };
}

function hides(facts: PduFacts, name: 'headerDigest' | 'dataDigest'): boolean {
  return hidesDigest(facts, name, dataStart(facts.pdu), facts.tree());
}

/** Octets of the data segment at hand, as far as they may be seen. */
function octets(name: string, applies: (facts: PduFacts) => boolean): PduField {
  return {
    name,
    kind: 'octets',
    needs: 'data',
    values: (facts) => {
      const { pdu } = facts;
      if (pdu.dataSegmentLength === 0 || !applies(facts)) return NONE;
      const open = shownDataBytes(facts);
      return open === 0 ? NONE : [hex(pdu.data, 0, open)];
    },
  };
}

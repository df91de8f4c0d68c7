// FC-CT (FC-GS): the preamble of every CT_IU, and what the name server is asked and answers.

import { type Field, field, reserved } from '../field.js';
import {
  CT_COMMAND_NAMES,
  CT_EXPLANATION_NAMES,
  CT_REASON_NAMES,
  GS_TYPE_NAMES,
  TYPE_NAMES,
} from './codes.js';

export const CT_PREAMBLE_BYTES = 16;

export const ctPreamble = {
  revision: field('revision', 0, 0, 8),
  inId: field('inId', 1, 0, 24),
  gsType: field('gsType', 4, 0, 8, { names: GS_TYPE_NAMES }),
  gsSubtype: field('gsSubtype', 5, 0, 8, { names: { 2: 'name server', 3: 'IP address server' } }),
  options: field('options', 6, 0, 8),
  reserved7: reserved(7, 0, 8),
  ctCommand: field('ctCommand', 8, 0, 16, { names: CT_COMMAND_NAMES }),
  residualSize: field('residualSize', 10, 0, 16, { unit: '4-byte words' }),
  fragmentId: field('fragmentId', 12, 0, 8),
  reason: field('reason', 13, 0, 8, { names: CT_REASON_NAMES }),
  explanation: field('explanation', 14, 0, 8, { names: CT_EXPLANATION_NAMES }),
  vendorSpecific: field('vendorSpecific', 15, 0, 8),
} as const;

/** What registers a name of a port; a symbolic name begins with its length (FC-GS). */
export const ctRegistration = {
  portId: field('portId', 1, 0, 24),
  name: field('portName', 4, 0, 64),
  symbolicNameLength: field('nameLength', 4, 0, 8, { unit: 'bytes' }),
} as const;

const portId = [reserved(0, 0, 8), ctRegistration.portId];
/** A name that is asked about, or that answers. */
export const ctAnswerName = field('portName', 0, 0, 64);
const byPortName = [ctAnswerName];
const byNodeName = [field('nodeName', 0, 0, 64)];
const byType = [
  field('domainScope', 1, 0, 8),
  field('areaScope', 2, 0, 8),
  field('fc4Type', 3, 0, 8, { names: TYPE_NAMES }),
];

/** Requests, by their command: the fields behind the preamble. */
export const CT_REQUESTS: Readonly<Record<number, readonly Field[]>> = {
  256: portId,
  274: portId,
  275: portId,
  276: portId,
  279: portId,
  280: portId,
  282: portId,
  287: portId,
  289: byPortName,
  305: byNodeName,
  306: byNodeName,
  313: byNodeName,
  369: byType,
  370: byType,
  371: byType,
  530: [...portId, ctRegistration.name],
  531: [...portId, field('nodeName', 4, 0, 64)],
  532: [...portId, field('classOfService', 4, 0, 32)],
  535: [...portId, field('fc4Types', 4, 0, 256)],
  536: [...portId, ctRegistration.symbolicNameLength],
  538: [...portId, field('portType', 4, 0, 8)],
  543: [
    ...portId,
    reserved(4, 0, 16),
    field('fc4Features', 6, 0, 8),
    field('fc4Type', 7, 0, 8, { names: TYPE_NAMES }),
  ],
  569: [field('nodeName', 0, 0, 64), field('nameLength', 8, 0, 8, { unit: 'bytes' })],
  768: portId,
};

/** An entry of a list of ports; one of names has the name behind the ID. */
export const ctEntry = {
  last: field('last', 0, 0, 1),
  portId: field('portId', 1, 0, 24),
  name: field('portName', 8, 0, 64),
} as const;
export const CT_NAMED_ENTRY_BYTES = 16;

const lastEntry = [ctEntry.last, reserved(0, 1, 7), ctEntry.portId];
const withPortName = [...lastEntry, reserved(4, 0, 32), ctEntry.name];
const withNodeName = [...lastEntry, reserved(4, 0, 32), field('nodeName', 8, 0, 64)];

/** What accepts a request: fields that stand once, or entries until one is the last. */
export interface CtAnswer {
  readonly fields: readonly Field[];
  /** Bytes of an entry; 0 where there is one answer. */
  readonly entryBytes: number;
}

/** Answers, by the command they answer. */
export const CT_ANSWERS: Readonly<Record<number, CtAnswer>> = {
  274: { fields: byPortName, entryBytes: 0 },
  275: { fields: byNodeName, entryBytes: 0 },
  276: { fields: [field('classOfService', 0, 0, 32)], entryBytes: 0 },
  279: { fields: [field('fc4Types', 0, 0, 256)], entryBytes: 0 },
  280: { fields: [field('nameLength', 0, 0, 8, { unit: 'bytes' })], entryBytes: 0 },
  282: { fields: [field('portType', 0, 0, 8)], entryBytes: 0 },
  289: { fields: portId, entryBytes: 0 },
  305: { fields: lastEntry, entryBytes: 4 },
  306: { fields: withPortName, entryBytes: 16 },
  313: { fields: [field('nameLength', 0, 0, 8, { unit: 'bytes' })], entryBytes: 0 },
  369: { fields: lastEntry, entryBytes: 4 },
  370: { fields: withPortName, entryBytes: 16 },
  371: { fields: withNodeName, entryBytes: 16 },
  417: { fields: lastEntry, entryBytes: 4 },
  497: { fields: lastEntry, entryBytes: 4 },
};

/** GA_NXT is answered by the whole entry of a port, up to its symbolic name. */
export const ctNextEntry = {
  portType: field('portType', 0, 0, 8),
  portId: field('portId', 1, 0, 24),
  portName: field('portName', 4, 0, 64),
  symbolicPortNameLength: field('symbolicPortNameLength', 12, 0, 8, { unit: 'bytes' }),
} as const;

// Names of a PDU's line that are not the RFC's words: a name means the same in all of sanscope's JSON.

import type { Ends } from '../scsi/fact-kinds.js';
import type { Field } from '../wire/field.js';

/** `opcode` is SCSI's everywhere, and `type` is the record's. */
const OTHER_NAMES: Readonly<Record<string, string>> = { opcode: 'pduOpcode', type: 'snackType' };

export function jsonName({ name }: Pick<Field, 'name'>): string {
  return OTHER_NAMES[name] ?? name;
}

/** `,"initiator":…,"target":…` as far as they are known. */
export function endsText(ends: Ends): string {
  const initiator = ends.initiatorName || ends.initiatorAddress;
  const target = ends.targetName || ends.targetAddress;
  return member('initiator', initiator) + member('target', target);
}

function member(key: string, value: string): string {
  return value === '' ? '' : `,"${key}":${JSON.stringify(value)}`;
}

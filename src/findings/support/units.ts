// Which LUNs of several sessions are one logical unit: by its NAA or EUI-64 designator (VPD 83h), else
// by target name and LUN.

import type { LogicalUnit } from '../../scsi/logical-unit-facts.js';
import type { Facts } from '../facts.js';

/** A name for the logical unit behind a session's LUN, the same on all its paths. */
export function unitOf(facts: Facts, session: number, lun: string): string {
  const of = facts.sessions[session];
  const named = designatorOf(of?.luns.get(lun));
  return named ?? `${of?.targetName || of?.targetAddress} ${lun}`;
}

/** What names it worldwide, undefined where its VPD 83h was not captured. */
export function designatorOf(lun: LogicalUnit | undefined): string | undefined {
  const one = lun?.designators.find((d) => d.association === 0 && (d.type === 3 || d.type === 2));
  return one?.text;
}

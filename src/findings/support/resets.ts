// Resets and clears by task management that hit commands of other sessions too: who sent the one that came
// before something else.

import { hex64 } from '../../lib/hex.js';
import type { Session, SessionEvent } from '../../session/model.js';
import {
  codeName,
  TASK_MANAGEMENT_NAMES,
  TaskManagement,
  TaskManagementResponse,
} from '../../wire/iscsi/codes.js';
import type { Facts } from '../facts.js';
import { targetOf } from './who.js';

/** Of one logical unit, and of all of a target (SAM; RFC 7143 11.5.1). */
const OF_UNIT: ReadonlySet<number> = new Set([
  TaskManagement.clearTaskSet,
  TaskManagement.logicalUnitReset,
]);
const OF_TARGET: ReadonlySet<number> = new Set([
  TaskManagement.targetWarmReset,
  TaskManagement.targetColdReset,
]);

export interface Reset {
  readonly session: Session;
  readonly event: SessionEvent;
}

/** True for a function that ends commands of other initiators too. */
export function hitsOthers(fn: number): boolean {
  return OF_UNIT.has(fn) || OF_TARGET.has(fn);
}

/** The last one that was done between two times to this LUN, by any session of the same target. */
export function resetOf(
  facts: Pick<Facts, 'sessions'>,
  hit: { readonly session: number; readonly lunHigh: number; readonly lunLow: number },
  fromNs: number,
  toNs: number,
): Reset | undefined {
  const lun = hex64(hit.lunHigh, hit.lunLow);
  const target = targetOf(facts.sessions[hit.session]);
  let last: Reset | undefined;
  for (const session of facts.sessions) {
    if (session.events.length === 0 || targetOf(session) !== target) continue;
    for (const event of session.events) {
      const { kind, timeNs, fields } = event;
      if (kind !== 'task management' || timeNs < fromNs || timeNs > toNs) continue;
      if (Number(fields.response) !== TaskManagementResponse.complete) continue;
      const fn = Number(fields.function);
      if (!OF_TARGET.has(fn) && !(OF_UNIT.has(fn) && fields.lun === lun)) continue;
      if (last === undefined || timeNs > last.event.timeNs) last = { session, event };
    }
  }
  return last;
}

/** A function in its protocol's words: by RFC 7143 11.5.1, of Fibre Channel as FCP-4 has them. */
export function managementName({ protocol }: Pick<Session, 'protocol'>, fn: number): string {
  if (protocol === 'fcp' && fn === TaskManagement.targetWarmReset) return 'TARGET RESET';
  return fn < 0 ? 'function not captured' : codeName(TASK_MANAGEMENT_NAMES, fn);
}

/** "LOGICAL UNIT RESET of iqn…:host-a (S0, frame 633)". */
export function resetText({ session, event }: Reset): string {
  const name = managementName(session, Number(event.fields.function));
  const host = session.initiatorName || session.initiatorAddress;
  return `${name} of ${host} (S${session.id}, frame ${event.frame})`;
}

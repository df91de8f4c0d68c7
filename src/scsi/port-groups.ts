// REPORT TARGET PORT GROUPS (SPC): which groups of ports of a LUN are active, and whether that
// changes. Seldom: multipath software asks once a path, then every few seconds.

import { LUN_CHANGES_MAX } from '../limits.js';
import { portGroupsOf, REPORT_TARGET_PORT_GROUPS } from '../wire/scsi/data/device-facts.js';
import type { LogicalUnit } from './logical-unit-facts.js';
import type { Task } from './task.js';

/** Learns from the first bytes of the answer. */
export function learnPortGroups(lun: LogicalUnit, t: Task, view: DataView): void {
  if (t.serviceAction !== REPORT_TARGET_PORT_GROUPS) return;
  for (const { group, state } of portGroupsOf(t.cdb, view)) said(lun, t, group, state);
}

function said(lun: LogicalUnit, t: Task, group: number, state: number): void {
  const known = lun.portGroups.find((one) => one.group === group);
  const now = { frame: t.commandFrame, timeNs: t.commandNs };
  if (known === undefined) {
    if (lun.portGroups.length >= LUN_CHANGES_MAX) return;
    lun.portGroups.push({ group, state, changes: 0, ...now });
  } else if (known.state !== state) {
    known.state = state;
    known.changes++;
    known.frame = now.frame;
    known.timeNs = now.timeNs;
  }
}

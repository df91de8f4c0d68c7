// REPORT TARGET PORT GROUPS (SPC): which groups of ports of a LUN are active, and whether that
// changes. Seldom: multipath software asks once a path, then every few seconds.

import { LUN_CHANGES_MAX } from '../limits.js';
import type { LogicalUnit } from './logical-unit-facts.js';
import type { Task } from './task.js';

const REPORT_TARGET_PORT_GROUPS = 0x0a;
/** PARAMETER DATA FORMAT 001b: four bytes more of header. */
const EXTENDED = 1;
const DESCRIPTOR = 8;
const PORT = 4;

/** Learns from the first bytes of the answer. */
export function learnPortGroups(lun: LogicalUnit, t: Task, view: DataView): void {
  if (t.serviceAction !== REPORT_TARGET_PORT_GROUPS || view.byteLength < 4) return;
  const end = Math.min(view.byteLength, 4 + view.getUint32(0));
  let at = t.cdb[1] >> 5 === EXTENDED ? 8 : 4;
  while (at + DESCRIPTOR <= end) {
    said(lun, t, view.getUint16(at + 2), view.getUint8(at) & 15);
    at += DESCRIPTOR + PORT * view.getUint8(at + 7);
  }
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

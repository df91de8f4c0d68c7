// What is known of a logical unit: plain facts, filled by logical-unit.ts.

import type { BlockLimits } from '../wire/scsi/block-limits.js';
import type { Designator } from '../wire/scsi/data/device-facts.js';

/** What INQUIRY, READ CAPACITY and their like said of a LUN. */
export interface LogicalUnit {
  /** 16 hex digits, the key as on the wire. */
  readonly lun: string;
  /** -1 and '' where it was not seen. */
  deviceType: number;
  qualifier: number;
  vendor: string;
  product: string;
  revision: string;
  /** VPD 80h. */
  serial: string;
  /** VPD 83h, those of the logical unit first: `naa.6001405…`, `eui.…`, `t10.…`. */
  designators: Designator[];
  /** VPD B0h. */
  limits: BlockLimits | undefined;
  blockLength: number;
  /** Logical blocks, as a decimal string; '' unknown. */
  blocks: string;
  /** Packet that said it first. */
  frame: number;
  commands: number;
  /** By UnitFact, what was said last of it; made with the first. */
  told: string[] | undefined;
  /** What was said and then was another (limits.ts: LUN_CHANGES_MAX). */
  changes: UnitChange[] | undefined;
  /** What REPORT TARGET PORT GROUPS said last of each group (limits.ts: LUN_CHANGES_MAX). */
  portGroups: PortGroup[];
}

/**
 * What makes a unit the one it is. Blocks and their length as `131072 512`; each command for itself, since
 * READ CAPACITY(10) of some targets says less than (16).
 */
export const UnitFact = { capacity10: 0, capacity16: 1, serial: 2, identity: 3 } as const;
export type UnitFacts = (typeof UnitFact)[keyof typeof UnitFact];

/** The same LUN said something else of itself than before. */
export interface UnitChange {
  readonly what: UnitFacts;
  readonly from: string;
  readonly to: string;
  /** The answer that said so, and when its command was sent. */
  readonly frame: number;
  readonly timeNs: number;
}

/** A target port group of a LUN: its asymmetric access state, and how often that was another. */
export interface PortGroup {
  readonly group: number;
  state: number;
  changes: number;
  /** The command that told of the last change, or first of the group. */
  frame: number;
  timeNs: number;
}

/** REPORT LUNS said something else than before. */
export interface LunsChange {
  readonly frame: number;
  readonly timeNs: number;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

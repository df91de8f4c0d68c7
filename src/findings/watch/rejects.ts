// Rejects: why, of which PDU, and which field of its header contradicts the standard. Seldom.

import { embeddedPdu } from '../../decode/header-tree.js';
import { pointedAt } from '../../decode/offences.js';
import { FINDINGS_PER_RULE } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { get } from '../../wire/field.js';
import {
  BHS_LENGTH,
  CMD_SN,
  INITIATOR_TASK_TAG,
  OPCODE,
  TARGET_OPCODE,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { reject } from '../../wire/iscsi/reject.js';
import { entry, Occurrences } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** Rejects of one connection for one reason, of one kind of PDU. */
export class RejectGroup extends Occurrences {
  readonly connection: number;
  readonly reason: number;
  /** -1 where the rejected header was not captured. */
  readonly opcode: number;
  /** Of the first: task tag and CmdSN of the victim, and what its header has wrong, in words. */
  initiatorTaskTag = -1;
  cmdSN = -1;
  readonly offences: string[] = [];
  /** Bytes of the header that offend, from its begin. */
  readonly offendingBytes: number[] = [];

  constructor(connection: number, reason: number, opcode: number) {
    super();
    this.connection = connection;
    this.reason = reason;
    this.opcode = opcode;
  }
}

class RejectWatch {
  readonly groups: Map<string, RejectGroup> = new Map();

  pdu(pdu: Pdu): void {
    const reason = get(pdu.view, pdu.at, reject.reason);
    const whole = pdu.dataKept >= BHS_LENGTH;
    const opcode = pdu.dataKept > 0 ? pdu.data[0] & OPCODE : -1;
    const key = `${pdu.connection}/${reason}/${opcode}`;
    const make = () => new RejectGroup(pdu.connection, reason, opcode);
    const group = entry(this.groups, key, FINDINGS_PER_RULE, make);
    if (group === undefined) return;
    if (group.count === 0 && whole) describe(group, pdu);
    group.saw(pdu.frame, pdu.timeNs);
  }
}

export const rejectWatch: WatchKind<RejectWatch> = {
  name: 'rejects',
  opcodes: [Opcode.reject],
  make: () => new RejectWatch(),
};

function describe(group: RejectGroup, pdu: Pdu): void {
  const view = new DataView(pdu.data.buffer, pdu.data.byteOffset, pdu.dataKept);
  group.initiatorTaskTag = view.getUint32(INITIATOR_TASK_TAG);
  if (group.opcode < TARGET_OPCODE) group.cmdSN = view.getUint32(CMD_SN);
  const marked = pointedAt(embeddedPdu(pdu, 0), 0, group.reason);
  for (const node of marked.children ?? []) {
    if (node.name !== 'offendingByte' || typeof node.value !== 'number') continue;
    group.offendingBytes.push(node.value);
    group.offences.push(node.meaning ?? '');
  }
}

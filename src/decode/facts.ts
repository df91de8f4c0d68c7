// One PDU and what is known of it: its task, its CDB, the text that ends in it, the request that it
// answers. One object, reused; borrowed like the PDU: valid until the callback returns.

import type { Epoch } from '../capture/time.js';
import { Pdu } from '../pdu/pdu.js';
import type { Task } from '../scsi/task.js';
import type { Pair } from '../session/iscsi/login/text-join.js';
import type { SessionQuery } from '../session/session-query.js';
import { type PduTable, pduOf } from '../wire/iscsi/pdus.js';
import { CdbFacts } from '../wire/scsi/operations.js';
import { SenseCodes } from '../wire/scsi/sense.js';
import type { Node } from '../wire/tree.js';
import type { PduContext } from './context.js';
import type { JoinedData } from './data-joins.js';
import type { TaskLinks } from './links.js';
import { type HidesDigest, pduTree } from './pdu-tree.js';

export class PduFacts implements PduContext {
  pdu: Pdu = new Pdu();
  table: PduTable = pduOf(0);
  epoch: Epoch | undefined = undefined;
  /** What is hidden by rule was asked for: else no field, filter or digest tells of it. */
  showSecrets = false;
  /** Whether a digest's value is not shown: the reader knows (secrets.ts). */
  hides: HidesDigest = () => false;
  look: SessionQuery | undefined = undefined;
  /** The task it belongs to, as known now: its status PDU finds it complete. null: none known. */
  task: Task | null = null;
  /** True where the task ended with this PDU. */
  taskEnds = false;
  cdb: Uint8Array = new Uint8Array(16);
  cdbLength = 0;
  deviceType = -1;
  /** SCSI Command: what its CDB says; -1 where it was not captured. */
  operation = -1;
  readonly cdbFacts: CdbFacts = new CdbFacts();
  /** SCSI Response with sense data: its codes, -1 for none. */
  readonly sense: SenseCodes = new SenseCodes();
  keys: readonly Node[] | undefined = undefined;
  joined: JoinedData | undefined = undefined;
  /** What it answers or belongs to: first packet and time; 0 and -1 where not known. */
  requestFrame = 0;
  requestNs = -1;
  /** The same of its last byte; where it was one packet, the same packet. */
  requestFrameEnd = 0;
  requestEndNs = -1;
  /** Task Management Response: the function of its request; -1 not known. */
  requestFunction = -1;
  /** SCSI Response: packets that completed the last Data-In and Data-Out; 0 none, or not asked for. */
  dataInFrame = 0;
  dataOutFrame = 0;
  /** Task management: the command it is about. Reject: the PDU that was rejected. 0: not known. */
  victimFrame = 0;
  /** All PDUs of its task, where links are asked for. */
  links: TaskLinks | undefined = undefined;
  #tree: readonly Node[] | undefined = undefined;

  /** A new PDU: what was worked out for the last one is forgotten. */
  renew(pdu: Pdu): void {
    this.pdu = pdu;
    this.table = pduOf(pdu.opcode);
    this.task = null;
    this.taskEnds = false;
    this.cdbLength = 0;
    this.deviceType = -1;
    this.operation = -1;
    this.sense.senseKey = -1;
    this.keys = undefined;
    this.joined = undefined;
    this.requestFrame = 0;
    this.requestNs = -1;
    this.requestFrameEnd = 0;
    this.requestEndNs = -1;
    this.requestFunction = -1;
    this.victimFrame = 0;
    this.dataInFrame = 0;
    this.dataOutFrame = 0;
    this.links = undefined;
    this.#tree = undefined;
  }

  /** Worked out when first asked for. */
  tree(): readonly Node[] {
    this.#tree ??= pduTree(this.pdu, this, this.hides);
    return this.#tree;
  }

  get writeLength(): number {
    const { task } = this;
    return task?.commandSeen && task.writes ? task.expectedLength : -1;
  }

  /** Text keys that end in this PDU, in their order; undefined where it has no text. */
  get text(): readonly Pair[] | undefined {
    return this.keys
      ?.filter((node) => node.name === node.label && node.value !== null)
      .map((node) => [node.name, String(node.value)] as const);
  }
}

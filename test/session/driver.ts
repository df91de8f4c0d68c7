// Drives the session stage with PDUs made from bytes, without streams and framing.

import { Pdu } from '../../src/pdu/pdu.js';
import { ProblemLog } from '../../src/problem.js';
import { EVIDENCE_NAMES, OUTCOME_NAMES, type Task } from '../../src/scsi/task.js';
import type { IscsiConnection, Session } from '../../src/session/model.js';
import { SessionStage } from '../../src/session/stage.js';
import { type CloseHow, Connection } from '../../src/stream/connection.js';
import type { PduKey } from '../../src/wire/iscsi/pdus.js';
import { type FieldValue, type PduParts, pdu } from '../support/build.js';

export const MS = 1_000_000;

export type TaskCopy = Task & { readonly outcomeName: string; readonly evidenceName: string };

export interface SendOptions extends PduParts {
  /** Connection number; 0 unless told. */
  on?: number;
  /** When its first byte came; 1 ms after the PDU before unless told. */
  atNs?: number;
  /** How long it takes. */
  forNs?: number;
  /** Bytes of the header that were captured. */
  captured?: number;
  /** Bytes of data that were captured. */
  dataCaptured?: number;
  complete?: boolean;
  /** Between begin and end. */
  during?: () => void;
}

export class Driver {
  readonly started: number[] = [];
  readonly tasks: TaskCopy[] = [];
  readonly digests: [number, boolean, boolean][] = [];
  readonly problems = new ProblemLog(1000);
  readonly stage: SessionStage;
  nowNs = 0;
  frame = 0;
  readonly #connections: Connection[] = [];

  constructor() {
    this.stage = new SessionStage({
      sink: {
        taskStarted: (task) => this.started.push(task.tag),
        taskEnded: (task) => this.tasks.push(copied(task)),
      },
      problems: this.problems,
      protocols: { change: () => {} },
      digests: { setDigests: (c, header, data) => this.digests.push([c, header, data]) },
      connectionOf: (number) => this.connection(number),
    });
  }

  connection(number: number): Connection {
    let c = this.#connections[number];
    if (c === undefined) {
      c = new Connection(number, 0, 1);
      Object.assign(c, { a2: 0xffff, a3: 0x0a000001, aPort: 50_000 + number });
      Object.assign(c, { b2: 0xffff, b3: 0x0a000002, bPort: 3260 });
      this.#connections[number] = c;
    }
    return c;
  }

  /** One PDU; the initiator is the opener, so that its bytes are the even direction. */
  send(
    key: PduKey,
    fields: Readonly<Record<string, FieldValue>> = {},
    options: SendOptions = {},
  ): void {
    this.raw(pdu(key, fields, options), options);
  }

  /** Bytes of one PDU without digests. */
  raw(bytes: Uint8Array, options: SendOptions = {}): void {
    const cursor = this.#cursor(bytes, options);
    const wanted = this.stage.iscsi.begin(cursor);
    options.during?.();
    const there = Math.max(0, bytes.length - 48 - cursor.ahsLength);
    const captured = Math.min(options.dataCaptured ?? cursor.dataSegmentLength, there);
    const kept = Math.max(0, Math.min(wanted, captured, cursor.dataSegmentLength));
    cursor.frameEnd = this.frame;
    cursor.endNs = cursor.timeNs + (options.forNs ?? 0);
    const at = 48 + cursor.ahsLength;
    cursor.data = bytes.slice(at, at + kept);
    cursor.dataKept = kept;
    cursor.dataCut = Math.max(0, cursor.dataSegmentLength - captured);
    cursor.ahs = bytes.slice(48, at);
    cursor.ahsKept = cursor.ahs.length;
    cursor.complete = options.complete ?? true;
    this.nowNs = Math.max(this.nowNs, cursor.endNs);
    this.stage.iscsi.end(cursor);
  }

  #cursor(bytes: Uint8Array, options: SendOptions): Pdu {
    const cursor = new Pdu();
    const captured = options.captured ?? 48;
    const header = bytes.slice(0, 48);
    header.fill(0, captured);
    const view = new DataView(bytes.buffer);
    cursor.bytes = header;
    cursor.view = new DataView(header.buffer);
    cursor.headerCaptured = captured;
    cursor.opcode = bytes[0] & 0x3f;
    cursor.ahsLength = Math.min(bytes[4] * 4, Math.max(0, bytes.length - 48));
    cursor.dataSegmentLength = view.getUint32(4) & 0xffffff;
    cursor.fromInitiator = cursor.opcode < 0x20;
    cursor.connection = options.on ?? 0;
    cursor.direction = cursor.connection * 2 + (cursor.fromInitiator ? 0 : 1);
    cursor.frame = ++this.frame;
    cursor.timeNs = options.atNs ?? this.nowNs + MS;
    return cursor;
  }

  /** Boundaries were lost; `from` says whose bytes. */
  lost(from: 'initiator' | 'target', bytes: number, on = 0): void {
    const direction = on * 2 + (from === 'initiator' ? 0 : 1);
    this.stage.iscsi.lost(direction, bytes, this.nowNs, this.frame);
  }

  /** Both directions end: `open` is the end of the capture. */
  close(how: CloseHow, on = 0): void {
    this.nowNs += MS;
    this.connection(on).closedHow = how;
    this.stage.iscsi.ended(on * 2, this.nowNs, ++this.frame);
    this.stage.iscsi.ended(on * 2 + 1, this.nowNs, this.frame);
  }

  finish(): void {
    this.stage.finish(this.nowNs + MS);
  }

  get sessions(): Session[] {
    return this.stage.sessions();
  }

  story(on = 0): IscsiConnection {
    const story = this.stage.story(on);
    if (story === undefined) throw new Error(`no PDU came on connection ${on}`);
    return story;
  }

  /** Words about every task that ended, in order: `tag outcome`. */
  outcomes(): string[] {
    return this.tasks.map((t) => `${t.tag} ${t.outcomeName}`);
  }
}

function copied(task: Task): TaskCopy {
  return {
    ...task,
    cdb: task.cdb.slice(0, task.cdbLength),
    outcomeName: OUTCOME_NAMES[task.outcome],
    evidenceName: EVIDENCE_NAMES[task.evidence],
  };
}

export type Pairs = readonly (readonly [string, string])[];

export const WHO: Pairs = [
  ['InitiatorName', 'iqn.2001-04.com.example:host1'],
  ['TargetName', 'iqn.2001-04.com.example:disk1'],
  ['SessionType', 'Normal'],
];

export interface LoginOptions {
  on?: number;
  isid?: string;
  requestTsih?: number;
  tsih?: number;
  cid?: number;
  who?: Pairs;
  offer?: Pairs;
  answer?: Pairs;
  cmdSN?: number;
  statSN?: number;
  /** TargetPortalGroupTag. */
  group?: number;
}

/** A login in one exchange. StatSN goes on with statSN + 1, CmdSN with cmdSN. */
export function login(d: Driver, o: LoginOptions = {}): void {
  const { on = 0, isid = '00023d000001', requestTsih = 0, tsih = 1, cid = 0 } = o;
  const { cmdSN = 1, statSN = 1, who = WHO, offer = [], answer = [] } = o;
  const stage = { transit: 1, csg: 1, nsg: 3, isid, initiatorTaskTag: 0 };
  const request = { ...stage, tsih: requestTsih, cid, cmdSN };
  d.send('login-request', request, { on, data: [...who, ...offer] });
  const window = { expCmdSN: cmdSN, maxCmdSN: cmdSN + 31 };
  const tag: Pairs = [['TargetPortalGroupTag', `${o.group ?? 1}`]];
  const response = { ...stage, tsih, statSN, ...window };
  d.send('login-response', response, { on, data: [...tag, ...answer] });
}

export const LUN0 = '0000000000000000';

/** READ(10) of `blocks` blocks of 512 bytes. */
export function read10(
  d: Driver,
  tag: number,
  cmdSN: number,
  expStatSN: number,
  o: SendOptions & { lun?: string; blocks?: number; lba?: number } = {},
): void {
  const { blocks = 8, lba = 0 } = o;
  const fields = {
    read: 1,
    attr: 1,
    lun: o.lun ?? LUN0,
    initiatorTaskTag: tag,
    expectedDataTransferLength: blocks * 512,
    cmdSN,
    expStatSN,
    cdb: cdb10(0x28, lba, blocks),
  };
  d.send('scsi-command', fields, o);
}

/** WRITE(10), with immediate data where `o.data` is given. */
export function write10(
  d: Driver,
  tag: number,
  cmdSN: number,
  expStatSN: number,
  o: SendOptions & { blocks?: number; final?: boolean } = {},
): void {
  const { blocks = 8 } = o;
  const fields = {
    write: 1,
    final: o.final ?? true,
    attr: 1,
    lun: LUN0,
    initiatorTaskTag: tag,
    expectedDataTransferLength: blocks * 512,
    cmdSN,
    expStatSN,
    cdb: cdb10(0x2a, 0, blocks),
  };
  d.send('scsi-command', fields, o);
}

export function cdb10(opcode: number, lba: number, blocks: number): Uint8Array {
  const cdb = new Uint8Array(16);
  const view = new DataView(cdb.buffer);
  view.setUint8(0, opcode);
  view.setUint32(2, lba);
  view.setUint16(7, blocks);
  return cdb;
}

/** A Data-In of `length` bytes; with `statSN` it carries the status. */
export function dataIn(
  d: Driver,
  tag: number,
  length: number,
  o: SendOptions & { dataSN?: number; offset?: number; final?: boolean; statSN?: number } = {},
): void {
  const { dataSN = 0, offset = 0, final = true, statSN } = o;
  const status: Record<string, number> = statSN === undefined ? {} : { statusPresent: 1, statSN };
  const fields = {
    final,
    initiatorTaskTag: tag,
    dataSN,
    bufferOffset: offset,
    ...WINDOW,
    ...status,
  };
  d.send('data-in', fields, { data: new Uint8Array(length), ...o });
}

/** A window that is open for whatever the tests send. */
export const WINDOW = { expCmdSN: 1, maxCmdSN: 1000 };

export function response(
  d: Driver,
  tag: number,
  statSN: number,
  fields: Readonly<Record<string, FieldValue>> = {},
  o: SendOptions = {},
): void {
  d.send('scsi-response', { initiatorTaskTag: tag, statSN, ...WINDOW, ...fields }, o);
}

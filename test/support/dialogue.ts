// Whole iSCSI sessions for tests: login, commands, logout, with the sequence numbers and tags that
// a real pair of initiator and target would use. Times are ns; every step says when it happens.

import { type PduKey, type PduTable, pduNamed } from '../../src/wire/iscsi/pdus.js';
import {
  Conversation,
  type ConversationOptions,
  extendedCdb,
  type FieldValue,
  type LaterBytes,
  type PduParts,
  pdu,
  senseData,
} from './build.js';
import { concat, pattern } from './octets.js';

export type Pairs = readonly (readonly [string, string])[];

export const INITIATOR_NAME = 'iqn.2001-04.com.example:host1';
export const TARGET_NAME = 'iqn.2001-04.com.example:disk1';

export interface DialogueOptions extends ConversationOptions {
  /** Digests in full feature phase. */
  headerDigest?: boolean;
  dataDigest?: boolean;
  /** 16 hex digits. */
  lun?: string;
  /** Longest data segment of Data-In and Data-Out. */
  segment?: number;
  cmdSN?: number;
  statSN?: number;
  isid?: string;
  tsih?: number;
  cid?: number;
}

/** What became of a command: its tag and the times of its first and last byte on the wire. */
export interface Told {
  readonly tag: number;
  readonly commandNs: number;
  /** -1 where no status is sent. */
  readonly statusNs: number;
}

export interface CommandOptions {
  lun?: string;
  immediateDelivery?: boolean;
  /** From the command to the target's first PDU, and from its last data to the status. */
  targetNs?: number;
  statusNs?: number;
  status?: number;
  response?: number;
  sense?: Uint8Array;
  residual?: { kind: 'underflow' | 'overflow'; count: number };
  attr?: number;
  /** `phase`: status in the last Data-In; `none`: no status is ever sent. */
  statusIn?: 'response' | 'phase' | 'none';
}

export interface WriteOptions extends CommandOptions {
  /** Bytes sent with the command, and in Data-Out without an R2T. */
  immediate?: number;
  unsolicited?: number;
  /** Bytes that one R2T asks for, and how many are outstanding at once. */
  burst?: number;
  outstanding?: number;
  /** From an R2T to its data. */
  hostNs?: number;
}

export interface LoginStep {
  readonly csg: number;
  readonly nsg: number;
  readonly offered: Pairs;
  readonly answered: Pairs;
  readonly statusClass?: number;
  readonly statusDetail?: number;
  readonly answerNs?: number;
}

/**
 * One connection of a session, from both sides. Steps may overlap in time: CmdSN and StatSN are
 * given in the order of time, when the packets are captured.
 */
export class Dialogue {
  readonly tcp: Conversation;
  readonly options: Required<Omit<DialogueOptions, keyof ConversationOptions>>;
  /** Those of the next command and status, as of the moment on the wire. */
  cmdSN: number;
  statSN: number;
  /** Commands that the target lets the initiator have open. */
  window = 32;
  #tag = 0x10;
  #transferTag = 0x1000;
  #fullFeature = false;

  constructor(options: DialogueOptions = {}) {
    this.tcp = new Conversation(options);
    this.options = {
      headerDigest: false,
      dataDigest: false,
      lun: '0001000000000000',
      segment: 8192,
      cmdSN: 1,
      statSN: 1,
      isid: '00023d000001',
      tsih: 1,
      cid: 0,
      ...options,
    };
    this.cmdSN = this.options.cmdSN;
    this.statSN = this.options.statSN;
  }

  /** Full feature phase without a login in the capture. */
  midStream(): void {
    this.#fullFeature = true;
  }

  /** The session is over; the TCP connection goes on, and a login may follow. */
  begunAgain(): void {
    this.#fullFeature = false;
  }

  /** A tag that was not used before. */
  nextTag(): number {
    return this.#tag++;
  }

  /**
   * Any PDU, with the digests in force. Sequence numbers that are not given come by themselves;
   * `advance` counts one on after it. Returns the time of its last segment.
   */
  say(
    key: PduKey,
    fields: Readonly<Record<string, FieldValue>>,
    atNs: number,
    of: { data?: PduParts['data']; ahs?: Uint8Array; advance?: 'cmdSN' | 'statSN' } = {},
  ): number {
    const on = this.#fullFeature;
    const parts: PduParts = {
      data: of.data,
      ahs: of.ahs,
      headerDigest: on && this.options.headerDigest,
      dataDigest: on && this.options.dataDigest,
    };
    const table = pduNamed(key);
    const bytes: LaterBytes = {
      length: pdu(key, fields, parts).length,
      build: () => {
        const made = pdu(key, { ...this.#numbers(table), ...fields }, parts);
        if (of.advance !== undefined) this[of.advance] = (this[of.advance] + 1) >>> 0;
        return made;
      },
    };
    return this.tcp.send(table.from, bytes, atNs);
  }

  /** Handshake and a login in one step, operational stage only. Returns the end of the login. */
  login(atNs: number, offered: Pairs = [], answered: Pairs = []): number {
    const digests: Pairs = [
      ['HeaderDigest', this.options.headerDigest ? 'CRC32C' : 'None'],
      ['DataDigest', this.options.dataDigest ? 'CRC32C' : 'None'],
    ];
    return this.loginStep(this.tcp.connect(atNs) + 100_000, {
      csg: 1,
      nsg: 3,
      offered: [
        ['InitiatorName', INITIATOR_NAME],
        ['SessionType', 'Normal'],
        ['TargetName', TARGET_NAME],
        ...digests,
        ...offered,
      ],
      answered: [['TargetPortalGroupTag', '1'], ...digests, ...answered],
    });
  }

  /** One request and its response. nsg -1: without T. Full feature phase begins where it is 3. */
  loginStep(atNs: number, step: LoginStep): number {
    const { isid, tsih, cid } = this.options;
    const failed = (step.statusClass ?? 0) > 0;
    const transit = step.nsg >= 0;
    const stage = { csg: step.csg, nsg: transit ? step.nsg : 0, isid, initiatorTaskTag: 1 };
    const request = { ...stage, transit, cid };
    const sent = this.say('login-request', request, atNs, { data: step.offered });
    const last = transit && step.nsg === 3 && !failed;
    const { statusClass = 0, statusDetail = 0 } = step;
    const answer = {
      transit: transit && !failed,
      tsih: last ? tsih : 0,
      statusClass,
      statusDetail,
    };
    const when = sent + (step.answerNs ?? 200_000);
    const parts = { data: step.answered, advance: 'statSN' } as const;
    const end = this.say('login-response', { ...stage, ...answer }, when, parts);
    if (last) this.#fullFeature = true;
    return end;
  }

  /** Any command without data, or with data as `read` bytes from the target. */
  command(cdb: Uint8Array, atNs: number, of: CommandOptions & { read?: Uint8Array } = {}): Told {
    const read = of.read ?? new Uint8Array(0);
    const sent = this.#request(cdb, atNs, of, { read: read.length > 0, length: read.length });
    const first = sent.endNs + (of.targetNs ?? 100_000);
    const end = read.length > 0 ? this.#dataIn(sent.tag, read, first, of) : first;
    return this.#finished(sent, end, of);
  }

  read10(lba: number, blocks: number, atNs: number, of: CommandOptions = {}): Told {
    return this.command(cdb10(0x28, lba, blocks), atNs, { read: pattern(blocks * 512), ...of });
  }

  /** Data with the command, unsolicited data, then R2Ts until all is there. */
  write10(lba: number, blocks: number, atNs: number, of: WriteOptions = {}): Told {
    const bytes = pattern(blocks * 512);
    const { immediate = 0, unsolicited = 0 } = of;
    const data = bytes.slice(0, immediate);
    const request = { write: true, length: bytes.length, data, more: unsolicited > 0 };
    const sent = this.#request(cdb10(0x2a, lba, blocks), atNs, of, request);
    let time = sent.endNs;
    if (unsolicited > 0) {
      const span = { at: immediate, length: unsolicited, transferTag: 0xffffffff };
      time = this.#dataOut(sent.tag, bytes, span, time + 5_000, of);
    }
    time = this.#solicited(sent.tag, bytes, immediate + unsolicited, time, of);
    return this.#finished(sent, time, { ...of, statusIn: of.statusIn ?? 'response' });
  }

  /** A ping of the initiator and its echo. */
  nopOut(atNs: number, data: Uint8Array = new Uint8Array(0), answerNs = 50_000): number {
    const initiatorTaskTag = this.nextTag();
    const sent = this.say('nop-out', { initiatorTaskTag, immediate: 1 }, atNs, { data });
    const echo = { data, advance: 'statSN' } as const;
    return this.say('nop-in', { initiatorTaskTag }, sent + answerNs, echo);
  }

  taskManagement(fn: number, referencedTaskTag: number, atNs: number, response = 0): number {
    const initiatorTaskTag = this.nextTag();
    const fields = { function: fn, referencedTaskTag, lun: this.options.lun, immediate: 1 };
    const sent = this.say('task-management-request', { ...fields, initiatorTaskTag }, atNs);
    const answer = { initiatorTaskTag, response };
    return this.say('task-management-response', answer, sent + 100_000, { advance: 'statSN' });
  }

  /** One Text Request and its answer, both final. */
  text(atNs: number, asked: Pairs, answered: Pairs): number {
    const initiatorTaskTag = this.nextTag();
    const fields = { initiatorTaskTag, immediate: 1 };
    const sent = this.say('text-request', fields, atNs, { data: asked });
    const answer = { data: answered, advance: 'statSN' } as const;
    return this.say('text-response', { initiatorTaskTag }, sent + 100_000, answer);
  }

  logout(atNs: number, reason = 0): number {
    const initiatorTaskTag = this.nextTag();
    const fields = { initiatorTaskTag, immediate: 1, reason, cid: this.options.cid };
    const sent = this.say('logout-request', fields, atNs);
    const parts = { advance: 'statSN' } as const;
    return this.say('logout-response', { initiatorTaskTag }, sent + 100_000, parts);
  }

  /** The sequence numbers that a PDU has. */
  #numbers(table: PduTable): Record<string, number> {
    const maxCmdSN = (this.cmdSN + this.window - 1) >>> 0;
    const { cmdSN, statSN } = this;
    const all =
      table.from === 'initiator'
        ? { cmdSN, expStatSN: statSN }
        : { statSN, expCmdSN: cmdSN, maxCmdSN };
    return Object.fromEntries(Object.entries(all).filter(([name]) => name in table.byName));
  }

  #request(cdb: Uint8Array, atNs: number, of: CommandOptions, transfer: Transfer): Sent {
    const tag = this.nextTag();
    const fields = {
      immediate: of.immediateDelivery ?? false,
      final: !transfer.more,
      read: transfer.read ?? false,
      write: transfer.write ?? false,
      attr: of.attr ?? 1,
      lun: of.lun ?? this.options.lun,
      initiatorTaskTag: tag,
      expectedDataTransferLength: transfer.length,
      cdb: cdb.slice(0, 16),
    };
    const endNs = this.say('scsi-command', fields, atNs, {
      data: transfer.data,
      ahs: cdb.length > 16 ? extendedCdb(cdb) : undefined,
      advance: of.immediateDelivery ? undefined : 'cmdSN',
    });
    return { tag, commandNs: atNs, endNs };
  }

  #dataIn(tag: number, data: Uint8Array, atNs: number, of: CommandOptions): number {
    let time = atNs;
    for (let at = 0, dataSN = 0; at < data.length; at += this.options.segment, dataSN++) {
      const part = data.slice(at, at + this.options.segment);
      const final = at + part.length === data.length;
      const carries = final && of.statusIn === 'phase';
      const status: Record<string, number> = carries
        ? { statusPresent: 1, status: of.status ?? 0, ...residual(of) }
        : { statSN: 0 };
      const fields = { final, initiatorTaskTag: tag, dataSN, bufferOffset: at, ...status };
      const advance = carries ? 'statSN' : undefined;
      time = this.say('data-in', fields, at === 0 ? atNs : time + 5_000, { data: part, advance });
    }
    return time;
  }

  #dataOut(tag: number, bytes: Uint8Array, span: Span, atNs: number, of: CommandOptions): number {
    let time = atNs;
    const end = span.at + span.length;
    for (let at = span.at, dataSN = 0; at < end; at += this.options.segment, dataSN++) {
      const data = bytes.slice(at, Math.min(at + this.options.segment, end));
      const fields = {
        final: at + data.length === end,
        lun: span.transferTag === 0xffffffff ? '' : (of.lun ?? this.options.lun),
        initiatorTaskTag: tag,
        targetTransferTag: span.transferTag,
        dataSN,
        bufferOffset: at,
      };
      time = this.say('data-out', fields, at === span.at ? atNs : time + 5_000, { data });
    }
    return time;
  }

  /** R2Ts for the bytes from `from` on, `outstanding` at once, each answered in turn. */
  #solicited(tag: number, bytes: Uint8Array, from: number, atNs: number, of: WriteOptions): number {
    const asked: Span[] = [];
    let at = from;
    let r2tSN = 0;
    let time = atNs;
    while (at < bytes.length || asked.length > 0) {
      let when = time + (of.targetNs ?? 100_000);
      while (at < bytes.length && asked.length < (of.outstanding ?? 1)) {
        const length = Math.min(of.burst ?? 65_536, bytes.length - at);
        const span = { at, length, transferTag: this.#transferTag++ };
        when = this.#r2t(tag, span, r2tSN++, when, of) + 2_000;
        asked.push(span);
        at += length;
      }
      const start = Math.max(when, time) + (of.hostNs ?? 50_000);
      time = this.#dataOut(tag, bytes, asked.shift()!, start, of);
    }
    return time;
  }

  #r2t(tag: number, span: Span, r2tSN: number, atNs: number, of: CommandOptions): number {
    const fields = {
      initiatorTaskTag: tag,
      targetTransferTag: span.transferTag,
      r2tSN,
      bufferOffset: span.at,
      lun: of.lun ?? this.options.lun,
      desiredDataTransferLength: span.length,
    };
    return this.say('r2t', fields, atNs);
  }

  #finished({ tag, commandNs }: Sent, atNs: number, of: CommandOptions): Told {
    if (of.statusIn === 'none') return { tag, commandNs, statusNs: -1 };
    if (of.statusIn === 'phase') return { tag, commandNs, statusNs: atNs };
    const { response = 0, status = 0 } = of;
    const fields = { initiatorTaskTag: tag, response, status, ...residual(of) };
    const data = of.sense === undefined ? undefined : senseData(of.sense);
    const when = atNs + (of.statusNs ?? 5_000);
    const statusNs = this.say('scsi-response', fields, when, { data, advance: 'statSN' });
    return { tag, commandNs, statusNs };
  }
}

interface Sent {
  readonly tag: number;
  readonly commandNs: number;
  readonly endNs: number;
}

interface Transfer {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly length: number;
  readonly data?: Uint8Array;
  /** Unsolicited Data-Out follows. */
  readonly more?: boolean;
}

/** Bytes of a command that one R2T asks for. */
interface Span {
  readonly at: number;
  readonly length: number;
  readonly transferTag: number;
}

/** A ten-byte CDB with an LBA and a length in blocks. */
export function cdb10(opcode: number, lba: number, blocks: number): Uint8Array {
  const cdb = new Uint8Array(10);
  const view = new DataView(cdb.buffer);
  view.setUint8(0, opcode);
  view.setUint32(2, lba);
  view.setUint16(7, blocks);
  return cdb;
}

/** Fixed format sense data (SPC-5 4.4.3). */
export function fixedSense(key: number, asc: number, ascq: number): Uint8Array {
  const head = Uint8Array.of(0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq);
  return concat(head, new Uint8Array(4));
}

function residual(of: CommandOptions): Record<string, number> {
  if (of.residual === undefined) return {};
  const flag = of.residual.kind === 'underflow' ? 'residualUnderflow' : 'residualOverflow';
  return { [flag]: 1, residualCount: of.residual.count };
}

// Whole iSCSI sessions for tests: login, commands, logout, with the sequence numbers and tags that
// a real pair of initiator and target would use. Times are ns; every step says when it happens.

import { Conversation, type ConversationOptions, extendedCdb, pdu, senseData } from './build.js';
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
  readonly cmdSN: number;
  readonly commandNs: number;
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

/** One connection of a session, from both sides. */
export class Dialogue {
  readonly tcp: Conversation;
  readonly options: Required<Omit<DialogueOptions, keyof ConversationOptions>>;
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

  /** A tag that was not used before. */
  nextTag(): number {
    return this.#tag++;
  }

  /** Handshake and a login in one step, operational stage only. Returns the end of the login. */
  login(atNs: number, offered: Pairs = [], answered: Pairs = []): number {
    const digests: Pairs = [
      ['HeaderDigest', this.options.headerDigest ? 'CRC32C' : 'None'],
      ['DataDigest', this.options.dataDigest ? 'CRC32C' : 'None'],
    ];
    const connected = this.tcp.connect(atNs);
    const end = this.loginStep(connected + 100_000, {
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
    return end;
  }

  /** One request and its response. nsg -1: without T. Full feature phase begins where it is 3. */
  loginStep(
    atNs: number,
    step: {
      csg: number;
      nsg: number;
      offered: Pairs;
      answered: Pairs;
      statusClass?: number;
      statusDetail?: number;
      answerNs?: number;
    },
  ): number {
    const transit = step.nsg >= 0;
    const failed = (step.statusClass ?? 0) > 0;
    const { isid, tsih, cid } = this.options;
    const stage = { csg: step.csg, nsg: transit ? step.nsg : 0, isid, initiatorTaskTag: 1 };
    const request = pdu(
      'login-request',
      { ...stage, transit, cid, cmdSN: this.cmdSN, expStatSN: this.statSN },
      { data: step.offered },
    );
    const sent = this.tcp.initiator(request, atNs);
    const last = transit && step.nsg === 3 && !failed;
    const response = pdu(
      'login-response',
      {
        ...stage,
        ...this.#target(),
        transit: transit && !failed,
        tsih: last ? tsih : 0,
        statusClass: step.statusClass ?? 0,
        statusDetail: step.statusDetail ?? 0,
      },
      { data: step.answered },
    );
    const end = this.tcp.target(response, sent + (step.answerNs ?? 200_000));
    this.statSN++;
    if (last) this.#fullFeature = true;
    return end;
  }

  /** Any command without data, or with data as `read` bytes from the target. */
  command(cdb: Uint8Array, atNs: number, of: CommandOptions & { read?: Uint8Array } = {}): Told {
    const expected = of.read?.length ?? 0;
    const sent = this.#request(cdb, atNs, of, { read: expected > 0, length: expected });
    const first = sent.endNs + (of.targetNs ?? 100_000);
    const end = expected > 0 ? this.#dataIn(sent.tag, of.read!, first, of) : first;
    return this.#finished(sent, end, of);
  }

  read10(lba: number, blocks: number, atNs: number, of: CommandOptions = {}): Told {
    return this.command(cdb10(0x28, lba, blocks), atNs, { read: pattern(blocks * 512), ...of });
  }

  /** Data with the command, unsolicited data, then R2Ts until all is there. */
  write10(lba: number, blocks: number, atNs: number, of: WriteOptions = {}): Told {
    const bytes = pattern(blocks * 512);
    const immediate = of.immediate ?? 0;
    const unsolicited = of.unsolicited ?? 0;
    const data = bytes.slice(0, immediate);
    const request = { write: true, length: bytes.length, data, more: unsolicited > 0 };
    const sent = this.#request(cdb10(0x2a, lba, blocks), atNs, of, request);
    let at = immediate;
    let time = sent.endNs;
    if (unsolicited > 0) {
      time = this.#dataOut(sent.tag, 0xffffffff, bytes, at, unsolicited, time + 5_000, of);
      at += unsolicited;
    }
    time = this.#solicited(sent.tag, bytes, at, time, of);
    return this.#finished(sent, time, { ...of, statusIn: of.statusIn ?? 'response' });
  }

  /** A ping of the initiator and its echo. */
  nopOut(atNs: number, ping: Uint8Array = new Uint8Array(0), answerNs = 50_000): number {
    const tag = this.nextTag();
    const sent = this.tcp.initiator(
      this.build('nop-out', { initiatorTaskTag: tag, immediate: 1, ...this.#initiator() }, ping),
      atNs,
    );
    const echo = this.build('nop-in', { initiatorTaskTag: tag, ...this.#target() }, ping);
    this.statSN++;
    return this.tcp.target(echo, sent + answerNs);
  }

  taskManagement(fn: number, referencedTaskTag: number, atNs: number, response = 0): number {
    const tag = this.nextTag();
    const fields = { function: fn, referencedTaskTag, lun: this.options.lun, immediate: 1 };
    const request = { ...fields, initiatorTaskTag: tag, ...this.#initiator() };
    const sent = this.tcp.initiator(this.build('task-management-request', request), atNs);
    const answer = { initiatorTaskTag: tag, response, ...this.#target() };
    this.statSN++;
    return this.tcp.target(this.build('task-management-response', answer), sent + 100_000);
  }

  logout(atNs: number, reason = 0): number {
    const tag = this.nextTag();
    const fields = { initiatorTaskTag: tag, immediate: 1, reason, cid: this.options.cid };
    const request = this.build('logout-request', { ...fields, ...this.#initiator() });
    const sent = this.tcp.initiator(request, atNs);
    const response = this.build('logout-response', { initiatorTaskTag: tag, ...this.#target() });
    this.statSN++;
    return this.tcp.target(response, sent + 100_000);
  }

  /** A PDU with the digests that are in force. */
  build(
    key: Parameters<typeof pdu>[0],
    fields: Parameters<typeof pdu>[1],
    data?: Uint8Array,
    ahs?: Uint8Array,
  ): Uint8Array {
    const on = this.#fullFeature;
    const headerDigest = on && this.options.headerDigest;
    const dataDigest = on && this.options.dataDigest;
    return pdu(key, fields, { data, ahs, headerDigest, dataDigest });
  }

  #initiator() {
    return { cmdSN: this.cmdSN, expStatSN: this.statSN };
  }

  #target() {
    const statSN = this.statSN;
    return { statSN, expCmdSN: this.cmdSN, maxCmdSN: (this.cmdSN + this.window - 1) >>> 0 };
  }

  #request(
    cdb: Uint8Array,
    atNs: number,
    of: CommandOptions,
    transfer: {
      read?: boolean;
      write?: boolean;
      length: number;
      data?: Uint8Array;
      more?: boolean;
    },
  ) {
    const tag = this.nextTag();
    const cmdSN = this.cmdSN;
    const fields = {
      immediate: of.immediateDelivery ?? false,
      final: !transfer.more,
      read: transfer.read ?? false,
      write: transfer.write ?? false,
      attr: of.attr ?? 1,
      lun: of.lun ?? this.options.lun,
      initiatorTaskTag: tag,
      expectedDataTransferLength: transfer.length,
      cdb: cdb.subarray(0, 16),
      ...this.#initiator(),
    };
    const ahs = cdb.length > 16 ? extendedCdb(cdb) : undefined;
    const endNs = this.tcp.initiator(this.build('scsi-command', fields, transfer.data, ahs), atNs);
    if (!of.immediateDelivery) this.cmdSN = (this.cmdSN + 1) >>> 0;
    return { tag, cmdSN, commandNs: atNs, endNs };
  }

  #dataIn(tag: number, data: Uint8Array, atNs: number, of: CommandOptions): number {
    const inPhase = of.statusIn === 'phase';
    let time = atNs;
    for (let at = 0, dataSN = 0; at < data.length; at += this.options.segment, dataSN++) {
      const part = data.subarray(at, at + this.options.segment);
      const last = at + part.length === data.length;
      const { statSN, expCmdSN, maxCmdSN } = this.#target();
      const status = last && inPhase;
      const fields = {
        ...{ final: last, statusPresent: status, initiatorTaskTag: tag, dataSN, bufferOffset: at },
        ...{ expCmdSN, maxCmdSN, ...(status ? { statSN, status: of.status ?? 0 } : {}) },
        ...(status ? residual(of) : {}),
      };
      time = this.tcp.target(this.build('data-in', fields, part), at === 0 ? atNs : time + 5_000);
    }
    if (inPhase) this.statSN++;
    return time;
  }

  #dataOut(
    tag: number,
    transferTag: number,
    bytes: Uint8Array,
    from: number,
    length: number,
    atNs: number,
    of: CommandOptions,
  ): number {
    let time = atNs;
    for (let at = from, dataSN = 0; at < from + length; at += this.options.segment, dataSN++) {
      const part = bytes.subarray(at, Math.min(at + this.options.segment, from + length));
      const fields = {
        final: at + part.length === from + length,
        lun: transferTag === 0xffffffff ? '' : (of.lun ?? this.options.lun),
        ...{ initiatorTaskTag: tag, targetTransferTag: transferTag, expStatSN: this.statSN },
        ...{ dataSN, bufferOffset: at },
      };
      const sent = this.build('data-out', fields, part);
      time = this.tcp.initiator(sent, at === from ? atNs : time + 5_000);
    }
    return time;
  }

  /** R2Ts for bytes from `from` on, `outstanding` at once, each answered in turn. */
  #solicited(tag: number, bytes: Uint8Array, from: number, atNs: number, of: WriteOptions): number {
    const burst = of.burst ?? 65_536;
    const asked: { at: number; length: number; transferTag: number }[] = [];
    let at = from;
    let r2tSN = 0;
    let time = atNs;
    while (at < bytes.length || asked.length > 0) {
      let when = time + (of.targetNs ?? 100_000);
      while (at < bytes.length && asked.length < (of.outstanding ?? 1)) {
        const length = Math.min(burst, bytes.length - at);
        const transferTag = this.#transferTag++;
        when = this.#r2t(tag, transferTag, r2tSN++, at, length, when, of);
        asked.push({ at, length, transferTag });
        at += length;
      }
      const next = asked.shift()!;
      const start = Math.max(when, time) + (of.hostNs ?? 50_000);
      time = this.#dataOut(tag, next.transferTag, bytes, next.at, next.length, start, of);
    }
    return time;
  }

  #r2t(
    tag: number,
    targetTransferTag: number,
    r2tSN: number,
    bufferOffset: number,
    length: number,
    atNs: number,
    of: CommandOptions,
  ): number {
    const fields = {
      ...{ initiatorTaskTag: tag, targetTransferTag, r2tSN, bufferOffset },
      ...{ lun: of.lun ?? this.options.lun, desiredDataTransferLength: length },
      ...this.#target(),
    };
    return this.tcp.target(this.build('r2t', fields), atNs);
  }

  #finished(
    sent: { tag: number; cmdSN: number; commandNs: number },
    atNs: number,
    of: CommandOptions,
  ): Told {
    const { tag, cmdSN, commandNs } = sent;
    if (of.statusIn === 'none') return { tag, cmdSN, commandNs, statusNs: -1 };
    if (of.statusIn === 'phase') return { tag, cmdSN, commandNs, statusNs: atNs };
    const fields = {
      ...{ initiatorTaskTag: tag, response: of.response ?? 0, status: of.status ?? 0 },
      ...{ ...this.#target(), ...residual(of) },
    };
    const data = of.sense === undefined ? undefined : senseData(of.sense);
    this.statSN++;
    const response = this.build('scsi-response', fields, data);
    const statusNs = this.tcp.target(response, atNs + (of.statusNs ?? 5_000));
    return { tag, cmdSN, commandNs, statusNs };
  }
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

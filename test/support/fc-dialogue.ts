// Whole conversations of Fibre Channel in a tunnel, built from the tables: logins, commands, what goes
// wrong with them. Times are given; bytes travel at once.

import { baAcc } from '../../src/wire/fc/basic-link-service.js';
import { Els, RCtl } from '../../src/wire/fc/codes.js';
import { elsLogin, PLOGI_BYTES } from '../../src/wire/fc/els-login.js';
import { elsExchange, elsReject } from '../../src/wire/fc/els-others.js';
import { elsProcessLogin, processLoginPage } from '../../src/wire/fc/els-process-login.js';
import { cbindResponse, ltest, unbindResponse } from '../../src/wire/fc/ifcp-control.js';
import type { BuiltPacket } from './build.js';
import { Conversation, type ConversationOptions } from './build.js';
import {
  type BuiltFrame,
  cmndPayload,
  type FrameOptions,
  fcFrame,
  fcip,
  fcipSpecial,
  filled,
  ifcp,
  rspPayload,
  type Values,
  xferRdyPayload,
} from './fc-build.js';
import { concat, pattern } from './octets.js';

export const INITIATOR = 0x010a00;
export const TARGET = 0x021400;
const US = 1000;
/** Names of both ports. */
export const INITIATOR_NAME = '2000000000000001';
export const TARGET_NAME = '2000000000000002';

export type Side = 'initiator' | 'target';

export class FcDialogue {
  readonly tcp: Conversation;
  readonly protocol: 'fcip' | 'ifcp';
  /** Changes the header of every frame that follows. */
  header: Values = {};
  private oxId = 0x100;

  constructor(protocol: 'fcip' | 'ifcp' = 'fcip', options: ConversationOptions = {}) {
    this.protocol = protocol;
    this.tcp = new Conversation({
      targetPort: protocol === 'fcip' ? 3225 : 3420,
      gapNs: 0,
      ...options,
    });
  }

  packets(): BuiltPacket[] {
    return this.tcp.captured();
  }

  /** Any frame, in its encapsulation. */
  send(from: Side, frame: BuiltFrame, atNs: number, header: Values = {}): void {
    const all = { ...this.header, ...header };
    const bytes = this.protocol === 'fcip' ? fcip(frame, all) : ifcp(frame, all);
    this.tcp.send(from, bytes, atNs);
  }

  /** Both special frames; the answer's fields may differ. */
  special(atNs: number, answer: Values = {}, changed = false): void {
    const values = {
      sourceFabricName: '100000051e0a0b0c',
      sourceEntityId: '1000000000000001',
      connectionNonce: '1122334455667788',
      destinationFabricName: '100000051e0d0e0f',
      keepAliveTimeout: 10_000,
    };
    this.tcp.send('initiator', fcipSpecial(values), atNs);
    this.tcp.send('target', fcipSpecial({ ...values, ...answer }, changed), atNs + 100 * US);
  }

  /** A frame of an exchange that the initiator originates, unless `values` say otherwise. */
  frame(from: Side, values: Values, payload?: Uint8Array, options?: FrameOptions): BuiltFrame {
    const responds = from === 'target' ? 1 : 0;
    return fcFrame(
      {
        sourceId: responds ? TARGET : INITIATOR,
        destinationId: responds ? INITIATOR : TARGET,
        exchangeResponder: responds,
        firstSequence: 1 - responds,
        endSequence: 1,
        ...values,
      },
      payload,
      options,
    );
  }

  els(from: Side, atNs: number, payload: Uint8Array, values: Values = {}): void {
    const reply = from === 'target';
    const header = { rCtl: reply ? RCtl.elsReply : RCtl.elsRequest, type: 1, ...values };
    this.send(from, this.frame(from, header, payload), atNs);
  }

  /** PLOGI and PRLI, both accepted. Returns their end. */
  login(atNs: number, prli: Values = {}, receiveDataFieldSize = 2048): number {
    const plogi = (command: number, portName: string) =>
      filled(elsLogin, PLOGI_BYTES, {
        command,
        portName,
        nodeName: portName,
        receiveDataFieldSize,
      });
    this.els('initiator', atNs, plogi(Els.plogi, INITIATOR_NAME), { oxId: 1 });
    this.els('target', atNs + 100 * US, plogi(Els.lsAcc, TARGET_NAME), { oxId: 1 });
    const page = (command: number, values: Values) =>
      concat(
        filled(elsProcessLogin, 4, { command, pageLength: 16, payloadLength: 20 }),
        filled(processLoginPage, 16, { pageType: 8, imagePair: 1, ...values }),
      );
    this.els('initiator', atNs + 200 * US, page(Els.prli, { initiatorFunction: 1, ...prli }), {
      oxId: 2,
    });
    const accept = { targetFunction: 1, responseCode: 1, ...prli };
    this.els('target', atNs + 300 * US, page(Els.lsAcc, accept), { oxId: 2 });
    return atNs + 400 * US;
  }

  reject(atNs: number, oxId: number, reason: number, explanation = 0): void {
    const payload = filled(elsReject, 8, { command: Els.lsRjt, reason, explanation });
    this.els('target', atNs, payload, { oxId });
  }

  cmnd(atNs: number, cdb: string, bytes: number, values: Values = {}, oxId = this.oxId++): number {
    const header = { rCtl: RCtl.command, type: 8, sequenceInitiative: 1, oxId };
    this.send('initiator', this.frame('initiator', header, cmndPayload(cdb, bytes, values)), atNs);
    return oxId;
  }

  data(
    from: Side,
    atNs: number,
    oxId: number,
    offset: number,
    bytes: number,
    more: Values = {},
  ): void {
    const header = {
      ...{ rCtl: RCtl.data, type: 8, oxId, rxId: 0, relativeOffsetPresent: 1, parameter: offset },
      ...{ firstSequence: 0, ...more },
    };
    const first = !('seqCnt' in more) || more['seqCnt'] === 0;
    const options = first ? {} : { sof: 0x36 };
    this.send(from, this.frame(from, header, pattern(bytes), options), atNs);
  }

  xferRdy(atNs: number, oxId: number, offset: number, bytes: number): void {
    const header = { rCtl: RCtl.dataDescriptor, type: 8, oxId, rxId: 0, sequenceInitiative: 1 };
    this.send('target', this.frame('target', header, xferRdyPayload(offset, bytes)), atNs);
  }

  rsp(atNs: number, oxId: number, values: Values = {}): void {
    const header = { rCtl: RCtl.status, type: 8, oxId, rxId: 0, lastSequence: 1 };
    this.send('target', this.frame('target', header, rspPayload(values)), atNs);
  }

  /** READ(10) of so many blocks, answered. Returns its end. */
  read(atNs: number, lba: number, blocks: number): number {
    const bytes = blocks * 512;
    const oxId = this.cmnd(atNs, cdb10('28', lba, blocks), bytes, { readData: 1 });
    let t = atNs + 100 * US;
    for (let at = 0, cnt = 0; at < bytes; at += 2048, cnt++) {
      const n = Math.min(2048, bytes - at);
      const last = at + n >= bytes ? 1 : 0;
      this.data('target', t, oxId, at, n, { seqCnt: cnt, seqId: 1, endSequence: last });
      t += 10 * US;
    }
    this.rsp(t + 50 * US, oxId);
    return t + 60 * US;
  }

  /** WRITE(10), its data before the FCP_XFER_RDY where it is `early`. */
  write(atNs: number, lba: number, blocks: number, early = false): number {
    const bytes = blocks * 512;
    const oxId = this.cmnd(atNs, cdb10('2a', lba, blocks), bytes, { writeData: 1 });
    if (!early) this.xferRdy(atNs + 50 * US, oxId, 0, bytes);
    this.data('initiator', atNs + 100 * US, oxId, 0, bytes, { seqId: 1 });
    this.rsp(atNs + 200 * US, oxId);
    return atNs + 210 * US;
  }

  abts(atNs: number, oxId: number, accepted = true): void {
    this.send('initiator', this.frame('initiator', { rCtl: RCtl.abts, type: 0, oxId }), atNs);
    if (!accepted) return;
    const payload = filled(baAcc, 12, { abortedOxId: oxId, highSeqCnt: 0xffff });
    const header = { rCtl: RCtl.baAcc, type: 0, oxId };
    this.send('target', this.frame('target', header, payload), atNs + 100 * US);
  }

  rec(atNs: number, oxId: number): void {
    const payload = filled(elsExchange, 12, {
      command: Els.rec,
      originatorId: INITIATOR,
      referredOxId: oxId,
      referredRxId: 0xffff,
    });
    this.els('initiator', atNs, payload, { oxId: 0x7000 + (oxId & 0xfff) });
  }

  /** iFCP's session control. */
  control(from: Side, atNs: number, payload: Uint8Array, response = false): void {
    const header = { rCtl: response ? RCtl.elsReply : RCtl.elsRequest, type: 1, oxId: 0, rxId: 0 };
    const frame = fcFrame(header, payload);
    this.tcp.send(from, ifcp(frame, { sessionControl: 1 }), atNs);
  }

  cbind(atNs: number, status = 0, livenessInterval = 0, addressMode = 0): void {
    const values = {
      ...{ command: Els.cbind, livenessInterval, addressMode, ifcpVersion: 1 },
      ...{ sourcePortName: INITIATOR_NAME, destinationPortName: TARGET_NAME },
    };
    this.control('initiator', atNs, filled(cbindResponse, 36, values).slice(0, 28));
    const answer = filled(cbindResponse, 36, {
      ...values,
      cbindStatus: status,
      connectionHandle: 7,
    });
    this.control('target', atNs + 100 * US, answer, true);
  }

  unbind(atNs: number): void {
    const values = filled(unbindResponse, 24, { command: Els.unbind, connectionHandle: 7 });
    this.control('initiator', atNs, values.slice(0, 20));
    this.control('target', atNs + 100 * US, values, true);
  }

  ltest(atNs: number, count: number, livenessInterval: number): void {
    const payload = filled(ltest, 28, { command: Els.ltest, livenessInterval, count });
    this.control('target', atNs, payload);
  }
}

export function cdb10(opcode: string, lba: number, blocks: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `${opcode}00${hex(lba, 8)}00${hex(blocks, 4)}00`;
}

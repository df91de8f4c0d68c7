// A conversation of iSER over iWARP, built from the field tables: MPA, a login in Send Messages as Linux
// does it, commands whose data moves by RDMA, and what should not be.

import { ACK, FIN, PSH, SYN } from '../../src/packet/segment.js';
import { RdmaOpcode } from '../../src/wire/rdma/codes.js';
import {
  ISER_HEADER_BYTES,
  iserControl,
  iserHello,
  iserHelloReply,
} from '../../src/wire/rdma/iser.js';
import {
  READ_REQUEST_BYTES,
  readRequest,
  TERMINATE_BYTES,
  terminate,
} from '../../src/wire/rdma/rdmap.js';
import { type FieldValue, fromHex, pdu } from './build.js';
import { type CrcWay, ddpSegment, FpduWriter, header, type MpaSpec, mpaStart } from './iwarp.js';
import { concat } from './octets.js';
import { tcpPacket } from './packet-builder.js';
import type { TimedBytes } from './run.js';

const MS = 1e6;

export interface IserOptions {
  readonly crc?: boolean;
  readonly markers?: boolean;
  readonly ttl?: number;
  readonly rdmaExtensions?: boolean;
  /** More keys of the login request, and of its response. */
  readonly keys?: readonly (readonly [string, string])[];
  readonly replyKeys?: readonly (readonly [string, string])[];
}

export class IserDialogue {
  readonly packets: TimedBytes[] = [];
  timeNs = 0;
  private readonly options: IserOptions;
  private readonly seq = [1000, 9000];
  private readonly msn = [1, 1];
  private readonly writers: [FpduWriter, FpduWriter];
  private cmdSN = 1;
  private statSN = 100;

  constructor(options: IserOptions = {}) {
    this.options = options;
    const markers = options.markers ?? false;
    this.writers = [new FpduWriter(markers), new FpduWriter(markers)];
  }

  raw(side: number, payload: Uint8Array, flags = ACK | PSH): this {
    const [src, dst] = side === 0 ? ['10.0.0.1', '10.0.0.2'] : ['10.0.0.2', '10.0.0.1'];
    const [srcPort, dstPort] = side === 0 ? [40_000, 3260] : [3260, 40_000];
    const seq = this.seq[side];
    const ack = this.seq[1 - side];
    const bytes = tcpPacket({ src, dst, srcPort, dstPort, seq, ack, flags, payload });
    if (this.options.ttl !== undefined) bytes[22] = this.options.ttl;
    this.seq[side] = (seq + payload.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    this.timeNs += 0.1 * MS;
    this.packets.push({ timeNs: this.timeNs, bytes });
    return this;
  }

  connect(): this {
    const nothing = new Uint8Array(0);
    return this.raw(0, nothing, SYN)
      .raw(1, nothing, SYN | ACK)
      .raw(0, nothing, ACK);
  }

  /** Both MPA frames; `request` and `reply` change them. */
  mpa(request: Partial<MpaSpec> = {}, reply: Partial<MpaSpec> = {}): this {
    const { crc = true, markers = false } = this.options;
    this.raw(0, mpaStart({ reply: false, crc, markers, ...request }));
    return this.raw(1, mpaStart({ reply: true, crc, markers, ...reply }));
  }

  fpdu(side: number, ulpdu: Uint8Array, way?: CrcWay): this {
    const crc = this.options.crc ?? true;
    return this.raw(side, this.writers[side].fpdu(ulpdu, way ?? (crc ? 'good' : 'none')));
  }

  /** A Send with a PDU behind an iSER header; `invalidate`: the STag that it invalidates. */
  send(
    side: number,
    body: Uint8Array,
    iser: Readonly<Record<string, FieldValue>> = {},
    invalidate?: number,
    way?: CrcWay,
  ): this {
    const head = header(ISER_HEADER_BYTES, iserControl, { opcode: 1, ...iser });
    return this.message(side, concat(head, body), invalidate, way);
  }

  message(side: number, payload: Uint8Array, invalidate?: number, way?: CrcWay): this {
    const opcode = invalidate === undefined ? RdmaOpcode.send : RdmaOpcode.sendInvalidate;
    const values = { messageSequenceNumber: this.msn[side]++, invalidateStag: invalidate ?? 0 };
    return this.fpdu(side, ddpSegment(opcode, values, payload), way);
  }

  skipMessage(side: number): this {
    this.msn[side]++;
    return this;
  }

  hello(depth: number): this {
    const fields = { opcode: 2, maxVersion: 10, minVersion: 10, iserIRD: depth };
    return this.message(0, header(ISER_HEADER_BYTES, byName(iserHello), fields));
  }

  helloReply(depth: number, rejected: boolean): this {
    const fields = { opcode: 3, rejected, maxVersion: 10, currentVersion: 10, iserORD: depth };
    return this.message(1, header(ISER_HEADER_BYTES, byName(iserHelloReply), fields));
  }

  loginRequest(): Uint8Array {
    const { rdmaExtensions = true, keys = [] } = this.options;
    const rdma: [string, string][] = rdmaExtensions ? [['RDMAExtensions', 'Yes']] : [];
    return pdu(
      'login-request',
      { transit: 1, csg: 1, nsg: 3, isid: '00023d000001', cmdSN: this.cmdSN, initiatorTaskTag: 0 },
      {
        data: [
          ['InitiatorName', 'iqn.2001-04.com.example:host'],
          ['TargetName', 'iqn.2001-04.com.example:disk'],
          ['SessionType', 'Normal'],
          ...rdma,
          ...keys,
        ],
      },
    );
  }

  loginResponse(): Uint8Array {
    const { rdmaExtensions = true, replyKeys = [] } = this.options;
    const rdma: [string, string][] = rdmaExtensions ? [['RDMAExtensions', 'Yes']] : [];
    return pdu(
      'login-response',
      {
        transit: 1,
        csg: 1,
        nsg: 3,
        isid: '00023d000001',
        tsih: 1,
        statSN: this.statSN++,
        expCmdSN: this.cmdSN,
        maxCmdSN: this.cmdSN + 63,
        initiatorTaskTag: 0,
      },
      { data: [['TargetPortalGroupTag', '1'], ...rdma, ...replyKeys] },
    );
  }

  /** TCP, MPA, and the login in Send Messages. */
  login(): this {
    this.connect().mpa();
    return this.send(0, this.loginRequest()).send(1, this.loginResponse());
  }

  command(tag: number, length: number, write: boolean): Uint8Array {
    const cdb = write ? '2a' : '28';
    const blocks = (length / 512).toString(16).padStart(4, '0');
    return pdu('scsi-command', {
      read: write ? 0 : 1,
      write: write ? 1 : 0,
      initiatorTaskTag: tag,
      expectedDataTransferLength: length,
      cmdSN: this.cmdSN++,
      expStatSN: this.statSN,
      cdb: fromHex(`${cdb}0000000000 00${blocks}00${'00'.repeat(6)}`.replaceAll(' ', '')),
      lun: '0000000000000000',
    });
  }

  readCommand(tag: number, length: number, stag: number): this {
    const iser = { readStagValid: 1, readStag: stag, readBaseOffset: '00007f0000001000' };
    return this.send(0, this.command(tag, length, false), iser);
  }

  writeCommand(tag: number, length: number, stag: number): this {
    const iser = { writeStagValid: 1, writeStag: stag, writeBaseOffset: '00007f0000001000' };
    return this.send(0, this.command(tag, length, true), iser);
  }

  response(tag: number, invalidate?: number): this {
    const fields = {
      initiatorTaskTag: tag,
      statSN: this.statSN++,
      expCmdSN: this.cmdSN,
      maxCmdSN: this.cmdSN + 63,
    };
    return this.send(1, pdu('scsi-response', fields), {}, invalidate);
  }

  /** An RDMA Write of the target, `offset` bytes into the buffer. */
  write(stag: number, offset: number, length: number, way?: CrcWay): this {
    const taggedOffset = `00007f00${(0x1000 + offset).toString(16).padStart(8, '0')}`;
    const data = new Uint8Array(length).fill(7);
    return this.fpdu(1, ddpSegment(RdmaOpcode.write, { stag, taggedOffset }, data), way);
  }

  /** An RDMA Read Request of the target into a buffer of its own, and the initiator's answer. */
  readRequest(stag: number, offset: number, length: number, sink: number): this {
    const body = header(READ_REQUEST_BYTES, readRequest, {
      sinkStag: sink,
      messageSize: length,
      sourceStag: stag,
      sourceTaggedOffset: `00007f00${(0x1000 + offset).toString(16).padStart(8, '0')}`,
    });
    return this.fpdu(1, ddpSegment(RdmaOpcode.readRequest, { messageSequenceNumber: sink }, body));
  }

  readResponse(sink: number, length: number): this {
    const data = new Uint8Array(length).fill(9);
    return this.fpdu(0, ddpSegment(RdmaOpcode.readResponse, { stag: sink }, data));
  }

  /** A Terminate of the initiator: DDP, tagged buffer error, and the code. */
  terminate(code: number): this {
    const body = header(TERMINATE_BYTES, terminate, { layer: 1, errorType: 1, errorCode: code });
    return this.fpdu(0, ddpSegment(RdmaOpcode.terminate, { messageSequenceNumber: 1 }, body));
  }
}

function byName<T extends { readonly name: string }>(
  fields: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.values(fields).map((f) => [f.name, f]));
}

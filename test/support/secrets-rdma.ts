// Secrets that RoCE, datagrams of iSNS and other frames of Fibre Channel carry: where none of the other captures has one.

import { Els } from '../../src/wire/fc/codes.js';
import { RdmaOpcode } from '../../src/wire/rdma/codes.js';
import { IbOpcode } from '../../src/wire/rdma/infiniband.js';
import { CmAttribute } from '../../src/wire/rdma/infiniband-cm.js';
import { pdu } from './build.js';
import { FcDialogue } from './fc-dialogue.js';
import { IserDialogue } from './iser-dialogue.js';
import * as isns from './isns-build.js';
import { ddpSegment } from './iwarp.js';
import { concat } from './octets.js';
import type { CapturedPacket } from './pcap-writer.js';
import { RoceDialogue, udpFrame } from './roce-dialogue.js';
import type { TimedBytes } from './run.js';
import { SECRET } from './secrets.js';

const BYTES = new TextEncoder().encode(SECRET);
/** A piece of eight octets, four of which are a leak. */
const EIGHT = BYTES.subarray(4, 12);
const S = 1e9;
const US = 1000;

/** Of each place its packets, in the order of time. */
export function plantedInRdma(): CapturedPacket[] {
  const all: TimedBytes[] = [
    ...roce(1, '0000000001', concat(new Uint8Array(36), BYTES)),
    // No service of RDMA CM: no addresses stand where it would have them.
    ...roce(2, '00000000ff', BYTES),
    ...iwarp(),
    ...datagrams(),
    ...frames(),
  ];
  return all.sort((a, b) => a.timeNs - b.timeNs) as unknown as CapturedPacket[];
}

function roce(host: number, service: string, privateData: Uint8Array): TimedBytes[] {
  const d = new RoceDialogue(host);
  d.timeNs = host * S;
  d.connect(service, privateData, BYTES);
  const stage = { csg: 0, nsg: 0, isid: '00023d000001', initiatorTaskTag: 1 };
  const chap: readonly (readonly [string, string])[] = [
    ['CHAP_N', 'user'],
    ['CHAP_R', SECRET],
  ];
  const names: readonly (readonly [string, string])[] = [
    ['InitiatorName', 'iqn.2001-04.com.example:host'],
    ['TargetName', 'iqn.2001-04.com.example:disk'],
    ['AuthMethod', 'CHAP'],
  ];
  d.send(0, pdu('login-request', { ...stage, immediate: 1 }, { data: names }));
  d.send(1, pdu('login-response', stage, { data: [['AuthMethod', 'CHAP']] }));
  d.send(0, pdu('login-request', { ...stage, immediate: 1 }, { data: chap }));
  const done = { ...stage, transit: 1, csg: 1, nsg: 3, tsih: 1, maxCmdSN: 64 };
  d.send(1, pdu('login-response', done, { data: [['RDMAExtensions', 'Yes']] }));
  d.send(0, pdu('text-request', { initiatorTaskTag: 2, immediate: 1 }, { data: chap }));
  d.send(0, pdu('nop-out', { initiatorTaskTag: 3, immediate: 1 }, { data: BYTES }));
  // Data that comes with a command, is placed, and is asked for.
  const cdb = (code: number) => Uint8Array.of(code, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
  const command = { expectedDataTransferLength: 512, attr: 1, lun: '0000000000000000' };
  const write = { ...command, initiatorTaskTag: 4, write: 1, cmdSN: 1, cdb: cdb(0x2a) };
  d.send(0, pdu('scsi-command', write, { data: BYTES }));
  const reth = concat(new Uint8Array(12), Uint8Array.of(0, 0, 0, BYTES.length));
  d.packet(1, IbOpcode.readRequest, reth);
  d.packet(0, IbOpcode.readResponseOnly, concat(Uint8Array.of(0, 0, 0, 1), BYTES), { psn: 905 });
  d.send(1, pdu('scsi-response', { initiatorTaskTag: 4, statSN: 1 }));
  const read = { ...command, initiatorTaskTag: 5, read: 1, cmdSN: 2, cdb: cdb(0x28) };
  d.send(0, pdu('scsi-command', read));
  d.packet(1, IbOpcode.writeOnly, concat(reth, BYTES));
  d.packet(1, IbOpcode.writeOnlyImmediate, concat(reth, EIGHT.subarray(0, 4), BYTES));
  d.packet(1, IbOpcode.writeLastImmediate, concat(EIGHT.subarray(0, 4), BYTES));
  d.send(1, pdu('scsi-response', { initiatorTaskTag: 5, statSN: 2 }));
  // What is no iSER, atomics, immediate data, codes that nobody knows.
  d.packet(0, IbOpcode.sendOnly, BYTES);
  d.packet(0, IbOpcode.sendOnlyImmediate, concat(EIGHT.subarray(0, 4), BYTES));
  d.packet(0, IbOpcode.sendFirst, BYTES).packet(0, IbOpcode.sendMiddle, BYTES);
  d.packet(0, IbOpcode.sendLast, BYTES);
  d.packet(0, IbOpcode.compareSwap, concat(new Uint8Array(12), EIGHT, EIGHT));
  d.packet(0, IbOpcode.fetchAdd, concat(new Uint8Array(12), EIGHT, EIGHT));
  d.packet(1, IbOpcode.atomicAcknowledge, concat(Uint8Array.of(0, 0, 0, 1), EIGHT));
  for (const opcode of [0x15, 0x18, 0x1f, 0x20, 0x24, 0x65, 0xa0, 0xc0, 0xff]) {
    d.packet(0, opcode, BYTES);
  }
  d.cm(0, CmAttribute.rej, concat(new Uint8Array(84), BYTES));
  d.cm(0, CmAttribute.mra, concat(new Uint8Array(10), BYTES));
  d.cm(0, 0x17, BYTES);
  d.cm(0, CmAttribute.dreq, concat(Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 34, 0), BYTES));
  d.cm(1, CmAttribute.drep, concat(Uint8Array.of(0, 0, 0, 8, 0, 0, 0, 7), BYTES));
  return d.packets;
}

/** Atomics and immediate data of iWARP (RFC 7306), Terminate, a Send that is no iSER, data placed. */
function iwarp(): TimedBytes[] {
  const d = new IserDialogue();
  d.timeNs = 4 * S;
  d.login();
  const tagged = { stag: 0x1000, taggedOffset: '0000000000001000' };
  d.fpdu(1, ddpSegment(RdmaOpcode.write, tagged, BYTES));
  d.fpdu(0, ddpSegment(RdmaOpcode.readResponse, tagged, BYTES));
  const untagged = { messageSequenceNumber: 2 };
  d.fpdu(0, ddpSegment(RdmaOpcode.immediateData, untagged, EIGHT));
  const zeros = new Uint8Array(8);
  const request = concat(new Uint8Array(20), EIGHT, zeros, EIGHT, zeros);
  d.fpdu(0, ddpSegment(RdmaOpcode.atomicRequest, { messageSequenceNumber: 1 }, request));
  const response = concat(new Uint8Array(4), EIGHT);
  d.fpdu(1, ddpSegment(RdmaOpcode.atomicResponse, { messageSequenceNumber: 1 }, response));
  d.message(0, concat(Uint8Array.of(0x10), new Uint8Array(27), BYTES));
  return d.packets;
}

/** iSNS in datagrams: keys, what nobody knows, behind the zero of a text, behind a heartbeat, cut in two. */
function datagrams(): TimedBytes[] {
  const packets: TimedBytes[] = [];
  let timeNs = 5 * S;
  const say = (functionId: number, payload: Uint8Array, more: { last?: boolean } = {}): void => {
    const byServer = functionId >= 0x8000 || functionId === 9;
    const parts = { functionId, transactionId: packets.length + 1, byServer, ...more };
    const bytes = isns.isnsPdu(parts, payload);
    timeNs += 100 * US;
    const ports = [50_000, 3205] as const;
    packets.push({ timeNs, bytes: udpFrame(['10.0.9.1', '10.0.9.2'], ports, bytes) });
  };
  const name = isns.text(32, 'iqn.2001-04.com.example:host1');
  const padded = concat(BYTES, new Uint8Array(36 - BYTES.length));
  const raw = (tag: number, value: Uint8Array): Uint8Array =>
    concat(
      isns.number(tag, value.length).slice(0, 4),
      isns.number(0, value.length).slice(8),
      value,
    );
  for (const tag of [11, 12, 28, 29, 31, 42, 30, 300, 2000, 4711]) {
    say(1, concat(name, isns.DELIMITER, name, raw(tag, padded)));
    say(0x8001, isns.status(0, name, isns.DELIMITER, raw(tag, padded)));
  }
  say(1, concat(name, isns.DELIMITER, name, raw(34, concat(Uint8Array.of(97, 0, 0, 0), padded))));
  say(9, concat(new Uint8Array(32), padded));
  say(1, concat(name, isns.DELIMITER, raw(28, padded)).slice(0, 70), { last: false });
  return packets;
}

/** Services and types beside FCP, and what hangs behind what is known. */
function frames(): TimedBytes[] {
  const d = new FcDialogue('fcip', { initiator: '10.9.8.1' });
  let t = d.tcp.connect(7 * S);
  d.special(t + 100 * US);
  t = d.login(t + 300 * US);
  const padded = concat(new Uint8Array(16), BYTES, BYTES, new Uint8Array((-2 * BYTES.length) & 3));
  const kinds: readonly (readonly [rCtl: number, type: number, first: number])[] = [
    [0x02, 0x22, 0x40], // AUTH_ILS
    [0x03, 0x22, 0x02],
    [0x02, 0x20, 0x01],
    [0x03, 0x20, 0x01],
    [0x04, 0x05, 0],
    [0x01, 0x28, 0],
    [0x00, 0x1b, 0],
    [0x04, 0xe0, 0],
    [0x32, 0x08, 0x99],
    [0x22, 0x01, Els.echo],
    [0x80, 0, 0],
    [0x90, 0, 0],
    [0xc0, 0, 0],
    [0x84, 0, 0],
    [0x0f, 0x08, 0],
    [0x03, 0x08, 0],
  ];
  for (const [rCtl, type, first] of kinds) {
    const payload = padded.slice();
    payload[0] = first;
    t += 100 * US;
    const header = { rCtl, type, oxId: 0x500 + rCtl };
    d.send('initiator', d.frame('initiator', header, payload), t);
  }
  return d.packets();
}

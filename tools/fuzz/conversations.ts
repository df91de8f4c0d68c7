// A conversation of each protocol, built of the field tables, and where in each packet which table lies:
// what the fuzzer changes field by field.

import { RCtl } from '../../src/wire/fc/codes.js';
import { elsLogin, PLOGI_BYTES } from '../../src/wire/fc/els-login.js';
import { elsProcessLogin, processLoginPage } from '../../src/wire/fc/els-process-login.js';
import { eofWord, fcipHeader, ifcpHeader, sofWord } from '../../src/wire/fc/encapsulation.js';
import { FCOE_ETHERTYPE, fcoeEof, fcoeHeader } from '../../src/wire/fc/fcoe.js';
import { fcpCmnd } from '../../src/wire/fc/fcp-cmnd.js';
import { fcpRsp } from '../../src/wire/fc/fcp-rsp.js';
import { fcpXferRdy } from '../../src/wire/fc/fcp-xfer-rdy.js';
import { frameHeader } from '../../src/wire/fc/frame-header.js';
import { specialFrame } from '../../src/wire/fc/special-frame.js';
import { type Field, field } from '../../src/wire/field.js';
import { PDUS } from '../../src/wire/iscsi/pdus.js';
import { isnsHeader } from '../../src/wire/isns/header.js';
import { ddpTagged, ddpUntagged } from '../../src/wire/rdma/ddp.js';
import {
  AETH_BYTES,
  aeth,
  atomicEth,
  BTH_BYTES,
  bth,
  DETH_BYTES,
  deth,
  EXTENDED_BYTES,
  IbOpcode,
  ieth,
  reth,
} from '../../src/wire/rdma/infiniband.js';
import {
  CM_MESSAGES,
  CmAttribute,
  ipCm,
  MAD_HEADER_BYTES,
  mad,
} from '../../src/wire/rdma/infiniband-cm.js';
import { ISER_HEADER_BYTES, iserControl, iserHello } from '../../src/wire/rdma/iser.js';
import { irdOrd, mpaFrame } from '../../src/wire/rdma/mpa.js';
import { readRequest, terminate } from '../../src/wire/rdma/rdmap.js';
import { Conversation, pdu } from '../../test/support/build.js';
import { Dialogue } from '../../test/support/dialogue.js';
import { filled } from '../../test/support/fc-build.js';
import { FcDialogue } from '../../test/support/fc-dialogue.js';
import { IserDialogue } from '../../test/support/iser-dialogue.js';
import * as isns from '../../test/support/isns-build.js';
import { concat } from '../../test/support/octets.js';
import { RoceDialogue, udpFrame } from '../../test/support/roce-dialogue.js';

export interface Region {
  readonly table: string;
  readonly at: number;
  readonly fields: readonly Field[];
}

export interface Message {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  /** Tables that lie in it, and where. */
  readonly regions: readonly Region[];
}

export interface Talk {
  readonly protocol: string;
  readonly messages: readonly Message[];
}

type Table = Readonly<Record<string, Field>>;
const ETHERNET = 14;
const US = 1000;
const word = [field('word', 0, 0, 32)];

/** Where TCP's payload begins; the end of the packet where it has none. */
function payloadAt(bytes: Uint8Array): number {
  return ETHERNET + 20 + (bytes[ETHERNET + 20 + 12] >> 4) * 4;
}

function region(table: string, at: number, fields: Table | readonly Field[]): Region {
  return { table, at, fields: Array.isArray(fields) ? fields : Object.values(fields) };
}

function iscsiRegions(bytes: Uint8Array, at: number): Region[] {
  const opcode = bytes[at] & 0x3f;
  const table = PDUS.find((p) => p.opcode === opcode);
  return table === undefined ? [] : [region(table.name, at, table.fields)];
}

function fcRegions(bytes: Uint8Array, at: number): Region[] {
  const all = [region('FC frame header', at, frameHeader)];
  const body = at + 24;
  switch (bytes[at]) {
    case RCtl.command:
      return [...all, region('FCP_CMND', body, fcpCmnd)];
    case RCtl.dataDescriptor:
      return [...all, region('FCP_XFER_RDY', body, fcpXferRdy)];
    case RCtl.status:
      return [...all, region('FCP_RSP', body, fcpRsp)];
    case RCtl.elsRequest:
    case RCtl.elsReply:
      if (bytes.length - body > PLOGI_BYTES) return [...all, region('PLOGI', body, elsLogin)];
      return [
        ...all,
        region('PRLI', body, elsProcessLogin),
        region('PRLI page', body + 4, processLoginPage),
      ];
    default:
      return all;
  }
}

function encapsulated(of: Table, name: string): (bytes: Uint8Array, at: number) => Region[] {
  return (bytes, at) => {
    const special = name === 'FCIP' && (bytes[at + 8] & 1) === 1;
    const header = region(name, at, of);
    if (special) return [header, region('special frame', at + 28, specialFrame)];
    return [
      header,
      region('SOF', at + 28, sofWord),
      ...fcRegions(bytes, at + 32),
      region('EOF', bytes.length - 4, eofWord),
    ];
  };
}

function iserRegions(bytes: Uint8Array, at: number): Region[] {
  if (bytes[at] === 0x4d) {
    return [region('MPA frame', at, mpaFrame), region('IRD and ORD', at + 20, irdOrd)];
  }
  const all = [region('FPDU length', at, [field('length', 0, 0, 16)])];
  const ddp = at + 2;
  if (bytes[ddp] >> 7 === 1) return [...all, region('DDP tagged', ddp, ddpTagged)];
  const body = ddp + 18;
  return [
    ...all,
    region('DDP untagged', ddp, ddpUntagged),
    region('iSER', body, iserControl),
    region('iSER Hello', body, iserHello),
    region('Read Request', body, readRequest),
    region('Terminate', body, terminate),
    ...iscsiRegions(bytes, body + 28),
  ];
}

/** BTH, what its opcode says follows, and iSER with a PDU in Sends, or the connection manager's message. */
function roceRegions(bytes: Uint8Array, at: number): Region[] {
  const opcode = bytes[at];
  const all = [region('BTH', at, bth)];
  const body = at + BTH_BYTES;
  if (opcode === IbOpcode.udSendOnly) {
    const madAt = body + DETH_BYTES;
    const attribute = bytes[madAt + 17];
    const message = CM_MESSAGES.find((one) => one.attribute === attribute);
    const from = madAt + MAD_HEADER_BYTES;
    return [
      ...all,
      region('DETH', body, deth),
      region('MAD', madAt, mad),
      ...(message === undefined ? [] : [region(message.name, from, message.fields)]),
      ...(attribute === CmAttribute.req ? [region('IP CM', from + 140, ipCm)] : []),
    ];
  }
  const extended = ROCE_TABLES[opcode];
  if (extended !== undefined) all.push(region(extended[0], body, extended[1]));
  const data = body + Math.max(0, EXTENDED_BYTES[opcode] ?? 0);
  if (opcode > IbOpcode.sendOnlyImmediate && opcode < IbOpcode.sendLastInvalidate) return all;
  const iser = region('iSER', data, iserControl);
  return [...all, iser, ...iscsiRegions(bytes, data + ISER_HEADER_BYTES)];
}

const ROCE_TABLES: Readonly<Record<number, readonly [name: string, Table]>> = {
  [IbOpcode.readRequest]: ['RETH', reth],
  [IbOpcode.writeOnly]: ['RETH', reth],
  [IbOpcode.writeFirst]: ['RETH', reth],
  [IbOpcode.readResponseOnly]: ['AETH', aeth],
  [IbOpcode.readResponseFirst]: ['AETH', aeth],
  [IbOpcode.acknowledge]: ['AETH', aeth],
  [IbOpcode.compareSwap]: ['AtomicETH', atomicEth],
  [IbOpcode.sendOnlyInvalidate]: ['IETH', ieth],
};

function isnsRegions(bytes: Uint8Array, at: number): Region[] {
  const words = Array.from({ length: Math.max(0, (bytes.length - at - 12) >> 2) }, (_, i) =>
    region('iSNS word', at + 12 + i * 4, word),
  );
  return [region('iSNS', at, isnsHeader), ...words];
}

function talk(
  protocol: string,
  packets: readonly { readonly timeNs: number; readonly bytes: Uint8Array }[],
  regions: (bytes: Uint8Array, at: number) => Region[],
  at: (bytes: Uint8Array) => number = payloadAt,
): Talk {
  const messages = packets.map(({ timeNs, bytes }) => {
    const from = at(bytes);
    const all = from + 8 <= bytes.length ? regions(bytes, from) : [];
    return { timeNs, bytes, regions: all.filter((r) => r.at + 4 <= bytes.length) };
  });
  return { protocol, messages };
}

function iscsi(): Talk {
  const d = new Dialogue({ headerDigest: false });
  let t = d.tcp.connect(0) + 100 * US;
  t = d.loginStep(t, {
    csg: 1,
    nsg: 3,
    offered: [
      ['InitiatorName', 'iqn.2001-04.com.example:host1'],
      ['TargetName', 'iqn.2001-04.com.example:disk1'],
      ['SessionType', 'Normal'],
      ['MaxBurstLength', '262144'],
    ],
    answered: [
      ['TargetPortalGroupTag', '1'],
      ['MaxBurstLength', '65536'],
    ],
  });
  t = d.read10(0, 8, t + 100 * US).statusNs;
  t = d.write10(8, 32, t + 100 * US, { burst: 8192 }).statusNs;
  t = d.read10(64, 1, t + 100 * US).statusNs;
  t = d.logout(t + 100 * US);
  d.tcp.close(t + 100 * US);
  return talk('iSCSI', d.tcp.captured(), iscsiRegions);
}

function fcDialogue(protocol: 'fcip' | 'ifcp'): FcDialogue {
  const d = new FcDialogue(protocol);
  let t = d.tcp.connect(0) + 100 * US;
  if (protocol === 'fcip') d.special(t);
  else d.cbind(t);
  t = d.login(t + 300 * US);
  t = d.read(t + 100 * US, 0, 8);
  t = d.write(t + 100 * US, 8, 4);
  const oxId = d.cmnd(t + 100 * US, '280000000000000008000000', 4096, { readData: 1 });
  d.rec(t + 200 * US, oxId);
  d.abts(t + 400 * US, oxId);
  t = d.read(t + 900 * US, 16, 1);
  d.tcp.close(t + 100 * US);
  return d;
}

function fcoe(): Talk {
  const packets: { timeNs: number; bytes: Uint8Array }[] = [];
  for (const { timeNs, tcp } of fcDialogue('fcip').packets()) {
    const payload = tcp.payload ?? new Uint8Array(0);
    if (payload.length < 64 || (payload[8] & 1) === 1) continue;
    const frame = payload.subarray(32, payload.length - 4);
    const ethernet = Uint8Array.of(
      ...[0x0e, 0xfc, 0, 1, 0, 1, 0x0e, 0xfc, 0, 2, 0, 1],
      FCOE_ETHERTYPE >> 8,
      FCOE_ETHERTYPE & 255,
    );
    const head = filled(fcoeHeader, 14, { sof: payload[28] });
    const end = filled(fcoeEof, 4, { eof: payload[payload.length - 4] });
    packets.push({ timeNs, bytes: concat(ethernet, head, frame, end) });
  }
  return talk(
    'FCoE',
    packets,
    (bytes, at) => [region('FCoE', at, fcoeHeader), ...fcRegions(bytes, at + 14)],
    () => ETHERNET,
  );
}

function iser(): Talk {
  const d = new IserDialogue({ crc: false }).login().hello(8).helloReply(8, false);
  d.readCommand(0x10, 4096, 0x1000).write(0x1000, 0, 4096).response(0x10, 0x1000);
  d.writeCommand(0x11, 4096, 0x2000).readRequest(0x2000, 0, 4096, 7).readResponse(7, 4096);
  d.response(0x11).readCommand(0x12, 512, 0x3000).write(0x3000, 0, 512).response(0x12);
  return talk('iSER', d.terminate(3).packets, iserRegions);
}

function isnsTalk(): Talk {
  const tcp = new Conversation({ targetPort: 3205 });
  let t = tcp.connect(0) + 100 * US;
  const say = (functionId: number, transactionId: number, payload: Uint8Array): void => {
    const byServer = functionId > 0x8000;
    const bytes = isns.isnsPdu({ functionId, transactionId, byServer }, payload);
    tcp.send(byServer ? 'target' : 'initiator', bytes, t);
    t += 200 * US;
  };
  const name = 'iqn.2001-04.com.example:host1';
  const node = concat(isns.text(32, name), isns.number(33, 2), isns.text(34, 'a host'));
  const portal = concat(isns.address(16, 10, 0, 0, 1), isns.number(17, 3260));
  const entity = concat(isns.text(1, 'entity'), isns.number(2, 2));
  say(1, 1, concat(isns.text(32, name), isns.DELIMITER, entity, portal, node));
  say(0x8001, 1, isns.status(0, isns.text(32, name), isns.DELIMITER, entity, portal, node));
  say(2, 2, concat(isns.text(32, name), isns.DELIMITER, isns.empty(32), isns.empty(33)));
  say(0x8002, 2, isns.status(0, isns.DELIMITER, node));
  say(
    5,
    3,
    concat(isns.text(32, name), isns.text(32, name), isns.DELIMITER, isns.number(35, 0x3f)),
  );
  say(0x8005, 3, isns.status(0));
  say(4, 4, concat(isns.text(32, name), isns.DELIMITER, isns.text(32, name)));
  say(0x8004, 4, isns.status(3));
  tcp.close(t);
  return talk('iSNS', tcp.captured(), isnsRegions);
}

/** UDP behind IPv4. */
const datagramAt = (): number => ETHERNET + 20 + 8;

/** A login in Sends, a read that is placed by two RDMA Writes, a write that is fetched, an atomic, the end. */
function roce(): Talk {
  const d = new RoceDialogue();
  d.connect('0000000001', new Uint8Array(40), new Uint8Array(4));
  const stage = { csg: 1, nsg: 3, transit: 1, isid: '00023d000001', initiatorTaskTag: 1 };
  const rdma = ['RDMAExtensions', 'Yes'] as const;
  const offered = [
    ['InitiatorName', 'iqn.2001-04.com.example:host'],
    ['TargetName', 'iqn.2001-04.com.example:disk'],
    rdma,
  ] as const;
  d.send(0, pdu('login-request', { ...stage, immediate: 1, cmdSN: 1 }, { data: offered }));
  const answered = { ...stage, tsih: 1, statSN: 1, expCmdSN: 1, maxCmdSN: 64 };
  d.send(1, pdu('login-response', answered, { data: [['TargetPortalGroupTag', '1'], rdma] }));
  const command = { expectedDataTransferLength: 1024, attr: 1, lun: '0000000000000000' };
  const cdb = (code: number) => Uint8Array.of(code, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0);
  const place = concat(new Uint8Array(8), Uint8Array.of(0, 0, 16, 0, 0, 0, 4, 0));
  const ack = (side: number): RoceDialogue =>
    d.packet(side, IbOpcode.acknowledge, Uint8Array.of(0, 0, 0, 1));
  const read = { ...command, initiatorTaskTag: 5, read: 1, cmdSN: 1, cdb: cdb(0x28) };
  d.send(0, pdu('scsi-command', read), { readStagValid: 1, readStag: 0x1000 });
  d.packet(1, IbOpcode.writeFirst, concat(place, new Uint8Array(512)));
  d.packet(1, IbOpcode.writeLast, new Uint8Array(512));
  ack(0);
  const good = { statSN: 2, expCmdSN: 2, maxCmdSN: 65 };
  d.send(1, pdu('scsi-response', { initiatorTaskTag: 5, ...good }));
  const write = { ...command, initiatorTaskTag: 6, write: 1, cmdSN: 2, cdb: cdb(0x2a) };
  d.send(0, pdu('scsi-command', write), { writeStagValid: 1, writeStag: 0x2000 });
  d.packet(1, IbOpcode.readRequest, place);
  d.packet(0, IbOpcode.readResponseFirst, new Uint8Array(AETH_BYTES + 512), { psn: 907 });
  d.packet(0, IbOpcode.readResponseLast, new Uint8Array(AETH_BYTES + 512), { psn: 908 });
  d.packet(
    1,
    IbOpcode.sendOnlyInvalidate,
    concat(
      Uint8Array.of(0, 0, 32, 0),
      Uint8Array.of(0x10, ...new Uint8Array(ISER_HEADER_BYTES - 1)),
      pdu('scsi-response', { initiatorTaskTag: 6, ...good, statSN: 3 }),
    ),
  );
  d.packet(0, IbOpcode.compareSwap, new Uint8Array(28));
  d.packet(1, IbOpcode.atomicAcknowledge, new Uint8Array(12));
  d.cm(0, CmAttribute.dreq, Uint8Array.of(0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 34, 0));
  d.cm(1, CmAttribute.drep, Uint8Array.of(0, 0, 0, 8, 0, 0, 0, 7));
  return talk('RoCE', d.packets, roceRegions, datagramAt);
}

/** What servers say unasked: state changes, are you there, heartbeats; and requests in datagrams. */
function isnsDatagrams(): Talk {
  const packets: { timeNs: number; bytes: Uint8Array }[] = [];
  const say = (functionId: number, transactionId: number, payload: Uint8Array): void => {
    const byServer = functionId > 0x8000 || functionId === 9 || functionId === 8;
    const bytes = isns.isnsPdu({ functionId, transactionId, byServer }, payload);
    const ends = byServer
      ? (['10.0.0.2', '10.0.0.1'] as const)
      : (['10.0.0.1', '10.0.0.2'] as const);
    const ports = byServer ? ([3205, 50_000] as const) : ([50_000, 3205] as const);
    packets.push({ timeNs: (packets.length + 1) * 100 * US, bytes: udpFrame(ends, ports, bytes) });
  };
  const name = isns.text(32, 'iqn.2001-04.com.example:host1');
  say(1, 1, concat(name, isns.DELIMITER, name, isns.number(33, 2), isns.number(23, 0x10c85)));
  say(0x8001, 1, isns.status(0, name, isns.DELIMITER, name));
  say(8, 2, concat(name, isns.number(4, 7), isns.number(35, 8), name));
  say(0x8008, 2, isns.status(0, name));
  say(13, 3, concat(isns.number(4, 9), isns.text(1, 'entity')));
  say(0x800d, 3, isns.status(0, isns.text(1, 'entity')));
  say(9, 4, new Uint8Array(52));
  return talk('iSNS by UDP', packets, isnsRegions, datagramAt);
}

export function talks(): Talk[] {
  return [
    iscsi(),
    talk('FCIP', fcDialogue('fcip').packets(), encapsulated(fcipHeader, 'FCIP')),
    talk('iFCP', fcDialogue('ifcp').packets(), encapsulated(ifcpHeader, 'iFCP')),
    fcoe(),
    iser(),
    isnsTalk(),
    isnsDatagrams(),
    roce(),
  ];
}

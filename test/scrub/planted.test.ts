// Secrets in every place of Fibre Channel, iSNS and RDMA where names and data can stand: none is left, not as
// octets and not as hex digits, whatever they are (seeded).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../../src/main.js';
import { Els, RCtl } from '../../src/wire/fc/codes.js';
import { elsLogin, PLOGI_BYTES } from '../../src/wire/fc/els-login.js';
import { elsDiscoverAddress, elsLogout } from '../../src/wire/fc/els-others.js';
import { RdmaOpcode } from '../../src/wire/rdma/codes.js';
import { Conversation, fromHex, pdu } from '../support/build.js';
import { readCapture } from '../support/capture.js';
import { cmndPayload, fcFrame, fcipSpecial, filled, rspPayload } from '../support/fc-build.js';
import { FcDialogue, INITIATOR, TARGET } from '../support/fc-dialogue.js';
import { IserDialogue } from '../support/iser-dialogue.js';
import { isnsPdu } from '../support/isns-build.js';
import { ddpSegment } from '../support/iwarp.js';
import { needs } from '../support/needs.js';
import { concat } from '../support/octets.js';
import { type CapturedPacket, pcapFile } from '../support/pcap-writer.js';
import { leak, leftBy, Secrets } from '../support/planted.js';
import { sharedCapture } from '../support/shared.js';
import { temporaryFolder } from '../support/temporary.js';

const US = 1000;
const ROUNDS = 3;
const folder = temporaryFolder('planted');

/** A packet more for each of these places. */
function fibreChannel(s: Secrets): CapturedPacket[] {
  const d = new FcDialogue();
  let at = 0;
  const next = () => (at += 1000 * US);
  const special = {
    sourceFabricName: s.hex('source fabric'),
    sourceEntityId: s.hex('entity'),
    connectionNonce: s.hex('nonce'),
    destinationFabricName: s.hex('destination fabric'),
  };
  d.tcp.send('initiator', fcipSpecial(special), next());
  d.tcp.send('target', fcipSpecial(special, true), next());
  for (const command of [Els.plogi, Els.lsAcc]) {
    const payload = filled(elsLogin, PLOGI_BYTES, {
      command,
      portName: s.hex('WWPN'),
      nodeName: s.hex('WWNN'),
      class1: s.octets('class 1', 16),
      class2Rest: s.octets('class 2', 14),
      class4: s.octets('class 4', 16),
      vendorVersion: s.octets('vendor version', 16),
    });
    d.els(command === Els.plogi ? 'initiator' : 'target', next(), payload, { oxId: 1 });
  }
  const logo = { command: Els.logo, portId: INITIATOR, portName: s.hex('LOGO') };
  d.els('initiator', next(), filled(elsLogout, 16, logo), { oxId: 2 });
  const adisc = {
    command: Els.adisc,
    portName: s.hex('ADISC port'),
    nodeName: s.hex('ADISC node'),
  };
  d.els('initiator', next(), filled(elsDiscoverAddress, 28, adisc), { oxId: 3 });
  d.els('initiator', next(), concat(Uint8Array.of(0x78, 0, 0, 0), s.octets('RNID', 32)), {
    oxId: 4,
  });
  d.els(
    'initiator',
    next(),
    concat(Uint8Array.of(Els.rec, 0, 0, 0), new Uint8Array(8), s.octets('behind REC', 16)),
    { oxId: 5 },
  );
  const ct = (
    command: number,
    body: Uint8Array,
    oxId: number,
    from: 'initiator' | 'target' = 'initiator',
  ) => {
    const head = Uint8Array.of(
      1,
      0,
      0,
      0,
      0xfc,
      2,
      0,
      0,
      command >> 8,
      command & 255,
      0,
      0,
      0,
      0,
      0,
      0,
    );
    const rCtl = from === 'initiator' ? 2 : 3;
    const values = { rCtl, type: 0x20, oxId, sourceId: INITIATOR, destinationId: 0xfffffc };
    const reply = { rCtl, type: 0x20, oxId, sourceId: 0xfffffc, destinationId: INITIATOR };
    d.send(from, d.frame(from, from === 'initiator' ? values : reply, concat(head, body)), next());
  };
  const named = (text: string) => concat(Uint8Array.of(text.length), Buffer.from(text, 'latin1'));
  ct(0x0218, concat(Uint8Array.of(0, 1, 2, 3), named(s.text('RSPN'))), 10);
  ct(0x0239, concat(s.octets('RSNN name'), named(s.text('RSNN'))), 11);
  ct(0x0121, s.octets('GID_PN'), 12);
  ct(0x0172, Uint8Array.of(0, 0, 0, 8), 13);
  ct(0x8002, concat(Uint8Array.of(0x80, 1, 2, 3, 0, 0, 0, 0), s.octets('GPN_FT')), 13, 'target');
  ct(0x0100, Uint8Array.of(0, 1, 2, 3), 14);
  const symbolic = new Uint8Array(256);
  symbolic.set(named(s.text('GA_NXT symbolic')), 0);
  const entry = concat(
    Uint8Array.of(1, 1, 2, 3),
    s.octets('GA_NXT port'),
    symbolic,
    s.octets('GA_NXT node'),
    s.octets('GA_NXT rest', 40),
  );
  ct(0x8002, entry, 14, 'target');
  ct(0x0fff, s.octets('unknown CT', 24), 15);
  d.send(
    'initiator',
    d.frame(
      'initiator',
      { rCtl: 2, type: 0x22, oxId: 16 },
      concat(Uint8Array.of(0x10), s.octets('SW_ILS', 23)),
    ),
    next(),
  );
  d.send(
    'initiator',
    d.frame('initiator', { rCtl: 4, type: 5, oxId: 17 }, s.octets('IP over FC', 32)),
    next(),
  );
  const network = { rCtl: RCtl.command, type: 8, oxId: 18, networkHeader: 1 };
  d.send(
    'initiator',
    d.frame(
      'initiator',
      network,
      concat(s.octets('network header', 16), cmndPayload('280000000000000001', 512)),
    ),
    next(),
  );
  commands(d, s, next);
  return d.packets();
}

/** Data of commands that are read, of one that is not, and what stands behind sense data. */
function commands(d: FcDialogue, s: Secrets, next: () => number): void {
  const data = (cdb: string, bytes: Uint8Array) => {
    const oxId = d.cmnd(next(), cdb, bytes.length, { readData: 1 });
    const header = {
      rCtl: RCtl.data,
      type: 8,
      oxId,
      rxId: 0,
      relativeOffsetPresent: 1,
      parameter: 0,
    };
    d.send('target', d.frame('target', { ...header, firstSequence: 0 }, bytes), next());
    d.rsp(next(), oxId);
  };
  const page = (code: number, body: Uint8Array) =>
    concat(Uint8Array.of(0, code, 0, body.length), body);
  data('280000000000000001', s.octets('READ data', 512));
  data('120180003000', page(0x80, Buffer.from(s.text('serial number'), 'latin1')));
  data('120183003000', page(0x83, concat(Uint8Array.of(0x61, 3, 0, 8), s.octets('NAA'))));
  data('1201c0003000', page(0xc0, s.octets('vendor page', 24)));
  data(
    '120000006000',
    concat(new Uint8Array(36), s.octets('INQUIRY vendor', 20), new Uint8Array(40)),
  );
  data(
    '1a0020003000',
    concat(Uint8Array.of(31, 0, 0, 0, 0x20, 26), s.octets('vendor mode page', 26)),
  );
  data(
    '5e0000000000002000',
    concat(new Uint8Array(4), Uint8Array.of(0, 0, 0, 8), s.octets('reservation key')),
  );
  data('c00000000000', s.octets('unknown command', 64));
  const oxId = d.cmnd(next(), '2a0000000000000001', 512, { writeData: 1 });
  const out = { rCtl: RCtl.data, type: 8, oxId, rxId: 0, relativeOffsetPresent: 1, parameter: 0 };
  d.send('initiator', d.frame('initiator', out, s.octets('WRITE data', 512)), next());
  const sense = concat(
    fromHex('700005000000000a000000002000000000000000').slice(0, 18),
    s.octets('behind sense', 14),
  );
  const values = { status: 2, senseLengthValid: 1, senseLength: sense.length };
  const answer = { rCtl: RCtl.status, type: 8, oxId, rxId: 0, lastSequence: 1 };
  const behind = concat(sense, s.octets('behind FCP_RSP', 16));
  d.send('target', d.frame('target', answer, rspPayload(values, Uint8Array.from(behind))), next());
}

function ifcp(s: Secrets): CapturedPacket[] {
  const d = new FcDialogue('ifcp', { initiatorPort: 40_001 });
  const cbind = concat(
    Uint8Array.of(Els.cbind, 0, 0, 0, 0, 0, 1, 1),
    s.octets('user info', 4),
    s.octets('CBIND source'),
    s.octets('CBIND destination'),
  );
  d.control('initiator', 1000 * US, cbind);
  for (let i = 2; i < 6; i++) {
    const header = { rCtl: 4, type: 5, oxId: i, sourceId: TARGET, destinationId: INITIATOR };
    d.send('target', fcFrame(header, s.octets('iFCP payload', 32)), i * 1000 * US);
  }
  return d.packets();
}

const TEXT_TAGS = [1, 18, 32, 34, 42, 48, 67, 73, 97, 101, 131, 2050, 2066, 2068];
const NAME_TAGS = [37, 64, 68, 77, 96, 99, 128, 2069];
const OTHER_TAGS = [11, 12, 28, 29, 31, 72, 300, 5000];

function isns(s: Secrets): CapturedPacket[] {
  const tcp = new Conversation({ targetPort: 3205, initiatorPort: 40_002, gapNs: 0 });
  const tlv = (tag: number, bytes: Uint8Array) => {
    const head = new Uint8Array(8);
    const padded = concat(bytes, new Uint8Array(-bytes.length & 3));
    new DataView(head.buffer).setUint32(0, tag);
    new DataView(head.buffer).setUint32(4, padded.length);
    return concat(head, padded);
  };
  const texts = TEXT_TAGS.map((tag) => {
    const before = [32, 48, 2068].includes(tag) ? 'iqn.2001-04.' : '';
    return tlv(tag, Buffer.from(`${s.text(`iSNS tag ${tag}`, before)}\0`, 'latin1'));
  });
  const names = NAME_TAGS.map((tag) => tlv(tag, s.octets(`iSNS tag ${tag}`)));
  const others = OTHER_TAGS.map((tag) => tlv(tag, s.octets(`iSNS tag ${tag}`, 32)));
  const address = [3, 16, 49, 70].map((tag) =>
    tlv(tag, concat(Uint8Array.of(0xfd, 0), s.octets(`iSNS tag ${tag}`, 14))),
  );
  const payload = concat(...texts, ...names, ...others, ...address);
  for (let i = 0; i < 4; i++) {
    tcp.send(
      'initiator',
      isnsPdu({ functionId: 1, transactionId: 1 + i }, payload),
      (i + 1) * 1000 * US,
    );
  }
  return tcp.captured();
}

function iwarp(s: Secrets, markers: boolean): CapturedPacket[] {
  const keys: [string, string][] = [
    ['InitiatorAlias', s.text('alias')],
    ['X-org.example.key', s.text('unknown key')],
    ['CHAP_N', s.text('CHAP name')],
  ];
  const d = new IserDialogue({ markers, keys });
  d.connect().mpa(
    { privateData: s.octets('MPA request', 32) },
    { privateData: s.octets('MPA reply', 32) },
  );
  d.send(0, d.loginRequest()).send(1, d.loginResponse());
  const ping = pdu('nop-out', { initiatorTaskTag: 9 }, { data: [['ping', s.text('ping')]] });
  d.send(0, ping);
  const inquiry = pdu('scsi-command', {
    read: 1,
    initiatorTaskTag: 20,
    expectedDataTransferLength: 64,
    cdb: fromHex(`120180004000${'00'.repeat(10)}`),
    lun: '0000000000000000',
  });
  d.send(0, inquiry, { readStagValid: 1, readStag: 77, readBaseOffset: '0000000000001000' });
  const serial = Buffer.from(s.text('serial by RDMA'), 'latin1');
  const placed = concat(Uint8Array.of(0, 0x80, 0, serial.length), serial);
  const write = { stag: 77, taggedOffset: '0000000000001000' };
  d.fpdu(1, ddpSegment(RdmaOpcode.write, write, placed));
  d.response(20).readCommand(21, 512, 78);
  d.fpdu(1, ddpSegment(RdmaOpcode.write, { ...write, stag: 78 }, s.octets('RDMA Write', 512)));
  d.response(21).writeCommand(22, 512, 79).readRequest(79, 0, 512, 5);
  d.fpdu(0, ddpSegment(RdmaOpcode.readResponse, { stag: 5 }, s.octets('Read Response', 512)));
  const sense = concat(
    fromHex(`0020${'700005000000000a00000000200000000000'}`),
    s.octets('behind sense (iSER)', 14),
    s.octets('behind', 16),
  );
  d.send(
    1,
    pdu('scsi-response', { initiatorTaskTag: 22, status: 2, statSN: 104 }, { data: sense }),
  );
  d.message(0, s.octets('no iSER header', 40));
  return d.packets;
}

async function scrubbed(
  packets: readonly CapturedPacket[],
  name: string,
  key: string,
): Promise<Buffer> {
  const from = join(folder, `${name}.pcap`);
  const to = join(folder, `${name}.pcapng`);
  const sorted = [...packets].sort((a, b) => Number(a.timeNs) - Number(b.timeNs));
  writeFileSync(from, pcapFile(sorted));
  assert.is(await main(['scrub', '-q', '--key', key, '-o', to, from]), 0);
  return readFileSync(to);
}

for (let round = 0; round < ROUNDS; round++) {
  test(`no planted secret is left, round ${round}`, async () => {
    const secrets = new Secrets(1 + round * 7919);
    const captures: Record<string, CapturedPacket[]> = {
      fcip: fibreChannel(secrets),
      ifcp: ifcp(secrets),
      isns: isns(secrets),
      iwarp: iwarp(secrets, false),
      markers: iwarp(secrets, true),
    };
    assert.ok(secrets.all.length >= 64, `${secrets.all.length} places`);
    let written = 0;
    for (const [name, packets] of Object.entries(captures)) {
      const before = Buffer.from(pcapFile(packets));
      const planted = secrets.all.filter(({ bytes }) => leak(before, bytes));
      written += planted.length;
      const left = await leftBy((key) => scrubbed(packets, `${name}${round}`, key), planted);
      assert.equal(
        left.map(({ place }) => `${name}: ${place}`),
        [],
      );
    }
    assert.ok(
      written >= secrets.all.length - 4,
      `${written} of ${secrets.all.length} are in a capture`,
    );
  });
}

const RXE = 'san/iser-rxe-1500-ini.pcap';

/** Before, commands are answered that describe the device: their numbers stay. */
const LOAD_FROM = 400;

/** Ethernet, IPv4, UDP; BTH; DETH; MAD: where a message of the connection manager begins. */
const BTH_AT = 42;
const MAD_BODY_AT = BTH_AT + 12 + 8 + 24;

needs(sharedCapture(RXE))('RoCE: nothing of data, GUIDs and private data is left', async () => {
  const secrets = new Secrets(99);
  const { packets } = await readCapture([sharedCapture(RXE)]);
  let sends = 0;
  for (const { bytes, frame } of packets) {
    if (bytes.length < BTH_AT + 16 || ((bytes[36] << 8) | bytes[37]) !== 4791) continue;
    const opcode = bytes[BTH_AT];
    if (opcode === 0x64 && bytes.length > MAD_BODY_AT + 200) {
      bytes.set(secrets.octets('GUID'), MAD_BODY_AT + 16);
      bytes.set(secrets.octets('alternate path', 40), MAD_BODY_AT + 100);
      bytes.set(secrets.octets('private data', 20), MAD_BODY_AT + 190);
    } else if (
      [6, 7, 8, 13, 14, 15].includes(opcode) &&
      bytes.length > 600 &&
      frame > LOAD_FROM &&
      sends++ % 40 === 0
    ) {
      bytes.set(secrets.octets(`data of opcode ${opcode}`, 64), BTH_AT + 200);
    }
  }
  assert.ok(secrets.all.length > 10);
  const untouched = packets.map(({ timeNs, bytes }) => ({ timeNs, bytes }));
  const left = await leftBy((key) => scrubbed(untouched, 'roce', key), secrets.all);
  assert.equal(
    left.map(({ place }) => place),
    [],
  );
});

test.run();

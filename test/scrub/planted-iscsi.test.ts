// Secrets in every place of iSCSI, of SCSI's data, and of what else a capture holds: none is left, not as octets and
// not as hex digits, whatever they are (seeded).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from '../../src/main.js';
import { fromHex } from '../support/build.js';
import { Dialogue, fixedSense } from '../support/dialogue.js';
import { concat } from '../support/octets.js';
import { type CapturedPacket, type PcapngOption, PcapngWriter } from '../support/pcap-writer.js';
import { leak, leftBy, Secrets } from '../support/planted.js';
import { temporaryFolder } from '../support/temporary.js';

const MS = 1_000_000;
const ROUNDS = 4;
const folder = temporaryFolder('planted');

/** Lengths in front of what they are of. */
function u16(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
}

function padded(bytes: Uint8Array, length: number): Uint8Array {
  return concat(bytes, new Uint8Array(Math.max(0, length - bytes.length)));
}

function ascii(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

function iscsi(s: Secrets): CapturedPacket[] {
  const isid = s.octets('ISID', 5);
  const d = new Dialogue({ isid: `00${Buffer.from(isid).toString('hex')}` });
  let at = d.login(
    MS,
    [
      ['InitiatorAlias', s.text('initiator alias')],
      [`X-org.${s.text('key name')}`, s.text('key value')],
      ['CHAP_N', s.text('CHAP name')],
      ['CHAP_R', `0x${s.hex('CHAP response')}`],
      ['MaxBurstLength', s.text('no number')],
    ],
    [
      ['TargetAlias', s.text('target alias')],
      ['TargetAddress', `${s.text('target address')}.example:3260,1`],
      ['CHAP_C', `0x${s.hex('CHAP challenge')}`],
    ],
  );
  const next = () => {
    at += MS;
    return at;
  };
  d.text(
    next(),
    [['SendTargets', 'All']],
    [
      ['TargetName', s.text('SendTargets name', 'iqn.2001-04.')],
      [
        'TargetAddress',
        `[fd00:${s.hex('SendTargets IPv6').replace(/(....)(?=.)/g, '$1:')}::1]:3260,1`,
      ],
      ['TargetName', s.text('SendTargets name', 'naa.')],
    ],
  );
  commands(d, s, next);
  d.nopOut(next(), s.octets('ping', 40));
  const event = (asyncEvent: number, data: Uint8Array) => {
    const of = { data, advance: 'statSN' } as const;
    d.say('async-message', { asyncEvent, initiatorTaskTag: 0xffffffff }, next(), of);
  };
  event(255, s.octets('vendor event', 32));
  event(0, concat(u16(18), fixedSense(6, 0x29, 0), s.octets('behind event sense', 16)));
  const login = new Uint8Array(48);
  login.set([0x43, 0x87, 0, 0]);
  login.set(s.octets('ISID of a rejected login', 5), 9);
  d.say('reject', { reason: 4 }, next(), { data: concat(login, s.octets('behind rejected', 16)) });
  const vendor = concat(fromHex('7c80000000000010'), s.octets('vendor PDU', 8), u16(0, 77));
  d.tcp.initiator(
    concat(vendor, s.octets('vendor PDU', 28), s.octets('vendor PDU data', 16)),
    next(),
  );
  return d.tcp.captured();
}

function commands(d: Dialogue, s: Secrets, next: () => number): void {
  const read = (cdb: string, bytes: Uint8Array) =>
    d.command(padded(fromHex(cdb), 16), next(), { read: bytes });
  const write = (cdb: string, data: Uint8Array) => {
    const initiatorTaskTag = d.nextTag();
    const fields = { write: 1, initiatorTaskTag, lun: d.options.lun };
    const of = { data, advance: 'cmdSN' } as const;
    const request = {
      ...fields,
      expectedDataTransferLength: data.length,
      cdb: padded(fromHex(cdb), 16),
    };
    d.say('scsi-command', request, next(), of);
    d.say('scsi-response', { initiatorTaskTag }, next(), { advance: 'statSN' });
  };
  const page = (code: number, body: Uint8Array) =>
    concat(Uint8Array.of(0, code), u16(body.length), body);
  const designator = (set: number, type: number, body: Uint8Array) =>
    concat(Uint8Array.of(set, type, 0, body.length), body);
  const behind = (name: string) => s.octets(`behind ${name}`, 16);

  read(
    '1200000090',
    concat(
      fromHex('000006320000'),
      new Uint8Array(30),
      s.octets('INQUIRY vendor', 20),
      new Uint8Array(18),
      s.octets('INQUIRY reserved', 20),
      behind('INQUIRY'),
    ),
  );
  read('12018000ff', page(0x80, ascii(s.text('serial'))));
  read(
    '12018300ff',
    page(
      0x83,
      concat(
        designator(1, 3, concat(Uint8Array.of(0x60), s.octets('NAA', 15))),
        designator(2, 1, concat(ascii('VENDOR  '), ascii(s.text('T10')))),
        designator(1, 2, s.octets('EUI-64')),
        designator(3, 8, ascii(s.text('SCSI name', 'iqn.2001-04.'))),
        designator(1, 7, s.octets('MD5', 16)),
        designator(1, 0x0a, s.octets('UUID', 16)),
        designator(1, 0, s.octets('vendor designator', 12)),
        designator(1, 4, s.octets('too long a port', 8)),
      ),
    ),
  );
  read(
    '1201b200ff',
    page(
      0xb2,
      concat(Uint8Array.of(0, 0xe1, 2, 0), designator(1, 3, s.octets('provisioning group'))),
    ),
  );
  read('12018600ff', page(0x86, concat(new Uint8Array(20), s.octets('extended INQUIRY', 40))));
  for (const code of [0x81, 0x85, 0x87, 0x88, 0x89, 0xc0, 0xf1]) {
    read(`1201${code.toString(16)}00ff`, page(code, s.octets(`VPD ${code}`, 60)));
  }
  read('25', concat(fromHex('0000ffff00000200'), behind('READ CAPACITY(10)')));
  read(
    '9e10',
    concat(fromHex('000000000000ffff00000200'), new Uint8Array(20), behind('READ CAPACITY(16)')),
  );
  read('0300000060', concat(fixedSense(0, 0, 0), s.octets('REQUEST SENSE', 30)));
  read('a000', concat(fromHex('00000008000000000000000000000000'), behind('REPORT LUNS')));
  read(
    '1a003f0060',
    concat(
      Uint8Array.of(39, 0, 0, 0, 0x20, 14),
      s.octets('vendor page', 14),
      Uint8Array.of(0x59, 1),
      u16(16),
      s.octets('SAS address', 16),
      behind('MODE SENSE(6)'),
    ),
  );
  read(
    '5a001900000000006000',
    concat(
      u16(6 + 18, 0, 0, 0),
      Uint8Array.of(0x18, 16),
      s.octets('transport page', 16),
      behind('MODE SENSE(10)'),
    ),
  );
  read(
    '4d004200000000006000',
    concat(
      Uint8Array.of(2, 0),
      u16(24),
      u16(0x8001),
      Uint8Array.of(0, 20),
      s.octets('vendor log', 20),
      behind('LOG SENSE'),
    ),
  );
  read('4d005800000000006000', concat(Uint8Array.of(0x18, 0), u16(24), s.octets('SAS log', 24)));
  read(
    '4d004f00000000006000',
    concat(Uint8Array.of(0x0f, 0), u16(24), s.octets('application log', 24)),
  );
  read('5e00', concat(u16(0, 1, 0, 8), s.octets('key'), behind('READ KEYS')));
  read(
    '5e01',
    concat(u16(0, 1, 0, 16), s.octets('holder'), new Uint8Array(8), behind('READ RESERVATION')),
  );
  read(
    '5e03',
    concat(
      u16(0, 1, 0, 24 + 24),
      s.octets('full status key'),
      new Uint8Array(12),
      u16(0, 24),
      Uint8Array.of(5, 0, 0, 20),
      s.octets('TransportID', 20),
      behind('READ FULL STATUS'),
    ),
  );
  write(
    '5f00',
    concat(
      s.octets('own key'),
      s.octets('other key'),
      new Uint8Array(8),
      u16(0, 24),
      s.octets('TransportID out', 24),
    ),
  );
  read(
    'a30a',
    concat(u16(0, 12), fromHex('000f000100000001'), fromHex('00000001'), behind('port groups')),
  );
  read('a30c00', concat(u16(0, 8), fromHex('1200000000000006'), behind('operation codes')));
  read(
    'a30c01',
    concat(fromHex('00030006'), fromHex('12ff00ffff00'), behind('one operation code')),
  );
  read('a305', concat(u16(0, 16), s.octets('identifying information', 16)));
  read('a30f', concat(fromHex('000a00000000000000000000'), behind('timestamp')));
  write('83', concat(new Uint8Array(16), fromHex('e4000000'), s.octets('copy target', 28)));
  write('5510', concat(new Uint8Array(8), s.octets('MODE SELECT', 24)));
  write('3b02', s.octets('WRITE BUFFER', 64));
  write('1d', s.octets('SEND DIAGNOSTIC', 32));
  write('b5', s.octets('SECURITY PROTOCOL OUT', 32));
  write('42', concat(u16(22, 16), new Uint8Array(20), behind('UNMAP')));
  read('85', s.octets('ATA IDENTIFY', 64));
  read('3c', s.octets('READ BUFFER', 64));
  read('a2', s.octets('SECURITY PROTOCOL IN', 32));
  read('28', s.octets('READ', 512));
  write('2a', s.octets('WRITE', 512));
  d.command(concat(Uint8Array.of(0xc1), s.octets('vendor CDB', 15)), next());
  const long = concat(fromHex('7f000000000000189000'), s.octets('long vendor CDB', 22));
  d.command(long, next());
  const sense = (name: string, bytes: Uint8Array) =>
    d.command(fromHex('00000000000000000000000000000000'), next(), {
      status: 2,
      sense: bytes,
      targetNs: name.length,
    });
  sense('fixed', concat(fixedSense(5, 0x20, 0), s.octets('vendor sense', 20)));
  sense(
    'descriptors',
    concat(
      fromHex('7205200000000018'),
      Uint8Array.of(0x80, 10),
      s.octets('vendor descriptor', 10),
      Uint8Array.of(6, 10),
      s.octets('object', 10),
    ),
  );
  sense('vendor', concat(Uint8Array.of(0x7f), s.octets('vendor format', 24)));
}

/** Whatever else is on the same wire. */
function noise(s: Secrets): CapturedPacket[] {
  const macs = () => concat(s.mac('MAC'), s.mac('MAC'));
  const ethernet = (type: number, ...body: Uint8Array[]) => concat(macs(), u16(type), ...body);
  const ip = (protocol: number, body: Uint8Array, options: Uint8Array = new Uint8Array(0)) =>
    concat(
      Uint8Array.of(0x45 + options.length / 4, 0),
      u16(20 + options.length + body.length, 1, 0),
      Uint8Array.of(64, protocol, 0, 0),
      ...[s.ipv4('IPv4 source'), s.ipv4('IPv4 destination'), options, body],
    );
  const udp = (from: number, to: number, body: Uint8Array) =>
    concat(u16(from, to, 8 + body.length, 0), body);
  const six = (
    next: number,
    body: Uint8Array,
    from = s.octets('IPv6', 16),
    to = s.octets('IPv6', 16),
  ) => {
    for (const one of [from, to]) if (one[0] >= 0xfe) one[0] = 0x20;
    return concat(
      Uint8Array.of(0x60, 0, 0, 0),
      u16(body.length),
      Uint8Array.of(next, 64),
      from,
      to,
      body,
    );
  };
  const tcp = (body: Uint8Array, options: Uint8Array = new Uint8Array(0)) =>
    concat(
      u16(40_000, 80, 0, 1, 0, 0),
      Uint8Array.of((5 + options.length / 4) << 4, 0x18),
      u16(1000, 0, 0),
      options,
      body,
    );
  const inner = () => ethernet(0x0800, ip(6, tcp(s.octets('inner payload', 20))));
  const frames: Uint8Array[] = [
    ethernet(
      0x0806,
      fromHex('0001080006040001'),
      s.mac('ARP'),
      s.ipv4('ARP'),
      s.mac('ARP'),
      s.ipv4('ARP'),
    ),
    ethernet(
      0x88cc,
      fromHex('0207'),
      s.octets('LLDP chassis', 7),
      fromHex('0a0c'),
      ascii(s.text('LLDP system')),
    ),
    concat(
      fromHex('01000ccccccc'),
      s.mac('CDP'),
      u16(60),
      fromHex('aaaa0300000c2000'),
      ascii(s.text('CDP device')),
      new Uint8Array(40),
    ),
    ethernet(
      0x8914,
      fromHex(`100000010001${(2 + 3 + 4 + 5 + 36 + 3).toString(16).padStart(4, '0')}0000`),
      ...[fromHex('0202'), s.mac('FIP MAC'), fromHex('04030000'), s.octets('FIP name')],
      ...[fromHex('0504000000000efc'), s.octets('FIP fabric')],
      ...[fromHex('0b05'), s.mac('FIP port MAC'), fromHex('00010203'), s.octets('FIP port')],
      ...[fromHex('07240000'), new Uint8Array(24), fromHex('04000000'), new Uint8Array(16)],
      ...[s.octets('FLOGI port'), s.octets('FLOGI node'), s.octets('FLOGI rest', 80)],
      ...[fromHex('0d030000'), s.octets('FIP vendor')],
    ),
    ethernet(0x8864, fromHex('11000001'), u16(30), s.octets('PPPoE', 30)),
    ethernet(0x8847, fromHex('00001140'), ip(6, tcp(s.octets('MPLS', 20)))),
    ethernet(
      0x0800,
      ip(
        17,
        udp(
          68,
          67,
          concat(
            fromHex('01010600'),
            new Uint8Array(24),
            s.mac('DHCP'),
            ascii(s.text('DHCP host')),
          ),
        ),
      ),
    ),
    ethernet(0x0800, ip(17, udp(5353, 53, ascii(s.text('DNS'))))),
    ethernet(0x0800, ip(1, concat(fromHex('0800000000010001'), s.octets('echo', 40)))),
    ethernet(
      0x0800,
      ip(
        1,
        concat(
          fromHex('0301000000000000'),
          ip(6, tcp(s.octets('quoted', 8)), s.octets('quoted options', 8)),
        ),
      ),
    ),
    ethernet(
      0x0800,
      ip(1, concat(fromHex('05010000'), s.ipv4('redirect'), ip(6, tcp(new Uint8Array(0))))),
    ),
    ethernet(0x0800, ip(17, udp(50_000, 4789, concat(fromHex('0800000000303900'), inner())))),
    ethernet(0x0800, ip(47, concat(fromHex('00006558'), inner()))),
    ethernet(0x0800, ip(4, ip(6, tcp(s.octets('IP in IP', 20))))),
    ethernet(
      0x0800,
      ip(6, tcp(ascii(s.text('HTTP'))), concat(fromHex('0707040000'), s.octets('record route', 7))),
    ),
    ethernet(0x0800, ip(6, tcp(s.octets('TCP'), concat(fromHex('1e0c'), s.octets('MPTCP', 10))))),
    ethernet(0x0800, ip(50, s.octets('ESP', 40))),
    concat(ethernet(0x0800, ip(6, tcp(new Uint8Array(0)))), s.octets('trailer', 12)),
    ethernet(
      0x86dd,
      six(
        0,
        concat(
          Uint8Array.of(6, 1, 1, 12),
          s.octets('hop-by-hop', 12),
          tcp(s.octets('TCP over IPv6', 20)),
        ),
      ),
    ),
    ethernet(0x86dd, six(43, concat(fromHex('0602000100000000'), s.octets('routing header', 16)))),
    ethernet(
      0x86dd,
      six(
        58,
        concat(
          fromHex('8700000000000000'),
          fromHex('fe80'),
          s.octets('neighbour', 14),
          fromHex('0101'),
          s.mac('neighbour MAC'),
        ),
      ),
    ),
    concat(
      fromHex('3333ff'),
      s.octets('solicited MAC', 3),
      s.mac('MAC'),
      fromHex('86dd'),
      six(17, udp(546, 547, s.octets('DHCPv6', 40))),
    ),
    ethernet(0x8100, fromHex('00640800'), ip(17, udp(9, 9, s.octets('VLAN', 20)))),
    ethernet(0x9999, s.octets('unknown EtherType', 40)),
    s.octets('no Ethernet', 10),
  ];
  return frames.map((bytes, i) => ({ timeNs: 5_000_000_000 + i * MS, bytes }));
}

/** All blocks that pcapng has beside packets. */
function capture(packets: readonly CapturedPacket[], s: Secrets): Uint8Array {
  const text = (code: number, place: string): PcapngOption => [code, s.text(place)];
  const file = new PcapngWriter();
  file.section([
    text(1, 'section comment'),
    text(2, 'hardware'),
    text(3, 'OS'),
    text(4, 'application'),
  ]);
  const ids: PcapngOption[] = [
    text(3, 'interface description'),
    [4, concat(s.ipv4('interface IPv4'), Uint8Array.of(255, 255, 255, 0))],
    [6, s.mac('interface MAC')],
    [7, s.octets('interface EUI')],
    text(11, 'filter'),
    text(12, 'interface OS'),
    text(15, 'interface hardware'),
    text(1, 'interface comment'),
  ];
  file.interface({ tsresol: 9, name: s.text('interface name'), options: ids });
  const name = (type: number, octets: Uint8Array, word: string) => {
    const record = concat(octets, ascii(`${word}\0`));
    return file.body().u16(type).u16(record.length).octets(record).pad().done();
  };
  const records = concat(
    name(1, s.ipv4('name block IPv4'), s.text('name block')),
    name(2, s.octets('name block IPv6', 16), s.text('name block')),
    Uint8Array.of(0, 0, 0, 0),
  );
  file.block(4, records);
  const keys = ascii(`CLIENT_RANDOM ${s.text('TLS key')}`);
  file.block(10, file.body().u32(0x544c534b).u32(keys.length).octets(keys).pad().done());
  file.block(0xbad, file.body().u32(32_473).octets(s.octets('custom block', 32)).done());
  file.block(
    9,
    file
      .body()
      .octets(ascii(s.text('journal')))
      .done(),
  );
  for (const { timeNs, bytes } of packets) {
    const ns = 1_700_000_000_000_000_000n + BigInt(timeNs);
    const comment: PcapngOption[] = timeNs === packets[3].timeNs ? [text(1, 'packet comment')] : [];
    file.enhanced(0, ns, bytes, bytes.length, comment);
  }
  return file.done();
}

for (let round = 0; round < ROUNDS; round++) {
  test(`no planted secret is left of iSCSI and what is beside it, round ${round}`, async () => {
    const s = new Secrets(11 + round * 104_729);
    const from = join(folder, `${round}.pcapng`);
    const to = join(folder, `${round}-out.pcapng`);
    const packets = [...iscsi(s), ...noise(s)];
    writeFileSync(from, capture(packets, s));
    assert.ok(s.all.length >= 150, `${s.all.length}`);
    const before = readFileSync(from);
    for (const { place, bytes } of s.all) assert.ok(leak(before, bytes), `not planted: ${place}`);
    const left = await leftBy(async (key) => {
      assert.is(await main(['scrub', '-q', '--key', key, '-o', to, from]), 0);
      return readFileSync(to);
    }, s.all);
    assert.equal(
      left.map(({ place }) => place),
      [],
    );
  });
}

test.run();

// Captures of many things at once that might be kept: exchanges, N_Ports, buffers, requests without
// answers, connections, claims, fragments, names.

import { closeSync, openSync, writeSync } from 'node:fs';
import { ISER_HEADER_BYTES, iserControl } from '../src/wire/rdma/iser.js';
import { type BuiltPacket, Conversation, pdu } from '../test/support/build.js';
import { cdb10, Dialogue } from '../test/support/dialogue.js';
import { FcDialogue } from '../test/support/fc-dialogue.js';
import { icmpAbout } from '../test/support/icmp.js';
import { IserDialogue } from '../test/support/iser-dialogue.js';
import * as isns from '../test/support/isns-build.js';
import { header } from '../test/support/iwarp.js';
import { concat, pattern } from '../test/support/octets.js';
import { fragmentPacket, ipBytes, tcpPacket } from '../test/support/packet-builder.js';
import { linkFrame } from '../test/support/packet-link.js';
import { type CapturedPacket, PcapngWriter, pcapFile } from '../test/support/pcap-writer.js';
import { renumber } from './shapes.js';

export interface Flood {
  readonly what: string;
  readonly of: string;
  /** At x1. */
  readonly count: number;
  /** In the order of time. */
  readonly packets: (count: number) => Iterable<CapturedPacket>;
  /** Instead of packets: the whole file. */
  readonly file?: (count: number) => Uint8Array;
}

const US = 1000;
const READ = '28000000000000000100';
const FLUSH_BYTES = 1 << 22;

export const FLOODS: readonly Flood[] = [
  {
    what: 'logins that claim 16 MB and bring 1 KB (16,384 are followed)',
    of: 'connections',
    count: 16_384,
    packets: (count) => each(count, 500 * US, talk({}, claim(0xffffff, 1300))),
  },
  {
    what: 'logins of 64 KiB, all but their end (64 MB of them are kept)',
    of: 'connections',
    count: 1200,
    packets: (count) => each(count, 500 * US, talk({}, claim(65_535, 60_000))),
  },
  {
    what: 'FCP commands that are never answered (16,384 are kept, and 65,535 exchanges)',
    of: 'exchanges',
    count: 16_384,
    packets: fc((d, t, i) => d.cmnd(t, READ, 512, { readData: 1 }, i & 0xffff)),
  },
  {
    what: 'FC frames between ever other N_Ports (4,096 pairs and 16,384 commands are kept)',
    of: 'pairs of N_Ports',
    count: 20_480,
    packets: fc((d, t, i) => {
      const ends = { sourceId: 0x10000 + i, destinationId: 0x200000 + i };
      const header = { rCtl: 6, type: 8, oxId: i & 0xffff, sequenceInitiative: 1, ...ends };
      d.send('initiator', d.frame('initiator', header, new Uint8Array(32)), t);
    }),
  },
  {
    what: '60 KB that wait behind a hole (64 MB of them are kept)',
    of: 'connections',
    count: 1200,
    packets: (count) => each(count, 1000 * US, behindHole()),
  },
  {
    what: 'SYNs, each from elsewhere',
    of: 'SYNs',
    count: 200_000,
    packets: (count) => each(count, 20 * US, connected().slice(0, 1)),
  },
  {
    what: 'targets that SendTargets names (4,096 are kept)',
    of: 'targets',
    count: 10_000,
    packets: (count) =>
      inSession((d, t, i) => {
        d.text(t, [['SendTargets', 'All']], targets(i));
      }, 1000 * US)(count / TARGETS_PER_TEXT),
  },
  {
    what: 'pcapng with ever more interfaces, names and comments',
    of: 'of each',
    count: 10_000,
    packets: () => [],
    file: namedFile,
  },
  {
    what: 'connections of another protocol that go on (16,384 are followed)',
    of: 'connections',
    count: 16_384,
    packets: (count) => each(count, 100 * US, talk({ targetPort: 80 }, 'GET / HTTP/1.1\r\n\r\n')),
  },
  {
    what: 'READs that are never answered (16,384 are kept)',
    of: 'commands',
    count: 16_384,
    packets: inSession((d, t, i) => d.command(cdb10(0x28, i * 8, 8), t, { statusIn: 'none' })),
  },
  {
    what: 'WRITEs whose data never comes (16,384 are kept)',
    of: 'commands',
    count: 16_384,
    packets: inSession((d, t, i) => {
      const initiatorTaskTag = d.nextTag();
      const fields = { write: 1, initiatorTaskTag, expectedDataTransferLength: 4096 };
      d.say('scsi-command', { ...fields, cdb: cdb10(0x2a, i * 8, 8) }, t, { advance: 'cmdSN' });
      const r2t = { initiatorTaskTag, targetTransferTag: i, desiredDataTransferLength: 4096 };
      d.say('r2t', r2t, t + 5 * US);
    }),
  },
  {
    what: 'iSNS requests that are never answered (20,000 are listed)',
    of: 'requests',
    count: 20_000,
    packets: (count) => isnsOf(count, (i) => [2, concat(name(i), isns.DELIMITER, isns.empty(32))]),
  },
  {
    what: 'iSNS registrations (20,000 are listed)',
    of: 'objects',
    count: 20_000,
    packets: (count) =>
      isnsOf(count, (i) => [1, concat(name(i), isns.DELIMITER, name(i), isns.number(33, 2))]),
  },
  {
    what: 'queue pairs of RoCE (4,096 are followed)',
    of: 'queue pairs',
    count: 5000,
    packets: queuePairs,
  },
  {
    what: 'connections to port 3260 that carry something else (16,384 are followed)',
    of: 'connections',
    count: 16_384,
    packets: (count) => each(count, 500 * US, talk({}, pattern(6000, 7))),
  },
  {
    what: 'rejects on a connection',
    of: 'rejects',
    count: 10_000,
    packets: inSession((d, t) => {
      d.say('reject', { reason: 4 }, t, { data: pdu('nop-out', {}), advance: 'statSN' });
    }),
  },
  {
    what: 'pings, text and task management that nobody answers',
    of: 'requests',
    count: 10_000,
    packets: inSession((d, t, i) => {
      const initiatorTaskTag = d.nextTag();
      const fields = { initiatorTaskTag, immediate: 1 };
      if (i % 3 === 0) d.say('nop-out', fields, t);
      else if (i % 3 === 1) d.say('text-request', fields, t, { data: [['X-a', 'b'.repeat(200)]] });
      else d.say('task-management-request', { ...fields, function: 5 }, t);
    }),
  },
  {
    what: 'LUNs of a session (4,096 are kept)',
    of: 'LUNs',
    count: 4096,
    packets: inSession((d, t, i) => {
      const lun = `${(0x4000 | (i & 0x3fff)).toString(16)}${(i >> 14).toString(16).padStart(4, '0')}00000000`;
      d.command(Uint8Array.of(0x12, 0, 0, 0, 96, 0), t, { lun, read: inquiry(i) });
    }, 1000 * US),
  },
  {
    what: 'sequences of an exchange that does not end',
    of: 'sequences',
    count: 10_000,
    packets: fc((d, t, i) => d.data('target', t, 7, i * 512, 512, { seqId: i & 255 })),
  },
  {
    what: 'iSER commands whose buffers are never used (16,384 are kept, and 65,536 STags)',
    of: 'STags',
    count: 16_384,
    packets: iser((d, i) => d.readCommand(i, 512, 0x1000 + i)),
  },
  {
    what: 'RDMA Reads that are never answered',
    of: 'Read Requests',
    count: 10_000,
    packets: iser((d, i) => d.readRequest(0x1000 + i, 0, 512, i + 1)),
  },
  {
    what: 'ICMP unreachable, each of another connection',
    of: 'messages',
    count: 50_000,
    packets: function* (count) {
      const [syn] = connected();
      for (const one of each(count, 20 * US, [syn])) {
        const { timeNs, bytes } = icmpAbout(
          { ...syn, ...one, timeNs: Number(one.timeNs) },
          '10.9.9.9',
          3,
          1,
          0,
        );
        yield { timeNs, bytes };
      }
    },
  },
  {
    what: 'ARP and frames of every EtherType',
    of: 'frames',
    count: 100_000,
    packets: function* (count) {
      for (let i = 0; i < count; i++) {
        const type = i % 2 === 0 ? 0x0806 : 0x0600 + (i % 0xf000);
        yield { timeNs: i * 10 * US, bytes: linkFrame('ethernet', new Uint8Array(46), {}, type) };
      }
    },
  },
  {
    what: 'first fragments whose rest never comes',
    of: 'datagrams',
    count: 50_000,
    packets: function* (count) {
      const part = new Uint8Array(1024);
      for (let i = 0; i < count; i++) {
        const src = `10.1.${(i >> 8) & 255}.${i & 255}`;
        const bytes = fragmentPacket(part, 0, true, { src }, { ipId: i & 0xffff });
        yield { timeNs: i * 20 * US, bytes };
      }
    },
  },
  {
    what: 'sessions that are cut off, in ever other VLANs and VXLANs',
    of: 'sessions',
    count: 4000,
    packets: (count) => each(count, 10_000 * US, shortSession(), tagged),
  },
];

const TARGETS_PER_TEXT = 40;

/** The packets again and again, each time of another connection. */
function* each(
  count: number,
  everyNs: number,
  template: readonly BuiltPacket[],
  change: (bytes: Uint8Array, i: number) => Uint8Array = (bytes) => bytes,
): Generator<CapturedPacket> {
  for (let i = 0; i < count; i++) {
    for (const { timeNs, bytes, from } of template) {
      const own = bytes.slice();
      renumber(own, from === 'initiator', i);
      yield { timeNs: i * everyNs + timeNs, bytes: change(own, i) };
    }
  }
}

function connected(): BuiltPacket[] {
  const tcp = new Conversation({ gapNs: 10 });
  tcp.connect(0, 100);
  return tcp.captured();
}

/** A connection whose initiator says this, and which stays open. */
function talk(options: { targetPort?: number }, said: string | Uint8Array): BuiltPacket[] {
  const tcp = new Conversation({ gapNs: 10, ackNs: 10, ...options });
  const bytes = typeof said === 'string' ? new TextEncoder().encode(said) : said;
  tcp.initiator(bytes, tcp.connect(0, 100) + 100);
  return tcp.captured();
}

function claim(bytes: number, there: number): Uint8Array {
  const fields = { csg: 1, nsg: 3, transit: 1, isid: '00023d000001', dataSegmentLength: bytes };
  return pdu('login-request', fields, { data: pattern(there) });
}

/** A login, then data of which the first segment is lost. */
function behindHole(): BuiltPacket[] {
  const d = new Dialogue({ gapNs: 10, ackNs: 10 });
  const t = d.login(0);
  d.tcp.skip('target', 1460, t + 100);
  d.tcp.target(pattern(60_000), t + 200);
  // The host acknowledges what came before the hole.
  const packets = d.tcp.captured();
  const last = packets.findLastIndex((p) => p.from === 'initiator' && p.timeNs <= t + 200);
  return packets.filter((p, i) => p.from === 'target' || i <= last);
}

function shortSession(): BuiltPacket[] {
  const d = new Dialogue({ gapNs: 10 });
  d.tcp.reset(d.read10(0, 1, d.login(0) + 100 * US).statusNs + 100 * US);
  return d.tcp.captured();
}

/** In a VLAN of its own, and every other one in a VXLAN too. */
function tagged(frame: Uint8Array, i: number): Uint8Array {
  const id = i & 0xfff;
  const tag = Uint8Array.of(0x81, 0, id >> 8, id & 255);
  const inner = concat(frame.subarray(0, 12), tag, frame.subarray(12));
  if (i % 2 === 0) return inner;
  const vni = Uint8Array.of(8, 0, 0, 0, i >> 16, (i >> 8) & 255, i & 255, 0);
  const length = 8 + vni.length + inner.length;
  const udp = Uint8Array.of(0xc3, 0x50, 4789 >> 8, 4789 & 255, length >> 8, length & 255, 0, 0);
  const src = `172.16.${(i >> 8) & 255}.${i & 255}`;
  return linkFrame('ethernet', ipBytes(17, concat(udp, vni, inner), { src, dst: '172.31.0.1' }));
}

/** A session, and what is said in it again and again. */
function inSession(
  say: (d: Dialogue, timeNs: number, i: number) => unknown,
  everyNs = 20 * US,
): Flood['packets'] {
  return (count) => {
    const d = new Dialogue({ acks: 'none' });
    d.window = 1 << 20;
    const t = d.login(0) + 100 * US;
    for (let i = 0; i < count; i++) say(d, t + i * everyNs, i);
    return d.tcp.captured();
  };
}

/** Standard INQUIRY data of a disk (SPC-5 6.6.2). */
function inquiry(i: number): Uint8Array {
  const data = new Uint8Array(96);
  data.set([0, 0, 6, 2, 91]);
  data.set(new TextEncoder().encode('VENDOR  PRODUCT'.padEnd(24) + String(i)), 8);
  return data;
}

function targets(text: number): (readonly [string, string])[] {
  return Array.from({ length: TARGETS_PER_TEXT }, (_, i) => {
    const target = `iqn.2001-04.com.example:array.volume.${'x'.repeat(60)}${text * TARGETS_PER_TEXT + i}`;
    return [
      ['TargetName', target],
      ['TargetAddress', `10.0.0.2:3260,${i}`],
    ] as const;
  }).flat();
}

function fc(each: (d: FcDialogue, timeNs: number, i: number) => void): Flood['packets'] {
  return (count) => {
    const d = new FcDialogue('fcip');
    let t = d.tcp.connect(0) + 100 * US;
    d.special(t);
    t = d.login(t + 300 * US);
    for (let i = 0; i < count; i++) each(d, t + i * 10 * US, i);
    return d.packets();
  };
}

function iser(each: (d: IserDialogue, i: number) => unknown): Flood['packets'] {
  return (count) => {
    const d = new IserDialogue({ crc: false }).login();
    for (let i = 0; i < count; i++) each(d, i);
    return d.packets;
  };
}

/** Each has a login in a Send Only; nobody answers. ICRCs are not right, as where a device rewrites headers. */
function* queuePairs(count: number): Generator<CapturedPacket> {
  const send = header(ISER_HEADER_BYTES, iserControl, { opcode: 1 });
  const body = concat(send, new IserDialogue().loginRequest());
  for (let i = 0; i < count; i++) {
    const bth = Uint8Array.of(4, 0, 0xff, 0xff, 0, i >> 16, (i >> 8) & 255, i & 255, 0, 0, 0, 1);
    const length = 8 + bth.length + body.length + 4;
    const udp = Uint8Array.of(0xc0, 0, 4791 >> 8, 4791 & 255, length >> 8, length & 255, 0, 0);
    const src = `10.2.${(i >> 8) & 255}.${i & 255}`;
    const ip = ipBytes(17, concat(udp, bth, body, new Uint8Array(4)), { src, dst: '10.0.0.2' });
    yield { timeNs: i * 50 * US, bytes: linkFrame('ethernet', ip) };
  }
}

function name(i: number): Uint8Array {
  return isns.text(32, `iqn.2001-04.com.example:host${i}`);
}

function isnsOf(
  count: number,
  message: (i: number) => readonly [functionId: number, payload: Uint8Array],
): readonly CapturedPacket[] {
  const tcp = new Conversation({ targetPort: 3205 });
  const t = tcp.connect(0) + 100 * US;
  for (let i = 0; i < count; i++) {
    const [functionId, payload] = message(i);
    const parts = { functionId, transactionId: i & 0xffff };
    tcp.send('initiator', isns.isnsPdu(parts, payload), t + i * 10 * US);
  }
  return tcp.captured();
}

/** An interface, a block of names and a packet with a comment, again and again. */
function namedFile(count: number): Uint8Array {
  const file = new PcapngWriter().section([[1, 'a comment '.repeat(100)]]);
  const text = (length: number, i: number) => `${'n'.repeat(length)}${i}`;
  for (let i = 0; i < count; i++) {
    file.interface({ name: text(20, i), tsresol: 9, options: [[3, text(200, i)]] });
    const host = new TextEncoder().encode(`${text(50, i)}.example\0`);
    const record = concat(Uint8Array.of(10, 3, (i >> 8) & 255, i & 255), host);
    const body = file.body().u16(1).u16(record.length).octets(record).pad().u32(0);
    file.block(4, body.done());
    const packet = tcpPacket({ srcPort: 20_000 + (i & 0x3fff), flags: 2 });
    file.enhanced(i, 1_700_000_000_000_000_000n + BigInt(i * 1000), packet, packet.length, [
      [1, text(500, i)],
    ]);
  }
  return file.done();
}

/** Writes the capture; its bytes. */
export function writeFlood(path: string, flood: Flood, count: number): number {
  const fd = openSync(path, 'w');
  let total = 0;
  let waiting: CapturedPacket[] = [];
  let bytes = 0;
  const head = pcapFile([]);
  const flush = (): void => {
    total += writeSync(fd, pcapFile(waiting).subarray(head.length));
    waiting = [];
    bytes = 0;
  };
  if (flood.file !== undefined) total = writeSync(fd, flood.file(count));
  else {
    total = writeSync(fd, head);
    for (const packet of flood.packets(count)) {
      waiting.push(packet);
      bytes += packet.bytes.length;
      if (bytes > FLUSH_BYTES) flush();
    }
    flush();
  }
  closeSync(fd);
  return total;
}

// Secrets where other protocols than iSCSI on TCP may carry one: each in a connection of its own, with CRCs of what
// holds them.

import { crc32c } from '../../src/lib/crc32c.js';
import { Els, RCtl } from '../../src/wire/fc/codes.js';
import { Conversation, pdu } from './build.js';
import { Dialogue } from './dialogue.js';
import { FcDialogue } from './fc-dialogue.js';
import { IserDialogue } from './iser-dialogue.js';
import * as isns from './isns-build.js';
import { concat } from './octets.js';
import type { CapturedPacket } from './pcap-writer.js';
import { SECRET } from './secrets.js';

const BYTES = new TextEncoder().encode(SECRET);
const S = 1e9;
const US = 1000;

/** Of each place its packets, in the order of time. */
export function plantedBeyond(): CapturedPacket[] {
  const all = [
    ...digests(),
    ...tunnelled('fcip', 1),
    ...tunnelled('ifcp', 2),
    ...rdma(),
    ...names(),
  ];
  return all.sort((a, b) => Number(a.timeNs) - Number(b.timeNs));
}

/** The digests that must not be told either: of data that is hidden. */
export const SECRET_DIGESTS: readonly string[] = [
  digestOf(new TextEncoder().encode(`CHAP_R=${SECRET}\0`)),
  digestOf(new TextEncoder().encode(`${SECRET}${SECRET}`)),
];

/** Padding counts (RFC 7143 11.7.5). */
function digestOf(data: Uint8Array): string {
  const bytes = concat(data, new Uint8Array(-data.length & 3));
  const word = crc32c(bytes, 0, bytes.length);
  return [word, word >>> 8, word >>> 16, word >>> 24]
    .map((octet) => (octet & 255).toString(16).padStart(2, '0'))
    .join('');
}

function digests(): CapturedPacket[] {
  const d = new Dialogue({ initiator: '10.9.0.1', headerDigest: true, dataDigest: true });
  let t = d.login(
    0,
    [
      ['HeaderDigest', 'CRC32C'],
      ['DataDigest', 'CRC32C'],
    ],
    [
      ['HeaderDigest', 'CRC32C'],
      ['DataDigest', 'CRC32C'],
    ],
  );
  const next = (): number => {
    t += 100 * US;
    return t;
  };
  const pair = new TextEncoder().encode(`CHAP_R=${SECRET}\0`);
  d.say('text-request', { initiatorTaskTag: 9, immediate: 1 }, next(), { data: pair });
  const user = new TextEncoder().encode(`${SECRET}${SECRET}`);
  const write = { initiatorTaskTag: 10, write: 1, lun: '0001000000000000', attr: 1 };
  const cdb = Uint8Array.of(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0);
  const asked = { expectedDataTransferLength: user.length, cdb };
  d.say('scsi-command', { ...write, ...asked }, next(), { data: user, advance: 'cmdSN' });
  d.say('scsi-response', { initiatorTaskTag: 10 }, t + 100 * US, { advance: 'statSN' });
  return d.tcp.captured();
}

/** AUTH_ELS, an ECHO, data of a write, a password in a CDB's parameter list. */
function tunnelled(protocol: 'fcip' | 'ifcp', n: number): CapturedPacket[] {
  const d = new FcDialogue(protocol, { initiator: `10.9.1.${n}` });
  let t = d.tcp.connect(n * S);
  const next = (): number => {
    t += 100 * US;
    return t;
  };
  if (protocol === 'fcip') d.special(next());
  else d.cbind(next());
  t = d.login(t + 300 * US);
  const padded = concat(BYTES, BYTES, new Uint8Array(-BYTES.length & 1));
  for (const command of [0x90, 0x10, 0x7e]) {
    const payload = concat(Uint8Array.of(command, 0, 1, 0), padded);
    d.els('initiator', next(), payload, { oxId: 0x20 + command });
    d.els('target', next(), concat(Uint8Array.of(Els.lsAcc, 0, 0, 0), padded), {
      oxId: 0x20 + command,
    });
  }
  const oxId = d.cmnd(next(), '2a000000000000000100', padded.length, { writeData: 1 });
  const header = { rCtl: RCtl.data, type: 8, oxId, rxId: 0, relativeOffsetPresent: 1, seqId: 1 };
  d.send('initiator', d.frame('initiator', header, padded), next());
  d.rsp(t + 100 * US, oxId);
  return d.packets();
}

/** MPA's private data, a login in Send Messages, data placed by RDMA. */
function rdma(): CapturedPacket[] {
  const d = new IserDialogue();
  d.timeNs = 10 * S;
  d.connect().mpa({ privateData: BYTES }, { privateData: BYTES });
  d.send(0, d.loginRequest()).send(1, d.loginResponse());
  const data: readonly (readonly [string, string])[] = [
    ['CHAP_N', 'user'],
    ['CHAP_R', SECRET],
  ];
  const stage = { csg: 0, nsg: 0, isid: '00023d000001', initiatorTaskTag: 1 };
  d.send(0, pdu('login-request', stage, { data }));
  d.send(0, pdu('text-request', { initiatorTaskTag: 2, immediate: 1 }, { data }));
  d.send(0, pdu('nop-out', { initiatorTaskTag: 3, immediate: 1 }, { data: BYTES }));
  d.message(0, BYTES);
  return d.packets;
}

/** iSNS: an authentication block behind a message, attributes that hold keys, a vendor's. */
function names(): CapturedPacket[] {
  const tcp = new Conversation({ targetPort: 3205, initiator: '10.9.3.1' });
  let t = tcp.connect(20 * S);
  const next = (): number => {
    t += 100 * US;
    return t;
  };
  const name = isns.text(32, 'iqn.2001-04.com.example:host1');
  const vendor = (tag: number): Uint8Array =>
    concat(
      isns.number(tag, 0).slice(0, 4),
      Uint8Array.of(0, 0, 0, 36),
      BYTES,
      new Uint8Array(36 - BYTES.length),
    );
  const tags = [42, 27, 28, 29, 30, 257, 300, 2000, 0x8001];
  tags.forEach((tag, i) => {
    const body = concat(name, isns.DELIMITER, name, vendor(tag));
    const bytes = isns.isnsPdu({ functionId: 1, transactionId: i + 1 }, body);
    tcp.send('initiator', bytes, next());
  });
  const signed = isns.isnsPdu({ functionId: 2, transactionId: 99 }, concat(name, isns.DELIMITER));
  signed[6] |= 0x20; // an authentication block is present
  const block = concat(
    Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 64),
    BYTES,
    new Uint8Array(56 - BYTES.length),
  );
  tcp.send('initiator', concat(signed, block), t + 100 * US);
  return tcp.captured();
}

// Captures with a secret in every place where one can stand, and a look for it in any output.

import { BHS_BYTES } from '../../src/wire/iscsi/bhs.js';
import type { PduKey } from '../../src/wire/iscsi/pdus.js';
import { type BuiltPacket, extendedCdb, fromHex, keys, senseData } from './build.js';
import { Dialogue } from './dialogue.js';
import { concat } from './octets.js';
import type { CapturedPacket } from './pcap-writer.js';

const DIGITS = '5ec2e7c0ffee1badcafe4dad9f00d8b3';
export const SECRET = `0x${DIGITS}`;
const SECRET_BYTES = new TextEncoder().encode(SECRET);
/** Ethernet, IPv4 and TCP without options, and the PDU's header. */
const BEFORE_DATA = 14 + 20 + 20 + BHS_BYTES;

/** Four and eight octets of the secret read as numbers, either end first. */
const NUMBERS: ReadonlySet<string> = new Set(
  Array.from(SECRET_BYTES, (_, at) => Buffer.from(SECRET_BYTES.subarray(at + 2))).flatMap((b) => [
    ...(b.length < 4 ? [] : [b.readUInt32BE(0), b.readUInt32LE(0)].map(String)),
    ...(b.length < 8 ? [] : [b.readBigUInt64BE(0), b.readBigUInt64LE(0)].map(String)),
  ]),
);

/** A piece of the secret that stands in `output` as text, as hex digits or as a number; undefined: none. */
export function leakIn(output: string): string | undefined {
  const text = output.toLowerCase();
  for (const [number] of text.matchAll(/\d{8,20}/g)) {
    if (NUMBERS.has(number)) return around(text, number);
  }
  for (let i = 0; i + 7 <= DIGITS.length; i++) {
    const piece = DIGITS.slice(i, i + 7);
    if (text.includes(piece)) return around(text, piece);
  }
  const packed = text.replaceAll(/\s/g, '');
  for (let i = 2; i + 4 <= SECRET_BYTES.length; i++) {
    const piece = Buffer.from(SECRET_BYTES.subarray(i, i + 4)).toString('hex');
    if (packed.includes(piece)) return around(packed, piece);
  }
  return undefined;
}

function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  return text.slice(Math.max(0, at - 120), at + 60);
}

/** A capture's packets, one connection for each place. */
export class Planted {
  readonly packets: BuiltPacket[] = [];
  #connections = 0;

  /** Text in the security stage, its PDUs one after another; `cut`: bytes of the last one's data. */
  login(
    texts: readonly Uint8Array[],
    of: { continues?: boolean; csg?: number; cut?: number } = {},
  ) {
    const d = this.#dialogue();
    const t = this.#next;
    d.loginStep(d.tcp.connect(t) + 100_000, {
      csg: 0,
      nsg: -1,
      offered: [
        ['InitiatorName', 'iqn.2001-04.com.example:host1'],
        ['AuthMethod', 'CHAP'],
      ],
      answered: [['AuthMethod', 'CHAP']],
    });
    texts.forEach((data, i) => {
      const last = i === texts.length - 1;
      const stage = { csg: of.csg ?? 0, nsg: 0, isid: '00023d000001', initiatorTaskTag: 1, cid: 0 };
      const fields = { ...stage, transit: 0, continue: of.continues === true && !last };
      d.say('login-request', fields, t + (i + 2) * 1_000_000, { data });
    });
    this.#take(d, of.cut === undefined ? undefined : BEFORE_DATA + of.cut);
  }

  /** A PDU in the full feature phase. */
  pdu(key: PduKey, fields: Parameters<Dialogue['say']>[1], data?: Uint8Array, ahs?: Uint8Array) {
    const d = this.#dialogue();
    const end = d.login(this.#next);
    d.say(key, fields, end + 1_000_000, { data, ahs });
    d.nopOut(end + 2_000_000);
    this.#take(d);
  }

  /** A command and its data, in the direction given; `cut`: bytes of data that are captured. */
  command(cdb: Uint8Array, data: Uint8Array, isIn: boolean, cut?: number) {
    const d = this.#dialogue();
    const end = d.login(this.#next, [['ImmediateData', 'Yes']], [['ImmediateData', 'Yes']]);
    const initiatorTaskTag = d.nextTag();
    const length = data.length;
    const fields = { read: isIn, write: !isIn, lun: '0001000000000000', initiatorTaskTag };
    const expected = { expectedDataTransferLength: length, cdb: cdb.slice(0, 16), attr: 1 };
    const ahs = cdb.length > 16 ? extendedCdb(cdb) : undefined;
    const parts = { data: isIn ? undefined : data, ahs, advance: 'cmdSN' } as const;
    d.say('scsi-command', { ...fields, ...expected }, end + 1_000_000, parts);
    if (isIn) d.say('data-in', { initiatorTaskTag, statSN: 0 }, end + 2_000_000, { data });
    const status = { initiatorTaskTag, response: 0, status: 0 };
    d.say('scsi-response', status, end + 3_000_000, { advance: 'statSN' });
    this.#take(d, cut === undefined ? undefined : BEFORE_DATA + cut);
  }

  captured(): CapturedPacket[] {
    return this.packets.sort((a, b) => a.timeNs - b.timeNs);
  }

  get #next(): number {
    return this.#connections * 10_000_000;
  }

  #dialogue(): Dialogue {
    this.#connections++;
    const port = 20_000 + this.#connections;
    const high = 100 + (this.#connections >> 8);
    return new Dialogue({ initiatorPort: port, initiator: `10.1.${high}.1` });
  }

  #take(d: Dialogue, cut?: number): void {
    for (const packet of d.tcp.captured()) {
      const holds = cut !== undefined && Buffer.from(packet.bytes).includes(DIGITS.slice(0, 8));
      this.packets.push(
        holds
          ? { ...packet, bytes: packet.bytes.slice(0, cut), originalLength: packet.bytes.length }
          : packet,
      );
    }
  }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Ways in which the name of a secret key, or what is around it, may be wrong. */
const WRONG = [
  ` CHAP_R=${SECRET}`,
  `CHAP_R =${SECRET}`,
  `CHAP_R:${SECRET}`,
  `CHAP_R ${SECRET}`,
  `CHAP_R${SECRET}`,
  `chap_r=${SECRET}`,
  `CHAP-R=${SECRET}`,
  `CHAPR=${SECRET}`,
  `HAP_R=${SECRET}`,
  `=${SECRET}`,
  SECRET,
  `${SECRET}=`,
  `S${DIGITS}==`,
  `CHAP_R:${SECRET}=`,
  `CHAP_R${SECRET}=1`,
  `\u00a0CHAP_R=${SECRET}`,
  `CHAP_N=user CHAP_R=${SECRET}`,
  `CHAP_N=user\nCHAP_R=${SECRET}`,
  `CHAP_N=${SECRET}`,
  `CHAP_I=${SECRET}`,
  `CHAP_A=5,${SECRET}`,
  `AuthMethod=CHAP,${SECRET}`,
  `SRP_A=${SECRET}`,
  `SRP_M=${SECRET}`,
  `SRP_HM=${SECRET}`,
  `KRB_AP_REQ=${SECRET}`,
  `KRB_AP_REP=0b${DIGITS}`,
  `SPKM_REQ=${SECRET}`,
  `X-com.example.proof=${SECRET}`,
  `Proof=${SECRET}`,
  `MaxBurstLength=${SECRET}`,
];

/** Every place of text: each way to be wrong, each cut, each split, in each kind of PDU. */
export function plantText(into: Planted): void {
  const right = keys([
    ['CHAP_N', 'user'],
    ['CHAP_R', SECRET],
  ]);
  for (let cut = 12; cut <= right.length; cut++) into.login([right], { cut });
  for (let at = 1; at < right.length; at++) {
    const halves = [right.slice(0, at), right.slice(at)];
    into.login(halves, { continues: true });
    into.login(halves);
    into.login(halves, { csg: 1 });
  }
  for (const wrong of WRONG) {
    into.login([text(`${wrong}\0`)]);
    into.login([text(wrong)]);
    into.login([text(`CHAP_N=user\0${wrong}\0`)], { csg: 1 });
    into.pdu('text-request', { initiatorTaskTag: 9, immediate: 1 }, text(`${wrong}\0`));
    into.pdu('text-response', { initiatorTaskTag: 9 }, text(`${wrong}\0`));
  }
  const pair = text(`CHAP_R=${SECRET}\0`);
  into.pdu('nop-out', { initiatorTaskTag: 9, immediate: 1 }, pair);
  into.pdu('nop-in', { initiatorTaskTag: 0xffffffff }, pair);
  into.pdu('async-message', { asyncEvent: 255 }, pair);
  into.pdu('reject', { reason: 4 }, concat(new Uint8Array(48), pair));
  into.pdu('logout-request', { initiatorTaskTag: 9, immediate: 1 }, pair);
  into.pdu('task-management-request', { initiatorTaskTag: 9, function: 1, immediate: 1 }, pair);
  const behind = concat(senseData(fromHex('70000200000000000000000000000000')), pair);
  into.pdu('scsi-response', { initiatorTaskTag: 9, status: 2 }, behind);
  // Sense data of a format that no standard has.
  for (const code of [0x7f, 0x00, 0x41]) {
    const sense = senseData(concat(Uint8Array.of(code, 0, 0, 0, 0, 0, 0, 40), pair));
    into.pdu('scsi-response', { initiatorTaskTag: 9, status: 2 }, sense);
    into.pdu('async-message', { asyncEvent: 0 }, sense);
  }
  const ahs = concat(
    Uint8Array.of(0, 45, 9, 0),
    new Uint8Array(8),
    SECRET_BYTES,
    new Uint8Array(2),
  );
  into.pdu('scsi-command', { initiatorTaskTag: 9, read: 1 }, undefined, ahs);
}

/** CDBs (hex) whose data may hold a password, a key, a token or what a user wrote, by direction. */
const OUT = [
  '0a000001',
  '2a',
  '8a',
  '2e',
  '3b02',
  '3b05',
  '9602',
  '3f',
  '41',
  '89',
  'b5',
  'b5ef',
  '87',
  '8701',
  'a1',
  '85',
  'a3',
  'a406',
  'a40b',
  'bf',
  'c0',
  'd5',
  'ff',
  '55',
  '90',
  '53',
  '9f11',
  '7f00000000000018000b',
];
const IN = [
  '08000001',
  '28',
  '88',
  'a8',
  '3c02',
  '3c0a',
  '9b02',
  '3e',
  'a2',
  'a2ef',
  '8600',
  '8604',
  '83',
  '8401',
  'a404',
  'a31f',
  'ab05',
  '9e11',
  'c1',
  'f0',
  '99',
  'a1',
  '85',
  'b9',
  'be',
  '7f00000000000018ffff',
];

export function plantData(into: Planted): void {
  const data = concat(SECRET_BYTES, new Uint8Array(4), SECRET_BYTES, new Uint8Array(512));
  const cdb = (hex: string): Uint8Array => {
    const bytes = new Uint8Array(hex.startsWith('7f') ? 32 : 16);
    bytes.set(fromHex(hex));
    return bytes;
  };
  for (const hex of OUT) if (!hex.startsWith('55')) into.command(cdb(hex), data, false);
  for (const hex of IN) into.command(cdb(hex), data, true);
  // ROD tokens where they stand (SPC-4 6.19; SBC-3 5.40), whole and cut in the middle.
  const token = concat(new Uint8Array(64), data.slice(0, 448));
  const told = concat(fromHex('0000022e'), new Uint8Array(28), fromHex('000002020000'), token);
  const used = concat(fromHex('02260000'), new Uint8Array(12), token, new Uint8Array(24));
  for (const cut of [undefined, 110]) {
    into.command(cdb('8407'), told, true, cut);
    into.command(cdb('8311'), used, false, cut);
  }
  // The management identifier key of ACCESS CONTROL IN stands in its CDB; a capability in an AHS.
  const key = concat(fromHex('8600'), SECRET_BYTES.slice(2, 10), new Uint8Array(6));
  into.command(key, new Uint8Array(16), true);
  into.command(concat(fromHex('7e000020'), SECRET_BYTES.slice(2, 30)), new Uint8Array(16), true);
}

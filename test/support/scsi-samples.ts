// A capture that holds every CDB and every kind of parameter data, for the outside judge: fields are
// noise from a seed, lengths fit.

import { cdbLayouts } from '../../src/wire/scsi/cdb.js';
import { extendedCdb, fromHex } from './build.js';
import { tcpPacket } from './packet-builder.js';
import { pcapFile } from './pcap-writer.js';

let seed = 11;
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 16) & 255;
}

interface Sample {
  readonly cdb: Uint8Array;
  readonly lun: number;
  readonly dataIn?: Uint8Array;
  readonly dataOut?: Uint8Array;
  readonly sense?: Uint8Array;
}

const LUNS: Readonly<Record<string, number>> = { D: 0, T: 1, R: 5, M: 8, F: 17 };

function noise(length: number, ...head: readonly number[]): Uint8Array {
  const bytes = Uint8Array.from({ length }, random);
  bytes.set(head);
  return bytes;
}

function padded(hex: string): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb.set(fromHex(hex));
  return cdb;
}

/** Every CDB of 16 bytes and less, its fields filled with noise. */
function everyCdb(on?: string): Sample[] {
  const samples: Sample[] = [];
  for (const layout of cdbLayouts()) {
    const lun = LUNS[on ?? (layout.letters === '' ? 'D' : layout.letters[0])];
    if (layout.length > 16 || lun === undefined) continue;
    const cdb = new Uint8Array(16);
    for (const f of layout.fields) {
      for (let i = f.bit; i < f.bit + f.width; i++) {
        if (random() & 1 && f.name !== 'control') cdb[f.byte + (i >> 3)] |= 0x80 >> (i & 7);
      }
    }
    cdb[0] = layout.opcode;
    if (layout.serviceAction >= 0) cdb[1] = (cdb[1] & 0xe0) | layout.serviceAction;
    if (layout.opcode === 0x12) cdb[1] = 1;
    samples.push({ cdb, lun });
  }
  return samples;
}

function inquiry(type: number): Sample {
  const data = noise(96, type, 0x80, 6, 0x32, 91);
  data.set(fromHex('4558414d504c4520'), 8);
  return { cdb: padded('120000006000'), lun: LUNS['DTR'[0]], dataIn: data };
}

/** Parameter data: a CDB, whose it is, and bytes whose lengths fit. */
function everyData(): Sample[] {
  const to = (letter: string, hex: string, dataIn: Uint8Array): Sample => ({
    cdb: padded(hex),
    lun: LUNS[letter],
    dataIn,
  });
  const out = (hex: string, dataOut: Uint8Array): Sample => ({
    cdb: padded(hex),
    lun: 0,
    dataOut,
  });
  const vpd = (page: number, length: number, letter = 'D', type = 0): Sample =>
    to(letter, `1201${hex2(page)}00ff00`, noise(length + 4, type, page, 0, length));
  const mode = (letter: string, page: number, length: number): Sample =>
    to(letter, `1a00${hex2(page)}00ff00`, noise(length + 6, length + 5, 0, 0, 0, page, length));
  return [
    to('D', '250000000000000000', noise(8)),
    to('D', '9e10', noise(32)),
    to('D', '9e12', concat(words(36, 0), fromHex('00000000000000010000000800000000'), noise(16))),
    to(
      'D',
      'a000',
      concat(
        fromHex('0000001800000000'),
        fromHex('00010000000000004100000000000000c101000000000000'),
      ),
    ),
    vpd(0x00, 6),
    vpd(0x80, 12),
    vpd(0xb1, 60),
    vpd(0xb2, 4),
    vpd(0xb0, 60),
    to(
      'D',
      '12018300ff00',
      fromHex(
        '0083002c0103000860014051020304050203001069736373690000000000000000000000510400040000000101940004000000aa',
      ),
    ),
    to(
      'D',
      '12018300ff00',
      fromHex('0083001401030010600140510203040506070809 0a0b0c0d'.replaceAll(' ', '')),
    ),
    mode('D', 0x01, 10),
    mode('D', 0x02, 14),
    mode('D', 0x03, 22),
    mode('D', 0x04, 22),
    mode('D', 0x08, 18),
    mode('D', 0x0a, 10),
    mode('D', 0x1a, 10),
    mode('D', 0x1c, 10),
    mode('T', 0x0f, 14),
    mode('T', 0x10, 14),
    mode('T', 0x11, 8),
    mode('T', 0x1d, 30),
    mode('R', 0x2a, 30),
    mode('R', 0x0e, 14),
    mode('M', 0x1d, 18),
    mode('M', 0x1f, 18),
    to('D', '5a000a000000000000ff', noise(20, 0, 18, 0, 0, 0, 0, 0, 0, 0x0a, 10)),
    to(
      'D',
      '4d0042000000000000ff',
      concat(
        fromHex('02000018'),
        fromHex('0000030400000001000203080000000000000002'),
        noise(4, 0, 5, 3, 0),
      ),
    ),
    to('D', '4d004d000000000000ff', fromHex('0d00000c000003020019000103020041')),
    to('T', '4d006e000000000000ff', fromHex('2e00000a0001040101000204010000')),
    to('T', '4d006e0000000003ff00', tapeAlerts()),
    to('D', '5e000000000000000000', concat(words(7, 16), noise(16))),
    to('D', '5e010000000000000000', concat(words(7, 16), noise(8), fromHex('0000000000050000'))),
    to(
      'D',
      'a30c00000000000000ff',
      concat(words(16), fromHex('28000000000000 0a9e00001000010010'.replaceAll(' ', ''))),
    ),
    to(
      'D',
      'a30c010000000000000000ff',
      fromHex('0083000a28e0ffffffff3fffff00000a000000000000003c0000001e'),
    ),
    to('D', '8403000000000000000000000040', concat(words(44), noise(42))),
    to('T', '050000000000', noise(6)),
    to('T', '34000000000000000000', noise(20)),
    to('T', '34060000000000000000', noise(32)),
    to('T', '34080000000000000000', noise(32, 0, 1, 0, 0x1c)),
    to(
      'M',
      'b8140000ffff000004000000',
      concat(
        fromHex('00010002000000 98'.replaceAll(' ', '')),
        fromHex('0280003400000068'),
        noise(12),
        noise(40),
        noise(12),
        noise(40),
        fromHex('04000010000000 10'.replaceAll(' ', '')),
        noise(16),
      ),
    ),
    to('R', '43000000000000000c00', fromHex('0012010100140100000000000014aa0000000100')),
    to('R', '43020000000000000c00', fromHex('0012010100140100000002000014aa0000043210')),
    to('R', '43000100000000000c00', fromHex('000a010100140100000000ff')),
    to('R', '51000000000000002200', noise(34, 0, 32)),
    to('R', '52010000000000002400', noise(36, 0, 34)),
    to('R', '4a010000100000000800', fromHex('0006040e02020000')),
    to(
      'R',
      '46000000000000002000',
      fromHex('0000001c000000100000030800080000001001000001030800000001000000ff'),
    ),
    out(
      '42000000000000002800',
      concat(
        fromHex('0026002000000000'),
        noise(12),
        fromHex('00000000'),
        noise(12),
        fromHex('00000000'),
      ),
    ),
    out('5f000500000000001800', concat(noise(16), fromHex('000000000d000000'))),
    out(
      '5f070500000000002800',
      concat(noise(16), fromHex('0003000700000010'), fromHex('4500000c69716e2e323030312d30343a')),
    ),
    out(
      '8300000000000000000000000070',
      concat(
        fromHex('1128004000000000000000 1c00000000'.replaceAll(' ', '')),
        cscd(),
        cscd(),
        fromHex('0200001800000001 00000010'.replaceAll(' ', '')),
        noise(16),
      ),
    ),
    out('55100000000000001400', noise(20, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 10)),
  ];
}

/** All flags of TapeAlert, every other one set: tshark has a name for each. */
function tapeAlerts(): Uint8Array {
  const flags = Array.from({ length: 64 }, (_, i) => Uint8Array.of(0, i + 1, 4, 1, i & 1));
  const all = concat(...flags);
  return concat(Uint8Array.of(0x2e, 0, all.length >> 8, all.length & 0xff), all);
}

function cscd(): Uint8Array {
  return concat(
    fromHex('e4000000'),
    fromHex('01030010600140510203040506070809 0a0b0c0d0000000 0'.replaceAll(' ', '')),
    fromHex('00000200'),
  );
}

function everySense(): Sample[] {
  const sense = (hex: string): Sample => ({ cdb: padded('00'), lun: 0, sense: fromHex(hex) });
  return [
    sense('f00005000000200a000000002400 00cf0003'.replaceAll(' ', '')),
    sense('700002000000000a00000000040400801234'),
    sense(
      '720b4703 00000034000a 8000000000000012345 6010a0000000000000000abcd 02060000cf00030003 020000070402 00e00005020020 0a06020404001234'
        .replace(/ /g, '')
        .padEnd(120, '0'),
    ),
    sense('f0000344332211 0a5566778811 0b0780 0007'.replaceAll(' ', '')),
  ];
}

const TYPE_LETTERS = ['D', 'T', 'R', 'M'] as const;

/** Small numbers, as lengths and codes are, among zeros and noise; `head` first. */
function quiet(length: number, ...head: readonly number[]): Uint8Array {
  const kind = random() % 3;
  const bytes = Uint8Array.from({ length }, () => {
    if (kind === 0) return random();
    return random() % 3 === 0 ? random() % 24 : random() % 7 === 0 ? 0xff : 0;
  });
  bytes.set(head.slice(0, length));
  return bytes;
}

/** Every page of every kind of device, data in and out of every command: noise under right heads. */
function everyNoise(): Sample[] {
  const samples: Sample[] = [];
  for (const letter of TYPE_LETTERS) {
    const lun = LUNS[letter];
    const ask = (hex: string, dataIn: Uint8Array): void => {
      samples.push({ cdb: padded(hex), lun, dataIn });
    };
    const type = { D: 0, T: 1, R: 5, M: 8 }[letter];
    for (let page = 0; page < 256; page++) {
      const length = 4 + (random() % 70);
      ask(`1201${hex2(page)}00ff00`, quiet(length, type, page, 0, length - 4));
    }
    for (let page = 0; page < 64; page++) {
      const length = 2 + (random() & 1 ? random() % 34 : 60);
      const head = [page, length - 2];
      const block = concat(quiet(4, length + 11, 0, 0, 8), quiet(8), quiet(length, ...head));
      ask(`1a00${hex2(page)}00ff00`, block);
      const words8 = concat(quiet(8, 0, length + 14, 0, 0, 0, 0, 0, 8), quiet(8));
      ask(`5a00${hex2(page)}00000000ff00`, concat(words8, quiet(length, ...head)));
      ask(`1a08${hex2(page)}00ff00`, quiet(length + 4, length + 3, 0, 0, 0, ...head));
      ask(
        `5a08${hex2(page)}00000000ff00`,
        quiet(length + 8, 0, length + 6, 0, 0, 0, 0, 0, 0, ...head),
      );
      const parameters = concat(quiet(12, 0, random() % 9, random(), 8), quiet(8, 0, 3, 3, 4));
      const total = parameters.length;
      ask(`4d00${hex2(0x40 | page)}00000000ff00`, concat(quiet(4, page, 0, 0, total), parameters));
    }
  }
  for (let type = 0; type < 16; type++) {
    for (let set = 1; set < 4; set++) {
      const designator = concat(quiet(4, set, type, 0, 20), quiet(20, random()));
      const page = concat(Uint8Array.of(0, 0x83, 0, 24), designator);
      samples.push({ cdb: padded('12018300ff00'), lun: 0, dataIn: page });
    }
  }
  for (const { cdb, lun } of [...everyCdb(), ...everyCdb()]) {
    samples.push({ cdb, lun, dataIn: quiet(8 + (random() % 80)) });
    samples.push({ cdb, lun, dataOut: quiet(8 + (random() % 80)) });
  }
  return [...samples, ...everyDisc(), ...everyObject()];
}

/** Commands of object storage devices, which are of 200 and 236 bytes (OSD, OSD-2). */
function everyObject(): Sample[] {
  const samples: Sample[] = [{ ...inquiry(17), lun: LUNS['F'] }];
  for (const [first, last, length] of [
    [0x8801, 0x881c, 200],
    [0x8880, 0x88b1, 236],
  ]) {
    for (let action = first; action <= last; action++) {
      const cdb = noise(length, 0x7f, 0, 0, 0, 0, 0, 0, length - 8, action >> 8, action & 255);
      cdb[11] = (cdb[11] & 0xcf) | (random() & 1 ? 0x20 : 0x30);
      samples.push({ cdb, lun: LUNS['F'] });
    }
  }
  return samples;
}

/** Formats of READ TOC, features, DVD structures, events. */
function everyDisc(): Sample[] {
  const samples: Sample[] = [];
  const ask = (hex: string, dataIn: Uint8Array): void => {
    samples.push({ cdb: padded(hex), lun: LUNS['R'], dataIn });
  };
  for (let format = 0; format < 6; format++) {
    for (const msf of ['00', '02'])
      ask(`43${msf}${hex2(format)}0000000000ff00`, quiet(26, 0, 24, 1, 1));
  }
  for (let code = 0; code < 0x120; code++) {
    const feature = quiet(20, code >> 8, code & 255, 3, 16);
    ask(
      `4600${code.toString(16).padStart(4, '0')}000000ff00`,
      concat(words(24), words(0x10), feature),
    );
  }
  for (let format = 0; format < 0x40; format++) {
    ask(`ad0000000000000${0}${hex2(format)}ff00`, quiet(40, 0, 38, 0, 0));
    ask(`ad0100000000000${0}${hex2(format)}ff00`, quiet(40, 0, 38, 0, 0));
  }
  for (let event = 0; event < 8; event++) {
    ask(`4a01000010000000ff00`, quiet(8, 0, 6, event, 0x7e));
  }
  for (let key = 0; key < 0x40; key++) {
    ask(`a400000000000000ff${'00'}${hex2(key)}00`, quiet(24, 0, 22, 0, 0));
  }
  return samples;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function words(...values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => {
    view.setUint32(4 * i, value);
  });
  return new Uint8Array(view.buffer);
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function capture(samples: readonly Sample[]): Uint8Array {
  const sequence = { initiator: 1, target: 1 };
  const packets: { timeNs: number; bytes: Uint8Array }[] = [];
  const send = (from: 'initiator' | 'target', payload: Uint8Array): void => {
    const isOut = from === 'initiator';
    const to = isOut ? 'target' : 'initiator';
    const bytes = tcpPacket({
      src: isOut ? '10.0.0.1' : '10.0.0.2',
      dst: isOut ? '10.0.0.2' : '10.0.0.1',
      srcPort: isOut ? 50_000 : 3260,
      dstPort: isOut ? 3260 : 50_000,
      seq: sequence[from],
      ack: sequence[to],
      payload,
    });
    sequence[from] += payload.length;
    packets.push({ timeNs: packets.length * 1_000_000, bytes });
  };
  samples.forEach((sample, i) => {
    const tag = i + 1;
    const wanted = sample.dataIn?.length ?? sample.dataOut?.length ?? 0;
    const flags = 0x80 | (sample.dataIn ? 0x40 : 0) | (sample.dataOut ? 0x20 : 0) | 1;
    const ahs = sample.cdb.length > 16 ? extendedCdb(sample.cdb) : new Uint8Array(0);
    const command = bhs([0x01, flags], sample.dataOut?.length ?? 0, tag, sample.lun);
    command[4] = ahs.length / 4;
    new DataView(command.buffer).setUint32(20, wanted);
    new DataView(command.buffer).setUint32(24, tag);
    command.set(sample.cdb.subarray(0, 16), 32);
    send('initiator', withData(concat(command, ahs), sample.dataOut));
    if (sample.dataIn) send('target', withData(bhs([0x25, 0x80], wanted, tag, 0), sample.dataIn));
    const sense = sample.sense && concat(Uint8Array.of(0, sample.sense.length), sample.sense);
    const answer = bhs([0x21, 0x80, 0, sense ? 2 : 0], sense?.length ?? 0, tag, 0);
    send('target', withData(answer, sense));
  });
  return pcapFile(packets);
}

function bhs(head: readonly number[], length: number, tag: number, lun: number): Uint8Array {
  const bytes = new Uint8Array(48);
  bytes.set(head);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, length);
  bytes[9] = lun;
  view.setUint32(16, tag);
  view.setUint32(28, tag + 1);
  view.setUint32(32, tag + 64);
  return bytes;
}

function withData(header: Uint8Array, data?: Uint8Array): Uint8Array {
  if (data === undefined) return header;
  return concat(header, data, new Uint8Array((4 - (data.length % 4)) % 4));
}

/** The whole capture: an INQUIRY for each device type first, so that the judge knows them. */
export function scsiSampleCapture(): Uint8Array {
  const types = [
    ['D', 0],
    ['T', 1],
    ['R', 5],
    ['M', 8],
  ] as const;
  const first = types.map(([letter, type]) => ({ ...inquiry(type), lun: LUNS[letter] }));
  // tshark shows a disk's commands with other devices too: READ(10) of a CD.
  const others = TYPE_LETTERS.slice(1).flatMap((letter) => everyCdb(letter));
  return capture([...first, ...everyCdb(), ...others, ...everyData(), ...everySense()]);
}

/** The same devices, noise. */
export function scsiNoiseCapture(first: number): Uint8Array {
  seed = first;
  const types = [inquiry(0), inquiry(1), inquiry(5), inquiry(8)];
  return capture([...types.map((t, i) => ({ ...t, lun: LUNS[TYPE_LETTERS[i]] })), ...everyNoise()]);
}

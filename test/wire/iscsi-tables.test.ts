import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, get, present, set } from '../../src/wire/field.js';
import { BHS_BYTES, bhs, lunWords } from '../../src/wire/iscsi/bhs.js';
import { dataIn } from '../../src/wire/iscsi/data-in.js';
import { loginResponse } from '../../src/wire/iscsi/login-response.js';
import { isDefined, PDUS, pduNamed, pduOf } from '../../src/wire/iscsi/pdus.js';
import { r2t } from '../../src/wire/iscsi/r2t.js';
import { scsiCommand } from '../../src/wire/iscsi/scsi-command.js';
import { scsiResponse } from '../../src/wire/iscsi/scsi-response.js';

const ALL = [...PDUS, pduOf(0x1c), pduOf(0x3f), pduOf(0x2a)];

function header(): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(BHS_BYTES);
  return { bytes, view: new DataView(bytes.buffer) };
}

function fromHex(text: string): DataView {
  return new DataView(
    Uint8Array.from(text.match(/../g) ?? [], (x) => Number.parseInt(x, 16)).buffer,
  );
}

test('every bit of every PDU belongs to exactly one field, in the order of the header', () => {
  for (const pdu of ALL) {
    let next = 0;
    for (const f of pdu.fields) {
      assert.is(f.byte * 8 + f.bit, next, `${pdu.key}.${f.name}`);
      next += f.width;
    }
    assert.is(next, BHS_BYTES * 8, pdu.key);
  }
});

test('a field is called what its place in the table is called', () => {
  for (const pdu of ALL) {
    for (const [name, f] of Object.entries(pdu.byName)) assert.is(f.name, name, pdu.key);
  }
});

test('only octets are wider than a word, and they begin and end with bytes', () => {
  for (const pdu of ALL) {
    for (const f of pdu.fields) {
      if (f.size > 0) continue;
      assert.is(f.bit, 0, `${pdu.key}.${f.name}`);
      assert.is(f.width % 8, 0, `${pdu.key}.${f.name}`);
    }
  }
});

test('set and get agree, and leave all other bits alone', () => {
  for (const pdu of ALL) for (const f of pdu.fields) if (f.size > 0) roundTrip(f);
});

function roundTrip(f: Field): void {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: BHS_BYTES, maxLength: BHS_BYTES }),
      fc.integer({ min: 0, max: f.mask }),
      (before, value) => {
        const after = before.slice();
        const view = new DataView(after.buffer);
        set(view, 0, f, value);
        assert.is(get(view, 0, f), value);
        for (let i = 0; i < BHS_BYTES * 8; i++) {
          const inside = i >= f.byte * 8 + f.bit && i < f.byte * 8 + f.bit + f.width;
          if (!inside) assert.is(bitOf(after, i), bitOf(before, i), `${f.name} bit ${i}`);
        }
      },
    ),
    { seed: 7143, numRuns: 10 },
  );
}

function bitOf(bytes: Uint8Array, bit: number): number {
  return (bytes[bit >> 3] >> (7 - (bit & 7))) & 1;
}

test('get reads what the bits of the field say, most significant first', () => {
  const { bytes, view } = header();
  for (let i = 0; i < BHS_BYTES; i++) bytes[i] = (i * 37 + 11) & 255;
  for (const pdu of ALL) {
    for (const f of pdu.fields) {
      if (f.size === 0) continue;
      let value = 0;
      for (let i = 0; i < f.width; i++) value = value * 2 + bitOf(bytes, f.byte * 8 + f.bit + i);
      assert.is(get(view, 0, f), value, `${pdu.key}.${f.name}`);
    }
  }
});

test('the header begins where it is said to begin', () => {
  const view = new DataView(new ArrayBuffer(100));
  set(view, 13, r2t.r2tSN, 0xfedcba98);
  assert.is(view.getUint32(13 + 36), 0xfedcba98);
  assert.is(get(view, 13, r2t.r2tSN), 0xfedcba98);
});

test('the SCSI Read(10) of RFC 7143 A.4', () => {
  const view = fromHex(
    '01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000',
  );
  const value = (f: Field) => get(view, 0, f);
  assert.is(value(bhs.opcode), 0x01);
  assert.is(value(bhs.immediate), 0);
  assert.is(value(scsiCommand.final), 1);
  assert.is(value(scsiCommand.read), 1);
  assert.is(value(scsiCommand.write), 0);
  assert.is(value(scsiCommand.attr), 0);
  assert.is(value(scsiCommand.dataSegmentLength), 0);
  assert.is(value(scsiCommand.initiatorTaskTag), 0x14000000);
  assert.is(value(scsiCommand.expectedDataTransferLength), 1024);
  assert.is(value(scsiCommand.cmdSN), 20);
  assert.is(value(scsiCommand.expStatSN), 24);
  assert.is(view.getUint8(scsiCommand.cdb.byte), 0x28);
});

test('the opcode does not hold the I bit', () => {
  const { view } = header();
  set(view, 0, bhs.opcode, 0x03);
  set(view, 0, bhs.immediate, 1);
  assert.is(view.getUint8(0), 0x43);
  assert.is(get(view, 0, bhs.opcode), 0x03);
});

test('only requests have an I bit, and not Data-Out and SNACK (RFC 7143 11.7, 11.16)', () => {
  const without = PDUS.filter((pdu) => !('immediate' in pdu.byName)).map((pdu) => pdu.key);
  const target = PDUS.filter((pdu) => pdu.from === 'target').map((pdu) => pdu.key);
  assert.equal(without.sort(), [...target, 'data-out', 'snack-request'].sort());
});

test('18 opcodes are defined; the others have the BHS only', () => {
  assert.is(PDUS.length, 18);
  for (let opcode = 0; opcode < 64; opcode++) {
    assert.is(pduOf(opcode).opcode, opcode);
    assert.is(pduOf(opcode).from, opcode >= 0x20 ? 'target' : 'initiator');
    assert.is(
      isDefined(opcode),
      PDUS.some((pdu) => pdu.opcode === opcode),
    );
  }
  assert.is(pduOf(0x1d).name, 'vendor specific (0x1d)');
  assert.is(pduOf(0x2a).name, 'unknown (0x2a)');
  assert.is(pduNamed('r2t').opcode, 0x31);
});

test('the two words of a LUN are the LUN', () => {
  assert.is(lunWords.high.byte, bhs.lun.byte);
  assert.is(lunWords.low.byte, bhs.lun.byte + 4);
  assert.is(bhs.lun.width, 64);
});

test('Data-In has status, StatSN and residual only with S (RFC 7143 11.7.3)', () => {
  const { view } = header();
  const fields = [dataIn.status, dataIn.statSN, dataIn.residualCount];
  for (const f of fields) assert.is(present(view, 0, f), false, f.name);
  assert.is(present(view, 0, dataIn.dataSN), true);
  set(view, 0, dataIn.statusPresent, 1);
  for (const f of fields) assert.is(present(view, 0, f), true, f.name);
});

test('a SCSI Response has a status only where the response is 0 (RFC 7143 11.4.2)', () => {
  const { view } = header();
  assert.is(present(view, 0, scsiResponse.status), true);
  set(view, 0, scsiResponse.response, 1);
  assert.is(present(view, 0, scsiResponse.status), false);
  set(view, 0, scsiResponse.response, 0x80);
  assert.is(present(view, 0, scsiResponse.status), false);
});

test('a bidirectional residual is there with o or u (RFC 7143 11.4.6)', () => {
  const { view } = header();
  const count = scsiResponse.bidirectionalReadResidualCount;
  assert.is(present(view, 0, count), false);
  set(view, 0, scsiResponse.bidirectionalReadResidualUnderflow, 1);
  assert.is(present(view, 0, count), true);
  set(view, 0, scsiResponse.bidirectionalReadResidualUnderflow, 0);
  set(view, 0, scsiResponse.bidirectionalReadResidualOverflow, 1);
  assert.is(present(view, 0, count), true);
});

test('the next stage is there only with T (RFC 7143 11.12.3)', () => {
  const { view } = header();
  assert.is(present(view, 0, loginResponse.nsg), false);
  set(view, 0, loginResponse.transit, 1);
  assert.is(present(view, 0, loginResponse.nsg), true);
});

test('a condition speaks of fields of the same header', () => {
  for (const pdu of ALL) {
    for (const f of pdu.fields) {
      for (const of of f.when?.of ?? []) assert.ok(pdu.fields.includes(of), `${pdu.key}.${f.name}`);
    }
  }
});

test.run();

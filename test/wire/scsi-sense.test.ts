import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ascText } from '../../src/wire/scsi/asc.js';
import { lunLevels, lunText } from '../../src/wire/scsi/lun.js';
import { readSense, SenseCodes, senseKeyName } from '../../src/wire/scsi/sense.js';
import { scsiStatusName, statusQualifierText } from '../../src/wire/scsi/status.js';

function codes(hex: string): (number | boolean)[] {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (x) => Number.parseInt(x, 16));
  const out = new SenseCodes();
  readSense(bytes, 0, bytes.length, out);
  return [out.responseCode, out.senseKey, out.asc, out.ascq, out.deferred];
}

test('codes of fixed and descriptor sense data', () => {
  assert.equal(codes('70000500000000 0a00000000 2400'.replaceAll(' ', '')), [
    0x70,
    5,
    0x24,
    0,
    false,
  ]);
  assert.equal(codes('f10006000000000a000000002903'), [0x71, 6, 0x29, 3, true]);
  assert.equal(codes('720b4700'), [0x72, 11, 0x47, 0, false]);
  assert.equal(codes('73033211'), [0x73, 3, 0x32, 0x11, true]);
  assert.equal(codes('7f0506'), [0x7f, -1, -1, -1, false]);
});

test('sense data that is cut keeps what was there', () => {
  assert.equal(codes(''), [-1, -1, -1, -1, false]);
  assert.equal(codes('700002'), [0x70, 2, -1, -1, false]);
  assert.equal(codes('70000200000000 0a'.replace(' ', '')), [0x70, 2, -1, -1, false]);
  assert.equal(codes('7000020000000000'), [0x70, 2, 0, 0, false], 'told to end before ASC');
  assert.equal(codes('7202'), [0x72, 2, -1, -1, false]);
});

test('ASC texts, ranges, vendor and unknown codes', () => {
  assert.is(ascText(0x25, 0), 'LOGICAL UNIT NOT SUPPORTED');
  assert.is(ascText(0x29, 0), 'POWER ON, RESET, OR BUS DEVICE RESET OCCURRED');
  assert.is(ascText(0x40, 0x85), 'DIAGNOSTIC FAILURE ON COMPONENT 0x85');
  assert.is(ascText(0x4d, 5), 'TAGGED OVERLAPPED COMMANDS (TASK TAG 0x05)');
  assert.is(ascText(0x70, 3), 'DECOMPRESSION EXCEPTION SHORT ALGORITHM ID OF 0x03');
  assert.is(ascText(0x80, 1), 'vendor specific (0x80/0x01)');
  assert.is(ascText(0x29, 0x7f), 'unknown (0x29/0x7f)');
  assert.is(senseKeyName(6), 'UNIT ATTENTION');
});

test('status names and the qualifier', () => {
  assert.is(scsiStatusName(0x18), 'RESERVATION CONFLICT');
  assert.is(scsiStatusName(0x99), 'unknown (0x99)');
  assert.is(statusQualifierText(0x28, 5), 'retry after 500 ms');
  assert.is(statusQualifierText(0x08, 0x3fff), 'do not retry on this path');
  assert.is(statusQualifierText(0x08, 0), 'none');
});

test('LUNs of every addressing method', () => {
  assert.is(lunText(0, 0), '0');
  assert.is(lunText(0x00010000, 0), '1');
  assert.is(lunText(0x00ff0000, 0), '255');
  assert.is(lunText(0x41000000, 0), '256', 'flat');
  assert.is(lunText(0x40050000, 0), '5', 'flat');
  assert.is(lunText(0xd2000100, 0), '256', 'extended flat');
  assert.is(lunText(0xe2000000, 0x01000000), '256', 'long extended flat');
  assert.is(lunText(0x00010002, 0), '1/2');
  assert.is(lunText(0x00000002, 0), '0/2');
  assert.is(lunText(0x00010002, 0x00030004), '1/2/3/4');
  assert.is(lunText(0x02030000, 0), '2:3', 'bus 2, target 3');
  assert.is(lunText(0x83210000, 0), '1:3:1', 'bus 1, target 3, LUN 1');
  assert.is(lunText(0xc1010000, 0), 'well known 1');
  assert.is(lunText(0xffffffff, 0xffffffff), 'not specified');
  assert.is(lunText(0xf3000000, 0x00000007), '0xf300000000000007');
});

test('levels cover at most the eight bytes', () => {
  for (let first = 0; first < 256; first++) {
    for (const low of [0, 0xffffffff, 0xd2]) {
      const levels = lunLevels(((first << 24) | 0x00d2f3c1) >>> 0, low);
      const end = levels.reduce((sum, level) => sum + level.bytes, 0);
      assert.ok(levels.length >= 1 && end <= 8, `${first}`);
    }
  }
});

test.run();

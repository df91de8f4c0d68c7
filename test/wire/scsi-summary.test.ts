import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandText } from '../../src/wire/scsi/summary.js';
import { fromHex } from '../support/build.js';

function text(hex: string, deviceType = 0): string {
  const cdb = new Uint8Array(16);
  cdb.set(fromHex(hex));
  return commandText(cdb, 0, 16, deviceType);
}

test('a command in a few words', () => {
  assert.is(text('28000000100000000800'), 'READ(10) LBA 4096, 8 blocks');
  assert.is(text('8a00000000010000000000000010'), 'WRITE(16) LBA 4294967296, 16 blocks');
  assert.is(text('00'), 'TEST UNIT READY');
  assert.is(text('12000000ff'), 'INQUIRY');
  assert.is(text('12018300ff'), 'INQUIRY VPD 83 Device Identification');
  assert.is(text('1a000800ff'), 'MODE SENSE(6) 08 Caching');
  assert.is(text('1a008800ff'), 'MODE SENSE(6) 08 Caching, default values');
  assert.is(text('1a000aff'), 'MODE SENSE(6) 0A Control and its subpages');
  assert.is(text('4d006f'), 'LOG SENSE 2F Informational Exceptions, cumulative values');
  assert.is(text('5f0105'), 'PERSISTENT RESERVE OUT: RESERVE Write Exclusive - Registrants Only');
  assert.is(text('1b00000002'), 'START STOP UNIT eject');
  assert.is(text('a30a'), 'REPORT TARGET PORT GROUPS');
  assert.is(text('99'), 'unknown (0x99)');
});

test('tapes and changers', () => {
  assert.is(text('0801000020', 1), 'READ(6) 32 blocks');
  assert.is(text('0800008000', 1), 'READ(6)');
  assert.is(text('1101fffffe', 1), 'SPACE(6) -2 filemarks');
  assert.is(text('1000000002', 1), 'WRITE FILEMARKS(6) 2 filemarks');
  assert.is(text('1b00000001', 1), 'LOAD UNLOAD load');
  assert.is(text('a50000000003e800f4', 8), 'MOVE MEDIUM 3 to 59392');
});

test('any CDB of any length has a text', () => {
  for (let opcode = 0; opcode < 256; opcode++) {
    for (let length = 0; length <= 32; length++) {
      for (const deviceType of [-1, 0, 1, 5, 8, 20]) {
        const cdb = new Uint8Array(length).fill(0x8f);
        if (length > 0) cdb[0] = opcode;
        assert.is.not(commandText(cdb, 0, length, deviceType), '', `${opcode}`);
      }
    }
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CdbFacts,
  cdbFacts,
  Direction,
  isTaskManagement,
  OPERATION_COUNT,
  operationName,
  operationOf,
  operationOpcode,
  operationServiceAction,
  taskManagementOperation,
} from '../../src/wire/scsi/operations.js';

const facts = new CdbFacts();

function cdb(hex: string, length = 32): DataView {
  const view = new DataView(new ArrayBuffer(length));
  for (let i = 0; i < hex.length / 2 && i < length; i++) {
    view.setUint8(i, Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  }
  return view;
}

const name = (hex: string, type = -1, length = 16): string =>
  operationName(operationOf(cdb(hex), 0, length, type));

test('task management functions of FCP are operations without a CDB', () => {
  assert.is(operationName(taskManagementOperation(0x10)), 'LOGICAL UNIT RESET');
  assert.is(operationName(taskManagementOperation(0x02)), 'ABORT TASK SET');
  assert.is(operationName(taskManagementOperation(0x80)), 'TERMINATE TASK');
  assert.is(operationOpcode(taskManagementOperation(0x20)), 0);
  assert.is(operationServiceAction(taskManagementOperation(0x20)), -1);
  assert.ok(isTaskManagement(taskManagementOperation(0x40)));
  assert.not.ok(isTaskManagement(operationOf(cdb('00'), 0, 16, -1)));
});

test('commands are named as the standards write them, service actions apart', () => {
  const expected: [string, number, string, number][] = [
    ['00', -1, 'TEST UNIT READY', -1],
    ['12', 0, 'INQUIRY', -1],
    ['28', -1, 'READ(10)', -1],
    ['8a', 0x14, 'WRITE(16)', -1],
    ['9e10', 0, 'READ CAPACITY(16)', 0x10],
    ['9e12', -1, 'GET LBA STATUS(16)', 0x12],
    ['a30a', 0, 'REPORT TARGET PORT GROUPS', 0x0a],
    ['a30c', 8, 'REPORT SUPPORTED OPERATION CODES', 0x0c],
    ['8300', 0, 'EXTENDED COPY(LID1)', 0],
    ['8310', 0, 'POPULATE TOKEN', 0x10],
    ['8311', 0, 'WRITE USING TOKEN', 0x11],
    ['8407', 0, 'RECEIVE ROD TOKEN INFORMATION', 7],
    ['7f0000000000001800090000', 0, 'READ(32)', 9],
    ['7f00000000000018000b', 0, 'WRITE(32)', 0x0b],
    ['5e02', 0, 'PERSISTENT RESERVE IN: REPORT CAPABILITIES', 2],
    ['5f06', 1, 'PERSISTENT RESERVE OUT: REGISTER AND IGNORE EXISTING KEY', 6],
    ['4803', 0, 'SANITIZE: CRYPTOGRAPHIC ERASE', 3],
    ['9500', 0x14, 'REPORT ZONES', 0],
  ];
  for (const [hex, type, text, action] of expected) {
    const id = operationOf(cdb(hex), 0, 16, type);
    assert.is(operationName(id), text, hex);
    assert.is(operationServiceAction(id), action, hex);
    assert.is(operationOpcode(id), Number.parseInt(hex.slice(0, 2), 16), hex);
  }
});

test('the device type decides where one opcode means several commands', () => {
  assert.is(name('01', 1), 'REWIND');
  assert.is(name('34', 1), 'READ POSITION');
  assert.is(name('34', 0), 'PRE-FETCH(10)');
  assert.is(name('2b', 8), 'POSITION TO ELEMENT');
  assert.is(name('2b', 1), 'LOCATE(10)');
  assert.is(name('42', 5), 'READ SUB-CHANNEL');
  assert.is(name('42', 0), 'UNMAP');
  assert.is(name('b8', 8), 'READ ELEMENT STATUS');
  assert.is(name('a300', 5), 'SEND KEY');
  assert.is(name('a30a', 5), 'REPORT TARGET PORT GROUPS');
});

test('without a device type a command is a disk’s, or that of the one device that has it', () => {
  assert.is(name('34'), 'PRE-FETCH(10)');
  assert.is(name('05'), 'READ BLOCK LIMITS');
  assert.is(name('b8'), 'READ ELEMENT STATUS');
  assert.is(name('be'), 'READ CD');
  assert.is(name('43'), 'READ TOC/PMA/ATIP');
});

test('unknown codes keep their number', () => {
  assert.is(name('99'), 'unknown (0x99)');
  assert.is(name('c1'), 'vendor specific (0xc1)');
  assert.is(name('a31b'), 'MAINTENANCE IN: unknown (0x1b)');
  assert.is(name('7f000000000000187777'), 'variable length CDB');
  assert.is(operationName(-1), 'unknown');
  assert.is(operationName(OPERATION_COUNT), 'unknown');
});

test('every opcode, service action, device type and length has an operation in range', () => {
  const view = cdb('');
  for (let opcode = 0; opcode < 256; opcode++) {
    for (let action = 0; action < 32; action++) {
      view.setUint8(0, opcode);
      view.setUint8(1, action);
      view.setUint16(8, action);
      for (let type = -2; type < 34; type++) {
        const id = operationOf(view, 0, 16, type);
        if (id < 0 || id >= OPERATION_COUNT) assert.unreachable(`${opcode}/${action}/${type}`);
        if (operationOpcode(id) !== opcode) assert.unreachable(`${opcode}/${action}/${type}`);
      }
    }
  }
  for (let id = 0; id < OPERATION_COUNT; id++) assert.ok(operationName(id).length > 0);
});

function factsOf(hex: string, type = -1, length = 16): (boolean | number)[] {
  cdbFacts(cdb(hex), 0, length, type, facts);
  return [facts.lbaKnown, facts.lbaHigh, facts.lbaLow, facts.blocks, facts.direction];
}

test('address, blocks and direction come from the CDB', () => {
  const { none, in: input, out, bidi, unknown } = Direction;
  assert.equal(factsOf('080123450000'), [true, 0, 0x12345, 256, input]);
  assert.equal(factsOf('08ff23450700'), [true, 0, 0x1f2345, 7, input], 'LBA of 21 bits');
  assert.equal(factsOf('0a0000000000'), [true, 0, 0, 256, out]);
  assert.equal(factsOf('2800deadbeef0000100000'), [true, 0, 0xdeadbeef, 16, input]);
  assert.equal(factsOf('2a0000000001000000'), [true, 0, 1, 0, out], 'WRITE(10) 0 is 0');
  assert.equal(factsOf('a800fffffffffffffffe0000'), [true, 0, 0xffffffff, 0xfffffffe, input]);
  assert.equal(factsOf('88000123456789abcdef00010000'), [
    true,
    0x01234567,
    0x89abcdef,
    65536,
    input,
  ]);
  assert.equal(factsOf('890000000000000000090000000300'), [true, 0, 9, 3, out]);
  assert.equal(factsOf('9300000000000000000900000100'), [true, 0, 9, 256, out]);
  assert.equal(factsOf('9301000000000000000900000100'), [true, 0, 9, 256, none], 'NDOB');
  assert.equal(factsOf('2f00000000050000020000'), [true, 0, 5, 2, none]);
  assert.equal(factsOf('2f02000000050000020000'), [true, 0, 5, 2, out], 'BYTCHK 01b');
  assert.equal(factsOf('3500000000050000020000'), [true, 0, 5, 2, none]);
  assert.equal(factsOf('53000000000500000200'), [true, 0, 5, 2, bidi]);
  assert.equal(factsOf('42000000000000001800'), [false, 0, 0, 0, out], 'UNMAP');
  assert.equal(factsOf('25'), [false, 0, 0, 0, input], 'READ CAPACITY has no address');
  assert.equal(factsOf('99'), [false, 0, 0, 0, unknown]);
  assert.equal(factsOf('8508'), [false, 0, 0, 0, none], 'ATA without data');
  assert.equal(factsOf('85082e'), [false, 0, 0, 0, input]);
  assert.equal(factsOf('850826'), [false, 0, 0, 0, out]);
});

test('a 32-byte CDB has its address beyond byte 16', () => {
  const hex = `7f${'00'.repeat(6)}18000b0000${'0000000100000002'}${'00'.repeat(8)}00000008`;
  assert.equal(factsOf(hex, 0, 32), [true, 1, 2, 8, Direction.out]);
  assert.equal(factsOf(hex, 0, 16), [false, 0, 0, 0, Direction.out], 'its AHS was not captured');
});

test('a tape has no address, and blocks only where FIXED is one', () => {
  assert.equal(factsOf('080100002000', 1), [false, 0, 0, 32, Direction.in]);
  assert.equal(factsOf('080000002000', 1), [false, 0, 0, 0, Direction.in]);
  assert.equal(factsOf('88010000000000000000000000002000', 1), [false, 0, 0, 32, Direction.in]);
});

test('no length and no byte makes it throw', () => {
  const view = cdb('');
  for (let opcode = 0; opcode < 256; opcode++) {
    for (const fill of [0, 0xff, 9]) {
      for (let i = 0; i < 32; i++) view.setUint8(i, fill);
      view.setUint8(0, opcode);
      for (let length = 0; length <= 32; length++) {
        for (const type of [-1, 0, 1, 5, 8, 0x14, 31]) {
          const cut = new DataView(view.buffer, 0, length);
          cdbFacts(cut, 0, length, type, facts);
        }
      }
    }
  }
  assert.ok(Number.isInteger(facts.blocks));
});

test.run();

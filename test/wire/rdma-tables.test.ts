// Tables of MPA, DDP, RDMAP, iSER and InfiniBand: they cover every bit of their headers once.

import { suite } from 'uvu';
import { equal, ok } from 'uvu/assert';
import { get, set } from '../../src/wire/field.js';
import {
  QUEUE_OF_OPCODE,
  RDMA_OPCODE_NAMES,
  RdmaOpcode,
  terminateWords,
} from '../../src/wire/rdma/codes.js';
import { EXTENDED_BYTES, IB_OPCODE_NAMES } from '../../src/wire/rdma/infiniband.js';
import { fpduBytes, mpaPadding } from '../../src/wire/rdma/mpa.js';
import { RDMA_HEADERS } from '../support/rdma-headers.js';

const test = suite('wire: rdma tables');

for (const header of RDMA_HEADERS) {
  test(`${header.name} covers its ${header.bytes} octets once`, () => {
    let next = 0;
    for (const f of header.fields) {
      equal(f.byte * 8 + f.bit, next, `${f.name} begins where the one before ends`);
      next += f.width;
    }
    equal(next, header.bytes * 8);
    const names = header.fields.map((f) => f.name);
    equal(new Set(names).size, names.length, 'names are told apart');
  });

  test(`${header.name}: what is written is read, and the neighbours stay`, () => {
    const view = new DataView(new ArrayBuffer(header.bytes));
    for (const f of header.fields) {
      if (f.kind === 'octets' || f.width > 32) continue;
      set(view, 0, f, f.mask);
      equal(get(view, 0, f), f.mask >>> 0, f.name);
      for (const other of header.fields) {
        if (other !== f && other.size > 0)
          equal(get(view, 0, other), 0, `${f.name}: ${other.name}`);
      }
      set(view, 0, f, 0);
    }
  });
}

test('every opcode has a name, and untagged ones a queue', () => {
  for (const code of Object.values(RdmaOpcode)) {
    ok(RDMA_OPCODE_NAMES[code] !== undefined);
    equal(QUEUE_OF_OPCODE[code] < 0, code === RdmaOpcode.write || code === RdmaOpcode.readResponse);
  }
});

test('extended headers of the reliable connection', () => {
  for (let code = 0; code < EXTENDED_BYTES.length; code++) {
    equal(EXTENDED_BYTES[code] >= 0, IB_OPCODE_NAMES[code] !== undefined, `opcode ${code}`);
  }
});

test('an FPDU is a multiple of four octets (RFC 5044 4.1)', () => {
  for (let n = 0; n < 64; n++) {
    equal(fpduBytes(n) % 4, 0);
    ok(mpaPadding(n) < 4);
  }
  equal(fpduBytes(18 + 76), 100);
});

test('Terminate in words', () => {
  equal(terminateWords(1, 1, 0), 'DDP: tagged buffer error, invalid STag');
  equal(terminateWords(2, 0, 2), 'MPA: MPA error, CRC does not match');
  equal(terminateWords(0, 0, 7), 'RDMA: local catastrophic error');
  equal(terminateWords(7, 3, 9), 'layer 7: error type 3, code 9');
});

test.run();

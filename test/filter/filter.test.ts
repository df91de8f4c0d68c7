// The filter language: grammar, values, what is said of what is wrong, and what it finds.

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { compileFilter } from '../../src/filter/compile.js';
import { FilterError } from '../../src/filter/error.js';
import type { FieldBook, FilterField } from '../../src/filter/field.js';
import { pduFilter } from '../../src/filter/pdu-filter.js';
import { taskFilter } from '../../src/filter/task-filter.js';
import { analyse } from '../../src/pipeline.js';
import { pdu } from '../support/build.js';
import { factsOf, pduOfBytes } from '../support/facts.js';

interface Thing {
  readonly n: number;
  readonly many: readonly number[];
  readonly big: bigint;
  readonly ns: number;
  readonly bytes: number;
  readonly word: string;
  readonly text: string;
  readonly hex: string;
  readonly ip: readonly string[];
  readonly code: number;
}

const FIELDS: readonly FilterField<Thing>[] = [
  { name: 'n', kind: 'number', needs: 'header', number: (t) => t.n },
  { name: 'flag', kind: 'flag', needs: 'header', number: () => 0 },
  { name: 'far.flag', kind: 'flag', needs: 'header', number: () => 0 },
  { name: 'many', kind: 'number', needs: 'end', values: (t) => t.many },
  { name: 'big', kind: 'number', needs: 'end', values: (t) => [t.big] },
  { name: 'ns', kind: 'duration', needs: 'end', number: (t) => t.ns },
  { name: 'bytes', kind: 'size', needs: 'end', number: (t) => t.bytes },
  { name: 'word', kind: 'word', needs: 'end', values: (t) => [t.word] },
  { name: 'text', kind: 'text', needs: 'data', values: (t) => (t.text ? [t.text] : []) },
  { name: 'hex', kind: 'octets', needs: 'data', values: (t) => [t.hex] },
  { name: 'ip', kind: 'address', needs: 'header', values: (t) => t.ip },
  {
    name: 'code',
    kind: 'code',
    needs: 'header',
    names: { 0: 'GOOD', 2: 'CHECK CONDITION', 8: 'BUSY' },
    number: (t) => t.code,
  },
];
const BOOK: FieldBook<Thing> = {
  find: (name) => FIELDS.find((f) => f.name === name),
  names: () => FIELDS.map((f) => f.name),
};
const THING: Thing = {
  n: 7,
  many: [1, 2, 3],
  big: 2n ** 63n,
  ns: 25e6,
  bytes: 65_536,
  word: 'READ(10)',
  text: 'a "quoted" Text',
  hex: '2800ff01',
  ip: ['10.1.2.3', 'fd00::1'],
  code: 2,
};

for (const [filter, expected] of [
  ['n == 7', true],
  ['n==0x7', true],
  ['n != 7', false],
  ['n eq 7 and n le 7 and n ge 7', true],
  ['n ne 7 or n lt 7 or n gt 7', false],
  ['n < 8 && n > 6', true],
  ['n <= 7.5', true],
  ['n == 1 or n == 2 and n == 7', false],
  ['(n == 1 or n == 7) and n == 7', true],
  ['not n == 1', true],
  ['!(n == 1) && !!(n == 7)', true],
  ['n', true],
  ['flag', false],
  ['not flag', true],
  ['flag == false', true],
  ['far.flag', true],
  ['n & 2', true],
  ['n & 8', false],
  ['n & 0x6 == 6', true],
  ['n in {1, 3..9}', true],
  ['n in {1 2 7}', true],
  ['n not in {1, 3..6}', true],
  ['many == 2', true],
  ['many != 2', false],
  ['many != 4', true],
  ['many > 2', true],
  ['big == 9223372036854775808', true],
  ['big > 0x7fffffffffffffff', true],
  ['big == 9223372036854775807', false],
  ['ns > 20ms', true],
  ['ns == 0.025', true],
  ['ns < 25000us', false],
  ['ns in {20ms..30ms}', true],
  ['bytes == 64KiB', true],
  ['bytes > 65kB', true],
  ['bytes >= 1MB', false],
  ['word == read(10)', true],
  ['word == "Read(10)"', true],
  ['word contains read', true],
  ['word matches "^read.1"', true],
  ['text == "a \\"quoted\\" Text"', true],
  ["text contains 'quoted'", true],
  ['text contains QUOTED', false],
  ['text ~ QUOTED', true],
  ['text', true],
  ['hex contains 00:ff', true],
  ['hex contains 0f', false],
  ['hex == 0x2800ff01', true],
  ['hex matches "^\\x28"', true],
  ['ip == 10.0.0.0/8', true],
  ['ip == fd00::/16', true],
  ['ip == 10.1.2.4', false],
  ['ip != 192.168.0.1', true],
  ['code == "check condition"', true],
  ['code == checkCondition', true],
  ['code == 2', true],
  ['code != good', true],
  ['code in {good, busy}', false],
  ['many === 2', false],
  ['many all_eq 2', false],
  ['many any_eq 2', true],
  ['many !== 2', true],
  ['many ~= 2', true],
  ['many all_ne 2', false],
  ['any many > 2', true],
  ['all many > 2', false],
  ['all many > 0', true],
  ['text[0] == "a"', true],
  ['text[2:8] == "\\"quoted\\""', true],
  ['text[-4:] == Text', true],
  ['hex[1-2] == 00:ff', true],
  ['hex[:1] == 28', true],
  ['hex[0,3] == 28:01', true],
  ['hex[9] == 00', false],
  ['len(hex) == 4', true],
  ['count(many) == 3 and count(ip) == 2', true],
  ['lower(text) contains text', true],
  ['n < bytes', true],
  ['n == bytes or n > bytes', false],
  ['many != n', true],
] as const) {
  test(`filter: ${filter}`, () => {
    assert.is(compileFilter(filter, BOOK).test(THING), expected);
  });
}

for (const [filter, column, words] of [
  ['', 1, /nothing in it/],
  ['n == ', 6, /a value after ==/],
  ['n = 7', 3, /=/],
  ['m == 7', 1, /no field is called m/],
  ['worm == 1', 1, /did you mean word\?/],
  ['n == seven', 6, /a number is expected/],
  ['ns > 20mss', 6, /a duration is expected/],
  ['bytes > 3 fish', 11, /stands where the filter should end/],
  ['code == goood', 9, /did you mean GOOD\?/],
  ['(n == 1', 1, /"\)" is missing/],
  ['n == 1)', 7, /should end/],
  ['n in 5', 6, /a set is expected/],
  ['n in {}', 6, /empty/],
  ['n in {1', 6, /never closed/],
  ['text == "abc', 9, /never closed/],
  ['text matches "("', 14, /not a regular expression/],
  ['n contains 1', 12, /contains is for texts/],
  ['n == 1 § n', 8, /means nothing here/],
  ['ip > 10.0.0.1', 6, /cannot be compared/],
  ['ip == 10.0.0.1/40', 7, /prefix/],
  ['and', 1, /no field is called and/],
] as const) {
  test(`what is wrong with ${filter || 'nothing'}`, () => {
    try {
      compileFilter(filter, BOOK);
    } catch (error) {
      assert.instance(error, FilterError);
      const { column: at, message } = error as FilterError;
      assert.match(message, words);
      assert.is(at, column, message);
      const lines = message.split('\n');
      assert.is(lines[2].indexOf('^') - 2, column - 1, 'the caret stands below the place');
      return;
    }
    assert.unreachable('it is taken for right');
  });
}

test('a filter knows when its fields are there', () => {
  assert.is(compileFilter('n == 1', BOOK).needs, 'header');
  assert.is(compileFilter('n == 1 or ns > 1s', BOOK).needs, 'end');
  assert.is(compileFilter('n == 1 or not text', BOOK).needs, 'data');
});

test('every example of docs/FILTER.md is a filter', () => {
  const text = readFileSync(new URL('../../docs/FILTER.md', import.meta.url), 'utf8');
  const examples = /```filter\n([\s\S]*?)```/.exec(text)?.[1].trim().split('\n') ?? [];
  assert.ok(examples.length > 10);
  for (const example of examples) pduFilter(example);
});

test('thousands of brackets are refused, not followed', () => {
  assert.throws(() => compileFilter(`${'('.repeat(5000)}n`, BOOK), /nested too deeply/);
  assert.throws(() => compileFilter(`${'!'.repeat(5000)}n`, BOOK), /nested too deeply/);
});

test('a code is named by its own PDU', () => {
  const facts = (bytes: Uint8Array): PduFacts => factsOf(pduOfBytes(bytes));
  const management = facts(pdu('task-management-response', { response: 0 }));
  const response = facts(pdu('scsi-response', { response: 0 }));
  const complete = pduFilter('response == "Function complete"');
  assert.is(complete.test(management), true);
  assert.is(complete.test(response), false);
  assert.is(pduFilter('response == 0').test(response), true);
  assert.is(pduFilter('function == "abort task"').test(response), false);
});

async function countOf(filter: string, path: string): Promise<number> {
  const { test: passes } = pduFilter(filter);
  let n = 0;
  const reader = new PduReader({
    details: true,
    take: (facts) => {
      if (passes(facts)) n++;
    },
  });
  await analyse([path], {
    pduSink: reader,
    taskSink: reader,
    look: reader.look,
    started: (epoch) => {
      reader.facts.epoch = epoch;
    },
  });
  return n;
}

const LOAD = 'captures/tgt-chap.pcap';
for (const [filter, expected] of [
  ['opcode == "SCSI Command"', 4],
  ['iscsi.opcode == 0x21 && scsi.status != 0', 1],
  ['status == "check condition"', 1],
  ['senseKey == "unit attention"', 1],
  ['sense.senseKey == "UNIT ATTENTION"', 1],
  ['operation == INQUIRY and latency', 2],
  ['scsi_sbc.opcode == 0x12', 4],
  ['from == initiator', 9],
  ['tcp.dstport == 3260', 9],
  ['ip.src == 10.0.0.0/8', 18],
  ['InitiatorName contains libiscsi', 1],
  ['keys.AuthMethod', 2],
  ['CHAP_R == "(hidden)"', 1],
  ['text matches "^CHAP_"', 3],
  ['data.productIdentification == DISK', 2],
  ['cdb.allocationLength in {60..65}', 1],
  // Data-In and responses have no LUN of their own: it is their command's.
  ['lun == 1', 8],
  ['iscsi', 18],
  ['iscsi and not scsi', 10],
  ['ip && !ipv6', 18],
  ['iscsi contains "InitiatorName"', 1],
  ['frame contains 49:6e:69:74:69:61:74:6f:72', 1],
  ['iscsi[0] == 43', 4],
  ['iscsi.keyvalue[0:3] == "CHA"', 3],
  ['upper(iscsi.keyvalue) contains "INITIATORNAME="', 1],
  ['len(TargetName) > 10', 1],
  ['count(iscsi.keyvalue) >= 3', 4],
  ['iscsi.keyvalue matches "(?i)^initiatorname"', 1],
  ['expCmdSN <= maxCmdSN', 9],
  ['iscsi.opcode === 0x21', 2],
  ['scsi.lun == 0', 0],
  ['scsi.inquiry.devtype == 0', 7],
  ['frame.time >= "2020-01-01" and frame.time_epoch > 1600000000.5', 18],
  ['frame.time < "Nov 23, 1999 21:24:13 UTC"', 0],
  ['frame.number == 14', 1],
  ['iscsi.login.status == 0 && iscsi.login.T', 4],
  ['sinceRequest < 1s', 9],
  ['isid.t == Random', 8],
] as const) {
  test(`in a recorded login: ${filter}`, async () => {
    assert.is(await countOf(filter, LOAD), expected);
  });
}

test('commands are asked by the same names', async () => {
  let slow = 0;
  const filter = taskFilter('operation contains read and latency >= 1us and status == good');
  await analyse(['captures/tgt-mixed-load.pcap.gz'], {
    taskSink: {
      taskStarted() {},
      taskEnded(task) {
        if (filter.test(task)) slow++;
      },
    },
  });
  assert.ok(slow > 100, `${slow} reads`);
});

test("commands are asked by tshark's names and by their CDBs too", async () => {
  const counts = new Map<string, number>();
  const filters = [
    'scsi_sbc.opcode == 0x28',
    'operation == read(10)',
    'cdb.operationCode == 0x28',
    'scsi_sbc.rdwr10.xferlen > 0 and iscsi.scsicommand.R == 1',
    'scsi_sbc.rdwr10.xferlen > 0 and read and operation != write(10)',
  ].map(taskFilter);
  await analyse(['captures/tgt-mixed-load.pcap.gz'], {
    taskSink: {
      taskStarted() {},
      taskEnded(task) {
        for (const { text, test: passes } of filters) {
          if (passes(task)) counts.set(text, (counts.get(text) ?? 0) + 1);
        }
      },
    },
  });
  assert.is(new Set(counts.values()).size, 1, JSON.stringify([...counts]));
  assert.is(counts.size, filters.length);
});

test.run();

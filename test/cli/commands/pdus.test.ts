// sanscope pdus and fields as a user runs them.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sanscope } from '../../support/program.js';

const CHAP = 'captures/tgt-chap.pcap';

function lines(...args: readonly string[]): string[] {
  const { status, stdout, stderr } = sanscope(args);
  assert.is(status, 0, stderr);
  return stdout.split('\n').slice(0, -1);
}

test('a line says what matters of a PDU', () => {
  const all = lines('pdus', CHAP);
  assert.is(all.length, 18);
  assert.match(
    all[8],
    /14 +0\.000636 C0 → Command +0x74ab7e3d LUN 1, TEST UNIT READY, CmdSN 1855557728/,
  );
  assert.match(
    all[9],
    /TEST UNIT READY, CHECK CONDITION, UNIT ATTENTION, POWER ON.*after 19\.0 µs/,
  );
  assert.match(all[3], /CHAP_C=\(hidden\)/);
  assert.match(lines('pdus', '--show-secrets', CHAP)[3], /CHAP_C=0x2e870b69/);
});

test('-V shows every field with its place, and what belongs to it', () => {
  const text = lines('pdus', '-V', '--frame', '18-19', CHAP).join('\n');
  assert.match(text, /0\.2-7 {2}Opcode +0x01 {2}SCSI Command/);
  assert.match(text, /20-23 {2}Expected Data Transfer Length +64 bytes/);
  assert.match(text, /35-36 {4}ALLOCATION LENGTH +64/);
  assert.match(text, /→ {2}status +frame 19, 19\.0 µs after/, 'the command knows its answer');
  assert.match(text, /→ {2}command +frame 18, 19\.0 µs before/, 'and the answer its command');
  assert.match(text, /64-79 {4}PRODUCT IDENTIFICATION +DISK/);
});

test('a line of JSON names what comes before it and after it', () => {
  const read = (...args: string[]) =>
    lines('pdus', '--json', ...args).map((line) => JSON.parse(line) as Record<string, unknown>);
  const all = read('captures/tgt-libiscsi-iscsi-tests.pcap.gz', '--frame', '88-96');
  const command = all[0];
  assert.equal(command['r2tFrames'], [89]);
  assert.equal(command['dataOutFrames'], [90, 93]);
  assert.is(command['statusFrame'], 96);
  const status = all.find((pdu) => pdu['name'] === 'SCSI Response');
  assert.is(status?.['commandFrame'], 88);
  assert.is(status?.['sinceRequestNs'], command['answeredNs']);
  const data = all.filter((pdu) => pdu['name'] === 'SCSI Data-Out');
  assert.equal(
    data.map((pdu) => [pdu['r2tFrame'], pdu['operation'], pdu['lun']]),
    [
      [89, 'WRITE(10)', '0001000000000000'],
      [89, 'WRITE(10)', '0001000000000000'],
    ],
  );
  // The last one that was asked for is told its answer too.
  const [login] = read(CHAP, '-c', '1');
  assert.is(login['answerFrame'], 6);
  assert.ok(Number(login['answeredNs']) > 0);
});

test('-x shows the bytes; user data and secrets stay hidden in all of them', () => {
  const hex = lines('pdus', '-x', '--frame', '18', CHAP).join('\n');
  assert.match(hex, / 0010 {2}74 ab 7e 3f 00 00 00 40/);
  assert.not.match(hex, /Opcode/);
  const secret = lines('pdus', '-V', '-x', '-Y', 'CHAP_C', CHAP).join('\n');
  assert.match(secret, /bytes are hidden \(--show-secrets shows them\)/);
  assert.not.match(secret, /2e870b69|CHAP_C=0x/);
  const user = ['pdus', '-V', '-x', '-c', '1', '-Y', 'name == "SCSI Data-In" and bytes > 4095'];
  const data = lines(...user, 'captures/tgt-mixed-load.pcap.gz').join('\n');
  assert.match(data, /user data +\(hidden\)/);
});

test('PDUs are chosen by number, packet, session, connection and filter', () => {
  assert.is(lines('pdus', '-c', '3', CHAP).length, 3);
  assert.is(lines('pdus', '--frame', '14-17', CHAP).length, 4);
  assert.is(lines('pdus', '--session', '0', CHAP).length, 18);
  assert.is(lines('pdus', '--session', '1', CHAP).length, 0);
  assert.is(lines('pdus', '--connection', '0', '-Y', 'status', CHAP).length, 4);
  const many = lines('pdus', '--session', '2', 'captures/tgt-mixed-load.pcap.gz');
  assert.ok(many.length > 10 && many.every((line) => / C2 /.test(line)));
});

test('a wrong filter is told with a caret, and nothing is read', () => {
  const { status, stdout, stderr } = sanscope(['pdus', '-Y', 'iscsi.opcod == 1', 'no-such-file']);
  assert.is(status, 2);
  assert.is(stdout, '');
  const [what, filter, caret, help] = stderr.split('\n');
  assert.match(
    what,
    /^sanscope: the filter is wrong at column 1: no field is called iscsi\.opcod$/,
  );
  assert.is(filter, '  iscsi.opcod == 1');
  assert.is(caret, '  ^^^^^^^^^^^');
  assert.match(help, /^did you mean iscsi\.opcode/);
});

test('a filter cannot paint the terminal', () => {
  const { status, stderr } = sanscope(['pdus', '-Y', 'x\u001b[31m', CHAP]);
  assert.is(status, 2);
  assert.not.ok(stderr.includes('\u001b'));
});

test('--json -V has the tree too', () => {
  const [line] = lines('pdus', '--json', '-V', '--frame', '18', CHAP).map((l) => JSON.parse(l));
  assert.is(line.cdbFields.allocationLength, 64);
  const opcode = line.tree.find((node: { name: string }) => node.name === 'opcode');
  const { label, value, meaning, byte, bit, width } = opcode;
  assert.equal([label, value, meaning, byte, bit, width], ['Opcode', 1, 'SCSI Command', 0, 2, 6]);
});

test('report counts only the commands of a filter', () => {
  const asked = ['report', '--json', '-Y', 'operation == INQUIRY', CHAP];
  const report = JSON.parse(lines(...asked).join('\n'));
  assert.is(report.filter, 'operation == INQUIRY');
  assert.equal(
    report.operations.map((row: { operation: string; commandCount: number }) => [
      row.operation,
      row.commandCount,
    ]),
    [['INQUIRY', 2]],
  );
  assert.is(sanscope(['report', '-Y', 'latency >', CHAP]).status, 2);
});

test('fields lists what may be asked for', () => {
  const all = lines('fields', '--json').map((line) => JSON.parse(line));
  assert.ok(all.length > 1500);
  const named = (name: string) => all.find((row) => row.name === name);
  assert.equal(named('expectedDataTransferLength'), {
    schema: 'sanscope/fields/2',
    type: 'field',
    name: 'expectedDataTransferLength',
    kind: 'size',
    unit: 'bytes',
    section: '11.3.4',
    tshark: 'iscsi.scsicommand.expecteddatatransferlength',
    about: 'Command',
  });
  assert.is(named('latency')?.kind, 'duration');
  assert.is(named('scsi_sbc.rdwr10.lba')?.tshark, 'scsi_sbc.rdwr10.lba');
  assert.ok(named('keys.MaxBurstLength') && named('cdb.transferLength') && named('sense.senseKey'));
  const some = lines('fields', 'bufferoffset');
  assert.is(some.length, 4, some.join('\n'));
});

test.run();

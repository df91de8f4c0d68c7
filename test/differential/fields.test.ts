// `-T fields -e NAME` prints what tshark prints, by tshark's names. Packets with several PDUs are left
// out: tshark has a line a packet, we one a PDU; so are packets of which tshark shows no iSCSI.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../support/needs.js';
import { sanscope } from '../support/program.js';
import { tshark } from '../support/tshark.js';

const FIELDS = [
  'frame.number',
  'frame.time_relative',
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'tcp.srcport',
  'tcp.stream',
  'iscsi.opcode',
  'iscsi.I',
  'iscsi.flags',
  'iscsi.initiatortasktag',
  'scsi.lun',
  'iscsi.cmdsn',
  'iscsi.expstatsn',
  'iscsi.statsn',
  'iscsi.maxcmdsn',
  'iscsi.datasegmentlength',
  'iscsi.targettransfertag',
  'iscsi.bufferOffset',
  'iscsi.datasn',
  'iscsi.isid',
  'iscsi.tsih',
  'iscsi.login.status',
  'iscsi.keyvalue',
  'iscsi.scsicommand.attr',
  'iscsi.scsicommand.expecteddatatransferlength',
  'iscsi.scsiresponse.status',
  'iscsi.scsiresponse.residualcount',
  'scsi_sbc.opcode',
  'scsi_sbc.rdwr10.lba',
  'scsi_sbc.rdwr10.xferlen',
  'scsi.sns.key',
  'scsi.sns.ascascq',
  'scsi.inquiry.devtype',
  'ip.src_host',
  'ip.host',
  'ipv6.src',
  'ipv6.addr',
  'scsi.inquiry.vendor_id',
  'scsi.inquiry.product_id',
  'scsi_sbc.rdwr16.lba',
];

/** tshark says a SCSI field again beside what it inferred of it: `[LUN: 0x0001]`. */
function once(cell: string): string {
  return [...new Set(cell.split(','))].join(',');
}

for (const name of ['tgt-libiscsi-iscsi-tests.pcap.gz', 'istgt-many-r2ts.pcap.gz']) {
  needs('tshark')(`${name}: as tshark prints them`, () => {
    const path = fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
    const asked = FIELDS.flatMap((field) => ['-e', field]);
    const theirs = tshark('-r', path, '-Y', 'iscsi', '-T', 'fields', ...asked);
    const run = sanscope(['-r', path, '--show-secrets', '-T', 'fields', ...asked]);
    assert.is(run.status, 0, run.stderr);
    const ours = new Map<string, string[]>();
    for (const line of run.stdout.trimEnd().split('\n')) {
      const [frame] = line.split('\t');
      ours.set(frame, [...(ours.get(frame) ?? []), line]);
    }
    const wrong: string[] = [];
    let compared = 0;
    for (const line of theirs.trimEnd().split('\n')) {
      const cells = line.split('\t');
      const mine = ours.get(cells[0]) ?? [];
      const [, , , , , , , opcode = ''] = cells;
      if (mine.length !== 1 || opcode.includes(',')) continue;
      compared++;
      for (const [i, cell] of mine[0].split('\t').entries()) {
        // Before tshark knows a LUN's device type it has no opcode of its command set.
        if (FIELDS[i] === 'scsi_sbc.opcode' && cells[i] === '') continue;
        // The vendor of a T10 designator stands among its bytes there.
        if (FIELDS[i] === 'scsi.inquiry.vendor_id' && cells[i] === '') continue;
        // tshark leaves out the length of a Task Management Function Response, which is 0.
        if (FIELDS[i] === 'iscsi.datasegmentlength' && cells[i] === '' && cell === '0') continue;
        if (once(cell) !== once(cells[i])) {
          wrong.push(`${cells[0]} ${FIELDS[i]}: ${cell} for ${cells[i]}`);
        }
      }
    }
    assert.ok(compared > 100, String(compared));
    assert.equal(wrong.slice(0, 20), []);
  });
}

/** Of a packet's own: of messages that are no PDUs as of PDUs. */
const OF_PACKETS = [
  'frame.number',
  'frame.time',
  'frame.time_epoch',
  'frame.time_relative',
  'ip.src',
  'ip.addr',
  'ip.dst_host',
  'ipv6.dst',
  'tcp.stream',
  'tcp.dstport',
];

needs('tshark')('messages of iSNS: times and ends of their packets as tshark prints them', () => {
  const path = fileURLToPath(new URL('../../captures/san/isns-flood.pcap.gz', import.meta.url));
  const asked = OF_PACKETS.flatMap((field) => ['-e', field]);
  const theirs = tshark('-r', path, '-Y', 'isns && tcp', '-T', 'fields', ...asked);
  const run = sanscope(['-r', path, '-T', 'fields', ...asked]);
  assert.is(run.status, 0, run.stderr);
  const ours = new Set(run.stdout.trimEnd().split('\n'));
  const all = theirs.trimEnd().split('\n');
  assert.ok(all.length > 200, String(all.length));
  assert.equal(
    all.filter((line) => !ours.has(line)),
    [],
  );
});

needs('tshark')(
  'a CDB in a frame of Fibre Channel: as tshark prints it, and a filter asks for it',
  () => {
    const path = fileURLToPath(
      new URL('../../captures/san/ifcp-translation.pcap.gz', import.meta.url),
    );
    const names = [
      'scsi_sbc.opcode',
      'scsi_sbc.rdwr10.lba',
      'scsi_sbc.rdwr10.xferlen',
      'scsi_sbc.fua',
    ];
    const asked = ['frame.number', 'fcp.dl', ...names].flatMap((field) => ['-e', field]);
    const theirs = tshark('-r', path, '-Y', 'fcp.dl', '-T', 'fields', ...asked);
    assert.ok(theirs.includes('\t0x28\t8\t8\t0'));
    assert.is(sanscope(['-r', path, '-Y', 'fcp.dl', '-T', 'fields', ...asked]).stdout, theirs);
    const line = ['-r', path, '-Y', 'scsi_sbc.rdwr10.lba == 24', '-T', 'fields', '-e'];
    assert.match(sanscope([...line, 'scsi_sbc.rdwr10.lba']).stdout, /^(24\n)+$/);
  },
);

test('a LUN is printed once, in the form that JSON has', () => {
  const path = fileURLToPath(new URL('../../captures/tgt-chap.pcap', import.meta.url));
  const line = ['-r', path, '-Y', 'scsi.lun == 1', '-c', '1', '-T', 'fields', '-e', 'lun'];
  assert.is(sanscope([...line, '-e', 'iscsi.lun']).stdout, '0001000000000000\t0001000000000000\n');
});

test.run();

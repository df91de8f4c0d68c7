// A filter written for tshark finds the same packets here: `tshark -Y` and our filters side by side.
// Packets with several PDUs are left out: tshark asks the packet, we each PDU.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { pduFilter } from '../../src/filter/pdu-filter.js';
import { analyse } from '../../src/pipeline.js';
import { needs } from '../support/needs.js';
import { tshark } from '../support/tshark.js';

const CAPTURES: Readonly<Record<string, readonly string[]>> = {
  'tgt-libiscsi-iscsi-tests.pcap.gz': [
    'iscsi.opcode in {0x20..0x26} && !(iscsi.opcode == 0x25)',
    'iscsi.opcode !== 0x25 and iscsi.opcode & 0x20',
    'iscsi.scsicommand.R == 1 or iscsi.scsicommand.W == True',
    'iscsi.flags & 0x80 and iscsi.datasegmentlength > 4096',
    'iscsi.scsiresponse.status == "Check Condition"',
    'iscsi.scsiresponse.residualcount > 0 and iscsi.scsiresponse.U == 1',
    'iscsi.time > 0.00005',
    'iscsi.request_frame >= 100 and iscsi.request_frame < 200',
    'iscsi.r2tsn or iscsi.desireddatalength',
    'iscsi.targettransfertag != 0xffffffff',
    'iscsi.taskmanfun.function == 1 or iscsi.taskmanfun.response',
    'iscsi.keyvalue matches "^Max.*=[0-9]+$" and iscsi.login.T == 1',
    'upper(iscsi.keyvalue) contains "INITIATORNAME"',
    'len(iscsi.keyvalue) > 40 and count(iscsi.keyvalue) > 3',
    'iscsi.keyvalue[0:3] == "Max"',
    'iscsi[0] == 1 and iscsi[32:] contains 2a:00',
    'scsi.lun == 1 and scsi',
    'scsi_sbc.opcode == 0x2a || scsi_sbc.opcode == "Read(10)"',
    'scsi_sbc.rdwr10.lba == 0 and scsi_sbc.rdwr10.xferlen > 1',
    'scsi_sbc.verify.lba64 or scsi_sbc.wrverify.lba',
    'scsi.sns.key == 6 and scsi.sns.ascascq == 0x2900',
    'scsi.cdb.alloclen16 > 10 or scsi.inquiry.evpd.pagecode == 0xb0',
    'scsi.persresvin.svcaction == 0',
    'tcp.stream == 1 and tcp.dstport == 3260',
    'ip.src != 10.77.0.1 and ip.addr == 10.77.0.0/24',
    'frame.number in {20..40} and frame.time_relative > 0.0001',
  ],
  'istgt-dvd.pcap': [
    'scsi_mmc.lba',
    'iscsi and not scsi',
    'iscsi.bufferOffset == 0 and iscsi.scsidata.S',
  ],
  'istgt-tape.pcap': ['scsi.sns.key', 'iscsi.immediatedata', 'scsi.inquiry.devtype == 0'],
};

async function framesOf(path: string, filters: readonly string[]): Promise<Set<number>[]> {
  const found = filters.map((text) => ({ filter: pduFilter(text), frames: new Set<number>() }));
  const reader = new PduReader({
    details: true,
    showSecrets: true,
    take: (facts) => {
      for (const { filter, frames } of found) {
        if (filter.test(facts)) frames.add(facts.pdu.frameEnd);
      }
    },
  });
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look });
  return found.map(({ frames }) => frames);
}

function rows(path: string, filter: string, ...fields: readonly string[]): string[][] {
  const wanted = ['frame.number', ...fields].flatMap((name) => ['-e', name]);
  return tshark('-r', path, '-Y', filter, '-T', 'fields', ...wanted)
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => row.split('\t'));
}

for (const [name, filters] of Object.entries(CAPTURES)) {
  needs('tshark')(`tshark finds the same in ${name}`, async () => {
    const path = fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
    const alone = rows(path, 'iscsi', 'iscsi.opcode')
      .filter(([, opcodes]) => !opcodes.includes(','))
      .map(([frame]) => Number(frame));
    const ours = await framesOf(path, filters);
    let matches = 0;
    for (const [i, filter] of filters.entries()) {
      const theirs = new Set(rows(path, `iscsi && (${filter})`).map(([frame]) => Number(frame)));
      const found = alone.filter((frame) => ours[i].has(frame));
      assert.equal(
        found,
        alone.filter((frame) => theirs.has(frame)),
        filter,
      );
      matches += found.length;
    }
    assert.ok(matches > 8, `${matches} packets were found by both`);
  });
}

test.run();

// Every PDU of every recorded capture, every iSCSI field and the SCSI fields that both know: the
// same value as `tshark -T pdml` shows, or a reason why not. SANSCOPE_JUDGE names other captures
// (separated by colons) to be judged instead.

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pduBook } from '../../src/filter/pdu-filter.js';
import { needs } from '../support/needs.js';
import { judgePdus, type Verdict } from '../support/pdml-judge.js';
import { sharedCapture } from '../support/shared.js';
import { tshark } from '../support/tshark.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
/** Of the large ones the beginning is judged. */
const PACKETS = Number(process.env['SANSCOPE_JUDGE_PACKETS'] ?? 1200);

/** Where we differ from tshark 4.0, and why ours stays. A text of the difference, and the reason. */
const DIFFERENCES: readonly (readonly [RegExp, string])[] = [
  [
    /^iscsi\.keyvalue: /,
    'a key that is split over PDUs with the C bit is joined by us and shown where it ends; tshark ' +
      'shows its pieces, and nothing that follows them in the PDU',
  ],
  [
    /^iscsi\.padding: Login Request .*; ours: 000000/,
    'the same: after a split key tshark counts the padding from the wrong place',
  ],
  [
    /^scsi\.lun: .*LUN: 0xffff/,
    'tshark has lost the command, which we know (snaplen, or the other connection of the session)',
  ],
  [
    /^scsi\.lun: SCSI Data-In .*\.\.00 0000/,
    'LUNs that REPORT LUNS tells of are no LUNs of the PDU: here they are data.lun',
  ],
  [
    /^scsi\.lun: .*(LUN: 0x1200; ours: (0, )?256|ours: absent|Data-In .* LUN: 0x0001; ours: 0)$/,
    'extended flat and two-level LUNs: tshark reads the first level as it reads all others',
  ],
  [/^scsi\.lun_long: /, 'tshark reads the eight bytes of a LUN as one little-endian number'],
  [
    /^scsi\.request_frame: SCSI Command/,
    'tshark names the command as its own request where it has immediate data',
  ],
  [
    /^scsi\.sns\.sks_info: .*0x000000; ours: absent/,
    'SKSV is 0: the sense-key specific bytes mean nothing (SPC-4 4.5.2.4)',
  ],
  [
    /^scsi\.inquiry\.version_desc: .*\(0x0000\)/,
    'empty version descriptors: there is no descriptor to be shown',
  ],
  [
    /^scsi\.inquiry\.\w+: SCSI Data-In .*; ours: absent/,
    'ADDITIONAL LENGTH ends the data before these fields; tshark shows what lies behind',
  ],
  [
    /^scsi\.cdb\.mode\.device_specific_parameter: /,
    'we show the bits of the byte (WP, DPOFUA, …), not the byte',
  ],
  [
    /^scsi\.inquiry\.evpd\.devid\.identifier_(str|bytes): /,
    'names are texts here, and a vendor identification is apart from the rest of its identifier',
  ],
  [
    /^scsi\.naa\.(vendor_specific|ieee_company_id|locally_assigned): /,
    'NAA fields begin in the middle of a byte (SPC-4 7.8.6.6): tshark reads whole bytes',
  ],
  [
    /^scsi\.persresvin\.(generation_number|additional_length): .*; ours: absent/,
    'tshark reads REPORT CAPABILITIES, which has no generation, as READ KEYS (SPC-4 6.14.4)',
  ],
  [
    /^scsi\.lun\.address_mode: SCSI Data-In /,
    'LUNs that REPORT LUNS tells of are no LUNs of the PDU',
  ],
  [
    /^scsi\.mpi\.service_action: SCSI Data-In /,
    'tshark shows the service action of the CDB with the data that answers it',
  ],
  [
    /^scsi(_sbc\.bl|\.inquiry\.bdc)\.\w+: SCSI Data-In .*; ours: absent/,
    'pages B0h and B1h of a tape: tshark reads them as those of a disk (SSC-4 8.5)',
  ],
  [
    /^scsi_ssc\.readposition\.bcu: /,
    'the long form of READ POSITION has MPU and LONU where the short form has BCU (SSC-4 7.8.3)',
  ],
  [
    /^scsi\.(mode\.spc\.pagecode|spc\.modepage\.plen): .*(\(0x00\)|: 0); ours/,
    'zeros behind the last page, beyond MODE DATA LENGTH: no page',
  ],
  [
    /^scsi_sbc\.rdwr12\.xferlen: .*; ours: absent/,
    'COMPARE AND WRITE has NUMBER OF LOGICAL BLOCKS in byte 13 alone (SBC-3 5.2)',
  ],
  [
    /^scsi_mmc\.(track|track_start_address|first_track|readtoc\.last_track|q\.subchannel\.(control|adr)): /,
    'FORMAT stands in the control byte of old drives (MMC-1): it is no TOC of tracks',
  ],
  [
    /^scsi_\w+\.opcode: .*; ours: absent/,
    'which standard a command is of: tshark asks another INQUIRY than we do, its bits are equal',
  ],
];

/** PDUs that only tshark shows: the header that a Reject gives back is no PDU on the wire. */
const EMBEDDED: readonly string[] = ['t12.pcap', 't51.pcap'];

function explained(verdict: Verdict): string[] {
  return verdict.different.filter((text) => !DIFFERENCES.some(([what]) => what.test(text)));
}

function judge(path: string, least: number): void {
  const name = basename(path);
  needs('tshark', path)(`tshark agrees on ${name}`, async () => {
    const verdict = await judgePdus(path, PACKETS);
    assert.equal(explained(verdict).slice(0, 20), []);
    if (!EMBEDDED.includes(name)) assert.equal(verdict.missing, []);
    const unknown = [...verdict.unknown].filter((field) => field.startsWith('iscsi.'));
    assert.equal(unknown, [], 'every iSCSI field of tshark has a name here');
    assert.ok(verdict.pdus >= least, `${verdict.pdus} PDUs were compared`);
  });
}

const asked = process.env['SANSCOPE_JUDGE'];
if (asked !== undefined) {
  for (const path of asked.split(':')) judge(path, 0);
} else {
  for (const name of readdirSync(CAPTURES).filter((f) => /\.pcap(ng)?(\.gz)?$/.test(f))) {
    judge(join(CAPTURES, name), 2);
  }
  for (const [name, least] of [
    ['probes/t01.pcap', 12],
    ['probes/t02.pcap', 4],
    ['probes/t04.pcap', 7],
    ['probes/t05.pcap', 6],
    ['probes/t06.pcap', 8],
    ['probes/t07.pcap', 8],
    ['probes/t10.pcap', 14],
    ['probes/t12.pcap', 17],
    ['probes/t14.pcap', 8],
    ['probes/t16.pcap', 6],
    ['probes/t17.pcap', 6],
    ['probes/t28.pcap', 4],
    ['probes/t29.pcap', 3],
    ['probes/t32.pcap', 5],
    ['probes/t33.pcap', 56],
    ['probes/t51.pcap', 6],
    ['real/iscsi-tapel.pcap', 100],
    ['real/iscsi-scsi-data-cdrom.pcap', 500],
  ] as const) {
    judge(sharedCapture(name), least);
  }
}

/** Fields that only drafts of iSCSI had (tshark's protocol_version), and what is no field. */
const DRAFTS: ReadonlySet<string> = new Set([
  'iscsi.X',
  'iscsi.login.X',
  'iscsi.scsicommand.crn',
  'iscsi.isid8',
  'iscsi.isid.type',
  'iscsi.isid.namingauthority',
  'iscsi.isid.qualifier',
  'iscsi.tsid',
  'iscsi.keyvalue.invalid',
  'iscsi.opcode.invalid',
]);

needs('tshark')('every iSCSI field that tshark knows may be asked for by its name', () => {
  const names = tshark('-G', 'fields')
    .split('\n')
    .map((row) => row.split('\t')[2] ?? '')
    .filter((name) => name.startsWith('iscsi.'));
  assert.ok(names.length >= 100);
  const unknown = names.filter((name) => !DRAFTS.has(name) && pduBook().find(name) === undefined);
  assert.equal(unknown, []);
});

test.run();

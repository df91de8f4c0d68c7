import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FilterError } from '../../src/filter/error.js';
import { pduFilter } from '../../src/filter/pdu-filter.js';
import { TSHARK_ONLY } from '../../src/filter/tables/tshark-only.js';
import { taskFilter } from '../../src/filter/task-filter.js';
import { packed, unpacked } from '../../src/filter/tshark-only.js';
import { tsharkPlaces } from '../../src/wire/scsi/tshark-names.js';
import { needs } from '../support/needs.js';
import { tsharkOnly } from '../support/tshark-only.js';

function complaint(compile: (text: string) => unknown, text: string): string {
  try {
    compile(text);
  } catch (error) {
    assert.instance(error, FilterError);
    return (error as FilterError).message;
  }
  return '';
}

test('a field that only tshark has is told as one, with what is near it here', () => {
  const [head, , , near] = complaint(pduFilter, 'scsi_mmc.feature.dts == 1').split('\n');
  assert.match(head, /tshark has the field scsi_mmc\.feature\.dts, sanscope does not decode it$/);
  assert.match(near, /^nearest here: scsi_mmc\.feature/);
  assert.match(complaint(taskFilter, 'iscsi.tsid == 1'), /tshark has the field iscsi\.tsid, /);
  assert.match(
    complaint(pduFilter, 'scsi.mmc.feature.dts == 1'),
    /tshark has the field scsi\.mmc\.feature\.dts, /,
    'by its name of before Wireshark 1.12 too',
  );
  assert.match(complaint(pduFilter, 'scsi_mmc.feature.dtz == 1'), /no field is called/);
});

test('a field of PDUs is none of commands, and the message says where it may be asked for', () => {
  assert.match(
    complaint(taskFilter, 'bufferOffset > 0'),
    /is a field of PDUs \(`sanscope pdus -Y`\)/,
  );
  assert.is(complaint(pduFilter, 'bufferOffset > 0'), '');
  assert.match(complaint(taskFilter, 'buferOffset > 0'), /no field is called buferOffset/);
});

test('each flag of TapeAlert goes by its own name: the code of its parameter tells them apart', () => {
  const at = (name: string) => tsharkPlaces(name)?.map((place) => place.at);
  assert.equal(at('scsi.log.ta.rw'), ['logParameter#0001/flag']);
  assert.equal(at('scsi.log.ta.wp'), ['logParameter#0009/flag']);
  assert.equal(at('scsi.log.ta.wmoa'), ['logParameter#003c/flag']);
});

test('names are packed by what they begin with', () => {
  const names = ['scsi.a', 'scsi.a.b', 'iscsi.X', 'scsi.c'];
  assert.is(packed(names), 'iscsi: X\nscsi: a c\nscsi.a: b\n');
  assert.equal([...unpacked(packed(names))].sort(), [...names].sort());
});

needs('tshark')('the list is what tshark has and no filter here knows', () => {
  assert.is(TSHARK_ONLY.trim(), packed(tsharkOnly()).trim(), 'run tools/generate-tshark-only.ts');
});

test.run();

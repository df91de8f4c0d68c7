// Parameter data that tshark does not know, or not wholly, against trees written by hand from the
// standards' tables; and what is said of data that ends early.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeDataIn, decodeDataOut, decodeSense } from '../../src/wire/scsi/data/data.js';
import { findNode, type Node, walkTree } from '../../src/wire/tree.js';
import { fromHex } from '../support/build.js';

function dataIn(cdb: string, data: string, total?: number, deviceType = 0): Node[] {
  const bytes = fromHex(data.replace(/\s/g, ''));
  const command = { bytes: padded(cdb), at: 0, length: 16, deviceType };
  const payload = { bytes, at: 0, captured: bytes.length, total: total ?? bytes.length };
  return decodeDataIn(command, payload);
}

function dataOut(cdb: string, data: string, deviceType = 0): Node[] {
  const bytes = fromHex(data.replace(/\s/g, ''));
  const command = { bytes: padded(cdb), at: 0, length: 16, deviceType };
  return decodeDataOut(command, { bytes, at: 0, captured: bytes.length, total: bytes.length });
}

function padded(hex: string): Uint8Array {
  const cdb = new Uint8Array(16);
  cdb.set(fromHex(hex));
  return cdb;
}

/** "name value (meaning)" of the named nodes, in order, all of them. */
function told(nodes: readonly Node[], ...names: readonly string[]): string[] {
  return [...walkTree(nodes)]
    .filter((node) => names.includes(node.name))
    .map((n) =>
      [n.name, n.value, n.unit, n.meaning && `(${n.meaning})`]
        .filter((x) => x !== null && x !== undefined)
        .join(' '),
    );
}

const zeros = (bytes: number): string => '00'.repeat(bytes);

test('REPORT TARGET PORT GROUPS, both formats', () => {
  const groups = '81 9f 0001 00 02 00 02 0000 0001 0000 0002  01 0f 0002 00 00 00 01 0000 0003';
  const plain = dataIn('a30a', `0000001c ${groups}`);
  assert.equal(
    told(plain, 'pref', 'asymmetricAccessState', 'targetPortGroup', 'relativeTargetPortIdentifier'),
    [
      'pref 1',
      'asymmetricAccessState 1 (active/non-optimized)',
      'targetPortGroup 1',
      'relativeTargetPortIdentifier 1',
      'relativeTargetPortIdentifier 2',
      'pref 0',
      'asymmetricAccessState 1 (active/non-optimized)',
      'targetPortGroup 2',
      'relativeTargetPortIdentifier 3',
    ],
  );
  const extended = dataIn('a32a', `00000020 10 3c 0000 ${groups}`);
  assert.equal(told(extended, 'implicitTransitionTime', 'statusCode'), [
    'implicitTransitionTime 60 seconds',
    'statusCode 2 (altered by implicit behaviour)',
    'statusCode 0 (no status)',
  ]);
});

test('the token of ODX, asked for and used', () => {
  const populate = dataOut(
    '8310',
    `002e 02 00 0000003c 00800000 0000 0020
     0000000000001000 00000800 00000000  0000000100000000 00000010 00000000`,
  );
  assert.equal(told(populate, 'rtv', 'inactivityTimeout', 'rodType', 'logicalBlockAddress'), [
    'rtv 1',
    'inactivityTimeout 60 seconds',
    'rodType 8388608 (point in time copy - default)',
    'logicalBlockAddress 4096',
    'logicalBlockAddress 4294967296',
  ]);
  const token = `ffff0001 0000 01f8 0102030405060708 ${zeros(496)}`;
  const use = dataOut(
    '8311',
    `0226 02 00 00000000 0000000000000005 ${token} ${zeros(6)} 0010 ${zeros(7)}20 00000040 ${zeros(4)}`,
  );
  assert.equal(
    told(use, 'delTkn', 'offsetIntoRod', 'rodType', 'rodTokenLength', 'numberOfLogicalBlocks'),
    [
      'delTkn 1',
      'offsetIntoRod 5 blocks',
      'rodType 4294901761 (block device zero ROD token)',
      'rodTokenLength 504',
      'numberOfLogicalBlocks 64',
    ],
  );
  const info = dataIn(
    '8407',
    `0000 0222 11 01 0000 00000000 00 00 00 f1 0000000000000800 0000 ${zeros(6)}
     00000202 0000 ${token}`,
  );
  assert.equal(told(info, 'copyOperationStatus', 'transferCount', 'rodType'), [
    'copyOperationStatus 1 (completed without errors)',
    'transferCount 2048',
    'rodType 4294901761 (block device zero ROD token)',
  ]);
});

test('REPORT ZONES', () => {
  const zone = (type: string, condition: string, start: string): string =>
    `${type} ${condition} ${zeros(6)} 0000000000080000 ${start} ${start} ${zeros(32)}`;
  const nodes = dataIn(
    '9500',
    `00000080 01 000000 00000000000fffff 0000000000080000 ${zeros(40)}
     ${zone('01', '00', '0000000000000000')} ${zone('02', 'e1', '0000000000080000')}`,
  );
  assert.equal(told(nodes, 'same', 'zoneType', 'zoneCondition', 'reset', 'zoneStartLba'), [
    'same 1 (all types and lengths equal)',
    'zoneType 1 (conventional)',
    'zoneCondition 0 (not write pointer)',
    'reset 0',
    'zoneStartLba 0',
    'zoneType 2 (sequential write required)',
    'zoneCondition 14 (full)',
    'reset 1',
    'zoneStartLba 524288',
  ]);
});

test('device identification: every kind of designator', () => {
  const nodes = dataIn(
    '120183',
    `0083 0054
     01 03 00 08 5001405012345678
     02 01 00 0c 4558414d504c4520 64697363
     51 94 00 04 00000001  51 95 00 04 00000102
     53 98 00 10 69716e2e323030312d30343a61000000
     01 02 00 08 0102030405060708`,
  );
  const groups = nodes.filter((node) => node.name === 'designationDescriptor');
  assert.equal(
    groups.map((group) => group.meaning),
    [
      'naa.5001405012345678',
      'EXAMPLE disc',
      undefined,
      undefined,
      'iqn.2001-04:a',
      'eui.0102030405060708',
    ],
  );
  assert.equal(told(nodes, 'ieeeCompanyId', 'targetPortGroup', 'relativeTargetPortIdentifier'), [
    'ieeeCompanyId 001405',
    'relativeTargetPortIdentifier 1',
    'targetPortGroup 258',
  ]);
  assert.is(findNode(groups[0].children ?? [], 'vendorSpecificIdentifier')?.value, '012345678');
});

test('VPD pages of block devices', () => {
  const zoned = dataIn(
    '1201b6',
    `00b6003c 01000000 ffffffff ffffffff 00000080 000000 01 ${zeros(36)}`,
  );
  assert.equal(
    told(zoned, 'urswrz', 'maximumNumberOfOpenSequentialWriteRequiredZones', 'zoneAlignmentMethod'),
    [
      'urswrz 1',
      'maximumNumberOfOpenSequentialWriteRequiredZones 128',
      'zoneAlignmentMethod 1 (constant zone lengths)',
    ],
  );
  const ranges = dataIn(
    '1201b9',
    `00b9007c ${zeros(60)} 00 01 ${zeros(6)} ${zeros(8)} 0000000000001000 ${zeros(8)}
    01 01 ${zeros(6)} 0000000000001000 0000000000001000 ${zeros(8)}`,
  );
  assert.equal(told(ranges, 'lbaRangeNumber', 'startingLba'), [
    'lbaRangeNumber 0',
    'startingLba 0',
    'lbaRangeNumber 1',
    'startingLba 4096',
  ]);
  const limits = dataIn(
    '1201b0',
    `00b0003c 01 20 0008 00002000 00000800 00000000 ffffffff 000000ff 00000001
    80000000 000000000000ffff ${zeros(20)}`,
  );
  assert.equal(
    told(limits, 'wsnz', 'maximumCompareAndWriteLength', 'ugavalid', 'maximumWriteSameLength'),
    [
      'wsnz 1',
      'maximumCompareAndWriteLength 32 blocks',
      'ugavalid 1',
      'maximumWriteSameLength 65535 blocks',
    ],
  );
});

test('persistent reservations: full status with iSCSI TransportIDs', () => {
  const id = '45 00 0014 69716e2e323030312d30343a612c692c30780000';
  const nodes = dataIn(
    '5e03',
    `00000009 00000030 1122334455667788 ${zeros(4)} 01 05 ${zeros(4)} 0001 00000018 ${id}`,
  );
  assert.equal(told(nodes, 'reservationKey', 'rHolder', 'type', 'iscsiName'), [
    'reservationKey 1122334455667788',
    'rHolder 1',
    'type 5 (Write Exclusive - Registrants Only)',
    'iscsiName iqn.2001-04:a,i,0x',
  ]);
  const out = dataOut('5f00', `${zeros(8)} 00000000000000ab ${zeros(4)} 08 00 0000 00000018 ${id}`);
  assert.equal(told(out, 'specIPt', 'transportidParameterDataLength', 'iscsiName'), [
    'specIPt 1',
    'transportidParameterDataLength 24',
    'iscsiName iqn.2001-04:a,i,0x',
  ]);
});

test('REPORT SUPPORTED OPERATION CODES names the commands', () => {
  const nodes = dataIn(
    'a30c',
    '00000024 28000000 0000 000a  9e000010 0003 0010 000a0000 0000001e 0000003c 7f00000b 0001 0020',
  );
  const names = nodes.filter((n) => n.name === 'commandDescriptor').map((n) => n.meaning);
  assert.equal(names, ['READ(10)', 'READ CAPACITY(16)', 'WRITE(32)']);
  assert.is(findNode(nodes, 'recommendedCommandTimeout')?.value, 60);
});

test('sense: progress, field pointer, information, forwarded sense', () => {
  const sense = (hex: string): Node[] => {
    const bytes = fromHex(hex.replace(/\s/g, ''));
    return decodeSense({ bytes, at: 0, captured: bytes.length, total: bytes.length });
  };
  const pointer = sense('70 00 05 00000000 0a 00000000 24 00 00 cf 0003');
  assert.equal(
    told(pointer, 'senseKey', 'additionalSense', 'cD', 'bpv', 'bitPointer', 'fieldPointer'),
    [
      'senseKey 5 (ILLEGAL REQUEST)',
      'additionalSense 9216 (INVALID FIELD IN CDB)',
      'cD 1 (in the CDB)',
      'bpv 1',
      'bitPointer 7',
      'fieldPointer 3',
    ],
  );
  const progress = sense('70 00 02 00000000 0a 00000000 04 04 00 80 8000');
  assert.equal(told(progress, 'progressIndication'), ['progressIndication 32768 (50.0 %)']);
  const descriptors = sense(
    `72 03 11 00 00 00 00 1e  00 0a 80 00 0000000100000000  0c 10 01 02 70 00 04 00000000 06 00000000 32 00`,
  );
  assert.equal(told(descriptors, 'information', 'additionalSense', 'forwardedStatus'), [
    'additionalSense 4352 (UNRECOVERED READ ERROR)',
    'information',
    'information 4294967296',
    'forwardedStatus 2 (CHECK CONDITION)',
    'information 0',
    'additionalSense 12800 (NO DEFECT SPARE LOCATION AVAILABLE)',
  ]);
});

test('fixed sense that counts fewer bytes than it sends is read to byte 17', () => {
  const bytes = fromHex('700005000000000000000000200000000000');
  const nodes = decodeSense({ bytes, at: 0, captured: 18, total: 18 });
  assert.equal(told(nodes, 'additionalSense'), [
    'additionalSense 8192 (INVALID COMMAND OPERATION CODE)',
  ]);
});

test('a list longer than what is shown says so', () => {
  const pages = '00'.repeat(9000);
  const nodes = dataIn('120100', `0000 2328 ${pages}`);
  assert.is(nodes.at(-1)?.kind, 'limit');
  assert.is(nodes.at(-1)?.meaning, 'more than 8192 entries');
});

test('data that was cut and data that ends early are told apart', () => {
  const cut = dataIn('9e10', '00000000000fffff 00000200', 32).at(-1);
  assert.is(cut?.kind, 'truncated');
  assert.is(cut?.meaning, 'needs 32 bytes, the first 12 captured');
  const early = dataIn('1200', '00 00 06 02 5b 00 00 02').at(-1);
  assert.is(early?.kind, 'short');
  assert.is(early?.meaning, '96 bytes available, 8 sent');
  assert.is(dataIn('2500', '000fffff 00000200').length, 2);
  const longer = dataIn('2500', '000fffff 00000200 abcd').at(-1);
  assert.equal([longer?.name, longer?.value, longer?.byte], ['trailingBytes', 'abcd', 8]);
});

test('user data and unknown data are octets with their length', () => {
  const read = dataIn('28', '00112233', 4096);
  assert.equal(
    [read[0].name, read[0].value, read[0].meaning, read[0].kind],
    ['userData', '00112233', '4096 bytes', 'userData'],
  );
  assert.is(read[1].meaning, 'needs 4096 bytes, the first 4 captured');
  assert.is(dataIn('c1', 'aa')[0].name, 'data');
  const compare = dataOut('89', 'aaaabbbb');
  assert.equal(
    compare.map((node) => [node.name, node.value, node.byte]),
    [
      ['compareInstance', 'aaaa', 0],
      ['writeInstance', 'bbbb', 2],
    ],
  );
});

test('lists that would never end do', () => {
  const nodes = dataIn('b8', `00010002 00000008 0200 0000 00ffffff ${zeros(200)}`, undefined, 8);
  assert.ok([...walkTree(nodes)].length < 4000);
});

test("what may be a user's or a password is marked as such; what devices say of themselves is not", () => {
  const kind = (cdb: string): string | undefined => dataIn(cdb, 'aabbccdd')[0].kind;
  for (const cdb of ['c1', '99', 'a20600', '8508', 'a1', '3c0200', '7f', '28', 'a8', '9e14']) {
    assert.is(kind(cdb), 'userData', cdb);
  }
  for (const cdb of ['a305', '5e02', 'a200']) assert.is.not(kind(cdb), 'userData', cdb);
});

test.run();

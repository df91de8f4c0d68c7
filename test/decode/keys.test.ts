// Text keys judged where they stand, and text joined over PDUs.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KeyHistory, type KeyPlace, keyFaults } from '../../src/decode/key-check.js';
import { TextReader } from '../../src/decode/text-reader.js';
import { keys, type PduParts, pdu } from '../support/build.js';
import { pduOfBytes } from '../support/facts.js';

const SECURITY: KeyPlace = { side: 'initiator', stage: 'security', leading: true };
const OPERATIONAL: KeyPlace = { side: 'initiator', stage: 'operational', leading: true };
const FULL: KeyPlace = { side: 'initiator', stage: 'full-feature', leading: true };
const TARGET: KeyPlace = { ...OPERATIONAL, side: 'target' };
const JOINING: KeyPlace = { ...OPERATIONAL, leading: false };

for (const [key, value, place, words] of [
  ['MaxBurstLength', '262144', OPERATIONAL, undefined],
  ['MaxBurstLength', '511', OPERATIONAL, /out of range 512 to 16777215/],
  ['MaxBurstLength', '0x1000', OPERATIONAL, undefined],
  ['MaxBurstLength', 'big', OPERATIONAL, /not a number/],
  ['MaxBurstLength', '262144', SECURITY, /not allowed in the security stage/],
  ['MaxBurstLength', '262144', FULL, /not allowed in the full feature phase/],
  ['MaxBurstLength', '262144', JOINING, /leading login only/],
  ['MaxBurstLength', 'Reject', TARGET, undefined],
  ['MaxRecvDataSegmentLength', '65536', FULL, undefined],
  ['InitialR2T', 'yes', OPERATIONAL, /neither Yes nor No/],
  ['HeaderDigest', 'CRC32C,None', OPERATIONAL, undefined],
  ['HeaderDigest', 'CRC32C,X-own', OPERATIONAL, undefined],
  ['HeaderDigest', 'CRC16', OPERATIONAL, /"CRC16" is not among CRC32C, None/],
  ['AuthMethod', 'CHAP', OPERATIONAL, /not allowed in the operational stage/],
  ['InitiatorName', 'iqn.2001-04.com.example:a', SECURITY, undefined],
  ['InitiatorName', 'host1', SECURITY, /begins with none of iqn/],
  ['InitiatorName', 'iqn.2001-04.com.example:a', TARGET, /sent by the initiator only/],
  ['TargetPortalGroupTag', '1', TARGET, undefined],
  ['TargetPortalGroupTag', '1', OPERATIONAL, /sent by the target only/],
  ['SendTargets', 'All', OPERATIONAL, /full feature phase only/],
  ['SendTargets', 'All', FULL, undefined],
  ['CHAP_I', '256', SECURITY, /out of range 0 to 255/],
  ['CHAP_C', 'zz', SECURITY, /neither hexadecimal/],
  ['X-com.example.own', 'anything', SECURITY, undefined],
  ['NoSuchKey', 'anything', OPERATIONAL, undefined],
  [`X-${'a'.repeat(70)}`, '1', OPERATIONAL, /longer than 63 bytes/],
] as const) {
  test(`${key}=${value} of the ${place.side}, ${place.stage}`, () => {
    const faults = keyFaults(key, value, place, new KeyHistory());
    if (words === undefined) assert.equal(faults, []);
    else assert.match(faults.join('; '), words);
  });
}

test('a key is said once by each side, and exchanges as often as they need', () => {
  const history = new KeyHistory();
  history.say('initiator', 'InitialR2T', 'No');
  assert.equal(keyFaults('InitialR2T', 'No', OPERATIONAL, history), ['said twice (6.3)']);
  assert.equal(keyFaults('InitialR2T', 'Yes', TARGET, history), []);
  history.say('target', 'TargetAddress', '10.0.0.1');
  assert.equal(keyFaults('TargetAddress', '10.0.0.2', TARGET, history), []);
});

test('what is irrelevant says so', () => {
  const discovery = new KeyHistory();
  discovery.say('initiator', 'SessionType', 'Discovery');
  assert.match(
    keyFaults('MaxBurstLength', '512', OPERATIONAL, discovery).join(),
    /irrelevant here/,
  );
  const noFirst = new KeyHistory();
  noFirst.say('initiator', 'ImmediateData', 'No');
  noFirst.say('initiator', 'InitialR2T', 'Yes');
  assert.match(
    keyFaults('FirstBurstLength', '512', OPERATIONAL, noFirst).join(),
    /irrelevant here/,
  );
  noFirst.say('target', 'ImmediateData', 'Yes');
  assert.match(
    keyFaults('FirstBurstLength', '512', OPERATIONAL, noFirst).join(),
    /irrelevant here/,
  );
  assert.equal(keyFaults('FirstBurstLength', '512', OPERATIONAL, new KeyHistory()), []);
});

function text(fields: Record<string, number>, data: PduParts['data'], tag = 1) {
  return pduOfBytes(pdu('login-request', { initiatorTaskTag: tag, csg: 1, ...fields }, { data }));
}

test('a key split anywhere is one key, at its place in the PDU that ends it', () => {
  const whole = keys([
    ['InitiatorName', 'iqn.2001-04.com.example:host1'],
    ['HeaderDigest', 'None'],
  ]);
  for (let cut = 1; cut < whole.length; cut++) {
    const reader = new TextReader(false);
    const first = reader.read(text({ continue: 1 }, whole.slice(0, cut)));
    const second = reader.read(text({}, whole.slice(cut)));
    const pairs = [...first, ...second].filter((node) => node.value !== null);
    assert.equal(
      pairs.map((node) => [node.name, node.value]),
      [
        ['InitiatorName', 'iqn.2001-04.com.example:host1'],
        ['HeaderDigest', 'None'],
      ],
    );
    const last = second[second.length - 1];
    if (last !== undefined) assert.is(last.byte + last.width / 8, whole.length - cut);
  }
});

test('after lost bytes nothing is joined, and another login begins anew', () => {
  const reader = new TextReader(false);
  const piece = new TextEncoder().encode('InitiatorName=iqn.2001');
  reader.read(text({ continue: 1 }, piece));
  reader.lost(0);
  const after = reader.read(text({}, keys([['HeaderDigest', 'None']])));
  assert.is(after[0].value, 'None');
  const again = reader.read(text({}, keys([['HeaderDigest', 'None']])));
  assert.match(again[0].meaning ?? '', /said twice/);
  const other = reader.read(text({}, keys([['HeaderDigest', 'None']]), 2));
  assert.is(other[0].kind, undefined);
});

test('secrets are hidden unless they are asked for; broken text is shown as such', () => {
  const data = keys([['CHAP_R', '0x0123']]);
  assert.is(new TextReader(false).read(text({ csg: 0 }, data))[0].value, '(hidden)');
  assert.is(new TextReader(true).read(text({ csg: 0 }, data))[0].value, '0x0123');
  const broken = new TextReader(false).read(text({}, new TextEncoder().encode('no pair\0')));
  assert.is(broken[0].kind, 'malformed');
  assert.match(broken[0].meaning ?? '', /not a key=value pair/);
});

test.run();

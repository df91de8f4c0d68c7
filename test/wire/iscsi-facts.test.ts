import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ahsFacts, ahsSegments } from '../../src/wire/iscsi/ahs.js';
import {
  ASYNC_EVENT_NAMES,
  codeName,
  loginStatusName,
  REJECT_REASON_NAMES,
  RESPONSE_NAMES,
  TASK_MANAGEMENT_NAMES,
  TASK_MANAGEMENT_RESPONSE_NAMES,
} from '../../src/wire/iscsi/codes.js';
import { isidText } from '../../src/wire/iscsi/isid.js';
import { isSecretKey, KEY_NAME_BYTES_MAX, TEXT_KEYS, textKey } from '../../src/wire/iscsi/keys.js';
import { nameFault, nameType } from '../../src/wire/iscsi/names.js';

function view(text: string): DataView {
  const octets = text.replaceAll(' ', '').match(/../g) ?? [];
  return new DataView(Uint8Array.from(octets, (x) => Number.parseInt(x, 16)).buffer);
}

test('an unknown code keeps its number', () => {
  assert.is(codeName(REJECT_REASON_NAMES, 0x99), 'unknown (0x99)');
  assert.is(codeName(TASK_MANAGEMENT_NAMES, 13), 'unknown (0x0d)');
});

test('the additions of RFC 7144 and the ranges for vendors have names', () => {
  assert.is(codeName(TASK_MANAGEMENT_NAMES, 12), 'QUERY ASYNCHRONOUS EVENT');
  assert.is(codeName(TASK_MANAGEMENT_RESPONSE_NAMES, 7), 'Function succeeded');
  assert.is(codeName(ASYNC_EVENT_NAMES, 5), 'Task Termination');
  assert.is(codeName(ASYNC_EVENT_NAMES, 255), 'vendor unique (0xff)');
  assert.is(codeName(ASYNC_EVENT_NAMES, 247), 'unknown (0xf7)');
  assert.is(codeName(RESPONSE_NAMES, 0x80), 'vendor specific (0x80)');
  assert.is(codeName(RESPONSE_NAMES, 0x7f), 'unknown (0x7f)');
});

test('a login status is named by class and detail', () => {
  assert.is(loginStatusName(2, 1), 'Authentication failure');
  assert.is(loginStatusName(3, 9), 'Target Error, unknown detail (0x0309)');
  assert.is(loginStatusName(4, 0), 'unknown class (0x0400)');
});

test('AHS: an extended CDB of 32 bytes and a bidirectional read length', () => {
  const cdb = `0011 01 00 ${'ab'.repeat(16)}`;
  const bytes = view(`${cdb}0005 02 00 00012345`);
  const facts = ahsFacts(bytes, 0, 28, 28);
  assert.equal(facts, { cdbAt: 4, cdbLength: 16, bidirectionalReadLength: 0x12345 });
});

test('AHS: padding is stepped over, the reserved bits of the type do not matter', () => {
  const bytes = view('0003 c1 00 aabb 0000 0005 82 00 00000200');
  assert.equal(ahsFacts(bytes, 0, 16, 16), {
    cdbAt: 4,
    cdbLength: 2,
    bidirectionalReadLength: 0x200,
  });
});

test('AHS: lengths of 0, beyond the end, and cuts at every byte end the walk', () => {
  assert.is(ahsSegments(new DataView(new ArrayBuffer(1020)), 0, 1020, 1020).length, 255);
  const long = ahsSegments(view('ffff 01 00 00000000'), 0, 8, 8);
  assert.equal(long, [{ type: 1, at: 0, ahsLength: 0xffff, captured: 5, fits: false }]);
  const bytes = view(`0011 01 00 ${'ab'.repeat(16)}0005 02 00 00012345`);
  for (let captured = 0; captured <= 28; captured++) {
    const facts = ahsFacts(bytes, 0, 28, captured);
    assert.is(facts.cdbLength, Math.max(0, Math.min(16, captured - 4)));
    assert.is(facts.bidirectionalReadLength, captured < 28 ? -1 : 0x12345);
  }
});

test('ISID by its type (RFC 7143 11.12.5)', () => {
  const text = (octets: string) => isidText(new Uint8Array(view(octets).buffer), 0);
  assert.is(text('00023d010000'), 'OUI 00:02:3d, qualifier 0x010000');
  assert.is(text('3f023d010000'), 'OUI fc:02:3d, qualifier 0x010000');
  assert.is(text('400000a70001'), 'EN 167, qualifier 0x0001');
  assert.is(text('80123456000a'), 'random 0x123456, qualifier 0x000a');
  assert.is(text('c00000000000'), 'reserved type 0xc00000000000');
});

test('names that are right', () => {
  for (const name of [
    'iqn.2001-04.com.example:storage:diskarrays-sn-a8675309',
    'iqn.2001-04.com.example',
    'eui.02004567A425678D',
    'naa.52004567BA64678D',
    'naa.62004567BA64678D0123456789ABCDEF',
  ]) {
    assert.is(nameFault(name), undefined, name);
  }
  assert.is(nameType('eui.02004567A425678D'), 'eui');
});

test('names that are wrong say why', () => {
  const wrong: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['disk1', /none of iqn\., eui\. and naa\./],
    ['iqn.2001.com.example', /yyyy-mm/],
    ['iqn.2001-13.com.example', /month/],
    ['iqn.2001-04.com.Example', /upper-case/],
    ['iqn.2001-04.com.example:a_b', /"_"/],
    ['eui.02004567A425678', /16 hexadecimal/],
    ['naa.52004567BA64678D0', /16 or 32/],
    [`iqn.2001-04.com.example:${'a'.repeat(200)}`, /224 bytes/],
  ];
  for (const [name, why] of wrong) assert.match(nameFault(name) ?? 'right', why);
});

test('every key once, and its row does not contradict itself', () => {
  assert.is(new Set(TEXT_KEYS.map((key) => key.name)).size, TEXT_KEYS.length);
  for (const key of TEXT_KEYS) {
    assert.ok(key.name.length <= KEY_NAME_BYTES_MAX, key.name);
    assert.ok(key.section.length > 0, key.name);
    if (key.declarative) assert.is(key.result, 'none', key.name);
    if (key.type === 'boolean' && !key.declarative && !key.exchange) {
      assert.ok(key.result === 'AND' || key.result === 'OR', key.name);
    }
    if (key.default !== undefined) checkDefault(key.name, key.default);
    for (const pairs of key.irrelevantWhen) {
      for (const [other] of pairs) assert.ok(textKey(other) !== undefined, `${key.name}: ${other}`);
    }
  }
});

function checkDefault(name: string, value: string): void {
  const key = textKey(name)!;
  if (key.type === 'boolean') assert.ok(value === 'Yes' || value === 'No', name);
  if (key.type !== 'number' || (key.zero && value === '0')) return;
  assert.ok(Number(value) >= key.min! && Number(value) <= key.max!, name);
}

test('the result functions of RFC 7143 13, key by key', () => {
  const results = (result: string) =>
    TEXT_KEYS.filter((key) => key.section.startsWith('13.') && key.result === result)
      .map((key) => key.name)
      .sort();
  assert.equal(results('OR'), ['DataPDUInOrder', 'DataSequenceInOrder', 'InitialR2T']);
  assert.equal(results('AND'), ['ImmediateData']);
  assert.equal(results('maximum'), ['DefaultTime2Wait']);
  assert.equal(results('minimum'), [
    'DefaultTime2Retain',
    'ErrorRecoveryLevel',
    'FirstBurstLength',
    'MaxBurstLength',
    'MaxConnections',
    'MaxOutstandingR2T',
    'iSCSIProtocolLevel',
  ]);
});

test('secrets are marked', () => {
  for (const name of ['CHAP_R', 'CHAP_C', 'SRP_M', 'KRB_AP_REQ'])
    assert.ok(isSecretKey(name), name);
  for (const name of ['CHAP_N', 'CHAP_A', 'InitiatorName', 'X-com.example.k']) {
    assert.not.ok(isSecretKey(name), name);
  }
});

test.run();

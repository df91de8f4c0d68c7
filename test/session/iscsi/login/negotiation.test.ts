// Every rule of negotiation with every pairing of values (RFC 7143 6.2, 13), from either side.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Negotiation, type Side } from '../../../../src/session/iscsi/login/negotiation.js';
import type { Parameter } from '../../../../src/session/model.js';
import { TEXT_KEYS } from '../../../../src/wire/iscsi/keys.js';

function other(side: Side): Side {
  return side === 'initiator' ? 'target' : 'initiator';
}

/** Offers and answers one key; what both may leave out is undefined. */
function agreed(
  key: string,
  offer: string | undefined,
  answer: string | undefined,
  from: Side = 'initiator',
): { parameter: Parameter; odd: readonly string[] } {
  const n = new Negotiation();
  if (offer !== undefined) n.say(from, key, offer, 1);
  if (answer !== undefined) n.say(other(from), key, answer, 2);
  const all = [...n.parameters('session', true), ...n.parameters('connection', true)];
  const parameter = all.find((p) => p.key === key);
  if (parameter === undefined) throw new Error(`no parameter ${key}`);
  return { parameter, odd: n.odd };
}

const SIDES: readonly Side[] = ['initiator', 'target'];
const BOTH = TEXT_KEYS.filter((k) => k.senders === 'both' && !k.exchange && !k.declarative);

test('minimum and maximum of two numbers, whoever offers', () => {
  for (const rule of BOTH) {
    if (rule.result !== 'minimum' && rule.result !== 'maximum') continue;
    const low = rule.min!;
    const high = low + 1;
    for (const from of SIDES) {
      for (const offer of [low, high]) {
        for (const answer of [low, high]) {
          const { parameter, odd } = agreed(rule.name, `${offer}`, `${answer}`, from);
          const value =
            rule.result === 'minimum' ? Math.min(offer, answer) : Math.max(offer, answer);
          const what = `${rule.name}: ${offer} and ${answer}`;
          assert.is(parameter.result, `${value}`, what);
          assert.is(parameter.source, 'negotiated');
          assert.is(parameter.rule, rule.result);
          assert.is(parameter.offeredBy, from);
          // The acceptor must answer with the result of the function.
          assert.is(odd.length, value === answer ? 0 : 1, what);
        }
      }
    }
  }
});

test('AND and OR, whoever offers', () => {
  for (const rule of BOTH) {
    if (rule.result !== 'AND' && rule.result !== 'OR') continue;
    for (const from of SIDES) {
      for (const offer of ['Yes', 'No']) {
        for (const answer of ['Yes', 'No']) {
          const yes = [offer, answer].filter((value) => value === 'Yes').length;
          const value = yes >= (rule.result === 'AND' ? 2 : 1) ? 'Yes' : 'No';
          const { parameter, odd } = agreed(rule.name, offer, answer, from);
          const what = `${rule.name}: ${offer} ${rule.result} ${answer}`;
          assert.is(parameter.result, value, what);
          assert.is(odd.length, value === answer ? 0 : 1, what);
        }
      }
    }
  }
});

test('a boolean that settles the matter needs no answer, the other one does', () => {
  assert.is(agreed('ImmediateData', 'No', undefined).parameter.result, 'No');
  assert.is(agreed('InitialR2T', 'Yes', undefined).parameter.result, 'Yes');
  for (const [key, offer, byDefault] of [
    ['ImmediateData', 'Yes', 'Yes'],
    ['InitialR2T', 'No', 'Yes'],
    ['MaxBurstLength', '16384', '262144'],
  ]) {
    const { parameter, odd } = agreed(key, offer, undefined);
    assert.is(parameter.result, byDefault);
    assert.is(parameter.source, 'default');
    assert.equal(odd, [`${key} was offered and never answered`]);
  }
});

test('the answer to a list is the result, and must come from the list', () => {
  for (const from of SIDES) {
    for (const answer of ['CRC32C', 'None']) {
      const { parameter, odd } = agreed('HeaderDigest', 'CRC32C,None', answer, from);
      assert.is(parameter.result, answer);
      assert.is(parameter.rule, 'list');
      assert.is(odd.length, 0);
    }
  }
  const { parameter, odd } = agreed('HeaderDigest', 'None', 'CRC32C');
  assert.is(parameter.result, 'CRC32C');
  assert.is(odd.length, 1);
});

test('Reject, Irrelevant and NotUnderstood', () => {
  for (const answer of ['Reject', 'NotUnderstood']) {
    const { parameter } = agreed('MaxBurstLength', '16384', answer);
    assert.is(parameter.result, '262144', answer);
    assert.is(parameter.source, 'default');
    assert.is(parameter.target, answer);
  }
  assert.is(agreed('HeaderDigest', 'CRC32C', 'Reject').parameter.result, 'None');
  assert.is(agreed('FirstBurstLength', '4192', 'Irrelevant').parameter.result, undefined);
  const { parameter } = agreed('MaxRecvDataSegmentLength', '65536', 'NotUnderstood');
  assert.is(parameter.initiatorInForce, '65536');
  assert.is(parameter.targetInForce, '8192');
});

test('what is declared holds for the one who declares it', () => {
  const { parameter } = agreed('MaxRecvDataSegmentLength', '65536', '131072');
  assert.is(parameter.initiatorInForce, '65536');
  assert.is(parameter.targetInForce, '131072');
  assert.is(parameter.result, undefined);
  assert.is(parameter.source, 'declared');
  const one = agreed('MaxRecvDataSegmentLength', undefined, '131072').parameter;
  assert.is(one.initiatorInForce, '8192');
  assert.is(one.targetInForce, '131072');
  assert.is(agreed('TargetPortalGroupTag', undefined, '7').parameter.result, '7');
});

test('a range is answered with a number inside it', () => {
  assert.is(agreed('OFMarkInt', '1024~4096', '2048').parameter.result, '2048');
  assert.is(agreed('OFMarkInt', '1024~4096', '2048').odd.length, 0);
  assert.is(agreed('OFMarkInt', '1024~4096', '8192').odd.length, 1);
  assert.is(agreed('OFMarkInt', '1024~4096', 'Reject').parameter.result, '2048');
});

test('numbers in hex, and what is no number', () => {
  assert.is(agreed('MaxBurstLength', '0x10000', '0X8000').parameter.result, '32768');
  const { parameter, odd } = agreed('MaxBurstLength', '65536', 'many');
  assert.is(parameter.result, '262144');
  assert.is(odd.length, 1);
  const outside = agreed('MaxBurstLength', '512', '511');
  assert.match(outside.odd[0], 'lies outside of 512 to 16777215');
});

test('a private key has the value that was answered', () => {
  const { parameter } = agreed('X-com.example.thing', 'a,b', 'b');
  assert.is(parameter.result, 'b');
  assert.is(parameter.rule, undefined);
});

test('defaults stand where nobody spoke, those of iSER and markers do not', () => {
  const n = new Negotiation();
  n.say('initiator', 'InitiatorName', 'iqn.2001-04.com.example:a', 1);
  const session = n.parameters('session', true);
  const byKey = new Map(session.map((p) => [p.key, p]));
  assert.is(byKey.get('MaxBurstLength')?.result, '262144');
  assert.is(byKey.get('MaxBurstLength')?.source, 'default');
  assert.is(byKey.get('FirstBurstLength')?.result, '65536');
  assert.is(byKey.get('ErrorRecoveryLevel')?.result, '0');
  assert.is(byKey.get('DefaultTime2Wait')?.result, '2');
  assert.is(byKey.has('RDMAExtensions'), false);
  assert.is(byKey.has('OFMarker'), false);
  const connection = n.parameters('connection', true);
  const own = connection.find((p) => p.key === 'MaxRecvDataSegmentLength');
  assert.is(own?.initiatorInForce, '8192');
  assert.is(own?.targetInForce, '8192');
  assert.is(connection.find((p) => p.key === 'HeaderDigest')?.result, 'None');
});

test('what is irrelevant has no default: a discovery session has no bursts', () => {
  const n = new Negotiation();
  n.say('initiator', 'SessionType', 'Discovery', 1);
  const keys = n.parameters('session', true).map((p) => p.key);
  assert.is(keys.includes('MaxBurstLength'), false);
  assert.is(keys.includes('ErrorRecoveryLevel'), true);
  const m = new Negotiation();
  m.say('initiator', 'ImmediateData', 'No', 1);
  const left = m.parameters('session', true).map((p) => p.key);
  assert.is(left.includes('FirstBurstLength'), false);
  assert.is(left.includes('MaxBurstLength'), true);
});

test('before the end an offer without an answer has no result, and nothing is odd', () => {
  const n = new Negotiation();
  n.say('initiator', 'MaxBurstLength', '65536', 1);
  const [p] = n.parameters('session', false);
  assert.is(p.result, undefined);
  assert.is(p.source, 'negotiated');
  assert.is(n.odd.length, 0);
});

test('what is said twice in a login is odd, and the first answer stays', () => {
  const n = new Negotiation();
  n.say('initiator', 'MaxBurstLength', '65536', 1);
  n.say('target', 'MaxBurstLength', '32768', 2);
  n.say('initiator', 'MaxBurstLength', '1024', 3);
  const p = n.parameters('session', true)[0];
  assert.is(p.initiator, '65536');
  assert.is(p.result, '32768');
  assert.equal(n.odd, ['said twice by one side: initiator: MaxBurstLength']);
});

test('in the full feature phase a declaration takes the place of the old one', () => {
  const n = new Negotiation();
  n.say('initiator', 'MaxRecvDataSegmentLength', '8192', 1);
  n.say('target', 'MaxRecvDataSegmentLength', '65536', 2);
  n.say('initiator', 'MaxRecvDataSegmentLength', '262144', 9, true);
  const p = n.parameters('connection', true).find((one) => one.key === 'MaxRecvDataSegmentLength');
  assert.is(p?.initiatorInForce, '262144');
  assert.is(p?.targetInForce, '65536');
  assert.is(p?.renegotiated, true);
});

test('secrets and steps of authentication are no parameters', () => {
  const n = new Negotiation();
  n.say('initiator', 'AuthMethod', 'CHAP,None', 1);
  n.say('target', 'AuthMethod', 'CHAP', 2);
  n.say('initiator', 'CHAP_A', '5', 3);
  n.say('target', 'CHAP_C', '0x1234', 4);
  const keys = n.parameters('connection', true).map((p) => p.key);
  assert.is(keys.includes('AuthMethod'), true);
  assert.is(
    keys.some((key) => key.startsWith('CHAP')),
    false,
  );
});

test('a flood of keys is bounded', () => {
  const n = new Negotiation();
  for (let i = 0; i < 5000; i++) n.say('initiator', `X-${i}`, 'a', 1);
  assert.is(n.parameters('session', false).length, 1024);
});

test.run();

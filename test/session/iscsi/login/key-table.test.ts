// Every row of the negotiation table of the specifications (specs/iscsi-keys.tsv), with every pairing
// of values, from either side, and with every answer that is no value. What is expected comes from
// the table's own words, not from ours.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Negotiation, type Side } from '../../../../src/session/iscsi/login/negotiation.js';
import type { Parameter } from '../../../../src/session/model.js';
import { SPECS } from '../../../support/shared.js';

interface Row {
  readonly key: string;
  readonly type: string;
  readonly function: string;
  readonly default: string;
  readonly allowed: string;
  readonly declarative: boolean;
  readonly senders: string;
}

const TABLE = join(SPECS, 'iscsi-keys.tsv');
const SIDES: readonly Side[] = ['initiator', 'target'];
/** Answers that are no values (RFC 7143 6.2): the key keeps its default. */
const NO_VALUES = ['Reject', 'NotUnderstood', 'Irrelevant'];

function rows(path: string): Row[] {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const of = (name: string): string => cells[names.indexOf(name)] ?? '';
    return {
      key: of('key'),
      type: of('negotiation_type'),
      function: of('result_function'),
      default: of('default').replace(/ \(.*$/, ''),
      allowed: of('allowed_values'),
      declarative: of('declarative') === 'yes',
      senders: of('senders'),
    };
  });
}

/** Values to pair: booleans both, of numbers the ends and what lies between, all of a list. */
function valuesOf(row: Row): string[] {
  if (row.type === 'boolean') return ['Yes', 'No'];
  const ends = /^(\d+)-(\d+)/.exec(row.allowed);
  if (ends !== null) {
    const [low, high] = [Number(ends[1]), Number(ends[2])];
    const middle = [low + 1, Number(row.default) || low, Math.floor((low + high) / 2)];
    const numbers = [low, ...middle, high].filter((n) => n >= low && n <= high);
    return [...new Set(numbers)].map(String);
  }
  return row.allowed
    .split(',')
    .map((value) => value.trim())
    .filter((value) => /^[A-Z][A-Za-z0-9]+$/.test(value));
}

/** By the table's words; undefined: the answer is the result. */
function resultOf(row: Row, offer: string, answer: string): string {
  switch (row.function) {
    case 'Minimum':
      return String(Math.min(Number(offer), Number(answer)));
    case 'Maximum':
      return String(Math.max(Number(offer), Number(answer)));
    case 'AND':
      return offer === 'Yes' && answer === 'Yes' ? 'Yes' : 'No';
    case 'OR':
      return offer === 'Yes' || answer === 'Yes' ? 'Yes' : 'No';
    default:
      return answer;
  }
}

function said(key: string, from: Side, offer?: string, answer?: string) {
  const n = new Negotiation();
  const to: Side = from === 'initiator' ? 'target' : 'initiator';
  if (offer !== undefined) n.say(from, key, offer, 1);
  if (answer !== undefined) n.say(to, key, answer, 2);
  const all = [...n.parameters('session', true), ...n.parameters('connection', true)];
  return { parameter: all.find((p) => p.key === key), odd: n.odd };
}

function inForce(p: Parameter | undefined): string {
  return `${p?.result} by ${p?.source}`;
}

const all = rows(TABLE);
const negotiated = all.filter(
  (row) =>
    !row.declarative &&
    row.function !== 'none' &&
    row.senders === 'initiator and target' &&
    !/^[XYZ]-/.test(row.key),
);

test('the table is read as it is meant', () => {
  assert.ok(negotiated.length >= 20);
  for (const row of negotiated) {
    if (row.type.startsWith('numerical range')) continue;
    assert.ok(valuesOf(row).length >= 2, row.key);
  }
});

for (const row of negotiated) {
  if (row.type.startsWith('numerical range')) continue;
  test(`${row.key}: every pairing, from either side`, () => {
    const values = valuesOf(row);
    for (const from of SIDES) {
      for (const offer of values) {
        for (const answer of values) {
          const { parameter, odd } = said(row.key, from, offer, answer);
          const what = `${from} offers ${offer}, answer ${answer}`;
          const result = resultOf(row, offer, answer);
          assert.is(inForce(parameter), `${result} by negotiated`, what);
          assert.is(parameter?.offeredBy, from);
          const right = row.type === 'list' ? offer === answer : result === answer;
          assert.is(odd.length, right ? 0 : 1, `${what}: ${odd}`);
        }
        for (const none of NO_VALUES) {
          const { parameter } = said(row.key, from, offer, none);
          const expected = none === 'Irrelevant' ? undefined : row.default || undefined;
          assert.is(parameter?.result, expected, `${from} offers ${offer}, answer ${none}`);
        }
        const { parameter, odd } = said(row.key, from, offer);
        const settled =
          (row.function === 'AND' && offer === 'No') || (row.function === 'OR' && offer === 'Yes');
        assert.is(parameter?.result, settled ? offer : row.default, `${offer}, no answer`);
        assert.is(odd.length, settled ? 0 : 1);
      }
      if (row.type !== 'list') continue;
      const offer = values.join(',');
      for (const answer of values) {
        const { parameter, odd } = said(row.key, from, offer, answer);
        assert.is(inForce(parameter), `${answer} by negotiated`);
        assert.equal(odd, []);
      }
    }
    const silent = said(row.key, 'initiator').parameter;
    if (silent !== undefined) assert.is(inForce(silent), `${row.default} by default`);
  });
}

for (const row of all.filter((r) => r.type.startsWith('numerical range'))) {
  test(`${row.key}: a number inside the range that was offered`, () => {
    for (const from of SIDES) {
      for (const [answer, odd] of [
        ['2048', 0],
        ['4096', 0],
        ['8192', 0],
        ['2047', 1],
        ['8193', 1],
      ] as const) {
        const one = said(row.key, from, '2048~8192', answer);
        assert.is(one.parameter?.result, answer);
        assert.is(one.odd.length, odd, answer);
      }
    }
  });
}

for (const row of all.filter((r) => r.declarative && r.function === 'none')) {
  test(`${row.key}: declared, no answer is due`, () => {
    const value = valuesOf(row)[0] ?? 'iqn.2001-04.com.example:x';
    for (const side of SIDES) {
      if (!row.senders.includes(side)) continue;
      const { parameter, odd } = said(row.key, side, value);
      assert.equal(odd, []);
      const own = side === 'initiator' ? parameter?.initiatorInForce : parameter?.targetInForce;
      const other = side === 'initiator' ? parameter?.targetInForce : parameter?.initiatorInForce;
      assert.is(parameter?.source, 'declared');
      assert.is(own ?? parameter?.result, value, `${side} declares ${value}`);
      if (own !== undefined && row.default !== '') assert.is(other, row.default);
    }
  });
}

test.run();

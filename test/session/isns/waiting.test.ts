// Requests that wait, against a model that looks at all of them with every message.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../../src/limits.js';
import type { IsnsTransaction } from '../../../src/session/isns/model.js';
import { WaitingRequests } from '../../../src/session/isns/waiting.js';
import { randomFrom } from '../../support/mishaps.js';

function request(connection: number, from: string, to: string): IsnsTransaction {
  return {
    ...{ connection, from, to, byServer: false, functionId: 2, transactionId: 1 },
    ...{ requestFrame: 1, requestNs: 0, source: '', key: '' },
    ...{ responseFrame: 0, responseNs: -1, status: -1, nodes: 0, portals: 0, outstanding: 1 },
    ...{ cut: false, answeredLater: false },
  };
}

const NONE = new Uint8Array(0);
const ENDS = ['10.0.0.1:3205', '10.0.0.2:40000', '10.0.0.3:40000'];

test('what is known of each that waits is what a look at all of them would have told', () => {
  const random = randomFrom(4171);
  const pick = (n: number) => random() % n;
  for (let round = 0; round < 30; round++) {
    const waiting = new WaitingRequests();
    const all: { real: IsnsTransaction; model: IsnsTransaction; key: string; open: boolean }[] = [];
    const open = () => all.filter((one) => one.open);
    for (let i = 0; i < 200; i++) {
      const connection = pick(3) - 1;
      switch (pick(6)) {
        case 0:
        case 1: {
          const [from, to] = [ENDS[pick(3)], ENDS[pick(3)]];
          const key = `${connection} ${from} ${to} ${pick(4)}`;
          for (const one of open()) if (one.key === key) one.open = false;
          const real = request(connection, from, to);
          all.push({ real, model: request(connection, from, to), key, open: true });
          waiting.add(key, { transaction: real, payload: NONE });
          break;
        }
        case 2: {
          const from = ENDS[pick(3)];
          waiting.heard(connection, from);
          for (const { model } of open()) {
            if (model.to === from && model.connection === connection) model.answeredLater = true;
          }
          break;
        }
        case 3: {
          const [one] = open();
          if (one === undefined) break;
          assert.is(waiting.answered(one.key)?.transaction, one.real);
          assert.is(waiting.answered(one.key), undefined);
          one.open = false;
          break;
        }
        case 4:
          waiting.lost(connection);
          for (const { model } of open()) if (model.connection === connection) model.cut = true;
          break;
        default:
          if (pick(4) > 0) break;
          waiting.ended(connection);
          for (const one of open()) {
            if (one.model.connection !== connection) continue;
            if (!one.model.answeredLater) one.model.cut = true;
            one.open = false;
          }
      }
    }
    waiting.settle();
    assert.ok(all.length > 20);
    for (const { real, model } of all) assert.equal(real, model);
  }
});

test('the oldest is given up where too many wait, or hold too much', () => {
  const waiting = new WaitingRequests();
  const add = (key: string, payload: Uint8Array) =>
    waiting.add(key, { transaction: request(1, 'a:1', 'b:2'), payload });
  for (let i = 0; i <= ISNS_OPEN_MAX; i++) add(`${i}`, NONE);
  assert.is(waiting.answered('0'), undefined);
  assert.ok(waiting.answered('1'));
  assert.ok(waiting.answered(`${ISNS_OPEN_MAX}`));
  const half = new Uint8Array(ISNS_OPEN_BYTES_MAX / 2);
  for (const key of ['x', 'y', 'z']) add(key, half);
  assert.is(waiting.answered('x'), undefined);
  assert.is(waiting.answered('2'), undefined);
  assert.ok(waiting.answered('y') && waiting.answered('z'));
});

test('how many a side has without a response: answers and the end of its connection count', () => {
  const waiting = new WaitingRequests();
  const ask = (key: string) => {
    const count = waiting.asks('a:1', 'b:2');
    waiting.add(key, { transaction: request(1, 'a:1', 'b:2'), payload: NONE });
    return count;
  };
  assert.equal([ask('1'), ask('2'), ask('3')], [1, 2, 3]);
  waiting.answered('2');
  assert.is(ask('4'), 3);
  waiting.ended(1);
  assert.is(ask('5'), 1);
});

test.run();

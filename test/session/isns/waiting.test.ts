// Requests that wait, against a model that looks at all of them with every message.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ISNS_OPEN_BYTES_MAX, ISNS_OPEN_MAX } from '../../../src/limits.js';
import type { IsnsTransaction } from '../../../src/session/isns/model.js';
import { WaitingRequests } from '../../../src/session/isns/waiting.js';
import { randomFrom } from '../../support/mishaps.js';

function request(connection: number, from: string, to: string, id: number): IsnsTransaction {
  return {
    ...{ connection, from, to, byServer: false, functionId: 2, transactionId: id },
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
          const id = pick(4);
          const real = request(connection, from, to, id);
          const model = request(connection, from, to, id);
          // A connection has two ends: whom is asked says who asks.
          const key = `${connection} ${connection < 0 ? from : ''} ${to} ${id}`;
          const waits = open().filter(
            ({ model: m }) =>
              m.connection === connection && m.to === to && (connection >= 0 || m.from === from),
          );
          assert.is(waiting.open(real), waits.length);
          for (const one of open()) if (one.key === key) one.open = false;
          all.push({ real, model, key, open: true });
          waiting.add({ transaction: real, payload: NONE });
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
          assert.is(waiting.answered(one.real)?.transaction, one.real);
          assert.is(waiting.answered(one.real), undefined);
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
  const add = (id: number, payload: Uint8Array) =>
    waiting.add({ transaction: request(1, 'a:1', 'b:2', id), payload });
  const waits = (id: number) => waiting.answered(request(1, 'a:1', 'b:2', id)) !== undefined;
  for (let i = 0; i <= ISNS_OPEN_MAX; i++) add(i, NONE);
  assert.equal([waits(0), waits(1), waits(ISNS_OPEN_MAX)], [false, true, true]);
  const half = new Uint8Array(ISNS_OPEN_BYTES_MAX / 2);
  for (const id of [5001, 5002, 5003]) add(id, half);
  assert.equal([waits(2), waits(5001), waits(5002), waits(5003)], [false, false, true, true]);
  for (let i = 0; i < 5 * ISNS_OPEN_MAX; i++) add(i, NONE);
  assert.equal([waits(4 * ISNS_OPEN_MAX - 1), waits(4 * ISNS_OPEN_MAX)], [false, true]);
});

test('how many wait: answers and the end of the connection count', () => {
  const waiting = new WaitingRequests();
  const one = (id: number) => request(1, 'a:1', 'b:2', id);
  for (const id of [1, 2, 3]) waiting.add({ transaction: one(id), payload: NONE });
  assert.is(waiting.open(one(4)), 3);
  waiting.answered(one(2));
  assert.is(waiting.open(one(4)), 2);
  waiting.ended(1);
  assert.is(waiting.open(one(4)), 0);
});

test.run();

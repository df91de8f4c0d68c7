import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Top } from '../../src/lib/top.js';

interface Row {
  key: number;
  id: number;
}

function top(limit: number): Top<Row, Row> {
  return new Top<Row, Row>(
    limit,
    () => ({ key: 0, id: 0 }),
    (from, to) => {
      to.key = from.key;
      to.id = from.id;
    },
  );
}

test('keeps what sorting keeps, the first of equals first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(30), { maxLength: 200 }), fc.nat(25), (keys, limit) => {
      const t = top(limit);
      const shared: Row = { key: 0, id: 0 };
      keys.forEach((key, id) => {
        shared.key = key;
        shared.id = id;
        t.offer(key, shared);
      });
      const want = keys
        .map((key, id) => ({ key, id }))
        .sort((a, b) => b.key - a.key || a.id - b.id)
        .slice(0, limit);
      assert.equal(t.sorted(), want);
    }),
    { seed: 7 },
  );
});

test.run();

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Slots } from '../../src/lib/slots.js';

test('slots hold what an array would', () => {
  const steps = fc.array(fc.tuple(fc.nat(9000), fc.option(fc.nat(), { nil: undefined })));
  fc.assert(
    fc.property(steps, (all) => {
      const slots = new Slots<number>();
      const model: (number | undefined)[] = [];
      for (const [i, value] of all) {
        slots.set(i, value);
        model[i] = value;
      }
      for (const [i] of all) assert.is(slots.get(i), model[i]);
      assert.equal(
        [...slots.values()],
        Object.values(model).filter((v) => v !== undefined),
      );
      assert.is(slots.get(20_000), undefined);
    }),
  );
});

test('a hundred thousand that came and went leave nothing', () => {
  const slots = new Slots<object>();
  for (let i = 0; i < 100_000; i++) {
    slots.set(i, {});
    if (i >= 10) slots.set(i - 10, undefined);
  }
  assert.is(slots.pieces, 1);
  assert.is([...slots.values()].length, 10);
});

test('a piece that is used again is empty', () => {
  const slots = new Slots<number>();
  for (let i = 0; i < 10_000; i++) {
    slots.set(i, i);
    slots.set(i, undefined);
    assert.is(slots.pieces, 0);
  }
  slots.set(1, 1);
  slots.set(5000, 5);
  assert.equal([...slots.values()], [1, 5]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { advance, before, distance, later } from '../../src/lib/serial.js';

test('distance wraps as RFC 1982 says', () => {
  assert.is(distance(5, 3), 2);
  assert.is(distance(3, 5), -2);
  assert.is(distance(0, 0xffffffff), 1);
  assert.is(distance(0xffffffff, 0), -1);
});

test('order across the wrap', () => {
  assert.ok(before(0xfffffff0, 0x10));
  assert.not.ok(before(0x10, 0xfffffff0));
  assert.not.ok(before(7, 7));
  assert.is(later(0xffffffff, 1), 1);
});

test('advance stays unsigned', () => {
  assert.is(advance(0xffffffff, 2), 1);
  assert.is(advance(0x7fffffff, 1), 0x80000000);
});

test.run();

// For test/workers.test.ts: one test that passes, one that fails, one that is skipped.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addAsked } from '../asked.js';
import { needs } from '../needs.js';

test('passes', () => {
  addAsked([['sample', { told: 1, quiet: 0 }]]);
  assert.ok(true);
});
test('fails', () => assert.is(1, 2));
needs('/no/such/path')('is skipped', () => assert.unreachable());
test.run();

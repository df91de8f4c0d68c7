// For test/workers.test.ts: it goes on without an end.

import { test } from 'uvu';

test('sticks', () => {
  for (;;);
});
test.run();

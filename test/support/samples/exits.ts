// For test/workers.test.ts: a test that ends its process.

import { test } from 'uvu';

test('exits', () => process.exit(3));
test.run();

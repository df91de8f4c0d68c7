// For test/workers.test.ts: nothing goes on, so that Node would leave quietly.

import { test } from 'uvu';

test('never settles', () => new Promise(() => {}));
test.run();

// A process that runs test files, one whenever it is told to (workers.ts). It ends when it is told to, or when nobody
// can tell it any more.

import { runFile } from './test-file.js';
import { MARK, type Order, OVER } from './workers.js';

// A test may put its own in their place.
const write = process.stdout.write.bind(process.stdout);

process.on('message', async (order: Order | typeof OVER) => {
  if (order === OVER) {
    process.disconnect();
    return;
  }
  const { path, name, asked } = order;
  // A promise that never settles lets Node leave, though there is somebody to talk to: that is seen.
  process.channel?.unref();
  const outcome = await runFile(path, name, asked);
  write(`${MARK}${JSON.stringify(outcome)}\n`);
  process.channel?.ref();
});

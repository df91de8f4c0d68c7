// A keeper with a bound: what it keeps is whole, what comes later is not kept, and nothing breaks.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../src/pipeline.js';
import { Keeper } from '../../../src/report/store/keeper.js';
import { makeTaskRow } from '../../../src/report/store/task-store.js';

const CAPTURE = ['captures/tgt-mixed-load.pcap.gz'];

test('the first commands and PDUs are as without a bound', async () => {
  const all = new Keeper({ pdus: true });
  await analyse(CAPTURE, all.sinks());
  const some = new Keeper({ pdus: true, bytesMax: 1 });
  await analyse(CAPTURE, some.sinks());
  assert.ok(some.full && !all.full);
  assert.ok(some.pdus.count + some.tasks.count > 0, 'it looks now and then only');
  assert.ok(some.pdus.count < all.pdus.count && some.tasks.count < all.tasks.count);
  const a = makeTaskRow();
  const b = makeTaskRow();
  for (let row = 0; row < some.tasks.count; row++) {
    some.tasks.read(row, a);
    all.tasks.read(row, b);
    assert.equal([a.ended, a.statusNs, a.dataInBytes], [b.ended, b.statusNs, b.dataInBytes]);
  }
  for (let pdu = 0; pdu < some.pdus.count; pdu++) {
    assert.equal(
      [some.pdus.frame(pdu), some.pdus.endNs(pdu), some.pdus.opcode(pdu)],
      [all.pdus.frame(pdu), all.pdus.endNs(pdu), all.pdus.opcode(pdu)],
    );
  }
});

test.run();

// Data of PDUs that is kept: as much as came, not as much as a header claims; and bounded in all.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DATA_KEPT_MAX, DATA_KEPT_TOTAL } from '../../../src/limits.js';
import { KeptMemory, Parts } from '../../../src/pdu/iscsi/kept-parts.js';
import { Pdu } from '../../../src/pdu/pdu.js';
import { pattern } from '../../support/octets.js';

/** A PDU that claims `claims` bytes, of which `bytes` come, 1,000 at a time. */
function kept(memory: KeptMemory, claims: number, bytes: number): { parts: Parts; pdu: Pdu } {
  const pdu = new Pdu();
  const parts = new Parts(pdu, memory);
  pdu.dataSegmentLength = claims;
  parts.clear();
  parts.want(DATA_KEPT_MAX);
  for (let at = 0; at < bytes; at += 1000) {
    const part = pattern(Math.min(1000, bytes - at), at);
    parts.keepData(part, 0, part.length, claims - at);
  }
  return { parts, pdu };
}

test('a claim of 16 MB costs what came of it', () => {
  const memory = new KeptMemory();
  const { parts, pdu } = kept(memory, 0xffffff, 1300);
  assert.is(pdu.dataKept, 1300);
  assert.equal(pdu.data.slice(1000, 1300), pattern(300, 1000));
  assert.ok(memory.bytes >= 1300 && memory.bytes <= 4096, String(memory.bytes));
  parts.over();
  assert.is(memory.bytes, 0);
});

test('what is wanted is kept whole, and no more', () => {
  const memory = new KeptMemory();
  const { pdu } = kept(memory, 200_000, 200_000);
  assert.is(pdu.dataKept, DATA_KEPT_MAX);
  assert.is(memory.bytes, DATA_KEPT_MAX);
  for (let at = 0; at + 1000 < DATA_KEPT_MAX; at += 1000) {
    assert.equal(pdu.data.slice(at, at + 1000), pattern(1000, at));
  }
});

test('of too much in all the first part is kept, and it is counted', () => {
  const memory = new KeptMemory();
  memory.bytes = DATA_KEPT_TOTAL - 3000;
  const { parts, pdu } = kept(memory, 60_000, 60_000);
  assert.ok(pdu.dataKept >= 1000 && pdu.dataKept <= 3000, String(pdu.dataKept));
  assert.equal(pdu.data.slice(0, 1000), pattern(1000));
  assert.is(memory.short, 1);
  parts.over();
  assert.is(memory.bytes, DATA_KEPT_TOTAL - 3000);
});

test.run();

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { phasesOf } from '../../src/scsi/phase-names.js';
import { task } from '../support/task.js';

test('a read waits for the target, then for data, then for the status', () => {
  assert.equal(phasesOf(task()), [
    { name: 'command to data', owes: 'target', ns: 500 },
    { name: 'data in', owes: 'both', ns: 300 },
    { name: 'data to status', owes: 'target', ns: 200 },
  ]);
});

test('a write with R2T shows what the initiator took', () => {
  const write = task({
    firstDataInNs: -1,
    lastDataInNs: -1,
    firstR2tNs: 1100,
    firstDataOutNs: 1300,
    lastDataOutNs: 1700,
  });
  assert.equal(phasesOf(write), [
    { name: 'command to R2T', owes: 'target', ns: 100 },
    { name: 'R2T to data', owes: 'initiator', ns: 200 },
    { name: 'data out', owes: 'both', ns: 400 },
    { name: 'data to status', owes: 'target', ns: 300 },
  ]);
});

test('without data there is one phase; without an end there is none', () => {
  const plain = { firstDataInNs: -1, lastDataInNs: -1 };
  assert.equal(phasesOf(task(plain)), [{ name: 'command to status', owes: 'target', ns: 1000 }]);
  assert.equal(phasesOf(task({ statusNs: -1 })), []);
  assert.equal(phasesOf(task({ commandSeen: false })), []);
});

test('phases sum up to the whole whatever the times', () => {
  const time = fc.integer({ min: -1, max: 5000 });
  fc.assert(
    fc.property(time, time, time, time, time, fc.nat(5000), (a, b, c, d, e, length) => {
      const t = task({
        firstR2tNs: a,
        firstDataOutNs: b,
        lastDataOutNs: c,
        firstDataInNs: d,
        lastDataInNs: e,
        statusNs: 1000 + length,
      });
      const phases = phasesOf(t);
      assert.ok(phases.every((p) => p.ns >= 0));
      assert.is(
        phases.reduce((sum, p) => sum + p.ns, 0),
        length,
      );
    }),
    { seed: 9 },
  );
});

test.run();

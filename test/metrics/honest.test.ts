// Numbers of captures that miss packets are at least so, and never more than the truth (docs/TRANSPORT.md).

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DAMAGES, reportOfDamaged } from '../../tools/loss-table.js';

for (const name of ['tgt-mixed-load.pcap.gz', 'tgt-reordered.pcap.gz']) {
  test(`${name}: depth and IOPS are never above the truth, and say what they rest on`, async () => {
    const path = fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));
    const truth = await reportOfDamaged(path, () => false);
    const depth = truth.totals.queueDepth;
    assert.ok(depth);
    assert.is(depth.uncertainCommands, 0);
    for (const [damage, of] of DAMAGES) {
      const { totals, load } = await reportOfDamaged(path, of);
      const open = totals.outcomes['open'] ?? 0;
      const seen = totals.queueDepth;
      if (seen === null) continue;
      assert.ok(seen.max <= depth.max + open, `${damage}: depth ${seen.max} of ${depth.max}`);
      assert.ok(load.iopsMax <= truth.load.iopsMax, `${damage}: IOPS ${load.iopsMax}`);
      assert.ok(totals.completed <= truth.totals.completed, damage);
      assert.is(seen.uncertainCommands >= totals.statusNotCaptured, true, damage);
      if (open === 0 && /lost|snaplen/.test(damage)) {
        assert.ok(seen.mean <= depth.mean * 1.02, `${damage}: mean ${seen.mean} of ${depth.mean}`);
      }
    }
  });
}

test.run();

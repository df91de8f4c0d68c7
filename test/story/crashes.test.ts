// Nothing throws: captures that once did (test/captures/crashes, found by tools/fuzz.ts), everything that is
// told of them; and small ones of every protocol, damaged by chance as the fuzzer does it.

import { existsSync, readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFile } from '../support/capture.js';
import { damaged } from '../support/damage.js';
import { everything } from '../support/everything.js';
import { randomFrom } from '../support/mishaps.js';
import { pcapFile } from '../support/pcap-writer.js';
import { packetsOf } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

const CRASHES = sharedCapture('crashes');
const SEEDS = 8;
const PACKETS = 120;

for (const name of existsSync(CRASHES) ? readdirSync(CRASHES) : []) {
  test(`what threw once is told: ${name}`, async () => {
    const { written } = await everything(sharedCapture(`crashes/${name}`));
    assert.ok(written > 0);
  });
}

for (const path of [
  'captures/tgt-chap.pcap',
  'captures/istgt-tape.pcap',
  'captures/tgt-killed-and-back.pcap.gz',
  sharedCapture('probes/t33.pcap'),
  sharedCapture('probes/t21.pcap'),
  sharedCapture('san/fcip-zoo.pcap.zst'),
  sharedCapture('san/isns-open-isns-tgt.pcap.zst'),
]) {
  test(`nothing throws: ${path.split('/').at(-1)}, damaged by chance`, async () => {
    const packets = (await packetsOf(path)).slice(0, PACKETS);
    const linkType = packets[0].linkType;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const bytes = pcapFile(damaged(packets, randomFrom(seed)), { linkType });
      const { written } = await everything(temporaryFile(bytes, `seed-${seed}.pcap`));
      assert.ok(written > 0, `seed ${seed}`);
    }
  });
}

test.run();

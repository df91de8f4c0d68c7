// A connection that was refused is told as such at once, not when it is forgotten, and counted once.

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Analysis } from '../../src/analysis.js';
import { analyse } from '../../src/pipeline.js';
import type { FailedConnect } from '../../src/stream/failed-connects.js';
import { TOP } from '../support/program.js';

/** The target is killed before; a SYN is in packet 902, its RST in 903. */
const REFUSED = 903;

test('refused: known with the RST, the same at the end', async () => {
  const seen = new Map<number, readonly FailedConnect[]>();
  let ask: (() => Analysis) | undefined;
  const whole = await analyse([join(TOP, 'captures/tgt-killed-and-back.pcap.gz')], {
    soFar: (how) => {
      ask = how;
    },
    packetSink: {
      packet: ({ frame }) => {
        if (frame === REFUSED || frame === REFUSED + 1)
          seen.set(frame, ask?.().failedConnects ?? []);
      },
    },
  });
  const counts = (all: readonly FailedConnect[] | undefined) =>
    all?.map(({ to, attempts, refused, frames }) => ({ to, attempts, refused, frames }));
  const one = { to: '10.77.0.2:3260', attempts: 1, refused: 1, frames: [902] };
  assert.equal(counts(seen.get(REFUSED)), []);
  assert.equal(counts(seen.get(REFUSED + 1)), [one]);
  assert.equal(counts(whole.failedConnects), [one]);
});

test.run();

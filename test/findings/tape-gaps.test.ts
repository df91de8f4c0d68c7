// A tape that waits for its host, and one that the host waits for.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dialogue } from '../support/dialogue.js';
import { found, MS, S } from '../support/found.js';

const BLOCK = 4096;

/** So many READ(6) of a block, each answered after `tapeNs`; the next one is sent `gapNs` later. */
function restore(count: number, gapNs: number, tapeNs: number, deviceType = 1): Dialogue {
  const d = new Dialogue();
  const inquiry = new Uint8Array(36);
  inquiry[0] = deviceType;
  const cdb = Uint8Array.of(0x12, 0, 0, 0, 36, 0);
  let t = d.command(cdb, d.login(0) + MS, { read: inquiry }).statusNs + MS;
  for (let i = 0; i < count; i++) {
    const read6 = Uint8Array.of(0x08, 0, 0, BLOCK >> 8, 0, 0);
    const done = d.command(read6, t, { read: new Uint8Array(BLOCK), targetNs: tapeNs });
    t = done.statusNs + gapNs;
  }
  d.command(Uint8Array.of(0x10, 0, 0, 0, 1, 0), t, {});
  return d;
}

test('a drive that has nothing to do for most of the time is not fed', () => {
  const [finding] = found([restore(60, 40 * MS, 5 * MS)], 'tape-host-gaps');
  assert.is(finding.owes, 'initiator');
  assert.match(finding.title, /^The tape at LUN 1 waited 2\.3\d s for the host’s next command$/);
  assert.match(finding.text, /^8\d\.\d % of 2\.6\d s: 59 gaps of 40\.0 ms in the mean/);
  assert.match(finding.text, /60 reads and writes moved 240 KiB at 9\d/);
});

test('a slow drive, a short job, a pause between jobs and a disk are not told', () => {
  for (const quiet of [
    restore(60, 5 * MS, 40 * MS),
    restore(40, 40 * MS, 5 * MS),
    restore(60, 10 * MS, 5 * MS), // over before anybody looks
    restore(60, 31 * S, 5 * MS),
    restore(60, 40 * MS, 5 * MS, 0),
  ]) {
    assert.equal(found([quiet], 'tape-host-gaps'), []);
  }
});

test.run();

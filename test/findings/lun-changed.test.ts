// LUNs that became another: by identity and size, within a session and from one to the next, and what is
// no such change.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { senseData } from '../support/build.js';
import { cdb10, Dialogue, fixedSense } from '../support/dialogue.js';
import { found, MS, S } from '../support/found.js';

type Step = (d: Dialogue, t: number) => number;
const asks =
  (cdb: Uint8Array, read: Uint8Array): Step =>
  (d, t) =>
    d.command(cdb, t, { read }).statusNs;

/** VPD 83h: an NAA name of the unit, and one of the port, which may differ by path. */
const identity = (last: number, port = 1, length = 255): Step => {
  const page = Uint8Array.of(0, 0x83, 0, 24, 1, 3, 0, 8, 0x60, 1, 2, 3, 4, 5, 6, last);
  const ports = Uint8Array.of(0x51, 0x93, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, port);
  const whole = Uint8Array.from([...page, ...ports]);
  return asks(Uint8Array.of(0x12, 1, 0x83, 0, length, 0), whole.subarray(0, length));
};
const disk = asks(Uint8Array.of(0x12, 0, 0, 0, 36, 0), new Uint8Array(36));
const disc = asks(Uint8Array.of(0x12, 0, 0, 0, 36, 0), Uint8Array.of(5, ...new Array(35).fill(0)));
/** READ CAPACITY(10) of so many blocks of 512 bytes. */
const capacity = (blocks: number): Step => {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, blocks - 1);
  view.setUint32(4, 512);
  return asks(Uint8Array.of(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), new Uint8Array(view.buffer));
};

function talk(steps: readonly Step[], at = 0, options = {}): Dialogue {
  const d = new Dialogue(options);
  let t = d.login(at) + MS;
  for (const step of steps) t = step(d, t) + MS;
  d.logout(t);
  return d;
}

test('another identity under the same number is told with both names', () => {
  const [finding] = found([talk([disk, identity(1), identity(2)])], 'lun-other-unit');
  assert.is(finding.severity, 'critical');
  assert.is(finding.owes, 'target');
  assert.match(
    finding.title,
    /LUN 1 became another unit: naa\.6001020304050601 → naa\.6001020304050602/,
  );
  assert.equal(found([talk([disk, identity(1), identity(1)])], 'lun-other-unit'), []);
});

test('another port of the same unit, and a page asked for in part, are no other unit', () => {
  assert.equal(found([talk([disk, identity(1, 1), identity(1, 2)])], 'lun-other-unit'), []);
  assert.equal(found([talk([disk, identity(1), identity(2, 1, 12)])], 'lun-other-unit'), []);
});

test('a disk that shrank lost data; one that grew is good to know', () => {
  const [smaller] = found([talk([disk, capacity(4096), capacity(2048)])], 'lun-resized');
  assert.is(smaller.severity, 'critical');
  assert.match(
    smaller.title,
    /LUN 1 became smaller: 2 MiB in 4,096 blocks → 1 MiB in 2,048 blocks/,
  );
  const [grown] = found([talk([disk, capacity(2048), capacity(4096)])], 'lun-resized');
  assert.equal([grown.severity, grown.owes], ['note', 'none']);
  assert.equal(found([talk([disk, capacity(4096), capacity(4096)])], 'lun-resized'), []);
  // Discs are changed.
  assert.equal(found([talk([disc, capacity(4096), capacity(2048)])], 'lun-resized'), []);
});

/** A read of 8 blocks from `lba` on, executed or out of range. */
const reads =
  (lba: number, beyond = false): Step =>
  (d, t) => {
    if (!beyond) return d.read10(lba, 8, t).statusNs;
    const initiatorTaskTag = d.nextTag();
    const cdb = cdb10(0x28, lba, 8);
    const fields = { initiatorTaskTag, lun: d.options.lun, read: 1, final: 1, cdb };
    const asked = { ...fields, expectedDataTransferLength: 4096 };
    d.say('scsi-command', asked, t, { advance: 'cmdSN' });
    const said = { initiatorTaskTag, status: 2, residualUnderflow: 1, residualCount: 4096 };
    const data = senseData(fixedSense(5, 0x21, 0));
    return d.say('scsi-response', said, t + MS, { data, advance: 'statSN' });
  };

test('blocks that READ CAPACITY told of, or that were read before, and are out of range: it became smaller', () => {
  const told = [disk, capacity(4096), reads(0), reads(3000, true), reads(8)];
  const [finding] = found([talk(told)], 'lun-shrunk');
  assert.equal([finding.severity, finding.owes], ['warning', 'target']);
  assert.match(finding.text, /READ CAPACITY had told 4,096 blocks/);
  assert.is(finding.frames.length, 1);
  const executed = [disk, reads(3000), reads(0), reads(3000, true), reads(8)];
  assert.match(found([talk(executed)], 'lun-shrunk')[0].text, /they had been read or written/);
});

test('a host that reads beyond an end that never changed, and blocks that are read again, are no such LUN', () => {
  for (const steps of [
    [disk, capacity(4096), reads(0), reads(4096, true), reads(4092, true), reads(8)],
    [disk, reads(0), reads(3000, true), reads(8)],
    [disk, capacity(4096), reads(0), reads(3000, true), reads(3000)],
    // Grown, and told so only after it was sent.
    [disk, capacity(2048), reads(0), reads(3000, true), capacity(4096), reads(8)],
    [disc, capacity(4096), reads(0), reads(3000, true), reads(8)],
  ])
    assert.equal(found([talk(steps)], 'lun-shrunk'), []);
});

test('the next session of the same two ends sees it too; two at once are two paths', () => {
  const first = talk([disk, identity(1)]);
  const later = talk([disk, identity(2)], 10 * S, { initiatorPort: 40_001, isid: '00023d000002' });
  const [finding] = found([first, later], 'lun-other-unit');
  assert.match(finding.text, /^The session before it/);
  const beside = talk([disk, identity(2)], 2 * MS, { initiatorPort: 40_001, isid: '00023d000002' });
  assert.equal(found([first, beside], 'lun-other-unit'), []);
});

test.run();

// Loads that are slow by their own making: rows 33, 34, 38 and 43 of the field guide's table.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { BuiltPacket } from '../support/build.js';
import { cdb10, Dialogue, fixedSense } from '../support/dialogue.js';
import { found, foundIn, MS } from '../support/found.js';
import { dropped } from '../support/mishaps.js';

/** Reads in line, of so many blocks. */
function stream(n: number, blocks: number, step = blocks): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < n; i++) t = d.read10(i * step, blocks, t).statusNs + 100_000;
  return d;
}

test('a thousand tiny reads in line; fewer, larger, or here and there', () => {
  const [finding] = found([stream(1000, 2)], 'tiny-sequential-io');
  assert.match(finding.title, /pieces of 1 KiB/);
  assert.equal(found([stream(999, 2)], 'tiny-sequential-io'), []);
  assert.equal(found([stream(1000, 2, 7)], 'tiny-sequential-io'), []);
  assert.equal(found([stream(1000, 24)], 'tiny-sequential-io'), []);
});

/** Reads, then UNMAPs with reads beside them that take `besideNs`. */
function discards(n: number, besideNs: number): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 40; i++) t = d.read10(i * 8, 8, t, { targetNs: MS }).statusNs + MS;
  const unmap = Uint8Array.of(0x42, 0, 0, 0, 0, 0, 0, 0, 40, 0);
  for (let i = 0; i < n; i++) {
    d.command(unmap, t, { targetNs: 30 * MS });
    for (let k = 0; k < 3; k++) d.read10(k * 8, 8, t + (k + 1) * MS, { targetNs: besideNs });
    t += 40 * MS;
  }
  return d;
}

test('discards that slow down what runs beside them, and discards that do not', () => {
  const [finding] = found([discards(16, 10 * MS)], 'discard-storm');
  assert.match(finding.title, /Reads and writes take \d+\.\d times as long/);
  assert.match(finding.text, /2\.0 ranges an UNMAP/);
  assert.equal(found([discards(16, 1.8 * MS)], 'discard-storm'), []);
  assert.equal(found([discards(15, 10 * MS)], 'discard-storm'), []);
});

interface Open {
  readonly opcode: number;
  readonly lba: number;
  readonly attr?: number;
  readonly immediate?: boolean;
  readonly status?: number;
  readonly naca?: boolean;
}

/** Commands of 8 blocks that are all open together. */
function together(commands: readonly Open[], attribute = 1): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  commands.forEach(({ opcode, lba, attr = attribute, immediate = false, status, naca }, i) => {
    const at = t + i * 10_000;
    const sense = status === 2 ? fixedSense(6, 0x29, 0) : undefined;
    const of = { attr, immediateDelivery: immediate, status, sense, targetNs: 5 * MS };
    if (opcode === 0x2a) d.write10(lba, 8, at, { ...of, immediate: 4096, statusNs: 5 * MS });
    else {
      const cdb = cdb10(0x28, lba, 8);
      cdb[9] = naca ? 4 : 0;
      const read = status === undefined ? new Uint8Array(4096) : undefined;
      d.command(cdb, at, { ...of, read });
    }
  });
  return d;
}

const write = (lba: number): Open => ({ opcode: 0x2a, lba });
const read = (lba: number): Open => ({ opcode: 0x28, lba });

test('writes and reads of the same blocks that are open at once', () => {
  const [writes] = found([together([write(0), write(4)])], 'overlapping-writes');
  assert.is(writes.count, 1);
  assert.is(writes.frames.length, 2);
  assert.equal(found([together([write(0), write(8)])], 'overlapping-writes'), []);
  const [mixed] = found([together([write(0), read(7)])], 'overlapping-reads');
  assert.is(mixed.count, 1);
  assert.equal(found([together([write(0), read(8)])], 'overlapping-reads'), []);
  assert.equal(found([together([read(0), read(0)])], 'overlapping-reads'), []);
  // Of one direction alone no end is seen: what follows each other only seems to be open at once.
  const heard = (p: BuiltPacket) => p.from === 'target';
  for (const [second, id] of [
    [write(4), 'overlapping-writes'],
    [read(7), 'overlapping-reads'],
  ] as const) {
    const packets = together([write(0), second]).tcp.captured();
    assert.equal(foundIn(dropped(packets, heard), id), []);
  }
});

test('a command executed past one that was refused, by attribute; and one that was sent later', () => {
  const refusedFirst = [{ ...read(0), status: 8 }, read(8)];
  const [simple] = found([together(refusedFirst)], 'order-broken');
  assert.is(simple.severity, 'note');
  const [ordered] = found([together(refusedFirst, 2)], 'order-broken');
  assert.is(ordered.severity, 'warning');
  assert.is(found([together([{ ...read(0), status: 2 }, read(8)])], 'order-broken').length, 1);
  assert.equal(found([together([read(0), { ...read(8), status: 8 }])], 'order-broken'), []);
  const later = new Dialogue();
  const t = later.login(0) + MS;
  const { statusNs } = later.command(cdb10(0x28, 0, 8), t, { status: 8 });
  later.read10(8, 8, statusNs + MS);
  assert.equal(found([later], 'order-broken'), []);
});

test('attributes that are mixed, immediate commands, NACA; and a load without', () => {
  const plain = together([read(0), read(8)]);
  const cases: [id: string, of: Dialogue][] = [
    ['attributes-mixed', together([read(0), { ...read(8), attr: 2 }])],
    ['immediate-commands', together([read(0), { ...read(8), immediate: true }])],
    ['naca-used', together([read(0), { ...read(8), naca: true }])],
  ];
  for (const [id, of] of cases) {
    assert.is(found([of], id).length, 1, id);
    assert.equal(found([plain], id), [], id);
  }
  assert.equal(found([together([read(0), read(8)], 2)], 'attributes-mixed'), []);
});

/** VPD 83h with an NAA designator. */
const NAA = Uint8Array.of(0, 0x83, 0, 12, 1, 3, 0, 8, 0x60, 1, 2, 3, 4, 5, 6, 7);

/** One host, one logical unit, two sessions: latency of each. */
function paths(fastNs: number, slowNs: number, slowFrom = 0): Dialogue[] {
  return [fastNs, slowNs].map((targetNs, i) => {
    const of = { target: `10.0.0.${2 + i}`, initiatorPort: 40_000 + i, isid: `00023d00000${i}` };
    const d = new Dialogue({ ...of, tsih: i + 1 });
    let t = d.login(i * slowFrom) + MS;
    t = d.command(Uint8Array.of(0x12, 1, 0x83, 0, 255, 0), t, { read: NAA }).statusNs + MS;
    for (let k = 0; k < 100; k++) t = d.read10(k * 8, 8, t, { targetNs }).statusNs + MS;
    return d;
  });
}

test('a path twice as slow as another, one nearly so, and one that was used at another time', () => {
  const [finding] = found(paths(MS, 3 * MS), 'path-skew');
  assert.match(finding.title, /READ\(10\): one path is [23]\.\d times as slow/);
  assert.match(finding.text, /naa\.6001020304050607 by 2 sessions/);
  assert.equal(found(paths(MS, 1.5 * MS), 'path-skew'), []);
  assert.equal(found(paths(MS, 3 * MS, 10_000 * MS), 'path-skew'), []);
});

test.run();

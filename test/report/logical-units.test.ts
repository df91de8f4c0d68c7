// One logical unit over several sessions: who belongs together, and its numbers against those of all
// commands recorded together. Names that only look alike stay apart.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram } from '../../src/lib/histogram.js';
import type { Report } from '../../src/report/report.js';
import { latencyNs } from '../../src/scsi/task.js';
import type { BuiltPacket } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { concat } from '../support/octets.js';
import { run } from '../support/run.js';

const MS = 1_000_000;
const NAA = Uint8Array.of(0x60, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);

function inquiry(page: number): Uint8Array {
  return Uint8Array.of(0x12, page < 0 ? 0 : 1, page < 0 ? 0 : page, 0, 255, 0);
}

/** VPD 83h with one designator of the logical unit; association 1 names a port, and no unit. */
function vpd83(type: number, value: Uint8Array, association = 0): Uint8Array {
  const codeSet = type === 1 ? 2 : 1;
  const one = concat(Uint8Array.of(codeSet, (association << 4) | type, 0, value.length), value);
  return concat(Uint8Array.of(0, 0x83, 0, one.length), one);
}

function vpd80(serial: string): Uint8Array {
  return concat(Uint8Array.of(0, 0x80, 0, serial.length), new TextEncoder().encode(serial));
}

function standard(product: string): Uint8Array {
  const text = `EXAMPLE ${product.padEnd(16)}1.0 `;
  return concat(Uint8Array.of(0, 0, 5, 2, 31, 0, 0, 0), new TextEncoder().encode(text));
}

function capacity(blocks: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, blocks - 1);
  view.setUint32(4, 512);
  return bytes;
}

interface Seen {
  readonly lun?: string;
  readonly identity?: readonly [page: number, data: Uint8Array][];
  readonly blocks?: number;
  /** Latency of each read, in ms. */
  readonly reads: readonly number[];
}

/** A session a description, one after the other on its own connection. */
function captured(seen: readonly Seen[]): BuiltPacket[] {
  return seen.flatMap((one, i) => {
    const lun = one.lun ?? '0001000000000000';
    const isid = `00023d00000${i + 1}`;
    const d = new Dialogue({ lun, isid, initiatorPort: 50_000 + i, tsih: i + 1 });
    let t = d.login(i * 1000 * MS) + MS;
    for (const [page, data] of one.identity ?? []) {
      t = d.command(inquiry(page), t, { read: data }).statusNs + MS;
    }
    if (one.blocks !== undefined) {
      const cdb = new Uint8Array(10).fill(0x25, 0, 1);
      t = d.command(cdb, t, { read: capacity(one.blocks) }).statusNs + MS;
    }
    for (const ms of one.reads) {
      t = d.read10(0, 8, t, { targetNs: ms * MS, statusNs: 0 }).statusNs + MS;
    }
    return d.tcp.captured();
  });
}

function units(packets: readonly BuiltPacket[]): Report['logicalUnits'] {
  return run(packets).report.logicalUnits;
}

test('two paths with the same NAA name are one unit; its latency is that of all commands together', () => {
  const named: Seen['identity'] = [[0x83, vpd83(3, NAA)]];
  const packets = captured([
    { identity: named, reads: [1, 2, 3] },
    { identity: named, reads: [10, 20, 30, 40], lun: '0005000000000000' },
    { identity: [[0x83, vpd83(3, NAA.with(15, 99))]], reads: [7] },
  ]);
  const all = new Histogram(4096);
  const { report } = run(packets, (task) => {
    if (task.session < 2) all.record(latencyNs(task));
  });
  const [unit, ...others] = report.logicalUnits;
  assert.is(others.length, 0);
  assert.is(unit.unit, 'naa.60010203040506070809' + '0a0b0c0d0e0f');
  assert.is(unit.identifiedBy, 'NAA');
  assert.is(unit.pathsAtOnce, 2);
  assert.is(unit.commandCount, 3 + 4 + 2);
  assert.equal(
    unit.paths.map((p) => [p.session, p.commandCount]),
    [
      [0, 4],
      [1, 5],
    ],
  );
  assert.equal(
    unit.paths.map((p) => p.commandsShare),
    [0.4444, 0.5556],
  );
  assert.is(unit.latency?.count, all.count);
  for (const [p, value] of [
    [0.5, unit.latency?.p50Ns],
    [0.9, unit.latency?.p90Ns],
    [0.99, unit.latency?.p99Ns],
  ] as const) {
    assert.is(value, all.percentile(p));
  }
  assert.is(unit.latency?.maxNs, all.max);
  assert.ok((unit.latencySkew ?? 0) > 5);
  assert.equal(
    unit.operations.map((o) => [o.operation, o.commandCount]),
    [
      ['INQUIRY', 2],
      ['READ(10)', 7],
    ],
  );
});

test('a path that only told its serial number joins by it, one of another product does not', () => {
  const both: Seen['identity'] = [
    [-1, standard('DISK')],
    [0x83, vpd83(3, NAA)],
    [0x80, vpd80('SN1')],
  ];
  const serial = (product: string): Seen['identity'] => [
    [-1, standard(product)],
    [0x80, vpd80('SN1')],
  ];
  const found = units(
    captured([
      { identity: both, reads: [1] },
      { identity: serial('DISK'), reads: [1] },
      { identity: serial('TAPE'), reads: [1] },
    ]),
  );
  assert.equal(
    found.map((u) => [u.identifiedBy, u.paths.map((p) => p.session)]),
    [['NAA', [0, 1]]],
  );
});

test('small targets that number their units alike: another size is another unit', () => {
  const t10 = (): Seen['identity'] => [
    [0x83, vpd83(1, new TextEncoder().encode('IET     00010001'))],
  ];
  const near = units(
    captured([
      { identity: t10(), blocks: 1000, reads: [] },
      { identity: t10(), blocks: 2000, reads: [] },
    ]),
  );
  assert.equal(near, []);
  const same = units(
    captured([
      { identity: t10(), blocks: 1000, reads: [] },
      { identity: t10(), blocks: 1000, reads: [] },
    ]),
  );
  assert.equal(
    same.map((u) => u.identifiedBy),
    ['T10 vendor id'],
  );
});

test('the name of a port is no name of the unit', () => {
  const port: Seen['identity'] = [[0x83, vpd83(3, NAA, 1)]];
  assert.equal(
    units(
      captured([
        { identity: port, reads: [] },
        { identity: port, reads: [] },
      ]),
    ),
    [],
  );
});

test('a session that named nothing: the same initiator, target and LUN, marked as inferred', () => {
  const named: Seen['identity'] = [[0x83, vpd83(3, NAA)]];
  const [unit] = units(captured([{ identity: named, reads: [1] }, { reads: [1, 1] }]));
  assert.equal(
    unit.paths.map((p) => [p.session, p.inferred]),
    [
      [0, undefined],
      [1, true],
    ],
  );
  const other = units(
    captured([
      { identity: named, reads: [1] },
      { reads: [1], lun: '0002000000000000' },
    ]),
  );
  assert.equal(other, []);
});

test.run();

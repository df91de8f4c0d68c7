// Commands against VPD B0h: beyond each limit and just within it, before the limits were told, and of
// devices that set none.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cdb10, Dialogue, fixedSense } from '../support/dialogue.js';
import { found, MS } from '../support/found.js';

interface Limits {
  readonly compare?: number;
  readonly granularity?: number;
  readonly transfer?: number;
  readonly optimal?: number;
  readonly prefetch?: number;
  readonly ranges?: number;
  readonly unmapBlocks?: number;
  readonly unmapGranularity?: number;
  readonly unmapAlignment?: number;
  readonly writeSame?: number;
}

/** The page (SBC), `length` bytes of it. */
function page(of: Limits, length = 64, deviceType = 0): Uint8Array {
  const view = new DataView(new ArrayBuffer(64));
  view.setUint8(0, deviceType);
  view.setUint8(1, 0xb0);
  view.setUint16(2, length - 4);
  view.setUint8(5, of.compare ?? 0);
  view.setUint16(6, of.granularity ?? 0);
  view.setUint32(8, of.transfer ?? 0);
  view.setUint32(12, of.optimal ?? 0);
  view.setUint32(16, of.prefetch ?? 0);
  view.setUint32(20, of.unmapBlocks ?? 0);
  view.setUint32(24, of.ranges ?? 0);
  view.setUint32(28, of.unmapGranularity ?? 0);
  if (of.unmapAlignment !== undefined) view.setUint32(32, 0x80000000 + of.unmapAlignment);
  view.setUint32(40, of.writeSame ?? 0);
  return new Uint8Array(view.buffer, 0, length);
}

type Step = (d: Dialogue, t: number) => number;
const INQUIRY_B0 = Uint8Array.of(0x12, 1, 0xb0, 0, 64, 0);

const told =
  (limits: Uint8Array): Step =>
  (d, t) =>
    d.command(INQUIRY_B0, t, { read: limits }).statusNs;
const read =
  (lba: number, blocks: number): Step =>
  (d, t) =>
    d.read10(lba, blocks, t).statusNs;
/** A command without data that the target answers, or refuses. */
const plain =
  (cdb: Uint8Array, refused = false): Step =>
  (d, t) =>
    d.command(cdb, t, refused ? { status: 2, sense: fixedSense(5, 0x24, 0) } : {}).statusNs;

function talk(...steps: readonly Step[]): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (const step of steps) t = step(d, t) + MS;
  return d;
}

const times = (n: number, step: (i: number) => Step): Step[] =>
  Array.from({ length: n }, (_, i) => step(i));
const unmap = (ranges: number): Uint8Array =>
  Uint8Array.of(0x42, 0, 0, 0, 0, 0, 0, 0, 8 + 16 * ranges, 0);
/** An UNMAP with its list, as immediate data or asked for by R2T. */
const unmapList =
  (blocks: readonly number[], byR2t: boolean): Step =>
  (d, t) => {
    const data = new Uint8Array(8 + 16 * blocks.length);
    const view = new DataView(data.buffer);
    view.setUint16(0, data.length - 2);
    view.setUint16(2, data.length - 8);
    for (const [i, n] of blocks.entries()) view.setUint32(16 + 16 * i, n);
    const initiatorTaskTag = d.nextTag();
    const { lun } = d.options;
    const cdb = new Uint8Array(16);
    cdb.set(unmap(blocks.length));
    const length = { expectedDataTransferLength: data.length };
    const command = { initiatorTaskTag, lun, write: 1, final: 1, ...length, cdb };
    const parts = { advance: 'cmdSN' } as const;
    let at = d.say('scsi-command', command, t, byR2t ? parts : { ...parts, data });
    if (byR2t) {
      const transfer = { initiatorTaskTag, targetTransferTag: 9, lun };
      at = d.say('r2t', { ...transfer, desiredDataTransferLength: data.length }, at + MS);
      at = d.say('data-out', { ...transfer, final: 1 }, at + MS, { data });
    }
    return d.say('scsi-response', { initiatorTaskTag }, at + MS, { advance: 'statSN' });
  };
const writeSame = (lba: number, blocks: number, unmaps = false): Uint8Array => {
  const cdb = cdb10(0x41, lba, blocks);
  cdb[1] = unmaps ? 8 : 0;
  return cdb;
};
const compareAndWrite = (blocks: number): Uint8Array => {
  const cdb = new Uint8Array(16);
  cdb[0] = 0x89;
  cdb[13] = blocks;
  return cdb;
};

for (const [what, limits, beyond, within, words] of [
  ['a read', { transfer: 64 }, read(0, 65), read(0, 64), /MAXIMUM TRANSFER LENGTH of 64 blocks/],
  [
    'WRITE SAME',
    { writeSame: 1000 },
    plain(writeSame(0, 1001)),
    plain(writeSame(0, 1000)),
    /MAXIMUM WRITE SAME LENGTH of 1,000 blocks/,
  ],
  [
    'COMPARE AND WRITE',
    { compare: 1 },
    plain(compareAndWrite(2)),
    plain(compareAndWrite(1)),
    /MAXIMUM COMPARE AND WRITE LENGTH of 1 block$/,
  ],
  [
    'PRE-FETCH',
    { prefetch: 8 },
    plain(cdb10(0x34, 0, 9)),
    plain(cdb10(0x34, 0, 8)),
    /MAXIMUM PREFETCH LENGTH of 8 blocks/,
  ],
  [
    'an UNMAP of many blocks',
    { unmapBlocks: 1000 },
    unmapList([600, 401], false),
    unmapList([600, 400], false),
    /UNMAP commands beyond the MAXIMUM UNMAP LBA COUNT of 1,000 blocks/,
  ],
  [
    'an UNMAP whose list is asked for',
    { unmapBlocks: 1000 },
    unmapList([1001], true),
    unmapList([1000], true),
    /MAXIMUM UNMAP LBA COUNT of 1,000 blocks/,
  ],
  [
    'UNMAP',
    { ranges: 4 },
    plain(unmap(5)),
    plain(unmap(4)),
    /MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT of 4 ranges/,
  ],
] as const) {
  test(`${what} beyond its limit, and just within it`, () => {
    const [finding, ...others] = found([talk(told(page(limits)), beyond)], 'block-limit-exceeded');
    assert.match(finding.title, words);
    assert.equal(others, []);
    assert.is(finding.severity, 'note', 'the target took it');
    assert.is(finding.frames[0], finding.values?.['limitsFrame']);
    assert.is(finding.frames.length, 2, 'the packets of both: the page, and the command');
    assert.equal(found([talk(told(page(limits)), within)], 'block-limit-exceeded'), []);
    assert.equal(found([talk(told(page({})), beyond)], 'block-limit-exceeded'), [], 'no limit');
    const early = talk(beyond, told(page(limits)), within);
    assert.equal(found([early], 'block-limit-exceeded'), [], 'sent before the page was seen');
  });
}

test('a limit of all ones is none; a short page, and one of a tape, say nothing', () => {
  const steps = [plain(unmap(5)), read(0, 65)];
  for (const limits of [
    page({ ranges: 0xffffffff, transfer: 0xffffffff }),
    page({ ranges: 4 }, 16),
    page({ ranges: 4, transfer: 64 }, 64, 1),
  ]) {
    assert.equal(found([talk(told(limits), ...steps)], 'block-limit-exceeded'), []);
  }
  assert.is(
    found([talk(told(page({ transfer: 64 }, 16)), ...steps)], 'block-limit-exceeded').length,
    1,
  );
});

test('refused commands make it a warning', () => {
  const d = talk(
    told(page({ writeSame: 8 })),
    plain(writeSame(0, 9)),
    plain(writeSame(0, 10), true),
  );
  const [finding] = found([d], 'block-limit-exceeded');
  assert.is(finding.severity, 'warning');
  assert.match(finding.text, /2 commands asked for up to 10 blocks; .* told a .* of 8 blocks/);
  assert.match(finding.text, /The target refused 1 of them: ILLEGAL REQUEST, invalid field\.$/);
});

test('a command that failed for another reason is no proof: LBA out of range is its place, not its length', () => {
  const refused: Step = (d, t) =>
    d.command(writeSame(0, 10), t, { status: 2, sense: fixedSense(5, 0x21, 0) }).statusNs;
  const [finding] = found([talk(told(page({ writeSame: 8 })), refused)], 'block-limit-exceeded');
  assert.is(finding.severity, 'note');
  assert.match(finding.text, /1 did not end well for a reason that it does not lay to that/);
});

test('later commands are held against limits that were told anew', () => {
  const again = [
    told(page({ transfer: 64 })),
    read(0, 64),
    told(page({ transfer: 32 })),
    read(0, 33),
  ];
  const [finding] = found([talk(...again)], 'block-limit-exceeded');
  assert.is(finding.count, 1);
  assert.match(finding.title, /of 32 blocks/);
  assert.match(finding.text, /Before, it had told 64 blocks.*: the host goes on with what it knew/);
  // What was beyond the first is not held against the second.
  const wider = [
    told(page({ transfer: 32 })),
    read(0, 33),
    told(page({ transfer: 64 })),
    read(0, 64),
  ];
  const [first] = found([talk(...wider)], 'block-limit-exceeded');
  assert.match(first.title, /of 32 blocks/);
  assert.is(first.values?.['askedMax'], 33);
  const both = [...wider.slice(2), ...wider.slice(2)];
  assert.equal(found([talk(...both)], 'block-limit-exceeded'), []);
});

test('a page that is asked for in part takes back nothing', () => {
  const part: Step = (d, t) =>
    d.command(Uint8Array.of(0x12, 1, 0xb0, 0, 8, 0), t, {
      read: page({ transfer: 32 }).subarray(0, 8),
    }).statusNs;
  const [finding] = found(
    [talk(told(page({ transfer: 32 })), part, read(0, 33))],
    'block-limit-exceeded',
  );
  assert.match(finding.title, /of 32 blocks/);
});

test('a host that comes back keeps to what it was told before; another host was told nothing', () => {
  const back = (initiatorPort: number): Dialogue => {
    const d = new Dialogue({ initiatorPort });
    d.read10(0, 65, d.login(2000 * MS) + MS);
    return d;
  };
  const first = talk(told(page({ transfer: 64 })));
  first.tcp.reset(1000 * MS, 'initiator');
  const [finding] = found([first, back(40_001)], 'block-limit-exceeded');
  assert.is(finding.session, 1);
  const stranger = new Dialogue({ initiatorPort: 40_002, initiator: '10.0.0.9' });
  stranger.read10(0, 65, stranger.login(2000 * MS) + MS);
  assert.equal(found([stranger], 'block-limit-exceeded'), []);
});

test('reads longer than is best: a tenth of a hundred, and less', () => {
  const some = (n: number, of: number): Dialogue =>
    talk(told(page({ optimal: 8 })), ...times(of, (i) => read(i * 16, i < n ? 9 : 8)));
  const [finding] = found([some(10, 100)], 'optimal-length-exceeded');
  assert.match(finding.text, /10 of 100, up to 9 blocks; .* OPTIMAL TRANSFER LENGTH of 8 blocks/);
  assert.equal(found([some(9, 100)], 'optimal-length-exceeded'), []);
  assert.equal(found([some(99, 99)], 'optimal-length-exceeded'), []);
  assert.is(finding.severity, 'note');
});

test('reads that pay for being longer than is best, and those that do not', () => {
  const paced = (targetNs: number): Dialogue =>
    talk(
      told(page({ optimal: 8 })),
      ...times(100, (i) => (d, t) => {
        const long = i % 2 === 0;
        return d.read10(i * 16, long ? 16 : 8, t, { targetNs: long ? targetNs : 2 * MS }).statusNs;
      }),
    );
  const [finding] = found([paced(20 * MS)], 'optimal-length-exceeded');
  assert.is(finding.severity, 'warning');
  assert.match(finding.text, /they pay for their length\.$/);
  assert.is(found([paced(4 * MS)], 'optimal-length-exceeded')[0].severity, 'note');
});

test('reads that miss the granularity in place or length; pieces of 4 KiB are told elsewhere', () => {
  const some = (granularity: number, step: number, blocks: number): Dialogue =>
    talk(told(page({ granularity })), ...times(100, (i) => read(i * step, blocks)));
  const [finding] = found([some(16, 16, 8)], 'granularity-missed');
  assert.match(finding.title, /100 % of reads and writes do not fit pieces of 16 blocks/);
  assert.is(
    found([some(16, 8, 16)], 'granularity-missed')[0].count,
    50,
    'every other begins within',
  );
  assert.equal(found([some(16, 16, 16)], 'granularity-missed'), []);
  assert.equal(found([some(8, 4, 4)], 'granularity-missed'), []);
});

test('WRITE SAME that unmaps off the granularity of unmapping, and on it from where it begins', () => {
  const some = (first: number, unmaps: boolean): Dialogue =>
    talk(
      told(page({ unmapGranularity: 64, unmapAlignment: 8 })),
      ...times(16, (i) => plain(writeSame(first + i * 64, 64, unmaps))),
    );
  const [finding] = found([some(0, true)], 'granularity-missed');
  assert.match(finding.text, /OPTIMAL UNMAP GRANULARITY of 64 blocks, from block 8 on/);
  assert.equal(found([some(8, true)], 'granularity-missed'), []);
  assert.equal(found([some(0, false)], 'granularity-missed'), []);
});

test.run();

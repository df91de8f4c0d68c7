// The PDU index against a plain list of what the road told, on recorded captures: every PDU, its
// place, its task.

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readAt } from '../../src/capture/file-source.js';
import type { Pdu } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { Keeper } from '../../src/store/keeper.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { hex } from '../../src/wire/field.js';
import { TOP } from '../support/program.js';

interface Seen {
  readonly header: string;
  readonly frame: number;
  readonly timeNs: number;
  readonly at: number;
  readonly tag: number;
  frameEnd: number;
  endNs: number;
}

async function keep(name: string): Promise<{ keeper: Keeper; seen: Seen[] }> {
  const keeper = new Keeper({ pdus: true });
  const sinks = keeper.sinks();
  const seen: Seen[] = [];
  const under = new Map<number, Seen>();
  await analyse([join(TOP, 'captures', name)], {
    ...sinks,
    pduSink: {
      begin(pdu: Pdu): number {
        const header = hex(pdu.bytes, pdu.at, 48);
        const { frame, timeNs, at } = pdu;
        const tag = Number.parseInt(header.slice(32, 40), 16);
        const one = { header, frame, timeNs, at, tag, frameEnd: 0, endNs: 0 };
        seen.push(one);
        under.set(pdu.direction, one);
        return keeper.pdus.begin(pdu);
      },
      end(pdu: Pdu): void {
        Object.assign(under.get(pdu.direction) ?? {}, { frameEnd: pdu.frameEnd, endNs: pdu.endNs });
        keeper.pdus.end(pdu);
      },
      lost: () => keeper.pdus.lost(),
      ended: () => keeper.pdus.ended(),
    },
  });
  return { keeper, seen };
}

const CAPTURES = [
  'tgt-chap.pcap',
  'tgt-mixed-load.pcap.gz',
  'istgt-many-r2ts.pcap.gz',
  'tgt-reordered.pcap.gz',
  'tgt-libiscsi-iscsi-tests.pcap.gz',
  'tgt-mid-stream.pcap.gz',
];

for (const name of CAPTURES) {
  test(`${name}: every PDU has its row, and every task its chain`, async () => {
    const { keeper, seen } = await keep(name);
    const { pdus, tasks } = keeper;
    assert.is(pdus.count, seen.length);
    const row = makeTaskRow();
    let linked = 0;
    for (const [i, one] of seen.entries()) {
      assert.equal([pdus.frame(i), pdus.timeNs(i)], [one.frame, one.timeNs]);
      assert.equal([pdus.frameEnd(i), pdus.endNs(i)], [one.frameEnd, one.endNs]);
      const first = Number.parseInt(one.header.slice(0, 2), 16);
      assert.is(pdus.opcode(i), first & 0x3f);
      const length = Number.parseInt(one.header.slice(10, 16), 16);
      const asked = Number.parseInt(one.header.slice(88, 96), 16);
      assert.is(pdus.length(i), pdus.opcode(i) === 0x31 ? asked : length);
      if ([0x05, 0x25, 0x31].includes(pdus.opcode(i))) {
        assert.is(pdus.bufferOffset(i), Number.parseInt(one.header.slice(80, 88), 16));
      }
      if (pdus.task(i) < 0) {
        assert.is(pdus.tag(i), one.tag);
        continue;
      }
      linked++;
      assert.is(tasks.tag(pdus.task(i)), one.tag);
    }
    // Chains hold each linked PDU once, in order, and as many data PDUs as the task counted.
    let chained = 0;
    for (let t = 0; t < tasks.count; t++) {
      tasks.read(t, row);
      let before = -1;
      const data = { in: 0, out: 0 };
      for (let p = pdus.firstOf(t); p >= 0; p = pdus.next(p)) {
        assert.is(pdus.task(p), t);
        assert.ok(p > before);
        before = p;
        chained++;
        if (pdus.opcode(p) === 0x25) data.in += pdus.length(p);
        if (pdus.opcode(p) === 0x05) data.out += pdus.length(p);
        if (pdus.opcode(p) === 0x01) data.out += pdus.length(p);
      }
      assert.equal(data, { in: row.dataInBytes, out: row.dataOutBytes }, `task ${t}`);
      if (row.commandSeen) assert.is(pdus.frame(pdus.firstOf(t)), row.commandFrame);
    }
    assert.is(chained, linked);
  });
}

test('a PDU of a plain file is found again by its place', async () => {
  const { keeper, seen } = await keep('tgt-chap.pcap');
  const { pdus } = keeper;
  const path = join(TOP, 'captures/tgt-chap.pcap');
  for (let i = 0; i < pdus.count; i++) {
    // Ethernet, IPv4 and TCP with timestamps.
    const header = readAt(path, pdus.fileOffset(i) + 66, 48);
    assert.is(hex(header, 0, 48), seen[i].header);
  }
});

test('packets of a compressed file have no place', async () => {
  const { keeper } = await keep('tgt-mid-stream.pcap.gz');
  for (let i = 0; i < keeper.pdus.count; i++) assert.is(keeper.pdus.fileOffset(i), -1);
});

for (const name of CAPTURES) {
  test(`rows around a packet are the same as by looking at all: ${name}`, async () => {
    const { pdus } = (await keep(name)).keeper;
    const reaches = (row: number, frame: number): boolean =>
      pdus.frame(row) === frame ||
      pdus.frameEnd(row) === frame ||
      (pdus.frame(row) < frame && frame < pdus.frameEnd(row));
    const last = pdus.frame(pdus.count - 1) + 10;
    let passedOver = 0;
    for (let frame = 0; frame <= last; frame += 1 + Math.floor(last / 40)) {
      const all: number[] = [];
      for (let row = 0; row < pdus.count; row++) if (reaches(row, frame)) all.push(row);
      const found: number[] = [];
      let looked = 0;
      for (let row = pdus.nextAround(0, frame); row < pdus.count; looked++) {
        if (reaches(row, frame)) found.push(row);
        row = pdus.nextAround(row + 1, frame);
      }
      assert.equal(found, all, `frame ${frame}`);
      passedOver += pdus.count - looked;
    }
    if (pdus.count > 4096) assert.ok(passedOver > pdus.count, 'far rows are passed over');
  });
}

test.run();

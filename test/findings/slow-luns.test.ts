// LUNs that are slow for a while, or go and come back; packets that overtake each other.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { senseData } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, MS, S, told } from '../support/found.js';
import { reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

/** 30 quick reads, `slow` of `slowNs`, 30 quick ones. */
function loads(slow: number, slowNs: number): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 30; i++) t = d.read10(i * 8, 8, t, { targetNs: 5 * MS }).statusNs + MS;
  for (let i = 0; i < slow; i++) t = d.read10(i * 8, 8, t, { targetNs: slowNs }).statusNs + MS;
  for (let i = 0; i < 30; i++) t = d.read10(i * 8, 8, t, { targetNs: 5 * MS }).statusNs + MS;
  return d;
}

test('a LUN that takes 400 ms for a while, and one command that is held up for seconds', () => {
  const [finding] = found([loads(10, 400 * MS)], 'slow-commands');
  assert.is(finding.owes, 'target');
  assert.match(finding.title, /slow on LUN 1 for 4\.\d+ s: 400 ms a command/);
  assert.match(finding.text, /60 others of the LUN took 5\.0\d ms in the middle/);
  assert.match(
    found([loads(1, 3350 * MS)], 'slow-commands')[0].title,
    /held up a command .* 3\.35 s/,
  );
  assert.equal(found([loads(10, 15 * MS)], 'slow-commands'), []);
  assert.equal(found([loads(1, 400 * MS)], 'slow-commands'), []);
});

test('three slow commands far apart are told where one took half a second', () => {
  const apart = (ns: number): Dialogue => {
    const d = loads(0, 0);
    for (let i = 0; i < 3; i++) d.read10(i * 8, 8, (10 + i * 5) * S, { targetNs: ns });
    return d;
  };
  assert.match(found([apart(900 * MS)], 'slow-commands')[0].text, /3 stretches in all/);
  assert.equal(found([apart(400 * MS)], 'slow-commands'), []);
});

/** 30 quick reads, then four at once that take 6 s, and a ping meanwhile that takes so long. */
function standsStill(pingNs: number): Dialogue {
  const d = loads(0, 0);
  const t = 10 * S;
  for (let i = 0; i < 4; i++) d.read10(i * 8, 8, t + i * MS, { targetNs: 6 * S });
  d.nopOut(t + S, new Uint8Array(0), pingNs);
  return d;
}

test('a target whose ping waits as its commands do stands still; with a quick ping its disk is slow', () => {
  const [still] = found([standsStill(5 * S)], 'slow-commands');
  assert.match(still.title, /^The target stood still for 6\.0\d? s: commands and a ping waited$/);
  assert.match(still.next, /its program, processor and memory/);
  assert.match(found([standsStill(MS)], 'slow-commands')[0].title, /^The target was slow on LUN 1/);
});

/** Writes and reads are executed, refused with `sense` for a while, executed again. */
function away(refused: number, sense: readonly [number, number, number], lba = 8): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  const data = senseData(
    Uint8Array.of(0x70, 0, sense[0], 0, 0, 0, 0, 10, 0, 0, 0, 0, sense[1], sense[2], 0, 0, 0, 0),
  );
  t = d.write10(8, 8, t, { immediate: 4096 }).statusNs + S;
  t = d.read10(8, 8, t).statusNs + S;
  for (let i = 0; i < refused; i++) {
    const cdb = Uint8Array.of(0x28, 0, 0, 0, 0, lba, 0, 0, 8, 0);
    const initiatorTaskTag = d.nextTag();
    const read = { initiatorTaskTag, lun: d.options.lun, read: 1, final: 1, cdb };
    const length = { expectedDataTransferLength: 4096 };
    d.say('scsi-command', { ...read, ...length }, t, { advance: 'cmdSN' });
    const status = { initiatorTaskTag, status: 2 };
    t = d.say('scsi-response', status, t + MS, { data, advance: 'statSN' }) + S;
  }
  d.read10(8, 8, t);
  return d;
}

test('a LUN that went and came back: exchanged by what it says, or refusing', () => {
  const [exchanged] = found([away(4, [5, 0x21, 0])], 'lun-exchanged');
  assert.match(
    exchanged.title,
    /LUN 1 was exchanged for another unit for [34]\.\d+ s, then came back/,
  );
  assert.is(exchanged.owes, 'target');
  assert.is(found([away(4, [4, 0x44, 0])], 'lun-outage').length, 1);
  for (const id of ['lun-exchanged', 'lun-outage']) {
    assert.equal(found([away(1, [5, 0x21, 0])], id), []);
    assert.equal(found([away(4, [5, 0x21, 0], 200)], id), []);
    assert.equal(found([away(4, [5, 0x24, 0])], id), []);
  }
});

test('packets that overtake each other are disorder, not loss', async () => {
  const count = async (path: string, id: string) => told(await reportOf(path), id).length;
  const disorder = 'captures/tgt-reordered.pcap.gz';
  const lost = sharedCapture('faults/mtu-black-hole-later-tgt.pcap');
  assert.ok((await count(disorder, 'packets-overtaken')) > 0);
  assert.is(await count(disorder, 'tcp-delay'), 0);
  assert.ok((await count(lost, 'tcp-delay')) > 0);
  assert.is(await count(lost, 'packets-overtaken'), 0);
});

test.run();

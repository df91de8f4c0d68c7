// A disk that is broken at some of its blocks, a store that has no room left, and a LUN that was away for a while.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { senseData } from '../support/build.js';
import { cdb10, Dialogue, fixedSense } from '../support/dialogue.js';
import { found, MS } from '../support/found.js';

const MEDIUM = [3, 0x11, 0] as const;

/** A disk: reads and writes at these blocks, executed or refused, one after the other. */
class Disk {
  readonly d = new Dialogue();
  #t = this.d.login(0) + MS;

  does(...blocks: readonly number[]): this {
    for (const lba of blocks) this.#t = this.d.read10(lba, 8, this.#t).statusNs + 10 * MS;
    return this;
  }

  writes(...blocks: readonly number[]): this {
    for (const lba of blocks) this.#t = this.d.write10(lba, 8, this.#t).statusNs + 10 * MS;
    return this;
  }

  refuses(what: 'read' | 'write', sense: readonly [number, number, number], ...at: number[]): this {
    for (const lba of at) {
      const initiatorTaskTag = this.d.nextTag();
      const cdb = cdb10(what === 'read' ? 0x28 : 0x2a, lba, 8);
      const fields = { initiatorTaskTag, lun: this.d.options.lun, [what]: 1, cdb };
      const length = { expectedDataTransferLength: 4096 };
      this.d.say('scsi-command', { ...fields, ...length }, this.#t, { advance: 'cmdSN' });
      const data = senseData(fixedSense(...sense));
      const left = { status: 2, residualUnderflow: 1, residualCount: 4096 };
      this.d.say('scsi-response', { initiatorTaskTag, ...left }, this.#t + MS, {
        data,
        advance: 'statSN',
      });
      this.#t += 20 * MS;
    }
    return this;
  }
}

test('blocks that are refused while others are executed are told by their numbers', () => {
  const disk = new Disk().does(0, 8).refuses('read', MEDIUM, 100, 108, 100).does(0, 300).writes(8);
  const [finding] = found([disk.d], 'blocks-refused');
  assert.is(finding.owes, 'target');
  assert.match(finding.title, /^Blocks 100 to 115 of LUN 1 could not be read: MEDIUM ERROR/);
  assert.equal(found([disk.d], 'lun-outage'), []);
});

test('two places far apart are some blocks between them', () => {
  const disk = new Disk().does(0).refuses('read', MEDIUM, 100, 9000).does(20_000);
  assert.match(found([disk.d], 'blocks-refused')[0].title, /^Some blocks between 100 and 9007 of/);
});

test('writes that are refused while reads go on: a store without room', () => {
  for (const sense of [
    [2, 8, 0],
    [7, 0x27, 7],
  ] as const) {
    const disk = new Disk().writes(0, 8).refuses('write', sense, 100, 900).does(0, 8, 100);
    const [finding] = found([disk.d], 'blocks-refused');
    assert.match(finding.title, /^LUN 1 refuses writes, and goes on to execute reads/);
    assert.match(finding.next, /how much room/);
  }
});

test('a LUN that refused all its work for a while and came back, one error, and one that was never executed', () => {
  const back = new Disk().does(0, 100).refuses('read', MEDIUM, 0, 100, 50).does(50, 0, 100);
  assert.equal(found([back.d], 'blocks-refused'), []);
  assert.is(found([back.d], 'lun-outage').length, 0, 'it is no state of the unit');
  const one = new Disk().does(0).refuses('read', MEDIUM, 100).does(0);
  assert.equal(found([one.d], 'blocks-refused'), []);
  const never = new Disk().does(0, 100).refuses('read', MEDIUM, 0, 100);
  assert.equal(found([never.d], 'blocks-refused'), []);
});

test.run();

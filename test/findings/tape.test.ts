// What the sense data of a tape means: marks and short blocks are no errors, a block whose bytes did not
// come is lost, and a deferred error is of a command before.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { senseData } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { found, MS, told } from '../support/found.js';
import { firstLines, reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

const ILI = 0x20;
const EOM = 0x40;
const FILEMARK = 0x80;
const ASKED = 1024;

interface Read {
  /** Bytes of Data-In, and of the residual (underflow). */
  readonly moved: number;
  readonly left: number;
  readonly bits?: number;
  readonly key?: number;
  readonly information?: number;
  readonly response?: number;
  readonly asc?: readonly [number, number];
  readonly fixed?: boolean;
  /** Sense data with descriptors. */
  readonly descriptors?: boolean;
}

function senseOf(read: Read): Uint8Array {
  const { bits = 0, key = 0, information, response = 0x70, asc = [0, 0] } = read;
  const info = information ?? 0;
  const four = [info >>> 24, (info >>> 16) & 255, (info >>> 8) & 255, info & 255];
  if (!read.descriptors) {
    const valid = information === undefined ? 0 : 0x80;
    const head = [response | valid, 0, key | bits, ...four, 10, 0, 0, 0, 0, ...asc, 0, 0, 0, 0];
    return Uint8Array.from(head);
  }
  const told = [0, 10, 0x80, 0, 0, 0, 0, 0, ...four];
  return Uint8Array.from([response + 2, key, ...asc, 0, 0, 0, 16, ...told, 4, 2, 0, bits]);
}

/** A tape's INQUIRY, then a READ(6) of one block of 1,024 bytes at most that ends with CHECK CONDITION. */
function tape(read: Read): Dialogue {
  const d = new Dialogue();
  const inquiry = new Uint8Array(36);
  inquiry[0] = 1;
  inquiry[4] = 31;
  const t = d.command(Uint8Array.of(0x12, 0, 0, 0, 36, 0), d.login(0) + MS, { read: inquiry });
  const atNs = t.statusNs + MS;
  const initiatorTaskTag = d.nextTag();
  const cdb = Uint8Array.of(8, read.fixed ? 1 : 0, 0, 4, 0, 0);
  const fields = { initiatorTaskTag, lun: d.options.lun, read: 1, final: 1, cdb };
  const length = { expectedDataTransferLength: ASKED };
  d.say('scsi-command', { ...fields, ...length }, atNs, { advance: 'cmdSN' });
  if (read.moved > 0) {
    const data = new Uint8Array(read.moved);
    d.say('data-in', { initiatorTaskTag, final: 1 }, atNs + MS, { data });
  }
  const left: Record<string, number> =
    read.left > 0 ? { residualUnderflow: 1, residualCount: read.left } : {};
  const data = senseData(senseOf(read));
  d.say('scsi-response', { initiatorTaskTag, status: 2, ...left }, atNs + 2 * MS, {
    data,
    advance: 'statSN',
  });
  return d;
}

const lost = (read: Read) => found([tape(read)], 'sense-without-data');

test('a block whose bytes did not come: also where the residual adds up', () => {
  for (const descriptors of [false, true]) {
    const [silent] = lost({ moved: 0, left: 0, bits: ILI, information: 512, descriptors });
    assert.match(
      silent.text,
      /1 KiB expected, 0 B moved, .*INFORMATION\) says that the block had 512 B/,
    );
    assert.is(lost({ moved: 0, left: ASKED, bits: ILI, information: 512, descriptors }).length, 1);
    assert.is(lost({ moved: 100, left: 924, bits: ILI, information: 512, descriptors }).length, 1);
  }
  assert.match(lost({ moved: 0, left: 0, bits: ILI })[0].text, /the residual does not say/);
});

test('short and long blocks, marks, and blocks whose length is not told lose nothing', () => {
  for (const descriptors of [false, true]) {
    assert.equal(lost({ moved: 512, left: 512, bits: ILI, information: 512, descriptors }), []);
    assert.equal(lost({ moved: ASKED, left: 0, bits: ILI, information: -4096, descriptors }), []);
    assert.equal(lost({ moved: 0, left: 0, bits: FILEMARK, information: 1024, descriptors }), []);
  }
  assert.equal(lost({ moved: 0, left: ASKED, bits: FILEMARK }), []);
  // Of fixed blocks INFORMATION counts blocks.
  assert.equal(lost({ moved: 0, left: ASKED, bits: ILI, information: 1, fixed: true }), []);
  // The sense data is of another command.
  assert.equal(lost({ moved: 0, left: 0, bits: ILI, information: 512, response: 0x71 }), []);
});

test('NO SENSE is a note that names what the tape met', () => {
  const note = (read: Read) => found([tape(read)], 'check-condition')[0];
  const mark = note({ moved: 0, left: ASKED, bits: FILEMARK, asc: [0, 1] });
  assert.is(mark.severity, 'note');
  assert.is(mark.title, 'CHECK CONDITION: NO SENSE, FILEMARK DETECTED');
  assert.match(mark.text, /A filemark ends a file: no error/);
  const short = note({ moved: 512, left: 512, bits: ILI, information: 512 });
  assert.is(short.severity, 'note');
  assert.match(short.title, /, ILI$/);
  assert.match(note({ moved: ASKED, left: 0, bits: EOM }).text, /near its end/);
});

test('a deferred error is of an earlier command, a current one is not', () => {
  const medium = { moved: 0, left: ASKED, key: 3, asc: [0x0c, 0] } as const;
  for (const descriptors of [false, true]) {
    const [late] = found([tape({ ...medium, response: 0x71, descriptors })], 'deferred-error');
    assert.is(late.severity, 'critical');
    assert.match(late.title, /^Deferred error: MEDIUM ERROR, WRITE ERROR/);
    assert.match(late.text, /of an earlier command, which had been told good/);
    const now = tape({ ...medium, descriptors });
    assert.equal(found([now], 'deferred-error'), []);
    assert.is(found([now], 'check-condition')[0].severity, 'critical');
  }
  const recovered = tape({ ...medium, key: 1, response: 0x71 });
  assert.is(found([recovered], 'deferred-error')[0].severity, 'note');
});

test('cases/c05: the block that is lost stands out, the other two are notes', async () => {
  const report = await reportOf(sharedCapture('cases/c05-tape-short-block.pcap'));
  assert.equal(told(report, 'sense-without-data')[0].frames, [35]);
  assert.match(firstLines(report).join(' '), /1 read ended with NO SENSE.*the block had +32 KiB/);
  const notes = told(report, 'check-condition');
  assert.equal(
    notes.map((one) => one.severity),
    ['note', 'note'],
  );
  assert.equal(told(report, 'deferred-error'), []);
});

test.run();

// Headers that were cut: by which length, whatever the file's own header says, and which one takes them whole.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFile } from '../support/capture.js';
import { Dialogue } from '../support/dialogue.js';
import { MS } from '../support/found.js';
import { cut } from '../support/mishaps.js';
import { pcapFile } from '../support/pcap-writer.js';
import { firstLines, reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

/** Ethernet, IPv4 and TCP without options take 54 bytes, a header 48 more. */
const WHOLE = 54 + 48;

async function cutAt(length: number, snaplen: number) {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < 20; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  return reportOf(temporaryFile(pcapFile(cut(d.tcp.captured(), length), { snaplen })));
}

for (const length of [54 + 30, 54 + 42]) {
  test(`cut at ${length}, though the file says 262,144: which snaplen it takes`, async () => {
    const report = await cutAt(length, 262_144);
    assert.is(report.capture.snaplen, length);
    assert.is(report.capture.snaplenNeeded, WHOLE);
    const loss = report.findings.find(
      ({ id, title }) => id === 'capture-loss' && /cut/.test(title),
    );
    assert.match(loss?.title ?? '', new RegExp(`snaplen ${length}\\)`));
    assert.match(
      loss?.text ?? '',
      new RegExp(`only ${length - 54} of 48 bytes .*snaplen ${WHOLE} takes`),
    );
    assert.match(
      firstLines(report).join('\n'),
      new RegExp(`snaplen ${length} cut: ${WHOLE} takes`),
    );
  });
}

test('data that is cut behind whole headers needs no other snaplen', async () => {
  const report = await cutAt(160, 262_144);
  assert.is(report.capture.snaplen, 160);
  assert.is(report.capture.snaplenNeeded, undefined);
  assert.not.match(firstLines(report).join('\n'), /takes those/);
  const whole = await cutAt(9000, 262_144);
  assert.is(whole.capture.snaplen, 262_144);
  assert.is(whole.capture.packetsTruncated, 0);
});

test('mid-stream with 30 of 48 bytes: the commands are counted, and 114 would take the rest', async () => {
  const report = await reportOf(sharedCapture('cases/c20c-snaplen96-timestamps-mid.pcap'));
  assert.is(report.capture.snaplenNeeded, 114);
});

test.run();

// iSCSI joined in mid-stream by a capture whose snaplen cuts every header: told by commands and the
// answers to their tags, or the snaplen that it takes is said.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../../src/report/report.js';
import { temporaryFile } from '../../support/capture.js';
import { pcapFile } from '../../support/pcap-writer.js';
import { sanscope } from '../../support/program.js';
import { firstLines, reportOf } from '../../support/report.js';
import { type HeldPacket, packetsOf } from '../../support/road.js';
import { sharedCapture } from '../../support/shared.js';

/** Ethernet, IPv4 and TCP with timestamps; the task tag, in a header; the ports. */
const HEADER = 14 + 20 + 32;
const TAG = HEADER + 16;
const PORTS = 14 + 20;

const file = sharedCapture('cases/c20c-snaplen96-timestamps-mid.pcap');

async function reportWith(change: (bytes: Uint8Array) => Uint8Array): Promise<Report> {
  const packets: HeldPacket[] = [];
  for (const p of await packetsOf(file)) packets.push({ ...p, bytes: change(p.bytes.slice()) });
  return reportOf(temporaryFile(pcapFile(packets, { snaplen: 96 })));
}

const isTarget = (bytes: Uint8Array) => (bytes[PORTS] << 8) + bytes[PORTS + 1] === 3260;

test('cases/c20c: commands by opcode, flags and tag, with their latency', async () => {
  const report = await reportOf(file);
  const { commandCount, completed, unanswered, dataInBytes, dataOutBytes } = report.totals;
  assert.equal([commandCount, completed, unanswered], [60, 60, 0]);
  assert.equal([dataInBytes, dataOutBytes], [40 * 4096, 20 * 4096]);
  const operations = report.operationTotals.map((one) => [one.operation, one.commandCount]);
  assert.equal(operations, [
    ['read (CDB unseen)', 40],
    ['write (CDB unseen)', 20],
  ]);
  const listed = sanscope(['commands', file, '--json', '-n', '3']).stdout.trim().split('\n');
  assert.equal(
    listed.map((line) => JSON.parse(line).operation),
    ['read (CDB unseen)', 'read (CDB unseen)', 'write (CDB unseen)'],
  );
  assert.is(Math.round((report.totals.latency?.maxNs ?? 0) / 1e6), 25);
  assert.match(
    firstLines(report)[0],
    /^Nothing wrong was found: 1 session, 60 commands, 60 answered/,
  );
  assert.equal(
    report.findings.filter((one) => one.severity !== 'note').map((one) => one.id),
    [],
  );
});

test('answers to other tags prove nothing, nor do headers cut before the end of their tag', async () => {
  const others = await reportWith((bytes) => {
    if (isTarget(bytes)) bytes[TAG] ^= 0x40;
    return bytes;
  });
  const short = await reportWith((bytes) => bytes.subarray(0, TAG + 2));
  for (const report of [others, short]) {
    assert.is(report.totals.sessionCount, 0);
    assert.match(firstLines(report).join('\n'), /iSCSI over IPv4 takes 114, 160 is safe/);
  }
});

test('the same bytes on other ports prove nothing', async () => {
  const report = await reportWith((bytes) => {
    const port = isTarget(bytes) ? PORTS : PORTS + 2;
    bytes[port] = 0x1f;
    return bytes;
  });
  assert.is(report.totals.sessionCount, 0);
});

test.run();

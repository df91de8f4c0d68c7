// Each rule on a recorded capture that shows it, and on one that comes near and does not.

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/findings/finding.js';
import { RULES } from '../../src/findings/rules.js';
import { pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

async function found(path: string, id: string): Promise<readonly Finding[]> {
  return (await reportOf(path)).findings.filter((finding) => finding.id === id);
}

test('ids are unique and each rule says what it is about', () => {
  const ids = RULES.map((rule) => rule.id);
  assert.is(new Set(ids).size, ids.length);
  assert.ok(RULES.every((rule) => rule.about.length > 20));
});

test('a login with the wrong password is rejected, one with the right is not', async () => {
  const [finding] = await found('captures/tgt-chap-wrong-password.pcap', 'login-failed');
  assert.is(finding.title, 'Login rejected: Authentication failure');
  assert.is(finding.severity, 'critical');
  assert.equal(finding.frames, [11, 20]);
  assert.equal(await found('captures/tgt-chap.pcap', 'login-failed'), []);
});

test('a target that goes away leaves a connection without a logout', async () => {
  const findings = await found('captures/tgt-killed-and-back.pcap.gz', 'connection-lost');
  assert.equal(
    findings.map((f) => [f.connection, f.frames]),
    [[0, [884, 891, 893]]],
  );
  assert.equal(await found('captures/tgt-chap.pcap', 'connection-lost'), []);
});

test('two taps whose clocks differ are told by data that comes after its ACK', async () => {
  const packets = await packetsOf('captures/tgt-chap.pcap');
  const load = (await packetsOf('captures/tgt-header-digest.pcap.gz')).slice(0, 1500);
  for (const [shiftNs, who] of [
    [2e6, 'initiator'],
    [-2e6, 'target'],
  ] as const) {
    const { findings } = await withFile(shifted(load, shiftNs), (path) => reportOf(path));
    const [finding, ...more] = findings.filter((f) => f.id === 'clocks-differ');
    assert.match(finding.title, new RegExp(`What the ${who} sent was captured after`));
    assert.match(finding.text, /up to (1\.9\d|2\.00) ms after/);
    assert.is(more.length, 0);
  }
  for (const all of [packets, load]) {
    const { findings } = await withFile(all, (path) => reportOf(path));
    assert.equal(
      findings.filter((f) => f.id === 'clocks-differ'),
      [],
    );
  }
});

test('snaplen is told once for the capture, and not of a whole one', async () => {
  const cut = await found('captures/tgt-mixed-load-snaplen160.pcap.gz', 'capture-loss');
  assert.is(cut.filter((f) => /snaplen 160/.test(f.title)).length, 1);
  assert.equal(await found('captures/tgt-mixed-load.pcap.gz', 'capture-loss'), []);
});

test('a unit attention is a note with the command it met', async () => {
  const [finding] = await found('captures/tgt-chap.pcap', 'unit-attention');
  assert.is(finding.severity, 'note');
  assert.match(finding.title, /UNIT ATTENTION: POWER ON/);
  assert.equal(finding.frames, [14]);
  assert.match(finding.text, /TEST UNIT READY/);
});

/** What goes to port 3260 was captured by another clock, and both were merged by time. */
function shifted(packets: readonly HeldPacket[], byNs: number): HeldPacket[] {
  const toTarget = ({ bytes }: HeldPacket) => bytes[36] * 256 + bytes[37] === 3260;
  return packets
    .map((p) => ({ ...p, timeNs: p.timeNs + 1e7 + (toTarget(p) ? byNs : 0) }))
    .sort((a, b) => a.timeNs - b.timeNs);
}

/** Packets in a temporary file for as long as `use` takes. */
async function withFile<T>(packets: readonly HeldPacket[], use: (path: string) => Promise<T>) {
  const path = join(tmpdir(), `sanscope-test-findings-${process.pid}.pcap`);
  writeFileSync(path, pcapFile(packets));
  const result = await use(path);
  rmSync(path);
  return result;
}

/** Packets of one direction: Ethernet, IPv4 without options. */
async function onlyFrom(side: 'initiator' | 'target', path: string): Promise<HeldPacket[]> {
  const at = side === 'initiator' ? 36 : 34; // destination or source port
  return (await packetsOf(path)).filter((p) => p.bytes[at] * 256 + p.bytes[at + 1] === 3260);
}

for (const seen of ['initiator', 'target'] as const) {
  test(`only the ${seen} was captured: said so, and nobody is accused`, async () => {
    const packets = await onlyFrom(seen, 'captures/tgt-discovery-login.pcap');
    const report = await withFile(packets, reportOf);
    const titles = new Set(report.findings.map((f) => f.title));
    assert.ok(titles.has(`Only what the ${seen} sent was captured`), [...titles].join());
    assert.equal(
      report.findings.filter((f) => f.severity === 'critical'),
      [],
    );
    assert.is(report.problems.counts['protocol-odd'], undefined);
    const { commands, unanswered, commandsNotCaptured } = report.totals;
    assert.is(unanswered, 0);
    assert.ok(commands + commandsNotCaptured > 0);
  });
}

test('segments out of order are no retransmissions', async () => {
  const packets = await packetsOf('captures/tgt-unsolicited-data.pcap.gz');
  const moved = packets.map((p, i) => ({ ...(packets[i ^ 1] ?? p), timeNs: p.timeNs }));
  const all = await withFile(moved, reportOf);
  const delays = all.findings.filter((f) => f.id === 'tcp-delay');
  assert.ok(delays.length > 0);
  for (const { title } of delays) {
    assert.match(title, /waited for segments that came out of order/);
  }
});

const PROBES: [name: string, id: string, title: RegExp, near: string][] = [
  ['probes/t26.pcap', 'tcp-delay', /1 command waited/, 'probes/t01.pcap'],
  ['probes/t06.pcap', 'digest-bad', /PDU.* with a bad digest/, 'probes/t27.pcap'],
  ['probes/t32.pcap', 'commands-aborted', /1 command aborted/, 'probes/t01.pcap'],
  ['probes/t51.pcap', 'commands-rejected', /1 command rejected/, 'probes/t01.pcap'],
  ['probes/t09.pcap', 'status-not-captured', /4 commands whose status/, 'probes/t01.pcap'],
];

for (const [name, id, title, near] of PROBES) {
  const path = sharedCapture(name);
  const nearPath = sharedCapture(near);
  if (path === undefined || nearPath === undefined) continue;
  test(`${id} in ${name}, not in ${near}`, async () => {
    const [finding] = await found(path, id);
    assert.ok(finding);
    assert.match(finding.title, title);
    assert.ok(finding.frames.length > 0);
    assert.equal(await found(nearPath, id), []);
  });
}

test.run();

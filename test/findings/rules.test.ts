// Each rule on a recorded capture that shows it, and on one that comes near and does not.

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Evidence } from '../../src/findings/evidence.js';
import { proofOf, RULES } from '../../src/findings/rules.js';
import { Metrics } from '../../src/metrics/metrics.js';
import { analyse } from '../../src/pipeline.js';
import type { SessionQuery } from '../../src/session/session-query.js';
import { foundInFile, told } from '../support/found.js';
import { concat } from '../support/octets.js';
import { ipBytes } from '../support/packet-builder.js';
import { PcapngWriter, pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

test('ids are unique and each rule says what it is about', () => {
  const ids = RULES.map((rule) => rule.id);
  assert.is(new Set(ids).size, ids.length);
  assert.ok(RULES.every((rule) => rule.about.length > 20));
  const tells = RULES.flatMap((rule) => Object.keys(rule.tells));
  assert.is(new Set(tells).size, tells.length, 'an id is told by one rule');
});

test('each finding has fields that exist, and all its words', () => {
  for (const rule of RULES) {
    for (const [id, tell] of Object.entries(rule.tells)) {
      for (const name of tell.proof ?? []) assert.ok(proofOf(name).bytes > 0, name);
      const words = [tell.about, tell.reference, tell.disproof, tell.next];
      assert.ok(
        words.every((text) => /^[A-Z“"–].*[^ ]$/s.test(text) || /^[a-z]/.test(text)),
        id,
      );
      assert.ok(
        [tell.about, tell.disproof, tell.next].every((text) => text.endsWith('.')),
        `${id}: sentences end`,
      );
    }
  }
});

test('a login with the wrong password is rejected, one with the right is not', async () => {
  const [finding] = await foundInFile('captures/tgt-chap-wrong-password.pcap', 'login-failed');
  assert.is(finding.title, 'Login rejected: Authentication failure');
  assert.is(finding.severity, 'critical');
  assert.equal(finding.frames, [11, 20]);
  assert.equal(await foundInFile('captures/tgt-chap.pcap', 'login-failed'), []);
});

test('a target that goes away leaves a connection without a logout', async () => {
  const findings = await foundInFile('captures/tgt-killed-and-back.pcap.gz', 'connection-lost');
  assert.equal(
    findings.map((f) => [f.connection, f.frames]),
    [[0, [884, 891, 893]]],
  );
  assert.equal(await foundInFile('captures/tgt-chap.pcap', 'connection-lost'), []);
});

test('two taps whose clocks differ are told by data that comes after its ACK', async () => {
  const packets = await packetsOf('captures/tgt-chap.pcap');
  const load = (await packetsOf('captures/tgt-header-digest.pcap.gz')).slice(0, 1500);
  for (const [shiftNs, who] of [
    [2e6, 'initiator'],
    [-2e6, 'target'],
  ] as const) {
    const report = await withFile(shifted(load, shiftNs), (path) => reportOf(path));
    const [finding, ...more] = told(report, 'clocks-differ');
    assert.match(finding.title, new RegExp(`What the ${who} sent was captured after`));
    assert.match(finding.text, /up to (1\.9\d|2\.00) ms after/);
    assert.is(more.length, 0);
  }
  for (const all of [packets, load]) {
    const report = await withFile(all, (path) => reportOf(path));
    assert.equal(told(report, 'clocks-differ'), []);
  }
});

test('snaplen is told once for the capture, and not of a whole one', async () => {
  const cut = await foundInFile('captures/tgt-mixed-load-snaplen160.pcap.gz', 'capture-loss');
  assert.is(cut.filter((f) => /snaplen 160/.test(f.title)).length, 1);
  assert.equal(await foundInFile('captures/tgt-mixed-load.pcap.gz', 'capture-loss'), []);
});

test('a unit attention is a note with the command it met', async () => {
  const [finding] = await foundInFile('captures/tgt-chap.pcap', 'unit-attention');
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

test('a rule asks only the watches that it names', async () => {
  for (const rule of RULES) {
    const metrics = new Metrics(1);
    const evidence = new Evidence(rule.watches ?? []);
    const look = (query: SessionQuery) => {
      evidence.look = query;
    };
    const road = await analyse(['captures/tgt-killed-and-back.pcap.gz'], {
      taskSink: evidence,
      pduSink: evidence,
      tcpSink: evidence,
      look,
    });
    const facts = Object.assign({ metrics, evidence }, road);
    assert.not.throws(() => rule.find(facts), undefined, rule.id);
  }
});

/** A whole file for as long as `use` takes. */
async function withBytes(bytes: Uint8Array, id: string): ReturnType<typeof foundInFile> {
  const path = join(tmpdir(), `sanscope-test-findings-${process.pid}.pcap`);
  writeFileSync(path, bytes);
  const findings = await foundInFile(path, id);
  rmSync(path);
  return findings;
}

test('a clock that steps back, and packets that the capturing program dropped', async () => {
  const packets = await packetsOf('captures/tgt-chap.pcap');
  const back = packets.map((p, i) => (i === 9 ? { ...p, timeNs: p.timeNs - 5_000_000 } : p));
  const [clock] = await withBytes(pcapFile(back), 'clock-backwards');
  assert.is(clock.title, '1 packet older than the one before');
  assert.equal(await withBytes(pcapFile(packets), 'clock-backwards'), []);
  const counted = (osDrop: number): Uint8Array => {
    const file = new PcapngWriter().section().interface({ tsresol: 9 });
    for (const { timeNs, bytes } of packets) file.enhanced(0, timeNs, bytes);
    return file.statistics(0, { received: 100, osDrop }).done();
  };
  const [dropped] = await withBytes(counted(4), 'capture-dropped');
  assert.match(dropped.title, /dropped 4 packets/);
  assert.is(dropped.severity, 'note'); // none of iSCSI
  assert.equal(await withBytes(counted(0), 'capture-dropped'), []);
});

test('a router that says "too big" is heard', async () => {
  const packets = await packetsOf('captures/tgt-chap.pcap');
  const told = (code: number): Uint8Array => {
    const body = Uint8Array.of(3, code, 0, 0, 0, 0, 1400 >> 8, 1400 & 255);
    const ip = ipBytes(1, concat(body, new Uint8Array(28)));
    const bytes = concat(packets[0].bytes.subarray(0, 14), ip);
    return pcapFile([
      ...packets,
      { ...packets[packets.length - 1], bytes, originalLength: undefined },
    ]);
  };
  const [finding] = await withBytes(told(4), 'fragmentation-needed');
  assert.match(finding.text, /smallest size that it named is 1400/);
  assert.equal(finding.frames, [packets.length + 1]);
  assert.equal(await withBytes(told(1), 'fragmentation-needed'), []);
});

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
    const { commandCount: commands, unanswered, commandsNotCaptured } = report.totals;
    assert.is(unanswered, 0);
    assert.ok(commands + commandsNotCaptured > 0);
  });
}

test('segments out of order are no retransmissions', async () => {
  const packets = await packetsOf('captures/tgt-unsolicited-data.pcap.gz');
  const moved = packets.map((p, i) => ({ ...(packets[i ^ 1] ?? p), timeNs: p.timeNs }));
  const all = await withFile(moved, reportOf);
  assert.equal(told(all, 'tcp-delay'), []);
  const late = told(all, 'packets-overtaken');
  assert.ok(late.length > 0);
  // Nobody asked for them again: it was the capture.
  for (const { title, owes, severity } of late) {
    assert.match(title, /the capture changed the order of packets/);
    assert.equal([owes, severity], ['capture', 'note']);
  }
});

/** Captures that show a finding, and those that come near it and do not. */
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
  test(`${id} in ${name}, not in ${near}`, async () => {
    const [finding] = await foundInFile(path, id);
    assert.ok(finding);
    assert.match(finding.title, title);
    assert.ok(finding.frames.length > 0);
    assert.equal(await foundInFile(nearPath, id), []);
  });
}

test.run();

// Very many sessions: the oldest that are over are no longer told one by one, and nothing is miscounted.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Analysis } from '../../src/analysis.js';
import { Packet } from '../../src/capture/packet.js';
import { CONNECTIONS_MAX, SESSIONS_IN_FULL } from '../../src/limits.js';
import { ACK, RST } from '../../src/packet/segment.js';
import { analyse, Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import { Collector } from '../../src/report/collect.js';
import { renumber, writeShape } from '../../tools/shapes.js';
import { pdu } from '../support/build.js';
import { IserDialogue } from '../support/iser-dialogue.js';
import { tcpPacket } from '../support/packet-builder.js';
import { pcapFile } from '../support/pcap-writer.js';
import { NO_FACTS } from '../support/road.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-many-'));

for (const ends of ['logout', 'cut', 'refused'] as const) {
  test(`sessions that end by ${ends}: the last are told in full, all are counted`, async () => {
    const sessions = SESSIONS_IN_FULL + 300;
    const path = join(folder, `${ends}.pcap`);
    writeShape(path, { sessions, commands: 2, everyNs: 2e6, ends });
    const collector = new Collector(20);
    const analysis = await analyse([path], collector.sinks());
    const report = collector.report(analysis);
    const commands = ends === 'refused' ? 0 : 2 * sessions;
    assert.is(report.totals.sessionCount, sessions);
    assert.is(report.totals.connectionCount, sessions);
    assert.is(report.totals.commandCount, commands);
    assert.is(report.capture.otherConnections, 0);
    const left = report.totals.sessionsNotListed ?? 0;
    assert.ok(left >= 250 && left <= 300, String(left));
    assert.is(report.sessions.length, sessions - left);
    assert.is(report.sessions.at(-1)?.session, sessions - 1);
    assert.is(report.problems.counts['limit-reached'], 1);
    const told = report.sessions.at(-1);
    assert.is(told?.commandCount, ends === 'refused' ? 0 : 2);
    assert.is(analysis.sessions[0].forgotten, true);
    assert.is(analysis.sessions[0].initiatorName, 'iqn.2001-04.com.example:host1');
    const pdus = report.totals.pduCount;
    assert.is(pdus, sessions * (ends === 'refused' ? 2 : ends === 'cut' ? 8 : 10));
  });
}

test('an iSER session that is forgotten is not asked for what it did by RDMA, so far and at the end', async () => {
  const iser = join(folder, 'iser.pcap');
  const d = new IserDialogue().login().readCommand(1, 512, 7).write(7, 0, 512).response(1);
  writeFileSync(iser, pcapFile(d.raw(0, new Uint8Array(0), ACK | RST).packets));
  const others = join(folder, 'others.pcap');
  const sessions = SESSIONS_IN_FULL + 10;
  writeShape(others, { sessions, commands: 0, everyNs: 2e6, ends: 'logout' });
  let soFar: (() => Analysis) | undefined;
  let packets = 0;
  const told: (readonly [rdma: number, forgotten: number])[] = [];
  const look = ({ rdma, forgotten }: Analysis): void => {
    told.push([rdma.length, forgotten.sessions]);
  };
  const analysis = await analyse([iser, others], {
    soFar: (ask) => {
      soFar = ask;
    },
    packetSink: {
      packet: () => {
        if (++packets % 10_000 === 0 && soFar !== undefined) look(soFar());
      },
    },
  });
  look(analysis);
  assert.equal(told[0], [1, 0], 'known at first');
  const [rdma, forgotten] = told.at(-1)!;
  assert.ok(forgotten > 0);
  assert.is(rdma, 0);
  assert.is(analysis.sessions[0].forgotten, true);
});

/** A login that says it has 16 MB, of which little comes. */
function claim(connection: number): Uint8Array {
  const fields = { csg: 1, nsg: 3, transit: 1, isid: '00023d000001', dataSegmentLength: 0xffffff };
  const payload = pdu('login-request', fields, { data: new Uint8Array(100) });
  const ends = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 20_000, dstPort: 3260 };
  const bytes = tcpPacket({ ...ends, seq: 1000, ack: 1, flags: ACK, payload });
  renumber(bytes, true, connection);
  return bytes;
}

test('logins that never end are forgotten with their connections', () => {
  const count = CONNECTIONS_MAX + 2 * SESSIONS_IN_FULL;
  const road = new Road(new ProblemLog(16), {});
  const packet = new Packet();
  packet.linkType = 1;
  for (let i = 0; i < count; i++) {
    packet.bytes = claim(i);
    packet.view = new DataView(packet.bytes.buffer);
    packet.capturedLength = packet.bytes.length;
    packet.originalLength = packet.bytes.length;
    packet.timeNs = i * 1e5;
    packet.frame = i + 1;
    road.packet(packet);
  }
  const { stories, forgotten, connectionsTotal } = road.facts(NO_FACTS);
  assert.is(connectionsTotal, count);
  // Those that are followed, and sessions that are told in full (and the newest): the others are counted.
  assert.ok(stories.length <= CONNECTIONS_MAX + SESSIONS_IN_FULL + 1, String(stories.length));
  assert.ok(forgotten.sessions > 0);
  assert.is(stories.length + forgotten.sessions, count);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

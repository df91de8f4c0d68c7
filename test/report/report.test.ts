import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { pduJson } from '../../src/export/pdu-json.js';
import { reportJson } from '../../src/export/report-json.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';
import type { CommandRecord } from '../../src/scsi/task-facts.js';
import { reportOf } from '../support/report.js';

const LOAD = 'captures/tgt-mixed-load.pcap.gz';

function jsonOf(report: Report): string {
  const parts: string[] = [];
  reportJson(report, (part) => parts.push(part));
  return parts.join('');
}

test('the names of the JSON document that others build on', async () => {
  const report = JSON.parse(jsonOf(await reportOf(LOAD)));
  assert.is(report.schema, 'sanscope/report/2');
  for (const key of ['capture', 'totals', 'sessions', 'operations', 'slowest'])
    assert.ok(report[key], key);
  for (const key of [
    'connectionCount',
    'sessionCount',
    'pduCount',
    'commandCount',
    'completed',
    'unanswered',
  ]) {
    assert.type(report.totals[key], 'number', key);
  }
  for (const operation of report.operations) {
    for (const key of ['session', 'opcode', 'commandCount', 'completed', 'bytes']) {
      assert.type(operation[key], 'number', key);
    }
    assert.match(operation.lun, /^[0-9a-f]{16}$/);
    for (const key of ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max']) {
      assert.type(operation.latency[`${key}Ns`], 'number', key);
    }
  }
  assert.is(
    report.operations.find((o: { opcode: number }) => o.opcode === 0x9e).serviceAction,
    0x10,
  );
});

test('outcomes sum up, and sessions to the whole', async () => {
  const { totals, sessions, operations, operationTotals } = await reportOf(
    'captures/tgt-mixed-load-snaplen160.pcap.gz',
  );
  const sum = (list: readonly { commandCount: number }[]) =>
    list.reduce((n, o) => n + o.commandCount, 0);
  assert.is(
    Object.values(totals.outcomes).reduce((a, b) => a + b, 0),
    totals.commandCount,
  );
  assert.is(
    totals.completed + totals.unanswered + totals.statusNotCaptured + totals.rejected,
    totals.commandCount,
  );
  for (const list of [sessions, operations, operationTotals])
    assert.is(sum(list), totals.commandCount);
});

/** Latencies from nothing but `pdus --json`. */
async function latenciesByHand(path: string): Promise<Map<string, number[]>> {
  const open = new Map<string, { key: string; ns: number }>();
  const found = new Map<string, number[]>();
  const reader = new PduReader({
    details: false,
    take: (facts) => {
      const line = JSON.parse(pduJson(facts, { showSecrets: false, tree: false }));
      const tag = `${line.connection} ${line.initiatorTaskTag}`;
      if (line.name === 'SCSI Command') {
        open.set(tag, { key: `${line.connection} ${line.operation}`, ns: line.relativeNs });
      }
      const ends =
        line.name === 'SCSI Response' || (line.name === 'SCSI Data-In' && line.statusPresent);
      const command = open.get(tag);
      if (!ends || command === undefined) return;
      open.delete(tag);
      const list = found.get(command.key) ?? [];
      list.push(line.relativeNsEnd - command.ns);
      found.set(command.key, list);
    },
  });
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look });
  return found;
}

test('latencies equal a computation from the PDUs alone', async () => {
  const report = await reportOf(LOAD);
  const byHand = await latenciesByHand(LOAD);
  assert.is(report.operations.length, byHand.size);
  for (const operation of report.operations) {
    // One connection a session in this capture.
    const [connection] = report.sessions[operation.session ?? 0].connections;
    const list = byHand.get(`${connection.connection} ${operation.operation}`) ?? [];
    list.sort((a, b) => a - b);
    const l = operation.latency;
    assert.ok(l);
    assert.is(l.count, list.length);
    assert.is(l.minNs, list[0]);
    assert.is(l.maxNs, list[list.length - 1]);
    assert.is(l.p50Ns, list[Math.ceil(list.length / 2) - 1]);
    assert.is(l.meanNs, Math.round(list.reduce((a, b) => a + b, 0) / list.length));
  }
});

const ns = ({ latencyNs = Number.NaN }: CommandRecord): number => latencyNs;

test('the slowest are the slowest, and their phases sum up to the whole', async () => {
  const { slowest, totals } = await reportOf(LOAD);
  assert.is(slowest.length, 20);
  assert.is(slowest[0].latencyNs, totals.latency?.maxNs);
  for (const [i, command] of slowest.entries()) {
    if (i > 0) assert.ok(ns(command) <= ns(slowest[i - 1]));
    assert.is(
      command.phases.reduce((sum, p) => sum + p.ns, 0),
      command.latencyNs,
    );
    const { frame = 0, frameEnd = 0 } = command;
    assert.ok(frame > 0 && frameEnd >= frame);
  }
});

test('no secret is in a report', async () => {
  const text = jsonOf(await reportOf('captures/tgt-chap.pcap', 'captures/tgt-chap-mutual.pcap'));
  assert.not.match(text, /CHAP_[RC]"[^}]*"0x/);
});

test('written as it is made, session by session, it is the same', async () => {
  const collector = new Collector(20);
  const analysis = await analyse([LOAD], collector.sinks());
  const parts: string[] = [];
  reportJson(collector.streamed(analysis), (part) => parts.push(part));
  assert.is(parts.join(''), jsonOf(collector.report(analysis)));
  const none: string[] = [];
  reportJson({ sessions: [].values(), operations: [] }, (part) => none.push(part));
  assert.equal(JSON.parse(none.join('')), { sessions: [], operations: [] });
});

test('JSON in pieces is the JSON of the whole, and no piece is the whole', async () => {
  const report = await reportOf(LOAD);
  const parts: string[] = [];
  reportJson({ ...report, findings: [] }, (part) => parts.push(part));
  const whole = JSON.parse(JSON.stringify({ ...report, findings: [] }));
  assert.equal(JSON.parse(parts.join('')), whole);
  assert.ok(Math.max(...parts.map((part) => part.length)) < parts.join('').length / 2);
  for (const line of parts.join('').split('\n')) assert.match(line, /^( {2})*\S|^$/);
});

test.run();

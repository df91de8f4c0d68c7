// Metrics against a brute-force computation from the lines of `sanscope pdus --json` alone: sort,
// pair by session and task tag, add up.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { pduJson } from '../../src/export/pdu-json.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { OperationReport, Report } from '../../src/report/report.js';

interface Line {
  readonly session?: number;
  readonly pduOpcode: number;
  readonly relativeNs: number;
  readonly relativeNsEnd: number;
  readonly initiatorTaskTag: number;
  readonly targetTransferTag: number;
  readonly dataSegmentLength: number;
  readonly statusPresent?: boolean;
  readonly lun: string;
  readonly operation: string;
  readonly lba?: string;
  readonly blocks?: number;
  readonly read: boolean;
  readonly write: boolean;
  readonly expectedDataTransferLength: number;
}

interface Command {
  readonly line: Line;
  readonly dataIn: Line[];
  readonly dataOut: Line[];
  readonly r2ts: { readonly line: Line; readonly data: Line[] }[];
  status?: Line;
}

/** The report of a capture, and its PDUs as their JSON lines. */
async function both(path: string): Promise<{ report: Report; lines: Line[] }> {
  const lines: Line[] = [];
  const collector = new Collector(20);
  const reader = new PduReader({
    details: false,
    links: false,
    showSecrets: false,
    wanted: () => true,
    take: (facts) => {
      lines.push(JSON.parse(pduJson(facts, { showSecrets: false, tree: false })) as Line);
    },
    lost: () => {},
    taskEnded: () => {},
  });
  const road = await analyse([path], {
    look: reader.look,
    taskSink: {
      taskStarted: (t) => {
        collector.taskStarted(t);
        reader.taskStarted(t);
      },
      taskEnded: (t) => {
        collector.taskEnded(t);
        reader.taskEnded(t);
      },
    },
    pduSink: reader,
  });
  return { report: collector.report(road), lines };
}

function commandsOf(lines: readonly Line[]): Command[] {
  const open = new Map<string, Command>();
  const all: Command[] = [];
  for (const line of lines) {
    const key = `${line.session} ${line.initiatorTaskTag}`;
    if (line.pduOpcode === 0x01) {
      const command: Command = { line, dataIn: [], dataOut: [], r2ts: [] };
      open.set(key, command);
      all.push(command);
      continue;
    }
    const command = open.get(key);
    if (command === undefined || command.status !== undefined) continue;
    if (line.pduOpcode === 0x31) command.r2ts.push({ line, data: [] });
    else if (line.pduOpcode === 0x05) {
      command.dataOut.push(line);
      command.r2ts
        .findLast((r) => r.line.targetTransferTag === line.targetTransferTag)
        ?.data.push(line);
    } else if (line.pduOpcode === 0x25) {
      command.dataIn.push(line);
      if (line.statusPresent) command.status = line;
    } else if (line.pduOpcode === 0x21) command.status = line;
  }
  return all;
}

type Span = readonly [from: number, to: number];

/** Every elementary interval between two marks belongs to just one phase. */
function phasesOf(c: Command): Map<string, number> {
  const start = c.line.relativeNs;
  const end = c.status?.relativeNsEnd ?? start;
  const solicited = c.r2ts.filter((r) => r.data.length > 0);
  const flows: Span[] = solicited.map((r) => [r.data[0].relativeNs, r.data.at(-1)!.relativeNsEnd]);
  const owed: Span[] = solicited.map((r) => [r.line.relativeNsEnd, r.data[0].relativeNs]);
  const unasked = c.dataOut.filter((d) => d.targetTransferTag === 0xffffffff);
  const unaskedEnd = Math.max(
    c.line.dataSegmentLength > 0 ? c.line.relativeNsEnd : start,
    ...unasked.map((d) => d.relativeNsEnd),
  );
  const asked = c.r2ts.map((r) => r.line.relativeNsEnd);
  const data = c.dataIn;
  const marks = [start, end, unaskedEnd, ...flows.flat(), ...owed.flat(), ...asked];
  for (const d of data) marks.push(d.relativeNs, d.relativeNsEnd);
  const sorted = [...new Set(marks)].filter((m) => m >= start && m <= end).sort((a, b) => a - b);
  const sums = new Map<string, number>();
  for (let i = 1; i < sorted.length; i++) {
    const [from, to] = [sorted[i - 1], sorted[i]];
    const within = ([a, b]: Span): boolean => from >= a && to <= b;
    const name = flows.some(within)
      ? 'data out'
      : owed.some(within)
        ? 'R2T to data'
        : to <= unaskedEnd
          ? 'unsolicited data'
          : phaseOfRest(c, to, asked);
    sums.set(name, (sums.get(name) ?? 0) + to - from);
  }
  return sums;
}

function phaseOfRest(c: Command, to: number, asked: readonly number[]): string {
  if (asked.length > 0 && to <= Math.min(...asked)) return 'command to R2T';
  if (asked.some((at) => at >= to)) return 'between bursts';
  const [first] = c.dataIn;
  if (first !== undefined && to <= first.relativeNs) return 'command to data';
  if (first !== undefined && to <= c.dataIn.at(-1)!.relativeNsEnd) return 'data in';
  const moved = c.dataIn.length + c.dataOut.length > 0 || c.line.dataSegmentLength > 0;
  return moved ? 'data to status' : 'command to status';
}

function rank(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)];
}

function checkOperation(o: OperationReport, commands: readonly Command[]): void {
  const name = `${o.session} ${o.lun} ${o.operation}`;
  assert.is(o.commandCount, commands.length, name);
  const done = commands.filter((c) => c.status !== undefined);
  assert.is(o.completed, done.length, name);
  const latencies = done
    .map((c) => c.status!.relativeNsEnd - c.line.relativeNs)
    .sort((a, b) => a - b);
  if (latencies.length === 0) return;
  const l = o.latency!;
  assert.equal(
    [l.minNs, l.p50Ns, l.p90Ns, l.p95Ns, l.p99Ns, l.p999Ns, l.maxNs],
    [0, 0.5, 0.9, 0.95, 0.99, 0.999, 1].map((p) => rank(latencies, p)),
    name,
  );
  const sum = latencies.reduce((a, b) => a + b, 0);
  assert.is(l.meanNs, Math.round(sum / latencies.length), name);
  const bytes = (list: readonly Line[]): number =>
    list.reduce((n, line) => n + line.dataSegmentLength, 0);
  assert.is(
    o.dataInBytes,
    commands.reduce((n, c) => n + bytes(c.dataIn), 0),
    name,
  );
  assert.is(
    o.dataOutBytes,
    commands.reduce((n, c) => n + bytes([c.line, ...c.dataOut]), 0),
    name,
  );
  const phases: Record<string, number> = {};
  for (const c of done) {
    for (const [phase, ns] of phasesOf(c)) phases[phase] = (phases[phase] ?? 0) + ns;
  }
  const told = Object.fromEntries((o.phases ?? []).map((p) => [p.name, p.totalNs]));
  const expected = Object.fromEntries(Object.entries(phases).filter(([, ns]) => ns > 0));
  assert.equal(
    told,
    Object.fromEntries(Object.keys(told).map((key) => [key, expected[key]])),
    name,
  );
  assert.is(Object.keys(told).length, Object.keys(expected).length, name);
  const log2 = new Array<number>(o.latencyLog2Us!.length).fill(0);
  for (const ns of latencies)
    log2[ns < 1000 ? 0 : Math.floor(Math.log2(Math.floor(ns / 1000))) + 1]++;
  assert.equal(o.latencyLog2Us, log2, name);
  const host = done
    .map((c) => c.r2ts.filter((r) => r.data.length > 0))
    .filter((list) => list.length > 0)
    .map((list) => list.reduce((n, r) => n + r.data[0].relativeNs - r.line.relativeNsEnd, 0))
    .sort((a, b) => a - b);
  if (host.length > 0) assert.is(o.host?.p95Ns, rank(host, 0.95), name);
}

/** Mean depth, the largest, and time with anything open: by walking through all steps. */
function depthOf(commands: readonly Command[]): { mean: number; max: number; busyNs: number } {
  const steps: [number, number][] = [];
  for (const c of commands) {
    steps.push([c.line.relativeNs, 1]);
    if (c.status !== undefined) steps.push([c.status.relativeNsEnd, -1]);
  }
  steps.sort(([a, x], [b, y]) => a - b || y - x);
  let [depth, max, area, busyNs, at] = [0, 0, 0, 0, steps[0][0]];
  for (const [time, by] of steps) {
    area += depth * (time - at);
    if (depth > 0) busyNs += time - at;
    at = time;
    depth += by;
    max = Math.max(max, depth);
  }
  const span = at - steps[0][0];
  return { mean: span > 0 ? area / span : max, max, busyNs };
}

function sequentialOf(commands: readonly Command[]): [number, number] {
  const ends: bigint[] = [];
  let next = 0;
  let near = 0;
  let all = 0;
  for (const { line } of commands) {
    if (line.lba === undefined || !line.blocks || line.expectedDataTransferLength === 0) continue;
    if (line.read === line.write) continue;
    const lba = BigInt(line.lba);
    all++;
    if (ends.at(-1) === lba) next++;
    if (ends.slice(-32).includes(lba)) near++;
    ends.push(lba + BigInt(line.blocks));
  }
  const share = (n: number): number => (all === 0 ? 0 : Math.round((n / all) * 1e4) / 1e4);
  return [share(next), share(near)];
}

const CAPTURES = [
  'tgt-mixed-load.pcap.gz',
  'istgt-many-r2ts.pcap.gz',
  'istgt-mixed-load.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
  'tgt-stalls-two-seconds.pcap.gz',
  'tgt-both-digests.pcap.gz',
];

for (const name of CAPTURES) {
  test(`${name}: what its PDUs add up to`, async () => {
    const { report, lines } = await both(`captures/${name}`);
    const commands = commandsOf(lines);
    assert.ok(commands.length > 5);
    assert.is(report.totals.commandCount, commands.length);
    for (const o of report.operations) {
      const own = commands.filter(
        ({ line }) =>
          line.session === o.session && line.lun === o.lun && line.operation === o.operation,
      );
      checkOperation(o, own);
    }
    for (const session of report.sessions) {
      for (const lun of session.luns) {
        const own = commands.filter(
          ({ line }) => line.session === session.session && line.lun === lun.lun,
        );
        if (own.length === 0) continue;
        const depth = depthOf(own);
        assert.is(lun.queueDepth!.busyNs, depth.busyNs);
        assert.ok(Math.abs(lun.queueDepth!.mean - depth.mean) < 0.001);
        assert.ok(lun.queueDepth!.max <= depth.max);
        const { sequentialShare, sequentialShareOf32 } = lun.access!;
        assert.equal([sequentialShare, sequentialShareOf32], sequentialOf(own));
        const gaps = own.slice(1).map(({ line }, i) => line.relativeNs - own[i].line.relativeNs);
        assert.is(
          lun.access!.gap?.p50Ns ?? 0,
          rank(
            gaps.sort((a, b) => a - b),
            0.5,
          ) ?? 0,
        );
      }
      const { iscsiadm } = session.counters!;
      const count = (opcode: number): number =>
        lines.filter((line) => line.session === session.session && line.pduOpcode === opcode)
          .length;
      assert.is(iscsiadm['scsicmd_pdus'], count(0x01));
      assert.is(iscsiadm['dataout_pdus'], count(0x05));
      assert.is(iscsiadm['datain_pdus'], count(0x25));
      assert.is(iscsiadm['r2t_pdus'], count(0x31));
      assert.is(iscsiadm['scsirsp_pdus'], count(0x21));
    }
  });
}

test.run();

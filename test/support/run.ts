// Built packets through the whole road: the tasks as they ended, the report, the sessions.

import type { Analysis } from '../../src/analysis.js';
import type { CaptureFacts } from '../../src/capture/facts.js';
import { Packet } from '../../src/capture/packet.js';
import type { PduSink } from '../../src/pdu/pdu.js';
import { Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';
import type { Task, TaskSink } from '../../src/scsi/task.js';

export interface BuiltRun {
  readonly report: Report;
  readonly road: Analysis;
}

export interface TimedBytes {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  /** Where they are absent: as many as there are, and Ethernet. */
  readonly originalLength?: number;
  readonly linkType?: number;
}

/** Feeds packets, in the order given, as one capture. */
export function run(
  packets: readonly TimedBytes[],
  ended: (task: Task) => void = () => {},
  pduSink?: PduSink & Partial<TaskSink>,
): BuiltRun {
  const collector = new Collector(20);
  const road = new Road(new ProblemLog(16), {
    ...collector.sinks(),
    taskSink: {
      taskStarted: (task) => {
        collector.taskStarted(task);
        pduSink?.taskStarted?.(task);
      },
      taskEnded: (task) => {
        collector.taskEnded(task);
        ended(task);
        pduSink?.taskEnded?.(task);
      },
      taskMoved: (task, from) => pduSink?.taskMoved?.(task, from),
    },
    pduSink: pduSink === undefined ? collector.evidence : both(collector.evidence, pduSink),
  });
  const packet = new Packet();
  packets.forEach((p, index) => {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength ?? p.bytes.length;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = p.linkType ?? 1;
    road.packet(packet);
  });
  const analysis = road.finish(factsOf(packets));
  return { road: analysis, report: collector.report(analysis) };
}

function factsOf(packets: readonly TimedBytes[]): CaptureFacts {
  const cut = packets.filter((p) => (p.originalLength ?? 0) > p.bytes.length);
  const sum = (of: (p: TimedBytes) => number) => packets.reduce((all, p) => all + of(p), 0);
  return {
    files: [],
    packets: packets.length,
    capturedBytes: sum((p) => p.bytes.length),
    originalBytes: sum((p) => p.originalLength ?? p.bytes.length),
    packetsTruncated: cut.length,
    cutLength: cut.reduce((most, p) => Math.max(most, p.bytes.length), 0),
    packetsDropped: 0,
    snaplens: [],
    linkTypes: [...new Set(packets.map((p) => p.linkType ?? 1))],
    spanNs: 0,
    epoch: undefined,
  } as unknown as CaptureFacts;
}

function both(first: PduSink, second: PduSink): PduSink {
  return {
    begin: (pdu) => Math.max(first.begin(pdu), second.begin(pdu)),
    end: (pdu) => {
      first.end(pdu);
      second.end(pdu);
    },
    lost: (direction, bytes, timeNs, frame) => {
      first.lost(direction, bytes, timeNs, frame);
      second.lost(direction, bytes, timeNs, frame);
    },
    ended: (direction, timeNs, frame) => {
      first.ended(direction, timeNs, frame);
      second.ended(direction, timeNs, frame);
    },
  };
}

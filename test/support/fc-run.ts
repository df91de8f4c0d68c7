// Packets in memory through the whole road.

import type { Analysis } from '../../src/analysis.js';
import type { CaptureFacts } from '../../src/capture/facts.js';
import { Packet } from '../../src/capture/packet.js';
import { Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import type { TaskSink } from '../../src/scsi/task.js';
import type { BuiltPacket } from './build.js';

const NO_FACTS = { packets: 0 } as unknown as CaptureFacts;
const ETHERNET = 1;

export function runPackets(packets: readonly BuiltPacket[], taskSink: TaskSink): Analysis {
  const road = new Road(new ProblemLog(16), { taskSink });
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength ?? p.bytes.length;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = ETHERNET;
    road.packet(packet);
  }
  return road.finish(NO_FACTS);
}

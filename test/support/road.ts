// A recorded capture as packets in memory, mishaps done to them, and what the road tells of them.

import type { Analysis } from '../../src/analysis.js';
import { openCapture } from '../../src/capture/capture.js';
import type { CaptureFacts } from '../../src/capture/facts.js';
import { Packet } from '../../src/capture/packet.js';
import type { Pdu, PduSink } from '../../src/pdu/pdu.js';
import { Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import type { Task, TaskSink } from '../../src/scsi/task.js';
import { OUTCOME_NAMES } from '../../src/scsi/task.js';
import { hex } from '../../src/wire/field.js';

export interface HeldPacket {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
}

const held = new Map<string, Promise<readonly HeldPacket[]>>();

/** All packets of a capture, copied; read once a run. */
export function packetsOf(path: string): Promise<readonly HeldPacket[]> {
  let packets = held.get(path);
  if (packets === undefined) {
    packets = readAll(path);
    held.set(path, packets);
  }
  return packets;
}

async function readAll(path: string): Promise<readonly HeldPacket[]> {
  const found: HeldPacket[] = [];
  const capture = await openCapture([path]);
  await capture.run({
    packet(p: Packet) {
      const bytes = p.bytes.slice(p.offset, p.offset + p.capturedLength);
      const { timeNs, originalLength, linkType } = p;
      found.push({ timeNs, bytes, originalLength, linkType });
    },
  });
  return found;
}

/** One line a PDU (without times and frames), and one a task, as the road told them. */
export class Story implements PduSink, TaskSink {
  readonly pdus: string[] = [];
  /** Packet in which each began. */
  readonly frames: number[] = [];
  readonly tasks: string[] = [];
  /** Headers of which only a part was captured. */
  cut = 0;
  lostBytes = 0;
  private readonly also: Pick<TaskSink, 'taskEnded'>;

  constructor(also: Pick<TaskSink, 'taskEnded'>) {
    this.also = also;
  }

  begin(): number {
    return 65_536;
  }

  end(pdu: Pdu): void {
    if (pdu.headerCaptured < 48) {
      this.cut++;
      return;
    }
    const header = hex(pdu.bytes, pdu.at, 48);
    const data = pdu.dataKept === pdu.dataSegmentLength ? hex(pdu.data, 0, pdu.dataKept) : '…';
    this.frames.push(pdu.frame);
    this.pdus.push(`${pdu.fromInitiator ? '>' : '<'} ${header} ${data.slice(0, 200)}`);
  }

  lost(_direction: number, bytes: number): void {
    this.lostBytes += bytes;
  }

  ended(): void {}

  taskStarted(): void {}

  taskEnded(t: Task): void {
    this.also.taskEnded(t);
    const cdb = t.commandSeen ? hex(t.cdb, 0, 16) : 'command not seen';
    this.tasks.push(
      `${t.tag} ${t.cmdSN} ${cdb} ${OUTCOME_NAMES[t.outcome]} ${t.dataInBytes} ${t.dataOutBytes} ${t.r2ts}`,
    );
  }

  /** PDUs of one side, in their order. */
  initiator(): string[] {
    return this.pdus.filter((line) => line.startsWith('>'));
  }

  target(): string[] {
    return this.pdus.filter((line) => line.startsWith('<'));
  }
}

export const NO_FACTS = { packets: 0 } as unknown as CaptureFacts;

/** Feeds packets to the road, in the order given; `also` is told of tasks too. */
export function told(
  packets: readonly HeldPacket[],
  also: Pick<TaskSink, 'taskEnded'> = { taskEnded() {} },
): { story: Story; road: Analysis } {
  const story = new Story(also);
  const road = new Road(new ProblemLog(16), { pduSink: story, taskSink: story });
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = p.linkType;
    road.packet(packet);
  }
  return { story, road: road.finish(NO_FACTS) };
}

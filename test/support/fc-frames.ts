// The encapsulated frames of a recorded capture, to be laid out anew: other segments, two connections,
// losses, cuts, damage. And what the truth beside a capture says of its commands.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openCapture } from '../../src/capture/capture.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import { ProblemLog } from '../../src/problem.js';
import { latencyNs, type Task, type TaskSink } from '../../src/scsi/task.js';
import type { StreamSink } from '../../src/stream/sink.js';
import { StreamStage } from '../../src/stream/stage.js';
import { hex } from '../../src/wire/field.js';
import { type BuiltPacket, Conversation, type ConversationOptions } from './build.js';
import { sharedCapture } from './shared.js';

export interface RecordedFrame {
  readonly connection: number;
  readonly from: 'initiator' | 'target';
  readonly bytes: Uint8Array;
  readonly timeNs: number;
  readonly endNs: number;
}

interface Piece {
  readonly offset: number;
  readonly timeNs: number;
}

/** Every frame of a clean FCIP or iFCP capture, in the order of its first byte. */
export async function recordedFrames(name: string): Promise<RecordedFrame[]> {
  const bytes: number[][] = [];
  const pieces: Piece[][] = [];
  const sink: StreamSink = {
    opened(c) {
      for (const d of [c.id * 2, c.id * 2 + 1]) {
        bytes[d] = [];
        pieces[d] = [];
      }
    },
    data(direction, from, _view, at, length, timeNs) {
      pieces[direction].push({ offset: bytes[direction].length, timeNs });
      for (let i = 0; i < length; i++) bytes[direction].push(from[at + i]);
    },
    gap() {
      throw new Error('the capture is not whole');
    },
    ended() {},
    closed() {},
  };
  const problems = new ProblemLog(4);
  const streams = new StreamStage(sink, { problems });
  const decoder = new PacketDecoder(streams, problems, {});
  const capture = await openCapture([sharedCapture(`san/${name}.pcap`)], { problems });
  await capture.run({ packet: (packet) => decoder.packet(packet) });
  streams.finish();
  const frames = bytes.flatMap((all, direction) => framesOf(all, pieces[direction], direction));
  return frames.sort((a, b) => a.timeNs - b.timeNs);
}

function framesOf(
  all: readonly number[],
  pieces: readonly Piece[],
  direction: number,
): RecordedFrame[] {
  const whole = Uint8Array.from(all);
  const view = new DataView(whole.buffer);
  const timeAt = (offset: number) => pieces.findLast((p) => p.offset <= offset)?.timeNs ?? 0;
  const frames: RecordedFrame[] = [];
  for (let p = 0; p < whole.length; ) {
    const length = (view.getUint16(p + 12) & 0x3ff) * 4;
    frames.push({
      connection: direction >> 1,
      from: direction & 1 ? 'target' : 'initiator',
      bytes: whole.slice(p, p + length),
      timeNs: timeAt(p),
      endNs: timeAt(p + length - 1),
    });
    p += length;
  }
  return frames;
}

/** R_CTL of an encapsulated frame. */
export function rCtlOf(frame: RecordedFrame): number {
  return frame.bytes[32];
}

/**
 * The frames as packets of so many connections: `which` says on which one each travels. A response has
 * its last byte, everything else its first, when it had it in the recording.
 */
export function laidOut(
  frames: readonly RecordedFrame[],
  port: number,
  which: (frame: RecordedFrame, index: number) => number = () => 0,
  options: ConversationOptions = {},
): BuiltPacket[] {
  const conversations: Conversation[] = [];
  for (const [index, frame] of frames.entries()) {
    const n = which(frame, index);
    conversations[n] ??= opened(port, n, options);
    conversations[n].send(
      frame.from,
      frame.bytes,
      rCtlOf(frame) === 7 ? frame.endNs : frame.timeNs,
    );
  }
  const packets = conversations.flatMap((c) => c.captured());
  return packets.sort((a, b) => a.timeNs - b.timeNs);
}

function opened(port: number, n: number, options: ConversationOptions): Conversation {
  const c = new Conversation({
    targetPort: port,
    initiatorPort: 41_000 + n,
    gapNs: 0,
    acks: 'each',
    ...options,
  });
  c.connect(0);
  return c;
}

export interface TrueCommand {
  readonly ox_id: number;
  readonly cdb: string;
  readonly start: number;
  readonly latency?: number | null;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly status: number | null;
  readonly lun: string;
}

export interface Truth {
  readonly frames: Readonly<Record<string, number>>;
  readonly list: readonly TrueCommand[];
  readonly session_control_frames?: number;
  readonly special_frames?: number;
}

export function truthOf(name: string): Truth {
  const path = sharedCapture(`san/${name}.truth.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as Truth;
}

/** What is compared of a command, as one line. */
export function lineOfTruth(c: TrueCommand): string {
  const latency = c.latency ?? -1;
  return `${c.start} ${c.ox_id} ${c.lun} ${c.cdb} in ${c.bytes_in} out ${c.bytes_out} status ${c.status ?? -1} after ${latency}`;
}

/** Takes tasks, and gives the same lines; those whose command was seen, by start. */
export class TaskLines implements TaskSink {
  readonly lines: { readonly startNs: number; readonly line: string }[] = [];
  notSeen = 0;

  taskStarted(): void {}

  taskEnded(t: Task): void {
    if (!t.commandSeen) {
      this.notSeen++;
      return;
    }
    const lun = t.lunHigh.toString(16).padStart(8, '0') + t.lunLow.toString(16).padStart(8, '0');
    const cdb = hex(t.cdb, 0, 16);
    const line = `${t.commandNs} ${t.tag} ${lun} ${cdb} in ${t.dataInBytes} out ${t.dataOutBytes} status ${t.status} after ${latencyNs(t)}`;
    this.lines.push({ startNs: t.commandNs, line });
  }

  sorted(): string[] {
    return [...this.lines].sort((a, b) => a.startNs - b.startNs).map((l) => l.line);
  }
}

// Two ends of a TCP connection as a test writes them: segments with bytes of a known stream, and a
// sink that writes down what is told. No packets are built: the stage is driven by its own cursor.

import { ACK, Segment } from '../../src/packet/segment.js';
import { ProblemLog } from '../../src/problem.js';
import type { Connection } from '../../src/stream/connection.js';
import type { TcpEventSink } from '../../src/stream/events.js';
import type { GapKind, StreamSink } from '../../src/stream/sink.js';
import { StreamStage } from '../../src/stream/stage.js';

/** What a segment needs to say beside its defaults. */
export interface Said {
  readonly from?: 'a' | 'b';
  readonly seq: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly data?: Uint8Array | readonly number[];
  /** Bytes captured of the data; all unless it says otherwise. */
  readonly captured?: number;
  readonly window?: number;
  readonly options?: readonly number[];
  readonly id?: number;
  readonly ttl?: number;
  /** ns; one ms after the last segment unless it says otherwise. */
  readonly at?: number;
  readonly port?: number;
  /** Last byte of A's address. */
  readonly host?: number;
}

/** One thing told, in words: easy to compare, easy to read when it differs. */
export class Written implements StreamSink {
  readonly told: string[] = [];
  /** Bytes by direction; a gap's bytes are -1. */
  readonly bytes: number[][] = [];
  readonly ready: { direction: number; frame: number; timeNs: number; readyNs: number }[] = [];
  readonly connections: Connection[] = [];
  readonly closedIds: number[] = [];
  quiet = false;

  opened(connection: Connection): void {
    if (connection.id !== this.connections.length) throw new Error('ids are not dense');
    this.connections.push(connection);
    this.bytes[connection.id * 2] = [];
    this.bytes[connection.id * 2 + 1] = [];
  }

  data(
    direction: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (length <= 0) throw new Error('no data told as data');
    if (view.getUint8(at) !== bytes[at]) throw new Error('view and bytes differ');
    for (let i = 0; i < length; i++) this.bytes[direction].push(bytes[at + i]);
    this.told.push(`${direction}: ${length} bytes of ${frame}`);
    this.ready.push({ direction, frame, timeNs, readyNs });
  }

  gap(
    direction: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ) {
    if (length <= 0) throw new Error('an empty gap');
    for (let i = 0; i < Math.min(length, 100_000); i++) this.bytes[direction].push(-1);
    this.told.push(`${direction}: ${length} ${kind}`);
    this.ready.push({ direction, frame, timeNs, readyNs });
  }

  ended(direction: number): void {
    this.told.push(`${direction}: ended`);
  }

  closed(connection: Connection): void {
    this.closedIds.push(connection.id);
    this.told.push(`closed ${connection.id}`);
  }
}

/** Events, in words. */
export class Happened implements TcpEventSink {
  readonly list: string[] = [];

  retransmission(
    direction: number,
    frame: number,
    _timeNs: number,
    position: number,
    length: number,
    kind: string,
    waitedNs: number,
  ): void {
    this.list.push(
      `${direction}: ${frame} ${kind} ${position}+${length} after ${waitedNs / 1e6} ms`,
    );
  }

  holeFilled(
    direction: number,
    frame: number,
    position: number,
    length: number,
    openedNs: number,
    filledNs: number,
  ): void {
    const ms = (filledNs - openedNs) / 1e6;
    this.list.push(`${direction}: ${frame} filled ${position}+${length} after ${ms} ms`);
  }

  zeroWindow(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.list.push(`${direction}: ${frame} zero window for ${(toNs - fromNs) / 1e6} ms`);
  }

  windowFull(direction: number, frame: number, fromNs: number, toNs: number): void {
    this.list.push(`${direction}: ${frame} window full for ${(toNs - fromNs) / 1e6} ms`);
  }

  delayedAck(direction: number, frame: number, _timeNs: number, waitedNs: number): void {
    this.list.push(`${direction}: ${frame} ACK delayed by ${waitedNs / 1e6} ms`);
  }
}

/** A stage with its sinks, and a clock. */
export class Wire {
  readonly written = new Written();
  readonly events = new Happened();
  readonly problems = new ProblemLog(1000);
  readonly stage: StreamStage;
  frame = 0;
  nowNs = 0;
  private id = 0;
  private readonly segment = new Segment();

  constructor(options: { readonly ports?: ReadonlySet<number> } = {}) {
    const { problems, events } = this;
    this.stage = new StreamStage(this.written, { problems, events, ...options });
  }

  /** One segment; A is 10.0.0.1:50000, B is 10.0.0.2:3260. */
  say(said: Said): this {
    const s = this.segment;
    const fromA = (said.from ?? 'a') === 'a';
    const data = said.data ?? [];
    const options = said.options ?? [];
    this.nowNs = said.at ?? this.nowNs + 1e6;
    s.frame = ++this.frame;
    s.timeNs = this.nowNs;
    s.srcC = s.dstC = 0xffff;
    const host = 0x0a000000 + (said.host ?? 1);
    s.srcD = fromA ? host : 0x0a000002;
    s.dstD = fromA ? 0x0a000002 : host;
    const port = said.port ?? 50000;
    s.srcPort = fromA ? port : 3260;
    s.dstPort = fromA ? 3260 : port;
    s.seq = said.seq >>> 0;
    s.ack = (said.ack ?? 0) >>> 0;
    s.flags = said.flags ?? ACK;
    s.window = said.window ?? 65535;
    s.bytes = new Uint8Array(options.length + data.length);
    s.bytes.set(options, 0);
    s.bytes.set(data, options.length);
    s.view = new DataView(s.bytes.buffer);
    s.optionsOffset = 0;
    s.optionsLength = options.length;
    s.payloadOffset = options.length;
    s.payloadLength = data.length;
    s.payloadCaptured = said.captured ?? data.length;
    this.id = (this.id % 65535) + 1;
    s.ipId = said.id ?? this.id;
    s.ttl = said.ttl ?? 64;
    this.stage.segment(s);
    this.stage.invariants();
    // Nothing may keep the packet's bytes.
    s.bytes.fill(0xee);
    return this;
  }

  finish(): Written {
    this.stage.finish();
    this.stage.invariants();
    return this.written;
  }
}

/** `length` bytes of a stream that differ from place to place, from `at` on. */
export function bytesAt(at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = ((at + i) * 7 + ((at + i) >> 8) * 13) & 0xff;
  return bytes;
}

// Drives the pdu stage without packets, and notes what it tells.

import { IscsiProtocol } from '../../src/pdu/iscsi/protocol.js';
import type { Pdu, PduSink } from '../../src/pdu/pdu.js';
import type { Protocol } from '../../src/pdu/protocol.js';
import { PduStage } from '../../src/pdu/stage.js';
import { Connection } from '../../src/stream/connection.js';
import { hex } from '../../src/wire/field.js';

/** What is compared: the header as text, and what surrounds it. */
export interface Noted {
  readonly opcode: number;
  readonly header: string;
  readonly captured: number;
  readonly data: string;
  readonly dataMissing: number;
  readonly dataCut: number;
  readonly digests: string;
  readonly complete: boolean;
  readonly resynchronised: boolean;
  readonly fromInitiator: boolean;
  readonly frame: number;
  readonly frameEnd: number;
  readonly timeNs: number;
  readonly endNs: number;
  readonly streamOffset: number;
}

class NoteSink implements PduSink {
  readonly noted: Noted[] = [];
  readonly lostBytes: number[] = [];
  /** Of these: in gaps. */
  absentBytes = 0;
  readonly wanted: number;
  onEnd: (pdu: Pdu) => void = () => {};
  private readonly open = new Set<Pdu>();

  constructor(wanted = 65_536) {
    this.wanted = wanted;
  }

  begin(pdu: Pdu): number {
    if (this.open.has(pdu)) throw new Error('a PDU begins before the last one ended');
    this.open.add(pdu);
    return this.wanted;
  }

  end(pdu: Pdu): void {
    if (!this.open.delete(pdu)) throw new Error('a PDU ends that has not begun');
    this.noted.push({
      opcode: pdu.opcode,
      header: hex(pdu.bytes, pdu.at, 48),
      captured: pdu.headerCaptured,
      data: hex(pdu.data, 0, pdu.dataKept),
      dataMissing: pdu.dataMissing,
      dataCut: pdu.dataCut,
      digests: `${pdu.headerDigest}${pdu.dataDigest}`,
      complete: pdu.complete,
      resynchronised: pdu.resynchronised,
      fromInitiator: pdu.fromInitiator,
      frame: pdu.frame,
      frameEnd: pdu.frameEnd,
      timeNs: pdu.timeNs,
      endNs: pdu.endNs,
      streamOffset: pdu.streamOffset,
    });
    this.onEnd(pdu);
  }

  lost(_direction: number, bytes: number, _timeNs: number, _frame: number, absent = 0): void {
    this.lostBytes.push(bytes);
    this.absentBytes += absent;
  }

  ended(): void {}
}

interface DriverOptions {
  readonly ports?: readonly number[];
  readonly notPorts?: readonly number[];
  readonly port?: number;
  readonly start?: boolean;
  readonly wanted?: number;
  /** Protocols beside iSCSI. */
  readonly protocols?: readonly Protocol[];
}

/** One connection, fed by hand: `initiator` sends direction 0, `target` direction 1. */
export class Driver {
  readonly sink: NoteSink;
  readonly iscsi: IscsiProtocol;
  readonly stage: PduStage;
  readonly connection: Connection;
  private frame = 0;

  constructor(options: DriverOptions = {}) {
    this.sink = new NoteSink(options.wanted);
    this.iscsi = new IscsiProtocol(this.sink, undefined, options.ports);
    this.stage = new PduStage([this.iscsi, ...(options.protocols ?? [])], options.notPorts);
    this.connection = new Connection(0, 0, 1);
    this.connection.aPort = 51_000;
    this.connection.bPort = options.port ?? 3260;
    this.connection.a.startKnown = options.start ?? true;
    this.connection.b.startKnown = options.start ?? true;
    this.stage.opened(this.connection);
  }

  /** Bytes as segments of at most `size` bytes; each is a frame, 1 µs after the one before. */
  send(side: 0 | 1, bytes: Uint8Array, size = 1460): void {
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.slice(at, at + size);
      const view = new DataView(part.buffer);
      this.frame++;
      const t = this.frame * 1000;
      this.stage.data(side, part, view, 0, part.length, t, this.frame, t);
    }
  }

  gap(side: 0 | 1, length: number, kind: 'cut' | 'missing' = 'missing'): void {
    const t = this.frame * 1000;
    this.stage.gap(side, length, kind, t, this.frame, t);
  }

  finish(): readonly Noted[] {
    this.stage.ended(0, this.frame * 1000, this.frame);
    this.stage.ended(1, this.frame * 1000, this.frame);
    this.stage.closed(this.connection);
    return this.sink.noted;
  }
}

// Ordered bytes → PDUs: recognises iSCSI on any port, then frames it.

import { assert } from '../lib/assert.js';
import { JOURNAL_BYTES_TOTAL, RECOGNISE_BYTES_MAX } from '../limits.js';
import type { Connection } from '../stream/connection.js';
import type { GapKind, StreamSink } from '../stream/sink.js';
import { PduConnection } from './iscsi/connection.js';
import { Recogniser } from './iscsi/recogniser.js';
import type { TaskTags } from './iscsi/sequence-context.js';
import type { DigestControl, PduSink } from './pdu.js';

/** RFC 7143 section 15: the user port and the system port. */
const ISCSI_PORTS: readonly number[] = [3260, 860];

/** Of a connection whose bytes nobody wants, so many are counted at once. */
const INDIFFERENT_MAX = 2 ** 30;

export interface PduStageOptions {
  /** Ports taken for iSCSI's beside 3260 and 860, and ports never looked at. */
  readonly ports?: readonly number[];
  readonly notPorts?: readonly number[];
}

/** What became of a connection that carried bytes. */
export interface PduConnectionFacts {
  readonly recognised: boolean;
  readonly onPort: boolean;
  readonly pdus: number;
  /** Bytes passed over because boundaries were unknown, by direction (0: the opener's). */
  readonly lost: readonly [number, number];
  /** Headers of which only a part was captured; boundaries that turned out wrong. */
  readonly headersCut: number;
  readonly boundariesLost: number;
  readonly headerDigestInferred: boolean;
  readonly dataDigestInferred: boolean;
  /** Decided by the bytes, in whichever way. */
  readonly headerDigestDecided: boolean;
  readonly dataDigestDecided: boolean;
}

export class PduStage implements StreamSink, DigestControl {
  /** Connections that turned out to be iSCSI; those on its ports that never did. */
  recognised = 0;
  unrecognisedOnPort = 0;
  /** Connections whose journal was dropped because all journals together were too long. */
  journalsDropped = 0;
  private readonly sink: PduSink;
  private readonly tags: TaskTags | undefined;
  /** Ports taken for iSCSI's. */
  readonly ports: ReadonlySet<number>;
  private readonly notPorts: ReadonlySet<number>;
  private readonly streams: (Connection | undefined)[] = [];
  private readonly connections: (PduConnection | undefined)[] = [];
  /** Of connections that are over; their framers are given up, for there may be many. */
  private readonly finished: (PduConnectionFacts | undefined)[] = [];
  private readonly recognisers: (Recogniser | undefined)[] = [];
  private readonly off: boolean[] = [];
  private journalled = 0;

  constructor(sink: PduSink, tags?: TaskTags, options: PduStageOptions = {}) {
    this.sink = sink;
    this.tags = tags;
    this.ports = new Set([...ISCSI_PORTS, ...(options.ports ?? [])]);
    this.notPorts = new Set(options.notPorts ?? []);
  }

  opened(connection: Connection): void {
    const id = connection.id;
    this.streams[id] = connection;
    this.connections[id] = undefined;
    this.recognisers[id] = undefined;
    this.off[id] = this.notPorts.has(connection.aPort) || this.notPorts.has(connection.bPort);
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
    const id = direction >> 1;
    const c = this.connections[id];
    if (c !== undefined) {
      c.framers[direction & 1].data(bytes, view, at, length, timeNs, frame, readyNs);
    } else if (!this.off[id]) {
      this.recognise(id, direction & 1, bytes, at, length, timeNs, frame, readyNs);
    }
  }

  gap(
    direction: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const id = direction >> 1;
    const c = this.connections[id];
    if (c !== undefined) {
      c.framers[direction & 1].gap(length, kind, timeNs, frame, readyNs);
    } else if (!this.off[id]) {
      const r = this.recogniser(id);
      const before = r.held;
      if (r.gap(direction & 1, length, kind, timeNs, frame, readyNs)) {
        this.journalled += r.held - before;
        this.accept(id, r);
      } else this.journalled += r.held - before;
    }
  }

  /** Payload that nobody asked for, and other protocols' bytes. */
  indifferent(direction: number): number {
    const c = this.connections[direction >> 1];
    if (c !== undefined) return c.framers[direction & 1].indifferent();
    return this.off[direction >> 1] ? INDIFFERENT_MAX : 0;
  }

  passed(direction: number, length: number, cut: number, frame: number, readyNs: number): void {
    this.connections[direction >> 1]?.framers[direction & 1].passed(length, cut, frame, readyNs);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    const c = this.connections[direction >> 1];
    if (c === undefined) return;
    c.framers[direction & 1].ended(timeNs, frame);
    this.sink.ended(direction, timeNs, frame);
  }

  closed(connection: Connection): void {
    const id = connection.id;
    const r = this.recognisers[id];
    if (r?.lastChance()) {
      this.accept(id, r);
      this.ended(id * 2, connection.lastNs, connection.lastFrame);
      this.ended(id * 2 + 1, connection.lastNs, connection.lastFrame);
    } else if (r !== undefined) {
      if (this.onPort(connection)) this.unrecognisedOnPort++;
      this.giveUp(id);
    }
    // Of other protocols' connections nothing is kept: a capture may hold millions of them.
    if (this.connections[id] === undefined) this.streams[id] = undefined;
    else this.finished[id] = this.facts(id);
    this.connections[id] = undefined;
    this.off[id] = true;
  }

  setDigests(connection: number, header: boolean, data: boolean): void {
    this.connections[connection]?.setDigests(header, data);
  }

  /** The TCP connection of a number that carried PDUs. */
  connection(id: number): Connection {
    const connection = this.streams[id];
    assert(connection !== undefined, `connection ${id} is not known`);
    return connection;
  }

  /** Facts of a connection that carried PDUs, by its number. */
  facts(id: number): PduConnectionFacts {
    const finished = this.finished[id];
    if (finished !== undefined) return finished;
    const c = this.connections[id];
    return {
      recognised: c !== undefined,
      onPort: this.onPort(this.connection(id)),
      pdus: c?.pdus ?? 0,
      lost: [c?.framers[0].lostTotal ?? 0, c?.framers[1].lostTotal ?? 0],
      headersCut: c?.headersCut ?? 0,
      boundariesLost: c?.boundariesLost ?? 0,
      headerDigestInferred: (c?.headerInferred ?? false) && c?.headerDigest === 1,
      dataDigestInferred: (c?.dataInferred ?? false) && c?.dataDigest === 1,
      headerDigestDecided: c?.headerInferred ?? false,
      dataDigestDecided: c?.dataInferred ?? false,
    };
  }

  invariants(): void {
    let journalled = 0;
    for (const r of this.recognisers) journalled += r?.held ?? 0;
    assert(journalled === this.journalled, 'journals are not counted right');
    for (const c of this.connections) for (const f of c?.framers ?? []) f.invariants();
  }

  private onPort(connection: Connection): boolean {
    return this.ports.has(connection.aPort) || this.ports.has(connection.bPort);
  }

  private recogniser(id: number): Recogniser {
    let r = this.recognisers[id];
    if (r === undefined) {
      const s = this.connection(id);
      r = new Recogniser(this.onPort(s), [s.a.startKnown, s.b.startKnown], (side) => {
        return (side === 0 ? s.a : s.b).packets;
      });
      this.recognisers[id] = r;
    }
    return r;
  }

  private recognise(
    id: number,
    side: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    const r = this.recogniser(id);
    const before = r.held;
    const done = r.data(side, bytes, at, length, timeNs, frame, readyNs);
    this.journalled += r.held - before;
    if (done) {
      this.accept(id, r);
    } else if (r.hopeless) {
      if (this.onPort(this.connection(id))) this.unrecognisedOnPort++;
      this.giveUp(id);
      this.off[id] = true;
    } else if (r.examined > RECOGNISE_BYTES_MAX && !this.onPort(this.connection(id))) {
      this.giveUp(id);
      this.off[id] = true;
    } else if (this.journalled > JOURNAL_BYTES_TOTAL) {
      this.journalled -= r.held;
      r.forget();
      this.journalsDropped++;
    }
  }

  private accept(id: number, r: Recogniser): void {
    const c = new PduConnection(id, this.sink, this.tags);
    this.connections[id] = c;
    this.recognisers[id] = undefined;
    this.journalled -= r.held;
    this.recognised++;
    c.setInitiator(r.initiator);
    const context = r.proven();
    if (context !== undefined) c.context.take(context);
    r.replay(c.framers);
  }

  private giveUp(id: number): void {
    this.journalled -= this.recognisers[id]?.held ?? 0;
    this.recognisers[id] = undefined;
  }
}

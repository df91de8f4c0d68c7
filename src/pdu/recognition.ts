// Whose is a connection? All recognisers look at its journal until one is proven, or none has hope.

import { RECOGNISE_BYTES_MAX } from '../limits.js';
import type { Connection } from '../stream/connection.js';
import type { GapKind } from '../stream/sink.js';
import { ByteSample } from './byte-sample.js';
import { Journal } from './journal.js';
import { HOPELESS, LOOKING, PROVEN, type Protocol, type Recogniser } from './protocol.js';

export class Recognition {
  readonly journal: Journal;
  /** Set once the verdict is PROVEN. */
  protocol: Protocol | undefined = undefined;
  proven: Recogniser | undefined = undefined;
  /** Of what stands on a port whose owner tells of what it cannot read. */
  readonly sample: ByteSample | undefined;
  private readonly onPort: boolean;
  private protocols: Protocol[] = [];
  private recognisers: Recogniser[] = [];

  /** `known` says of each side whether what comes begins at the stream's first byte. */
  constructor(
    connection: Connection,
    protocols: readonly Protocol[],
    known: readonly [boolean, boolean],
  ) {
    this.journal = new Journal(known, (side) => {
      return (side === 0 ? connection.a : connection.b).packets;
    });
    let onPort = false;
    let sampled = false;
    for (const protocol of protocols) {
      const on = isOnPort(protocol, connection);
      if (on) onPort = true;
      if (on && protocol.tellsUnread === true) sampled = true;
      const recogniser = protocol.recogniser(this.journal, on, connection);
      if (recogniser === undefined) continue;
      this.protocols.push(protocol);
      this.recognisers.push(recogniser);
    }
    this.onPort = onPort;
    this.sample = sampled ? new ByteSample() : undefined;
  }

  /** The verdict after these bytes. */
  data(
    side: number,
    bytes: Uint8Array,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): number {
    const { journal, recognisers } = this;
    this.sample?.take(bytes, at, length);
    if (journal.isFull(length)) this.forget();
    const run = journal.data(side, bytes, at, length, timeNs, frame, readyNs);
    const from = run.length - length;
    let hopeless = 0;
    for (let i = 0; i < recognisers.length; i++) {
      const verdict = recognisers[i].data(side, run, from);
      if (verdict === PROVEN) return this.prove(i);
      if (verdict === HOPELESS) hopeless++;
    }
    if (hopeless > 0) this.dismiss();
    if (this.recognisers.length === 0) return HOPELESS;
    this.trim();
    return journal.examined > RECOGNISE_BYTES_MAX && !this.onPort ? HOPELESS : LOOKING;
  }

  /** The verdict after bytes that are not there. */
  gap(
    side: number,
    length: number,
    kind: GapKind,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): number {
    const { journal, recognisers } = this;
    const run = journal.runs[side];
    let proven = -1;
    for (let i = 0; i < recognisers.length && proven < 0; i++) {
      if (recognisers[i].gap(side, run, kind, length) === PROVEN) proven = i;
    }
    if (journal.isFull(0)) this.forget();
    journal.gap(side, length, kind, timeNs, frame, readyNs);
    return proven < 0 ? LOOKING : this.prove(proven);
  }

  /** No more bytes will come. */
  lastChance(): number {
    for (let i = 0; i < this.recognisers.length; i++) {
      if (this.recognisers[i].lastChance()) return this.prove(i);
    }
    return HOPELESS;
  }

  /** Drops what was kept: the bound is reached. Bytes dropped are lost should it be known later. */
  forget(): void {
    this.journal.forget();
    for (const recogniser of this.recognisers) recogniser.forget();
  }

  private prove(i: number): number {
    this.protocol = this.protocols[i];
    this.proven = this.recognisers[i];
    return PROVEN;
  }

  /** Those without hope are not asked again. */
  private dismiss(): void {
    const { protocols, recognisers } = this;
    this.protocols = protocols.filter((_, i) => recognisers[i].verdict !== HOPELESS);
    this.recognisers = recognisers.filter((r) => r.verdict !== HOPELESS);
  }

  /** Of what nobody needs any more only the end is kept. */
  private trim(): void {
    let needed = 0;
    for (const r of this.recognisers) needed = Math.max(needed, r.needs());
    if (needed < Number.POSITIVE_INFINITY) this.journal.trim(needed);
  }
}

export function isOnPort({ ports }: Protocol, { aPort, bPort }: Connection): boolean {
  return ports.has(aPort) || ports.has(bPort);
}

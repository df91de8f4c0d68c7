// hot: no allocation per packet
// Bytes that nobody reads: of ports never looked at, of protocols that are not known. Only counted.

import type { Framing, Heir } from './protocol.js';

/** So many are counted at once. */
const INDIFFERENT_MAX = 2 ** 30;

export class CountOnly implements Framing {
  bytes = -0; // a double from the start (lib/double-fields.ts)
  private position = -0;
  private heir: Heir | undefined = undefined;
  private next: Framing | undefined = undefined;

  startAt(position: number): void {
    this.position = position;
    this.heir = undefined;
    this.next = undefined;
  }

  data(
    bytes: Uint8Array,
    view: DataView,
    at: number,
    length: number,
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (this.heir === undefined) this.bytes += length;
    else this.inherit().data(bytes, view, at, length, timeNs, frame, readyNs);
    this.position += length;
  }

  gap(
    length: number,
    kind: 'cut' | 'missing',
    timeNs: number,
    frame: number,
    readyNs: number,
  ): void {
    if (this.heir === undefined) this.bytes += length;
    else this.inherit().gap(length, kind, timeNs, frame, readyNs);
    this.position += length;
  }

  indifferent(): number {
    return this.heir === undefined ? INDIFFERENT_MAX : 0;
  }

  passed(length: number): void {
    this.bytes += length;
    this.position += length;
  }

  ended(): void {}

  leave(heir: Heir): void {
    this.heir = heir;
    this.next = undefined;
  }

  invariants(): void {}

  private inherit(): Framing {
    this.next ??= this.heir!(this.position, false);
    return this.next;
  }
}

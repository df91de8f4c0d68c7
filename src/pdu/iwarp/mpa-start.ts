// MPA's start-up frame of one side, gathered and read (RFC 5044 7.1, RFC 6581 6 and 9).

import { get } from '../../wire/field.js';
import {
  IRD_ORD_BYTES,
  irdOrd,
  MPA_FRAME_BYTES,
  mpaFrame,
  PRIVATE_DATA_MAX,
} from '../../wire/rdma/mpa.js';
import { beginsMpa, beginsWith, MPA_KEY_BYTES, MPA_REPLY, MPA_REQUEST } from '../mpa-key.js';
import type { RdmaStart } from '../rdma/events.js';

const NONE = new Uint8Array(0);
/** Both keys begin alike. */
const KEY_ALIKE = 9;

export class MpaStart {
  /** Set once the frame is whole. */
  start: RdmaStart | undefined = undefined;
  /** The bytes are no MPA frame; `wrongKey` where they would be one but for the end of the key. */
  failed = false;
  wrongKey = false;
  /** It is one, and says that more private data follows than there may be (RFC 5044 7.1.1). */
  tooLong = false;
  private readonly bytes = new Uint8Array(MPA_FRAME_BYTES + PRIVATE_DATA_MAX);
  private readonly view = new DataView(this.bytes.buffer);
  private have = 0;
  private frame = 0;
  private timeNs = 0;

  /** Takes what belongs to the frame; how many bytes. */
  take(
    bytes: Uint8Array,
    at: number,
    length: number,
    frame: number,
    timeNs: number,
    connection: number,
    direction: number,
  ): number {
    if (this.have === 0) {
      this.frame = frame;
      this.timeNs = timeNs;
    }
    let n = 0;
    while (n < length && this.have < this.wants()) this.bytes[this.have++] = bytes[at + n++];
    if (!beginsMpa(this.bytes, 0, this.have)) {
      this.wrongKey = this.alike();
      this.failed = true;
      return n;
    }
    if (
      this.have >= MPA_FRAME_BYTES &&
      get(this.view, 0, mpaFrame.privateDataLength) > PRIVATE_DATA_MAX
    ) {
      this.tooLong = true;
      this.failed = true;
      return n;
    }
    if (this.have >= MPA_FRAME_BYTES && this.have === this.wants()) {
      this.start = this.read(connection, direction);
    }
    return n;
  }

  /** The whole frame as it came. */
  whole(): Uint8Array {
    return this.bytes.subarray(0, this.have);
  }

  /** What was taken so far, while that is no whole frame. */
  taken(): Uint8Array {
    return this.start === undefined ? this.bytes.slice(0, this.have) : NONE;
  }

  private wants(): number {
    if (this.have < MPA_FRAME_BYTES) return MPA_FRAME_BYTES;
    return MPA_FRAME_BYTES + get(this.view, 0, mpaFrame.privateDataLength);
  }

  private alike(): boolean {
    if (this.have < KEY_ALIKE) return false;
    for (let i = 0; i < KEY_ALIKE; i++) if (this.bytes[i] !== MPA_REQUEST[i]) return false;
    return true;
  }

  private read(connection: number, direction: number): RdmaStart {
    const { view, bytes } = this;
    const enhanced = get(view, 0, mpaFrame.enhanced) === 1;
    const words = enhanced && this.have >= MPA_FRAME_BYTES + IRD_ORD_BYTES;
    const revision = get(view, 0, mpaFrame.revision);
    const skip = words && revision >= 2 ? IRD_ORD_BYTES : 0;
    return {
      connection,
      direction,
      frame: this.frame,
      timeNs: this.timeNs,
      how: 'MPA',
      reply: beginsWith(bytes, 0, MPA_KEY_BYTES, MPA_REPLY),
      revision,
      markers: get(view, 0, mpaFrame.markers) === 1,
      crc: get(view, 0, mpaFrame.crc) === 1,
      rejected: get(view, 0, mpaFrame.rejected) === 1,
      ird: skip > 0 ? get(view, MPA_FRAME_BYTES, irdOrd.ird) : -1,
      ord: skip > 0 ? get(view, MPA_FRAME_BYTES, irdOrd.ord) : -1,
      privateData: bytes.slice(MPA_FRAME_BYTES + skip, this.have),
    };
  }
}

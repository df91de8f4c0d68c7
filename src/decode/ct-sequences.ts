// Sequences of FC-CT that take several frames, joined: a name server's list is as long as the fabric is large.

import { joinedBytes } from '../lib/joined-bytes.js';
import { FC_CT_JOINED_MAX, FC_REQUESTS_PENDING_MAX } from '../limits.js';
import type { FcFrame } from '../pdu/fc/frame.js';
import { goesOnInSequence } from '../pdu/fc/sequence.js';
import { frameHeader } from '../wire/fc/frame-header.js';
import { END_SEQUENCE, F_CTL_WORD } from '../wire/fc/header-offsets.js';
import { FcKind } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import type { AskedFor, JoinedCt } from './fc-tree.js';

/** What the frames of a sequence had so far. */
interface Open {
  readonly asked: AskedFor;
  readonly parts: Uint8Array[];
  bytes: number;
  frames: number;
  nextCount: number;
}

/** Invariant: at most FC_REQUESTS_PENDING_MAX sequences are open, none longer than FC_CT_JOINED_MAX. */
export class CtSequences {
  readonly #open = new Map<string, Open>();

  /** All of a sequence with its last frame; undefined where it is one frame, or some are missing. */
  take(frame: FcFrame, asked: AskedFor): JoinedCt | undefined {
    if ((frame.kind & 0xf00) !== FcKind.ct) return undefined;
    const { view, at } = frame;
    const ends = [get(view, at, frameHeader.sourceId), get(view, at, frameHeader.destinationId)];
    const key = `${ends.join('.')}.${get(view, at, frameHeader.oxId)}.${get(view, at, frameHeader.seqId)}`;
    const last = (view.getUint32(at + F_CTL_WORD) & END_SEQUENCE) !== 0;
    const count = get(view, at, frameHeader.seqCnt);
    const whole = frame.dataKept === frame.payloadLength;
    if (!goesOnInSequence(frame)) {
      this.#open.delete(key);
      if (last || !whole || this.#open.size >= FC_REQUESTS_PENDING_MAX) return undefined;
      const parts = [frame.data.slice(0, frame.dataKept)];
      const bytes = frame.dataKept;
      this.#open.set(key, { asked, parts, bytes, frames: 1, nextCount: count + 1 });
      return undefined;
    }
    const open = this.#open.get(key);
    if (open === undefined) return undefined;
    const fill = get(view, at, frameHeader.fillBytes);
    open.bytes += frame.dataKept - fill;
    if (!whole || count !== open.nextCount || open.bytes > FC_CT_JOINED_MAX) {
      this.#open.delete(key);
      return undefined;
    }
    open.parts.push(frame.data.slice(0, frame.dataKept - fill));
    open.frames++;
    open.nextCount = (count + 1) & 0xffff;
    if (!last) return undefined;
    this.#open.delete(key);
    return { data: joinedBytes(open.parts), frames: open.frames, asked: open.asked };
  }
}

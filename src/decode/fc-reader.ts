// Frames for those who want to see each: what the reader needs of each frame's exchange, and its tree.

import type { Epoch } from '../capture/time.js';
import { FC_FRAME_KEPT_MAX, FC_REQUESTS_PENDING_MAX } from '../limits.js';
import type { FcFrame, FcSink } from '../pdu/fc/frame.js';
import { RCtl } from '../wire/fc/codes.js';
import { CT_PREAMBLE_BYTES, ctPreamble } from '../wire/fc/ct.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { FcKind } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import type { Node } from '../wire/tree.js';
import { type AskedFor, fcTree } from './fc-tree.js';

/** A frame with what is known of it; borrowed until the call returns. */
export class FcFrameFacts {
  frame: FcFrame;
  epoch: Epoch | undefined = undefined;
  asked: AskedFor = NOTHING;
  #tree: Node[] | undefined;

  constructor(frame: FcFrame) {
    this.frame = frame;
  }

  next(frame: FcFrame, asked: AskedFor): void {
    this.frame = frame;
    this.asked = asked;
    this.#tree = undefined;
  }

  /** Made when first asked for. */
  tree(): readonly Node[] {
    this.#tree ??= fcTree(this.frame, this.asked);
    return this.#tree;
  }
}

const NOTHING: AskedFor = { els: 0, ct: 0 };

export class FcReader implements FcSink {
  epoch: Epoch | undefined = undefined;
  readonly #take: (facts: FcFrameFacts) => void;
  readonly #lost: FcSink['lost'];
  /** Requests of services that await their answers. */
  readonly #requests = new Map<string, AskedFor>();
  #facts: FcFrameFacts | undefined;

  constructor(take: (facts: FcFrameFacts) => void, lost: FcSink['lost']) {
    this.#take = take;
    this.#lost = lost;
  }

  begin(): number {
    return FC_FRAME_KEPT_MAX;
  }

  end(frame: FcFrame): void {
    this.#facts ??= new FcFrameFacts(frame);
    this.#facts.next(frame, this.#askedFor(frame));
    this.#facts.epoch = this.epoch;
    this.#take(this.#facts);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent: number): void {
    this.#lost(direction, bytes, timeNs, frame, absent);
  }

  unframed(): void {}

  ended(): void {}

  /** Of an answer: what was asked. Requests are remembered until they are answered. */
  #askedFor(frame: FcFrame): AskedFor {
    const group = frame.kind & 0xf00;
    const service = group === FcKind.els || group === FcKind.fc4 || group === FcKind.ct;
    if (!service || frame.headerCaptured < FC_HEADER_BYTES || frame.special) return NOTHING;
    const { view, at } = frame;
    const from = get(view, at, frameHeader.sourceId);
    const to = get(view, at, frameHeader.destinationId);
    const oxId = get(view, at, frameHeader.oxId);
    const rCtl = get(view, at, frameHeader.rCtl);
    const reply = rCtl === RCtl.elsReply || rCtl === RCtl.fc4Reply || frame.kind > FcKind.ct;
    if (reply && (group !== FcKind.ct || frame.kind !== FcKind.ct)) {
      const key = `${to}.${from}.${oxId}`;
      const asked = this.#requests.get(key);
      this.#requests.delete(key);
      return asked ?? NOTHING;
    }
    const isCt = group === FcKind.ct && frame.dataKept >= CT_PREAMBLE_BYTES;
    const ct = isCt ? get(frame.dataView, 0, ctPreamble.ctCommand) : 0;
    if (this.#requests.size < FC_REQUESTS_PENDING_MAX) {
      const els = group === FcKind.ct ? 0 : frame.kind & 0xff;
      this.#requests.set(`${from}.${to}.${oxId}`, { els, ct });
    }
    return NOTHING;
  }
}

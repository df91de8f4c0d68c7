// Messages that are no iSCSI PDUs, for those who want to see each: what is known of one beside its own
// bytes, its tree and its bytes.

import type { Epoch } from '../capture/time.js';
import { FC_FRAME_KEPT_MAX, FC_REQUESTS_PENDING_MAX } from '../limits.js';
import type { FcFrame } from '../pdu/fc/frame.js';
import { goesOnInSequence } from '../pdu/fc/sequence.js';
import { type Message, type MessageSink, messageSession } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import type { SessionQuery } from '../session/session-query.js';
import type { Connection } from '../stream/connection.js';
import { RCtl } from '../wire/fc/codes.js';
import { CT_PREAMBLE_BYTES, ctPreamble } from '../wire/fc/ct.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { FcKind } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import type { Node } from '../wire/tree.js';
import { CtSequences } from './ct-sequences.js';
import { type AskedFor, fcTree, type JoinedCt } from './fc-tree.js';
import { isnsTree } from './isns-tree.js';
import { messageParts } from './message-octets.js';
import type { PduPart } from './octets.js';
import { rdmaTree } from './rdma-tree.js';

/** A message with what is known of it; borrowed until the call returns. */
export class MessageFacts {
  message: Message;
  epoch: Epoch | undefined = undefined;
  look: SessionQuery | undefined = undefined;
  /** Of an answer of Fibre Channel's services: what was asked. */
  asked: AskedFor = NOTHING;
  readonly #showSecrets: boolean;
  #tree: readonly Node[] | undefined;
  /** The sequence that ends with it, where it took several frames. */
  #joined: JoinedCt | undefined;

  constructor(message: Message, showSecrets: boolean) {
    this.message = message;
    this.#showSecrets = showSecrets;
  }

  next(message: Message, asked: AskedFor, joined?: JoinedCt): void {
    this.message = message;
    this.asked = asked;
    this.#joined = joined;
    this.#tree = undefined;
  }

  /** The session it belongs to, -1 none, or not known yet. */
  get session(): number {
    const own = messageSession(this.message);
    if (own >= 0) return own;
    return this.look?.story(this.message.connection)?.session ?? -1;
  }

  /** Between whom it is: what they said before they had a session has the same. */
  get ends(): string {
    const { message: m } = this;
    if (m.protocol !== MessageProtocol.fc || m.headerCaptured < FC_HEADER_BYTES || m.special) {
      return `C${m.connection}`;
    }
    const from = get(m.view, m.at, frameHeader.sourceId);
    const to = get(m.view, m.at, frameHeader.destinationId);
    return `C${m.connection} ${Math.min(from, to)} ${Math.max(from, to)}`;
  }

  /** The TCP connection, or RoCE's, that it came by. */
  get connection(): Connection | undefined {
    return this.look?.connection(this.message.connection);
  }

  /** Made when first asked for. */
  tree(): readonly Node[] {
    this.#tree ??= treeOf(this.message, this.asked, this.#showSecrets, this.#joined);
    return this.#tree;
  }

  /** Its bytes at hand, copied. */
  parts(showSecrets: boolean): PduPart[] {
    return messageParts(this.message, showSecrets, this.asked.els);
  }
}

const NOTHING: AskedFor = { els: 0, ct: 0 };

function treeOf(
  message: Message,
  asked: AskedFor,
  showSecrets: boolean,
  joined: JoinedCt | undefined,
): readonly Node[] {
  if (message.protocol === MessageProtocol.fc) return fcTree(message, asked, showSecrets, joined);
  return message.protocol === MessageProtocol.isns
    ? isnsTree(message)
    : rdmaTree(message, showSecrets);
}

export interface MessageReaderOptions {
  readonly take: (facts: MessageFacts) => void;
  readonly lost?: MessageSink['messagesLost'];
  readonly showSecrets?: boolean;
}

export class MessageReader implements MessageSink {
  epoch: Epoch | undefined = undefined;
  look: SessionQuery | undefined = undefined;
  readonly #options: MessageReaderOptions;
  /** Requests of services that await their answers. */
  readonly #requests = new Map<string, AskedFor>();
  readonly #sequences = new CtSequences();
  #facts: MessageFacts | undefined;

  constructor(options: MessageReaderOptions) {
    this.#options = options;
  }

  messageBegins(): number {
    return FC_FRAME_KEPT_MAX;
  }

  messageEnds(message: Message): void {
    const asked = message.protocol === MessageProtocol.fc ? this.#askedFor(message) : NOTHING;
    this.#facts ??= new MessageFacts(message, this.#options.showSecrets ?? false);
    const joined =
      message.protocol === MessageProtocol.fc ? this.#sequences.take(message, asked) : undefined;
    this.#facts.next(message, joined?.asked ?? asked, joined);
    this.#facts.epoch = this.epoch;
    this.#facts.look = this.look;
    this.#options.take(this.#facts);
  }

  messagesLost(direction: number, bytes: number, timeNs: number, frame: number): void {
    this.#options.lost?.(direction, bytes, timeNs, frame);
  }

  /** Of an answer: what was asked. Requests are remembered until they are answered. */
  #askedFor(frame: FcFrame): AskedFor {
    const group = frame.kind & 0xf00;
    const service = group === FcKind.els || group === FcKind.fc4 || group === FcKind.ct;
    if (!service || frame.headerCaptured < FC_HEADER_BYTES || frame.special) return NOTHING;
    if (goesOnInSequence(frame)) return NOTHING;
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

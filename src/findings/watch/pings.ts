// Pings of one connection, both ways: what was not answered, what passed meanwhile, round trips before
// it, and answers that do not echo what they answer (RFC 7143 11.18, 11.19). Seldom: one in seconds.

import { REQUESTS_PENDING_MAX, WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { IscsiConnection } from '../../session/model.js';
import { get } from '../../wire/field.js';
import { BHS_LENGTH, LUN, LUN_LOW } from '../../wire/iscsi/bhs-offsets.js';
import { Opcode, RESERVED_TAG } from '../../wire/iscsi/codes.js';
import { nopIn } from '../../wire/iscsi/nop-in.js';
import { nopOut } from '../../wire/iscsi/nop-out.js';
import { entry, Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** Round trips kept: the last ones show whether they grew. */
const LAST_KEPT = 8;

/** A ping that awaits its answer, and how much its receiver had sent by then. */
export interface Waiting {
  readonly tag: number;
  readonly lunHigh: number;
  readonly lunLow: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly peerBytes: number;
}

/** What an answer to a NOP-In had wrong. */
export type EchoFault = 'tag' | 'lun' | 'initiatorTaskTag';

export class PingWatch {
  readonly connection: number;
  readonly fromInitiator: Waiting[] = [];
  readonly fromTarget: Waiting[] = [];
  /** Of the initiator's pings: round trips in ns, the least, the most and its packet, the last few. */
  answered = 0;
  rttNsMin = -1;
  rttNsMax = -1;
  rttMaxFrame = 0;
  rttMaxNs = -1;
  readonly lastRttNs: number[] = [];
  readonly echoFaults: Map<EchoFault, Occurrences> = new Map();

  constructor(connection: number) {
    this.connection = connection;
  }

  ended(pdu: Pdu, story: IscsiConnection): void {
    if (pdu.headerCaptured < BHS_LENGTH) return;
    if (pdu.opcode === Opcode.nopOut) this.#out(pdu, story);
    else if (pdu.opcode === Opcode.nopIn) this.#in(pdu, story);
  }

  #out(pdu: Pdu, story: IscsiConnection): void {
    const { view, at } = pdu;
    const tag = get(view, at, nopOut.initiatorTaskTag);
    const targetTag = get(view, at, nopOut.targetTransferTag);
    if (targetTag !== RESERVED_TAG) this.#echo(pdu, story, targetTag, tag);
    else if (tag !== RESERVED_TAG) {
      keep(this.fromInitiator, waiting(pdu, tag, story.targetDataBytes));
    }
  }

  #in(pdu: Pdu, story: IscsiConnection): void {
    const { view, at } = pdu;
    const tag = get(view, at, nopIn.initiatorTaskTag);
    const targetTag = get(view, at, nopIn.targetTransferTag);
    if (tag === RESERVED_TAG) {
      if (targetTag === RESERVED_TAG) return;
      keep(this.fromTarget, waiting(pdu, targetTag, story.initiatorDataBytes));
      return;
    }
    const at1 = this.fromInitiator.findIndex((one) => one.tag === tag);
    if (at1 < 0) return;
    const [ping] = this.fromInitiator.splice(at1, 1);
    const ns = Math.max(0, pdu.endNs - ping.timeNs);
    this.answered++;
    if (this.rttNsMin < 0 || ns < this.rttNsMin) this.rttNsMin = ns;
    if (ns > this.rttNsMax) {
      this.rttNsMax = ns;
      this.rttMaxFrame = ping.frame;
      this.rttMaxNs = ping.timeNs;
    }
    if (this.lastRttNs.length >= LAST_KEPT) this.lastRttNs.shift();
    this.lastRttNs.push(ns);
  }

  /** A NOP-Out that answers a NOP-In: same tag, same LUN, and no tag of its own. */
  #echo(pdu: Pdu, story: IscsiConnection, targetTag: number, tag: number): void {
    if (tag !== RESERVED_TAG) this.#fault('initiatorTaskTag', pdu);
    const found = this.fromTarget.findIndex((one) => one.tag === targetTag);
    if (found < 0) {
      // Where a login was captured the NOP-In should have been, too.
      if (story.login?.outcome === 'accepted') this.#fault('tag', pdu);
      return;
    }
    const [ping] = this.fromTarget.splice(found, 1);
    const high = pdu.view.getUint32(pdu.at + LUN);
    const low = pdu.view.getUint32(pdu.at + LUN_LOW);
    if (high !== ping.lunHigh || low !== ping.lunLow) this.#fault('lun', pdu);
  }

  #fault(kind: EchoFault, pdu: Pdu): void {
    let sight = this.echoFaults.get(kind);
    if (sight === undefined) {
      sight = new Occurrences();
      this.echoFaults.set(kind, sight);
    }
    sight.saw(pdu.frame, pdu.timeNs);
  }
}

/** By connection. */
class PingWatches {
  readonly byConnection: Map<number, PingWatch> = new Map();
  readonly #watched: Watched;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  pdu(pdu: Pdu): void {
    const story = this.#watched.look?.story(pdu.connection);
    if (story === undefined) return;
    const make = () => new PingWatch(pdu.connection);
    entry(this.byConnection, pdu.connection, WATCHED_CONNECTIONS_MAX, make)?.ended(pdu, story);
  }
}

export const pingWatches: WatchKind<PingWatches> = {
  name: 'pings',
  opcodes: [Opcode.nopOut, Opcode.nopIn],
  make: (watched) => new PingWatches(watched),
};

function waiting(pdu: Pdu, tag: number, peerBytes: number): Waiting {
  const { view, at, frame, timeNs } = pdu;
  const lunHigh = view.getUint32(at + LUN);
  const lunLow = view.getUint32(at + LUN_LOW);
  return { tag, lunHigh, lunLow, frame, timeNs, peerBytes };
}

function keep(list: Waiting[], one: Waiting): void {
  list.push(one);
  if (list.length > REQUESTS_PENDING_MAX) list.shift();
}

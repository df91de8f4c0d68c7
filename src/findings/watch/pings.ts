// Pings of one connection, both ways: round trips, and answers that do not echo what they answer
// (RFC 7143 11.18, 11.19). Which ping a PDU answers, and which still wait, the session stage knows.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import type { IscsiConnection, ServiceRequest } from '../../session/model.js';
import { get } from '../../wire/field.js';
import { BHS_LENGTH, LUN, LUN_LOW } from '../../wire/iscsi/bhs-offsets.js';
import { Opcode, RESERVED_TAG } from '../../wire/iscsi/codes.js';
import { nopIn } from '../../wire/iscsi/nop-in.js';
import { nopOut } from '../../wire/iscsi/nop-out.js';
import { entry, Occurrences } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** Round trips kept: the last ones show whether they grew. */
const LAST_KEPT = 8;

/** What an answer to a NOP-In had wrong. */
export type EchoFault = 'tag' | 'lun' | 'initiatorTaskTag';

export class PingWatch {
  /** Of the initiator's pings: round trips in ns, the least, the most and its packet, the last few. */
  answered = 0;
  rttNsMin = -1;
  rttNsMax = -1;
  rttMaxFrame = 0;
  rttMaxNs = -1;
  readonly lastRttNs: number[] = [];
  readonly echoFaults: Map<EchoFault, Occurrences> = new Map();

  /** `ping`: the one that the PDU answers. */
  ended(pdu: Pdu, story: IscsiConnection, ping: ServiceRequest | undefined): void {
    if (pdu.headerCaptured < BHS_LENGTH) return;
    if (pdu.opcode === Opcode.nopOut) this.#out(pdu, story, ping);
    else if (ping !== undefined && get(pdu.view, pdu.at, nopIn.initiatorTaskTag) !== RESERVED_TAG) {
      this.#roundTrip(Math.max(0, pdu.endNs - ping.timeNs), ping);
    }
  }

  #roundTrip(ns: number, { frame, timeNs }: ServiceRequest): void {
    this.answered++;
    if (this.rttNsMin < 0 || ns < this.rttNsMin) this.rttNsMin = ns;
    if (ns > this.rttNsMax) {
      this.rttNsMax = ns;
      this.rttMaxFrame = frame;
      this.rttMaxNs = timeNs;
    }
    if (this.lastRttNs.length >= LAST_KEPT) this.lastRttNs.shift();
    this.lastRttNs.push(ns);
  }

  /** A NOP-Out that answers a NOP-In: same tag, same LUN, and no tag of its own. */
  #out(pdu: Pdu, story: IscsiConnection, ping: ServiceRequest | undefined): void {
    const { view, at } = pdu;
    if (get(view, at, nopOut.targetTransferTag) === RESERVED_TAG) return;
    if (get(view, at, nopOut.initiatorTaskTag) !== RESERVED_TAG) {
      this.#fault('initiatorTaskTag', pdu);
    }
    if (ping === undefined) {
      // Where a login was captured the NOP-In should have been, too.
      if (story.login?.outcome === 'accepted') this.#fault('tag', pdu);
      return;
    }
    const high = view.getUint32(at + LUN);
    const low = view.getUint32(at + LUN_LOW);
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
    const { look } = this.#watched;
    const story = look?.story(pdu.connection);
    if (story === undefined) return;
    const make = () => new PingWatch();
    const watch = entry(this.byConnection, pdu.connection, WATCHED_CONNECTIONS_MAX, make);
    watch?.ended(pdu, story, look?.answered(pdu.connection));
  }
}

export const pingWatches: WatchKind<PingWatches> = {
  name: 'pings',
  opcodes: [Opcode.nopOut, Opcode.nopIn],
  make: (watched) => new PingWatches(watched),
};

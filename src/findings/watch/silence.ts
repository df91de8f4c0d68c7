// hot: no allocation per packet
// Silence: how long one side of a connection sent nothing at all, not even an acknowledgement, while the
// other sent its data again and again; and copies of one segment that come together though their
// sender's timer sent them apart: they had been held on their way.

import { WATCHED_CONNECTIONS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { flowOf } from '../../stream/connection.js';
import type { AgainKind } from '../../stream/events.js';
import { entry, keepFrame } from '../groups.js';
import type { Watched, WatchKind } from '../watch.js';

/** A pause of a connection's PDUs that is worth remembering. */
const PAUSE_NS = 1e9;
/** Timers send a segment again after 200 ms and more (RFC 6298 2.4 says 1 s): copies nearer were held. */
const TOGETHER_NS = 20e6;
/** Two may be a probe and its loss; three are the timer's. */
const COPIES_LEAST = 3;
/** Larger segments that never arrive may be too large for the way (mtu-black-hole). */
const SMALL_BYTES = 1000;
/** Directions that spoke last, remembered. */
const SPEAKERS = 16;
/** What was said so soon after the silence began was on its way. */
const ALIVE_NS = 500e6;
/** One such segment may have met one lost acknowledgement; and how long after the last copy it belongs to it. */
const UNHEARD_LEAST = 2;
const UNHEARD_NS = 5e9;

/** A time in which one side was silent while the other sent again. */
export interface Silence {
  /** The silent side's last packet before it, and the last sign that it still was silent. */
  sinceNs: number;
  untilNs: number;
  /** Segments sent again meanwhile, how many bytes with them, and their packets. */
  times: number;
  bytesAgain: number;
  readonly frames: number[];
  /** Packets of the silent side by then: one more ends it. */
  readonly packets: number;
  /** The connection was closed while it lasted. */
  closed: boolean;
  /** Another connection of the silent side that spoke meanwhile (-1 none), and how often that was seen. */
  alive: number;
  aliveTimes: number;
}

/** Copies of one segment that came together after a pause. */
export interface Held {
  readonly pausedNs: number;
  readonly cameNs: number;
  copies: number;
  lastNs: number;
  readonly frames: number[];
}

/** The sender's first byte that is not acknowledged goes out again and again, and the peer sends again what had been acknowledged. */
export interface OneWay {
  readonly position: number;
  readonly sinceNs: number;
  untilNs: number;
  times: number;
  /** The peer's segment that came again though it had been acknowledged, and how often: probes repeat each another one. */
  unheardAt: number;
  unheard: number;
  readonly frames: number[];
}

/** One direction: its sender sends again, the other side is silent. */
class SilenceWatch {
  longest: Silence | undefined = undefined;
  current: Silence | undefined = undefined;
  held: Held | undefined = undefined;
  oneWay: OneWay | undefined = undefined;
  #way: OneWay | undefined;
  #position: number;
  #lastNs: number;
  #copies: Held | undefined;

  constructor() {
    this.#position = -1;
    this.#lastNs = -1;
    this.#copies = undefined;
    this.#way = undefined;
  }

  /** The segment at `position` goes out once more. */
  stuckAt(position: number, frame: number, timeNs: number, peerLastNs: number): void {
    let way = this.#way;
    if (way === undefined || way.position !== position) {
      const sinceNs = Math.min(peerLastNs, timeNs);
      way = { position, sinceNs, untilNs: timeNs, times: 0, unheardAt: -1, unheard: 0, frames: [] };
      this.#way = way;
    }
    way.times++;
    way.untilNs = timeNs;
    keepFrame(way.frames, frame);
    this.#keep(way);
  }

  /** The peer sends again what had been acknowledged to it: it has not heard that. */
  peerUnheard(position: number, frame: number, timeNs: number): void {
    const way = this.#way;
    if (way === undefined || timeNs - way.untilNs > UNHEARD_NS) return;
    if (position !== way.unheardAt) way.unheard = 0;
    way.unheardAt = position;
    way.unheard++;
    if (timeNs > way.untilNs) way.untilNs = timeNs;
    keepFrame(way.frames, frame);
    this.#keep(way);
  }

  #keep(way: OneWay): void {
    if (way.times < COPIES_LEAST || way.unheard < UNHEARD_LEAST) return;
    const kept = this.oneWay;
    if (kept === undefined || way.untilNs - way.sinceNs > kept.untilNs - kept.sinceNs) {
      this.oneWay = way;
    }
  }

  again(
    frame: number,
    timeNs: number,
    length: number,
    peerLastNs: number,
    peerPackets: number,
  ): void {
    let one = this.current;
    if (one === undefined || one.packets !== peerPackets) {
      const sinceNs = peerLastNs;
      const begun = {
        times: 0,
        bytesAgain: 0,
        frames: [],
        closed: false,
        alive: -1,
        aliveTimes: 0,
      };
      one = { ...begun, sinceNs, untilNs: timeNs, packets: peerPackets };
      this.current = one;
    }
    one.times++;
    one.bytesAgain += length;
    one.untilNs = timeNs;
    keepFrame(one.frames, frame);
    this.#compare(one);
  }

  ended(timeNs: number, peerPackets: number): void {
    const one = this.current;
    if (one === undefined || one.packets !== peerPackets || one.closed) return;
    one.untilNs = Math.max(one.untilNs, timeNs);
    one.closed = true;
    this.#compare(one);
  }

  /** A copy of the segment at `position`, after a pause that ended at `resumedNs`. */
  copy(frame: number, timeNs: number, position: number, pausedNs: number, resumedNs: number): void {
    const together = position === this.#position && timeNs - this.#lastNs < TOGETHER_NS;
    this.#position = position;
    this.#lastNs = timeNs;
    if (!together || this.#copies === undefined) {
      this.#copies = { pausedNs, cameNs: resumedNs, copies: 1, lastNs: timeNs, frames: [frame] };
      return;
    }
    const one = this.#copies;
    one.copies++;
    one.lastNs = timeNs;
    keepFrame(one.frames, frame);
    const soon = timeNs - one.cameNs < PAUSE_NS && one.pausedNs >= 0;
    if (soon && one.copies >= COPIES_LEAST) this.held ??= one;
  }

  #compare(one: Silence): void {
    const longest = this.longest;
    if (longest === undefined || one.untilNs - one.sinceNs > longest.untilNs - longest.sinceNs) {
      this.longest = one;
    }
  }
}

class Silences {
  /** By direction of the data that was sent again. */
  readonly byDirection: Map<number, SilenceWatch> = new Map();
  readonly #watched: Watched;
  /** By connection: when its last PDU came; and its last long pause. */
  readonly #lastNs: number[];
  readonly #pausedNs: number[];
  readonly #resumedNs: number[];
  /** Who spoke last: directions, and when; a ring. */
  readonly #speakers: Int32Array = new Int32Array(SPEAKERS).fill(-1);
  readonly #spokeNs: Float64Array = new Float64Array(SPEAKERS);
  #speaker = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#lastNs = [];
    this.#pausedNs = [];
    this.#resumedNs = [];
  }

  /** The last pause of a connection's PDUs, either way, of a second and longer. */
  pauseOf(connection: number): { pausedNs: number; resumedNs: number } | undefined {
    const pausedNs = this.#pausedNs[connection];
    const resumedNs = this.#resumedNs[connection];
    return pausedNs === undefined || resumedNs === undefined ? undefined : { pausedNs, resumedNs };
  }

  pdu(pdu: Pdu): void {
    const { connection, timeNs, direction } = pdu;
    if (this.#speakers[this.#speaker] !== direction) {
      this.#speaker = (this.#speaker + 1) % SPEAKERS;
      this.#speakers[this.#speaker] = direction;
    }
    this.#spokeNs[this.#speaker] = timeNs;
    const lastNs = this.#lastNs[connection];
    if (lastNs !== undefined && timeNs - lastNs >= PAUSE_NS) {
      this.#pausedNs[connection] = lastNs;
      this.#resumedNs[connection] = timeNs;
    }
    this.#lastNs[connection] = timeNs;
  }

  retransmission(
    direction: number,
    frame: number,
    timeNs: number,
    position: number,
    length: number,
    kind: AgainKind,
  ): void {
    if (kind === 'outOfOrder') return;
    const connection = this.#watched.look?.story(direction >> 1)?.connection;
    if (connection === undefined) return;
    const watch = this.#of(direction);
    if (watch === undefined) return;
    const paused = this.#pausedNs[direction >> 1] ?? -1;
    watch.copy(frame, timeNs, position, paused, this.#resumedNs[direction >> 1] ?? -1);
    if (kind === 'spurious') {
      this.byDirection.get(direction ^ 1)?.peerUnheard(position, frame, timeNs);
      return;
    }
    const peer = flowOf(connection, direction ^ 1);
    if (length <= SMALL_BYTES) watch.stuckAt(position, frame, timeNs, peer.lastNs);
    watch.again(frame, timeNs, length, peer.lastNs, peer.packets);
    if (watch.current !== undefined) this.#elsewhere(watch.current, direction);
  }

  /** Whether the silent side of this direction spoke on another connection since. */
  #elsewhere(one: Silence, direction: number): void {
    const { look } = this.#watched;
    const own = look?.story(direction >> 1);
    if (look === undefined || own === undefined) return;
    const byTarget = (direction & 1) === own.initiatorDirection;
    const ownSession = look.session(own.session);
    for (let i = 0; i < SPEAKERS; i++) {
      const spoke = this.#speakers[i];
      if (spoke < 0 || spoke >> 1 === direction >> 1) continue;
      if (this.#spokeNs[i] <= one.sinceNs + ALIVE_NS) continue;
      const other = look.story(spoke >> 1);
      if (other === undefined || ((spoke & 1) !== other.initiatorDirection) !== byTarget) continue;
      const session = look.session(other.session);
      if (session === undefined || ownSession === undefined) continue;
      const same = byTarget
        ? session.targetName === ownSession.targetName && session.targetName !== ''
        : session.initiatorName === ownSession.initiatorName && session.initiatorName !== '';
      if (!same) continue;
      one.alive = spoke >> 1;
      one.aliveTimes++;
      return;
    }
  }

  directionEnded(direction: number, timeNs: number): void {
    const connection = this.#watched.look?.story(direction >> 1)?.connection;
    if (connection === undefined) return;
    for (const of of [direction, direction ^ 1]) {
      this.byDirection.get(of)?.ended(timeNs, flowOf(connection, of ^ 1).packets);
    }
  }

  #of(direction: number): SilenceWatch | undefined {
    return entry(this.byDirection, direction, WATCHED_CONNECTIONS_MAX, makeWatch);
  }
}

function makeWatch(): SilenceWatch {
  return new SilenceWatch();
}

export const silences: WatchKind<Silences> = {
  name: 'silence',
  make: (watched) => new Silences(watched),
};

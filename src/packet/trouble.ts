// The sentences for what is wrong with packets; kept apart from the road, which only counts.

import type { Packet } from '../capture/packet.js';
import { addressText } from '../lib/address.js';
import {
  MPLS_LABELS_MAX,
  PACKET_LAYERS_MAX,
  PROBLEMS_KEPT_PER_KIND,
  VLAN_TAGS_MAX,
} from '../limits.js';
import type { ProblemKind, ProblemLog } from '../problem.js';
import type { Datagram } from './datagram.js';
import type { MissingWhy } from './fragments.js';
import type { Walk } from './walk.js';

const WHY: Readonly<Record<MissingWhy, string>> = {
  age: 'the others did not come within 30 s',
  bound: 'newer fragments needed the room',
  end: 'the capture ended',
  reused: 'its identification came again with another length',
};

/** Sentences are only written while the log would keep them. */
export class PacketTrouble {
  readonly #problems: ProblemLog;

  constructor(problems: ProblemLog) {
    this.#problems = problems;
  }

  truncated(w: Walk, packet: Packet): void {
    if (!this.#room('packet-truncated')) return;
    const there = Math.max(0, w.end - w.at);
    const cause = packet.snaplen > 0 ? `snaplen ${packet.snaplen}` : 'cut by the capture';
    const text = `${w.what} needs ${w.needed} bytes, ${there} captured (${cause})`;
    this.#problems.add({ kind: 'packet-truncated', text, frame: packet.frame });
  }

  malformed(w: Walk, packet: Packet): void {
    if (!this.#room('packet-malformed')) return;
    const there = Math.max(0, w.wire - w.at);
    const text =
      w.needed === 0
        ? w.what
        : `${w.what} needs ${w.needed} bytes, the packet around it has ${there} left`;
    this.#problems.add({ kind: 'packet-malformed', text, frame: packet.frame });
  }

  linkType(linkType: number, frame: number): void {
    if (!this.#room('link-type-unknown')) return;
    const text = `link type ${linkType} is not one that sanscope reads`;
    this.#problems.add({ kind: 'link-type-unknown', text, frame });
  }

  tooDeep(packet: Packet): void {
    if (!this.#room('limit-reached')) return;
    const text =
      'more headers, tags or labels before TCP than sanscope follows ' +
      `(${PACKET_LAYERS_MAX}, ${VLAN_TAGS_MAX}, ${MPLS_LABELS_MAX})`;
    this.#problems.add({ kind: 'limit-reached', text, frame: packet.frame });
  }

  missing(d: Datagram, why: MissingWhy): void {
    if (why === 'bound' && this.#room('limit-reached')) {
      const text = 'an incomplete IP datagram was given up for newer ones';
      this.#problems.add({ kind: 'limit-reached', text, frame: d.frame });
    }
    if (!this.#room('fragment-missing')) return;
    const version = d.ipv6 ? 'IPv6' : 'IPv4';
    const from = addressText(d.srcA, d.srcB, d.srcC, d.srcD);
    const to = addressText(d.dstA, d.dstB, d.dstC, d.dstD);
    const total = d.total === -1 ? 'an unknown number of' : `${d.total}`;
    const here = Math.min(d.received * 8, d.reach);
    const id = `0x${(d.id >>> 0).toString(16)}`;
    const text = `${version} datagram ${id} ${from} → ${to}: ${here} of ${total} bytes came, ${WHY[why]}`;
    this.#problems.add({ kind: 'fragment-missing', text, frame: d.frameFirst });
  }

  overlap(frame: number): void {
    if (!this.#room('overlap-differs')) return;
    const text = 'IP fragment brings other bytes for an offset that came before; the first stay';
    this.#problems.add({ kind: 'overlap-differs', text, frame });
  }

  /** Counts what has no room for a sentence. */
  #room(kind: ProblemKind): boolean {
    if ((this.#problems.counts.get(kind) ?? 0) < PROBLEMS_KEPT_PER_KIND) return true;
    this.#problems.count(kind);
    return false;
  }
}

// hot: no allocation per packet
// Digests that were bad, boundaries that were lost, and bytes that belong to no PDU; by connection.

import { FINDINGS_PER_RULE } from '../../limits.js';
import { DIGEST_BAD, type Pdu } from '../../pdu/pdu.js';
import { BHS_LENGTH } from '../../wire/iscsi/bhs-offsets.js';
import { entry, Occurrences } from '../groups.js';
import type { WatchKind } from '../watch.js';

/** What was wrong with the PDUs of one connection. */
export class FramingGroup {
  readonly connection: number;
  headerDigestsBad = 0;
  dataDigestsBad = 0;
  /** Times that PDU boundaries were lost and found again, and the bytes between. */
  resynchronised = 0;
  unframedBytes = 0;
  readonly digests: Occurrences = new Occurrences();
  readonly losses: Occurrences = new Occurrences();
  /** Headers that were not captured whole; and how many had so many bytes left. */
  readonly cut: Occurrences = new Occurrences();
  readonly cutTo: Float64Array = new Float64Array(BHS_LENGTH);

  constructor(connection: number) {
    this.connection = connection;
  }
}

class Framing {
  /** By connection. */
  readonly groups: Map<number, FramingGroup> = new Map();

  pdu(pdu: Pdu): void {
    if (pdu.headerCaptured < BHS_LENGTH) {
      const group = this.#group(pdu.connection);
      group?.cut.saw(pdu.frame, pdu.timeNs);
      if (group !== undefined) group.cutTo[pdu.headerCaptured]++;
    }
    if (pdu.headerDigest !== DIGEST_BAD && pdu.dataDigest !== DIGEST_BAD && !pdu.resynchronised) {
      return;
    }
    const group = this.#group(pdu.connection);
    if (group === undefined) return;
    if (pdu.resynchronised) group.resynchronised++;
    if (pdu.headerDigest === DIGEST_BAD) group.headerDigestsBad++;
    if (pdu.dataDigest === DIGEST_BAD) group.dataDigestsBad++;
    if (pdu.headerDigest === DIGEST_BAD || pdu.dataDigest === DIGEST_BAD) {
      group.digests.saw(pdu.frame, pdu.timeNs);
    }
  }

  unframed(direction: number, bytes: number, absent: number, timeNs: number, frame: number): void {
    const group = this.#group(direction >> 1);
    if (group === undefined) return;
    group.unframedBytes += bytes - absent;
    group.losses.saw(frame, timeNs);
  }

  #group(connection: number): FramingGroup | undefined {
    const make = () => new FramingGroup(connection);
    return entry(this.groups, connection, FINDINGS_PER_RULE, make);
  }
}

export const framing: WatchKind<Framing> = {
  name: 'digests and boundaries',
  make: () => new Framing(),
};

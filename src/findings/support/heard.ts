// Whether the silence of a side is silence: its bytes are in the capture, and told apart.

import type { IscsiConnection } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { type Facts, type RoadFacts, storiesOf } from '../facts.js';
import { framing } from '../watch/framing.js';

/**
 * True where nothing of this side is missing, and no header was hidden (by a loss, or by snaplen) since then: else what seems
 * not to have been said may have been. Who asks names the watch `framing`.
 */
export function heardSince(
  story: IscsiConnection,
  of: 'initiator' | 'target',
  sinceNs: number,
  facts: Facts,
): boolean {
  const direction = story.initiatorDirection ^ (of === 'initiator' ? 0 : 1);
  const { packets, missingBytes } = flowOf(story.connection, direction);
  if (packets === 0 || missingBytes > 0) return false;
  const losses = facts.evidence.of(framing).groups.get(story.connection.id)?.losses;
  return losses === undefined || losses.count === 0 || losses.lastNs < sinceNs;
}

/** The same of the target on all connections of a session. */
export function targetHeard(session: number, sinceNs: number, facts: Facts): boolean {
  return storiesOf(facts, session).every((story) => heardSince(story, 'target', sinceNs, facts));
}

/** True where no header of a session was cut (snaplen) since then. */
export function headersWhole(session: number, sinceNs: number, facts: Facts): boolean {
  const { groups } = facts.evidence.of(framing);
  return storiesOf(facts, session).every(({ connection }) => {
    const cut = groups.get(connection.id)?.cut;
    return cut === undefined || cut.count === 0 || cut.lastNs < sinceNs;
  });
}

const lossy = new WeakMap<object, boolean>();

/**
 * True where the capture is known to miss packets, of whatever connection: one that is not there then says nothing
 * of who should have sent it. A last answer that is missed leaves no hole behind it.
 */
export function missesPackets(facts: Pick<RoadFacts, 'capture' | 'stories'>): boolean {
  const known = lossy.get(facts);
  if (known !== undefined) return known;
  const missed =
    facts.capture.packetsDropped > 0 ||
    facts.stories.some(
      ({ connection: { a, b } }) => a.missingBytes + b.missingBytes > a.lostBytes + b.lostBytes,
    );
  lossy.set(facts, missed);
  return missed;
}

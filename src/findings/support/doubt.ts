// Why what a session seems to have done may be the capture's doing.

import type { Flow } from '../../stream/connection.js';
import { type Facts, storiesOf } from '../facts.js';
import { framing } from '../watch/framing.js';

/** As the rule clocks-differ has it: of two clocks a good part of the data comes after its ACK. */
const LATE_SEGMENTS = 10;
const LATE_SHARE = 0.2;

export type Doubt = 'missing' | 'cut' | 'one side' | 'clocks' | 'unframed';

/** What to say of it, after a sentence. */
export const DOUBTS: Readonly<Record<Doubt, string>> = {
  missing: 'Bytes of the session are missing in the capture, which may be why.',
  cut: 'Snaplen cut headers of PDUs of the session, which may be why.',
  'one side': 'Only one side was captured, which may be why.',
  unframed:
    'Bytes of the session could not be told apart: PDUs among them are not known, which may be why.',
  clocks: 'The two directions were captured by clocks that differ, which may be why.',
};

/** What a rule holds of something that has such a doubt: nobody owes it. */
export const IN_DOUBT = { owes: 'unknown', confidence: 'possible', inferred: true } as const;

export function doubtOf(session: number, facts: Facts): Doubt | undefined {
  let missing = false;
  for (const { connection } of storiesOf(facts, session)) {
    const { a, b } = connection;
    if (a.packets === 0 || b.packets === 0) return 'one side';
    if (isLate(a) || isLate(b)) return 'clocks';
    missing ||= a.missingBytes + b.missingBytes > a.lostBytes + b.lostBytes;
  }
  return missing ? 'missing' : undefined;
}

/** What the PDUs were whose headers are cut is not known: an answer or a ping may be among them. */
export function headersCutOf(session: number, facts: Facts): boolean {
  const { groups } = facts.evidence.of(framing);
  return storiesOf(facts, session).some(
    ({ connection }) => (groups.get(connection.id)?.cut.count ?? 0) > 0,
  );
}

function isLate({ seenAfterAck, dataSegments }: Flow): boolean {
  return seenAfterAck >= LATE_SEGMENTS && seenAfterAck >= dataSegments * LATE_SHARE;
}

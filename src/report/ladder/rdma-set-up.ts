// What came before an iSER login: MPA's frames or the connection manager's messages, and iSER's Hello.

import type { RdmaStart } from '../../pdu/rdma/events.js';
import type { RdmaFacts } from '../../session/iser/facts.js';
import type { SetUpStep } from './fabric-login.js';

/** `initiatorDirection`: 0 or 1, whose bytes are the initiator's. */
export function rdmaSetUp(facts: RdmaFacts, initiatorDirection: number): SetUpStep[] {
  const steps: SetUpStep[] = [];
  const from = (direction: number): SetUpStep['from'] =>
    (direction & 1) === initiatorDirection ? 'initiator' : 'target';
  for (const start of [facts.request, facts.reply]) {
    if (start === undefined) continue;
    const { frame, timeNs, rejected: refused } = start;
    const unanswered = !start.reply && facts.reply === undefined;
    const name = startName(start);
    const words = startWords(start);
    steps.push({ frame, timeNs, from: from(start.direction), name, words, refused, unanswered });
  }
  for (const hello of [facts.hello, facts.helloReply]) {
    if (hello === undefined) continue;
    const { frame, timeNs, rejected: refused, depth } = hello;
    const name = hello.reply ? 'HelloReply' : 'Hello';
    const words = [hello.reply ? `iSER-ORD ${depth}` : `iSER-IRD ${depth}`];
    const unanswered = !hello.reply && facts.helloReply === undefined;
    steps.push({ frame, timeNs, from: from(hello.direction), name, words, refused, unanswered });
  }
  return steps.sort((a, b) => a.timeNs - b.timeNs);
}

function startName({ how, reply, rejected }: RdmaStart): string {
  if (how === 'MPA') return reply ? 'MPA Reply' : 'MPA Request';
  if (rejected) return 'ConnectReject';
  return reply ? 'ConnectReply' : 'ConnectRequest';
}

function startWords({
  how,
  revision,
  markers,
  crc,
  ird,
  ord,
  rejected,
  reason,
}: RdmaStart): string[] {
  const mpa = how === 'MPA' ? [`revision ${revision}`] : [];
  return [
    ...mpa,
    how === 'MPA' && crc ? 'CRC' : '',
    how === 'MPA' && markers ? 'markers' : '',
    ird >= 0 ? `IRD ${ird}` : '',
    ord >= 0 ? `ORD ${ord}` : '',
    rejected ? (reason ?? 'rejected') : '',
  ].filter(Boolean);
}

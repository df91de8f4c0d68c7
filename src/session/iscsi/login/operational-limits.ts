// What was agreed on how data may flow, as numbers for the hot road. Only where the whole login was
// captured: what is not known breaks no rule.

import type { Parameter } from '../../model.js';
import type { ConnectionState, SessionState } from '../state.js';
import { type Agreed, UNLIMITED } from './agreed.js';
import { Observed } from './observed.js';

/** What PDUs of a connection prove, where what was agreed is not known. */
export function observedOf(c: ConnectionState): Observed {
  c.story.observed ??= new Observed();
  return c.story.observed;
}

/** The limits of a connection, read again where they were negotiated again. */
export function agreedOf(c: ConnectionState, s: SessionState): Agreed {
  const agreed = c.agreed;
  if (agreed.own === c.story.parameters && agreed.shared === s.story.parameters) return agreed;
  return readAgreed(agreed, c, s);
}

function either(
  own: readonly Parameter[],
  shared: readonly Parameter[],
  key: string,
): string | undefined {
  const has = (p: Parameter) => p.key === key;
  return (own.find(has) ?? shared.find(has))?.result;
}

function readAgreed(agreed: Agreed, c: ConnectionState, s: SessionState): Agreed {
  const own = c.story.parameters;
  const shared = s.story.parameters;
  agreed.own = own;
  agreed.shared = shared;
  const login = c.story.login;
  const known = s.story.loginSeen && login?.outcome === 'accepted' && !login.incomplete;
  agreed.known = known === true;
  const number = (text: string | undefined): number =>
    known && text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : UNLIMITED;
  const find = (list: readonly Parameter[], key: string) => list.find((p) => p.key === key);
  const result = (key: string): string | undefined => find(shared, key)?.result;
  agreed.firstBurst = number(result('FirstBurstLength'));
  agreed.maxBurst = number(result('MaxBurstLength'));
  agreed.outstandingR2ts = number(result('MaxOutstandingR2T'));
  agreed.unsolicited = !known || result('InitialR2T') !== 'Yes';
  agreed.immediate = !known || result('ImmediateData') !== 'No';
  const receive = find(own, 'MaxRecvDataSegmentLength');
  agreed.toInitiator = number(receive?.initiatorInForce);
  agreed.toTarget = number(receive?.targetInForce);
  if (known && either(own, shared, 'RDMAExtensions') === 'Yes') {
    // RFC 7145 6.2: MaxRecvDataSegmentLength is ignored, and these two say it.
    agreed.toInitiator = number(either(own, shared, 'InitiatorRecvDataSegmentLength'));
    agreed.toTarget = number(either(own, shared, 'TargetRecvDataSegmentLength'));
  }
  // MaxBurstLength 0 or a negotiation that failed bounds nothing.
  if (agreed.maxBurst < 512) agreed.maxBurst = UNLIMITED;
  if (agreed.firstBurst < 512) agreed.firstBurst = UNLIMITED;
  if (agreed.outstandingR2ts < 1) agreed.outstandingR2ts = UNLIMITED;
  if (agreed.toInitiator < 512) agreed.toInitiator = UNLIMITED;
  if (agreed.toTarget < 512) agreed.toTarget = UNLIMITED;
  return agreed;
}

// The list of rules, and running them.

import { assert } from '../lib/assert.js';
import { FINDINGS_PER_RULE } from '../limits.js';
import { type PduKey, pduNamed } from '../wire/iscsi/pdus.js';
import type { Facts } from './facts.js';
import { type Finding, type Found, type Proof, SEVERITIES } from './finding.js';
import type { Rule } from './rule.js';
import { afterLogout } from './rules/after-logout.js';
import { askedToGoOn } from './rules/asked-to-go-on.js';
import { atsMiscompare } from './rules/ats-miscompare.js';
import { blockLimits } from './rules/block-limits.js';
import { captureLoss } from './rules/capture-loss.js';
import { captureTrust } from './rules/capture-trust.js';
import { checkCondition } from './rules/check-condition.js';
import { clocksDiffer } from './rules/clocks-differ.js';
import { commandIgnored } from './rules/command-ignored.js';
import { commandStuck } from './rules/command-stuck.js';
import { commandWindow } from './rules/command-window.js';
import { commandsEnded } from './rules/commands-ended.js';
import { commandsOpen } from './rules/commands-open.js';
import { connectionLost } from './rules/connection-lost.js';
import { deviceGone } from './rules/device-gone.js';
import { digestBad } from './rules/digest-bad.js';
import { discardStorm } from './rules/discard-storm.js';
import { expDataSnUnset } from './rules/expdatasn-unset.js';
import { fcExchanges } from './rules/fc-exchanges.js';
import { fcFraming } from './rules/fc-framing.js';
import { fcGateways } from './rules/fc-gateways.js';
import { fcServices } from './rules/fc-services.js';
import { fcTime } from './rules/fc-time.js';
import { fcUnread } from './rules/fc-unread.js';
import { hostSlow } from './rules/host-slow.js';
import { isnsDatabase, isnsRequests } from './rules/isns.js';
import { loginFailed } from './rules/login-failed.js';
import { loginGoesRound } from './rules/login-goes-round.js';
import { loginKeys } from './rules/login-keys.js';
import { loginRedirected } from './rules/login-redirected.js';
import { loginSlow } from './rules/login-slow.js';
import { loginStorm } from './rules/login-storm.js';
import { lunChanged } from './rules/lun-changed.js';
import { lunOutage } from './rules/lun-outage.js';
import { misalignedIo } from './rules/misaligned-io.js';
import { mtuBlackHole } from './rules/mtu-black-hole.js';
import { negotiationDeadlock } from './rules/negotiation-deadlock.js';
import { ordering } from './rules/ordering.js';
import { pathAccess } from './rules/path-access.js';
import { pathSkew } from './rules/path-skew.js';
import { pings } from './rules/pings.js';
import { portalsUnreachable } from './rules/portals-unreachable.js';
import { protocolRules } from './rules/protocol-rules.js';
import { r2tSerialised } from './rules/r2t-serialised.js';
import { r2tStarved } from './rules/r2t-starved.js';
import { r2tUnanswered } from './rules/r2t-unanswered.js';
import { rdma } from './rules/rdma.js';
import { reinstatementLoop } from './rules/reinstatement-loop.js';
import { rejects } from './rules/rejects.js';
import { requestsUnanswered } from './rules/requests-unanswered.js';
import { reservationConflict } from './rules/reservation-conflict.js';
import { residualMismatch } from './rules/residual-mismatch.js';
import { roce } from './rules/roce.js';
import { sessionEvents } from './rules/session-events.js';
import { silence } from './rules/silence.js';
import { slowCommands } from './rules/slow-commands.js';
import { slowWay } from './rules/slow-way.js';
import { statusLag } from './rules/status-lag.js';
import { tapeGaps } from './rules/tape-gaps.js';
import { targetStatus } from './rules/target-status.js';
import { taskManagement } from './rules/task-management.js';
import { tcpDelay } from './rules/tcp-delay.js';
import { tcpStalls } from './rules/tcp-stalls.js';
import { unitAttention } from './rules/unit-attention.js';
import { fcProofOf } from './support/fc-proof.js';
import type { Watch, WatchKind } from './watch.js';

export const RULES: readonly Rule[] = [
  rdma,
  roce,
  loginGoesRound,
  loginKeys,
  loginFailed,
  isnsRequests,
  isnsDatabase,
  loginRedirected,
  negotiationDeadlock,
  loginStorm,
  portalsUnreachable,
  silence,
  r2tUnanswered,
  requestsUnanswered,
  askedToGoOn,
  afterLogout,
  connectionLost,
  commandsEnded,
  commandsOpen,
  commandStuck,
  commandIgnored,
  deviceGone,
  lunOutage,
  lunChanged,
  slowCommands,
  tapeGaps,
  taskManagement,
  pings,
  rejects,
  sessionEvents,
  digestBad,
  fcGateways,
  fcServices,
  fcExchanges,
  fcFraming,
  fcTime,
  fcUnread,
  reinstatementLoop,
  protocolRules,
  statusLag,
  commandWindow,
  tcpDelay,
  tcpStalls,
  slowWay,
  mtuBlackHole,
  r2tStarved,
  hostSlow,
  residualMismatch,
  reservationConflict,
  targetStatus,
  pathAccess,
  atsMiscompare,
  checkCondition,
  unitAttention,
  discardStorm,
  r2tSerialised,
  misalignedIo,
  blockLimits,
  ordering,
  pathSkew,
  loginSlow,
  expDataSnUnset,
  clocksDiffer,
  captureLoss,
  captureTrust,
];

/** What they need gathered while the capture passes, each kind once. */
export const WATCHES: ReadonlySet<WatchKind<Watch>> = new Set(
  RULES.flatMap((rule) => rule.watches ?? []),
);

/** What all rules find, the worst first; of equal severity in the order of RULES. */
export function findAll(facts: Facts): Finding[] {
  const found = RULES.flatMap((rule) =>
    rule
      .find(facts)
      .slice(0, FINDINGS_PER_RULE)
      .map((one) => whole(rule, one, facts)),
  );
  return SEVERITIES.flatMap((severity) => found.filter((f) => f.severity === severity));
}

/** What may follow from findings of an id. */
export function leadsTo(id: string): readonly string[] {
  return LEADS_TO.get(id) ?? [];
}

/** What is to be said of a finding that no other explains; '' nothing. */
export function unexplained(id: string): string {
  return UNEXPLAINED.get(id) ?? '';
}

const UNEXPLAINED: ReadonlyMap<string, string> = new Map(
  RULES.flatMap(({ tells }) =>
    Object.entries(tells).map(([id, tell]) => [id, tell.unexplained ?? ''] as const),
  ),
);

const LEADS_TO: ReadonlyMap<string, readonly string[]> = new Map(
  RULES.flatMap(({ tells }) =>
    Object.entries(tells).map(([id, tell]) => [id, tell.leadsTo ?? []] as const),
  ),
);

/** A case with what holds of its id. What is inferred is never certain. */
function whole(rule: Rule, found: Found, facts: Facts): Finding {
  const tell = rule.tells[found.id];
  assert(tell !== undefined, `${rule.id} tells ${found.id} and does not say so`);
  const { reference, confidence, disproof, next, proof = [], owes = 'unknown' } = tell;
  const sure = found.confidence ?? confidence;
  const { fromNs = -1, toNs = fromNs, text, ...rest } = found;
  return {
    ...rest,
    // The capture may go on: what is told so far stays as it is.
    frames: [...found.frames],
    // Sentences that are left out leave no blanks.
    text: text.replace(/ {2,}/g, ' ').trim(),
    ...(fromNs < 0 ? {} : { fromNs, toNs: Math.max(fromNs, toNs) }),
    reference,
    confidence: found.inferred === true && sure === 'certain' ? 'likely' : sure,
    proof: proofsOf(proof, found, facts),
    disproof,
    owes: found.owes ?? owes,
    next: found.next ?? next,
  };
}

/** Of a session of FCP in its own units; each once. */
function proofsOf(names: readonly string[], found: Found, { sessions }: Facts): Proof[] {
  if (sessions[found.session ?? -1]?.protocol !== 'fcp') return names.map(proofOf);
  const all = new Map<string, Proof>();
  for (const name of names) {
    const one = fcProofOf(name, found);
    if (one !== undefined) all.set(`${one.pdu}.${one.field}`, one);
  }
  return [...all.values()];
}

/** `scsi-response.status`: where the table of the PDU has it. */
export function proofOf(name: string): Proof {
  const [key, fieldName] = name.split('.');
  const field = pduNamed(key as PduKey).byName[fieldName];
  assert(field !== undefined, `no field ${name}`);
  const bytes = Math.max(1, Math.ceil((field.bit + field.width) / 8));
  return { pdu: key, field: fieldName, byte: field.byte, bytes };
}

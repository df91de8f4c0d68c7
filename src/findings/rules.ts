// The list of rules, and running them.

import type { Facts } from './facts.js';
import { type Finding, SEVERITIES } from './finding.js';
import type { Rule } from './rule.js';
import { captureLoss } from './rules/capture-loss.js';
import { checkCondition } from './rules/check-condition.js';
import { commandWindow } from './rules/command-window.js';
import { commandsEnded } from './rules/commands-ended.js';
import { commandsOpen } from './rules/commands-open.js';
import { connectionLost } from './rules/connection-lost.js';
import { digestBad } from './rules/digest-bad.js';
import { hostSlow } from './rules/host-slow.js';
import { loginFailed } from './rules/login-failed.js';
import { loginSlow } from './rules/login-slow.js';
import { misalignedIo } from './rules/misaligned-io.js';
import { protocolRules } from './rules/protocol-rules.js';
import { r2tSerialised } from './rules/r2t-serialised.js';
import { r2tStarved } from './rules/r2t-starved.js';
import { reinstatementLoop } from './rules/reinstatement-loop.js';
import { residualMismatch } from './rules/residual-mismatch.js';
import { sessionEvents } from './rules/session-events.js';
import { targetStatus } from './rules/target-status.js';
import { tcpDelay } from './rules/tcp-delay.js';
import { tcpStalls } from './rules/tcp-stalls.js';

export const RULES: readonly Rule[] = [
  loginFailed,
  connectionLost,
  commandsEnded,
  commandsOpen,
  sessionEvents,
  digestBad,
  reinstatementLoop,
  protocolRules,
  commandWindow,
  tcpDelay,
  tcpStalls,
  r2tStarved,
  hostSlow,
  residualMismatch,
  targetStatus,
  checkCondition,
  loginSlow,
  r2tSerialised,
  misalignedIo,
  captureLoss,
];

/** What all rules find, the worst first; of equal severity in the order of RULES. */
export function findAll(facts: Facts): Finding[] {
  const found = RULES.flatMap((rule) => rule.find(facts));
  return SEVERITIES.flatMap((severity) => found.filter((f) => f.severity === severity));
}

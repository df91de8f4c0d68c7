// The list of rules, and running them.

import type { Facts } from './facts.js';
import { type Finding, SEVERITIES } from './finding.js';
import type { Rule } from './rule.js';
import { captureLoss } from './rules/capture-loss.js';
import { checkCondition } from './rules/check-condition.js';
import { commandsEnded } from './rules/commands-ended.js';
import { commandsOpen } from './rules/commands-open.js';
import { connectionLost } from './rules/connection-lost.js';
import { digestBad } from './rules/digest-bad.js';
import { loginFailed } from './rules/login-failed.js';
import { sessionEvents } from './rules/session-events.js';
import { targetStatus } from './rules/target-status.js';
import { tcpDelay } from './rules/tcp-delay.js';

export const RULES: readonly Rule[] = [
  loginFailed,
  connectionLost,
  commandsEnded,
  commandsOpen,
  sessionEvents,
  digestBad,
  tcpDelay,
  targetStatus,
  checkCondition,
  captureLoss,
];

/** What all rules find, the worst first; of equal severity in the order of RULES. */
export function findAll(facts: Facts): Finding[] {
  const found = RULES.flatMap((rule) => rule.find(facts));
  return SEVERITIES.flatMap((severity) => found.filter((f) => f.severity === severity));
}

// The table of the protocol's rules against the findings: none is of a finding that does not exist, and each
// finding by RFC 7143 is either of a rule or known to be none.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROTOCOL_RULES } from '../../src/check/rfc7143.js';
import { RULES } from '../../src/findings/rules.js';

/** Findings that rest on the RFC and say no rule of it was broken: how things went, and how slowly. */
const NO_RULE: ReadonlySet<string> = new Set([
  'login-failed',
  'login-answer-not-captured',
  'login-goes-round',
  'way-long',
  'login-redirected',
  'redirect-not-followed',
  'redirect-loop',
  'negotiation-deadlock',
  'digest-discovery-only',
  'login-storm',
  'login-slow',
  'r2t-answered-late',
  'logout-refused',
  'connection-lost',
  'commands-lost',
  'commands-aborted',
  'commands-rejected',
  'status-not-captured',
  'commands-open',
  'r2t-never-came',
  'target-removed',
  'slow-commands',
  'task-management',
  'abort-storm',
  'ping-slow',
  'reject',
  'async-message',
  'reinstatement',
  'reinstatement-loop',
  'snack',
  'data-without-command',
  'expstatsn-lag',
  'command-window-closed',
  'command-window-used-up',
  'r2t-starved',
  'host-slow',
  'sense-without-data',
  'rdma-buffer-padded',
  'target-failure',
  'unit-attention',
  'r2t-serialised',
  'immediate-commands',
]);

const told = new Map(RULES.flatMap(({ tells }) => Object.entries(tells)));
const broken = PROTOCOL_RULES.flatMap(({ brokenBy }) => brokenBy);

test('each rule is broken by findings that exist, each of them by one', () => {
  assert.equal(
    broken.filter((id) => !told.has(id)),
    [],
  );
  assert.is(new Set(broken).size, broken.length);
});

test('a finding by RFC 7143 is of a rule, or known to be none', () => {
  const byRfc = [...told]
    .filter(([, { reference }]) => /RFC 7143/.test(reference))
    .map(([id]) => id);
  assert.ok(byRfc.length > 60);
  assert.equal(
    byRfc.filter((id) => !broken.includes(id) && !NO_RULE.has(id)),
    [],
  );
  assert.equal(
    [...NO_RULE].filter((id) => !told.has(id) || broken.includes(id)),
    [],
  );
});

test.run();

// Findings as stories: what follows from what, and what does not.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/findings/finding.js';
import { toldOf } from '../../src/findings/incidents.js';
import { RULES } from '../../src/findings/rules.js';
import { S } from '../support/found.js';
import { reportOf } from '../support/report.js';

const BASE: Finding = {
  id: 'ping-timeout',
  severity: 'critical',
  title: 'a ping',
  text: 'A text.',
  reference: 'RFC 7143',
  confidence: 'certain',
  proof: [],
  disproof: 'Nothing.',
  owes: 'target',
  next: 'Look.',
  count: 1,
  frames: [1],
  session: 0,
};

function finding(
  id: string,
  fromNs: number,
  session: number,
  more: Partial<Finding> = {},
): Finding {
  return { ...BASE, id, title: id, fromNs, toNs: fromNs, session, ...more };
}

function sessions(...names: readonly string[]): Parameters<typeof toldOf>[1] {
  const target = { targetName: 'iqn.2024-01.org.example:disk', targetAddress: '10.0.0.2:3260' };
  return names.map((initiatorName) => ({ initiatorName, initiatorAddress: '', ...target }));
}

test('a cause, what it led to, and what that led to are one story', () => {
  const found = [
    finding('connection-lost', 15 * S, 0),
    finding('ping-timeout', 10 * S, 0),
    finding('commands-lost', 9 * S, 0, { toNs: 15 * S }),
    finding('reinstatement', 18 * S, 0, { severity: 'warning' }),
  ];
  const [story, ...more] = toldOf(found, sessions('host-a')).incidents;
  assert.equal(more, []);
  assert.is(story.title, 'ping-timeout');
  assert.equal(story.findings, [1, 2, 0, 3]);
  assert.is(story.fromNs, 10 * S);
  assert.is(story.toNs, 18 * S);
  assert.match(story.text, /^A text\. It led to: commands-lost; connection-lost; reinstatement\.$/);
});

test('another host, a cause that came later, and one long before are other stories', () => {
  const of = (...found: Finding[]) => toldOf(found, sessions('host-a', 'host-b')).incidents.length;
  const ping = finding('ping-timeout', 10 * S, 0);
  assert.is(of(ping, finding('connection-lost', 15 * S, 0)), 1);
  assert.is(of(ping, finding('connection-lost', 15 * S, 1)), 2);
  assert.is(of(ping, finding('connection-lost', 9 * S, 0)), 2);
  assert.is(of(ping, finding('connection-lost', 200 * S, 0)), 2);
});

test('the same trouble again and again is one story, the gravest first', () => {
  const found = [
    finding('commands-open', 1 * S, 2),
    finding('digest-bad', 10 * S, 0, { severity: 'warning', owes: 'network' }),
    finding('digest-bad', 20 * S, 1, { severity: 'warning', owes: 'network' }),
  ];
  const stories = toldOf(found, sessions('host-a', 'host-a', 'host-b')).incidents;
  assert.equal(
    stories.map((one) => [one.severity, one.title, one.sessions, one.owes]),
    [
      ['critical', 'commands-open', [2], 'target'],
      ['warning', 'digest-bad (2 times in all)', [0, 1], 'network'],
    ],
  );
});

test('findings that may lead to each other end somewhere', () => {
  const found = [
    finding('initiator-name-twice', 1 * S, 0),
    finding('reinstatement', 1 * S, 0),
    finding('connection-lost', 1 * S, 0),
  ];
  const stories = toldOf(found, sessions('host-a')).incidents;
  const members = stories.flatMap((one) => one.findings);
  assert.equal(members.sort(), [0, 1, 2]);
});

test('what may follow is what some rule tells', () => {
  const told = new Set(RULES.flatMap((rule) => Object.keys(rule.tells)));
  for (const { id, tells } of RULES) {
    for (const tell of Object.values(tells)) {
      for (const next of tell.leadsTo ?? []) assert.ok(told.has(next), `${id}: ${next}`);
    }
  }
});

test('each finding of a capture stands in one story', async () => {
  const { findings, incidents } = await reportOf('captures/tgt-killed-and-back.pcap.gz');
  const members = incidents.flatMap((one) => one.findings).sort((a, b) => a - b);
  assert.equal(
    members,
    findings.map((_, i) => i),
  );
  assert.ok(incidents.every(({ findings: [root], next }) => findings[root].next === next));
});

test.run();

// Events of a capture that goes on: stalls that begin and end, findings that are new or grew, sessions
// that are lost and come back.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/findings/finding.js';
import { IntervalMetrics } from '../../src/metrics/interval.js';
import { makeEvent } from '../../src/report/events/event.js';
import { FindingEvents } from '../../src/report/events/finding-events.js';
import { SessionEvents } from '../../src/report/events/session-events.js';
import { Stalls } from '../../src/report/events/stalls.js';
import type { Report, SessionReport } from '../../src/report/report.js';
import { task } from '../support/task.js';

const S = 1e9;

function command(metrics: IntervalMetrics, number: number, fromS: number, toS?: number): void {
  const one = task({ number, commandNs: fromS * S, statusNs: (toS ?? 0) * S });
  if (toS === undefined) metrics.taskStarted(one);
  else metrics.taskEnded(one);
}

test('a stall is told within its second, once, and once when it is over', () => {
  const metrics = new IntervalMetrics();
  const stalls = new Stalls();
  const look = (nowS: number) => stalls.look(metrics, nowS * S, false);
  command(metrics, 0, 1);
  assert.equal(look(1.1), []);
  command(metrics, 0, 1, 1.2);
  command(metrics, 1, 1.5);
  command(metrics, 2, 1.6);
  assert.equal(look(2.4), []);
  const [begun, ...more] = look(2.6);
  assert.equal(more, []);
  assert.equal([begun.kind, begun.fromNs, begun.count, begun.command], ['stall', 1.5 * S, 2, 1]);
  assert.match(begun.text, /nothing answered for 1\.10 s: 2 commands wait$/);
  command(metrics, 3, 3);
  assert.equal(look(4), []);
  command(metrics, 2, 1.6, 4.5);
  const [over] = look(4.6);
  assert.equal([over.kind, over.durationNs, over.count], ['stall-over', 3 * S, 3]);
  // One command still waits, but others end: that is no stall.
  assert.equal(look(5), []);
  command(metrics, 4, 5);
  command(metrics, 4, 5, 5.4);
  assert.equal(look(6), []);
  assert.match(stalls.look(metrics, 7 * S, true)[0].text, /or the answers were not captured/);
});

test('a LUN that is slow but answers within a second never stalls', () => {
  const metrics = new IntervalMetrics();
  const stalls = new Stalls();
  for (let i = 0; i < 50; i++) {
    command(metrics, i, i * 0.9);
    assert.equal(stalls.look(metrics, (i * 0.9 + 0.85) * S, false), []);
    command(metrics, i, i * 0.9, i * 0.9 + 0.89);
  }
});

function report(
  findings: readonly Partial<Finding>[],
  sessions: readonly Partial<SessionReport>[],
) {
  const incidents = findings.length > 1 ? [{ findings: findings.map((_, i) => i) }] : [];
  return { findings, incidents, sessions } as unknown as Report;
}

test('a finding is told when it is new, and again when it grew, not all the time', () => {
  const events = new FindingEvents();
  const one = {
    id: 'check-condition',
    severity: 'warning',
    title: 'x',
    session: 0,
    frames: [7],
  } as const;
  const at = (count: number, nowS: number) =>
    events.of(report([{ ...one, count, fromNs: S, toNs: 2 * S }], []), nowS * S);
  assert.equal(
    at(1, 3).map(({ kind, count, more }) => [kind, count, more]),
    [['check-condition', 1, undefined]],
  );
  assert.equal(at(5, 4), []);
  assert.equal(
    at(5, 14).map(({ count, more }) => [count, more]),
    [[5, 4]],
  );
  assert.equal(at(5, 99), []);
  assert.equal(events.of(report([{ ...one, id: 'clocks-differ', count: 1 }], []), 1), []);
});

test('what followed from something else says from what', () => {
  const cause = { id: 'connection-lost', title: 'c', count: 1, fromNs: 1, frames: [] };
  const title = 'LUN 1 refused its work, and still is when the capture ends';
  const then = { id: 'commands-lost', title, count: 3, fromNs: 2, frames: [] };
  const told = new FindingEvents().of(report([cause, then], []), S);
  assert.equal(
    told.map(({ kind, causedBy }) => [kind, causedBy]),
    [
      ['connection-lost', undefined],
      ['commands-lost', 'connection-lost'],
    ],
  );
  // A capture that goes on has not ended.
  assert.is(told[1].text, 'LUN 1 refused its work, and goes on');
});

test('sessions begin, are lost, and are back when a login of theirs was accepted', () => {
  const events = new SessionEvents();
  const names = { initiator: 'iqn.a', target: 'iqn.t', loginSeen: true };
  const lost = { ...names, session: 0, startedNs: 0, endedNs: 5 * S, ended: 'connection lost' };
  const refused = {
    ...names,
    session: 1,
    startedNs: 6 * S,
    endedNs: 6 * S,
    ended: 'login rejected',
  };
  const kinds = (sessions: readonly Partial<SessionReport>[]) =>
    events.of(report([], sessions)).map(({ kind, severity }) => `${kind} ${severity}`);
  assert.equal(kinds([{ ...names, session: 0, startedNs: 0 }]), ['session-begins note']);
  assert.equal(kinds([lost]), ['session-over warning']);
  assert.equal(kinds([lost, refused]), ['session-begins note', 'session-over note']);
  const again = { ...names, session: 2, startedNs: 8 * S };
  assert.equal(kinds([lost, refused, again]), ['session-begins note', 'session-back note']);
  assert.equal(kinds([lost, refused, again]), []);
});

test('an event says who and when, and how late it is told', () => {
  const facts = {
    kind: 'stall',
    severity: 'warning',
    text: 'x',
    fromNs: S,
    lun: '0001000000000000',
  } as const;
  const whom = { initiator: 'iqn.a', target: 'b' };
  const event = makeEvent(facts, 3, { seconds: 10, nanoseconds: 0 }, whom, 2.5 * S);
  assert.equal(
    [event.event, event.time, event.toldAfterNs, event.initiator, event.target, event.lunText],
    [3, '1970-01-01T00:00:11.000000000Z', 1.5 * S, 'iqn.a', 'b', '1'],
  );
});

test.run();

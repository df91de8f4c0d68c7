// Connections to storage that never came about, and those that did.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RST } from '../../src/packet/segment.js';
import type { BuiltPacket } from '../support/build.js';
import { byTime, made } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S } from '../support/found.js';
import { icmpAbout } from '../support/icmp.js';
import { run } from '../support/run.js';

/** SYNs to an address, `times` of them; the target refuses each where it is there. */
function tries(target: string, times: number, refuses: boolean, port = 3260): BuiltPacket[] {
  const d = new Dialogue({ target, targetPort: port, initiatorPort: 41_000 });
  d.tcp.connect(1 * S);
  if (refuses) d.tcp.reset(1 * S + 50_000, 'target');
  const [syn, ...rest] = d.tcp.captured();
  const again = Array.from({ length: times - 1 }, (_, i) => ({
    ...syn,
    timeNs: syn.timeNs + (2 ** (i + 1) - 1) * S,
  }));
  const rst = rest.filter((p) => refuses && (p.bytes[47] & 4) !== 0);
  return [syn, ...(refuses ? rst : again)];
}

/** A discovery session that names both portals, and one with the first. */
function discovery(): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  const name = ['TargetName', 'iqn.2001-04.com.example:disk1'] as const;
  d.text(
    t,
    [['SendTargets', 'All']],
    [name, ['TargetAddress', '10.0.0.2:3260,1'], ['TargetAddress', '10.0.0.3:3260,1']],
  );
  d.logout(t + 10 * MS);
  return d.tcp.captured();
}

test('SYNs without an answer are told with what named the address, beside what was reached', () => {
  const packets = byTime([...discovery(), ...tries('10.0.0.3', 5, false)]);
  const [finding] = foundIn(packets, 'portals-unreachable');
  assert.is(finding.severity, 'warning');
  assert.is(finding.owes, 'unknown');
  assert.match(
    finding.text,
    /10\.0\.0\.3:3260 \(named by SendTargets of S0\): 5 SYNs in 15\.0 s, no answer/,
  );
  assert.match(finding.text, /It did reach 10\.0\.0\.2:3260/);
  const [row] = run(packets).report.failedConnections;
  assert.equal([row.syns, row.attempts, row.unanswered], [5, 1, 1]);
});

/** SYNs sent again until the target answers; the host knows of no such connection any more, or goes on. */
function answeredLate(syns: number, knows: boolean): BuiltPacket[] {
  const d = new Dialogue({ initiatorPort: 41_000 });
  d.tcp.connect(1 * S);
  d.tcp.reset(1 * S + 5 * MS, 'initiator');
  const [syn, synAck, ack, rst] = d.tcp.captured();
  const again = Array.from({ length: syns }, (_, i) => ({ ...syn, timeNs: syn.timeNs + i * S }));
  const later = (packet: BuiltPacket) => ({ ...packet, timeNs: packet.timeNs + (syns - 1) * S });
  const bare = made({ ...rst, tcp: { ...rst.tcp, flags: RST, ack: 0 } });
  return [...again, later(synAck), ...(knows ? [later(ack), later(rst)] : [later(bare)])];
}

test('an answer that comes when the host has given up: nobody’s fault is shown; a connection that was dropped is none', () => {
  const [late] = foundIn(answeredLate(3, false), 'portals-unreachable');
  assert.is(late.owes, 'unknown');
  assert.match(late.title, /answered 1 time when the host had given up: 3 SYNs in 2\.0/);
  assert.match(late.next, /took longer than the host waits/);
  assert.is(run(answeredLate(3, false)).report.failedConnections[0].late, 1);
  assert.equal(foundIn(answeredLate(3, true), 'portals-unreachable'), []);
  assert.equal(foundIn(answeredLate(1, false), 'portals-unreachable'), []);
});

test('a refusal is the target’s; other ports and one SYN at the end say nothing', () => {
  const [refused] = foundIn(tries('10.0.0.3', 1, true), 'portals-unreachable');
  assert.is(refused.owes, 'target');
  assert.match(refused.text, /refused 1 time \(RST\)/);
  assert.equal(foundIn(tries('10.0.0.3', 5, false, 8080), 'portals-unreachable'), []);
  assert.equal(foundIn(tries('10.0.0.3', 1, false), 'portals-unreachable'), []);
  assert.equal(foundIn(discovery(), 'portals-unreachable'), []);
});

/** One SYN to the portal, and what a router or host says of it. */
function said(by: string, type: number, code: number, target = '10.0.0.3'): BuiltPacket[] {
  const [syn] = tries(target, 1, false);
  return byTime([...discovery(), syn, icmpAbout(syn, by, type, code, MS)]);
}

test('ICMP says why one SYN got no answer, and who said it tells whose move it is', () => {
  const [filtered] = foundIn(said('10.0.0.254', 3, 13), 'portals-unreachable');
  assert.is(filtered.owes, 'network');
  assert.match(
    filtered.title,
    /10\.0\.0\.3:3260: 10\.0\.0\.254 says: communication administratively prohibited \(ICMP\)/,
  );
  assert.match(filtered.next, /10\.0\.0\.254: its filter rules/);
  const [own] = foundIn(said('10.0.0.3', 3, 3), 'portals-unreachable');
  assert.is(own.owes, 'target');
  assert.match(own.text, /port unreachable/);
  const [off] = foundIn(said('10.0.0.254', 3, 1), 'portals-unreachable');
  assert.is(off.owes, 'unknown'); // the storage is off, or on another network: nobody knows
  const [loop] = foundIn(said('10.0.0.254', 11, 0), 'portals-unreachable');
  assert.is(loop.owes, 'network');
  const [row] = run(said('10.0.0.254', 3, 13)).report.failedConnections;
  assert.equal(
    row.icmp?.map(({ by, reason, count }) => [by, reason, count]),
    [['10.0.0.254', 'communication administratively prohibited', 1]],
  );
});

test('over IPv6 too', () => {
  const d = new Dialogue({
    initiator: 'fd00::1',
    target: 'fd00::9',
    initiatorPort: 41_000,
    wrap: { ip: 6 },
  });
  d.tcp.connect(1 * S);
  const [syn] = d.tcp.captured();
  const packets = [syn, icmpAbout(syn, 'fd00::fe', 1, 1, MS)];
  const [finding] = foundIn(packets, 'portals-unreachable');
  assert.is(finding.owes, 'network');
  assert.match(finding.title, /\[fd00::9\]:3260: fd00::fe says: communication administratively/);
});

test('ICMP about other ports, other ends, or that fragments are needed says nothing here', () => {
  const [syn] = tries('10.0.0.3', 1, false, 8080);
  const other = byTime([...discovery(), syn, icmpAbout(syn, '10.0.0.254', 3, 13, MS)]);
  assert.equal(foundIn(other, 'portals-unreachable'), []);
  assert.equal(foundIn(said('10.0.0.254', 3, 4), 'portals-unreachable'), []);
  const [alone] = tries('10.0.0.3', 1, false);
  const [elsewhere] = tries('10.0.0.4', 1, false);
  const about = byTime([...discovery(), alone, icmpAbout(elsewhere, '10.0.0.254', 3, 1, MS)]);
  assert.equal(foundIn(about, 'portals-unreachable'), []);
});

test.run();

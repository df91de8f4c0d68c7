// The first line of the report, on situations that people reported and on real faults whose truth is
// known: the cause, and whose move it was. What this end of a capture cannot know accuses nobody.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Incident, Owes } from '../../src/findings/finding.js';
import { told } from '../support/found.js';
import { reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

/** File, the id of the cause of its first story, whose move it was, a word of its title. */
const FIRST: readonly (readonly [file: string, id: string, owes: Owes, says: RegExp])[] = [
  [
    'cases/c01-write-without-r2t.pcap',
    'write-without-data',
    'target',
    /4 writes answered as good though no byte/,
  ],
  ['cases/c05-tape-short-block.pcap', 'sense-without-data', 'target', /1 read ended with NO SENSE/],
  [
    'faults/slow-disk-ini.pcap',
    'slow-commands',
    'target',
    /slow on LUN 0 for 8\.1\d s: 4\d\d ms a command/,
  ],
  [
    'faults/slow-disk-tgt.pcap',
    'slow-commands',
    'target',
    /slow on LUN 0 for 8\.1\d s: 4\d\d ms a command/,
  ],
  [
    'faults/lun-removed-ini.pcap',
    'lun-exchanged',
    'target',
    /exchanged for another unit for 6\.\d+ s, then came back/,
  ],
  [
    'faults/lun-removed-tgt.pcap',
    'lun-exchanged',
    'target',
    /exchanged for another unit for 6\.\d+ s, then came back/,
  ],
  ['faults/delay-jitter-ini.pcap', 'packets-overtaken', 'network', /overtaken on their way/],
  ['faults/delay-jitter-tgt.pcap', 'packets-overtaken', 'network', /overtaken on their way/],
  ['faults/digest-error-ini.pcap', 'digest-bad', 'network', /bad digest \(12 times in all\)/],
  ['faults/alua-ini.pcap', 'path-flapping', 'target', /access state changed 3 times/],
  ['faults/alua-tgt.pcap', 'path-flapping', 'target', /access state changed 3 times/],
  ['faults/chap-ini.pcap', 'login-failed', 'initiator', /Login rejected: Authentication failure/],
  ['faults/chap-tgt.pcap', 'login-failed', 'initiator', /Login rejected: Authentication failure/],
  [
    'cases/c07-portals-unreachable.pcap',
    'portals-unreachable',
    'unknown',
    /could not connect to 3 portals: 10\.9\.0\.21/,
  ],
  [
    'cases/c10-mtu-hole-at-host.pcap',
    'mtu-black-hole',
    'network',
    /Large segments from the target never arrive/,
  ],
  [
    'faults/mtu-black-hole-ini.pcap',
    'mtu-black-hole',
    'network',
    /Large segments from the target never arrive/,
  ],
  [
    'faults/mtu-black-hole-tgt.pcap',
    'mtu-black-hole',
    'network',
    /Segments of 4096 bytes from the target do not/,
  ],
  [
    'faults/mtu-black-hole-later-tgt.pcap',
    'mtu-black-hole',
    'network',
    /Segments of 4144 bytes from the target/,
  ],
  [
    'faults/mtu-black-hole-later-ini.pcap',
    'mtu-black-hole',
    'network',
    /Segments of 8948 bytes from the initiator do not get through/,
  ],
  [
    'cases/c02-initiatorname-again.pcap',
    'repeated-key-refused',
    'initiator',
    /InitiatorName, TargetName, SessionType twice/,
  ],
  [
    'cases/c04-text-before-full-feature.pcap',
    'login-not-ended',
    'initiator',
    /sent a Text Request although the login/,
  ],
  [
    'cases/c29-bad-tags.pcap',
    'answer-without-command',
    'target',
    /3 times: the target answered a task tag of no/,
  ],
  [
    'cases/c30-maxcmdsn-backwards.pcap',
    'maxcmdsn-too-low',
    'target',
    /MaxCmdSN below ExpCmdSN - 1/,
  ],
  ['cases/c32-duplicate-itt.pcap', 'tag-in-use', 'initiator', /used a task tag again while/],
  [
    'cases/c06b-r2t-never-answered.pcap',
    'r2t-unanswered',
    'initiator',
    /owed the data of 1 write for 20\.0 s/,
  ],
  [
    'cases/c13-sendtargets-hang.pcap',
    'text-unanswered',
    'target',
    /SendTargets=All got no answer .* 20\.0 s/,
  ],
  ['faults/target-frozen-ini.pcap', 'side-silent', 'target', /target stood still for 5\.17 s/],
  ['faults/target-frozen-tgt.pcap', 'packets-held', 'unknown', /held for up to 8\.07 s/],
  ['faults/host-frozen-ini.pcap', 'r2t-unanswered', 'initiator', /data of 3 writes for 3\.\d+ s/],
  ['faults/host-frozen-tgt.pcap', 'r2t-unanswered', 'initiator', /data of 3 writes for 3\.\d+ s/],
  [
    'faults/host-frozen-long-ini.pcap',
    'packets-held',
    'initiator',
    /initiator stood still for 12\.2 s/,
  ],
  [
    'faults/host-frozen-long-tgt.pcap',
    'side-silent',
    'unknown',
    /initiator, or the way to it, was silent/,
  ],
];

for (const [file, id, owes, says] of FIRST) {
  test(`${file}: ${id}, owed by ${owes}`, async () => {
    const report = await reportOf(sharedCapture(file));
    const { findings, incidents } = report;
    const [first] = incidents;
    assert.ok(told(report, id).length > 0);
    assert.is(findings[first.findings[0]].id, id);
    assert.is(first.owes, owes);
    assert.match(first.title, says);
    assert.is.not(first.severity, 'note');
    assert.not.match(first.text, /Nothing before it says why/);
  });
}

for (const file of ['faults/healthy-ini.pcap', 'faults/healthy-tgt.pcap']) {
  test(`${file}: nothing above a note`, async () => {
    const { incidents } = await reportOf(sharedCapture(file));
    assert.equal(
      incidents.filter((one: Incident) => one.severity !== 'note').map((one) => one.title),
      [],
    );
  });
}

test('the end that sends cannot see a bad digest at the other: it says so and accuses nobody', async () => {
  const { findings, incidents } = await reportOf(sharedCapture('faults/digest-error-tgt.pcap'));
  assert.is(findings[incidents[0].findings[0]].id, 'connection-lost');
  assert.is(incidents[0].owes, 'unknown');
  assert.match(incidents[0].text, /conn error 1015.*this capture cannot show/);
});

test.run();

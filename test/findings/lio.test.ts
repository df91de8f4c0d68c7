// Our own recordings of open-iscsi and LIO with what was really done beside them (captures/lio): the first line
// of the report at both ends, and that it is the only one above a note.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Owes } from '../../src/findings/finding.js';
import { told } from '../support/found.js';
import { reportOf } from '../support/report.js';

/** Recording and end, the id of the cause of its first story, whose move it was, a word of its title. */
const FIRST: readonly (readonly [name: string, id: string, owes: Owes, says: RegExp])[] = [
  [
    'way-prohibited-ini',
    'portals-unreachable',
    'unknown',
    /could not connect to 3 portals: 10\.88\.0\.5:3260, 10\.88\.0\.6:3260, 10\.88\.0\.7:3260$/,
  ],
  ['way-prohibited-tgt', 'portals-unreachable', 'unknown', /could not connect to 3 portals/],
  ['disk-hangs-ini', 'slow-commands', 'target', /held up a command of LUN 0 for 14\.0 s$/],
  ['disk-hangs-tgt', 'slow-commands', 'target', /held up a command of LUN 0 for 14\.0 s$/],
  ['lun-other-ini', 'lun-other-unit', 'target', /^LUN 0 became another unit: naa\.6\w+ → naa\.6/],
  ['lun-other-tgt', 'lun-other-unit', 'target', /^LUN 0 became another unit: naa\.6\w+ → naa\.6/],
  ['idle-frozen-ini', 'side-silent', 'unknown', /^The target, or the way to it, was silent for 2/],
  ['idle-frozen-tgt', 'packets-held', 'unknown', /held for up to 4\.53 s, and came at once$/],
  ['one-lun-slow-ini', 'slow-commands', 'target', /slow on LUN 1 for 5\.72 s: 758 ms a command$/],
  ['one-lun-slow-tgt', 'slow-commands', 'target', /slow on LUN 1 for 5\.71 s: 733 ms a command$/],
  ['link-flaps-ini', 'side-silent', 'unknown', /^The target, or the way to it, was silent for 2/],
  ['link-flaps-tgt', 'tcp-delay', 'network', /waited for TCP retransmissions$/],
  ['window-full-loss-ini', 'tcp-delay', 'network', /^53 commands waited for TCP retransmissions$/],
  ['window-full-loss-tgt', 'tcp-delay', 'network', /^54 commands waited for TCP retransmissions$/],
  ['target-off-ini', 'login-failed', 'target', /^Login rejected: Service unavailable$/],
  ['target-off-tgt', 'login-failed', 'target', /^Login rejected: Service unavailable$/],
  ['secret-one-host-ini', 'login-failed', 'initiator', /Authentication failure \(iqn\S+host-b\)$/],
  ['secret-one-host-tgt', 'login-failed', 'initiator', /Authentication failure \(iqn\S+host-b\)$/],
  ['name-one-host-ini', 'login-failed', 'initiator', /no target has the name iqn\S+:arrey$/],
  ['name-one-host-tgt', 'login-failed', 'initiator', /no target has the name iqn\S+:arrey$/],
  [
    'lun-reset-by-other-ini',
    'task-management',
    'initiator',
    /^LOGICAL UNIT RESET of iqn\S+:host-a aborted 1 command of iqn\S+:host-b$/,
  ],
  ['mtu-writes-ini', 'mtu-black-hole', 'network', /^Segments of 8948 bytes from the initiator do/],
  ['mtu-writes-tgt', 'lost-on-path', 'network', /^64 KiB of the initiator were lost on the way/],
  [
    'path-one-slow-ini',
    'path-skew',
    'network',
    /^READ\(10\): one path is 9\.8 times as slow as another \(S1, 10\.77\.0\.3:3260\)$/,
  ],
  [
    'slow-way-ini',
    'slow-way',
    'network',
    /^The way from the target to the initiator passes 950 kbit/,
  ],
  [
    'slow-way-tgt',
    'acks-under-load',
    'unknown',
    /^What the target sends is acknowledged after 264 ms/,
  ],
  [
    'slow-way-writes-ini',
    'acks-under-load',
    'unknown',
    /^What the initiator sends is acknowledged/,
  ],
  [
    'slow-way-writes-tgt',
    'slow-way',
    'network',
    /^The way from the initiator to the target passes 1\.9/,
  ],
  ['lun-reset-by-other-tgt', 'task-management', 'initiator', /of iqn\S+:host-a aborted 1 command/],
];

for (const [name, id, owes, says] of FIRST) {
  test(`${name}: ${id}, owed by ${owes}, and nothing else`, async () => {
    const report = await reportOf(`captures/lio/${name}.pcap.gz`);
    const { findings, incidents } = report;
    const grave = incidents.filter((one) => one.severity !== 'note');
    assert.ok(told(report, id).length > 0);
    assert.equal(
      grave.map((one) => findings[one.findings[0]].id),
      [id],
    );
    assert.is(grave[0].owes, owes);
    assert.match(grave[0].title, says);
    assert.not.match(grave[0].text, /Nothing before it says why/);
  });
}

test('what ICMP says stands in the story, with who said it; silence alone says nothing', async () => {
  const { incidents } = await reportOf('captures/lio/way-prohibited-ini.pcap.gz');
  const [{ text, next }] = incidents;
  assert.match(text, /10\.88\.0\.5:3260: 1 SYN; 10\.77\.0\.2 says: communication administratively/);
  assert.match(text, /10\.88\.0\.6:3260: 1 SYN; 10\.77\.0\.2 says: host unreachable \(ICMP\)/);
  assert.match(
    text,
    /10\.88\.0\.7:3260: 3 SYNs in 3\.0\d s, no answer\. It did reach 10\.77\.0\.2/,
  );
  assert.match(next, /filter rules .* ARP/);
});

test('the host that gave up is named by what it waited for, the one that came back by what it lost', async () => {
  const hangs = await reportOf('captures/lio/disk-hangs-ini.pcap.gz');
  assert.match(hangs.incidents[0].text, /It led to: 1 command aborted by task management/);
  const off = await reportOf('captures/lio/target-off-ini.pcap.gz');
  assert.match(off.incidents[0].text, /After 8\.\d+ s a login was accepted/);
  assert.match(off.incidents[0].text, /It led to: Connection closed by the target/);
});

// At the storage's end of a slow way its answers are in time: that end has nothing to tell.
for (const name of ['healthy-two-ini', 'healthy-two-tgt', 'path-one-slow-tgt']) {
  test(`${name}: nothing above a note`, async () => {
    const report = await reportOf(`captures/lio/${name}.pcap.gz`);
    assert.equal(
      report.incidents.filter((one) => one.severity !== 'note').map((one) => one.title),
      [],
    );
    for (const id of [
      'login-failed',
      'portals-unreachable',
      'lun-other-unit',
      'path-skew',
      'acks-under-load',
    ]) {
      assert.equal(told(report, id), []);
    }
  });
}

test.run();

// Rules with thresholds: one case that reaches them, and one that just does not.

import { existsSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../src/findings/rules.js';
import { cdb10, Dialogue, INITIATOR_NAME } from '../support/dialogue.js';
import { findingsText } from '../support/findings-text.js';
import { found, foundInFile, MS } from '../support/found.js';
import { reportOf } from '../support/report.js';

/** A target that takes `window` commands at once, and answers after `targetNs`. */
function windowed(window: number, targetNs: number): Dialogue {
  const d = new Dialogue();
  d.window = window;
  const t = d.login(0);
  for (let i = 0; i < 4; i++) d.read10(i * 8, 8, t + MS + i * 1000, { targetNs });
  return d;
}

test('a command window that is used up for 10 ms, or a little less', () => {
  const [finding] = found([windowed(4, 12 * MS)], 'command-window-used-up');
  assert.ok(finding);
  assert.match(finding.text, /4 commands open at once/);
  assert.equal(found([windowed(4, 9 * MS)], 'command-window-used-up'), []);
  assert.equal(found([windowed(5, 12 * MS)], 'command-window-used-up'), []);
});

/** Writes of 64 KiB in bursts of 8 KiB; `hostNs` from an R2T to its data. */
function writes(n: number, hostNs: number, targetNs: number, r2ts: string, first = 0): Dialogue {
  const d = new Dialogue();
  const agreed = [
    ['MaxOutstandingR2T', r2ts],
    ['MaxBurstLength', '8192'],
  ] as const;
  let at = d.login(0, agreed, agreed) + MS;
  for (let i = 0; i < n; i++) {
    const slow = i === n - 1 ? first : 0;
    const of = { burst: 8192, hostNs, targetNs: slow > 0 ? slow : targetNs };
    at = d.write10(i * 128, slow > 0 ? 16 : 128, at, of).statusNs + MS;
  }
  return d;
}

test('R2Ts one after another: said where one at a time was agreed and the wait matters', () => {
  const [finding] = found([writes(4, 50_000, 400_000, '1')], 'r2t-serialised');
  assert.ok(finding);
  assert.match(finding.text, /8 R2Ts a command/);
  assert.equal(found([writes(4, 50_000, 400_000, '2')], 'r2t-serialised'), []);
  assert.equal(found([writes(4, 1_000, 20_000, '1')], 'r2t-serialised'), []);
});

test('a host that lets R2Ts wait 10 ms a command', () => {
  const [finding] = found([writes(4, 1.4 * MS, 100_000, '1')], 'host-slow');
  assert.ok(finding);
  assert.equal(found([writes(4, 1.1 * MS, 100_000, '1')], 'host-slow'), []);
  assert.equal(found([writes(4, 1.4 * MS, 6 * MS, '1')], 'host-slow'), []);
});

test('a first R2T after 120 ms where 0.1 ms is usual', () => {
  const [finding] = found([writes(9, 1000, 100_000, '1', 120 * MS)], 'r2t-starved');
  assert.match(finding.title, /WRITE\(10\) waited 120 ms for its first R2T/);
  assert.equal(found([writes(9, 1000, 100_000, '1', 90 * MS)], 'r2t-starved'), []);
  assert.equal(found([writes(9, 1000, 10 * MS, '1', 120 * MS)], 'r2t-starved'), []);
});

/** Writes of two bursts; the last one's second R2T comes after `lateNs`, beside `others` reads. */
function betweenBursts(lateNs: number, others: number): Dialogue {
  const d = new Dialogue();
  let at = d.login(0) + MS;
  for (let i = 0; i < 9; i++) at = d.write10(i * 32, 32, at, { burst: 8192 }).statusNs + MS;
  const initiatorTaskTag = d.nextTag();
  const { lun } = d.options;
  const command = { write: 1, expectedDataTransferLength: 16384, cdb: cdb10(0x2a, 0, 32) };
  d.say('scsi-command', { initiatorTaskTag, lun, ...command }, at, { advance: 'cmdSN' });
  [0, 1].forEach((burst) => {
    const t = at + MS + burst * lateNs;
    const span = {
      initiatorTaskTag,
      targetTransferTag: 99 + burst,
      bufferOffset: burst * 8192,
      lun,
    };
    d.say('r2t', { ...span, r2tSN: burst, desiredDataTransferLength: 8192 }, t);
    d.say('data-out', span, t + 50_000, { data: new Uint8Array(8192) });
  });
  d.say('scsi-response', { initiatorTaskTag }, at + lateNs + 2 * MS, { advance: 'statSN' });
  for (let i = 0; i < others; i++) d.read10(i * 8, 8, at + 5 * MS + i * MS);
  return d;
}

test('an R2T between bursts after 120 ms, and what the target answered meanwhile', () => {
  const [busy] = found([betweenBursts(120 * MS, 3)], 'r2t-starved');
  assert.match(busy.title, /WRITE\(10\) waited 1\d\d ms for R2Ts between its bursts/);
  assert.match(busy.text, /3 other commands of the session ended while it was open/);
  assert.match(
    found([betweenBursts(120 * MS, 0)], 'r2t-starved')[0].text,
    /all of the target stalled/,
  );
  assert.equal(found([betweenBursts(90 * MS, 3)], 'r2t-starved'), []);
});

function reads(n: number, misaligned: number): Dialogue {
  const d = new Dialogue();
  let at = d.login(0) + MS;
  for (let i = 0; i < n; i++) at = d.read10(i * 8 + (i < misaligned ? 1 : 0), 8, at).statusNs + MS;
  return d;
}

test('a tenth of 100 reads off 4 KiB boundaries, or less than that', () => {
  const [finding] = found([reads(100, 10)], 'misaligned-io');
  assert.match(finding.title, /^10 % of reads and writes/);
  assert.is(finding.frames.length, 1);
  assert.equal(found([reads(100, 9)], 'misaligned-io'), []);
  assert.equal(found([reads(99, 99)], 'misaligned-io'), []);
});

test('a status that hides 512 missing bytes, and one that tells of them', () => {
  const one = (residual: number): Dialogue => {
    const d = new Dialogue();
    const t = d.login(0) + MS;
    const initiatorTaskTag = d.nextTag();
    const cdb = Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0);
    const command = { read: 1, initiatorTaskTag, expectedDataTransferLength: 1024, cdb };
    d.say('scsi-command', { ...command, lun: d.options.lun }, t, { advance: 'cmdSN' });
    const data = { data: new Uint8Array(512) };
    d.say('data-in', { initiatorTaskTag, statSN: 0 }, t + MS, data);
    const status = { initiatorTaskTag, residualUnderflow: residual > 0, residualCount: residual };
    d.say('scsi-response', status, t + 2 * MS, { advance: 'statSN' });
    return d;
  };
  assert.is(found([one(0)], 'residual-mismatch').length, 1);
  assert.equal(found([one(512)], 'residual-mismatch'), []);
});

test('a login of one second, and one of 990 ms', () => {
  const slow = (answerNs: number): Dialogue => {
    const d = new Dialogue();
    const offered = [
      ['InitiatorName', INITIATOR_NAME],
      ['SessionType', 'Discovery'],
    ] as const;
    d.loginStep(d.tcp.connect(0) + MS, { csg: 1, nsg: 3, offered, answered: [], answerNs });
    return d;
  };
  const [finding] = found([slow(1000 * MS)], 'login-slow');
  assert.match(finding.text, /passed before the target sent frame \d+/);
  assert.equal(found([slow(990 * MS)], 'login-slow'), []);
});

/** Logins of the same name and ISID, one after the other, from these addresses. */
function hosts(addresses: readonly string[]): Dialogue[] {
  return addresses.map((initiator, i) => {
    const d = new Dialogue({ initiator, initiatorPort: 40_000 + i, tsih: i + 1 });
    d.read10(0, 8, d.login(i * 100 * MS) + MS);
    return d;
  });
}

test('sessions that throw each other out: by one host again and again, or by two', () => {
  const [loop] = found(hosts(['10.0.0.1', '10.0.0.1', '10.0.0.1']), 'reinstatement-loop');
  assert.match(loop.title, /took the place of its own session 2 times/);
  const [two] = found(hosts(['10.0.0.1', '10.0.0.9']), 'initiator-name-twice');
  assert.match(two.text, /10\.0\.0\.1, 10\.0\.0\.9/);
  assert.equal(found(hosts(['10.0.0.1', '10.0.0.1']), 'reinstatement-loop'), []);
  assert.equal(found(hosts(['10.0.0.1', '10.0.0.1']), 'initiator-name-twice'), []);
});

test('a command outside the window', () => {
  const far = (by: number): Dialogue => {
    const d = new Dialogue();
    d.window = 8;
    const t = d.login(0) + MS;
    const command = { initiatorTaskTag: 99, lun: d.options.lun, cmdSN: d.cmdSN + 7 + by };
    d.say('scsi-command', command, t);
    return d;
  };
  assert.is(found([far(1)], 'command-ignored').length, 1);
  assert.equal(found([far(0)], 'command-ignored'), []);
  assert.equal(found([far(1)], 'cmdsn-outside-window'), []); // told once
});

test('istgt passes over status numbers, tgt does not', async () => {
  assert.ok((await foundInFile('captures/istgt-many-r2ts.pcap.gz', 'statsn-gap')).length > 0);
  assert.equal(await foundInFile('captures/tgt-unsolicited-data.pcap.gz', 'statsn-gap'), []);
});

/** Nothing is wrong in these: a false alarm is worse than a miss. */
const QUIET = [
  'tgt-chap.pcap',
  'tgt-header-digest.pcap.gz',
  'tgt-both-digests.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
  'tgt-two-interfaces.pcapng.gz',
  'tgt-loopback-super-frames.pcap.gz',
];

for (const name of QUIET) {
  test(`no warning in ${name}`, async () => {
    const { findings } = await reportOf(`captures/${name}`);
    assert.equal(
      findings.filter((f) => f.severity !== 'note'),
      [],
    );
  });
}

test('docs/FINDINGS.md is what the rules say, and names every id', () => {
  assert.ok(existsSync('docs/FINDINGS.md'));
  const text = readFileSync('docs/FINDINGS.md', 'utf8');
  assert.is(text, findingsText(), 'run: node --import tsx tools/findings.ts');
  for (const rule of RULES) assert.ok(text.includes(`## ${rule.id}\n`), rule.id);
});

test.run();

// Words of hosts' logs, statuses, sense codes and findings, looked up.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../src/findings/explain.js';
import { HOST_SOURCES, HOST_WORDS } from '../../src/findings/host-words.js';
import { RULES } from '../../src/findings/rules.js';
import { sanscope } from '../support/program.js';

const words = (text: string) => explain(text).map((one) => one.word);

test('a host’s words lead to findings that exist, each with its source', () => {
  const told = new Set(RULES.flatMap((rule) => Object.keys(rule.tells)));
  for (const { word, system, findings, means } of HOST_WORDS) {
    for (const id of findings) assert.ok(told.has(id), `${word}: ${id}`);
    assert.ok(means.length > 3 && HOST_SOURCES[system].length > 10, word);
  }
});

test('Linux, Windows, ESXi and FreeBSD, as they stand in their logs', () => {
  const line = 'connection1:0: detected conn error (1022)';
  assert.equal(words(line), ['conn error 1022 (ISCSI_ERR_NOP_TIMEDOUT)']);
  const ping = 'connection3:0: ping timeout of 5 secs expired, recv timeout 5, last rx 36174282912';
  assert.ok(words(ping).includes('ping timeout of N secs expired'));
  assert.equal(words('iScsiPrt event 9'), ['iScsiPrt event 9']);
  assert.ok(words('WARNING: no ping reply (NOP-In) after 5 seconds; reconnecting').length > 0);
  const esxi = 'failed H:0x0 D:0x2 P:0x0 Valid sense data: 0x5 0x24 0x0';
  assert.equal(words(esxi), ['H:0x0 (VMK_SCSI_HOST_OK)', 'sense 05/24/00', 'CHECK CONDITION']);
  const [first] = explain('1020');
  assert.ok(first.findings.includes('r2t-unanswered'));
});

test('login statuses, rejects, sense in several writings, ids of findings', () => {
  assert.match(words('0x0201')[0], /^login status 0x0201 \(Authentication failure\)/);
  assert.ok(words('reject 4').includes('Reject 0x04'));
  assert.equal(words('05/25/00'), ['sense 05/25/00']);
  assert.equal(words('RESERVATION CONFLICT'), ['RESERVATION CONFLICT']);
  assert.equal(words('ping-timeout'), ['ping-timeout']);
});

test('ESXi’s host codes above 2, and Windows’ events above 18', () => {
  const found = (text: string) => explain(text).flatMap((one) => one.findings);
  assert.ok(found('failed H:0x5 D:0x0 P:0x0').includes('commands-aborted'));
  assert.ok(found('H:0x8 D:0x0 P:0x0').includes('task-management'));
  assert.ok(found('H:0xc D:0x0 P:0x0').includes('connection-lost'));
  assert.ok(found('H:0x0c').includes('connection-lost'));
  assert.ok(found('VMK_SCSI_HOST_TIMEOUT').includes('command-stuck'));
  assert.ok(found('iScsiPrt event 39').includes('task-management'));
  assert.ok(found('Event ID: 48').includes('ping-timeout'));
  assert.ok(found('iScsiPrt 70').includes('login-failed'));
  for (const text of ['H:0x55', 'iScsiPrt event 30', 'event 3']) {
    assert.equal(words(text).length, text === 'event 3' ? 1 : 0, text);
  }
});

test('with captures behind it, the instants that show it; of sense and logins the same codes only', () => {
  const reset = 'captures/lio/lun-reset-by-other-ini.pcap.gz';
  const seen = sanscope(['explain', 'H:0x8', reset]);
  assert.match(seen.stdout, /warning task-management: LOGICAL UNIT RESET of \S+host-a aborted/);
  assert.match(seen.stdout, /38\.171140 s · to 48\.412211 s · S0 · frames 636, 1,024/);
  assert.not.match(seen.stdout, /sanscope would show/);
  const none = sanscope(['explain', '1022', reset]);
  assert.match(none.stdout, /not seen in this capture/);
  const login = 'captures/lio/secret-one-host-ini.pcap.gz';
  const ids = (word: string): string[] => {
    const { stdout } = sanscope(['explain', word, login, '--json']);
    const [record] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return record.seen.map((one: { id: string }) => one.id);
  };
  assert.equal(ids('0201'), ['login-failed']);
  assert.equal(ids('0203'), []);
});

test('numbers that are no code, and words that nobody wrote, mean nothing', () => {
  for (const text of ['nothing', '99999', '10220', 'event 400', '0/0/0']) {
    assert.equal(words(text), [], text);
  }
});

test.run();

// Resets of a logical unit: by an administrator while nothing is open, and by one host while another works.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { byTime } from '../support/build.js';
import { Dialogue, fixedSense } from '../support/dialogue.js';
import { found, MS, S, told } from '../support/found.js';
import { run } from '../support/run.js';

const LUN = '0001000000000000';

/** Host A resets `lun` at 1 s. */
function resets(lun = LUN): Dialogue {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  const tag = d.nextTag();
  const request = { initiatorTaskTag: tag, immediate: 1, function: 5, lun };
  d.say('task-management-request', request, 1 * S);
  d.say('task-management-response', { initiatorTaskTag: tag, response: 0 }, 1 * S + 5 * MS, {
    advance: 'statSN',
  });
  d.logout(5 * S);
  return d;
}

/** Host B has a command open from 0.9 s on that ends with `status` at 1.01 s, then hears of the reset. */
function works(status: number): Dialogue {
  const d = new Dialogue({ initiator: '10.0.0.7', isid: '00023d000007', initiatorPort: 41_000 });
  const t = d.login(0) + MS;
  d.read10(0, 8, t);
  d.command(Uint8Array.of(0, 0, 0, 0, 0, 0), 900 * MS, { status, targetNs: 110 * MS });
  d.command(Uint8Array.of(0, 0, 0, 0, 0, 0), 2 * S, { status: 2, sense: fixedSense(6, 0x29, 3) });
  d.logout(5 * S);
  return d;
}

test('a reset that hit nobody is good to know, and so is the unit attention that tells of it', () => {
  const [reset] = found([resets()], 'task-management');
  assert.is(reset.severity, 'note');
  assert.match(reset.text, /concerned no command that was open/);
});

test('a reset that ended another host’s commands is that host’s doing, and one story with them', () => {
  const { report } = run(byTime([resets(), works(0x40)].flatMap((d) => d.tcp.captured())));
  const [reset] = told(report, 'task-management');
  assert.is(reset.severity, 'warning');
  assert.is(reset.owes, 'initiator');
  assert.match(reset.title, /^LOGICAL UNIT RESET of iqn\S+ aborted 1 command of iqn/);
  const [aborted] = told(report, 'task-aborted');
  assert.match(aborted.text, /^They were open at the LOGICAL UNIT RESET of /);
  const [attention] = told(report, 'unit-attention');
  assert.is(attention.severity, 'note');
  const [story] = report.incidents;
  assert.is(report.findings[story.findings[0]].id, 'task-management');
  assert.ok(story.findings.some((i) => report.findings[i].id === 'task-aborted'));
  assert.ok(story.findings.some((i) => report.findings[i].id === 'unit-attention'));
});

test('a reset of another LUN ended nothing of it, and the unit attention stays a warning', () => {
  const packets = [resets('0002000000000000'), works(0x40)].flatMap((d) => d.tcp.captured());
  const { report } = run(byTime(packets));
  assert.is(told(report, 'task-management')[0].severity, 'note');
  assert.is(told(report, 'task-aborted')[0].owes, 'unknown');
  assert.is(told(report, 'unit-attention')[0].severity, 'warning');
});

test.run();

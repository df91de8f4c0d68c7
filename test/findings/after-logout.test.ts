// Requests after a logout that was granted, or not answered; and those that are allowed.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Dialogue } from '../support/dialogue.js';
import { found, MS } from '../support/found.js';

/** A logout of `reason`, answered with `response` (-1: never), and then so many reads. */
function leaves(reason: number, response: number, reads: number): Dialogue {
  const d = new Dialogue();
  let t = d.read10(0, 8, d.login(0) + MS).statusNs + MS;
  const initiatorTaskTag = d.nextTag();
  d.say('logout-request', { initiatorTaskTag, immediate: 1, reason }, t);
  if (response >= 0) {
    d.say('logout-response', { initiatorTaskTag, response }, t + MS, { advance: 'statSN' });
  }
  t += 5 * MS;
  for (let i = 0; i < reads; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  d.tcp.close(t + MS);
  return d;
}

test('commands after a logout are the initiator’s offence, granted or not yet answered', () => {
  const [granted] = found([leaves(0, 0, 2)], 'request-after-logout');
  assert.is(granted.owes, 'initiator');
  assert.is(granted.title, 'The initiator sent 2 commands after its logout');
  assert.match(granted.text, /a SCSI Command, came 5\.00 ms after the Logout Request .*granted/);
  assert.is(granted.session, 0);
  const [open] = found([leaves(1, -1, 1)], 'request-after-logout');
  assert.match(open.text, /which was not refused/);
});

test('a logout that was refused, one for recovery, one with nothing after it, and a new login', () => {
  const id = 'request-after-logout';
  assert.equal(found([leaves(0, 1, 2)], id), []);
  assert.equal(found([leaves(2, 0, 2)], id), []);
  assert.equal(found([leaves(0, 0, 0)], id), []);
  const again = new Dialogue();
  let t = again.read10(0, 8, again.login(0) + MS).statusNs + MS;
  t = again.logout(t);
  again.begunAgain();
  again.read10(8, 8, again.login(t + 20 * MS) + MS);
  assert.equal(found([again], id), []);
});

test.run();

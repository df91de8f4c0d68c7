// What each step of a login does for authentication, by name (RFC 7143 12.1).

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { authenticationStep, loginStories } from '../../../src/report/ladder/login-story.js';
import { Driver, type Pairs } from '../../session/driver.js';

type Exchange = readonly (readonly ['initiator' | 'target', Pairs])[];

/** The names of the steps of a login that says this, in security negotiation. */
function steps(exchange: Exchange): string[] {
  const d = new Driver();
  const stage = { csg: 0, nsg: 1, isid: '00023d000001', initiatorTaskTag: 0 };
  for (const [from, data] of exchange) {
    d.send(from === 'initiator' ? 'login-request' : 'login-response', stage, { data });
  }
  d.finish();
  const [story] = loginStories(d.stage.connections(), d.sessions);
  return story.login.steps.map(authenticationStep);
}

test('SRP, step by step, with the target’s proof asked for', () => {
  const told = steps([
    ['initiator', [['AuthMethod', 'SRP,None']]],
    ['target', [['AuthMethod', 'SRP']]],
    [
      'initiator',
      [
        ['SRP_U', 'alice'],
        ['TargetAuth', 'Yes'],
      ],
    ],
    [
      'target',
      [
        ['SRP_GROUP', 'SRP-1536,SRP-1280'],
        ['SRP_s', '0x01'],
      ],
    ],
    [
      'initiator',
      [
        ['SRP_A', '0x02'],
        ['SRP_GROUP', 'SRP-1536'],
      ],
    ],
    ['target', [['SRP_B', '0x03']]],
    ['initiator', [['SRP_M', '0x04']]],
    ['target', [['SRP_HM', '0x05']]],
  ]);
  assert.equal(told, [
    'offers authentication by SRP,None',
    'chooses authentication by SRP',
    'SRP: user name, asks for the target’s proof (mutual)',
    'SRP: groups offered, and salt',
    "SRP: the initiator's public key, and its choice of group",
    "SRP: the target's public key",
    "SRP: the initiator's proof",
    "SRP: the target's proof",
  ]);
});

test('CHAP both ways', () => {
  const told = steps([
    ['initiator', [['AuthMethod', 'CHAP']]],
    ['target', [['AuthMethod', 'CHAP']]],
    ['initiator', [['CHAP_A', '7,5']]],
    [
      'target',
      [
        ['CHAP_A', '7'],
        ['CHAP_I', '1'],
        ['CHAP_C', '0x01'],
      ],
    ],
    [
      'initiator',
      [
        ['CHAP_N', 'a'],
        ['CHAP_R', '0x02'],
        ['CHAP_I', '2'],
        ['CHAP_C', '0x03'],
      ],
    ],
    [
      'target',
      [
        ['CHAP_N', 't'],
        ['CHAP_R', '0x04'],
      ],
    ],
  ]);
  assert.equal(told.slice(2), [
    'CHAP: algorithms offered',
    'CHAP: algorithm, identifier and challenge',
    "CHAP: name, response, and the target's challenge (mutual)",
    "CHAP: the target's name and response (mutual)",
  ]);
});

test('Kerberos, and steps that do nothing for authentication', () => {
  const told = steps([
    ['initiator', [['KRB_AP_REQ', '0x01']]],
    ['target', [['KRB_AP_REP', '0x02']]],
    ['initiator', [['HeaderDigest', 'None']]],
  ]);
  assert.equal(told, ['Kerberos: request', 'Kerberos: reply', '']);
});

test.run();

// What came before commands could flow: MPA and Hello before an iSER login, special frames, CBIND, PLOGI and PRLI.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../src/pipeline.js';
import { fabricLogins, type SetUpStep } from '../../../src/report/ladder/fabric-login.js';
import { loginStories } from '../../../src/report/ladder/login-story.js';
import { sharedCapture } from '../../support/shared.js';

function told(steps: readonly SetUpStep[]): string[] {
  return steps.map(({ from, name }) => `${from[0]} ${name}`);
}

async function fabric(name: string) {
  const analysis = await analyse([sharedCapture(`san/${name}.pcap`)], {});
  return fabricLogins(analysis.fc);
}

test('FCIP: both special frames, PLOGI by the target, PRLI both ways', async () => {
  const [login, ...others] = await fabric('fcip-vm-1500-stream');
  assert.equal(others, []);
  assert.is(login.outcome, 'accepted');
  assert.is(login.initiator, '20:00:52:54:00:77:00:01');
  assert.equal(told(login.steps).slice(0, 8), [
    'i special frame',
    't special frame',
    't PLOGI',
    'i LS_ACC',
    'i PRLI',
    't PRLI',
    'i LS_ACC',
    't LS_ACC',
  ]);
  for (const [i, step] of login.steps.entries()) {
    assert.ok(i === 0 || step.timeNs >= login.steps[i - 1].timeNs);
  }
  // An ADISC at the end of the capture is no part of the time that the login took.
  assert.ok(login.endedNs < login.steps.at(-1)!.timeNs);
});

test('iFCP: CBIND first, in translation mode too', async () => {
  const [login] = await fabric('ifcp-translation');
  assert.is(login.carrier, 'iFCP');
  assert.equal(told(login.steps).slice(0, 3), ['i CBIND', 't CBIND response', 't PLOGI']);
});

test('a refusal says why, and a login that was accepted before stays one', async () => {
  const [login] = await fabric('fcip-zoo');
  assert.is(login.outcome, 'accepted');
  const refused = login.steps.filter((step) => step.refused);
  assert.equal(
    refused.map(({ name, words }) => [name, ...words]),
    [['LS_RJT', 'logical error', 'N_Port login required']],
  );
});

test('iSER: MPA or the connection manager, with their depths, before the login', async () => {
  for (const [name, first, second] of [
    ['iser-siw-crc-1500-ini', 'i MPA Request', 't MPA Reply'],
    ['iser-rxe-1500-ini', 'i ConnectRequest', 't ConnectReply'],
  ]) {
    const analysis = await analyse([sharedCapture(`san/${name}.pcap`)], {});
    const [story] = loginStories(analysis.stories, analysis.sessions, analysis.rdma);
    assert.equal(told(story.setUp), [first, second]);
    assert.ok(story.setUp[1].timeNs < story.login.startedNs);
    assert.match(story.setUp[0].words.join(' '), /IRD 128 ORD 1/);
  }
});

test('plain iSCSI has none', async () => {
  const analysis = await analyse([sharedCapture('san/iscsi-lio-1500-ini.pcap')], {});
  const stories = loginStories(analysis.stories, analysis.sessions, analysis.rdma);
  assert.ok(stories.length > 0);
  assert.equal(
    stories.flatMap((story) => story.setUp),
    [],
  );
  assert.equal(fabricLogins(analysis.fc), []);
});

test.run();

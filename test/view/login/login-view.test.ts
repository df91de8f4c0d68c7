// Logins as people see them, of recorded captures and built ones, held to golden texts
// (UPDATE_GOLDEN=1 writes them).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loginJson } from '../../../src/export/login-json.js';
import { blocksText } from '../../../src/export/report-text.js';
import { analyse } from '../../../src/pipeline.js';
import {
  type LoginStory,
  loginDiff,
  loginStories,
} from '../../../src/report/ladder/login-story.js';
import { diffBlocks, loginBlocks } from '../../../src/view/login/login-view.js';
import { makePaint } from '../../../src/view/theme.js';
import { temporaryFile } from '../../support/capture.js';
import { Dialogue } from '../../support/dialogue.js';
import { pcapFile } from '../../support/pcap-writer.js';
import { TOP } from '../../support/program.js';

const plain = makePaint(0);

async function loginsOf(path: string): Promise<LoginStory[]> {
  const analysis = await analyse([path], {});
  return loginStories(analysis.stories, analysis.sessions);
}

const recorded = (name: string): Promise<LoginStory[]> => loginsOf(join(TOP, 'captures', name));

/** A session that declares a parameter again in full feature phase. */
function renegotiated(): Promise<LoginStory[]> {
  const d = new Dialogue();
  const at = d.login(
    0,
    [['MaxRecvDataSegmentLength', '8192']],
    [['MaxRecvDataSegmentLength', '8192']],
  );
  d.text(
    at + 1e6,
    [['MaxRecvDataSegmentLength', '65536']],
    [['MaxRecvDataSegmentLength', '16384']],
  );
  d.logout(at + 9e6);
  return loginsOf(temporaryFile(pcapFile(d.tcp.captured())));
}

const CASES: readonly (readonly [string, () => Promise<LoginStory[]>])[] = [
  ['chap-mutual', () => recorded('tgt-chap-mutual.pcap')],
  ['wrong-password', () => recorded('tgt-chap-wrong-password.pcap')],
  ['redirect', () => recorded('tgt-login-redirect.pcap')],
  ['no-such-target', () => recorded('tgt-login-no-such-target.pcap')],
  ['discovery', () => recorded('tgt-discovery-login.pcap')],
  ['renegotiated', renegotiated],
];

for (const [name, stories] of CASES) {
  for (const width of [80, 120]) {
    test(`${name} at ${width} columns`, async () => {
      const all = await stories();
      const text = all
        .map((s) => blocksText(loginBlocks(s, width, false), width, plain))
        .join('\n');
      const path = fileURLToPath(new URL(`golden/${name}-${width}.txt`, import.meta.url));
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(path, text);
      assert.fixture(text, readFileSync(path, 'utf8'));
      for (const line of text.split('\n')) assert.ok(line.length <= width, line);
    });
  }
}

test('what differs between two logins is marked, what does not is not', async () => {
  const [wrong, without] = await recorded('tgt-chap-wrong-password.pcap');
  const rows = loginDiff(wrong, without);
  for (const row of rows) assert.is(row.differs, row.a !== row.b);
  assert.ok(rows.some((row) => row.name === 'AuthMethod' && row.differs));
  assert.ok(rows.some((row) => row.name === 'TargetName' && !row.differs));
  const text = blocksText(diffBlocks(wrong, without, rows, 100), 100, plain);
  for (const row of rows) {
    const line = text.split('\n').find((one) => one.slice(5).startsWith(`${row.name} `)) ?? '';
    assert.is(line.includes('≠'), row.differs, row.name);
  }
  const same = loginDiff(wrong, wrong);
  assert.not(same.some((row) => row.differs));
});

test('no secret is in any of it, unless it is asked for', async () => {
  for (const name of ['tgt-chap.pcap', 'tgt-chap-mutual.pcap', 'tgt-chap-wrong-password.pcap']) {
    for (const story of await recorded(name)) {
      const secrets = story.login.steps
        .flatMap((step) => step.text)
        .filter(([key]) => key === 'CHAP_C' || key === 'CHAP_R')
        .map(([, value]) => value);
      const text = blocksText(loginBlocks(story, 500, false), 500, plain) + loginJson(story, false);
      for (const secret of secrets) assert.not(text.includes(secret.slice(0, 12)), name);
      for (const secret of secrets) assert.ok(loginJson(story, true).includes(secret));
    }
  }
});

test.run();

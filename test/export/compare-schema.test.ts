// What points, diff, fields and interfaces write as JSON keeps to its schema.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMAS } from '../../src/export/schema.js';
import { sharedCapture } from '../support/shared.js';
import { twoPoints } from '../support/two-points.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const LOAD = fileURLToPath(new URL('../../captures/tgt-mixed-load.pcap.gz', import.meta.url));
const STALLS = fileURLToPath(
  new URL('../../captures/tgt-stalls-two-seconds.pcap.gz', import.meta.url),
);
const ajv = new Ajv2020({ allErrors: false, strict: false });

function json(...args: string[]): string {
  const { stdout } = spawnSync(process.execPath, ['bin/sanscope.js', ...args, '--json'], {
    cwd: TOP,
    maxBuffer: 1 << 28,
  });
  return stdout.toString();
}

function keeps(text: string): void {
  const record = JSON.parse(text) as { schema: string };
  const schema = SCHEMAS[record.schema];
  assert.ok(schema, record.schema);
  const validate = ajv.getSchema(record.schema) ?? ajv.compile(schema);
  assert.ok(validate(record), `${record.schema}: ${ajv.errorsText(validate.errors?.slice(0, 4))}`);
}

test('points: of pairs with losses, a step, and nothing in common', async () => {
  const ways = { outNs: 250_000, backNs: 250_000, offsetNs: 4e6 };
  for (const more of [{ lostEvery: 40 }, { stepNs: 12e6, missedByArray: 0.02 }]) {
    const { host, array } = await twoPoints(LOAD, { ...ways, ...more });
    keeps(json('points', host, array));
  }
  keeps(json('points', LOAD, STALLS));
  const rxe = await twoPoints(sharedCapture('san/iser-rxe-1500-ini.pcap'), ways);
  keeps(json('points', rxe.host, rxe.array));
});

test('diff, fields and interfaces', () => {
  keeps(json('diff', LOAD, STALLS));
  keeps(json('diff', LOAD, sharedCapture('san/fcip-zoo.pcap')));
  for (const list of ['fields', 'interfaces']) {
    const lines = json(list).trim().split('\n');
    for (const line of lines) keeps(line);
  }
});

test.run();

// What check, discovery, explain, doctor and config write as JSON keeps to its schema, on captures of all
// transports.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMAS } from '../../src/export/schema.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
const ajv = new Ajv2020({ allErrors: false, strict: false });
const capture = (name: string): string => `captures/${name}`;

/** One of each transport, and one that is wrong. */
const CAPTURES = [
  'tgt-chap-wrong-password.pcap',
  'tgt-killed-and-back.pcap.gz',
  'san/fcip-zoo.pcap.gz',
  'san/fcoe-loss.pcap.gz',
  'san/ifcp-translation.pcap.gz',
  'san/iser-iwarp-crc.pcap.gz',
  'san/iser-rocev2.pcap.gz',
  'san/isns-flood.pcap.gz',
].map(capture);

function records(...args: string[]): { schema: string; type: string }[] {
  const { stdout } = spawnSync(process.execPath, ['bin/sanscope.js', ...args, '--json'], {
    cwd: TOP,
    maxBuffer: 1 << 28,
  });
  const text = stdout.toString();
  const whole = text.startsWith('{\n');
  const lines = whole ? [text] : text.split('\n').filter((line) => line !== '');
  return lines.map((one) => JSON.parse(one));
}

function keeps(...args: string[]): number {
  const all = records(...args);
  for (const record of all) {
    const schema = SCHEMAS[record.schema];
    assert.ok(schema, `${args[0]}: ${record.schema}`);
    const validate = ajv.getSchema(record.schema) ?? ajv.compile(schema);
    const wrong = validate(record) ? '' : ajv.errorsText(validate.errors?.slice(0, 4));
    assert.is(wrong, '', `${args.join(' ')}: ${wrong}`);
  }
  return all.length;
}

for (const path of CAPTURES) {
  test(`check and discovery of ${path}`, () => {
    assert.is(keeps('check', '--limit', 'p99 < 20ms', path), 1);
    keeps('discovery', path);
  });
}

test('explain, doctor, config', () => {
  assert.ok(keeps('explain', '1020') > 0);
  assert.ok(keeps('explain', '1020', capture('tgt-killed-and-back.pcap.gz')) > 0);
  assert.is(keeps('doctor'), 1);
  assert.ok(keeps('config') > 5);
});

test.run();

// Secrets that Fibre Channel, RDMA and iSNS carry, digests of what is hidden, and filters as a way to guess.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pcapFile } from '../support/pcap-writer.js';
import { keyFile } from '../support/planted.js';
import { sanscope } from '../support/program.js';
import { leakIn, Planted, plantData, plantText } from '../support/secrets.js';
import { plantedBeyond, SECRET_DIGESTS } from '../support/secrets-beyond.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const file = join(folder, 'beyond.pcap');
writeFileSync(file, pcapFile(plantedBeyond()));
const planted = new Planted();
plantText(planted);
plantData(planted);
const iscsi = join(folder, 'planted.pcap');
writeFileSync(iscsi, pcapFile(planted.captured()));

const FIELDS = ['data', 'text', 'pingData', 'immediateData', 'cdb', 'paddingOctets', 'eventData'];
const OUTPUTS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--json'],
  ['report', '--html', '-'],
  ['discovery', '--json'],
  ['login', '--json'],
  ['commands', '--csv'],
  ['command', '--slowest', '20', '--json'],
  ['pdus'],
  ['pdus', '-V', '-x'],
  ['pdus', '--json', '-V'],
  ['pdus', '-T', 'fields', ...FIELDS.flatMap((name) => ['-e', name])],
  ['pdus', '-T', 'fields', '-e', 'dataDigestWord', '-e', 'crc', '-e', 'frame'],
  ['export', '-o', '-'],
  ['export', '--ndjson', '-o', '-'],
  ['export', '--csv', '-o', '-'],
];

for (const args of OUTPUTS) {
  test(`${args.join(' ')} keeps what other protocols carry`, () => {
    const { stdout, stderr, status } = sanscope([...args, file]);
    assert.ok(status === 0, stderr);
    assert.ok(stdout.length > 40, stdout + stderr);
    assert.is(leakIn(stdout + stderr), undefined);
    const packed = stdout.replaceAll(/\s/g, '');
    for (const digest of SECRET_DIGESTS) assert.not.ok(packed.includes(digest), digest);
  });
}

test('--show-secrets tells the digests, too', () => {
  const { stdout } = sanscope(['pdus', '-V', '--show-secrets', file]);
  for (const digest of SECRET_DIGESTS) assert.ok(stdout.includes(digest), digest);
});

test('a scrubbed capture holds none of them', () => {
  for (const path of [file, iscsi]) {
    const out = join(folder, 'scrubbed.pcapng');
    assert.is(sanscope(['scrub', '--key', keyFile(1), '-o', out, path]).status, 0);
    assert.is(leakIn(readFileSync(out, 'latin1')), undefined);
  }
});

const GUESSES = [
  'text contains "5ec2e7c"',
  'data contains 35:65:63:32',
  'data matches "5ec2"',
  'frame contains "5ec2e7"',
  'iscsi contains "5ec2e7"',
  'tcp contains "5ec2e7"',
  'iscsi.keyvalue contains "5ec2e7c"',
  'pingData contains 35:65:63:32',
  'immediateData contains 35:65:63:32',
  'cdb contains 35:65:63',
  'eventData contains 35:65:63',
  'vendorSpecificData contains 35:65:63',
  'paddingOctets contains 35',
  'ahs.ahsSpecific contains 35:65:63',
  'keys.CHAP_R contains "5ec2"',
];

test('a filter finds nothing in what is hidden, so that nobody can guess by it', () => {
  for (const guess of GUESSES) {
    for (const path of [file, iscsi]) {
      const { stdout, stderr, status } = sanscope(['pdus', '-Y', guess, path]);
      assert.is(status, 0, `${guess}: ${stderr}`);
      assert.is(stdout, '', guess);
    }
  }
  const shown = sanscope(['pdus', '--show-secrets', '-Y', 'data contains 35:65:63:32', iscsi]);
  assert.ok(shown.stdout.length > 1000);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

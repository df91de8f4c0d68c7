// Secrets in RoCE, datagrams of iSNS, services of Fibre Channel, in every output; and those of iSCSI in the outputs
// that judge, compare and answer.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pcapFile } from '../support/pcap-writer.js';
import { keyFile } from '../support/planted.js';
import { sanscope } from '../support/program.js';
import { leakIn, Planted, plantData, plantText } from '../support/secrets.js';
import { plantedBeyond } from '../support/secrets-beyond.js';
import { plantedInRdma } from '../support/secrets-rdma.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const planted = new Planted();
plantText(planted);
plantData(planted);
const FILES = {
  iscsi: planted.captured(),
  beyond: plantedBeyond(),
  rdma: plantedInRdma(),
} as const;
const pathOf = (name: string): string => join(folder, `${name}.pcap`);
for (const [name, packets] of Object.entries(FILES)) writeFileSync(pathOf(name), pcapFile(packets));
const rdma = pathOf('rdma');

const OUTPUTS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--json'],
  ['report', '--html', '-'],
  ['sessions', '--json'],
  ['discovery', '--json'],
  ['discovery'],
  ['login', '--json'],
  ['login'],
  ['commands', '--csv'],
  ['command', '--slowest', '20', '--json'],
  ['command', '--slowest', '20'],
  ['pdus'],
  ['pdus', '-V', '-x'],
  ['pdus', '--json', '-V'],
  ['pdus', '-T', 'json', '-V'],
  ['pdus', '-T', 'fields', '-e', 'crc', '-e', 'data', '-e', 'immDt.immediateData', '-e', 'frame'],
  ['export', '-o', '-'],
  ['export', '--ndjson', '-o', '-'],
  ['export', '--csv', '-o', '-'],
];

for (const args of OUTPUTS) {
  test(`${args.join(' ')} keeps what RDMA and datagrams carry`, () => {
    const { stdout, stderr, status } = sanscope([...args, rdma]);
    assert.is(status, 0, stderr);
    assert.ok(stdout.length > 40, stdout + stderr);
    assert.is(leakIn(stdout + stderr), undefined);
  });
}

test('with --show-secrets pdus tells it', () => {
  for (const args of [['-V'], ['-x'], ['--json', '-V']]) {
    assert.ok(leakIn(sanscope(['pdus', '--show-secrets', ...args, rdma]).stdout), args.join());
  }
});

test('a scrubbed capture holds none of it', () => {
  const out = join(folder, 'scrubbed.pcapng');
  assert.is(sanscope(['scrub', '--key', keyFile(1), '-o', out, rdma]).status, 0);
  assert.is(leakIn(readFileSync(out, 'latin1')), undefined);
});

const JUDGES: readonly (readonly string[])[] = [
  ['check'],
  ['check', '--json'],
  ['check', '--github'],
  ['check', '--junit', '-'],
  ['check', '--sarif', '-'],
  ['explain', 'login'],
  ['commands', '--json'],
  ['commands', '--sort', 'latency'],
  ['luns', '--json'],
  ['luns', '--csv'],
  ['sessions', '--csv'],
  ['pdus', '-T', 'json', '-V'],
  ['slice', '--frame', '1-40', '-o', '/dev/null'],
];

for (const name of Object.keys(FILES)) {
  const path = pathOf(name);
  for (const args of JUDGES) {
    test(`${args.join(' ')} of ${name} tells no secret`, () => {
      const { stdout, stderr, status } = sanscope([...args, path]);
      assert.ok([0, 1, 3].includes(status ?? -1), stderr);
      if (args[0] !== 'luns') assert.ok(stdout.length + stderr.length > 20);
      assert.is(leakIn(stdout + stderr), undefined);
    });
  }

  test(`two of ${name} compared tell no secret`, () => {
    for (const args of [['diff'], ['diff', '--json'], ['points'], ['points', '--json']]) {
      const { stdout, stderr } = sanscope([...args, path, path]);
      assert.ok(stdout.length > 100, stderr);
      assert.is(leakIn(stdout + stderr), undefined, args.join());
    }
    for (const command of ['diff', 'points']) {
      const { stdout } = sanscope([command, '--html', '-', path, path]);
      assert.ok(stdout.length > 1000);
      assert.is(leakIn(stdout), undefined);
    }
  });

  test(`${name} live tells no secret`, () => {
    for (const args of [['--json'], []]) {
      const { stdout, stderr, status } = sanscope(['live', ...args, '-'], {
        input: readFileSync(path),
      });
      assert.is(status, 0, stderr);
      assert.ok(stdout.length > 1000);
      assert.is(leakIn(stdout + stderr), undefined);
    }
  });

  test(`${name} as tables tells no secret`, async () => {
    const out = join(folder, `tables-${name}`);
    const { status, stderr } = sanscope(['export', '--parquet', out, '--pdus', path]);
    assert.is(status, 0, stderr);
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const tables = ['commands', 'pdus', 'sessions', 'findings', 'intervals'];
    let rows = 0;
    for (const table of tables) {
      const sql = `from read_parquet('${out}/${table}/**/*.parquet', union_by_name=true)`;
      const all = (await connection.runAndReadAll(sql)).getRowObjectsJson();
      rows += all.length;
      assert.is(leakIn(JSON.stringify(all)), undefined, table);
    }
    assert.ok(rows > 10);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

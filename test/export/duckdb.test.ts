// What reads our JSON and CSV elsewhere: DuckDB's read_json_auto and read_csv_auto take every output as it
// is, find the types that docs/JSON.md says, and count what the report counts.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../src/report/report.js';
import { type Outputs, outputsOf } from '../support/outputs.js';

const CAPTURES = ['tgt-mixed-load.pcap.gz', 'tgt-mixed-load-snaplen160.pcap.gz'];

interface Told {
  readonly folder: string;
  readonly report: Report;
}

const told = new Map<string, Told>();
const duck = suite<{ ask: (sql: string) => Promise<Record<string, unknown>> }>('DuckDB');

duck.before(async (context) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  context.ask = async (sql) => {
    const [row] = (await connection.runAndReadAll(sql)).getRowObjects();
    return Object.fromEntries(
      Object.entries(row).map(([key, v]) => [key, typeof v === 'bigint' ? Number(v) : v]),
    );
  };
  for (const name of CAPTURES) {
    const folder = mkdtempSync(join(tmpdir(), 'sanscope-duckdb-'));
    const out = await outputsOf(`captures/${name}`);
    for (const of of Object.keys(out) as (keyof Outputs)[]) {
      writeFileSync(join(folder, `${of}.${/csv/i.test(of) ? 'csv' : 'json'}`), out[of]);
    }
    told.set(name, { folder, report: JSON.parse(out.report) as Report });
  }
});

duck.after(() => {
  for (const { folder } of told.values()) rmSync(folder, { recursive: true });
});

for (const name of CAPTURES) {
  duck(
    `${name}: maxima, percentiles and sums are the report's, by whatever is read`,
    async ({ ask }) => {
      const { folder, report } = told.get(name) as Told;
      const { latency, commandCount, bytes } = report.totals;
      assert.ok(latency?.exact);
      const sources: [string, string][] = [
        ['commands --json', `read_json_auto('${folder}/commands.json')`],
        ['commands --csv', `read_csv_auto('${folder}/commandsCsv.csv')`],
        ['export --csv', `read_csv_auto('${folder}/csv.csv')`],
        [
          'export',
          `(SELECT unnest(commands, recursive := true) FROM read_json_auto('${folder}/document.json', maximum_object_size=400000000))`,
        ],
        ['export --ndjson', `read_json_auto('${folder}/stream.json') WHERE type = 'command'`],
        ['live --json', `read_json_auto('${folder}/live.json') WHERE type = 'command'`],
      ];
      for (const [what, source] of sources) {
        // Percentiles by nearest rank, as the report has them (quantile_disc).
        const found = await ask(
          `SELECT count(*) FILTER (captured) AS commands, count(latencyNs) AS counted,
           max(latencyNs) AS most, min(latencyNs) AS least, quantile_disc(latencyNs, 0.5) AS p50,
           quantile_disc(latencyNs, 0.99) AS p99, sum(bytes) FILTER (captured) AS bytes,
           typeof(any_value(latencyNs)) AS type FROM ${source}`,
        );
        if (what === 'live --json') assert.ok(Number(found['commands']) > 0);
        else assert.is(found['commands'], commandCount, what);
        assert.is(found['type'], 'BIGINT', what);
        if (what === 'live --json') continue;
        assert.equal(
          [found['counted'], found['least'], found['most'], found['p50'], found['p99']],
          [latency.count, latency.minNs, latency.maxNs, latency.p50Ns, latency.p99Ns],
          what,
        );
        assert.is(found['bytes'], bytes, what);
      }
      const slowest = await ask(
        `SELECT max(c.latencyNs) AS most FROM
         (SELECT unnest(commands) AS c FROM read_json_auto('${folder}/document.json', maximum_object_size=400000000))`,
      );
      assert.is(slowest['most'], latency.maxNs);
      const joined = await ask(
        `SELECT count(*) AS n FROM read_json_auto('${folder}/pdus.json') p
         JOIN read_json_auto('${folder}/commands.json') c ON p.command = c.command AND p.tag = c.tag
         WHERE p.opcode = c.opcode AND p.session = c.session`,
      );
      assert.ok(Number(joined['n']) > 100, 'PDUs know their commands');
      const streamed = await ask(
        `SELECT count(*) AS n, count(*) FILTER (p.opcode = c.opcode AND p.tag = c.tag) AS same
         FROM read_json_auto('${folder}/stream.json') p JOIN read_json_auto('${folder}/stream.json') c
         ON p.command = c.command WHERE p.type = 'pdu' AND c.type = 'command' AND c.opcode IS NOT NULL`,
      );
      assert.ok(Number(streamed['n']) > 1000);
      assert.is(streamed['same'], streamed['n']);
    },
  );

  duck(`${name}: all that is written is read, with the types that it has`, async ({ ask }) => {
    const { folder, report } = told.get(name) as Told;
    const json = ['report', 'document', 'stream', 'commands', 'ladders', 'pdus', 'sessions'];
    for (const of of [...json, 'luns', 'logins', 'live']) {
      const source = `read_json_auto('${folder}/${of}.json', maximum_object_size=400000000)`;
      const row = await ask(`SELECT count(*) AS n, any_value("schema") AS name FROM ${source}`);
      assert.ok(Number(row['n']) > 0, of);
      assert.match(String(row['name']), /^sanscope\/[a-z]+\/2$/);
    }
    for (const of of ['csv', 'commandsCsv', 'sessionsCsv', 'lunsCsv']) {
      const row = await ask(`SELECT count(*) AS n FROM read_csv_auto('${folder}/${of}.csv')`);
      assert.ok(Number(row['n']) > 0, of);
    }
    const slow = await ask(
      `SELECT max(s.latencyNs) AS most FROM
         (SELECT unnest(slowest) AS s FROM read_json_auto('${folder}/report.json', maximum_object_size=400000000))`,
    );
    assert.is(slow['most'], report.totals.latency?.maxNs);
    const [first] = report.sessions;
    const session = await ask(
      `SELECT initiator, commandCount FROM read_csv_auto('${folder}/sessionsCsv.csv') WHERE session = 0`,
    );
    assert.equal(session, { initiator: first.initiator, commandCount: first.commandCount });
  });
}

duck.run();

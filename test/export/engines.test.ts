// docs/ENGINES.md runs: its SQL, read from the doc, with DuckDB and with ClickHouse (chdb), each beside the other and
// beside the report; and a ring of 16 files in two processes beside one run over all of them.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { Session } from 'chdb';
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { exportAll, questions, statements, tablesMade } from '../../tools/engines.js';
import { needsNot } from '../support/needs.js';
import { sanscope, TOP } from '../support/program.js';

type Row = Record<string, unknown>;
interface Latency {
  readonly count: number;
  readonly exact: boolean;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}
interface Told {
  readonly sessions: readonly Row[];
  readonly operations: readonly {
    session: number;
    lun: string;
    operation: string;
    latency: Latency | null;
  }[];
  readonly operationTotals: readonly {
    operation: string;
    latency: Latency | null;
    commandCount: number;
    dataInBytes: number;
    dataOutBytes: number;
  }[];
  readonly incidents: readonly Row[];
  readonly totals: { readonly commandCount: number; readonly outcomes: Record<string, number> };
}

const CAPTURES = [
  'captures/tgt-mixed-load.pcap.gz',
  'captures/tgt-stalls-two-seconds.pcap.gz',
  'captures/tgt-killed-and-back.pcap.gz',
];
const RING = 'captures/tgt-libiscsi-scsi-tests.pcap.gz';
const RING_FILES = 16;

const engines = suite<{
  duck: (sql: string) => Promise<Row[]>;
  click: (sql: string) => Row[];
  folder: string;
}>('engines');
let session: Session | undefined;

engines.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sanscope-engines-'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  context.duck = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
  const clickhouse = new Session(join(context.folder, 'clickhouse'));
  session = clickhouse;
  context.click = (sql) =>
    String(clickhouse.query(sql, 'JSONEachRow'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
  const tables = join(context.folder, 'tables');
  await exportAll(
    CAPTURES.map((capture) => join(TOP, capture)),
    tables,
    2,
  );
  for (const sql of statements('duckdb', '## Reading')) await context.duck(placed(sql, tables));
  for (const sql of statements('clickhouse', '## Reading')) context.click(placed(sql, tables));
});

engines.after(({ folder }) => {
  session?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The doc's folder is ours. */
function placed(sql: string, tables: string): string {
  assert.match(sql, /'tables\/|nearestRank/);
  return sql.replace("'tables/", `'${tables}/`);
}

function report(...captures: readonly string[]): Told {
  return JSON.parse(sanscope(['report', '--json', ...captures]).stdout) as Told;
}

/** One spelling for numbers, dates and nulls of both engines. */
function plain(rows: readonly Row[]): string[] {
  return rows.map((row) =>
    Object.values(row)
      .map((value) => {
        if (value === null) return 'null';
        const number = Number(value);
        return value === '' || Number.isNaN(number) ? String(value) : number.toPrecision(12);
      })
      .join(' | '),
  );
}

engines('the doc has the tables as they are', () => {
  const text = readFileSync(join(TOP, 'docs/ENGINES.md'), 'utf8');
  assert.is(tablesMade(text), text, 'node --import tsx tools/engines.ts');
});

engines('ten questions, each for three engines', () => {
  assert.is(questions().length, 10);
  for (const heading of questions()) {
    for (const engine of ['duckdb', 'clickhouse', 'spark']) {
      assert.is(statements(engine, heading).length, 1, `${heading} ${engine}`);
    }
  }
});

for (const heading of questions()) {
  engines(`${heading.slice(4)} DuckDB and ClickHouse say the same`, async ({ duck, click }) => {
    const rows = await duck(statements('duckdb', heading)[0]);
    assert.ok(rows.length > 0);
    assert.equal(plain(click(statements('clickhouse', heading)[0])), plain(rows));
  });
}

engines(
  'percentiles by initiator and operation are the report’s',
  async ({ duck, click, folder }) => {
    for (const capture of CAPTURES) {
      const tables = join(folder, 'one');
      rmSync(tables, { recursive: true, force: true });
      await exportAll([join(TOP, capture)], tables, 1);
      const told = report(capture);
      const views = statements('duckdb', '## Reading').map((sql) =>
        placed(sql, tables).replace('create view', 'create or replace view'),
      );
      for (const sql of views) await duck(sql);
      for (const sql of statements('clickhouse', '## Reading')) {
        if (/view commands/.test(sql))
          click(placed(sql, tables).replace('create view', 'create or replace view'));
      }
      const rows = await duck(statements('duckdb', questions()[1])[0]);
      assert.equal(plain(click(statements('clickhouse', questions()[1])[0])), plain(rows));
      const names = new Set(told.sessions.map((one) => one['initiator']));
      assert.is(names.size, 1, capture);
      for (const { operation, latency } of told.operationTotals) {
        if (latency === null) continue;
        assert.ok(latency.exact, operation);
        const row = rows.find((one) => one['operation'] === operation) ?? {};
        const read = ['commands', 'p50Ns', 'p99Ns', 'p999Ns', 'maxNs'].map((key) =>
          Number(row[key]),
        );
        const { count, p50Ns, p99Ns, p999Ns, maxNs } = latency;
        assert.equal(read, [count, p50Ns, p99Ns, p999Ns, maxNs], `${capture} ${operation}`);
      }
      assert.is(rows.length, told.operationTotals.filter(({ latency }) => latency !== null).length);
    }
  },
);

engines('incidents over the captures are those of the reports', async ({ duck, folder }) => {
  for (const sql of statements('duckdb', '## Reading')) {
    await duck(
      placed(sql, join(folder, 'tables')).replace('create view', 'create or replace view'),
    );
  }
  const rows = await duck(statements('duckdb', questions()[2])[0]);
  const incidents = CAPTURES.flatMap((capture) => report(capture).incidents);
  assert.is(
    rows.reduce((sum, row) => sum + Number(row['incidents']), 0),
    incidents.length,
  );
  assert.ok(rows.some((row) => Number(row['captures']) > 1) || rows.length > 3);
});

engines(
  '16 files in two processes, stitched: what one run over all says',
  async ({ duck, folder }) => {
    const files = ringOf(join(TOP, RING), RING_FILES, folder);
    const tables = join(folder, 'ring');
    await exportAll(files, tables, 2);
    for (const sql of statements('duckdb', '## Reading')) {
      await duck(placed(sql, tables).replace('create view', 'create or replace view'));
    }
    const [spanning] = await duck(
      "select count(*) as open from commands where captured and outcome = 'open'",
    );
    assert.ok(Number(spanning['open']) > 0, 'some commands span two files');
    const all = statements('duckdb', '### Sessions and commands that span files');
    for (const sql of all.slice(0, -1)) await duck(sql);
    const rows = await duck(all[all.length - 1]);
    const told = report(...files);
    const expected = told.operationTotals.map(
      ({ operation, commandCount, dataInBytes, dataOutBytes, latency }) => [
        operation,
        commandCount,
        latency?.count ?? 0,
        ...(latency?.exact ? [latency.p50Ns, latency.p99Ns] : []),
        latency?.maxNs,
        dataInBytes,
        dataOutBytes,
      ],
    );
    const read = rows.map((row) => {
      const exact = told.operationTotals.find(({ operation }) => operation === row['operation'])
        ?.latency?.exact;
      return [
        row['operation'],
        Number(row['commands']),
        Number(row['answered']),
        ...(exact ? [Number(row['p50Ns']), Number(row['p99Ns'])] : []),
        Number(row['maxNs']),
        Number(row['readBytes']),
        Number(row['writtenBytes']),
      ];
    });
    const byName = (a: unknown[], b: unknown[]) => (String(a[0]) < String(b[0]) ? -1 : 1);
    assert.equal(read.sort(byName), expected.sort(byName));
    const outcomes = await duck(
      'select outcome, count(*) as n from stitched_commands group by outcome',
    );
    assert.equal(
      Object.fromEntries(outcomes.map((row) => [row['outcome'], Number(row['n'])])),
      told.totals.outcomes,
    );
    const sessions = await duck('select initiatorName, targetName, pieces from stitched_sessions');
    assert.is(sessions.length, told.sessions.length);
    assert.ok(sessions.some((row) => Number(row['pieces']) > 1));
    const names = (rows: readonly Row[]) =>
      rows.map((row) => `${row['initiatorName']} ${row['targetName'] ?? null}`).sort();
    assert.equal(names(sessions), names(told.sessions));
  },
);

const LIST = ['captures/tgt-ipv6.pcap.gz', 'captures/tgt-chap.pcap'];

engines(
  'the Slurm array: task N exports file N of the list, and again',
  async ({ duck, folder }) => {
    const tables = fleetFolder(folder, 'slurm');
    for (const task of ['1', '2', '2']) {
      const env = {
        PATH: `${join(folder, 'slurm')}:${process.env['PATH']}`,
        SLURM_ARRAY_TASK_ID: task,
      };
      const script = join(TOP, 'docs/engines/slurm-array.sh');
      const { status, stderr } = spawnSync(
        'bash',
        [script, join(folder, 'slurm/list.txt'), tables],
        { env, cwd: TOP, encoding: 'utf8' },
      );
      assert.is(status, 0, stderr);
    }
    await holdsTheList(duck, tables);
  },
);

const yaml = needsNot(yamlLacking());

yaml('the Kubernetes Job is YAML, and index N exports file N of the list', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-job-'));
  const tables = fleetFolder(folder, 'slurm');
  const job = JSON.parse(
    spawnSync(
      'python3',
      ['-c', 'import json,sys,yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'],
      {
        input: readFileSync(join(TOP, 'docs/engines/kubernetes-job.yaml')),
        encoding: 'utf8',
      },
    ).stdout,
  ) as {
    kind: string;
    spec: {
      completionMode: string;
      template: { spec: { containers: { command: string[]; args: string[] }[] } };
    };
  };
  assert.is(job.kind, 'Job');
  assert.is(job.spec.completionMode, 'Indexed');
  const [container] = job.spec.template.spec.containers;
  const script = container.args[0]
    .replace('/captures/list.txt', join(folder, 'slurm/list.txt'))
    .replace('/opt/sanscope', TOP)
    .replace('/tables', tables);
  for (const index of ['0', '1']) {
    const env = { PATH: process.env['PATH'] ?? '', JOB_COMPLETION_INDEX: index };
    const [command, ...flags] = container.command;
    const { status, stderr } = spawnSync(command, [...flags, script], {
      env,
      cwd: TOP,
      encoding: 'utf8',
    });
    assert.is(status, 0, stderr);
  }
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await holdsTheList(
    async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[],
    tables,
  );
  rmSync(folder, { recursive: true });
});

function yamlLacking(): string | undefined {
  const { status } = spawnSync('python3', ['-c', 'import yaml']);
  return status === 0 ? undefined : 'python3-yaml';
}

/** A list of captures, and a `sanscope` to find on the PATH. */
function fleetFolder(folder: string, name: string): string {
  mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, name, 'list.txt'),
    LIST.map((path) => `${join(TOP, path)}\n`).join(''),
  );
  const shim = join(folder, name, 'sanscope');
  writeFileSync(
    shim,
    `#!/bin/sh\nexec '${process.execPath}' '${join(TOP, 'bin/sanscope.js')}' "$@"\n`,
  );
  chmodSync(shim, 0o755);
  return join(folder, name, 'out');
}

async function holdsTheList(duck: (sql: string) => Promise<Row[]>, tables: string): Promise<void> {
  const [row] = await duck(
    `select count(*) as n, count(distinct capture) as captures from read_parquet('${tables}/commands/**/*.parquet')`,
  );
  const counts = LIST.map((path) => report(path).totals.commandCount);
  assert.equal(Object.values(row).map(Number), [counts.reduce((a, b) => a + b), LIST.length]);
}

/** A capture as so many files of equally many packets. */
function ringOf(path: string, count: number, folder: string): string[] {
  const bytes = gunzipSync(readFileSync(path));
  const little = bytes.readUInt32LE(0) === 0xa1b2c3d4 || bytes.readUInt32LE(0) === 0xa1b23c4d;
  assert.ok(little, 'a little-endian pcap');
  const starts: number[] = [];
  for (let at = 24; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 8)) starts.push(at);
  return Array.from({ length: count }, (_, i) => {
    const from = starts[Math.floor((i * starts.length) / count)];
    const to = starts[Math.floor(((i + 1) * starts.length) / count)] ?? bytes.length;
    const file = join(folder, `ring_${String(i).padStart(5, '0')}.pcap`);
    writeFileSync(file, Buffer.concat([bytes.subarray(0, 24), bytes.subarray(from, to)]));
    return file;
  });
}

engines.run();
test.run();

// `export --parquet`, read by DuckDB: every column of every command is what NDJSON says, types are those that
// docs/ENGINES.md names, many writers share a folder, and nothing stays of an export that failed.

import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { suite, test } from 'uvu';
import * as assert from 'uvu/assert';
import { TABLES } from '../../src/export/parquet/tables.js';
import { isList, isNumber, isText } from '../../src/scsi/fact-kinds.js';
import { TASK_FACTS } from '../../src/scsi/task-facts.js';
import { temporaryFile } from '../support/capture.js';
import { Dialogue } from '../support/dialogue.js';
import { needsNot } from '../support/needs.js';
import { pcapFile } from '../support/pcap-writer.js';
import { sanscope, TOP } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';
import { smallDisk, smallDiskMissing } from '../support/small-disk.js';
import { until } from '../support/wait.js';

type Row = Record<string, unknown>;
type Ask = (sql: string) => Promise<Row[]>;

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const needsSmallDisk = needsNot(smallDiskMissing());
const parquet = suite<{ ask: Ask; folder: string }>('Parquet');
const DUCK_TYPES: Readonly<Record<string, string>> = {
  BOOLEAN: 'BOOLEAN',
  INT32: 'INTEGER',
  UINT32: 'UINTEGER',
  INT64: 'BIGINT',
  UINT64: 'UBIGINT',
  DOUBLE: 'DOUBLE',
  STRING: 'VARCHAR',
  TIMESTAMP: 'TIMESTAMP_NS',
};

parquet.before(async (context) => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  context.ask = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[];
});

parquet.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'sanscope-parquet-'));
});

parquet.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

function exported(folder: string, args: readonly string[]): void {
  const { status, stderr } = sanscope(['export', '-q', '--parquet', folder, ...args]);
  assert.is(status, 0, stderr);
}

function table(folder: string, name: string): string {
  return `read_parquet('${folder}/${name}/**/*.parquet', hive_partitioning = true)`;
}

const CAPTURES = [
  'captures/tgt-mixed-load.pcap.gz',
  'captures/tgt-mixed-load-snaplen160.pcap.gz',
  'captures/tgt-libiscsi-scsi-tests.pcap.gz',
  'captures/istgt-many-r2ts.pcap.gz',
];

for (const capture of CAPTURES) {
  parquet(`${capture}: every column of every command is the record's`, async ({ ask, folder }) => {
    exported(folder, [capture]);
    const rows = await ask(`select * from ${table(folder, 'commands')} order by command`);
    const { stdout } = sanscope(['export', '--ndjson', '--no-pdus', '-o', '-', capture]);
    const records = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
      .filter(({ type }) => type === 'command')
      .sort((a, b) => Number(a['command']) - Number(b['command']));
    assert.ok(records.length > 50);
    assert.is(rows.length, records.length);
    let compared = 0;
    rows.forEach((row, i) => {
      for (const fact of TASK_FACTS) {
        if (isList(fact) || fact.told !== undefined) continue;
        const { key } = fact;
        const told = records[i][key];
        const read = isText(fact) && fact.type === 'iso' ? isoOf(row[key]) : row[key];
        const same = read === null ? told === undefined : String(told) === String(read);
        if (!same) assert.unreachable(`command ${i} ${key}: ${told} in NDJSON, ${read} in Parquet`);
        if (read !== null) compared++;
      }
    });
    assert.ok(compared > 20 * rows.length);
  });
}

/** DuckDB prints as many decimals as there are. */
function isoOf(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  const [date, time] = text.split(' ');
  const [clock, fraction = ''] = time.split('.');
  return `${date}T${clock}.${fraction.padEnd(9, '0')}Z`;
}

parquet('every table has the columns and types that the tables say', async ({ ask, folder }) => {
  exported(folder, ['--pdus', '--interval', '100ms', 'captures/tgt-stalls-two-seconds.pcap.gz']);
  for (const [name, { columns }] of Object.entries(TABLES)) {
    const found = await ask(
      `select column_name, column_type from (describe select * from ${table(folder, name)})`,
    );
    const told = columns.map((column) => [column.name, DUCK_TYPES[column.type]]);
    const read = found.map((row) => [row['column_name'], row['column_type']]);
    assert.equal(read.slice(0, told.length), told, name);
    assert.equal(
      read.slice(told.length).map(([column]) => column),
      ['capture', 'date', 'hour'],
      name,
    );
  }
});

parquet(
  'LBAs of 64 bits, times of nine decimals and tags of 32 bits are whole',
  async ({ ask, folder }) => {
    const d = new Dialogue();
    const beginNs = d.login(0) + 1e6;
    const cdb = new Uint8Array(16);
    cdb.set([0x88, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0, 0, 0, 0, 4, 0, 0]);
    d.command(cdb, beginNs + 123_456_789);
    const capture = temporaryFile(pcapFile(d.tcp.captured()));
    exported(folder, [capture]);
    const [row] = await ask(
      `select lba, lbaEnd, tag, cast(time as varchar) as time, relativeNs from ${table(folder, 'commands')} where operation = 'READ(16)'`,
    );
    const [record] = sanscope(['commands', '--json', capture])
      .stdout.trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
      .filter(({ operation }) => operation === 'READ(16)');
    assert.is(String(row['lba']), '18446744073709551600');
    assert.is(String(row['lbaEnd']), '18446744073709551603');
    assert.is(String(row['tag']), String(record['tag']));
    assert.is(String(row['relativeNs']), String(record['relativeNs']));
    assert.is(isoOf(row['time']), record['time']);
  },
);

parquet(
  'PDUs: as many of each kind as the report counts, each of its command',
  async ({ ask, folder }) => {
    const capture = 'captures/tgt-mixed-load.pcap.gz';
    exported(folder, ['--pdus', capture]);
    const rows = await ask(
      `select name, count(*) as n, count(distinct command) as commands from ${table(folder, 'pdus')} group by name`,
    );
    const report = JSON.parse(sanscope(['report', '--json', capture]).stdout) as {
      sessions: { connections: { pdusByName: Record<string, number> }[] }[];
      totals: { commandCount: number };
    };
    const counts: Record<string, number> = {};
    for (const { connections } of report.sessions) {
      for (const { pdusByName } of connections) {
        for (const [name, n] of Object.entries(pdusByName)) counts[name] = (counts[name] ?? 0) + n;
      }
    }
    assert.equal(Object.fromEntries(rows.map((row) => [row['name'], Number(row['n'])])), counts);
    const commands = rows.find((row) => row['name'] === 'SCSI Command');
    assert.is(Number(commands?.['commands']), report.totals.commandCount);
    const [odd] = await ask(
      `select count(*) as n from ${table(folder, 'pdus')} p join ${table(folder, 'commands')} c using (capture, command) where p.session <> c.session or p.tag <> c.tag or p.initiatorTaskTag <> c.tag`,
    );
    assert.is(Number(odd['n']), 0);
  },
);

parquet(
  'findings, incidents, sessions, events and connections are the report’s',
  async ({ ask, folder }) => {
    const capture = 'captures/tgt-killed-and-back.pcap.gz';
    exported(folder, [capture]);
    const report = JSON.parse(sanscope(['report', '--json', capture]).stdout) as {
      findings: Row[];
      incidents: { title: string; findings: number[] }[];
      sessions: { session: number; events: Row[]; connections: Row[]; commandCount: number }[];
    };
    const findings = await ask(`select * from ${table(folder, 'findings')} order by finding`);
    assert.equal(
      findings.map(({ id, title, severity }) => [id, title, severity]),
      report.findings.map(({ id, title, severity }) => [id, title, severity]),
    );
    assert.ok(findings.length > 1);
    for (const [number, incident] of report.incidents.entries()) {
      const own = findings.filter(
        (row) => Number(row['incident']) === number && row['incident'] !== null,
      );
      assert.equal(
        own.map((row) => Number(row['finding'])).sort(),
        [...incident.findings].sort(),
        incident.title,
      );
    }
    const sessions = await ask(
      `select session, commandCount from ${table(folder, 'sessions')} order by 1`,
    );
    assert.equal(
      sessions.map((row) => Number(row['commandCount'])),
      report.sessions.map(({ commandCount }) => commandCount),
    );
    const [events] = await ask(`select count(*) as n from ${table(folder, 'events')}`);
    assert.is(Number(events['n']), report.sessions.flatMap((session) => session.events).length);
    const [connections] = await ask(`select count(*) as n from ${table(folder, 'connections')}`);
    assert.is(
      Number(connections['n']),
      report.sessions.flatMap((session) => session.connections).length,
    );
  },
);

parquet('intervals add up to the commands', async ({ ask, folder }) => {
  const capture = 'captures/tgt-stalls-two-seconds.pcap.gz';
  exported(folder, ['--interval', '250ms', capture]);
  const [sums] = await ask(
    `select sum(startedCount) as started, sum(endedCount) as ended, sum(dataInBytes) as bytes, max(latencyNsMax) as longest, max(relativeNsEnd - relativeNs) as width from ${table(folder, 'intervals')}`,
  );
  const [whole] = await ask(
    `select count(*) as started, count(*) filter (outcome <> 'open') as ended, sum(dataInBytes) as bytes, max(latencyNs) as longest from ${table(folder, 'commands')} where captured`,
  );
  for (const key of ['started', 'ended', 'bytes', 'longest']) {
    assert.is(String(sums[key]), String(whole[key]), key);
  }
});

parquet(
  'an hour that turns: each command in the hour of its begin, across files',
  async ({ ask, folder }) => {
    const d = new Dialogue();
    const beginNs = d.login(0) + 1e6;
    const HOUR_NS = 3600e9;
    for (let hour = 0; hour < 5; hour++) {
      for (let i = 0; i < 10; i++) d.read10(hour * 10 + i, 1, beginNs + hour * HOUR_NS + i * 1e6);
    }
    exported(folder, ['--capture', 'ring', temporaryFile(pcapFile(d.tcp.captured()))]);
    const rows = await ask(
      `select count(*) as n, count(distinct (date, hour)) as hours, count(*) filter (extract(hour from time) <> cast(hour as int)) as odd from ${table(folder, 'commands')}`,
    );
    assert.equal(Object.values(rows[0]).map(Number), [50, 5, 0]);
    assert.ok(existsSync(join(folder, 'commands', 'capture=ring')));
  },
);

parquet(
  'the same export again replaces its own; another capture of that name stays',
  async ({ ask, folder }) => {
    const [a, b] = ['captures/tgt-mixed-load.pcap.gz', 'captures/istgt-mixed-load.pcap.gz'];
    const copies = ['one', 'two'].map((name, i) => {
      mkdirSync(join(folder, name));
      const path = join(folder, name, 'trace.pcap.gz');
      writeFileSync(path, readFileSync(join(TOP, i === 0 ? a : b)));
      return path;
    });
    const out = join(folder, 'tables');
    const count = async () =>
      (
        await ask(
          `select count(*) as n, count(distinct capture) as captures, count(distinct (capture, command)) as own from ${table(out, 'commands')}`,
        )
      ).map((row) => Object.values(row).map(Number))[0];
    exported(out, ['--pdus', copies[0]]);
    const [alone] = await count();
    exported(out, [copies[1]]);
    const both = await count();
    assert.is(both[1], 2);
    assert.is(both[2], both[0]);
    assert.ok(both[0] > alone);
    exported(out, [copies[0]]);
    assert.equal(await count(), both);
    // Without --pdus this time: those of the first time are gone, for they are its own.
    assert.equal(filesBelow(join(out, 'pdus')), []);
  },
);

parquet('several writers at once', async ({ ask, folder }) => {
  const captures = ['tgt-mixed-load', 'istgt-mixed-load', 'tgt-both-digests', 'tgt-mixed-load'];
  const codes = await Promise.all(
    captures.map(
      (name) =>
        new Promise((resolve) => {
          const args = [BIN, 'export', '-q', '--parquet', folder, `captures/${name}.pcap.gz`];
          spawn(process.execPath, args, { cwd: TOP, stdio: 'ignore' }).on('close', resolve);
        }),
    ),
  );
  assert.equal(codes, [0, 0, 0, 0]);
  const [row] = await ask(
    `select count(distinct capture) as captures, count(*) - count(distinct (capture, command)) as twice from ${table(folder, 'commands')}`,
  );
  assert.equal(Object.values(row).map(Number), [3, 0]);
  assert.equal(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  );
});

parquet('tables without a row have their columns', async ({ ask, folder }) => {
  exported(folder, ['-Y', 'operation == "FORMAT UNIT"', 'captures/tgt-discovery-login.pcap']);
  for (const name of Object.keys(TABLES).filter((one) => one !== 'pdus')) {
    const rows = await ask(
      `select count(*) as n, count(distinct capture) as c from ${table(folder, name)}`,
    );
    assert.is(rows.length, 1, name);
    if (name === 'commands') assert.is(Number(rows[0]['n']), 0);
  }
  assert.is(existsSync(join(folder, 'pdus')), false);
});

parquet('what fails leaves nothing', ({ folder }) => {
  const out = join(folder, 'tables');
  const cases: (readonly [readonly string[], number, RegExp])[] = [
    [['--parquet', out, '/no/such.pcap'], 3, /no.such.pcap/],
    [['--parquet', join(TOP, 'package.json'), 'captures/tgt-ipv6.pcap.gz'], 3, /cannot be written/],
    [['--parquet', out, '-o', '-', 'captures/tgt-ipv6.pcap.gz'], 2, /-o or --parquet/],
    [['--parquet', out, '--csv', 'captures/tgt-ipv6.pcap.gz'], 2, /--csv or --parquet/],
    [
      ['--parquet', out, '-Y', 'dataSN == 1', 'captures/tgt-ipv6.pcap.gz'],
      2,
      /filters of commands/,
    ],
    [['--parquet', out, '--interval', '1us', 'captures/tgt-ipv6.pcap.gz'], 2, /1ms at least/],
    [['--interval', '1s', '-o', '-', 'captures/tgt-ipv6.pcap.gz'], 2, /belongs to --parquet/],
    [['captures/tgt-ipv6.pcap.gz'], 2, /say where to write/],
  ];
  for (const [args, code, words] of cases) {
    const { status, stderr } = sanscope(['export', ...args]);
    assert.is(status, code, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, words);
    assert.equal(filesBelow(out), [], args.join(' '));
  }
});

parquet(
  'who is killed leaves no file in its place, and nothing hidden where it could be cleared',
  async ({ folder }) => {
    const fifo = join(folder, 'pipe');
    assert.is(spawnSync('mkfifo', [fifo]).status, 0);
    const out = join(folder, 'tables');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL'] as const) {
      const child = spawn(process.execPath, [BIN, 'export', '-q', '--parquet', out, fifo], {
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
      // Whoever opens a pipe waits for its reader; the reader waits for what never comes.
      const writer = await open(fifo, 'w');
      await writer.write(gunzipSync(readFileSync(join(TOP, CAPTURES[0]))).subarray(0, 1 << 20));
      await until(
        () => existsSync(out) && readdirSync(out).some((name) => name.startsWith('.writing-')),
      );
      child.kill(signal);
      assert.is(await ended, signal);
      await writer.close();
      const left = existsSync(out) ? readdirSync(out) : [];
      if (signal === 'SIGKILL') assert.ok(left.every((name) => name.startsWith('.writing-')));
      else assert.equal(left, []);
    }
  },
);

needsSmallDisk('a disk that is full: one sentence, and nothing stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-parquet-'));
  const disk = smallDisk(join(folder, 'disk'), 64);
  try {
    const { status, stderr } = sanscope([
      'export',
      '--parquet',
      join(disk.path, 'tables'),
      CAPTURES[0],
    ]);
    assert.is(status, 3, stderr);
    assert.match(stderr, /cannot be written: the disk is full/);
    assert.not.ok(existsSync(join(disk.path, 'tables')));
  } finally {
    disk.unmount();
    rmSync(folder, { recursive: true });
  }
});

parquet('a hostile name of a capture is no path', ({ folder }) => {
  const out = join(folder, 'tables');
  exported(out, ['--capture', '../../x=y/%2e', 'captures/tgt-ipv6.pcap.gz']);
  assert.equal(readdirSync(join(out, 'commands')), ['capture=.._.._x_y__2e']);
});

parquet(
  'filters and sessions choose commands, and say so in the numbers',
  async ({ ask, folder }) => {
    const capture = 'captures/tgt-mixed-load.pcap.gz';
    exported(folder, ['-Y', 'operation == "READ(10)"', '--session', '7', capture]);
    const [row] = await ask(
      `select count(*) as n, count(*) filter (operation <> 'READ(10)' or session <> 7) as others from ${table(folder, 'commands')}`,
    );
    const listed = sanscope([
      'commands',
      '--json',
      '-Y',
      'operation == "READ(10)" and session == 7',
      capture,
    ]);
    assert.equal(Object.values(row).map(Number), [listed.stdout.trim().split('\n').length, 0]);
  },
);

parquet('every number fact has a type that holds it', () => {
  for (const fact of TASK_FACTS) {
    const column = TABLES.commands.columns.find(({ name }) => name === fact.key);
    assert.is(column === undefined, isList(fact), fact.key);
    if (isNumber(fact) && fact.type === 'word') assert.is(column?.type, 'UINT32');
  }
});

const TRANSPORTS = [
  'fcip-zoo',
  'fcoe-load-ini',
  'ifcp-vm-1500-stream',
  'iser-siw-crc-1500-ini',
  'iser-rxe-1500-ini',
];

for (const name of TRANSPORTS) {
  parquet(
    `${name}: commands, bytes, latency and sessions are the report’s`,
    async ({ ask, folder }) => {
      const capture = sharedCapture(`san/${name}.pcap`);
      exported(folder, [capture]);
      const report = JSON.parse(sanscope(['report', '--json', '-q', capture]).stdout) as {
        totals: Record<'commandCount' | 'dataInBytes' | 'dataOutBytes', number> & {
          latency: { maxNs: number; p50Ns: number };
        };
        sessions: unknown[];
      };
      const { commandCount, dataInBytes, dataOutBytes, latency } = report.totals;
      const commands = table(folder, 'commands');
      const [row] = await ask(
        `select count(*), sum(dataInBytes), sum(dataOutBytes), max(latencyNs), quantile_disc(latencyNs, 0.5) from ${commands} where captured`,
      );
      assert.ok(commandCount > 10);
      const told = [commandCount, dataInBytes, dataOutBytes, latency.maxNs, latency.p50Ns];
      assert.equal(Object.values(row).map(Number), told);
      const [sessions] = await ask(`select count(*) as n from ${table(folder, 'sessions')}`);
      assert.is(Number(sessions['n']), report.sessions.length);
      const [sums] = await ask(`select sum(endedCount) as n from ${table(folder, 'intervals')}`);
      const [ended] = await ask(
        `select count(*) as n from ${commands} where captured and outcome <> 'open'`,
      );
      assert.is(Number(sums['n']), Number(ended['n']));
    },
  );
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

parquet.run();
test.run();

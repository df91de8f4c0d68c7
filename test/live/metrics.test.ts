// live --metrics and --otlp, with the other side: Prometheus scrapes and is asked, promtool checks, a collector takes
// exports and looks at their shape. Names that are made to break the format, or to fill memory, do neither.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { METRIC_LABEL_CHARS_MAX } from '../../src/limits.js';
import { LATENCY_BOUNDS } from '../../src/live/metrics/families.js';
import { LabelSets } from '../../src/live/metrics/label-sets.js';
import { metricsText } from '../../src/live/metrics/prometheus-text.js';
import { needs } from '../support/needs.js';
import { sanscope, TOP } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';
import { temporaryFolder } from '../support/temporary.js';
import { PATIENCE_MS, until } from '../support/wait.js';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const CAPTURE = gunzipSync(readFileSync(join(TOP, 'captures/tgt-mixed-load.pcap.gz')));
const folder = temporaryFolder('metrics');

interface Latency {
  readonly count: number;
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}
interface Told {
  readonly totals: {
    readonly commandCount: number;
    readonly dataInBytes: number;
    readonly dataOutBytes: number;
    readonly outcomes: Readonly<Record<string, number>>;
    readonly latency: Latency;
  };
  readonly operationTotals: readonly {
    readonly operation: string;
    readonly latency: Latency | null;
  }[];
  readonly findings: readonly unknown[];
}
const report = JSON.parse(
  sanscope(['report', '--json', 'captures/tgt-mixed-load.pcap.gz']).stdout,
) as Told;

interface Live {
  readonly child: ChildProcess;
  stderr: string;
  readonly ended: Promise<number | null>;
}

/** Live over a pipe that has the whole capture and does not end until `child.stdin` is ended. */
function live(
  args: readonly string[],
  env: Record<string, string> = {},
  capture: Uint8Array = CAPTURE,
): Live {
  const child = spawn(process.execPath, [BIN, 'live', '-', '--report-every', '1s', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const guard = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const run: Live = {
    child,
    stderr: '',
    ended: new Promise((resolve) =>
      child.on('close', (code) => {
        clearTimeout(guard);
        resolve(code);
      }),
    ),
  };
  child.stderr?.on('data', (data) => {
    run.stderr += data;
  });
  child.stdin?.on('error', () => {});
  child.stdin?.write(capture);
  return run;
}

async function urlOf(run: Live): Promise<string> {
  await until(() => /metrics at http/.test(run.stderr), `no server: ${run.stderr}`);
  return /http:\S+/.exec(run.stderr)?.[0] ?? '';
}

async function scraped(url: string, accept = ''): Promise<{ text: string; type: string }> {
  const response = await fetch(url, { headers: accept === '' ? {} : { accept } });
  assert.is(response.status, 200);
  return { text: await response.text(), type: response.headers.get('content-type') ?? '' };
}

function sumOf(text: string, sample: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(sample))
    .reduce((sum, line) => sum + Number(line.replace(/ # .*/, '').split(' ').at(-1)), 0);
}

async function wholeCapture(url: string, commands = report.totals.commandCount): Promise<void> {
  const since = performance.now();
  for (let counted = -1; counted !== commands; ) {
    assert.ok(performance.now() - since < PATIENCE_MS, `${counted} commands are counted`);
    counted = sumOf((await scraped(url)).text, 'sanscope_commands_total');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a scrape has the report’s numbers, in both formats, and ends with the run', async () => {
  const run = live(['--metrics', '0']);
  const url = await urlOf(run);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  await wholeCapture(url);
  const plain = await scraped(url);
  assert.is(plain.type, 'text/plain; version=0.0.4; charset=utf-8');
  assert.is(
    sumOf(plain.text, 'sanscope_command_latency_seconds_count'),
    report.totals.latency.count,
  );
  assert.is(
    sumOf(plain.text, 'sanscope_data_bytes_total'),
    report.totals.dataInBytes + report.totals.dataOutBytes,
  );
  assert.is(sumOf(plain.text, 'sanscope_commands_outstanding'), 0);
  assert.is(sumOf(plain.text, 'sanscope_capture_packets_total'), 32_569);
  const open = await scraped(url, 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
  assert.match(open.type, /^application\/openmetrics-text; version=1\.0\.0/);
  assert.match(open.text, /# EOF\n$/);
  assert.match(open.text, /# TYPE sanscope_commands counter\n/);
  assert.match(open.text, /# UNIT sanscope_command_latency_seconds seconds\n/);
  const exemplar = /_bucket\{[^}]*\} \d+ # \{frame="(\d+)"\} (\S+) \d+\.\d{3}$/m.exec(open.text);
  const shown = sanscope([
    'command',
    '--json',
    '--frame',
    exemplar?.[1] ?? '',
    'captures/tgt-mixed-load.pcap.gz',
  ]);
  const { latencyNs } = JSON.parse(shown.stdout.split('\n')[0]) as { latencyNs: number };
  assert.ok(
    Math.abs(latencyNs / 1e9 - Number(exemplar?.[2])) < 1e-12,
    'the exemplar’s packet is its command’s',
  );
  assert.is((await fetch(url.replace('/metrics', '/'))).status, 404);
  assert.is((await fetch(url, { method: 'POST', body: 'x' })).status, 405);
  run.child.stdin?.end();
  assert.is(await run.ended, 0, run.stderr);
});

for (const name of ['fcip-zoo.pcap', 'iser-siw-crc-1500-ini.pcap']) {
  test(`${name}: what other transports carry is counted the same`, async () => {
    const capture = sharedCapture(`san/${name}`);
    const told = (JSON.parse(sanscope(['report', '--json', '-q', capture]).stdout) as Told).totals;
    const run = live(['--metrics', '0'], {}, readFileSync(capture));
    const url = await urlOf(run);
    // What is open at the end has not ended.
    const over = told.commandCount - (told.outcomes['open'] ?? 0);
    await wholeCapture(url, over);
    const { text } = await scraped(url);
    assert.is(sumOf(text, 'sanscope_command_latency_seconds_count'), told.latency.count);
    assert.is(sumOf(text, 'sanscope_commands_outstanding'), told.commandCount - over);
    run.child.stdin?.end();
    assert.is(await run.ended, 0, run.stderr);
  });
}

needs('promtool')('promtool finds nothing to say of a scrape, nor of the alert rules', async () => {
  const run = live(['--metrics', '127.0.0.1:0']);
  const url = await urlOf(run);
  await wholeCapture(url);
  const { text } = await scraped(url);
  const check = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  assert.is(check.status, 0, check.stderr);
  assert.is(check.stderr + check.stdout, '');
  const rules = spawnSync('promtool', ['check', 'rules', join(TOP, 'docs/metrics/alerts.yaml')], {
    encoding: 'utf8',
  });
  assert.is(rules.status, 0, rules.stderr);
  run.child.stdin?.end();
  await run.ended;
});

needs('prometheus')(
  'Prometheus scrapes it: sums, percentiles within their bucket, exemplars, the dashboard’s queries',
  async () => {
    const run = live(['--metrics', '0']);
    const url = await urlOf(run);
    await wholeCapture(url);
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      `scrape_configs:\n  - job_name: sanscope\n    scrape_interval: 1s\n    static_configs:\n      - targets: ['${new URL(url).host}']\n`,
    );
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'tsdb')}`,
        '--web.listen-address=127.0.0.1:0',
        '--enable-feature=exemplar-storage',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let log = '';
    prometheus.stderr.on('data', (part) => {
      log += part;
    });
    const listening = /Listening on"? address=127\.0\.0\.1:(\d+)/;
    try {
      await until(() => listening.test(log), 'Prometheus does not say where it listens');
      const port = listening.exec(log)?.[1];
      const ask = async (query: string): Promise<number> => {
        const response = await fetch(
          `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`,
        ).catch(() => undefined);
        if (response === undefined || !response.ok) return Number.NaN;
        const { data } = (await response.json()) as {
          data: { result: { value: [number, string] }[] };
        };
        return data.result.length === 0 ? Number.NaN : Number(data.result[0].value[1]);
      };
      let commands = Number.NaN;
      for (const since = performance.now(); commands !== report.totals.commandCount; ) {
        assert.ok(performance.now() - since < PATIENCE_MS, `Prometheus has ${commands} commands`);
        commands = await ask('sum(sanscope_commands_total)');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      for (const { operation, latency } of report.operationTotals) {
        if (latency === null) continue;
        for (const [q, ns] of [
          [0.5, latency.p50Ns],
          [0.99, latency.p99Ns],
        ]) {
          const got = await ask(
            `histogram_quantile(${q}, sum by (le) (sanscope_command_latency_seconds_bucket{operation=${JSON.stringify(operation)}}))`,
          );
          const upper = LATENCY_BOUNDS.findIndex((bound) => ns / 1e9 <= bound);
          const [least, most] = [LATENCY_BOUNDS[upper - 1] ?? 0, LATENCY_BOUNDS[upper]];
          assert.ok(
            got >= least && got <= most,
            `${operation} ${q}: ${got} in ${least} to ${most}`,
          );
        }
      }
      const exemplars = await fetch(
        `http://127.0.0.1:${port}/api/v1/query_exemplars?query=sanscope_command_latency_seconds_bucket&start=0&end=4000000000`,
      );
      const told = (await exemplars.json()) as {
        data: { exemplars: { labels: { frame: string } }[] }[];
      };
      assert.ok(
        told.data.some((series) => series.exemplars.some(({ labels }) => Number(labels.frame) > 0)),
      );
      for (const query of dashboardQueries()) {
        const response = await fetch(
          `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`,
        );
        assert.is(response.status, 200, `${query}: ${await response.text()}`);
      }
    } finally {
      prometheus.kill();
      run.child.stdin?.end();
      await run.ended;
    }
  },
);

function dashboardQueries(): string[] {
  const { panels } = JSON.parse(
    readFileSync(join(TOP, 'docs/metrics/grafana-dashboard.json'), 'utf8'),
  ) as { panels: { targets: { expr: string }[] }[] };
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  assert.ok(queries.length > 12);
  return queries.map((query) =>
    query.replaceAll('$__rate_interval', '1m').replaceAll(/"\$\w+"/g, '".*"'),
  );
}

test('--otlp: every export has the shape of the protocol, and the last one the report’s numbers', async () => {
  const collector = await collect([]);
  const run = live(['--otlp', collector.url], {
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,x-scope=san',
  });
  // The capture is over when the run ends: it is sent then.
  run.child.stdin?.end();
  assert.is(await run.ended, 0, run.stderr);
  collector.server.close();
  assert.ok(collector.bodies.length >= 1);
  assert.is(collector.paths[0], '/v1/metrics');
  assert.is(collector.headers[0]['authorization'], 'Bearer x');
  assert.is(collector.headers[0]['content-type'], 'application/json');
  for (const body of collector.bodies) assertOtlp(JSON.parse(body));
  const last = JSON.parse(collector.bodies.at(-1) ?? '') as Otlp;
  const metrics = last.resourceMetrics[0].scopeMetrics[0].metrics;
  const latency = metrics.find(
    ({ name }) => name === 'sanscope_command_latency_seconds',
  )?.histogram;
  const counts = latency?.dataPoints.map(({ count }) => Number(count)) ?? [];
  assert.is(
    counts.reduce((a, b) => a + b, 0),
    report.totals.latency.count,
  );
});

test('--otlp: an answer of 503 is sent again, a failure is said once, and the run goes on and ends', async () => {
  const busy = await collect([503, 503]);
  const run = live(['--otlp', `${busy.url}/own/path`]);
  run.child.stdin?.end();
  assert.is(await run.ended, 0, run.stderr);
  busy.server.close();
  assert.is(busy.paths[0], '/own/path');
  assert.match(run.stderr, /OTLP: metrics cannot be sent: it answered 503/);
  const refusing = await refusingPort();
  const alone = live(['--otlp', `http://127.0.0.1:${refusing.port}`]);
  alone.child.stdin?.end();
  assert.is(await alone.ended, 0, alone.stderr);
  refusing.free();
  assert.match(alone.stderr, /OTLP: metrics cannot be sent: .*ECONNREFUSED/);
  assert.match(alone.stderr, /could not be sent/);
});

test('what cannot be served or sent is said before anything is captured', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const cases: (readonly [readonly string[], number, RegExp])[] = [
    [['--metrics', String(port)], 3, /another program listens there/],
    [['--metrics', '70000'], 2, /takes a port/],
    [['--metrics', '::1:9464'], 2, /takes a port/],
    [['--metrics', 'http://x'], 2, /takes a port/],
    [['--otlp', 'collector'], 2, /takes the URL/],
    [['--otlp', 'ftp://x/'], 2, /takes the URL/],
    [['--otlp', 'http://user:secret@x/'], 2, /takes no password/],
  ];
  for (const [args, code, words] of cases) {
    const { status, stderr } = sanscope(['live', '-', ...args], { input: CAPTURE.subarray(0, 24) });
    assert.is(status, code, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, words);
    assert.not.match(stderr, /secret/);
  }
  taken.close();
});

const HOSTILE = [
  'a"} 1\nsanscope_commands_total{x="',
  'b\\',
  '\x1b[2J\u202e',
  'é\ud83d\ude00',
  '\ud83d',
  'x'.repeat(5000),
  '',
];

test('names from the wire break neither line nor label, in either format', () => {
  const sets = new LabelSets(['initiator'], 1000, (labels) => ({ labels, value: 1 }));
  for (const name of HOSTILE) sets.of([name]);
  const family = {
    name: 'sanscope_x',
    type: 'gauge',
    unit: '',
    help: 'a "quote", a \\ and\na line',
    samples: sets.all(),
  } as const;
  for (const open of [false, true]) {
    const text = metricsText([family], open);
    const lines = text.trimEnd().split('\n');
    assert.is(lines.length, HOSTILE.length + (open ? 3 : 2));
    for (const line of lines.filter((one) => !one.startsWith('#'))) {
      assert.match(line, /^sanscope_x\{initiator="(?:[^"\\\n]|\\[\\"n])*"\} 1$/);
      assert.ok(line.length < METRIC_LABEL_CHARS_MAX * 2 + 40);
      assert.is(/[\p{Cc}\p{Cf}\p{Cs}]/u.test(line), false);
    }
  }
});

needs('promtool')('promtool reads the hostile names', () => {
  const sets = new LabelSets(['initiator'], 1000, (labels) => ({ labels, value: 1 }));
  for (const name of HOSTILE) sets.of([name]);
  const text = metricsText(
    [{ name: 'sanscope_x', type: 'gauge', unit: '', help: 'h', samples: sets.all() }],
    false,
  );
  const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
});

test('label sets are bounded, and what comes after is counted together', () => {
  const sets = new LabelSets(['initiator', 'lun'], 10, (labels) => ({ labels, count: 0 }));
  for (let i = 0; i < 1000; i++) sets.of([`host${i}`, '1']).count++;
  const all = sets.all();
  assert.is(all.length, 11);
  assert.equal(all[10].labels, [
    ['initiator', 'other'],
    ['lun', 'other'],
  ]);
  assert.is(
    all.reduce((sum, { count }) => sum + count, 0),
    1000,
  );
  sets.of(['host3', '1']).count++;
  assert.is(all[3].count, 2);
});

const UNITS = ['sanscope-live@.service', 'sanscope-capture@.service'];

/** Words of a unit's command. */
function commandOf(unit: string): string[] {
  const text = readFileSync(join(TOP, 'docs/metrics', unit), 'utf8').replaceAll('%i', 'eth0');
  const line = /^ExecStart=(.*)$/m.exec(text)?.[1] ?? '';
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
}

test('the unit’s command follows the ring that the other unit’s command writes', async () => {
  const [, ...capture] = commandOf(UNITS[1]);
  const ring = join(folder, 'run');
  mkdirSync(ring);
  const written = capture[capture.indexOf('-w') + 1];
  // As dumpcap names the files of a ring.
  const place = (path: string) => path.replace('/run/sanscope-capture-eth0', ring);
  writeFileSync(place(written).replace('.pcapng', '_00001_20261123211105.pcapng'), CAPTURE);
  const [program, ...args] = commandOf(UNITS[0]).map(place);
  assert.is(program, '/usr/bin/sanscope');
  const own = args.map((arg) => arg.replace('127.0.0.1:9464', '127.0.0.1:0'));
  assert.not.equal(own, args);
  const child = spawn(process.execPath, [BIN, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
  const run: Live = {
    child,
    stderr: '',
    ended: new Promise((resolve) => child.on('close', resolve)),
  };
  child.stderr.on('data', (data) => {
    run.stderr += data;
  });
  await wholeCapture(await urlOf(run));
  child.kill('SIGTERM');
  assert.is(await run.ended, 0, run.stderr);
});

needs('systemd-analyze')('systemd takes the units', () => {
  for (const unit of UNITS) {
    const path = join(folder, unit.replace('@', '@x'));
    const text = readFileSync(join(TOP, 'docs/metrics', unit), 'utf8');
    // What is not installed here is no mistake of the unit.
    writeFileSync(
      path,
      text
        .replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
        .replace(/^(Documentation|Requires|After|Wants)=.*\n/gm, ''),
    );
    const { stderr } = spawnSync('systemd-analyze', ['verify', path], { encoding: 'utf8' });
    assert.is(
      stderr
        .split('\n')
        .filter((line) => line.includes(unit.split('@')[0]))
        .join('\n'),
      '',
      stderr,
    );
  }
});

interface Otlp {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly histogram?: { readonly dataPoints: readonly { readonly count: string }[] };
      }[];
    }[];
  }[];
}

type Shape = Readonly<Record<string, (value: unknown) => void>>;

/** An object of these members and no others (opentelemetry-proto, metrics.proto; JSON: 64-bit integers are strings). */
function of(shape: Shape, optional: readonly string[] = []): (value: unknown) => void {
  return (value) => {
    assert.type(value, 'object');
    for (const key of Object.keys(value as object)) assert.ok(key in shape, `no member ${key}`);
    for (const [key, check] of Object.entries(shape)) {
      const member = (value as Record<string, unknown>)[key];
      if (member === undefined && optional.includes(key)) continue;
      assert.ok(member !== undefined, `${key} is missing`);
      check(member);
    }
  };
}
const all = (check: (value: unknown) => void) => (value: unknown) => {
  assert.ok(Array.isArray(value));
  for (const one of value) check(one);
};
const text = (value: unknown) => assert.type(value, 'string');
const number = (value: unknown) => assert.ok(Number.isFinite(value), String(value));
const uint64 = (value: unknown) => {
  text(value);
  assert.match(String(value), /^\d{1,20}$/);
};
const is = (wanted: unknown) => (value: unknown) => assert.is(value, wanted);
const ATTRIBUTES = all(of({ key: text, value: of({ stringValue: text }) }));
const TIMES: Shape = { attributes: ATTRIBUTES, startTimeUnixNano: uint64, timeUnixNano: uint64 };
const POINTS = all(of({ ...TIMES, asInt: uint64, asDouble: number }, ['asInt', 'asDouble']));
const EXEMPLARS = all(
  of({ filteredAttributes: ATTRIBUTES, timeUnixNano: uint64, asDouble: number }),
);

const assertOtlp = of({
  resourceMetrics: all(
    of({
      resource: of({ attributes: ATTRIBUTES }),
      scopeMetrics: all(
        of({
          scope: of({ name: text, version: text }),
          metrics: all(
            of(
              {
                name: text,
                description: text,
                unit: text,
                gauge: of({ dataPoints: POINTS }),
                sum: of({
                  aggregationTemporality: is(2),
                  isMonotonic: is(true),
                  dataPoints: POINTS,
                }),
                histogram: of({
                  aggregationTemporality: is(2),
                  dataPoints: all((value) => {
                    of({
                      ...TIMES,
                      count: uint64,
                      sum: number,
                      bucketCounts: all(uint64),
                      explicitBounds: all(number),
                      exemplars: EXEMPLARS,
                    })(value);
                    const { bucketCounts, explicitBounds, count } = value as {
                      bucketCounts: string[];
                      explicitBounds: number[];
                      count: string;
                    };
                    assert.is(bucketCounts.length, explicitBounds.length + 1);
                    assert.is(
                      bucketCounts.reduce((sum, one) => sum + Number(one), 0),
                      Number(count),
                    );
                  }),
                }),
              },
              ['gauge', 'sum', 'histogram'],
            ),
          ),
        }),
      ),
    }),
  ),
});

interface Collector {
  readonly server: Server;
  readonly url: string;
  readonly bodies: string[];
  readonly paths: string[];
  readonly headers: Record<string, unknown>[];
}

/** Answers with these codes first, then with 200. */
async function collect(codes: number[]): Promise<Collector> {
  const [bodies, paths, headers]: [string[], string[], Record<string, unknown>[]] = [[], [], []];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      bodies.push(body);
      paths.push(request.url ?? '');
      headers.push(request.headers);
      response.writeHead(codes.shift() ?? 200, { 'content-type': 'application/json' });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    server,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    paths,
    headers,
  };
}

/** A port at which nobody listens, nor can: a connection of ours has it. */
async function refusingPort(): Promise<{ readonly port: number; free(): void }> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    port: socket.localPort ?? 0,
    free: () => {
      socket.destroy();
      server.close();
    },
  };
}

test.run();

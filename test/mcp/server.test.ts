// sanscope mcp with the protocol's own client, in a child process: every tool on real captures beside what the commands
// say, bounded answers, and those who ask for what they may not have.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import Ajv from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MCP_ANSWER_CHARS_MAX } from '../../src/limits.js';
import { manyCommands } from '../support/many-commands.js';
import { sanscope, TOP } from '../support/program.js';

const BIN = fileURLToPath(new URL('../../bin/sanscope.js', import.meta.url));
const LOAD = 'tgt-mixed-load.pcap.gz';

type Json = Record<string, unknown>;
interface Rows {
  readonly rows: Json[];
  readonly nextCursor?: string;
}

const mcp = suite<{ client: Client; folder: string }>('mcp');

mcp.before(async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'sanscope-mcp-'));
  context.folder = folder;
  const captures = join(folder, 'captures');
  mkdirSync(join(captures, 'deep'), { recursive: true });
  for (const name of [LOAD, 'tgt-killed-and-back.pcap.gz', 'istgt-mixed-load.pcap.gz']) {
    writeFileSync(join(captures, name), readFileSync(join(TOP, 'captures', name)));
  }
  for (const name of ['tgt-chap.pcap']) {
    writeFileSync(join(captures, 'deep', name), readFileSync(join(TOP, 'captures', name)));
  }
  writeFileSync(join(captures, 'many.pcap'), readFileSync(manyCommands(3000)));
  writeFileSync(join(captures, '-Y.pcap'), readFileSync(join(TOP, 'captures/tgt-chap.pcap')));
  writeFileSync(join(folder, 'outside.pcap'), readFileSync(join(TOP, 'captures/tgt-chap.pcap')));
  writeFileSync(join(captures, 'notes.txt'), 'no capture');
  writeFileSync(join(captures, 'broken.pcap'), 'no capture');
  symlinkSync(join(folder, 'outside.pcap'), join(captures, 'link.pcap'));
  symlinkSync(folder, join(captures, 'up'));
  symlinkSync('deep/tgt-chap.pcap', join(captures, 'inside.pcap'));
  mkdirSync(join(folder, 'captures-too'));
  writeFileSync(
    join(folder, 'captures-too', 'x.pcap'),
    readFileSync(join(TOP, 'captures/tgt-chap.pcap')),
  );
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [BIN, 'mcp', captures],
      env: { PATH: process.env['PATH'] ?? '' },
      stderr: 'inherit',
    }),
  );
  context.client = client;
});

mcp.after(async ({ client, folder }) => {
  await client.close();
  rmSync(folder, { recursive: true });
});

async function ask(
  client: Client,
  name: string,
  args: Json = {},
): Promise<{ text: string; failed: boolean }> {
  const answer = await client.callTool({ name, arguments: args });
  const [{ text }] = answer.content as { text: string }[];
  assert.ok(text.length <= MCP_ANSWER_CHARS_MAX + 2000, `${name}: ${text.length} characters`);
  return { text, failed: answer.isError === true };
}

async function told<T>(client: Client, name: string, args: Json = {}): Promise<T> {
  const { text, failed } = await ask(client, name, args);
  assert.is(failed, false, text);
  return JSON.parse(text) as T;
}

function lines(...args: string[]): Json[] {
  const { stdout, stderr, status } = sanscope(args);
  assert.is(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
}

mcp(
  'tools are listed, with schemas that a validator takes, and none writes',
  async ({ client }) => {
    const { tools } = await client.listTools();
    assert.equal(
      tools.map(({ name }) => name),
      [
        'list_captures',
        'summary',
        'findings',
        'sessions',
        'luns',
        'commands',
        'command_ladder',
        'pdus',
        'list_fields',
        'compare_points',
        'compare_times',
      ],
    );
    const ajv = new Ajv.default({ strict: true });
    for (const { name, inputSchema, annotations, description } of tools) {
      ajv.compile(inputSchema);
      assert.is(annotations?.readOnlyHint, true, name);
      assert.ok((description ?? '').length > 20, name);
    }
    assert.match(client.getInstructions() ?? '', /data, never instructions/);
    assert.is(
      client.getServerVersion()?.version,
      JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')).version,
    );
  },
);

mcp('captures below the folders, through links that stay below', async ({ client, folder }) => {
  const { rows } = await told<Rows>(client, 'list_captures');
  const names = rows.map((row) => String(row['path']).slice(join(folder, 'captures').length + 1));
  assert.equal(names, [
    '-Y.pcap',
    'broken.pcap',
    'deep/tgt-chap.pcap',
    'inside.pcap',
    'istgt-mixed-load.pcap.gz',
    'many.pcap',
    'tgt-killed-and-back.pcap.gz',
    LOAD,
  ]);
  const first = await told<Rows>(client, 'list_captures', { limit: 3 });
  const rest = await told<Rows>(client, 'list_captures', { cursor: first.nextCursor });
  assert.equal([...first.rows, ...rest.rows], rows);
  assert.is(rest.nextCursor, undefined);
});

mcp('summary and findings are the report’s', async ({ client }) => {
  for (const name of [LOAD, 'tgt-killed-and-back.pcap.gz']) {
    const [report] = [
      JSON.parse(sanscope(['report', '--json', `captures/${name}`]).stdout) as Json,
    ];
    const summary = await told<Json>(client, 'summary', { captures: [name] });
    assert.equal(summary['totals'], report['totals']);
    assert.is((summary['sessions'] as Json[]).length, (report['sessions'] as Json[]).length);
    assert.is((summary['incidents'] as Json[]).length, (report['incidents'] as Json[]).length);
    const { rows } = await told<Rows>(client, 'findings', { captures: [name] });
    assert.equal(rows, report['findings']);
  }
  const filtered = await told<Json>(client, 'summary', {
    captures: [LOAD],
    filter: 'operation == "READ(10)"',
  });
  assert.equal(
    (filtered['operations'] as Json[]).map((one) => one['operation']),
    ['READ(10)'],
  );
});

mcp('commands by filter and sort, page by page: what the command says', async ({ client }) => {
  const filter = 'latency > 200us and operation contains read';
  const expected = lines(
    'commands',
    '--json',
    '-Y',
    filter,
    '--sort',
    'latency',
    `captures/${LOAD}`,
  );
  const rows: Json[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await told<Rows>(client, 'commands', {
      captures: [LOAD],
      filter,
      sort: 'latency',
      limit: 70,
      ...(cursor ? { cursor } : {}),
    });
    rows.push(...page.rows);
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  assert.ok(expected.length > 100);
  assert.equal(rows, expected);
});

mcp(
  'many rows are bounded by characters, and nothing is lost between pages',
  async ({ client }) => {
    const numbers: unknown[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ; ) {
      const page = await told<Rows>(client, 'commands', {
        captures: ['many.pcap'],
        limit: 500,
        ...(cursor ? { cursor } : {}),
      });
      numbers.push(...page.rows.map((row) => row['command']));
      pages++;
      cursor = page.nextCursor;
      if (cursor === undefined) break;
      assert.ok(pages < 200);
    }
    assert.ok(pages > 6);
    assert.equal(
      numbers,
      lines('commands', '--json', manyCommands(3000)).map((row) => row['command']),
    );
  },
);

mcp('sessions, LUNs, a ladder, PDUs with their trees, fields', async ({ client }) => {
  const captures = [LOAD];
  assert.equal(
    (await told<Rows>(client, 'sessions', { captures })).rows,
    lines('sessions', '--json', `captures/${LOAD}`),
  );
  assert.equal(
    (await told<Rows>(client, 'luns', { captures })).rows,
    lines('luns', '--json', `captures/${LOAD}`),
  );
  const [slowest] = (await told<Rows>(client, 'command_ladder', { captures, slowest: 1 })).rows;
  const [shown] = lines('command', '--json', '--slowest', '1', `captures/${LOAD}`);
  assert.is(slowest['command'], shown['command']);
  assert.equal(slowest['phases'], shown['phases']);
  const byFrame = await told<Rows>(client, 'command_ladder', { captures, frame: slowest['frame'] });
  assert.ok(byFrame.rows.some((row) => row['command'] === slowest['command']));
  const { rows } = await told<Rows>(client, 'pdus', {
    captures,
    firstFrame: 30,
    lastFrame: 40,
    details: true,
  });
  assert.equal(rows, lines('pdus', '--json', '-V', '--frame', '30-40', `captures/${LOAD}`));
  assert.ok(rows.every((row) => Array.isArray(row['tree'])));
  const fields = await told<Rows>(client, 'list_fields', { words: ['lba'] });
  assert.ok(fields.rows.some((row) => row['name'] === 'lba'));
});

mcp('points and times are compared', async ({ client }) => {
  const diff = await told<Json>(client, 'compare_times', {
    before: LOAD,
    after: 'istgt-mixed-load.pcap.gz',
  });
  const whole = JSON.parse(
    sanscope(['diff', '--json', `captures/${LOAD}`, 'captures/istgt-mixed-load.pcap.gz']).stdout,
  ) as Json;
  assert.equal(Object.keys(diff), Object.keys(whole));
  assert.equal(
    (diff['total'] as Json)['change'] ?? null,
    (whole['total'] as Json)['change'] ?? null,
  );
  const points = await ask(client, 'compare_points', { captures: [LOAD, LOAD] });
  assert.is(points.failed, false, points.text);
  assert.match(points.text, /"type":"points"/);
});

const FORBIDDEN = [
  '../outside.pcap',
  '/etc/passwd',
  'link.pcap',
  'up/outside.pcap',
  'deep/../../outside.pcap',
  '../captures-too/x.pcap',
  'notes.txt/../../outside.pcap',
  'nothing.pcap',
  'deep',
  '',
  '.',
  '/dev/zero',
  '/proc/self/environ',
  'x\u202e.pcap',
  '--show-secrets',
  '-',
];

mcp('what lies outside is not told from what is not there', async ({ client, folder }) => {
  const shape = /^there is no capture .* below the folders of this server/;
  for (const path of [
    ...FORBIDDEN,
    join(folder, 'outside.pcap'),
    join(folder, 'captures-too/x.pcap'),
  ]) {
    for (const [tool, args] of [
      ['summary', { captures: [path] }],
      ['pdus', { captures: [LOAD, path] }],
      ['compare_times', { before: LOAD, after: path }],
    ] as const) {
      const { text, failed } = await ask(client, tool, args);
      assert.is(failed, true, `${tool} ${path}`);
      assert.match(text, shape, path);
    }
  }
});

mcp('wrong arguments are said in words, and the server goes on', async ({ client }) => {
  const cases: (readonly [string, Json, RegExp])[] = [
    ['no_such_tool', {}, /there is no tool/],
    ['summary', {}, /captures is missing/],
    ['summary', { captures: LOAD }, /captures takes a list/],
    ['summary', { captures: [] }, /captures takes 1 to 64/],
    ['summary', { captures: [LOAD], showSecrets: true }, /there is no argument "showSecrets"/],
    ['commands', { captures: [LOAD], filter: 'latency >' }, /the filter is wrong at column/],
    ['commands', { captures: [LOAD], filter: 'x'.repeat(5000) }, /at most 4096 characters/],
    ['commands', { captures: [LOAD], sort: '--show-secrets' }, /cannot be sorted by/],
    ['commands', { captures: [LOAD], limit: 501 }, /limit takes 1 to 500/],
    ['commands', { captures: [LOAD], limit: 1.5 }, /limit takes a whole number/],
    ['commands', { captures: [LOAD], cursor: '-1' }, /cursor takes what nextCursor said/],
    ['command_ladder', { captures: [LOAD] }, /say which command/],
    ['command_ladder', { captures: [LOAD], frame: 1, tag: 2 }, /say which command/],
    ['findings', { captures: [LOAD], severity: 'worst' }, /critical, warning, note/],
    ['pdus', { captures: [LOAD], lastFrame: 3 }, /lastFrame needs firstFrame/],
    ['summary', { captures: ['broken.pcap'] }, /not a capture|no capture|neither/],
    ['summary', { captures: ['a\0b'] }, /captures takes a list of strings/],
    [
      'summary',
      { __proto__: null, constructor: 1, captures: [LOAD] },
      /there is no argument "constructor"/,
    ],
  ];
  for (const [tool, args, words] of cases) {
    const { text, failed } = await ask(client, tool, args);
    assert.is(failed, true, `${tool} ${JSON.stringify(args).slice(0, 80)}: ${text.slice(0, 200)}`);
    assert.match(text, words);
  }
  const alone = await told<Json>(client, 'summary', { captures: ['-Y.pcap'] });
  assert.ok((alone['totals'] as Json)['commandCount'] !== undefined);
});

mcp('secrets are never in an answer', async ({ client }) => {
  const shown = sanscope(['login', '--show-secrets', '--json', 'captures/tgt-chap.pcap']).stdout;
  const secrets = [...shown.matchAll(/0x[0-9a-fA-F]{16,}/g)].map(([secret]) =>
    secret.toLowerCase().slice(2),
  );
  assert.ok(secrets.length >= 2, 'the capture has some');
  const captures = ['deep/tgt-chap.pcap'];
  for (const [tool, args] of [
    ['summary', { captures }],
    ['sessions', { captures }],
    ['pdus', { captures, details: true }],
    ['commands', { captures }],
    ['findings', { captures }],
  ] as const) {
    const { text } = await ask(client, tool, args);
    for (const secret of secrets) assert.is(text.toLowerCase().includes(secret), false, tool);
  }
});

mcp('many questions at once are all answered', async ({ client }) => {
  const asked = Array.from({ length: 6 }, () =>
    told<Rows>(client, 'sessions', { captures: ['deep/tgt-chap.pcap'] }),
  );
  const answers = await Promise.all(asked);
  for (const answer of answers) assert.equal(answer, answers[0]);
});

mcp('lines that are no protocol end nothing, and the end of input ends it', async ({ folder }) => {
  const child = spawn(process.execPath, [BIN, 'mcp', join(folder, 'captures')], {
    env: { PATH: process.env['PATH'] ?? '' },
  });
  let out = '';
  child.stdout.on('data', (part) => {
    out += part;
  });
  child.stdin.write(
    'no json\n{"jsonrpc":"2.0"}\n[]\n\n{"jsonrpc":"2.0","id":1,"method":"no/such"}\n',
  );
  child.stdin.write('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":7}}\n');
  child.stdin.write('{"jsonrpc":"2.0","id":3,"method":"ping"}\n');
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
    child.stdout.on('data', () => {
      if (out.includes('"id":3')) child.stdin.end();
    });
  });
  assert.is(code, 0);
  for (const line of out.trim().split('\n')) assert.is(JSON.parse(line).jsonrpc, '2.0');
});

mcp('a folder that is not there is said, and a terminal is told what it is for', () => {
  const { status, stderr } = sanscope(['mcp', '/no/such/folder']);
  assert.is(status, 2);
  assert.match(stderr, /is no folder that can be read/);
  assert.is(sanscope(['mcp']).status, 2);
});

mcp.run();

// sessions, luns, commands, command and login as a user meets them: sorted, filtered, read back from
// CSV and NDJSON. Needs the build (npm test makes it).

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TASK_FACTS } from '../../../src/scsi/task-facts.js';
import { sanscope } from '../../support/program.js';

const LOAD = 'captures/tgt-mixed-load.pcap.gz';
const MANY = 'captures/istgt-many-r2ts.pcap.gz';
const CHAP = 'captures/tgt-chap-mutual.pcap';

const FLAT = new Set(TASK_FACTS.filter(({ told }) => told === 'flat').map(({ key }) => key));

type Row = Record<string, string | number | boolean>;

function ran(...args: string[]): string {
  const run = sanscope([...args]);
  assert.is(run.status, 0, `${args.join(' ')}: ${run.stderr}`);
  assert.is(run.stderr, '', args.join(' '));
  return run.stdout;
}

function rows(...args: string[]): Row[] {
  const lines = ran(...args, '--json').split('\n');
  assert.is(lines.pop(), '');
  return lines.map((line) => JSON.parse(line) as Row);
}

/** RFC 4180, read without mercy. */
function csv(text: string): string[][] {
  const records: string[][] = [[]];
  for (const [, quoted, bare = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    records[records.length - 1].push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end !== ',') records.push([]);
  }
  assert.equal(records.pop(), [], 'every record ends with a line end');
  return records;
}

for (const command of ['sessions', 'luns', 'commands']) {
  test(`${command}: CSV and NDJSON say the same`, () => {
    const objects = rows(command, LOAD);
    const [head, ...records] = csv(ran(command, '--csv', LOAD));
    assert.is(records.length, objects.length);
    records.forEach((record, i) => {
      assert.is(record.length, head.length);
      // Tables have phases as numbers, JSON as a list.
      const both = head.filter((key) => !FLAT.has(key));
      const told = Object.fromEntries(both.map((key) => [key, record[head.indexOf(key)]]));
      const expected = Object.fromEntries(both.map((key) => [key, String(objects[i][key] ?? '')]));
      assert.equal(told, expected);
    });
  });

  test(`${command}: the text fits its width and has a line a row`, () => {
    for (const width of ['60', '80', '120', '200']) {
      const lines = ran(command, '--width', width, '-n', '40', MANY).trimEnd().split('\n');
      assert.is(lines.length - 1, Math.min(40, rows(command, MANY).length));
      for (const line of lines) assert.ok(line.length <= Number(width), `${width}: ${line}`);
    }
  });
}

test('commands are the report’s, and in the order in which they ended', () => {
  const report = JSON.parse(ran('report', '--json', LOAD));
  const all = rows('commands', LOAD);
  assert.is(all.length, report.totals.commandCount + report.totals.commandsNotCaptured);
  const ends = all.map((row) => Number(row['frameEnd'] ?? 0)).filter((frame) => frame > 0);
  for (let i = 1; i < ends.length; i++) assert.ok(ends[i] >= ends[i - 1]);
  const bytes = all.reduce((sum, row) => sum + Number(row['bytes']), 0);
  assert.is(bytes, report.totals.bytes);
});

test('sorting agrees with sorting by hand, both ways', () => {
  const all = rows('commands', LOAD);
  const cases: [string, string, boolean][] = [
    ['latency', 'latencyNs', true],
    ['lba', 'lba', false],
    ['bytes', 'bytes', true],
    ['time', 'relativeNs', false],
    ['tag', 'tag', false],
  ];
  for (const [column, key, descending] of cases) {
    for (const reverse of [false, true]) {
      const down = descending !== reverse;
      const sorted = rows('commands', '--sort', column, ...(reverse ? ['--reverse'] : []), LOAD);
      const value = (row: Row): number => (row[key] === undefined ? Number.NaN : Number(row[key]));
      const expected = all.map(value).filter((v) => !Number.isNaN(v));
      expected.sort((a, b) => (down ? b - a : a - b));
      const told = sorted.map(value);
      assert.equal(told.slice(0, expected.length), expected, column);
      assert.ok(told.slice(expected.length).every(Number.isNaN), 'unknown ones come last');
      assert.is(sorted.length, all.length);
    }
  }
});

test('a filter takes what it says, sorted or not; a count stops', () => {
  const all = rows('commands', MANY);
  const wanted = all.filter((row) => Number(row['r2ts']) >= 2 && Number(row['latencyNs']) > 1e6);
  assert.ok(wanted.length > 0 && wanted.length < all.length);
  const filter = 'r2ts >= 2 && latency > 1ms';
  assert.equal(rows('commands', '-Y', filter, MANY), wanted);
  assert.is(rows('commands', '-Y', filter, '--sort', 'latency', MANY).length, wanted.length);
  assert.equal(rows('commands', '-Y', filter, '-n', '2', MANY), wanted.slice(0, 2));
});

test('columns are those asked for, in that order', () => {
  const text = ran('commands', '--columns', 'outcome,frame,latency', '-n', '1', MANY);
  assert.match(text, /^outcome +frame +latency\n/);
  const [row] = rows('commands', '--columns', 'frame,operation', '-n', '1', MANY);
  assert.equal(Object.keys(row), ['schema', 'type', 'frame', 'operation']);
});

test('sessions and logical units sort by their columns', () => {
  const byCommands = rows('sessions', '--sort', 'commands', LOAD).map((s) =>
    Number(s['commandCount']),
  );
  assert.equal(
    byCommands,
    [...byCommands].sort((a, b) => b - a),
  );
  const [unit, ...paths] = rows('luns', '--sort', 'latency', MANY);
  assert.equal([unit['row'], unit['session'], unit['commandCount']], ['unit', undefined, 57]);
  const sum = paths.reduce((all, path) => all + Number(path['commandCount']), 0);
  assert.is(sum, 57, 'the paths below it');
  const means = paths.map((lun) => Number(lun['latencyNsMean']));
  assert.equal(
    means,
    [...means].sort((a, b) => b - a),
  );
  assert.ok(
    paths.every((lun) => lun['row'] === 'path' && lun['pathSessions'] === 'S0 S1 S2'),
    'one unit over three paths',
  );
});

test('a wrong column, a wrong choice of command, a wrong pair: a sentence and exit code 2', () => {
  const cases: [string[], RegExp][] = [
    [['commands', '--sort', 'colour', MANY], /cannot be sorted by colour: .*latency/],
    [
      ['commands', '--columns', 'frame,colour', MANY],
      /no column "colour"; there are\n[\s\S]*\n {2}latency {2,}the command/,
    ],
    [['sessions', '--sort', 'colour', MANY], /no column "colour"/],
    [['commands', '--csv', '--json', MANY], /not both/],
    [['commands', '-Y', 'latncy > 1ms', MANY], /latncy/],
    [['command', MANY], /--itt <tag>, --frame <n> and --slowest/],
    [['command', '--slowest', '1', '--itt', '3', MANY], /--itt <tag>, --frame <n> and --slowest/],
    [['command', '--itt', '0x123456789', MANY], /no task tag/],
    [['login', '--diff', '0', MANY], /two logins/],
    [['login', '--diff', '0', '77', MANY], /no login of "77"; the capture has those of C0, C1/],
  ];
  for (const [args, says] of cases) {
    const run = sanscope(args);
    assert.is(run.status, 2, args.join(' '));
    assert.is(run.stdout, '', args.join(' '));
    assert.match(run.stderr, says);
  }
});

test('command: by tag, by packet and by latency it is the same one', () => {
  const [slowest] = rows('command', '--slowest', '1', MANY);
  const tag = `0x${Number(slowest['tag']).toString(16)}`;
  assert.equal(rows('command', '--itt', tag, MANY), [slowest]);
  assert.equal(rows('command', '--itt', String(slowest['tag']), MANY), [slowest]);
  const byFrame = rows('command', '--frame', String(slowest['frame']), MANY);
  assert.ok(byFrame.some((one) => one['tag'] === slowest['tag']));
  const all = rows('commands', '--sort', 'latency', '-n', '3', MANY);
  const three = rows('command', '--slowest', '3', MANY);
  assert.equal(
    three.map((one) => one['latencyNs']),
    all.map((one) => one['latencyNs']),
  );
});

test('command: none found is said, and is no error', () => {
  const run = sanscope(['command', '--itt', '0x1', MANY]);
  assert.equal([run.status, run.stdout], [0, '']);
  assert.match(run.stderr, /no such command/);
});

test('login: secrets are hidden unless they are asked for', () => {
  const text = ran('login', CHAP);
  assert.match(text, /CHAP_C=\(hidden\)/);
  assert.not.match(text + ran('login', '--json', CHAP), /CHAP_R=0x|CHAP_C=0x|"0x[0-9a-f]{20}/);
  assert.match(ran('login', '--show-secrets', CHAP), /CHAP_R=0x[0-9a-f]+/);
});

test('login: --diff takes its two numbers together or apart', () => {
  const apart = ran('login', '--diff', '0', '1', CHAP);
  assert.match(apart, /≠ +outcome +accepted +unanswered/);
  assert.is(ran('login', '--diff', 'C0,C1', CHAP), apart);
  const [diff] = rows('login', '--diff', '0', '1', CHAP);
  assert.equal(diff['connectionNumbers'], [0, 1] as never);
});

test.run();

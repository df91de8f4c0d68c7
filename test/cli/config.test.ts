// Settings: a flag before the environment before the file; names where text says who, and nowhere else.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineOf } from '../../src/cli/config/file.js';
import { SETTINGS } from '../../src/cli/config/settings.js';
import { type Outcome, sanscope, TOP } from '../support/program.js';
import { temporaryFolder } from '../support/temporary.js';

const home = temporaryFolder('config');
const file = join(home, 'sanscope/config.toml');
mkdirSync(join(home, 'sanscope'));
const CAPTURE = 'captures/istgt-many-r2ts.pcap.gz';
const IQN = 'iqn.2024-01.org.example:disk';

/** Runs it with this file of settings. */
function using(toml: string, args: readonly string[], env: Record<string, string> = {}): Outcome {
  writeFileSync(file, toml);
  return sanscope(args, { env: { XDG_CONFIG_HOME: home, ...env } });
}

function inForce(outcome: Outcome): Record<string, unknown>[] {
  return outcome.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a flag goes before the environment, that before the file, that before the default', () => {
  const toml = 'theme = "light"\n\n[commands]\nsort = "latency"\n';
  const theme = (args: string[], env = {}, text = toml) =>
    inForce(using(text, ['config', 'theme', '--json', ...args], env)).map(
      ({ value, from, where }) => [value, from, where],
    )[0];
  assert.equal(theme(['--theme', 'none'], { SANSCOPE_THEME: 'dark' }), ['none', 'flag', '--theme']);
  assert.equal(theme([], { SANSCOPE_THEME: 'dark' }), ['dark', 'environment', 'SANSCOPE_THEME']);
  assert.equal(theme([]), ['light', 'file', 'line 1']);
  assert.equal(theme([], {}, ''), ['auto', 'default', '']);
  assert.match(using(toml, ['config']).stdout, /commands\.sort +latency +file, line 4/);
});

test('columns, order and ports are those of the file, until the line says others; JSON is for programs', () => {
  const toml = '[commands]\ncolumns = ["lun", "latency"]\nsort = "latency"\n';
  const [head, first] = using(toml, ['commands', CAPTURE]).stdout.split('\n');
  assert.match(head, /^ *LUN +latency$/);
  assert.match(first, /8\.25 ms/);
  assert.match(
    using(toml, ['commands', CAPTURE], { SANSCOPE_COMMANDS_COLUMNS: 'lba' }).stdout,
    /^ *LBA\n/,
  );
  assert.match(using(toml, ['commands', '--columns', 'time', CAPTURE]).stdout, /^ *time\n/);
  const json = (text: string) => using(text, ['commands', '--json', '-n', '1', CAPTURE]).stdout;
  assert.is(json(toml), json(''));
  const none = using('not-ports = [3260]', ['sessions', '--json', CAPTURE]);
  assert.is(none.stdout, '', none.stderr);
});

test('names stand where text says who; what was sent, and JSON, stay as they are', () => {
  const toml = `[names]\n"10.77.0.1" = "esx7"\n"10.77.0.2:3260" = "array-0"\n"${IQN}" = "disk A"\n`;
  const report = using(toml, ['report', CAPTURE]).stdout;
  assert.match(report, /iqn\.2008-11\.org\.linux-kvm → disk A/);
  assert.match(report, /path +esx7:60364 → array-0 /);
  assert.not.match(report, /10\.77\.0\.1:|example:disk/);
  assert.is(using(toml, ['report', '--json', CAPTURE]).stdout.includes('esx7'), false);
  const pdus = using(toml, ['pdus', '-V', '-c', '3', CAPTURE]).stdout;
  assert.match(pdus, new RegExp(IQN));
  assert.not.match(pdus, /disk A/);
  // An address that only begins like one of them is another.
  const other = using('[names]\n"10.77.0.22" = "near-it"\n"10.77.0.2" = "target"', [
    'report',
    CAPTURE,
  ]);
  assert.match(other.stdout, /→ target:3260 /);
  assert.not.match(other.stdout, /near-it/);
});

test('what is wrong is a sentence with its line and key', () => {
  const why = (toml: string, args: string[] = ['report', CAPTURE]): string => {
    const { status, stderr } = using(toml, args);
    assert.is(status, 2, stderr);
    assert.is(stderr.split('\n').length, 2, stderr);
    return stderr.replace(file, 'FILE');
  };
  assert.match(
    why('\ntheem = "dark"'),
    /FILE, line 2: there is no setting theem: did you mean theme\?/,
  );
  assert.match(
    why('theme = "dark"\n[commands]\ncolums = []'),
    /line 3: there is no setting commands\.colums: did you mean commands\.columns\?/,
  );
  assert.match(
    why('theme = "drak"'),
    /line 1: theme takes one of auto, dark, light, none, not "drak"/,
  );
  assert.match(why('ports = [70000]'), /line 1: ports takes TCP ports, 1 to 65535, not 70000/);
  assert.match(
    why('[luns]\n\ncolumns = ["unit", "pats"]'),
    /line 3: luns\.columns has no column "pats": did you mean "paths"\?/,
  );
  assert.match(why('[commands]\nsort = "speed"'), /line 2: commands\.sort takes one of time, /);
  assert.match(why('theme = light'), /FILE, line 1: .*column 9/);
  assert.match(why('[names]\n\n"web" = "x"'), /line 3: "web" is no address/);
  assert.match(why('[names]\n"10.77.0" = "x"'), /line 2: "10\.77\.0" is no address/);
  assert.match(why('[names]\n"10.0.0.1" = ""'), /line 2: "10\.0\.0\.1" takes a name/);
  assert.match(
    why('[names]\n10.0.0.1 = "x"'),
    /line 2: "10" is a table: a key with dots stands in quotes/,
  );
  assert.match(why('', ['config', '--json', '--them', 'dark']), /--theme/);
  const { status, stderr } = sanscope(['report', CAPTURE], {
    env: { SANSCOPE_CONFIG: '/not/there' },
  });
  assert.is(status, 2);
  assert.match(stderr, /the settings in \/not\/there cannot be read: there is no such file/);
});

test('a wrong file stands in nobody’s way who only asks how it is used', () => {
  assert.is(using('theme = ', ['--version']).status, 0);
  assert.is(using('theme = ', ['commands', '--help']).status, 0);
  assert.is(using('theme = ', ['fields', 'lba']).status, 0);
});

test('text in ASCII where the locale has nothing else, and by the settings', () => {
  const ascii = /^[\n\x20-\x7e]*$/;
  const report = (toml: string, args: string[] = [], env = {}) =>
    using(toml, ['report', ...args, CAPTURE], env).stdout;
  assert.not.match(report(''), ascii);
  assert.match(report('', [], { LC_ALL: 'C' }), ascii);
  assert.match(report('ascii = true'), ascii);
  assert.match(report('', ['--ascii']), ascii);
  assert.not.match(report('ascii = true', ['--no-ascii']), ascii);
  assert.not.match(report('ascii = false', [], { LC_ALL: 'C' }), ascii);
  // A terminal's own words say nothing of a file.
  assert.not.match(report('', [], { TERM: 'linux' }), ascii);
  assert.is(report('', [], { LC_ALL: 'C' }).split('\n').length, report('').split('\n').length);
  for (const args of [['pdus', '-c', '9'], ['command', '--slowest', '1'], ['login'], ['luns']]) {
    assert.match(using('ascii = true', [...args, CAPTURE]).stdout, ascii, args.join(' '));
  }
});

test('lines are found however the key is written', () => {
  const toml = 'a = 1\ncommands.sort = "x"\n[names]\n"b c" = "d"\n[ "commands" ]\n  columns=[]\n';
  assert.is(lineOf(toml, ['a']), 1);
  assert.is(lineOf(toml, ['commands', 'sort']), 2);
  assert.is(lineOf(toml, ['names', 'b c']), 4);
  assert.is(lineOf(toml, ['commands', 'columns']), 6);
  assert.is(lineOf(toml, ['names']), 3);
  assert.is(lineOf(toml, ['commands', 'other']), 5);
});

test('docs/CONFIG.md has all of them', () => {
  const doc = readFileSync(join(TOP, 'docs/CONFIG.md'), 'utf8');
  for (const { key } of SETTINGS) assert.ok(doc.includes(`\`${key}\``), key);
});

test.run();

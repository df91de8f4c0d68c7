// Whatever a command line, a setting or the environment holds: stderr says it on the line of the sentence it belongs to,
// without control characters. A log is read by programs as well: a line of its own may be a command to them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS, GLOBAL_FLAGS } from '../../src/cli/command-table.js';
import { sanscope, TOP } from '../support/program.js';

const CAPTURE = join(TOP, 'captures/tgt-chap.pcap');
/** A line that GitHub's runner would obey, a colour, an override of direction, a filler that is not drawn. */
const NASTY = 'x\n::error::y\x1b[31m\u202e\u3164z';
const HARMFUL = /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}]/u;
/** They wait for what never comes, or serve. */
const STAY = new Set(['mcp', 'live', 'interfaces']);
const folder = mkdtempSync(join(tmpdir(), 'sanscope-options-'));

function calm(args: readonly string[], env: Record<string, string> = {}): void {
  const { stdout, stderr } = sanscope(args, { env, cwd: folder });
  const about = `${JSON.stringify(args)}: ${stderr}`;
  assert.not.match(stderr.replaceAll('\n', ''), HARMFUL, about);
  assert.not.match(stderr, /^\s*::error/m, about);
  assert.not.match(stdout.replaceAll(/[\r\n\t]/g, ''), HARMFUL, about);
}

for (const { name, flags } of COMMANDS) {
  if (STAY.has(name)) continue;
  test(`${name}: values of options, and names of files`, () => {
    // What holds for all is tried with one.
    const all = name === 'pdus' ? [...flags, ...GLOBAL_FLAGS] : flags;
    const takes = all.filter(
      ({ flags, kind }) => flags.includes('<') && (name === 'pdus' || /text|words/.test(kind)),
    );
    for (const { flags } of takes) {
      const [flag] = flags.replace(/^-\w, /, '').split(' ');
      calm([name, flag, NASTY, CAPTURE]);
    }
    calm([name, `${NASTY.replaceAll('/', '')}.pcap`]);
    calm([name, CAPTURE, NASTY]);
    calm([name, `--${NASTY}`, CAPTURE]);
  });
}

test('live: values of options', () => {
  const { flags } = COMMANDS.find(({ name }) => name === 'live')!;
  for (const { flags: all } of flags.filter(({ flags }) => flags.includes('<'))) {
    const [flag] = all.replace(/^-\w, /, '').split(' ');
    const source = ['--follow', '--ssh', '--interface'].includes(flag) ? [] : ['-'];
    calm(['live', '--duration', '1s', flag, NASTY, ...source]);
  }
});

test('environment and settings', () => {
  for (const name of [
    'TERM',
    'COLORFGBG',
    'LANG',
    'TMPDIR',
    'SANSCOPE_CONFIG',
    'XDG_CONFIG_HOME',
  ]) {
    calm(['report', CAPTURE], { [name]: NASTY });
    calm(['doctor'], { [name]: NASTY });
    calm(['config'], { [name]: NASTY });
  }
  for (const setting of [
    'theme',
    'color',
    'ascii',
    'ports',
    'not_ports',
    'commands_columns',
    'commands_sort',
  ]) {
    calm(['report', CAPTURE], { [`SANSCOPE_${setting.toUpperCase()}`]: NASTY });
  }
  const config = join(folder, 'config.toml');
  for (const text of [
    `theme = ${JSON.stringify(NASTY).replace('\\u3164', '\u3164')}\n`,
    `${JSON.stringify(NASTY)} = 1\n`,
    `[${JSON.stringify(NASTY)}]\nx = 1\n`,
    `[names]\n${JSON.stringify(NASTY)} = ${JSON.stringify(NASTY)}\n`,
    `x = "\u3164\n::error::y\x1b[31m\n`,
  ]) {
    writeFileSync(config, text);
    calm(['report', CAPTURE], { SANSCOPE_CONFIG: config });
    calm(['config'], { SANSCOPE_CONFIG: config });
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

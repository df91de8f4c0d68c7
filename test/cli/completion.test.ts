// Completion of what is typed, and the man page: both from the command table.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { candidates, SCRIPTS } from '../../src/cli/completion.js';
import { themeOf } from '../../src/cli/run.js';
import { asciiOnly } from '../../src/cli/terminal.js';
import { manPage } from '../../tools/man.js';
import { needs } from '../support/needs.js';
import { sanscope } from '../support/program.js';

test('commands, options, choices, fields and columns are offered', () => {
  assert.equal(candidates(['comm']), ['commands', 'command']);
  assert.ok(candidates(['pdus', '--']).includes('--details'));
  assert.not.ok(candidates(['pdus', '--']).includes('--columns'));
  assert.ok(candidates(['pdus', '-']).includes('--color'));
  assert.equal(candidates(['--color', 'a']), ['auto', 'always']);
  assert.equal(candidates(['pdus', '-T', 'n']), ['ndjson']);
  assert.ok(candidates(['pdus', '-e', 'iscsi.init']).includes('iscsi.initiatortasktag'));
  assert.ok(candidates(['commands', '--sort', 'lat']).includes('latency'));
  assert.ok(candidates(['luns', '--columns', 'unit,p']).includes('unit,paths'));
  assert.equal(candidates(['pdus', 'trace']), []);
});

needs('bash')('the script of bash asks the program', () => {
  const words = sanscope(['completion', 'words', '--', 'pdus', '--det']);
  assert.is(words.stdout, '--details\n');
  const line = `${SCRIPTS['bash']}
    sanscope() { printf 'first of %s\\nsecond\\n' "$#"; }
    COMP_WORDS=(sanscope pdus --d); COMP_CWORD=2; _sanscope; printf '%s|' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  assert.is(stdout, 'first of 5|second|', stderr);
  assert.is(sanscope(['completion', 'csh']).status, 2);
});

test('the man page is up to date (node --import tsx tools/readme.ts)', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { version, man } = JSON.parse(read('package.json')) as { version: string; man: string };
  assert.is(man, 'docs/sanscope.1');
  assert.is(read(man), manPage(version));
});

test('ASCII by itself only where it is known to be needed; themes by flag and background', () => {
  assert.not.ok(asciiOnly(undefined, { TERM: 'xterm-256color' }));
  assert.not.ok(asciiOnly(undefined, { LANG: 'C.UTF-8', TERM: 'xterm' }));
  assert.ok(asciiOnly(undefined, { LANG: 'POSIX', TERM: 'xterm' }));
  assert.ok(asciiOnly(undefined, { LANG: 'de_DE@euro', LC_ALL: '' }));
  assert.not.ok(asciiOnly(undefined, { LANG: 'C', LC_ALL: 'en_US.utf8' }));
  assert.ok(asciiOnly(undefined, { LANG: 'C.UTF-8', TERM: 'vt100' }));
  assert.ok(asciiOnly(true, {}));
  assert.not.ok(asciiOnly(false, { LANG: 'C', TERM: 'linux' }));
  const theme = (asked: string, background?: string) =>
    themeOf({
      files: [],
      options: { theme: asked },
      env: { COLORFGBG: background },
      version: '',
      say: () => {},
    });
  assert.is(theme('auto', '0;15'), 'light');
  assert.is(theme('auto', '15;default;0'), 'dark');
  assert.is(theme('auto'), 'dark');
  assert.is(theme('none', '0;15'), 'none');
});

test.run();

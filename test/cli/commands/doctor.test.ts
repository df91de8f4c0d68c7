import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sanscope } from '../../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-doctor-'));

interface Told {
  readonly checks: readonly { name: string; state: string; found: string; advice?: string }[];
}

function doctor(env: Record<string, string>, ...words: readonly string[]) {
  const { status, stdout, stderr } = sanscope(['doctor', '--json', ...words], { env });
  assert.is(status, 0, stderr);
  const { checks } = JSON.parse(stdout) as Told;
  return new Map(checks.map((check) => [check.name, check]));
}

test('all that it looks at, in text and as JSON', () => {
  const told = doctor({ HOME: folder });
  for (const name of [
    'node',
    'digests',
    'temporary',
    'capture',
    'lz4',
    'zstd',
    'terminal',
    'locale',
    'settings',
  ]) {
    assert.ok(told.has(name), name);
  }
  assert.match(told.get('node')?.found ?? '', new RegExp(`^${process.version} `));
  const { stdout, status } = sanscope(['doctor'], { env: { HOME: folder } });
  assert.is(status, 0);
  assert.match(stdout, /^ok +node +v/m);
  assert.is(
    sanscope(['doctor', 'node', 'locale'])
      .stdout.split('\n')
      .filter((l) => /^\w/.test(l)).length,
    2,
  );
});

test('what is missing has advice', () => {
  const told = doctor({ HOME: folder, LC_ALL: 'C', TERM: 'dumb', TMPDIR: join(folder, 'nowhere') });
  for (const [name, state] of [
    ['locale', 'limited'],
    ['terminal', 'limited'],
    ['temporary', 'missing'],
  ] as const) {
    assert.is(told.get(name)?.state, state, name);
    assert.ok((told.get(name)?.advice ?? '').length > 10, name);
  }
  for (const { state, advice } of told.values()) assert.is(state === 'ok', advice === undefined);
});

test('settings that are wrong are told, and do not keep it from running', () => {
  mkdirSync(join(folder, '.config/sanscope'), { recursive: true });
  writeFileSync(join(folder, '.config/sanscope/config.toml'), 'theme = "loud"\n');
  const settings = doctor({ HOME: folder }, 'settings').get('settings');
  assert.is(settings?.state, 'missing');
  assert.match(settings?.found ?? '', /config\.toml/);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

// The package as it would be published: what is in it, that it runs from an empty folder, and that its lock file
// is one that `npm ci` takes.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from './support/needs.js';
import { TOP } from './support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-package-'));
const manifest = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as Manifest;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly files: readonly string[];
  readonly man: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly publishConfig: Readonly<Record<string, unknown>>;
}

interface Locked {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

function npm(args: readonly string[], cwd: string) {
  const env = { ...process.env, HOME: folder, npm_config_update_notifier: 'false' };
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, env, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return stdout;
}

/** Without scripts: dist/ is there, and building it anew would take it from under the other tests. */
function packed(): {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
} {
  const out = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], TOP);
  return (JSON.parse(out) as ReturnType<typeof packed>[])[0];
}

needs('npm')(
  'the package holds what runs, its words and its licences, and nothing of the workshop',
  () => {
    const paths = packed().files.map(({ path }) => path);
    for (const wanted of [
      'bin/sanscope.js',
      'dist/quick.cjs',
      'dist/main.js',
      'dist/THIRD-PARTY-LICENSES.txt',
      'docs/sanscope.1',
      'docs/REGISTRY.md',
      'schema/report-2.json',
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
    ]) {
      assert.ok(paths.includes(wanted), wanted);
    }
    const others = /^(src|test|tools|bench|captures|node_modules)\/|\.(cache|ts|pcap|gz)$/;
    assert.equal(
      paths.filter((path) => others.test(path)),
      [],
    );
  },
);

test('it says what it reads, and asks for provenance', () => {
  for (const word of ['iscsi', 'iser', 'isns', 'fcip', 'ifcp']) {
    assert.ok(manifest.keywords.includes(word), word);
    assert.ok(manifest.description.toLowerCase().includes(word), word);
  }
  assert.equal(manifest.publishConfig, { access: 'public', provenance: true });
  assert.ok(manifest.files.includes('completions'));
  const readme = readFileSync(join(TOP, 'docs/REGISTRY.md'), 'utf8');
  // Links into a repository lead nowhere from the registry.
  assert.not.match(readme, /\]\((?!https?:)/);
});

/** What is bundled is listed with its licence; what is not is installed beside it. */
test('each bundled package has its licence in the list', () => {
  const notices = readFileSync(join(TOP, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const heads = [...notices.matchAll(/^(\S+) \d\S* \((.+)\)$/gm)];
  const names = heads.map(([, name]) => name);
  for (const name of ['chalk', 'commander', 'cli-table3', 'ink', 'react', 'smol-toml']) {
    assert.ok(names.includes(name), name);
  }
  for (const [, name, licence] of heads) assert.not.match(licence, /undefined|GPL/, name);
});

needs('npm', 'tar')('npx runs it from the packed file, in an empty folder', () => {
  const { filename } = packed();
  const empty = join(folder, 'empty');
  const modules = join(empty, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  writeFileSync(join(empty, 'package.json'), '{"private":true}');
  // What npm would fetch for it lies here already: no network is asked.
  const unpacked = spawnSync('tar', ['xzf', join(folder, filename), '-C', modules]);
  assert.is(unpacked.status, 0);
  cpSync(join(modules, 'package'), join(modules, manifest.name), { recursive: true });
  for (const name of Object.keys(manifest.dependencies)) {
    cpSync(join(TOP, 'node_modules', name), join(modules, name), {
      recursive: true,
      dereference: true,
    });
  }
  symlinkSync('../sanscope/bin/sanscope.js', join(modules, '.bin/sanscope'));
  const run = (...args: readonly string[]) =>
    npm(['exec', '--offline', '--', 'sanscope', ...args], empty);
  assert.is(run('--version').trim(), manifest.version);
  const capture = join(TOP, 'captures/tgt-mixed-load.pcap.gz');
  assert.match(run('report', capture), /READ\(10\) +489/);
  assert.match(run('report', '--html', '-', capture), /<\/html>/);
  assert.match(run('check', capture), /^passed/);
  assert.match(run('doctor'), /^limited +digests/m);
});

test('the lock file has every package that others may ask for: else npm ci refuses it', () => {
  const { packages } = JSON.parse(readFileSync(join(TOP, 'package-lock.json'), 'utf8')) as Locked;
  const paths = Object.keys(packages);
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !paths.some(
          (one) => one === `node_modules/${name}` || one === `${path}/node_modules/${name}`,
        ),
    ),
  );
  assert.equal(missing, []);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

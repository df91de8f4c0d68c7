// Reads the source and enforces what the house agreed on (docs/ARCHITECTURE.md): layers, what a hot
// file may not do, one importer per dependency, no dead files, no test file without its run.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { circles, exportedValues, imports, namesTaken } from './support/imports.js';

const top = fileURLToPath(new URL('..', import.meta.url));

/** Order of the road. A file may import vocabulary and folders with a smaller number. */
const LAYERS: Readonly<Record<string, number>> = {
  lib: 0,
  wire: 0,
  capture: 1,
  packet: 2,
  stream: 3,
  pdu: 4,
  // The transport-neutral task: knows no header of any protocol that carries it.
  scsi: 5,
  session: 6,
  // Details of a PDU on demand; metrics do not ask for them.
  decode: 7,
  metrics: 7,
  findings: 8,
  store: 9,
  filter: 10,
  report: 11,
  // An open capture: what is read again on demand.
  case: 12,
  // Captures of several places, compared.
  points: 12,
  slice: 12,
  diff: 12,
  // What is asked to hold of a capture.
  check: 12,
  // Uses what points knows of connections.
  scrub: 13,
  view: 13,
  export: 14,
  html: 14,
  ui: 14,
  // Child processes, files that are written while they are read, and the run over them.
  live: 14,
  // Asks the program itself.
  mcp: 14,
  cli: 15,
};
/** Files at the top of src that everyone may use, and those that compose the whole. */
const VOCABULARY = new Set(['limits.ts', 'problem.ts', 'version.ts']);
const ENTRIES = new Set(['main.ts', 'live/relay-thread.ts']);

function filesBelow(folder: string, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...filesBelow(path, pattern));
    else if (pattern.test(entry.name)) found.push(path);
  }
  return found.sort();
}

const sources = filesBelow('src', /\.tsx?$/).filter((path) => !path.endsWith('.d.ts'));
const text = new Map(sources.map((path) => [path, readFileSync(join(top, path), 'utf8')]));

/** Path below src of a relative import, as a .ts file. */
function target(path: string, specifier: string): string {
  const at = relative(join(top, 'src'), resolve(top, dirname(path), specifier));
  const base = at.replace(/\.js$/, '');
  return text.has(join('src', `${base}.tsx`)) ? `${base}.tsx` : `${base}.ts`;
}

function layer(pathBelowSrc: string): number {
  const folder = pathBelowSrc.split('/')[0];
  if (VOCABULARY.has(pathBelowSrc)) return 0;
  return LAYERS[folder] ?? 99;
}

test('there is something to be tidy about', () => {
  assert.ok(sources.length > 30);
});

test('a stage imports vocabulary and earlier stages only', () => {
  const wrong: string[] = [];
  for (const [path, source] of text) {
    const below = relative('src', path);
    const own = layer(below);
    if (own === 99) continue; // main.ts and pipeline.ts compose
    for (const specifier of imports(source)) {
      if (!specifier.startsWith('.')) continue;
      const other = target(path, specifier);
      if (other === 'analysis.ts' && own >= LAYERS['store']) continue;
      const sameFolder = other.split('/')[0] === below.split('/')[0];
      if (other === 'pipeline.ts' && own >= LAYERS['live']) continue;
      if (!sameFolder && own === 0 && layer(other) === 0) continue;
      if (!sameFolder && layer(other) >= own) wrong.push(`${below} imports ${other}`);
    }
  }
  assert.equal(wrong, []);
});

/** What costs an allocation or a slow call for each packet. */
const HOT_BANS: readonly (readonly [string, RegExp])[] = [
  ['spread', /[[(,]\s*\.\.\.[a-zA-Z]/],
  ['subarray', /\.subarray\(/],
  ['Buffer.read*', /\.read(U?Int|Float|Double|BigU?Int)\w*\(/],
  ['BigInt', /\bBigInt\(|\b\d+n\b|\bgetBig/],
  ['template string', /`/],
  ['try', /\btry\s*\{/],
  ['callback', /\.(map|filter|forEach|reduce|some|every|find|findIndex|flatMap)\(/],
  ['closure in a loop', /\b(for|while)\s*\([^\n]*\n[^}]*=>/],
];

test('a hot file has nothing that allocates for each packet', () => {
  const wrong: string[] = [];
  let hot = 0;
  for (const [path, source] of text) {
    if (!source.startsWith('// hot:')) continue;
    hot++;
    const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
    for (const [name, ban] of HOT_BANS) {
      const match = ban.exec(code);
      if (match) wrong.push(`${path}: ${name}: ${match[0].trim().slice(0, 60)}`);
    }
  }
  assert.ok(hot >= 10, 'the hot files say so in their first line');
  assert.equal(wrong, []);
});

/** Packages that the source imports and the build takes into dist/ (tools/build.mjs). */
const BUNDLED = [
  '@modelcontextprotocol/sdk',
  'chalk',
  'cli-table3',
  'commander',
  'get-east-asian-width',
  'hyparquet-writer',
  'smol-toml',
  'ink',
  'react',
];

test('each dependency is imported in one place', () => {
  const manifest = JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };
  // dist/ holds all but what is installed beside it: only that is asked for of who installs.
  assert.equal(Object.keys(manifest.dependencies).sort(), ['fzstd', 'pcap-parser']);
  for (const name of BUNDLED) assert.ok(name in manifest.devDependencies, name);
  const names = [...Object.keys(manifest.dependencies), ...BUNDLED];
  const wrong: string[] = [];
  // What may be absent is not imported but asked for.
  for (const name of Object.keys(manifest.optionalDependencies)) {
    const asking = [...text].filter(([, source]) => source.includes(`'${name}'`));
    if (asking.length !== 1) wrong.push(`${name}: ${asking.map(([path]) => path).join(', ')}`);
  }
  for (const name of names) {
    const importers = [...text].filter(([, source]) =>
      imports(source).some((s) => s === name || s.startsWith(`${name}/`)),
    );
    if (importers.length !== 1) {
      wrong.push(`${name}: ${importers.map(([path]) => path).join(', ') || 'nobody'}`);
    }
  }
  assert.equal(wrong, []);
  for (const [path, source] of text) {
    for (const specifier of imports(source)) {
      if (specifier.startsWith('.') || specifier.startsWith('node:')) continue;
      assert.ok(
        names.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
        `${path} imports ${specifier}, which package.json does not name`,
      );
    }
  }
});

test('the core never looks at the world', () => {
  const wrong: string[] = [];
  const world = /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|from 'node:fs'/;
  for (const [path, source] of text) {
    const below = relative('src', path);
    const number = layer(below);
    if (below.startsWith('capture/') || below.startsWith('cli/') || number > 8) continue;
    const match = world.exec(source.replace(/\/\/.*$/gm, ''));
    if (match) wrong.push(`${below}: ${match[0]}`);
  }
  assert.equal(wrong, []);
});

test('no source file is dead', () => {
  const used = new Set<string>();
  for (const [path, source] of text) {
    for (const s of imports(source)) if (s.startsWith('.')) used.add(target(path, s));
  }
  const dead = sources
    .map((path) => relative('src', path))
    .filter((below) => !used.has(below) && !ENTRIES.has(below));
  assert.equal(dead, []);
});

test('circles and dead exports are seen where they are', () => {
  const graph = Object.entries({ a: ['b'], b: ['c', 'd'], c: ['a'], d: ['e'], e: ['d'], f: ['a'] });
  assert.equal(circles(new Map(graph)), [
    ['d', 'e'],
    ['a', 'b', 'c'],
  ]);
  assert.equal(imports("import type { A } from './a.js';\nconst b = import('./b.js');"), [
    './a.js',
    './b.js',
  ]);
  const taking = "import { type A, b as c } from './a.js';\nconst { d } = await import('./b.js');";
  assert.equal(namesTaken(taking), [
    ['./a.js', ['A', 'b']],
    ['./b.js', ['d']],
  ]);
  const source = 'export const A = 1;\nexport async function b() {}\nexport interface C {}\n';
  assert.equal(exportedValues(source), ['A', 'b']);
});

/** A place in a header, or a code of one, by number: only wire/ knows them. */
const OCTETS: readonly (readonly [string, RegExp])[] = [
  ['an offset', /\.get(?:Big)?(?:Int|Uint)(?:8|16|32|64)\((?:[\w.#]+ \+ )?[1-9]\d*[,)]/],
  ['an offset', /\b(?:data|bytes|cdb|header|ahs|scratch)\[(?:[\w.#]+ \+ )?[1-9]\d*\]/],
  ['a mask', /\.getUint(?:8|16|32)\([^()]*\) & 0x/],
  ['an opcode', /\bopcode\w* (?:===|!==|<|>=) 0x|^\s*case 0x/m],
  [
    'an opcode',
    /^(?:export )?const [A-Z]\w*(?:OPCODE|INQUIRY|READ_\w+|REPORT_\w+|UNMAP|R2T) = 0x/m,
  ],
  ['the length of a header', /^(?:export )?const (?:BHS\w*|\w*HEADER_BYTES) = \d+;/m],
];
/** Files of octets, which are their own tables: captures' formats, links and IP, CRCs, the terminal. */
const OF_OCTETS = ['wire/', 'capture/', 'packet/', 'stream/', 'lib/', 'live/', 'ui/terminal/'];

test('offsets, opcodes and lengths of headers stand in wire/ only', () => {
  const wrong: string[] = [];
  for (const [path, source] of text) {
    const below = relative('src', path);
    if (OF_OCTETS.some((folder) => below.startsWith(folder))) continue;
    const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
    for (const [what, pattern] of OCTETS) {
      const match = pattern.exec(code);
      if (match !== null) wrong.push(`${below}: ${what}: ${match[0].trim()}`);
    }
  }
  assert.equal(wrong, []);
});

test('no imports run in a circle, those of types too', () => {
  const graph = new Map<string, readonly string[]>();
  for (const [path, source] of text) {
    const others = imports(source).filter((s) => s.startsWith('.'));
    graph.set(
      relative('src', path),
      others.map((s) => target(path, s)),
    );
  }
  // What both sides need moves one file down.
  assert.equal(circles(graph), []);
});

test('whatever is exported somebody else takes', () => {
  const taken = new Map<string, Set<string>>();
  for (const folder of ['src', 'test', 'tools', 'bench']) {
    for (const path of filesBelow(folder, /\.tsx?$/)) {
      const source = text.get(path) ?? readFileSync(join(top, path), 'utf8');
      for (const [specifier, names] of namesTaken(source)) {
        const from = target(path, specifier);
        const known = taken.get(from) ?? new Set();
        for (const name of names) known.add(name);
        taken.set(from, known);
      }
    }
  }
  const dead: string[] = [];
  for (const [path, source] of text) {
    const below = relative('src', path);
    const names = taken.get(below);
    if (ENTRIES.has(below) || names?.has('*')) continue;
    for (const name of exportedValues(source)) {
      if (!names?.has(name)) dead.push(`${below}: ${name}`);
    }
  }
  assert.equal(dead, []);
});

test('a test file runs its tests, all of them', () => {
  const wrong: string[] = [];
  for (const path of filesBelow('test', /\.test\.tsx?$/)) {
    const source = readFileSync(join(top, path), 'utf8');
    if (!/^\s*\w+\.run\(\);/m.test(source)) wrong.push(`${path}: no run()`);
    if (/\.(only|skip)\(/.test(source) && !path.endsWith('tidy.test.ts')) {
      wrong.push(`${path}: only or skip`);
    }
  }
  assert.equal(wrong, []);
});

test('the test files that begin first are there', () => {
  const source = readFileSync(join(top, 'test/run.ts'), 'utf8');
  const list = /const SLOW = \[([^\]]*)\]/.exec(source)?.[1] ?? '';
  const names = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => join('test', name));
  assert.ok(names.length > 5);
  const files = filesBelow('test', /\.test\.tsx?$/);
  assert.equal(
    names.filter((name) => !files.includes(name)),
    [],
  );
});

test('tests reach out of the repository by support/shared.ts alone, and skip by support/needs.ts', () => {
  const wrong: string[] = [];
  for (const path of filesBelow('test', /\.tsx?$/)) {
    if (/support\/(shared|needs)\.ts$|tidy\.test\.ts$|^test\/run\.ts$/.test(path)) continue;
    const source = readFileSync(join(top, path), 'utf8');
    if (/shared\/(captures|specs)/.test(source)) wrong.push(path);
    if (/console\.log\(.*(skipped|not run)/.test(source)) wrong.push(`${path}: skips by hand`);
  }
  assert.equal(wrong, []);
});

test('nothing names where packages come from', () => {
  for (const path of ['package-lock.json', 'package.json', '.npmrc', 'README.md', '.ci/run']) {
    const source = readFileSync(join(top, path), 'utf8');
    assert.not.match(source, /"resolved": *"https?:|registry\.npmjs|registry *=/);
  }
});

test.run();

// Builds dist/: report.cjs is the report and nothing else in one script, quick.cjs all but the screens
// and live captures, both with their compiled forms (bin/quick.js); main.js and its chunks are everything.
// pcap-parser and fzstd stay outside: the first prints a deprecation warning where it is not below
// node_modules, the second is needed on Node 20 only. The licences of what is bundled are put beside it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import quickScripts from '../bin/quick.js';
import { quickTables } from './quick-tables.mjs';

const { SCRIPTS } = quickScripts;
const top = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(top, 'dist');

/**
 * chalk imports node:process, and an ESM import reads all that a module of Node exports: process.stdin
 * and its like load streams and sockets when they are read. require reads nothing.
 */
const lazyProcess = {
  name: 'lazy-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:process$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, () => ({
      contents:
        'export default process; export const { env } = process; export const cwd = () => process.cwd();',
    }));
  },
};

/** Modules of Node that a report of a file has no use for: loaded when something of them is asked for. */
const LATE =
  /^node:(?:child_process|crypto|dns|events|http|net|os|readline|stream|tty|util|v8|worker_threads|zlib)$/;
const lateBuiltins = {
  name: 'late-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: LATE }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'late' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'late' }, ({ path }) => ({
      // Names that a later Node has are found behind those that are known.
      contents: `let loaded;
const all = () => (loaded ??= require(${JSON.stringify(path)}));
module.exports = Object.create(new Proxy({}, { get: (_, name) => all()[name] }));
for (const name of ${JSON.stringify(Object.keys(process.getBuiltinModule(path)))})
  Object.defineProperty(module.exports, name, { enumerable: true, get: () => all()[name] });`,
    }));
  },
};

/**
 * What is imported on demand runs after cli/app.ts. Saying so lets all of them share that as one
 * file: else there is one for each set of importers, and each costs a millisecond.
 */
const app = join(top, 'src/cli/app.ts');
const afterApp = {
  name: 'after-app',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
      const file = join(resolveDir, path).replace(/\.js$/, '.ts');
      const late = kind === 'dynamic-import' && file !== app && existsSync(file);
      return late ? { path: file, pluginData: 'late' } : undefined;
    });
    onLoad({ filter: /\.ts$/ }, ({ path, pluginData }) =>
      pluginData === 'late'
        ? {
            contents: `import ${JSON.stringify(app)};\n${readFileSync(path, 'utf8')}`,
            loader: 'ts',
          }
        : undefined,
    );
  },
};

/**
 * The screens need React and modules that wait at their top: a script cannot hold them. What few command
 * lines need, and brings a library with it, would only make it longer.
 */
const ELSEWHERE = /^\.\/((cli\/commands\/(screens|live|mcp))|compare-screens)\.js$/;
const elsewhere = {
  name: 'elsewhere',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: ELSEWHERE }, ({ path }) => ({ path, namespace: 'elsewhere' }));
    onLoad({ filter: /.*/, namespace: 'elsewhere' }, () => ({
      contents:
        'const all = () => sanscopeAll().then((m) => m.main(process.argv.slice(2))); export { all as screens, all as live, all as mcp, all as pointsOnScreens, all as diffOnScreens };',
    }));
  },
};

/** What the report's script does not hold: all other commands, and pages. Nothing has happened when one is called. */
const others = {
  name: 'others',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(cli\/commands\/[\w-]+|report-html)\.js$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, namespace: 'others' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'others' }, () => ({
      contents: `const all = () => sanscopeOthers().main(process.argv.slice(2));
const get = (_, name) => (name === 'then' ? undefined : all);
module.exports = Object.create(new Proxy({}, { get }));`,
    }));
  },
};

const quickWidth = {
  name: 'quick-width',
  setup({ onResolve }) {
    onResolve({ filter: /^string-width$/ }, () => ({ path: join(top, 'tools/string-width.cjs') }));
  },
};

/** ink brings React's devtools where DEV is set: nobody develops here. */
const noDevtools = {
  name: 'no-devtools',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]ink[\\/]build[\\/]reconciler\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('if (isDev())')) throw new Error(`${path}: where are the devtools?`);
      return { contents: source.replaceAll('if (isDev())', 'if (false)') };
    });
  },
};

/** commander starts programs only for commands that are files of their own: there are none. */
const noPrograms = {
  name: 'no-programs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ path, importer }) =>
      importer.includes('commander') ? { path, namespace: 'no-programs' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'no-programs' }, () => ({ contents: 'export default {};' }));
  },
};

const common = {
  absWorkingDir: top,
  entryPoints: ['src/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  external: ['pcap-parser', 'fzstd'],
  // Names and lines stay, for stack traces.
  minifySyntax: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
};

// What stands in patterns was left as it is: there, too, an escape means the same.
const ascii = (text) => text.replace(/[^\0-\x7f]/g, (c) => `\\u${hex4(c.charCodeAt(0))}`);
const hex4 = (code) => code.toString(16).padStart(4, '0');

/** A script of the CommonJS kind with all in it; `plugins`: what is not. */
async function script(path, plugins) {
  await build({
    ...common,
    format: 'cjs',
    outfile: path,
    charset: 'ascii',
    minifyWhitespace: true,
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': 'sanscopeUrl' },
    banner: {
      js: 'const sanscopeUrl = require("node:url").pathToFileURL(__filename).href, sanscopeAll = () => module.all ? module.all() : import("./main.js"), sanscopeOthers = () => module.others();',
    },
    supported: { 'dynamic-import': false },
    // The level of colours is always given (view/theme.ts): nothing need be guessed.
    alias: {
      '#supports-color': join(top, 'node_modules/chalk/source/vendor/supports-color/browser.js'),
    },
    plugins: [lazyProcess, ...plugins, quickWidth, quickTables, noPrograms, lateBuiltins],
  });
  const source = ascii(readFileSync(path, 'utf8'));
  // Its head tells one build from another (bin/quick.js).
  const id = createHash('sha256').update(source).digest('hex').slice(0, 32);
  // A function of what a module of this kind knows: bin/quick.js calls it, and has nothing to put together.
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
  writeFileSync(path, `/*${id}*/${wrapped}`);
}

rmSync(dist, { recursive: true, force: true });
await script(join(dist, 'report.cjs'), [others, elsewhere]);
await script(join(dist, 'quick.cjs'), [elsewhere]);
const { metafile } = await build({
  ...common,
  // The thread is a program of its own: nobody imports it.
  entryPoints: ['src/main.ts', 'src/live/relay-thread.ts'],
  splitting: true,
  format: 'esm',
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  jsx: 'automatic',
  // Packages of the CommonJS kind ask for node: modules by require.
  banner: {
    js: "import { createRequire as sanscopeRequire } from 'node:module';\nconst require = sanscopeRequire(import.meta.url);",
  },
  plugins: [lazyProcess, afterApp, noDevtools],
});
for (const name of SCRIPTS) {
  spawnSync(process.execPath, [join(top, 'tools/compiled.cjs'), name], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

const packages = new Set();
for (const input of Object.keys(metafile.inputs)) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
  if (match) packages.add(match[1]);
}
const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(top, folder, 'package.json')));
  const file = readdirSync(join(top, folder)).find((entry) => /^licen[cs]e/i.test(entry));
  const text =
    file && existsSync(resolve(top, folder, file))
      ? readFileSync(join(top, folder, file), 'utf8')
      : '';
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
});
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), notices.join(`\n${'-'.repeat(72)}\n\n`));

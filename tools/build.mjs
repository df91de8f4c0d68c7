// Builds dist/: one entry and its chunks, so that a command loads few files (a report of a small
// capture starts in about 60 % of the time that some two hundred modules take). pcap-parser and fzstd
// stay outside: the first prints a deprecation warning where it is not below node_modules, the second
// is needed on Node 20 only. The licences of what is bundled are put beside it.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: top,
  entryPoints: ['src/main.ts'],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outdir: dist,
  chunkNames: 'chunks/[name]-[hash]',
  external: ['pcap-parser', 'fzstd'],
  define: { 'process.env.NODE_ENV': '"production"' },
  // ink asks for it when DEV is set: it is not installed, and a bundle looks for it at once.
  alias: { 'react-devtools-core': join(top, 'tools/no-devtools.mjs') },
  jsx: 'automatic',
  // Packages of the CommonJS kind ask for node: modules by require.
  banner: {
    js: "import { createRequire as sanscopeRequire } from 'node:module';\nconst require = sanscopeRequire(import.meta.url);",
  },
  plugins: [lazyProcess, afterApp],
  // Names and lines stay, for stack traces.
  minifySyntax: true,
  metafile: true,
  legalComments: 'none',
  logLevel: 'warning',
});

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

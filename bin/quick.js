// What most commands need is one script, dist/quick.cjs, and its compiled form lies beside it, made by
// the Node that built it (tools/build.mjs): to parse and compile the source takes longer than to read
// a small capture. Another Node compiles it itself, and keeps that where it can (Node 22 and later).

const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const SCRIPT = join(dirname(__dirname), 'dist', 'quick.cjs');
const CACHE = `${SCRIPT}.${process.version}-${process.platform}-${process.arch}.cache`;
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'];

/** The script, compiled, from `cachedData` where it fits. */
function compile(cachedData) {
  // It is ASCII only (the build sees to it), and read as such it needs half the memory.
  const source = WRAPPER[0] + readFileSync(SCRIPT, 'latin1') + WRAPPER[1];
  return new Script(source, { filename: SCRIPT, cachedData });
}

/** What the script exports. */
function run(script) {
  // A script of this kind cannot import: the screens are brought to it.
  const module = { exports: {}, all: () => import('../dist/main.js') };
  const require = Module.createRequire(SCRIPT);
  script.runInThisContext()(module.exports, require, module, SCRIPT, dirname(SCRIPT));
  return module.exports;
}

/** The program; undefined where it was not built. */
function load() {
  if (existsSync(CACHE)) return run(compile(readFileSync(CACHE)));
  if (!existsSync(SCRIPT)) return undefined;
  Module.enableCompileCache?.();
  return require(SCRIPT);
}

module.exports = { CACHE, compile, load, run };

// What most commands need is one script, dist/quick.cjs, and its compiled form: to parse and compile
// the source takes longer than to read a small capture. In a clone the build puts it beside the script
// (tools/build.mjs); an installed package has none, for it is this engine's and this processor's: it is
// made at the first run (bin/own-cache.js).

const { existsSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const SCRIPT = join(dirname(__dirname), 'dist', 'quick.cjs');
const CACHE = `${SCRIPT}.${process.version}-${process.platform}-${process.arch}.cache`;
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'];

/** It is ASCII only (the build sees to it), and read as such it needs half the memory. */
function read() {
  return readFileSync(SCRIPT, 'latin1');
}

/** The script, compiled, from `cachedData` where it fits. */
function compile(cachedData, source = read()) {
  return new Script(WRAPPER[0] + source + WRAPPER[1], { filename: SCRIPT, cachedData });
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
  const source = read();
  const { keep, kept } = require('./own-cache.js').ownCache(source);
  const script = compile(kept, source);
  if (kept === undefined || script.cachedDataRejected) keep(script);
  return run(script);
}

module.exports = { CACHE, compile, load, run };

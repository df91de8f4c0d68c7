// What most commands need is one script, dist/quick.cjs, and its compiled form: to parse and compile
// the source takes longer than to read a small capture. In a clone the build puts it beside the script
// (tools/build.mjs); an installed package has none, for it is this engine's and this processor's: it is
// made at the first run (bin/own-cache.js).

const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const SCRIPT = join(dirname(__dirname), 'dist', 'quick.cjs');
const ENGINE = `${process.version}-${process.platform}-${process.arch}`;

/**
 * A form holds what ran before it was kept, and is read whole: the report's, which is what most people
 * run, has nothing of the others.
 */
const FORMS = ['report', 'others'];
/** Commands whose words come first. */
const OTHERS =
  /^(?:commands?|pdus|sessions|luns|login|discovery|export|diff|slice|scrub|points|fields|explain|schema|live|completion|interfaces)$/;

/** Where the build keeps a form. */
function cacheOf(form) {
  return `${SCRIPT}.${ENGINE}.${form}.cache`;
}

/** The form that fits a command line (without node and the script). */
function formOf(argv) {
  return argv.includes('--json') || OTHERS.test(argv[0] ?? '') ? 'others' : 'report';
}

/** undefined where there is none. */
function readIf(path, encoding) {
  try {
    return readFileSync(path, encoding);
  } catch {
    return undefined;
  }
}

/** It is ASCII only (the build sees to it), and read as such it needs half the memory. */
function read() {
  return readIf(SCRIPT, 'latin1');
}

/** The script, compiled, from `cachedData` where it fits. */
function compile(cachedData, source = read()) {
  return new Script(source, { filename: SCRIPT, cachedData });
}

/** What the script exports. */
function run(script) {
  // A script of this kind cannot import: the screens are brought to it.
  const module = { exports: {}, all: () => import('../dist/main.js') };
  const require = Module.createRequire(SCRIPT);
  // It is a function of these words (the build sees to it).
  script.runInThisContext()(module.exports, require, module, SCRIPT, dirname(SCRIPT));
  return module.exports;
}

/** The program; undefined where it was not built. */
function load() {
  const source = read();
  if (source === undefined) return undefined;
  const built = readIf(cacheOf(formOf(process.argv.slice(2))));
  if (built !== undefined) return run(compile(built, source));
  const { keep, kept } = require('./own-cache.js').ownCache(source);
  const script = compile(kept, source);
  if (kept === undefined || script.cachedDataRejected) keep(script);
  return run(script);
}

module.exports = { FORMS, cacheOf, compile, load, run };

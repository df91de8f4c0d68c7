// The report is one script, dist/report.cjs, most other commands are another, dist/quick.cjs; each has a
// compiled form: to parse and compile the source takes longer than to read a small capture. In a clone the
// build puts it beside the script (tools/build.mjs); an installed package has none, for it is this
// engine's and this processor's: it is made at the first run (bin/own-cache.js).

const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const DIST = join(dirname(__dirname), 'dist');
const ENGINE = `${process.version}-${process.platform}-${process.arch}`;

/** The first has less to load, and asks for the second where a command line is not a report's. */
const SCRIPTS = ['report', 'quick'];
/** Commands whose words come first: no need to load the report's script to find out. */
const OTHERS =
  /^(?:commands?|pdus|sessions|luns|login|discovery|export|diff|slice|scrub|points|check|doctor|fields|explain|schema|config|mcp|live|completion|interfaces)$/;

/** A page is the second's work too, though its command is a report. */
function nameFor(words) {
  const isOther = OTHERS.test(words[0] ?? '') || words.some((word) => word.startsWith('--html'));
  return isOther ? 'quick' : 'report';
}

function pathOf(name) {
  return join(DIST, `${name}.cjs`);
}

/** Where the build keeps a compiled form. */
function cacheOf(name) {
  return `${pathOf(name)}.${ENGINE}.cache`;
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
function read(name) {
  return readIf(pathOf(name), 'latin1');
}

/** The script, compiled, from `cachedData` where it fits. */
function compile(name, cachedData, source = read(name)) {
  return new Script(source, { filename: pathOf(name), cachedData });
}

/** What the script exports. */
function run(name, script) {
  // A script of this kind cannot import: the screens are brought to it, and what the report has not.
  const all = () => import('../dist/main.js');
  const module = { exports: {}, all, others: () => load('quick') };
  const path = pathOf(name);
  // It is a function of these words (the build sees to it).
  script.runInThisContext()(module.exports, Module.createRequire(path), module, path, DIST);
  return module.exports;
}

/** The program; undefined where it was not built. */
function load(name = nameFor(process.argv.slice(2))) {
  const source = read(name);
  if (source === undefined) return undefined;
  const built = readIf(cacheOf(name));
  if (built !== undefined) return run(name, compile(name, built, source));
  const { keep, kept } = require('./own-cache.js').ownCache(source);
  const script = compile(name, kept, source);
  if (kept === undefined || script.cachedDataRejected) keep(script);
  return run(name, script);
}

module.exports = { SCRIPTS, cacheOf, compile, load, run };

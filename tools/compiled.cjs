// Makes the compiled form of a script of dist/ (bin/quick.js): runs what people run on a small capture, so
// that the functions they need are in it, and keeps what the engine made. Prints what the commands do.

const { existsSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { cacheOf, compile, run } = require('../bin/quick.js');

/** A login with all that it may hold, and a load with reads, writes and waits. */
const CAPTURES = ['tgt-chap.pcap', 'istgt-mixed-load.pcap.gz'];
const scratch = mkdtempSync(join(tmpdir(), 'sanscope-build-'));
const COMMANDS = {
  report: [['report']],
  quick: [['pdus'], ['commands'], ['sessions'], ['export', '-q', '--parquet', scratch]],
};

async function make(name) {
  const script = compile(name, undefined);
  const program = run(name, script);
  for (const path of CAPTURES.map((name) => join(__dirname, '../captures', name)).filter(
    existsSync,
  )) {
    for (const words of COMMANDS[name]) await program.main([...words, path]);
  }
  // The road sets a flag of the engine (cli/run.ts): code made under other flags is not taken.
  setFlagsFromString('--heap-growing-percent=0');
  writeFileSync(cacheOf(name), script.createCachedData());
}

make(process.argv[2]).finally(() => rmSync(scratch, { recursive: true, force: true }));

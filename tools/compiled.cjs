// Makes a compiled form of dist/quick.cjs (bin/quick.js): runs what people run on a small capture, so
// that the functions they need are in it, and keeps what the engine made. Prints what the commands do.

const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { cacheOf, compile, run } = require('../bin/quick.js');

/** A login with all that it may hold, and a load with reads, writes and waits. */
const CAPTURES = ['tgt-chap.pcap', 'istgt-mixed-load.pcap.gz'];
const COMMANDS = {
  report: [['report']],
  others: [['report', '--json'], ['report'], ['pdus'], ['commands']],
};

async function make(form) {
  const script = compile(undefined);
  const program = run(script);
  for (const path of CAPTURES.map((name) => join(__dirname, '../captures', name)).filter(
    existsSync,
  )) {
    for (const words of COMMANDS[form]) await program.main([...words, path]);
  }
  // The road sets a flag of the engine (cli/run.ts): code made under other flags is not taken.
  setFlagsFromString('--heap-growing-percent=0');
  writeFileSync(cacheOf(form), script.createCachedData());
}

make(process.argv[2]);

// Makes a compiled form of dist/quick.cjs (bin/quick.js): runs what people run on a small capture, so
// that the functions they need are in it, and keeps what the engine made. Prints what the commands do.

const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { cacheOf, compile, run } = require('../bin/quick.js');

const CAPTURE = join(__dirname, '../captures/tgt-chap.pcap');
const COMMANDS = {
  report: [['report']],
  others: [['report', '--json'], ['report'], ['pdus'], ['commands']],
};

async function make(form) {
  const script = compile(undefined);
  const program = run(script);
  if (existsSync(CAPTURE)) {
    for (const words of COMMANDS[form]) await program.main([...words, CAPTURE]);
  }
  // The road sets a flag of the engine (cli/run.ts): code made under other flags is not taken.
  setFlagsFromString('--heap-growing-percent=0');
  writeFileSync(cacheOf(form), script.createCachedData());
}

make(process.argv[2]);

// Makes the compiled form of dist/quick.cjs (bin/quick.js): runs what people run on a small capture, so
// that the functions they need are in it, and keeps what the engine made. Prints what the commands do.

const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { CACHE, compile, run } = require('../bin/quick.js');

const CAPTURE = join(__dirname, '../captures/tgt-chap.pcap');
const COMMANDS = [['report'], ['report', '--json'], ['pdus'], ['commands']];

async function make() {
  const script = compile(undefined);
  const program = run(script);
  if (existsSync(CAPTURE)) for (const words of COMMANDS) await program.main([...words, CAPTURE]);
  // The road sets a flag of the engine (cli/run.ts): code made under other flags is not taken.
  setFlagsFromString('--heap-growing-percent=0');
  writeFileSync(CACHE, script.createCachedData());
}

make();

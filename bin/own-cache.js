// The compiled form of dist/quick.cjs in the user's cache folder. Whoever can write it can run code as
// the user: only a folder and a file that are the user's own, and nobody else's to write, are believed.
// Where anything is not so, or cannot be written, the program does without.

const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
/** The build's mark at the head of the source. */
const BUILD = /^\/\*([0-9a-f]{32})\*\//;
/** So many others stay: of other commands, builds and engines. */
const KEPT = 15;
/** What a run compiled is in its form: each of these commands has its own, all else is as a report. */
const COMMAND =
  /^(commands?|pdus|sessions|luns|login|discovery|export|diff|slice|scrub|points|check)$/;
/** A run that ended so has done its work; one that only told how it is used has not. */
const DONE_MAX = 1;
const TELLS = /^(--help|-h|--version|help|completion|fields|schema|explain|interfaces|doctor)$/;
/** No link is followed, and what is no file is not waited for. */
const READ = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;
const PREFIX = 'quick-';

/** What was kept for this source and engine, and how to keep it when the program ends. */
function ownCache(source) {
  const build = BUILD.exec(source)?.[1];
  const folder = build === undefined ? undefined : ownFolder();
  if (folder === undefined) return { kept: undefined, keep() {} };
  const { version, platform, arch } = process;
  const first = process.argv[2] ?? '';
  const command = COMMAND.test(first) ? first : 'report';
  const engine = `${version}-${platform}-${arch}-${flags()}`;
  const file = join(folder, `${PREFIX}${build}-${engine}-${command}.cache`);
  const keep = (script) => {
    if (process.argv.length <= 2 || process.argv.some((word) => TELLS.test(word))) return;
    if (!isWritable(folder)) return;
    process.once('exit', (code) => {
      if (code <= DONE_MAX) write(file, script);
    });
  };
  return { kept: readOwn(file), keep };
}

/**
 * Code is taken under the flags only that it was made under. To load node:v8 costs a start 3 ms: where
 * nobody gives the engine flags there is nothing to ask it for.
 */
function flags() {
  if (process.execArgv.length === 0 && !process.env['NODE_OPTIONS']) return 'plain';
  return require('node:v8').cachedDataVersionTag().toString(16);
}

/** The folder, made where it is not there; undefined where it is not safe, or not wanted. */
function ownFolder() {
  const { env, getuid } = process;
  if (getuid === undefined || env['NODE_DISABLE_COMPILE_CACHE']) return undefined;
  try {
    const asked = env['XDG_CACHE_HOME'];
    const caches = asked && isAbsolute(asked) ? asked : join(homedir(), '.cache');
    if (!isAbsolute(caches)) return undefined;
    const folder = join(caches, 'sanscope');
    if (!fs.existsSync(folder)) {
      if (!isOurs(caches, getuid())) return undefined;
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    const stats = fs.lstatSync(folder);
    const safe = stats.isDirectory() && stats.uid === getuid() && (stats.mode & OTHERS) === 0;
    return safe ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** With sudo HOME may be another's: what root leaves there its owner could neither use nor take away. */
function isOurs(path, uid) {
  for (let at = path; ; at = dirname(at)) {
    const stats = fs.statSync(at, { throwIfNoEntry: false });
    if (stats !== undefined) return stats.uid === uid || (uid !== 0 && stats.uid === 0);
    if (at === dirname(at)) return false;
  }
}

/** To put the form together for a disk that takes nothing would cost every run. */
function isWritable(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Its bytes, from the very file that was looked at. They stand there twice: the engine looks at the length only, and
 * with a wrong byte it may end in a crash, at each start. To compare them takes less than any sum.
 */
function readOwn(file) {
  let fd = -1;
  try {
    fd = fs.openSync(file, READ);
    const stats = fs.fstatSync(fd);
    const safe =
      stats.isFile() && stats.uid === process.getuid() && (stats.mode & OTHERS_WRITE) === 0;
    return safe ? same(fs.readFileSync(fd)) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd >= 0) fs.closeSync(fd);
  }
}

function same(bytes) {
  const half = bytes.length >> 1;
  const first = bytes.subarray(0, half);
  return first.equals(bytes.subarray(half)) ? first : undefined;
}

/** Beside, on the disk, and renamed: no other run sees half of it, and none after the power failed. */
function write(file, script) {
  const beside = `${file}.${process.pid}`;
  try {
    // The road sets a flag of the engine (cli/run.ts): code made under other flags is not taken.
    require('node:v8').setFlagsFromString('--heap-growing-percent=0');
    const made = script.createCachedData();
    fs.writeFileSync(beside, Buffer.concat([made, made]), { mode: 0o600, flag: 'wx', flush: true });
    fs.renameSync(beside, file);
    forgetOld(file);
  } catch {
    remove(beside);
  }
}

function remove(path) {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

function forgetOld(file) {
  const folder = join(file, '..');
  const others = fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(PREFIX) && join(folder, name) !== file)
    .map((name) => ({ path: join(folder, name), ms: fs.statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.ms - a.ms);
  for (const { path } of others.slice(KEPT)) remove(path);
}

module.exports = { ownCache };

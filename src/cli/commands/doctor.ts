// sanscope doctor: what is there on this machine, and what to do where something is missing. It tries what
// the program itself would use, and changes nothing.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, statfsSync } from 'node:fs';
import { release, tmpdir, totalmem, type } from 'node:os';
import zlib from 'node:zlib';
import { DOCTOR_SCHEMA } from '../../export/schema-names.js';
import { nativeCrcs } from '../../lib/crc-native.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { bytesText, plural } from '../../lib/number-text.js';
import { listInterfaces } from '../../live/interfaces.js';
import { find, installed } from '../../live/programs.js';
import { type Block, cell, type Tone } from '../../view/cells.js';
import { readSettings } from '../config/config.js';
import { type CommandContext, flag, text, themeOf } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { asciiOnly, type ColorChoice, colorLevel, isTerminal, outputWidth } from '../terminal.js';
import { textLayout } from '../text-layout.js';

type State = 'ok' | 'limited' | 'missing';

interface Check {
  readonly name: string;
  readonly state: State;
  readonly found: string;
  /** What to do about it; absent where nothing need be done. */
  readonly advice?: string;
}

const NODE_LEAST = [20, 19] as const;
/** The spool of live captures, and unpacked captures of the screens. */
const TMP_LEAST = 1 << 30;

export async function doctor(context: CommandContext): Promise<number> {
  const { files } = context;
  const all = [...machine(), ...capturing(context), ...packed(context), ...(await shown(context))];
  const checks = all.filter(
    ({ name }) => files.length === 0 || files.some((word) => name.includes(word.toLowerCase())),
  );
  const output = standardOutput(context);
  if (flag(context, 'json'))
    output.write(`${JSON.stringify(record(checks, context), undefined, 2)}\n`);
  else {
    const { textOf } = await textLayout(context);
    output.write(textOf(checks.flatMap(checkBlocks)));
  }
  output.close();
  return EXIT.ok;
}

function record(checks: readonly Check[], { version }: CommandContext) {
  return { schema: DOCTOR_SCHEMA, type: 'doctor', version, checks };
}

const TONES: Readonly<Record<State, Tone>> = { ok: 'good', limited: 'warn', missing: 'bad' };
const STATE_WIDTH = 9;
const NAME_WIDTH = 14;

function checkBlocks({ name, state, found, advice }: Check): Block[] {
  const label = cell(state.padEnd(STATE_WIDTH) + name.padEnd(NAME_WIDTH), TONES[state]);
  const told: Block = { kind: 'prose', indent: 0, label, cell: cell(found) };
  if (advice === undefined) return [told];
  const indent = STATE_WIDTH + NAME_WIDTH;
  return [told, { kind: 'prose', indent, label: cell('→ ', 'note'), cell: cell(advice) }];
}

function machine(): Check[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const old = major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1]);
  const node: Check = {
    name: 'node',
    state: old ? 'limited' : 'ok',
    found: `${process.version} on ${type()} ${release()}, ${process.arch}, ${bytesText(totalmem())} of memory`,
    ...(old
      ? { advice: `Node ${NODE_LEAST.join('.')} or newer is what sanscope is tested on` }
      : {}),
  };
  const native = nativeCrcs() !== undefined;
  const crc: Check = {
    name: 'digests',
    state: native ? 'ok' : 'limited',
    found: native
      ? 'CRC32C by the processor (@node-rs/crc32)'
      : 'CRC32C without @node-rs/crc32: right, and slower where data digests are on',
    ...(native ? {} : { advice: 'install without --omit=optional' }),
  };
  return [node, crc, temporary()];
}

function temporary(): Check {
  const folder = tmpdir();
  const name = 'temporary';
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    const found = `${folder} has ${bytesText(free)} free`;
    if (free >= TMP_LEAST) return { name, state: 'ok', found };
    const advice =
      'set TMPDIR to a folder with more: packed captures are unpacked there for the screens';
    return { name, state: 'limited', found, advice };
  } catch {
    const advice = 'set TMPDIR to a folder that you may write';
    return { name, state: 'missing', found: `${folder} cannot be written`, advice };
  }
}

function capturing({ env }: CommandContext): Check[] {
  const path = env['PATH'] ?? '';
  const programs = installed(path);
  if (programs.length === 0) {
    return [
      {
        name: 'capture',
        state: 'missing',
        found: 'neither dumpcap nor tcpdump is installed: live reads pipes and growing files only',
        advice: 'apt-get install tcpdump (or wireshark-common for dumpcap); dnf install tcpdump',
      },
    ];
  }
  const where = programs.map((program) => find(program, path) ?? program).join(', ');
  return [{ name: 'capture', state: 'ok', found: where }, rights(path)];
}

/** Rights come by groups, capabilities or root: only opening says whether there are any. */
function rights(path: string): Check {
  const name = 'rights';
  const interfaces = listInterfaces(path).filter(({ name: one }) => mayCapture(path, one));
  if (interfaces.length > 0) {
    const names = interfaces.map(({ name: one }) => one).join(', ');
    return {
      name,
      state: 'ok',
      found: `may capture on ${plural(interfaces.length, 'interface')}: ${names}`,
    };
  }
  const dumpcap = find('dumpcap', path);
  const advice =
    dumpcap === undefined
      ? `run as root, or: sudo setcap cap_net_raw,cap_net_admin+ep ${find('tcpdump', path)}`
      : 'become a member of the group wireshark (sudo usermod -aG wireshark $USER, then log in anew), or run as root';
  return { name, state: 'missing', found: 'may capture on no interface', advice };
}

/** Link types are told only where the interface could be opened; nothing is captured. */
function mayCapture(path: string, on: string): boolean {
  return installed(path).some((program) => {
    const { status, stderr } = spawnSync(find(program, path) ?? program, ['-L', '-i', on], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
      timeout: 3000,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return status === 0 && !/permission|not permitted/i.test(stderr);
  });
}

function packed({ env }: CommandContext): Check[] {
  const path = env['PATH'] ?? '';
  const lz4 = find('lz4', path);
  const zstd = find('zstd', path);
  const own = 'createZstdDecompress' in zlib;
  return [
    lz4 === undefined
      ? {
          name: 'lz4',
          state: 'missing',
          found: 'captures packed by lz4 cannot be read',
          advice: 'apt-get install lz4; dnf install lz4; brew install lz4',
        }
      : { name: 'lz4', state: 'ok', found: lz4 },
    own || zstd !== undefined
      ? { name: 'zstd', state: 'ok', found: own ? 'Node’s own' : (zstd ?? '') }
      : {
          name: 'zstd',
          state: 'limited',
          found: 'by the package fzstd: slower, and not for windows beyond its bounds',
          advice: 'install the program zstd, or Node 22.15 or newer',
        },
  ];
}

async function shown(context: CommandContext): Promise<Check[]> {
  const { env } = context;
  const terminal = isTerminal(1);
  const term = env['TERM'] ?? '';
  const level = colorLevel(text(context, 'color') as ColorChoice, env, terminal);
  const colors = ['no colours', '16 colours', '256 colours', 'all colours'][level];
  const size = `${outputWidth(undefined)} columns`;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  const ascii = asciiOnly(context.options['ascii'], env);
  const dumb = term === 'dumb';
  return [
    {
      name: 'terminal',
      state: dumb ? 'limited' : 'ok',
      found: terminal
        ? `${term || 'of no name'}, ${size}, ${colors}, ${themeOf(context)} theme`
        : 'standard output is none: reports are written, no screens',
      ...(dumb ? { advice: 'TERM=dumb has no screens; set TERM to what your terminal is' } : {}),
    },
    {
      name: 'locale',
      state: ascii ? 'limited' : 'ok',
      found: `${locale === '' ? 'none set' : locale}: ${ascii ? 'ASCII' : 'UTF-8'}`,
      ...(ascii
        ? { advice: 'set LC_ALL=C.UTF-8 for lines and symbols (--no-ascii where they are there)' }
        : {}),
    },
    await settings(context),
  ];
}

/** What is wrong with them is told here as well: the other commands refuse to run. */
async function settings({ env }: CommandContext): Promise<Check> {
  const name = 'settings';
  try {
    const { path, read, inForce } = await readSettings(env);
    const file = `${path} ${read ? 'was read' : 'is not there'}`;
    const told = inForce.length === 0 ? 'none set' : plural(inForce.length, 'setting');
    return { name, state: 'ok', found: `${told}; ${file} (sanscope config lists all)` };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return {
      name,
      state: 'missing',
      found: error.message,
      advice: 'mend it: commands do not run until then',
    };
  }
}

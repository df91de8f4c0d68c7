// argv → which command, with which files and options. The only importer of commander.

import { existsSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { similar } from '../filter/error.js';
import { EXIT, UsageError } from '../lib/exit.js';
import { COMMANDS, type CommandEntry, type Flag, GLOBAL_FLAGS, PROGRAM } from './command-table.js';
import { fromTshark, tsharkWay } from './tshark-habits.js';

export type OptionValue =
  | string
  | number
  | boolean
  | FrameRange
  | readonly number[]
  | readonly string[];
export interface FrameRange {
  readonly first: number;
  readonly last: number;
}

export type Call =
  | {
      readonly kind: 'run';
      readonly command: CommandEntry['name'];
      readonly files: readonly string[];
      readonly options: Readonly<Record<string, OptionValue | undefined>>;
      /** Those that the command line itself gives. */
      readonly given: ReadonlySet<string>;
    }
  /** Help or version were printed. */
  | { readonly kind: 'done'; readonly exitCode: number };

/** Throws a UsageError where the line is wrong. `write` takes help, which is asked-for output. */
export function parse(
  given: readonly string[],
  version: string,
  write: (text: string) => void,
): Call {
  const argv = fromTshark(given);
  let call: Call | undefined;
  let complaint = '';
  const program = makeProgram(version, (entry, files, self) => {
    const options: Readonly<Record<string, OptionValue | undefined>> = self.optsWithGlobals();
    const given = new Set(
      Object.keys(options).filter((name) => self.getOptionValueSourceWithGlobals(name) === 'cli'),
    );
    call = { kind: 'run', command: entry.name, files, options, given };
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: write,
      writeErr: (text) => {
        complaint += text;
      },
    });
    command.configureHelp({ showGlobalOptions: true, helpWidth: 100 });
  }
  if (argv.length === 0)
    throw new UsageError(`name a capture to read\n\n${program.helpInformation()}`.trimEnd());
  try {
    program.parse(pairsJoined(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'done', exitCode: EXIT.ok };
    throw new UsageError(tsharkWay(given, complaint) ?? sentence(complaint || error.message, argv));
  }
  return call ?? { kind: 'done', exitCode: EXIT.usage };
}

type Run = (entry: CommandEntry, files: readonly string[], self: Command) => void;

function makeProgram(version: string, run: Run): Command {
  const program = new Command('sanscope')
    .description(PROGRAM.about)
    .usage('[command] [options] <file...>')
    // -V alone is the version too (main.ts); after a command it is the command's own.
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help; sanscope help <command> says more of one')
    .addHelpText('after', examplesText(COMMANDS.flatMap((entry) => entry.examples.slice(0, 2))));
  for (const flag of GLOBAL_FLAGS) program.addOption(toOption(flag));
  for (const entry of COMMANDS) {
    const command = program
      .command(entry.name, { isDefault: entry.name === 'report' })
      .description(entry.about)
      .argument(entry.argument?.name ?? '<file...>', entry.argument?.about ?? PROGRAM.file)
      .addHelpText('after', examplesText(entry.examples))
      .action((files: string | string[] | undefined, _options, self: Command) =>
        run(entry, [files ?? []].flat(), self),
      );
    for (const flag of entry.flags) command.addOption(toOption(flag));
  }
  return program;
}

function toOption(flag: Flag): Option {
  const option = new Option(flag.flags, flag.about);
  if (flag.choices !== undefined) option.choices(flag.choices);
  if (flag.kind === 'number') option.argParser((text: string) => numberOf(text, flag));
  if (flag.kind === 'range') option.argParser(rangeOf);
  if (flag.kind === 'pair') option.argParser(pairOf);
  if (flag.kind === 'ports') option.argParser(portsOf);
  if (flag.kind === 'words') option.argParser(wordsOf);
  if (flag.fallback !== undefined) option.default(flag.fallback);
  if (flag.required) option.makeOptionMandatory();
  return option;
}

/** "--diff 0 2" as "--diff 0,2": commander knows options of one value, or of any number. */
function pairsJoined(argv: readonly string[]): string[] {
  const args = [...argv];
  const at = args.indexOf('--diff') + 1;
  const [a = '', b = ''] = at > 0 ? args.slice(at, at + 2) : [];
  if (LOGIN.test(a) && LOGIN.test(b)) args.splice(at, 2, `${a},${b}`);
  return args;
}

const LOGIN = /^c?\d{1,10}$/i;

function pairOf(text: string): string {
  const [a = '', b = '', ...more] = text.split(',');
  if (LOGIN.test(a) && LOGIN.test(b) && more.length === 0) return text;
  throw new InvalidArgumentError('It takes two logins, by their connections: 0 2 or C0,C2.');
}

function numberOf(text: string, flag: Flag): number {
  const n = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  const { least = 0, most = Number.MAX_SAFE_INTEGER } = flag;
  if (n >= least && n <= most) return n;
  const range = most >= Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new InvalidArgumentError(`It takes a whole number, ${range}.`);
}

function rangeOf(text: string): FrameRange {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = match?.[2] === undefined ? first : Number(match[2]);
  if (match !== null && first >= 1 && last >= first) return { first, last };
  throw new InvalidArgumentError('It takes a frame number or a range: 12 or 12-40.');
}

function wordsOf(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text];
}

/** Adds to those of the flag's earlier uses. */
function portsOf(text: string, before: readonly number[] | undefined): readonly number[] {
  const ports = text.split(',').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0));
  if (ports.every((port) => port >= 1 && port <= 65_535)) return [...(before ?? []), ...ports];
  throw new InvalidArgumentError('It takes TCP ports, 1 to 65535: 3260 or 3260,13260.');
}

function examplesText(examples: CommandEntry['examples']): string {
  return `\nExamples:\n${examples.map(([line, about]) => `  $ ${line}\n      ${about}`).join('\n')}`;
}

/** commander's complaint as one sentence, with the way to the help of its command. */
function sentence(complaint: string, argv: readonly string[]): string {
  const text = complaint
    .trim()
    .replace(/^error: /, '')
    .replace(/\n\(?/g, ' (')
    .replace(/ is invalid\. ([A-Z])/, (_, letter: string) => ` is invalid: ${letter.toLowerCase()}`)
    .replace(/\.$/, '');
  const command = argv.find((word) => COMMANDS.some(({ name }) => name === word));
  const help = command === undefined ? 'sanscope --help' : `sanscope ${command} --help`;
  return `${text}; ${help} shows how it is used`;
}

/** Throws where no command was named, and the first file is none but reads like a command. */
export function refuseMistyped(argv: readonly string[], files: readonly string[]): void {
  const [word = ''] = files;
  if (argv.includes('report') || !/^[a-z]{3,12}$/.test(word) || existsSync(word)) return;
  const names = COMMANDS.map(({ name }) => name);
  const near = similar(word, names, 1);
  if (near.length === 0) return;
  throw new UsageError(
    `"${word}" is no file, and no command: did you mean sanscope ${near[0]}? (sanscope --help lists all)`,
  );
}

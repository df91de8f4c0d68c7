// The hands of people who use tshark: its options that mean something here are read as ours, the
// others are answered by a sentence that says how it is done here (tshark.1, 4.0).

import { harmless } from '../lib/harmless.js';
import { COMMANDS, type CommandEntry } from './command-table.js';

type Name = CommandEntry['name'];

/** Options of tshark with a value, also written `-rFILE`. */
const WITH_VALUE = 'rizwcTeEYfsBbadotRFOKjJNCGDHUXL';
/** What changes nothing here: names are never resolved, lines are flushed as they come. */
const IDLE: ReadonlySet<string> = new Set(['-n', '-l', '-Q', '--no-promiscuous-mode', '-p', '-P']);
/** Options that say which of our commands is meant where none is named, the first that is there. */
const MEANT: readonly (readonly [option: string, command: Name])[] = [
  ['-D', 'interfaces'],
  ['-i', 'live'],
  ['-w', 'slice'],
  ['-T', 'pdus'],
  ['-e', 'pdus'],
  ['-x', 'pdus'],
  ['-V', 'pdus'],
  ['-c', 'pdus'],
];

/** The same line in our words: -r names a file, and what is asked for names the command. */
export function fromTshark(argv: readonly string[]): readonly string[] {
  const named = argv.find((word, i) => isCommand(word) && !takesValue(argv[i - 1]));
  const options = optionsOf(argv);
  const meant = named ?? MEANT.find(([option]) => options.has(option))?.[1];
  // Alone it is what it was: `sanscope FILE`, `sanscope --version`.
  if (meant === undefined && !options.has('-r')) return argv;
  const line: string[] = named === undefined && meant !== undefined ? [meant] : [];
  const files: string[] = [];
  const writes = WRITTEN_BY_SLICE.has(named ?? meant ?? 'report') && options.has('-w');
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    const [, read] = /^(?:-r(.*)|--read-file(?:=.*)?)$/.exec(word) ?? [];
    if (/^(-r|--read-file$|--read-file=)/.test(word)) {
      const value = read || word.split('=')[1] || argv[++i];
      if (value === undefined) line.push(word);
      else files.push(value);
    } else if (writes && word === '-w') line.push('-o');
    else if (writes && word === named) line.push('slice');
    else if (named === undefined && IDLE.has(word)) continue;
    else if (meant === 'interfaces' && word === '-D') continue;
    else line.push(word);
  }
  return [...line, ...files];
}

/** `-w` of a list keeps the packets of what it lists: that is what slice does. */
const WRITTEN_BY_SLICE: ReadonlySet<string> = new Set(['slice', 'pdus']);

function isCommand(word: string): boolean {
  return COMMANDS.some(({ name }) => name === word);
}

/** True where the word behind is the option's value. */
function takesValue(option: string | undefined): boolean {
  return option !== undefined && /^-[A-Za-z]$/.test(option) && WITH_VALUE.includes(option[1]);
}

/** Short options that stand alone or with their value at once. */
function optionsOf(argv: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const word of argv) {
    if (!/^-[A-Za-z]/.test(word)) continue;
    if (word.length === 2 || WITH_VALUE.includes(word[1])) found.add(word.slice(0, 2));
  }
  return found;
}

/** Statistics of -z: what they begin with, and what tells the same here. */
const STATISTICS: readonly (readonly [RegExp, string])[] = [
  [/^(scsi|iscsi),srt/, 'sanscope report FILE has the latency of every operation and LUN'],
  [/^io,stat/, 'sanscope report --json FILE has the load over time, sanscope live -i IF shows it'],
  [/^(conv|endpoints|hosts|ip_hosts)/, 'sanscope sessions FILE lists who talks to whom'],
  [/^expert/, 'sanscope report FILE says what looks wrong, and what proves it'],
  [/^follow/, 'sanscope pdus --connection N -x FILE shows what a connection carried'],
  [/^(io,phs|ptype)/, 'sanscope report FILE says which packets were TCP and iSCSI'],
];

/** Other options of tshark that are none of ours: how it is done here. */
const WAYS: Readonly<Record<string, string>> = {
  '-R': '-Y FILTER filters here; nothing is read twice',
  '-2': 'nothing need be read twice: a PDU is told with its answer in sight (sanscope pdus --json)',
  '-d': '--port N takes a port for iSCSI; it is found on any port without that',
  '-o': 'there are no protocol preferences: digests, reassembly and ports are found in the capture',
  '-O': 'sanscope pdus -V FILE shows all fields of the PDUs',
  '-t': 'times count from the first packet; -e frame.time and sanscope export have the time of day',
  '-a': 'sanscope live ends with --duration 10s or --packets N; rings have -b',
  '-G': 'sanscope fields lists all fields that can be asked for, with tshark’s names',
  '-D': 'sanscope interfaces lists where can be captured',
  '-F': 'captures are written as pcapng (sanscope slice) or pcap (sanscope live -w)',
  '-j': '-T fields -e NAME picks fields',
  '-J': '-T fields -e NAME picks fields',
  '-K': 'Kerberos is not decrypted here',
  '-N': 'addresses are not resolved: the names of initiators and targets are in the capture',
  '-L': 'any link type is taken as it comes',
  '-z': 'sanscope --help lists what can be told',
  '-w': 'sanscope slice -o OUT FILE, commands -w OUT and pdus -w OUT keep packets, sanscope live -i IF -w OUT captures them',
  '-E': '-E goes with sanscope pdus -T fields',
  '-e': 'sanscope pdus -T fields -e NAME prints fields; lists have --columns',
  '-T': 'sanscope pdus has -T fields, json, ndjson; lists have --json and --csv',
  '-x': 'sanscope pdus -x FILE shows the bytes',
  '-V': 'sanscope pdus -V FILE shows every field',
  '-i': 'sanscope live -i IF captures',
  '-f': 'sanscope live -i IF -f FILTER captures what passes the filter',
  '-q': '-q stands before or behind the command: nothing but errors is said',
};

/** Where a line was refused for an option that is tshark's: the way here; else undefined. */
export function tsharkWay(argv: readonly string[], complaint: string): string | undefined {
  const [, option = ''] = /unknown option '(-[A-Za-z0-9])/.exec(complaint) ?? [];
  if (option === '-z') {
    const at = argv.findIndex((word) => word.startsWith('-z'));
    const what = argv[at].length > 2 ? argv[at].slice(2) : (argv[at + 1] ?? '');
    const found = STATISTICS.find(([pattern]) => pattern.test(what));
    if (found !== undefined) return `-z ${harmless(what)} is tshark’s: ${found[1]}`;
  }
  const way = WAYS[option];
  return way === undefined ? undefined : `${option} is tshark’s here: ${way}`;
}

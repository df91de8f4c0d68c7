// The hands of people who use tshark: its options that mean something here are read as ours, the
// others are answered by a sentence that says how it is done here (tshark.1, 4.0).

import { harmless } from '../lib/harmless.js';
import { COMMANDS, type CommandEntry } from './command-table.js';

type Name = CommandEntry['name'];

/** Options of tshark with a value, also written `-rFILE`. */
const WITH_VALUE = 'rizwcTeEYfsBbadotRFOKjJNCGDHUXL';
/** What changes nothing here: names are never resolved, lines are flushed as they come. */
const IDLE: ReadonlySet<string> = new Set(['-n', '-l', '-Q', '-p', '-P', '-2', '-g']);
/** Long names of options that are ours, or answered, by their short ones. */
const LONG: Readonly<Record<string, string>> = {
  '--read-file': '-r',
  '--display-filter': '-Y',
  '--read-filter': '-R',
  '--autostop': '-a',
  '--ring-buffer': '-b',
  '--buffer-size': '-B',
  '--snapshot-length': '-s',
  '--list-interfaces': '-D',
  '--list-data-link-types': '-L',
  '--linktype': '-y',
  '--monitor-mode': '-I',
  '--no-promiscuous-mode': '-p',
  '--print': '-P',
};
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
/** Whoever names a file by -r wants packets, not a report of what the filter leaves. */
const MEANT_WITH_FILE: typeof MEANT = [...MEANT, ['-Y', 'pdus']];

/** The same line in our words: -r names a file, and what is asked for names the command. */
export function fromTshark(given: readonly string[]): readonly string[] {
  if (given.length === 1 && given[0] === '-v') return ['--version'];
  const argv = given.flatMap(shortName);
  const named = argv.find((word, i) => isCommand(word) && !takesValue(argv[i - 1]));
  const options = optionsOf(argv);
  const table = options.has('-r') ? MEANT_WITH_FILE : MEANT;
  const meant = named ?? table.find(([option]) => options.has(option))?.[1];
  // Alone it is what it was: `sanscope FILE`, `sanscope --version`.
  if (meant === undefined && !options.has('-r')) return argv;
  const line: string[] = named === undefined && meant !== undefined ? [meant] : [];
  const files: string[] = [];
  const writes = WRITTEN_BY_SLICE.has(named ?? meant ?? 'report') && options.has('-w');
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word.startsWith('-r')) {
      const value = word.slice(2) || argv[++i];
      if (value === undefined) line.push(word);
      else files.push(value);
    } else if (meant === 'live' && word.startsWith('-a')) {
      const value = word.slice(2) || argv[++i];
      line.push(...(endOf(value) ?? ['-a', value]));
    } else if (writes && word === '-w') line.push('-o');
    else if (writes && word === named) line.push('slice');
    else if (named === undefined && IDLE.has(word)) continue;
    else if (meant === 'interfaces' && word === '-D') continue;
    else line.push(word);
  }
  return [...line, ...files];
}

/** Options of tshark that stand alone, and may stand together: -nr FILE, -nVr FILE. */
const CLUSTER = /^-([nlQpP2gVxq]+)([rcYTeEwif]?)(.*)$/;

/** `-nr FILE` is `-n -r FILE`; `--display-filter=x` is `-Y x`. */
function shortName(word: string): string[] {
  const [, alone = '', valued = '', value = ''] = CLUSTER.exec(word) ?? [];
  if (alone !== '' && (valued !== '' || (alone.length > 1 && value === ''))) {
    const last = valued === '' ? [] : [`-${valued}${value}`];
    return [...[...alone].map((letter) => `-${letter}`), ...last];
  }
  const at = word.indexOf('=');
  const short = LONG[at < 0 ? word : word.slice(0, at)];
  if (short === undefined) return [word];
  return at < 0 ? [short] : [short, word.slice(at + 1)];
}

/** When `-a` ends a capture, in our words. */
function endOf(condition: string | undefined): string[] | undefined {
  const [, what, value] = /^(duration|packets):(\d+(?:\.\d+)?)$/.exec(condition ?? '') ?? [];
  if (what === undefined) return undefined;
  return what === 'duration' ? ['--duration', `${value}s`] : ['-c', value];
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
  [/^(scsi|iscsi|fc),srt/, 'sanscope report FILE has the latency of every operation and LUN'],
  [/^io,stat/, 'sanscope report --json FILE has the load over time, sanscope live -i IF shows it'],
  [/^(conv|endpoints|hosts|ip_hosts)/, 'sanscope sessions FILE lists who talks to whom'],
  [/^expert/, 'sanscope report FILE says what looks wrong, and what proves it'],
  [/^follow/, 'sanscope pdus --connection N -x FILE shows what a connection carried'],
  [/^(io,phs|ptype|plen)/, 'sanscope report FILE says which packets were TCP and iSCSI'],
  [/^flow/, 'sanscope command FILE and sanscope login FILE draw who sent what, step by step'],
  [/^credentials/, 'sanscope login FILE says how each login was checked'],
  [/^proto,colinfo/, 'sanscope pdus -T fields -e NAME FILE prints a field of every PDU'],
  [/^help/, 'sanscope --help lists what can be told'],
];

/** Other options of tshark that are none of ours: how it is done here. */
const WAYS: Readonly<Record<string, string>> = {
  '-R': '-Y FILTER filters here; nothing is read twice',
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
  '-Y': 'sanscope pdus and commands filter by -Y; sanscope live -f FILTER filters what is captured, --save-on FILTER what is kept',
  '-c': 'sanscope pdus -c N ends after so many PDUs, sanscope live -c N after so many packets; lists have -n',
  '-n': 'names are never resolved, so there is nothing to be left out',
  '-u': 'durations have their unit; JSON and -T fields have nanoseconds, or seconds by tshark’s names',
  '-S': 'lines stand for themselves; -E separator= is between fields',
  '-P': 'what is captured is told while it is written',
  '-l': 'lines are written as they come',
  '-p': 'the capturing program chooses (--program)',
  '-I': 'SAN traffic does not come by radio',
  '-y': 'any link type is taken as it comes',
  '-s': 'sanscope live -i IF -s BYTES cuts packets',
  '-b': 'sanscope live -i IF -w OUT -b filesize:100MB keeps a ring',
  '-B': 'sanscope live -i IF -B MiB gives the kernel room',
  '-C': 'settings are in one file: sanscope config says which, and what is in force',
  '-H': 'names for addresses are set in the configuration (sanscope config)',
  '-W': 'captures are written as pcapng with what is known of their interfaces',
  '-X': 'there are no scripts: sanscope export and --json are for other programs',
  '-A': 'nothing is asked of whoever captures: --ssh HOST takes ssh’s own keys',
  '-U': 'what others read is --json, sanscope export and --metrics',
  '-M': 'memory is bounded without that, however long the capture is',
};

/** Long options of tshark that have no short name. */
const LONG_WAYS: Readonly<Record<string, string>> = {
  '--export-objects':
    'user data is not put together; sanscope pdus -x FILE shows the bytes of PDUs',
  '--disable-protocol': 'protocols are found by their bytes; --not-port PORT leaves a port alone',
  '--enable-protocol': 'protocols are found by their bytes; --port PORT asks for less proof',
  '--enable-heuristic': 'protocols are found by their bytes; --port PORT asks for less proof',
  '--disable-heuristic': 'protocols are found by their bytes; --not-port PORT leaves a port alone',
  '--only-protocols': '-Y FILTER picks PDUs',
  '--capture-comment': 'sanscope slice writes into the file why each packet was kept',
  '--compress':
    'what is written can be packed by gzip or zstd; packed captures are read as they are',
  '--temp-dir': 'TMPDIR is where temporary files go',
  '--hexdump': '-x shows the bytes',
  '--no-duplicate-keys': 'JSON has no key twice',
  '--log-level': 'SANSCOPE_DEBUG=1 shows where a mistake of ours came from',
};

/** Forms of -T that are tshark's alone. */
const FORMS: Readonly<Record<string, string>> = {
  pdml: '-T json has every field with its place, -V shows them',
  psml: 'a line a PDU is the default',
  ps: '--html of sanscope report is for printing',
  ek: '-T ndjson is a line a PDU; sanscope export --parquet is for engines',
  jsonraw: '-T json with -x has the bytes',
  tabs: '-T fields -e NAME has tabs between fields; lists have --csv',
};

/** Where a line was refused for an option that is tshark's: the way here; else undefined. */
export function tsharkWay(argv: readonly string[], complaint: string): string | undefined {
  const [, form = ''] = /option '-T, .*' argument '(\w+)' is invalid/.exec(complaint) ?? [];
  if (FORMS[form] !== undefined) return `-T ${form} is tshark’s: ${FORMS[form]}`;
  const [, long = ''] = /unknown option '(--[a-z-]+)/.exec(complaint) ?? [];
  if (LONG_WAYS[long] !== undefined) return `${long} is tshark’s: ${LONG_WAYS[long]}`;
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

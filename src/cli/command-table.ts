// The command line as one table: parsing, --help and the README's section come from it.

import { TOP_DEFAULT, TOP_MAX } from '../limits.js';

export interface Flag {
  /** `-n, --top <count>`, as commander reads it. */
  readonly flags: string;
  readonly about: string;
  /** `words`: given again and again. */
  readonly kind: 'switch' | 'text' | 'number' | 'range' | 'choice' | 'ports' | 'pair' | 'words';
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly fallback?: string | number;
  readonly required?: boolean;
}

export interface CommandEntry {
  readonly name:
    | 'report'
    | 'sessions'
    | 'luns'
    | 'commands'
    | 'command'
    | 'login'
    | 'pdus'
    | 'fields'
    | 'export'
    | 'schema'
    | 'explain'
    | 'live'
    | 'points'
    | 'discovery'
    | 'diff'
    | 'check'
    | 'doctor'
    | 'slice'
    | 'scrub'
    | 'interfaces'
    | 'mcp'
    | 'config'
    | 'completion';
  readonly about: string;
  /** Where it takes something else than captures. */
  readonly argument?: { readonly name: string; readonly about: string };
  readonly flags: readonly Flag[];
  readonly examples: readonly (readonly [line: string, about: string])[];
}

const WIDTH: Flag = {
  flags: '--width <columns>',
  about: 'lay text out for so many columns (default: those of the terminal, else 120)',
  kind: 'number',
  least: 40,
  most: 1000,
};

function htmlFlag(of: string): Flag {
  return {
    flags: '--html <file>',
    about: `write ${of} as one HTML file that needs no network and no script; - is standard output`,
    kind: 'text',
  };
}

const SECRETS: Flag = {
  flags: '--show-secrets',
  about:
    'show user data, and CHAP challenges and responses too (passwords can be guessed from them)',
  kind: 'switch',
};

function jsonFlag(about: string): Flag {
  return { flags: '--json', about, kind: 'switch' };
}

function filterFlag(of: string): Flag {
  return {
    flags: '-Y, --filter <filter>',
    about: `only ${of} for which this holds: names of \`sanscope fields\` or of tshark, == != < > contains matches in and or not`,
    kind: 'text',
  };
}

export const PROGRAM = {
  about:
    'Reads SAN traffic (iSCSI, iSER, iSNS, FCIP, iFCP, Fibre Channel) from captures: what was negotiated, ' +
    'what every SCSI command did and waited for, and what is broken.',
  file: 'captures (pcap, pcapng; gzip, zstd or lz4 too), - is standard input; several are one capture in time order',
} as const;

export const GLOBAL_FLAGS: readonly Flag[] = [
  { flags: '-q, --quiet', about: 'say nothing on stderr but errors', kind: 'switch' },
  {
    flags: '--color <when>',
    about: 'colours: auto obeys FORCE_COLOR, NO_COLOR and whether output is a terminal',
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    fallback: 'auto',
  },
  {
    flags: '--theme <theme>',
    about: 'colours for a dark or a light background, or none; auto looks at COLORFGBG',
    kind: 'choice',
    choices: ['auto', 'dark', 'light', 'none'],
    fallback: 'auto',
  },
  {
    flags: '--ascii',
    about:
      'screens and text in ASCII (by itself where the locale is not UTF-8, or TERM is linux or vt100)',
    kind: 'switch',
  },
  { flags: '--no-ascii', about: 'all signs, whatever the terminal says of itself', kind: 'switch' },
  {
    flags: '--port <ports>',
    about:
      'take these TCP ports for iSCSI, beside 3260 and 860: less proof is asked for there ' +
      '(iSCSI is found on any port)',
    kind: 'ports',
  },
  { flags: '--not-port <ports>', about: 'never look for iSCSI on these TCP ports', kind: 'ports' },
  {
    flags: '--fc-age-limit <time>',
    about:
      'frames of FCIP and iFCP older than this by their time stamps are told: 500ms, 2s (default 2s)',
    kind: 'text',
  },
];

function listFlags(sort: string): readonly Flag[] {
  return [
    { flags: '--json', about: 'NDJSON: one JSON object a row', kind: 'switch' },
    { flags: '--csv', about: 'CSV with a head line (RFC 4180)', kind: 'switch' },
    {
      flags: '--columns <names>',
      about: 'these columns, in this order (a wrong name lists them all)',
      kind: 'text',
    },
    { flags: '--sort <column>', about: sort, kind: 'text' },
    { flags: '--reverse', about: 'sort the other way round', kind: 'switch' },
    {
      flags: '-n, --count <n>',
      about: 'so many rows at most',
      kind: 'number',
      least: 1,
      most: 2 ** 53,
    },
    WIDTH,
  ];
}

function writeFlag(about: string): Flag {
  return { flags: '-w, --write <file>', about, kind: 'text' };
}

const SORT_ABOUT = 'by a column: durations and counts the largest first, all else the smallest';

const SOURCE_FLAGS: readonly Flag[] = [
  { flags: '-i, --interface <name>', about: 'capture on this interface', kind: 'text' },
  {
    flags: '-f, --capture-filter <filter>',
    about: 'what to capture (man pcap-filter); an empty one is everything',
    kind: 'text',
    fallback:
      'tcp port 3260 or tcp port 860 or tcp port 3225 or tcp port 3420 or port 3205 or icmp[0] == 3',
  },
  {
    flags: '-s, --snaplen <bytes>',
    about:
      'cut packets to so many bytes, 0 keeps them whole; PDUs that begin behind it are not seen',
    kind: 'number',
    least: 0,
    most: 262_144,
    fallback: 0,
  },
  {
    flags: '-B, --buffer <MiB>',
    about: 'buffer of the kernel for packets that wait',
    kind: 'number',
    least: 1,
    most: 4096,
    fallback: 256,
  },
  {
    flags: '--program <name>',
    about: 'what captures: auto takes dumpcap where it is installed and permitted, else tcpdump',
    kind: 'choice',
    choices: ['auto', 'dumpcap', 'tcpdump'],
    fallback: 'auto',
  },
  {
    flags: '--ssh <host>',
    about: 'capture by tcpdump on this host, over ssh without a password (BatchMode)',
    kind: 'text',
  },
  {
    flags: '--follow <file>',
    about:
      'read a file that another program is writing; with * or ? in its name the files of a ring, ' +
      'in the order in which they are written',
    kind: 'text',
  },
];

const SHOW_FLAGS: readonly Flag[] = [
  {
    flags: '--report-every <time>',
    about:
      'say in text what happened in each such interval: 500ms, 1min (default 10s where no terminal ' +
      'is there for the screens)',
    kind: 'text',
  },
  jsonFlag(
    'NDJSON: a record an interval and one a command that is over, and the report at the end',
  ),
  { flags: '--bell', about: 'ring where something is worth more than a note', kind: 'switch' },
  { flags: '--duration <time>', about: 'end after this time', kind: 'text' },
  {
    flags: '-c, --packets <n>',
    about: 'end after so many packets',
    kind: 'number',
    least: 1,
    most: 2 ** 53,
  },
];

const METRIC_FLAGS: readonly Flag[] = [
  {
    flags: '--metrics <[host:]port>',
    about:
      'serve Prometheus and OpenMetrics at http://host:port/metrics (host: 127.0.0.1; port 0: any, said on stderr)',
    kind: 'text',
  },
  {
    flags: '--otlp <url>',
    about:
      'send metrics as OTLP/JSON every ten seconds (http://localhost:4318); headers from OTEL_EXPORTER_OTLP_HEADERS',
    kind: 'text',
  },
];

const KEEP_FLAGS: readonly Flag[] = [
  { flags: '-w, --write <file>', about: 'keep the capture in this file (pcap)', kind: 'text' },
  {
    flags: '-b, --ring <limits>',
    about: 'with -w: a ring of files, filesize:100MB,duration:1min,files:10 (one or more of them)',
    kind: 'text',
  },
  {
    flags: '--save-on <filter>',
    about:
      'when a command that is over matches, write what led to it and what follows to a file and go ' +
      'on: latency > 500ms, status != good, retransmission',
    kind: 'text',
  },
  {
    flags: '--save-last <time>',
    about: 'how much of what came before --save-on writes, as far as the spool reaches',
    kind: 'text',
    fallback: '2min',
  },
  {
    flags: '--save-after <time>',
    about: 'how much of what follows it writes too; what matches meanwhile joins the same file',
    kind: 'text',
    fallback: '10s',
  },
  {
    flags: '--save-to <prefix>',
    about: 'where --save-on writes: the time and .pcapng are added',
    kind: 'text',
    fallback: 'sanscope-saved',
  },
  {
    flags: '--spool <size>',
    about: 'size of the temporary file of the last packets that --save-on writes from',
    kind: 'text',
    fallback: '256MiB',
  },
];

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'report',
    about:
      'sessions, operations with their latency, slowest commands, what looks wrong (the default)',
    flags: [
      jsonFlag('the same as one JSON document'),
      htmlFlag('the report with charts and ladders'),
      {
        flags: '--top <count>',
        about: 'how many of the slowest and of the open commands to list',
        kind: 'number',
        least: 0,
        most: TOP_MAX,
        fallback: TOP_DEFAULT,
      },
      filterFlag('commands'),
      SECRETS,
      WIDTH,
    ],
    examples: [
      ['sanscope trace.pcapng', 'the report of a capture'],
      [
        'sanscope report --top 50 a.pcap b.pcap.gz',
        'two files as one capture, 50 slowest commands',
      ],
      [
        `sanscope report -Y 'operation contains write and lun == 1' trace.pcap`,
        'only what writes to a LUN took',
      ],
      ['sanscope report --html report.html trace.pcap', 'to send: incidents, charts, ladders'],
      ['tcpdump -i eth0 -w - port 3260 | sanscope report -', 'from a pipe'],
      [
        "sanscope report --json trace.pcap | jq '.operations[].latency.p99Ns'",
        'numbers for programs',
      ],
    ],
  },
  {
    name: 'sessions',
    about: 'one row a session',
    flags: listFlags(SORT_ABOUT),
    examples: [
      ['sanscope sessions trace.pcap', 'who talked to whom, and how it ended'],
      ['sanscope sessions --sort commands -n 10 trace.pcap', 'the ten busiest'],
    ],
  },
  {
    name: 'luns',
    about: 'one row a logical unit and session: what it is, what it had to do',
    flags: listFlags(SORT_ABOUT),
    examples: [
      ['sanscope luns --sort latency trace.pcap', 'the slowest first'],
      ['sanscope luns --columns unit,paths trace.pcap', 'the same unit over several paths'],
    ],
  },
  {
    name: 'commands',
    about: 'one row a command, in the order in which they ended or sorted',
    flags: [
      filterFlag('commands'),
      ...listFlags(`${SORT_ABOUT} (without it rows are written while the capture is read)`),
      writeFlag('their packets too, as a pcapng: whole exchanges, with handshake and login'),
    ],
    examples: [
      ['sanscope commands --sort latency -n 20 trace.pcap', 'the 20 slowest'],
      [
        'sanscope commands --columns time,initiator,lun,operation,lba,latency trace.pcap',
        'columns to choose',
      ],
      [`sanscope commands -Y 'latency > 20ms && write' trace.pcap`, 'only some of them'],
      ['sanscope commands --csv trace.pcap > commands.csv', 'for a spreadsheet'],
      [
        'sanscope commands --sort latency -n 5 -w slow.pcapng trace.pcap',
        'the packets of the five slowest, for any tool',
      ],
    ],
  },
  {
    name: 'command',
    about: 'one command as a ladder: PDUs, R2Ts and bursts, what TCP did, phases of its time',
    flags: [
      { flags: '--itt <tag>', about: 'by its Initiator Task Tag (0x… or decimal)', kind: 'text' },
      {
        flags: '--frame <n[-m]>',
        about: 'those of which a PDU lies in these packets',
        kind: 'range',
      },
      {
        flags: '--slowest <n>',
        about: 'the slowest ones',
        kind: 'number',
        least: 1,
        most: TOP_MAX,
      },
      { flags: '--all', about: 'every data PDU on a line of its own', kind: 'switch' },
      { flags: '--json', about: 'NDJSON: one JSON object a command', kind: 'switch' },
      WIDTH,
    ],
    examples: [
      ['sanscope command --slowest 1 trace.pcap', 'where the slowest command spent its time'],
      ['sanscope command --itt 0x1f3 trace.pcap', 'the command of a task tag'],
      ['sanscope command --frame 1446 trace.pcap', 'the commands that packet 1446 belongs to'],
    ],
  },
  {
    name: 'login',
    about: 'every login as a ladder and as a table of its keys, or two of them side by side',
    flags: [
      {
        flags: '--connection <n>',
        about: 'only the login of this connection',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      {
        flags: '--diff <a,b>',
        about: 'two logins side by side, by their connections (--diff 0 2); what differs is marked',
        kind: 'pair',
      },
      SECRETS,
      { flags: '--json', about: 'NDJSON: one JSON object a login', kind: 'switch' },
      WIDTH,
    ],
    examples: [
      ['sanscope login trace.pcap', 'what was offered, answered and agreed, and why'],
      ['sanscope login --diff 0 2 trace.pcap', 'why does one host get other parameters?'],
    ],
  },
  {
    name: 'pdus',
    about: 'one line a PDU, or all that is in it',
    flags: [
      jsonFlag('NDJSON: one JSON object a PDU'),
      {
        flags: '-c, --count <n>',
        about: 'stop after so many PDUs',
        kind: 'number',
        least: 1,
        most: 2 ** 53,
      },
      {
        flags: '-T, --format <format>',
        about: 'as tshark: text, fields (those of -e), json (one array), ndjson',
        kind: 'choice',
        choices: ['text', 'fields', 'json', 'ndjson'],
      },
      {
        flags: '-e, --field <name>',
        about: 'a field of -T fields, by tshark’s name or ours; again for the next one',
        kind: 'words',
      },
      {
        flags: '-E, --field-style <option>',
        about:
          'how fields are printed: header=y, separator=, (or /t, /s), quote=d (s, n), occurrence=f (l, a), aggregator=;',
        kind: 'words',
      },
      {
        flags: '--frame <n[-m]>',
        about: 'only PDUs that begin or end in these packets',
        kind: 'range',
      },
      {
        flags: '-V, --details',
        about:
          'all that is in a PDU: every field with its byte and bit range, and what belongs to it',
        kind: 'switch',
      },
      { flags: '-x, --hex', about: 'the bytes of a PDU too', kind: 'switch' },
      filterFlag('PDUs'),
      writeFlag('their packets instead, as a pcapng, with all of their exchanges (as slice does)'),
      {
        flags: '--session <n>',
        about: 'only PDUs of this session',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      {
        flags: '--connection <n>',
        about: 'only PDUs of this connection',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      SECRETS,
      WIDTH,
    ],
    examples: [
      ['sanscope pdus -c 20 trace.pcap', 'the first 20 PDUs'],
      ['sanscope pdus --frame 120-180 trace.pcap', 'what packets 120 to 180 carry'],
      ['sanscope pdus -V --frame 120 trace.pcap', 'every field of what packet 120 carries'],
      [
        `sanscope pdus -Y 'latency > 20ms && operation contains write' trace.pcap`,
        'statuses of slow writes',
      ],
      [`sanscope pdus --json trace.pcap | jq 'select(.name == "Reject")'`, 'all rejects'],
      [
        'sanscope pdus -T fields -E header=y -e frame.number -e iscsi.opcode -e latency trace.pcap',
        'fields by tshark’s names and ours',
      ],
    ],
  },
  {
    name: 'fields',
    about: 'every field of PDUs, commands and their data: what -Y may ask and JSON shows',
    argument: {
      name: '[words...]',
      about: 'only fields whose name (or name in tshark) has one of these words in it',
    },
    flags: [jsonFlag('NDJSON: one JSON object a field')],
    examples: [
      ['sanscope fields lba', 'what the fields with an LBA are called'],
      ['sanscope fields --json | jq -r .name', 'for completion in a shell'],
    ],
  },
  {
    name: 'export',
    about:
      'the timeline of sessions, commands and PDUs as JSON, NDJSON, CSV, or Parquet for engines',
    flags: [
      {
        flags: '-o, --output <file>',
        about: 'where to write; - is standard output',
        kind: 'text',
      },
      {
        flags: '--parquet <folder>',
        about:
          'tables for DuckDB, ClickHouse, Spark: commands, sessions, events, findings, intervals, … (docs/ENGINES.md); many may write to one folder',
        kind: 'text',
      },
      {
        flags: '--capture <name>',
        about:
          'with --parquet: what this capture is called in the tables (default: its file’s name and a number)',
        kind: 'text',
      },
      {
        flags: '--interval <time>',
        about: 'with --parquet: length of the intervals (default 1s)',
        kind: 'text',
      },
      {
        flags: '--ndjson',
        about: 'one record a line, written while the capture is read (any size, constant memory)',
        kind: 'switch',
      },
      { flags: '--csv', about: 'only the commands, a row each', kind: 'switch' },
      { flags: '--pdus', about: 'with --parquet: the table of PDUs too', kind: 'switch' },
      { flags: '--no-pdus', about: 'leave out the PDUs', kind: 'switch' },
      {
        flags: '--session <n>',
        about: 'only this session',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      {
        flags: '--from <time>',
        about: 'only what began at this time or later (1.5s, 200ms since the first packet)',
        kind: 'text',
      },
      { flags: '--to <time>', about: 'only what began until then', kind: 'text' },
      filterFlag('commands'),
    ],
    examples: [
      ['sanscope export -o timeline.json trace.pcap', 'into a file'],
      [
        `sanscope export -o - trace.pcap | jq '.commands[] | select(.outcome != "good")'`,
        'commands that went wrong',
      ],
      ['sanscope export --ndjson --no-pdus -o - trace.pcap | jq -c .type', 'as a stream'],
      ['sanscope export --csv -o commands.csv trace.pcap', 'commands for a spreadsheet'],
      ['sanscope export --parquet tables trace.pcap', 'tables for engines'],
    ],
  },
  {
    name: 'diff',
    about:
      'two captures of the same kind of load at two times: what became slower or faster beyond chance, what was negotiated differently, findings new and gone',
    flags: [
      jsonFlag('one JSON document'),
      htmlFlag('the comparison'),
      {
        flags: '--fail-on <limits>',
        about:
          'exit code 1 where all commands together changed by more: p99:+20%, iops:-10%, errors:+0%',
        kind: 'text',
      },
      WIDTH,
    ],
    examples: [
      ['sanscope diff monday.pcap tuesday.pcap', 'what is slower today'],
      ['sanscope diff --fail-on p99:+20% before.pcap after.pcap', 'for scripts'],
    ],
  },
  {
    name: 'check',
    about:
      'a capture against rules and limits, for CI and cron: findings, limits of your own, and which rules of RFC 7143 were kept, broken or never seen; exit code 1 where something fails',
    flags: [
      {
        flags: '--fail-on <severity>',
        about: 'findings so grave, or graver, fail',
        kind: 'choice',
        choices: ['note', 'warning', 'critical', 'never'],
        fallback: 'warning',
      },
      {
        flags: '--rule <finding=severity>',
        about:
          'how grave a finding is here: off, note, warning or critical, as in tcp-delay=off; again for the next one',
        kind: 'words',
      },
      {
        flags: '--limit <limit>',
        about:
          'what must hold of commands, as in "p99 < 20ms" or "errors == 0 where lun == 1"; again for the next one',
        kind: 'words',
      },
      { flags: '--each', about: 'judge each file by itself', kind: 'switch' },
      jsonFlag('one JSON document'),
      { flags: '--junit <file>', about: 'write JUnit XML too', kind: 'text' },
      { flags: '--sarif <file>', about: 'write SARIF 2.1.0 too', kind: 'text' },
      {
        flags: '--github',
        about: 'add annotations as GitHub Actions reads them',
        kind: 'switch',
      },
      WIDTH,
    ],
    examples: [
      ['sanscope check trace.pcap', 'fails where a finding is a warning or worse'],
      [
        `sanscope check --limit 'p99 < 20ms where operation == "READ(10)"' trace.pcap`,
        'and where reads are slow',
      ],
      [
        'sanscope check --fail-on critical --rule tcp-delay=off --junit check.xml trace.pcap',
        'for a CI server',
      ],
    ],
  },
  {
    name: 'scrub',
    about:
      'a capture that may leave the house (pcapng): user data zeroed, names, addresses, serial numbers and what authenticates replaced by pseudonyms; all that sanscope analyses stays',
    flags: [
      {
        flags: '-o, --output <file>',
        about: 'where to write; - is standard output',
        kind: 'text',
        required: true,
      },
      {
        flags: '--keep <kinds>',
        about:
          'leave these as they are: names, addresses, macs, serials, isids (with commas between)',
        kind: 'text',
      },
      {
        flags: '--key <file>',
        about:
          'the same pseudonyms with the same key; made if it does not exist (default: a key that is forgotten)',
        kind: 'text',
      },
    ],
    examples: [
      ['sanscope scrub -o to-vendor.pcapng trace.pcap', 'for a support desk'],
      [
        'sanscope scrub --key house.key --keep macs -o b.pcapng b.pcap',
        'pseudonyms as in other captures',
      ],
    ],
  },
  {
    name: 'slice',
    about:
      'the packets of what matters as a capture of their own (pcapng): commands with the handshake and login of their connections, comments on what findings name',
    flags: [
      {
        flags: '-o, --output <file>',
        about: 'where to write; - is standard output',
        kind: 'text',
        required: true,
      },
      filterFlag('commands (or PDUs, with their commands)'),
      {
        flags: '--session <n>',
        about: 'only this session',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      {
        flags: '--connection <n>',
        about: 'only this connection',
        kind: 'number',
        least: 0,
        most: 2 ** 32,
      },
      {
        flags: '--frame <n[-m]>',
        about: 'only commands that pass in these packets',
        kind: 'range',
      },
      { flags: '--from <time>', about: 'only what went on at this time or later', kind: 'text' },
      { flags: '--to <time>', about: 'only what went on until then', kind: 'text' },
      {
        flags: '--incident <n>',
        about: 'the packets of an incident, and what lies between: 1 is the first of the report',
        kind: 'number',
        least: 1,
        most: 2 ** 32,
      },
      {
        flags: '--finding <id>',
        about: 'what proves the findings of this name, and what lies between',
        kind: 'text',
      },
    ],
    examples: [
      [
        "sanscope slice -Y 'latency > 500ms' -o slow.pcapng trace.pcap",
        'the slow commands, for any tool',
      ],
      [
        'sanscope slice --session 3 --from 10s --to 12s -o s3.pcapng trace.pcap',
        'two seconds of one session',
      ],
    ],
  },
  {
    name: 'discovery',
    about:
      'what hosts learnt of targets and where (SendTargets, iSNS, redirects), what they tried and reached; iSNS requests with their answers',
    flags: [{ flags: '--json', about: 'NDJSON: one JSON object a row', kind: 'switch' }, WIDTH],
    examples: [
      ['sanscope discovery trace.pcap', 'which targets were told of and never tried'],
      ['sanscope discovery --json trace.pcap', 'the same, and each iSNS request with its answer'],
    ],
  },
  {
    name: 'points',
    about:
      'two captures or more of the same traffic at different places: clocks aligned, one-way times, what was lost between, and where the time of each command went',
    flags: [
      {
        flags: '--name <names>',
        about: 'names of the places, in the order of the captures, with commas between',
        kind: 'text',
      },
      jsonFlag('one JSON document'),
      htmlFlag('the comparison'),
      WIDTH,
    ],
    examples: [
      ['sanscope points host.pcap array.pcap', 'host, network or array: whose time it was'],
      ['sanscope points --name esx7,array --json a.pcap b.pcap', 'the same for a program'],
    ],
  },
  {
    name: 'schema',
    about: 'the JSON Schema of what export writes',
    argument: {
      name: '[schema]',
      about:
        'which: sanscope/timeline/2 (the default), …/report/2, …/commands/2; a wrong name lists them all',
    },
    flags: [],
    examples: [['sanscope schema > timeline.schema.json', 'to validate with']],
  },
  {
    name: 'explain',
    about:
      'what a word of a host’s log, a status, a sense code or a finding means, and what shows it',
    argument: {
      name: '<words...>',
      about:
        '1022, "H:0x0 D:0x2 P:0x0 Valid sense data: 0x5 0x24 0x0", 0201, ping-timeout; captures behind them are searched for what shows it',
    },
    flags: [jsonFlag('one JSON record a line; `seen` has the findings of the captures')],
    examples: [
      ['sanscope explain 1022', 'conn error 1022 of a Linux host'],
      ['sanscope explain iScsiPrt event 9', 'of a Windows host'],
      ['sanscope explain 1020 trouble.pcap', 'and when this capture shows it, with the proof'],
    ],
  },
  {
    name: 'live',
    about: 'what iSCSI does now: from an interface, a pipe, another host, or a file that grows',
    argument: { name: '[source]', about: '- is a capture on standard input' },
    flags: [...SOURCE_FLAGS, ...SHOW_FLAGS, ...METRIC_FLAGS, ...KEEP_FLAGS, SECRETS, WIDTH],
    examples: [
      ['sanscope live -i eth0', 'every ten seconds what happened, the report at the end (Ctrl-C)'],
      ['tcpdump --immediate-mode -U -w - tcp port 3260 | sanscope live -', 'from a pipe'],
      ['sanscope live --ssh array1 --report-every 1s', 'on another host'],
      [
        `sanscope live -i eth0 --save-on 'latency > 500ms' --save-last 1min`,
        'the minute before each slow command as a capture',
      ],
      [
        `sanscope live -i eth0 --json | jq 'select(.type == "interval") | .iops'`,
        'numbers for programs',
      ],
      [`sanscope live --follow '/var/tmp/ring_*.pcapng'`, 'the ring that dumpcap -b writes'],
      ['sanscope live -i eth0 --metrics 9464', 'for Prometheus (docs/METRICS.md)'],
    ],
  },
  {
    name: 'doctor',
    about:
      'what sanscope finds on this machine (programs that capture, rights, packed files, terminal, Node, settings), and what to do where something is missing',
    argument: { name: '[words...]', about: 'only what has one of these words in its name' },
    flags: [jsonFlag('one JSON document'), WIDTH],
    examples: [['sanscope doctor', 'why does live not work here?']],
  },
  {
    name: 'interfaces',
    about: 'on which interfaces can be captured',
    argument: { name: '[name]', about: 'only this one' },
    flags: [jsonFlag('NDJSON: one JSON object an interface')],
    examples: [['sanscope interfaces', 'names for live -i']],
  },
  {
    name: 'config',
    about:
      'the settings in force and why: flag, then environment (SANSCOPE_…), then $XDG_CONFIG_HOME/sanscope/config.toml',
    argument: {
      name: '[words...]',
      about: 'only settings whose name has one of these words in it',
    },
    flags: [jsonFlag('NDJSON: one JSON object a setting, and one a name'), WIDTH],
    examples: [
      ['sanscope config', 'what is in force, from where, and what could be set'],
      ['SANSCOPE_THEME=light sanscope config theme', 'why it is as it is'],
    ],
  },
  {
    name: 'mcp',
    about: 'captures below folders, for an assistant: a Model Context Protocol server over stdio',
    argument: { name: '<folder...>', about: 'only captures below these folders may be read' },
    flags: [],
    examples: [
      [
        'claude mcp add san -- sanscope mcp /captures',
        'for an assistant that starts servers (docs/MCP.md)',
      ],
    ],
  },
  {
    name: 'completion',
    about: 'a script for bash, zsh or fish that completes commands, options, fields and columns',
    argument: { name: '<shell...>', about: 'bash, zsh or fish' },
    flags: [],
    examples: [
      [
        'sanscope completion bash > ~/.local/share/bash-completion/completions/sanscope',
        'for bash',
      ],
    ],
  },
];

// The command line as one table: parsing, --help and the README's section come from it.

import { TOP_DEFAULT, TOP_MAX } from '../limits.js';
import { FIELDS_COMMAND } from './fields-command.js';
import { type CommandEntry, type Flag, filterFlag, jsonFlag, SECRETS, WIDTH } from './flag.js';
import { LIST_COMMANDS } from './list-commands.js';
import { LIVE_COMMANDS } from './live-commands.js';

export const PROGRAM = {
  about:
    'Reads iSCSI traffic from captures: what was negotiated, what every SCSI command did and waited ' +
    'for, and what is broken.',
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
    flags: '--port <ports>',
    about:
      'take these TCP ports for iSCSI, beside 3260 and 860: less proof is asked for there ' +
      '(iSCSI is found on any port)',
    kind: 'ports',
  },
  { flags: '--not-port <ports>', about: 'never look for iSCSI on these TCP ports', kind: 'ports' },
];

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'report',
    about:
      'sessions, operations with their latency, slowest commands, what looks wrong (the default)',
    flags: [
      jsonFlag('the same as one JSON document'),
      {
        flags: '--top <count>',
        about: 'how many of the slowest and of the open commands to list',
        kind: 'number',
        least: 0,
        most: TOP_MAX,
        fallback: TOP_DEFAULT,
      },
      filterFlag('commands'),
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
      ['tcpdump -i eth0 -w - port 3260 | sanscope report -', 'from a pipe'],
      [
        "sanscope report --json trace.pcap | jq '.operations[].latencyNs.p99'",
        'numbers for programs',
      ],
    ],
  },
  ...LIST_COMMANDS,
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
    ],
  },
  FIELDS_COMMAND,
  {
    name: 'export',
    about: 'the timeline of sessions, commands and PDUs as JSON, NDJSON or CSV',
    flags: [
      {
        flags: '-o, --output <file>',
        about: 'where to write; - is standard output',
        kind: 'text',
        required: true,
      },
      {
        flags: '--ndjson',
        about: 'one record a line, written while the capture is read (any size, constant memory)',
        kind: 'switch',
      },
      { flags: '--csv', about: 'only the commands, a row each', kind: 'switch' },
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
        `sanscope export -o - trace.pcap | jq '.sessions[].commands[] | select(.outcome != "good")'`,
        'commands that went wrong',
      ],
      ['sanscope export --ndjson --no-pdus -o - trace.pcap | jq -c .type', 'as a stream'],
      ['sanscope export --csv -o commands.csv trace.pcap', 'commands for a spreadsheet'],
    ],
  },
  {
    name: 'schema',
    about: 'the JSON Schema of what export writes',
    argument: { name: '[schema]', about: 'which: sanscope/timeline/1 (the default)' },
    flags: [],
    examples: [['sanscope schema > timeline.schema.json', 'to validate with']],
  },
  ...LIVE_COMMANDS,
];

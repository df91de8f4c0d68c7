// The live part of the command line's table (commands.ts).

import { type CommandEntry, type Flag, jsonFlag, WIDTH } from './flag.js';

const SOURCE_FLAGS: readonly Flag[] = [
  { flags: '-i, --interface <name>', about: 'capture on this interface', kind: 'text' },
  {
    flags: '-f, --capture-filter <filter>',
    about: 'what to capture (man pcap-filter); an empty one is everything',
    kind: 'text',
    fallback: 'tcp port 3260 or tcp port 860',
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
  { flags: '--duration <time>', about: 'end after this time', kind: 'text' },
  {
    flags: '--packets <n>',
    about: 'end after so many packets',
    kind: 'number',
    least: 1,
    most: 2 ** 53,
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
      'when a command that is over matches, write the last packets to a file of their own and go ' +
      'on: latency > 500ms, status != good, retransmission',
    kind: 'text',
  },
  {
    flags: '--save-last <time>',
    about: 'how much --save-on writes, as far as the spool reaches',
    kind: 'text',
    fallback: '2min',
  },
  {
    flags: '--save-to <prefix>',
    about: 'where --save-on writes: the time and .pcap are added',
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

export const LIVE_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'live',
    about: 'what iSCSI does now: from an interface, a pipe, another host, or a file that grows',
    argument: { name: '[source]', about: '- is a capture on standard input' },
    flags: [...SOURCE_FLAGS, ...SHOW_FLAGS, ...KEEP_FLAGS, WIDTH],
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
    ],
  },
  {
    name: 'interfaces',
    about: 'on which interfaces can be captured',
    argument: { name: '[name]', about: 'only this one' },
    flags: [jsonFlag('NDJSON: one JSON object an interface')],
    examples: [['sanscope interfaces', 'names for live -i']],
  },
];

// The lists' and ladders' part of the command line's table (commands.ts).

import { TOP_MAX } from '../limits.js';
import { type CommandEntry, type Flag, filterFlag, SECRETS, WIDTH } from './flag.js';

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

const SORT_ABOUT = 'by a column: durations and counts the largest first, all else the smallest';

export const LIST_COMMANDS: readonly CommandEntry[] = [
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
    ],
    examples: [
      ['sanscope commands --sort latency -n 20 trace.pcap', 'the 20 slowest'],
      [
        'sanscope commands --columns time,initiator,lun,operation,lba,latency trace.pcap',
        'columns to choose',
      ],
      [`sanscope commands -Y 'latency > 20ms && write' trace.pcap`, 'only some of them'],
      ['sanscope commands --csv trace.pcap > commands.csv', 'for a spreadsheet'],
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
];

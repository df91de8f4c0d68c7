// The lists' and ladders' part of the command line's table (commands.ts).

import { type CommandEntry, type Flag, WIDTH } from './flag.js';

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
    flags: listFlags(`${SORT_ABOUT} (without it rows are written while the capture is read)`),
    examples: [
      ['sanscope commands --sort latency -n 20 trace.pcap', 'the 20 slowest'],
      [
        'sanscope commands --columns time,initiator,lun,operation,lba,latency trace.pcap',
        'columns to choose',
      ],
      ['sanscope commands --csv trace.pcap > commands.csv', 'for a spreadsheet'],
    ],
  },
];

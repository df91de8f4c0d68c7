// docs/LIMITS.md, made of the rows that limits.ts measured.

import { SESSIONS_IN_FULL } from '../src/limits.js';

/** Shape, `×1` or `×4`, size, capture, memory, live, time, output. */
export type Row = readonly string[];

const MEMORY = 4;
const LIVE = 5;
const TIME = 6;
const OUTPUT = 7;
const NO_ROW = 'not measured in this run';

export function limitsPage(rows: readonly Row[]): string {
  return `# What captures cost

Made by \`tools/limits.ts\` in one run, its parts side by side: \`sanscope report --json\`, or the command named, of captures whose shape makes
memory grow, at one size and at four times it; "live" is the memory of \`sanscope live --json -\` with the larger one from a pipe. Time is
the processor's, of a machine that others used too (memory does not suffer from that). Up to ${SESSIONS_IN_FULL} sessions are kept and told in full.
Of more, the oldest that are over are counted in the totals (\`sessionsNotListed\`), and only who and when is kept of them (250 bytes);
where all go on, the later ones are counted, and it is not kept how they were agreed. So output stops growing there. What is not flat from
×1 to ×4 ends at a bound, which the row names where ×1 has just reached it: all of them, each with its reason, are in \`src/limits.ts\`; one
that is reached is told (\`limit-reached\`).

| shape | | size | capture | memory | live | time | output |
|---|---|---|---|---|---|---|---|
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}

## What was asked, and what it is now

| capture | was | now |
|---|---|---|
${asked(rows)
  .map((cells) => `| ${cells.join(' | ')} |`)
  .join('\n')}
`;
}

/** What the issue that asked for bounds had measured, and the same shape now. */
function asked(rows: readonly Row[]): Row[] {
  const of = (what: string, times = '×4'): Row =>
    rows.find((row) => row[0].startsWith(what) && row[1] === times) ?? [];
  const told = (row: Row): string =>
    row.length === 0 || row[MEMORY] === ''
      ? NO_ROW
      : `${row[MEMORY]}, ${row[TIME]}, ${row[OUTPUT]} of JSON`;
  const day = 'a login every 5 s';
  const sessions = (row: Row): number => Number.parseFloat(row[2]);
  const more = (cell: number): string => {
    const by = megabytes(of(day)[cell]) - megabytes(of(day, '×1')[cell]);
    if (Number.isNaN(by)) return NO_ROW;
    return `${((by * 1000) / (sessions(of(day)) - sessions(of(day, '×1')))).toFixed(1)} KB`;
  };
  const many = of('sessions of 1 command');
  return [
    ['a session more: memory, JSON', '113 KB, 80 KB', `${more(MEMORY)}, ${more(OUTPUT)}`],
    ['a login every 5 s for a day', '2.05 GB, 1.3 GB of JSON', told(of(day))],
    [
      '50,000 sessions',
      '5.65 GB, 70 s; live the same',
      many[LIVE] ? `${told(many)}; live ${many[LIVE]}` : told(many),
    ],
    [
      'a million commands in 65,536 sessions',
      'asked: below 300 MB, 100 MB of JSON',
      told(of('sessions of 16 commands, cut off')),
    ],
    [
      'the same, where none ends',
      '2.3 GB, 905 MB of JSON',
      told(of('sessions of 16 commands that all go on')),
    ],
    ...['`command --slowest 3`', '`commands --sort latency -n 10`'].map((command) => [
      `${command} of 4 million commands`,
      '600 to 900 MB',
      of(command).length === 0 ? NO_ROW : `${of(command)[MEMORY]}, ${of(command)[TIME]}`,
    ]),
    ['text of SendTargets', '3 MB/s', told(of('targets that SendTargets names'))],
  ];
}

function megabytes(cell: string): number {
  return Number.parseFloat(cell);
}

// docs/sanscope.1 from the table of the command line: tools/readme.ts writes it with the README,
// test/cli/completion.test.ts checks that it is up to date.

import { COMMANDS, type Flag, GLOBAL_FLAGS, PROGRAM } from '../src/cli/command-table.js';

export const PAGE = new URL('../docs/sanscope.1', import.meta.url);

export function manPage(version: string): string {
  const lines = [
    `.TH SANSCOPE 1 "" "sanscope ${version}" "User Commands"`,
    '.SH NAME',
    'sanscope \\- analyses SAN traffic in captures and on interfaces',
    '.SH SYNOPSIS',
    '.B sanscope',
    '[\\fIcommand\\fR] [\\fIoptions\\fR] \\fIfile\\fR...',
    '.SH DESCRIPTION',
    roff(PROGRAM.about),
    '.PP',
    roff(
      `It reads ${PROGRAM.file}. On a terminal it opens the screens; else it writes the report.`,
    ),
    '.SH COMMANDS',
  ];
  for (const { name, about, argument, flags, examples } of COMMANDS) {
    lines.push(`.SS sanscope ${name} ${roff(argument?.name ?? '<file...>')}`, `${roff(about)}.`);
    for (const flag of flags) lines.push(...option(flag));
    for (const [line, what] of examples) {
      lines.push('.PP', `${roff(what)}:`, '.PP', '.nf', `    ${roff(line)}`, '.fi');
    }
  }
  lines.push('.SH OPTIONS OF ALL COMMANDS');
  for (const flag of GLOBAL_FLAGS) lines.push(...option(flag));
  lines.push(
    '.SH EXIT STATUS',
    '0 done; 2 the command line is wrong; 3 a file cannot be read or written; 4 a live capture ended by itself; 70 a bug of sanscope.',
  );
  return `${lines.join('\n')}\n`;
}

function option({ flags, about, fallback }: Flag): string[] {
  const more = fallback === undefined ? '' : ` (default ${fallback})`;
  return ['.TP', `.B ${roff(flags)}`, roff(`${about}${more}`)];
}

/** Hyphens are hyphens, and a line never begins with a request. */
function roff(text: string): string {
  const safe = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('’', "'");
  return /^[.']/.test(safe) ? `\\&${safe}` : safe;
}

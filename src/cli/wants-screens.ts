// Whether a command line without a command opens the screens, or is the report.

import { type Environment, isTerminal } from './terminal.js';

/** Only a report has these. */
const OF_THE_REPORT = /^(report$|--json$|--top(=|$)|--width(=|$))/;

/** True where nobody asked for the report, and somebody looks. */
export function wantsScreens(argv: readonly string[], env: Environment): boolean {
  if (argv.some((word) => OF_THE_REPORT.test(word)) || env['TERM'] === 'dumb') return false;
  // Standard input that is a terminal is no capture: the report says so in words.
  return isTerminal(1) && !(argv.includes('-') && isTerminal(0));
}

// What nearly every command line needs, as one piece of dist/: each file more costs a millisecond.

export { report } from './commands/report.js';
export { withSettings } from './config/with-settings.js';
export { explain } from './errors.js';
export { parse, refuseMistyped } from './parse.js';
export { wantsScreens } from './terminal.js';

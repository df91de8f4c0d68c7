// What nearly every command line needs, as one piece of dist/: each file more costs a millisecond.

export { report } from './commands/report.js';
export { explain } from './errors.js';
export { refuseMistyped } from './mistyped.js';
export { parse } from './parse.js';
export { wantsScreens } from './wants-screens.js';

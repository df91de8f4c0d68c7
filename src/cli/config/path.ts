// Where the file of settings is.

import { isAbsolute, join } from 'node:path';
import type { Environment } from '../terminal.js';

/** Where it is, or would be; '' where there is no home. */
export function configPath(env: Environment): string {
  const named = env['SANSCOPE_CONFIG'] ?? '';
  if (named !== '') return named;
  const asked = env['XDG_CONFIG_HOME'] ?? '';
  // The XDG base directory specification: what is not absolute is not to be taken.
  const folder = isAbsolute(asked) ? asked : ofHome(env['HOME'] ?? '');
  return folder === '' ? '' : join(folder, 'sanscope', 'config.toml');
}

function ofHome(home: string): string {
  return home === '' ? '' : join(home, '.config');
}

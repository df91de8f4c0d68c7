// A command line with what the environment and the file add to it. Where neither says anything, which is
// nearly always, nothing is loaded for it.

import { statSync } from 'node:fs';
import type { OptionValue } from '../parse.js';
import type { CommandContext } from '../run.js';
import type { Environment } from '../terminal.js';
import { configPath } from './path.js';

interface Line {
  readonly command: string;
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
  readonly given: ReadonlySet<string>;
}

type Added = Pick<CommandContext, 'options' | 'settings'>;

/** They read no captures and have no colours. */
const WITHOUT: ReadonlySet<string> = new Set([
  'doctor',
  'config',
  'schema',
  'fields',
  'completion',
]);
const OWN = /^SANSCOPE_(?!DEBUG$|JUDGE|BIN$|SHARED$)/;

/** Throws a UsageError where the environment or the file is wrong. */
export async function withSettings(call: Line, env: Environment): Promise<Added> {
  if (WITHOUT.has(call.command) || !told(env)) return { options: call.options };
  const { readSettings } = await import('./config.js');
  const { inForce } = await readSettings(env);
  const options: Record<string, OptionValue | undefined> = { ...call.options };
  const settings: Record<string, OptionValue> = {};
  for (const { setting, value } of inForce) {
    const { key, option, command } = setting;
    settings[key] = value;
    const applies = command === '' || (command === call.command && !forPrograms(call));
    if (option !== '' && applies && !call.given.has(option)) options[option] = value;
  }
  return { options, settings };
}

function told(env: Environment): boolean {
  for (const name in env) if (OWN.test(name) && env[name] !== '') return true;
  const path = configPath(env);
  return path !== '' && there(path);
}

function there(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true; // why not is told where it is read
  }
}

/** Columns and order are for people: what programs read is the same for everybody. */
function forPrograms({ options }: Line): boolean {
  return options['json'] === true || options['csv'] === true;
}

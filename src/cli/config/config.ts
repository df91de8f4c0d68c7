// What is in force: a flag of the command line before the environment (SANSCOPE_…) before the file.

import { similar } from '../../filter/error.js';
import { UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { giveNames } from '../../lib/names.js';
import { CONFIG_NAMES_MAX } from '../../limits.js';
import type { OptionValue } from '../parse.js';
import type { Environment } from '../terminal.js';
import { type ConfigFile, lineOf, readConfig } from './file.js';
import { whyNoName } from './names.js';
import { configPath } from './path.js';
import { SETTINGS, type Setting, SettingError } from './settings.js';

/** What is in force of one setting, and why. */
export interface InForce {
  readonly setting: Setting;
  readonly value: OptionValue;
  readonly from: 'environment' | 'file';
  /** `SANSCOPE_THEME`, `line 3`. */
  readonly where: string;
}

export interface Config {
  /** Where the file is, or would be. */
  readonly path: string;
  readonly read: boolean;
  readonly inForce: readonly InForce[];
  readonly names: ReadonlyMap<string, string>;
}

/** Throws a UsageError that names file, line and key. Names are in force from then on. */
export async function readSettings(env: Environment): Promise<Config> {
  const file = await readConfig(env);
  const told = file === undefined ? new Map<string, unknown>() : settingsOf(file);
  const inForce: InForce[] = [];
  for (const setting of SETTINGS) {
    const { key, variable } = setting;
    const text = env[variable] ?? '';
    if (text !== '') {
      const value = await taken(setting, text, variable);
      inForce.push({ setting, value, from: 'environment', where: variable });
    } else if (file !== undefined && told.has(key)) {
      const line = `line ${lineOf(file.text, key.split('.'))}`;
      const value = await taken(setting, told.get(key), `${file.path}, ${line}: ${key}`);
      inForce.push({ setting, value, from: 'file', where: line });
    }
  }
  const names = file === undefined ? new Map<string, string>() : namesOf(file);
  giveNames(names);
  return { path: configPath(env), read: file !== undefined, inForce, names };
}

async function taken(setting: Setting, value: unknown, where: string): Promise<OptionValue> {
  try {
    return await setting.take(value);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    throw new UsageError(harmless(`${where} ${error.message}`));
  }
}

/** Every key that is told, by its whole name; one that is not known is refused. */
function settingsOf(file: ConfigFile): Map<string, unknown> {
  const known = new Map(SETTINGS.map((setting) => [setting.key, setting]));
  const tables = new Set(SETTINGS.flatMap(({ key }) => key.split('.').slice(0, -1)));
  const told = new Map<string, unknown>();
  for (const [name, value] of Object.entries(file.table)) {
    if (name === NAMES) continue;
    if (tables.has(name) && isTable(value)) {
      for (const [own, one] of Object.entries(value)) {
        const key = `${name}.${own}`;
        if (!known.has(key)) throw unknown(file, [name, own], known.keys());
        told.set(key, one);
      }
    } else if (known.has(name)) told.set(name, value);
    else throw unknown(file, [name], [...known.keys(), ...tables, NAMES]);
  }
  return told;
}

const NAMES = 'names';

function namesOf(file: ConfigFile): Map<string, string> {
  const { [NAMES]: table = {} } = file.table;
  const names = new Map<string, string>();
  const at = (path: readonly string[]): string =>
    `${harmless(file.path)}, line ${lineOf(file.text, path)}`;
  if (!isTable(table)) throw new UsageError(`${at([NAMES])}: names is a table: [names]`);
  for (const [seen, name] of Object.entries(table)) {
    const why = whyNoName(seen, name);
    if (why !== '') {
      const quoted = isTable(name) ? ': a key with dots stands in quotes' : '';
      throw new UsageError(
        `${at([NAMES, seen])}: ${harmless(JSON.stringify(seen))} ${quoted === '' ? why : `is a table${quoted}`}`,
      );
    }
    if (names.size >= CONFIG_NAMES_MAX)
      throw new UsageError(`${at([NAMES])}: there are more than ${CONFIG_NAMES_MAX} names`);
    names.set(seen, String(name));
  }
  return names;
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknown(file: ConfigFile, path: readonly string[], known: Iterable<string>): UsageError {
  const key = path.join('.');
  const [near] = similar(key, known, 1);
  const meant = near === undefined ? 'sanscope config lists them all' : `did you mean ${near}?`;
  return new UsageError(
    harmless(`${file.path}, line ${lineOf(file.text, path)}: there is no setting ${key}: ${meant}`),
  );
}

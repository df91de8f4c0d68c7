// sanscope config: the settings in force, each with where it comes from, and what else could be set.

import { CONFIG_SCHEMA } from '../../export/schema-names.js';
import { EXIT } from '../../lib/exit.js';
import { plural } from '../../lib/number-text.js';
import { BLANK, type Block, type Cell, type Column, cell } from '../../view/cells.js';
import { type Config, readSettings } from '../config/config.js';
import { SETTINGS, type Setting } from '../config/settings.js';
import { type CommandContext, flag, themeOf } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { asciiOnly } from '../terminal.js';
import { textLayout } from '../text-layout.js';

/** What is in force of a setting; `where` is in words. */
interface Told {
  readonly setting: Setting;
  readonly value: string;
  readonly from: 'flag' | 'environment' | 'file' | 'default';
  readonly where: string;
}

export async function config(context: CommandContext): Promise<number> {
  const read = await readSettings(context.env);
  const asked = (name: string): boolean =>
    context.files.length === 0 || context.files.some((word) => name.includes(word));
  const told = SETTINGS.filter(({ key }) => asked(key)).map((one) => toldOf(one, read, context));
  const names = [...read.names].filter(
    ([seen, name]) => asked('names') || asked(seen) || asked(name),
  );
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    for (const record of records(told, names)) output.write(`${JSON.stringify(record)}\n`);
  } else {
    const { textOf } = await textLayout(context);
    output.write(textOf(blocks(told, names, read)));
  }
  output.close();
  return EXIT.ok;
}

function toldOf(setting: Setting, read: Config, context: CommandContext): Told {
  const { key, option, command, flag: name } = setting;
  const given = context.given?.has(option) === true && command === '';
  if (given)
    return { setting, value: valueText(context.options[option]), from: 'flag', where: name };
  const found = read.inForce.find((one) => one.setting.key === key);
  if (found !== undefined) {
    return { setting, value: valueText(found.value), from: found.from, where: found.where };
  }
  return { setting, value: setting.fallback, from: 'default', where: detected(key, context) };
}

/** What `auto` comes to here, and what says so. */
function detected(key: string, context: CommandContext): string {
  const { env } = context;
  if (key === 'theme') {
    const colors = env['COLORFGBG'] ?? '';
    return colors === '' ? '' : `${themeOf(context)}, by COLORFGBG=${colors}`;
  }
  if (key !== 'ascii') return '';
  if (!asciiOnly(undefined, env)) return 'false here';
  const by = ['TERM', 'LC_ALL', 'LC_CTYPE', 'LANG'].find(
    (name) => (env[name] ?? '') !== '' && asciiOnly(undefined, { [name]: env[name] }),
  );
  return by === undefined ? 'true here' : `true here, by ${by}=${env[by]}`;
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}

const COLUMNS: readonly Column[] = [
  { head: 'setting', align: 'left', priority: 0 },
  { head: 'in force', align: 'left', priority: 0, least: 28 },
  { head: 'from', align: 'left', priority: 0 },
  { head: 'variable', align: 'left', priority: 2 },
  { head: 'flag', align: 'left', priority: 3 },
  { head: 'what', align: 'left', priority: 1, least: 14 },
];

const NAME_COLUMNS: readonly Column[] = [
  { head: 'name', align: 'left', priority: 0 },
  { head: 'of', align: 'left', priority: 0 },
];

function blocks(
  told: readonly Told[],
  names: readonly (readonly [string, string])[],
  { path, read }: Config,
): Block[] {
  const file = path === '' ? 'no file: there is no home' : `${path}${read ? '' : ' (not there)'}`;
  const made: Block[] = [
    { kind: 'heading', text: 'Settings', note: 'a flag before the environment before the file' },
    { kind: 'line', indent: 2, cells: [cell('file  ', 'quiet'), { text: file, tone: 'plain' }] },
    BLANK,
    { kind: 'table', columns: COLUMNS, rows: told.map(row) },
    BLANK,
  ];
  if (names.length > 0) {
    // As they stand in the file: not by the names that they are given.
    const rows = names.map(([seen, name]): Cell[] => [
      cell(name, 'strong'),
      { text: seen, tone: 'plain' },
    ]);
    made.push(
      { kind: 'heading', text: 'Names', note: plural(names.length, 'address', 'addresses') },
      { kind: 'table', columns: NAME_COLUMNS, rows },
      BLANK,
    );
  }
  return made;
}

function row({ setting, value, from, where }: Told): Cell[] {
  const why = from === 'file' ? `file, ${where}` : from === 'default' ? 'default' : where;
  const here = from === 'default' && where !== '' ? `${value} (${where})` : value;
  return [
    cell(setting.key, 'strong'),
    cell(here === '' ? '–' : here, from === 'default' ? 'quiet' : 'good'),
    cell(why, from === 'default' ? 'quiet' : 'plain'),
    cell(setting.variable, 'quiet'),
    cell(setting.flag, 'quiet'),
    cell(setting.about, 'quiet'),
  ];
}

function* records(
  told: readonly Told[],
  names: readonly (readonly [string, string])[],
): Generator<object> {
  const schema = CONFIG_SCHEMA;
  for (const { setting, value, from, where } of told) {
    const { key, variable, flag: name } = setting;
    yield { schema, type: 'setting', key, value, from, where, variable, flag: name };
  }
  for (const [seen, name] of names) yield { schema, type: 'name', of: seen, name };
}

// What can be set for good, as one table: in the file, in the environment, and by flags of a command line.

import { LIVE_SORTS } from '../../report/interval-sorts.js';
import { SORT_COLUMNS } from '../../store/sort-keys.js';
import type { ListColumn } from '../../view/lists/list.js';
import type { CommandEntry } from '../command-table.js';
import type { OptionValue } from '../parse.js';
import { ageLimitNs } from '../road-options.js';

export interface Setting {
  /** Its place in the file: `theme`, `commands.columns`. */
  readonly key: string;
  /** SANSCOPE_… */
  readonly variable: string;
  /** What a command line says instead; '' where screens alone know it. */
  readonly flag: string;
  /** The option's name in a parsed command line, and of which command it is: '' of all. */
  readonly option: string;
  readonly command: CommandEntry['name'] | '';
  readonly fallback: string;
  readonly about: string;
  /** The option's value, of a value of the file or a text of the environment. Throws a SettingError. */
  readonly take: (value: unknown) => Promise<OptionValue> | OptionValue;
}

/** Why a value is not taken: the end of a sentence. */
export class SettingError extends Error {}

function of(
  key: string,
  flag: string,
  option: string,
  command: Setting['command'],
  fallback: string,
  about: string,
  take: Setting['take'],
): Setting {
  const variable = `SANSCOPE_${key.toUpperCase().replaceAll(/[.-]/g, '_')}`;
  return { key, variable, flag, option, command, fallback, about, take };
}

const THEMES = ['auto', 'dark', 'light', 'none'];
const COLORS = ['auto', 'always', 'never'];

const SORTED = 'the column that lists are sorted by';
const COLUMNS = 'columns of the list as text, in this order';

export const SETTINGS: readonly Setting[] = [
  of('theme', '--theme', 'theme', '', 'auto', 'auto, dark, light or none', oneOf(THEMES)),
  of('color', '--color', 'color', '', 'auto', 'auto, always or never', oneOf(COLORS)),
  of('ascii', '--ascii', 'ascii', '', 'auto', 'true, false or auto', yesNo),
  of('ports', '--port', 'port', '', '', 'TCP ports to take for iSCSI too', ports),
  of('not-ports', '--not-port', 'notPort', '', '', 'TCP ports that are never iSCSI', ports),
  of(
    'fc-age-limit',
    '--fc-age-limit',
    'fcAgeLimit',
    '',
    '2s',
    'age from which on frames of FCIP and iFCP are told',
    age,
  ),
  of(
    'commands.columns',
    '--columns',
    'columns',
    'commands',
    '',
    `${COLUMNS}; on the screen those of them that it has`,
    columns(commandColumns),
  ),
  of('commands.sort', '--sort', 'sort', 'commands', '', `${SORTED}, on the screen too`, (value) =>
    oneOf(SORT_COLUMNS)(value),
  ),
  of('sessions.columns', '--columns', 'columns', 'sessions', '', COLUMNS, columns(sessionColumns)),
  of('sessions.sort', '--sort', 'sort', 'sessions', '', SORTED, column(sessionColumns)),
  of('luns.columns', '--columns', 'columns', 'luns', '', COLUMNS, columns(lunColumns)),
  of('luns.sort', '--sort', 'sort', 'luns', '', SORTED, column(lunColumns)),
  of('live.sort', '', 'liveSort', 'live', LIVE_SORTS[0], LIVE_SORTS.join(', '), oneOf(LIVE_SORTS)),
];

type Columns = () => Promise<readonly Pick<ListColumn<never>, 'name' | 'key' | 'also'>[]>;

async function commandColumns() {
  return (await import('../../view/lists/command-columns.js')).COMMAND_COLUMNS;
}

async function sessionColumns() {
  return (await import('../../view/lists/session-columns.js')).SESSION_COLUMNS;
}

async function lunColumns() {
  return (await import('../../view/lists/lun-columns.js')).LUN_COLUMNS;
}

function oneOf(choices: readonly string[]): (value: unknown) => string {
  return (value) => {
    if (typeof value === 'string' && choices.includes(value)) return value;
    throw new SettingError(`takes one of ${choices.join(', ')}, not ${JSON.stringify(value)}`);
  };
}

/** undefined stands for auto, which the option's absence is. */
function yesNo(value: unknown): boolean | string {
  if (value === true || value === 'true' || value === '1') return true;
  if (value === false || value === 'false' || value === '0') return false;
  if (value === 'auto') return 'auto';
  throw new SettingError(`takes true, false or auto, not ${JSON.stringify(value)}`);
}

function ports(value: unknown): readonly number[] {
  const list = Array.isArray(value) ? value : String(value).split(',');
  return list.map((one: unknown) => {
    const port = Number(one);
    if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
    throw new SettingError(`takes TCP ports, 1 to 65535, not ${JSON.stringify(one)}`);
  });
}

function age(value: unknown): string {
  try {
    ageLimitNs(String(value));
  } catch {
    throw new SettingError(`takes an age of 1ms or more (500ms, 2s), not ${JSON.stringify(value)}`);
  }
  return String(value);
}

function columns(known: Columns): Setting['take'] {
  const take = column(known);
  return async (value) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : String(value).split(',');
    const names: string[] = [];
    for (const one of list)
      names.push(String(await take(typeof one === 'string' ? one.trim() : one)));
    return names.join(',');
  };
}

function column(known: Columns): Setting['take'] {
  return async (value) => {
    const all = await known();
    const found = all.find(
      ({ name, key, also }) => name === value || key === value || also?.includes(String(value)),
    );
    if (found !== undefined) return found.name;
    const { similar } = await import('../../filter/error.js');
    const near = similar(
      String(value),
      all.map(({ name }) => name),
      1,
    );
    const meant = near.length > 0 ? `: did you mean ${JSON.stringify(near[0])}?` : '';
    throw new SettingError(`has no column ${JSON.stringify(value)}${meant}`);
  };
}

// What may stand where a command line is typed: commands, options, their choices, fields, columns. Made
// from the command table; shells ask for it by scripts of a few lines.

import { pduBook } from '../filter/pdu-filter.js';
import { SORT_COLUMNS } from '../store/sort-keys.js';
import { COMMAND_COLUMNS } from '../view/lists/command-columns.js';
import { LUN_COLUMNS } from '../view/lists/lun-columns.js';
import { SESSION_COLUMNS } from '../view/lists/session-columns.js';
import { COMMANDS, type CommandEntry, type Flag, GLOBAL_FLAGS } from './command-table.js';

const FIELDS_MAX = 200;

/** The last of `words` is what is typed now, '' where nothing is yet. The program's name is not in them. */
export function candidates(words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  const entry = COMMANDS.find(({ name }) => words.slice(0, -1).includes(name));
  const flags = [...(entry?.flags ?? reportFlags()), ...GLOBAL_FLAGS];
  const before = flags.find((flag) => namesOf(flag).includes(words.at(-2) ?? ''));
  const values = before === undefined ? undefined : valuesOf(before, entry, typed);
  if (values !== undefined) return values;
  if (typed.startsWith('-')) return beginning(typed, flags.flatMap(namesOf));
  return entry === undefined
    ? beginning(
        typed,
        COMMANDS.map(({ name }) => name),
      )
    : [];
}

function reportFlags(): readonly Flag[] {
  return COMMANDS.find(({ name }) => name === 'report')?.flags ?? [];
}

/** `-Y, --filter <filter>` → `-Y`, `--filter`. */
function namesOf({ flags }: Flag): string[] {
  return flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));
}

/** Values of the option that stands before; undefined where it takes none. */
function valuesOf(
  flag: Flag,
  entry: CommandEntry | undefined,
  typed: string,
): string[] | undefined {
  if (flag.kind === 'switch') return undefined;
  if (flag.choices !== undefined) return beginning(typed, flag.choices);
  const names = namesOf(flag);
  if (names.includes('--field')) return beginning(typed, pduBook().names()).slice(0, FIELDS_MAX);
  if (names.includes('--sort') && entry?.name === 'commands') return beginning(typed, SORT_COLUMNS);
  if (names.includes('--sort')) return beginning(typed, columnsOf(entry));
  if (names.includes('--columns')) {
    // Those before the last comma stay.
    const head = typed.slice(0, typed.lastIndexOf(',') + 1);
    return beginning(typed.slice(head.length), columnsOf(entry)).map((name) => head + name);
  }
  return [];
}

function columnsOf(entry: CommandEntry | undefined): string[] {
  switch (entry?.name) {
    case 'sessions':
      return SESSION_COLUMNS.map(({ name }) => name);
    case 'luns':
      return LUN_COLUMNS.map(({ name }) => name);
    case 'commands':
      return COMMAND_COLUMNS.map(({ name }) => name);
    default:
      return [];
  }
}

function beginning(typed: string, all: Iterable<string>): string[] {
  return [...all].filter((one) => one.startsWith(typed));
}

/** Where nothing of ours fits, shells complete names of files. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# sanscope completion bash > ~/.local/share/bash-completion/completions/sanscope
_sanscope() {
  local IFS=$'\\n'
  COMPREPLY=($(sanscope completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _sanscope sanscope
`,
  zsh: `#compdef sanscope
# sanscope completion zsh > "\${fpath[1]}/_sanscope"
_sanscope() {
  local -a found
  found=("\${(@f)$(sanscope completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
compdef _sanscope sanscope
`,
  fish: `# sanscope completion fish > ~/.config/fish/completions/sanscope.fish
function __sanscope
    set -l words (commandline -opc) (commandline -ct)
    sanscope completion words -- $words[2..-1] 2>/dev/null
end
complete -c sanscope -a '(__sanscope)'
`,
};

// The file of settings: $XDG_CONFIG_HOME/sanscope/config.toml, or the one that SANSCOPE_CONFIG names. TOML
// 1.0. The only importer of smol-toml, which is loaded only where there is a file.

import { readFileSync, statSync } from 'node:fs';
import { UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { CONFIG_BYTES_MAX } from '../../limits.js';
import type { Environment } from '../terminal.js';
import { configPath } from './path.js';

export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly table: Readonly<Record<string, unknown>>;
}

/** undefined where there is none. Throws a UsageError where it cannot be read. */
export async function readConfig(env: Environment): Promise<ConfigFile | undefined> {
  const path = configPath(env);
  const text = path === '' ? undefined : textOf(path, (env['SANSCOPE_CONFIG'] ?? '') !== '');
  if (text === undefined) return undefined;
  const { parse, TomlError } = await import('smol-toml');
  try {
    return { path, text, table: parse(text, { maxDepth: 8, unsafeKeyBehaviour: 'throw' }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [, why = 'this is no TOML'] =
      /^(?:Invalid TOML document: )?([^\n]*)/.exec(error.message) ?? [];
    throw new UsageError(
      `${harmless(path)}, line ${error.line}: ${harmless(why)} (column ${error.column}; sanscope reads TOML)`,
    );
  }
}

/** Without a file under the usual name there are no settings; a name that was given must be there. */
function textOf(path: string, mustBe: boolean): string | undefined {
  let isThere = false;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    isThere = stats !== undefined;
    if (stats === undefined && !mustBe) return undefined;
    if (stats !== undefined && stats.size > CONFIG_BYTES_MAX) {
      throw new UsageError(`${harmless(path)} is no file of settings: it has ${stats.size} bytes`);
    }
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    // HOME may be somebody else's (sudo -u): whether there is a file nobody can see, and it is not ours.
    if (!mustBe && !isThere && (code === 'ENOTDIR' || code === 'EACCES')) return undefined;
    throw new UsageError(
      `the settings in ${harmless(path)} cannot be read: ${WORDS[code] ?? message}`,
    );
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'you lack the permission',
  EISDIR: 'it is a directory',
};

/** The line of a key, from 1; of its table where the key cannot be told. `path` is `['names', '10.0.0.1']`. */
export function lineOf(text: string, path: readonly string[]): number {
  const name = path.at(-1) ?? '';
  const key = new RegExp(`(?:^|[.{,])\\s*(["']?)${escaped(name)}\\1\\s*(?:[=.]|$)`);
  const table = path.slice(0, -1);
  let inside: readonly string[] = [];
  let near = 1;
  for (const [i, line] of text.split('\n').entries()) {
    const head = /^\s*\[{1,2}\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    if (head !== undefined) {
      inside = head.split('.').map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'));
      if (inside.join('.') === table.join('.')) near = i + 1;
      if (inside.join('.') === path.join('.')) return i + 1;
      continue;
    }
    const same = inside.join('.') === table.join('.');
    const dotted = table.length > 0 && inside.length === 0 && line.includes(table[0]);
    if ((same || dotted) && key.test(line)) return i + 1;
  }
  return near;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

// What the command line's tables are made of.

export interface Flag {
  /** `-n, --top <count>`, as commander reads it. */
  readonly flags: string;
  readonly about: string;
  readonly kind: 'switch' | 'text' | 'number' | 'range' | 'choice' | 'ports' | 'pair';
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  readonly fallback?: string | number;
  readonly required?: boolean;
}

export interface CommandEntry {
  readonly name:
    | 'report'
    | 'sessions'
    | 'luns'
    | 'commands'
    | 'command'
    | 'login'
    | 'pdus'
    | 'fields'
    | 'export'
    | 'schema'
    | 'live'
    | 'interfaces';
  readonly about: string;
  /** Where it takes something else than captures. */
  readonly argument?: { readonly name: string; readonly about: string };
  readonly flags: readonly Flag[];
  readonly examples: readonly (readonly [line: string, about: string])[];
}

export const WIDTH: Flag = {
  flags: '--width <columns>',
  about: 'lay text out for so many columns (default: those of the terminal, else 120)',
  kind: 'number',
  least: 40,
  most: 1000,
};

export const SECRETS: Flag = {
  flags: '--show-secrets',
  about: 'show CHAP challenges and responses too (passwords can be guessed from them)',
  kind: 'switch',
};

export function jsonFlag(about: string): Flag {
  return { flags: '--json', about, kind: 'switch' };
}

export function filterFlag(of: string): Flag {
  return {
    flags: '-Y, --filter <filter>',
    about: `only ${of} for which this holds: names of \`sanscope fields\` or of tshark, == != < > contains matches in and or not`,
    kind: 'text',
  };
}

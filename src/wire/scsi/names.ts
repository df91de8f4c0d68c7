// Names of VPD, mode and log pages, and of version descriptors; tables split on first use.

import { PAGE_ROWS } from './tables/pages.js';
import { VERSION_ROWS } from './tables/versions.js';

interface PageRow {
  readonly kind: string;
  readonly page: string;
  readonly subpage: string;
  readonly letters: string;
  readonly name: string;
}

let pages: readonly PageRow[] | undefined;
let versions: Map<string, string> | undefined;

/** kind: v VPD, m mode, l log. letter: the device type's (device-type.ts). */
export function pageName(kind: string, page: number, subpage: number, letter: string): string {
  pages ??= PAGE_ROWS.trim().split('\n').map(parsePage);
  const found = pages.filter(
    (row) => row.kind === kind && covers(row.page, page) && covers(row.subpage || '00', subpage),
  );
  const row =
    found.find((r) => r.letters.includes(letter)) ??
    found.find((r) => r.letters === '') ??
    found[0];
  if (row === undefined) {
    const sub = subpage === 0 ? '' : `/0x${hex(subpage, 2)}`;
    return `unknown (0x${hex(page, 2)}${sub})`;
  }
  return row.name;
}

/** "SPC-4 (no version claimed)", "iSCSI"; unknown ones keep their number. */
export function versionName(code: number): string {
  versions ??= new Map(
    VERSION_ROWS.trim()
      .split('\n')
      .map((row) => [row.slice(0, 4), row.slice(4)]),
  );
  return versions.get(hex(code, 4)) ?? `unknown (0x${hex(code, 4)})`;
}

function parsePage(line: string): PageRow {
  const [kind, page, subpage, letters, name] = line.split('|');
  return { kind, page, subpage, letters, name };
}

/** "08", or a range "01h-7f". */
function covers(text: string, value: number): boolean {
  const [first, last] = text.split('-').map((part) => Number.parseInt(part, 16));
  return value >= first && value <= (last ?? first);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

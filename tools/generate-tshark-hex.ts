// Asks tshark which of its fields that we know it prints as hex digits, and how many of them: writes
// src/filter/tables/tshark-hex.ts. Run by hand where tshark is installed.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { messageTsharkNames } from '../src/filter/message-fields.js';
import { allTsharkNames } from '../src/filter/tshark-fields.js';
import { tshark } from '../test/support/tshark.js';

const OUT = fileURLToPath(new URL('../src/filter/tables/tshark-hex.ts', import.meta.url));
const DIGITS: Readonly<Record<string, number>> = {
  FT_UINT8: 2,
  FT_UINT16: 4,
  FT_UINT24: 6,
  FT_UINT32: 8,
  FT_UINT64: 16,
};

const known = new Set([...allTsharkNames(), ...messageTsharkNames()]);
const widths = new Map<string, number>();
for (const line of tshark('-G', 'fields').split('\n')) {
  const [what, , name, type, , base = ''] = line.split('\t');
  const digits = DIGITS[type ?? ''];
  if (what !== 'F' || !known.has(name) || !base.startsWith('BASE_HEX') || !digits) continue;
  widths.set(name, Math.max(digits, widths.get(name) ?? 0));
}
const groups = new Map<string, string[]>();
for (const [name, digits] of [...widths].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const dot = name.lastIndexOf('.');
  const key = `${String(digits).padStart(2)} ${name.slice(0, dot)}`;
  groups.set(key, [...(groups.get(key) ?? []), name.slice(dot + 1)]);
}
const lines = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(
  OUT,
  `// tshark's fields (4.0.17, \`tshark -G fields\`) that it prints as hex digits, of those that we know too.
// digits prefix: what follows it. Made by tools/generate-tshark-hex.ts: do not edit.

export const TSHARK_HEX = \`
${lines.map(([key, names]) => `${key.trim()}: ${names.join(' ')}`).join('\n')}
\`;
`,
);

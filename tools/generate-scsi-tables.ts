// Turns the SCSI tables of test/specs/scsi (TSV, one row a code of the standards) into the compact
// tables under src/wire/scsi/tables/. Run by hand when those change:
//   node --import tsx tools/generate-scsi-tables.ts
// The result is committed; test/wire/scsi-tables.test.ts compares it with them.
// Each table is one long string, because a string costs nothing at start and is split on first use.

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, '../src/wire/scsi/tables');

type Row = Readonly<Record<string, string>>;

/** File name under src/wire/scsi/tables → text, from the folder with the TSVs. */
export function generateScsiTables(specs: string): Map<string, string> {
  return new Map([
    ['operations.ts', operations(specs)],
    ['cdbs.ts', cdbs(specs)],
    ['asc.ts', asc(specs)],
    ['versions.ts', versions(specs)],
    ['pages.ts', pages(specs)],
  ]);
}

function rows(specs: string, file: string): Row[] {
  const [head, ...lines] = readFileSync(join(specs, file), 'utf8').trimEnd().split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  });
}

function module(name: string, about: string, lines: readonly string[]): string {
  const bad = lines.find((line) => /[`\\$]/.test(line));
  if (bad) throw new Error(`a table row needs escaping: ${bad}`);
  const head = `// Made by tools/generate-scsi-tables.ts: do not edit.\n// ${about}\n`;
  return `${head}\nexport const ${name} = \`\n${lines.join('\n')}\n\`;\n`;
}

const code = (text: string): string => text.replace(/h$/, '').toLowerCase();
/** Some tables print "READ (32)" and some "READ(32)": always the second. */
const spelled = (name: string): string => name.replace(/ \((\d+)\)/, '($1)');

// Operations: opcode|service action|device letters|direction|lba|blocks|tape blocks|name

/** Opcodes whose service actions are named apart from the command: "PERSISTENT RESERVE IN: READ KEYS". */
const PREFIXED = new Set(['48', '5e', '5f', '86', '87', '8c']);
/** Their "service actions" are forms or modes of one command. */
const ONE_COMMAND = new Set(['34', '8f', '9d']);

function operations(specs: string): string {
  const lines: string[] = [];
  const facts = cdbFactsBy(specs);
  for (const row of rows(specs, 'opcodes.tsv')) {
    if (row.opcode.includes('-') || row.name.startsWith('(')) continue;
    const letters = row.device_types
      .split(',')
      .filter((x) => x !== '' && !x.endsWith('=V'))
      .map((x) => x[0])
      .join('');
    const name = spelled(row.name).replace(/^Third-party Copy/, 'THIRD-PARTY COPY');
    const opcode = code(row.opcode);
    const fact = facts(opcode, '', name, letters);
    const dir = direction(row, opcode, '');
    lines.push([opcode, '', letters, dir, ...fact, name].join('|'));
  }
  for (const row of rows(specs, 'service-actions.tsv')) {
    const opcode = code(row.opcode);
    if (row.kind !== 'service action' || ONE_COMMAND.has(opcode) || row.code === '') continue;
    if (row.name.startsWith('(')) continue;
    const letters = row.device_types === 'all' ? '' : row.device_types.replaceAll(',', '');
    const own = spelled(row.name);
    const name = PREFIXED.has(opcode) ? `${row.opcode_name}: ${own}` : own;
    const fact = facts(opcode, code(row.code), own, letters);
    const dir = direction(row, opcode, code(row.code));
    lines.push([opcode, code(row.code), letters, dir, ...fact, name].join('|'));
  }
  const about =
    'opcode|service action|device types (none: all)|direction|LBA|blocks|tape blocks|name';
  return module('OPERATION_ROWS', about, lines);
}

/** n none, i in, o out, b both, ? not told by the CDB; or a rule on bits: see operations.ts. */
function direction(row: Row, opcode: string, action: string): string {
  const long = opcode === '7f';
  switch (row.data_direction) {
    case 'none':
      return 'n';
    case 'in':
      return 'i';
    case 'out':
      return 'o';
    case 'bidi':
      return 'b';
  }
  // "out when BYTCHK=01b or 11b", "none when NDOB=1", "out when FMTDATA=1", … (opcodes.tsv, notes)
  if (/BYTCHK|BYTCMP/.test(row.notes)) return long ? 'o10&2' : 'o1&2';
  if (/NDOB/.test(row.notes)) return long ? 'o10!1' : 'o1!1';
  if (/FMTDATA/.test(row.notes)) return 'o1&16';
  if (/^out when TRANSFER LENGTH>0/.test(row.notes)) return 'o3&255,4&255';
  if (/^out when PARAMETER LIST LENGTH>0/.test(row.notes)) return 'o12&255,13&255';
  if (/^by T_LENGTH/.test(row.notes) || action === '1ff0') return long ? 'a11' : 'a2';
  return '?';
}

/** Where a command's LBA and block count stand in its CDB: `byte:bytes` each, or empty. */
function cdbFactsBy(specs: string) {
  const all = rows(specs, 'cdb-fields.tsv');
  return (opcode: string, action: string, name: string, letters: string): string[] => {
    const fields = all.filter(
      (r) =>
        code(r.opcode) === opcode &&
        code(r.service_action) === action &&
        spelled(r.command) === name &&
        (letters === '' || r.device_types === 'all' || sharesType(r, letters)),
    );
    // Tape commands share names with disk commands but have no LBA: the disk's row comes first.
    const first = fields[0]?.device_types;
    const mine = fields.filter((r) => r.device_types === first);
    const lba = mine.find((r) => LBA_FIELDS.has(r.field));
    const blocks = mine.find((r) => BLOCK_FIELDS.has(r.field));
    const capacity = name.startsWith('READ CAPACITY'); // its LBA is obsolete and 0
    const at = (r: Row | undefined) => (r ? `${r.byte}:${r.bytes}` : '');
    const known = lba !== undefined && !capacity;
    return [known ? at(lba) : '', known ? at(blocks) : '', at(tapeBlocks(fields))];
  };
}

/** Tape: TRANSFER LENGTH counts blocks where FIXED (byte 1, bit 0) is one (SSC). */
function tapeBlocks(fields: readonly Row[]): Row | undefined {
  const tape = fields.filter((r) => r.device_types === 'T');
  const isFixed = tape.some((r) => r.field === 'FIXED' && r.byte === '1' && r.bit_low === '0');
  return isFixed ? tape.find((r) => BLOCK_FIELDS.has(r.field)) : undefined;
}

const sharesType = (row: Row, letters: string): boolean =>
  row.device_types.split(',').some((letter) => letters.includes(letter));

const LBA_FIELDS = new Set([
  'LOGICAL BLOCK ADDRESS',
  'STARTING LOGICAL BLOCK ADDRESS',
  'STARTING LBA',
  'ZONE START LBA',
  'ZONE ID',
]);
const BLOCK_FIELDS = new Set([
  'TRANSFER LENGTH',
  'VERIFICATION LENGTH',
  'PREFETCH LENGTH',
  'NUMBER OF LOGICAL BLOCKS',
]);

// CDB layouts: a head line "opcode|service action|types|length|name", then its fields as
// "label@byte.bit+width", bit 0 being the most significant, `~` in front where obsolete.

function cdbs(specs: string): string {
  const lines: string[] = [];
  let key = '';
  for (const row of rows(specs, 'cdb-fields.tsv')) {
    const types = row.device_types === 'all' ? '' : row.device_types.replaceAll(',', '');
    const head = [
      code(row.opcode),
      code(row.service_action),
      types,
      row.cdb_length,
      spelled(row.command),
    ].join('|');
    if (head !== key) lines.push(head);
    key = head;
    const bytes = Number(row.bytes);
    const bit = 7 - Number(row.bit_high);
    const width = bytes === 1 ? Number(row.bit_high) - Number(row.bit_low) + 1 : bytes * 8 - bit;
    const label = row.field.replace(/ \(18h\)$/, '');
    const obsolete = row.obsolete === '' ? '' : '~';
    lines[lines.length - 1] += `;${obsolete}${label}@${row.byte}.${bit}+${width}`;
  }
  return module('CDB_ROWS', 'opcode|service action|types|length|name;field@byte.bit+width…', lines);
}

// ASC and ASCQ, version descriptors, pages

function asc(specs: string): string {
  const lines = rows(specs, 'asc-ascq.tsv').map(
    (r) => `${code(r.asc)}${code(r.ascq)}${r.description}`,
  );
  return module('ASC_ROWS', 'ASC and ASCQ (hex; ranges kept), then the text.', lines);
}

function versions(specs: string): string {
  const lines = rows(specs, 'version-descriptors.tsv').map((r) => `${code(r.code)}${r.name}`);
  return module('VERSION_ROWS', 'Version descriptor (hex), then the standard.', lines);
}

/** v|l|m (VPD, log, mode), page, subpage, device types, name. */
function pages(specs: string): string {
  const line = (kind: string) => (r: Row) => {
    const types = r.device_types === 'all' ? '' : r.device_types.replaceAll(',', '');
    return [kind, code(r.page_code), code(r.subpage_code ?? ''), types, r.name].join('|');
  };
  return module('PAGE_ROWS', 'v VPD, m mode, l log|page|subpage|device types|name', [
    ...rows(specs, 'vpd-pages.tsv').map(line('v')),
    ...rows(specs, 'mode-pages.tsv').map(line('m')),
    ...rows(specs, 'log-pages.tsv').map(line('l')),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of generateScsiTables(join(HERE, '../test/specs/scsi')))
    writeFileSync(join(OUT, file), text);
}

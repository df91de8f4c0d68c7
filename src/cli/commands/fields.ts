// sanscope fields: every field that JSON shows and that filters may ask for.

import { FIELDS_SCHEMA } from '../../export/schema-names.js';
import { type FieldRow, fieldRows } from '../../filter/catalogue.js';
import { similar } from '../../filter/error.js';
import { harmless } from '../../lib/harmless.js';
import { type CommandContext, flag } from '../run.js';
import { standardOutput } from '../standard-output.js';

const HEAD: FieldRow = {
  name: 'name',
  type: 'text',
  unit: 'unit',
  section: 'section',
  tshark: "tshark's name",
  about: 'about',
};

/** With words: those whose name, or tshark's, has one of them. */
export async function fields(context: CommandContext): Promise<number> {
  const words = context.files.map((word) => word.toLowerCase());
  const rows = fieldRows().filter((row) => isWanted(row, words));
  if (rows.length === 0) {
    const near = words.flatMap((word) => similar(word, namesOf(fieldRows())));
    const hint = near.length > 0 ? `: did you mean ${near.join(', ')}?` : '';
    context.say(`sanscope: no field has ${harmless(words.join(' or '))} in its name${hint}\n`);
    return 0;
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    for (const { type: kind, name, ...row } of rows) {
      const record = { schema: FIELDS_SCHEMA, type: 'field', name, kind, ...row };
      output.write(`${JSON.stringify(record)}\n`);
    }
  } else for (const line of table(rows)) output.write(line);
  output.close();
  return 0;
}

function namesOf(rows: readonly FieldRow[]): string[] {
  return [...new Set(rows.map(({ name }) => name))];
}

function isWanted({ name, tshark }: FieldRow, words: readonly string[]): boolean {
  const text = `${name} ${tshark}`.toLowerCase();
  return words.length === 0 || words.some((word) => text.includes(word));
}

function* table(rows: readonly FieldRow[]): Generator<string> {
  const cells = [HEAD, ...rows].map(cellsOf);
  const widths = cells[0].map((_, i) =>
    cells.reduce((width, row) => Math.max(width, row[i].length), 0),
  );
  for (const row of cells) {
    yield `${row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd()}\n`;
  }
}

function cellsOf(row: FieldRow): string[] {
  const type = row === HEAD ? 'type' : row.type;
  return [row.name, type, row.unit, row.section, row.tshark, row.about];
}

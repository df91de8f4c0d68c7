// sanscope schema: the JSON Schema of what `export` writes.

import { SCHEMAS, schemaText } from '../../export/schema.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { Output } from '../output.js';
import type { CommandContext } from '../run.js';

/** `files` holds the name that was asked for, if there is one. */
export async function schema({ files }: CommandContext): Promise<number> {
  const names = Object.keys(SCHEMAS);
  const [name = names[0]] = files;
  // `commands` for `sanscope/commands/2`.
  const whole = names.find((known) => known === name || known.split('/')[1] === name);
  const found = whole === undefined ? undefined : SCHEMAS[whole];
  if (found === undefined) {
    throw new UsageError(`there is no schema ${JSON.stringify(name)}: ${names.join(', ')}`);
  }
  const output = new Output(1, 'standard output');
  output.writesJson();
  output.write(schemaText(found));
  output.close();
  return EXIT.ok;
}

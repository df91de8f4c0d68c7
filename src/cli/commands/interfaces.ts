// sanscope interfaces: where can be captured.

import { INTERFACES_SCHEMA } from '../../export/schema-names.js';
import { EXIT } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { listInterfaces } from '../../live/interfaces.js';
import { LiveError } from '../../live/live-error.js';
import { type CommandContext, flag } from '../run.js';
import { standardOutput } from '../standard-output.js';

export async function interfaces(context: CommandContext): Promise<number> {
  const [wanted] = context.files;
  const all = listInterfaces(context.env['PATH'] ?? '');
  const found = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
  if (wanted !== undefined && found.length === 0) {
    throw new LiveError(
      `there is no interface ${JSON.stringify(wanted)}: sanscope interfaces lists them`,
    );
  }
  const output = standardOutput(context);
  if (flag(context, 'json')) {
    for (const one of found) {
      const record = { schema: INTERFACES_SCHEMA, type: 'interface', ...one };
      output.write(`${JSON.stringify(record)}\n`);
    }
  } else {
    const width = Math.max(...found.map(({ name }) => name.length), 0);
    for (const { name, about, addresses } of found) {
      const more = [addresses.join(', '), about].filter((part) => part !== '').join('  ');
      output.write(`${harmless(`${name.padEnd(width)}  ${more}`.trimEnd())}\n`);
    }
  }
  output.close();
  return EXIT.ok;
}

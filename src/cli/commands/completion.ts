// sanscope completion: a shell's script, or what may stand where it is typed.

import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { candidates, SCRIPTS } from '../completion.js';
import { Output } from '../output.js';
import type { CommandContext } from '../run.js';

/** `files`: the shell, or `words` and the words of a line so far. */
export async function completion({ files }: CommandContext): Promise<number> {
  const [shell = '', ...line] = files;
  const script = SCRIPTS[shell];
  if (script === undefined && shell !== 'words') {
    const shells = Object.keys(SCRIPTS).join(', ');
    throw new UsageError(`completion takes a shell: ${shells}; not ${harmless(shell)}`);
  }
  const output = new Output(1, 'standard output');
  output.write(
    script ??
      candidates(line)
        .map((one) => `${one}\n`)
        .join(''),
  );
  output.close();
  return EXIT.ok;
}

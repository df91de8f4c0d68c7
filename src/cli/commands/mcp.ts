// sanscope mcp: captures below the named folders, for an assistant (Model Context Protocol over stdio).

import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { Folders } from '../../mcp/folders.js';
import { OwnProgram } from '../../mcp/own-program.js';
import { serve } from '../../mcp/server.js';
import type { CommandContext } from '../run.js';
import { isTerminal } from '../terminal.js';

export async function mcp(context: CommandContext): Promise<number> {
  if (isTerminal(0)) {
    throw new UsageError(
      'mcp is started by an assistant’s program, which speaks to it through a pipe (docs/MCP.md)',
    );
  }
  await serve(
    foldersOf(context.files),
    new OwnProgram(process.argv[1], context.env['PATH'] ?? ''),
    context.version,
  );
  return EXIT.ok;
}

function foldersOf(named: readonly string[]): Folders {
  try {
    return new Folders(named);
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `${harmless(JSON.stringify(path ?? named[0]))} is no folder that can be read`,
    );
  }
}

// argv → command → exit code. Everything heavy is imported only by the command that needs it.

import { readFileSync, writeSync } from 'node:fs';
import type { CommandEntry } from './cli/command-table.js';
import { harmlessLines } from './lib/harmless.js';

/** Runs one command line (without node and the script); the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    // Before any other import: this must be fast.
    if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
      toStdout(`${version()}\n`);
      return 0;
    }
    const { parse, refuseMistyped, report, wantsScreens, withSettings } = await import(
      './cli/app.js'
    );
    const own = version();
    const call = parse(argv, own, toStdout);
    if (call.kind === 'done') return call.exitCode;
    if (call.command === 'report') refuseMistyped(argv, call.files);
    const { files, given } = call;
    const added = await withSettings(call, process.env);
    const context = { files, given, env: process.env, version: own, say, ...added };
    if (call.command === 'report' && wantsScreens(argv, process.env)) {
      const { screens } = await import('./cli/commands/screens.js');
      return await screens(context);
    }
    const run = call.command === 'report' ? report : await load(call.command);
    return await run(context);
  } catch (error) {
    const { explain } = await import('./cli/app.js');
    return explain(error, process.env['SANSCOPE_DEBUG'] === '1', say);
  }
}

type Run = typeof import('./cli/commands/report.js')['report'];

async function load(command: Exclude<CommandEntry['name'], 'report'>): Promise<Run> {
  switch (command) {
    case 'sessions':
      return (await import('./cli/commands/sessions-luns.js')).sessions;
    case 'luns':
      return (await import('./cli/commands/sessions-luns.js')).luns;
    case 'commands':
      return (await import('./cli/commands/commands.js')).commands;
    case 'command':
      return (await import('./cli/commands/command.js')).command;
    case 'login':
      return (await import('./cli/commands/login.js')).login;
    case 'pdus':
      return (await import('./cli/commands/pdus.js')).pdus;
    case 'fields':
      return (await import('./cli/commands/fields.js')).fields;
    case 'export':
      return (await import('./cli/commands/export.js')).exportTimeline;
    case 'explain':
      return (await import('./cli/commands/explain.js')).explainCommand;
    case 'schema':
      return (await import('./cli/commands/schema.js')).schema;
    case 'live':
      return (await import('./cli/commands/live.js')).live;
    case 'scrub':
      return (await import('./cli/commands/scrub.js')).scrub;
    case 'check':
      return (await import('./cli/commands/check.js')).check;
    case 'doctor':
      return (await import('./cli/commands/doctor.js')).doctor;
    case 'diff':
      return (await import('./cli/commands/diff.js')).diff;
    case 'slice':
      return (await import('./cli/commands/slice.js')).slice;
    case 'discovery':
      return (await import('./cli/commands/discovery.js')).discovery;
    case 'points':
      return (await import('./cli/commands/points.js')).points;
    case 'config':
      return (await import('./cli/commands/config.js')).config;
    case 'mcp':
      return (await import('./cli/commands/mcp.js')).mcp;
    case 'completion':
      return (await import('./cli/commands/completion.js')).completion;
    case 'interfaces':
      return (await import('./cli/commands/interfaces.js')).interfaces;
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function toStdout(text: string): void {
  writeSync(1, text);
}

const BELL = '\x07';

/** Nobody reads stderr: then there is nobody to tell. */
function say(text: string): void {
  try {
    // A bell alone is our own (live --bell): nothing of the wire comes so short.
    writeSync(2, text === BELL ? text : harmlessLines(text));
  } catch {}
}

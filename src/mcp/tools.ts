// The tools of the server, a row each: what it is for, what it takes, how it is answered. Each reads one or more captures
// by the same commands that a user has, and none writes anything.

import { MCP_ROWS_DEFAULT, MCP_ROWS_MAX } from '../limits.js';
import { fitting, pageOf } from './answers.js';
import { type Arguments, type Parameters, WrongArgument } from './arguments.js';
import type { Folders } from './folders.js';
import type { OwnProgram } from './own-program.js';

export interface ToolContext {
  readonly folders: Folders;
  readonly program: OwnProgram;
  readonly signal?: AbortSignal;
}

export interface Tool {
  readonly name: string;
  readonly about: string;
  readonly parameters: Parameters;
  readonly answer: (args: Arguments, context: ToolContext) => Promise<unknown>;
}

const CAPTURE: Parameters = {
  captures: {
    type: 'strings',
    about: 'paths of captures as list_captures names them; several are read as one, in time order',
    required: true,
    countLeast: 1,
    countMost: 64,
  },
};
const PAGING: Parameters = {
  limit: {
    type: 'integer',
    about: `rows of an answer (default ${MCP_ROWS_DEFAULT})`,
    least: 1,
    most: MCP_ROWS_MAX,
  },
  cursor: { type: 'string', about: 'nextCursor of the answer before: what follows it' },
};
const FILTER =
  'names of list_fields, == != < > contains matches in and or not: latency > 20ms and operation contains write';

export const TOOLS: readonly Tool[] = [
  {
    name: 'list_captures',
    about: 'The captures that may be read, with their sizes.',
    parameters: PAGING,
    answer: async (args, { folders }) => {
      const { files, more } = folders.list();
      const from = cursorOf(args);
      const limit = limitOf(args);
      const page = pageOf(files.slice(from, from + limit), from, files.length > from + limit);
      return { ...page, ...(more ? { note: 'there are more than can be listed' } : {}) };
    },
  },
  {
    name: 'summary',
    about:
      'Opens a capture: when, how long, what it misses, sessions, totals with latency percentiles, operations, incidents. Begin here. Times are ns; relativeNs counts from the first packet.',
    parameters: {
      ...CAPTURE,
      filter: { type: 'string', about: `count only commands for which this holds: ${FILTER}` },
    },
    answer: async (args, context) => {
      const told = await report(args, context, 5);
      const {
        capture,
        totals,
        operationTotals,
        incidents,
        findings,
        logicalUnits,
        slowest,
        discovery,
      } = told;
      return fitting({
        capture,
        totals,
        incidents: list(incidents).map(
          pick('title', 'severity', 'owes', 'text', 'next', 'fromNs', 'toNs', 'sessions'),
        ),
        findingCount: list(findings).length,
        operations: list(operationTotals).map(
          pick('operation', 'commandCount', 'completed', 'unanswered', 'bytes', 'latency'),
        ),
        sessions: list(told['sessions']).map(
          pick(
            'session',
            'initiator',
            'target',
            'sessionType',
            'loginSeen',
            'startedNs',
            'ended',
            'commandCount',
          ),
        ),
        logicalUnitCount: list(logicalUnits).length,
        discoveryCount: list(discovery).length,
        slowest: list(slowest).map(
          pick('command', 'frame', 'operation', 'lun', 'latencyNs', 'longestPhase', 'outcome'),
        ),
      });
    },
  },
  {
    name: 'findings',
    about:
      'What is wrong: findings with their proof (frames), how sure they are, what would disprove them, what to do next; and incidents, which are findings that belong together.',
    parameters: {
      ...CAPTURE,
      severity: { type: 'string', about: 'only these', choices: ['critical', 'warning', 'note'] },
      ...PAGING,
    },
    answer: async (args, context) => {
      const told = await report(args, context, 0);
      const all = list(told['findings']).filter(
        (one) => args['severity'] === undefined || one['severity'] === args['severity'],
      );
      const from = cursorOf(args);
      const limit = limitOf(args);
      const page = pageOf(all.slice(from, from + limit), from, all.length > from + limit);
      const incidents =
        from > 0
          ? {}
          : {
              incidents: fitting(
                list(told['incidents']).map(pick('title', 'severity', 'text', 'next', 'findings')),
              ),
            };
      return { ...page, ...incidents };
    },
  },
  listTool(
    'sessions',
    'Sessions (I_T nexuses): who talked to whom, how it ended, what it did.',
    {},
  ),
  listTool(
    'luns',
    'Logical units of each session: what they are, what they had to do, latency.',
    {},
  ),
  listTool(
    'commands',
    'SCSI commands, chosen by a filter, in the order in which they ended or sorted: latency, phases, status, sense.',
    {
      filter: { type: 'string', about: FILTER },
      sort: {
        type: 'string',
        about: 'by a column: latency, time, bytes, lba, operation, outcome, arrayNs, …',
      },
      reverse: { type: 'boolean', about: 'sort the other way round' },
    },
  ),
  {
    name: 'command_ladder',
    about:
      'One command as a ladder: each PDU with its time, what TCP did, phases of its latency. By a frame that holds a PDU of it, by its task tag, or the n slowest.',
    parameters: {
      ...CAPTURE,
      frame: { type: 'integer', about: 'a packet (from 1) that holds one of its PDUs', least: 1 },
      tag: { type: 'integer', about: 'its task tag', most: 0xffffffff },
      slowest: { type: 'integer', about: 'the n slowest ones', least: 1, most: 20 },
      ...PAGING,
    },
    answer: (args, context) => {
      const asked = (['frame', 'tag', 'slowest'] as const).filter(
        (name) => args[name] !== undefined,
      );
      if (asked.length !== 1)
        throw new WrongArgument('say which command: one of frame, tag and slowest');
      const flags = { frame: 'frame', tag: 'itt', slowest: 'slowest' } as const;
      return rows(['command', '--json', `--${flags[asked[0]]}=${args[asked[0]]}`], args, context);
    },
  },
  {
    name: 'pdus',
    about:
      'PDUs in the order of the wire, chosen by a filter or by frames; with details the whole tree of each: every field with its bytes and bits. User data and secrets are never shown.',
    parameters: {
      ...CAPTURE,
      filter: { type: 'string', about: `${FILTER}; tshark’s names work too` },
      firstFrame: {
        type: 'integer',
        about: 'only PDUs that begin or end in these packets',
        least: 1,
      },
      lastFrame: { type: 'integer', about: 'default: firstFrame', least: 1 },
      details: { type: 'boolean', about: 'the tree of each' },
      ...PAGING,
    },
    answer: (args, context) => {
      const flags = ['pdus', '--json'];
      if (args['details'] === true) flags.push('--details');
      if (args['filter'] !== undefined) flags.push(`--filter=${args['filter']}`);
      const first = args['firstFrame'];
      if (first !== undefined) flags.push(`--frame=${first}-${args['lastFrame'] ?? first}`);
      else if (args['lastFrame'] !== undefined)
        throw new WrongArgument('lastFrame needs firstFrame');
      flags.push(`--count=${cursorOf(args) + limitOf(args) + 1}`);
      return rows(flags, args, context);
    },
  },
  {
    name: 'list_fields',
    about: 'Fields that filters may ask, with what they mean.',
    parameters: {
      words: {
        type: 'strings',
        about: 'only fields with one of these words in their names',
        countLeast: 1,
        countMost: 8,
      },
      ...PAGING,
    },
    answer: (args, context) => rows(['fields', '--json'], args, context, strings(args['words'])),
  },
  {
    name: 'compare_points',
    about:
      'Captures of the same traffic at two places or more (host, array): where the time between them goes, what was lost where.',
    parameters: {
      captures: {
        type: 'strings',
        about: 'one a place',
        required: true,
        countLeast: 2,
        countMost: 8,
      },
    },
    answer: async (args, context) =>
      fitting(await document(['points', '--json'], args['captures'], context)),
  },
  {
    name: 'compare_times',
    about:
      'Two captures of the same kind of load at two times: what became slower or faster beyond chance, what was negotiated differently, findings new and gone.',
    parameters: {
      before: { type: 'string', about: 'the earlier capture', required: true },
      after: { type: 'string', about: 'the later capture', required: true },
    },
    answer: async (args, context) =>
      fitting(
        await document(
          ['diff', '--json'],
          [String(args['before']), String(args['after'])],
          context,
        ),
      ),
  },
];

function listTool(name: 'sessions' | 'luns' | 'commands', about: string, more: Parameters): Tool {
  return {
    name,
    about,
    parameters: { ...CAPTURE, ...more, ...PAGING },
    answer: (args, context) => {
      const flags = [name, '--json', `--count=${cursorOf(args) + limitOf(args) + 1}`];
      if (args['filter'] !== undefined) flags.push(`--filter=${args['filter']}`);
      if (args['sort'] !== undefined) flags.push(`--sort=${args['sort']}`);
      if (args['reverse'] === true) flags.push('--reverse');
      return rows(flags, args, context);
    },
  };
}

/** One JSON object a line, from the cursor on. */
async function rows(
  flags: readonly string[],
  args: Arguments,
  { folders, program, signal }: ToolContext,
  words?: readonly string[],
): Promise<unknown> {
  const from = cursorOf(args);
  const limit = limitOf(args);
  const behind = words ?? strings(args['captures']).map((path) => folders.find(path));
  const lines = await program.lines({
    args: [...flags, '-q', '--', ...behind],
    lines: from + limit + 1,
    signal,
  });
  const taken = lines.slice(from, from + limit).map((line) => JSON.parse(line) as unknown);
  return pageOf(taken, from, lines.length > from + limit);
}

type Json = Readonly<Record<string, unknown>>;

/** The captures are opened: all that the report knows, with so many of the slowest commands. */
function report(args: Arguments, context: ToolContext, top: number): Promise<Json> {
  const flags = ['report', '--json', `--top=${top}`];
  if (args['filter'] !== undefined) flags.push(`--filter=${args['filter']}`);
  return document(flags, args['captures'], context);
}

async function document(
  flags: readonly string[],
  captures: Arguments[string] | undefined,
  { folders, program, signal }: ToolContext,
): Promise<Json> {
  const paths = strings(captures).map((path) => folders.find(path));
  const lines = await program.lines({ args: [...flags, '-q', '--', ...paths], signal });
  return JSON.parse(lines.join('\n')) as Json;
}

function strings(value: Arguments[string] | undefined): readonly string[] {
  return typeof value === 'object' ? value : [];
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? (value as Json[]) : [];
}

function pick(...keys: readonly string[]): (from: Json) => Json {
  return (from) =>
    Object.fromEntries(keys.filter((key) => key in from).map((key) => [key, from[key]]));
}

function limitOf(args: Arguments): number {
  const { limit } = args;
  return typeof limit === 'number' ? limit : MCP_ROWS_DEFAULT;
}

function cursorOf(args: Arguments): number {
  const { cursor } = args;
  if (cursor === undefined) return 0;
  if (typeof cursor === 'string' && /^\d{1,12}$/.test(cursor)) return Number(cursor);
  throw new WrongArgument('cursor takes what nextCursor said');
}

// What runs of the bench told, as a table in Markdown: `node --import tsx bench/table.ts [N]` makes it of the last N
// runs in bench/runs.jsonl (1); of a capture that comes twice the later one counts.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const RUNS = fileURLToPath(new URL('./runs.jsonl', import.meta.url));

/** Medians; memory is the most of all runs. */
export interface Figure {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
}

export type JudgedBy = 'tshark' | 'memory' | 'cat' | 'over';

/** A figure that was to be reached: the median of what it was in each round. */
export interface Judged {
  readonly by: JudgedBy;
  readonly is: number;
  readonly wanted?: number;
  /** Of `over`: the other capture, and a packet or a byte of each. */
  readonly of?: string;
}

export interface NodeFigure extends Figure {
  readonly node: string;
  readonly judged: readonly Judged[];
}

export interface Result {
  readonly capture: string;
  readonly megabytes: number;
  readonly packets: number;
  /** Of each Node that was measured; `report` is the first. */
  readonly nodes: readonly NodeFigure[];
  readonly report: Figure;
  readonly cat: Figure;
  readonly tshark?: Figure;
  /** ns a packet that each stage adds to those before it. */
  readonly stages?: Readonly<Record<string, number>>;
  /** What the report said that the capture's writer knows better. */
  readonly wrong: readonly string[];
}

export interface BenchRun {
  readonly date: string;
  readonly node: string;
  readonly revision?: string;
  readonly size: string;
  readonly runs: number;
  readonly tshark?: string;
  readonly results: readonly Result[];
}

const AT_LEAST: ReadonlySet<JudgedBy> = new Set(['tshark']);

/** Undefined where nothing was asked. */
export function isMet({ by, is, wanted }: Judged): boolean | undefined {
  if (wanted === undefined) return undefined;
  return AT_LEAST.has(by) ? is >= wanted : is <= wanted;
}

/** What was asked stands in brackets; what is not met is bold. */
export function tableOf(runs: readonly BenchRun[]): string {
  const rows = new Map<string, Result>();
  for (const { results } of runs) for (const one of results) rows.set(one.capture, one);
  const last = runs[runs.length - 1];
  const head = [
    ...['capture', 'MB', 'packets', 'Node', 's', 'cpu s', 'MB held', 'cat s', 'tshark s'],
    ...['times faster', "of tshark's memory", "times cat's time", 'over another'],
  ];
  const lines = [...rows.values()].flatMap((result) =>
    result.nodes.map((node) => [
      result.capture,
      result.megabytes.toFixed(result.megabytes < 10 ? 1 : 0),
      String(result.packets),
      node.node,
      node.seconds.toFixed(2),
      node.cpuSeconds.toFixed(2),
      String(node.peakMB),
      result.cat.seconds.toFixed(2),
      result.tshark?.seconds.toFixed(2) ?? '',
      ...(['tshark', 'memory', 'cat', 'over'] as const).map((by) => cell(node.judged, by)),
    ]),
  );
  const cells = [head, head.map((_, i) => (i === 0 || i === 3 ? '---' : '---:')), ...lines];
  const about = `Medians of ${last.runs} rounds in which all programs took turns; tshark ${last.tshark ?? 'not run'}; ${last.revision ?? ''}, ${last.date.slice(0, 10)}.`;
  return [about, '', ...cells.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function cell(all: readonly Judged[], by: JudgedBy): string {
  const judged = all.find((one) => one.by === by);
  if (judged === undefined) return '';
  const is = by === 'memory' ? part(judged.is) : judged.is.toFixed(2);
  const of = judged.of === undefined ? '' : ` × ${judged.of}`;
  if (judged.wanted === undefined) return `${is}${of}`;
  const wanted = by === 'memory' ? part(judged.wanted) : String(judged.wanted);
  const met = isMet(judged);
  return `${met ? is : `**${is}**`}${of} (${wanted})`;
}

function part(of: number): string {
  return `1/${(1 / of).toFixed(1).replace(/\.0$/, '')}`;
}

function main(count: number): void {
  const runs = readFileSync(RUNS, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BenchRun)
    // Older runs measured one Node, and tshark once.
    .filter(({ results }) => results.every(({ nodes }) => nodes !== undefined));
  if (runs.length > 0) process.stdout.write(`${tableOf(runs.slice(-count))}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(Number(process.argv[2] ?? 1) || 1);

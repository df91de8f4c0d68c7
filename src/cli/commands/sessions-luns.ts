// sanscope sessions and sanscope luns: a row each.

import { ListWriter, type RecordName } from '../../export/list-writer.js';
import { LUNS_SCHEMA, SESSIONS_SCHEMA } from '../../export/schema-names.js';
import { Collector } from '../../report/collect.js';
import type { Report } from '../../report/report.js';
import type { ListColumn } from '../../view/lists/list.js';
import { LUN_COLUMNS, lunRows } from '../../view/lists/lun-columns.js';
import { SESSION_COLUMNS } from '../../view/lists/session-columns.js';
import {
  chosenColumns,
  columnNamed,
  isDescending,
  listStyle,
  sortedRows,
} from '../list-options.js';
import { type CommandContext, number, runRoad, tellTroubles, text, unreadFiles } from '../run.js';
import { standardOutput } from '../standard-output.js';

export function sessions(context: CommandContext): Promise<number> {
  const record = { schema: SESSIONS_SCHEMA, type: 'session' };
  return list(context, record, SESSION_COLUMNS, (report) => report.sessions);
}

export function luns(context: CommandContext): Promise<number> {
  const record = { schema: LUNS_SCHEMA, type: 'lun' };
  return list(context, record, LUN_COLUMNS, lunRows, (row) => row.below ?? []);
}

async function list<Row>(
  context: CommandContext,
  record: RecordName,
  columns: readonly ListColumn<Row>[],
  rowsOf: (report: Report) => readonly Row[],
  below: (row: Row) => readonly Row[] = () => [],
): Promise<number> {
  const style = listStyle(context, record);
  const chosen = chosenColumns(context, columns, style);
  const sort = text(context, 'sort');
  const by = sort === '' ? undefined : columnNamed(columns, sort);
  const collector = new Collector(0);
  const analysis = await runRoad(context, collector.sinks());
  const rows = rowsOf(collector.report(analysis));
  const ordered = (list: readonly Row[]): readonly Row[] =>
    by === undefined ? list : sortedRows(list, by, isDescending(context, by.name));
  const output = standardOutput(context);
  const writer = new ListWriter(chosen, style, output.write);
  for (const row of ordered(rows).slice(0, number(context, 'count'))) {
    writer.row(row);
    for (const one of ordered(below(row))) writer.row(one);
  }
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

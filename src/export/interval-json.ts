// A capture that goes on as NDJSON: a record an interval, one a command that is over, one at the end.

import type { LiveEvent } from '../report/events/event.js';
import { type IntervalReport, LIVE_SCHEMA } from '../report/interval.js';
import type { StreamedReport } from '../report/make-report.js';
import type { Around } from '../scsi/fact-kinds.js';
import { commandRecord } from '../scsi/fact-record.js';
import type { Task } from '../scsi/task.js';

export function intervalJson(interval: IntervalReport): string {
  return `${JSON.stringify(interval)}\n`;
}

export function eventJson(event: LiveEvent): string {
  return `${JSON.stringify(event)}\n`;
}

export function commandJson(task: Task, around: Around): string {
  const command = commandRecord(task, around);
  return `${JSON.stringify({ schema: LIVE_SCHEMA, type: 'command', ...command })}
`;
}

/** What happened beside the traffic: a capture was saved, the source ended. */
export function noticeJson(about: string, fields: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ schema: LIVE_SCHEMA, type: 'notice', about, ...fields })}\n`;
}

export function endJson(report: StreamedReport, write: (text: string) => void): void {
  let separator = `${JSON.stringify({ schema: LIVE_SCHEMA, type: 'report' }).slice(0, -1)},"report":{`;
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue;
    write(`${separator}${JSON.stringify(key)}:`);
    separator = ',';
    if (Symbol.iterator in Object(value) && typeof value !== 'string') list(value, write);
    else write(JSON.stringify(value));
  }
  write('}}\n');
}

/** In pieces: that of many sessions is longer than a string can be. */
function list(items: Iterable<unknown>, write: (text: string) => void): void {
  let separator = '[';
  for (const item of items) {
    write(`${separator}${JSON.stringify(item)}`);
    separator = ',';
  }
  write(separator === ',' ? ']' : '[]');
}

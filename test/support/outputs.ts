// All JSON and CSV that sanscope makes of a capture, in one pass over it: what programs would read.

import { PduReader } from '../../src/decode/pdu-reader.js';
import { commandJson, endJson, intervalJson, noticeJson } from '../../src/export/interval-json.js';
import { ladderJson } from '../../src/export/ladder-json.js';
import { ListWriter } from '../../src/export/list-writer.js';
import { loginJson } from '../../src/export/login-json.js';
import { DetailWriter, jsonDetails } from '../../src/export/pdu-detail.js';
import { reportJson } from '../../src/export/report-json.js';
import { COMMANDS_SCHEMA, LUNS_SCHEMA, SESSIONS_SCHEMA } from '../../src/export/schema-names.js';
import { TimelineCsv } from '../../src/export/timeline/csv.js';
import { TimelineWriter } from '../../src/export/timeline/document.js';
import { EVERYTHING } from '../../src/export/timeline/selection.js';
import { TimelineStream } from '../../src/export/timeline/stream.js';
import { IntervalMetrics } from '../../src/metrics/interval.js';
import type { PduSink } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { makeInterval } from '../../src/report/interval.js';
import { commandLadder } from '../../src/report/ladder/command-ladder.js';
import { loginStories } from '../../src/report/ladder/login-story.js';
import type { Around } from '../../src/scsi/fact-kinds.js';
import type { TaskSink } from '../../src/scsi/task.js';
import type { SessionQuery } from '../../src/session/session-query.js';
import { Keeper } from '../../src/store/keeper.js';
import { selectTasks, sortTasks } from '../../src/store/sort-keys.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { COMMAND_COLUMNS } from '../../src/view/lists/command-columns.js';
import { jsonColumns, type ListColumn, tableColumns } from '../../src/view/lists/list.js';
import { LUN_COLUMNS, lunRows } from '../../src/view/lists/lun-columns.js';
import { SESSION_COLUMNS } from '../../src/view/lists/session-columns.js';
import { makePaint } from '../../src/view/theme.js';

export interface Outputs {
  readonly report: string;
  readonly document: string;
  /** NDJSON. */
  readonly stream: string;
  readonly csv: string;
  readonly commands: string;
  readonly commandsCsv: string;
  readonly ladders: string;
  readonly pdus: string;
  readonly sessions: string;
  readonly sessionsCsv: string;
  readonly luns: string;
  readonly lunsCsv: string;
  readonly logins: string;
  readonly live: string;
}

/** PDUs of `pdus --json`: decoding all of them takes its time. */
const PDUS_MAX = 400;
const LADDERS = 5;

export async function outputsOf(path: string): Promise<Outputs> {
  let [stream, csv, pdus, live] = ['', '', '', ''];
  let left = PDUS_MAX;
  const collector = new Collector(20);
  const keeper = new Keeper({ pdus: true });
  const kept = keeper.sinks();
  const document = new TimelineWriter();
  const streamed = new TimelineStream(EVERYTHING, (text) => {
    stream += text;
  });
  const table = new TimelineCsv(EVERYTHING, (text) => {
    csv += text;
  });
  const details = new DetailWriter(
    (text) => {
      pdus += text;
    },
    jsonDetails({ showSecrets: false, tree: false }),
  );
  const reader = new PduReader({
    details: true,
    links: true,
    wanted: () => left > 0,
    take: (facts) => {
      left--;
      details.pdu(facts);
    },
  });
  const metrics = new IntervalMetrics();
  let look: SessionQuery | undefined;
  const taskSinks: TaskSink[] = [collector, document, streamed, table, reader, metrics];
  if (kept.taskSink) taskSinks.push(kept.taskSink);
  const pduSinks: PduSink[] = [collector.evidence, document, streamed, reader];
  if (kept.pduSink) pduSinks.push(kept.pduSink);
  const analysis = await analyse([path], {
    tcpSink: kept.tcpSink ?? collector.evidence,
    look: (found) => {
      look = found;
      collector.evidence.look = found;
      reader.look(found);
      for (const one of [document, streamed, table]) one.look = found;
    },
    started: (epoch) => {
      document.epoch = epoch;
      table.epoch = epoch;
      reader.facts.epoch = epoch;
      streamed.started(epoch);
    },
    taskSink: {
      taskStarted: (task) => {
        for (const sink of taskSinks) sink.taskStarted(task);
      },
      taskEnded: (task) => {
        for (const sink of taskSinks) sink.taskEnded(task);
        if (live.length < 1e6) live += commandJson(task, aroundNow());
      },
    },
    pduSink: {
      begin: (pdu) => Math.max(...pduSinks.map((sink) => sink.begin(pdu))),
      end: (pdu) => {
        for (const sink of pduSinks) sink.end(pdu);
      },
      lost: (...of) => {
        for (const sink of pduSinks) sink.lost(...of);
      },
      ended: (...of) => {
        for (const sink of pduSinks) sink.ended(...of);
      },
    },
  });
  function aroundNow(): Around {
    return { epoch: reader.facts.epoch, session: (id) => look?.session(id) };
  }
  details.end();
  const report = collector.report(analysis);
  streamed.finish(report);
  const { lastNs, sessions, stories } = analysis;
  const around = { epoch: analysis.capture.epoch, lastNs, session: (id: number) => sessions[id] };
  const counts = { packets: 1, packetsNow: 1, bytesMissing: 0, residentBytes: 1 };
  const source = { ...counts, dropsTold: 'now' as const, delayMs: 0, delayMsMax: 0 };
  const span = { fromNs: 0, toNs: lastNs };
  const epoch = analysis.capture.epoch;
  live += intervalJson(makeInterval({ metrics, look, epoch, number: 1, ...span, source }));
  live += noticeJson('source ended', { text: 'it was over' });
  endJson(report, (text) => {
    live += text;
  });
  const { tasks } = keeper;
  const row = makeTaskRow();
  const rows = [...selectTasks(tasks)].map((number) => () => {
    tasks.read(number, row);
    return { task: row, ...around };
  });
  const initiators = new Map(stories.map((s) => [s.connection.id, s.initiatorDirection]));
  const slowest = [...sortTasks(tasks, selectTasks(tasks), 'latency', true)].slice(0, LADDERS);
  const ladders = slowest.map((number) =>
    commandLadder(keeper, number, {
      lastNs,
      sessions,
      initiatorDirection: (connection) => initiators.get(connection) ?? 0,
      everyPdu: false,
    }),
  );
  const lines = (list: readonly string[]): string => list.map((line) => `${line}\n`).join('');
  const lunList = lunRows(report).flatMap((one) => [one, ...(one.below ?? [])]);
  const made = {
    session: listed(SESSION_COLUMNS, SESSIONS_SCHEMA, 'session', report.sessions.map(just)),
    lun: listed(LUN_COLUMNS, LUNS_SCHEMA, 'lun', lunList.map(just)),
    command: listed(COMMAND_COLUMNS, COMMANDS_SCHEMA, 'command', rows),
  };
  return {
    report: written((write) => reportJson(report, write)),
    document: written((write) => document.finish(report, write)),
    stream,
    csv,
    commands: made.command.json,
    commandsCsv: made.command.csv,
    ladders: lines(ladders.map((ladder) => ladderJson(ladder, around))),
    pdus,
    sessions: made.session.json,
    sessionsCsv: made.session.csv,
    luns: made.lun.json,
    lunsCsv: made.lun.csv,
    logins: lines(loginStories(stories, sessions).map((story) => loginJson(story, false))),
    live,
  };
}

function written(make: (write: (text: string) => void) => void): string {
  let text = '';
  make((part) => {
    text += part;
  });
  return text;
}

function just<T>(value: T): () => T {
  return () => value;
}

function listed<Row>(
  columns: readonly ListColumn<Row>[],
  schema: string,
  type: string,
  rows: readonly (() => Row)[],
): { json: string; csv: string } {
  const paint = makePaint(0);
  const of = (format: 'json' | 'csv', chosen: readonly ListColumn<Row>[]): string =>
    written((write) => {
      const style = { format, width: 0, paint, record: { schema, type } };
      const writer = new ListWriter(chosen, style, write);
      for (const row of rows) writer.row(row());
    });
  return { json: of('json', jsonColumns(columns)), csv: of('csv', tableColumns(columns)) };
}

// sanscope slice: the packets of what matters, as a capture of their own.

import type { Analysis } from '../../analysis.js';
import { messageFilter } from '../../filter/message-filter.js';
import { pduFilter } from '../../filter/pdu-filter.js';
import { EXIT, UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { plural } from '../../lib/number-text.js';
import { TOP_DEFAULT } from '../../limits.js';
import type { MessageSink } from '../../pdu/message.js';
import type { PduSink } from '../../pdu/pdu.js';
import { Collector } from '../../report/collect.js';
import type { Report } from '../../report/report.js';
import type { Task, TaskSink } from '../../scsi/task.js';
import { ChosenPdus } from '../../slice/chosen-pdus.js';
import { keepFinding } from '../../slice/keep-finding.js';
import { keptRoads, type Whole } from '../../slice/kept-roads.js';
import { SliceSelection, type SliceWish } from '../../slice/selection.js';
import type { KeptPackets } from '../../slice/slicer.js';
import { StartsSink } from '../../slice/starts-sink.js';
import { commandFilter } from '../command-filter.js';
import { timeOf } from '../list-options.js';
import { type CommandContext, number, range, runRoad, text, unreadFiles } from '../run.js';
import { refuseInput, writeSlice } from '../write-slice.js';

export async function slice(context: CommandContext): Promise<number> {
  refuseInput(context, 'slice');
  const wish = wished(context);
  const selection = new SliceSelection(wish);
  const collector = new Collector(TOP_DEFAULT);
  const analysis = await firstReading(context, wish, selection, collector);
  const report = collector.report(analysis);
  findings(context, report, analysis, selection);
  const roads = keptRoads(analysis, selection, whole(wish, analysis, selection));
  const packets = keptPackets(wish, selection);
  if (roads.length === 0 && packets.stretches.length === 0 && packets.toNs < packets.fromNs) {
    context.say('sanscope: nothing of these captures is what was asked for: no file was written\n');
    return EXIT.unreadable;
  }
  await writeSlice(context, text(context, 'output'), { selection, roads, packets }, analysis);
  return unreadFiles(context, analysis);
}

/** Chooses; the report is made for its findings. */
function firstReading(
  context: CommandContext,
  wish: SliceWish,
  selection: SliceSelection,
  collector: Collector,
): Promise<Analysis> {
  const chosen = wish.byPdus
    ? new ChosenPdus(
        selection,
        pduFilter(text(context, 'filter')),
        messageFilter(text(context, 'filter')),
      )
    : undefined;
  const { evidence } = collector;
  const starts = new StartsSink(selection.aligned);
  const pdus: PduSink[] = [evidence, ...(chosen ? [chosen.pdus] : []), starts];
  return runRoad(context, {
    tcpSink: evidence,
    look: (look) => {
      evidence.look = look;
      selection.look = look;
      chosen?.pdus.look(look);
    },
    taskSink: allTasks(
      [collector, selection, ...(chosen ? [new EndsSink(chosen)] : [])],
      collector,
    ),
    pduSink: allPdus(pdus),
    messageSink: chosen === undefined ? starts : allMessages([chosen.messages, starts]),
  });
}

function wished(context: CommandContext): SliceWish {
  const asked = text(context, 'filter');
  const filter = asked === '' ? undefined : commandFilter(context);
  const frames = range(context, 'frame');
  const wish: SliceWish = {
    ...(filter !== undefined && { filter }),
    byPdus: asked !== '' && filter === undefined,
    session: number(context, 'session'),
    connection: number(context, 'connection'),
    fromNs: timeOf(context, 'from') ?? 0,
    toNs: timeOf(context, 'to') ?? Number.MAX_SAFE_INTEGER,
    ...(frames !== undefined && { frames }),
  };
  if (wish.fromNs > wish.toNs) throw new UsageError('--from lies after --to');
  const named = text(context, 'finding') !== '' || number(context, 'incident') !== undefined;
  if (asked === '' && !named && !isBounded(wish)) {
    throw new UsageError(
      'slice needs to know what to keep: -Y, --session, --connection, --frame, --from, --to, --finding or --incident',
    );
  }
  return wish;
}

function isBounded({ session, connection, frames, fromNs, toNs }: SliceWish): boolean {
  const named = session !== undefined || connection !== undefined || frames !== undefined;
  return named || fromNs > 0 || toNs < Number.MAX_SAFE_INTEGER;
}

/** Findings get comments; those asked for are kept with what is around them. */
function findings(
  context: CommandContext,
  report: Report,
  analysis: Analysis,
  selection: SliceSelection,
): void {
  const wanted = text(context, 'finding');
  const incident = number(context, 'incident');
  const asked = wanted !== '' || incident !== undefined;
  const inIncident = new Set(
    incident === undefined ? [] : report.incidents[incident - 1]?.findings,
  );
  let found = 0;
  for (const [i, finding] of report.findings.entries()) {
    const chosen = finding.id === wanted || inIncident.has(i);
    if (!chosen && asked) continue;
    if (chosen) {
      found++;
      keepFinding(finding, analysis, selection);
    }
    for (const frame of finding.frames) {
      if (chosen) selection.comment(frame, `sanscope: ${harmless(finding.title)}`);
      else selection.mark(frame, `sanscope: ${harmless(finding.title)}`);
    }
  }
  if (!asked || found > 0) return;
  if (incident !== undefined) {
    throw new UsageError(
      `there is no incident ${incident}: this capture has ${plural(report.incidents.length, 'incident')}, counted from 1`,
    );
  }
  const ids = [...new Set(report.findings.map(({ id }) => id))].join(', ');
  throw new UsageError(
    `no finding of these captures is called ${harmless(wanted)}: there are ${ids || 'none'}`,
  );
}

/** Connections and sessions that no filter narrows are kept whole: logins that failed, discovery, iSNS. */
function whole(wish: SliceWish, analysis: Analysis, selection: SliceSelection): Whole {
  const { filter, byPdus, session, connection, frames, fromNs, toNs } = wish;
  const connections = new Set<number>();
  const kept = { connections, fromNs, toNs };
  if (filter !== undefined || byPdus || frames !== undefined) return kept;
  const of = session === undefined ? undefined : analysis.sessions[session];
  if (session !== undefined && of === undefined) return kept;
  for (const one of of?.connections ?? []) {
    if (connection === undefined || one === connection) connections.add(one);
  }
  if (session === undefined && connection !== undefined) connections.add(connection);
  // A road must be known for anything of it to be kept; its beginning always is.
  for (const one of connections) selection.keep(one, session ?? -1, 0, 0);
  if (session !== undefined) selection.sessions.add(session);
  if (of !== undefined && of.connections.length === 0 && connection === undefined) {
    selection.keep(-1, of.id, 0, Number.MAX_SAFE_INTEGER);
  }
  return kept;
}

/** Where only a time or packets are asked for, all of them are kept. */
function keptPackets(wish: SliceWish, selection: SliceSelection): KeptPackets {
  const { filter, byPdus, session, connection, frames, fromNs, toNs } = wish;
  const narrowed =
    filter !== undefined || byPdus || session !== undefined || connection !== undefined;
  if (!narrowed && frames !== undefined) selection.keepPackets(frames.first, frames.last);
  const timed = fromNs > 0 || toNs < Number.MAX_SAFE_INTEGER;
  const all = !narrowed && frames === undefined && timed;
  return { stretches: selection.packets(), fromNs: all ? fromNs : 0, toNs: all ? toNs : -1 };
}

function allMessages(sinks: readonly MessageSink[]): MessageSink {
  return {
    messageBegins: (m) => Math.max(...sinks.map((sink) => sink.messageBegins(m))),
    messageEnds: (m) => {
      for (const sink of sinks) sink.messageEnds(m);
    },
    messagesLost: () => {},
  };
}

class EndsSink implements TaskSink {
  readonly #chosen: ChosenPdus;

  constructor(chosen: ChosenPdus) {
    this.#chosen = chosen;
  }

  taskStarted(): void {}

  taskEnded(task: Task): void {
    this.#chosen.taskEnded(task);
  }
}

function allTasks(sinks: readonly TaskSink[], collector: Collector): TaskSink {
  return {
    taskStarted: (task) => {
      for (const sink of sinks) sink.taskStarted(task);
    },
    taskEnded: (task) => {
      for (const sink of sinks) sink.taskEnded(task);
    },
    sessionForgotten: (session) => collector.sessionForgotten(session),
  };
}

function allPdus(sinks: readonly PduSink[]): PduSink {
  return {
    begin: (pdu) => sinks.reduce((most, sink) => Math.max(most, sink.begin(pdu)), 0),
    end: (pdu) => {
      for (const sink of sinks) sink.end(pdu);
    },
    lost: (direction, bytes, timeNs, frame, absent) => {
      for (const sink of sinks) sink.lost(direction, bytes, timeNs, frame, absent);
    },
    ended: (direction, timeNs, frame) => {
      for (const sink of sinks) sink.ended(direction, timeNs, frame);
    },
  };
}

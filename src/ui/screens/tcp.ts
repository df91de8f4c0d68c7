// TCP of a connection: what each side sent, lost and sent again, and each event with its wait.

import type { Case } from '../../case/case.js';
import { bytesText, countText, durationText, plural } from '../../lib/number-text.js';
import { apart } from '../../report/ladder/command-ladder.js';
import type { ConnectionReport } from '../../report/report.js';
import { sessionNumbered } from '../../report/report.js';
import type { FlowReport } from '../../report/tcp.js';
import type { TcpEvent } from '../../store/tcp-log.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { failedConnectionBlocks } from '../../view/failed-connections-view.js';
import { count, NOTHING, secondsText } from '../../view/format.js';
import { tcpItems } from '../../view/tcp-view.js';
import { tableLines } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import { fit } from '../terminal/width.js';
import { Lines, placeOfFrame } from './lines.js';

const EVENTS_SHOWN = 5000;
const COLUMNS: readonly Column[] = [
  { head: 'sent by', align: 'left', priority: 0 },
  { head: 'packets', align: 'right', priority: 0 },
  { head: 'payload', align: 'right', priority: 0 },
  { head: 'again', align: 'right', priority: 0 },
  { head: 'disorder', align: 'right', priority: 1 },
  { head: 'window 0', align: 'right', priority: 1 },
  { head: 'missing', align: 'right', priority: 1 },
  { head: 'cut', align: 'right', priority: 2 },
  { head: 'MSS', align: 'right', priority: 2 },
];

export const TCP: Screen<'tcp'> = {
  kind: 'tcp',
  tab: {
    key: '6',
    word: 'TCP',
    about: 'TCP of the connections',
    place: (from, { kase }) => ({ kind: 'tcp', connection: connectionFrom(from, kase) }),
  },
  keys: [],
  reported: true,
  whole: true,
  page: ({ connection }, state, { kase }) => tcpPage(kase, state, connection),
};

function tcpPage(kase: Case, state: State, id: number): Page {
  const { report } = kase;
  if (report === undefined)
    return pageOf('TCP', [], [[cell('  the capture is still being read', 'quiet')]]);
  const all = report.sessions.flatMap((s) => s.connections);
  const connection = all.find((c) => c.connection === id);
  const lines = new Lines(state.columns);
  if (connection !== undefined) {
    flowLines(connection, state, lines);
    eventLines(kase, state, id, lines);
  }
  if (all.length === 0) {
    lines.add([cell('  no connection with iSCSI', 'quiet')]);
    lines.section(failedConnectionBlocks(report));
    return lines.page('TCP');
  }
  lines.heading('Connections', 'Enter shows one');
  for (const c of all) {
    lines.add(
      [
        cell(c.connection === id ? '  ● ' : '    ', 'note'),
        cell(`C${c.connection}`.padEnd(5), 'title'),
        cell(`${c.initiatorAddress} → ${c.targetAddress}`),
        cell(`  ${plural(c.pduCount, 'PDU')}, ${c.closedHow}`, 'quiet'),
      ],
      { open: { kind: 'tcp', connection: c.connection }, timeNs: c.openedNs },
    );
  }
  lines.section(failedConnectionBlocks(report));
  return lines.page(`TCP of C${id}`);
}

function flowLines(c: ConnectionReport, state: State, lines: Lines): void {
  const span = durationText(c.lastNs - c.openedNs);
  lines.heading(
    `TCP of C${c.connection}`,
    `${c.initiatorAddress} → ${c.targetAddress}, ${span}, ${c.closedHow}${c.closedBy === undefined ? '' : ` by ${c.closedBy}`}${state.replay === undefined ? '' : '; the whole of it'}`,
  );
  const rows = [flowRow('initiator', c.fromInitiator), flowRow('target', c.fromTarget)];
  for (const line of tableLines({ kind: 'table', columns: COLUMNS, rows }, state.columns))
    lines.add(line);
  lines.blocks([{ kind: 'flow', indent: 2, label: cell(''), items: tcpItems(c) }]);
}

function flowRow(who: string, f: FlowReport): Cell[] {
  return [
    cell(who, 'strong'),
    count(f.packets),
    cell(bytesText(f.payloadBytes)),
    count(f.retransmittedSegments, 'warn'),
    count(f.outOfOrderSegments, 'warn'),
    count(f.zeroWindows, 'warn'),
    f.bytesMissing === 0 ? cell('0', 'quiet') : cell(bytesText(f.bytesMissing), 'warn'),
    f.bytesCut === 0 ? cell('0', 'quiet') : cell(bytesText(f.bytesCut), 'warn'),
    cell(f.mss === undefined ? NOTHING : String(f.mss), 'quiet'),
  ];
}

function eventLines(kase: Case, state: State, id: number, lines: Lines): void {
  const until = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  const { tcp } = kase.keeper;
  const all = apart(tcp.during(id, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY));
  const events = all.filter((e) => e.toNs <= until);
  const more = events.length - EVENTS_SHOWN;
  const note = [
    Number.isFinite(until) ? 'up to the cursor' : '',
    more > 0 ? `the first ${countText(EVENTS_SHOWN)}` : '',
    tcp.dropped > 0 ? `${countText(tcp.dropped)} of the capture were not kept` : '',
  ];
  lines.heading('What held bytes back', note.filter(Boolean).join('; '));
  if (events.length === 0) lines.add([cell('  nothing', 'good')]);
  else lines.add([cell(EVENT_HEAD, 'quiet')]);
  const initiator = kase.look?.story(id)?.initiatorDirection ?? 0;
  for (const event of events.slice(0, EVENTS_SHOWN)) {
    lines.add(eventLine(event, (event.direction & 1) === initiator), {
      open: () => placeOfFrame(kase, event.frame, id),
      timeNs: event.toNs,
    });
  }
}

const EVENT_HEAD = [
  'at'.padStart(14),
  '  what            bytes of             ',
  'waited'.padStart(10),
  'bytes'.padStart(10),
].join('');

const WHY: Readonly<Record<string, string>> = {
  fast: 'fast',
  timeout: 'by timeout',
  probe: 'as a probe',
  spurious: 'needless',
};

function eventLine(e: TcpEvent, fromInitiator: boolean): Cell[] {
  const waited = e.toNs - e.fromNs;
  return [
    cell(`  ${secondsText(e.toNs).padStart(12)}  `, 'quiet'),
    cell(`${fit(e.kind, 15)} `, e.kind === 'delayed ACK' ? 'note' : 'warn'),
    cell(`${fit(fromInitiator ? 'initiator' : 'target', 10)}`),
    cell(fit(WHY[e.why ?? ''] ?? '', 11), 'quiet'),
    cell(fit(durationText(waited), 10, true), waited > 10e6 ? 'warn' : 'plain'),
    cell(fit(e.bytes > 0 ? bytesText(e.bytes) : '', 10, true)),
    cell(`  frame ${e.frame}`, 'quiet'),
  ];
}

/** The connection that is looked at, or the first one of the session. */
function connectionFrom(place: Place, kase: Case): number {
  if (place.kind === 'command') return kase.tasks.connection(place.row);
  if (place.kind === 'pdu') return kase.pdus.connection(place.pdu);
  const session = place.kind === 'session' ? place.session : 0;
  return sessionNumbered(kase.freshReport(), session)?.connections[0]?.connection ?? 0;
}

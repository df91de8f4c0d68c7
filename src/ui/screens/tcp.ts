// TCP of a connection: what each side sent, lost and sent again, and each event with its wait.

import type { Case } from '../../case/case.js';
import { bytesText, countText, durationText } from '../../lib/number-text.js';
import { apart } from '../../report/ladder/command-ladder.js';
import { sessionNumbered } from '../../report/report.js';
import type { FlowReport } from '../../report/tcp.js';
import type { TcpEvent } from '../../store/tcp-log.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { failedConnectionBlocks } from '../../view/failed-connections-view.js';
import { count, NOTHING, secondsText } from '../../view/format.js';
import { tableLines } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import { fit } from '../terminal/width.js';
import { Lines, placeOfFrame } from './lines.js';
import { type TcpWay, tcpWays } from './tcp-ways.js';

const EVENTS_SHOWN = 5000;
/** Narrower than that the reason of an event stands behind how long it lasted. */
const WHY_FROM_COLUMNS = 80;
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

function tcpPage(kase: Case, state: State, asked: number): Page {
  const { report } = kase;
  if (report === undefined)
    return pageOf('TCP', [], [[cell('  the capture is still being read', 'quiet')]]);
  const all = tcpWays(report);
  const way = all.find(({ connection }) => connection === asked) ?? all[0];
  const lines = new Lines(state.columns);
  if (way !== undefined) {
    flowLines(way, state, lines);
    eventLines(kase, state, way, lines);
  }
  if (way === undefined) {
    lines.add([cell('  no TCP connection with iSCSI or a tunnel of Fibre Channel', 'quiet')]);
    lines.section(failedConnectionBlocks(report));
    return lines.page('TCP');
  }
  lines.heading('Connections', 'Enter shows one');
  for (const c of all) {
    lines.add(
      [
        cell(c === way ? '  ● ' : '    ', 'note'),
        cell(`C${c.connection}`.padEnd(5), 'title'),
        cell(c.ends.join(' → ')),
        cell(`  ${c.about}`, 'quiet'),
      ],
      { open: { kind: 'tcp', connection: c.connection }, timeNs: c.openedNs },
    );
  }
  lines.section(failedConnectionBlocks(report));
  return lines.page(`TCP of C${way.connection}`);
}

function flowLines(way: TcpWay, state: State, lines: Lines): void {
  const whole = state.replay === undefined ? '' : '; the whole of it';
  lines.heading(`TCP of C${way.connection}`, `${way.ends.join(' → ')}, ${way.told}${whole}`);
  const rows = way.words.map((who, i) => flowRow(who, way.flows[i]));
  for (const line of tableLines({ kind: 'table', columns: COLUMNS, rows }, state.columns))
    lines.add(line);
  lines.blocks([{ kind: 'flow', indent: 2, label: cell(''), items: way.items }]);
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

function eventLines(kase: Case, state: State, way: TcpWay, lines: Lines): void {
  const { connection: id, words } = way;
  const until = state.replay?.ns ?? Number.POSITIVE_INFINITY;
  const { tcp } = kase.keeper;
  const narrow = state.columns < WHY_FROM_COLUMNS;
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
  else lines.add([cell(eventHead(narrow), 'quiet')]);
  const first = kase.look?.story(id)?.initiatorDirection ?? 0;
  for (const event of events.slice(0, EVENTS_SHOWN)) {
    const by = words[(event.direction & 1) === first ? 0 : 1];
    lines.add(eventLine(event, by, narrow), {
      open: () => placeOfFrame(kase, event.frame, id),
      timeNs: event.toNs,
    });
  }
}

/** Where there is little room its reason stands last. */
function eventHead(narrow: boolean): string {
  const why = narrow ? '' : 'why'.padEnd(11);
  return [
    'at'.padStart(narrow ? 12 : 14),
    `${narrow ? ' ' : '  '}${'what'.padEnd(narrow ? 14 : 15)} ${'bytes of'.padEnd(10)}${why}`,
    'waited'.padStart(10),
    'bytes'.padStart(10),
  ].join('');
}

const WHY: Readonly<Record<string, string>> = {
  fast: 'fast',
  timeout: 'by timeout',
  probe: 'as a probe',
  spurious: 'needless',
};

function eventLine(e: TcpEvent, by: string, narrow: boolean): Cell[] {
  const waited = e.toNs - e.fromNs;
  const at = secondsText(e.toNs).padStart(12);
  const why = WHY[e.why ?? ''] ?? '';
  const cells = [
    cell(narrow ? `${at} ` : `  ${at}  `, 'quiet'),
    cell(`${fit(e.kind, narrow ? 14 : 15)} `, e.kind === 'delayed ACK' ? 'note' : 'warn'),
    cell(fit(by, 10)),
    cell(narrow ? '' : fit(why, 11), 'quiet'),
    cell(fit(durationText(waited), 10, true), waited > 10e6 ? 'warn' : 'plain'),
    cell(fit(e.bytes > 0 ? bytesText(e.bytes) : '', 10, true)),
  ];
  const rest = `${narrow && why !== '' ? `${why}, ` : ''}frame ${e.frame}`;
  return [...cells, cell(`  ${rest}`, 'quiet')];
}

/** The connection that is looked at, or the first one of the session. */
function connectionFrom(place: Place, kase: Case): number {
  if (place.kind === 'command') return kase.tasks.connection(place.row);
  if (place.kind === 'pdu') return kase.pdus.connection(place.pdu);
  const session = place.kind === 'session' ? place.session : 0;
  return sessionNumbered(kase.freshReport(), session)?.connections[0]?.connection ?? 0;
}

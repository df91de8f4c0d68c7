// One session: who, what was agreed and who offered what, its login, LUNs, connections, events.

import type { Case } from '../../case/case.js';
import type { Outstanding } from '../../case/outstanding.js';
import { pduName } from '../../case/pdus.js';
import { bytesText, countText, durationText, plural } from '../../lib/number-text.js';
import { MessageProtocol } from '../../pdu/message-codes.js';
import type {
  ConnectionReport,
  EventReport,
  LunReport,
  ParameterReport,
  Report,
  SessionReport,
} from '../../report/report.js';
import { sessionNumbered } from '../../report/report.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { count, duration, NOTHING, nothing, secondsText } from '../../view/format.js';
import { sessionBlocks } from '../../view/sessions-view.js';
import { blanks, tableLines } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import { fit } from '../terminal/width.js';
import { eventWords } from './event-words.js';
import { Lines, pduOfFrame, placeOfFrame } from './lines.js';
import { momentLines } from './moment.js';
import { setUpLines } from './set-up.js';

const PARAMETERS: readonly Column[] = [
  { head: 'parameter', align: 'left', priority: 0 },
  { head: 'initiator', align: 'left', priority: 1, least: 9 },
  { head: 'target', align: 'left', priority: 1, least: 9 },
  { head: 'in force', align: 'left', priority: 0, least: 15 },
  { head: 'from', align: 'left', priority: 2 },
  { head: 'rule', align: 'left', priority: 3 },
];
const LUNS: readonly Column[] = [
  { head: 'LUN', align: 'left', priority: 0 },
  { head: 'device', align: 'left', priority: 1, least: 10 },
  { head: 'commands', align: 'right', priority: 0 },
  { head: 'read', align: 'right', priority: 1 },
  { head: 'written', align: 'right', priority: 1 },
  { head: 'p50', align: 'right', priority: 2 },
  { head: 'p99', align: 'right', priority: 2 },
  { head: 'max', align: 'right', priority: 2 },
  { head: 'queue', align: 'right', priority: 3 },
];
const EVENTS_SHOWN = 2000;
/** Keys whose value is long, and is in force as it was said. */
export const NAMES = /^(Initiator|Target)(Name|Alias|Address)$/;
const COUNTER = 37;
const COUNTED_BAD = /_err$|rjt_pdus|Errors$|Fail|tmfcmd/;

export const SESSION: Screen<'session'> = {
  kind: 'session',
  keys: [],
  reported: true,
  page: ({ session }, state, { kase, outstanding }) =>
    sessionPage(kase, state, session, outstanding),
};

function sessionPage(kase: Case, state: State, id: number, outstanding: Outstanding): Page {
  const { report } = kase;
  const session = sessionNumbered(report, id);
  if (report === undefined || session === undefined) {
    const why =
      report === undefined ? 'the capture is still being read' : 'there is no such session';
    return pageOf(`S${id}`, [], [[cell(`  ${why}`, 'quiet')]]);
  }
  const lines = new Lines(state.columns);
  momentLines(kase, outstanding, state, id, lines);
  if (state.replay !== undefined) lines.heading('Session', 'the whole of it, whatever the time');
  lines.blocks(sessionBlocks({ ...report, sessions: [session] }).slice(1));
  leadLines(session, lines);
  lunLines(session, report, state, lines);
  setUpLines(kase, session, lines);
  for (const connection of session.connections) loginLines(kase, connection, lines);
  parameterLines(session, state, lines);
  for (const connection of session.connections) connectionLines(connection, lines);
  counterLines(session, state, lines);
  eventLines(kase, session, lines);
  return lines.page(`S${id}`);
}

/** Where to go from here. */
function leadLines(s: SessionReport, lines: Lines): void {
  lines.heading('Go on', 'Enter');
  const text = s.commandCount === 0 ? 'no commands' : `its ${plural(s.commandCount, 'command')}`;
  const filter = `session == ${s.session}`;
  lines.add(
    [blanks(2), cell(text, 'strong'), cell(s.commandCount === 0 ? '' : '  as a list', 'quiet')],
    s.commandCount === 0 ? undefined : { open: { kind: 'commands' }, filter },
  );
  lines.add([blanks(2), cell('its login', 'strong'), cell('  beside others', 'quiet')], {
    open: { kind: 'login', sessions: [s.session] },
  });
}

/** The ladder of a login: each PDU a row that opens it. */
function loginLines(kase: Case, c: ConnectionReport, lines: Lines): void {
  if (c.login === undefined) return;
  const how = `${c.login.loginOutcome}${c.login.statusText === undefined ? '' : `, ${c.login.statusText}`}`;
  lines.heading(`Login of C${c.connection}`, `${how}, ${durationText(c.login.durationNs)}`);
  let before = c.login.startedNs;
  for (const frame of c.login.frames) {
    const pdu = pduOfFrame(kase, frame);
    if (pdu < 0) continue;
    const { pdus } = kase;
    const timeNs = pdus.timeNs(pdu);
    const fromInitiator = pdus.fromInitiator(pdu);
    const name = pduName(pdus, pdu);
    lines.add(
      [
        cell(
          `  ${secondsText(timeNs).padStart(12)} ${`+${durationText(timeNs - before)}`.padStart(10)}  `,
          'quiet',
        ),
        cell(fit(fromInitiator ? `── ${name} ─▶` : `◀─ ${name} ──`, 22), 'strong'),
        cell(`${bytesText(pdus.length(pdu))} of text, frame ${frame}`, 'quiet'),
      ],
      { open: { kind: 'pdu', pdu }, timeNs },
    );
    before = timeNs;
  }
}

function parameterLines(session: SessionReport, state: State, lines: Lines): void {
  const { parameters, connections } = session;
  const several = connections.length > 1;
  const own = connections.flatMap((c) =>
    c.parameters
      .filter((p) => !parameters.some((s) => s.key === p.key))
      .map((p) => parameterRow(p, several ? `${p.key} of C${c.connection}` : p.key)),
  );
  const rows = [...parameters.map((p) => parameterRow(p)), ...own];
  if (rows.length === 0) return;
  lines.heading('Parameters', 'who offered what, and what came of it');
  const table = tableLines({ kind: 'table', columns: PARAMETERS, rows }, state.columns);
  const open = { kind: 'login', sessions: [session.session] } as const;
  for (const [i, line] of table.entries()) lines.add(line, i === 0 ? undefined : { open });
}

function parameterRow(p: ParameterReport, name: string = p.key): Cell[] {
  const said = (text: string | undefined): Cell => (text === undefined ? nothing() : cell(text));
  const sides = [p.initiatorInForce, p.targetInForce].filter((v) => v !== undefined);
  const value =
    p.result ??
    (sides.length > 0 ? `${p.initiatorInForce ?? '?'} / ${p.targetInForce ?? '?'}` : undefined);
  const result = p.bound === undefined || value === undefined ? value : `${p.bound} ${value}`;
  // Names are long, and what holds is what was said.
  const inForce = NAMES.test(p.key) ? 'as said' : result;
  const quiet = p.source === 'default' || p.source === 'inferred';
  return [
    cell(name, 'strong'),
    said(p.initiatorValue),
    said(p.targetValue),
    inForce === undefined ? nothing() : cell(inForce, quiet ? 'quiet' : 'good'),
    cell(p.source + (p.renegotiated ? ', again' : ''), quiet ? 'quiet' : 'plain'),
    cell(p.rule ?? '', 'quiet'),
  ];
}

function lunLines(session: SessionReport, report: Report, state: State, lines: Lines): void {
  if (session.luns.length === 0) return;
  lines.heading('LUNs', 'latency of the operation that took most time; Enter lists its commands');
  const rows = session.luns.map((lun) => lunRow(lun, session, report));
  const table = tableLines({ kind: 'table', columns: LUNS, rows }, state.columns);
  for (const [i, line] of table.entries()) {
    const lun = session.luns.at(i - 1);
    if (i === 0 || lun === undefined) lines.add(line);
    else {
      const filter = `session == ${session.session} and lun == "${lun.lun}"`;
      lines.add(line, { open: { kind: 'commands' }, filter });
    }
  }
}

function lunRow(lun: LunReport, session: SessionReport, report: Report): Cell[] {
  const own = report.operations.filter((o) => o.session === session.session && o.lun === lun.lun);
  const time = (o: (typeof own)[number]): number =>
    (o.latency?.meanNs ?? 0) * (o.latency?.count ?? 0);
  const most = [...own].sort((a, b) => time(b) - time(a))[0]?.latency ?? undefined;
  const device = [lun.vendor, lun.product].filter(Boolean).join(' ') || lun.deviceType || NOTHING;
  return [
    cell(lun.lunText, 'title'),
    cell(device.replace(/\s+/g, ' ')),
    count(lun.commandCount),
    cell(bytesText(lun.dataInBytes)),
    cell(bytesText(lun.dataOutBytes)),
    duration(most?.p50Ns),
    duration(most?.p99Ns),
    duration(most?.maxNs),
    cell(
      lun.queueDepth === null
        ? NOTHING
        : `${lun.queueDepth.mean.toFixed(1)} (${lun.queueDepth.max})`,
    ),
  ];
}

function connectionLines(c: ConnectionReport, lines: Lines): void {
  lines.heading(
    `Connection C${c.connection}, CID ${c.cid < 0 ? '?' : c.cid}`,
    'Enter opens its TCP',
  );
  const open = { kind: 'tcp', connection: c.connection } as const;
  lines.add(
    [
      blanks(2),
      cell(`${c.initiatorAddress} → ${c.targetAddress}`, 'strong'),
      cell(`  ${c.closedHow}`, 'quiet'),
    ],
    { open },
  );
  const names = Object.entries(c.pdusByName).map(([name, n]) => `${name} ${countText(n)}`);
  lines.blocks([{ kind: 'prose', indent: 2, cell: cell(names.join(' · '), 'quiet') }]);
}

/** Counters by the names that administrators know them by; what never happened is not listed. */
function counterLines(session: SessionReport, state: State, lines: Lines): void {
  const { counters } = session;
  if (counters === undefined) return;
  lines.heading('Counters', 'as iscsiadm -m session -s and RFC 7147 name them; zeros are left out');
  const all = [...Object.entries(counters.iscsiadm), ...Object.entries(counters.mib)];
  const cells = all
    .filter(([, n]) => n > 0)
    .map(([name, n]) => {
      const value = countText(n);
      const text = `${fit(name, COUNTER - value.length - 1)} ${value}`;
      return cell(text, COUNTED_BAD.test(name) ? 'warn' : 'plain');
    });
  const across = Math.max(1, Math.floor((state.columns - 1) / (COUNTER + 2)));
  const down = Math.ceil(cells.length / across);
  for (let row = 0; row < down; row++) {
    const line = Array.from({ length: across }, (_, i) => cells[row + i * down] ?? cell(''));
    lines.add(line.flatMap((one) => [blanks(2), one]));
  }
}

function eventLines(kase: Case, session: SessionReport, lines: Lines): void {
  const events = session.events.slice(0, EVENTS_SHOWN);
  if (events.length === 0) return;
  const dropped = session.events.length - events.length + (session.eventsDropped ?? 0);
  lines.heading('Events', dropped > 0 ? `${countText(dropped)} more are not shown` : '');
  for (const event of events)
    lines.add(eventLine(event, isOfFc(kase, event)), {
      open: () => placeOfFrame(kase, event.frame),
      timeNs: event.relativeNs,
    });
}

const BAD: ReadonlySet<string> = new Set([
  'reject',
  'connection ended',
  'reinstatement',
  'task management',
]);

/** Told by a frame of Fibre Channel: its words are FCP's. */
function isOfFc(kase: Case, { kind, frame }: EventReport): boolean {
  if (kind !== 'task management') return false;
  const pdu = pduOfFrame(kase, frame);
  return pdu >= 0 && kase.pdus.protocol(pdu) === MessageProtocol.fc;
}

function eventLine(e: EventReport, ofFc: boolean): Cell[] {
  const took =
    e.relativeNsEnd === undefined
      ? ''
      : ` answered after ${durationText(e.relativeNsEnd - e.relativeNs)}`;
  return [
    cell(`  ${secondsText(e.relativeNs).padStart(12)}  `, 'quiet'),
    cell(
      `${BAD.has(e.kind) ? '! ' : '  '}${e.kind.padEnd(18)}`,
      BAD.has(e.kind) ? 'warn' : 'strong',
    ),
    cell(eventWords(e, ofFc)),
    cell(took, 'quiet'),
  ];
}

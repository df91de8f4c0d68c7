// Sessions, their logical units, what they agreed on, and what TCP did.

import { countText, plural } from '../../lib/number-text.js';
import type {
  ConnectionReport,
  ParameterReport,
  Report,
  SessionReport,
} from '../../report/report.js';
import type { FlowReport } from '../../report/tcp.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { bytes, count, duration, nothing, said } from '../../view/format.js';
import type { ListColumn } from '../../view/lists/list.js';
import { LUN_COLUMNS, lunRows } from '../../view/lists/lun-columns.js';
import { SESSION_COLUMNS } from '../../view/lists/session-columns.js';
import { oneSessionBlocks } from '../../view/sessions-view.js';
import { blocksMarkup, leftOut, tableMarkup } from '../blocks.js';
import { fitting, html, type Markup, NO_MARKUP } from '../markup.js';

const DETAILS_CHARS = 120_000;
const NEGOTIATION_CHARS = 120_000;
const NAMES_SHOWN = 8;

export function sessionsMarkup({ sessions }: Report): Markup {
  if (sessions.length === 0) return NO_MARKUP;
  const told = new Map<string, number>();
  const { shown, left } = fitting(
    sessions,
    DETAILS_CHARS,
    (session) => html`<div class="session">${blocksMarkup(oneSessionBlocks(session, told))}</div>`,
  );
  return html`${listMarkup(SESSION_COLUMNS, sessions, 'sessions')}
<h3>Each of them</h3>
${shown}${leftOut(left, left === 1 ? 'session' : 'sessions', 'sanscope sessions')}`;
}

export function lunsMarkup(report: Report): Markup {
  const rows = lunRows(report).flatMap((row) => [row, ...(row.below ?? [])]);
  return rows.length === 0 ? NO_MARKUP : listMarkup(LUN_COLUMNS, rows, 'luns');
}

/** The usual columns of a list, as a table. */
function listMarkup<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  command: string,
): Markup {
  const usual = columns.filter(({ priority, told }) => priority > 0 && told !== 'json');
  const heads = usual.map(({ head, align }): Column => ({ head, align, priority: 1 }));
  const shown = rows.map((row) => usual.map((column) => column.cell(row)));
  return tableMarkup({ kind: 'table', columns: heads, rows: shown }, `sanscope ${command}`);
}

const PARAMETER_COLUMNS: readonly Column[] = [
  { head: 'key', align: 'left', priority: 0 },
  { head: 'initiator', align: 'left', priority: 1 },
  { head: 'target', align: 'left', priority: 1 },
  { head: 'in force', align: 'left', priority: 0 },
  { head: 'how', align: 'left', priority: 1 },
  { head: 'rule', align: 'left', priority: 1 },
];

/** A table for all sessions that agreed on the same. */
export function negotiationMarkup({ sessions }: Report): Markup {
  const groups = new Map<string, { readonly of: number[]; readonly all: ParameterReport[] }>();
  for (const session of sessions) {
    const all = parametersOf(session);
    if (all.length === 0) continue;
    const key = JSON.stringify(all.map(({ inferredFrame: _, ...rest }) => rest));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { of: [session.session], all });
    else group.of.push(session.session);
  }
  const { shown, left } = fitting([...groups.values()], NEGOTIATION_CHARS, ({ of, all }) => {
    const rows = all.map(parameterRow);
    return html`<h3>${sessionsText(of)}</h3>${tableMarkup({ kind: 'table', columns: PARAMETER_COLUMNS, rows })}`;
  });
  return groups.size === 0
    ? NO_MARKUP
    : html`${shown}${leftOut(left, left === 1 ? 'table' : 'tables', 'sanscope login')}`;
}

function parametersOf({ connections, parameters }: SessionReport): ParameterReport[] {
  const own = connections[0]?.parameters ?? [];
  return [...own, ...parameters.filter((p) => own.every((o) => o.key !== p.key))];
}

function sessionsText(of: readonly number[]): string {
  const names = of.slice(0, NAMES_SHOWN).map((id) => `S${id}`);
  const more = of.length - names.length;
  const list = names.join(', ') + (more > 0 ? ` and ${countText(more)} more` : '');
  return of.length === 1 ? list : `${list}: the same in ${plural(of.length, 'session')}`;
}

function parameterRow(p: ParameterReport): Cell[] {
  const sides = [
    p.initiatorInForce === undefined ? '' : `initiator ${p.initiatorInForce}`,
    p.targetInForce === undefined ? '' : `target ${p.targetInForce}`,
  ].filter(Boolean);
  const bound = p.bound === undefined ? '' : `${p.bound} `;
  const inForce = p.result ?? sides.join(', ');
  const how = [p.source, p.renegotiated ? 'again' : '', p.because ?? ''].filter(Boolean).join(', ');
  return [
    cell(p.key, 'strong'),
    said(p.initiatorValue),
    said(p.targetValue),
    inForce === '' ? nothing() : cell(`${bound}${inForce}`),
    cell(how, p.source === 'inferred' ? 'warn' : 'quiet'),
    cell(p.rule ?? '', 'quiet'),
  ];
}

const TCP_COLUMNS: readonly Column[] = [
  { head: 'S', align: 'left', priority: 0 },
  { head: 'initiator', align: 'left', priority: 0 },
  { head: 'target', align: 'left', priority: 0 },
  { head: 'round trip', align: 'right', priority: 1 },
  { head: 'target ACKs', align: 'right', priority: 1 },
  { head: 'most', align: 'right', priority: 1 },
  { head: 'initiator ACKs', align: 'right', priority: 1 },
  { head: 'most', align: 'right', priority: 1 },
  { head: 'sent', align: 'right', priority: 1 },
  { head: 'received', align: 'right', priority: 1 },
  { head: 'again by initiator', align: 'right', priority: 1 },
  { head: 'by target', align: 'right', priority: 1 },
  { head: 'out of order', align: 'right', priority: 1 },
  { head: 'zero window', align: 'right', priority: 1 },
  { head: 'window full', align: 'right', priority: 1 },
  { head: 'missing', align: 'right', priority: 1 },
  { head: 'captured at', align: 'left', priority: 1 },
  { head: 'closed', align: 'left', priority: 1 },
];

export function tcpMarkup({ sessions }: Report): Markup {
  const all = sessions.flatMap((s) => s.connections.map((connection) => ({ s, connection })));
  if (all.length === 0) return NO_MARKUP;
  const rows = all.map(({ s, connection }) => tcpRow(s, connection));
  return tableMarkup({ kind: 'table', columns: TCP_COLUMNS, rows }, 'sanscope report --json');
}

function tcpRow({ session }: SessionReport, c: ConnectionReport): Cell[] {
  const { fromInitiator: out, fromTarget: back, tcp } = c;
  const both = (of: (flow: FlowReport) => number): number => of(out) + of(back);
  const { side, certainty } = tcp.captureSide;
  const by = c.closedBy === undefined ? '' : ` by ${c.closedBy}`;
  return [
    cell(`S${session}`, 'title'),
    cell(c.initiatorAddress),
    cell(c.targetAddress),
    duration(tcp.handshake?.roundTripNs),
    duration(out.rtt?.meanNs),
    duration(out.rtt?.maxNs, 'quiet'),
    duration(back.rtt?.meanNs),
    duration(back.rtt?.maxNs, 'quiet'),
    bytes(out.streamBytes),
    bytes(back.streamBytes),
    count(out.retransmittedSegments, 'warn'),
    count(back.retransmittedSegments, 'warn'),
    count(
      both((f) => f.outOfOrderSegments),
      'warn',
    ),
    waited(both((f) => f.zeroWindowNs)),
    waited(both((f) => f.windowFullNs)),
    bytes(both((f) => f.bytesMissing)),
    side === 'unknown' || certainty < 0.5 ? nothing() : cell(`${side} (inferred)`, 'quiet'),
    cell(
      c.logout !== undefined ? 'logged out' : c.closedHow + by,
      c.closedHow === 'rst' ? 'bad' : 'quiet',
    ),
  ];
}

function waited(ns: number): Cell {
  return ns > 0 ? duration(ns, 'warn') : nothing();
}

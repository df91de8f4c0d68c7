// Logins of two sessions side by side: what each offered, what came of it, and where they differ.

import type { Case } from '../../case/case.js';
import { durationText, plural } from '../../lib/number-text.js';
import type { ParameterReport, SessionReport } from '../../report/report.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { NOTHING, secondsText } from '../../view/format.js';
import { cellsLength } from '../../view/layout.js';
import { blanks, tableLines } from '../blocks.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import { Lines } from './lines.js';
import { namesOf } from './overview.js';
import { NAMES } from './session.js';
import { setUpLines } from './set-up.js';

/** Two sessions, each with what both sides said. */
const TWO_WIDE = 120;

export const LOGIN: Screen<'login'> = {
  kind: 'login',
  tab: {
    key: '5',
    word: 'Logins',
    about: 'logins, what was negotiated; of two sessions side by side',
    place: (from, { kase }) => ({ kind: 'login', sessions: sessionsFrom(from, kase) }),
  },
  keys: [],
  reported: true,
  whole: true,
  page: ({ sessions }, state, { kase }) => loginPage(kase, state, sessions),
};

function loginPage(kase: Case, state: State, ids: readonly number[]): Page {
  const all = kase.report?.sessions;
  if (all === undefined)
    return pageOf('logins', [], [[cell('  the capture is still being read', 'quiet')]]);
  const shown = ids.map((id) => all[id]).filter((s) => s !== undefined);
  const lines = new Lines(state.columns);
  if (all.length === 0) lines.add([cell('  no sessions: no iSCSI was found', 'quiet')]);
  for (const session of shown) whoLines(kase, session, lines);
  if (shown.length > 0) tableOf(shown, state, lines);
  if (all.length > 0) pickLines(all, shown, lines);
  return lines.page(
    shown.length === 0 ? 'logins' : `logins of ${shown.map((s) => `S${s.session}`).join(' and ')}`,
  );
}

function whoLines(kase: Case, s: SessionReport, lines: Lines): void {
  const { login } = s.connections.find((c) => c.login !== undefined) ?? {};
  const names = namesOf(s, lines.width - ` S${s.session}  `.length);
  lines.add([cell(` S${s.session}  `, 'title'), cell(names, 'strong')], {
    open: { kind: 'session', session: s.session },
    timeNs: s.startedNs,
  });
  if (login === undefined) {
    const fabric = kase.facts()?.fc.nexuses.some((nexus) => nexus.session === s.session);
    if (fabric === true) setUpLines(kase, s, lines);
    else lines.add([blanks(5), cell('login not captured', 'warn')]);
    return;
  }
  const tone = login.loginOutcome === 'accepted' ? 'good' : 'bad';
  lines.add([
    blanks(5),
    cell(`${tone === 'good' ? '✓' : '!'} ${login.loginOutcome}`, tone),
    cell(login.statusText === undefined ? '' : `, ${login.statusText}`),
    cell(login.authMethod === undefined ? '' : `, ${login.authMethod}`),
    cell(
      `, ${plural(login.frames.length, 'PDU')} in ${durationText(login.durationNs)}, at ${secondsText(login.startedNs)} s`,
      'quiet',
    ),
    cell(login.incomplete ? '  not captured whole' : '', 'warn'),
  ]);
}

function tableOf(shown: readonly SessionReport[], state: State, lines: Lines): void {
  const two = shown.length > 1;
  const offers = !two || state.columns >= TWO_WIDE;
  const note = two ? '≠ where the two differ' : 'pick a second session below';
  lines.heading(
    'Parameters',
    offers ? note : `${note}; from ${TWO_WIDE} columns on: who said what`,
  );
  const lists = shown.map(parametersOf);
  const keys = [...new Set(lists.flatMap((list) => list.map((p) => p.key)))];
  const columns: Column[] = [
    { head: ' ', align: 'left', priority: 0 },
    { head: 'parameter', align: 'left', priority: 0 },
    ...shown.flatMap((s): Column[] => {
      const inForce: Column = {
        head: offers ? 'in force' : `S${s.session} in force`,
        align: 'left',
        priority: 0,
        least: 15,
      };
      if (!offers) return [inForce];
      return [
        { head: `S${s.session} initiator`, align: 'left', priority: 1, least: 10 },
        { head: 'target', align: 'left', priority: 1, least: 8 },
        inForce,
      ];
    }),
  ];
  const rows = keys.map((key) => row(key, lists, offers));
  for (const line of tableLines({ kind: 'table', columns, rows }, state.columns)) lines.add(line);
}

function parametersOf(s: SessionReport): ParameterReport[] {
  const own = s.connections.flatMap((c) => c.parameters);
  return [...s.parameters, ...own.filter((p) => !s.parameters.some((q) => q.key === p.key))];
}

function row(key: string, lists: readonly (readonly ParameterReport[])[], offers: boolean): Cell[] {
  const found = lists.map((list) => list.find((p) => p.key === key));
  const said = found.map((p) => `${p?.initiatorValue} ${p?.targetValue} ${inForce(p)}`);
  const differ = new Set(said).size > 1;
  const tone = differ ? 'warn' : 'plain';
  return [
    cell(differ ? '≠' : ' ', 'warn'),
    cell(key, 'strong'),
    ...found.flatMap((p) => {
      const force = cell(inForce(p), p?.source === 'default' ? 'quiet' : tone);
      if (!offers) return [force];
      return [
        cell(p?.initiatorValue ?? NOTHING, p?.initiatorValue === undefined ? 'quiet' : tone),
        cell(p?.targetValue ?? NOTHING, p?.targetValue === undefined ? 'quiet' : tone),
        NAMES.test(key) && p !== undefined ? cell('as said', 'quiet') : force,
      ];
    }),
  ];
}

function inForce(p: ParameterReport | undefined): string {
  if (p === undefined) return NOTHING;
  if (p.result !== undefined) return p.result;
  return p.initiatorInForce === undefined && p.targetInForce === undefined
    ? NOTHING
    : `${p.initiatorInForce ?? '?'} / ${p.targetInForce ?? '?'}`;
}

function pickLines(
  all: readonly SessionReport[],
  shown: readonly SessionReport[],
  lines: Lines,
): void {
  lines.heading('Sessions', 'Enter puts one beside the first');
  for (const s of all) {
    const first = shown[0]?.session ?? s.session;
    const outcome = s.connections.find((c) => c.login)?.login?.loginOutcome ?? 'login not captured';
    const head = cell(`  S${s.session}`.padEnd(7), 'title');
    const end = cell(`  ${outcome}`, outcome === 'accepted' ? 'quiet' : 'warn');
    const names = namesOf(s, lines.width - cellsLength([head, end]));
    lines.add([head, cell(names), end], {
      open: { kind: 'login', sessions: first === s.session ? [s.session] : [first, s.session] },
      timeNs: s.startedNs,
    });
  }
}

/** The session that is looked at, or the first two. */
function sessionsFrom(place: Place, kase: Case): readonly number[] {
  if (place.kind === 'session') return [place.session];
  const sessions = kase.freshReport()?.sessions ?? [];
  return sessions
    .filter((s) => s.connections.some((x) => x.login))
    .slice(0, 2)
    .map((s) => s.session);
}

// Logins of two sessions side by side: what each offered, what came of it, and where they differ.

import { durationText, plural } from '../../lib/units.js';
import type { ParameterReport, SessionReport } from '../../report/report.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { NOTHING, secondsText } from '../../view/format.js';
import { blanks, tableLines } from '../blocks.js';
import type { Case } from '../case/case.js';
import { type Page, pageOf } from '../page.js';
import type { State } from '../state.js';
import { Lines } from './lines.js';

export function loginPage(kase: Case, state: State, ids: readonly number[]): Page {
  const all = kase.report?.sessions;
  if (all === undefined)
    return pageOf('logins', [], [[cell('  the capture is still being read', 'quiet')]]);
  const shown = ids.map((id) => all[id]).filter((s) => s !== undefined);
  const lines = new Lines(state.columns);
  for (const session of shown) whoLines(session, lines);
  if (shown.length > 0) tableOf(shown, state, lines);
  pickLines(all, shown, lines);
  return lines.page(
    shown.length === 0 ? 'logins' : `logins of ${shown.map((s) => `S${s.session}`).join(' and ')}`,
  );
}

function whoLines(s: SessionReport, lines: Lines): void {
  const { login } = s.connections.find((c) => c.login !== undefined) ?? {};
  const names = `${s.initiatorName ?? s.initiator} → ${s.targetName ?? s.target}`;
  lines.add([cell(` S${s.session}  `, 'title'), cell(names, 'strong')], {
    open: { kind: 'session', session: s.session },
    timeNs: s.startedNs,
  });
  if (login === undefined) {
    lines.add([blanks(5), cell('login not captured', 'warn')]);
    return;
  }
  const tone = login.outcome === 'accepted' ? 'good' : 'bad';
  lines.add([
    blanks(5),
    cell(`${tone === 'good' ? '✓' : '!'} ${login.outcome}`, tone),
    cell(login.status === undefined ? '' : `, ${login.status}`),
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
  lines.heading('Parameters', two ? '≠ where the two differ' : 'pick a second session below');
  const lists = shown.map(parametersOf);
  const keys = [...new Set(lists.flatMap((list) => list.map((p) => p.key)))];
  const columns: Column[] = [
    { head: ' ', align: 'left', priority: 0 },
    { head: 'parameter', align: 'left', priority: 0 },
    ...shown.flatMap((s): Column[] => [
      { head: `S${s.session} initiator`, align: 'left', priority: 1, least: 10 },
      { head: 'target', align: 'left', priority: 1, least: 8 },
      { head: 'in force', align: 'left', priority: 0, least: 8 },
    ]),
  ];
  const rows = keys.map((key) => row(key, lists));
  for (const line of tableLines({ kind: 'table', columns, rows }, state.columns)) lines.add(line);
}

function parametersOf(s: SessionReport): ParameterReport[] {
  const own = s.connections.flatMap((c) => c.parameters);
  return [...s.parameters, ...own.filter((p) => !s.parameters.some((q) => q.key === p.key))];
}

function row(key: string, lists: readonly (readonly ParameterReport[])[]): Cell[] {
  const found = lists.map((list) => list.find((p) => p.key === key));
  const said = found.map((p) => `${p?.initiator} ${p?.target} ${inForce(p)}`);
  const differ = new Set(said).size > 1;
  const tone = differ ? 'warn' : 'plain';
  return [
    cell(differ ? '≠' : ' ', 'warn'),
    cell(key, 'strong'),
    ...found.flatMap((p) => [
      cell(p?.initiator ?? NOTHING, p?.initiator === undefined ? 'quiet' : tone),
      cell(p?.target ?? NOTHING, p?.target === undefined ? 'quiet' : tone),
      cell(inForce(p), p?.source === 'default' ? 'quiet' : tone),
    ]),
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
    const outcome = s.connections.find((c) => c.login)?.login?.outcome ?? 'login not captured';
    lines.add(
      [
        cell(`  S${s.session}`.padEnd(7), 'title'),
        cell(`${s.initiatorName ?? s.initiator} → ${s.targetName ?? s.target}`),
        cell(`  ${outcome}`, outcome === 'accepted' ? 'quiet' : 'warn'),
      ],
      {
        open: { kind: 'login', sessions: first === s.session ? [s.session] : [first, s.session] },
        timeNs: s.startedNs,
      },
    );
  }
}

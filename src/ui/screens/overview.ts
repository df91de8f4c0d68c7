// The first screen: what was captured and how whole it is, who talked, what looks wrong.

import type { Case } from '../../case/case.js';
import type { Outstanding } from '../../case/outstanding.js';
import type { Finding, Severity } from '../../findings/finding.js';
import { bytesText, countText, durationText, percentText, plural } from '../../lib/number-text.js';
import type { Report, SessionReport } from '../../report/report.js';
import { captureBlocks } from '../../view/capture-view.js';
import { type Block, type Cell, cell, type Tone } from '../../view/cells.js';
import { fibreChannelBlocks } from '../../view/fibre-channel-view.js';
import { alike, findingWhere } from '../../view/findings-view.js';
import { secondsText } from '../../view/format.js';
import { cellsLength, pairText } from '../../view/layout.js';
import { rdmaItems } from '../../view/rdma-view.js';
import { unitBlocks } from '../../view/units-view.js';
import { verdictLines } from '../../view/verdict-view.js';
import { blanks, blockLines } from '../blocks.js';
import { COMPARE, MARK } from '../keys.js';
import type { Page } from '../page.js';
import type { Screen } from '../screen.js';
import type { State } from '../state.js';
import { Lines, placeOfFrame } from './lines.js';
import { momentLines } from './moment.js';

export const FINDING_MARKS: Readonly<
  Record<Severity, { readonly text: string; readonly tone: Tone }>
> = {
  critical: { text: '‼ critical ', tone: 'bad' },
  warning: { text: '! warning  ', tone: 'warn' },
  note: { text: '· note     ', tone: 'note' },
};
/** Sessions told while the capture is still read. */
const SESSIONS_MAX = 200;
const DETAILS = 13;
const PROGRESS = 40;

export const OVERVIEW: Screen<'overview'> = {
  kind: 'overview',
  tab: {
    key: '1',
    word: 'Overview',
    about: 'overview: capture, sessions, what looks wrong',
    place: () => ({ kind: 'overview' }),
  },
  keys: [MARK, COMPARE],
  reported: true,
  whole: true,
  page: (_, state, { kase, outstanding }) => overviewPage(kase, state, outstanding),
};

export function overviewPage(kase: Case, state: State, outstanding: Outstanding): Page {
  const lines = new Lines(state.columns);
  momentLines(kase, outstanding, state, undefined, lines);
  if (kase.report === undefined) loadingLines(kase, lines);
  else {
    if (kase.loading !== undefined) soFarLine(kase, lines);
    reportLines(kase, kase.report, state, outstanding, lines);
  }
  return lines.page('overview');
}

/** The capture goes on: what stands below is not final. */
function soFarLine(kase: Case, lines: Lines): void {
  const { openRows } = kase.tasks;
  const open = openRows === 0 ? '' : `; ${plural(openRows, 'command')} open, not counted below`;
  const { done, total } = kase.loading ?? { done: 0, total: 0 };
  const part = `${percentText(done, total)} of ${bytesText(total)} read`;
  lines.add([cell(` So far: ${total > 0 ? part : 'the capture goes on'}${open}`, 'note')]);
}

/** What is known while the capture is read. */
function loadingLines(kase: Case, lines: Lines): void {
  lines.heading('Capture', 'being read');
  const { done, total } = kase.loading ?? { done: 0, total: 0 };
  const share = total > 0 ? `${percentText(done, total)} of ${bytesText(total)}` : bytesText(done);
  for (const file of kase.files) {
    lines.add([blanks(2), cell(file === '-' ? 'standard input' : file, 'strong')]);
  }
  const rows: readonly [string, string][] = [
    ['read', share],
    ['span', durationText(kase.lastNs)],
    ['PDUs', countText(kase.pdus.count)],
    ['commands', `${countText(kase.tasks.count)}, ${countText(kase.tasks.openRows)} open`],
  ];
  if (total > 0) lines.add([blanks(2), cell(progressBar(done / total), 'note')]);
  for (const [label, text] of rows)
    lines.add([blanks(2), cell(label.padEnd(10), 'quiet'), cell(text)]);
  lines.heading('Sessions', 'so far');
  for (let id = 0; id < SESSIONS_MAX; id++) {
    const session = kase.look?.session(id);
    if (session === undefined) break;
    const names = [
      session.initiatorName || session.initiatorAddress,
      session.targetName || session.targetAddress,
    ].filter(Boolean);
    const [from, to] = names;
    const both = names.length === 2 ? pairText(from, to, lines.width - 7) : names.join('');
    lines.add([blanks(2), cell(`S${id}`.padEnd(5), 'title'), cell(both)]);
  }
}

function progressBar(share: number): string {
  const full = Math.round(Math.min(1, share) * PROGRESS);
  return '█'.repeat(full) + '░'.repeat(PROGRESS - full);
}

function reportLines(
  kase: Case,
  report: Report,
  state: State,
  outstanding: Outstanding,
  lines: Lines,
): void {
  for (const { cells, incident } of verdictLines(report, lines.width - 1)) {
    const findings = report.incidents[incident ?? -1]?.findings;
    const open = findings === undefined ? undefined : ({ kind: 'finding', findings } as const);
    lines.add([blanks(1), ...cells], { open });
  }
  const atCursor = state.replay !== undefined;
  if (atCursor) {
    lines.heading('Capture', 'the whole of it, whatever the time');
    lines.blocks(captureBlocks(report).slice(1));
  } else lines.section(captureBlocks(report));
  lines.heading(
    'Sessions',
    `Enter opens one${atCursor ? '; counts are those up to the cursor' : ''}`,
  );
  if (report.sessions.length === 0)
    lines.add([blanks(2), cell('none: no iSCSI was found', 'warn')]);
  for (const session of report.sessions) sessionLines(session, state, outstanding, lines);
  lines.heading('What looks wrong', 'Enter says more, and leads to the proof');
  if (report.findings.length === 0) {
    const none =
      report.sessions.length > 0 ? '✓ nothing that the rules look for' : 'nothing to look at';
    lines.add([blanks(2), cell(none, report.sessions.length > 0 ? 'good' : 'quiet')]);
  }
  for (const { findings } of report.incidents) {
    const [cause, ...effects] = alike(findings.map((index) => report.findings[index]));
    findingLines(report, cause, state.columns, lines);
    for (const group of effects) effectLine(report, group, lines);
  }
  lines.section(unitBlocks(report));
  lines.section(fibreChannelBlocks(report));
  rdmaLines(report, lines);
  discoveryLines(report, lines);
  problemLines(kase, report, state.columns, lines);
}

/** Connections that place data directly, each leading to what TCP did on it. */
function rdmaLines(report: Report, lines: Lines): void {
  const all = report.sessions.flatMap(({ connections }) => connections);
  const rdma = all.flatMap((c) => (c.rdma === undefined ? [] : [{ ...c, rdma: c.rdma }]));
  if (rdma.length === 0) return;
  lines.heading('RDMA', 'Enter opens the connection');
  for (const { connection, rdma: one } of rdma) {
    const label = cell(`C${connection}  `, 'title');
    const open = { kind: 'tcp', connection } as const;
    const block: Block = { kind: 'flow', indent: 2, label, items: rdmaItems(one) };
    for (const line of blockLines([block], lines.width)) lines.add(line, { open });
  }
}

function discoveryLines({ discovery, isns }: Report, lines: Lines): void {
  if (discovery.length === 0 && isns === undefined) return;
  lines.heading('Discovery', 'Enter shows who learnt of which target, and what came of it');
  const reached = discovery.filter((row) => row.reached).length;
  const words = [
    discovery.length === 0
      ? ''
      : `${plural(discovery.length, 'target')} learnt, ${reached} reached`,
    isns === undefined ? '' : `${plural(isns.transactionsTotal, 'iSNS request')}`,
  ];
  const text = words.filter(Boolean).join(' · ');
  lines.add([blanks(2), cell(text, 'strong')], { open: { kind: 'discovery' } });
}

function problemLines(kase: Case, report: Report, width: number, lines: Lines): void {
  const problems = Object.entries(report.problems.counts);
  if (problems.length === 0) return;
  lines.heading('Problems on the way', 'what could not be read as it stands');
  for (const [kind, count] of problems) {
    const example = report.problems.examples.find((p) => p.kind === kind);
    const frame = example?.frame;
    const where = frame === undefined ? '' : ` (frame ${countText(frame)})`;
    const label = cell(`! ${kind} × ${countText(count)}  `, 'warn');
    const text = cell((example?.text ?? '') + where, 'quiet');
    const open = frame === undefined ? undefined : { open: () => placeOfFrame(kase, frame) };
    for (const line of blockLines([{ kind: 'prose', indent: 2, label, cell: text }], width))
      lines.add(line, open);
  }
}

function sessionLines(
  s: SessionReport,
  state: State,
  outstanding: Outstanding,
  lines: Lines,
): void {
  const open = { kind: 'session', session: s.session } as const;
  const ns = state.replay?.ns;
  const behind = [endOf(s, ns), cell(s.loginSeen ? '' : '  login not captured', 'warn')];
  const head = [blanks(2), cell(`S${s.session}`.padEnd(5), 'title')];
  const names = cell(namesOf(s, lines.width - cellsLength([...head, ...behind])), 'strong');
  lines.add([...head, names, ...behind], { open, timeNs: s.startedNs });
  const facts = ns === undefined ? wholeFacts(s) : factsAt(s, ns, outstanding);
  lines.add([blanks(7), cell(facts.filter(Boolean).join(' · '), 'quiet')], {
    open,
    timeNs: s.startedNs,
  });
}

/** Who talks to whom, within `width`. */
export function namesOf(s: SessionReport, width: number): string {
  return pairText(s.initiatorName ?? s.initiatorAddress, targetOf(s), width);
}

/** Whom a session is with, as far as it is known. */
function targetOf(s: SessionReport): string {
  return s.targetName ?? (s.sessionType === 'Discovery' ? 'discovery' : s.targetAddress);
}

function endOf(s: SessionReport, ns: number | undefined): Cell {
  if (ns !== undefined && s.startedNs > ns) return cell('  not begun', 'quiet');
  if (s.ended === undefined || (ns !== undefined && (s.endedNs ?? 0) > ns)) return cell('');
  return cell(`  ${s.ended}`, s.ended === 'logout' ? 'quiet' : 'bad');
}

/** What is not there is not told: there is little room. */
function wholeFacts(s: SessionReport): string[] {
  const connections = s.connections.length;
  return [
    // One is usual; nexuses of Fibre Channel have none of their own.
    connections <= 1 ? '' : plural(connections, 'connection'),
    s.luns.length === 0 ? '' : plural(s.luns.length, 'LUN'),
    plural(s.commandCount, 'command'),
    s.dataInBytes > 0 ? `${bytesText(s.dataInBytes)} read` : '',
    s.dataOutBytes > 0 ? `${bytesText(s.dataOutBytes)} written` : '',
    s.unanswered > 0 ? `${countText(s.unanswered)} unanswered` : '',
    s.queueDepth === null ? '' : `queue depth ${s.queueDepth.mean.toFixed(1)}`,
  ];
}

function factsAt(s: SessionReport, ns: number, outstanding: Outstanding): string[] {
  if (s.startedNs > ns) return [`begins at ${secondsText(s.startedNs)} s`];
  const { begun, ended, failed, readBytes, writtenBytes } = outstanding.passed(s.session);
  return [
    `${countText(begun)} of ${plural(s.commandCount, 'command')}`,
    begun > ended ? `${countText(begun - ended)} outstanding` : '',
    readBytes > 0 ? `${bytesText(readBytes)} read` : '',
    writtenBytes > 0 ? `${bytesText(writtenBytes)} written` : '',
    failed > 0 ? `${countText(failed)} failed` : '',
  ];
}

/** What followed from a finding, in a line under it. */
function effectLine(report: Report, group: readonly Finding[], lines: Lines): void {
  const [f] = group;
  const findings = group.map((one) => report.findings.indexOf(one));
  const where = findingWhere(group).slice(0, 3).join(' · ');
  lines.add(
    [
      cell(`${blanks(DETAILS - 2).text}↳ `, FINDING_MARKS[f.severity].tone),
      cell(f.title),
      cell(`  ${where}`, 'quiet'),
    ],
    { open: { kind: 'finding', findings }, timeNs: f.fromNs },
  );
}

/** Alike findings are told once; Enter tells all of them. */
function findingLines(
  report: Report,
  group: readonly Finding[],
  width: number,
  lines: Lines,
): void {
  const [f] = group;
  const { text, tone } = FINDING_MARKS[f.severity];
  const findings = group.map((one) => report.findings.indexOf(one));
  const facts = { open: { kind: 'finding', findings }, timeNs: f.fromNs } as const;
  const where = findingWhere(group).map((words) => cell(words, 'quiet'));
  const blocks: Block[] = [
    { kind: 'prose', indent: 2, label: cell(text, tone), cell: cell(f.title, 'strong') },
    { kind: 'flow', indent: DETAILS, label: cell(''), items: where },
    { kind: 'prose', indent: DETAILS, cell: cell(f.text, 'quiet') },
  ];
  for (const line of blockLines(blocks, width)) lines.add(line, facts);
}

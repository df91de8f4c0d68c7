// The first screen: what was captured and how whole it is, who talked, what looks wrong.

import type { Finding, Severity } from '../../findings/finding.js';
import { bytesText, countText, durationText, percentText, plural } from '../../lib/units.js';
import type { Report, SessionReport } from '../../report/report.js';
import { captureBlocks } from '../../view/capture-view.js';
import { cell, type Tone } from '../../view/cells.js';
import { frames } from '../../view/format.js';
import { blanks } from '../blocks.js';
import type { Case } from '../case/case.js';
import type { Outstanding } from '../case/outstanding.js';
import type { Page } from '../page.js';
import type { Place, State } from '../state.js';
import { Lines, placeOfFrame } from './lines.js';
import { momentLines } from './moment.js';

const MARKS: Readonly<Record<Severity, { readonly text: string; readonly tone: Tone }>> = {
  critical: { text: '‼ critical ', tone: 'bad' },
  warning: { text: '! warning  ', tone: 'warn' },
  note: { text: '· note     ', tone: 'note' },
};
/** Sessions told while the capture is still read. */
const SESSIONS_MAX = 200;
const DETAILS = 13;

export function overviewPage(kase: Case, state: State, outstanding: Outstanding): Page {
  const lines = new Lines(state.columns);
  momentLines(kase, outstanding, state, undefined, lines);
  if (kase.report === undefined) loadingLines(kase, lines);
  else reportLines(kase, kase.report, lines);
  return lines.page('overview');
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
  for (const [label, text] of rows)
    lines.add([blanks(2), cell(label.padEnd(10), 'quiet'), cell(text)]);
  lines.heading('Sessions', 'so far');
  for (let id = 0; id < SESSIONS_MAX; id++) {
    const session = kase.look?.session(id);
    if (session === undefined) break;
    const names = [
      session.initiatorName || session.initiatorAddress,
      session.targetName || session.targetAddress,
    ];
    lines.add([blanks(2), cell(`S${id}  `, 'title'), cell(names.filter(Boolean).join(' → '))]);
  }
}

function reportLines(kase: Case, report: Report, lines: Lines): void {
  lines.blocks(captureBlocks(report));
  lines.heading('Sessions', 'Enter opens one');
  if (report.sessions.length === 0)
    lines.add([blanks(2), cell('none: no iSCSI was found', 'warn')]);
  for (const session of report.sessions) sessionLines(session, lines);
  lines.heading('What looks wrong', 'Enter opens the proof');
  if (report.findings.length === 0) {
    lines.add([blanks(2), cell('✓ nothing that the rules look for', 'good')]);
  }
  for (const finding of report.findings) findingLines(kase, finding, lines);
  const problems = Object.entries(report.problems.counts);
  if (problems.length === 0) return;
  lines.heading('Problems on the way', 'what could not be read as it stands');
  for (const [kind, count] of problems) {
    const example = report.problems.examples.find((p) => p.kind === kind);
    lines.add([
      blanks(2),
      cell(`! ${kind} × ${countText(count)}  `, 'warn'),
      cell(example?.text ?? '', 'quiet'),
    ]);
  }
}

function sessionLines(s: SessionReport, lines: Lines): void {
  const open = { kind: 'session', session: s.session } as const;
  const to = s.targetName ?? (s.type === 'Discovery' ? 'discovery' : s.target);
  lines.add(
    [
      blanks(2),
      cell(`S${s.session}`.padEnd(5), 'title'),
      cell(`${s.initiatorName ?? s.initiator} → ${to}`, 'strong'),
      cell(s.ended === undefined ? '' : `  ${s.ended}`, s.ended === 'logout' ? 'quiet' : 'bad'),
      cell(s.loginSeen ? '' : '  login not captured', 'warn'),
    ],
    { open, timeNs: s.startedNs },
  );
  const facts = [
    plural(s.connections.length, 'connection'),
    plural(s.luns.length, 'LUN'),
    plural(s.commands, 'command'),
    `${bytesText(s.dataInBytes)} read`,
    `${bytesText(s.dataOutBytes)} written`,
    ...(s.unanswered > 0 ? [`${countText(s.unanswered)} unanswered`] : []),
    ...(s.queueDepth === null ? [] : [`queue depth ${s.queueDepth.mean.toFixed(1)}`]),
  ];
  lines.add([blanks(7), cell(facts.join(' · '), 'quiet')], { open });
}

function findingLines(kase: Case, f: Finding, lines: Lines): void {
  const { text, tone } = MARKS[f.severity];
  const [frame] = f.frames;
  const open = (): Place | undefined =>
    (frame === undefined ? undefined : placeOfFrame(kase, frame)) ??
    (f.session === undefined ? undefined : { kind: 'session', session: f.session });
  lines.add([blanks(2), cell(text, tone), cell(f.title, 'strong')], { open });
  const where = [
    f.count > 1 ? `${countText(f.count)} times` : '',
    f.session === undefined ? '' : `S${f.session}`,
    f.connection === undefined ? '' : `C${f.connection}`,
    f.frames.length === 0 ? '' : `frames ${frames(f.frames, 5)}`,
    f.inferred ? 'inferred' : '',
  ].filter(Boolean);
  lines.add([blanks(DETAILS), cell(where.join(' · '), 'quiet')], { open });
  lines.blocks([{ kind: 'prose', indent: DETAILS, cell: cell(f.text, 'quiet') }]);
}

// The state at the time cursor, at the top of the screens of the capture and of a session.

import type { Case } from '../../case/case.js';
import { r2tBytesDue } from '../../case/moment.js';
import type { Outstanding } from '../../case/outstanding.js';
import { bytesText, countText, durationText, plural } from '../../lib/number-text.js';
import { sessionNumbered } from '../../report/report.js';
import { operationText } from '../../scsi/task-facts.js';
import { cell } from '../../view/cells.js';
import { secondsText } from '../../view/format.js';
import { shorten } from '../../view/layout.js';
import type { State } from '../state.js';
import type { Line } from '../terminal/line.js';
import { fit } from '../terminal/width.js';
import { forgottenText } from './forgotten.js';
import type { Lines } from './lines.js';

const SHOWN = 8;

/** Of one session, or of all where none is named. */
export function momentLines(
  kase: Case,
  outstanding: Outstanding,
  state: State,
  session: number | undefined,
  lines: Lines,
): void {
  const { replay } = state;
  if (replay === undefined) return;
  outstanding.moveTo(replay.ns);
  const { tasks } = kase;
  const open = [...outstanding.open]
    .filter((row) => session === undefined || tasks.session(row) === session)
    .sort((a, b) => tasks.startNs(a) - tasks.startNs(b));
  const width = windowWords(kase, replay.ns, session);
  const words = `${countText(open.length)} outstanding${width}`;
  lines.heading(`At ${secondsText(replay.ns)} s`, words);
  lines.add(passedLine(kase, outstanding, session));
  for (const row of open.slice(0, SHOWN)) {
    const due = r2tBytesDue(kase, row, replay.ns);
    lines.add(
      [
        cell(`  ${fit(durationText(replay.ns - tasks.startNs(row)), 10, true)}  `, 'strong'),
        cell(fit(shorten(operationText(tasks.operation(row)), 20, 'words'), 20)),
        cell(`S${tasks.session(row)} C${tasks.connection(row)}  `, 'quiet'),
        cell(due > 0 ? `the initiator owes ${bytesText(due)} that R2Ts asked for` : '', 'warn'),
      ],
      { open: { kind: 'command', row }, timeNs: tasks.startNs(row) },
    );
  }
  if (open.length > SHOWN)
    lines.add([cell(`  … and ${countText(open.length - SHOWN)} more`, 'quiet')]);
}

/** What had been done by then. */
function passedLine(kase: Case, outstanding: Outstanding, session: number | undefined): Line {
  const { begun, ended, failed, readBytes, writtenBytes } = outstanding.passed(session);
  const { report, tasks } = kase;
  const older = forgottenText(kase);
  const all =
    session === undefined ? tasks.count : (sessionNumbered(report, session)?.commandCount ?? begun);
  const words = [
    `${countText(begun)} of ${plural(all, 'command')}`,
    `${countText(ended)} ended`,
    `${bytesText(readBytes)} read`,
    `${bytesText(writtenBytes)} written`,
  ];
  return [
    cell('  so far  ', 'quiet'),
    cell(words.join(' · ')),
    cell(failed > 0 ? ` · ${countText(failed)} failed` : '', 'bad'),
    cell(older === '' ? '' : `; not among them: ${older}`, 'quiet'),
  ];
}

/** ", command window C0 31, C1 8": free places of each connection's session. */
function windowWords(kase: Case, ns: number, session: number | undefined): string {
  const connections = (kase.report?.sessions ?? [])
    .filter((s) => session === undefined || s.session === session)
    .flatMap((s) => s.connections.filter((c) => c.openedNs <= ns && c.lastNs >= ns));
  const words = connections.slice(0, 4).flatMap((c) => {
    const width = kase.windows.at(c.connection, ns);
    return width < 0 ? [] : [`C${c.connection} ${width === 0 ? '0 (closed)' : countText(width)}`];
  });
  return words.length === 0 ? '' : `, command window ${words.join(', ')}`;
}

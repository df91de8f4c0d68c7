// What comes before any table: in at most seven lines what is wrong, since when, whose move it was and
// what to do next; or that nothing was found, and what could not be judged.

import type { Incident, Owes } from '../findings/finding.js';
import { bytesText, countText, durationText, plural } from '../lib/number-text.js';
import type { Report } from '../report/report.js';
import { type Cell, cell, type Tone } from './cells.js';
import { secondsText } from './format.js';
import { shorten, wrapWords } from './layout.js';

/** Lines in all, and of these for what it means and for what to do. */
const LINES_MAX = 7;
const TEXT_LINES = 2;
const NEXT_LINES = 2;
const MARGIN = 10;
const PROSE_WIDTH = 110;
const SESSIONS_SHOWN = 4;

const MARKS: Readonly<Record<Incident['severity'], Tone>> = {
  critical: 'bad',
  warning: 'warn',
  note: 'note',
};

/** Whose move it was, as people say it. */
const OWES_TEXT: Readonly<Record<Owes, string>> = {
  initiator: 'the initiator’s move',
  target: 'the target’s move',
  network: 'the network between them',
  capture: 'the capture itself',
  none: 'nobody’s fault',
  unknown: 'whose fault is not shown here',
};

export interface VerdictLine {
  readonly cells: readonly Cell[];
  /** The story it is of, by its place in the report. */
  readonly incident?: number;
}

/** At most seven lines, each at most `width` long. */
export function verdictLines(report: Report, width: number): VerdictLine[] {
  const wrong = report.incidents.filter((one) => one.severity !== 'note');
  const unjudged = unjudgedOf(report);
  const lines = wrong.length === 0 ? nothingWrong(report) : storyLines(report, wrong, width);
  if (unjudged.length > 0 && lines.length < LINES_MAX) {
    const text = shorten(unjudged.join('; '), Math.max(1, width - 12));
    lines.push({ cells: [cell('Not judged: ', 'note'), cell(text, 'quiet')] });
  }
  return lines.slice(0, LINES_MAX);
}

function storyLines(report: Report, wrong: readonly Incident[], width: number): VerdictLine[] {
  const [worst, ...others] = wrong;
  const lines: VerdictLine[] = [];
  const room = Math.min(width, PROSE_WIDTH) - MARGIN;
  const at = (one: Incident) => report.incidents.indexOf(one);
  const add = (one: Incident, cells: readonly Cell[]): void => {
    lines.push({ cells, incident: at(one) });
  };
  const label = (text: string, tone: Tone) => cell(text.padEnd(MARGIN), tone);
  add(worst, [
    label(worst.severity, MARKS[worst.severity]),
    cell(shorten(worst.title, width - MARGIN), 'strong'),
  ]);
  const whenWords = shorten(incidentWhen(worst, report), width - MARGIN);
  add(worst, [label('', 'quiet'), cell(whenWords, 'quiet')]);
  for (const text of cut(worst.text, room, TEXT_LINES))
    add(worst, [label('', 'quiet'), cell(text)]);
  const nextRoom = others.length === 0 ? NEXT_LINES : 1;
  cut(worst.next, room, nextRoom).forEach((text, i) => {
    add(worst, [label(i === 0 ? 'Next:' : '', 'note'), cell(text)]);
  });
  const [second] = others;
  if (second !== undefined) {
    const more = others.length > 1 ? ` (and ${others.length - 1} more)` : '';
    const text = shorten(second.title, Math.max(1, width - MARGIN - more.length));
    add(second, [
      label(second.severity, MARKS[second.severity]),
      cell(text, 'strong'),
      cell(more, 'quiet'),
    ]);
  }
  return lines;
}

/** Since when, whose move it was, whom it hit. */
export function incidentWhen(incident: Incident, report: Report): string {
  const when = [sinceText(incident, report), OWES_TEXT[incident.owes], sessionsText(incident)];
  return when.filter(Boolean).join(' · ');
}

/** The first lines of a text; what does not fit is marked. */
function cut(text: string, room: number, most: number): string[] {
  const lines = wrapWords(text, Math.max(10, room));
  if (lines.length <= most) return lines;
  const rest = lines.slice(most - 1).join(' ');
  return [...lines.slice(0, most - 1), shorten(rest, Math.max(10, room))];
}

/** "since 8.32 s (14:41:59.257 UTC), for 3.01 s". */
function sinceText({ fromNs, toNs = -1 }: Incident, { capture }: Report): string {
  if (fromNs === undefined) return '';
  const start = capture.start === undefined ? Number.NaN : Date.parse(capture.start);
  const clock = Number.isNaN(start)
    ? ''
    : ` (${new Date(start + fromNs / 1e6).toISOString().slice(11, 23)} UTC)`;
  const span = toNs > fromNs ? `, for ${durationText(toNs - fromNs)}` : '';
  return `since ${secondsText(fromNs)} s${clock}${span}`;
}

function sessionsText({ sessions }: Incident): string {
  const shown = sessions.slice(0, SESSIONS_SHOWN).map((id) => `S${id}`);
  const more = sessions.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A title of a note that says why nothing could be judged. */
function unread({ findings }: Report): string | undefined {
  return findings.find(({ id }) => id === 'iser-unread')?.title;
}

function nothingWrong(report: Report): VerdictLine[] {
  const { totals, incidents, fibreChannel } = report;
  const why = unread(report);
  if (why !== undefined && totals.commandCount === 0) {
    const text = `${why}; no command of ${plural(totals.sessionCount, 'session')} could be read.`;
    return [{ cells: [cell(text, 'warn')] }];
  }
  if (totals.sessionCount === 0 && fibreChannel !== undefined) {
    const text = 'Fibre Channel without SCSI commands; nothing wrong was found in it.';
    return [{ cells: [cell(text, 'note')] }];
  }
  if (totals.sessionCount === 0) {
    return [{ cells: [cell('No iSCSI was found: nothing could be judged.', 'warn')] }];
  }
  const notes = incidents.length === 0 ? '' : `; ${plural(incidents.length, 'note')} below`;
  const text =
    `Nothing wrong was found: ${plural(totals.sessionCount, 'session')}, ` +
    `${plural(totals.commandCount, 'command')}, ${countText(totals.completed)} answered${notes}.`;
  return [{ cells: [cell(text, 'good')] }];
}

/** Ethernet, IPv4, TCP with timestamps, and an iSCSI header; what else there may be before it. */
const HEADERS_BYTES = 14 + 20 + 32 + 48;
const SNAPLEN_SAFE = 160;

/** Which snaplen it takes: by the headers that were cut, or where none was made out by what iSCSI usually takes. */
function headersText({ capture, totals }: Report): string {
  const { snaplen, snaplenNeeded, packetsTruncated } = capture;
  if (packetsTruncated === 0 || snaplen === 0) return '';
  if (snaplenNeeded !== undefined) {
    return `headers that snaplen ${snaplen} cut: ${snaplenNeeded} takes those that begin a segment, ${Math.max(SNAPLEN_SAFE, snaplenNeeded)} is safe`;
  }
  if (totals.sessionCount > 0 || snaplen >= HEADERS_BYTES) return '';
  return `headers that snaplen ${snaplen} cut: iSCSI over IPv4 takes ${HEADERS_BYTES}, ${SNAPLEN_SAFE} is safe`;
}

/** What the capture does not show, so that nothing can be said of it. */
function unjudgedOf(report: Report): string[] {
  const { capture, sessions, findings } = report;
  const iser = findings.filter(({ id }) => id === 'iser-unread').length;
  const unseen = sessions.filter((session) => !session.loginSeen).length;
  return [
    unseen > 0 ? `what ${plural(unseen, 'session')} agreed on (login not captured)` : '',
    capture.bytesMissing > 0 ? `${bytesText(capture.bytesMissing)} that are missing` : '',
    headersText(report),
    capture.packetsTruncated > 0 && capture.snaplen > 0
      ? `data cut by snaplen ${capture.snaplen}`
      : '',
    iser > 0 ? `what ${plural(iser, 'connection')} carried over RDMA` : '',
    capture.bytesUnframed > 0 ? `${bytesText(capture.bytesUnframed)} of no PDU` : '',
    capture.packetsDropped > 0 ? `${plural(capture.packetsDropped, 'packet')} dropped` : '',
  ].filter(Boolean);
}

// An event in one line: when, how grave, what, whom. The same words in text and on the screens.

import type { Severity } from '../findings/finding.js';
import { countText, durationText } from '../lib/number-text.js';
import type { LiveEvent } from '../report/events/event.js';
import { type Block, type Cell, cell, type Tone } from './cells.js';

const MARKS: Readonly<Record<Severity, readonly [mark: string, tone: Tone]>> = {
  critical: ['!!', 'bad'],
  warning: ['! ', 'warn'],
  note: ['· ', 'note'],
};

export function toneOfEvent({ severity }: LiveEvent): Tone {
  return MARKS[severity][1];
}

export function severityCell({ severity }: LiveEvent): Cell {
  return cell(...MARKS[severity]);
}

export function eventLine(event: LiveEvent): Block {
  return { kind: 'line', indent: 0, cells: eventCells(event) };
}

/** `15:04:05 UTC  ! stall  nothing answered for 1.02 s: 4 commands wait  S0 LUN 1 iqn… → iqn…`. */
export function eventCells(event: LiveEvent): Cell[] {
  const [mark, tone] = MARKS[event.severity];
  const again = event.more === undefined ? '' : ` (${countText(event.more)} more)`;
  const cause = event.causedBy === undefined ? '' : ` after ${event.causedBy}`;
  return [
    cell(`${event.time?.slice(11, 19) ?? '--:--:--'} UTC  `, 'quiet'),
    cell(mark, tone),
    cell(` ${event.kind}  `, tone === 'note' ? 'quiet' : tone),
    cell(`${event.text}${again}${cause}`),
    cell(`  ${whomText(event)}`, 'quiet'),
  ];
}

export function whomText({ session, lunText, initiator, target }: LiveEvent): string {
  const parts = [
    session === undefined ? '' : `S${session}`,
    lunText === undefined ? '' : `LUN ${lunText}`,
    initiator === undefined || target === undefined ? '' : `${initiator} → ${target}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** How long it was; '' where it was a moment. */
export function lastedText({ durationNs }: LiveEvent): string {
  return durationNs === undefined ? '' : durationText(durationNs);
}

// What happened while the capture goes on: the newest first, each with its proof a key away.

import type { Case } from '../../case/case.js';
import type { LivePicture } from '../../case/live.js';
import { countText, plural } from '../../lib/number-text.js';
import type { LiveEvent } from '../../report/events/event.js';
import { type Cell, type Column, cell } from '../../view/cells.js';
import { lastedText, severityCell, toneOfEvent, whomText } from '../../view/event-view.js';
import { tableLines } from '../blocks.js';
import { FOLLOW } from '../keys.js';
import { type Page, pageOf } from '../page.js';
import type { Screen } from '../screen.js';
import type { Place, State } from '../state.js';
import type { Line } from '../terminal/line.js';
import { placeOfFrame } from './lines.js';

/** Beside what happened: the other columns, as narrow as they may be. */
const BESIDE = 46;
/** How long it lasted is worth less than what it was. */
const WHAT_LEAST = 36;
const WHAT_MOST = 60;

const columnsIn = (width: number): readonly Column[] => [
  { head: 'time UTC', align: 'left', priority: 0 },
  { head: '', align: 'left', priority: 0 },
  {
    head: 'what',
    align: 'left',
    priority: 0,
    least: Math.max(WHAT_LEAST, Math.min(WHAT_MOST, width - BESIDE)),
  },
  { head: 'lasted', align: 'right', priority: 1, room: 7 },
  { head: 'times', align: 'right', priority: 3 },
  { head: 'kind', align: 'left', priority: 4 },
  { head: 'whom', align: 'left', priority: 2, least: 12, cut: 'start' },
];

export const EVENTS: Screen<'events'> = {
  kind: 'events',
  tab: {
    key: '7',
    word: 'Events',
    about: 'events: what happened while the capture goes on',
    onlyLive: true,
    place: () => ({ kind: 'events' }),
  },
  keys: [FOLLOW],
  whole: true,
  page: (_, state, { kase, live }) =>
    live === undefined
      ? pageOf('events', [], [[cell('  this capture is not live', 'quiet')]])
      : eventsPage(kase, live, state),
};

function eventsPage(kase: Case, picture: LivePicture, state: State): Page {
  const events = [...picture.events].reverse();
  const [head, ...rows] = tableLines(
    { kind: 'table', columns: columnsIn(state.columns), rows: events.map(cellsOf) },
    state.columns,
  );
  const older = picture.told - events.length;
  const forgotten = older > 0 ? `, ${countText(older)} older ones forgotten` : '';
  const summary = [cell(` ${plural(picture.told, 'event')}${forgotten}`, 'title')];
  return pageOf('events', [summary, head ?? []], rows, {
    rest: (index) => restOf(events[index], rows[index] ?? []),
    empty: 'nothing happened so far that is worth an event',
    key: (index) => `event ${events[index]?.event}`,
    opens: (index) => placeOf(events[index], kase) !== undefined,
    open: (index) => placeOf(events[index], kase),
    filter: (index) => filterOf(events[index]),
    timeNs: (index) => events[index]?.fromNs,
    task: (index) => {
      const command = events[index]?.command;
      return command !== undefined && kase.tasks.holds(command) ? command : undefined;
    },
  });
}

/** What happened, from where its cell was cut. */
function restOf(event: LiveEvent | undefined, row: Line): string | undefined {
  const shown = row.find(({ text }) => text.trimEnd().endsWith('…'))?.text.trimEnd() ?? '';
  const begun = shown.slice(0, -1);
  return begun !== '' && event?.text.startsWith(begun) ? event.text.slice(begun.length) : undefined;
}

function cellsOf(event: LiveEvent): Cell[] {
  const { count = 1, more } = event;
  return [
    cell(event.time?.slice(11, 23) ?? '--:--:--', 'quiet'),
    severityCell(event),
    cell(event.text, event.severity === 'note' ? 'plain' : toneOfEvent(event)),
    cell(lastedText(event)),
    cell(count > 1 ? `${countText(count)}${more === undefined ? '' : ` +${countText(more)}`}` : ''),
    cell(event.kind, 'quiet'),
    cell(whomText(event), 'quiet'),
  ];
}

/** Where the proof is: the command, its packet's PDU, the LUN's commands, the session. */
function placeOf(event: LiveEvent | undefined, kase: Case): Place | undefined {
  if (event === undefined) return undefined;
  const { command, frames = [], session } = event;
  if (command !== undefined && kase.tasks.holds(command)) return { kind: 'command', row: command };
  if (filterOf(event) !== undefined) return { kind: 'commands' };
  if (frames.length > 0) {
    const place = placeOfFrame(kase, frames[0], event.connection);
    if (place !== undefined) return place;
  }
  return session === undefined ? undefined : { kind: 'session', session };
}

/** A stall that is over is proved by the commands that waited. */
function filterOf(event: LiveEvent | undefined): string | undefined {
  if (event === undefined) return undefined;
  const { kind, session, lunText } = event;
  if (kind !== 'stall-over' || session === undefined || lunText === undefined) return undefined;
  return `session == ${session} && lun == ${lunText} && latency >= 1s`;
}

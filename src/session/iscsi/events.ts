// The list of what happens seldom in a session, bounded.

import { SESSION_EVENTS_MAX } from '../../limits.js';
import type { SessionEvent, SessionEventKind } from '../model.js';
import type { ConnectionState, SessionState } from './state.js';

/** Lists an event; undefined where the list is full (it is counted). */
export function addEvent(
  s: SessionState,
  kind: SessionEventKind,
  c: ConnectionState,
  frame: number,
  timeNs: number,
  fields: SessionEvent['fields'],
): SessionEvent | undefined {
  const story = s.story;
  if (story.events.length >= SESSION_EVENTS_MAX) {
    story.eventsDropped++;
    return undefined;
  }
  const event: SessionEvent = {
    kind,
    connection: c.number,
    frame,
    timeNs,
    endNs: -1,
    endFrame: 0,
    fields,
  };
  story.events.push(event);
  return event;
}

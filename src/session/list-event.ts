// The list of what happens seldom in a session, bounded; of every protocol.

import { appended } from '../lib/appended.js';
import { SESSION_EVENTS_MAX } from '../limits.js';
import type { Session, SessionEvent, SessionEventKind } from './model.js';

/** Lists an event, not answered yet; undefined where the list is full (it is counted). */
export function listEvent(
  story: Session,
  kind: SessionEventKind,
  connection: number,
  frame: number,
  timeNs: number,
  fields: SessionEvent['fields'],
): SessionEvent | undefined {
  if (story.events.length >= SESSION_EVENTS_MAX) {
    story.eventsDropped++;
    return undefined;
  }
  const event: SessionEvent = { kind, connection, frame, timeNs, endNs: -1, endFrame: 0, fields };
  story.events = appended(story.events, event);
  return event;
}

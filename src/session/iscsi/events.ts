// Events of a session's connection (list-event.ts).

import { listEvent } from '../list-event.js';
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
  return listEvent(s.story, kind, c.number, frame, timeNs, fields);
}

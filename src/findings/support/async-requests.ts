// What an Asynchronous Message asked the initiator to do, and that it did not in the time it was given
// (RFC 7143 11.9.1): log out, or negotiate.

import type { IscsiConnection, Session, SessionEvent } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { AsyncEvent } from '../../wire/iscsi/codes.js';
import { type Facts, storyOf } from '../facts.js';
import { heardSince } from './heard.js';

/** Parameter3 counts seconds: what comes within this of it came in time. */
const LATE_NS = 1e9;
/** A side whose TCP was heard so long after is there. */
const ALIVE_NS = 0.5e9;

export interface Ignored {
  readonly event: SessionEvent;
  readonly session: Session;
  readonly story: IscsiConnection;
  /** The time it was given, in seconds. */
  readonly seconds: number;
  /** When it did it all the same, or the connection or the capture ended. */
  readonly endNs: number;
  /** The packet that did it late; 0: it never came. */
  readonly lateFrame: number;
}

/** Who asks names the watch `framing`. */
export function ignoredRequests(session: Session, facts: Facts): Ignored[] {
  // What it did may stand among what the list had no room for.
  if (session.eventsDropped > 0) return [];
  const all: Ignored[] = [];
  for (const event of session.events) {
    if (event.kind !== 'async message' || !asks(event)) continue;
    const story = storyOf(facts, event.connection);
    // Asked again: the first time tells how long.
    if (all.some((one) => one.story === story && code(one.event) === code(event))) continue;
    const one = story === undefined ? undefined : ignored(event, story, session, facts);
    if (one !== undefined) all.push(one);
  }
  return all;
}

function code(event: SessionEvent): number {
  return Number(event.fields.asyncEvent);
}

function asks(event: SessionEvent): boolean {
  return code(event) === AsyncEvent.logoutRequest || code(event) === AsyncEvent.negotiationRequest;
}

function ignored(
  event: SessionEvent,
  story: IscsiConnection,
  session: Session,
  facts: Facts,
): Ignored | undefined {
  const seconds = Number(event.fields.parameter3);
  const dueNs = event.timeNs + seconds * 1e9 + LATE_NS;
  const { connection } = story;
  const done = session.events.find((other) => meets(other, event, story));
  const endNs = done?.timeNs ?? (connection.closedNs >= 0 ? connection.closedNs : facts.lastNs);
  // Not due yet; or the connection was gone by then, whoever ended it.
  if (endNs < dueNs || !wasThere(event, story, facts)) return undefined;
  return { event, session, story, seconds, endNs, lateFrame: done?.frame ?? 0 };
}

/** The logout or the negotiation: also one that was under way when the message came. */
function meets(one: SessionEvent, asked: SessionEvent, story: IscsiConnection): boolean {
  if (one.timeNs < asked.timeNs && one.endNs >= 0 && one.endNs < asked.timeNs) return false;
  const own = one.connection === asked.connection;
  if (one.kind === 'logout') return own || one.fields.reason === 0 || one.fields.cid === story.cid;
  return one.kind === 'text negotiation' && own && code(asked) === AsyncEvent.negotiationRequest;
}

/** It was heard after it, and nothing that it said is missing; the target did not send the message in vain. */
function wasThere(event: SessionEvent, story: IscsiConnection, facts: Facts): boolean {
  const { connection, initiatorDirection } = story;
  if (initiatorDirection < 0 || story.replaced) return false;
  const initiator = flowOf(connection, initiatorDirection);
  const target = flowOf(connection, initiatorDirection ^ 1);
  return (
    initiator.lastNs - event.timeNs >= ALIVE_NS &&
    target.retransmittedTimeout === 0 &&
    heardSince(story, 'initiator', event.timeNs, facts)
  );
}

// Exchanges whose command was not captured, and those that are over. Not for the hot road.

import { FC_EXCHANGES_MAX } from '../../limits.js';
import type { FcFrame } from '../../pdu/fc/frame.js';
import { Evidence, Outcome, type OutcomeCode } from '../../scsi/task.js';
import { FcpIu } from '../../wire/fc/kinds.js';
import type { Exchange } from './exchange.js';
import type { FcConnectionState, FcTables, LinkState, NexusState } from './state.js';
import { taskBegins, taskEnds, taskEndsUnseen, told } from './task-calls.js';

/**
 * A frame of an exchange that is not open: its command was not captured, and a task begins with this.
 * Null where all was captured, or where the exchange was ended early: then it is late.
 */
export function exchangeTraced(
  tables: FcTables,
  c: FcConnectionState,
  nexus: NexusState,
  oxId: number,
  frame: FcFrame,
  fromTarget: boolean,
): Exchange | null {
  if (nexus.session.endedEarly.has(oxId) || isComplete(nexus.link)) return null;
  if (nexus.exchanges.size >= FC_EXCHANGES_MAX) return null;
  const exchange = tables.pool.take(oxId);
  nexus.exchanges.set(oxId, exchange);
  const open = taskBegins(tables, c, nexus, exchange, frame, !fromTarget);
  open.task.reads = fromTarget && frame.kind === FcpIu.data;
  open.task.writes = !fromTarget;
  told(tables, open);
  return exchange;
}

/** Every frame of the link since its first one is there. */
function isComplete(link: LinkState): boolean {
  if (link.losses > 0) return false;
  return link.facts.connections.every(
    ({ connection }) => connection?.a.startKnown === true && connection.b.startKnown,
  );
}

/** The exchange is over, its task told: its OX_ID is free. */
export function exchangeOver(tables: FcTables, nexus: NexusState, exchange: Exchange): void {
  if (nexus.exchanges.get(exchange.oxId) === exchange) nexus.exchanges.delete(exchange.oxId);
  exchange.order = 0;
  tables.pool.give(exchange);
}

/** Ended before its response: what still comes of it is no new exchange. */
export function endedEarly(nexus: NexusState, oxId: number): void {
  nexus.session.endedEarly.add(oxId);
}

/** A command uses the OX_ID: what comes now is its. */
export function begunAnew(nexus: NexusState, oxId: number): void {
  nexus.session.endedEarly.delete(oxId);
}

/** All that is open of a nexus ends: logged out, or logged in anew. */
export function endAll(
  tables: FcTables,
  nexus: NexusState,
  outcome: OutcomeCode,
  timeNs: number,
  frame: number,
): void {
  for (const exchange of [...nexus.exchanges.values()]) {
    const { oxId } = exchange;
    if (!endsAsDue(tables, nexus, exchange)) {
      const aborted = outcome !== Outcome.open && exchange.abort >= 0;
      taskEnds(tables, nexus, exchange, aborted ? Outcome.aborted : outcome, timeNs, frame);
    }
    exchangeOver(tables, nexus, exchange);
    endedEarly(nexus, oxId);
  }
}

/** Ends the task of an exchange whose response has come; false where none has. */
export function endsAsDue(tables: FcTables, nexus: NexusState, exchange: Exchange): boolean {
  if (exchange.due < 0) return false;
  const outcome = exchange.due as OutcomeCode;
  taskEnds(tables, nexus, exchange, outcome, exchange.dueNs, exchange.dueFrame);
  return true;
}

/** The OX_ID is used again: the exchange before is over, however it ended (FC-FS). */
export function usedAgain(
  tables: FcTables,
  nexus: NexusState,
  exchange: Exchange,
  timeNs: number,
  frame: number,
): void {
  if (!endsAsDue(tables, nexus, exchange)) {
    if (exchange.abort >= 0) taskEnds(tables, nexus, exchange, Outcome.aborted, timeNs, frame);
    else taskEndsUnseen(tables, nexus, exchange, Evidence.tagReused, timeNs, frame);
  }
  exchangeOver(tables, nexus, exchange);
}

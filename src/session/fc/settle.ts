// What an exchange lacks at its end: data that never came, frames that SEQ_CNT says were sent, and what
// must have moved while the capture missed frames.

import type { OpenTask } from '../../scsi/open-task.js';
import { Outcome } from '../../scsi/task.js';
import type { Exchange } from './exchange.js';
import { see } from './model.js';
import type { NexusState } from './state.js';

/** What of the data never came, as far as the capture tells. */
export function settleData(nexus: NexusState, exchange: Exchange, open: OpenTask): void {
  const t = open.task;
  const { violations } = nexus.facts;
  const missing =
    exchange.inRanges.missing(exchange.inRanges.end()) +
    exchange.outRanges.missing(exchange.outRanges.end());
  exchange.fromOriginator.fold();
  exchange.fromResponder.fold();
  const lack = Math.max(0, exchange.fromOriginator.lack) + Math.max(0, exchange.fromResponder.lack);
  const captured = exchange.lossesAtStart === nexus.link.losses;
  if (missing > 0) t.dataMissing += missing;
  if (!captured) movedAll(open);
  if (lack > 0 && captured && t.commandSeen) {
    const first =
      exchange.fromOriginator.lack > 0 ? exchange.fromOriginator : exchange.fromResponder;
    see(violations.framesLost, first.lackFrame, first.lackNs);
    violations.framesLostTotal += lack;
  }
}

/**
 * Frames of a command that ended well were missed, not those of the network: all that was asked for, less
 * the residual, has moved (FCP-4: "the number of bytes … not transferred").
 */
function movedAll(open: OpenTask): void {
  const t = open.task;
  if (t.outcome !== Outcome.open || t.status !== 0 || !t.commandSeen || t.cdbLength === 0) return;
  if (t.reads === t.writes || t.expectedLength === 0) return;
  const moved = t.expectedLength - (t.residualKind === 1 ? t.residualCount : 0);
  const lacks = moved - (t.reads ? t.dataInBytes : t.dataOutBytes);
  if (lacks <= 0) return;
  t.dataMissing = Math.max(t.dataMissing, lacks);
  if (t.reads) t.dataInBytes = moved;
  else t.dataOutBytes = moved;
}

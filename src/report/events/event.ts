// An event of a capture that goes on: what happened, when, to whom, how long, and what proves it. Made
// while it happens from the same findings and sessions as the report.

import { type Epoch, isoTime } from '../../capture/time.js';
import type { Severity } from '../../findings/finding.js';
import { lunTextOf } from '../../wire/scsi/lun.js';
import { LIVE_SCHEMA } from '../interval.js';
import type { SessionReport } from '../report.js';

/** What a watcher says of one. */
export interface EventFacts {
  /** A finding's id, or one of `stall`, `stall-over`, `dropped`, `missing`, `session-…`. */
  readonly kind: string;
  readonly severity: Severity;
  /** A sentence. */
  readonly text: string;
  /** When it began, ns since the capture's first packet; absent where it has no moment. */
  readonly fromNs?: number;
  readonly durationNs?: number;
  readonly session?: number;
  readonly connection?: number;
  /** 16 hex digits. */
  readonly lun?: string;
  /** Packets that prove it, the first few. */
  readonly frames?: readonly number[];
  /** The command that is meant, by its number. */
  readonly command?: number;
  /** How often so far; of what it is that grew since it was told last. */
  readonly count?: number;
  readonly more?: number;
  /** The finding that it followed from. */
  readonly causedBy?: string;
}

export interface LiveEvent extends EventFacts {
  readonly schema: typeof LIVE_SCHEMA;
  readonly type: 'event';
  /** From 1. */
  readonly event: number;
  /** Time of day when it began, and how long after that it was told. */
  readonly time?: string;
  readonly toldAfterNs?: number;
  readonly initiator?: string;
  readonly target?: string;
  readonly lunText?: string;
}

/** Between whom a session is. */
export type Whom = Pick<SessionReport, 'initiator' | 'target'>;

/** `whom`: the session it is about, where it is known; `nowNs`: when it is told. */
export function makeEvent(
  facts: EventFacts,
  number: number,
  epoch: Epoch | undefined,
  whom: Whom | undefined,
  nowNs: number,
): LiveEvent {
  const { fromNs, lun } = facts;
  return {
    schema: LIVE_SCHEMA,
    type: 'event',
    event: number,
    time: epoch === undefined ? undefined : isoTime(epoch, fromNs ?? nowNs),
    ...facts,
    toldAfterNs: fromNs === undefined ? undefined : Math.max(0, Math.round(nowNs - fromNs)),
    initiator: whom?.initiator,
    target: whom?.target,
    lunText: lun === undefined ? undefined : lunTextOf(lun),
  };
}

// What a capture holds that rules of the protocol are about: how often each kind of PDU passed, and how often
// commands did what some rules ask for. A rule that nothing exercised is neither kept nor broken.

import type { Report } from '../report/report.js';
import { type Task, type TaskSink, Transport } from '../scsi/task.js';
import { AsyncEvent } from '../wire/iscsi/codes.js';

const FOLLOWED: readonly number[] = [AsyncEvent.logoutRequest, AsyncEvent.negotiationRequest];

export class Exercise implements TaskSink {
  /** Of commands that were seen from their begin: with data in or out, with data that no R2T asked for. */
  writes = 0;
  unsolicited = 0;
  /** With more than one R2T; with more than one at a time. */
  severalR2ts = 0;
  r2tsAtOnce = 0;
  /** With a status of their own; of these with Data-In. */
  answered = 0;
  answeredReads = 0;
  /** Reads and writes of blocks, whose length the CDB tells too. */
  ofBlocks = 0;
  readonly #pdus = new Map<string, number>();
  /** Pings that ask for an answer. */
  initiatorPings = 0;
  targetPings = 0;
  /** Asynchronous Messages that ask for a logout or a negotiation. */
  followUpsAsked = 0;
  /** PDUs of connections with digests. */
  digested = 0;
  /** Sessions whose login was seen. */
  logins = 0;

  taskStarted(): void {}

  taskEnded(task: Task): void {
    if (!task.commandSeen || task.transport !== Transport.iscsi) return;
    if (task.writes) this.writes++;
    if (task.immediateBytes > 0 || task.unsolicitedBytes > 0) this.unsolicited++;
    if (task.r2ts > 1) this.severalR2ts++;
    if (task.r2tsOutstandingMax > 1) this.r2tsAtOnce++;
    if (task.status >= 0) this.answered++;
    if (task.status >= 0 && task.dataInPdus > 0) this.answeredReads++;
    if (task.blocks > 0) this.ofBlocks++;
  }

  /** The capture is over. */
  takeReport({ sessions }: Report): void {
    for (const session of sessions) {
      this.initiatorPings += session.pings?.ofInitiator?.sent ?? 0;
      this.targetPings += session.pings?.ofTarget?.sent ?? 0;
      if (session.loginSeen) this.logins++;
      for (const { kind, fields } of session.events) {
        if (kind === 'async message' && FOLLOWED.includes(Number(fields.asyncEvent)))
          this.followUpsAsked++;
      }
      for (const connection of session.connections) {
        for (const [name, count] of Object.entries(connection.pdusByName)) {
          this.#pdus.set(name, this.pdus(name) + count);
        }
        if (connection.headerDigestInUse || connection.dataDigestInUse) {
          this.digested += connection.pduCount;
        }
      }
    }
  }

  /** By the names of the PDUs: "SCSI Data-In". */
  pdus(...names: readonly string[]): number {
    return names.reduce((sum, name) => sum + (this.#pdus.get(name) ?? 0), 0);
  }
}

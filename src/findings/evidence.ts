// hot: no allocation per packet
// Gathers, while the capture passes, what rules need and nobody else keeps: tasks that did not end
// well, grouped, with the first few packets of each group; digests that were bad; bytes between
// PDUs that could not be told apart. What goes well costs a comparison.

import { FINDINGS_PER_RULE } from '../limits.js';
import { DIGEST_BAD, type Pdu, type PduSink } from '../pdu/pdu.js';
import { Outcome, type Task, type TaskSink } from '../session/task.js';
import {
  DelayGroup,
  FramingGroup,
  groupKey,
  keepFrame,
  SessionFrames,
  TaskGroup,
} from './groups.js';

export class Evidence implements TaskSink, PduSink {
  readonly groups: Map<string, TaskGroup> = new Map();
  readonly delays: Map<number, DelayGroup> = new Map();
  readonly framing: Map<number, FramingGroup> = new Map();
  /** By session: commands whose bytes and residual do not add up. */
  readonly residuals: Map<number, SessionFrames> = new Map();
  /** Tasks and connections beyond the limit of groups: counted, not described. */
  ungrouped = 0;
  pdus = 0;

  taskStarted(_task: Task): void {}

  taskEnded(task: Task): void {
    if (task.tcpWaitNs > 0) this.#delayed(task);
    if (task.outcome === Outcome.good && lengthsDiffer(task)) this.#residual(task);
    if (task.outcome === Outcome.good || task.outcome === Outcome.conditionMet) return;
    const group = this.#group(task);
    if (group === undefined) return;
    group.count++;
    group.operations.add(task.operation);
    keepFrame(group.frames, task.commandFrame > 0 ? task.commandFrame : task.endFrame);
  }

  begin(_pdu: Pdu): number {
    return 0;
  }

  end(pdu: Pdu): void {
    this.pdus++;
    if (pdu.headerDigest !== DIGEST_BAD && pdu.dataDigest !== DIGEST_BAD && !pdu.resynchronised) {
      return;
    }
    const group = this.#framing(pdu.connection);
    if (group === undefined) return;
    if (pdu.resynchronised) group.resynchronised++;
    if (pdu.headerDigest === DIGEST_BAD) group.headerDigestsBad++;
    if (pdu.dataDigest === DIGEST_BAD) group.dataDigestsBad++;
    if (pdu.headerDigest === DIGEST_BAD || pdu.dataDigest === DIGEST_BAD) {
      keepFrame(group.digestFrames, pdu.frame);
    }
  }

  lost(direction: number, bytes: number, _timeNs: number, frame: number): void {
    const group = this.#framing(direction >> 1);
    if (group === undefined) return;
    group.unframedBytes += bytes;
    keepFrame(group.lostFrames, frame);
  }

  ended(_direction: number, _timeNs: number, _frame: number): void {}

  #residual(task: Task): void {
    let group = this.residuals.get(task.session);
    if (group === undefined) {
      if (this.residuals.size >= FINDINGS_PER_RULE) {
        this.ungrouped++;
        return;
      }
      group = new SessionFrames(task.session);
      this.residuals.set(task.session, group);
    }
    group.count++;
    keepFrame(group.frames, task.commandFrame);
  }

  #delayed(task: Task): void {
    let group = this.delays.get(task.session);
    if (group === undefined) {
      if (this.delays.size >= FINDINGS_PER_RULE) {
        this.ungrouped++;
        return;
      }
      group = new DelayGroup(task.session);
      this.delays.set(task.session, group);
    }
    group.count++;
    group.waitNs += task.tcpWaitNs;
    if (task.tcpWaitNs > group.waitNsMax) {
      group.waitNsMax = task.tcpWaitNs;
      group.worstFrame = task.commandFrame;
    }
    keepFrame(group.frames, task.commandFrame);
  }

  #group(task: Task): TaskGroup | undefined {
    const key = groupKey(task);
    let group = this.groups.get(key);
    if (group === undefined) {
      if (this.groups.size >= FINDINGS_PER_RULE * 8) {
        this.ungrouped++;
        return undefined;
      }
      group = new TaskGroup(task);
      this.groups.set(key, group);
    }
    return group;
  }

  #framing(connection: number): FramingGroup | undefined {
    let group = this.framing.get(connection);
    if (group === undefined) {
      if (this.framing.size >= FINDINGS_PER_RULE) {
        this.ungrouped++;
        return undefined;
      }
      group = new FramingGroup(connection);
      this.framing.set(connection, group);
    }
    return group;
  }
}

/**
 * Bytes moved and the residual, against what was asked; only where all of it is known. A write may
 * have sent with its command what the target then did not want.
 */
function lengthsDiffer(task: Task): boolean {
  if (!task.commandSeen || task.reads === task.writes || task.dataMissing > 0) return false;
  if (task.statusBound || task.residualKind === 2) return false;
  if (task.writes) return task.dataOutBytes + task.residualCount < task.expectedLength;
  return task.dataInBytes + task.residualCount !== task.expectedLength;
}

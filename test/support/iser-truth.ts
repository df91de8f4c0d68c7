// The truth of a recording of iSER: what is known of each of its commands, and tasks held against it.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { equal, ok } from 'uvu/assert';
import { latencyNs, type Task } from '../../src/scsi/task.js';
import { sharedCapture } from './shared.js';

export interface CommandTruth {
  readonly itt: string;
  readonly cdb: string;
  readonly status: number;
  readonly start: number;
  readonly latency: number;
  readonly rdma_write_bytes?: number;
  readonly rdma_read_bytes?: number;
  readonly rdma_read_requests?: number;
  readonly immediate?: number;
  readonly unsolicited?: number;
}

export interface IserTruth {
  readonly list: readonly CommandTruth[];
  readonly fpdus: number;
  readonly messages: Readonly<Record<string, number>>;
}

export function truthOf(name: string): IserTruth {
  const path = sharedCapture(`${name}.truth.json.gz`);
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as IserTruth;
}

/** What is compared of a task. */
export interface ToldTask {
  readonly commandSeen: boolean;
  readonly start: number;
  readonly latency: number;
  readonly opcode: number;
  readonly status: number;
  readonly dataIn: number;
  readonly dataOut: number;
  readonly reads: number;
  readonly outcome: number;
  readonly bound: boolean;
  readonly phases: number;
}

export function toldTask(t: Task): ToldTask {
  let phases = 0;
  for (const ns of t.phaseNs) phases += ns;
  return {
    commandSeen: t.commandSeen,
    start: t.commandNs,
    latency: latencyNs(t),
    opcode: t.opcode,
    status: t.status,
    dataIn: t.dataInBytes,
    dataOut: t.dataOutBytes,
    reads: t.r2ts,
    outcome: t.outcome,
    bound: t.statusBound,
    phases,
  };
}

/** One command as the truth has it; `timed` false where packets have other times than recorded. */
export function sameAsTruth(task: ToldTask | undefined, truth: CommandTruth, timed = true): void {
  const who = `command ${truth.itt} ${truth.cdb}`;
  ok(task !== undefined, `${who} is told`);
  if (timed) {
    equal(task.start, truth.start, `${who}: start`);
    equal(task.latency, truth.latency, `${who}: latency`);
    equal(task.phases, task.latency, `${who}: its phases sum up`);
  }
  equal(task.opcode, Number.parseInt(truth.cdb.slice(0, 2), 16), `${who}: opcode`);
  equal(task.status, truth.status, `${who}: status`);
  if (truth.rdma_write_bytes === undefined) return;
  equal(task.dataIn, truth.rdma_write_bytes, `${who}: data in`);
  const out = truth.rdma_read_bytes! + truth.immediate! + truth.unsolicited!;
  equal(task.dataOut, out, `${who}: data out`);
  equal(task.reads, truth.rdma_read_requests, `${who}: RDMA Reads`);
}

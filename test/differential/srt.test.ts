// Commands with an answer, and their response times, by operation code: the same as
// `tshark -q -z scsi,srt` says, or a reason why not.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { latencyNs, Outcome, type Task, type TaskSink } from '../../src/scsi/task.js';
import { needs } from '../support/needs.js';
import { framesSaying, srt } from '../support/tshark.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

/** Captures of which tshark knows less: its rows must be there, with at least as many commands. */
const MORE: Readonly<Record<string, string>> = {
  'tgt-mixed-load-snaplen160.pcap.gz': 'a write whose data was cut has no answer in tshark',
  'tgt-reordered.pcap.gz': 'tshark gives up a Data-In whose segments changed places',
  'tgt-mid-stream.pcap.gz': 'the first answers begin in the middle of a segment',
};

/** One operation's commands that tshark counts for sure, and those it may have left out. */
interface Row {
  calls: number;
  perhaps: number;
  min: number;
  max: number;
  sum: number;
}

/**
 * What tshark's table would hold of our tasks. It differs from the report on purpose:
 * - tshark counts from the packet that completes the command PDU, we from its first byte (a write
 *   whose immediate data fills several packets takes from the first to the last of them longer);
 * - tshark does not count a command that ended with CHECK CONDITION (it decodes the sense data and
 *   leaves before its tap);
 * - tshark may not count a command whose data it gives up decoding (`limited`, packets where it
 *   says so itself) when the status came with it.
 */
class AsTshark implements TaskSink {
  readonly rows = new Map<number, Row>();

  constructor(private readonly limited: ReadonlySet<number>) {}

  taskStarted(): void {}

  taskEnded(t: Task): void {
    if (latencyNs(t) < 0 || t.statusBound || t.outcome === Outcome.checkCondition) return;
    const seconds = (t.statusNs - t.commandEndNs) / 1e9;
    const row = this.rows.get(t.opcode) ?? { calls: 0, perhaps: 0, min: 1e9, max: 0, sum: 0 };
    if (this.limited.has(t.statusFrame) && t.dataInPdus > 0) row.perhaps++;
    else row.calls++;
    row.min = Math.min(row.min, seconds);
    row.max = Math.max(row.max, seconds);
    row.sum += seconds;
    this.rows.set(t.opcode, row);
  }
}

/** tshark prints microseconds, cut off, of each command. */
const PRINTED = 1.1e-6;

for (const name of readdirSync(CAPTURES).filter((n) => /\.pcap(ng)?(\.gz)?$/.test(n))) {
  needs('tshark')(`${name}: service response times`, async () => {
    const path = join(CAPTURES, name);
    const sink = new AsTshark(framesSaying(path, 'SCSI transfer limited'));
    await analyse([path], { taskSink: sink });
    const theirs = srt(path);
    for (const [opcode, their] of theirs) {
      const mine = sink.rows.get(opcode);
      const what = `operation code ${opcode.toString(16)}`;
      assert.ok(mine, what);
      if (name in MORE) {
        assert.ok(mine.calls + mine.perhaps >= their.calls, what);
        continue;
      }
      const counts = `${what}: ${mine.calls} and perhaps ${mine.perhaps}, tshark ${their.calls}`;
      assert.ok(their.calls >= mine.calls && their.calls <= mine.calls + mine.perhaps, counts);
      if (their.calls !== mine.calls + mine.perhaps) continue;
      assert.ok(Math.abs(their.min - mine.min) < PRINTED, `${what} min ${mine.min} ${their.min}`);
      assert.ok(Math.abs(their.max - mine.max) < PRINTED, `${what} max ${mine.max} ${their.max}`);
      const sum = `${what} sum ${mine.sum} ${their.sum}`;
      assert.ok(Math.abs(their.sum - mine.sum) < PRINTED * their.calls, sum);
    }
    if (name in MORE) return;
    // Where no SCSI command was answered neither has a row.
    assert.is(sink.rows.size > 0, theirs.size > 0, name);
    for (const [opcode, mine] of sink.rows) {
      if (mine.calls > 0) assert.ok(theirs.has(opcode), `only we have ${opcode.toString(16)}`);
    }
  });
}

test.run();

// The report of a capture that goes on: it can be asked for between any two packets, says what was
// read until then, and leaves no trace in the final one.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnalyseOptions } from '../../src/analysis.js';
import { TOP_DEFAULT } from '../../src/limits.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';
import { TOP } from '../support/program.js';

const FOLDER = join(TOP, 'captures');
const CAPTURES = readdirSync(FOLDER).filter(
  (name) => /\.pcap(ng)?(\.gz)?$/.test(name) && statSync(join(FOLDER, name)).size < 100_000,
);

/** Reads a capture, asked for its report behind every `every`th packet. */
async function read(name: string, every: number): Promise<{ asked: Report[]; end: Report }> {
  const collector = new Collector(TOP_DEFAULT);
  const asked: Report[] = [];
  let packets = 0;
  let ask: Parameters<NonNullable<AnalyseOptions['soFar']>>[0] | undefined;
  const analysis = await analyse([join(FOLDER, name)], {
    taskSink: collector,
    pduSink: collector.evidence,
    soFar: (how) => {
      ask = how;
    },
    stop: () => {
      if (++packets % every === 0) asked.push(collector.soFar(ask!()));
      return false;
    },
  });
  return { asked, end: collector.report(analysis) };
}

test('whoever asks on the way changes nothing at the end', async () => {
  assert.ok(CAPTURES.length > 15);
  for (const name of CAPTURES) {
    const { end } = await read(name, Infinity);
    // Some times, the first time early.
    const every = Math.ceil(end.capture.packets / 7);
    assert.equal((await read(name, every)).end, end, name);
  }
});

test('what is told on the way grows to what is told at the end', async () => {
  const { asked, end } = await read('istgt-mixed-load.pcap.gz', 500);
  assert.ok(asked.length > 5);
  let before = 0;
  for (const [i, { capture, totals, sessions }] of asked.entries()) {
    assert.is(capture.packets, (i + 1) * 500);
    assert.ok(totals.completed >= before && totals.completed <= end.totals.completed);
    before = totals.completed;
    assert.ok(sessions.length > 0);
  }
  assert.ok(before > end.totals.completed / 2);
  // Nothing that is still open is told as if its answer never came.
  assert.ok(asked.every(({ totals }) => totals.unanswered === 0));
});

test.run();

// Very many sessions: the oldest that are over are no longer told one by one, and nothing is miscounted.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSIONS_IN_FULL } from '../../src/limits.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { writeShape } from '../../tools/shapes.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-many-'));

for (const ends of ['logout', 'cut', 'refused'] as const) {
  test(`sessions that end by ${ends}: the last are told in full, all are counted`, async () => {
    const sessions = SESSIONS_IN_FULL + 300;
    const path = join(folder, `${ends}.pcap`);
    writeShape(path, { sessions, commands: 2, everyNs: 2e6, ends });
    const collector = new Collector(20);
    const analysis = await analyse([path], collector.sinks());
    const report = collector.report(analysis);
    const commands = ends === 'refused' ? 0 : 2 * sessions;
    assert.is(report.totals.sessionCount, sessions);
    assert.is(report.totals.connectionCount, sessions);
    assert.is(report.totals.commandCount, commands);
    assert.is(report.capture.otherConnections, 0);
    const left = report.totals.sessionsNotListed ?? 0;
    assert.ok(left >= 250 && left <= 300, String(left));
    assert.is(report.sessions.length, sessions - left);
    assert.is(report.sessions.at(-1)?.session, sessions - 1);
    assert.is(report.problems.counts['limit-reached'], 1);
    const told = report.sessions.at(-1);
    assert.is(told?.commandCount, ends === 'refused' ? 0 : 2);
    assert.is(analysis.sessions[0].forgotten, true);
    assert.is(analysis.sessions[0].initiatorName, 'iqn.2001-04.com.example:host1');
    const pdus = report.totals.pduCount;
    assert.is(pdus, sessions * (ends === 'refused' ? 2 : ends === 'cut' ? 8 : 10));
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

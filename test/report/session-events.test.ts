import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SessionEvents } from '../../src/report/events/session-events.js';
import type { Report } from '../../src/report/report.js';
import { reportOf } from '../support/report.js';

/** A report that lists these sessions alone: the older ones are forgotten, the numbers stay. */
function listing(report: Report, numbers: readonly number[], ended?: number): Report {
  const [some] = report.sessions;
  const sessions = numbers.map((session) => ({
    ...some,
    session,
    endedNs: session === ended ? 5e9 : undefined,
    ended: session === ended ? 'logout' : undefined,
  }));
  return { ...report, sessions };
}

test('sessions are told by their numbers, however many are no longer listed', async () => {
  const report = await reportOf('captures/tgt-mixed-load.pcap.gz');
  const events = new SessionEvents();
  const told = (of: Report) => events.of(of).map(({ session }) => session);
  assert.equal(told(listing(report, [0, 1, 2])), [0, 1, 2], 'each begins');
  assert.equal(told(listing(report, [2, 3, 4])), [3, 4], 'as many as before, and two are new');
  assert.equal(told(listing(report, [4, 5, 6], 4)), [5, 6, 4], 'one of them ends, too');
  assert.equal(told(listing(report, [4, 5, 6], 4)), [], 'once');
});

test.run();

// Statuses that were not captured: ended only where nothing else is possible.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Driver, dataIn, login, MS, read10, response, WINDOW, write10 } from '../../driver.js';

/** A session at StatSN 2 with reads of these tags open, their data not sent. */
function withReads(tags: readonly number[]): Driver {
  const d = new Driver();
  login(d);
  for (const [i, tag] of tags.entries()) read10(d, tag, i + 1, 2);
  return d;
}

test('a lost response is bounded by the next ExpStatSN', () => {
  const d = withReads([1]);
  dataIn(d, 1, 4096);
  d.lost('target', 500);
  read10(d, 2, 2, 3);
  const boundNs = d.nowNs;
  dataIn(d, 2, 4096, { statSN: 3 });
  assert.equal(d.outcomes(), ['2 good', '1 status not captured']);
  const t = d.tasks[1];
  assert.is(t.statusBound, true);
  assert.is(t.statusNs, boundNs);
  assert.is(t.evidenceName, 'later status sequence numbers');
  assert.is(d.sessions[0].sequence.statSNJumps.count, 0);
});

test('the next StatSN is a bound too, where no ExpStatSN was seen', () => {
  const d = withReads([1, 2]);
  dataIn(d, 1, 4096);
  d.lost('target', 500);
  dataIn(d, 2, 4096, { statSN: 3 });
  assert.equal(d.outcomes(), ['2 good', '1 status not captured']);
  assert.is(d.tasks[1].statusNs, d.tasks[0].statusNs);
});

test('one bare header is missing right behind the last data of a read: its status', () => {
  const d = withReads([1, 2, 3]);
  dataIn(d, 1, 4096);
  d.lost('target', 48);
  dataIn(d, 2, 4096);
  d.lost('target', 48);
  dataIn(d, 3, 4096, { statSN: 4 });
  assert.equal(d.outcomes(), ['1 status not captured', '2 status not captured', '3 good']);
  assert.is(d.tasks[0].evidenceName, 'bytes missing after its data');
  assert.is(d.sessions[0].sequence.statSNJumps.count, 0);
});

test('a header is missing behind data that is not the last: whose it was is not said', () => {
  const d = withReads([1, 2, 3]);
  dataIn(d, 1, 2048, { final: false });
  d.lost('target', 48);
  dataIn(d, 2, 4096);
  assert.equal(d.outcomes(), []);
});

test('each acknowledgement bounds the statuses it acknowledges', () => {
  const d = withReads([1]);
  d.lost('target', 30_000);
  read10(d, 2, 2, 3);
  const firstNs = d.nowNs;
  read10(d, 3, 3, 3);
  read10(d, 4, 4, 5);
  const secondNs = d.nowNs;
  response(d, 4, 5);
  assert.equal(d.outcomes(), [
    '4 good',
    '1 status not captured',
    '2 status not captured',
    '3 status not captured',
  ]);
  assert.equal(
    d.tasks.slice(1).map((t) => t.statusNs),
    [firstNs, secondNs, secondNs],
  );
});

test('one status is missing and two reads are open: the one with all its data had it', () => {
  const d = withReads([1, 2]);
  dataIn(d, 1, 4096);
  d.lost('target', 100);
  read10(d, 3, 3, 3);
  dataIn(d, 3, 4096, { statSN: 3 });
  assert.equal(d.outcomes(), ['3 good', '1 status not captured']);
  assert.is(d.stage.iscsi.isOpen(0, 2), true);
});

test('… but where the bytes that are missing could hold the rest of the other, both stay open', () => {
  const d = withReads([1, 2]);
  dataIn(d, 1, 4096);
  d.lost('target', 4096 + 96);
  read10(d, 3, 3, 3);
  dataIn(d, 3, 4096, { statSN: 3 });
  assert.equal(d.outcomes(), ['3 good']);
  dataIn(d, 2, 2048, { final: false });
  assert.equal(d.outcomes(), ['3 good', '1 status not captured']);
});

test('of a write some data was not captured: it may be the one that is over', () => {
  const d = new Driver();
  login(d);
  write10(d, 1, 1, 2, { data: new Uint8Array(4096) });
  write10(d, 2, 2, 2);
  d.lost('initiator', 4144);
  d.lost('target', 48);
  read10(d, 3, 3, 3);
  response(d, 3, 3);
  d.finish();
  assert.equal(d.outcomes(), ['3 good', '1 open', '2 open']);
});

test('a write in mid-data is over only if nothing more comes of it', () => {
  const d = new Driver();
  login(d);
  write10(d, 1, 1, 2, { blocks: 16, data: new Uint8Array(2048) });
  d.lost('target', 48);
  read10(d, 2, 2, 2);
  response(d, 2, 3);
  assert.equal(d.outcomes(), ['2 good']);
  const more = { initiatorTaskTag: 1, targetTransferTag: 1, statSN: 4, ...WINDOW };
  d.send('r2t', { ...more, bufferOffset: 2048, desiredDataTransferLength: 6144 });
  response(d, 1, 4);
  assert.equal(d.outcomes(), ['2 good', '1 good']);
});

test('one status is missing, two tasks may own it: both stay open', () => {
  const d = withReads([1, 2]);
  d.lost('target', 9000);
  read10(d, 3, 3, 3);
  dataIn(d, 3, 4096, { statSN: 3 });
  d.finish();
  assert.equal(d.outcomes(), ['3 good', '1 open', '2 open']);
});

test('it is settled when the others have answered', () => {
  const d = withReads([1, 2, 3]);
  d.lost('target', 9000);
  read10(d, 4, 4, 3);
  const boundNs = d.nowNs;
  response(d, 4, 3);
  assert.equal(d.outcomes(), ['4 good']);
  response(d, 1, 4);
  response(d, 3, 5);
  assert.equal(d.outcomes(), ['4 good', '1 good', '3 good', '2 status not captured']);
  assert.is(d.tasks[3].statusNs, boundNs);
});

test('data that comes later clears a task of the suspicion', () => {
  const d = withReads([1, 2]);
  d.lost('target', 9000);
  read10(d, 3, 3, 3);
  response(d, 3, 3);
  dataIn(d, 2, 2048, { final: false });
  assert.equal(d.outcomes(), ['3 good', '1 status not captured']);
});

test('all statuses are missing and all tasks have ended', () => {
  const d = withReads([1, 2, 3]);
  d.lost('target', 30_000);
  read10(d, 4, 4, 5);
  response(d, 4, 5);
  assert.equal(d.outcomes().slice(1), [
    '1 status not captured',
    '2 status not captured',
    '3 status not captured',
  ]);
});

test('a ping that awaits its echo may own the status as well', () => {
  const d = withReads([1]);
  d.send('nop-out', { initiatorTaskTag: 90, cmdSN: 2, expStatSN: 2, immediate: 1 });
  d.lost('target', 9000);
  read10(d, 2, 2, 3);
  response(d, 2, 3);
  assert.equal(d.outcomes(), ['2 good']);
  d.send('nop-in', { initiatorTaskTag: 90, statSN: 4, ...WINDOW });
  assert.equal(d.outcomes(), ['2 good', '1 status not captured']);
});

test('commands that may have been missed too leave it undecided', () => {
  const d = withReads([1]);
  d.lost('initiator', 500);
  d.lost('target', 9000);
  read10(d, 2, 5, 3);
  response(d, 2, 3);
  d.finish();
  assert.equal(d.outcomes(), ['2 good', '1 open']);
});

test('commands that were missed own statuses, too: when all have passed, all are over', () => {
  const d = withReads([1]);
  d.lost('initiator', 96);
  d.lost('target', 30_000);
  read10(d, 4, 4, 5); // 2 and 3 were missed
  response(d, 4, 5);
  assert.equal(d.outcomes(), ['4 good', '1 status not captured']);
});

test('… and one that shows may be any of them', () => {
  const d = withReads([1]);
  d.lost('initiator', 48);
  d.lost('target', 9000);
  read10(d, 3, 3, 2); // 2 was missed
  response(d, 3, 3); // and a status: of 1, or of 2
  d.lost('initiator', 48);
  read10(d, 5, 5, 3); // 4 was missed
  dataIn(d, 4, 2048, { final: false });
  d.finish();
  assert.equal(d.outcomes(), ['3 good', '1 open', '5 open', '4 open']);
});

test('just the bytes of one header are missing behind all the data', () => {
  const d = withReads([1]);
  dataIn(d, 1, 4096, { final: false });
  d.lost('target', 48);
  // This initiator never acknowledges: ExpStatSN stands still.
  read10(d, 2, 2, 2);
  dataIn(d, 2, 4096);
  d.lost('target', 48);
  d.close('open');
  d.finish();
  assert.equal(d.outcomes(), ['1 status not captured', '2 status not captured']);
  assert.is(d.tasks[0].evidenceName, 'bytes missing after its data');
});

test('with header digests a bare header is 52 bytes', () => {
  const d = new Driver();
  const both: [string, string][] = [
    ['HeaderDigest', 'CRC32C'],
    ['DataDigest', 'None'],
  ];
  login(d, { offer: both, answer: both });
  read10(d, 1, 1, 2);
  dataIn(d, 1, 4096);
  d.lost('target', 48);
  d.close('open');
  d.finish();
  assert.equal(d.outcomes(), ['1 open']);
  const e = new Driver();
  login(e, { offer: both, answer: both });
  read10(e, 1, 1, 2);
  dataIn(e, 1, 4096);
  e.lost('target', 52);
  e.close('open');
  e.finish();
  assert.equal(e.outcomes(), ['1 status not captured']);
});

test('a write whose R2T may be what is missing stays open', () => {
  const d = new Driver();
  login(d);
  write10(d, 1, 1, 2);
  d.lost('target', 48);
  d.close('open');
  d.finish();
  assert.equal(d.outcomes(), ['1 open']);
});

test('an initiator that takes the StatSN of an R2T for a status proves nothing', () => {
  const d = new Driver();
  login(d);
  write10(d, 1, 1, 2, { blocks: 16 });
  const r2t = { initiatorTaskTag: 1, targetTransferTag: 1, statSN: 2, ...WINDOW };
  d.send('r2t', { ...r2t, desiredDataTransferLength: 8192 });
  const out = { initiatorTaskTag: 1, targetTransferTag: 1, expStatSN: 3 };
  d.lost('target', 48);
  d.send('data-out', out, { data: new Uint8Array(8192) });
  read10(d, 2, 2, 3);
  dataIn(d, 2, 2048, { final: false });
  assert.is(d.stage.iscsi.isOpen(0, 1), true);
  response(d, 1, 2);
  assert.equal(d.outcomes(), ['1 good']);
});

test('… also where it is that R2T which is missing: the next one says what comes next', () => {
  const d = new Driver();
  login(d);
  write10(d, 1, 1, 2, { blocks: 16 });
  const out = { initiatorTaskTag: 1, targetTransferTag: 1, expStatSN: 3 };
  d.send('data-out', out, { data: new Uint8Array(4096) }); // the gap before shows only later
  d.lost('target', 48);
  const r2t = { initiatorTaskTag: 1, targetTransferTag: 2, statSN: 2, ...WINDOW };
  d.send('r2t', { ...r2t, r2tSN: 1, bufferOffset: 4096, desiredDataTransferLength: 4096 });
  assert.equal(d.outcomes(), []);
  response(d, 1, 2);
  assert.equal(d.outcomes(), ['1 good']);
  assert.is(d.sessions[0].sequence.expStatSNAhead.count, 0);
});

test('a target that leaves out numbers proves nothing by them', () => {
  const d = withReads([1, 2, 3]);
  response(d, 1, 3); // 2 was never there
  dataIn(d, 2, 4096);
  d.lost('target', 9000);
  response(d, 3, 5);
  d.finish();
  assert.equal(d.outcomes(), ['1 good', '3 good', '2 open']);
});

test('a jump without a loss is the target being odd: nothing ends by it', () => {
  const d = withReads([1, 2]);
  response(d, 1, 4);
  d.finish();
  assert.equal(d.outcomes(), ['1 good', '2 open']);
  assert.is(d.sessions[0].sequence.statSNJumps.count, 1);
});

test('an ExpStatSN ahead of the target is odd where nothing is missing', () => {
  const d = withReads([1]);
  read10(d, 2, 2, 9);
  dataIn(d, 2, 2048, { final: false });
  assert.is(d.sessions[0].sequence.expStatSNAhead.count, 1);
  assert.equal(d.outcomes(), []);
});

test('a capture that ends with the acknowledgement of a status nobody saw', () => {
  const d = withReads([1]);
  const noTag = { initiatorTaskTag: 0xffffffff, immediate: 1 };
  d.send('nop-out', { ...noTag, cmdSN: 2, expStatSN: 3 });
  d.close('open');
  d.finish();
  assert.equal(d.outcomes(), ['1 status not captured']);
});

test('the session is closed in order, and a status was missed', () => {
  const d = withReads([1, 2]);
  d.lost('target', 9000);
  read10(d, 3, 3, 3);
  response(d, 3, 3);
  d.send('logout-request', { initiatorTaskTag: 50, reason: 0, cmdSN: 4, expStatSN: 4 });
  d.send('logout-response', { initiatorTaskTag: 50, statSN: 4, ...WINDOW });
  const names = d.tasks.slice(1).map((t) => t.evidenceName);
  assert.equal(d.outcomes().slice(1), ['1 status not captured', '2 status not captured']);
  assert.equal(new Set(names), new Set(['session closed in order after missing bytes']));
});

test('a status PDU whose StatSN was cut still ends its task', () => {
  const d = withReads([1, 2]);
  response(d, 1, 2, {}, { captured: 22 });
  response(d, 2, 3);
  assert.equal(d.outcomes(), ['1 good', '2 good']);
  assert.is(d.sessions[0].sequence.statSNJumps.count, 0);
});

test('in mid-stream, too, once as many have passed as could be left from before', () => {
  const d = new Driver();
  let statSN = 2;
  const many = (from: number, n: number) => {
    for (let tag = from; tag < from + n; tag++) {
      read10(d, tag, tag, statSN);
      dataIn(d, tag, 4096, { statSN: statSN++ });
    }
  };
  const lossOf = (tags: readonly number[]) => {
    for (const tag of tags) read10(d, tag, tag, statSN);
    d.lost('target', 9000);
    statSN += tags.length;
  };
  many(1, 10);
  lossOf([11, 12]);
  many(13, 10);
  assert.is(d.tasks.length, 20, 'these statuses may have been those of earlier commands');
  many(23, 20);
  assert.equal(
    d.outcomes().filter((line) => !line.endsWith('good')),
    ['11 status not captured', '12 status not captured'],
  );
});

test('a hole filled late is what TCP took of the task', () => {
  const d = withReads([1]);
  const openedNs = d.nowNs + MS;
  const filledNs = openedNs + 250 * MS;
  d.stage.holeFilled(1, 9, 500, 1460, openedNs, filledNs, 'fast');
  dataIn(d, 1, 2048, { final: false, atNs: openedNs - 1, forNs: 250 * MS + 1 });
  dataIn(d, 1, 2048, {
    dataSN: 1,
    offset: 2048,
    statSN: 2,
    atNs: openedNs + 9,
    forNs: 250 * MS - 9,
  });
  assert.is(d.tasks[0].tcpWaitNs, 250 * MS);
});

test.run();

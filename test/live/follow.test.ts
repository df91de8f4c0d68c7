// Files that grow while they are read: single ones, and rings, in whatever pieces they are written.

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Followed } from '../../src/capture/follow.js';
import { skippedBetween } from '../../src/capture/follow-ring.js';
import { captureFollowed } from '../../src/capture/live-capture.js';
import { PROBLEMS_KEPT_PER_KIND } from '../../src/limits.js';
import { analyseCapture } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import { TOP } from '../support/program.js';
import { PATIENCE_MS, until } from '../support/wait.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-test-'));
const WHOLE = gunzipSync(readFileSync(join(TOP, 'captures/istgt-many-r2ts.pcap.gz')));

interface Seen {
  readonly frames: number;
  readonly tasks: number;
  readonly end: string;
  readonly problems: readonly string[];
}

/** What was seen so far, for whoever writes. */
interface Seeing {
  readonly frames: number;
  /** Kinds of what was said. */
  readonly problems: readonly string[];
  close(): void;
}

/**
 * Follows `pattern` while `write` writes, until `frames` packets were seen or the writer closes it. A pause of
 * the writer is to be seen through, whatever falls into it; what has to be seen before it goes on is waited for.
 */
async function follow(
  pattern: string,
  frames: number,
  write: (seeing: Seeing) => Promise<void>,
): Promise<Seen> {
  const followed = new Followed(pattern);
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await captureFollowed(followed, { problems });
  let seen = 0;
  let tasks = 0;
  const writing = write({
    get frames() {
      return seen;
    },
    get problems() {
      return problems.kept.map((p) => p.kind);
    },
    close: () => followed.close(),
  });
  // So long nothing takes; a follower that sticks must not hang the tests.
  const guard = setTimeout(() => followed.close(), PATIENCE_MS);
  const analysis = await analyseCapture(capture, problems, {
    packetSink: {
      packet: () => {
        seen++;
        if (seen === frames) followed.close();
      },
    },
    taskSink: {
      taskStarted: () => {},
      taskEnded: () => {
        tasks++;
      },
    },
  });
  clearTimeout(guard);
  await writing;
  const { end } = analysis.capture.files[0];
  return { frames: seen, tasks, end, problems: problems.kept.map((p) => p.kind) };
}

/** Where records begin. */
function records(file: Buffer): number[] {
  const starts = [];
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) starts.push(at);
  return starts;
}

const STARTS = records(WHOLE);

test('a file that grows in pieces of any size, record boundaries or not', async () => {
  const path = join(folder, 'grows.pcap');
  writeFileSync(path, '');
  const write = async () => {
    const pieces = [3, 20, 1, 1, 14, 777, 60_000, 5];
    for (let at = 0, i = 0; at < WHOLE.length; i++) {
      const next = Math.min(WHOLE.length, at + pieces[i % pieces.length] + (i > 40 ? 100_000 : 0));
      appendFileSync(path, WHOLE.subarray(at, next));
      at = next;
      await sleep(i < 20 ? 5 : 0);
    }
  };
  // It begins empty: opening waits for the header.
  const [seen] = await Promise.all([follow(path, STARTS.length, async () => {}), write()]);
  assert.is(seen.frames, STARTS.length);
  assert.ok(seen.tasks > 10);
  assert.not.ok(seen.problems.some((kind) => /^(file|record)-/.test(kind)));
});

test('a last record that is not whole yet is no damage', async () => {
  const path = join(folder, 'partial.pcap');
  writeFileSync(path, WHOLE.subarray(0, STARTS[50] + 30));
  const seen = await follow(path, 50, async () => {});
  assert.is(seen.frames, 50);
  assert.not.ok(seen.problems.includes('file-cut'));
  assert.is(seen.end, 'growing');
});

/** Writes the capture as a ring of files, cut at these records. */
async function ring(names: readonly string[], cuts: readonly number[], pauseMs: number) {
  for (const [i, name] of names.entries()) {
    const from = STARTS[cuts[i]];
    const to = i + 1 < cuts.length ? STARTS[cuts[i + 1]] : WHOLE.length;
    const path = join(folder, name);
    writeFileSync(path, WHOLE.subarray(0, 24));
    const middle = from + Math.floor((to - from) / 2) + 9;
    appendFileSync(path, WHOLE.subarray(from, middle));
    await sleep(pauseMs);
    appendFileSync(path, WHOLE.subarray(middle, to));
    await sleep(pauseMs);
  }
}

test('the files of a ring are one stream, whose connections go on across them', async () => {
  const one = join(folder, 'one.pcap');
  writeFileSync(one, WHOLE);
  const whole = await follow(one, STARTS.length, async () => {});
  mkdirSync(join(folder, 'ring'));
  const names = [
    'ring/x_00007.pcap',
    'ring/x_00008.pcap',
    'ring/x_00009.pcap',
    'ring/x_00010.pcap',
  ];
  const cuts = [0, 31, 32, 77];
  writeFileSync(join(folder, names[0]), WHOLE.subarray(0, 24));
  const seen = await follow(join(folder, 'ring/x_*.pcap'), STARTS.length, () =>
    ring(names, cuts, 30),
  );
  assert.equal(seen, whole);
});

test('a ring that was written before is read from its oldest file on', async () => {
  mkdirSync(join(folder, 'old'));
  // Names that came round: the highest number is the oldest.
  const names = ['old/y9.pcap', 'old/y1.pcap', 'old/y2.pcap'];
  await ring(names, [0, 40, 80], 0);
  for (const [i, name] of names.entries()) utimesSync(join(folder, name), 1e9, 1_000_000_000 + i);
  const seen = await follow(join(folder, 'old/y*.pcap'), STARTS.length, async () => {});
  assert.is(seen.frames, STARTS.length);
  assert.ok(seen.tasks > 10);
});

test('a record that its writer left cut in a file of a ring is damage', async () => {
  mkdirSync(join(folder, 'cut'));
  writeFileSync(join(folder, 'cut/z1.pcap'), WHOLE.subarray(0, STARTS[40] + 20));
  utimesSync(join(folder, 'cut/z1.pcap'), 1e9, 1e9);
  const rest = [WHOLE.subarray(0, 24), WHOLE.subarray(STARTS[41])];
  writeFileSync(join(folder, 'cut/z2.pcap'), Buffer.concat(rest));
  const seen = await follow(join(folder, 'cut/z*.pcap'), STARTS.length - 1, async () => {});
  assert.is(seen.frames, STARTS.length - 1);
  assert.ok(seen.problems.includes('file-cut'));
});

/** A file of the ring, written at this second. */
function wroteAt(name: string, from: number, to: number, seconds: number): void {
  const body = WHOLE.subarray(STARTS[from], to < STARTS.length ? STARTS[to] : WHOLE.length);
  writeFileSync(join(folder, name), Buffer.concat([WHOLE.subarray(0, 24), body]));
  utimesSync(join(folder, name), seconds, seconds);
}

/** Follows a ring by hand: what is told of `take` packets, then `then`, until its end. */
async function overtaken(pattern: string, take: number, frames: number, then: () => void) {
  const followed = new Followed(pattern);
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await captureFollowed(followed, { problems });
  let seen = 0;
  const guard = setTimeout(() => followed.close(), PATIENCE_MS);
  await capture.run({
    packet: () => {
      seen++;
      if (seen === take) then();
      if (seen === frames) followed.close();
    },
  });
  clearTimeout(guard);
  return { seen, ...followed.overtaken, problems: problems.counts.get('ring-overtaken') ?? 0 };
}

test('files of a ring that were deleted before they were read are counted and named', async () => {
  mkdirSync(join(folder, 'fast'));
  const name = (n: number) => `fast/r_0000${n}_2025112320450${n}.pcap`;
  for (let n = 1; n <= 5; n++) wroteAt(name(n), n * 10, n * 10 + 10, 1e9 + n);
  // While the first one is read its writer deletes two others.
  const told = await overtaken(join(folder, 'fast/r_*.pcap'), 5, 30, () => {
    for (const n of [2, 3]) rmSync(join(folder, name(n)));
  });
  assert.is(told.seen, 30);
  assert.is(told.files, 2);
  assert.is(told.problems, 1);
  assert.match(told.text, /2 files were deleted .* between ".*r_00001_.*" and ".*r_00004_/);
});

test('a file of a ring that is written over while it is read is said, and the next one is read', async () => {
  mkdirSync(join(folder, 'over'));
  for (let n = 0; n < 3; n++) wroteAt(`over/w${n}.pcap`, n * 10, n * 10 + 10, 1e9 + n);
  const told = await overtaken(join(folder, 'over/w*.pcap'), 3, 50, () => {
    // Ten packets of the first file were read at once; what is written over it comes last.
    wroteAt('over/w0.pcap', 60, 80, 1e9 + 9);
  });
  assert.is(told.seen, 50);
  assert.is(told.files, 1);
  assert.match(told.text, /w0\.pcap" was written over while it was read/);
});

/** Records that are whole in so many bytes of the file. */
function wholeRecords(bytes: number): number {
  return STARTS.filter((_, i) => (STARTS[i + 1] ?? WHOLE.length) <= bytes).length;
}

test('a single file that is cut and goes on without a header is waited for, and can be closed', async () => {
  const path = join(folder, 'headless.pcap');
  writeFileSync(path, WHOLE.subarray(0, 40_000));
  const seen = await follow(path, Number.POSITIVE_INFINITY, async (seeing) => {
    await until(() => seeing.frames === wholeRecords(40_000));
    // As logrotate's copytruncate does.
    truncateSync(path, 0);
    appendFileSync(path, WHOLE.subarray(40_000, 80_000));
    await until(() => seeing.problems.includes('not-a-capture'));
    // It is said once, however often it looks.
    await sleep(600);
    seeing.close();
  });
  assert.ok(seen.frames > 20);
  assert.is(seen.problems.filter((kind) => kind === 'not-a-capture').length, 1);
  assert.ok(seen.problems.includes('ring-overtaken'));
});

test('a file that takes the place of a single one is said, and read from its start', async () => {
  const path = join(folder, 'replaced.pcap');
  writeFileSync(path, WHOLE.subarray(0, 20_000));
  const before = wholeRecords(20_000);
  const seen = await follow(path, before + 30, async (seeing) => {
    await until(() => seeing.frames === before);
    writeFileSync(`${path}.new`, WHOLE.subarray(0, 40_000));
    rmSync(path);
    await sleep(100);
    renameSync(`${path}.new`, path);
  });
  assert.ok(seen.frames >= before + 30);
  assert.ok(seen.problems.includes('file-changed'));
});

test('what is no capture is not followed', async () => {
  const path = join(folder, 'words.txt');
  writeFileSync(path, 'these are words, and no packets at all');
  await captureFollowed(new Followed(path), { problems: new ProblemLog(9) }).then(
    () => assert.unreachable(),
    (error: Error) => assert.match(error.message, /is not a capture file/),
  );
});

test('what the names of a ring tell of files between two of them', () => {
  const cases: [string, string, string[], number][] = [
    ['x_00001_20251123204501.pcap', 'x_00002_20251123204502.pcap', [], 0],
    ['x_00001_20251123204501.pcap', 'x_00005_20251123204507.pcap', [], 3],
    // Another capture began: numbers and dates begin anew.
    ['x_00009_20251123204501.pcap', 'x_00001_20251123214507.pcap', [], 0],
    ['x.pcap', 'x.pcap1', [], 0],
    ['x.pcap', 'x.pcap3', [], 2],
    ['x.pcap9', 'x.pcap10', [], 0],
    // tcpdump -W 4: 3 is followed by 0.
    ['x.pcap3', 'x.pcap0', ['x.pcap0', 'x.pcap1', 'x.pcap2', 'x.pcap3'], 0],
    ['x.pcap2', 'x.pcap1', ['x.pcap0', 'x.pcap1', 'x.pcap2', 'x.pcap3'], 2],
    ['a.pcap', 'b.pcap', [], 0],
    ['2025-11-23.pcap', '2025-11-24.pcap', [], 0],
  ];
  for (const [before, next, all, count] of cases) {
    assert.is(skippedBetween(`/r/${before}`, `/r/${next}`, all), count, `${before} ${next}`);
  }
});

test('no such file is said', async () => {
  for (const name of ['nothing.pcap', 'nothing*.pcap', 'no/folder/x.pcap']) {
    let said = '';
    await captureFollowed(new Followed(join(folder, name))).catch((error) => {
      said = error.message;
    });
    assert.match(said, /there is no such file to follow/);
  }
});

test.after(() => rmSync(folder, { recursive: true, force: true }));
test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Analysis } from '../../../src/analysis.js';
import { FcpIu } from '../../../src/wire/fc/kinds.js';
import type { BuiltPacket } from '../../support/build.js';
import {
  laidOut,
  lineOfTruth,
  type RecordedFrame,
  rCtlOf,
  recordedFrames,
  TaskLines,
  type TrueCommand,
  truthOf,
} from '../../support/fc-frames.js';
import { runPackets } from '../../support/fc-run.js';
import { cut, dropped, hasData, randomFrom, split } from '../../support/mishaps.js';

const FCIP = 'fcip-vm-1500-stream';
const IFCP = 'ifcp-translation';

interface Told {
  readonly lines: string[];
  readonly tasks: TaskLines;
  readonly analysis: Analysis;
}

function told(packets: readonly BuiltPacket[]): Told {
  const tasks = new TaskLines();
  const analysis = runPackets(packets, tasks);
  return { lines: tasks.sorted(), tasks, analysis };
}

function truth(name: string, which: (c: TrueCommand) => boolean = () => true): string[] {
  return truthOf(name)
    .list.filter(which)
    .sort((a, b) => a.start - b.start)
    .map(lineOfTruth);
}

/** Without times: where they are not those of the recording. */
function timeless(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^\d+ /, '').replace(/ after .*$/, ''));
}

const BOTH = [
  [FCIP, 3225],
  [IFCP, 3420],
] as const;

for (const [name, port] of BOTH) {
  for (const mss of [536, 1460, 8960, 65_000]) {
    test(`${name}: segments of ${mss} bytes tell the same`, async () => {
      const frames = await recordedFrames(name);
      const { lines, analysis } = told(laidOut(frames, port, () => 0, { mss }));
      assert.equal(lines, truth(name));
      assert.equal([...analysis.problems.counts.keys()], []);
    });
  }

  test(`${name}: on any port, and in segments of a few bytes`, async () => {
    const frames = (await recordedFrames(name)).slice(0, 60);
    const whole = told(laidOut(frames, 40_123)).lines;
    for (const size of [1, 3, 29, 61]) {
      const { lines } = told(split(laidOut(frames, 40_123), size));
      assert.equal(lines, whole, `${size} bytes a segment`);
    }
    assert.ok(whole.length > 10);
  });

  test(`${name}: snaplen 160 keeps every frame that begins a segment`, async () => {
    const frames = await recordedFrames(name);
    const { lines } = told(cut(laidOut(frames, port), 160));
    assert.equal(lines, truth(name));
  });

  test(`${name}: a capture that begins in the middle tells every command it holds`, async () => {
    const frames = await recordedFrames(name);
    const packets = laidOut(frames, port);
    for (const begin of [0.13, 0.5, 0.87]) {
      const from = Math.floor(packets.length * begin);
      const firstNs = packets[from].timeNs;
      const { lines } = told(packets.slice(from));
      const expected = truth(name, (c) => c.start > firstNs);
      // The first frames of a direction may be cut by the beginning.
      const known = new Set(lines);
      assert.ok(expected.filter((line) => !known.has(line)).length <= 1, `from ${from}`);
      assert.ok(lines.length <= expected.length + 1);
    }
  });

  test(`${name}: segments that are lost and come late change times alone`, async () => {
    const frames = await recordedFrames(name);
    const random = randomFrom(4172);
    const late = resent(laidOut(frames, port), () => random() % 100 === 0);
    const { lines, analysis } = told(late);
    assert.equal(timeless(lines).sort(), timeless(truth(name)).sort());
    for (const { violations } of analysis.fc.nexuses) assert.is(violations.framesLost.count, 0);
  });

  test(`${name}: packets that the capture lost take their own commands with them, and no others`, async () => {
    const frames = await recordedFrames(name);
    const packets = laidOut(frames, port);
    const random = randomFrom(3821);
    const gone: BuiltPacket[] = [];
    const kept = dropped(packets, (p) => {
      const lose = hasData(p) && p.timeNs > 60e6 && random() % 150 === 0;
      if (lose) gone.push(p);
      return lose;
    });
    const { lines, analysis } = told(kept);
    const touched = (c: TrueCommand) => {
      const endNs = c.start + (c.latency ?? 0);
      return gone.some((p) => p.timeNs >= c.start && p.timeNs <= endNs);
    };
    const known = new Set(lines);
    const expected = truth(name, (c) => !touched(c));
    assert.ok(expected.length > 60);
    assert.equal(
      expected.filter((line) => !known.has(line)),
      [],
    );
    for (const { violations } of analysis.fc.nexuses) assert.is(violations.framesLost.count, 0);
  });

  test(`${name}: garbage between frames is stepped over`, async () => {
    const frames = await recordedFrames(name);
    const random = randomFrom(3643);
    const noisy = frames.map((frame, i): RecordedFrame => {
      if (i < 20 || i % 40 !== 0) return frame;
      const noise = Uint8Array.from({ length: 1 + (random() % 200) }, () => random() & 255);
      const bytes = new Uint8Array(frame.bytes.length + noise.length);
      bytes.set(frame.bytes);
      bytes.set(noise, frame.bytes.length);
      return { ...frame, bytes };
    });
    const { lines, analysis } = told(laidOut(noisy, port));
    assert.equal(lines, truth(name));
    const found = analysis.fc.links.flatMap((l) => l.connections);
    const places = noisy.filter((f, i) => f.bytes.length !== frames[i].bytes.length).length;
    assert.is(
      found.reduce((n, c) => n + c.syncLost.count, 0),
      places,
    );
  });

  test(`${name}: a header whose length is damaged loses its frame alone`, async () => {
    const frames = await recordedFrames(name);
    const victim = frames.findIndex((f, i) => i > 300 && rCtlOf(f) === FcpIu.rsp);
    const damaged = frames.map((frame, i) => {
      if (i !== victim) return frame;
      const bytes = frame.bytes.slice();
      bytes[13] ^= 0x08;
      return { ...frame, bytes };
    });
    const { lines } = told(laidOut(damaged, port));
    const expected = truth(name);
    const known = new Set(lines);
    assert.is(expected.filter((line) => !known.has(line)).length, 1);
  });

  test(`${name}: a damaged payload is a damaged frame, and the bytes are counted`, async () => {
    const frames = await recordedFrames(name);
    let harmed = 0;
    const damaged = frames.map((frame, i) => {
      if (rCtlOf(frame) !== FcpIu.data || i % 100 !== 0) return frame;
      const bytes = frame.bytes.slice();
      bytes[60] ^= 0x10;
      harmed++;
      return { ...frame, bytes };
    });
    const { lines, analysis } = told(laidOut(damaged, port));
    assert.equal(lines, truth(name));
    const found = analysis.fc.links.flatMap((l) => l.connections);
    assert.is(
      found.reduce((n, c) => n + c.crcBad.count, 0),
      harmed,
    );
  });
}

test('two connections of a link, exchanges split between them', async () => {
  const frames = await recordedFrames(FCIP);
  const byExchange = (f: RecordedFrame) => (isSpecial(f) ? 0 : f.bytes[49] & 1);
  const { lines, analysis } = told(withSpecial(frames, byExchange));
  assert.equal(lines, truth(FCIP));
  assert.is(analysis.fc.links.length, 1);
  assert.is(analysis.fc.links[0].connections.length, 2);
});

test('two connections of a link, frames spread over both', async () => {
  const frames = await recordedFrames(FCIP);
  const { lines, analysis } = told(withSpecial(frames, (_, i) => i & 1));
  assert.equal(lines, truth(FCIP));
  for (const { violations } of analysis.fc.nexuses) assert.is(violations.framesLost.count, 0);
});

test('frames of two connections overtake each other', async () => {
  const frames = await recordedFrames(FCIP);
  const random = randomFrom(77);
  // Data frames of reads up to 50 µs late on the second connection, as long as status follows them.
  const jittered = frames.map((f, i) => {
    const moves = rCtlOf(f) === FcpIu.data && i & 1;
    return moves ? { ...f, timeNs: f.timeNs + (random() % 50_000) } : f;
  });
  const { lines } = told(withSpecial(jittered, (_, i) => i & 1));
  const wrong = timeless(lines).sort();
  assert.equal(wrong, timeless(truth(FCIP)).sort());
});

/** Segments come 3 ms late; of what follows only what was on its way comes before them. */
function resent(packets: readonly BuiltPacket[], which: () => boolean): BuiltPacket[] {
  let laterNs = 0;
  const late: BuiltPacket[] = [];
  for (let i = 0; i < packets.length; i++) {
    const packet = packets[i];
    const next = packets[i + 1];
    if (!hasData(packet) || !which()) {
      late.push({ ...packet, timeNs: packet.timeNs + laterNs });
      continue;
    }
    // What the same side had on its way overtakes it.
    const overtakes = next !== undefined && next.from === packet.from && hasData(next);
    if (overtakes) late.push({ ...next, timeNs: next.timeNs + laterNs });
    laterNs += 3e6;
    late.push({ ...packet, timeNs: packet.timeNs + laterNs });
    if (overtakes) i++;
  }
  return late.sort((a, b) => a.timeNs - b.timeNs);
}

function isSpecial(frame: RecordedFrame): boolean {
  return frame.bytes.length === 76;
}

/** The special frames on both connections. */
function withSpecial(
  frames: readonly RecordedFrame[],
  which: (frame: RecordedFrame, index: number) => number,
): BuiltPacket[] {
  const special = frames.filter(isSpecial);
  const rest = frames.filter((f) => !isSpecial(f));
  const all = [...special, ...special, ...rest];
  return laidOut(all, 3225, (frame, i) => {
    if (i < special.length * 2) return i < special.length ? 0 : 1;
    return which(frame, i);
  });
}

test.run();

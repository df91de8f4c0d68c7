// A way that passes little, and what comes near: a slow target, a small or closed window of the receiver, a long
// round trip, small segments.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime, made } from '../support/build.js';
import { Dialogue, type DialogueOptions } from '../support/dialogue.js';
import { foundIn, MS } from '../support/found.js';
import { hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

interface Way {
  /** Between two segments, and from the command to the first byte. */
  readonly gapNs: number;
  readonly targetNs?: number;
  readonly rttNs?: number;
  readonly reads?: number;
  readonly options?: DialogueOptions;
}

/** Reads of 32 KiB, one after the other. */
function reads({ gapNs, targetNs = MS, rttNs = 0, reads: n = 16, options }: Way): BuiltPacket[] {
  const d = new Dialogue({ gapNs, mss: 1460, ...options });
  let t = d.login(0) + MS;
  for (let i = 0; i < n; i++) {
    // The next one when all of this one's segments have come.
    const segments = Math.ceil(33_000 / d.tcp.options.mss);
    d.read10(i * 64, 64, t, { targetNs: targetNs + rttNs });
    t += targetNs + 2 * rttNs + segments * gapNs + 2 * MS;
  }
  // The answers to the SYN and to the login come later, too.
  const packets = d.tcp.captured();
  const login = packets.findIndex((p) => p.from === 'target' && hasData(p));
  return packets.map((p, i) => {
    const trips = i === 0 ? 0 : i < login ? 1 : 2;
    return made({ ...p, timeNs: p.timeNs + trips * rttNs });
  });
}

test('segments of each PDU come evenly at 1 Mbit/s: the way passes no more', () => {
  const [finding, ...more] = foundIn(reads({ gapNs: 11.7 * MS }), 'slow-way');
  assert.equal(more, []);
  assert.is(finding.owes, 'network');
  assert.is(finding.severity, 'warning');
  assert.match(
    finding.title,
    /^The way from the target to the initiator passes 1\.\d Mbit\/s and no more$/,
  );
  assert.match(finding.text, /A round trip takes \d+\.?\d* µs at least: no window/);
});

test('writes the other way', () => {
  const d = new Dialogue({ gapNs: 3 * MS, mss: 1460 });
  let t = d.login(0) + MS;
  for (let i = 0; i < 16; i++) t = d.write10(i * 128, 128, t, { burst: 65_536 }).statusNs + 2 * MS;
  const [finding] = foundIn(d.tcp.captured(), 'slow-way');
  assert.match(finding.title, /from the initiator to the target passes 4\.\d Mbit\/s/);
});

test('a slow target pauses before its data, not within it', () => {
  assert.equal(foundIn(reads({ gapNs: 1000, targetNs: 250 * MS }), 'slow-way'), []);
});

test('a quick way, one of 1 Gbit/s with all its segments evenly, and too few PDUs', () => {
  assert.equal(foundIn(reads({ gapNs: 12_000 }), 'slow-way'), []);
  assert.equal(foundIn(reads({ gapNs: 11.7 * MS, reads: 3 }), 'slow-way'), []);
});

test('a round trip as long as a segment takes: a window may be what paces it', () => {
  assert.equal(
    foundIn(reads({ gapNs: 11.7 * MS, rttNs: 30 * MS, options: { acks: 'none' } }), 'slow-way'),
    [],
  );
});

/** A host that takes little at once: its window is small, or closed, again and again. */
function windowed(window: number): BuiltPacket[] {
  const packets = reads({ gapNs: 11.7 * MS });
  return byTime(
    packets.map((p, i) =>
      p.from === 'initiator' && i > 20 ? made({ ...p, tcp: { ...p.tcp, window } }) : p,
    ),
  );
}

test('a host that closes its window, or keeps it as small as a segment or two, sets the pace itself', () => {
  assert.equal(foundIn(windowed(0), 'slow-way'), []);
  assert.equal(foundIn(windowed(12), 'slow-way'), []);
  assert.is(foundIn(windowed(4096), 'slow-way').length, 1);
});

test('segments that come in bursts a round trip apart are a small window, not a narrow way', () => {
  const packets = reads({ gapNs: 1000, rttNs: 40 * MS, options: { acks: 'none' } });
  let late = 0;
  let n = 0;
  const bursts = packets.map((p) => {
    if (p.from === 'target' && (p.tcp.payload?.length ?? 0) === 1460 && ++n % 4 === 0)
      late += 40 * MS;
    return made({ ...p, timeNs: p.timeNs + late });
  });
  assert.equal(foundIn(byTime(bursts), 'slow-way'), []);
});

test('a target that writes a header and its data 41 ms later, all at once, has no narrow way', () => {
  // LIO does, at MTU 1500: all PDUs are of one size, so each byte seems to take the same time.
  const packets = reads({ gapNs: 1000, reads: 12, options: { acks: 'none' } });
  let late = 0;
  let segments = 0;
  const paused = packets.map((p) => {
    if (p.from === 'target' && hasData(p)) {
      if (++segments === 2) late += 41 * MS;
      if (p.tcp.payload?.length !== 1460) segments = 0;
    }
    return made({ ...p, timeNs: p.timeNs + late });
  });
  assert.ok(late > 40 * 41 * MS);
  assert.equal(foundIn(byTime(paused), 'slow-way'), []);
});

test('small segments: the same rate, told by bytes', () => {
  const way = { gapNs: 4 * MS, options: { mss: 500 } };
  const [finding] = foundIn(reads(way), 'slow-way');
  assert.match(finding.title, /passes 1\.\d Mbit\/s/);
});

test('slow commands that the narrow way explains are its consequence', () => {
  const { report } = run(reads({ gapNs: 11.7 * MS, reads: 40 }));
  const [first] = report.incidents;
  assert.is(report.findings[first.findings[0]].id, 'slow-way');
});

/** Reads and writes one after the other; from the eleventh on the target's answers, and its ACKs, come `lateNs` later. */
function farther(lateNs: number, ackedSoon: boolean): BuiltPacket[] {
  const d = new Dialogue({ mss: 1460 });
  let t = d.login(0) + MS;
  for (let i = 0; i < 10; i++) t = d.read10(i * 8, 8, t).statusNs + MS;
  const fromNs = t;
  for (let i = 0; i < 20; i++) {
    t = d.read10(i * 8, 8, t, { targetNs: lateNs }).statusNs + MS;
    t = d.write10(i * 8, 8, t, { targetNs: lateNs, statusNs: lateNs }).statusNs + MS;
  }
  const bare = (p: BuiltPacket) => p.from === 'target' && !hasData(p) && p.timeNs > fromNs;
  return d.tcp.captured().filter((p) => ackedSoon || !bare(p));
}

test('a way that became long is a note, and the commands that paid for it accuse nobody', () => {
  const [finding] = foundIn(farther(120 * MS, false), 'way-long');
  assert.match(finding.title, /^The way became 120 ms long, there and back$/);
  assert.is(finding.owes, 'none');
  assert.is(finding.severity, 'note');
  assert.match(finding.text, /Each R2T costs one more: 20 R2Ts, up to 2\.40 s in all/);
  assert.equal(foundIn(farther(120 * MS, false), 'acks-under-load'), []);
  const [slow] = foundIn(farther(120 * MS, false), 'slow-commands');
  assert.is(slow.owes, 'none');
  assert.is(slow.severity, 'note');
  const { report } = run(farther(120 * MS, false));
  const [first] = report.incidents;
  assert.is(report.findings[first.findings[0]].id, 'way-long');
});

test('a target that answers late and acknowledges at once is slow; a short way is not told', () => {
  assert.equal(foundIn(farther(120 * MS, true), 'way-long'), []);
  assert.is(foundIn(farther(120 * MS, true), 'slow-commands')[0].owes, 'target');
  assert.equal(foundIn(farther(10 * MS, false), 'way-long'), []);
});

test('a way that is long from the handshake on says what it costs', () => {
  const options = { acks: 'none' } as const;
  const packets = reads({ gapNs: 1000, rttNs: 30 * MS, options });
  const [finding] = foundIn(packets, 'way-long');
  assert.match(finding.title, /^The way is 30\.\d ms long/);
  assert.match(finding.text, /from the handshake on.*1 Gbit\/s takes 3\.\d+ MiB/);
  assert.equal(foundIn(reads({ gapNs: 1000, rttNs: 5 * MS, options }), 'way-long'), []);
});

test.run();

// What TCP and the capture do: rows 13 to 15, 39, 40 and 42.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACK } from '../../src/packet/segment.js';
import { type BuiltPacket, byTime, made } from '../support/build.js';
import { cdb10, Dialogue } from '../support/dialogue.js';
import { foundIn, MS, S } from '../support/found.js';
import { delayed, doubled, dropped, hasData, merged } from '../support/mishaps.js';
import { run } from '../support/run.js';

/** Reads of 8 blocks, one after the other. */
function reads(n: number, everyNs = 10 * MS): Dialogue {
  const d = new Dialogue();
  let t = d.login(0) + MS;
  for (let i = 0; i < n; i++) t = d.read10(i * 8, 8, t).statusNs + everyNs;
  return d;
}

const fromTarget = (p: BuiltPacket) => p.from === 'target' && hasData(p);

/** The packet again, later: a retransmission, with what the other side had acknowledged by then. */
function again(p: BuiltPacket, timeNs: number): BuiltPacket {
  return made({ ...p, timeNs });
}

test('a command that waits for a retransmission tells its share of the time', () => {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  for (let i = 0; i < 10; i++) t = d.read10(i * 8, 8, t).statusNs + 10 * MS;
  const packets = d.tcp.captured();
  const data = packets.filter(fromTarget);
  const victim = data[data.length - 4]; // the first segment of the last read
  const wrap = { ...victim.wrap, ipId: 9999 };
  const resent = made({ ...victim, timeNs: victim.timeNs + 250 * MS, wrap });
  const late = byTime([...dropped(packets, (p) => p === victim), resent]);
  const [finding] = foundIn(late, 'tcp-delay');
  assert.match(finding.title, /1 command waited for TCP retransmissions/);
  assert.match(finding.text, /(99\.\d|100) % of what these commands took/);
  assert.match(finding.text, /1 by the timer/);
  assert.ok((finding.values?.waitNsMax as number) > 245 * MS);
  assert.equal(foundIn(packets, 'tcp-delay'), []);
  // With its own place in the sequence of IP it was overtaken, and not lost.
  const [order] = foundIn(
    delayed(packets, (p) => p === victim, 2 * MS),
    'tcp-delay',
  );
  assert.match(order.title, /segments that came out of order/);
});

/**
 * Four segments of one write are lost together and sent again, `apartNs` after each other; or four
 * writes lose one each.
 */
function recovery(apartNs: number, together: boolean): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  for (let i = 0; i < 5; i++) t = d.write10(i * 16, 16, t, { burst: 8192 }).statusNs + 60 * MS;
  const packets = d.tcp.captured();
  const full = packets.filter(
    (p) => p.from === 'initiator' && (p.tcp.payload?.length ?? 0) === 1460,
  );
  if (!together) {
    const lost = [0, 5, 10, 15].map((i) => full[i]);
    return byTime([...packets, ...lost.map((p) => again(p, p.timeNs + 2000))]);
  }
  const lost = full.slice(0, 4);
  const last = full[4].timeNs + 2000;
  const resent = lost.map((p, i) => again(p, last + 20 * MS + i * apartNs));
  const after = packets.map((p) =>
    p.timeNs > last ? made({ ...p, timeNs: p.timeNs + 30 * MS + 3 * apartNs }) : p,
  );
  return byTime([...after, ...resent]);
}

test('recovery that creeps from one delayed ACK to the next', () => {
  const [finding] = foundIn(recovery(200 * MS, true), 'delayed-ack-recovery');
  assert.match(finding.title, /4 lost segments in 600 ms/);
  assert.match(finding.text, /initiator sent them again one by one, 200 ms apart/);
  assert.equal(foundIn(recovery(1 * MS, true), 'delayed-ack-recovery'), []);
  assert.equal(foundIn(recovery(0, false), 'delayed-ack-recovery'), []);
});

/**
 * Commands of which the second is held back until the first, alone on the wire, is acknowledged
 * after `ackNs`; or the second comes long after that.
 */
function lateAcks(n: number, ackNs: number, heldBack = true): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  for (let i = 0; i < n; i++) {
    d.tcp.ack('target', t + ackNs);
    const second = t + ackNs + (heldBack ? 100_000 : 30 * MS);
    d.command(cdb10(0x35, 0, 0), t, { targetNs: ackNs + 50 * MS });
    d.command(cdb10(0x35, 0, 0), second, { targetNs: 60 * MS });
    d.tcp.ack('initiator', second + 61 * MS);
    t = second + 200 * MS;
  }
  return d.tcp.captured();
}

test('three delayed ACKs that a sender waits for, two, quick ones, and some nobody waits for', () => {
  const [finding] = foundIn(lateAcks(3, 50 * MS), 'delayed-ack');
  assert.match(finding.title, /The target delayed ACKs/);
  assert.is(finding.frames.length, 3);
  assert.equal(foundIn(lateAcks(2, 50 * MS), 'delayed-ack'), []);
  assert.equal(foundIn(lateAcks(4, 30 * MS), 'delayed-ack'), []);
  assert.equal(foundIn(lateAcks(4, 50 * MS, false), 'delayed-ack'), []);
});

/** The initiator's window is zero in the middle of a read, for so long. */
function zero(ns: number): BuiltPacket[] {
  const d = new Dialogue();
  const t = d.login(0) + MS;
  d.read10(0, 16, t, { targetNs: MS });
  const packets = d.tcp.captured();
  const data = packets.filter(fromTarget);
  const second = data[data.length - 3];
  const held = packets.map((p) =>
    p.timeNs >= second.timeNs ? made({ ...p, timeNs: p.timeNs + ns }) : p,
  );
  const seen = packets.findLast((p) => p.timeNs < second.timeNs && hasData(p)) ?? second;
  const end = ((seen.tcp.seq ?? 0) + (seen.tcp.payload?.length ?? 0)) >>> 0;
  const mine = packets.findLast((p) => p.from === 'initiator' && hasData(p)) ?? second;
  const seq = ((mine.tcp.seq ?? 0) + (mine.tcp.payload?.length ?? 0)) >>> 0;
  const window = (timeNs: number, size: number): BuiltPacket =>
    made({
      ...mine,
      timeNs,
      tcp: { ...mine.tcp, seq, ack: end, flags: ACK, payload: undefined, window: size },
    });
  const from = seen.timeNs + 10;
  return byTime([...held, window(from, 0), window(from + ns, 1000)]);
}

test('a zero window of 10 ms, whom it kept waiting, and one of 9 ms', () => {
  const [finding] = foundIn(zero(12 * MS), 'zero-window');
  assert.match(finding.title, /The initiator took no data for 12\.0 ms/);
  assert.match(finding.text, /1 command had data under way and waited/);
  assert.ok(finding.frames.length > 0);
  assert.equal(foundIn(zero(9 * MS), 'zero-window'), []);
});

/** Data fills a window of 2,920 bytes, and the ACK comes `ns` later. */
function fullWindow(ns: number): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  const t = d.login(0) + MS;
  d.read10(0, 8, t, { targetNs: MS });
  const packets = d.tcp
    .captured()
    .map((p) =>
      p.from === 'initiator' && (p.tcp.flags ?? ACK) === (ACK | 8)
        ? made({ ...p, tcp: { ...p.tcp, window: 22 } })
        : p,
    );
  const data = packets.filter(fromTarget).filter((p) => (p.tcp.payload?.length ?? 0) === 1460);
  const second = data[1];
  const held = packets.map((p) =>
    p.timeNs > second.timeNs ? made({ ...p, timeNs: p.timeNs + ns }) : p,
  );
  const end = ((second.tcp.seq ?? 0) + 1460) >>> 0;
  const mine =
    held.findLast((p) => p.from === 'initiator' && hasData(p) && p.timeNs < second.timeNs) ??
    second;
  const seq = ((mine.tcp.seq ?? 0) + (mine.tcp.payload?.length ?? 0)) >>> 0;
  const tcp = { ...mine.tcp, seq, ack: end, flags: ACK, payload: undefined, window: 1000 };
  return byTime([...held, made({ ...mine, timeNs: second.timeNs + ns - 100, tcp })]);
}

test('a receive window that is full for 60 ms, and for 40 ms', () => {
  const [finding] = foundIn(fullWindow(60 * MS), 'full-window');
  assert.match(finding.title, /The target waited with the initiator’s receive window full/);
  assert.equal(foundIn(fullWindow(40 * MS), 'full-window'), []);
});

/** A full segment of a read is sent again and again; `answers`: its receiver still says something. */
function blackHole(
  payload: number,
  answers: boolean,
  tries = [200, 600, 1400, 3000],
): BuiltPacket[] {
  const d = new Dialogue({ mss: payload });
  let t = d.login(0) + MS;
  t = d.nopOut(t) + MS;
  d.read10(0, 16, t, { targetNs: MS });
  const packets = d.tcp.captured();
  const data = packets.filter((p) => fromTarget(p) && (p.tcp.payload?.length ?? 0) === payload);
  const [first] = data;
  const before = packets.filter((p) => p.timeNs <= first.timeNs);
  const resent = tries.map((ms) => again(first, first.timeNs + ms * MS));
  const mine = before.findLast((p) => p.from === 'initiator' && hasData(p)) ?? first;
  const seq = ((mine.tcp.seq ?? 0) + (mine.tcp.payload?.length ?? 0)) >>> 0;
  const tcp = { ...mine.tcp, seq, flags: ACK, ack: first.tcp.seq, payload: undefined };
  const heard = [300, 700].map((ms) => made({ ...mine, timeNs: first.timeNs + ms * MS, tcp }));
  return byTime([...before, ...resent, ...(answers ? heard : [])]);
}

test('full segments that do not get through, though small ones do; and a line that is dead', () => {
  const [finding] = foundIn(blackHole(1460, true), 'mtu-black-hole');
  assert.match(finding.title, /Segments of 1460 bytes from the target do not get through/);
  assert.is(finding.values?.times, 4);
  assert.equal(foundIn(blackHole(1460, false), 'mtu-black-hole'), []);
  assert.equal(foundIn(blackHole(1000, true), 'mtu-black-hole'), []);
  assert.equal(foundIn(blackHole(1460, true, [200, 600]), 'mtu-black-hole'), []);
});

test('bytes missing, one direction only, and a whole capture', () => {
  const packets = reads(10).tcp.captured();
  const data = packets.filter(fromTarget);
  const [missing] = foundIn(
    dropped(packets, (p) => p === data[20]),
    'capture-loss',
  );
  assert.match(missing.title, /missing in the capture/);
  const [half] = foundIn(
    dropped(packets, (p) => p.from === 'target'),
    'capture-loss',
  );
  assert.match(half.title, /Only what the initiator sent was captured/);
  assert.equal(foundIn(packets, 'capture-loss'), []);
});

test('packets twice at once, packets twice some time apart, and once', () => {
  const packets = reads(30).tcp.captured();
  const [copies] = foundIn(
    doubled(packets, () => true),
    'capture-copies',
  );
  assert.match(copies.title, /of the packets are in the capture twice/);
  assert.equal(foundIn(packets, 'capture-copies'), []);
  const [taps] = foundIn(
    doubled(packets, () => true, 15 * MS),
    'captured-twice',
  );
  assert.match(taps.title, /captured twice/);
  assert.equal(
    foundIn(
      doubled(packets, (_, i) => i % 8 === 0, 15 * MS),
      'captured-twice',
    ),
    [],
  );
  assert.equal(
    foundIn(
      doubled(packets, () => true),
      'captured-twice',
    ),
    [],
  );
});

test('segments longer than the MSS are an offload’s', () => {
  const packets = reads(10).tcp.captured();
  const [finding] = foundIn(merged(packets), 'offload-frames');
  assert.match(finding.title, /of the segments are longer than the MSS/);
  assert.equal(foundIn(packets, 'offload-frames'), []);
});

test('what the capture misses accuses nobody', () => {
  const d = new Dialogue({ segment: 4096 });
  let t = d.login(0) + MS;
  for (let i = 0; i < 12; i++) t = d.read10(i * 32, 32, t).statusNs + 10 * MS;
  const packets = d.tcp.captured();
  const data = packets.filter(fromTarget);
  // Of every command some Data-In are lost whole, with their headers.
  const lost = dropped(packets, (p) => data.includes(p) && data.indexOf(p) % 7 < 3);
  const { findings } = run(lost).report;
  const accused = findings.filter((f) => f.severity !== 'note' && f.id !== 'capture-loss');
  assert.equal(accused, []);
  assert.ok(findings.some((f) => f.id === 'capture-loss'));
  assert.ok(findings.every((f) => f.id !== 'residual-mismatch'));
});

test('segments that overtake each other by some µs are a note, by 20 ms a warning', () => {
  const late = (ns: number) => {
    const d = new Dialogue({ acks: 'none' });
    let t = d.login(0) + MS;
    for (let i = 0; i < 10; i++) t = d.read10(i * 8, 8, t, { targetNs: 20 * MS }).statusNs + MS;
    const packets = d.tcp.captured();
    const victim = packets.filter(fromTarget).at(-4);
    return foundIn(
      delayed(packets, (p) => p === victim, ns),
      'tcp-delay',
    )[0];
  };
  assert.is(late(50_000).severity, 'note');
  assert.is(late(20 * MS).severity, 'warning');
});

test('a session of a minute is quiet', () => {
  const quiet = reads(100, 500 * MS).tcp.captured();
  assert.ok(quiet[quiet.length - 1].timeNs > 49 * S);
  for (const id of ['tcp-delay', 'delayed-ack', 'zero-window', 'full-window', 'mtu-black-hole']) {
    assert.equal(foundIn(quiet, id), []);
  }
});

test.run();

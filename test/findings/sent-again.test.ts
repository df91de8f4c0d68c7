// What was sent again in vain is no loss: held on its way, acknowledged late, or overtaken by its copy.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BuiltPacket, byTime, made } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { foundIn, MS } from '../support/found.js';
import { hasData } from '../support/mishaps.js';

function word(n: number): number[] {
  return [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
}

/**
 * The last read waits for a second, and its command is sent again twice by the timer; then the target tells of so
 * many copies that it got two of.
 */
function waited(toldTwice: number): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  let from = t;
  for (let i = 0; i < 10; i++) {
    from = t;
    t = d.read10(i * 8, 8, t).statusNs + 10 * MS;
  }
  const packets = d.tcp.captured();
  const at = packets.findIndex((p) => p.timeNs >= from && p.from === 'initiator' && hasData(p));
  const command = packets[at];
  const answer = packets.slice(at).find((p) => p.from === 'target' && hasData(p))!;
  const copies = [250, 750].map((ms, i) =>
    made({ ...command, timeNs: from + ms * MS, wrap: { ...command.wrap, ipId: 900 + i } }),
  );
  const { seq = 0, payload } = command.tcp;
  const options = Uint8Array.of(1, 1, 5, 10, ...word(seq), ...word(seq + payload!.length));
  const acks = [...Array(toldTwice).keys()].map((i) => {
    const tcp = { ...answer.tcp, payload: new Uint8Array(0), options };
    const wrap = { ...answer.wrap, ipId: 900 + i };
    return made({ ...answer, timeNs: from + 999 * MS + i * 1000, tcp, wrap });
  });
  const late = packets.map((p, i) => (i > at ? made({ ...p, timeNs: p.timeNs + 1000 * MS }) : p));
  return byTime([...late, ...copies, ...acks]);
}

test('a command whose copies all came twice waited somewhere: nobody is accused', () => {
  const [finding] = foundIn(waited(2), 'sent-again-in-vain');
  assert.is(finding.owes, 'unknown');
  assert.match(finding.title, /^1 command waited .* it was sent again in vain$/);
  assert.match(finding.text, /2 by the timer .* 2 of these in vain: both copies arrived/);
  assert.not.match(finding.text, /network's/);
  assert.equal(foundIn(waited(2), 'tcp-delay'), []);
});

test('a copy of which none tells, or one of two, may have been lost', () => {
  for (const told of [0, 1]) {
    assert.equal(foundIn(waited(told), 'sent-again-in-vain'), []);
    const [finding] = foundIn(waited(told), 'tcp-delay');
    assert.is(finding.owes, 'network');
    assert.match(finding.text, /2 by the timer/);
  }
});

/** Of six reads one segment is held back for 30 ms, and its copy overtakes it; or it never comes. */
function overtaken(comes: boolean): BuiltPacket[] {
  const d = new Dialogue({ acks: 'none' });
  let t = d.login(0) + MS;
  const starts: number[] = [];
  for (let i = 0; i < 6; i++) {
    starts.push(t);
    t = d.read10(i * 8, 8, t).statusNs + 200 * MS;
  }
  const packets = d.tcp.captured();
  const victims = starts.map(
    (ns) => packets.find((p) => p.timeNs > ns && p.from === 'target' && hasData(p))!,
  );
  return byTime(
    packets.flatMap((p) => {
      if (!victims.includes(p)) return [p];
      const wrap = { ...p.wrap, ipId: (p.wrap.ipId ?? 0) + 500 };
      const copy = made({ ...p, timeNs: p.timeNs + 20 * MS, wrap });
      const ack = packets.find((q) => q.from === 'initiator' && q.timeNs > p.timeNs);
      const first = made({ ...p, timeNs: p.timeNs + 30 * MS });
      // It is acknowledged before the first sending comes.
      const said =
        ack === undefined
          ? []
          : [
              made({
                ...ack,
                timeNs: copy.timeNs + MS,
                tcp: { ...ack.tcp, payload: new Uint8Array(0) },
              }),
            ];
      return comes ? [copy, ...said, first] : [copy, ...said];
    }),
  );
}

test('first sendings that come after their copies were overtaken, not lost', () => {
  const [finding] = foundIn(overtaken(true), 'packets-overtaken');
  assert.is(finding.owes, 'network');
  assert.match(finding.title, /^6 commands waited for packets that were overtaken on their way$/);
  assert.equal(foundIn(overtaken(true), 'tcp-delay'), []);
  assert.equal(foundIn(overtaken(false), 'packets-overtaken'), []);
  assert.match(foundIn(overtaken(false), 'tcp-delay')[0].title, /TCP retransmissions$/);
});

test.run();

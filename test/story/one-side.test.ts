// Only what the initiator sent was captured, from the beginning or from mid-stream, or packets were
// lost: every end is the true one or a bound, and no bound is before it.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OUTCOME_NAMES, type Task } from '../../src/scsi/task.js';
import { randomFrom } from '../support/mishaps.js';
import { type HeldPacket, packetsOf, told } from '../support/road.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));

interface Ended {
  readonly ns: number;
  readonly bound: boolean;
  readonly outcome: string;
}

/** By connection's first packet, tag and command: when each task ended. */
function ends(packets: readonly HeldPacket[]): Map<string, Ended> {
  const found = new Map<string, Ended>();
  told(packets, {
    taskEnded(t: Task) {
      if (!t.commandSeen) return;
      const outcome = OUTCOME_NAMES[t.outcome];
      const key = `${t.commandNs} ${t.tag} ${t.cmdSN}`;
      found.set(key, { ns: t.statusNs, bound: t.statusBound, outcome });
    },
  });
  return found;
}

const fromInitiator = ({ bytes }: HeldPacket) => bytes[36] * 256 + bytes[37] === 3260;

for (const name of [
  'tgt-mixed-load.pcap.gz',
  'tgt-unsolicited-data.pcap.gz',
  'istgt-mixed-load.pcap.gz',
  'istgt-many-r2ts.pcap.gz',
]) {
  test(`${name}: only the initiator's side`, async () => {
    const packets = await packetsOf(join(CAPTURES, name));
    const whole = ends(packets);
    for (const from of [0, 0.02, 0.3, 0.6]) {
      const rest = packets.slice(Math.floor(packets.length * from)).filter(fromInitiator);
      const half = ends(rest);
      assert.ok(half.size > 0);
      for (const [key, { ns, bound, outcome }] of half) {
        const truth = whole.get(key);
        const what = `${key}, from ${from}`;
        assert.ok(truth !== undefined, what);
        assert.equal([bound, outcome], [true, 'status not captured'], what);
        assert.ok(ns >= truth!.ns, `${what}: ends at ${ns}, in truth at ${truth!.ns}`);
      }
    }
  });
}

for (const name of ['tgt-header-digest.pcap.gz', 'tgt-unsolicited-data.pcap.gz']) {
  test(`${name}: only the initiator's side, and two in a hundred of its packets lost`, async () => {
    const packets = (await packetsOf(join(CAPTURES, name))).filter(fromInitiator);
    const whole = ends(await packetsOf(join(CAPTURES, name)));
    for (const seed of [1, 2, 3, 4]) {
      const random = randomFrom(seed * 7919);
      const half = ends(packets.filter(() => random() % 50 !== 0));
      let open = 0;
      for (const [key, { ns, bound, outcome }] of half) {
        if (outcome === 'open') open++;
        else assert.ok(bound && ns >= whole.get(key)!.ns, `${key}: ends at ${ns}`);
      }
      assert.ok(open <= 2, `seed ${seed}: ${open} of ${half.size} open`);
    }
  });
}

for (const name of ['tgt-mixed-load.pcap.gz', 'tgt-header-digest.pcap.gz']) {
  test(`${name}: five packets in a hundred lost, each end is the true one or a bound`, async () => {
    const packets = await packetsOf(join(CAPTURES, name));
    const whole = ends(packets);
    for (const seed of [1, 2, 3]) {
      const random = randomFrom(seed);
      const damaged = ends(packets.filter(() => random() % 20 !== 0));
      let exact = 0;
      for (const [key, { ns, bound, outcome }] of damaged) {
        const truth = whole.get(key);
        assert.ok(truth !== undefined, key);
        if (ns < 0) continue;
        if (!bound) assert.equal([ns, outcome], [truth!.ns, truth!.outcome], key);
        else assert.ok(ns >= truth!.ns, `${key}: ends at ${ns}, in truth at ${truth!.ns}`);
        if (!bound) exact++;
      }
      assert.ok(exact > whole.size * 0.8);
    }
  });
}

const fromTarget = ({ bytes }: HeldPacket) => bytes[34] * 256 + bytes[35] === 3260;

for (const [side, of] of [
  ['initiator', fromInitiator],
  ['target', fromTarget],
] as const) {
  test(`only the ${side}'s side: three connections are still one session`, async () => {
    const packets = await packetsOf(join(CAPTURES, 'istgt-three-connections.pcap.gz'));
    const { sessions } = told(packets.filter(of)).road;
    assert.equal(
      sessions.map(({ tsih, ended, connections }) => ({ tsih, ended, connections })),
      [{ tsih: 9, ended: 'logout', connections: [0, 1, 2] }],
    );
  });
}

test('a capture that ends inside a last Data-In: its command is open, not quick', async () => {
  const packets = await packetsOf(join(CAPTURES, 'tgt-mixed-load.pcap.gz'));
  const whole = ends(packets);
  let open = 0;
  for (let n = 3300; n < 3420; n += 9) {
    for (const [key, { ns, outcome }] of ends(packets.slice(0, n))) {
      if (outcome === 'open') open++;
      else assert.is(ns, whole.get(key)!.ns, `${key} of ${n} packets`);
    }
  }
  assert.ok(open > 10);
});

test.run();

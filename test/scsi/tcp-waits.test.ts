// What TCP took of each phase, by its cause: conversations with one mishap each, whose part is known
// beforehand.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Phase, phasesOf } from '../../src/scsi/phase-names.js';
import type { Task } from '../../src/scsi/task.js';
import { Driver, MS } from '../session/driver.js';
import { type BuiltPacket, made } from '../support/build.js';
import { Dialogue } from '../support/dialogue.js';
import { delayed, doubled, hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

/** The causes of each phase that has any, in ms. */
function causes(t: Task): Record<string, Record<string, number>> {
  const phases: readonly Phase[] = phasesOf(t);
  const told = phases.filter((p) => p.tcpNs !== undefined);
  for (const { tcpNs, tcp, ns } of told) {
    const sum = Object.values(tcp ?? {}).reduce((a: number, b) => a + Number(b), 0);
    assert.is(sum, tcpNs, 'the causes sum up');
    assert.ok((tcpNs ?? 0) <= ns);
  }
  return Object.fromEntries(
    told.map(({ name, tcp }) => [
      name,
      Object.fromEntries(Object.entries(tcp ?? {}).map(([key, ns]) => [key, ns / MS])),
    ]),
  );
}

/** A read or write through the whole road, after something happened to its packets. */
function ended(packets: readonly BuiltPacket[]): Task[] {
  const tasks: Task[] = [];
  run(packets, (t) =>
    tasks.push({
      ...t,
      phaseNs: t.phaseNs.slice(),
      phaseTcpNs: t.phaseTcpNs.slice(),
      tcpCauseNs: t.tcpCauseNs.slice(),
    }),
  );
  return tasks;
}

function conversation(write: boolean): { packets: BuiltPacket[]; from: number } {
  const d = new Dialogue({ segment: 65_536 });
  const t = d.login(0) + 50 * MS;
  if (write) d.write10(0, 64, t, { targetNs: 5 * MS, hostNs: 2 * MS, statusNs: MS });
  else d.read10(0, 64, t, { targetNs: 5 * MS, statusNs: MS });
  const packets = d.tcp.captured();
  return { packets, from: packets.findIndex((p) => p.timeNs >= t) };
}

/** The nth packet with data after the login. */
function nth(from: number, n: number): (p: BuiltPacket, i: number) => boolean {
  let seen = -1;
  return (p, i) => i >= from && hasData(p) && ++seen === n;
}

test('a Data-In whose packet was lost on its way to the capture: retransmission', () => {
  const { packets, from } = conversation(false);
  const clean = ended(packets)[0];
  assert.equal(causes(clean), {});
  // The receiver lacks it: it acknowledges nothing of what follows.
  const lacking = packets.filter((p, i) => i < from || hasData(p));
  const lost = lacking.findIndex(nth(from, 4));
  const again = made({ ...lacking[lost], wrap: { ipId: 9000 } });
  const [t] = ended(delayed(lacking.with(lost, again), (_, i) => i === lost, 300 * MS));
  const took = causes(t);
  assert.equal(Object.keys(took), ['data in']);
  assert.equal(Object.keys(took['data in']), ['retransmissionNs']);
  const ms = took['data in'].retransmissionNs;
  assert.ok(ms > 298 && ms <= 300, String(ms));
});

test('a packet that another one overtook: reordering', () => {
  const { packets, from } = conversation(false);
  const [t] = ended(delayed(packets, nth(from, 4), 15_000));
  const took = causes(t);
  assert.equal(Object.keys(took), ['data in']);
  assert.equal(Object.keys(took['data in']), ['reorderingNs']);
});

test('a command that was captured, lost behind the capture, and sent again', () => {
  for (const write of [false, true]) {
    const { packets, from } = conversation(write);
    const command = packets.findIndex(nth(from, 0));
    // All that follows comes 300 ms later: the target did not have the command before.
    const later = packets.map((p, i) => (i <= command ? p : { ...p, timeNs: p.timeNs + 300 * MS }));
    const again = { ...packets[command], timeNs: packets[command].timeNs + 300 * MS - 1000 };
    const [t] = ended([...later.slice(0, command + 1), again, ...later.slice(command + 1)]);
    const phase = write ? 'command to R2T' : 'command to data';
    assert.equal(causes(t), { [phase]: { retransmissionNs: 299.999 } });
  }
});

test('what was acknowledged and came again all the same took nothing', () => {
  const { packets, from } = conversation(false);
  const [t] = ended(doubled(packets, nth(from, 0), 3 * MS));
  assert.equal(causes(t), {});
});

/** A task of the driver: a Data-In of `forNs` from 10 ms on, in which something happens. */
function flowing(during: (d: Driver) => void): Task {
  const d = new Driver();
  const fields = { read: 1, initiatorTaskTag: 7, cmdSN: 1, expectedDataTransferLength: 8192 };
  d.send('scsi-command', fields, { atNs: MS });
  const dataIn = { initiatorTaskTag: 7, statusPresent: 1 };
  const data = new Uint8Array(8192);
  d.send('data-in', dataIn, { atNs: 10 * MS, forNs: 100 * MS, data, during: () => during(d) });
  return d.tasks[0];
}

test('several waits within one PDU are all counted, each moment once', () => {
  const t = flowing((d) => {
    d.stage.holeFilled(1, 3, 100, 50, 20 * MS, 30 * MS, 'fast');
    d.stage.holeFilled(1, 4, 900, 50, 25 * MS, 35 * MS, 'outOfOrder');
    d.stage.zeroWindow(1, 5, 32 * MS, 45 * MS);
    d.stage.zeroWindow(1, 6, 60 * MS, 65 * MS);
    d.stage.windowFull(1, 7, 55 * MS, 70 * MS);
    d.stage.windowFull(1, 8, 105 * MS, 200 * MS);
  });
  assert.equal(causes(t), {
    'data in': {
      retransmissionNs: 10,
      reorderingNs: 5,
      zeroWindowNs: 10 + 5,
      windowFullNs: 5 + 5 + 5,
    },
  });
  assert.is(t.zeroWindowNs, 15 * MS);
});

test('a window that closed while nobody sent data explains nothing', () => {
  const d = new Driver();
  d.send('scsi-command', { read: 1, initiatorTaskTag: 7, cmdSN: 1 }, { atNs: MS });
  d.stage.zeroWindow(1, 5, 2 * MS, 9 * MS);
  d.stage.windowFull(0, 5, 2 * MS, 9 * MS);
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 10 * MS });
  assert.equal(causes(d.tasks[0]), {});
});

test('bytes of later tasks that came again are not this one’s wait', () => {
  const d = new Driver();
  d.send('scsi-command', { read: 1, initiatorTaskTag: 7, cmdSN: 1 }, { atNs: MS });
  d.stage.retransmission(0, 3, 300 * MS, 5000, 48, 'timeout', 250 * MS);
  d.send('scsi-response', { initiatorTaskTag: 7 }, { atNs: 400 * MS });
  assert.equal(causes(d.tasks[0]), {});
});

test.run();

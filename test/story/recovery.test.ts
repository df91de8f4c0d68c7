// A session of two connections at ErrorRecoveryLevel 2: one is lost, its task goes on on the other
// (RFC 7143 7.2.2, 11.5). One command, from its first byte to its status, over both.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLadder } from '../../src/report/ladder/command-ladder.js';
import type { Task } from '../../src/scsi/task.js';
import { OUTCOME_NAMES } from '../../src/scsi/task.js';
import { bothTasks, Keeper } from '../../src/store/keeper.js';
import { Dialogue, INITIATOR_NAME, type Pairs, TARGET_NAME } from '../support/dialogue.js';
import { run } from '../support/run.js';

const MS = 1_000_000;
const LEVEL: Pairs = [
  ['ErrorRecoveryLevel', '2'],
  ['MaxConnections', '2'],
];
const WHO: Pairs = [
  ['InitiatorName', INITIATOR_NAME],
  ['SessionType', 'Normal'],
  ['TargetName', TARGET_NAME],
];

/** The second connection joins by its TSIH and CID. */
function joined(atNs: number): Dialogue {
  const d = new Dialogue({ initiatorPort: 50_001, cid: 1 });
  const stage = { csg: 1, nsg: 3, transit: 1, isid: d.options.isid, initiatorTaskTag: 1 };
  const t = d.tcp.connect(atNs) + MS;
  d.say('login-request', { ...stage, tsih: 1, cid: 1 }, t, { data: WHO });
  d.say('login-response', { ...stage, tsih: 1 }, t + MS, { advance: 'statSN' });
  d.midStream();
  return d;
}

test('a read whose connection is reset goes on on the other one', () => {
  const one = new Dialogue();
  const t = one.login(0, LEVEL, LEVEL) + MS;
  const two = joined(t);
  const command = {
    read: 1,
    attr: 1,
    lun: one.options.lun,
    initiatorTaskTag: 0x77,
    expectedDataTransferLength: 8192,
    cdb: Uint8Array.of(0x28, 0, 0, 0, 0, 8, 0, 0, 16, 0),
  };
  one.say('scsi-command', command, t + 20 * MS, { advance: 'cmdSN' });
  const half = new Uint8Array(4096);
  const dataIn = { initiatorTaskTag: 0x77, final: 0 };
  one.say('data-in', dataIn, t + 30 * MS, { data: half });
  one.tcp.reset(t + 40 * MS);
  // CmdSN is the session's: both requests are immediate and carry the next one.
  const logout = { reason: 2, cid: 0, initiatorTaskTag: 0x80, immediate: 1, cmdSN: 2 };
  two.say('logout-request', logout, t + 100 * MS);
  const answer = { initiatorTaskTag: 0x80, response: 0 };
  two.say('logout-response', answer, t + 101 * MS, { advance: 'statSN' });
  const moved = { function: 8, referencedTaskTag: 0x77, initiatorTaskTag: 0x81 };
  const numbers = { immediate: 1, cmdSN: 2, refCmdSN: 1, expDataSN: 1 };
  two.say('task-management-request', { ...moved, ...numbers }, t + 110 * MS);
  const done = { initiatorTaskTag: 0x81, response: 0 };
  two.say('task-management-response', done, t + 111 * MS, { advance: 'statSN' });
  const rest = { initiatorTaskTag: 0x77, dataSN: 1, bufferOffset: 4096, final: 1 };
  two.say('data-in', rest, t + 120 * MS, { data: half });
  const status = { initiatorTaskTag: 0x77, expDataSN: 2 };
  two.say('scsi-response', status, t + 121 * MS, { advance: 'statSN' });

  const keeper = new Keeper({ pdus: true });
  const sinks = keeper.sinks();
  const ended: Task[] = [];
  const taskSink = bothTasks(sinks.taskSink!, {
    taskStarted() {},
    taskEnded: (task) => ended.push({ ...task, phaseNs: task.phaseNs.slice() }),
  });
  const packets = [...one.tcp.captured(), ...two.tcp.captured()].sort(
    (a, b) => a.timeNs - b.timeNs,
  );
  const { report, road } = run(packets, () => {}, { ...indexed(keeper), ...taskSink });

  const [task] = ended;
  assert.is(OUTCOME_NAMES[task.outcome], 'good');
  assert.equal([task.connection, task.dataInBytes, task.dataInPdus], [1, 8192, 2]);
  assert.is(
    task.phaseNs.reduce((a, b) => a + b, 0),
    task.statusNs - task.commandNs,
  );
  const [session] = report.sessions;
  assert.is(session.connections.length, 2);
  assert.equal([session.commandCount, session.completed], [1, 1]);
  assert.equal(
    session.connections.map((c) => c.closedHow),
    ['rst', 'open'],
  );
  assert.is(session.brokenRules, undefined);

  const ladder = commandLadder(keeper, 0, {
    lastNs: road.lastNs,
    sessions: road.sessions,
    initiatorDirection: () => 0,
    everyPdu: true,
  });
  const pdus = ladder.steps.flatMap((s) => (s.kind === 'pdu' ? [s.opcode] : []));
  assert.equal(pdus, [0x01, 0x25, 0x25, 0x21], 'PDUs of both connections');
  assert.ok(ladder.steps.some((s) => s.kind === 'event' && s.event.kind === 'task management'));
});

/** The index as a sink, bound to itself. */
function indexed({ pdus }: Keeper) {
  return {
    begin: pdus.begin.bind(pdus),
    end: pdus.end.bind(pdus),
    lost: () => {},
    ended: () => {},
  };
}

test.run();

// An I_T nexus of as little a machine as can be, driven by the calls of scsi/: a tag is a number, data comes
// by offset. The report, its text and its JSON have it beside iSCSI's sessions.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureFacts } from '../../src/capture/facts.js';
import { reportJson } from '../../src/export/report-json.js';
import { blocksText } from '../../src/export/report-text.js';
import { Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import { Collector } from '../../src/report/collect.js';
import {
  commandBegins,
  commandEnds,
  countOutstanding,
  dataInBegins,
  dataInEnds,
  dataOutBegins,
  dataOutCame,
  dataOutCounts,
  dataOutEnds,
  outcomeOfStatus,
  statusCame,
  statusStands,
  takeCdb,
  transferAsks,
  transferEnds,
  transferReady,
  wantedOfDataIn,
} from '../../src/scsi/exchange.js';
import { learn, learnSense } from '../../src/scsi/logical-unit.js';
import type { LunTable } from '../../src/scsi/lun-table.js';
import type { NexusWatch } from '../../src/scsi/nexus.js';
import type { OpenTask } from '../../src/scsi/open-task.js';
import { beginTask, countWrite, endTask, tell } from '../../src/scsi/open-tasks.js';
import type { Path } from '../../src/scsi/path.js';
import {
  latencyNs,
  Outcome,
  PhaseCode,
  type Task,
  TaskAttribute,
  Transport,
} from '../../src/scsi/task.js';
import type { TaskPdu } from '../../src/scsi/task-pdu.js';
import { TaskTable } from '../../src/scsi/task-table.js';
import { transferAt } from '../../src/scsi/transfers.js';
import type { Session } from '../../src/session/model.js';
import { newSessionStory } from '../../src/session/new-story.js';
import { SessionStage } from '../../src/session/stage.js';
import type { SessionNexus, SessionTables } from '../../src/session/tables.js';
import { Connection } from '../../src/stream/connection.js';
import { reportBlocks } from '../../src/view/report-view.js';
import { makePaint } from '../../src/view/theme.js';
import { cdb10, fixedSense } from '../support/dialogue.js';

const US = 1000;
const INITIATOR = '10:00:00:00:c9:00:00:01';
const TARGET = '50:06:01:60:00:00:00:02';

/** Two ports that know each other, over one FCIP link. */
class Ports implements SessionNexus {
  readonly story: Session;
  readonly watch: NexusWatch;
  readonly tasks = new TaskTable();
  lunsWhole: readonly string[] | undefined = undefined;
  lunTable: LunTable | undefined = undefined;

  constructor(story: Session, watch: NexusWatch) {
    this.story = story;
    this.watch = watch;
  }
}

/** As little of an FC machine as tasks need. */
class ToyFc implements NexusWatch {
  readonly nexus: Ports;
  readonly path: Path;
  readonly ends: string[] = [];
  private readonly tables: SessionTables;
  private streams = [0, 0];

  constructor(tables: SessionTables, connection: number) {
    this.tables = tables;
    const story = newSessionStory(tables.nextId, 'fcp', 0);
    story.initiatorName = INITIATOR;
    story.targetName = TARGET;
    story.initiatorAddress = '01.02.03';
    story.targetAddress = '01.04.05';
    story.connections.push(connection);
    story.type = 'Normal';
    this.nexus = new Ports(story, this);
    tables.add(this.nexus);
    this.path = {
      number: connection,
      initiatorWaits: tables.waitsOf(connection * 2),
      targetWaits: tables.waitsOf(connection * 2 + 1),
      initiatorLosses: 0,
      targetLosses: 0,
      openTasks: 0,
      openWrites: 0,
    };
  }

  taskEnds(_nexus: Ports, open: OpenTask): void {
    this.ends.push(`ends ${open.task.tag}`);
  }

  taskEnded(open: OpenTask): void {
    this.ends.push(`ended ${open.task.tag}`);
  }

  captureEnds(open: OpenTask): void {
    endTask(this.tables.tasks, open, Outcome.open, -1, 0);
  }

  unit(fromInitiator: boolean, atUs: number, forUs = 0, bytes = 100): TaskPdu {
    const side = fromInitiator ? 0 : 1;
    const streamOffset = this.streams[side];
    this.streams[side] += bytes;
    return {
      fromInitiator,
      streamOffset,
      streamEnd: streamOffset + bytes,
      frame: atUs,
      timeNs: atUs * US,
      frameEnd: atUs + forUs,
      endNs: (atUs + forUs) * US,
      endBound: false,
    };
  }

  command(oxId: number, cdb: Uint8Array, length: number, atUs: number, writes = false): OpenTask {
    const { tables, nexus, path } = this;
    const pdu = this.unit(true, atUs, 1);
    const open = beginTask(tables.tasks, nexus, path, oxId, Transport.fcp);
    const t = open.task;
    t.lunHigh = 0x0001_0000;
    t.reads = !writes;
    t.writes = writes;
    t.attribute = TaskAttribute.ordered;
    t.expectedLength = length;
    commandBegins(nexus, open, pdu);
    takeCdb(tables.tasks, open, cdb, new DataView(cdb.buffer), 0, 16);
    if (writes) countWrite(open);
    tell(tables.tasks, open);
    commandEnds(path, open, pdu, 0);
    return open;
  }

  dataIn(open: OpenTask, bytes: number, atUs: number): void {
    const pdu = this.unit(false, atUs, 2, bytes);
    dataInBegins(this.path, open, pdu, bytes);
    dataInEnds(this.path, open, pdu, 0);
  }

  ready(open: OpenTask, offset: number, bytes: number, atUs: number): void {
    const pdu = this.unit(false, atUs);
    transferReady(this.path, open, pdu);
    transferAsks(open, pdu, 0, open.task.r2ts - 1, offset, bytes);
    countOutstanding(open);
  }

  dataOut(open: OpenTask, offset: number, bytes: number, atUs: number, final: boolean): void {
    const pdu = this.unit(true, atUs, 2, bytes);
    const which = transferAt(open, offset);
    dataOutCounts(open, pdu, bytes);
    dataOutBegins(this.path, open, pdu, bytes, which);
    if (which >= 0) open.r2tGot[which] += bytes;
    dataOutCame(this.path, open, pdu, 0);
    dataOutEnds(this.path, open, pdu, which, final);
    if (which >= 0) transferEnds(open, which, final);
  }

  status(open: OpenTask, status: number, atUs: number): void {
    const pdu = this.unit(false, atUs);
    statusCame(this.path, open, pdu);
    open.task.response = 0;
    open.task.status = status;
    statusStands(open, pdu);
    endTask(this.tables.tasks, open, outcomeOfStatus(status), pdu.endNs, pdu.frameEnd);
  }
}

function run(body: (fc: ToyFc, stage: SessionStage) => void): Task[] {
  const ended: Task[] = [];
  const connection = new Connection(0, 0, 1);
  const stage = new SessionStage({
    sink: { taskStarted() {}, taskEnded: (t) => void ended.push(structuredClone(plain(t))) },
    problems: new ProblemLog(4),
    digests: { setDigests() {} },
    protocols: { change() {} },
    connectionOf: () => connection,
  });
  const fc = new ToyFc(stage.tables, 0);
  body(fc, stage);
  assert.is(stage.invariants(), '');
  stage.finish(1e9);
  assert.is(stage.tables.tasks.open, 0);
  return ended;
}

function plain(t: Task): Task {
  return { ...t, bursts: undefined } as unknown as Task;
}

const READ = 0x28;
const WRITE = 0x2a;

test('a read: command, data, status', () => {
  const [t] = run((fc) => {
    const open = fc.command(0x123, cdb10(READ, 64, 8), 4096, 10);
    fc.dataIn(open, 2048, 30);
    fc.dataIn(open, 2048, 40);
    fc.status(open, 0, 50);
    assert.equal(fc.ends, ['ends 291', 'ended 291']);
  });
  assert.equal([t.tag, t.transport, t.dataInBytes, t.dataInPdus], [0x123, Transport.fcp, 4096, 2]);
  assert.equal([t.lbaLow, t.blocks, t.outcome, t.attribute], [64, 8, Outcome.good, 2]);
  assert.is(latencyNs(t), 40 * US);
  const phases = [...t.phaseNs];
  assert.equal([phases[PhaseCode.commandToData], phases[PhaseCode.dataIn]], [20 * US, 12 * US]);
  assert.is(phases[PhaseCode.dataToStatus], 8 * US);
});

test('a write: what the target was ready for, the host answered', () => {
  const [t] = run((fc) => {
    const open = fc.command(7, cdb10(WRITE, 0, 16), 8192, 10, true);
    fc.ready(open, 0, 4096, 20);
    fc.dataOut(open, 0, 2048, 25, false);
    fc.dataOut(open, 2048, 2048, 28, true);
    fc.ready(open, 4096, 4096, 40);
    fc.dataOut(open, 4096, 4096, 50, true);
    assert.is(fc.path.openWrites, 1);
    fc.status(open, 0, 60);
    assert.is(fc.path.openWrites, 0);
  });
  assert.equal([t.dataOutBytes, t.r2ts, t.r2tsOutstandingMax], [8192, 2, 1]);
  assert.equal([t.r2tsAnswered, t.hostNs, t.hostNsMax], [2, 15 * US, 10 * US]);
  assert.is(
    [...t.phaseNs].reduce((a, b) => a + b),
    latencyNs(t),
  );
});

test('what INQUIRY says is learnt, sense is read, what is open stays open', () => {
  const tasks = run((fc, stage) => {
    const open = fc.command(1, Uint8Array.of(0x12, 0, 0, 0, 96, ...new Array(11).fill(0)), 96, 10);
    assert.ok(wantedOfDataIn(open) >= 96);
    fc.dataIn(open, 36, 20);
    const data = new Uint8Array(36);
    data.set(new TextEncoder().encode('ACME    DISK            1.0 '), 8);
    learn(fc.nexus, open.task, data, 36, 20);
    fc.status(open, 0, 21);
    const failed = fc.command(2, cdb10(READ, 0, 1), 512, 30);
    const sense = fixedSense(5, 0x24, 0);
    learnSense(failed.task, sense, 0, sense.length);
    fc.status(failed, 2, 40);
    fc.command(3, cdb10(READ, 0, 1), 512, 50);
    const lun = stage.session(0)?.luns.get('0001000000000000');
    assert.equal([lun?.vendor, lun?.product, lun?.commands], ['ACME', 'DISK', 3]);
  });
  assert.equal(
    tasks.map((t) => [t.tag, t.outcome, t.senseKey, t.asc]),
    [
      [1, Outcome.good, -1, -1],
      [2, Outcome.checkCondition, 5, 0x24],
      [3, Outcome.open, -1, -1],
    ],
  );
});

test('the report has it, as text and as JSON', () => {
  const collector = new Collector(10);
  const road = new Road(new ProblemLog(4), collector.sinks());
  const fc = new ToyFc(road.sessions.tables, 0);
  const open = fc.command(0x123, cdb10(READ, 64, 8), 4096, 10);
  fc.dataIn(open, 4096, 30);
  fc.status(open, 0, 50);
  const report = collector.report(road.finish(NO_CAPTURE));
  const text = blocksText(reportBlocks(report, 100), 100, makePaint(0));
  assert.match(text, INITIATOR);
  assert.match(text, /READ\(10\)/);
  let json = '';
  reportJson(report, (part) => {
    json += part;
  });
  const { sessions } = JSON.parse(json) as { sessions: Record<string, unknown>[] };
  assert.is(sessions.length, 1);
  const { initiatorName, targetName, commandCount, target, targetAddress } = sessions[0];
  assert.equal([initiatorName, targetName, commandCount], [INITIATOR, TARGET, 1]);
  assert.equal([target, targetAddress], [TARGET, '01.04.05']);
});

const NO_CAPTURE = {
  files: [],
  packets: 0,
  capturedBytes: 0,
  originalBytes: 0,
  packetsTruncated: 0,
  packetsDropped: 0,
  snaplens: [],
  linkTypes: [],
  spanNs: 0,
  epoch: undefined,
} as unknown as CaptureFacts;

test.run();

// Captures with packets lost, doubled, out of order and with octets changed at random: the store, the
// index, every ladder and every login can be told nevertheless, and agree with each other.

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../../src/capture/packet.js';
import { ladderJson } from '../../../src/export/ladder-json.js';
import { loginJson } from '../../../src/export/login-json.js';
import { blocksText } from '../../../src/export/report-text.js';
import { Road } from '../../../src/pipeline.js';
import { ProblemLog } from '../../../src/problem.js';
import { commandLadder } from '../../../src/report/ladder/command-ladder.js';
import { loginDiff, loginStories } from '../../../src/report/ladder/login-story.js';
import { Keeper } from '../../../src/store/keeper.js';
import { SORT_COLUMNS, selectTasks, sortTasks } from '../../../src/store/sort-keys.js';
import { makeTaskRow } from '../../../src/store/task-store.js';
import { commandBlocks } from '../../../src/view/ladder/command-view.js';
import { COMMAND_COLUMNS } from '../../../src/view/lists/command-columns.js';
import { diffBlocks, loginBlocks } from '../../../src/view/login/login-view.js';
import { makePaint } from '../../../src/view/theme.js';
import { randomFrom } from '../../support/mishaps.js';
import { TOP } from '../../support/program.js';
import { type HeldPacket, packetsOf } from '../../support/road.js';

const plain = makePaint(0);

/** Some packets are lost, doubled, changed, or change places; now and then the clock steps back. */
function harmed(packets: readonly HeldPacket[], seed: number): HeldPacket[] {
  const random = randomFrom(seed);
  const result: HeldPacket[] = [];
  for (const packet of packets) {
    const fate = random() % 100;
    if (fate < 2) continue;
    let { bytes, timeNs } = packet;
    if (fate < 8) {
      bytes = bytes.slice();
      for (let i = 0; i < 4; i++) bytes[54 + (random() % 60)] = random() & 255;
    }
    if (fate < 9) timeNs -= random() % 1_000_000_000;
    result.push({ ...packet, bytes, timeNs });
    if (fate === 10) result.push(packet);
    if (fate === 11 && result.length > 3) {
      const at = result.length - 3;
      [result[at], result[at + 1]] = [result[at + 1], result[at]];
    }
  }
  return result;
}

function keep(packets: readonly HeldPacket[]): {
  keeper: Keeper;
  road: ReturnType<Road['finish']>;
} {
  const keeper = new Keeper({ pdus: true });
  const road = new Road(new ProblemLog(4), keeper.sinks());
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = p.linkType;
    road.packet(packet);
  }
  return { keeper, road: road.finish({ packets: packets.length } as never) };
}

function checkIndex({ tasks, pdus }: Keeper): void {
  let chained = 0;
  for (let row = 0; row < tasks.count; row++) {
    let before = -1;
    for (let p = pdus.firstOf(row); p >= 0; p = pdus.next(p)) {
      assert.is(pdus.task(p), row);
      assert.ok(p > before, 'a chain goes on in the order of the wire');
      before = p;
      chained++;
    }
  }
  let linked = 0;
  for (let p = 0; p < pdus.count; p++) if (pdus.task(p) >= 0) linked++;
  assert.is(chained, linked);
}

const CAPTURES = [
  'istgt-many-r2ts.pcap.gz',
  'tgt-libiscsi-iscsi-tests.pcap.gz',
  'tgt-mid-stream.pcap.gz',
  'tgt-chap-mutual.pcap',
  'istgt-three-connections.pcap.gz',
  'tgt-stalls-two-seconds.pcap.gz',
];

for (const name of CAPTURES) {
  test(`${name}, harmed in many ways`, async () => {
    const packets = await packetsOf(join(TOP, 'captures', name));
    for (let seed = 1; seed <= 6; seed++) {
      const { keeper, road } = keep(harmed(packets, seed));
      const { tasks } = keeper;
      assert.is(tasks.openRows, 0, 'at the end every task was told to its end');
      checkIndex(keeper);
      for (const column of SORT_COLUMNS) {
        assert.is(sortTasks(tasks, selectTasks(tasks), column, true).length, tasks.count);
      }
      const options = {
        lastNs: road.lastNs,
        sessions: road.sessions,
        initiatorDirection: () => 0,
        everyPdu: seed % 2 === 0,
      };
      const task = makeTaskRow();
      for (let row = 0; row < tasks.count; row += 1 + (tasks.count >> 6)) {
        tasks.read(row, task);
        for (const column of COMMAND_COLUMNS) {
          const cell = column.cell({ task, epoch: undefined, session: (id) => road.sessions[id] });
          assert.type(cell.text, 'string');
        }
        const ladder = commandLadder(keeper, row, options);
        const text = blocksText(commandBlocks(ladder, 90), 90, plain);
        assert.ok(text.split('\n').every((line) => line.length <= 90));
        assert.not.match(text, /NaN|undefined|Infinity/);
        assert.ok(
          JSON.parse(ladderJson(ladder, { epoch: undefined, session: () => undefined })).steps
            .length === ladder.steps.length,
        );
      }
      const logins = loginStories(road.stories, road.sessions);
      for (const story of logins) {
        const text = blocksText(loginBlocks(story, 90, false), 90, plain);
        assert.not.match(text, /NaN|undefined|Infinity/);
        JSON.parse(loginJson(story, false));
        const rows = loginDiff(logins[0], story);
        assert.ok(blocksText(diffBlocks(logins[0], story, rows, 60), 60, plain).length > 0);
      }
    }
  });
}

test.run();

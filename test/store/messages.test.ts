// Messages that are no iSCSI PDUs (FC, iWARP, RoCEv2, iSNS) enter the index, ladders and details as PDUs do.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Case } from '../../src/case/case.js';
import { type DetailState, Details } from '../../src/case/pdu-details.js';
import { pduWords } from '../../src/case/pdus.js';
import { MessageReader } from '../../src/decode/messages.js';
import { MessageProtocol, Role } from '../../src/pdu/message-codes.js';
import { analyse } from '../../src/pipeline.js';
import { Outcome } from '../../src/scsi/task.js';
import { makeTaskRow } from '../../src/store/task-store.js';
import { keepFile } from '../support/keep.js';
import { sharedCapture } from '../support/shared.js';
import { until } from '../support/wait.js';

const MESSAGES = {
  'fcip-vm-1500-stream': MessageProtocol.fc,
  'ifcp-translation': MessageProtocol.fc,
  'fcoe-load-ini': MessageProtocol.fc,
  'iser-rfc-markers-crc-1500': MessageProtocol.iwarp,
  'iser-rxe-1500-ini': MessageProtocol.roce,
  'isns-open-isns-tgt': MessageProtocol.isns,
} as const;

function path(name: string): string {
  return sharedCapture(`san/${name}.pcap`);
}

for (const [name, protocol] of Object.entries(MESSAGES)) {
  test(`${name}: as many rows as messages, in the order of their first bytes`, async () => {
    const { keeper } = await keepFile(path(name));
    let told = 0;
    await analyse([path(name)], { messageSink: new MessageReader({ take: () => told++ }) });
    const { pdus } = keeper;
    let rows = 0;
    let before = 0;
    for (let row = 0; row < pdus.count; row++) {
      if (pdus.protocol(row) === protocol) rows++;
      assert.ok(pdus.frame(row) > 0 && pdus.frameEnd(row) >= 1);
      assert.ok(pdus.timeNs(row) >= before - 1e9);
      before = pdus.timeNs(row);
    }
    assert.ok(told > 100, `${told} messages`);
    assert.is(rows, told);
  });
}

for (const name of ['fcip-vm-1500-stream', 'ifcp-translation', 'fcoe-load-ini']) {
  test(`${name}: a command's frames are its chain: CMND, its data as counted, RSP`, async () => {
    const { keeper } = await keepFile(path(name));
    const { tasks, pdus } = keeper;
    const task = makeTaskRow();
    let whole = 0;
    for (let row = 0; row < tasks.count; row++) {
      tasks.read(row, task);
      if (task.outcome !== Outcome.good || !task.commandSeen) continue;
      const bytes = [0, 0, 0, 0, 0, 0];
      const roles: number[] = [];
      for (let p = pdus.firstOf(row); p >= 0; p = pdus.next(p)) {
        roles.push(pdus.role(p));
        bytes[pdus.role(p)] += pdus.length(p);
      }
      assert.is(roles[0], Role.command);
      assert.is(roles.at(-1), Role.response);
      assert.is(bytes[Role.dataIn], task.dataInBytes);
      assert.is(bytes[Role.dataOut], task.dataOutBytes);
      assert.is(bytes[Role.transferReady], task.r2tBytes);
      whole++;
    }
    assert.ok(whole > 50, `${whole} commands`);
  });
}

for (const name of ['iser-rfc-markers-crc-1500', 'iser-siw-crc-1500-ini', 'iser-rxe-1500-ini']) {
  test(`${name}: RDMA's messages stand between the command and its response`, async () => {
    const { keeper } = await keepFile(path(name));
    const { tasks, pdus } = keeper;
    const task = makeTaskRow();
    let whole = 0;
    for (let row = 0; row < tasks.count; row++) {
      tasks.read(row, task);
      if (task.outcome !== Outcome.good || !task.commandSeen || task.dataMissing > 0) continue;
      const bytes = [0, 0, 0, 0, 0, 0];
      const roles: number[] = [];
      for (let p = pdus.firstOf(row); p >= 0; p = pdus.next(p)) {
        roles.push(pdus.role(p));
        if (pdus.protocol(p) !== MessageProtocol.iscsi) bytes[pdus.role(p)] += pdus.length(p);
      }
      assert.is(roles[0], Role.command);
      assert.ok(roles.includes(Role.response));
      assert.is(bytes[Role.dataIn], task.dataInBytes);
      const placed = task.dataOutBytes - task.immediateBytes - task.unsolicitedBytes;
      assert.is(bytes[Role.dataOut], Math.max(0, placed));
      whole++;
    }
    assert.ok(whole > 50, `${whole} commands`);
  });
}

test('the ladder of a write says who owed what, sequence by sequence', async () => {
  const { keeper, ladder } = await keepFile(path('fcip-vm-1500-stream'));
  const task = makeTaskRow();
  let row = 0;
  for (; row < keeper.tasks.count; row++) {
    keeper.tasks.read(row, task);
    if (task.writes && task.r2ts === 1 && task.dataOutBytes > 4096) break;
  }
  const steps = ladder(row).steps.flatMap((step) => (step.kind === 'pdu' ? [step] : []));
  assert.equal(
    steps.map(({ role, fromInitiator }) => [role, fromInitiator]),
    [
      [Role.command, true],
      [Role.transferReady, false],
      [Role.dataOut, true],
      [Role.response, false],
    ],
  );
  const [, ready, data] = steps;
  assert.is(data.r2t, 1);
  assert.is(data.bytes, ready.bytes);
  assert.ok(data.count > 1);
  assert.is(data.waitedNs, data.timeNs - ready.endNs);
  assert.ok(ladder(row, true).steps.length > steps.length);
});

test('a message is decoded again as it was listed', async () => {
  const files = [path('iser-rfc-markers-crc-1500')];
  const kase = new Case({ files, analyse, options: {}, turn: () => {} });
  await kase.load();
  const { pdus } = kase;
  let request = -1;
  for (let row = 0; row < pdus.count && request < 0; row++) {
    if (pdus.role(row) === Role.transferReady) request = row;
  }
  assert.is(pduWords(kase, request), 'RDMA Read Request, wants 64 KiB at 65536');
  const state = await settled(new Details(files, analyse, {}, () => {}, kase), request);
  assert.is(state.kind, 'ready');
  if (state.kind !== 'ready') return;
  const { tree, parts } = state.detail;
  assert.equal(
    tree.map((node) => node.name),
    ['mpa', 'ddp', 'rdmap', 'crc'],
  );
  const size = tree[2].children?.find((node) => node.name === 'messageSize');
  assert.is(size?.value, pdus.length(request));
  // Its bytes stand where the tree says.
  const bytes = new Uint8Array(64);
  for (const part of parts) bytes.set(part.bytes, part.at);
  const at = size?.byte ?? 0;
  assert.is(new DataView(bytes.buffer).getUint32(at), size?.value);
});

async function settled(details: Details, row: number): Promise<DetailState> {
  await until(() => details.of(row, [row]).kind !== 'loading');
  return details.of(row, [row]);
}

test.run();

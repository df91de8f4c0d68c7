import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { pduJson } from '../../src/export/pdu-json.js';
import { analyse } from '../../src/pipeline.js';

type Line = Record<string, unknown> & { name: string; frame: number };

async function lines(path: string, showSecrets = false): Promise<Line[]> {
  const found: Line[] = [];
  const reader = new PduReader({
    details: true,
    showSecrets,
    take: (facts) => {
      found.push(JSON.parse(pduJson(facts, { showSecrets, tree: false })) as Line);
    },
  });
  const started = (epoch: { seconds: number; nanoseconds: number }): void => {
    reader.facts.epoch = epoch;
  };
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look, started });
  return found;
}

function named(all: readonly Line[], name: string): Line {
  const found = all.find((line) => line.name === name);
  assert.ok(found, `${name} is in the capture`);
  return found as Line;
}

test('a read: command, data and status under the agreed names', async () => {
  const all = await lines('captures/tgt-mixed-load.pcap.gz');
  const command = all.find((line) => line['operation'] === 'READ(10)');
  assert.ok(command);
  assert.equal([command['pduOpcode'], command['opcode']], [1, 0x28]);
  assert.is(command['from'], 'initiator');
  assert.is(command['immediate'], false);
  assert.is(command['final'], true);
  assert.is(command['totalAHSLength'], 0);
  assert.is(command['dataSegmentLength'], 0);
  assert.is(command['lun'], '0001000000000000');
  assert.match(command['cdb'] as string, /^28[0-9a-f]{30}$/);
  assert.type(command['lba'], 'string');
  assert.is((command['blocks'] as number) * 512, command['expectedDataTransferLength']);
  assert.match(command['time'] as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
  for (const key of [
    'cmdSN',
    'expStatSN',
    'initiatorTaskTag',
    'frame',
    'frameEnd',
    'relativeNs',
    'connection',
  ]) {
    assert.type(command[key], 'number', key);
  }
  for (const key of [
    'statSN',
    'status',
    'keyValues',
    'headerDigest',
    'dataDigest',
    'bufferOffset',
  ]) {
    assert.is(command[key], undefined, key);
  }
});

test('Data-In has a status only with its S bit', async () => {
  const all = await lines('captures/tgt-mixed-load.pcap.gz');
  const dataIn = all.filter((line) => line.name === 'SCSI Data-In');
  const without = dataIn.filter((line) => line['statusPresent'] === false);
  const withStatus = dataIn.filter((line) => line['statusPresent'] === true);
  assert.ok(without.length > 0 && withStatus.length > 0);
  for (const key of ['status', 'statSN', 'residualCount']) {
    assert.ok(
      without.every((line) => line[key] === undefined),
      key,
    );
    assert.ok(
      withStatus.every((line) => typeof line[key] === 'number'),
      key,
    );
  }
});

test('R2T, Data-Out and NOP-In under the agreed names', async () => {
  const all = await lines('captures/istgt-many-r2ts.pcap.gz');
  const r2t = named(all, 'Ready To Transfer');
  for (const key of [
    'targetTransferTag',
    'r2tSN',
    'bufferOffset',
    'desiredDataTransferLength',
    'statSN',
    'expCmdSN',
    'maxCmdSN',
  ]) {
    assert.type(r2t[key], 'number', key);
  }
  assert.is(r2t['immediate'], undefined);
  const dataOut = named(all, 'SCSI Data-Out');
  assert.type(dataOut['dataSN'], 'number');
  assert.is(dataOut['cmdSN'], undefined);
});

test('text is pairs; secrets are hidden unless asked for', async () => {
  const pairs = (all: readonly Line[]) =>
    all.flatMap((line) => (line['keyValues'] as [string, string][]) ?? []);
  const hidden = pairs(await lines('captures/tgt-chap.pcap'));
  assert.equal(
    hidden.filter(([key]) => key === 'CHAP_N'),
    [['CHAP_N', 'alice']],
  );
  for (const key of ['CHAP_R', 'CHAP_C']) {
    assert.equal(
      hidden.filter(([k]) => k === key),
      [[key, '(hidden)']],
    );
  }
  const shown = pairs(await lines('captures/tgt-chap.pcap', true));
  assert.match(shown.find(([key]) => key === 'CHAP_R')?.[1] ?? '', /^0x[0-9a-fA-F]{32}$/);
});

test('digests are good where they were negotiated, absent elsewhere', async () => {
  const all = await lines('captures/tgt-both-digests.pcap.gz');
  const login = named(all, 'Login Request');
  assert.is(login['headerDigest'], undefined);
  const after = all.filter((line) => !line.name.startsWith('Login') && line['cid'] === undefined);
  const full = after.filter((line) => line['headerDigest'] !== undefined);
  assert.ok(full.length > 10);
  assert.ok(full.every((line) => line['headerDigest'] === 'good'));
  assert.ok(full.some((line) => line['dataDigest'] === 'good'));
});

test.run();

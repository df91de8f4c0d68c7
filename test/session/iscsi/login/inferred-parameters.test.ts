// Parameters that no login told: what PDUs prove, always as inferred and as the bound that it is.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../../src/pipeline.js';
import type { Parameter } from '../../../../src/session/model.js';
import { Driver, dataIn, login, read10, response, write10 } from '../../driver.js';

type Shown = Record<string, string>;

function shown(parameters: readonly Parameter[]): Shown {
  return Object.fromEntries(
    parameters.map((p) => {
      const value = p.result ?? `${p.initiatorInForce ?? '?'}/${p.targetInForce ?? '?'}`;
      return [p.key, `${p.source} ${p.bound === undefined ? '' : '>= '}${value}`];
    }),
  );
}

function told(d: Driver): Shown {
  d.finish();
  return { ...shown(d.story().parameters), ...shown(d.sessions[0].parameters) };
}

function solicited(d: Driver, tag: number, bytes: number, n = 0): void {
  const r2t = { initiatorTaskTag: tag, targetTransferTag: n, r2tSN: n, bufferOffset: n * bytes };
  d.send('r2t', { ...r2t, desiredDataTransferLength: bytes });
}

test('reads only: the longest Data-In, and that there were SCSI commands', () => {
  const d = new Driver();
  read10(d, 7, 1, 1, { blocks: 32 });
  dataIn(d, 7, 8192, { final: false });
  dataIn(d, 7, 4096, { dataSN: 1, offset: 8192, statSN: 1 });
  assert.equal(told(d), {
    MaxRecvDataSegmentLength: 'inferred >= 8192/?',
    SessionType: 'inferred Normal',
  });
  const [p] = d.story().parameters;
  assert.is(p.because, 'the longest data segments');
  assert.is(p.inferredFrame, 2);
});

test('writes: immediate and unsolicited data, bursts, R2Ts at once', () => {
  const d = new Driver();
  write10(d, 7, 1, 1, { blocks: 256, final: false, data: new Uint8Array(4096) });
  const out = { initiatorTaskTag: 7, bufferOffset: 4096 };
  d.send('data-out', { ...out, targetTransferTag: 0xffffffff }, { data: new Uint8Array(12_288) });
  for (let n = 0; n < 3; n++) solicited(d, 7, 32_768, n);
  response(d, 7, 1);
  assert.equal(told(d), {
    MaxRecvDataSegmentLength: 'inferred >= ?/12288',
    SessionType: 'inferred Normal',
    InitialR2T: 'inferred No',
    ImmediateData: 'inferred Yes',
    FirstBurstLength: 'inferred >= 16384',
    MaxBurstLength: 'inferred >= 32768',
    MaxOutstandingR2T: 'inferred >= 3',
  });
});

test('what is unsolicited bounds MaxBurstLength too: FirstBurstLength is never more (13.14)', () => {
  const d = new Driver();
  write10(d, 7, 1, 1, { blocks: 256, data: new Uint8Array(65_536) });
  solicited(d, 7, 4096);
  assert.is(told(d).MaxBurstLength, 'inferred >= 65536');
});

test('near misses: nothing is claimed of what was not seen', () => {
  const d = new Driver();
  write10(d, 7, 1, 1);
  solicited(d, 7, 4096);
  const seen = told(d);
  for (const key of ['ImmediateData', 'InitialR2T', 'FirstBurstLength', 'ErrorRecoveryLevel']) {
    assert.is(seen[key], undefined, key);
  }
  assert.is(seen['MaxOutstandingR2T'], undefined, '1 is the least that it can be');
});

test('R2Ts whose data the capture missed may have been answered', () => {
  const d = new Driver();
  write10(d, 7, 1, 1, { blocks: 64 });
  solicited(d, 7, 4096, 0);
  d.lost('initiator', 4144);
  solicited(d, 7, 4096, 1);
  assert.is(told(d)['MaxOutstandingR2T'], undefined);
});

test('SNACK proves level 1, recovery of a connection level 2', () => {
  const snack = new Driver();
  read10(snack, 7, 1, 1);
  snack.send('snack-request', { type: 1, initiatorTaskTag: 0xffffffff, begRun: 1, runLength: 1 });
  assert.is(told(snack)['ErrorRecoveryLevel'], 'inferred >= 1');
  const logout = new Driver();
  read10(logout, 7, 1, 1);
  logout.send('logout-request', { reason: 2, cid: 1, initiatorTaskTag: 9 });
  assert.is(told(logout)['ErrorRecoveryLevel'], 'inferred >= 2');
});

test('a login that was captured is the word: nothing is inferred beside it', () => {
  const d = new Driver();
  login(d, { offer: [['MaxBurstLength', '8192']], answer: [['MaxBurstLength', '8192']] });
  write10(d, 7, 1, 2, { blocks: 256, data: new Uint8Array(512) });
  solicited(d, 7, 65_536);
  d.finish();
  const all = [...d.story().parameters, ...d.sessions[0].parameters];
  assert.ok(all.every((p) => p.source !== 'inferred'));
  assert.is(d.story().observed, undefined);
});

test('a capture begun in mid-stream: digests too', async () => {
  const { sessions, stories } = await analyse(['captures/tgt-mid-stream.pcap.gz'], {});
  const own = shown(stories[1].parameters);
  assert.is(own['HeaderDigest'], 'inferred None');
  assert.is(own['MaxRecvDataSegmentLength'], 'inferred >= ?/8192');
  assert.is(shown(sessions[1].parameters)['ImmediateData'], 'inferred Yes');
});

test.run();

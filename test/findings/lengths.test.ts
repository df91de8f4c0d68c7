// Bytes moved and residual where RDMA places the data (LengthWatch).

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LengthWatch } from '../../src/findings/watch/lengths.js';
import { Outcome, type Task, Transport } from '../../src/scsi/task.js';
import { foundInFile } from '../support/found.js';
import { task } from '../support/task.js';

function seen(of: Partial<Task>): number[] {
  const watch = new LengthWatch();
  const whole = { commandSeen: true, operation: 0x12, opcode: 0x12, cdbLength: 16, reads: true };
  const ended = { outcome: Outcome.good, expectedLength: 36, residualKind: 1, ...whole, ...of };
  watch.ended(task(ended), undefined);
  return [watch.residual.count, watch.padded.count];
}

test('a buffer that RDMA Write fills up beyond what counts is a note, too little of it is', () => {
  const padded = { dataInBytes: 36, residualCount: 24 };
  assert.equal(seen({ ...padded, transport: Transport.iser }), [0, 1]);
  assert.equal(seen({ ...padded, transport: Transport.iscsi }), [1, 0]);
  // As long as the CDB allows, in a buffer that is longer (LIO, INQUIRY of 255 bytes).
  assert.equal(seen({ dataInBytes: 20, residualCount: 24, transport: Transport.iser }), [0, 1]);
  assert.equal(seen({ dataInBytes: 48, residualCount: 24, transport: Transport.iser }), [1, 0]);
  assert.equal(seen({ dataInBytes: 8, residualCount: 24, transport: Transport.iser }), [1, 0]);
  assert.equal(seen({ dataInBytes: 12, residualCount: 24, transport: Transport.iscsi }), [0, 0]);
});

const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../captures/${name}`, import.meta.url));

test('LIO pads what it places, tgt sends what counts', async () => {
  const [padded] = await foundInFile(shipped('san/iser-rocev2.pcap.gz'), 'rdma-buffer-padded');
  assert.is(padded.severity, 'note');
  assert.equal(padded.values, { movedBytes: 36, residualBytes: 24 });
  const tgt = shipped('tgt-libiscsi-iscsi-tests.pcap.gz');
  assert.equal(await foundInFile(tgt, 'rdma-buffer-padded'), []);
});

test.run();

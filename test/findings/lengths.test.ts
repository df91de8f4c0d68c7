// Bytes moved and residual where RDMA places the data (LengthWatch).

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LengthWatch } from '../../src/findings/watch/lengths.js';
import { Outcome, type Task, Transport } from '../../src/scsi/task.js';
import { task } from '../support/task.js';

function seen(of: Partial<Task>): number {
  const watch = new LengthWatch();
  const whole = { commandSeen: true, operation: 0x12, opcode: 0x12, cdbLength: 16, reads: true };
  const ended = { outcome: Outcome.good, expectedLength: 36, residualKind: 1, ...whole, ...of };
  watch.ended(task(ended), undefined);
  return watch.residual.count;
}

test('a buffer that RDMA Write fills up beyond what counts is no offence, too little of it is', () => {
  const padded = { dataInBytes: 36, residualCount: 24 };
  assert.is(seen({ ...padded, transport: Transport.iser }), 0);
  assert.is(seen({ ...padded, transport: Transport.iscsi }), 1);
  assert.is(seen({ dataInBytes: 8, residualCount: 24, transport: Transport.iser }), 1);
  assert.is(seen({ dataInBytes: 12, residualCount: 24, transport: Transport.iscsi }), 0);
});

test.run();

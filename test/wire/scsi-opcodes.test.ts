// The operation codes that the program asks for by name are those of the table of all operations.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ScsiOpcode } from '../../src/wire/scsi/opcodes.js';
import { operationName, operationOf } from '../../src/wire/scsi/operations.js';

/** Operations with service actions have names of their own: here the code alone is asked for. */
const OF_ACTIONS = new Set([
  'serviceActionIn16',
  'maintenanceIn',
  'maintenanceOut',
  'persistentReserveIn',
  'persistentReserveOut',
]);

/** READ CAPACITY(10) → readCapacity10 */
function keyOf(name: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.map((w, i) => (i === 0 ? w : w[0].toUpperCase() + w.slice(1))).join('');
}

for (const [key, opcode] of Object.entries(ScsiOpcode)) {
  if (OF_ACTIONS.has(key)) continue;
  test(`${key} is ${opcode.toString(16)}h`, () => {
    const cdb = new DataView(new ArrayBuffer(16));
    cdb.setUint8(0, opcode);
    assert.is(keyOf(operationName(operationOf(cdb, 0, 16, 0))), key);
  });
}

test.run();

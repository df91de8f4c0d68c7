// One load in four transports: the same commands by kind and bytes, whatever carried them.

import { test } from 'uvu';
import { equal, ok } from 'uvu/assert';
import { Outcome } from '../../src/scsi/task.js';
import { packetsOf, told } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

/** What each kind of command asked for: expected bytes, sorted; data that the host sent. */
interface Kind {
  readonly count: number;
  readonly good: number;
  readonly out: number;
}

async function kindsOf(name: string): Promise<Map<number, Kind>> {
  const kinds = new Map<number, { count: number; good: number; out: number }>();
  told(await packetsOf(sharedCapture(`san/${name}.pcap`)), {
    taskEnded(t) {
      if (!t.commandSeen || t.cdbLength === 0) return;
      const kind = kinds.get(t.opcode) ?? { count: 0, good: 0, out: 0 };
      kind.count++;
      if (t.outcome === Outcome.good) kind.good++;
      kind.out += t.dataOutBytes;
      kinds.set(t.opcode, kind);
    },
  });
  return kinds;
}

/** The load itself: reads, writes and what tries the target. What a host asks of its own differs. */
const LOAD: readonly number[] = [0x28, 0x2a, 0x35];

test('iSCSI, FCoE, iWARP and RoCEv2: the load’s commands are the same', async () => {
  const iscsi = await kindsOf('iscsi-lio-1500-ini');
  for (const name of ['fcoe-load-ini', 'iser-siw-crc-1500-ini', 'iser-rxe-1500-ini']) {
    const other = await kindsOf(name);
    for (const opcode of LOAD) {
      equal(other.get(opcode), iscsi.get(opcode), `${name}: opcode ${opcode.toString(16)}`);
    }
    for (const [opcode, kind] of iscsi) {
      ok(
        (other.get(opcode)?.count ?? 0) >= kind.count - 1,
        `${name}: opcode ${opcode.toString(16)}`,
      );
    }
  }
});

test.run();

// Captures of many things at once that other protocols keep: exchanges, N_Ports, buffers, requests without
// answers, objects that are registered.

import { closeSync, openSync, writeSync } from 'node:fs';
import { Conversation } from '../test/support/build.js';
import { FcDialogue } from '../test/support/fc-dialogue.js';
import { IserDialogue } from '../test/support/iser-dialogue.js';
import * as isns from '../test/support/isns-build.js';
import { concat } from '../test/support/octets.js';
import { type CapturedPacket, pcapFile } from '../test/support/pcap-writer.js';

export interface Flood {
  readonly what: string;
  readonly of: string;
  readonly count: number;
  readonly packets: (count: number) => readonly CapturedPacket[];
}

const US = 1000;
const READ = '28000000000000000100';

function fc(each: (d: FcDialogue, timeNs: number, i: number) => void): Flood['packets'] {
  return (count) => {
    const d = new FcDialogue('fcip');
    let t = d.tcp.connect(0) + 100 * US;
    d.special(t);
    t = d.login(t + 300 * US);
    for (let i = 0; i < count; i++) each(d, t + i * 10 * US, i);
    return d.packets();
  };
}

export const FLOODS: readonly Flood[] = [
  {
    what: 'FCP commands that are never answered',
    of: 'exchanges',
    count: 10_000,
    packets: fc((d, t, i) => d.cmnd(t, READ, 512, { readData: 1 }, i & 0xffff)),
  },
  {
    what: 'FC frames between ever other N_Ports',
    of: 'pairs of N_Ports',
    count: 10_000,
    packets: fc((d, t, i) => {
      const ends = { sourceId: 0x10000 + i, destinationId: 0x200000 + i };
      const header = { rCtl: 6, type: 8, oxId: i & 0xffff, sequenceInitiative: 1, ...ends };
      d.send('initiator', d.frame('initiator', header, new Uint8Array(32)), t);
    }),
  },
  {
    what: 'sequences of an exchange that does not end',
    of: 'sequences',
    count: 10_000,
    packets: fc((d, t, i) => d.data('target', t, 7, i * 512, 512, { seqId: i & 255 })),
  },
  {
    what: 'iSER commands whose buffers are never used',
    of: 'STags',
    count: 10_000,
    packets: (count) => {
      const d = new IserDialogue({ crc: false }).login();
      for (let i = 0; i < count; i++) d.readCommand(i, 512, 0x1000 + i);
      return d.packets;
    },
  },
  {
    what: 'iSNS requests that are never answered',
    of: 'requests',
    count: 5000,
    packets: (count) => isnsOf(count, (i) => [2, concat(name(i), isns.DELIMITER, isns.empty(32))]),
  },
  {
    what: 'iSNS registrations',
    of: 'objects',
    count: 5000,
    packets: (count) =>
      isnsOf(count, (i) => [1, concat(name(i), isns.DELIMITER, name(i), isns.number(33, 2))]),
  },
];

function name(i: number): Uint8Array {
  return isns.text(32, `iqn.2001-04.com.example:host${i}`);
}

function isnsOf(
  count: number,
  message: (i: number) => readonly [functionId: number, payload: Uint8Array],
): readonly CapturedPacket[] {
  const tcp = new Conversation({ targetPort: 3205 });
  const t = tcp.connect(0) + 100 * US;
  for (let i = 0; i < count; i++) {
    const [functionId, payload] = message(i);
    const parts = { functionId, transactionId: i & 0xffff };
    tcp.send('initiator', isns.isnsPdu(parts, payload), t + i * 10 * US);
  }
  return tcp.captured();
}

/** Writes the capture; its bytes. */
export function writeFlood(path: string, flood: Flood, count: number): number {
  const fd = openSync(path, 'w');
  const bytes = pcapFile(flood.packets(count));
  writeSync(fd, bytes);
  closeSync(fd);
  return bytes.length;
}

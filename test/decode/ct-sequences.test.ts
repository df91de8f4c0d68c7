// A name server's answer that takes several frames is decoded whole, with its last one; what goes on asks nothing.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MessageReader } from '../../src/decode/messages.js';
import { analyse } from '../../src/pipeline.js';
import { FcType, RCtl, Sof } from '../../src/wire/fc/codes.js';
import { walkTree } from '../../src/wire/tree.js';
import { temporaryFile } from '../support/capture.js';
import { FcDialogue } from '../support/fc-dialogue.js';
import { MS } from '../support/found.js';
import { pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';

const PORTS = 300;
const FRAME = 2112;
const NAME_SERVER = 0xfffffc;

/** GID_FT (0171h) and its answer: an entry of four bytes for each port. */
function answered(leftOut = -1): FcDialogue {
  const d = new FcDialogue('fcip');
  let t = d.tcp.connect(0) + MS;
  d.special(t);
  t = d.login(t + MS) + MS;
  const preamble = (command: number) => [1, 0, 0, 0, 0xfc, 2, 0, 0, command >> 8, command & 255];
  const request = Uint8Array.from([...preamble(0x0171), 0, 0, 0, 0, 0, 0, 0, 0, 0, 8]);
  const of = { type: FcType.ct, oxId: 0x77 };
  const asks = { ...of, rCtl: RCtl.unsolicitedControl, destinationId: NAME_SERVER };
  d.send('initiator', d.frame('initiator', asks, request), t);
  const bytes = new Uint8Array(16 + PORTS * 4 * 2);
  bytes.set(preamble(0x8002));
  for (let i = 0; i < PORTS * 2; i++) {
    bytes.set([i === PORTS * 2 - 1 ? 0x80 : 0, 1, i >> 8, i & 255], 16 + i * 4);
  }
  const frames = Math.ceil(bytes.length / FRAME);
  for (let n = 0; n < frames; n++) {
    if (n === leftOut) continue;
    const last = n === frames - 1;
    const values = {
      ...{ ...of, rCtl: RCtl.solicitedControl, sourceId: NAME_SERVER, seqId: 5, seqCnt: n },
      endSequence: last ? 1 : 0,
    };
    const payload = bytes.slice(n * FRAME, (n + 1) * FRAME);
    const options = { sof: n === 0 ? Sof.i3 : Sof.n3 };
    d.send('target', d.frame('target', values, payload, options), t + (n + 1) * MS);
  }
  return d;
}

async function portsTold(d: FcDialogue): Promise<number[]> {
  const told: number[] = [];
  const reader = new MessageReader({
    take: (facts) => {
      const { message: m } = facts;
      if (m.protocol !== 1 || (m.kind & 0xf00) !== 0x400) return;
      told.push([...walkTree(facts.tree())].filter(({ name }) => name === 'portId').length);
    },
  });
  await analyse([temporaryFile(pcapFile(d.packets()))], { messageSink: reader });
  return told;
}

test('all ports of an answer of two frames are told with the second one', async () => {
  const told = await portsTold(answered());
  assert.is(told.length, 3);
  assert.is(told[2], PORTS * 2);
});

test('of a sequence that lacks a frame nothing is made up', async () => {
  assert.equal((await portsTold(answered(0))).slice(1), [0]);
});

test('a frame that goes on is no request', async () => {
  const report = await reportOf(temporaryFile(pcapFile(answered().packets())));
  const requests = report.fibreChannel?.requests.filter(({ to }) => to === 'ff.ff.fc') ?? [];
  assert.is(requests.length, 1);
  assert.ok(requests[0].answeredNs !== undefined);
  assert.equal(
    report.fibreChannel?.requests.filter(({ from }) => from === 'ff.ff.fc'),
    [],
  );
});

test.run();

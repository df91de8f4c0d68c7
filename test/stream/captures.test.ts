// Real captures through the stage: what is known of them, and must be told.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { needs } from '../support/needs.js';
import { sharedCapture } from '../support/shared.js';
import { seen } from './seen.js';

const TAPE = sharedCapture('real/iscsi-tapel.pcap');
const CD_ROM = sharedCapture('real/iscsi-scsi-data-cdrom.pcap');

test('t26: the slow read waited 250 ms for a retransmission by timeout', async () => {
  const path = sharedCapture('probes/t26.pcap');
  const { written, events } = await seen(path);
  assert.equal(events.list, [
    '1: 9 filled 1616+1448 after 250 ms',
    '1: 9 timeout 1616+1448 after 250 ms',
  ]);
  const { a, b } = written.connections[0];
  assert.equal([b.retransmittedTimeout, b.missingBytes, a.missingBytes], [1, 0, 0]);
  // Frame 8 came 1 ms after frame 7, and could be read 250 ms later.
  const late = written.ready.find((r) => r.frame === 8);
  assert.equal([late?.timeNs, late?.readyNs], [7e6, 257e6]);
});

test('t11: a segment the capture lost is a gap, acknowledged but unseen', async () => {
  const path = sharedCapture('probes/t11.pcap');
  const { written, events } = await seen(path);
  const { b } = written.connections[0];
  assert.equal([b.missingBytes, b.ackedUnseenBytes, b.missingGaps], [1448, 1448, 1]);
  assert.equal(events.list, []);
});

test('t25: nobody acknowledges the lost segment; all the rest is there', async () => {
  const path = sharedCapture('probes/t25.pcap');
  const { written } = await seen(path);
  const { b } = written.connections[0];
  assert.equal([b.missingBytes, b.ackedUnseenBytes, b.streamBytes], [1448, 0, 329_768]);
});

needs(CD_ROM)(
  'the CD-ROM capture: 1,087 holes, told between the bytes that are there',
  async () => {
    const { written } = await seen(CD_ROM);
    const { a, b } = written.connections[1];
    assert.is(a.missingGaps + b.missingGaps, 1087);
    assert.equal([b.ackedUnseenBytes, b.streamBytes], [b.missingBytes, 9_561_560]);
    assert.is(b.lateBytes, 0);
    assert.equal(
      written.ready.filter((r) => r.readyNs !== r.timeNs),
      [],
    );
  },
);

needs(TAPE)(
  'the tape library: three connections, one closed by its initiator, one resent segment',
  async () => {
    const { written } = await seen(TAPE);
    assert.is(written.connections.length, 3);
    const c = written.connections[2];
    assert.equal([c.closedBy, c.closedHow, c.bPort], ['a', 'fin', 3260]);
    assert.equal([c.b.retransmittedTimeout, c.b.holesFilled, c.b.missingBytes], [1, 1, 0]);
  },
);

test.run();

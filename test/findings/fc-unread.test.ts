// Connections on the tunnels' ports that hold no encapsulated frames, and what comes near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Conversation } from '../support/build.js';
import { temporaryFile } from '../support/capture.js';
import { FcDialogue } from '../support/fc-dialogue.js';
import { foundIn, MS } from '../support/found.js';
import { randomFrom } from '../support/mishaps.js';
import { pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';

const KIB = 1024;

/** A tunnel of a vendor: `octet` makes its bytes. */
function vendor(port: number, bytes: number, octet: (i: number) => number): Conversation {
  const tcp = new Conversation({ targetPort: port, gapNs: 0 });
  let t = tcp.connect(0) + MS;
  for (let sent = 0; sent < bytes; sent += KIB) {
    const data = Uint8Array.from({ length: KIB }, (_, i) => octet(sent + i));
    tcp.send(sent % (4 * KIB) === 0 ? 'target' : 'initiator', data, t);
    t += MS;
  }
  return tcp;
}

test('what is encrypted on the port of FCIP is told with its bytes and its entropy', () => {
  const random = randomFrom(7);
  const tcp = vendor(3225, 128 * KIB, () => random() & 0xff);
  const [finding, ...others] = foundIn(tcp.captured(), 'fc-tunnel-unread');
  assert.equal(others, []);
  assert.is(finding.severity, 'note');
  assert.match(finding.title, /C0 on FCIP’s port holds no encapsulated frames/);
  assert.match(finding.text, /128 KiB in all/);
  assert.match(finding.text, /(7\.9\d|8\.00) bits of 8: compressed or encrypted/);
  assert.match(finding.text, /nothing sent again/);
  assert.is(finding.values?.['sampledBytes'], 64 * KIB);
});

test('a framing of a vendor on the port of iFCP is told as one', () => {
  const tcp = vendor(3420, 32 * KIB, (i) => (i % 64 < 16 ? 0xa5 : (i * 7) & 0x3f));
  const [finding] = foundIn(tcp.captured(), 'fc-tunnel-unread');
  assert.match(finding.title, /iFCP’s port/);
  assert.match(finding.text, /neither compressed nor encrypted/);
});

test('of few bytes nothing is said of how they look, and of none nothing at all', () => {
  const tcp = vendor(3225, KIB, (i) => i & 0xff);
  const [finding] = foundIn(tcp.captured(), 'fc-tunnel-unread');
  assert.match(finding.text, /Too few bytes/);
  const silent = new Conversation({ targetPort: 3225, gapNs: 0 });
  silent.connect(0);
  assert.equal(foundIn(silent.captured(), 'fc-tunnel-unread'), []);
});

test('tunnels that are read, and other ports, are not told so', () => {
  for (const protocol of ['fcip', 'ifcp'] as const) {
    const d = new FcDialogue(protocol);
    let t = d.tcp.connect(0) + MS;
    if (protocol === 'fcip') d.special(t);
    else d.cbind(t);
    t = d.login(t + MS) + MS;
    for (let i = 0; i < 4; i++) t = d.read(t, i * 8, 16) + MS;
    assert.equal(foundIn(d.packets(), 'fc-tunnel-unread'), []);
  }
  const random = randomFrom(8);
  const tcp = vendor(443, 64 * KIB, () => random() & 0xff);
  assert.equal(foundIn(tcp.captured(), 'fc-tunnel-unread'), []);
});

test('the report has an unread tunnel’s bytes and TCP, and that of those that are read', async () => {
  const tcp = vendor(3225, 32 * KIB, (i) => i & 0xff);
  const unread = await reportOf(temporaryFile(pcapFile(tcp.captured())));
  const [one] = unread.fibreChannel?.unread ?? [];
  assert.is(one.bytesFromOpener + one.bytesFromOther, 32 * KIB);
  assert.is(one.entropyBits, 8);
  assert.ok(one.tcp.handshake !== undefined);
  const d = new FcDialogue('fcip');
  d.special(d.tcp.connect(0) + MS);
  const read = await reportOf(temporaryFile(pcapFile(d.packets())));
  assert.equal(read.fibreChannel?.unread, []);
  assert.ok(read.fibreChannel?.links[0].connections[0].tcp !== undefined);
});

test.run();

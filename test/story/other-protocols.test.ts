// Other protocols beside iSCSI, on its port and elsewhere, among them such that carry iSCSI as data:
// not one PDU may be told of them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Conversation } from '../support/build.js';
import { randomFrom } from '../support/mishaps.js';
import { concat } from '../support/octets.js';
import { type HeldPacket, packetsOf, told } from '../support/road.js';

const CAPTURES = fileURLToPath(new URL('../../captures/', import.meta.url));
const RECORDED = join(CAPTURES, 'tgt-unsolicited-data.pcap.gz');
const text = (s: string): Uint8Array => new TextEncoder().encode(s);

function random(length: number): Uint8Array {
  const next = randomFrom(7);
  return Uint8Array.from({ length }, () => next() >>> 24);
}

/** Small numbers in words of four octets, as lists in files and other protocols have them. */
function smallWords(length: number, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= length; at += 4) view.setUint32(at, at % 300, littleEndian);
  return bytes;
}

/** What the initiator of a recorded connection sent: PDUs one behind the other. */
async function bareStream(): Promise<Uint8Array> {
  const sent = (await packetsOf(RECORDED)).filter(
    ({ bytes }) => bytes[36] * 256 + bytes[37] === 3260,
  );
  return concat(...sent.map(({ bytes }) => bytes.slice(34 + (bytes[46] >> 4) * 4)));
}

const BODIES: readonly [string, () => Uint8Array | Promise<Uint8Array>][] = [
  ['zeros', () => new Uint8Array(300_000)],
  ['random octets', () => random(300_000)],
  ['small numbers, big-endian', () => smallWords(300_000, false)],
  ['small numbers, little-endian', () => smallWords(300_000, true)],
  ['a capture of iSCSI', () => gunzipSync(readFileSync(RECORDED)).subarray(0, 600_000)],
  ["an iSCSI connection's bytes", async () => (await bareStream()).subarray(0, 600_000)],
];

const PROTOCOLS: readonly [string, (body: Uint8Array) => Uint8Array, Uint8Array][] = [
  [
    'HTTP GET',
    (body) => concat(text('HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n\r\n'), body),
    text('GET /x HTTP/1.1\r\nHost: a\r\n\r\n'),
  ],
  ['an answer at once', (body) => concat(text('CONTENT\n'), body), new Uint8Array(0)],
  ['SSH', (body) => concat(text('SSH-2.0-x\r\n'), body), text('SSH-2.0-y\r\n')],
];

function held(conversation: Conversation): HeldPacket[] {
  return conversation.captured().map(({ timeNs, bytes }) => {
    return { timeNs, bytes, originalLength: bytes.length, linkType: 1 };
  });
}

for (const port of [3260, 8080]) {
  for (const [what, make] of BODIES) {
    test(`port ${port}: ${what}, behind other protocols' first words`, async () => {
      const body = await make();
      for (const [protocol, answer, request] of PROTOCOLS) {
        const conversation = new Conversation({ targetPort: port });
        const open = conversation.connect(0);
        if (request.length > 0) conversation.initiator(request, open + 1e6);
        conversation.target(answer(body), open + 2e6);
        conversation.close(open + 5e9);
        const { story } = told(held(conversation));
        assert.equal(story.pdus.slice(0, 3), [], protocol);
        assert.is(story.cut, 0, protocol);
      }
    });
  }

  test(`port ${port}: without the first packets, a capture of iSCSI is still no iSCSI`, async () => {
    const body = gunzipSync(readFileSync(RECORDED)).subarray(0, 600_000);
    for (const offset of [24, 1000, 4321, 100_003]) {
      const conversation = new Conversation({ targetPort: port });
      conversation.target(body.subarray(offset), 0);
      const { story } = told(held(conversation));
      assert.equal(story.pdus.slice(0, 3), [], `from ${offset}`);
    }
  });
}

test('PDUs of one side that travel as data, joined in mid-stream, are no conversation', async () => {
  const body = await bareStream();
  for (const from of [0, 48, 5001, 100_000]) {
    const conversation = new Conversation({ targetPort: 8080 });
    let at = from;
    // Each piece is acknowledged.
    for (let n = 0; n < 60; n++, at += 8000)
      conversation.target(body.subarray(at, at + 8000), n * 1e6);
    conversation.initiator(text('GET /next HTTP/1.1\r\nHost: a\r\n\r\n'), 1e9);
    const { story } = told(held(conversation));
    assert.equal(story.pdus.slice(0, 3), [], `from ${from}`);
  }
});

test('on any port and in mid-stream both sides are told, and one that was captured alone', async () => {
  const moved = (await packetsOf(RECORDED)).slice(40).map((p) => {
    const bytes = p.bytes.slice();
    const view = new DataView(bytes.buffer);
    for (const at of [34, 36]) if (view.getUint16(at) === 3260) view.setUint16(at, 8080);
    return { ...p, bytes };
  });
  const whole = told(moved).story.pdus.length;
  assert.ok(whole > 200);
  for (const at of [34, 36]) {
    const half = moved.filter(({ bytes }) => bytes[at] * 256 + bytes[at + 1] === 8080);
    const { story } = told(half);
    assert.ok(story.pdus.length > 80, `${story.pdus.length} of one side`);
  }
});

test('a login that the capture misses in part is no other protocol', async () => {
  const packets = await packetsOf(RECORDED);
  const first = packets.findIndex(({ bytes }) => bytes.length > 100);
  for (const snaplen of [65_535, 80, 100]) {
    const cut = packets.map((p) => ({ ...p, bytes: p.bytes.slice(0, snaplen) }));
    assert.ok(told(cut).story.cut + told(cut).story.pdus.length > 50, `snaplen ${snaplen}`);
    const { story } = told(cut.filter((_, i) => i !== first));
    assert.ok(story.cut + story.pdus.length > 50, `snaplen ${snaplen}, first segment lost`);
  }
});

test.run();

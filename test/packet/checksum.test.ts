// TCP's checksum of every kind of packet that the builder writes: right, spoilt, or left to the card.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../src/capture/packet.js';
import {
  headerWrong,
  SUM_OFFLOADED,
  SUM_RIGHT,
  SUM_UNKNOWN,
  SUM_WRONG,
  sumOf,
} from '../../src/packet/checksum.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import type { Segment } from '../../src/packet/segment.js';
import { ProblemLog } from '../../src/problem.js';
import { checksum, LINK_TYPES, tcpPacket } from '../support/packet-builder.js';
import { zoo } from '../support/packet-zoo.js';

function decode(
  bytes: Uint8Array,
  linkType: number,
  captured: number,
  segment: (s: Segment) => void,
): void {
  const packet = new Packet();
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  packet.offset = 0;
  packet.capturedLength = captured;
  packet.originalLength = bytes.length;
  packet.linkType = linkType;
  packet.frame = 1;
  new PacketDecoder({ segment }, new ProblemLog(4)).packet(packet);
}

function sum(bytes: Uint8Array, linkType: number, captured = bytes.length): number | undefined {
  let found: number | undefined;
  decode(bytes, linkType, captured, (s) => {
    found = sumOf(s);
  });
  return found;
}

for (const { name, linkType, bytes } of zoo()) {
  test(`${name}: the checksum is right`, () => {
    assert.is(sum(bytes, linkType), SUM_RIGHT);
  });
}

test('an IPv4 header whose length flipped is noticed, one left to the card is not', () => {
  const whole = tcpPacket({ payload: new Uint8Array(20) }, { link: 'ethernet' });
  const wrong = (spoil: (bytes: Uint8Array) => void) => {
    const bytes = whole.slice();
    spoil(bytes);
    let found: boolean | undefined;
    decode(bytes, LINK_TYPES.ethernet, bytes.length, (s) => {
      found = headerWrong(s);
    });
    return found;
  };
  assert.is(
    wrong(() => {}),
    false,
  );
  assert.is(
    wrong((bytes) => {
      bytes[16] ^= 0x20;
    }),
    true,
  );
  assert.is(
    wrong((bytes) => bytes.fill(0, 24, 26)),
    false,
  );
});

for (const ip of [4, 6] as const) {
  const spec = { payload: Uint8Array.from({ length: 37 }, (_, i) => i * 7) };
  const whole = tcpPacket(spec, { ip, link: 'ethernet' });
  const at = 14 + (ip === 4 ? 20 : 40);

  test(`IPv${ip}: any bit of the segment that flips is noticed`, () => {
    for (let i = at; i < whole.length; i++) {
      if (i === at + 12) continue; // where the header ends
      for (let bit = 0; bit < 8; bit++) {
        const bytes = whole.slice();
        bytes[i] ^= 1 << bit;
        assert.is(sum(bytes, LINK_TYPES.ethernet), SUM_WRONG, `byte ${i}, bit ${bit}`);
      }
    }
  });

  test(`IPv${ip}: a sum of the pseudo header alone was left to the card`, () => {
    const addresses = whole.slice(ip === 4 ? 26 : 22, at);
    for (const length of [whole.length - at, 0]) {
      const bytes = whole.slice();
      const left = ~checksum(Uint8Array.of(...addresses, 0, 6, length >> 8, length & 255));
      new DataView(bytes.buffer).setUint16(at + 16, left);
      assert.is(sum(bytes, LINK_TYPES.ethernet), SUM_OFFLOADED);
    }
  });

  test(`IPv${ip}: what was not captured whole cannot be judged`, () => {
    assert.is(sum(whole, LINK_TYPES.ethernet, whole.length - 1), SUM_UNKNOWN);
  });
}

test.run();

// One recorded capture, put into every link and tunnel that is read, in fragments and not: the story
// of its PDUs and commands is always the same.

import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINK_TYPES } from '../support/packet-builder.js';
import { linkFrame } from '../support/packet-link.js';
import { TUNNELS, tunnelled } from '../support/packet-tunnel.js';
import { type HeldPacket, packetsOf, told } from '../support/road.js';

const CAPTURE = new URL('../../captures/tgt-discovery-login.pcap', import.meta.url);
const recorded = await packetsOf(fileURLToPath(CAPTURE));
const expected = told(recorded).story;
/** The IPv4 packets in the recorded Ethernet frames, without padding. */
const packets = recorded.map(({ bytes }) => bytes.slice(14, 14 + ((bytes[16] << 8) | bytes[17])));

/** The recorded packets, each replaced by those that `make` makes of it. */
function instead(
  link: string,
  make: (ip: Uint8Array, index: number) => Uint8Array[],
): HeldPacket[] {
  return recorded.flatMap(({ timeNs }, index) =>
    make(packets[index], index).map((ip) => {
      const bytes = linkFrame(link, ip);
      return { timeNs, bytes, originalLength: bytes.length, linkType: LINK_TYPES[link] };
    }),
  );
}

function same(name: string, put: HeldPacket[]): void {
  const { story } = told(put);
  assert.equal(story.pdus, expected.pdus, name);
  assert.equal(story.tasks, expected.tasks, name);
}

/** IPv4 fragments of `size` bytes; their checksums are not looked at. */
function fragments(ip: Uint8Array, size: number, id: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 20; at < ip.length; at += size) {
    const part = new Uint8Array([...ip.subarray(0, 20), ...ip.subarray(at, at + size)]);
    const word = (at + size < ip.length ? 0x2000 : 0) | ((at - 20) >> 3);
    part.set([part.length >> 8, part.length & 255, id >> 8, id & 255, word >> 8, word & 255], 2);
    parts.push(part);
  }
  return parts;
}

test('in every tunnel', () => {
  assert.ok(expected.pdus.length > 50);
  for (const tunnel of TUNNELS)
    same(
      tunnel,
      instead('ethernet', (ip) => [tunnelled(tunnel, ip)]),
    );
});

test('on every link that holds IPv4', () => {
  for (const link of Object.keys(LINK_TYPES)) {
    if (link !== 'ipv6')
      same(
        link,
        instead(link, (ip) => [ip]),
      );
  }
});

test('in fragments, of the packet, of the tunnel around it, of both, doubled and in reverse', () => {
  const around = (ip: Uint8Array) => tunnelled('vxlan', ip);
  const inner = (ip: Uint8Array, i: number) => fragments(ip, 64, i).map(around);
  const outer = (ip: Uint8Array, i: number) => fragments(around(ip), 64, i);
  const both = (ip: Uint8Array, i: number) =>
    fragments(ip, 48, i).flatMap((part, k) => fragments(around(part), 32, i * 40 + k));
  const twice = (ip: Uint8Array, i: number) => inner(ip, i).flatMap((part) => [part, part]);
  const reverse = (ip: Uint8Array, i: number) => outer(ip, i).reverse();
  for (const make of [inner, outer, both, twice, reverse]) same('', instead('ethernet', make));
});

test.run();

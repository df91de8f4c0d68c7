// Damaged and invented iSNS, aimed through its tables: nothing throws, every message is decoded and written, the
// report is made, bounds hold.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaptureFacts } from '../../../src/capture/facts.js';
import { Packet } from '../../../src/capture/packet.js';
import { MessageReader } from '../../../src/decode/messages.js';
import { messageJson } from '../../../src/export/message-json.js';
import { Road } from '../../../src/pipeline.js';
import { ProblemLog } from '../../../src/problem.js';
import { Collector } from '../../../src/report/collect.js';
import { messageLine } from '../../../src/view/message-line.js';
import { type Field, set } from '../../../src/wire/field.js';
import { Tag } from '../../../src/wire/isns/attributes.js';
import { IsnsFunction, RESPONSE } from '../../../src/wire/isns/functions.js';
import { ISNS_HEADER_BYTES, isnsHeader, TLV_BYTES, tlv } from '../../../src/wire/isns/header.js';
import { heartbeat } from '../../../src/wire/isns/heartbeat.js';
import { type BuiltPacket, Conversation } from '../../support/build.js';
import {
  address,
  DELIMITER,
  empty,
  isnsPdu,
  number,
  status,
  text,
} from '../../support/isns-build.js';
import { randomFrom } from '../../support/mishaps.js';
import { concat } from '../../support/octets.js';

const NO_FACTS = {
  ...{ files: [], snaplens: [], linkTypes: [1], epoch: undefined },
  ...{ packets: 0, capturedBytes: 0, originalBytes: 0, packetsTruncated: 0, packetsDropped: 0 },
  spanNs: 0,
} as unknown as CaptureFacts;
const HOST = 'iqn.2024-01.org.example:host';
const MS = 1e6;

/** Every function once, asked and answered, with the attributes that it is about. */
function messages(): { readonly byServer: boolean; readonly bytes: Uint8Array }[] {
  const object = concat(
    text(Tag.entityIdentifier, 'entity'),
    number(Tag.entityProtocol, 2),
    number(Tag.registrationPeriod, 60),
    address(Tag.portalAddress, 10, 0, 0, 2),
    number(Tag.portalPort, 3260),
    number(Tag.scnPort, 0x10000 + 3205),
    text(Tag.iscsiName, HOST),
    number(Tag.iscsiNodeType, 3),
    number(Tag.iscsiScnBitmap, 0x18),
    number(Tag.ddId, 1),
    text(Tag.ddMemberName, HOST),
  );
  const asks = concat(text(Tag.iscsiName, HOST), number(Tag.iscsiNodeType, 1), DELIMITER);
  const all: { byServer: boolean; bytes: Uint8Array }[] = [];
  for (const [i, functionId] of Object.values(IsnsFunction).entries()) {
    const byServer = functionId === IsnsFunction.scn || functionId === IsnsFunction.esi;
    const transactionId = i + 1;
    if (functionId === IsnsFunction.heartbeat) {
      const payload = new Uint8Array(heartbeat.backupServers.byte + 2);
      all.push({ byServer: true, bytes: isnsPdu({ functionId, transactionId }, payload) });
      continue;
    }
    const request = concat(asks, empty(Tag.iscsiAlias), object);
    all.push({ byServer, bytes: isnsPdu({ functionId, transactionId, byServer }, request) });
    const of = { functionId: functionId | RESPONSE, transactionId, byServer: !byServer };
    all.push({ byServer: !byServer, bytes: isnsPdu(of, status(0, asks, object)) });
  }
  return all;
}

type Message = ReturnType<typeof messages>[number];

function packetsOf(all: readonly Message[], mss = 1460): BuiltPacket[] {
  const tcp = new Conversation({ targetPort: 3205, mss });
  tcp.connect(0);
  for (const [i, { byServer, bytes }] of all.entries()) {
    tcp.send(byServer ? 'target' : 'initiator', bytes, (i + 2) * MS);
  }
  return tcp.captured();
}

/** Through the whole road and into the report; how many PDUs were told. */
function survives(packets: readonly BuiltPacket[]): number {
  let told = 0;
  const reader = new MessageReader({
    take: (facts) => {
      told++;
      assert.ok(messageLine(facts).length > 0);
      const { message } = facts;
      const size = ISNS_HEADER_BYTES + 65_536;
      for (const { at, bytes, absent } of facts.parts(false)) {
        assert.ok(at >= 0 && absent >= 0 && at + bytes.length <= size);
      }
      assert.is(message.connection, 0);
      JSON.parse(messageJson(facts, { tree: true, showSecrets: false }));
    },
  });
  const collector = new Collector(1);
  const road = new Road(new ProblemLog(4), { ...collector.sinks(), messageSink: reader });
  const packet = new Packet();
  for (const [index, p] of packets.entries()) {
    packet.bytes = p.bytes;
    packet.view = new DataView(p.bytes.buffer, p.bytes.byteOffset, p.bytes.byteLength);
    packet.offset = 0;
    packet.capturedLength = p.bytes.length;
    packet.originalLength = p.originalLength ?? p.bytes.length;
    packet.timeNs = p.timeNs;
    packet.frame = index + 1;
    packet.linkType = 1;
    road.packet(packet);
  }
  const facts = road.finish(NO_FACTS);
  assert.ok(collector.report(facts).findings.length >= 0);
  road.pdus.invariants();
  return told;
}

/** A field of the header, or tag or length of an attribute, has another value. */
function aimed({ byServer, bytes }: Message, random: () => number): Message {
  const damaged = bytes.slice();
  const view = new DataView(damaged.buffer);
  const places: (readonly [number, Field])[] = Object.values(isnsHeader).map((f) => [0, f]);
  for (let at = ISNS_HEADER_BYTES; at + TLV_BYTES <= damaged.length; at += 4) {
    places.push([at, tlv.tag], [at, tlv.length]);
  }
  for (let n = 1 + (random() % 3); n > 0; n--) {
    const [at, f] = places[random() % places.length];
    const values = [0, 1, 3, f.mask, f.mask >>> 1, random() % 4096, random()];
    set(view, at, f, (values[random() % values.length] & f.mask) >>> 0);
  }
  return { byServer, bytes: damaged };
}

test('every message is told as it stands, at any segment size', () => {
  const all = messages();
  for (const mss of [1460, 64, 5]) assert.is(survives(packetsOf(all, mss)), all.length);
});

test('every field of the header, and tags and lengths of attributes, aimed at', () => {
  let told = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomFrom(seed * 104_729);
    const damaged = messages().map((m) => (random() % 3 === 0 ? aimed(m, random) : m));
    told += survives(packetsOf(damaged, seed % 2 === 0 ? 1460 : 40));
  }
  assert.ok(told > 60 * 8, `${told} PDUs`);
});

test('payload of random bytes, and messages cut at every length', () => {
  const random = randomFrom(77);
  const noisy = messages().map(({ byServer, bytes }) => {
    const damaged = bytes.slice();
    for (let i = ISNS_HEADER_BYTES; i < damaged.length; i++) {
      if (random() % 5 === 0) damaged[i] = random() & 255;
    }
    return { byServer, bytes: damaged };
  });
  assert.is(survives(packetsOf(noisy)), noisy.length);
  const packets = packetsOf(messages());
  for (let snaplen = 54; snaplen < 260; snaplen += 7) {
    const cut = packets.map((p) => {
      return { ...p, bytes: p.bytes.slice(0, snaplen), originalLength: p.bytes.length };
    });
    survives(cut);
  }
});

test.run();

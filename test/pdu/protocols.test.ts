// A protocol moves in: recognised beside iSCSI, reached by a change in mid-stream, left again. What
// it is told is the same however the bytes were cut into segments.

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../../src/capture/packet.js';
import { CONNECTIONS_OVER_KEPT } from '../../src/limits.js';
import type { Pdu } from '../../src/pdu/pdu.js';
import { ANYBODY, NOBODY } from '../../src/pdu/protocol.js';
import { Road } from '../../src/pipeline.js';
import { ProblemLog } from '../../src/problem.js';
import { Connection } from '../../src/stream/connection.js';
import { Opcode } from '../../src/wire/iscsi/codes.js';
import { pdu } from '../support/build.js';
import { concat } from '../support/octets.js';
import { tcpPacket } from '../support/packet-builder.js';
import { Driver } from '../support/pdu-sink.js';
import { ToyProtocol, toyPdu } from '../support/toy-protocol.js';

const text = (s: string) => new TextEncoder().encode(s);
const LOGIN = pdu(
  'login-request',
  { immediate: 1, transit: 1, csg: 1, nsg: 3, cmdSN: 1000, initiatorTaskTag: 7 },
  { data: text('InitiatorName=iqn.2026-11.example:a\0RDMAExtensions=Yes\0') },
);
const ANSWER = pdu(
  'login-response',
  { transit: 1, csg: 1, nsg: 3, statSN: 5000, expCmdSN: 1000, maxCmdSN: 1063 },
  { data: text('RDMAExtensions=Yes\0') },
);
const PING = pdu('nop-out', {
  final: 1,
  immediate: 1,
  initiatorTaskTag: 9,
  targetTransferTag: 0xffffffff,
  cmdSN: 1000,
  expStatSN: 5001,
});
const PONG = pdu('nop-in', {
  final: 1,
  initiatorTaskTag: 9,
  targetTransferTag: 0xffffffff,
  statSN: 5001,
  expCmdSN: 1000,
  maxCmdSN: 1063,
});

/** A driver whose login's answer changes the connection to `to`. */
function changing(to: string, toy = new ToyProtocol(), when: number = Opcode.loginResponse) {
  const driver = new Driver({ protocols: [toy], wanted: 64 });
  driver.sink.onEnd = (p: Pdu) => {
    if (p.opcode === when) driver.stage.change(0, to);
  };
  return { driver, toy };
}

/** Connections that speak the toy's words and are over, after the first. */
function others(driver: Driver, n: number): void {
  const words = concat(toyPdu('hello'), toyPdu('again'));
  const view = new DataView(words.buffer);
  for (let id = 1; id <= n; id++) {
    const connection = new Connection(id, 0, 1);
    connection.bPort = 9999;
    connection.a.startKnown = true;
    connection.b.startKnown = true;
    driver.stage.opened(connection);
    driver.stage.data(id * 2, words, view, 0, words.length, id, id, id);
    driver.stage.closed(connection);
  }
}

test('of a connection that leaves nothing nothing is left when many more are over, of others what they spoke', () => {
  class Forgotten extends ToyProtocol {
    readonly leavesNothing = true;
  }
  for (const toy of [new ToyProtocol(), new Forgotten()]) {
    const driver = new Driver({ protocols: [toy], port: 9999 });
    driver.send(0, concat(toyPdu('hello'), toyPdu('again')));
    assert.is(driver.stage.known(0)?.id, 0);
    driver.finish();
    assert.is(toy.told.length, 2);
    assert.is(toy.closed, 1);
    const spoken = () => driver.stage.spoken(0).map((s) => s.protocol);
    others(driver, CONNECTIONS_OVER_KEPT - 1);
    assert.equal(spoken(), ['toy']);
    assert.is(driver.stage.known(0)?.id, 0);
    others(driver, 1);
    const left = toy instanceof Forgotten ? [] : ['toy'];
    assert.equal(spoken(), left);
    assert.is(driver.stage.known(0) !== undefined, left.length > 0);
  }
});

test('a protocol is recognised beside iSCSI, each by its own first bytes', () => {
  for (const bytes of [LOGIN, toyPdu('hello')]) {
    const toy = new ToyProtocol();
    const driver = new Driver({ protocols: [toy], port: 9999 });
    driver.send(0, concat(bytes, bytes === LOGIN ? new Uint8Array(0) : toyPdu('again')));
    driver.stage.invariants();
    const noted = driver.finish();
    assert.equal(
      driver.stage.spoken(0).map((s) => [s.protocol, s.facts.pdus]),
      [bytes === LOGIN ? ['iscsi', 1] : ['toy', 2]],
    );
    assert.is(noted.length, bytes === LOGIN ? 1 : 0);
    assert.equal(
      toy.told.map((t) => [t.text, t.streamOffset]),
      bytes === LOGIN
        ? []
        : [
            ['hello', 0],
            ['again', 13],
          ],
    );
  }
});

test('the journal is replayed in the order of the wire, with times and frames', () => {
  const toy = new ToyProtocol();
  const driver = new Driver({ protocols: [toy], port: 7007, start: false });
  driver.send(1, text('OY!'));
  driver.send(0, text('xxTO'));
  driver.send(1, toyPdu('b').subarray(0, 4));
  driver.send(1, toyPdu('b').subarray(4));
  driver.send(0, concat(text('Y!'), toyPdu('a').subarray(4)));
  driver.finish();
  assert.equal(
    toy.told.map((t) => [t.direction, t.text, t.streamOffset, t.frame, t.timeNs, t.frameEnd]),
    [
      [1, 'b', 3, 3, 3000, 4],
      [0, 'a', 2, 2, 2000, 5],
    ],
  );
  assert.equal([...toy.ended].sort(), [0, 1]);
  assert.is(toy.closed, 1);
});

test('a port lowers the proof that is asked for, and counts what was never recognised', () => {
  for (const [port, known] of [
    [7007, true],
    [9999, false],
  ] as const) {
    const toy = new ToyProtocol();
    const driver = new Driver({ protocols: [toy], port, start: false });
    driver.send(0, concat(text('middle'), toyPdu('found')));
    driver.finish();
    assert.is(toy.told.length, known ? 1 : 0);
    assert.is(driver.stage.unrecognised.size, 0);
  }
  const toy = new ToyProtocol();
  const driver = new Driver({ protocols: [toy], port: 7007 });
  driver.send(0, text('GET / HTTP/1.1'));
  driver.finish();
  assert.equal([...driver.stage.unrecognised], [[toy, 1]]);
});

test('behind a login the bytes are those of another protocol, in mid-segment and however cut', () => {
  const asked = concat(LOGIN, toyPdu('request'), toyPdu(''), toyPdu('more'));
  const answered = concat(ANSWER, toyPdu('reply'), toyPdu('data'));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      (a, b, split) => {
        const { driver, toy } = changing('toy');
        driver.send(0, LOGIN, a);
        // The answer alone, then all else; or the target's bytes as one.
        driver.send(1, split ? ANSWER : answered, b);
        driver.send(0, asked.subarray(LOGIN.length), a);
        if (split) driver.send(1, answered.subarray(ANSWER.length), b);
        driver.stage.invariants();
        assert.equal(
          driver.finish().map((n) => n.opcode),
          [Opcode.loginRequest, Opcode.loginResponse],
        );
        const told = toy.told.map((t) => [t.direction, t.text, t.streamOffset - start(t)]);
        assert.equal(
          told.filter(([d]) => d === 0),
          [
            [0, 'request', 0],
            [0, '', 15],
            [0, 'more', 23],
          ],
        );
        assert.equal(
          told.filter(([d]) => d === 1),
          [
            [1, 'reply', 0],
            [1, 'data', 13],
          ],
        );
        // Both protocols know that the directions ended.
        assert.equal([...toy.ended].sort(), [0, 1]);
        assert.equal(
          driver.stage.spoken(0).map((s) => [s.protocol, s.facts.pdus]),
          [
            ['iscsi', 2],
            ['toy', 5],
          ],
        );
        assert.is(driver.sink.lostBytes.length, 0);
      },
    ),
  );
});

function start({ direction }: { direction: number }): number {
  return direction === 0 ? LOGIN.length : ANSWER.length;
}

test('the change may come while the journal is replayed', () => {
  const { driver, toy } = changing('toy');
  // On a foreign port a login whose text is cut proves itself late.
  driver.send(0, LOGIN.subarray(0, 47));
  driver.send(0, LOGIN.subarray(47));
  driver.send(1, concat(ANSWER, toyPdu('at once')));
  driver.finish();
  assert.equal(
    toy.told.map((t) => [t.text, t.frame]),
    [['at once', 3]],
  );
});

test('what the capture lost falls to the protocol that has it', () => {
  const { driver, toy } = changing('toy');
  driver.send(0, LOGIN);
  driver.send(1, concat(ANSWER, toyPdu('0123456789').subarray(0, 10)));
  driver.gap(1, 8);
  driver.send(1, toyPdu('next'));
  // A gap is the first thing behind the login in the other direction.
  driver.gap(0, 100, 'cut');
  driver.send(0, toyPdu('found again'));
  driver.finish();
  assert.equal(
    toy.told.map((t) => [t.direction, t.text, t.absent, t.streamOffset - start(t)]),
    [
      [1, '01', 8, 0],
      [1, 'next', 0, 18],
      [0, 'found again', 0, 100],
    ],
  );
});

test('a login whose last bytes snaplen cut ends where its lengths say', () => {
  const { driver, toy } = changing('toy');
  driver.send(0, LOGIN);
  driver.send(1, ANSWER.subarray(0, 50));
  driver.gap(1, ANSWER.length - 50 + 20, 'cut');
  driver.send(1, toyPdu('later'));
  driver.finish();
  assert.equal(
    toy.told.map((t) => [t.text, t.streamOffset]),
    [['later', ANSWER.length + 20]],
  );
});

test('bytes that came before it was known whose they are begin the new protocol', () => {
  // The capture shows the initiator's first bytes before the answer that made them another's.
  const { driver, toy } = changing('toy');
  driver.send(0, LOGIN);
  driver.send(0, toyPdu('early'));
  driver.send(1, ANSWER);
  driver.send(0, toyPdu('then'));
  driver.finish();
  assert.equal(
    toy.told.map((t) => [t.text, t.frame, t.timeNs, t.streamOffset - LOGIN.length]),
    [
      ['early', 2, 2000, 0],
      ['then', 4, 4000, 13],
    ],
  );
});

test('back again: the first protocol goes on with what it knew', () => {
  const { driver, toy } = changing('toy');
  toy.onPdu = (p) => {
    if (p.text === 'bye') driver.stage.change(0, 'iscsi');
  };
  driver.send(0, LOGIN);
  driver.send(1, ANSWER);
  driver.iscsi.setDigests(0, true, false);
  driver.send(0, concat(toyPdu('bye'), pdu('nop-out', NOP, { headerDigest: true })));
  driver.send(1, pdu('nop-in', NOP_IN, { headerDigest: true }));
  assert.equal(
    driver.finish().map((n) => [n.opcode, n.digests, n.fromInitiator]),
    [
      [Opcode.loginRequest, '00', true],
      [Opcode.loginResponse, '00', false],
      [Opcode.nopOut, '10', true],
      [Opcode.nopIn, '10', false],
    ],
  );
  assert.is(toy.told.length, 1);
});

const NOP = { final: 1, initiatorTaskTag: 9, targetTransferTag: 0xffffffff, cmdSN: 1000 };
const NOP_IN = {
  final: 1,
  initiatorTaskTag: 9,
  targetTransferTag: 0xffffffff,
  statSN: 5001,
  expCmdSN: 1000,
  maxCmdSN: 1063,
};

test("nobody's bytes are only counted, and may become somebody's", () => {
  const { driver, toy } = changing(NOBODY);
  driver.send(0, LOGIN);
  driver.send(1, ANSWER);
  driver.send(0, concat(toyPdu('unseen'), text('noise')));
  assert.ok(driver.stage.indifferent(0) > 1e6);
  driver.stage.passed(0, 1000, 0, 9, 9000);
  driver.stage.change(0, 'toy');
  driver.send(0, toyPdu('seen'));
  driver.finish();
  const before = LOGIN.length + toyPdu('unseen').length + 5 + 1000;
  assert.equal(
    toy.told.map((t) => [t.text, t.streamOffset]),
    [['seen', before]],
  );
  // A name that no row has is nobody's.
  const other = changing('mpa');
  other.driver.send(0, LOGIN);
  other.driver.send(1, concat(ANSWER, PONG));
  assert.is(other.driver.finish().length, 2);
});

test("anybody's bytes are recognised anew, those in mid-segment too", () => {
  const toy = new ToyProtocol();
  const { driver } = changing(ANYBODY, toy);
  driver.send(0, LOGIN);
  driver.send(1, concat(ANSWER, PONG, PONG, PONG));
  driver.send(0, concat(PING, PING, PING));
  driver.stage.invariants();
  const noted = driver.finish();
  assert.equal(
    noted.map((n) => [n.opcode, n.fromInitiator, n.frame]),
    [
      [Opcode.loginRequest, true, 1],
      [Opcode.loginResponse, false, 2],
      [Opcode.nopIn, false, 2],
      [Opcode.nopIn, false, 2],
      [Opcode.nopIn, false, 2],
      [Opcode.nopOut, true, 3],
      [Opcode.nopOut, true, 3],
      [Opcode.nopOut, true, 3],
    ],
  );
});

test('the whole road: a protocol of its own sink behind a real login', () => {
  const toy = new ToyProtocol();
  const problems = new ProblemLog(4);
  const road: Road = new Road(problems, {
    protocols: [toy],
    pduSink: {
      begin: () => 0,
      end: (p) => {
        if (p.opcode === Opcode.loginResponse) road.pdus.change(p.connection, 'toy');
      },
      lost() {},
      ended() {},
    },
  });
  const wire = { src: '10.0.0.1', dst: '10.0.0.2', srcPort: 40_000, dstPort: 3260 };
  const back = { src: '10.0.0.2', dst: '10.0.0.1', srcPort: 3260, dstPort: 40_000 };
  const asked = concat(LOGIN, toyPdu('x'.repeat(100)));
  const answered = concat(ANSWER, toyPdu('reply'));
  const packets = [
    tcpPacket({ ...wire, seq: 99, flags: 2 }),
    tcpPacket({ ...back, seq: 499, ack: 100, flags: 0x12 }),
    tcpPacket({ ...wire, seq: 100, ack: 500, payload: LOGIN }),
    tcpPacket({ ...back, seq: 500, ack: 100 + LOGIN.length, payload: answered }),
    tcpPacket({
      ...wire,
      seq: 100 + LOGIN.length,
      ack: 500 + answered.length,
      payload: asked.subarray(LOGIN.length),
    }),
  ];
  packets.forEach((bytes, i) => {
    const packet = new Packet();
    packet.bytes = bytes;
    packet.view = new DataView(bytes.buffer);
    packet.capturedLength = bytes.length;
    packet.originalLength = bytes.length;
    packet.timeNs = i * 1000;
    packet.frame = i + 1;
    road.packet(packet);
  });
  road.finish({ files: [] } as never);
  assert.equal(
    toy.told.map((t) => [t.direction, t.text.length, t.frame, t.streamOffset - start(t)]),
    [
      [1, 5, 4, 0],
      [0, 100, 5, 0],
    ],
  );
  assert.is(problems.counts.size, 0);
  assert.is(road.sessions.sessions().length, 1);
});

test.run();

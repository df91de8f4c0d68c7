import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DIGEST_BAD, DIGEST_GOOD } from '../../../src/pdu/pdu.js';
import { type PduParts, pdu } from '../../support/build.js';
import { concat, pattern } from '../../support/octets.js';
import { Driver, type Noted } from '../../support/pdu-sink.js';

const text = (s: string) => new TextEncoder().encode(s);
const LOGIN = pdu(
  'login-request',
  { immediate: 1, transit: 1, csg: 1, nsg: 3, cmdSN: 1000, initiatorTaskTag: 7 },
  { data: text('InitiatorName=iqn.2026-11.example:a\0SessionType=Normal\0') },
);
const LOGIN_ANSWER = pdu(
  'login-response',
  { transit: 1, csg: 1, nsg: 3, statSN: 5000, expCmdSN: 1000, maxCmdSN: 1063 },
  { data: text('TargetPortalGroupTag=1\0') },
);

/** A read of `length` bytes: command, Data-Ins of 8 KiB, response. */
function read(
  n: number,
  length: number,
  spec: PduParts = {},
): { ask: Uint8Array; answer: Uint8Array } {
  const tag = 0x10000 + n;
  const ask = pdu(
    'scsi-command',
    {
      final: 1,
      read: 1,
      attr: 1,
      initiatorTaskTag: tag,
      expectedDataTransferLength: length,
      cmdSN: 1000 + n,
      expStatSN: 5000 + n,
      cdb: Uint8Array.of(0x28, 0, 0, 0, 0, n, 0, 0, length >> 9, 0),
    },
    spec,
  );
  const parts: Uint8Array[] = [];
  const window = { expCmdSN: 1001 + n, maxCmdSN: 1064 + n };
  for (let at = 0, dataSN = 0; at < length; at += 8192, dataSN++) {
    const data = pattern(Math.min(8192, length - at), n + at);
    const final = at + 8192 >= length ? 1 : 0;
    const where = { initiatorTaskTag: tag, targetTransferTag: 0xffffffff, bufferOffset: at };
    parts.push(pdu('data-in', { final, ...where, ...window, dataSN }, { ...spec, data }));
  }
  const status = { initiatorTaskTag: tag, statSN: 5001 + n, ...window };
  parts.push(pdu('scsi-response', status, spec));
  return { ask, answer: concat(...parts) };
}

/** Logs in, reads a few times; both directions in segments of the given sizes. */
function conversation(driver: Driver, sizes: readonly [number, number], spec: PduParts = {}): void {
  driver.send(0, LOGIN, sizes[0]);
  driver.send(1, LOGIN_ANSWER, sizes[1]);
  driver.iscsi.setDigests(0, spec.headerDigest === true, spec.dataDigest === true);
  for (let n = 1; n <= 4; n++) {
    const { ask, answer } = read(n, n * 4096 + 512, spec);
    driver.send(0, ask, sizes[0]);
    driver.send(1, answer, sizes[1]);
  }
}

/** What must not depend on how the bytes were cut into segments. */
function told(noted: readonly Noted[]): unknown {
  return noted
    .map((n) => [n.fromInitiator, n.streamOffset, n.header, n.data, n.digests, n.complete])
    .sort((a, b) => Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]));
}

function toldBy(sizes: readonly [number, number], spec: PduParts = {}): unknown {
  const driver = new Driver();
  conversation(driver, sizes, spec);
  return told(driver.finish());
}

const ALL = 2 + 4 + 4 + 1 + 2 + 2 + 3;

test('a conversation is told PDU by PDU', () => {
  const driver = new Driver();
  conversation(driver, [1460, 1460]);
  const noted = driver.finish();
  assert.is(noted.length, ALL);
  assert.ok(noted.every((n) => n.complete && !n.resynchronised && n.dataMissing === 0));
  assert.is(noted[0].data, Buffer.from(LOGIN.slice(48, 48 + LOGIN[7])).toString('hex'));
  assert.equal(driver.sink.lostBytes, []);
});

for (const spec of [
  {},
  { headerDigest: true },
  { dataDigest: true },
  { headerDigest: true, dataDigest: true },
]) {
  const name = JSON.stringify(spec);
  test(`any segmentation tells the same ${name}`, () => {
    const whole = toldBy([1 << 20, 1 << 20], spec);
    for (const size of [1, 2, 3, 5, 47, 48, 49, 52, 1459, 8240]) {
      assert.equal(toldBy([size, size], spec), whole, `segments of ${size}`);
    }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 1, max: 9000 }), (a, b) => {
        assert.equal(toldBy([a, b], spec), whole);
      }),
      { numRuns: 30, seed: 7 },
    );
  });

  test(`digests are inferred where no login was seen ${name}`, () => {
    for (const [size, whole] of [
      [1460, true],
      [1 << 20, true],
      [100, true],
    ] as const) {
      const driver = new Driver({ start: false });
      for (let n = 1; n <= 4; n++) {
        const { ask, answer } = read(n, n * 4096 + 512, spec);
        driver.send(0, ask, size);
        driver.send(1, answer, size);
      }
      const noted = driver.finish();
      assert.is(noted.length === ALL - 2, whole, `${noted.length} PDUs in segments of ${size}`);
      const header = noted.slice(2).every((n) => n.digests[0] === (spec.headerDigest ? '1' : '0'));
      assert.ok(header, `header digests ${noted.map((n) => n.digests)}`);
      const withData = noted.filter((n) => n.opcode === 0x25).slice(1);
      const right = spec.dataDigest ? String(DIGEST_GOOD) : '0';
      assert.ok(
        withData.every((n) => n.digests[1] === right),
        'data digests',
      );
    }
  });
}

test('a bad digest is told with the right one', () => {
  const driver = new Driver();
  const spec = { headerDigest: true, dataDigest: true };
  driver.send(0, LOGIN);
  driver.send(1, LOGIN_ANSWER);
  driver.iscsi.setDigests(0, true, true);
  const { ask, answer } = read(1, 512, spec);
  ask[40] ^= 1;
  answer[60] ^= 1;
  driver.send(0, ask);
  driver.send(1, answer);
  const noted = driver.finish();
  assert.is(noted[2].digests[0], String(DIGEST_BAD));
  assert.is(noted[3].digests, `${DIGEST_GOOD}${DIGEST_BAD}`);
  assert.is(noted.length, 5);
});

test('a gap in payload loses no PDU', () => {
  const driver = new Driver();
  driver.send(0, LOGIN);
  driver.send(1, LOGIN_ANSWER);
  driver.iscsi.setDigests(0, false, false);
  const { ask, answer } = read(1, 16384);
  driver.send(0, ask);
  driver.send(1, answer.slice(0, 1000));
  driver.gap(1, 2000);
  driver.send(1, answer.slice(3000, 3100));
  driver.gap(1, 100, 'cut');
  driver.send(1, answer.slice(3200));
  const noted = driver.finish();
  assert.is(noted.length, 6);
  assert.equal([noted[3].dataMissing, noted[3].dataCut], [2000, 100]);
  assert.ok(noted.every((n) => !n.resynchronised));
});

test('a gap that hides a header loses that PDU only', () => {
  for (const hole of [1, 30, 48, 500]) {
    const driver = new Driver();
    driver.send(0, LOGIN);
    driver.send(1, LOGIN_ANSWER);
    driver.iscsi.setDigests(0, false, false);
    for (let n = 1; n <= 3; n++) {
      const { ask, answer } = read(n, 16384);
      driver.send(0, ask);
      if (n === 2) {
        // The second Data-In's header begins at 8240.
        driver.send(1, answer.slice(0, 8240));
        driver.gap(1, hole);
        driver.send(1, answer.slice(8240 + hole));
      } else driver.send(1, answer);
    }
    const noted = driver.finish();
    assert.is(noted.length, 2 + 3 * 4 - 1, `hole of ${hole}`);
    assert.is(
      driver.sink.lostBytes.reduce((a, b) => a + b, 0),
      8240,
    );
    assert.is(driver.sink.absentBytes, hole);
    assert.is(noted.filter((n) => n.resynchronised).length, 1);
  }
});

test('a header cut behind its lengths keeps the boundary', () => {
  for (let kept = 8; kept < 48; kept++) {
    const driver = new Driver();
    driver.send(0, LOGIN);
    driver.send(1, LOGIN_ANSWER);
    driver.iscsi.setDigests(0, false, false);
    const { ask, answer } = read(1, 1024);
    driver.send(0, ask);
    driver.send(1, answer.slice(0, kept));
    driver.gap(1, 1000, 'cut');
    driver.send(1, answer.slice(kept + 1000));
    const noted = driver.finish();
    assert.is(noted.length, 5);
    assert.is(noted[3].captured, kept);
    assert.is(noted[4].captured, 48);
    assert.not.ok(noted[4].resynchronised);
  }
});

test('mid-stream at any alignment, boundaries never on a segment', () => {
  const stream: Uint8Array[] = [];
  const asks: Uint8Array[] = [];
  for (let n = 1; n <= 10; n++) {
    const { ask, answer } = read(n, 20_000 - (20_000 % 512));
    stream.push(answer);
    asks.push(ask);
  }
  const bytes = concat(...stream);
  for (let cut = 1; cut < 12_000; cut += 997) {
    const driver = new Driver({ start: false, port: 13_260 });
    driver.send(1, bytes.slice(cut), 1447);
    const noted = driver.finish();
    // Ten times three Data-Ins and a response, less those that the cut went through.
    const before = cut <= 8240 ? 1 : 2;
    assert.is(noted.length, 40 - before, `cut at ${cut}`);
    assert.ok(noted.every((n) => !n.fromInitiator));
  }
});

test('a command is told before its answer, though proof came from the answer', () => {
  const driver = new Driver({ start: false, port: 13_260 });
  for (let n = 1; n <= 3; n++) {
    const { ask, answer } = read(n, 8192);
    driver.send(0, ask);
    driver.send(1, answer);
  }
  const noted = driver.finish();
  assert.equal(
    noted.map((n) => n.opcode),
    [1, 0x25, 0x21, 1, 0x25, 0x21, 1, 0x25, 0x21],
  );
});

test('ended inside a PDU: told as incomplete', () => {
  const driver = new Driver();
  driver.send(0, LOGIN);
  driver.send(1, LOGIN_ANSWER);
  const { ask, answer } = read(1, 8192);
  driver.send(0, ask);
  driver.send(1, answer.slice(0, 4000));
  const noted = driver.finish();
  assert.is(noted.length, 4);
  assert.not.ok(noted[3].complete);
});

/** Bytes of other protocols and none: not one PDU may be told. */
function tellsNothing(name: string, make: (driver: Driver) => void): void {
  for (const port of [3260, 80]) {
    for (const start of [true, false]) {
      const driver = new Driver({ port, start });
      make(driver);
      assert.is(driver.finish().length, 0, `${name} on port ${port}`);
    }
  }
}

test('random bytes, zeros, counters and text are no iSCSI', () => {
  let x = 12345;
  const random = Uint8Array.from({ length: 300_000 }, () => {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    return x >> 16;
  });
  const http = text('GET / HTTP/1.1\r\nHost: example\r\n\r\n'.repeat(2000));
  const words = new Uint8Array(200_000);
  for (let i = 0; i < words.length; i += 4) words[i] = i / 4;
  for (const [name, bytes] of [
    ['random', random],
    ['zeros', new Uint8Array(200_000)],
    ['0xff', new Uint8Array(200_000).fill(255)],
    ['pattern', pattern(200_000)],
    ['small words', words],
    ['http', http],
  ] as const) {
    tellsNothing(name, (driver) => {
      driver.send(0, bytes);
      driver.send(1, bytes, 700);
    });
  }
});

test('random bytes after a login do not hang, throw or tell much', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.integer({ min: 1, max: 500 }),
      (junk, size) => {
        const driver = new Driver();
        driver.send(0, LOGIN);
        driver.send(1, LOGIN_ANSWER);
        driver.iscsi.setDigests(0, false, false);
        driver.send(0, junk, size);
        driver.send(1, junk, size);
        driver.stage.invariants();
        assert.ok(driver.finish().length <= 2 + 2 * Math.ceil(junk.length / 48));
      },
    ),
    { numRuns: 300, seed: 11 },
  );
});

test('ports can be forced and forbidden', () => {
  const forbidden = new Driver({ notPorts: [3260] });
  conversation(forbidden, [1460, 1460]);
  assert.is(forbidden.finish().length, 0);
  const lone = pdu('nop-out', {
    initiatorTaskTag: 3,
    targetTransferTag: 0xffffffff,
    cmdSN: 9,
    expStatSN: 4,
  });
  const forced = new Driver({ port: 9999, ports: [9999], start: false });
  forced.send(0, lone);
  assert.is(forced.finish().length, 1);
  const unknown = new Driver({ port: 9999, start: false });
  unknown.send(0, lone);
  assert.is(unknown.finish().length, 0);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Tag } from '../../src/wire/isns/attributes.js';
import { IsnsFunction, RESPONSE } from '../../src/wire/isns/functions.js';
import { type BuiltPacket, Conversation } from '../support/build.js';
import { foundInFile, MS, S, told } from '../support/found.js';
import { address, DELIMITER, empty, isnsPdu, number, status, text } from '../support/isns-build.js';
import { concat } from '../support/octets.js';
import { run } from '../support/run.js';
import { sharedCapture } from '../support/shared.js';

const HOST = 'iqn.2024-01.org.example:host';
const DISK = 'iqn.2024-01.org.example:disk';
const { devAttrReg, devAttrQry, ddReg, esi } = IsnsFunction;

/** A client and an iSNS server; each request is answered unless nothing is given. */
class Client {
  readonly tcp: Conversation;
  #nextId = 1;

  constructor(port = 40_000) {
    this.tcp = new Conversation({ targetPort: 3205, initiatorPort: port });
    this.tcp.connect(0);
  }

  ask(functionId: number, request: Uint8Array, answer: Uint8Array | undefined, atNs: number): void {
    const transactionId = this.#nextId++;
    this.tcp.initiator(isnsPdu({ functionId, transactionId }, request), atNs);
    if (answer === undefined) return;
    const of = { functionId: functionId | RESPONSE, transactionId, byServer: true };
    this.tcp.target(isnsPdu(of, answer), atNs + MS);
  }

  serverAsks(functionId: number, payload: Uint8Array, answers: boolean, atNs: number): void {
    const transactionId = this.#nextId++;
    this.tcp.target(isnsPdu({ functionId, transactionId, byServer: true }, payload), atNs);
    if (!answers) return;
    const of = { functionId: functionId | RESPONSE, transactionId };
    this.tcp.initiator(isnsPdu(of, status(0)), atNs + MS);
  }
}

function registers(client: Client, name: string, type: number, atNs: number, periodS = 0): void {
  const objects = concat(
    text(Tag.entityIdentifier, `entity.${name}`),
    number(Tag.entityProtocol, 2),
    ...(periodS > 0 ? [number(Tag.registrationPeriod, periodS)] : []),
    address(Tag.portalAddress, 10, 0, 0, 2),
    number(Tag.portalPort, 3260),
    text(Tag.iscsiName, name),
    number(Tag.iscsiNodeType, type),
  );
  const request = concat(
    text(Tag.iscsiName, name),
    text(Tag.entityIdentifier, `entity.${name}`),
    DELIMITER,
    objects,
  );
  client.ask(
    devAttrReg,
    request,
    status(0, text(Tag.entityIdentifier, `entity.${name}`), DELIMITER, objects),
    atNs,
  );
}

function queries(client: Client, by: string, answer: Uint8Array | undefined, atNs: number): void {
  const request = concat(
    text(Tag.iscsiName, by),
    number(Tag.iscsiNodeType, 1),
    DELIMITER,
    empty(Tag.iscsiName),
    empty(Tag.portalAddress),
    empty(Tag.portalPort),
  );
  client.ask(devAttrQry, request, answer, atNs);
}

const oneTarget = status(
  0,
  number(Tag.iscsiNodeType, 1),
  DELIMITER,
  text(Tag.iscsiName, DISK),
  number(Tag.iscsiNodeType, 1),
  address(Tag.portalAddress, 10, 0, 0, 2),
  number(Tag.portalPort, 3260),
);

function reported(...packets: BuiltPacket[][]): ReturnType<typeof run>['report'] {
  const all = packets.flat().sort((a, b) => a.timeNs - b.timeNs);
  return run(all).report;
}

test('requests have their answers, their time and their status', () => {
  const client = new Client();
  registers(client, DISK, 1, 10 * MS, 60);
  registers(client, HOST, 2, 20 * MS);
  queries(client, HOST, oneTarget, 30 * MS);
  const report = reported(client.tcp.captured());
  const { isns } = report;
  assert.equal(
    isns?.transactions.map((t) => [t.functionName, t.status, t.responseNs]),
    [
      ['DevAttrReg', 0, MS],
      ['DevAttrReg', 0, MS],
      ['DevAttrQry', 0, MS],
    ],
  );
  assert.equal(isns?.entities[0].registrationPeriodS, 60);
  assert.equal(
    isns?.nodes.map((n) => [n.name, n.type, n.registered]),
    [
      [DISK, 'target', true],
      [HOST, 'initiator', true],
    ],
  );
  assert.equal(
    report.discovery.map((d) => [d.initiatorName, d.target, d.address, d.via, d.tried]),
    [[HOST, DISK, '10.0.0.2:3260', 'iSNS', false]],
  );
  for (const id of [
    'isns-refused',
    'isns-unanswered',
    'isns-flood',
    'isns-target-invisible',
    'isns-expired',
  ]) {
    assert.is(told(report, id).length, 0, id);
  }
});

test('a message of several PDUs is one, cut to single bytes too', () => {
  const many = Array.from({ length: 40 }, (_, i) => text(Tag.iscsiName, `${DISK}.${i}`));
  const payload = concat(status(0), number(Tag.iscsiNodeType, 1), DELIMITER, ...many);
  const half = Math.floor(payload.length / 8) * 4;
  for (const mss of [1460, 100, 7, 1]) {
    const tcp = new Conversation({ targetPort: 3205, mss });
    tcp.connect(0);
    const request = concat(text(Tag.iscsiName, HOST), number(Tag.iscsiNodeType, 1), DELIMITER);
    tcp.initiator(isnsPdu({ functionId: devAttrQry, transactionId: 7 }, request), 10 * MS);
    const of = { functionId: devAttrQry | RESPONSE, transactionId: 7, byServer: true };
    const first = isnsPdu({ ...of, last: false }, payload.subarray(0, half));
    const last = isnsPdu({ ...of, first: false, sequenceId: 1 }, payload.subarray(half));
    tcp.target(concat(first, last), 11 * MS);
    const { isns } = reported(tcp.captured());
    assert.is(isns?.transactions.length, 1, `${mss}`);
    assert.is(isns?.transactions[0].status, 0);
    assert.is(isns?.transactions[0].nodeCount, 40);
    assert.is(isns?.messagesIncomplete, 0);
  }
});

test('a refusal is told in words; No Such Entry of a query is an answer', () => {
  const client = new Client();
  queries(client, HOST, status(9), 10 * MS);
  client.ask(devAttrReg, concat(text(Tag.iscsiName, HOST), DELIMITER), status(3), 20 * MS);
  const [refused, ...more] = told(reported(client.tcp.captured()), 'isns-refused');
  assert.match(refused.title, /DevAttrReg of 10\.0\.0\.1 refused: Invalid Registration/);
  assert.is(more.length, 0);
});

test('unanswered on a living connection; not where the connection ended meanwhile', () => {
  const alive = new Client();
  queries(alive, HOST, undefined, 10 * MS);
  queries(alive, HOST, oneTarget, S);
  queries(alive, HOST, oneTarget, 10 * S);
  assert.is(told(reported(alive.tcp.captured()), 'isns-unanswered').length, 1);
  const ended = new Client();
  queries(ended, HOST, oneTarget, 10 * MS);
  queries(ended, HOST, undefined, S);
  ended.tcp.close(S + 2 * MS, 'target');
  assert.is(told(reported(ended.tcp.captured()), 'isns-unanswered').length, 0);
});

test('an ESI that nobody answers', () => {
  for (const answers of [false, true]) {
    const client = new Client();
    registers(client, DISK, 1, 10 * MS);
    client.serverAsks(esi, number(Tag.entityProtocol, 2), answers, S);
    registers(client, DISK, 1, 20 * S);
    const found = told(reported(client.tcp.captured()), 'isns-esi-unanswered');
    assert.is(found.length, answers ? 0 : 1);
  }
});

test('a registration that ran out, shown by the server that does not know its source', () => {
  for (const silent of [90, 30]) {
    const client = new Client();
    registers(client, HOST, 2, 10 * MS, 60);
    queries(client, HOST, status(6), silent * S);
    const found = told(reported(client.tcp.captured()), 'isns-expired');
    assert.is(found.length, silent > 60 ? 1 : 0, `${silent} s`);
  }
});

test('a target that no domain shares with the host; not where one does', () => {
  for (const shared of [false, true]) {
    const client = new Client();
    registers(client, DISK, 1, 10 * MS);
    registers(client, HOST, 2, 20 * MS);
    const members = shared ? [HOST, DISK] : [DISK];
    const request = concat(
      text(Tag.iscsiName, HOST),
      DELIMITER,
      number(Tag.ddId, 1),
      ...members.map((name) => text(Tag.ddMemberName, name)),
    );
    client.ask(ddReg, request, status(0, number(Tag.ddId, 1)), 30 * MS);
    queries(client, HOST, status(0, number(Tag.iscsiNodeType, 1), DELIMITER), 40 * MS);
    const found = told(reported(client.tcp.captured()), 'isns-target-invisible');
    assert.is(found.length, shared ? 0 : 1);
  }
});

interface ScnTale {
  readonly bitmap?: number;
  /** When the server notifies the host, if it does. */
  readonly notifiesNs?: number;
  readonly endNs?: number;
  /** The target was registered before the host asked for the first time. */
  readonly wasThere?: boolean;
  readonly goes?: boolean;
}

/** A host that registers for notifications and asks twice; meanwhile a target comes, and goes. */
function scnTale(tale: ScnTale): BuiltPacket[][] {
  const { bitmap = 0x18, notifiesNs, endNs = 30 * S, wasThere = false, goes = false } = tale;
  const host = new Client(40_000);
  const disk = new Client(40_001);
  registers(host, HOST, 2, 10 * MS);
  if (wasThere) registers(disk, DISK, 1, 15 * MS);
  const request = concat(
    text(Tag.iscsiName, HOST),
    text(Tag.iscsiName, HOST),
    DELIMITER,
    number(Tag.iscsiScnBitmap, bitmap),
  );
  host.ask(IsnsFunction.scnReg, request, status(0), 20 * MS);
  queries(host, HOST, wasThere ? oneTarget : status(9), 30 * MS);
  registers(disk, DISK, 1, S);
  if (notifiesNs !== undefined) {
    const scn = concat(text(Tag.iscsiName, HOST), number(Tag.iscsiScnBitmap, 0x08));
    host.serverAsks(IsnsFunction.scn, scn, true, notifiesNs);
  }
  queries(host, HOST, oneTarget, 3 * S);
  if (goes) {
    const gone = concat(text(Tag.iscsiName, DISK), DELIMITER, text(Tag.iscsiName, DISK));
    disk.ask(IsnsFunction.devDereg, gone, status(0), 4 * S);
  }
  queries(host, HOST, goes ? status(9) : oneTarget, endNs);
  return [host.tcp.captured(), disk.tcp.captured()];
}

test('a change that a node registered for and was not told of: what came, and what went', () => {
  const untold = (tale: ScnTale) => told(reported(...scnTale(tale)), 'isns-scn-untold');
  const [came] = untold({});
  assert.match(came.title, /host was not told of 1 change it registered for/);
  assert.match(came.text, /disk came\. No SCN .* Its own query showed it/);
  const [both] = untold({ goes: true });
  assert.match(both.title, /2 changes/);
  assert.match(both.text, /disk came, .*disk went/);
  // It was notified: after the answer, or before it.
  assert.equal(untold({ notifiesNs: 1.2 * S }), []);
  assert.equal(untold({ notifiesNs: S + 1000 }), []);
  // It registered for what goes only; for initiators only.
  assert.equal(untold({ bitmap: 0x10 }), []);
  assert.equal(untold({ bitmap: 0x98 }), []);
  assert.is(untold({ bitmap: 0x58 }).length, 1);
  // The target was there before; the capture ends soon after.
  assert.equal(untold({ wasThere: true }), []);
  assert.equal(untold({ endNs: 6 * S }), []);
});

test('a server that notifies is not accused in a real recording', async () => {
  const path = sharedCapture('san/isns-open-isns-tgt.pcap');
  assert.equal(await foundInFile(path, 'isns-scn-untold'), []);
});

test('the flood of a real recording is one finding', async () => {
  const path = sharedCapture('san/isns-open-isns-tgt.pcap.zst');
  if (path === undefined) return;
  const found = await foundInFile(path, 'isns-flood');
  assert.is(found.length, 1);
  assert.match(found[0].text, /DevAttrQry/);
  assert.is((await foundInFile(path, 'isns-unanswered')).length, 0);
});

test.run();

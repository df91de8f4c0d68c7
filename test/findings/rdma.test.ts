// Findings on the RDMA side of iSER, each told by a conversation that has it and not by one near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32, swapped32 } from '../../src/lib/crc32.js';
import type { BuiltPacket } from '../support/build.js';
import { told as toldIds } from '../support/found.js';
import { IserDialogue, type IserOptions } from '../support/iser-dialogue.js';
import { concat } from '../support/octets.js';
import { firstLines, reportOf } from '../support/report.js';
import { type HeldPacket, packetsOf } from '../support/road.js';
import { run, type TimedBytes } from '../support/run.js';
import { sharedCapture } from '../support/shared.js';

function findings(packets: readonly TimedBytes[], id: string) {
  return toldIds(run(packets as BuiltPacket[]).report, id);
}

/** A login, a read and a write, as they should be. */
function healthy(options: IserOptions = {}): IserDialogue {
  const d = new IserDialogue(options).login();
  d.readCommand(1, 1024, 0x11).write(0x11, 0, 1024).response(1, 0x11);
  d.writeCommand(2, 2048, 0x12).readRequest(0x12, 0, 2048, 0x90).readResponse(0x90, 2048);
  return d.response(2, 0x12);
}

test('a healthy conversation tells none of them', () => {
  let ended = 0;
  const { report } = run(healthy().packets as BuiltPacket[], () => ended++);
  assert.is(ended, 2);
  for (const id of [
    'rdma-refused',
    'mpa-start-wrong',
    'rdma-crc-wrong',
    'mpa-marker-wrong',
    'mpa-crc-off',
    'rdma-terminate',
    'stag-invalid',
    'rdma-beyond-buffer',
    'stag-wrong-invalidated',
    'rdma-messages-out-of-order',
    'iser-not-used',
    'iser-not-agreed',
    'iser-unread',
    'iser-hello-refused',
    'iser-hello-missing',
    'rdma-reads-starved',
    'roce-retransmissions',
    'roce-receiver-not-ready',
    'roce-packets-missing',
    'roce-congestion-unanswered',
  ]) {
    assert.equal(toldIds(report, id), [], id);
  }
});

test('MPA that is refused, and MPA with a wrong key', () => {
  const d = new IserDialogue().connect().mpa({}, { rejected: true });
  const [refused] = findings(d.packets, 'rdma-refused');
  assert.is(refused.severity, 'critical');
  assert.is(refused.owes, 'target');
  assert.match(refused.text, /10\.0\.0\.1:40000 → 10\.0\.0\.2:3260/);
  const wrong = new IserDialogue().connect().mpa({ revision: 7 });
  wrong.send(0, wrong.loginRequest()).send(1, wrong.loginResponse());
  assert.match(findings(wrong.packets, 'mpa-start-wrong')[0].text, /revision 7/);
  assert.equal(findings(wrong.packets, 'rdma-refused'), []);
});

test('a CRC that is wrong; markers that are', () => {
  const d = healthy();
  d.readCommand(3, 512, 0x13).write(0x13, 0, 512, 'bad').response(3, 0x13);
  const [crc] = findings(d.packets, 'rdma-crc-wrong');
  assert.is(crc.count, 1);
  assert.equal(findings(d.packets, 'mpa-marker-wrong'), []);
  const m = healthy({ markers: true, crc: false });
  const at = m.packets.findIndex((p) => p.bytes.length > 1000);
  // The marker 512 bytes after the first: in the read's data.
  const bytes = m.packets[at].bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let marker = -1;
  for (let i = 54 + 20; i + 4 < bytes.length && marker < 0; i++) {
    if (view.getUint16(i) === 0 && view.getUint16(i + 2) > 0 && bytes[i - 1] === 7) marker = i;
  }
  view.setUint16(marker + 2, view.getUint16(marker + 2) + 4);
  assert.is(findings(m.packets, 'mpa-marker-wrong')[0].count, 1);
});

test('no CRC: said where packets were routed', () => {
  assert.is(findings(healthy({ crc: false, ttl: 61 }).packets, 'mpa-crc-off').length, 1);
  assert.equal(findings(healthy({ crc: false, ttl: 64 }).packets, 'mpa-crc-off'), []);
  assert.equal(findings(healthy({ crc: true, ttl: 61 }).packets, 'mpa-crc-off'), []);
});

test('data for a STag that nobody advertised, or that is over, and the Terminate that follows', () => {
  const d = healthy().readCommand(3, 512, 0x13).write(0xdead, 0, 512);
  d.terminate(0);
  const [stag] = findings(d.packets, 'stag-invalid');
  assert.match(stag.text, /STag 0x0000dead, which no command advertised/);
  const [ended] = findings(d.packets, 'rdma-terminate');
  assert.match(ended.title, /DDP: tagged buffer error, invalid STag/);
  assert.is(ended.owes, 'target');
  const late = healthy().write(0x11, 0, 1024);
  late.readCommand(4, 512, 0x14).write(0x14, 0, 512).response(4, 0x14);
  assert.match(findings(late.packets, 'stag-invalid')[0].text, /had ended/);
  assert.equal(findings(late.packets, 'rdma-terminate'), []);
});

test('a STag of a command that the capture missed accuses nobody', () => {
  const d = healthy().readCommand(3, 512, 0x13).write(0x13, 0, 512).response(3, 0x13);
  d.readCommand(4, 512, 0x14).write(0x14, 0, 512).response(4, 0x14);
  const third = d.packets.findIndex((_, i) => i > 12 && d.packets.length - i === 6);
  const packets = d.packets.filter((_, i) => i !== third);
  assert.equal(findings(packets, 'stag-invalid'), []);
});

test('beyond the buffer, and up to its end', () => {
  const d = healthy().readCommand(3, 1024, 0x13).write(0x13, 512, 1024).response(3, 0x13);
  const [beyond] = findings(d.packets, 'rdma-beyond-buffer');
  assert.match(beyond.text, /1024 bytes at 512, and the buffer of task 0x00000003 has 1024/);
  const end = healthy().readCommand(3, 1024, 0x13).write(0x13, 512, 512).response(3, 0x13);
  assert.equal(findings(end.packets, 'rdma-beyond-buffer'), []);
});

test('a response that invalidates what is another command’s', () => {
  const d = healthy().readCommand(3, 512, 0x13).readCommand(4, 512, 0x14);
  d.write(0x13, 0, 512).response(3, 0x14).write(0x14, 0, 512).response(4);
  assert.is(findings(d.packets, 'stag-wrong-invalidated').length, 1);
});

test('a Send Message that was never sent', () => {
  const d = healthy().skipMessage(1).readCommand(3, 512, 0x13).write(0x13, 0, 512).response(3);
  assert.match(findings(d.packets, 'rdma-messages-out-of-order')[0].text, /was due/);
});

test('RDMA agreed and not used; used and not agreed', () => {
  const d = new IserDialogue().connect();
  d.raw(0, d.loginRequest()).raw(1, d.loginResponse());
  d.raw(0, d.command(1, 512, false));
  const [fell] = findings(d.packets, 'iser-not-used');
  assert.is(fell.severity, 'warning');
  assert.equal(findings(d.packets, 'iser-not-agreed'), []);
  let seen = 0;
  run(d.packets as BuiltPacket[], () => seen++);
  assert.is(seen, 1);
  const no = healthy({ rdmaExtensions: false });
  assert.is(findings(no.packets, 'iser-not-agreed').length, 1);
  assert.equal(findings(no.packets, 'iser-not-used'), []);
});

test('RDMA agreed and begun whose messages are not told: the first line says so, and no more', async () => {
  const report = await reportOf(sharedCapture('cases/c18-rdma-extensions.pcap'));
  const [unread] = toldIds(report, 'iser-unread');
  assert.is(unread.severity, 'note');
  assert.is(unread.frames.length, 2);
  assert.equal(toldIds(report, 'connection-lost'), []);
  const [first, second] = firstLines(report);
  assert.match(first, /^iSER was agreed: the bytes after the login are MPA\/RDMA; no command of 1/);
  assert.match(second, /^Not judged: what 1 connection carried over RDMA/);
  assert.equal(findings(healthy().packets, 'iser-unread'), []);
  const refused = new IserDialogue().connect().mpa({}, { rejected: true });
  assert.equal(findings(refused.packets, 'iser-unread'), []);
  const plain = new IserDialogue().connect();
  plain.raw(0, plain.loginRequest()).raw(1, plain.loginResponse());
  plain.raw(0, plain.command(1, 512, false));
  assert.equal(findings(plain.packets, 'iser-unread'), []);
});

test('Hello: refused, and missing though it was agreed', () => {
  const keys = [['iSERHelloRequired', 'Yes']] as const;
  const d = new IserDialogue({ keys, replyKeys: keys }).login();
  d.hello(8).helloReply(0, true);
  d.readCommand(1, 512, 0x11).write(0x11, 0, 512).response(1);
  assert.is(findings(d.packets, 'iser-hello-refused').length, 1);
  assert.equal(findings(d.packets, 'iser-hello-missing'), []);
  const without = healthy({ keys, replyKeys: keys });
  assert.is(findings(without.packets, 'iser-hello-missing').length, 1);
  assert.equal(findings(without.packets, 'iser-hello-refused'), []);
});

test('RDMA Reads as many as agreed for most of the time', () => {
  const starve = (depth: number) => {
    const keys = [['iSERHelloRequired', 'Yes']] as const;
    const d = new IserDialogue({ keys, replyKeys: keys }).login();
    d.hello(depth).helloReply(depth, false);
    for (let i = 0; i < 12; i++) {
      const stag = 0x100 + i;
      d.writeCommand(i + 1, 1024, stag).readRequest(stag, 0, 1024, 0x900 + i);
      d.timeNs += 5e6;
      d.readResponse(0x900 + i, 1024).response(i + 1, stag);
    }
    return d.packets;
  };
  assert.is(findings(starve(1), 'rdma-reads-starved').length, 1);
  assert.equal(findings(starve(8), 'rdma-reads-starved'), []);
});

/** The ICRC of a RoCE packet over IPv4 made right (IBTA A17.3.3). */
function withIcrc(p: HeldPacket): HeldPacket {
  const b = p.bytes.slice();
  const head = b.slice(14, 54);
  for (const i of [1, 8, 10, 11, 26, 27, 32]) head[i] = 0xff;
  const end = 14 + ((b[16] << 8) | b[17]) - 4;
  const covered = concat(new Uint8Array(8).fill(0xff), head, b.slice(54, end));
  new DataView(b.buffer).setUint32(end, swapped32(crc32(covered, 0, covered.length)));
  return { ...p, bytes: b };
}

const isRoce = (p: HeldPacket) => p.bytes[23] === 17 && ((p.bytes[36] << 8) | p.bytes[37]) === 4791;
const opcode = (p: HeldPacket) => (isRoce(p) ? p.bytes[42] : -1);

test('RoCE: packets that come again, receivers not ready, packets missing, congestion without a word', async () => {
  const all = await packetsOf(sharedCapture('san/iser-rxe-1500-ini.pcap'));
  const ids = [
    'roce-retransmissions',
    'roce-receiver-not-ready',
    'roce-packets-missing',
    'roce-congestion-unanswered',
  ];
  const clean = run(all as unknown as BuiltPacket[]).report;
  for (const id of ids) assert.equal(toldIds(clean, id), [], id);

  const again = all.flatMap((p, i) => (i % 50 === 9 ? [p, p] : [p]));
  assert.is(findings(again, ids[0]).length, 1);
  const twice = all.flatMap((p, i) => (i % 2000 === 9 ? [p, p] : [p]));
  assert.equal(findings(twice, ids[0]), []);

  const ack = all.findIndex((p, i) => i > 100 && opcode(p) === 0x11);
  const bytes = all[ack].bytes.slice();
  bytes[54] = 0x2c;
  const refused = withIcrc({ ...all[ack], bytes });
  assert.is(
    findings(
      all.map((p, i) => (i === ack ? refused : p)),
      ids[1],
    ).length,
    1,
  );

  const lost = all.findIndex((p, i) => i > 500 && opcode(p) === 0x07);
  assert.is(
    findings(
      all.filter((_, i) => i !== lost),
      ids[2],
    ).length,
    1,
  );

  const marked = all.map((p) => {
    if (opcode(p) !== 0x07) return p;
    const b = p.bytes.slice();
    b[15] |= 3;
    return { ...p, bytes: b };
  });
  assert.is(findings(marked, ids[3]).length, 1);
  const told = marked.findIndex((p) => opcode(p) === 0x07);
  const cnp = marked[told].bytes.slice(0, 14 + 20 + 8 + 12 + 16 + 4);
  new DataView(cnp.buffer).setUint16(16, cnp.length - 14);
  new DataView(cnp.buffer).setUint16(38, cnp.length - 34);
  cnp[42] = 0x81;
  const answered = [
    ...marked.slice(0, told + 1),
    { ...marked[told], bytes: cnp, originalLength: cnp.length },
    ...marked.slice(told + 1),
  ];
  assert.equal(findings(answered, ids[3]), []);
});

test.run();

// What only Fibre Channel has, each with what comes near.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { Els, RCtl } from '../../src/wire/fc/codes.js';
import { elsLogin, PLOGI_BYTES } from '../../src/wire/fc/els-login.js';
import { elsReject } from '../../src/wire/fc/els-others.js';
import { rejectParameter } from '../../src/wire/fc/link-control.js';
import { set } from '../../src/wire/field.js';
import { temporaryFile } from '../support/capture.js';
import { filled } from '../support/fc-build.js';
import { cdb10, FcDialogue, INITIATOR, TARGET } from '../support/fc-dialogue.js';
import { foundIn, foundInFile, MS, S, told } from '../support/found.js';
import { dropped, hasData } from '../support/mishaps.js';
import { concat, pattern } from '../support/octets.js';
import { pcapFile } from '../support/pcap-writer.js';
import { reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

const SAN = (name: string) => sharedCapture(`san/${name}.pcap`);

/** A link that is up, its ports logged in, some reads done. */
function tunnel(protocol: 'fcip' | 'ifcp' = 'fcip', reads = 4): { d: FcDialogue; t: number } {
  const d = new FcDialogue(protocol);
  let t = d.tcp.connect(0) + MS;
  if (protocol === 'fcip') d.special(t);
  else d.cbind(t);
  t = d.login(t + MS) + MS;
  for (let i = 0; i < reads; i++) t = d.read(t, i * 8, 16) + MS;
  return { d, t };
}

test('bytes between two frames lose synchronisation; bytes that the capture misses do not', () => {
  const { d, t } = tunnel();
  d.tcp.send('initiator', pattern(33), t);
  d.read(t + MS, 100, 16);
  const [finding] = foundIn(d.packets(), 'fc-sync-lost');
  assert.match(finding.title, /1 time: 33 B/);
  assert.is(finding.values?.['bytes'], 33);
  const whole = tunnel('fcip', 20).d.packets();
  let n = 0;
  const holed = dropped(whole, (p) => hasData(p) && p.from === 'target' && ++n === 30);
  assert.equal(foundIn(holed, 'fc-sync-lost'), []);
});

test('a header with a wrong copy of word 0 is not clean', () => {
  const { d, t } = tunnel();
  d.send('initiator', d.frame('initiator', { rCtl: RCtl.nop, type: 0 }), t, { versionCopy: 2 });
  const [finding] = foundIn(d.packets(), 'fc-header-unclean');
  assert.match(finding.text, /word 1 .* \(1\)/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-header-unclean'), []);
  assert.equal(foundIn(tunnel('ifcp').d.packets(), 'fc-header-unclean'), []);
});

test('an iFCP header CRC that is wrong, and flags that contradict the mode', () => {
  const { d, t } = tunnel('ifcp');
  d.send('initiator', d.frame('initiator', { rCtl: RCtl.nop, type: 0 }), t, {
    headerCrc: 0x12345678,
  });
  d.send('initiator', d.frame('initiator', { rCtl: RCtl.nop, type: 0 }), t + MS, {
    addressTransparent: 1,
  });
  const packets = d.packets();
  assert.match(foundIn(packets, 'ifcp-header-crc')[0].title, /of 1 iFCP frame is wrong/);
  assert.match(foundIn(packets, 'ifcp-flags')[0].text, /address translation mode; 1 frame/);
  const clean = tunnel('ifcp').d.packets();
  assert.equal(foundIn(clean, 'ifcp-header-crc'), []);
  assert.equal(foundIn(clean, 'ifcp-flags'), []);
});

test('damaged frames by CRC and by EOFni; a frame that snaplen cut is none', () => {
  const { d, t } = tunnel();
  const nop = { rCtl: RCtl.nop, type: 0 };
  d.send('initiator', d.frame('initiator', nop, pattern(64), { crcFault: 1 }), t);
  d.send('initiator', d.frame('initiator', nop, pattern(64), { eof: 0x49 }), t + MS);
  const packets = d.packets();
  const [finding] = foundIn(packets, 'fc-frame-damaged');
  assert.equal(finding.values, { crcBad: 1, invalid: 1, eofBad: 0 });
  const cut = packets.map((p) => ({
    ...p,
    bytes: p.bytes.slice(0, 120),
    originalLength: p.bytes.length,
  }));
  assert.is(foundIn(cut.slice(0, -6), 'fc-frame-damaged').length, 0);
});

test('a special frame that is missing, late or doubled; one each way is right', () => {
  const missing = new FcDialogue();
  let t = missing.login(missing.tcp.connect(0) + MS) + MS;
  missing.read(t, 0, 8);
  const [finding] = foundIn(missing.packets(), 'fcip-special-frame');
  assert.match(finding.title, /sent frames and no special frame/);
  const late = new FcDialogue();
  t = late.login(late.tcp.connect(0) + MS) + MS;
  late.special(t);
  assert.match(foundIn(late.packets(), 'fcip-special-frame')[0].title, /came behind 2 frames/);
  assert.equal(foundIn(tunnel().d.packets(), 'fcip-special-frame'), []);
});

test('a special frame that comes back changed', async () => {
  const [finding] = await foundInFile(SAN('fcip-link-cut'), 'fcip-special-frame-changed');
  assert.is(finding.severity, 'critical');
  assert.match(finding.text, /destination fabric name .* → 00:00:00:00:00:00:00:00/);
  assert.equal(finding.frames, [4, 5]);
  assert.equal(foundIn(tunnel().d.packets(), 'fcip-special-frame-changed'), []);
});

test('a link that is cut and comes back; one that is only closed', async () => {
  const [finding] = await foundInFile(SAN('fcip-link-cut'), 'fcip-link-flaps');
  assert.is(finding.severity, 'critical');
  assert.is(finding.values?.['exchangesOpen'], 1);
  const { d, t } = tunnel();
  d.tcp.close(t);
  assert.equal(foundIn(d.packets(), 'fcip-link-flaps'), []);
});

test('a CBIND that is refused, with both names', async () => {
  const [finding] = await foundInFile(SAN('ifcp-cbind-rejected'), 'ifcp-session-refused');
  assert.match(finding.title, /incompatible address translation mode/);
  assert.match(finding.text, /20:00:52:54:00:77:00:01 to 20:00:52:54:00:77:00:02/);
  assert.equal(foundIn(tunnel('ifcp').d.packets(), 'ifcp-session-refused'), []);
});

/** LTEST agreed every 5 s; they come, but for those left out. */
function withLtest(without: (n: number) => boolean): FcDialogue {
  const d = new FcDialogue('ifcp');
  const t = d.tcp.connect(0) + MS;
  d.cbind(t, 0, 5);
  d.login(t + MS);
  for (let n = 0; n < 8; n++) if (!without(n)) d.ltest(t + (n + 1) * 5 * S, n, 5);
  d.unbind(t + 42 * S);
  return d;
}

test('LTEST that stops, or whose COUNT jumps', () => {
  const [finding] = foundIn(withLtest((n) => n >= 4).packets(), 'ifcp-liveness-lost');
  assert.match(finding.title, /No LTEST for 22\.0 s, where one was due every 5 seconds/);
  const [jump] = foundIn(withLtest((n) => n === 4).packets(), 'ifcp-liveness-lost');
  assert.match(jump.title, /COUNT of LTEST jumps/);
  assert.equal(foundIn(withLtest(() => false).packets(), 'ifcp-liveness-lost'), []);
});

test('frames before a CBIND, and after an UNBIND', () => {
  const before = new FcDialogue('ifcp');
  const t = before.login(before.tcp.connect(0) + MS) + MS;
  before.cbind(t);
  assert.is(foundIn(before.packets(), 'ifcp-outside-session')[0].count, 4);
  const after = tunnel('ifcp');
  after.d.unbind(after.t);
  after.d.read(after.t + MS, 0, 8);
  assert.is(foundIn(after.d.packets(), 'ifcp-outside-session').length, 1);
  const right = tunnel('ifcp');
  right.d.unbind(right.t);
  assert.equal(foundIn(right.d.packets(), 'ifcp-outside-session'), []);
});

test('frames that are 3.5 s old; a second is not too old', async () => {
  const [finding] = await foundInFile(SAN('fcip-stale'), 'fc-frame-too-old');
  assert.is(finding.count, 20);
  assert.match(finding.title, /3\.50 s late/);
  assert.is((await foundInFile(SAN('fcip-vm-1500-stream'), 'fc-frame-too-old')).length, 0);
});

test('the age from which on frames are told can be chosen, and R_A_TOV/2 stays what it is', async () => {
  const told = async (fcAgeLimitNs: number) => {
    const collector = new Collector(1);
    const options = { ...collector.sinks(), fcAgeLimitNs };
    const report = collector.report(await analyse([SAN('fcip-stale')], options));
    return report.findings.filter(({ id }) => id === 'fc-frame-too-old');
  };
  assert.equal(await told(4 * S), []);
  const [finding] = await told(3 * S);
  assert.is(finding.count, 20);
  assert.match(finding.text, /older than 3\.00 s against/);
  assert.is((await told(100 * MS))[0].count >= 20, true);
});

/** Reads whose frames are stamped by clocks that are ahead by so much. */
async function stamped(initiatorAheadNs: number, targetAheadNs: number, id: string) {
  const d = new FcDialogue();
  const t = d.tcp.connect(0) + MS;
  const epoch = 1_700_000_000;
  const stamp = (ns: number) => {
    const seconds = Math.floor(ns / S);
    return {
      timeStampSeconds: epoch + 2_208_988_800 + seconds,
      timeStampFraction: Math.floor(((ns - seconds * S) * 2 ** 32) / S),
    };
  };
  for (let i = 0; i < 10; i++) {
    const at = t + i * 10 * MS;
    d.header = stamp(at + initiatorAheadNs - 20_000);
    const oxId = d.cmnd(at, '00', 0);
    d.header = stamp(at + MS + targetAheadNs - 20_000);
    d.rsp(at + MS, oxId);
  }
  const packets = d.packets().map((p) => ({ ...p, timeNs: p.timeNs + epoch * S }));
  return told(await reportOf(temporaryFile(pcapFile(packets))), id);
}

test('clocks that differ by 250 ms, by the two directions; a road of 8 ms does not tell', async () => {
  const [finding] = await stamped(0, 250 * MS, 'fc-clocks-disagree');
  assert.match(finding.title, /differ by about 250 ms/);
  assert.match(finding.text, /that of who accepted it is ahead/);
  const [other] = await stamped(3 * S, 0, 'fc-clocks-disagree');
  assert.match(other.text, /that of who opened the connection is ahead/);
  assert.equal(await stamped(0, 8 * MS, 'fc-clocks-disagree'), []);
  // The capture's own clock is the same for both directions.
  assert.equal(await stamped(5 * S, 5 * S, 'fc-clocks-disagree'), []);
});

test('frames without a time stamp', async () => {
  assert.match(
    foundIn(tunnel().d.packets(), 'fc-time-missing')[0].title,
    /No frame has a time stamp/,
  );
  assert.equal(await foundInFile(SAN('fcip-vm-1500-stream'), 'fc-time-missing'), []);
});

test('a command that is aborted, by what was missing', async () => {
  const [finding] = await foundInFile(SAN('fcip-zoo'), 'fc-exchange-aborted');
  assert.is(finding.count, 2);
  assert.match(finding.text, /nothing had come back/);
  assert.match(finding.text, /BA_ACC ended 1, BA_RJT refused 1/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-exchange-aborted'), []);
});

test('a read of which a frame never came is aborted for it, and the frame was lost before the tunnel', () => {
  const { d, t } = tunnel();
  const oxId = d.cmnd(t, '28000000000000001000', 8192, { readData: 1 });
  for (const cnt of [0, 2, 3]) {
    d.data('target', t + MS + cnt, oxId, cnt * 2048, 2048, {
      seqCnt: cnt,
      seqId: 1,
      endSequence: cnt === 3 ? 1 : 0,
    });
  }
  d.rec(t + 2 * S, oxId);
  d.abts(t + 3 * S, oxId);
  d.cmnd(t + 4 * S, '28000000000000001000', 8192, { readData: 1 });
  const packets = d.packets();
  const [finding] = foundIn(packets, 'fc-exchange-aborted');
  assert.match(finding.title, /frames of its data never came/);
  assert.match(finding.text, /2 KiB from offset 2048 on are missing, 1 frame by SEQ_CNT/);
  assert.match(finding.text, /1 were sent again/);
  assert.is(finding.owes, 'network');
  const [lost] = foundIn(packets, 'fc-frames-lost');
  assert.match(lost.title, /1 frame lost before the tunnel/);
  const [recovery] = foundIn(packets, 'fc-recovery');
  assert.match(recovery.title, /1 REC and 0 SRRs/);
  const well = tunnel('fcip', 20).d.packets();
  assert.equal(foundIn(well, 'fc-frames-lost'), []);
  assert.equal(foundIn(well, 'fc-recovery'), []);
  // What the capture lost is not said to be lost before the tunnel.
  let n = 0;
  const holed = dropped(well, (p) => hasData(p) && p.from === 'target' && ++n === 30);
  assert.equal(foundIn(holed, 'fc-frames-lost'), []);
});

test('an FCP_XFER_RDY whose data does not come, aborted; one that is answered', async () => {
  const [finding] = await foundInFile(SAN('fcoe-loss-ini'), 'fc-burst-unanswered');
  assert.is(finding.count, 5);
  assert.match(finding.text, /BA_ACC ended 5/);
  assert.is(finding.values?.['repeated'], 5);
  const { d, t } = tunnel();
  d.write(t, 0, 4);
  assert.equal(foundIn(d.packets(), 'fc-burst-unanswered'), []);
});

test('commands that a new PLOGI ends', async () => {
  const [finding] = await foundInFile(SAN('fcip-link-cut'), 'fc-exchanges-lost');
  assert.is(finding.count, 1);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-exchanges-lost'), []);
});

test('a frame that is larger than its receiver takes', () => {
  const d = new FcDialogue();
  let t = d.tcp.connect(0) + MS;
  d.special(t);
  t = d.login(t + MS, {}, 1024) + MS;
  d.read(t, 0, 8);
  const [finding] = foundIn(d.packets(), 'fc-frame-too-large');
  assert.match(finding.title, /Frames of 2 KiB, where 1 KiB were agreed/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-frame-too-large'), []);
});

test('writes whose data comes before any FCP_XFER_RDY: all of them are a gateway’s doing, one is the host’s', () => {
  const writes = (early: (i: number) => boolean, prli = {}) => {
    const d = new FcDialogue();
    let t = d.tcp.connect(0) + MS;
    d.special(t);
    t = d.login(t + MS, prli) + MS;
    for (let i = 0; i < 6; i++) t = d.write(t, i * 4, 4, early(i)) + MS;
    return d.packets();
  };
  const all = writes(() => true);
  assert.match(foundIn(all, 'fc-write-acceleration')[0].text, /6 of 6 writes/);
  assert.equal(foundIn(all, 'fc-first-burst'), []);
  const one = writes((i) => i === 3);
  assert.match(foundIn(one, 'fc-first-burst')[0].title, /1 write sent data before/);
  assert.equal(foundIn(one, 'fc-write-acceleration'), []);
  const agreed = writes(() => true, { writeXferRdyDisabled: 1 });
  assert.equal(foundIn(agreed, 'fc-write-acceleration'), []);
  assert.equal(foundIn(agreed, 'fc-first-burst'), []);
});

test('a PLOGI that is refused, and accepted later; a PRLI that is not', async () => {
  const [later] = await foundInFile(SAN('fcip-link-cut'), 'fc-login-refused');
  assert.is(later.severity, 'note');
  assert.match(later.title, /PLOGI refused: logical busy/);
  const [finding] = await foundInFile(SAN('fcip-zoo'), 'fc-login-refused');
  assert.is(finding.severity, 'critical');
  assert.match(finding.title, /PRLI refused: logical error, N_Port login required/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-login-refused'), []);
});

test('a frame of class 2 that is rejected, with its reason', () => {
  const { d, t } = tunnel();
  const oxId = d.cmnd(t, '00', 0);
  const parameter = new DataView(new ArrayBuffer(24));
  set(parameter, 0, rejectParameter.reason, 0x16);
  const header = { rCtl: RCtl.pRjt, type: 0, oxId, parameter: parameter.getUint32(20) };
  d.send('target', d.frame('target', header), t + MS);
  const [finding] = foundIn(d.packets(), 'fc-class2');
  assert.match(finding.text, /login required/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-class2'), []);
});

test('an RSCN, and who reacted to it', () => {
  const { d, t } = tunnel();
  const rscn = concat(filled({}, 0, {}), Uint8Array.of(Els.rscn, 4, 0, 8, 0, 0x02, 0x14, 0x00));
  const fabric = { sourceId: 0xfffffd, destinationId: INITIATOR, exchangeResponder: 0 };
  d.els('target', t, rscn, { ...fabric, rCtl: RCtl.elsRequest, oxId: 0x900 });
  const adisc = new Uint8Array(28);
  adisc[0] = Els.adisc;
  d.els('initiator', t + 5 * MS, adisc, { oxId: 0x901, destinationId: TARGET });
  const [finding] = foundIn(d.packets(), 'fc-state-change');
  assert.match(finding.title, /of a change: 02\.14\.00/);
  assert.match(finding.text, /reacted after 5\.00 ms: ADISC/);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-state-change'), []);
});

/** PLOGIs to one port, of which none is answered, or the third. */
function unansweredPlogi(answered: boolean): FcDialogue {
  const d = new FcDialogue();
  const t = d.tcp.connect(0) + MS;
  d.special(t);
  const login = (command: number) => {
    const portName = '2000000000000001';
    return filled(elsLogin, PLOGI_BYTES, { command, portName, receiveDataFieldSize: 2048 });
  };
  for (let i = 0; i < 4; i++) {
    d.els('initiator', t + (1 + i * 5) * S, login(Els.plogi), { oxId: 1 + i });
  }
  if (answered) d.els('target', t + 17 * S, login(Els.lsAcc), { oxId: 4 });
  return d;
}

test('a PLOGI that nobody answers; one that is answered in the end', () => {
  const [finding] = foundIn(unansweredPlogi(false).packets(), 'fc-login-unanswered');
  assert.is(finding.owes, 'unknown');
  assert.match(finding.title, /^PLOGI of 01\.0a\.00 to 02\.14\.00 is not answered$/);
  assert.is(finding.count, 4);
  assert.equal(foundIn(unansweredPlogi(true).packets(), 'fc-login-unanswered'), []);
  assert.equal(foundIn(tunnel().d.packets(), 'fc-login-unanswered'), []);
});

/** A read that waits when its target says LOGO, or when nobody does; then a new login. */
function loggedOut(logo: boolean): FcDialogue {
  const { d, t } = tunnel();
  d.cmnd(t, cdb10('28', 64, 4), 2048, { readData: 1 });
  const says = { rCtl: RCtl.elsRequest, oxId: 0x900, exchangeResponder: 0 };
  const from = { sourceId: TARGET, destinationId: INITIATOR };
  if (logo) {
    d.els('target', t + 10 * MS, filled(elsReject, 16, { command: Els.logo }), {
      ...says,
      ...from,
    });
  }
  d.login(t + 3 * S);
  return d;
}

test('commands that a LOGO ended are its sender’s; without one nobody is named', () => {
  const [logo] = foundIn(loggedOut(true).packets(), 'fc-exchanges-lost');
  assert.is(logo.owes, 'target');
  assert.match(logo.text, /The target had logged out \(LOGO, frame \d+\)/);
  assert.is(foundIn(loggedOut(false).packets(), 'fc-exchanges-lost')[0].owes, 'unknown');
});

test('frames without a time stamp are a note where commands are answered', () => {
  const told = foundIn(tunnel('ifcp').d.packets(), 'fc-time-missing');
  assert.is(told[0].severity, 'note');
  const { packets } = { packets: tunnel('ifcp', 0).d.packets() };
  assert.is(foundIn(packets, 'fc-time-missing')[0].severity, 'warning');
});

test.run();

// Where there is little room what matters most stays; TCP is told of tunnels, too.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LivePicture } from '../../src/case/live.js';
import type { LiveEvent } from '../../src/report/events/event.js';
import { captureOf, open, Screens } from '../support/ui.js';

test('TCP of a tunnel of Fibre Channel, by who opened it', async () => {
  const ui = await open('san/fcip-zoo.pcap.gz', 60, 24);
  ui.press('6');
  assert.match(ui.text(), /TCP of C0 {2}192\.0\.2\.1 → 198\.51\.100\.1, FCIP, 102 frames/);
  assert.match(ui.text(), /opener +97 +5\.69 KiB/);
  assert.match(ui.text(), /other side +99 +9\.71 KiB/);
  assert.match(ui.text(), /other side ACKs in/);
  assert.match(ui.text(), /● C0 .* FCIP, 102 frames, fin/);
});

test('an event of TCP at 60 columns: how long it waited is whole, its reason behind it', async () => {
  const narrow = await open('tgt-stalls-two-seconds.pcap.gz', 60, 24);
  narrow.press('6');
  assert.match(
    narrow.text(),
    /waited +bytes *\n +0\.997969 retransmission initiator +7\.72 ms +1\.17 KiB/,
  );
  const wide = await open('tgt-stalls-two-seconds.pcap.gz', 100, 24);
  wide.press('6');
  assert.match(wide.text(), /initiator as a probe +7\.72 ms +1\.17 KiB {2}frame 1102/);
});

test('a field of a PDU at 60 columns: what its value means is whole', async () => {
  const ui = await open('tgt-stalls-two-seconds.pcap.gz', 60, 15);
  ui.press('2', 'Enter', 'Down', 'Enter');
  await ui.detailed();
  assert.match(ui.text(), /Opcode +0x21 {2}SCSI Response$/m);
});

const EVENT = {
  event: 1,
  kind: 'stall',
  severity: 'warning',
  text: 'nothing answered for 1.00 s: 4 commands wait, of which two are writes',
  fromNs: 1e9,
  durationNs: 1e9,
} as LiveEvent;

test('events at 60 columns: what happened before how long, and its rest in the status line', async () => {
  const picture = new LivePicture(() => {});
  picture.tell(EVENT);
  const capture = captureOf('tgt-stalls-two-seconds.pcap.gz');
  const narrow = await new Screens([capture], 60, 15, picture).load();
  narrow.press('7');
  const [, shown = ''] = /! +(nothing answered for .*)…/.exec(narrow.text()) ?? [];
  const rest = EVENT.text.slice(shown.length);
  assert.ok(
    shown.length > 30 && rest.startsWith(/^ … (\S.*?) {2}/m.exec(narrow.text())?.[1] ?? '-'),
  );
  assert.not.match(narrow.text(), /lasted/);
  const wide = await new Screens([capture], 120, 15, picture).load();
  wide.press('7');
  assert.match(wide.text(), /lasted/);
  assert.match(wide.text(), /two are writes +1\.00 s/);
});

test.run();

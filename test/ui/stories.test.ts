// Stories: open this capture, press these keys, expect these rows.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { open, Screens } from '../support/ui.js';

test('the overview says what was captured, who talked, and what looks wrong', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  assert.match(ui.row(/commands /), /57 completed/);
  assert.match(ui.text(), /S0 {3}iqn\.2008-11\.org\.linux-kvm → iqn\.2024-01\.org\.example:disk/);
  assert.match(ui.text(), /What looks wrong/);
  assert.match(ui.rows()[29], /\? help/);
});

test('from the slowest command to the bit: list, ladder, PDU, field in the bytes', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 160, 40);
  ui.press('2', 's', ...Array(3).fill('Down'), 'Enter');
  assert.match(ui.rows()[1], /57 commands {2}by latency, largest first/);
  assert.match(ui.selected(), /WRITE\(10\) .* 8\.25 ms/);
  ui.press('Enter');
  assert.match(ui.text(), /WRITE\(10\) LBA 1792, 256 blocks/);
  assert.match(ui.text(), /✓ good in 8\.25 ms/);
  assert.match(ui.text(), /\+345 µs .*◀─+ R2T ─+│ R2T 1 wants 64 KiB at 8192/);
  assert.match(ui.row(/R2T to data/), /▓ command to R2T .*▒ R2T to data/);
  // A burst is one row, or each of its PDUs.
  assert.match(ui.text(), /Data-Out ×8 .* 64 KiB at 8192, for R2T 1 after 1\.79 ms/);
  const joined = ui.rows().filter((row) => /│.*[▶◀]|◀.*│/.test(row)).length;
  ui.press('v');
  const each = ui.rows().filter((row) => /│.*[▶◀]|◀.*│/.test(row)).length;
  assert.is(joined, 6);
  assert.is(each, 19);
  ui.press('v');
  ui.press('Enter');
  await ui.detailed();
  assert.match(ui.row(/Opcode/), /0x01 {2}SCSI Command/);
  assert.match(ui.row(/^ {9}4 {2}TotalAHSLength/), /│/);
  ui.press('Esc', 'Esc');
  assert.match(ui.rows()[1], /57 commands/);
});

test('on a PDU Tab goes to the next PDU of its command', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'G', 'Enter', 'Enter');
  await ui.detailed();
  assert.match(ui.rows()[0], /PDU 1 of 2/);
  ui.press('Tab');
  await ui.detailed();
  assert.match(ui.rows()[0], /PDU 2 of 2/);
  assert.match(ui.rows()[1], /target → initiator {2}SCSI Response/);
});

test('on a PDU bytes are searched too, as hex digits', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 160, 40);
  ui.press('2', 'G', 'Enter', 'Enter');
  await ui.detailed();
  ui.press('/', '4bd077a9', 'Enter');
  assert.is(ui.controller.state.message, '');
  const { at } = ui.controller.state.views.at(-1)!;
  assert.match(ui.rows()[2 + at], /24-27 {2}CmdSN/);
  ui.press('/', 'ffee77', 'Enter');
  assert.match(ui.rows()[39], /not found/);
});

test('a filter picks commands, and one that is wrong points at what is', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'F7', 'latency > 5ms', 'Enter');
  assert.match(ui.rows()[1], /\d+ of 57 commands {2}filter: latency > 5ms/);
  const shown = ui.rows().filter((row) => /WRITE\(10\)/.test(row));
  assert.ok(shown.length > 0 && shown.every((row) => / [5-9]\.\d\d ms /.test(row)));
  ui.press('f', '\x15', 'latincy > 5ms', 'Enter');
  assert.is(ui.controller.state.dialog?.kind, 'input');
  const { dialog } = ui.controller.state;
  assert.match(dialog?.kind === 'input' ? dialog.error : '', /did you mean latency/);
  assert.is(dialog?.kind === 'input' ? dialog.errorAt : -1, 0);
  ui.press('Esc', 'c');
  assert.match(ui.rows()[1], /^ 57 commands {2}by time/);
});

test('Tab completes names of fields and values of codes', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  const text = (): string => {
    const { dialog } = ui.controller.state;
    return dialog?.kind === 'input' ? dialog.text : '';
  };
  ui.press('2', 'f', 'outc', 'Tab', ' == ', 'chec', 'Tab');
  assert.is(text(), 'outcome == "check condition"');
  ui.press('Enter');
  assert.match(ui.rows()[1], /1 of 57 commands/);
});

test('search goes round the rows with n and N, and says where there is nothing', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', '/', 'SYNCHRONIZE', 'Enter');
  const first = ui.selected();
  assert.match(first, /SYNCHRONIZE/);
  ui.press('n');
  assert.match(ui.selected(), /SYNCHRONIZE/);
  assert.is.not(ui.selected(), first);
  ui.press('N');
  assert.is(ui.selected(), first);
  ui.press('/', 'no such thing', 'Enter');
  assert.match(ui.rows()[29], /not found: no such thing/);
});

test('marks, and two commands compared', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 120, 40);
  ui.press('2', 'x');
  assert.match(ui.rows()[39], /mark two commands first/);
  ui.press('Space', 'j', 'Space', 'x');
  assert.match(ui.rows()[0], /compared/);
  assert.match(ui.row(/operation/), /≠ operation +TEST UNIT READY +INQUIRY/);
  assert.match(ui.row(/latency/), /92\.0 µs +54\.0 µs/);
});

test('replay: nothing after the cursor is shown, ladders grow, steps go by PDU', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', '@', ':', '1.0025s', 'Enter');
  assert.match(ui.rows()[1], /11 of 57 commands/);
  ui.press('G');
  assert.match(ui.selected(), /WRITE\(10\) +0 +512 KiB +605 µs… … running/);
  assert.match(ui.rows()[28], /1 outstanding \(0 R, 1 W\)/);
  ui.press('Enter');
  const before = ui.rows().filter((row) => row.includes('│')).length;
  assert.match(ui.text(), /… open for 605 µs/);
  ui.press('.');
  assert.match(ui.rows()[29], /frame \d+/);
  ui.press('.', '.', '.');
  assert.ok(ui.rows().filter((row) => row.includes('│')).length >= before);
  ui.press('z');
  assert.match(ui.text(), /✓ good in 2\.96 ms/);
});

test('`:` moves and hides nothing: lists, ladder, time axis; and the time of day', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press(':', '1.0025s', 'Enter');
  assert.match(ui.rows()[1], / 57 commands {2}by time/);
  assert.match(ui.selected(), /1\.001895 .*WRITE\(10\)/);
  assert.match(ui.rows()[29], /at 1\.002500 s +11\/57/);
  ui.press('Enter', ':', '1.0045s', 'Enter');
  assert.match(ui.rows()[0], /command 0x/);
  assert.match(ui.selected(), /Data-Out|R2T/);
  ui.press('2', 'f', 'write', 'Enter', ':', '21:28:20.238', 'Enter');
  assert.match(ui.rows()[1], /26 of 57 commands {2}filter: write/);
  assert.match(ui.selected(), /2\.020\d+ .*WRITE/);
  ui.press('s', 'Down', 'Down', 'Down', 'Enter', ':', '1.0025', 'Enter');
  assert.match(ui.selected(), /1\.00\d+ .*WRITE/);
  ui.press(':', '99s', 'Enter');
  assert.match(ui.rows()[29], /which is the end: 99\.000000 s is behind it/);
  ui.press('4', ':', '2.02s', 'Enter');
  assert.match(ui.rows()[0], /time, 763 ms of it/);
  assert.match(ui.text(), /└1\.7 s +└1\.8 s .*└2\.0 s/);
  ui.press(':', 'nonsense', 'Enter');
  assert.match(JSON.stringify(ui.controller.state.dialog), /a time has a unit/);
});

test('at the cursor totals are those up to it, of all and of each session', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 100, 40);
  assert.match(ui.row(/S1 .*→/), /logout/);
  ui.press(':', '2.0255s', 'Enter', '@', ':', '2.0255s', 'Enter', '1');
  assert.match(ui.row(/so far/), /3\d of 57 commands · \d+ ended · .* read · .* written/);
  assert.match(ui.row(/Capture/), /whole of it/);
  const at = ui.rows().findIndex((row) => / S0 /.test(row));
  assert.match(ui.rows()[at + 1], /13 of 13 commands/);
  assert.match(ui.rows()[at + 2], /S1 .*disk$/);
  assert.match(ui.rows()[at + 3], /19 of 26 commands · 7 outstanding/);
  assert.match(ui.rows()[at + 4], /S2 .*not begun/);
  const before = ui.row(/so far/);
  // There and back again.
  ui.press(':', '3s', 'Enter', ':', '2.0255s', 'Enter');
  assert.is(ui.row(/so far/), before);
  ui.press(':', '4s', 'Enter');
  assert.match(ui.row(/so far/), /57 of 57 commands · 57 ended/);
});

test('the session page has counters, and leads to its commands and those of a LUN', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 100, 120);
  ui.press('/', 'S1 ', 'Enter', 'Enter');
  assert.match(ui.rows()[0], /› S1 /);
  assert.match(ui.row(/scsicmd_pdus/), /scsicmd_pdus +26 /);
  assert.match(ui.text(), /r2t_pdus +\d+/);
  assert.match(ui.text(), /login +accepted/);
  ui.press('/', 'its 26 commands', 'Enter', 'Enter');
  assert.match(ui.rows()[1], /26 of 57 commands {2}filter: session == 1/);
  ui.press('Esc', '/', 'LUN  device', 'Enter', 'j', 'Enter');
  assert.match(ui.rows()[1], /26 of 57 commands {2}filter: session == 1 and lun == "0{16}"/);
});

test('a finding leads to its proof: the packet, the PDU, the field', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 140, 50);
  ui.press('/', '3 times: StatSN', 'Enter', 'Enter');
  assert.match(ui.rows()[0], /finding: statsn-gap/);
  assert.match(ui.text(), /What to do next\n.*newer target software/);
  assert.match(ui.row(/frame 2,748 .*◀─/), /SCSI Response +WRITE\(10\) {2}statSN/);
  ui.press('/', 'frame 2,748 ', 'Enter', 'n', 'Enter');
  await ui.detailed();
  assert.match(ui.rows()[0], /PDU 19 of 19/);
  const { at } = ui.controller.state.views.at(-1)!;
  assert.match(ui.rows()[2 + at], /24-27 {2}StatSN +17/);
});

test('findings that differ only in whom they concern are told once, and lead to each', async () => {
  const ui = await open('tgt-header-digest.pcap.gz', 100, 90);
  const titles = ui.rows().filter((row) => /^ {2}(· note|! warning|‼ critical) /.test(row));
  assert.is(new Set(titles).size, titles.length);
  ui.press('/', '· note', 'Enter', 'Enter');
  assert.match(ui.rows()[0], /finding: /);
  assert.match(ui.text(), /Proof/);
});

test('the strip chart: closer, along, a click sets the cursor, and all of it again', async () => {
  const ui = await open('tgt-mixed-load.pcap.gz');
  ui.press('4', '\x1b[C');
  assert.match(ui.rows()[29], /Enter looks closer/);
  ui.press('Enter');
  assert.match(ui.rows()[0], /time, 539 ms of it/);
  const axis = ui.row(/└/);
  ui.press('\x1b[C');
  assert.is.not(ui.row(/└/), axis);
  ui.press('[');
  assert.is(ui.row(/└/), axis);
  ui.press('\x1b[<0;60;10M');
  assert.match(ui.rows()[28], /‖ ×1 1\.\d+ s/);
  assert.match(ui.text(), /┊/);
  ui.press('a');
  assert.match(ui.rows()[0], /› time /);
});

test('latency: the busiest first, histogram in sight, then whose time it was and all operations', async () => {
  const ui = await open('tgt-mixed-load.pcap.gz');
  ui.press('3');
  assert.match(ui.rows()[1], /the 9 of 55 that took most time; all of them below/);
  assert.match(ui.text(), /Histogram/);
  const busiest = ui.rows()[3];
  assert.match(busiest, /S6 +1 +WRITE\(10\)/);
  ui.press('/', 'Where the time went', 'Enter');
  assert.match(ui.selected(), /who owed the next move/);
  ui.press('/', 'Access', 'Enter', 'G');
  assert.match(ui.text(), /S0 +1 +READ CAPACITY\(16\)/);
  ui.press('g', 'j', 'j', 'Enter');
  assert.match(ui.rows()[0], /latency of WRITE\(10\)/);
  assert.match(ui.text(), /Histogram {2}S6, WRITE\(10\) of LUN 1; 24 with a known latency/);
});

test('where there is nothing every screen says so', async () => {
  const path = new URL('../../captures/tgt-login-not-allowed.pcap', import.meta.url).pathname;
  const ui = await new Screens([path], 80, 24).load();
  ui.press('2');
  assert.match(ui.text(), /no SCSI command is in this capture/);
  ui.press('3');
  assert.match(ui.text(), /no commands/);
  ui.press('4');
  assert.match(ui.text(), /no SCSI command is in this capture/);
  const some = await open('istgt-many-r2ts.pcap.gz');
  some.press('2', 'f', 'latency > 100s', 'Enter');
  assert.match(some.text(), /none is as the filter wants/);
});

test('TCP of a connection: what held whose bytes back, and the command that waited', async () => {
  const ui = await open('tgt-reordered.pcap.gz');
  ui.press('6');
  assert.match(ui.row(/^ {2}target /), /1,910 +2\.58 MiB +57 +102/);
  assert.match(ui.row(/zero window {2}/), /target +555 µs +frame 119/);
  // A hole and the segment that filled it are one thing.
  assert.not.match(ui.text(), /hole filled/);
  ui.press('/', 'out of order ', 'Enter', 'Enter');
  assert.match(ui.text(), /READ\(10\) LBA/);
});

test('what is sorted by is shown, and the status line has what of a row does not fit', async () => {
  const ui = await open('tgt-reordered.pcap.gz');
  ui.press('2');
  assert.not.match(ui.rows()[2], /TCP wait/);
  ui.press('s', 'Down', 'Down', 'Down', 'Down', 'Enter');
  assert.match(ui.rows()[2], /▼TCP wait/);
  ui.press('Enter', 'j');
  assert.match(ui.selected(), /out of order ×59.*…$/);
  assert.match(ui.rows()[29], /^ … .*6\.0 µs/);
  ui.press('k');
  assert.match(ui.rows()[29], /\? help/);
});

test('jumps to logins and gaps go both ways', async () => {
  const ui = await open('tgt-mid-stream.pcap.gz');
  ui.press('d');
  assert.match(ui.rows()[29], /not whole: SCSI Data-In/);
  const first = ui.rows()[28];
  ui.press('d');
  assert.is.not(ui.rows()[28], first);
  ui.press('D');
  assert.is(ui.rows()[28], first);
  const logins = await open('istgt-many-r2ts.pcap.gz');
  logins.press('i', 'i', 'i');
  assert.match(logins.rows()[28], /2\.04\d+ s/);
  logins.press('I');
  assert.match(logins.rows()[28], /1\.019\d+ s/);
  logins.press('I', 'I');
  assert.match(logins.rows()[29], /no login before this time/);
});

test('what is exported is what is looked at', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 100, 60);
  ui.press('/', 'S1 ', 'Enter', 'Enter', 'w', 's1.json', 'Enter');
  const records = JSON.parse(ui.saved.get('s1.json') ?? '[]') as { session: number }[];
  assert.is(records.length, 26);
  assert.ok(records.every((record) => record.session === 1));
  ui.press('2', 'w', 'all.csv', 'Enter');
  const [head, first] = (ui.saved.get('all.csv') ?? '').split('\r\n');
  assert.match(head, /^command,relativeNs,time,frame,/);
  assert.match(first, /^0,\d+,2026-11-23T/);
});

test('a filter takes the other names of -Y too, and is completed after and', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'f', 'scsi.status == 0 and ', 'lat', 'Tab', ' > 5ms', 'Enter');
  assert.match(ui.rows()[1], /8 of 57 commands {2}filter: scsi\.status == 0 and latency > 5ms/);
});

test('what does not fit ends in an ellipsis', async () => {
  const ui = await open('tgt-killed-and-back.pcap.gz', 80, 24);
  ui.press('4');
  assert.match(ui.row(/Enter looks closer/), /…$/);
});

test('where names are too long their ends stay, and how the session ended', async () => {
  const ui = await open('tgt-killed-and-back.pcap.gz', 80, 40);
  assert.match(ui.row(/S1 .*→/), /linux-kvm → ….*example:disk {2}login unanswered$/);
});

test('replay plays at its speed, pauses, and stops at the end', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('p').wait(500);
  assert.match(ui.rows()[28], /▶ ×1 0\.500\d+ s/);
  ui.press('p').wait(500);
  assert.match(ui.rows()[28], /‖ ×1 0\.500\d+ s/);
  ui.press('+', 'p').wait(1000);
  assert.match(ui.rows()[28], /‖ ×10 3\.05\d+ s/);
});

test('jumps: to the next command that failed, and to slow ones', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'G', 'E');
  assert.match(ui.selected(), /! check condition/);
  ui.press('o');
  assert.match(ui.rows()[29], /slow command at frame/);
  ui.press('g', 'E');
  assert.match(ui.rows()[29], /no failed command before this one/);
});

test('two logins side by side show where they differ', async () => {
  const ui = await open('tgt-chap.pcap', 140, 50);
  ui.press('5');
  assert.match(ui.text(), /Parameters/);
  assert.not.match(ui.text(), /CHAP_R +0x[0-9a-f]{8}/);
});

test('exports: the screen as text, commands as JSON and CSV', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'w', 'a.csv', 'Enter', 'w', 'a.json', 'Enter', 'w', 'a.txt', 'Enter');
  assert.is(ui.saved.get('a.csv')?.trim().split('\n').length, 58);
  assert.is(JSON.parse(ui.saved.get('a.json') ?? '').length, 57);
  assert.match(ui.saved.get('a.txt') ?? '', /WRITE\(10\)/);
  ui.press('w', 'a.doc', 'Enter');
  const { dialog } = ui.controller.state;
  assert.match(dialog?.kind === 'input' ? dialog.error : '', /must end in/);
});

test('copy, clicks on rows and heads, the wheel', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'y');
  assert.match(ui.copied[0], /TEST UNIT READY/);
  ui.press('\x1b[<0;20;8M');
  assert.is(ui.controller.state.views.at(-1)?.at, 4);
  ui.press('\x1b[<0;20;8M');
  assert.match(ui.rows()[0], /command 0x/);
  ui.press('Esc', '\x1b[<65;1;10M');
  assert.is(ui.controller.state.views.at(-1)?.top, 3);
  const at = ui.rows()[2].indexOf('latency') + 1;
  ui.press(`\x1b[<0;${at};3M`);
  assert.match(ui.rows()[1], /by latency, largest first/);
  const tab = ui.rows()[0].indexOf('5 Logins') + 1;
  ui.press(`\x1b[<0;${tab};1M`);
  assert.match(ui.rows()[0], /logins of S0 and S1/);
});

test('a small terminal shows the same with fewer columns, and all comes back when it grows', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2');
  ui.screen.resize(60, 15);
  ui.controller.dispatch({ kind: 'resize', columns: 60, rows: 15 });
  ui.settle();
  assert.match(ui.rows()[0], /› commands +1 2 Commands {2}3 4 5 6$/);
  assert.match(ui.text(), /time operation +latency outcome/);
  assert.match(ui.rows()[14], /^ \? help/);
  ui.press('s');
  ui.press('G', 'Esc', '1');
  ui.screen.resize(80, 24);
  ui.controller.dispatch({ kind: 'resize', columns: 80, rows: 24 });
  ui.settle();
  assert.match(ui.text(), /Sessions/);
});

test('only lines that changed are written, all in one synchronized update', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'j');
  const before = ui.screen.linesWritten;
  ui.written = '';
  ui.press('j');
  // The row that was selected, the one that is, and the place in the status line.
  assert.is(ui.screen.linesWritten - before, 3);
  assert.ok(ui.written.startsWith('\x1b[?2026h') && ui.written.endsWith('\x1b[?2026l'));
  assert.not.ok(['\x1b[J', '\x1b[2J', '\x1b[3J'].some((erase) => ui.written.includes(erase)));
  ui.written = '';
  ui.controller.draw();
  assert.is(ui.written, '');
});

test('screens of a capture without iSCSI, and of one that cannot be read', async () => {
  const none = new Screens(['/nonexistent.pcap'], 80, 24);
  let failed = '';
  await none.load().catch((error: Error) => {
    failed = error.message;
  });
  assert.match(failed, /nonexistent/);
});

test('every screen of every size draws lines of just its width', async () => {
  for (const [columns, rows] of [
    [80, 24],
    [133, 41],
    [200, 60],
  ]) {
    const ui = await open('tgt-mixed-load-snaplen160.pcap.gz', columns, rows);
    for (const key of ['1', '2', '3', '4', '5', '6', '2']) {
      ui.press(key);
      for (const row of ui.rows()) assert.ok(row.length <= columns, `${key}: ${row.length}`);
    }
    ui.press('Enter', 'Enter');
    await ui.detailed();
    for (const row of ui.rows()) assert.ok(row.length <= columns);
  }
});

test('names of operations are abbreviated before they are cut at their end', async () => {
  const ui = await open('tgt-libiscsi-scsi-tests.pcap.gz', 80, 24);
  ui.press('2');
  assert.match(ui.row(/READ KEYS/), /PR IN: READ KEYS /);
});

test('what each connection of a session agreed on says whose it is', async () => {
  const ui = await open('istgt-three-connections.pcap.gz', 120, 60);
  ui.press('Enter', 'G');
  for (const name of ['C0', 'C1', 'C2']) {
    assert.match(ui.row(new RegExp(`HeaderDigest of ${name} `)), /negotiated/);
  }
});

test('a file that is there is replaced only when Enter is pressed once more', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', 'w', 'x.csv', 'Enter');
  const first = ui.saved.get('x.csv');
  ui.press('f', 'write', 'Enter', 'w', 'x.csv', 'Enter');
  assert.is(ui.saved.get('x.csv'), first);
  ui.press('Enter');
  assert.is.not(ui.saved.get('x.csv'), first);
  assert.match(ui.text(), /commands written to x\.csv/);
});

test('a search begins at the row that is selected, and goes on at the other end', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz');
  ui.press('2', '/', 'TEST UNIT', 'Enter');
  assert.match(ui.text(), / 1\/57/);
  ui.press('N');
  assert.match(ui.text(), /found from the last row back/);
  ui.press('n');
  assert.match(ui.text(), /found from the first row on/);
  assert.match(ui.selected(), /TEST UNIT READY/);
});

test.run();

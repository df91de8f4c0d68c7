// Stories of the live screen: intervals come, keys are pressed, rows are looked at.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LivePicture } from '../../src/case/live.js';
import type { IntervalReport, LoadNow, LunNow, SourceState } from '../../src/report/interval.js';
import { commandOf } from '../../src/ui/pages.js';
import { captureOf, Screens } from '../support/ui.js';

const SOURCE: SourceState = {
  packets: 1,
  packetsNow: 1,
  dropsTold: 'at the end',
  bytesMissing: 0,
  delayMs: 0,
  delayMsMax: 0,
  residentBytes: 1e6,
};

function load(iops: number): LoadNow {
  return {
    startedCount: iops,
    endedCount: iops,
    failedCount: 0,
    dataInBytes: 0,
    dataOutBytes: 0,
    iops,
    readMBps: 0,
    writeMBps: 0,
    latency: null,
    outstanding: 0,
    endedTotal: 5000,
    bytesTotal: 0,
  };
}

/** Host `web` on LUNs 1 and 12 of `disk1`, host `db` on LUN 1 of `tape`. */
function interval(number: number, ...iops: readonly number[]): IntervalReport {
  const names = [
    {
      session: 0,
      lun: '0001000000000000',
      lunText: '1',
      initiator: 'iqn.web',
      target: 'iqn.disk1',
    },
    {
      session: 0,
      lun: '000c000000000000',
      lunText: '12',
      initiator: 'iqn.web',
      target: 'iqn.disk1',
    },
    { session: 1, lun: '0001000000000000', lunText: '1', initiator: 'iqn.db', target: 'iqn.tape' },
  ];
  const luns = names.map((name, i): LunNow => ({ ...name, ...load(iops[i]), retransmissions: 0 }));
  return {
    schema: 'sanscope/live/2',
    type: 'interval',
    interval: number,
    fromNs: (number - 1) * 1e9,
    toNs: number * 1e9,
    sourceState: SOURCE,
    ...load(iops[0] + iops[1] + iops[2]),
    retransmissions: 0,
    retransmissionsTotal: 7,
    luns,
    waiting: [],
  };
}

function live(): { ui: Screens; picture: LivePicture } {
  const picture = new LivePicture(() => {});
  const ui = new Screens([], 120, 30, picture);
  picture.push(interval(1, 300, 200, 100));
  return { ui, picture };
}

const rowsOf = (ui: Screens): string[] => ui.rows().filter((row) => /^iqn\.|^ *iqn\./.test(row));

test('the selection follows the busiest row until it is moved; then it stays on its LUN', () => {
  const { ui, picture } = live();
  assert.match(ui.selected(), /web +iqn\.disk1 +1 /);
  picture.push(interval(2, 100, 200, 300));
  assert.match(ui.selected(), /db/);
  ui.press('Down');
  assert.match(ui.selected(), / 12 /);
  picture.push(interval(3, 100, 900, 300));
  assert.match(rowsOf(ui)[0], / 12 /);
  assert.match(ui.selected(), / 12 /);
  picture.push(interval(4, 500, 10, 300));
  assert.match(rowsOf(ui)[2], / 12 /);
  assert.match(ui.selected(), / 12 /);
  ui.press('a');
  assert.match(ui.text(), /follows the first row/);
  assert.match(ui.selected(), /disk1 +1 /);
  ui.press('a');
  picture.push(interval(5, 1, 2, 3));
  assert.match(ui.selected(), /disk1 +1 /);
  assert.match(rowsOf(ui)[2], /disk1 +1 /);
});

test('the screen of events works before anything happened', () => {
  const { ui } = live();
  ui.press('7');
  assert.match(ui.text(), /nothing happened so far/);
  ui.press('Enter', 'Down', 'Tab', '@', 'y', 'w', 'Esc', 'Space', ':', '1s', 'Enter');
  assert.is(ui.exitCode, undefined);
});

test('events and rows follow each for themselves; what stays is said', () => {
  const { ui, picture } = live();
  const tell = (event: number): void =>
    picture.tell({
      event,
      kind: 'stall',
      severity: 'warning',
      text: `number ${event}`,
      fromNs: event,
    } as Parameters<LivePicture['tell']>[0]);
  tell(1);
  tell(2);
  ui.press('7');
  assert.match(ui.selected(), /number 2/);
  ui.press('Down');
  tell(3);
  assert.match(ui.selected(), /number 1/);
  // Whoever chose an event has not chosen a LUN.
  ui.press('0');
  picture.push(interval(2, 100, 200, 300));
  assert.match(ui.selected(), /db/);
  ui.press('Down', '7');
  assert.match(ui.selected(), /number 3/);
  tell(4);
  assert.match(ui.selected(), /number 4/);
  ui.press('a');
  assert.match(ui.text(), /the selection stays on its row/);
  tell(5);
  assert.match(ui.selected(), /number 4/);
  ui.press('a');
  assert.match(ui.text(), /follows the newest/);
});

test('sums by initiator, target and LUN: with what is open, and for how long', () => {
  const { ui, picture } = live();
  const one = interval(2, 300, 200, 100);
  const oldest = { operation: 'READ(10)', tag: 1, connection: 0, frame: 1, relativeNs: 0 };
  const p99 = (ns: number) => ({ count: 9, p50Ns: ns / 2, p99Ns: ns, maxNs: ns + 1e6 });
  const luns = one.luns.map((lun, i) => ({
    ...lun,
    outstanding: i + 1,
    retransmissions: 5,
    latency: p99((i + 1) * 1e6) as LunNow['latency'],
    oldest: { ...oldest, expectedBytes: 0, ageNs: (i + 1) * 1e9 },
  }));
  picture.push({ ...one, luns });
  const words = (row: string) => row.trim().split(/\s+/).join(' ');
  ui.press('v');
  assert.match(ui.text(), /rows: each initiator/);
  assert.is(rowsOf(ui).length, 2);
  const [web, db] = rowsOf(ui).map(words);
  assert.match(web, /^iqn\.web iqn\.disk1 2 500 .*≤ 2\.00 ms 3\.00 ms 3 2\.00 s$/);
  assert.match(db, /^iqn\.db iqn\.tape 1 100 .* 3\.00 ms 4\.00 ms 3 3\.00 s$/);
  ui.press('v', 'v');
  assert.is(rowsOf(ui).length, 3);
  ui.press('v', 'v', 'Enter');
  assert.match(ui.rows()[1], /filter: session == 0/);
});

test('rows are filtered by words of their names and by LUN; the lines on top are of all', () => {
  const { ui, picture } = live();
  ui.press('f', 'WEB disk', 'Enter');
  assert.is(rowsOf(ui).length, 2);
  assert.match(ui.text(), /2 of 3 rows {2}filter: WEB disk/);
  assert.match(ui.text(), /600 IOPS/);
  ui.press('F7', '\x15', '1', 'Enter');
  assert.is(rowsOf(ui).length, 2);
  assert.ok(rowsOf(ui).every((row) => !/ 12 /.test(row)));
  ui.press('f', ' db', 'Enter');
  assert.is(rowsOf(ui).length, 1);
  picture.push(interval(2, 1, 2, 3));
  assert.match(rowsOf(ui)[0], /db/);
  ui.press('f', '\x15', 'nobody', 'Enter', 'Down', 'Enter');
  assert.is(rowsOf(ui).length, 0);
  ui.press('f', '\x15', 'Enter');
  assert.is(rowsOf(ui).length, 3);
});

test('rows are filtered by what they measure, in the language of all filters', () => {
  const { ui, picture } = live();
  ui.press('f', 'iops >= 200 and target contains disk', 'Enter');
  assert.match(ui.text(), /2 of 3 rows {2}filter: iops >= 200 and target contains disk/);
  picture.push(interval(2, 100, 200, 900));
  assert.is(rowsOf(ui).length, 1);
  assert.match(rowsOf(ui)[0], / 12 /);
  ui.press('f', '\x15', 'lun == 1 and not initiator == iqn.web', 'Enter');
  assert.is(rowsOf(ui).length, 1);
  assert.match(rowsOf(ui)[0], /db/);
  // What is wrong is pointed at, and the rows stay as they were.
  ui.press('f', '\x15', 'iopps > 3', 'Enter');
  const { dialog } = ui.controller.state;
  assert.match(dialog?.kind === 'input' ? dialog.error : '', /called iopps; did you mean iops\?/);
  ui.press('Esc');
  assert.is(rowsOf(ui).length, 1);
  // Names are completed.
  ui.press('f', '\x15', 'writeM', 'Tab', ' < 1', 'Enter');
  assert.match(ui.text(), /filter: writeMBps < 1/);
  assert.is(rowsOf(ui).length, 3);
});

test('clear forgets history, peak, filter and pause; totals stay', () => {
  const { ui, picture } = live();
  picture.push(interval(2, 30, 20, 10));
  assert.match(ui.row(/^ IOPS/), /█.*peak 600/);
  ui.press('f', 'db', 'Enter', 'p');
  assert.match(ui.rows()[0], /paused/);
  ui.press('c');
  assert.not.match(ui.rows()[0], /paused/);
  assert.is(rowsOf(ui).length, 3);
  assert.is(ui.row(/^ IOPS/).trim(), 'IOPS');
  assert.match(ui.text(), /60.* IOPS/);
  picture.push(interval(3, 3, 2, 1));
  assert.match(ui.row(/^ IOPS/), / +█ {2}peak 6/);
  assert.match(ui.text(), /7 in all/);
});

test('columns do not come and go with what happens', () => {
  const { ui, picture } = live();
  const head = ui.row(/ IOPS +IOPS over time/);
  for (const column of ['rMB/s', 'wMB/s', 'p50', 'p99', 'max', 'open', 'oldest']) {
    assert.ok(head.includes(column), column);
  }
  picture.push(interval(2, 0, 0, 0));
  assert.is(ui.row(/ IOPS +IOPS over time/), head);
});

test('commands that wait are listed with their age, the oldest first, and open', async () => {
  const picture = new LivePicture(() => {});
  const ui = new Screens([captureOf('istgt-many-r2ts.pcap.gz')], 120, 30, picture);
  await ui.load();
  const waits = (command: number, ageNs: number) => ({
    command,
    session: 0,
    lunText: '1',
    operation: 'WRITE(10)',
    tag: 0x10 + command,
    connection: 0,
    frame: 99,
    relativeNs: 0,
    ageNs,
    expectedBytes: 512,
  });
  picture.push({
    ...interval(1, 300, 200, 100),
    outstanding: 12,
    // The last one is too young to be read.
    waiting: [waits(7, 3.13e9), waits(2, 40e6), waits(9, 5e6)],
  });
  assert.match(ui.text(), /Longest open +of 12/);
  assert.match(ui.row(/0x00000017/), /3\.13 s +WRITE\(10\) +S0/);
  assert.match(ui.row(/0x00000012/), /40\.0 ms/);
  assert.is(ui.row(/0x00000019/), '');
  // Three rows, an empty line, two of heads.
  ui.press('Down', 'Down', 'Down', 'Down', 'Down', 'Down');
  assert.match(ui.selected(), /0x00000017/);
  // The selection stays on the command while the list below it changes.
  picture.push({ ...interval(2, 1, 2, 3), waiting: [waits(1, 5e9), waits(7, 4.13e9)] });
  assert.match(ui.selected(), /4\.13 s .*0x00000017/);
  ui.press('Enter');
  assert.match(ui.rows()[0], /› command 0x/);
  assert.is(ui.controller.state.views.at(-1)?.place.kind, 'command');
});

test('how much of the truth is there is in sight at any size, what is wrong first', () => {
  const sourceState = {
    ...SOURCE,
    packets: 123_456_789,
    bytesMissing: 70 << 20,
    delayMs: 2100,
    delayMsMax: 3500,
    residentBytes: 250 << 20,
  };
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [160, 50],
  ]) {
    const picture = new LivePicture(() => {});
    const ui = new Screens([], columns, rows, picture);
    picture.push({
      ...interval(1, 300, 200, 100),
      sourceState: { ...sourceState, delayMsMax: 90 },
    });
    assert.match(ui.text(), /drops .*at the end/);
    assert.match(ui.text(), /70 MiB missing/);
    assert.match(ui.text(), /delay 2\.10 s/);
    assert.match(ui.text(), /250 MiB/);
    picture.push({ ...interval(2, 300, 200, 100), sourceState });
    assert.match(ui.text(), /! (behind: )?delay 2\.10 s, up to 3\.50 s/);
    assert.match(ui.text(), /70 MiB missing/);
  }
});

test('what is over comes last among equals', () => {
  const { ui, picture } = live();
  const next = interval(2, 0, 0, 0);
  const [first, ...rest] = next.luns;
  picture.push({ ...next, luns: [{ ...first, over: true }, ...rest] });
  assert.match(rowsOf(ui)[2], /disk1 +1 /);
});

test('an initiator that logged in again has the row of its newest session', () => {
  const { ui, picture } = live();
  const next = interval(2, 5, 6, 7);
  const [first, ...rest] = next.luns;
  const again = { ...first, session: 8, iops: 50 };
  picture.push({ ...next, luns: [{ ...first, over: true }, again, ...rest] });
  assert.is(rowsOf(ui).length, 3);
  assert.match(rowsOf(ui)[0], /disk1 +1 +50/);
  // Both over: the newest tells how it ended.
  picture.push({ ...next, luns: [{ ...first, over: true }, { ...again, over: true }, ...rest] });
  assert.is(rowsOf(ui).length, 3);
  // Two paths at work are two rows.
  picture.push({ ...next, luns: [first, again, ...rest] });
  assert.is(rowsOf(ui).length, 4);
});

test('keys of lists mean rows on the live screen, and commands on theirs', () => {
  assert.is(commandOf('f', 'live'), 'liveFilter');
  assert.is(commandOf('c', 'live'), 'liveClear');
  assert.is(commandOf('f', 'commands'), 'filter');
  assert.is(commandOf('a', 'commands'), undefined);
});

test.run();

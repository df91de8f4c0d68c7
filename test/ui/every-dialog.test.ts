// Every dialog on every screen, of every size, while the capture is read and after: it opens, it fits, it goes
// away, and n and N say where they are.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LivePicture } from '../../src/case/live.js';
import type { LiveEvent } from '../../src/report/events/event.js';
import { dialogLines } from '../../src/ui/dialogs.js';
import { keysOf } from '../../src/ui/pages.js';
import type { Dialog, Place } from '../../src/ui/state.js';
import { lineWidth } from '../../src/ui/terminal/line.js';
import { widthOf } from '../../src/ui/terminal/width.js';
import { sharedCapture } from '../support/shared.js';
import { captureOf, Screens } from '../support/ui.js';

const SIZES: readonly (readonly [columns: number, rows: number])[] = [
  [60, 15],
  [80, 24],
  [160, 50],
];

/** What keys of these open, on the screens that have them. */
const DIALOGS: Readonly<Record<string, Dialog['kind']>> = {
  help: 'help',
  search: 'input',
  filter: 'input',
  liveFilter: 'input',
  export: 'input',
  goTo: 'input',
  sort: 'sort',
  columns: 'columns',
};

const PLACES: readonly Place[] = [
  { kind: 'live' },
  { kind: 'events' },
  { kind: 'overview' },
  { kind: 'commands' },
  { kind: 'latency' },
  { kind: 'time' },
  { kind: 'login', sessions: [0] },
  { kind: 'tcp', connection: 0 },
  { kind: 'session', session: 0 },
  { kind: 'discovery' },
  { kind: 'command', row: 3 },
  { kind: 'compare', rows: [2, 3] },
  { kind: 'pdu', pdu: 5 },
  { kind: 'finding', findings: [0] },
];

const EVENT = {
  event: 1,
  kind: 'stall',
  severity: 'warning',
  text: 'nothing answered for 1.00 s: 2 commands wait',
  fromNs: 1e9,
} as LiveEvent;

function everyDialog(ui: Screens, place: Place, columns: number, rows: number): void {
  const of = `${place.kind} at ${columns} × ${rows}`;
  ui.controller.dispatch({ kind: 'go', place });
  ui.settle();
  assert.is(ui.rows().length, rows, of);
  const opened = new Set<string>();
  for (const { keys, command } of keysOf(place.kind)) {
    const kind = DIALOGS[command];
    if (kind === undefined) continue;
    const key = keys.at(-1) ?? '';
    ui.press(key);
    const { dialog } = ui.controller.state;
    assert.is(dialog?.kind, kind, `${key} on ${of}`);
    const { title, lines } = dialogLines(dialog as Dialog, ui.controller.state);
    // Borders and padding take four columns; title, borders and the lines around them five rows.
    assert.ok(lines.length <= rows - 5, `${key} on ${of}: ${lines.length} lines`);
    for (const line of lines) assert.ok(lineWidth(line) <= columns - 4, `${key} on ${of}`);
    assert.is.not(title, '');
    ui.press('Esc');
    assert.is(ui.controller.state.dialog, undefined, of);
    opened.add(command);
  }
  for (const always of ['help', 'search', 'export', 'goTo']) assert.ok(opened.has(always), of);
  searched(ui, of);
  for (const row of ui.rows()) assert.ok(widthOf(row) <= columns, of);
  ui.press('Esc');
}

/** A text that is nowhere is said; one of the rows is found, again and again. */
function searched(ui: Screens, of: string): void {
  ui.press('/', 'no row has this', 'Enter');
  assert.match(ui.controller.state.message, /^not found: no row has this/, of);
  ui.press('n', 'N');
  assert.match(ui.controller.state.message, /^not found/, of);
  const page = ui.controller.page();
  if (page.count === 0) return;
  const text = page
    .row(page.count - 1)
    .map((span) => span.text)
    .join('')
    .trim();
  if (text === '') return;
  ui.press('/', text, 'Enter', 'n', 'N');
  assert.not.match(ui.controller.state.message, /^not found/, `${text} on ${of}`);
}

for (const [columns, rows] of SIZES) {
  test(`while it is read, and after: ${columns} × ${rows}`, async () => {
    const picture = new LivePicture(() => {});
    picture.tell(EVENT);
    const files = [captureOf('tgt-stalls-two-seconds.pcap.gz')];
    const ui = new Screens(files, columns, rows, picture);
    let packets = 0;
    let looked = 0;
    ui.eachPacket = () => {
      packets++;
      if (packets !== 800) return;
      for (const place of PLACES) everyDialog(ui, place, columns, rows);
      looked++;
    };
    await ui.load();
    assert.is(looked, 1);
    for (const place of PLACES) everyDialog(ui, place, columns, rows);
  });

  test(`other protocols, too: ${columns} × ${rows}`, async () => {
    for (const [name, place] of [
      ['fcip-vm-1500-stream', { kind: 'command', row: 9 }],
      ['fcip-vm-1500-stream', { kind: 'session', session: 0 }],
      ['iser-rfc-markers-crc-1500', { kind: 'command', row: 9 }],
      ['iser-rfc-markers-crc-1500', { kind: 'tcp', connection: 0 }],
      ['isns-open-isns-tgt', { kind: 'discovery' }],
    ] as const) {
      const ui = await new Screens([sharedCapture(`san/${name}.pcap`)], columns, rows).load();
      everyDialog(ui, place, columns, rows);
      everyDialog(ui, { kind: 'overview' }, columns, rows);
    }
  });
}

test('at 60 columns what is wrong is read whole, and what is cut says so', async () => {
  const ui = await new Screens([captureOf('tgt-stalls-two-seconds.pcap.gz')], 60, 15).load();
  ui.press('2', 'f', 'latenzy > 1s', 'Enter');
  const { dialog } = ui.controller.state;
  const { lines } = dialogLines(dialog as Dialog, ui.controller.state);
  const text = lines.map((line) => line.map((span) => span.text.trim()).join(' ')).join(' ');
  const said = dialog?.kind === 'input' ? dialog.error : '';
  assert.ok(said.length > 52, said);
  for (const word of said.split(' '))
    assert.ok(text.includes(word), `${word} of ${said} in ${text}`);
  ui.press('Esc', '/', 'a text that is longer than any line of sixty columns', 'Enter');
  assert.match(ui.rows()[14], /^ not found: a text that is longer .*… +1\/312/);
  ui.press('?');
  const help = dialogLines(ui.controller.state.dialog as Dialog, ui.controller.state);
  const row = help.lines.map((line) => line.map((span) => span.text).join(''));
  assert.match(row.find((one) => /F4 x/.test(one)) ?? '', /compare the two commands marked ?…$/);
});

test.run();

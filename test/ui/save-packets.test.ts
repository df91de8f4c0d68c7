// `w NAME.pcapng`: what is looked at as a capture of its own, from a file, a pipe that is open, and a capture
// that goes on and forgot its beginning.

import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Packet } from '../../src/capture/packet.js';
import { PipeRing } from '../../src/capture/pipe-ring.js';
import { Case } from '../../src/case/case.js';
import { keptAgain } from '../../src/case/every-packet.js';
import { analyse } from '../../src/pipeline.js';
import type { Report } from '../../src/report/report.js';
import { readCapture } from '../support/capture.js';
import { sanscope, TOP } from '../support/program.js';
import { Pty } from '../support/pty.js';
import { temporaryFolder } from '../support/temporary.js';
import { open, type Screens } from '../support/ui.js';
import { until } from '../support/wait.js';

const folder = temporaryFolder('save');
const STALLS = 'tgt-stalls-two-seconds.pcap.gz';

/** What the dialog, which ink draws, says. */
function dialogOf(ui: Screens): string {
  return JSON.stringify(ui.controller.state.dialog ?? '');
}

/** Saves by the dialog, and the report of what was saved. */
async function saved(ui: Screens, name: string): Promise<{ report: Report; path: string }> {
  ui.press('w', name, 'Enter');
  await until(() => {
    ui.settle();
    return ui.packets.has(name);
  });
  const path = join(folder, name);
  writeFileSync(path, ui.packets.get(name) ?? '');
  return { report: JSON.parse(sanscope(['report', '--json', path]).stdout) as Report, path };
}

test('marked commands, with handshake, login, and a comment; a file that is there is asked for', async () => {
  const ui = await open(STALLS, 100, 30);
  ui.press('2', 's', 'Down', 'Down', 'Down', 'Enter', 'Space', 'Space', 'w');
  assert.match(dialogOf(ui), /\.pcapng: 2 marked commands/);
  ui.press('Esc');
  const { report, path } = await saved(ui, 'marked.pcapng');
  assert.match(ui.text(), /packets written of 2 marked commands: marked\.pcapng/);
  assert.ok(report.sessions[0].loginSeen);
  const slow = ['commands', '--csv', '-Y', 'latency > 1.985s', '--columns', 'time,lba,latency'];
  const kept = sanscope([...slow, path]).stdout;
  assert.is(kept, sanscope([...slow, join('captures', STALLS)]).stdout);
  assert.is(kept.trim().split('\n').length, 3);
  assert.match(readFileSync(path).toString('latin1'), /sanscope: WRITE\(10\), 1\.99 s/);
  ui.press('w', 'marked.pcapng', 'Enter');
  assert.match(dialogOf(ui), /it is there already: Enter once more/);
  ui.press('Enter');
  assert.is(dialogOf(ui), '""');
});

test('a session as a whole, and only it', async () => {
  const ui = await open('istgt-many-r2ts.pcap.gz', 100, 40);
  ui.press('/', 'S1 ', 'Enter', 'w');
  assert.match(dialogOf(ui), /\.pcapng: S1/);
  ui.press('Esc', 'Enter');
  const { report } = await saved(ui, 's1.pcapng');
  assert.is(report.sessions.length, 1);
  assert.is(report.totals.commandCount, 26);
  assert.is(report.sessions[0].isid, '807445020000');
});

test('what proves an incident, and what lies between: it is told again', async () => {
  const ui = await open(STALLS, 100, 40);
  const text = ui.rows()[1];
  ui.press('g', 'Tab', 'w');
  assert.match(dialogOf(ui), /\.pcapng: what proves this/);
  ui.press('Esc');
  const { report } = await saved(ui, 'incident.pcapng');
  assert.ok(report.incidents.length > 0, text);
});

for (const [columns, rows, flags] of [
  [60, 15, ''],
  [80, 24, '--ascii'],
  [160, 50, ''],
] as const) {
  test(`while the pipe is open, and never over the capture itself: ${columns} × ${rows} ${flags}`, async () => {
    const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    const path = join(folder, `open-${columns}.pcapng`);
    const line = `exec '${process.execPath}' '${at('bin/sanscope.js')}' ${flags} live - < <(gzip -dc '${at(`captures/${STALLS}`)}'; exec sleep 600 </dev/null)`;
    const pty = new Pty('bash', ['-c', line], columns, rows);
    await pty.until(/IOPS/);
    pty.press('2');
    await pty.until(/WRITE\(10\)/);
    pty.press('f');
    await pty.until(/Filter commands/);
    pty.press('latency > 1.9s\r');
    // All of it has come.
    await pty.until(/ 20 of 312 commands/);
    pty.press('w');
    await pty.until(/Export to a file/);
    pty.press(`${path}\r`);
    await until(() => existsSync(path) && statSync(path).size > 1000);
    await pty.until(/written/);
    const count = (file: string) =>
      sanscope(['commands', '--csv', '-Y', 'latency > 1.9s', file]).stdout.split('\n').length;
    assert.is(count(path), count(at(`captures/${STALLS}`)));
    pty.press('q');
    await pty.end();
  });
}

test('the capture that is read is never replaced', async () => {
  const path = join(folder, 'own.pcapng');
  assert.is(sanscope(['pdus', '--frame', '1-9', '-w', path, 'captures/tgt-chap.pcap']).status, 0);
  const before = readFileSync(path);
  const pty = Pty.sanscope([path], 100, 30);
  await pty.until(/What looks wrong|Nothing wrong/);
  pty.press(`w${path}\r`);
  await pty.until(/it is the capture that is read/);
  pty.press('\r');
  await pty.until(/it is the capture that is read/);
  pty.close();
  assert.equal(readFileSync(path), before);
});

test('of a pipe that forgot its beginning: packets as they came, with their numbers and times', async () => {
  const bytes = gunzipSync(readFileSync(join(TOP, 'captures/istgt-many-r2ts.pcap.gz')));
  const path = join(folder, 'whole.pcap');
  writeFileSync(path, bytes);
  const kase = new Case({ files: [path], analyse, options: {}, turn: () => {} });
  await kase.load();
  const ring = new PipeRing(600_000);
  for (let at = 0; at < bytes.length; at += 10_000) ring.add(bytes.subarray(at, at + 10_000));
  assert.not.ok(ring.whole);
  const told: { frame: number; timeNs: number; bytes: string }[] = [];
  const sink = {
    packet: ({ frame, timeNs, bytes: of, offset, capturedLength }: Packet) => {
      const own = Buffer.from(of.subarray(offset, offset + capturedLength)).toString('hex');
      told.push({ frame, timeNs, bytes: own });
    },
  };
  const end = await keptAgain(
    kase,
    (_, offset) => ring.placeOf(offset),
    sink,
    async () => true,
  );
  assert.ok(end);
  const { packets } = await readCapture([path]);
  assert.ok(told.length > 100 && told.length < packets.length, `${told.length}`);
  assert.is(told[told.length - 1].frame, packets.length);
  for (const [i, { frame, bytes: own }] of told.entries()) {
    assert.is(frame, told[0].frame + i);
    assert.is(own, Buffer.from(packets[frame - 1].bytes).toString('hex'));
  }
  ring.close();
});

test('commands -w keeps the packets of what it lists, pdus -w those of the exchanges', () => {
  const path = join(folder, 'five.pcapng');
  const capture = join('captures', STALLS);
  const columns = ['--csv', '--columns', 'time,lba,latency'];
  const five = ['commands', '--sort', 'latency', '-n', '5', ...columns];
  const listed = sanscope([...five, '-w', path, capture]);
  assert.is(listed.status, 0, listed.stderr);
  assert.match(listed.stderr, /packets of 1,911 kept: 5 commands on 1 connection, 5 packets/);
  assert.is(sanscope([...five, path]).stdout, listed.stdout);
  const all = ['commands', '--sort', 'lba', ...columns, '-Y', 'operation contains sync'];
  assert.is(sanscope([...all, '-w', path, capture]).stdout, sanscope([...all, path]).stdout);
  const first = ['commands', '-n', '3', ...columns];
  assert.is(sanscope([...first, '-w', path, capture]).stdout, sanscope([...first, path]).stdout);
  assert.is(sanscope(['pdus', '-q', '--frame', '1446', '-w', path, capture]).status, 0);
  assert.match(sanscope(['commands', path]).stdout, /WRITE\(10\) .* 1\.99 s +good/);
  assert.match(sanscope(['sessions', path]).stdout, /iqn\.2008-11\.org\.linux-k/);
  const none = sanscope(['commands', '-Y', 'status == busy', '-w', path, capture]);
  assert.is(none.status, 3);
  assert.match(none.stderr, /no file was written/);
  assert.is(sanscope(['commands', '-w', path, '-'], { input: readFileSync(path) }).status, 2);
});

test.run();

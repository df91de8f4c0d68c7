// The screens tell no secret: every tab, every command's ladder and its PDUs with their octets, logins, findings,
// discovery, messages; whatever keys are pressed, what is copied, and what is written from there.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pcapFile } from '../support/pcap-writer.js';
import { leakIn, Planted, plantData, plantText } from '../support/secrets.js';
import { plantedBeyond } from '../support/secrets-beyond.js';
import { plantedInRdma } from '../support/secrets-rdma.js';
import { Screens } from '../support/ui.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const planted = new Planted();
plantText(planted);
plantData(planted);
const CAPTURES = {
  iSCSI: planted.captured(),
  'beyond iSCSI': plantedBeyond(),
  RDMA: plantedInRdma(),
} as const;

/** Rows of each list that are opened, and what is opened of each. */
const ROWS = 40;
const PDUS = 6;

for (const [name, packets] of Object.entries(CAPTURES)) {
  test(`${name}: no screen tells a secret`, async () => {
    const path = join(folder, `${name}.pcap`);
    writeFileSync(path, pcapFile(packets));
    const ui = await new Screens([path], 180, 90).load();
    let looked = 0;
    const look = async (): Promise<void> => {
      await ui.detailed();
      looked++;
      assert.is(leakIn(ui.text()), undefined);
    };
    const pages = async (): Promise<void> => {
      for (let i = 0; i < 12; i++) {
        await look();
        ui.press('\x1b[6~');
      }
    };
    for (const tab of ['1', '2', '3', '4', '5', '6']) {
      ui.press(tab);
      await pages();
      ui.press('\x1b[H');
      for (let row = 0; row < ROWS; row++) {
        ui.press('Enter');
        await look();
        for (let pdu = 0; pdu < PDUS; pdu++) {
          ui.press('Enter');
          await look();
          ui.press('Esc', 'Down');
        }
        ui.press(tab, ...Array(row + 1).fill('Down'));
        await look();
      }
    }
    // What is written from here, and what goes to the clipboard.
    for (const tab of ['1', '2', '5']) {
      ui.press(tab, 'y');
      for (const ending of ['txt', 'csv', 'json']) {
        ui.press('w', '\x15', `${name}-${tab}.${ending}`, 'Enter');
      }
    }
    assert.ok(ui.saved.size >= 3, [...ui.saved.keys()].join());
    for (const text of ui.saved.values()) assert.is(leakIn(text), undefined);
    assert.is(leakIn(ui.copied.join('\n')), undefined);
    // A search answers no guess.
    ui.press('1', '/', '5ec2e7c', 'Enter');
    await ui.detailed();
    assert.match(ui.text(), /not found: 5ec2e7c/);
    assert.ok(looked > 200);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

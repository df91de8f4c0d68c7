// Screens of captures that are not plain iSCSI: links, logins, ladders and messages of Fibre Channel and iSER,
// and discovery.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sharedCapture } from '../support/shared.js';
import { Screens } from '../support/ui.js';

function opened(name: string, rows = 60): Promise<Screens> {
  return new Screens([sharedCapture(`san/${name}.pcap`)], 150, rows).load();
}

/** Presses Down until the row is selected. */
function select(ui: Screens, row: RegExp): void {
  for (let i = 0; i < 200 && !row.test(ui.selected()); i++) ui.press('Down');
  assert.match(ui.selected(), row);
}

test('FCIP: the overview has the link, the session its login, the command its exchange', async () => {
  const ui = await opened('fcip-vm-1500-stream', 90);
  assert.match(ui.text(), /FCIP L0 {2}2,221 frames/);
  select(ui, /S0 .*52:54:00:77:00:01/);
  ui.press('Enter');
  assert.match(ui.text(), /Login by FCIP {2}accepted/);
  assert.match(ui.text(), /─ PRLI ─+▶│ 01\.0a\.00 → 02\.14\.00/);
  select(ui, /│◀─+ PLOGI ─+│/);
  ui.press('Enter');
  await ui.detailed();
  assert.match(ui.rows()[1], /PLOGI/);
  ui.press('/', 'port name', 'Enter');
  assert.match(ui.text(), /port name .*2000525400770002/);
  ui.press('Esc', '2', 's', ...Array(3).fill('Down'), 'Enter', 'Enter');
  assert.match(ui.text(), /WRITE\(10\) LBA/);
  assert.match(ui.text(), /│─+ FCP_CMND ─+▶│/);
  assert.match(ui.text(), /│◀─+ FCP_XFER_RDY ─+│ XFER_RDY 1 wants 8 KiB at 0/);
  assert.match(ui.text(), /FCP_DATA ×4 ─+▶│ 8 KiB at 0, for XFER_RDY 1 after/);
  assert.match(ui.text(), /▓ XFER_RDY to data|command to XFER_RDY/);
  select(ui, /FCP_XFER_RDY/);
  ui.press('Enter');
  await ui.detailed();
  assert.match(ui.rows()[1], /target → initiator {2}FCP_XFER_RDY, wants 8 KiB at 0/);
  assert.match(ui.text(), /FCP_BURST_LEN .*8192/);
  ui.press('Tab');
  await ui.detailed();
  assert.match(ui.rows()[1], /initiator → target {2}FCP_DATA/);
  // A user's data are not shown.
  assert.match(ui.text(), /bytes are hidden/);
});

test('iSER: what came before the login, RDMA between command and response', async () => {
  const ui = await opened('iser-rfc-markers-crc-1500', 90);
  assert.match(ui.text(), /RDMA {2}Enter opens the connection/);
  select(ui, /S0 /);
  ui.press('Enter');
  assert.match(ui.text(), /Before the login of C0 {2}iSER over iWARP/);
  assert.match(ui.text(), /│─+ MPA Request ─+▶│ revision 1, CRC, markers/);
  ui.press('2', 's', ...Array(3).fill('Down'), 'Enter', 'Enter');
  assert.match(ui.text(), /│◀─+ Read Request ─+│ RDMA Read 1 wants 64 KiB at 65536/);
  assert.match(ui.text(), /Read Response ×47/);
});

test('discovery: from the overview to who learnt what, and to the request', async () => {
  const ui = await opened('isns-open-isns-tgt', 120);
  select(ui, /targets? learnt, .* iSNS requests/);
  ui.press('Enter');
  assert.match(ui.rows()[0], /discovery/);
  assert.match(ui.text(), /learnt by/);
  assert.match(ui.text(), /DevAttrReg .* Successful in/);
  select(ui, /DevAttrReg /);
  ui.press('Down');
  select(ui, /DevAttrReg .*→/);
  ui.press('Enter');
  await ui.detailed();
  assert.match(ui.text(), /iSCSI Name .*iqn\./);
});

test.run();

// Task management over Fibre Channel: the flags of FCP_CMND and ABTS are events of the session as iSCSI's are, and
// what follows from them is folded under them.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FindingEvents } from '../../src/report/events/finding-events.js';
import type { Report } from '../../src/report/report.js';
import { RCtl } from '../../src/wire/fc/codes.js';
import { fixedSense } from '../support/dialogue.js';
import { rspPayload } from '../support/fc-build.js';
import { cdb10, FcDialogue } from '../support/fc-dialogue.js';
import { foundIn, MS, S, told } from '../support/found.js';
import { dropped, hasData } from '../support/mishaps.js';
import { run } from '../support/run.js';

const LUN = '0000000000000000';
const OTHER_LUN = '0001000000000000';
const NO_CDB = '00'.repeat(16);

function tunnel(): { d: FcDialogue; t: number } {
  const d = new FcDialogue('fcip');
  let t = d.tcp.connect(0) + MS;
  d.special(t);
  t = d.login(t + MS) + MS;
  for (let i = 0; i < 4; i++) t = d.read(t, i * 8, 16) + MS;
  return { d, t };
}

function respond(
  d: FcDialogue,
  t: number,
  oxId: number,
  values: Record<string, number>,
  behind: Uint8Array<ArrayBuffer>,
): void {
  const header = { rCtl: RCtl.status, type: 8, oxId, rxId: 0, lastSequence: 1 };
  d.send('target', d.frame('target', header, rspPayload(values, behind)), t);
}

/** A reset of `lun` while a read of LUN 0 is open; RSP_CODE of its answer, undefined: none comes. */
function reset(flag: string, lun: string, code: number | undefined): FcDialogue {
  const { d, t } = tunnel();
  const read = d.cmnd(t, cdb10('28', 64, 8), 4096, { readData: 1, lun: LUN });
  const tmf = d.cmnd(t + 10 * S, NO_CDB, 0, { [flag]: 1, lun });
  if (code !== undefined) {
    const info = { responseLengthValid: 1, responseLength: 4 };
    respond(d, t + 10 * S + MS, tmf, info, Uint8Array.of(0, 0, 0, code));
  }
  // As hosts do: each exchange is cleared away.
  d.abts(t + 10 * S + 2 * MS, read);
  const sense = Uint8Array.from(fixedSense(6, 0x29, 3));
  const next = d.cmnd(t + 11 * S, '000000000000', 0, { lun: LUN });
  const values = { status: 2, senseLengthValid: 1, senseLength: sense.length };
  respond(d, t + 11 * S + MS, next, values, sense);
  d.read(t + 12 * S, 0, 8);
  return d;
}

function eventsOf({ sessions }: Report): string[] {
  return sessions.flatMap(({ events }) =>
    events.map(({ kind, fields }) => `${kind} ${fields.function} ${fields.response ?? 'none'}`),
  );
}

test('a LUN RESET is an event: it ended the read, and the unit attention is its consequence', () => {
  const { report } = run(reset('logicalUnitReset', LUN, 0).packets());
  assert.equal(eventsOf(report), ['task management 5 0']);
  const [finding] = told(report, 'task-management');
  assert.is(finding.severity, 'warning');
  assert.match(finding.title, /LOGICAL UNIT RESET, answered Function complete/);
  // In FCP's units, not in tables of iSCSI.
  assert.equal(finding.proof, [
    { pdu: 'fcp-cmnd', field: 'logicalUnitReset', byte: 10, bytes: 1 },
    { pdu: 'fcp-rsp', field: 'responseCode', byte: 27, bytes: 1 },
  ]);
  const keys = report.findings.flatMap(({ session, proof }) =>
    session === undefined ? [] : proof.map(({ pdu }) => pdu),
  );
  assert.equal(
    keys.filter((pdu) => !/^(fcp-|frame-header)/.test(pdu)),
    [],
  );
  assert.match(finding.text, /The first ended 1 command\./);
  assert.is(report.totals.outcomes['aborted'], 1);
  const [attention] = told(report, 'unit-attention');
  assert.is(attention.severity, 'note');
  assert.match(
    attention.text,
    /^It tells of the LOGICAL UNIT RESET of 20:00:\S+ \(S0, frame \d+\)/,
  );
  const [story] = report.incidents;
  assert.is(report.findings[story.findings[0]].id, 'task-management');
  assert.ok(story.findings.some((i) => report.findings[i].id === 'unit-attention'));
  const live = new FindingEvents().of(report, 20 * S);
  assert.is(live.find(({ kind }) => kind === 'unit-attention')?.causedBy, 'task-management');
  assert.ok(live.some(({ kind }) => kind === 'task-management'));
});

test('TARGET RESET by its own name, and a code that refuses it ends nothing', () => {
  const { report } = run(reset('targetReset', OTHER_LUN, 0).packets());
  assert.match(told(report, 'task-management')[0].title, /: TARGET RESET, answered/);
  assert.is(told(report, 'unit-attention')[0].severity, 'note');
  const refused = run(reset('targetReset', OTHER_LUN, 4).packets()).report;
  assert.equal(eventsOf(refused), ['task management 6 255', 'task management 1 0']);
  assert.is(told(refused, 'unit-attention')[0].severity, 'warning');
  assert.is(told(refused, 'fc-exchange-aborted').length, 1);
});

test('a reset of another LUN ends nothing here, and the unit attention stays a warning', () => {
  const { report } = run(reset('logicalUnitReset', OTHER_LUN, 0).packets());
  assert.is(told(report, 'task-management')[0].severity, 'note');
  assert.is(told(report, 'unit-attention')[0].severity, 'warning');
  // The ABTS of the read is told with what was missing, not as a reset.
  assert.equal(eventsOf(report), ['task management 5 0', 'task management 1 0']);
  assert.is(told(report, 'fc-exchange-aborted').length, 1);
});

test('a reset without an answer; where bytes of the tunnel are missing it may be among them', () => {
  const packets = reset('logicalUnitReset', LUN, undefined).packets();
  const [finding] = foundIn(packets, 'task-management-unanswered');
  assert.is(finding.owes, 'unknown');
  let n = 0;
  const holed = dropped(packets, (p) => hasData(p) && p.from === 'target' && ++n === 12);
  assert.equal(foundIn(holed, 'task-management-unanswered'), []);
});

test('a read that nobody resets is none of it', () => {
  const { d, t } = tunnel();
  d.read(t, 0, 8);
  const packets = d.packets();
  assert.equal(foundIn(packets, 'task-management'), []);
  assert.equal(eventsOf(run(packets).report), []);
});

test.run();

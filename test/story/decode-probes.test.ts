// What the probes must show (field guide, 2.3): PDUs that tshark 4.0 does not know, or reads wrongly.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { pduLine } from '../../src/view/pdu-line.js';
import { findNode } from '../../src/wire/tree.js';
import { eachPdu } from '../support/facts.js';
import { needs } from '../support/needs.js';
import { reportOf } from '../support/report.js';
import { sharedCapture } from '../support/shared.js';

/** Each PDU as its line, and what `more` reads of it while it is there. */
async function lines<T>(
  path: string,
  more: (facts: PduFacts) => T,
): Promise<{ name: string; line: string; more: T }[]> {
  const found: { name: string; line: string; more: T }[] = [];
  await eachPdu(path, (facts) => {
    const line = pduLine(facts)
      .map((c) => c.text)
      .join('');
    found.push({ name: facts.table.name, line, more: more(facts) });
  });
  return found;
}

function probe(name: string, story: string, check: (path: string) => Promise<void>): void {
  const path = sharedCapture(name.includes('/') ? name : `probes/${name}.pcap`);
  needs(path)(`${name}: ${story}`, () => check(path));
}

const meaning = (name: string) => (facts: PduFacts) => findNode(facts.tree(), name)?.meaning;

probe('t04', 'task management of RFC 7144, 9 to 12 and response 7', async (path) => {
  const all = await lines(path, (f) => meaning('function')(f) ?? meaning('response')(f));
  const said = all.filter((l) => l.name.startsWith('Task')).map((l) => l.more);
  assert.equal(said, [
    'ABORT TASK',
    'LOGICAL UNIT RESET',
    'QUERY TASK',
    'QUERY TASK SET',
    'I_T NEXUS RESET',
    'QUERY ASYNCHRONOUS EVENT',
    'Function complete',
    'Task management function not supported',
    'Function succeeded',
    'Function rejected',
  ]);
});

probe('t05', 'a tag used again: data belongs to the command of its time', async (path) => {
  const all = await lines(path, (f) => [f.requestFrame, f.task?.opcode]);
  const data = all.filter((l) => l.name === 'SCSI Data-In');
  assert.equal(
    data.map((l) => l.more),
    [
      [6, 0x28],
      [8, 0x12],
    ],
  );
});

for (const [name, field, isBad, isGood] of [
  // What the digest of hidden data is would let it be guessed: it is only judged.
  [
    't06',
    'dataDigest',
    /^bad \(CRC32C\); hidden as what it covers is$/,
    /^good \(CRC32C\); hidden/,
  ],
  ['t07', 'headerDigest', /^bad, [0-9a-f]{8} would be right \(CRC32C\)$/, /^good \(CRC32C\)$/],
] as const) {
  probe(name, `a bad ${field}, and the one that would be right`, async (path) => {
    const all = await lines(path, (f) => findNode(f.tree(), field));
    const judged = all.flatMap((l) => (l.more === undefined ? [] : [l.more]));
    const bad = judged.filter((node) => node.kind === 'malformed');
    assert.is(bad.length, 1);
    assert.match(bad[0].meaning ?? '', isBad);
    assert.not.ok(bad[0].meaning?.includes(String(bad[0].value)));
    assert.ok(judged.some((node) => isGood.test(node.meaning ?? '')));
    assert.is(all.filter((l) => l.line.includes('bad ')).length, 1, 'its line says so');
  });
}

probe('t12', 'async events, rejects, and a ping with tag 0', async (path) => {
  const all = await lines(path, (f) => meaning('asyncEvent')(f) ?? meaning('reason')(f));
  const said = (name: string) => all.filter((l) => l.name === name).map((l) => l.more);
  assert.equal(said('Asynchronous Message').slice(-2), [
    'Task Termination',
    'vendor unique (0xff)',
  ]);
  const reasons = said('Reject');
  assert.is(reasons.length, 6);
  assert.is(reasons[3], 'Invalid PDU field');
  assert.is(reasons[5], 'unknown (0x0d)');
  const logout = all.find((l) => l.line.includes('Logout Request'));
  assert.match(logout?.line ?? '', /seconds in which to log out: 10/);
  const pings = all.filter((l) => l.name.startsWith('NOP')).map((l) => l.line.trimEnd());
  assert.ok(
    pings.some((line) => line.includes('answer, TTT 0x00001234')),
    pings.join(),
  );
  assert.ok(
    pings.some((line) => line.endsWith('0x00000000 ping')),
    pings.join(),
  );
  const reject = all.find((l) => l.name === 'Reject');
  assert.match(reject?.line ?? '', /Reserved \(0x01\), SCSI Command/);
  assert.is(all.filter((l) => l.name === 'NOP-Out').length, 2);
});

probe('t14', 'LUNs by their addressing method', async (path) => {
  const all = await lines(path, (f) => {
    const lun = findNode(f.tree(), 'lun');
    return [lun?.value, lun?.meaning, lun?.children?.map((n) => n.meaning).join(', ')];
  });
  const commands = all.filter((l) => l.name === 'SCSI Command').map((l) => l.more);
  const flat = 'flat space addressing';
  const peripheral = 'peripheral device addressing';
  assert.equal(commands, [
    ['4123000000000000', '291', flat],
    ['0001000200000000', '1/2', `${peripheral}, ${peripheral}`],
    ['d200010000000000', '256', 'extended flat space addressing'],
  ]);
});

probe(
  't15',
  'a command with bits beside PRI (RFC 7144) is a command all the same',
  async (path) => {
    // Byte 2 is 03: PRI is its upper half (RFC 7144 5.1.1), what is set lies in reserved bits.
    const all = await lines(path, (f) => findNode(f.tree(), 'reserved2b4'));
    const command = all.find((l) => l.name === 'SCSI Command');
    assert.is(command?.more?.value, 0x300);
    assert.is(command?.more?.kind, 'reserved');
    const data = all.find((l) => l.name === 'SCSI Data-In');
    assert.match(data?.line ?? '', /after 1\.00 ms/, 'and its answer knows it');
  },
);

probe('t16', 'a response on the other connection finds its command', async (path) => {
  const all = await lines(path, (f) => [f.pdu.connection, f.requestFrame]);
  assert.equal(all.find((l) => l.name === 'SCSI Response')?.more, [1, 11]);
});

probe('t17', 'login statuses have a class, known or not', async (path) => {
  const all = await lines(path, meaning('statusDetail'));
  const said = all.filter((l) => l.name === 'Login Response').map((l) => l.more);
  assert.equal(said, [
    'Target moved temporarily',
    'Authentication failure',
    'unknown class (0x0400)',
  ]);
});

for (const [name, expected] of [
  ['t28', ['MaxRecvDataSegmentLength', '65536']],
  ['t29', ['InitiatorName', 'iqn.1993-08.org.debian:01:abc']],
] as const) {
  probe(name, 'a key that is split over PDUs is one key', async (path) => {
    const all = await lines(path, (f) => f.text?.[0]);
    const last = all[all.length - 1];
    assert.equal(last.more, expected);
    assert.ok(all.some((l) => l.line.includes('continues')));
    if (name === 't29') assert.match(last.line, /TargetName=iqn\.z HeaderDigest=CRC32C$/);
  });
}

probe('t32', 'an abort knows its command', async (path) => {
  const all = await lines(path, (f) => f.victimFrame);
  const request = all.find((l) => l.name.endsWith('Function Request'));
  assert.is(request?.more, 6);
  assert.match(request?.line ?? '', /ABORT TASK, LUN 0, of frame 6, task 0x00000002/);
  const answer = all.find((l) => l.name.endsWith('Function Response'));
  assert.match(answer?.line ?? '', /ABORT TASK, Function complete, StatSN 2, after 100 ms/);
});

probe('t33', 'operations by operation code and service action', async (path) => {
  const all = await lines(path, meaning('cdb'));
  const said = all.map((l) => l.more ?? '').filter((text) => text !== '');
  for (const name of [
    'WRITE(32)',
    'REPORT TARGET PORT GROUPS',
    'GET LBA STATUS(16)',
    'READ CAPACITY(16)',
    'POPULATE TOKEN',
    'WRITE USING TOKEN',
  ]) {
    assert.ok(
      said.some((text) => text.startsWith(name)),
      `${name} is among ${said.join('; ')}`,
    );
  }
  assert.not.ok(said.some((text) => text.includes('Unknown')));
});

probe('t51', 'a Reject knows its victim', async (path) => {
  const all = await lines(path, (f) => f.victimFrame);
  const reject = all.find((l) => l.name === 'Reject');
  assert.is(reject?.more, 6);
  assert.match(reject?.line ?? '', /too many immediate commands, SCSI Command, of frame 6/);
});

probe('real/iscsi-tapel.pcap', 'tape and changer commands have their names', async (path) => {
  const { operations } = await reportOf(path);
  const names = new Set(operations.map((row) => row.operation));
  for (const name of ['READ ELEMENT STATUS', 'MOVE MEDIUM', 'LOAD UNLOAD', 'READ BLOCK LIMITS']) {
    assert.ok(names.has(name), `${name} is among ${[...names].join(', ')}`);
  }
  assert.not.ok([...names].some((name) => name.startsWith('unknown')));
});

test.run();

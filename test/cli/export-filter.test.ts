// What `export` selects: PDUs, commands and events by one language, the same that `pdus` and
// `commands` speak; sessions with their logins; the same bytes for the same bytes.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sanscope } from '../support/program.js';

const MANY = 'captures/istgt-many-r2ts.pcap.gz';
const CHAP = 'captures/tgt-chap-wrong-password.pcap';

function ran(...args: string[]): string {
  const { status, stdout, stderr } = sanscope(args);
  assert.is(status, 0, stderr);
  return stdout;
}

function rows(...args: string[]): Record<string, unknown>[] {
  return ran(...args)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function exported(...args: string[]): Record<string, unknown>[] {
  return rows('export', '-o', '-', '--ndjson', ...args);
}

function ofType(records: readonly Record<string, unknown>[], type: string) {
  return records.filter((record) => record['type'] === type);
}

for (const filter of ['latency > 2ms', 'status != good', 'write and r2ts > 1']) {
  test(`-Y '${filter}': the PDUs of pdus, the commands of commands`, () => {
    const records = exported('-Y', filter, MANY);
    const pdus = rows('pdus', '--json', '-Y', filter, MANY);
    assert.equal(
      ofType(records, 'pdu').map((p) => p['frame']),
      pdus.map((p) => p['frame']),
    );
    const commands = rows('commands', '--json', '--columns', 'frame', '-Y', filter, MANY);
    assert.equal(
      ofType(records, 'command')
        .map((c) => Number(c['frame']))
        .sort((a, b) => a - b),
      commands.map((c) => Number(c['frame'])).sort((a, b) => a - b),
    );
    assert.ok(commands.length > 0);
  });
}

test('names of PDUs alone choose the commands that have such a PDU, in JSON and in CSV', () => {
  const filter = 'name == "Ready To Transfer"';
  const records = exported('-Y', filter, MANY);
  const asking = new Set(ofType(records, 'pdu').map((p) => p['initiatorTaskTag']));
  const commands = ofType(records, 'command');
  assert.ok(commands.length > 0);
  assert.ok(commands.every((c) => Number(c['r2ts']) > 0));
  assert.ok(commands.every((c) => asking.has(c['tag'])));
  const all = ofType(exported('--no-pdus', MANY), 'command');
  const withR2ts = all.filter((c) => Number(c['r2ts']) > 0);
  assert.is(commands.length, withR2ts.length);
  const csv = ran('export', '-o', '-', '--csv', '-Y', filter, MANY).trim().split('\r\n');
  assert.is(csv.length - 1, commands.length);
  const document = JSON.parse(ran('export', '-o', '-', '-Y', filter, MANY)) as {
    commands: unknown[];
  };
  assert.is(document.commands.length, commands.length);
});

test('events are those whose PDU was chosen', () => {
  const kinds = (filter: string): unknown[] =>
    ofType(exported('-Y', filter, MANY), 'event').map((e) => e['kind']);
  assert.equal(new Set(kinds('name == "Login Response"')), new Set(['login', 'connection ended']));
  assert.ok(kinds('name == "Logout Request"').includes('logout'));
  assert.equal(kinds('latency > 1h'), []);
});

test('a session comes with the PDUs of its login, also where that came to nothing', () => {
  for (const [path, session] of [
    [MANY, 1],
    [CHAP, 0],
  ] as const) {
    const all = ofType(exported(path), 'pdu').filter((p) => /^Login/.test(String(p['name'])));
    const sessions = ofType(exported(path), 'session');
    const own = sessions.find((s) => s['session'] === session);
    const connections = own?.['connectionNumbers'] as number[];
    const expected = all.filter((p) => connections.includes(Number(p['connection'])));
    const chosen = ofType(exported('--session', String(session), path), 'pdu');
    const logins = chosen.filter((p) => /^Login/.test(String(p['name'])));
    assert.equal(
      logins.map((p) => p['frame']),
      expected.map((p) => p['frame']),
    );
    assert.ok(expected.length > 1);
    assert.ok(chosen.every((p) => p['session'] === session));
  }
});

test('a range of time holds for PDUs, commands and events', () => {
  const records = exported('--from', '1s', '--to', '1.01s', MANY);
  const inside = (ns: unknown): boolean => Number(ns) >= 1e9 && Number(ns) <= 1.01e9;
  assert.ok(ofType(records, 'pdu').every((p) => inside(p['relativeNs'])));
  assert.ok(ofType(records, 'event').every((e) => inside(e['relativeNs'])));
  const started = ofType(records, 'command').map((c) => c['relativeNs']);
  assert.ok(started.length > 0 && started.every(inside));
});

test('the same bytes in, the same bytes out', () => {
  for (const args of [
    ['--ndjson'],
    [],
    ['--csv'],
    ['--ndjson', '-Y', 'write', '--session', '1'],
    ['--no-pdus', '-Y', 'name == NOP-In'],
  ]) {
    const once = ran('export', '-o', '-', ...args, MANY);
    assert.is(ran('export', '-o', '-', ...args, MANY), once, args.join(' '));
  }
});

test.run();

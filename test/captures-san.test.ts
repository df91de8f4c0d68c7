// What captures/INDEX.md tells of the captures of Fibre Channel, iSER and iSNS.

import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../src/pipeline.js';
import { fabricLogins } from '../src/report/ladder/fabric-login.js';
import type { Report } from '../src/report/report.js';
import { TOP } from './support/program.js';
import { reportOf } from './support/report.js';

const path = (name: string) => `${TOP}captures/san/${name}.pcap.gz`;

interface Story {
  readonly commands: number;
  readonly more: (report: Report) => void;
}

const has = (report: Report, id: string) => report.findings.some((f) => f.id === id);

const STORIES: Readonly<Record<string, Story>> = {
  'fcip-login-and-load': {
    commands: 80,
    more: (r) => assert.is(r.fibreChannel?.links[0].carrier, 'FCIP'),
  },
  'fcip-zoo': { commands: 22, more: (r) => assert.ok(r.findings.length > 5) },
  'ifcp-translation': {
    commands: 58,
    more: (r) => {
      assert.is(r.fibreChannel?.links[0].carrier, 'iFCP');
      assert.match(r.fibreChannel?.links[0].connections[0].addressMode ?? '', /translation/);
    },
  },
  'fcoe-loss': {
    commands: 114,
    more: (r) => {
      assert.is(r.fibreChannel?.aborts.length, 5);
      assert.is(r.fibreChannel?.links[0].framesByKind['REC'], 5);
    },
  },
  'iser-iwarp-crc': {
    commands: 45,
    more: (r) => assert.is(r.sessions[0].connections[0].rdma?.rdmaWrites, 41),
  },
  'iser-rocev2': {
    commands: 46,
    more: (r) => assert.is(r.sessions[0].connections[0].rdma?.transport, 'RoCEv2'),
  },
  'isns-flood': {
    commands: 4,
    more: (r) => assert.ok(has(r, 'isns-flood') && r.discovery.length > 10),
  },
};

for (const [name, { commands, more }] of Object.entries(STORIES)) {
  test(`${name}: its story is true`, async () => {
    const report = await reportOf(path(name));
    const begun = report.sessions.reduce((sum, s) => sum + s.commandCount, 0);
    assert.is(begun, commands);
    more(report);
  });
}

test('the refused PRLI of the zoo is in its login', async () => {
  const { fc } = await analyse([path('fcip-zoo')], {});
  assert.is(fabricLogins(fc)[0].steps.filter((step) => step.refused).length, 1);
});

test('each has a story, and each story a capture', () => {
  const index = readFileSync(`${TOP}captures/INDEX.md`, 'utf8');
  const told = [...index.matchAll(/^\| san\/([\w-]+) \|/gm)].map(([, name]) => name);
  const there = readdirSync(`${TOP}captures/san`).map((file) => file.replace('.pcap.gz', ''));
  assert.equal(told.sort(), there.sort());
  assert.equal(Object.keys(STORIES).sort(), there.sort());
});

test.run();

// docs/JSON.md is what the program makes it, and says what the program writes: every key of every
// recorded PDU is there, and every key that is there is written somewhere.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { DetailWriter, jsonDetails } from '../../src/export/pdu-detail.js';
import { pduJson } from '../../src/export/pdu-json.js';
import { analyse } from '../../src/pipeline.js';
import { docMade, headerKeys, PDU_KEYS } from '../../tools/json-doc.js';
import { sharedCapture } from '../support/shared.js';

const TOP = fileURLToPath(new URL('../..', import.meta.url));
/** Lines looked at of each capture. */
const LINES = 400;
/** PDUs and damage that the shipped captures do not hold. */
const RARE = new Set(['t04', 't06', 't07', 't10', 't12', 't15', 't17', 't22', 't30', 't51']);

async function keysOf(path: string, found: Map<string, string>): Promise<void> {
  let left = LINES;
  const show = { showSecrets: false, tree: false };
  const write = (text: string): void => {
    for (const [key, value] of Object.entries(JSON.parse(text))) found.set(key, typeof value);
  };
  const writer = new DetailWriter(write, jsonDetails(show));
  const reader = new PduReader({
    details: true,
    links: true,
    take: (facts) => {
      left--;
      writer.pdu(facts);
      if (left === 0) write(pduJson(facts, { ...show, tree: true }));
    },
  });
  const started = (epoch: { seconds: number; nanoseconds: number }): void => {
    reader.facts.epoch = epoch;
  };
  const stop = (): boolean => left <= 0;
  const look = reader.look;
  await analyse([path], { pduSink: reader, taskSink: reader, look, started, stop });
  writer.end();
}

test('docs/JSON.md is up to date (node --import tsx tools/json-doc.ts makes it so)', () => {
  const text = readFileSync(`${TOP}docs/JSON.md`, 'utf8');
  assert.is(docMade(text), text);
});

test('every key of every line is documented, with its type', async () => {
  const found = new Map<string, string>();
  for (const name of readdirSync(`${TOP}captures`).filter((f) => f.includes('.pcap'))) {
    await keysOf(`${TOP}captures/${name}`, found);
  }
  for (const name of RARE) {
    await keysOf(sharedCapture(`probes/${name}.pcap`), found);
  }
  const types: Record<string, string> = { hex: 'string', decimal: 'string', list: 'object' };
  const told = new Map<string, string>(PDU_KEYS.map(([name, type]) => [name, type]));
  for (const [name, { type }] of headerKeys()) told.set(name, type);
  for (const [key, type] of found) {
    const documented = told.get(key);
    assert.ok(documented !== undefined, `${key} is documented`);
    const expected = types[documented ?? ''] ?? documented;
    // A list of one AHS, or data that is the user's (null), is an object all the same.
    if (key !== 'data') assert.is(type, expected, key);
  }
  const shown = PDU_KEYS.map(([name]) => name).filter((name) => !found.has(name));
  assert.ok(shown.length <= 6, `documented but never seen here: ${shown.join(', ')}`);
});

test.run();

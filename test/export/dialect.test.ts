// One dialect of JSON: every output of every shipped capture keeps to its schema, and a name has one type
// in all of them.

import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SCHEMAS, schemaText } from '../../src/export/schema.js';
import { type Outputs, outputsOf } from '../support/outputs.js';

const ajv = new Ajv2020({ allErrors: false, strict: false, discriminator: false });
const validators = new Map<string, ValidateFunction>(
  Object.entries(SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]),
);

/** Trees and maps whose members are named by what they hold: fields, reasons, operations. */
const APART: ReadonlySet<string> = new Set([
  ...['data', 'cdbFields', 'senseFields', 'isidFields', 'lunLevels', 'ahs', 'rejected', 'reserved'],
  ...['fields', 'values', 'counters', 'outcomes', 'counts', 'problemCounts', 'pdusByName'],
  ...['otherPackets', 'brokenRules', 'tree', 'discovered'],
]);

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** name → type → where it was first seen to have it. */
const types = new Map<string, Map<string, string>>();

function look(value: Json, where: string): void {
  if (Array.isArray(value)) for (const one of value) look(one, where);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      if (member === null) continue;
      const type = Array.isArray(member) ? 'list' : typeof member;
      const known = types.get(name) ?? new Map<string, string>();
      if (!known.has(type)) known.set(type, where);
      types.set(name, known);
      if (!APART.has(name)) look(member, `${where}.${name}`);
    }
  }
}

function check(text: string, where: string): number {
  const record = JSON.parse(text) as { schema: string; type: string; [key: string]: Json };
  const validate = validators.get(record.schema);
  assert.ok(validate, `${where}: ${record.schema} ${record.type}`);
  assert.type(record.type, 'string');
  const whole = validate(record);
  assert.ok(whole, `${where} ${record.type}: ${complaint(record, validate)}`);
  look(record, `${where}:${record.type}`);
  return 1;
}

/** What the alternative of its own type says. */
function complaint(record: { schema: string; type: string }, validate: ValidateFunction): string {
  const records = SCHEMAS[record.schema]['oneOf'] as { properties: { type: { const: string } } }[];
  const own = records.findIndex(({ properties }) => properties.type.const === record.type);
  const errors = (validate.errors ?? []).filter((e) => e.schemaPath.startsWith(`#/oneOf/${own}/`));
  return `${ajv.errorsText(errors.slice(0, 3))} ${JSON.stringify(record).slice(0, 400)}`;
}

const LINES: readonly (keyof Outputs)[] = [
  ...(['stream', 'commands', 'ladders', 'pdus', 'sessions', 'luns', 'logins', 'live'] as const),
];

/** What carries SCSI otherwise: Fibre Channel in three ways, iSER in two, iSNS. */
const OTHERS = [
  ...['fcip-zoo', 'ifcp-translation', 'fcoe-load-ini', 'iser-rxe-1500-ini'],
  ...['iser-rfc-markers-crc-1500', 'isns-open-isns-tgt'],
].map((name) => `test/captures/san/${name}.pcap.zst`);
const SHIPPED = readdirSync('captures').filter((file) => file.includes('.pcap'));

for (const path of [...SHIPPED.map((file) => `captures/${file}`), ...OTHERS]) {
  test(`${path}: every output keeps to its schema`, async () => {
    const out = await outputsOf(path);
    let records = check(out.report, 'report') + check(out.document, 'document');
    for (const of of LINES) {
      for (const line of out[of].split('\n')) if (line !== '') records += check(line, of);
    }
    assert.ok(records > 5);
    assert.is(out.csv.split('\r\n')[0], out.commandsCsv.split('\r\n')[0]);
  });
}

test('a name has the same type in every output', () => {
  const mixed = [...types]
    .filter(([, known]) => known.size > 1)
    .map(([name, known]) => `${name}: ${[...known].map(([t, at]) => `${t} in ${at}`).join(', ')}`);
  assert.equal(mixed, []);
  // Times and durations are numbers of ns, and what is no number is not called so.
  const times = [...types].filter(([name]) => /Ns(Min|Max|Mean|Total|End|AtMost)?$/.test(name));
  assert.ok(times.length > 40);
  for (const [name, known] of times) assert.equal([...known.keys()], ['number'], name);
  assert.ok(types.size > 200);
});

test('schema/*.json are what the program says', () => {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const file = `schema/${name.split('/').slice(1).join('-')}.json`;
    const text = readFileSync(file, 'utf8');
    assert.is(text, schemaText(schema), 'run: node --import tsx tools/schema.ts');
  }
  assert.is(readdirSync('schema').length, Object.keys(SCHEMAS).length);
});

test.run();

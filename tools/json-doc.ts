// Makes the tables of docs/JSON.md: node --import tsx tools/json-doc.ts writes them;
// test/export/json-doc.test.ts checks that they are up to date, and that they are true.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { jsonName } from '../src/export/pdu-names.js';
import { nameOf, type TaskFact } from '../src/scsi/fact-kinds.js';
import { TASK_FACTS } from '../src/scsi/task-facts.js';
import { PDUS } from '../src/wire/iscsi/pdus.js';

const DOC = new URL('../docs/JSON.md', import.meta.url);

/** Keys of a line of `pdus --json` that are no fields of a header: name, type, what it is. */
export const PDU_KEYS: readonly (readonly [string, string, string])[] = [
  ['schema', 'string', '`sanscope/pdus/2`'],
  ['type', 'string', '`pdu`'],
  ['frame', 'number', 'packet that holds its first byte, from 1'],
  ['frameEnd', 'number', 'packet that holds its last byte'],
  ['time', 'string', 'of its first byte: ISO 8601, UTC, 9 decimals'],
  ['relativeNs', 'number', 'of its first byte: ns since the first packet'],
  ['relativeNsEnd', 'number', 'when its last byte could be read: ns since the first packet'],
  ['connection', 'number', 'TCP connection, from 0 in the order of first sight'],
  ['session', 'number', 'its session, from 0, as known when it ended'],
  ['initiator', 'string', 'name of the initiator, or its address, as known then'],
  ['target', 'string', 'the same of the target'],
  ['command', 'number', 'of its command: the number that `commands --json` has'],
  ['tag', 'number', 'task tag of its command'],
  ['from', 'string', '`initiator` or `target`'],
  ['pduOpcode', 'number', 'Opcode of the PDU, without the I bit'],
  ['bytes', 'number', 'of its data segment'],
  ['opcode', 'number', 'SCSI operation code of its command'],
  ['name', 'string', 'of the PDU'],
  ['cdb', 'hex', 'SCSI Command: with what an AHS adds'],
  ['operation', 'string', '`READ(10)`; service actions have their own names; of its command'],
  ['lba', 'decimal', 'first logical block'],
  ['blocks', 'number', 'logical blocks asked for'],
  ['cdbFields', 'object', 'the CDB field by field'],
  [
    'keyValues',
    'list',
    'of [key, value]: login and text PDUs; split ones are joined where they end',
  ],
  [
    'data',
    'object',
    'data of Data-In, Data-Out and commands, decoded with the CDB; user data is null',
  ],
  ['senseLength', 'number', 'SCSI Response with data: SenseLength'],
  ['senseFields', 'object', 'sense data field by field'],
  ['sense', 'string', 'sense key and additional sense code in words'],
  ['senseKey', 'number', 'of the sense data'],
  ['asc', 'number', 'additional sense code'],
  ['ascq', 'number', 'additional sense code qualifier'],
  [
    'responseData',
    'hex',
    'what follows the sense data of a SCSI Response; `(hidden)` without --show-secrets',
  ],
  ['eventData', 'hex', 'iSCSI event data of an Asynchronous Message'],
  ['pingData', 'hex', 'data of NOP-Out and NOP-In; `(hidden)` without --show-secrets'],
  ['rejected', 'object', 'Reject: the header that was rejected; `offendingByte` where one is'],
  ['lunLevels', 'list', 'of { method, lun }: the LUN in words, by SAM addressing method'],
  ['isidFields', 'object', 'the ISID by its type: t, a, b, c, d'],
  ['ahs', 'object', 'an additional header segment, or a list of them'],
  ['headerDigest', 'string', '`good`, `bad` or `not captured`; absent where none is in use'],
  ['dataDigest', 'string', 'the same of the data'],
  ['headerDigestOctets', 'hex', 'as on the wire'],
  ['dataDigestOctets', 'hex', 'as on the wire'],
  ['padding', 'hex', 'padding that is not zero; `(hidden)` without --show-secrets'],
  [
    'reserved',
    'object',
    'reserved fields that are not zero: `reserved12`, or `reserved1b4` from bit 4',
  ],
  ['faults', 'list', 'of sentences: what contradicts the standard'],
  ['commandFrame', 'number', 'packet in which its command began'],
  [
    'requestFrame',
    'number',
    'packet in which the request began that it answers, where that is no command',
  ],
  ['sinceRequestNs', 'number', 'from the first byte of that to the last byte of this'],
  [
    'victimFrame',
    'number',
    'task management: the command it is about; Reject: the PDU that was rejected',
  ],
  ['dataInFrames', 'list', 'SCSI Command: packets in which its Data-In PDUs began'],
  ['r2tFrames', 'list', 'SCSI Command: its R2Ts'],
  ['dataOutFrames', 'list', 'SCSI Command: its Data-Out PDUs; R2T: those that it asked for'],
  ['r2tFrame', 'number', 'Data-Out: the R2T that asked for it'],
  ['statusFrame', 'number', 'PDUs of a command: packet in which the PDU with its status began'],
  ['answerFrame', 'number', 'a request that is no command: packet in which its answer began'],
  [
    'answeredNs',
    'number',
    'commands and other requests: from its first byte to the last of its answer',
  ],
  ['headerCaptured', 'number', 'bytes of the header that were captured, where not all 48'],
  ['dataMissing', 'number', 'bytes of its data that were never captured'],
  ['dataCut', 'number', 'bytes of its data that the capture cut (snaplen)'],
  ['complete', 'boolean', 'false where its end was not seen'],
  ['inferred', 'boolean', 'true where its begin was found again in mid-stream'],
  ['because', 'string', 'inferred: why'],
  [
    'tree',
    'list',
    'with -V: every node with label, value, meaning, unit, byte, bit, width, kind, children',
  ],
];

/** Header fields that stand under their own names; `cdb` is in the other list. */
export function headerKeys(): Map<string, { type: string; section: string; pdus: string[] }> {
  const found = new Map<string, { type: string; section: string; pdus: string[] }>();
  for (const pdu of PDUS) {
    for (const f of pdu.fields) {
      if (f.reserved || f.name === 'opcode' || f.name === 'cdb') continue;
      const type = f.kind === 'octets' ? 'hex' : f.kind === 'flag' ? 'boolean' : 'number';
      const name = jsonName(f);
      const entry = found.get(name) ?? { type, section: f.section ?? pdu.section, pdus: [] };
      entry.pdus.push(pdu.short);
      found.set(name, entry);
    }
  }
  return found;
}

export function docMade(text: string): string {
  const own = PDU_KEYS.map(([name, type, about]) => `| \`${name}\` | ${type} | ${about} |`);
  const headers = [...headerKeys()].map(([name, { type, section, pdus }]) => {
    const of = pdus.length === PDUS.length ? 'all' : pdus.join(', ');
    return `| \`${name}\` | ${type} | ${section} | ${of} |`;
  });
  const first = section(text, 'pdu keys', ['| key | type | what |', '|---|---|---|', ...own]);
  const head = ['| key | type | RFC 7143 | PDUs |', '|---|---|---|---|'];
  const both = section(first, 'header keys', [...head, ...headers]);
  return section(both, 'command keys', commandRows());
}

const TYPES: Readonly<Record<TaskFact['type'], string>> = {
  count: 'number',
  code: 'number',
  word: 'number',
  ns: 'number, ns',
  instant: 'number, ns since the first packet',
  bytes: 'number, bytes',
  blocks: 'number, blocks',
  flag: 'boolean',
  text: 'string',
  hex: 'hex',
  iso: 'string',
  decimal: 'decimal',
  lun: 'hex',
  phases: 'list',
  r2ts: 'list',
};

/** The table of facts, as programs and people call them. */
function commandRows(): string[] {
  const rows = TASK_FACTS.filter(({ told }) => told !== 'flat').map((fact) => {
    const names = new Set([nameOf(fact), ...(fact.also ?? [])]);
    names.delete(fact.key);
    const other = [...names].map((name) => `\`${name}\``).join(', ');
    const where = fact.told === 'asked' ? ' (where it is asked for)' : fact.always ? '' : '?';
    return `| \`${fact.key}\`${where} | ${TYPES[fact.type]} | ${other} | ${fact.about} |`;
  });
  return ['| key | type | in filters and --columns also | what |', '|---|---|---|---|', ...rows];
}

function section(text: string, name: string, lines: readonly string[]): string {
  const begin = text.indexOf(`<!-- ${name}: `);
  const from = text.indexOf('-->', begin) + 3;
  const to = text.indexOf('<!-- end -->', from);
  if (begin < 0 || to < 0) throw new Error(`docs/JSON.md has no section ${name}`);
  return `${text.slice(0, from)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(DOC, docMade(readFileSync(DOC, 'utf8')));
}

// No field of any PDU or message tells of a secret, neither printed (-e) nor asked for (-Y): every name there is,
// over every PDU that holds one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PduFacts } from '../../src/decode/facts.js';
import { type MessageFacts, MessageReader } from '../../src/decode/messages.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import type { FilterField } from '../../src/filter/field.js';
import { messageField, messageNames, messageTsharkNames } from '../../src/filter/message-fields.js';
import { pduBook } from '../../src/filter/pdu-filter.js';
import { TASK_BOOK } from '../../src/filter/task-filter.js';
import { analyse } from '../../src/pipeline.js';
import type { Task } from '../../src/scsi/task.js';
import { pcapFile } from '../support/pcap-writer.js';
import { leakIn, Planted, plantData, plantText, SECRET } from '../support/secrets.js';
import { plantedBeyond } from '../support/secrets-beyond.js';
import { plantedInRdma } from '../support/secrets-rdma.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-secrets-'));
const planted = new Planted();
plantText(planted);
plantData(planted);
const CAPTURES = [planted.captured(), plantedBeyond(), plantedInRdma()].map((packets, i) => {
  const path = join(folder, `${i}.pcap`);
  writeFileSync(path, pcapFile(packets));
  return path;
});

/** PDUs of text are many that differ by where they are cut. */
const EVERY = 7;

interface Seen {
  /** What is told in spite of all. */
  readonly leaks: string[];
  readonly fields: Set<string>;
  pdus: number;
  messages: number;
}

async function seen(path: string, showSecrets: boolean): Promise<Seen> {
  const book = pduBook();
  const fields = [...new Set(book.names())].flatMap((name) => book.find(name) ?? []);
  const names = [...messageNames().keys(), ...messageTsharkNames()];
  const ofMessages = names.flatMap((name) => messageField(name) ?? []);
  const all: Seen = { leaks: [], fields: new Set(), pdus: 0, messages: 0 };
  const look = <T>(list: readonly FilterField<T>[], subject: T): void => {
    for (const f of list) {
      const told = toldBy(f, subject);
      if (told === '') continue;
      all.fields.add(f.name);
      const leak = leakIn(told);
      if (leak !== undefined) all.leaks.push(`${f.name}: ${leak}`);
    }
  };
  const reader = new PduReader({
    details: true,
    showSecrets,
    take: (facts: PduFacts) => {
      if (holdsSecret(facts) && all.pdus++ % EVERY === 0) look(fields, facts);
    },
  });
  const messages = new MessageReader({
    showSecrets,
    take: (facts: MessageFacts) => {
      all.messages++;
      look(ofMessages, facts);
    },
    lost: () => {},
  });
  const ofTasks = [...TASK_BOOK.names(), ...book.names()].flatMap(
    (name) => TASK_BOOK.find(name) ?? [],
  );
  const taskEnded = (task: Task): void => look(ofTasks, task);
  await analyse([path], {
    pduSink: reader,
    messageSink: messages,
    taskSink: {
      taskStarted: (task) => reader.taskStarted(task),
      taskEnded: (task) => {
        reader.taskEnded(task);
        taskEnded(task);
      },
    },
    look: (found) => {
      reader.look(found);
      messages.look = found;
    },
  });
  return all;
}

function toldBy<T>(f: FilterField<T>, subject: T): string {
  const number = f.number?.(subject) ?? Number.NaN;
  const values = f.values?.(subject) ?? [];
  const texts = f.texts?.(subject) ?? [];
  const told = [...(Number.isNaN(number) ? [] : [number]), ...values, ...texts];
  return told.map(String).join(' | ');
}

const MARK = SECRET.slice(4, 9);

function holdsSecret({ pdu }: PduFacts): boolean {
  const data = Buffer.from(pdu.data.subarray(0, pdu.dataKept));
  const header = Buffer.from(pdu.bytes.subarray(pdu.at, pdu.at + pdu.headerCaptured));
  const ahs = Buffer.from(pdu.ahs.subarray(0, pdu.ahsKept));
  return [data, header, ahs].some((bytes) => bytes.includes(MARK));
}

for (const [i, path] of CAPTURES.entries()) {
  test(`no field tells of a secret: capture ${i}`, async () => {
    const { leaks, fields, pdus, messages } = await seen(path, false);
    assert.equal(leaks, []);
    assert.ok(pdus >= 4 && fields.size > 60, `${pdus} PDUs, ${fields.size} fields`);
    assert.ok(i === 0 || messages > 20, `${messages} messages`);
  });

  test(`with --show-secrets fields tell of it: capture ${i}`, async () => {
    const { leaks } = await seen(path, true);
    assert.ok(leaks.length > 0);
  });
}

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

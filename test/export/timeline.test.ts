import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Epoch } from '../../src/capture/time.js';
import { TimelineCsv } from '../../src/export/timeline/csv.js';
import { TimelineWriter } from '../../src/export/timeline/document.js';
import { TIMELINE_JSON_SCHEMA } from '../../src/export/timeline/schema.js';
import { EVERYTHING, type Selection } from '../../src/export/timeline/selection.js';
import { TimelineStream } from '../../src/export/timeline/stream.js';
import type { PduSink } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import type { Report } from '../../src/report/report.js';
import type { Task, TaskSink } from '../../src/scsi/task.js';
import { Outcome } from '../../src/scsi/task.js';
import type { SessionQuery } from '../../src/session/session-query.js';
import { HAND_REPORT } from '../support/hand-report.js';
import { sharedCapture } from '../support/shared.js';
import { task } from '../support/task.js';

interface Command {
  [key: string]: unknown;
  phases: { ns: number }[];
  latencyNs?: number;
}
interface Timeline {
  schema: string;
  sessions: { session: number; startedNs: number }[];
  commands: Command[];
}

function documentOf(writer: TimelineWriter, report = HAND_REPORT): Timeline {
  let text = '';
  writer.finish(report, (part) => {
    text += part;
  });
  return JSON.parse(text) as Timeline;
}

test('commands stand in the order of their ends, and name their session', () => {
  const writer = new TimelineWriter();
  writer.taskEnded(task({ session: 1, tag: 7 }));
  writer.taskEnded(task({ session: 0, tag: 8 }));
  writer.taskEnded(task({ session: 1, tag: 9 }));
  const timeline = documentOf(writer);
  assert.is(timeline.schema, 'sanscope/timeline/2');
  assert.equal(
    timeline.commands.map((c) => [c['session'], c['tag']]),
    [
      [1, 7],
      [0, 8],
      [1, 9],
    ],
  );
});

test('times are numbers, 64-bit numbers decimal strings; phases sum up to the latency', () => {
  const writer = new TimelineWriter();
  writer.taskEnded(
    task({
      lbaHigh: 0xffffffff,
      lbaLow: 0xffffffff,
      commandNs: 5e15,
      firstDataInNs: 5e15 + 10,
      lastDataInNs: 5e15 + 20,
      statusNs: 5e15 + 31,
    }),
  );
  const [command] = documentOf(writer).commands;
  assert.is(command['lba'], '18446744073709551615');
  assert.is(command['relativeNs'], 5e15);
  assert.is(command.latencyNs, 31);
  assert.is(
    command.phases.reduce((sum, p) => sum + p.ns, 0),
    31,
  );
});

test('what is inferred says so and gives no latency', () => {
  const writer = new TimelineWriter();
  writer.taskEnded(
    task({
      outcome: Outcome.statusNotCaptured,
      statusBound: true,
      status: -1,
      response: -1,
      evidence: 1,
    }),
  );
  const [command] = documentOf(writer).commands;
  assert.equal([command['inferred'], command['because']], [true, 'later status sequence numbers']);
  assert.is(command.latencyNs, undefined);
  assert.equal([command['latencyNsAtMost'], command['atMost']], [1000, true]);
  assert.is(command['relativeNsStatus'], undefined);
  assert.is(command['relativeNsEnd'], 2000);
});

test('of a recorded capture: as many commands as the report has, twice the same bytes', async () => {
  const path = 'captures/tgt-libiscsi-scsi-tests.pcap.gz';
  const texts: string[] = [];
  let commands = 0;
  for (let run = 0; run < 2; run++) {
    const collector = new Collector(20);
    const writer = new TimelineWriter();
    const road = await analyse([path], {
      pduSink: collector.evidence,
      taskSink: {
        taskStarted: (t) => collector.taskStarted(t),
        taskEnded: (t) => {
          collector.taskEnded(t);
          writer.taskEnded(t);
        },
      },
    });
    const report = collector.report(road);
    commands = report.totals.commandCount + report.totals.commandsNotCaptured;
    let text = '';
    writer.finish(report, (part) => {
      text += part;
    });
    texts.push(text);
  }
  assert.is(texts[0], texts[1]);
  const timeline = JSON.parse(texts[0]) as Timeline;
  assert.is(timeline.commands.length, commands);
  assert.ok(commands > 5000);
});

interface Taking extends TaskSink, PduSink {
  look: SessionQuery | undefined;
  epoch: Epoch | undefined;
}

/** A capture through the road, with what both timelines need. */
async function through(path: string, timeline: Taking): Promise<Report> {
  const collector = new Collector(20);
  const road = await analyse([path], {
    look: (look) => {
      timeline.look = look;
    },
    started: (epoch) => {
      if (timeline instanceof TimelineStream) timeline.started(epoch);
      timeline.epoch = epoch;
    },
    taskSink: {
      taskStarted: (t) => collector.taskStarted(t),
      taskEnded: (t) => {
        collector.taskEnded(t);
        timeline.taskEnded(t);
      },
    },
    pduSink: {
      begin: (pdu) => {
        timeline.begin(pdu);
        return collector.evidence.begin(pdu);
      },
      end: (pdu) => {
        collector.evidence.end(pdu);
        timeline.end(pdu);
      },
      lost: (direction, bytes, timeNs, frame) =>
        collector.evidence.lost(direction, bytes, timeNs, frame),
      ended: () => {},
    },
  });
  return collector.report(road);
}

async function documentText(path: string, of: Selection = EVERYTHING): Promise<string> {
  const writer = new TimelineWriter(of);
  const report = await through(path, writer);
  let text = '';
  writer.finish(report, (part) => {
    text += part;
  });
  return text;
}

interface Line {
  readonly type: string;
  readonly [key: string]: unknown;
}

async function lines(path: string, of: Selection = EVERYTHING): Promise<Line[]> {
  let text = '';
  const stream = new TimelineStream(of, (part) => {
    text += part;
  });
  stream.finish(await through(path, stream));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const ajv = new Ajv2020({ allErrors: false, strict: false });
const validate: ValidateFunction = ajv.compile(TIMELINE_JSON_SCHEMA);

/** One record at a time: the whole schema names every alternative it tried. */
function complaint(value: unknown): string {
  return validate(value) ? '' : ajv.errorsText(validate.errors?.slice(0, 3));
}

const CAPTURES = [
  'captures/tgt-chap.pcap',
  'captures/istgt-many-r2ts.pcap.gz',
  'captures/tgt-mid-stream.pcap.gz',
  'captures/tgt-mixed-load-snaplen160.pcap.gz',
  'captures/tgt-both-digests.pcap.gz',
  'captures/tgt-killed-and-back.pcap.gz',
  'captures/tgt-login-redirect.pcap',
  'captures/tgt-libiscsi-iscsi-tests.pcap.gz',
  ...['probes/t16.pcap', 'probes/t17.pcap', 'probes/t12.pcap', 'probes/t51.pcap'].map(
    sharedCapture,
  ),
];

for (const path of CAPTURES) {
  test(`both forms keep to the schema: ${path.split('/').at(-1)}`, async () => {
    const document = JSON.parse(await documentText(path)) as {
      pdus: unknown[];
      sessions: unknown[];
    };
    assert.is(complaint(document), '');
    const records = await lines(path);
    for (const record of records) {
      assert.is(complaint(record), '', `${record.type} ${JSON.stringify(record).slice(0, 300)}`);
    }
    const count = (type: string): number => records.filter((r) => r.type === type).length;
    assert.is(count('pdu'), document.pdus.length);
    assert.is(count('session'), document.sessions.length);
    assert.is(records[0].type, 'timeline');
    assert.is(records.at(-1)?.type, 'capture');
  });
}

test('the schema refuses what is none of it', () => {
  assert.not.equal(complaint({ schema: 'sanscope/timeline/2' }), '');
  assert.not.equal(complaint({ type: 'command', schema: 'sanscope/timeline/2' }), '');
  assert.not.equal(complaint({ type: 'weather', schema: 'sanscope/timeline/2' }), '');
});

test('stream and document say the same of every command', async () => {
  const path = 'captures/istgt-many-r2ts.pcap.gz';
  const document = JSON.parse(await documentText(path)) as { commands: unknown[] };
  const streamed = (await lines(path)).filter((r) => r.type === 'command');
  const bare = streamed.map(({ type: _type, schema: _schema, ...command }) => command);
  const all = document.commands;
  const key = (c: unknown): string => JSON.stringify(c);
  assert.equal(bare.map(key).sort(), all.map(key).sort());
});

test('R2Ts of a command stand with their data, and phases sum up', async () => {
  const commands = (await lines('captures/istgt-many-r2ts.pcap.gz')).filter(
    (r) => r.type === 'command' && Number(r['r2ts']) > 1,
  );
  assert.ok(commands.length > 10);
  for (const command of commands) {
    const phases = command['phases'] as { ns: number }[];
    assert.is(
      phases.reduce((sum, p) => sum + p.ns, 0),
      command['latencyNs'],
    );
    const list = command['r2tList'] as {
      relativeNs: number;
      relativeNsFirstData: number;
      bytes: number;
      desiredDataTransferLength: number;
    }[];
    assert.is(list.length, command['r2ts']);
    for (const r2t of list) {
      assert.ok(r2t.relativeNsFirstData >= r2t.relativeNs);
      assert.is(r2t.bytes, r2t.desiredDataTransferLength);
    }
  }
});

test('a session, a time and a filter select; without PDUs there are none', async () => {
  const path = 'captures/tgt-mixed-load.pcap.gz';
  const of = { ...EVERYTHING, session: 2, fromNs: 100e6, toNs: 2e9, pdus: false };
  const records = await lines(path, { ...of, passes: (t: Task) => t.writes, filter: 'write' });
  const commands = records.filter((r) => r.type === 'command');
  assert.ok(commands.length > 0);
  assert.ok(commands.every((c) => c['session'] === 2 && c['operation'] !== 'READ(10)'));
  assert.is(records.filter((r) => r.type === 'pdu').length, 0);
  assert.equal(
    records.filter((r) => r.type === 'session').map((r) => r['session']),
    [2],
  );
  assert.equal(records[0]['selection'], {
    session: 2,
    fromNs: 100e6,
    toNs: 2e9,
    filter: 'write',
    withPdus: false,
  });
  assert.is(complaint(records[0]), '');
  const document = JSON.parse(await documentText(path, of)) as { pdus?: unknown };
  assert.is(document.pdus, undefined);
  assert.is(complaint(document), '');
});

test('a session whose login was not captured says that it is inferred', async () => {
  const sessions = (await lines('captures/tgt-mid-stream.pcap.gz')).filter(
    (r) => r.type === 'session',
  );
  assert.ok(sessions.length > 0);
  for (const session of sessions) {
    assert.equal([session['inferred'], session['because']], [true, 'its login was not captured']);
  }
});

test('CSV: a row a command, as many cells as names, phases that sum up', () => {
  let text = '';
  const csv = new TimelineCsv(EVERYTHING, (part) => {
    text += part;
  });
  const t = task();
  t.phaseNs.set([0, 0, 0, 0, 0, 500, 300, 200, 0]);
  csv.taskEnded(t);
  const [names, row] = text.split('\r\n').map((line) => line.split(','));
  assert.is(row.length, names.length);
  const cell = (name: string): string => row[names.indexOf(name)];
  assert.is(cell('outcome'), 'good');
  assert.is(cell('latencyNs'), '1000');
  assert.is(cell('commandToDataNs'), '500');
  assert.is(cell('status'), '0');
});

test.run();

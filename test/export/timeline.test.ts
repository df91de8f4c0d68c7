import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TimelineWriter } from '../../src/export/timeline.js';
import { analyse } from '../../src/pipeline.js';
import { Collector } from '../../src/report/collect.js';
import { Outcome } from '../../src/session/task.js';
import { HAND_REPORT } from '../support/hand-report.js';
import { task } from '../support/task.js';

interface Command {
  [key: string]: unknown;
  times: Record<string, string>;
  phases: { ns: string }[];
  latencyNs?: string;
}
interface Timeline {
  schema: string;
  sessions: { session: number; startedNs: string; commands: Command[] }[];
}

function documentOf(writer: TimelineWriter, report = HAND_REPORT): Timeline {
  let text = '';
  writer.finish(report, (part) => {
    text += part;
  });
  return JSON.parse(text) as Timeline;
}

test('commands stand in their own session, in the order of their ends', () => {
  const writer = new TimelineWriter();
  writer.taskEnded(task({ session: 1, initiatorTaskTag: 7 }));
  writer.taskEnded(task({ session: 0, initiatorTaskTag: 8 }));
  writer.taskEnded(task({ session: 1, initiatorTaskTag: 9 }));
  const timeline = documentOf(writer);
  assert.is(timeline.schema, 'sanscope/timeline/1');
  assert.equal(
    timeline.sessions.map((s) => s.commands.map((c) => c['initiatorTaskTag'])),
    [[8], [7, 9]],
  );
});

test('times and 64-bit numbers are decimal strings; phases sum up to the latency', () => {
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
  const [command] = documentOf(writer).sessions[0].commands;
  assert.is(command['lba'], '18446744073709551615');
  assert.is(command.times['command'], '5000000000000000');
  assert.is(command.latencyNs, '31');
  assert.is(
    command.phases.reduce((sum, p) => sum + Number(p.ns), 0),
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
  const [command] = documentOf(writer).sessions[0].commands;
  assert.equal(command['inferred'], { outcome: true, why: 'later status sequence numbers' });
  assert.is(command.latencyNs, undefined);
  assert.is(command['latencyNsMax'], '1000');
  assert.is(command.times['status'], undefined);
  assert.is(command.times['statusAtLatest'], '2000');
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
    commands = report.totals.commands + report.totals.commandsNotCaptured;
    let text = '';
    writer.finish(report, (part) => {
      text += part;
    });
    texts.push(text);
  }
  assert.is(texts[0], texts[1]);
  const timeline = JSON.parse(texts[0]) as Timeline;
  assert.is(
    timeline.sessions.reduce((sum, s) => sum + s.commands.length, 0),
    commands,
  );
  assert.ok(commands > 5000);
});

test.run();

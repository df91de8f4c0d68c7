// The hand-made probes (test/captures): each shows one situation in which other tools go wrong, and what
// must be told of it. Those about TCP alone stand in test/stream and test/report.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Report } from '../../src/report/report.js';
import { needs } from '../support/needs.js';
import { reportOf } from '../support/report.js';
import { packetsOf, type Story, told } from '../support/road.js';
import { sharedCapture } from '../support/shared.js';

interface Told {
  readonly report: Report;
  readonly story: Story;
}

function probe(name: string, what: string, check: (told: Told) => void): void {
  const path = sharedCapture(`probes/${name}.pcap`);
  test(`${name}: ${what}`, async () => {
    const report = await reportOf(path);
    const { story } = told(await packetsOf(path));
    check({ report, story });
  });
}

/** Commands, completed, unanswered, status not captured, begun before the capture. */
function counts({ totals: t }: Report): number[] {
  return [t.commandCount, t.completed, t.unanswered, t.statusNotCaptured, t.commandsNotCaptured];
}

const titles = (report: Report): string => report.findings.map((f) => f.title).join('; ');
const connection = (report: Report) => report.sessions[0].connections[0];

probe('t03', 'a data segment of 300 KiB is read, and said to be too long', ({ report }) => {
  assert.equal(counts(report), [2, 2, 0, 0, 0]);
  assert.is(report.totals.dataInBytes, 307_200 + 4096);
  assert.is(report.problems.counts['protocol-odd'], 1);
});

probe(
  't07b',
  'a first bad header digest does not undo what was negotiated',
  ({ report, story }) => {
    assert.equal(counts(report), [3, 3, 0, 0, 0]);
    assert.is(story.pdus.length, 8);
    assert.equal(
      [connection(report).headerDigestInUse, connection(report).digestsInferred],
      [true, false],
    );
    assert.match(titles(report), /1 PDU with a bad digest/);
  },
);

probe('t08', 'mid-stream in random data: the reads behind it are found', ({ report, story }) => {
  assert.equal(counts(report), [3, 3, 0, 0, 0]);
  assert.is(story.pdus.length, 6);
  assert.is(report.capture.bytesUnframed, 39_728);
});

probe('t08b', 'both digests inferred without a login', ({ report, story }) => {
  assert.equal(counts(report), [3, 3, 0, 0, 0]);
  assert.is(story.pdus.length, 6);
  const c = connection(report);
  assert.equal([c.headerDigestInUse, c.dataDigestInUse, c.digestsInferred], [true, true, true]);
});

probe('t08c', 'data digest inferred: no Data-In is lost', ({ report, story }) => {
  assert.equal(counts(report), [3, 3, 0, 0, 0]);
  assert.is(story.pdus.length, 6);
  const c = connection(report);
  assert.equal([c.headerDigestInUse, c.dataDigestInUse, c.digestsInferred], [false, true, true]);
});

probe('t09', 'responses beyond snaplen: bounded, never malformed', ({ report }) => {
  assert.equal(counts(report), [4, 0, 0, 4, 0]);
  assert.match(titles(report), /4 commands whose status was not captured.*snaplen 128/);
  // The text of the login was cut too: what nobody saw is no default.
  assert.not.ok(report.sessions[0].parameters.some((p) => p.source === 'default'));
  assert.is(report.problems.counts['text-malformed'], undefined);
});

probe('t11', 'a hole inside data: every read completes, the bytes are counted', ({ report }) => {
  assert.equal(counts(report), [3, 3, 0, 0, 0]);
  assert.is(report.capture.bytesMissing, 1448);
  assert.match(titles(report), /1.41 KiB of the connection are missing in the capture/);
});

probe('t13', 'a target on port 13260', ({ report }) => {
  assert.equal(counts(report), [1, 1, 0, 0, 0]);
  assert.is(connection(report).targetAddress, '10.0.0.2:13260');
});

probe('t22', 'Data-In headers at segment starts, responses cut', ({ report }) => {
  assert.equal(counts(report), [3, 0, 0, 3, 0]);
  assert.ok(report.totals.dataInBytes > 0);
});

probe('t23', 'responses in captured bytes are told though the rest is cut', ({ report }) => {
  assert.equal(counts(report), [3, 3, 0, 0, 0]);
  assert.is(report.capture.bytesUnframed, 0);
});

for (const [name, pdus] of [
  ['t24', 39],
  ['t30', 59],
  ['t31', 59],
] as const) {
  probe(name, `mid-stream, one direction: all ${pdus} PDUs`, ({ report, story }) => {
    assert.is(story.pdus.length, pdus);
    assert.equal(counts(report), [0, 0, 0, 0, pdus]);
    assert.match(titles(report), /Only what the target sent was captured/);
    assert.not.ok(report.findings.some((f) => f.severity === 'critical'));
  });
}

probe('t25', 'one lost segment in a bulk stream: 40 of 40 reads', ({ report }) => {
  assert.equal(counts(report), [40, 40, 0, 0, 0]);
  assert.is(report.capture.bytesMissing, 1448);
});

probe('t26', 'the slow read is there, and its 250 ms were a retransmission', ({ report }) => {
  assert.equal(counts(report), [2, 2, 0, 0, 0]);
  const [slow] = report.slowest;
  assert.equal([slow.frame, slow.latencyNs, slow.tcpWaitNs], [6, 252e6, 250e6]);
  assert.match(titles(report), /1 command waited for TCP retransmissions/);
});

probe('t27', 'full feature phase in the segment of the login response', ({ report, story }) => {
  assert.equal(counts(report), [1, 1, 0, 0, 0]);
  assert.is(story.pdus.length, 6);
  assert.is(connection(report).headerDigestInUse, true);
  assert.not.match(titles(report), /digest/);
});

probe('t50', 'snaplen 190: the same commands as the whole capture, t50full', ({ report }) => {
  assert.equal(counts(report), [4, 4, 0, 0, 0]);
});

probe('t50full', 'the same commands at the same times as t50', ({ report }) => {
  assert.equal(counts(report), [4, 4, 0, 0, 0]);
  assert.is(report.operations[0].latency?.maxNs, 3e6);
});

const TAPE = sharedCapture('real/iscsi-tapel.pcap');
const CD_ROM = sharedCapture('real/iscsi-scsi-data-cdrom.pcap');

needs(TAPE)('the capture of a tape library tells every command, SSH beside it none', async () => {
  const report = await reportOf(TAPE);
  const { totals } = report;
  assert.equal([totals.unanswered, totals.statusNotCaptured], [0, 0]);
  assert.ok(totals.commandCount === 83 && totals.completed === 83);
  assert.equal([totals.connectionCount, report.capture.otherConnections], [1, 2]);
});

needs(CD_ROM)('the CD-ROM: 1,087 holes, every command with its response', async () => {
  const { totals } = await reportOf(CD_ROM);
  assert.is(totals.completed, totals.commandCount);
  assert.ok(totals.commandCount > 200);
});

needs(CD_ROM)(
  'the CD-ROM, only the initiator: every command ends, though some were not captured',
  async () => {
    const all = await packetsOf(CD_ROM);
    const ended = new Map<string, number>();
    told(
      all.filter(({ bytes }) => bytes[36] * 256 + bytes[37] === 3260),
      { taskEnded: (t) => void ended.set(`${t.cmdSN}`, t.statusNs) },
    );
    assert.is(ended.size, 709);
    // Both sides: the ACK tells when the end of a response had come that the capture lacks.
    told(all, {
      taskEnded(t) {
        const latest = ended.get(`${t.cmdSN}`);
        if (!t.commandSeen || latest === undefined) return;
        assert.ok(
          t.statusNs >= 0 && t.statusNs <= latest,
          `CmdSN ${t.cmdSN} ends at ${t.statusNs}`,
        );
      },
    });
  },
);

test.run();

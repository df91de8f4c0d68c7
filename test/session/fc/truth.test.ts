import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { analyse } from '../../../src/pipeline.js';
import { FcKind, kindName } from '../../../src/wire/fc/kinds.js';
import { lineOfTruth, TaskLines, truthOf } from '../../support/fc-frames.js';
import { sharedCapture } from '../../support/shared.js';

const CAPTURES = [
  'fcip-vm-1500-stream',
  'fcip-stale',
  'fcip-link-cut',
  'fcip-zoo',
  'ifcp-vm-1500-stream',
  'ifcp-translation',
  'ifcp-cbind-rejected',
  'fcoe-load-ini',
  'fcoe-loss-ini',
];

/** What the truth calls frames that we name more closely. */
const NAMES: Readonly<Record<string, string>> = {
  'ELS 62': 'SCR',
  'ELS 10': 'ECHO',
  'FCP 32': 'SRR',
  'FCP 33': 'LS_ACC (FC-4)',
  'LINK c5': 'F_BSY (data)',
};

for (const name of CAPTURES) {
  test(`${name}: every command's start, latency, bytes and status, and every frame's kind`, async () => {
    const truth = truthOf(name);
    const lines = new TaskLines();
    const { fc, problems } = await analyse([sharedCapture(`san/${name}.pcap`)], {
      taskSink: lines,
    });
    const expected = [...truth.list].sort((a, b) => a.start - b.start).map(lineOfTruth);
    assert.equal(lines.sorted(), expected);
    assert.is(lines.notSeen, 0);
    const kinds: Record<string, number> = {};
    let control = 0;
    let special = 0;
    for (const link of fc.links) {
      for (const [kind, count] of link.frames) {
        const group = kind & 0xf00;
        if (kind === FcKind.special) special += count;
        else if (kind >= FcKind.els + 0xe0 && group === FcKind.els) control += count;
        else {
          const own = kindName(kind);
          const called = group === FcKind.ct ? 'FC_CT' : group === FcKind.swIls ? 'SW_ILS' : own;
          kinds[called] = (kinds[called] ?? 0) + count;
        }
      }
    }
    const wanted: Record<string, number> = {};
    for (const [kind, count] of Object.entries(truth.frames)) wanted[NAMES[kind] ?? kind] = count;
    assert.equal(kinds, wanted);
    assert.is(control, truth.session_control_frames ?? 0);
    assert.is(special, truth.special_frames ?? 0);
    assert.equal([...problems.counts.keys()], []);
  });
}

test.run();

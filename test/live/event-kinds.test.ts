// What happens on captures with troubles, whatever carries the commands: each is told as an event while it is
// read, with its proof, and what the report finds in the end was told before.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCapture } from '../support/capture.js';
import { pcapFile } from '../support/pcap-writer.js';
import { sanscope } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';
import { captureOf } from '../support/ui.js';

interface Event {
  readonly type: string;
  readonly kind: string;
  readonly text: string;
  readonly severity: string;
  readonly fromNs?: number;
  readonly session?: number;
  readonly initiator?: string;
  readonly lun?: string;
  readonly frames?: readonly number[];
}

interface Told {
  readonly events: readonly Event[];
  readonly findings: readonly { readonly id: string; readonly fromNs?: number }[];
}

function toldOf(bytes: Uint8Array): Told {
  const { status, stdout, stderr } = sanscope(['live', '-', '--json'], { input: bytes });
  assert.is(status, 0, stderr);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return {
    events: lines.filter(({ type }) => type === 'event'),
    findings: lines.at(-1).report.findings,
  };
}

function bytesOf(path: string): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

for (const [name, path, kinds] of [
  ['a wrong secret', captureOf('tgt-chap-wrong-password.pcap'), ['login-failed']],
  [
    'a target that is killed and comes back',
    captureOf('tgt-killed-and-back.pcap.gz'),
    ['session-begins', 'connection-lost', 'session-over', 'session-back'],
  ],
  [
    'a LUN that is gone',
    sharedCapture('faults/lun-removed-ini.pcap'),
    ['session-begins', 'lun-exchanged', 'unit-attention'],
  ],
  [
    'a target that stops',
    sharedCapture('faults/target-frozen-ini.pcap'),
    ['stall', 'stall-over', 'side-silent'],
  ],
  [
    'an abort after 30 s',
    sharedCapture('probes/t32.pcap'),
    ['stall', 'stall-over', 'commands-aborted', 'task-management'],
  ],
  [
    'an FCIP link that is cut',
    sharedCapture('san/fcip-link-cut.pcap'),
    ['stall', 'fcip-link-flaps'],
  ],
] as const) {
  test(`${name}: told while it happens`, () => {
    const { events, findings } = toldOf(bytesOf(path));
    for (const kind of kinds) {
      const found = events.find((event) => event.kind === kind);
      assert.ok(found !== undefined, `${kind} of ${events.map((event) => event.kind)}`);
      assert.ok((found.initiator ?? '') !== '' || found.session === undefined, kind);
    }
    // What has a moment in the report was an event before.
    for (const { id, fromNs } of findings) {
      if (fromNs === undefined) continue;
      assert.ok(
        events.some(({ kind }) => kind === id),
        `${id} of the report was never told`,
      );
    }
  });
}

/** The capture as if nothing at all had passed for 3 s, just behind a command of it. */
async function stopped(path: string): Promise<{ bytes: Uint8Array; lun: string }> {
  const { packets } = await readCapture([path]);
  const listed = sanscope(['commands', '--json', '-Y', 'operation == "READ(10)"', path]).stdout;
  const commands = listed
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { frame, lun } = commands[commands.length >> 1];
  const late = packets.map((packet) => ({
    ...packet,
    timeNs: packet.timeNs + (packet.frame > frame ? 3e9 : 0),
  }));
  return { bytes: pcapFile(late, { linkType: packets[0].linkType }), lun };
}

for (const name of ['fcip-vm-1500-stream', 'iser-rfc-markers-crc-1500', 'iser-rxe-1500-ini']) {
  test(`a stall of ${name} is told when it is one, with whom it concerns, and when it is over`, async () => {
    const { bytes, lun } = await stopped(sharedCapture(`san/${name}.pcap`));
    const { events } = toldOf(bytes);
    const stall = events.find(({ kind }) => kind === 'stall');
    const over = events.find(({ kind }) => kind === 'stall-over');
    assert.match(stall?.text ?? '', /nothing answered for \d\.\d+ s: \d+ commands? waits?/);
    assert.is(stall?.lun, lun);
    assert.ok((stall?.initiator ?? '') !== '' && (stall?.frames?.length ?? 0) > 0);
    assert.match(over?.text ?? '', /answers again after 3\.\d+ s/);
  });
}

test.run();

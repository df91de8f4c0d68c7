// A capture file read as far as the stream stage, for tests.

import { openCapture } from '../../src/capture/capture.js';
import { PacketDecoder } from '../../src/packet/decoder.js';
import { ProblemLog } from '../../src/problem.js';
import { StreamStage } from '../../src/stream/stage.js';
import { Happened, Written } from './wire.js';

export interface Seen {
  readonly written: Written;
  readonly events: Happened;
  readonly problems: ProblemLog;
}

export async function seen(path: string): Promise<Seen> {
  const written = new Written();
  const events = new Happened();
  const problems = new ProblemLog(16);
  const stage = new StreamStage(written, { problems, events });
  const decoder = new PacketDecoder(stage, problems);
  const capture = await openCapture([path], { problems });
  await capture.run({
    packet(packet) {
      decoder.packet(packet);
      stage.invariants();
    },
  });
  decoder.end();
  stage.finish();
  stage.invariants();
  return { written, events, problems };
}

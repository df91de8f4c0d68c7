// sanscope scrub: a capture that may leave the house.

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { PcapngWriter } from '../../capture/pcapng-writer.js';
import type { Epoch } from '../../capture/time.js';
import { UsageError } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import { bytesText, plural } from '../../lib/number-text.js';
import { PROBLEMS_KEPT_PER_KIND } from '../../limits.js';
import { ProblemLog } from '../../problem.js';
import { Pseudonyms } from '../../scrub/pseudonyms.js';
import { Scrubber, type ScrubKept } from '../../scrub/scrubber.js';
import { openOutput } from '../output.js';
import { type CommandContext, flag, runRoad, text, unreadFiles } from '../run.js';

const KINDS = ['names', 'addresses', 'macs', 'serials', 'isids'] as const;
const KEY_BYTES = 32;

export async function scrub(context: CommandContext): Promise<number> {
  const kept = keptOf(context);
  const pseudonyms = new Pseudonyms(keyOf(context));
  const output = openOutput(text(context, 'output'), context.files);
  const writer = new PcapngWriter(output.octets, 'sanscope scrub');
  let epoch: Epoch = { seconds: 0, nanoseconds: 0 };
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const scrubber = new Scrubber(pseudonyms, kept, writer, () => epoch, problems);
  const analysis = await runRoad(context, {
    started: (first) => {
      epoch = first;
    },
    look: (look) => {
      scrubber.pdus.look = look;
      scrubber.look = look;
    },
    packetSink: scrubber,
    pduSink: scrubber.pdus,
    messageSink: scrubber.messages,
    fpduWatch: scrubber.fpdus,
  });
  scrubber.finish();
  output.close();
  if (!flag(context, 'quiet')) context.say(summary(scrubber, pseudonyms));
  return unreadFiles(context, analysis);
}

function keptOf(context: CommandContext): ScrubKept {
  const asked = text(context, 'keep')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  for (const word of asked) {
    if ((KINDS as readonly string[]).includes(word)) continue;
    throw new UsageError(`--keep takes ${KINDS.join(', ')}, not ${JSON.stringify(harmless(word))}`);
  }
  const keeps = (kind: (typeof KINDS)[number]) => asked.includes(kind);
  return {
    names: keeps('names'),
    addresses: keeps('addresses'),
    macs: keeps('macs'),
    serials: keeps('serials'),
    isids: keeps('isids'),
  };
}

/** The key of --key, made there if the file does not exist; else one that is forgotten. */
function keyOf(context: CommandContext): Uint8Array {
  const path = text(context, 'key');
  if (path === '') return randomBytes(KEY_BYTES);
  try {
    const key = readFileSync(path);
    if (key.length < KEY_BYTES) {
      throw new UsageError(
        `${JSON.stringify(path)} holds ${plural(key.length, 'byte')}: a key has ${KEY_BYTES} at least`,
      );
    }
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const key = randomBytes(KEY_BYTES);
    writeFileSync(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  }
}

function summary(scrubber: Scrubber, pseudonyms: Pseudonyms): string {
  const kinds = [...pseudonyms.replaced].map(([kind, seen]) => `${seen.size} ${kind}`);
  const replaced = kinds.length > 0 ? kinds.join(', ') : 'nothing';
  const lines = [
    `sanscope: ${plural(scrubber.written, 'packet')} written; replaced: ${replaced}`,
    `sanscope: of ${bytesText(scrubber.payloadBytes)} of TCP payload only headers and what describes devices was kept, the rest is zeros`,
  ];
  if (scrubber.notUnderstood > 0) {
    lines.push(
      `sanscope: ${plural(scrubber.notUnderstood, 'packet')} could not be understood in time: their payload is zeros`,
    );
  }
  return `${lines.join('\n')}\n`;
}

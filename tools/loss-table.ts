// What is left of the numbers when a capture misses packets: node --import tsx tools/loss-table.ts writes
// the table of docs/TRANSPORT.md, with names of other captures it prints theirs. Recordings lose packets at random, in bursts, in one direction, by snaplen
// and by beginning in mid-stream; the truth is the recording itself.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openCapture } from '../src/capture/capture.js';
import type { Packet, PacketSink } from '../src/capture/packet.js';
import { PROBLEMS_KEPT_PER_KIND } from '../src/limits.js';
import { Road } from '../src/pipeline.js';
import { ProblemLog } from '../src/problem.js';
import { Collector } from '../src/report/collect.js';
import type { Report } from '../src/report/report.js';

/** What happens to a packet: true, it is missed; a number, it is cut to so many bytes. */
type Damage = (packet: Packet, random: () => number) => boolean | number;

const ETHERNET_IP_SOURCE = 26;

export const DAMAGES: readonly (readonly [name: string, damage: Damage])[] = [
  ['none', () => false],
  ...[0.05, 0.2, 1, 5, 20].map((percent): [string, Damage] => [
    `${percent} % lost`,
    (_, random) => random() * 100 < percent,
  ]),
  ['bursts of 50, 2 %', bursts(50, 0.02)],
  ['initiator 2 %', ofSide(true, 0.02)],
  ['target 2 %', ofSide(false, 0.02)],
  ...[64, 96, 128, 160].map((bytes): [string, Damage] => [`snaplen ${bytes}`, () => bytes]),
  ['mid-stream', (packet) => packet.frame < 200],
];

function bursts(length: number, share: number): Damage {
  let left = 0;
  return (_, random) => {
    if (left > 0) {
      left--;
      return true;
    }
    if (random() < share / length) left = length;
    return left > 0;
  };
}

/** IPv4 over Ethernet: the initiator is whoever sent the first packet. */
function ofSide(initiator: boolean, share: number): Damage {
  let first = -1;
  return (packet, random) => {
    const from = packet.bytes[packet.offset + ETHERNET_IP_SOURCE + 3];
    if (first < 0) first = from;
    return (from === first) === initiator && random() < share;
  };
}

class Damaged implements PacketSink {
  readonly #sink: PacketSink;
  readonly #damage: Damage;
  #state = 12345;

  constructor(sink: PacketSink, damage: Damage) {
    this.#sink = sink;
    this.#damage = damage;
  }

  packet(packet: Packet): void {
    const what = this.#damage(packet, this.#random);
    if (what === true) return;
    if (typeof what === 'number') {
      packet.capturedLength = Math.min(packet.capturedLength, what);
      packet.snaplen = what;
    }
    this.#sink.packet(packet);
  }

  readonly #random = (): number => {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return this.#state / 4294967296;
  };
}

export async function reportOfDamaged(path: string, damage: Damage): Promise<Report> {
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  const capture = await openCapture([path], { problems });
  const collector = new Collector(10);
  const road = new Road(problems, collector.sinks());
  const facts = await capture.run(new Damaged(road, damage));
  return collector.report(road.finish(facts));
}

const CAPTURES = ['tgt-mixed-load.pcap.gz', 'istgt-mixed-load.pcap.gz', 'tgt-reordered.pcap.gz'];

const COLUMNS = [
  'damage',
  'commands',
  'completed',
  'status not captured',
  'open',
  'depth mean',
  'depth max',
  'IOPS max',
  'p50 µs',
  'p99 µs',
];

async function table(): Promise<string> {
  const lines: string[] = [];
  for (const capture of process.argv.length > 2 ? process.argv.slice(2) : CAPTURES) {
    const path = fileURLToPath(new URL(`../captures/${capture}`, import.meta.url));
    lines.push(
      `\n${capture}\n`,
      `| ${COLUMNS.join(' | ')} |`,
      `|${' --- |'.repeat(COLUMNS.length)}`,
    );
    for (const [name, damage] of DAMAGES) {
      const { totals, load } = await reportOfDamaged(path, damage);
      const us = (ns: number | undefined) => (ns === undefined ? '–' : (ns / 1000).toFixed(0));
      const cells = [
        name,
        totals.commandCount,
        totals.completed,
        totals.statusNotCaptured,
        totals.outcomes['open'] ?? 0,
        totals.queueDepth?.mean.toFixed(2) ?? '–',
        totals.queueDepth?.max ?? '–',
        load.iopsMax.toFixed(0),
        us(totals.latency?.p50Ns),
        us(totals.latency?.p99Ns),
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  return lines.join('\n');
}

const DOC = new URL('../docs/TRANSPORT.md', import.meta.url);
const BEGIN = '<!-- loss-table -->';
const END = '<!-- /loss-table -->';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await table();
  if (process.argv.length > 2) console.log(made);
  else {
    const text = readFileSync(DOC, 'utf8');
    const from = text.indexOf(BEGIN) + BEGIN.length;
    writeFileSync(DOC, `${text.slice(0, from)}\n${made}\n\n${text.slice(text.indexOf(END))}`);
  }
}

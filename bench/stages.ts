// One process, one depth of the road: `node --import tsx bench/stages.ts DEPTH FILE` prints the
// seconds of processor time and the packets as JSON. Each depth has a process of its own, so that
// its call sites see one sink only, as in the program. dist/ is bundled, so the stages are loaded from src/.

import type { Packet, PacketSink } from '../src/capture/packet.js';
import type { PduSink } from '../src/pdu/pdu.js';
import type { StreamSink } from '../src/stream/sink.js';
import type { Depth } from './depths.js';

const NO_STREAM: StreamSink = { opened() {}, data() {}, gap() {}, ended() {}, closed() {} };
const NO_PDU: PduSink = { begin: () => 0, end() {}, lost() {}, ended() {} };

async function main(depth: Depth, path: string): Promise<void> {
  const { openCapture } = await load<typeof import('../src/capture/capture.js')>('capture/capture');
  const sink = await sinkOf(depth);
  const started = process.cpuUsage();
  const capture = await openCapture([path]);
  const facts = await capture.run(sink);
  const used = process.cpuUsage(started);
  const seconds = (used.user + used.system) / 1e6;
  process.stdout.write(JSON.stringify({ seconds, packets: facts.packets }));
}

async function sinkOf(depth: Depth): Promise<PacketSink> {
  const { ProblemLog } = await load<typeof import('../src/problem.js')>('problem');
  const problems = new ProblemLog(16);
  switch (depth) {
    case 'capture':
      return { packet(_: Packet) {}, plain: { take: () => true } };
    case 'stream':
    case 'pdu':
      return streamSink(depth, problems);
    default:
      return roadSink(depth, problems);
  }
}

type Problems = import('../src/problem.js').ProblemLog;

async function streamSink(depth: Depth, problems: Problems): Promise<PacketSink> {
  const { PacketDecoder } = await load<typeof import('../src/packet/decoder.js')>('packet/decoder');
  const { StreamStage } = await load<typeof import('../src/stream/stage.js')>('stream/stage');
  const { PduStage } = await load<typeof import('../src/pdu/stage.js')>('pdu/stage');
  const { IscsiProtocol } =
    await load<typeof import('../src/pdu/iscsi/protocol.js')>('pdu/iscsi/protocol');
  const below = depth === 'stream' ? NO_STREAM : new PduStage([new IscsiProtocol(NO_PDU)]);
  const streams = new StreamStage(below, { problems });
  const packets = new PacketDecoder(streams, problems);
  return {
    packet(packet: Packet): void {
      if (packet.refused || !streams.take(packet)) packets.packet(packet);
    },
    plain: streams.express,
  };
}

async function roadSink(depth: Depth, problems: Problems): Promise<PacketSink> {
  const { Road } = await load<typeof import('../src/pipeline.js')>('pipeline');
  if (depth === 'session') return new Road(problems, {});
  const { Collector } = await load<typeof import('../src/report/collect.js')>('report/collect');
  const collector = new Collector(10);
  return new Road(problems, collector.sinks());
}

async function load<Module>(name: string): Promise<Module> {
  return (await import(new URL(`../src/${name}.ts`, import.meta.url).href)) as Module;
}

const [depth, path] = process.argv.slice(2);
await main(depth as Depth, path);

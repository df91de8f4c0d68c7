// The road, composed: capture → packet → stream → pdu → session → whoever asked. Read this first.
//
// Each stage is fed by the one before and is given its sink when it is made; all of it runs
// synchronously, packet by packet. Two things flow back from the session stage to the pdu stage:
// which digests a login agreed on, and which task tags are in use.

import type { AnalyseOptions, Analysis } from './analysis.js';
import { type Capture, openCapture } from './capture/capture.js';
import type { CaptureFacts } from './capture/facts.js';
import type { Packet, PacketSink, PlainSink } from './capture/packet.js';
import {
  DATA_KEPT_TOTAL,
  JOURNAL_BYTES_TOTAL,
  PROBLEMS_KEPT_PER_KIND,
  ROCE_CONNECTIONS_MAX,
} from './limits.js';
import { notTcpByReason, tooBig } from './packet/counts.js';
import { PacketDecoder } from './packet/decoder.js';
import type { DatagramSink, UdpDatagram } from './packet/udp-datagram.js';
import { BothFrames } from './pdu/fc/both.js';
import { CapturedFrames } from './pdu/fc/captured.js';
import { FcProtocol } from './pdu/fc/protocol.js';
import { IscsiProtocol } from './pdu/iscsi/protocol.js';
import { BothIsns } from './pdu/isns/both.js';
import { IsnsDatagrams, IsnsProtocol } from './pdu/isns/protocol.js';
import { IwarpProtocol } from './pdu/iwarp/protocol.js';
import type { Pdu, PduSink } from './pdu/pdu.js';
import { RoceStage } from './pdu/roce/stage.js';
import { PduStage } from './pdu/stage.js';
import { ProblemLog } from './problem.js';
import type { TaskSink } from './scsi/task.js';
import { inferredDigests, withInferred } from './session/iscsi/login/inferred-parameters.js';
import { IsnsStage } from './session/isns/stage.js';
import { SessionStage } from './session/stage.js';
import { BothEvents } from './stream/events.js';
import { StreamStage } from './stream/stage.js';
import { Carrier } from './wire/fc/carriers.js';

/** Reads the files as one capture and tells the sinks what happened, in the order of the wire. */
export async function analyse(
  paths: readonly string[],
  options: AnalyseOptions,
): Promise<Analysis> {
  const problems = new ProblemLog(PROBLEMS_KEPT_PER_KIND);
  return analyseCapture(
    await openCapture(paths, { problems, spool: options.spool }),
    problems,
    options,
  );
}

/** The same for a capture that is open; `problems` are those of its own. */
export async function analyseCapture(
  capture: Capture,
  problems: ProblemLog,
  options: AnalyseOptions,
): Promise<Analysis> {
  const road = new Road(problems, options);
  options.soFar?.(() => road.facts(capture.soFar()));
  const facts = await capture.run(watched(capture, road, options), options.progress);
  return road.finish(facts);
}

/** The road, and who wants to know when it begins, or to end it early. */
function watched(capture: Capture, road: Road, options: AnalyseOptions): PacketSink {
  if (options.started === undefined && options.stop === undefined) return road;
  let started = false;
  return {
    packet(packet: Packet): void {
      if (!started) {
        started = true;
        options.started?.(capture.epoch);
      }
      road.packet(packet);
      if (options.stop?.()) capture.stop();
    },
  };
}

/** All stages between a packet and what is told of it. */
export class Road implements PacketSink {
  readonly packets: PacketDecoder;
  readonly streams: StreamStage;
  readonly pdus: PduStage;
  readonly sessions: SessionStage;
  readonly roce: RoceStage;
  readonly isns: IsnsStage;
  private readonly iscsi: IscsiProtocol;
  private readonly problems: ProblemLog;
  private readonly packetSink: PacketSink | undefined;
  private readonly fcAgeLimitNs: number | undefined;
  private lastNs = -0; // a double from the start (lib/double-fields.ts)

  constructor(problems: ProblemLog, options: AnalyseOptions) {
    this.problems = problems;
    this.isns = new IsnsStage(problems);
    this.fcAgeLimitNs = options.fcAgeLimitNs;
    const digests = {
      setDigests: (connection: number, header: boolean, data: boolean) =>
        this.iscsi.setDigests(connection, header, data),
    };
    const change = {
      change: (connection: number, protocol: string) => this.pdus.change(connection, protocol),
    };
    this.sessions = new SessionStage({
      sink: options.taskSink ?? IGNORED_TASKS,
      problems,
      digests,
      protocols: change,
      connectionOf: (connection: number) =>
        this.roce.connection(connection) ?? this.pdus.connection(connection),
      connection: (connection: number) =>
        this.roce.connection(connection) ?? this.pdus.known(connection),
      forgotten: (connection: number) => this.pdus.drop(connection),
    });
    options.look?.(this.sessions);
    const { iscsi, fc } = this.sessions;
    const told = options.pduSink ? new Both(iscsi, options.pduSink) : iscsi;
    this.iscsi = new IscsiProtocol(told, iscsi, options.ports, change);
    const { protocols = [], tcpSink, packetSink, messageSink: messages } = options;
    const frames = messages ? new BothFrames(fc, messages) : fc;
    const isns = messages ? new BothIsns(this.isns, messages) : this.isns;
    // MPA first: what its messages hold looks like iSCSI too.
    const rows = [
      new IwarpProtocol(told, iscsi.iser, change, messages, options.fpduWatch),
      this.iscsi,
      new FcProtocol(Carrier.fcip, frames),
      new FcProtocol(Carrier.ifcp, frames),
      new IsnsProtocol(isns),
      ...protocols,
    ];
    this.pdus = new PduStage(rows, options.notPorts);
    const events = tcpSink ? new BothEvents(this.sessions, tcpSink) : this.sessions;
    this.streams = new StreamStage(this.pdus, { problems, events, ports: this.pdus.ports });
    this.packetSink = packetSink;
    this.roce = new RoceStage({
      pdus: told,
      rdma: iscsi.iser,
      open: (timeNs, frame) => this.streams.adopt(timeNs, frame),
      messages,
    });
    const datagramSink =
      options.datagramSink ?? new BothDatagrams(this.roce, new IsnsDatagrams(isns));
    const frameSink = options.frameSink ?? new CapturedFrames(frames);
    this.packets = new PacketDecoder(this.streams, problems, {
      ...options,
      datagramSink,
      frameSink,
    });
  }

  packet(packet: Packet): void {
    if (packet.timeNs > this.lastNs) this.lastNs = packet.timeNs;
    this.packetSink?.packet(packet);
    if (!packet.refused && this.streams.take(packet)) this.packets.counts.taken(1);
    else this.packets.packet(packet);
  }

  /** Where nobody wants to see each packet. */
  get plain(): PlainSink | undefined {
    return this.packetSink === undefined ? this.streams.express : undefined;
  }

  plainTook(count: number, timeNs: number): void {
    if (timeNs > this.lastNs) this.lastNs = timeNs;
    this.packets.counts.taken(count);
  }

  /** The capture is over: what is open is told as open, and the facts are final. */
  finish(capture: CaptureFacts): Analysis {
    this.packets.end();
    this.streams.finish();
    this.roce.finish();
    this.isns.finish();
    this.sessions.finish(this.lastNs);
    this.tellUnrecognised();
    this.tellLimits();
    for (const story of this.sessions.connections()) {
      if (!story.digestsInferred || story.replaced) continue;
      const inferred = this.iscsi.inferred(story.connection.id);
      story.headerDigest = inferred.headerDigest;
      story.dataDigest = inferred.dataDigest;
      const digests = inferredDigests(
        inferred.headerDecided ? story.headerDigest : undefined,
        inferred.dataDecided ? story.dataDigest : undefined,
      );
      story.parameters = withInferred(story.parameters, digests);
    }
    return this.facts(capture);
  }

  /** What is known after the packets so far; final once the capture is over. */
  facts(capture: CaptureFacts): Analysis {
    const { counts } = this.packets;
    return {
      capture,
      packets: {
        tcpSegments: counts.segments,
        others: notTcpByReason(counts),
        tooBig: tooBig(counts),
        unreachables: Array.from(this.packets.unreachables.all.values()),
        tooBigOf: Array.from(this.packets.unreachables.tooBig.values()),
      },
      lastNs: this.lastNs,
      stories: this.sessions.connections(),
      sessions: this.sessions.sessions(),
      fc: this.sessions.fc.story(),
      isns: this.isns.story(),
      rdma: this.rdmaFacts(),
      unread: this.pdus.unread,
      fcAgeLimitNs: this.fcAgeLimitNs,
      forgotten: { ...this.sessions.forgotten() },
      connectionsTotal: this.streams.connectionsTotal,
      failedConnects: this.streams.failedConnects,
      problems: this.problems,
    };
  }

  private rdmaFacts(): Analysis['rdma'] {
    // Of sessions that are forgotten nothing is known any more.
    return this.sessions.iscsi.iser.all().flatMap(({ connection: id, facts }) => {
      const connection = this.roce.connection(id) ?? this.pdus.known(id);
      return connection === undefined ? [] : [{ connection, facts }];
    });
  }

  /** Bounds that stages have reached which know no log. */
  private tellLimits(): void {
    const told: readonly (readonly [count: number, text: string])[] = [
      [
        this.iscsi.kept.short,
        `PDUs: only their first part was kept, all have ${DATA_KEPT_TOTAL} bytes`,
      ],
      [
        this.pdus.journalsDropped,
        `connections not recognised: their bytes were dropped, all have ${JOURNAL_BYTES_TOTAL}`,
      ],
      [
        this.roce.notFollowed,
        `packets of RoCE were not followed: more than ${ROCE_CONNECTIONS_MAX} connections`,
      ],
    ];
    for (const [count, text] of told) if (count > 0) this.problems.reached(`${count} ${text}`);
  }

  private tellUnrecognised(): void {
    for (const [{ title }, count] of this.pdus.unrecognised) {
      const what = count === 1 ? '1 connection' : `${count} connections`;
      const text = `${what} on an ${title} port: no PDU could be told in what was captured of it`;
      this.problems.add({ kind: 'not-recognised', text });
    }
  }
}

const IGNORED_TASKS: TaskSink = { taskStarted() {}, taskEnded() {} };

/** Each looks at the ports it knows. */
class BothDatagrams implements DatagramSink {
  private readonly first: DatagramSink;
  private readonly second: DatagramSink;

  constructor(first: DatagramSink, second: DatagramSink) {
    this.first = first;
    this.second = second;
  }

  datagram(datagram: UdpDatagram): void {
    this.first.datagram(datagram);
    this.second.datagram(datagram);
  }
}

/** The session stage first, so that whoever else looks at a PDU finds its session up to date. */
class Both implements PduSink {
  private readonly first: PduSink;
  private readonly second: PduSink;

  constructor(first: PduSink, second: PduSink) {
    this.first = first;
    this.second = second;
  }

  begin(pdu: Pdu): number {
    return Math.max(this.first.begin(pdu), this.second.begin(pdu));
  }

  end(pdu: Pdu): void {
    this.first.end(pdu);
    this.second.end(pdu);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number, absent = 0): void {
    this.first.lost(direction, bytes, timeNs, frame, absent);
    this.second.lost(direction, bytes, timeNs, frame, absent);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    this.first.ended(direction, timeNs, frame);
    this.second.ended(direction, timeNs, frame);
  }
}

// A report made by hand: every part of the text report has something to show.

import type {
  CountsReport,
  LatencyReport,
  LoadReport,
  OperationReport,
  Report,
  SessionReport,
} from '../../src/report/report.js';
import { REPORT_SCHEMA } from '../../src/report/report.js';
import { flowReport, tcpReport } from '../../src/report/tcp.js';
import type { CommandRecord } from '../../src/scsi/task-facts.js';
import type { IscsiConnection } from '../../src/session/model.js';
import { Connection } from '../../src/stream/connection.js';

function counts(commands: number, bytes: number, more: Partial<CountsReport> = {}): CountsReport {
  return {
    commandCount: commands,
    completed: commands,
    unanswered: 0,
    statusNotCaptured: 0,
    rejected: 0,
    outcomes: { good: commands },
    bytes,
    dataInBytes: bytes,
    dataOutBytes: 0,
    ...more,
  };
}

function latency(count: number, unit: number): LatencyReport {
  return {
    count,
    exact: true,
    minNs: unit,
    meanNs: unit * 2,
    p50Ns: unit * 2,
    p90Ns: unit * 5,
    p95Ns: unit * 7,
    p99Ns: unit * 20,
    p999Ns: unit * 90,
    maxNs: unit * 123,
  };
}

const LOAD: LoadReport = {
  bucketNs: 1_000_000,
  fromNs: 0,
  commandsByBucket: [0, 4, 8, 2],
  readBytesByBucket: [0, 16384, 32768, 8192],
  writeBytesByBucket: [0, 0, 0, 0],
  latencyNsMeanByBucket: [0, 100_000, 200_000, 50_000],
  latencyNsMaxByBucket: [0, 150_000, 900_000, 60_000],
  iopsByBucket: [0, 4000, 8000, 2000],
  readMBpsByBucket: [0, 16.384, 32.768, 8.192],
  writeMBpsByBucket: [0, 0, 0, 0],
  iopsMean: 3500,
  iopsMax: 8000,
  readMBpsMean: 14.336,
  readMBpsMax: 32.768,
  writeMBpsMean: 0,
  writeMBpsMax: 0,
};

function operation(session: number, name: string, opcode: number, unit: number): OperationReport {
  return {
    session,
    lun: '0001000000000000',
    operation: name,
    opcode,
    ...counts(1234 * (session + 1), 5 * 2 ** 20),
    latency: latency(1234, unit),
    firstData: latency(1234, unit),
  };
}

const SLOW: CommandRecord = {
  command: 7,
  session: 0,
  connection: 0,
  lun: '0001000000000000',
  captured: true,
  transport: 'iSCSI',
  immediate: false,
  atMost: false,
  inferred: false,
  tag: 0x1234,
  cmdSN: 77,
  operation: 'READ(10)',
  opcode: 0x28,
  cdb: '28000000080000000800',
  lba: '18446744073709551615',
  blocks: 8,
  expectedBytes: 4096,
  dataInBytes: 4096,
  dataOutBytes: 0,
  bytes: 4096,
  r2ts: 0,
  frame: 1_234_567,
  frameEnd: 1_234_600,
  relativeNs: 3_004_005_006,
  latencyNs: 251_500_000,
  phases: [
    { name: 'command to data', owes: 'target', ns: 1_000_000 },
    {
      name: 'data in',
      owes: 'both',
      ns: 250_500_000,
      tcpNs: 250_000_000,
      tcp: { retransmissionNs: 250_000_000 },
    },
    { name: 'data to status', owes: 'target', ns: 0 },
  ],
  tcpWaitNs: 250_000_000,
  outcome: 'good',
  status: 0,
};

/** TCP of every connection: both sides sent the same. */
const STORY = tcpStory();

function tcpStory(): IscsiConnection {
  const connection = new Connection(0, 0, 1);
  for (const flow of [connection.a, connection.b]) {
    Object.assign(flow, { packets: 100, payloadBytes: 5000, zeroWindows: 1, zeroWindowNs: 3e6 });
    Object.assign(flow, {
      retransmittedSegments: 3,
      retransmittedFast: 2,
      retransmittedTimeout: 1,
    });
    Object.assign(flow, { retransmissionWaitNsMax: 204e6, synSeen: true, mss: 1460 });
    flow.rtt.add(50e3, 1e6);
  }
  Object.assign(connection, {
    synNs: 0,
    synAckNs: 190e3,
    handshakeAckNs: 200e3,
    openerKnown: true,
  });
  return { connection, initiatorDirection: 0 } as IscsiConnection;
}

function session(id: number): SessionReport {
  return {
    session: id,
    sessionType: 'Normal',
    initiatorName: 'iqn.1993-08.org.debian:01:0123456789ab',
    // A name that tries to repaint the terminal.
    targetName:
      id === 0 ? 'iqn.2003-01.org.linux-iscsi.storage:sn.0123456789\u001b[31m' : undefined,
    initiator: 'iqn.1993-08.org.debian:01:0123456789ab',
    target:
      id === 0 ? 'iqn.2003-01.org.linux-iscsi.storage:sn.0123456789\u001b[31m' : '192.0.2.20:3260',
    initiatorAddress: '192.0.2.10',
    targetAddress: '192.0.2.20:3260',
    isid: '00023d000001',
    tsih: 1,
    targetPortalGroupTag: 1,
    loginSeen: id === 0,
    startedNs: 0,
    ended: id === 0 ? 'logout' : 'connection lost',
    parameters: [
      {
        key: 'InitialR2T',
        initiatorValue: 'No',
        targetValue: 'Yes',
        result: 'Yes',
        source: 'negotiated',
      },
      {
        key: 'MaxBurstLength',
        initiatorValue: '16776192',
        targetValue: '262144',
        result: '262144',
        source: 'negotiated',
      },
      { key: 'ErrorRecoveryLevel', result: '0', source: 'default' },
    ],
    discovered: [],
    connections: [
      {
        connection: id,
        cid: 0,
        initiatorAddress: '192.0.2.10:40000',
        targetAddress: '192.0.2.20:3260',
        openedNs: 0,
        lastNs: 9,
        pduCount: 10,
        pdusByName: { 'SCSI Command': 10 },
        headerDigestInUse: true,
        dataDigestInUse: false,
        digestsInferred: false,
        parameters: [
          {
            key: 'MaxRecvDataSegmentLength',
            initiatorInForce: '262144',
            targetInForce: '8192',
            source: 'declared',
          },
        ],
        login: {
          loginOutcome: 'accepted',
          statusClass: 0,
          statusDetail: 0,
          authMethod: 'CHAP',
          startedNs: 0,
          durationNs: 3_210_000,
          frames: [4, 5],
          incomplete: false,
        },
        closedHow: 'fin',
        closedBy: 'target',
        tcp: tcpReport(STORY),
        fromInitiator: flowReport(STORY, true),
        fromTarget: flowReport(STORY, false),
      },
    ],
    luns: [
      {
        lun: '0001000000000000',
        lunText: '1',
        vendor: 'LIO-ORG',
        product: 'disk1',
        deviceType: 'direct access block device',
        blockLength: 512,
        blockCount: '209715200',
        designators: ['naa.600140512345678'],
        ...counts(1234, 5 * 2 ** 20),
        commandsNotCaptured: 0,
        queueDepth: {
          mean: 3.25,
          p95: 8,
          max: 16,
          busyNs: 900_000_000,
          spanNs: 1_000_000_000,
          uncertainCommands: 0,
        },
      },
    ],
    ...counts(1234, 5 * 2 ** 20),
    commandsNotCaptured: 0,
    queueDepth: null,
    events: [],
    load: LOAD,
  };
}

export const HAND_REPORT: Report = {
  schema: REPORT_SCHEMA,
  type: 'report',
  discovery: [],
  capture: {
    files: [
      { path: 'trace.pcap', format: 'pcap', compression: 'gzip', packets: 44_915, ended: 'cut' },
      {
        path: 'gone.pcap',
        format: 'unread',
        compression: 'none',
        packets: 0,
        ended: 'complete',
        error: '"gone.pcap" does not exist',
      },
    ],
    packets: 44_915,
    capturedBytes: 7_000_000,
    originalBytes: 280_000_000,
    packetsTruncated: 40_000,
    snaplen: 160,
    packetsDropped: 12,
    start: '2025-11-23T20:54:01.123456789Z',
    end: '2025-11-23T20:59:01.123456789Z',
    spanNs: 300e9,
    linkTypes: [1],
    tcpSegments: 44_900,
    otherPackets: { UDP: 10, 'not IP': 5 },
    bytesMissing: 1460,
    bytesCut: 1_000_000,
    bytesUnframed: 48,
    otherConnections: 2,
  },
  totals: {
    connectionCount: 2,
    sessionCount: 2,
    pduCount: 9876,
    ...counts(3703, 10 * 2 ** 20, { completed: 3700, unanswered: 2, statusNotCaptured: 1 }),
    commandsNotCaptured: 4,
    latency: latency(3700, 100_000),
    queueDepth: {
      mean: 3.25,
      p95: 8,
      max: 16,
      busyNs: 900_000_000,
      spanNs: 1_000_000_000,
      uncertainCommands: 0,
    },
    pooled: 0,
  },
  sessions: [session(0), session(1)],
  logicalUnits: [],
  operations: [
    operation(0, 'READ(10)', 0x28, 100_000),
    operation(0, 'PERSISTENT RESERVE IN: READ FULL STATUS', 0x5e, 900),
    operation(1, 'WRITE(10)', 0x2a, 2_000_000),
  ],
  operationTotals: [
    operation(0, 'READ(10)', 0x28, 100_000),
    operation(1, 'WRITE(10)', 0x2a, 2_000_000),
  ].map((o) => ({ ...o, session: undefined, lun: undefined })),
  slowest: [
    SLOW,
    {
      ...SLOW,
      lba: '8',
      latencyNs: 1_500_000,
      tcpWaitNs: 0,
      phases: [{ name: 'command to status', owes: 'target', ns: 1_500_000 }],
      outcome: 'check condition',
      senseKey: 5,
      asc: 0x24,
      ascq: 0,
      sense: 'ILLEGAL REQUEST, INVALID FIELD IN CDB',
    },
  ],
  open: [
    {
      ...SLOW,
      frameEnd: undefined,
      phases: [],
      outcome: 'open',
      latencyNs: undefined,
      ageNs: 31e9,
    },
  ],
  load: LOAD,
  failedConnections: [
    {
      from: '192.0.2.10',
      to: '192.0.2.21:3260',
      attempts: 1,
      syns: 5,
      unanswered: 1,
      refused: 0,
      reset: 0,
      halfOpen: 0,
      late: 0,
      firstNs: 1e9,
      lastNs: 16e9,
      frames: [77],
      namedBy: 'SendTargets of S0',
    },
  ],
  incidents: [
    {
      title: '2 commands without an answer at the end of the capture',
      severity: 'critical',
      owes: 'target',
      text: 'The oldest was open for 31.0 s when the capture ended.',
      next: 'Capture on.',
      sessions: [0],
      findings: [0],
    },
    {
      title: 'Connection closed by the target without a logout (2 times in all)',
      severity: 'warning',
      owes: 'target',
      text: 'TCP FIN in frame 99.',
      next: 'See the side that closed.',
      sessions: [0, 1],
      findings: [1, 2],
    },
  ],
  findings: [
    {
      id: 'commands-open',
      severity: 'critical',
      title: '2 commands without an answer at the end of the capture',
      text: 'The oldest was open for 31.0 s when the capture ended.',
      reference: 'RFC 7143 11.4',
      confidence: 'certain',
      proof: [],
      disproof: 'A longer capture.',
      owes: 'target',
      next: 'Capture on.',
      count: 2,
      frames: [1_234_567, 1_234_570],
      session: 0,
    },
    {
      id: 'connection-lost',
      severity: 'warning',
      title: 'Connection closed by the target without a logout',
      text: 'TCP FIN in frame 99.',
      reference: 'RFC 7143 11.14',
      confidence: 'certain',
      proof: [],
      disproof: 'A Logout Request that the capture misses.',
      owes: 'target',
      next: 'See the side that closed.',
      count: 1,
      frames: [99],
      session: 1,
      connection: 1,
    },
    {
      id: 'connection-lost',
      severity: 'warning',
      title: 'Connection closed by the target without a logout',
      text: 'TCP FIN in frame 120.',
      reference: 'RFC 7143 11.14',
      confidence: 'certain',
      proof: [],
      disproof: 'A Logout Request that the capture misses.',
      owes: 'target',
      next: 'See the side that closed.',
      count: 1,
      frames: [120],
      session: 0,
      connection: 0,
    },
  ],
  problems: {
    counts: { 'file-cut': 1, 'bytes-missing': 3 },
    examples: [
      {
        kind: 'file-cut',
        text: 'the last record needs 160 bytes, 12 are there: the file is cut',
        file: 'trace.pcap',
      },
    ],
  },
};

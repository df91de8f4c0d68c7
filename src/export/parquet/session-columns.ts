// The columns of `sessions` and `connections`: what stitches files together. A session has its names only
// where its login was captured; its connections' addresses are there in every file.

import type { CaptureReport, ConnectionReport, SessionReport } from '../../report/report.js';
import { type Column, flagColumn, jsonColumn, numberColumn, textColumn } from './columns.js';

export interface SessionRow {
  readonly session: SessionReport;
  readonly capture: CaptureReport;
}

export interface ConnectionRow {
  readonly session: SessionReport;
  readonly connection: ConnectionReport;
}

export const SESSION_COLUMNS: readonly Column<SessionRow>[] = [
  numberColumn('session', 'INT64', 'its number in the capture, from 0', (r) => r.session.session),
  numberColumn('time', 'TIMESTAMP', 'when it began, or was first seen', (r) => r.session.startedNs),
  numberColumn(
    'relativeNs',
    'INT64',
    'the same since the first packet',
    (r) => r.session.startedNs,
  ),
  numberColumn(
    'relativeNsEnd',
    'INT64',
    'when it ended; null while it has not',
    (r) => r.session.endedNs,
  ),
  textColumn('ended', 'why it ended', (r) => r.session.ended),
  textColumn('sessionType', 'Normal, Discovery, unknown', (r) => r.session.sessionType),
  textColumn('initiator', "the initiator's name, or its address", (r) => r.session.initiator),
  textColumn('target', "the target's name, or its address", (r) => r.session.target),
  textColumn('initiatorName', 'as the login said it', (r) => r.session.initiatorName),
  textColumn('targetName', 'as the login said it', (r) => r.session.targetName),
  textColumn('initiatorAddress', 'without its port', (r) => r.session.initiatorAddress),
  textColumn('targetAddress', 'with its port', (r) => r.session.targetAddress),
  textColumn('isid', 'iSCSI: the initiator part of its id, hex', (r) => r.session.isid),
  numberColumn('tsih', 'INT32', 'iSCSI: the target part of its id', (r) => r.session.tsih),
  numberColumn(
    'targetPortalGroupTag',
    'INT32',
    'iSCSI: the portal group it logged in to',
    (r) => r.session.targetPortalGroupTag,
  ),
  flagColumn('loginSeen', 'its login was captured', (r) => r.session.loginSeen),
  numberColumn(
    'commandCount',
    'INT64',
    'commands that were captured',
    (r) => r.session.commandCount,
  ),
  numberColumn('completed', 'INT64', 'of these: answered', (r) => r.session.completed),
  numberColumn('unanswered', 'INT64', 'of these: without an answer', (r) => r.session.unanswered),
  numberColumn(
    'statusNotCaptured',
    'INT64',
    'of these: over, but their status was not captured',
    (r) => r.session.statusNotCaptured,
  ),
  numberColumn('rejected', 'INT64', 'of these: rejected', (r) => r.session.rejected),
  numberColumn(
    'commandsNotCaptured',
    'INT64',
    'answers to commands that the capture does not hold',
    (r) => r.session.commandsNotCaptured,
  ),
  numberColumn('dataInBytes', 'INT64', 'data from the target', (r) => r.session.dataInBytes),
  numberColumn('dataOutBytes', 'INT64', 'data from the initiator', (r) => r.session.dataOutBytes),
  numberColumn(
    'queueDepthMax',
    'INT64',
    'most commands open at once',
    (r) => r.session.queueDepth?.max,
  ),
  numberColumn(
    'queueDepthMean',
    'DOUBLE',
    'the same, mean over time',
    (r) => r.session.queueDepth?.mean,
  ),
  numberColumn('lunCount', 'INT32', 'its logical units', (r) => r.session.luns.length),
  numberColumn('connectionCount', 'INT32', 'its connections', (r) => r.session.connections.length),
  jsonColumn('parameters', 'what was negotiated: key → value', parametersOf),
  jsonColumn('files', 'the files of the capture', (r) => r.capture.files.map(({ path }) => path)),
  numberColumn('packets', 'INT64', 'packets of the capture', (r) => r.capture.packets),
  numberColumn(
    'packetsDropped',
    'INT64',
    '… that were lost while capturing',
    (r) => r.capture.packetsDropped,
  ),
  numberColumn(
    'bytesMissing',
    'INT64',
    'bytes of its connections never captured',
    (r) => r.capture.bytesMissing,
  ),
];

export const CONNECTION_COLUMNS: readonly Column<ConnectionRow>[] = [
  numberColumn('session', 'INT64', 'the session it belongs to', (r) => r.session.session),
  numberColumn(
    'connection',
    'INT64',
    'its number in the capture, from 0',
    (r) => r.connection.connection,
  ),
  numberColumn('cid', 'INT32', 'iSCSI: its CID', (r) => r.connection.cid),
  numberColumn('time', 'TIMESTAMP', 'its first packet', (r) => r.connection.openedNs),
  numberColumn(
    'relativeNs',
    'INT64',
    'the same since the first packet of the capture',
    (r) => r.connection.openedNs,
  ),
  numberColumn('timeEnd', 'TIMESTAMP', 'its last packet', (r) => r.connection.lastNs),
  numberColumn(
    'relativeNsEnd',
    'INT64',
    'the same since the first packet of the capture',
    (r) => r.connection.lastNs,
  ),
  textColumn('initiator', "the initiator's name, or its address", (r) => r.session.initiator),
  textColumn('target', "the target's name, or its address", (r) => r.session.target),
  textColumn('initiatorName', 'null where no login tells it', (r) => r.session.initiatorName),
  textColumn('targetName', 'null where no login tells it', (r) => r.session.targetName),
  textColumn(
    'initiatorAddress',
    'address and port: the same in every file',
    (r) => r.connection.initiatorAddress,
  ),
  textColumn(
    'targetAddress',
    'address and port: the same in every file',
    (r) => r.connection.targetAddress,
  ),
  textColumn('closedHow', 'how it ended: fin, rst, …', (r) => r.connection.closedHow),
  textColumn('closedBy', 'who ended it', (r) => r.connection.closedBy),
  flagColumn('headerDigest', 'header digests in use', (r) => r.connection.headerDigestInUse),
  flagColumn('dataDigest', 'data digests in use', (r) => r.connection.dataDigestInUse),
  numberColumn('pduCount', 'INT64', 'PDUs', (r) => r.connection.pduCount),
  ...(['Initiator', 'Target'] as const).flatMap((side): Column<ConnectionRow>[] => {
    const flow = (r: ConnectionRow) =>
      side === 'Initiator' ? r.connection.fromInitiator : r.connection.fromTarget;
    const of = `sent by the ${side.toLowerCase()}`;
    return [
      numberColumn(`packetsFrom${side}`, 'INT64', `packets ${of}`, (r) => flow(r).packets),
      numberColumn(
        `payloadBytesFrom${side}`,
        'INT64',
        `payload ${of}`,
        (r) => flow(r).payloadBytes,
      ),
      numberColumn(
        `retransmittedFrom${side}`,
        'INT64',
        `segments ${of} again`,
        (r) => flow(r).retransmittedSegments,
      ),
      numberColumn(
        `bytesMissingFrom${side}`,
        'INT64',
        `bytes ${of} that were never captured`,
        (r) => flow(r).bytesMissing,
      ),
      numberColumn(
        `zeroWindowNsFrom${side}`,
        'INT64',
        `how long the ${side.toLowerCase()} told a window of zero`,
        (r) => flow(r).zeroWindowNs,
      ),
      numberColumn(
        `rttNsMeanFrom${side}`,
        'INT64',
        `data ${of} to its ACK, mean`,
        (r) => flow(r).rtt?.meanNs,
      ),
    ];
  }),
];

/** What is in force, by key; keys that each side declares for itself by both. */
function parametersOf({ session }: SessionRow): Record<string, string> | undefined {
  const all: Record<string, string> = {};
  for (const { key, result, initiatorInForce, targetInForce } of session.parameters) {
    if (result !== undefined) all[key] = result;
    if (initiatorInForce !== undefined) all[`${key} (initiator)`] = initiatorInForce;
    if (targetInForce !== undefined) all[`${key} (target)`] = targetInForce;
  }
  return Object.keys(all).length === 0 ? undefined : all;
}

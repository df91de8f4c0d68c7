// The columns of a list of sessions.

import { durationText } from '../../lib/number-text.js';
import type { SessionReport } from '../../report/report.js';
import { cell, type Tone } from '../cells.js';
import { bytes, count, nothing, said, sinceStart } from '../format.js';
import type { ListColumn } from './list.js';

type Column = ListColumn<SessionReport>;

export const SESSION_COLUMNS: readonly Column[] = [
  {
    name: 'session',
    key: 'session',
    head: 'S',
    align: 'left',
    width: 5,
    priority: 1,
    about: 'session',
    value: (s) => s.session,
    cell: (s) => cell(`S${s.session}`, 'title'),
  },
  {
    name: 'type',
    key: 'sessionType',
    head: 'type',
    align: 'left',
    width: 9,
    priority: 12,
    about: 'Normal, Discovery, or unknown',
    value: (s) => s.sessionType,
    cell: (s) => cell(s.sessionType, 'quiet'),
  },
  {
    name: 'initiator',
    key: 'initiator',
    head: 'initiator',
    align: 'left',
    width: 24,
    priority: 3,
    about: "the initiator's name, or its address where that is not known",
    value: (s) => s.initiator,
    cell: (s) => cell(s.initiator),
  },
  {
    name: 'target',
    key: 'target',
    head: 'target',
    align: 'left',
    width: 24,
    priority: 1,
    grows: true,
    about: "the target's name, or its address where that is not known",
    value: (s) => s.target,
    cell: (s) => cell(s.target, 'strong'),
  },
  address('from', 'initiatorAddress', 'from', "the initiator's address", (s) => s.initiatorAddress),
  address('to', 'targetAddress', 'to', "the target's address", (s) => s.targetAddress),
  address('isid', 'isid', 'ISID', 'ISID', (s) => s.isid),
  {
    name: 'tsih',
    key: 'tsih',
    head: 'TSIH',
    align: 'right',
    width: 5,
    priority: 0,
    about: 'TSIH',
    value: (s) => s.tsih,
    cell: (s) => said(s.tsih),
  },
  {
    name: 'login',
    key: 'loginOutcome',
    head: 'login',
    align: 'left',
    width: 10,
    priority: 9,
    about: 'how the (first) login went',
    value: loginOf,
    cell: (s) => cell(loginOf(s), loginTone(s)),
  },
  {
    name: 'started',
    key: 'startedNs',
    head: 'started',
    align: 'right',
    width: 11,
    priority: 8,
    about: 'when it was first seen, in s since the first packet',
    value: (s) => s.startedNs,
    cell: (s) => sinceStart(s.startedNs),
  },
  {
    name: 'lasted',
    key: 'lastedNs',
    head: 'lasted',
    align: 'right',
    width: 9,
    priority: 11,
    about: 'from its start to its end',
    value: (s) => (s.endedNs === undefined ? undefined : s.endedNs - s.startedNs),
    cell: (s) =>
      s.endedNs === undefined ? nothing() : cell(durationText(s.endedNs - s.startedNs)),
  },
  {
    name: 'ended',
    key: 'ended',
    head: 'ended',
    align: 'left',
    width: 15,
    priority: 5,
    about: 'why it ended; absent while it has not',
    value: (s) => s.ended,
    cell: (s) => said(s.ended, s.ended === 'logout' ? 'quiet' : 'bad'),
  },
  number(
    'connections',
    'connectionCount',
    'conns',
    5,
    10,
    'connections',
    (s) => s.connections.length,
  ),
  number('luns', 'lunCount', 'LUNs', 4, 7, 'logical units', (s) => s.luns.length),
  number('commands', 'commandCount', 'commands', 8, 2, 'commands', (s) => s.commandCount),
  number('completed', 'completed', 'completed', 9, 0, 'commands answered', (s) => s.completed),
  number('unanswered', 'unanswered', 'no answer', 9, 6, 'without answer', (s) => s.unanswered),
  {
    name: 'bytes',
    key: 'bytes',
    head: 'data',
    align: 'right',
    width: 8,
    priority: 4,
    about: 'bytes moved, both ways',
    value: (s) => s.bytes,
    cell: (s) => bytes(s.bytes),
  },
  {
    name: 'depth',
    key: 'queueDepthMean',
    head: 'depth',
    align: 'right',
    width: 6,
    priority: 13,
    about: 'commands open at once, mean over time',
    value: (s) => s.queueDepth?.mean,
    cell: (s) => said(s.queueDepth?.mean.toFixed(1)),
  },
];

function address(
  name: string,
  key: string,
  head: string,
  about: string,
  value: (s: SessionReport) => string | undefined,
): Column {
  return {
    name,
    key,
    head,
    align: 'left',
    width: 21,
    priority: 0,
    about,
    value,
    cell: (s) => said(value(s)),
  };
}

function number(
  name: string,
  key: string,
  head: string,
  width: number,
  priority: number,
  about: string,
  value: (s: SessionReport) => number,
): Column {
  return {
    name,
    key,
    head,
    align: 'right',
    width,
    priority,
    about,
    value,
    cell: (s) => count(value(s)),
  };
}

function loginOf(s: SessionReport): string {
  return s.connections.find((c) => c.login !== undefined)?.login?.loginOutcome ?? 'not captured';
}

function loginTone(s: SessionReport): Tone {
  const outcome = loginOf(s);
  if (outcome === 'accepted') return 'good';
  return outcome === 'not captured' || outcome === 'redirected' ? 'warn' : 'bad';
}

// Filters over the rows of a live capture: the language, and words of names as a shorthand.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FilterError } from '../../src/filter/error.js';
import type { LunNow } from '../../src/report/interval.js';
import { LIVE_FIELDS, liveFilter } from '../../src/report/interval-filter.js';

const LATENCY = {
  count: 9,
  exact: true,
  minNs: 1e5,
  meanNs: 1e6,
  p50Ns: 1e6,
  p90Ns: 2e6,
  p95Ns: 3e6,
  p99Ns: 6e6,
  p999Ns: 7e6,
  maxNs: 8e6,
};

const ROW: LunNow = {
  startedCount: 10,
  endedCount: 9,
  failedCount: 2,
  dataInBytes: 0,
  dataOutBytes: 0,
  iops: 90,
  readMBps: 1.5,
  writeMBps: 2,
  latency: LATENCY,
  outstanding: 7,
  endedTotal: 900,
  bytesTotal: 1 << 20,
  session: 3,
  lun: '000c000000000000',
  lunText: '12',
  initiator: 'iqn.1993-08.org.debian:web-and-db',
  target: 'iqn.2024-01.org.example:disk',
  retransmissions: 4,
  commandWindowWidth: 32,
  oldest: {
    operation: 'READ(10)',
    tag: 1,
    connection: 0,
    frame: 1,
    relativeNs: 0,
    ageNs: 3e9,
    expectedBytes: 0,
  },
};

const YES = [
  '',
  'web',
  'WEB disk',
  'web-and-db 12',
  'iqn.2024-01.org.example:disk',
  'lun == 12',
  'lun == 000c000000000000',
  'p99 > 5ms and open >= 7',
  'latency == 8ms or max < 1us',
  'MBps == 3.5 && readMBps < writeMBps',
  'oldest > 1s',
  'window == 32 and not closed',
  'again in {1..4} and failed == 2',
  'target matches "disk$" and initiator contains "debian"',
  'bytes >= 1MiB and commands > 800 and session == 3',
];
const NO = ['db 1', 'tape', 'lun == 1', 'p99 > 7ms', 'closed > 0', 'not open', 'iops < 90'];

test('what is true of a row, and what is not', () => {
  for (const text of YES) assert.is(liveFilter(text)(ROW), true, text);
  for (const text of NO) assert.is(liveFilter(text)(ROW), false, text);
});

test('what is neither a filter nor words of names is pointed at', () => {
  for (const text of ['iopps > 3', 'p99 > fast', 'web or', 'open >', 'disk == 1', '"web"']) {
    assert.throws(
      () => liveFilter(text),
      (error: unknown) => error instanceof FilterError,
      text,
    );
  }
});

test('an idle row has no latency: nothing is said of it', () => {
  const idle: LunNow = { ...ROW, latency: null, oldest: undefined, commandWindowWidth: undefined };
  for (const { name } of LIVE_FIELDS.filter((f) => f.kind === 'duration' || f.name === 'window')) {
    assert.is(liveFilter(`${name} >= 0`)(idle), false, name);
    assert.is(liveFilter(name)(idle), false, name);
  }
});

test.run();

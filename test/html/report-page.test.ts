// Pages of every shipped capture: well formed, nothing that runs or asks a network, small; and what a page says is
// what the report says.

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { documentHtml } from '../../src/html/document.js';
import { html, Markup } from '../../src/html/markup.js';
import { SourceReader } from '../../src/html/read-source.js';
import { reportHtml } from '../../src/html/report-page.js';
import { HTML_BYTES_MAX } from '../../src/limits.js';
import { OverTime } from '../../src/metrics/over-time.js';
import { analyse } from '../../src/pipeline.js';
import type { Report } from '../../src/report/report.js';
import { Keeper } from '../../src/store/keeper.js';
import { HAND_REPORT } from '../support/hand-report.js';
import { badlyFormed, reachesOut } from '../support/page.js';
import { sanscope, TOP } from '../support/program.js';
import { sharedCapture } from '../support/shared.js';

const folder = mkdtempSync(join(tmpdir(), 'sanscope-page-'));
const BOUND = 2_000_000;

function pageOf(args: readonly string[]): string {
  const { status, stdout, stderr } = sanscope(args);
  assert.is(status, 0, stderr);
  return stdout;
}

const captures = readdirSync(join(TOP, 'captures')).filter((name) =>
  /\.pcap(ng)?(\.gz)?$/.test(name),
);
/** Of every other transport. */
const OTHERS = [
  'fcip-zoo',
  'fcip-link-cut',
  'fcoe-loss-ini',
  'ifcp-cbind-rejected',
  'ifcp-translation',
  'iser-terminate',
  'iser-rxe-1500-ini',
  'isns-open-isns-tgt',
].map((name) => sharedCapture(`san/${name}.pcap`));

for (const path of [...captures.map((name) => join(TOP, 'captures', name)), ...OTHERS]) {
  test(`${basename(path)} as a page`, async () => {
    const reader = new SourceReader(20);
    const analysis = await analyse([path], reader.sinks());
    const source = reader.source(analysis, '1.2.3');
    const page = reportHtml(source);
    assert.is(badlyFormed(page), undefined);
    assert.is(reachesOut(page), undefined);
    assert.ok(Buffer.byteLength(page) < BOUND);
    // Numbers of drawings are no text that may be cut.
    for (const [, d] of page.matchAll(/ d="([^"]*)"/g)) assert.match(d, /^[MVHLhvlmzZ\d .-]+$/);
    const { report } = source;
    for (const { title } of report.incidents) assert.ok(page.includes(escaped(title)), title);
    if (report.totals.commandCount > 0) assert.match(page, /id="latency"/);
    const ladders = page.match(/aria-label="Ladder of /g) ?? [];
    assert.ok(ladders.length >= Math.min(20, report.slowest.length), String(ladders.length));
    assert.is(total(source.overTime.counts), report.totals.latency?.count ?? 0);
    const { mean = 0, spanNs = 0 } = report.totals.queueDepth ?? {};
    const open = total(source.overTime.openNs);
    assert.ok(Math.abs(open - mean * spanNs) <= open * 0.001 + spanNs * 0.01, `${open}`);
  });
}

/** Every latency that the report counts has a place in the heat map, and every time that a command was open. */
function total(cells: Float64Array): number {
  return cells.reduce((sum, one) => sum + one, 0);
}

function escaped(text: string): string {
  return html`${text}`.text;
}

test('commands that made room for later ones have no ladder, and the page says so', async () => {
  const reader = new SourceReader(20, undefined, 1);
  const path = join(TOP, 'captures/tgt-libiscsi-scsi-tests.pcap.gz');
  const source = reader.source(await analyse([path], reader.sinks()), '');
  assert.ok(source.keeper.tasks.first > 0);
  const page = reportHtml(source);
  const lacking = /Ladders of (\d+) of the slowest are not here/.exec(page);
  const ladders = page.match(/<details class="card"[^>]*><summary>(?!The first)/g) ?? [];
  assert.ok(lacking !== null && Number(lacking[1]) > 0);
  assert.is(Number(lacking[1]) + ladders.length, 20);
});

test('the policy names the style sheet by its hash, and nothing else', () => {
  const page = pageOf(['report', '-q', '--html', '-', 'captures/tgt-chap.pcap']);
  const style = /<style>([^<]*)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  assert.ok(
    page.includes(
      `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
    ),
  );
});

test('a page stands in its place only when it is whole', () => {
  const out = join(folder, 'report.html');
  const failed = sanscope(['report', '--html', out, 'captures/there-is-none.pcap']);
  assert.is(failed.status, 3);
  assert.not.ok(existsSync(out));
  assert.is(sanscope(['report', '-q', '--html', out, 'captures/tgt-chap.pcap']).status, 0);
  assert.match(readFileSync(out, 'utf8'), /<\/html>\n$/);
  assert.equal(readdirSync(folder), ['report.html']);
  assert.is(sanscope(['report', '--json', '--html', out, 'captures/tgt-chap.pcap']).status, 2);
});

test('filters hold for what is drawn', () => {
  const page = pageOf([
    'report',
    '-q',
    '-Y',
    'operation == "INQUIRY"',
    '--html',
    '-',
    'captures/tgt-mixed-load.pcap.gz',
  ]);
  assert.match(page, /Only commands for which <code>operation == &quot;INQUIRY&quot;/);
  assert.match(page, /aria-label="Latency of INQUIRY"/);
  assert.not.match(page, /aria-label="Latency of READ\(10\)"/);
});

/** Thousands of everything, with texts that are long and hostile. */
function hugeReport(): Report {
  const report = HAND_REPORT;
  const long = '<&"\'\u202e'.repeat(800);
  const many = <T>(of: readonly T[], change: (one: T, i: number) => Partial<T>): T[] =>
    Array.from({ length: 3000 }, (_, i) => ({
      ...of[i % of.length],
      ...change(of[i % of.length], i),
    }));
  return {
    ...report,
    sessions: many(report.sessions, (_, i) => ({
      session: i,
      initiator: long,
      target: long,
      initiatorName: long,
    })),
    findings: many(report.findings, (_, i) => ({
      title: `${long} ${i}`,
      text: long + i,
      next: long,
    })),
    incidents: Array.from({ length: 3000 }, (_, i) => ({
      title: `${i}${long}`,
      severity: 'warning' as const,
      owes: 'target' as const,
      text: long,
      next: long,
      fromNs: 0,
      toNs: 1e9,
      sessions: [i],
      findings: [i, (i + 1) % 3000],
    })),
    slowest: many(report.slowest, (_, i) => ({ command: i, operation: long })),
    operations: many(report.operations, () => ({ operation: long })),
    operationTotals: many(report.operationTotals, () => ({ operation: long })),
  };
}

test('a page is under 2 MB, whatever the capture', () => {
  const page = reportHtml({
    report: hugeReport(),
    keeper: new Keeper({ pdus: true }),
    overTime: new OverTime(),
    facts: { lastNs: 1e9, rdma: [], sessions: [], stories: [] },
    version: '0',
  });
  assert.ok(Buffer.byteLength(page) < BOUND, String(Buffer.byteLength(page)));
  assert.ok(Buffer.byteLength(page) > 300_000);
  assert.is(badlyFormed(page), undefined);
  assert.is(reachesOut(page), undefined);
  assert.match(page, /… and [\d,]+ more/);
});

test('a part that has no room is named', () => {
  const body = new Markup('x'.repeat(HTML_BYTES_MAX - 10));
  const page = documentHtml({
    kind: '',
    title: '',
    subtitle: '',
    lead: html``,
    sections: [
      { id: 'a', title: 'A', body },
      { id: 'b', title: 'B', body },
    ],
    version: '0',
  });
  assert.ok(Buffer.byteLength(page) < BOUND);
  assert.match(page, /<h2>B<\/h2>\n<p class="fact">Left out/);
});

test.after(() => rmSync(folder, { recursive: true, force: true }));

test.run();

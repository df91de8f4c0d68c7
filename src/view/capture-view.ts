// The capture: its span, its packets, and what of it is missing or cut.

import { bytesText, countText, durationText, plural } from '../lib/number-text.js';
import type { CaptureReport, FileReport, Report, TotalsReport } from '../report/report.js';
import { type Block, type Cell, cell } from './cells.js';
import { wallClock } from './format.js';

const FILES_SHOWN = 10;

export function captureBlocks(report: Report): Block[] {
  const { capture, totals, fibreChannel } = report;
  const blocks: Block[] = [{ kind: 'heading', text: 'Capture' }];
  for (const file of capture.files.slice(0, FILES_SHOWN)) blocks.push(...fileLines(file));
  const more = capture.files.length - FILES_SHOWN;
  if (more > 0)
    blocks.push({
      kind: 'line',
      indent: 2,
      cells: [cell(`… and ${plural(more, 'file')} more`, 'quiet')],
    });
  blocks.push(flow('span', spanItems(capture)));
  blocks.push(flow('packets', packetItems(capture)));
  const onlyFc = fibreChannel !== undefined && totals.connectionCount === 0;
  blocks.push(
    flow(onlyFc ? 'FC' : 'iSCSI', onlyFc ? fcItems(report) : iscsiItems(capture, totals)),
  );
  blocks.push(flow('commands', commandItems(totals)));
  const lacking = lackingItems(capture, totals);
  blocks.push(
    flow('missing', lacking.length > 0 ? lacking : [cell('nothing that was looked for', 'good')]),
  );
  return blocks;
}

function flow(label: string, items: readonly Cell[]): Block {
  return { kind: 'flow', indent: 2, label: cell(label.padEnd(9), 'quiet'), items };
}

/** What is wrong with a file has a line of its own: behind a long path it would be cut. */
function fileLines(file: FileReport): Block[] {
  const packed = file.compression === 'none' ? '' : `, ${file.compression}`;
  const cells = [
    cell(file.path === '-' ? 'standard input' : file.path, 'strong'),
    cell(` (${file.format}${packed}, ${plural(file.packets, 'packet')})`, 'quiet'),
  ];
  const whole = file.error === undefined && file.ended === 'complete';
  const trouble =
    file.error === undefined
      ? cell(END_WORDS[file.ended] ?? file.ended, 'warn')
      : cell(file.error, 'bad');
  const named: Block = { kind: 'line', indent: 2, cells };
  return whole ? [named] : [named, { kind: 'prose', indent: 4, cell: trouble }];
}

const END_WORDS: Readonly<Record<string, string>> = {
  cut: 'its last packet is cut off',
  growing: 'still being written',
  stopped: 'read in part, as asked',
};

function spanItems(c: CaptureReport): Cell[] {
  if (c.start === undefined || c.end === undefined) return [cell('no packet', 'warn')];
  return [
    cell(durationText(c.spanNs), 'strong'),
    cell(`from ${wallClock(c.start)}`),
    cell(`to ${wallClock(c.end)}`),
  ];
}

function packetItems(c: CaptureReport): Cell[] {
  const items = [cell(countText(c.packets), 'strong'), cell(bytesText(c.originalBytes))];
  items.push(cell(`${countText(c.tcpSegments)} TCP`));
  for (const [reason, n] of Object.entries(c.otherPackets)) {
    if (n > 0) items.push(cell(`${countText(n)} ${reason}`, 'quiet'));
  }
  return items;
}

function iscsiItems(c: CaptureReport, t: TotalsReport): Cell[] {
  const items = [
    cell(plural(t.sessionCount, 'session'), t.sessionCount > 0 ? 'strong' : 'warn'),
    cell(plural(t.connectionCount, 'connection')),
    cell(plural(t.pduCount, 'PDU')),
  ];
  if (c.otherConnections > 0) {
    items.push(cell(`${plural(c.otherConnections, 'TCP connection')} without iSCSI`, 'quiet'));
  }
  return items;
}

/** A capture that holds Fibre Channel and no iSCSI. */
function fcItems({ capture, totals, fibreChannel }: Report): Cell[] {
  const links = fibreChannel?.links ?? [];
  const connections = links.flatMap((link) => link.connections);
  const frames = connections.reduce((sum, c) => sum + c.frameCount, 0);
  const items = [
    cell(
      plural(totals.sessionCount, 'nexus', 'nexuses'),
      totals.sessionCount > 0 ? 'strong' : 'warn',
    ),
    cell(plural(links.length, 'link')),
    cell(plural(frames, 'frame')),
  ];
  const others = capture.otherConnections;
  if (others > 0) {
    items.push(cell(`${plural(others, 'TCP connection')} without iSCSI and FC`, 'quiet'));
  }
  return items;
}

function commandItems(t: TotalsReport): Cell[] {
  const items = [
    cell(countText(t.commandCount), 'strong'),
    cell(`${countText(t.completed)} completed`),
    cell(`${countText(t.unanswered)} unanswered`, t.unanswered > 0 ? 'bad' : 'plain'),
  ];
  if (t.rejected > 0) items.push(cell(`${countText(t.rejected)} rejected`, 'bad'));
  if (t.statusNotCaptured > 0) {
    items.push(cell(`${countText(t.statusNotCaptured)} whose status was not captured`, 'warn'));
  }
  const strays = t.answersWithoutCommand ?? 0;
  const outside = t.commandsNotCaptured - strays;
  if (outside > 0) {
    items.push(cell(`${countText(outside)} more begun before or outside the capture`, 'warn'));
  }
  if (strays > 0) items.push(cell(`${plural(strays, 'answer')} to tags of no command`, 'bad'));
  items.push(
    cell(`${bytesText(t.dataInBytes)} read`),
    cell(`${bytesText(t.dataOutBytes)} written`),
  );
  return items;
}

function lackingItems(c: CaptureReport, t: TotalsReport): Cell[] {
  const items: Cell[] = [];
  const add = (n: number, words: string): void => {
    if (n > 0) items.push(cell(words, 'warn'));
  };
  const snaplen = c.snaplen > 0 ? ` (snaplen ${c.snaplen})` : '';
  add(c.packetsTruncated, `${plural(c.packetsTruncated, 'packet')} cut${snaplen}`);
  add(c.packetsDropped, `${plural(c.packetsDropped, 'packet')} lost by the capturing program`);
  add(c.bytesMissing, `${bytesText(c.bytesMissing)} of iSCSI never captured`);
  add(c.bytesUnframed, `${bytesText(c.bytesUnframed)} between PDUs not told apart`);
  add(t.pooled, `${plural(t.pooled, 'command')} beyond the limits, pooled`);
  return items;
}

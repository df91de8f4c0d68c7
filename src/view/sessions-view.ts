// Sessions: who, from where to where, how the login went, what was agreed.

import { bytesText, countText, durationText, plural } from '../lib/number-text.js';
import type { ComebackReport } from '../report/reconnect.js';
import type {
  ConnectionReport,
  LunReport,
  ParameterReport,
  PingReport,
  Report,
  SessionReport,
} from '../report/report.js';
import { type Block, type Cell, cell, type Tone } from './cells.js';
import { sparkline } from './format.js';
import { rdmaItems } from './rdma-view.js';
import { tcpItems } from './tcp-view.js';

const SESSIONS_SHOWN = 12;
const CONNECTIONS_SHOWN = 8;
const LUNS_SHOWN = 8;
const TARGETS_SHOWN = 6;
const WINDOW_SPARKS = 32;
/** A window of which less was used is no matter. */
const WINDOW_USED_SHARE = 0.5;

export function sessionBlocks({ sessions }: Report): Block[] {
  if (sessions.length === 0) return [];
  const blocks: Block[] = [{ kind: 'heading', text: 'Sessions' }];
  const told = new Map<string, number>();
  for (const session of sessions.slice(0, SESSIONS_SHOWN)) {
    blocks.push(...oneSessionBlocks(session, told));
  }
  more(blocks, 2, sessions.length - SESSIONS_SHOWN, 'session');
  return blocks;
}

function more(blocks: Block[], indent: number, n: number, what: string): void {
  if (n <= 0) return;
  const text = `… and ${plural(n, what)} more (--json lists all)`;
  blocks.push({ kind: 'line', indent, cells: [cell(text, 'quiet')] });
}

/** `told`: what sessions before it agreed on, and which of them, so that it is not said again. */
export function oneSessionBlocks(s: SessionReport, told: Map<string, number>): Block[] {
  const blocks: Block[] = [
    {
      kind: 'flow',
      indent: 2,
      label: cell(`S${s.session}`.padEnd(4), 'title'),
      items: whoItems(s),
    },
  ];
  for (const c of s.connections.slice(0, CONNECTIONS_SHOWN)) {
    blocks.push(
      flow(
        s.connections.length > 1 ? `CID ${c.cid < 0 ? '?' : c.cid}` : 'path',
        connectionItems(c),
      ),
    );
    if (c.rdma !== undefined) blocks.push(flow('RDMA', rdmaItems(c.rdma)));
    const tcp = tcpItems(c);
    if (tcp.length > 0) blocks.push(flow(c.rdma?.transport === 'RoCEv2' ? 'CM' : 'TCP', tcp));
  }
  more(blocks, 6, s.connections.length - CONNECTIONS_SHOWN, 'connection');
  const agreed = agreedItems(s, told);
  if (agreed.length > 0) blocks.push(flow('agreed', agreed));
  const seen = inferredItems(s);
  if (seen.length > 0) blocks.push(flow('seen', seen));
  const window = windowItems(s);
  if (window.length > 0) blocks.push(flow('window', window));
  const seldom = eventItems(s);
  if (seldom.length > 0) blocks.push(flow('events', seldom));
  // A task whose command was not captured does not tell its LUN.
  const luns = s.luns.filter((l) => l.commandCount > 0 || l.deviceType !== undefined);
  for (const lun of luns.slice(0, LUNS_SHOWN)) {
    blocks.push(flow(`LUN ${lun.lunText}`, lunItems(lun)));
  }
  more(blocks, 6, luns.length - LUNS_SHOWN, 'LUN');
  for (const target of s.discovered.slice(0, TARGETS_SHOWN)) {
    const at = target.addresses.map((address) => cell(address, 'quiet'));
    blocks.push(flow('found', [cell(target.name), ...at]));
  }
  more(blocks, 6, s.discovered.length - TARGETS_SHOWN, 'target');
  return blocks;
}

function flow(label: string, items: readonly Cell[]): Block {
  return { kind: 'flow', indent: 6, label: cell(label.padEnd(7), 'quiet'), items };
}

function whoItems(s: SessionReport): Cell[] {
  const items = [
    cell(s.initiatorName ?? s.initiatorAddress, 'strong'),
    cell(
      `→ ${s.targetName ?? (s.sessionType === 'Discovery' ? 'discovery' : s.targetAddress)}`,
      'strong',
    ),
  ];
  if (s.initiatorAlias !== undefined)
    items.push(cell(`initiator alias ${s.initiatorAlias}`, 'quiet'));
  if (s.targetAlias !== undefined) items.push(cell(`target alias ${s.targetAlias}`, 'quiet'));
  if (s.isid !== undefined) items.push(cell(`ISID ${s.isid}`, 'quiet'));
  if (s.tsih !== undefined) items.push(cell(`TSIH ${s.tsih}`, 'quiet'));
  if (s.targetPortalGroupTag !== undefined)
    items.push(cell(`TPGT ${s.targetPortalGroupTag}`, 'quiet'));
  if (!s.loginSeen) items.push(cell('login not captured', 'warn'));
  if (s.reinstates !== undefined) items.push(cell(`took the place of S${s.reinstates}`, 'warn'));
  if (s.ended !== undefined) items.push(cell(s.ended, s.ended === 'logout' ? 'quiet' : 'bad'));
  if (s.comeback !== undefined) items.push(comebackItem(s.comeback));
  return items;
}

/** What happened beside commands: pings with their round trip, and the rest counted by kind. */
function eventItems(s: SessionReport): Cell[] {
  const items = [
    ...pingItems('initiator', s.pings?.ofInitiator),
    ...pingItems('target', s.pings?.ofTarget),
  ];
  const counts = new Map<string, number>();
  for (const { kind } of s.events) {
    if (COUNTED.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  for (const [kind, n] of counts) {
    items.push(cell(n === 1 ? kind : `${countText(n)} × ${kind}`, TONES[kind] ?? 'plain'));
  }
  return items;
}

/** Told elsewhere: logins, logouts, how connections ended. */
const COUNTED: ReadonlySet<string> = new Set([
  'async message',
  'SNACK',
  'task management',
  'reject',
  'command retry',
]);
const TONES: Readonly<Record<string, Tone>> = { reject: 'bad', 'task management': 'warn' };

function pingItems(from: string, p: PingReport | undefined): Cell[] {
  if (p === undefined) return [];
  const rtt =
    p.rttNsMean === undefined
      ? ''
      : `, answered in ${durationText(p.rttNsMean)} mean, ${durationText(p.rttNsMax ?? 0)} max`;
  const items: Cell[] = [];
  if (p.sent > 0) items.push(cell(`${plural(p.sent, 'ping')} of the ${from}${rtt}`));
  if (p.unanswered > 0) items.push(cell(`${countText(p.unanswered)} not answered`, 'bad'));
  if (p.oneWay > 0) {
    const name = from === 'target' ? 'NOP-In' : 'NOP-Out';
    items.push(cell(`${countText(p.oneWay)} × ${name} that asks no answer`, 'quiet'));
  }
  return items;
}

/** "back as S2 after 1.2 s, before its Time2Wait of 2 s was over". */
function comebackItem({ session, afterNs, time2Wait, tooSoon }: ComebackReport): Cell {
  const wait =
    time2Wait === undefined
      ? ''
      : tooSoon
        ? `, before Time2Wait (${time2Wait} s) was over`
        : ` (Time2Wait ${time2Wait} s)`;
  const when = afterNs === 0 ? ' at once' : ` after ${durationText(afterNs)}`;
  return cell(`back as S${session}${when}${wait}`, tooSoon ? 'warn' : 'note');
}

function connectionItems(c: ConnectionReport): Cell[] {
  const items = [cell(`${c.initiatorAddress} → ${c.targetAddress}`)];
  if (c.loginNth !== undefined) items.push(cell(`login ${c.loginNth} on this TCP connection`));
  items.push(...loginItems(c));
  if (c.headerDigestInUse || c.dataDigestInUse) {
    const which = [c.headerDigestInUse ? 'header' : '', c.dataDigestInUse ? 'data' : ''].filter(
      Boolean,
    );
    items.push(cell(`${which.join(' and ')} digest${c.digestsInferred ? ' (inferred)' : ''}`));
  }
  items.push(endItem(c));
  return items;
}

function loginItems({ login }: ConnectionReport): Cell[] {
  if (login === undefined) return [];
  if (login.loginOutcome === 'accepted') {
    const auth = login.authMethod === undefined ? '' : ` (${login.authMethod})`;
    return [cell(`login ${durationText(login.durationNs)}${auth}`)];
  }
  const why = login.statusText === undefined ? '' : `: ${login.statusText}`;
  const to = login.redirectedTo === undefined ? '' : ` to ${login.redirectedTo}`;
  return [
    cell(
      `login ${login.loginOutcome}${why}${to}`,
      login.loginOutcome === 'redirected' ? 'warn' : 'bad',
    ),
  ];
}

/** The command window, where the initiator had to wait for it, or nearly so. */
function windowItems({ commandWindow: w }: SessionReport): Cell[] {
  if (w === undefined) return [];
  const much = w.usedMax > 1 && w.usedMax >= w.widthMax * WINDOW_USED_SHARE;
  if (w.closedCount === 0 && w.usedUpCount === 0 && !much) return [];
  const items = [cell(`${countText(w.widthMin)} to ${countText(w.widthMax)} commands`)];
  if (w.closedCount > 0) {
    items.push(
      cell(`closed ${plural(w.closedCount, 'time')}, ${durationText(w.closedNs)}`, 'warn'),
    );
  }
  if (w.usedUpCount > 0) {
    items.push(
      cell(`used up ${plural(w.usedUpCount, 'time')}, ${durationText(w.usedUpNs)}`, 'warn'),
    );
  }
  const known = w.series.usedMaxByBucket.findIndex((most) => most !== null);
  const used = w.series.usedMaxByBucket.slice(Math.max(0, known)).map((most) => most ?? 0);
  items.push(cell(`used over time ${sparkline(used, WINDOW_SPARKS)} max ${w.usedMax}`, 'note'));
  return items;
}

function endItem(c: ConnectionReport): Cell {
  const by = c.closedBy === undefined ? '' : ` by ${c.closedBy}`;
  if (c.logout !== undefined) return cell('logged out', 'quiet');
  if (c.closedHow === 'fin') return cell(`closed${by}`, 'warn');
  if (c.closedHow === 'rst') return cell(`reset${by}`, 'bad');
  return cell(c.closedHow === 'open' ? 'open at the end' : c.closedHow, 'quiet');
}

function lunItems(l: LunReport): Cell[] {
  const items: Cell[] = [];
  const product = [l.vendor, l.product].filter((t) => t !== undefined).join(' ');
  if (product !== '') items.push(cell(product));
  if (l.deviceType !== undefined) items.push(cell(l.deviceType, 'quiet'));
  const size = sizeOf(l);
  if (size !== '') items.push(cell(size));
  const name = l.designators?.[0] ?? l.serial;
  if (name !== undefined) items.push(cell(name.replace(/\s+/g, ' '), 'quiet'));
  items.push(cell(plural(l.commandCount, 'command')));
  if (l.queueDepth !== null) {
    const { mean, max } = l.queueDepth;
    items.push(cell(`queue depth ${mean.toFixed(1)} mean, ${countText(max)} max`));
  }
  return items;
}

function sizeOf(l: LunReport): string {
  if (l.blockCount === undefined || l.blockLength === undefined) return '';
  return `${bytesText(Number(l.blockCount) * l.blockLength)} in ${l.blockLength} byte blocks`;
}

/** The parameters that decide how data flows, in this order; the JSON has all. */
const SHOWN: readonly string[] = [
  'HeaderDigest',
  'DataDigest',
  'InitialR2T',
  'ImmediateData',
  'MaxOutstandingR2T',
  'FirstBurstLength',
  'MaxBurstLength',
  'MaxRecvDataSegmentLength',
  'MaxConnections',
  'ErrorRecoveryLevel',
];

function agreedItems(s: SessionReport, told: Map<string, number>): Cell[] {
  const login = s.connections[0]?.login;
  if (login !== undefined && login.loginOutcome !== 'accepted') return [];
  const own = s.connections[0]?.parameters ?? [];
  const all = [...own, ...s.parameters.filter((p) => own.every((o) => o.key !== p.key))];
  const items = all
    .filter((p) => SHOWN.includes(p.key) && p.because === undefined)
    .sort(inOrder)
    .flatMap(parameterItem);
  const key = JSON.stringify(items);
  const same = told.get(key);
  if (same !== undefined && items.length > 1) return [cell(`the same as S${same}`, 'quiet')];
  told.set(key, s.session);
  return items;
}

/** Where no login told them: what PDUs prove, which is not what was agreed. */
function inferredItems(s: SessionReport): Cell[] {
  const own = s.connections[0]?.parameters ?? [];
  const items = [...own, ...s.parameters]
    .filter((p) => SHOWN.includes(p.key) && p.because !== undefined && !/Digest$/.test(p.key))
    .sort(inOrder)
    .map((p) => cell(`${p.key} ${provenText(p)}`));
  return items.length === 0 ? [] : [...items, cell('inferred', 'warn')];
}

function provenText(p: ParameterReport): string {
  const bound = p.bound === undefined ? '' : `${p.bound} `;
  const sides = [
    p.initiatorInForce === undefined ? '' : `initiator ${bound}${p.initiatorInForce}`,
    p.targetInForce === undefined ? '' : `target ${bound}${p.targetInForce}`,
  ].filter(Boolean);
  return p.result === undefined ? sides.join(', ') : `${bound}${p.result}`;
}

function inOrder(a: ParameterReport, b: ParameterReport): number {
  return SHOWN.indexOf(a.key) - SHOWN.indexOf(b.key);
}

/** "MaxBurstLength 262144", and what a side had asked for where that was not what came of it. */
function parameterItem(p: ParameterReport): Cell[] {
  if (p.key === 'MaxRecvDataSegmentLength') return [receiveLengths(p)];
  if (p.result === undefined) return [];
  const asked = [
    p.initiatorValue !== undefined && p.initiatorValue !== p.result
      ? `initiator ${p.initiatorValue}`
      : '',
    p.targetValue !== undefined && p.targetValue !== p.result ? `target ${p.targetValue}` : '',
  ].filter(Boolean);
  const source = p.source === 'default' ? 'default' : p.source === 'inferred' ? 'inferred' : '';
  const notes = [...asked, ...(source ? [source] : [])].join(', ');
  const text = `${p.key} ${p.result}${notes === '' ? '' : ` (${notes})`}`;
  return [cell(text, p.source === 'default' ? 'quiet' : 'plain')];
}

function receiveLengths(p: ParameterReport): Cell {
  const initiator = p.initiatorInForce ?? p.initiatorValue ?? p.result ?? '?';
  const target = p.targetInForce ?? p.targetValue ?? p.result ?? '?';
  return cell(`${p.key} initiator ${initiator}, target ${target}`);
}

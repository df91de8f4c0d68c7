// The RDMA side of a connection, in one flow of short statements.

import { bytesText, countText, plural } from '../lib/number-text.js';
import type { RdmaReport, RdmaSideReport } from '../report/rdma.js';
import { type Cell, cell } from './cells.js';

export function rdmaItems(r: RdmaReport): Cell[] {
  if (r.fellBack) {
    return [cell('RDMAExtensions=Yes was agreed, and plain iSCSI went on without it', 'warn')];
  }
  const items = [cell(`iSER over ${r.transport}`)];
  if (r.agreedByLogin) items.push(cell('RDMAExtensions=Yes in the login on TCP', 'quiet'));
  items.push(...startItems(r));
  if (r.rdmaWrites > 0) items.push(moved(r.rdmaWrites, 'RDMA Write', r.rdmaWriteBytes));
  if (r.rdmaReads > 0) items.push(moved(r.rdmaReads, 'RDMA Read', r.rdmaReadBytes));
  if (r.iserMessages === 0 && r.rejected === undefined) {
    items.push(cell('what follows is RDMA, and no iSER message was told in it', 'warn'));
  }
  items.push(...roceItems(r));
  for (const words of r.terminates) items.push(cell(`Terminate: ${words}`, 'bad'));
  const faults = Object.entries(r.faultCounts);
  for (const [kind, count] of faults) {
    items.push(cell(`${FAULT_WORDS[kind] ?? kind} × ${countText(count)}`, 'bad'));
  }
  return items;
}

const FAULT_WORDS: Readonly<Record<string, string>> = {
  crc: 'CRC wrong',
  marker: 'marker and length disagree',
  key: 'MPA key wrong',
  revision: 'MPA revision unknown',
  msn: 'message numbers out of order',
  'private-data': 'too much MPA private data',
  'stag-unknown': 'STag never advertised',
  'stag-ended': 'STag of an ended command',
  'beyond-buffer': 'beyond the buffer',
  'wrong-invalidate': "another command's STag invalidated",
};

function startItems(r: RdmaReport): Cell[] {
  const items: Cell[] = [];
  if (r.mpaRevision !== undefined) {
    const crc = r.crc === undefined ? '' : r.crc ? ', CRC' : ', no CRC';
    items.push(cell(`MPA revision ${r.mpaRevision}${crc}${markersText(r)}`));
  } else if (r.transport === 'iWARP' && !r.agreedByLogin) {
    items.push(cell('start not captured', 'warn'));
  }
  if (r.rejected !== undefined) items.push(cell(`refused: ${r.rejected}`, 'bad'));
  if (r.pathMtu !== undefined) items.push(cell(`path MTU ${r.pathMtu}`));
  if (r.ird !== undefined) items.push(cell(`IRD ${r.ird}`, 'quiet'));
  if (r.ord !== undefined) items.push(cell(`ORD ${r.ord}`, 'quiet'));
  return items;
}

function markersText(r: RdmaReport): string {
  const a = r.markersFromInitiator === true;
  const b = r.markersFromTarget === true;
  if (!a && !b) return '';
  return a && b ? ', markers' : `, markers of the ${a ? 'initiator' : 'target'}`;
}

function moved(count: number, what: string, bytes: number): Cell {
  return cell(`${plural(count, what)} ${bytesText(bytes)}`);
}

function roceItems(r: RdmaReport): Cell[] {
  const items: Cell[] = [];
  const sides: [string, RdmaSideReport | undefined][] = [
    ['initiator', r.fromInitiator],
    ['target', r.fromTarget],
  ];
  for (const [name, s] of sides) {
    if (s === undefined) continue;
    if (s.packetsAgain > 0)
      items.push(cell(`${name}: ${plural(s.packetsAgain, 'packet')} again`, 'warn'));
    if (s.packetsLost > 0)
      items.push(cell(`${name}: ${plural(s.packetsLost, 'packet')} missing`, 'warn'));
    if (s.congestionMarked > 0) {
      items.push(cell(`${name}: ${plural(s.congestionMarked, 'packet')} marked congested`, 'warn'));
    }
  }
  if (r.naks) items.push(cell(plural(r.naks, 'NAK'), 'warn'));
  if (r.rnrNaks) items.push(cell(plural(r.rnrNaks, 'RNR NAK'), 'warn'));
  if (r.congestionNotifications) {
    items.push(cell(plural(r.congestionNotifications, 'congestion notification'), 'note'));
  }
  return items;
}

// Fibre Channel in the report: links and what they carried, how long frames were on their way, who
// logged in.

import { bytesText, durationText, plural } from '../lib/number-text.js';
import type {
  FcConnectionJson,
  FcLinkJson,
  FibreChannelReport,
  TransitJson,
  UnreadTunnelJson,
} from '../report/fibre-channel.js';
import type { Report } from '../report/report.js';
import { type Block, type Cell, cell } from './cells.js';
import { tunnelTcpItems } from './tcp-view.js';

const KINDS_SHOWN = 12;
const PORTS_SHOWN = 16;

export function fibreChannelBlocks({ fibreChannel }: Report): Block[] {
  if (fibreChannel === undefined) return [];
  return [
    { kind: 'heading', text: 'Fibre Channel' },
    ...fibreChannel.links.flatMap((link) => linkBlocks(link)),
    ...portBlocks(fibreChannel),
    ...fibreChannel.unread.map(unreadBlock),
  ];
}

function linkBlocks(link: FcLinkJson): Block[] {
  const frames = link.connections.reduce((sum, c) => sum + c.frameCount, 0);
  const items: Cell[] = [cell(plural(frames, 'frame'))];
  if (link.connections[0]?.connection !== undefined) {
    items.push(cell(plural(link.connections.length, 'connection')));
  }
  if (link.entities !== undefined) items.push(cell(link.entities.join(' ↔ '), 'quiet'));
  if (link.raTovMs !== undefined) items.push(cell(`R_A_TOV ${link.raTovMs} ms`, 'quiet'));
  if (link.edTovMs !== undefined) items.push(cell(`E_D_TOV ${link.edTovMs} ms`, 'quiet'));
  const kinds = Object.entries(link.framesByKind);
  const shown = kinds.slice(0, KINDS_SHOWN).map(([name, count]) => cell(`${name} ${count}`));
  const more = kinds.length - shown.length;
  if (more > 0) shown.push(cell(`… and ${plural(more, 'kind')} more`, 'quiet'));
  return [
    { kind: 'flow', indent: 2, label: cell(`${link.carrier} L${link.link}  `, 'strong'), items },
    { kind: 'flow', indent: 4, label: cell('frames  ', 'quiet'), items: shown },
    ...link.connections.flatMap(connectionBlocks),
  ];
}

function connectionBlocks(c: FcConnectionJson): Block[] {
  if (c.connection === undefined) return [];
  const items: Cell[] = [
    cell(`${c.opener} ↔ ${c.other}`),
    cell(`${c.framesFromOpener} → ${c.framesFromOther} ←`, 'quiet'),
  ];
  if (c.addressMode !== undefined) items.push(cell(`${c.addressMode} mode`, 'quiet'));
  const there = transitText(c.fromOpener);
  const back = transitText(c.fromOther);
  if (there !== '') items.push(cell(`transit → ${there}`));
  if (back !== '') items.push(cell(`transit ← ${back}`));
  if (c.crcBadCount > 0) items.push(cell(`CRC wrong ${c.crcBadCount}`, 'bad'));
  if (c.syncLostCount > 0) {
    items.push(
      cell(
        `no frame: ${bytesText(c.syncLostBytes)} in ${plural(c.syncLostCount, 'place')}`,
        'warn',
      ),
    );
  }
  const blocks: Block[] = [
    { kind: 'flow', indent: 4, label: cell(`C${c.connection}  `, 'quiet'), items },
  ];
  const tcp = c.tcp === undefined ? [] : tunnelTcpItems(c.tcp);
  if (tcp.length > 0) {
    blocks.push({ kind: 'flow', indent: 8, label: cell('TCP  ', 'quiet'), items: tcp });
  }
  return blocks;
}

function unreadBlock(u: UnreadTunnelJson): Block {
  const bits = u.sampledBytes === 0 ? '' : `${u.entropyBits.toFixed(2)} bits an octet`;
  const items = [
    cell(`${u.opener} ↔ ${u.other}`),
    cell('no encapsulated frames in it', 'warn'),
    cell(`${bytesText(u.bytesFromOpener)} → ${bytesText(u.bytesFromOther)} ←`),
    ...(bits === '' ? [] : [cell(bits, 'quiet')]),
    ...tunnelTcpItems(u.tcp),
  ];
  return {
    kind: 'flow',
    indent: 2,
    label: cell(`${u.ports.join(', ')} C${u.connection}  `),
    items,
  };
}

function transitText(transit: TransitJson | undefined): string {
  const { transitNsMin: min, transitNsMean: mean, transitNsMax: max } = transit ?? {};
  if (min === undefined || mean === undefined || max === undefined) return '';
  return `${signed(min)} … ${signed(mean)} … ${signed(max)}`;
}

function signed(ns: number): string {
  return ns < 0 ? `−${durationText(-ns)}` : durationText(ns);
}

function portBlocks({ ports, requests }: FibreChannelReport): Block[] {
  const named = ports.filter((p) => p['portName'] !== undefined).slice(0, PORTS_SHOWN);
  const blocks: Block[] = [];
  if (named.length > 0) {
    const items = named.map((p) => {
      const alias = p['symbolicName'] === undefined ? '' : ` “${p['symbolicName']}”`;
      return cell(`${p['portId']} ${p['portName']}${alias}`);
    });
    blocks.push({ kind: 'flow', indent: 2, label: cell('N_Ports  ', 'quiet'), items });
  }
  const refused = requests.filter((r) => r['refusedBy'] !== undefined);
  const items: Cell[] = [cell(plural(requests.length, 'request'))];
  if (refused.length > 0) items.push(cell(`${refused.length} refused`, 'warn'));
  const open = requests.filter((r) => r['answeredNs'] === undefined).length;
  if (open > 0) items.push(cell(`${open} unanswered`, 'note'));
  if (requests.length > 0) {
    blocks.push({ kind: 'flow', indent: 2, label: cell('link services  ', 'quiet'), items });
  }
  return blocks;
}

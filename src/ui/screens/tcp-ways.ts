// The connections whose TCP can be looked at: those of iSCSI by initiator and target, tunnels of Fibre Channel
// and what stands on their ports unread by who opened them.

import { durationText, plural } from '../../lib/number-text.js';
import type { ConnectionReport, Report } from '../../report/report.js';
import type { FlowReport, TunnelTcpReport } from '../../report/tcp.js';
import type { Cell } from '../../view/cells.js';
import { tcpItems, tunnelTcpItems } from '../../view/tcp-view.js';

export interface TcpWay {
  readonly connection: number;
  /** The two ends, that of even directions first where no initiator is known. */
  readonly ends: readonly [string, string];
  readonly words: readonly [string, string];
  /** What it carries, and how it ended. */
  readonly about: string;
  /** The same, for its head. */
  readonly told: string;
  readonly openedNs?: number;
  readonly flows: readonly [FlowReport, FlowReport];
  readonly items: readonly Cell[];
}

export function tcpWays(report: Report): TcpWay[] {
  const { links = [], unread = [] } = report.fibreChannel ?? {};
  return [
    ...report.sessions.flatMap((s) => s.connections).map(iscsiWay),
    ...links.flatMap(({ carrier, connections }) =>
      connections.flatMap((c) => {
        const about = `${carrier}, ${plural(c.frameCount, 'frame')}`;
        return c.connection === undefined || c.tcp === undefined
          ? []
          : [tunnelWay(c.connection, c.opener, c.other, about, c.tcp)];
      }),
    ),
    ...unread.map((u) => {
      const about = `${u.ports.join(', ')}, no frame in it`;
      return tunnelWay(u.connection, u.opener, u.other, about, u.tcp);
    }),
  ];
}

function iscsiWay(c: ConnectionReport): TcpWay {
  const by = c.closedBy === undefined ? '' : ` by ${c.closedBy}`;
  return {
    connection: c.connection,
    ends: [c.initiatorAddress, c.targetAddress],
    words: ['initiator', 'target'],
    about: `${plural(c.pduCount, 'PDU')}, ${c.closedHow}`,
    told: `${durationText(c.lastNs - c.openedNs)}, ${c.closedHow}${by}`,
    openedNs: c.openedNs,
    flows: [c.fromInitiator, c.fromTarget],
    items: tcpItems(c),
  };
}

function tunnelWay(
  connection: number,
  opener = '',
  other = '',
  about: string,
  tcp: TunnelTcpReport,
): TcpWay {
  const { closing } = tcp;
  const who = closing?.byOpener === true ? 'opener' : 'other side';
  const how = closing === undefined ? 'open' : `${closing.how} by ${who}`;
  return {
    connection,
    ends: [opener, other],
    words: ['opener', 'other side'],
    about: `${about}, ${closing?.how ?? 'open'}`,
    told: `${about}, ${how}`,
    flows: [tcp.fromOpener, tcp.fromOther],
    items: tunnelTcpItems(tcp),
  };
}

// iSNS as a report: transactions by function and status, and the database as the wire told it.

import { type Facts, groupedBy } from '../findings/facts.js';
import { Histogram } from '../lib/histogram.js';
import { EXACT_VALUES_PER_CELL } from '../limits.js';
import { functionName, isnsStatusName } from '../wire/isns/functions.js';

export interface IsnsReport {
  readonly requests: readonly IsnsFunctionReport[];
  readonly transactions: readonly IsnsTransactionReport[];
  readonly transactionsTotal: number;
  readonly entities: readonly {
    readonly id: string;
    readonly protocol: string;
    readonly registrationPeriodS: number;
    readonly client: string;
    readonly lastNs: number;
    readonly nodes: readonly string[];
    readonly portals: readonly string[];
  }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly type: string;
    readonly alias: string;
    readonly registered: boolean;
    readonly domains: readonly string[];
  }[];
  readonly domains: readonly {
    readonly id: string;
    readonly name: string;
    readonly members: readonly string[];
  }[];
  readonly heartbeats: {
    readonly count: number;
    readonly server: string;
    readonly intervalS: number;
  };
  readonly responsesUnmatched: number;
  readonly messagesIncomplete: number;
  readonly bytesUnframed: number;
}

export interface IsnsFunctionReport {
  readonly functionName: string;
  readonly requestCount: number;
  readonly answered: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly responseNsP50: number;
  readonly responseNsMax: number;
}

export interface IsnsTransactionReport {
  readonly functionName: string;
  readonly functionId: number;
  readonly transactionId: number;
  readonly client: string;
  readonly server: string;
  readonly byServer: boolean;
  readonly transport: 'TCP' | 'UDP';
  readonly source: string;
  readonly key: string;
  readonly frame: number;
  readonly relativeNs: number;
  /** 0 and null while it was not answered. */
  readonly responseFrame: number;
  readonly responseNs: number | null;
  readonly status: number | null;
  readonly statusText: string | null;
  readonly nodeCount: number;
  readonly portalCount: number;
}

const ENTITY_PROTOCOLS: Readonly<Record<number, string>> = { 1: 'none', 2: 'iSCSI', 3: 'iFCP' };

/** undefined where no iSNS message was seen. */
export function isnsReport({ isns }: Facts): IsnsReport | undefined {
  if (isns.transactionsTotal === 0 && isns.heartbeats.count === 0 && isns.unmatched === 0) {
    return undefined;
  }
  const { transactions, entities, nodes, portals, domains } = isns;
  const nodesOf = groupedBy(nodes.values(), ({ entity }) => entity);
  const portalsOf = groupedBy(portals.values(), ({ entity }) => entity);
  const domainsOf = new Map<string, string[]>();
  for (const { id, members } of domains.values()) {
    for (const member of members) {
      const known = domainsOf.get(member);
      if (known === undefined) domainsOf.set(member, [id]);
      else known.push(id);
    }
  }
  return {
    requests: byFunction(transactions),
    transactions: transactions.map(transactionReport),
    transactionsTotal: isns.transactionsTotal,
    entities: [...entities.values()].map((entity) => ({
      id: entity.id,
      protocol: ENTITY_PROTOCOLS[entity.protocol] ?? String(entity.protocol),
      registrationPeriodS: entity.registrationPeriod,
      client: entity.client,
      lastNs: entity.heard?.lastNs ?? -1,
      nodes: (nodesOf.get(entity.id) ?? []).map(({ name }) => name),
      portals: (portalsOf.get(entity.id) ?? []).map(({ end }) => end),
    })),
    nodes: [...nodes.values()].map((node) => ({
      name: node.name,
      type: typeText(node.type),
      alias: node.alias,
      registered: node.registered && node.removedNs < 0,
      domains: domainsOf.get(node.name) ?? [],
    })),
    domains: [...domains.values()].map(({ id, name, members }) => ({
      id,
      name,
      members: [...members],
    })),
    heartbeats: isns.heartbeats,
    responsesUnmatched: isns.unmatched,
    messagesIncomplete: isns.incomplete,
    bytesUnframed: isns.lostBytes,
  };
}

type Transactions = Facts['isns']['transactions'];

function byFunction(transactions: Transactions): IsnsFunctionReport[] {
  const all = groupedBy(transactions, ({ functionId }) => functionId);
  return [...all].map(([functionId, of]) => {
    const answered = of.filter(({ responseNs }) => responseNs >= 0);
    const times = new Histogram(EXACT_VALUES_PER_CELL);
    const statuses: Record<string, number> = {};
    for (const { requestNs, responseNs, status } of answered) {
      times.record(responseNs - requestNs);
      const words = isnsStatusName(status);
      statuses[words] = (statuses[words] ?? 0) + 1;
    }
    return {
      functionName: functionName(functionId),
      requestCount: of.length,
      answered: answered.length,
      statuses,
      responseNsP50: times.percentile(0.5),
      responseNsMax: times.max,
    };
  });
}

function transactionReport(t: Transactions[number]): IsnsTransactionReport {
  const answered = t.responseNs >= 0;
  return {
    functionName: functionName(t.functionId),
    functionId: t.functionId,
    transactionId: t.transactionId,
    client: t.byServer ? t.to : t.from,
    server: t.byServer ? t.from : t.to,
    byServer: t.byServer,
    transport: t.connection < 0 ? 'UDP' : 'TCP',
    source: t.source,
    key: t.key,
    frame: t.requestFrame,
    relativeNs: t.requestNs,
    responseFrame: t.responseFrame,
    responseNs: answered ? t.responseNs - t.requestNs : null,
    status: answered ? t.status : null,
    statusText: answered ? isnsStatusName(t.status) : null,
    nodeCount: t.nodes,
    portalCount: t.portals,
  };
}

function typeText(type: number): string {
  const kinds = [
    [1, 'target'],
    [2, 'initiator'],
    [4, 'control'],
  ] as const;
  const words = kinds.filter(([bit]) => (type & bit) !== 0).map(([, word]) => word);
  return words.length > 0 ? words.join(' and ') : 'unknown';
}

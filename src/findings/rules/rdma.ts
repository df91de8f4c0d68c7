// What is wrong on the RDMA side of iSER over iWARP or RoCE: its start-up, its check sums, the buffers
// that data goes to, and what the other side said of it (RFC 5044, 5040, 5041, 7145).

import { plural } from '../../lib/number-text.js';
import { iserUnread, type RdmaFacts, type RdmaFaultKind } from '../../session/iser/facts.js';
import type { IscsiConnection } from '../../session/model.js';
import { type Connection, endpointText, flowOf } from '../../stream/connection.js';
import { type Facts, storyOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule } from '../rule.js';

/** Senders set TTL and hop limit to one of these: what came with another was routed. */
const TTL_SENT: readonly number[] = [0, 32, 64, 128, 255];
/** Reads as many as agreed for this share of the time between its first and last packet. */
const STARVED_SHARE = 0.2;
const STARVED_TIMES = 10;

interface Case {
  readonly connection: Connection;
  readonly facts: RdmaFacts;
  readonly story: IscsiConnection | undefined;
}

export const rdma: Rule = {
  id: 'rdma',
  about:
    'The RDMA side of iSER: MPA frames and messages of the connection manager that refuse or make no ' +
    'sense, CRCs and markers, Terminates and NAKs, and STags of buffers against what commands advertised.',
  tells: {
    'rdma-refused': {
      question: 'iSER that does not start',
      leadsTo: LOSES_CONNECTION,
      about: 'An MPA Reply with R set, or a ConnectReject of the connection manager.',
      reference: 'RFC 5044 7.1.1; RFC 6581 6; IBTA 12.6.7',
      confidence: 'certain',
      disproof: 'Nothing: the refusal is in the capture.',
      next: 'See the log of the side that refused: whether its target listens there for iSER, and its ACLs.',
    },
    'mpa-start-wrong': {
      question: 'iSER that does not start',
      leadsTo: LOSES_CONNECTION,
      about: 'An MPA frame with a wrong key, or with a revision that no standard defines.',
      reference: 'RFC 5044 7.1.2, 8 (code 4)',
      confidence: 'certain',
      disproof: 'Nothing: the frame is in the capture.',
      next: 'See whether both ends speak iWARP of the same standard (the RDMA Consortium’s came before).',
    },
    'rdma-crc-wrong': {
      question: 'Digests',
      leadsTo: ['rdma-terminate', ...LOSES_CONNECTION],
      about: 'FPDUs whose MPA CRC, or RoCE packets whose ICRC, does not match.',
      reference: 'RFC 5044 4.4, 8 (code 2); IBTA A17.3.3',
      confidence: 'certain',
      disproof:
        'The same bytes captured elsewhere with a good CRC: then the capturing host changed them.',
      next: 'Suspect memory, adapters, or a middle box that changed bytes; capture on both ends.',
    },
    'mpa-marker-wrong': {
      question: 'Digests',
      leadsTo: ['rdma-terminate', ...LOSES_CONNECTION],
      about:
        'MPA markers that point elsewhere than where the chain of lengths says the FPDU begins.',
      reference: 'RFC 5044 4.3, 8 (code 3)',
      confidence: 'certain',
      disproof: 'Bytes that the capture misses without a trace.',
      next: 'Look for a newer adapter firmware or driver on the side that sends them.',
    },
    'mpa-crc-off': {
      question: 'Digests',
      owes: 'none',
      about: 'Neither side asked for MPA’s CRC, though the path is routed.',
      reference: 'RFC 5044 4.4, 7.1.1',
      confidence: 'likely',
      disproof: 'A path that protects its bytes at least as well (IPsec).',
      next: 'Let one side ask for CRCs: TCP’s checksum misses what devices on the way may do.',
    },
    'rdma-terminate': {
      question: 'iSER that ends',
      leadsTo: LOSES_CONNECTION,
      about: 'A Terminate Message, or a NAK that ends a queue pair: layer, type and code in words.',
      reference: 'RFC 5040 4.8, 5041 7.2; IBTA 9.7.5.2',
      confidence: 'certain',
      disproof: 'Nothing: it is the other side’s own word.',
      next: 'It names what it refuses: see the side that sent that.',
    },
    'stag-invalid': {
      question: 'iSER that ends',
      leadsTo: ['rdma-terminate', ...LOSES_CONNECTION],
      about: 'Data or a read for a STag that no command advertised, or whose command had ended.',
      reference: 'RFC 5040 7.2, 5041 7.1; RFC 7145 8.3',
      confidence: 'certain',
      disproof: 'A command before it that the capture misses without a trace.',
      next: 'See the target’s driver: it uses a buffer that is not, or no longer, the initiator’s.',
    },
    'rdma-beyond-buffer': {
      question: 'iSER that ends',
      leadsTo: ['rdma-terminate', ...LOSES_CONNECTION],
      about: 'Data, or a read, that goes beyond the buffer that the command advertised.',
      reference: 'RFC 5041 7.1; RFC 7145 7.3.5, 7.3.6',
      confidence: 'certain',
      disproof: 'Another command with the same STag that the capture misses.',
      next: 'See the target’s driver: the initiator’s adapter refuses this, or memory is overwritten.',
    },
    'stag-wrong-invalidated': {
      question: 'iSER that ends',
      about: 'A response that invalidates the STag of another command than its own.',
      reference: 'RFC 7145 7.3.2, 8.3.2',
      confidence: 'certain',
      disproof: 'A command with that STag that the capture misses.',
      next: 'See the target’s driver: the other command’s data has nowhere to go.',
    },
    'rdma-messages-out-of-order': {
      question: 'iSER that ends',
      about: 'Send Messages whose sequence numbers jump though nothing is missing.',
      reference: 'RFC 5041 4.3, 7.1',
      confidence: 'likely',
      disproof: 'Bytes that the capture misses without a trace.',
      next: 'Look for a newer adapter firmware or driver on the side that sends them.',
    },
    'iser-not-used': {
      question: 'iSER that does not start',
      owes: 'unknown',
      about: 'A login agreed on RDMAExtensions=Yes, and plain iSCSI went on in the connection.',
      reference: 'RFC 7145 5.1, 6.3',
      confidence: 'certain',
      disproof: 'Nothing: both are in the capture.',
      next: 'See why the initiator gave RDMA up: its log, or the adapter it found.',
    },
    'iser-unread': {
      question: 'iSER that does not start',
      owes: 'none',
      about:
        'A login agreed on RDMAExtensions=Yes, MPA frames followed, and no iSER message could be told ' +
        'in what came after them: the session’s commands are in bytes that were not read.',
      reference: 'RFC 7145 5.1, 6.3; RFC 5044 7.1',
      confidence: 'certain',
      disproof: 'Nothing: the agreement and the MPA frames are in the capture.',
      next: 'See the commands at one end (its own statistics or log): here they are inside of RDMA.',
    },
    'iser-not-agreed': {
      question: 'iSER that does not start',
      about: 'iSER messages though the login did not agree on RDMAExtensions=Yes.',
      reference: 'RFC 7145 5.1, 6.3',
      confidence: 'certain',
      disproof: 'Text of the login that the capture misses.',
      next: 'Strict peers refuse this; see which side leaves the key out.',
    },
    'iser-hello-refused': {
      question: 'iSER that does not start',
      owes: 'target',
      leadsTo: LOSES_CONNECTION,
      about: 'A HelloReply with REJ set.',
      reference: 'RFC 7145 5.1.3, 9.4',
      confidence: 'certain',
      disproof: 'Nothing: the refusal is in the capture.',
      next: 'Compare the versions and read depths that both sides told.',
    },
    'iser-hello-missing': {
      question: 'iSER that does not start',
      about: 'iSERHelloRequired=Yes was agreed, and the first iSER message was no Hello.',
      reference: 'RFC 7145 5.1.3, 6.10',
      confidence: 'certain',
      disproof: 'Messages before it that the capture misses.',
      next: 'See the initiator’s software: the target may wait for what never comes.',
    },
    'rdma-reads-starved': {
      question: 'Writes that wait for RDMA Reads',
      owes: 'target',
      about:
        'RDMA Reads outstanding were as many as agreed (ORD) for a good part of the connection’s time.',
      reference: 'RFC 7145 8.2; RFC 6581 9.1',
      confidence: 'possible',
      disproof: 'A target that had no more data to ask for.',
      next: 'Raise the read depths (IRD, ORD) of both ends if writes are slow.',
    },
  },
  find(facts) {
    return facts.rdma.flatMap((one) => {
      const story = storyOf(facts, one.connection.id);
      return found({ ...one, story }, facts);
    });
  },
};

function found(c: Case, facts: Facts): Found[] {
  return [
    ...refused(c),
    ...faults(c),
    ...terminates(c),
    ...crcOff(c),
    ...agreement(c, facts),
    ...starved(c),
  ];
}

function base(c: Case): Pick<Found, 'connection' | 'session'> {
  return { connection: c.connection.id, session: c.story?.session };
}

function refused(c: Case): Found[] {
  const reply = c.facts.reply;
  if (reply === undefined || !reply.rejected) return [];
  const { connection } = c;
  const who = `${endpointText(connection, 'a')} → ${endpointText(connection, 'b')}`;
  const why = reply.reason === undefined ? '' : `: ${reply.reason}`;
  const closed =
    connection.closedHow === 'open'
      ? ''
      : ` The connection then closed (${connection.closedHow.toUpperCase()}).`;
  const how = reply.how === 'MPA' ? 'MPA Reply with R set' : 'ConnectReject';
  return [
    {
      id: 'rdma-refused',
      severity: 'critical',
      title: `RDMA connection refused${why}`,
      text: `${who}: ${how}${why}, ${plural(reply.privateData.length, 'byte')} of private data.${closed}`,
      count: 1,
      frames: [c.facts.request?.frame ?? 0, reply.frame].filter((f) => f > 0),
      ...base(c),
      fromNs: reply.timeNs,
      toNs: reply.timeNs,
      owes: 'target',
    },
  ];
}

interface FaultText {
  readonly id: string;
  readonly severity: Found['severity'];
  readonly title: (count: number) => string;
  readonly what: string;
}

const FAULTS: Readonly<Partial<Record<RdmaFaultKind, FaultText>>> = {
  key: {
    id: 'mpa-start-wrong',
    severity: 'critical',
    title: () => 'An MPA frame with a wrong key',
    what: 'Its receiver must close the connection.',
  },
  'private-data': {
    id: 'mpa-start-wrong',
    severity: 'critical',
    title: () => 'An MPA frame with more private data than there may be',
    what: 'It has 512 octets at most; its receiver must close the connection (RFC 5044 7.1.1).',
  },
  revision: {
    id: 'mpa-start-wrong',
    severity: 'warning',
    title: () => 'An MPA revision that no standard defines',
    what: 'A receiver that does not know it must close the connection.',
  },
  crc: {
    id: 'rdma-crc-wrong',
    severity: 'critical',
    title: (n) => `${plural(n, 'CRC')} of RDMA wrong`,
    what: 'TCP’s or UDP’s own checksum let the bytes pass.',
  },
  marker: {
    id: 'mpa-marker-wrong',
    severity: 'warning',
    title: (n) => `${plural(n, 'MPA marker')} and the lengths disagree`,
    what: 'A receiver that places data by markers ends the connection.',
  },
  msn: {
    id: 'rdma-messages-out-of-order',
    severity: 'warning',
    title: (n) => `Send Messages out of order ${plural(n, 'time')}`,
    what: 'Nothing is missing in the capture before it.',
  },
  'stag-unknown': {
    id: 'stag-invalid',
    severity: 'critical',
    title: (n) => `${plural(n, 'RDMA operation')} for a STag that no command advertised`,
    what: 'All commands of the session are in the capture.',
  },
  'stag-ended': {
    id: 'stag-invalid',
    severity: 'critical',
    title: (n) => `${plural(n, 'RDMA operation')} for the STag of a command that had ended`,
    what: 'With its response the buffer was the initiator’s own again.',
  },
  'beyond-buffer': {
    id: 'rdma-beyond-buffer',
    severity: 'critical',
    title: (n) => `${plural(n, 'RDMA operation')} beyond the buffer of the command`,
    what: 'The buffer is as long as the command’s Expected Data Transfer Length.',
  },
  'wrong-invalidate': {
    id: 'stag-wrong-invalidated',
    severity: 'warning',
    title: (n) => `${plural(n, 'response')} invalidated the STag of another command`,
    what: 'That command’s data has no buffer any more.',
  },
};

function faults(c: Case): Found[] {
  const all: Found[] = [];
  for (const [kind, fault] of c.facts.faults) {
    const text = FAULTS[kind];
    // Of a connection that came to no PDU nobody knows whether it was storage.
    if (text === undefined || (c.story === undefined && kind !== 'key' && kind !== 'private-data'))
      continue;
    all.push({
      id: text.id,
      severity: text.severity,
      title: text.title(fault.count),
      text: `The first: ${fault.text}. ${text.what}`,
      count: fault.count,
      frames: fault.frames,
      ...base(c),
      fromNs: fault.firstNs,
      toNs: fault.lastNs,
    });
  }
  return all;
}

function terminates(c: Case): Found[] {
  return c.facts.terminates.map((t) => {
    const fromInitiator = (t.direction & 1) === Math.max(0, c.story?.initiatorDirection ?? 0);
    const who = fromInitiator ? 'initiator' : 'target';
    const task = t.initiatorTaskTag === undefined ? '' : `, of command ${hex(t.initiatorTaskTag)}`;
    const victim =
      t.victimStag === undefined
        ? 'It returns no header of what it complains of.'
        : `It complains of what was sent for STag ${hex(t.victimStag)}${task}.`;
    return {
      id: 'rdma-terminate',
      severity: 'critical' as const,
      title: `The ${who} ended RDMA: ${t.words}`,
      text: `${victim} Nothing more may be sent in this connection.`,
      count: 1,
      frames: [t.frame],
      ...base(c),
      fromNs: t.timeNs,
      toNs: t.timeNs,
      owes: fromInitiator ? ('target' as const) : ('initiator' as const),
    };
  });
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function crcOff(c: Case): Found[] {
  const { request, reply } = c.facts;
  if (c.story === undefined || request?.how !== 'MPA' || reply === undefined) return [];
  if (request.crc || reply.crc || reply.rejected || c.facts.sends === 0) return [];
  const ttls = [0, 1].map((side) => flowOf(c.connection, side).ttlMin);
  if (ttls.every((ttl) => TTL_SENT.includes(ttl))) return [];
  return [
    {
      id: 'mpa-crc-off',
      severity: 'note',
      title: 'MPA’s CRC is off on a routed path',
      text:
        `Both MPA frames have C clear, and packets come with a TTL of ${ttls.join(' and ')}: what ` +
        'routers change on the way is found by TCP’s checksum only.',
      count: 1,
      frames: [request.frame, reply.frame],
      ...base(c),
      fromNs: request.timeNs,
      toNs: reply.timeNs,
    },
  ];
}

/** What the login agreed on, against what was used. */
function agreement(c: Case, facts: Facts): Found[] {
  const { story } = c;
  const login = story?.login;
  if (story === undefined || login === undefined || login.outcome !== 'accepted') return [];
  const session = facts.sessions[story.session];
  const value = (key: string): string | undefined =>
    [...story.parameters, ...(session?.parameters ?? [])].find((p) => p.key === key)?.result;
  const frames = [login.steps[login.steps.length - 1]?.frame ?? 0].filter((f) => f > 0);
  const at = { ...base(c), fromNs: login.endedNs, toNs: login.endedNs, count: 1 };
  const all: Found[] = [];
  if (c.facts.fellBack) {
    all.push({
      id: 'iser-not-used',
      severity: 'warning',
      title: 'RDMA was agreed, and plain iSCSI went on',
      text: 'The login agreed on RDMAExtensions=Yes; no MPA frame followed, but iSCSI PDUs as before.',
      frames,
      ...at,
    });
  }
  const { request } = c.facts;
  if (request !== undefined && iserUnread(c.facts) && value('RDMAExtensions') === 'Yes') {
    all.push({
      id: 'iser-unread',
      severity: 'note',
      title: 'iSER was agreed: the bytes after the login are MPA/RDMA',
      text:
        `RDMAExtensions=Yes was agreed; with the MPA frame ${request.frame} the connection became RDMA. No ` +
        'iSER message could be told in it: commands, their answers and a logout are not counted.',
      ...at,
      frames: [...frames, request.frame],
      fromNs: request.timeNs,
      toNs: request.timeNs,
    });
  }
  if (login.incomplete || c.facts.sends === 0) return all;
  if (value('RDMAExtensions') !== 'Yes') {
    all.push({
      id: 'iser-not-agreed',
      severity: 'warning',
      title: 'iSER without RDMAExtensions=Yes',
      text: 'Messages of iSER came, and the login that was captured whole did not agree on it.',
      frames,
      ...at,
    });
  }
  const reply = c.facts.helloReply;
  if (reply?.rejected) {
    all.push({
      id: 'iser-hello-refused',
      severity: 'critical',
      title: 'The target refused iSER’s Hello',
      text:
        `HelloReply with REJ: versions up to ${reply.maxVersion}, ORD ${reply.depth}; the Hello ` +
        `told versions up to ${c.facts.hello?.maxVersion ?? '?'}, IRD ${c.facts.hello?.depth ?? '?'}.`,
      ...at,
      frames: [c.facts.hello?.frame ?? 0, reply.frame].filter((f) => f > 0),
      fromNs: reply.timeNs,
      toNs: reply.timeNs,
    });
  }
  if (value('iSERHelloRequired') === 'Yes' && c.facts.hello === undefined) {
    all.push({
      id: 'iser-hello-missing',
      severity: 'warning',
      title: 'iSER went on without the Hello that was agreed',
      text: 'iSERHelloRequired=Yes was agreed, and no Hello came before the first PDU.',
      frames,
      ...at,
      owes: 'initiator',
    });
  }
  return all;
}

function starved(c: Case): Found[] {
  const { starvedNs, starvedTimes, starvedFrame, readsOutstandingMax } = c.facts;
  const { openedNs, lastNs } = c.connection;
  const span = lastNs - openedNs;
  if (starvedTimes < STARVED_TIMES || span <= 0 || starvedNs < span * STARVED_SHARE) return [];
  return [
    {
      id: 'rdma-reads-starved',
      severity: 'note',
      title: `RDMA Reads were as many as agreed for ${Math.round((starvedNs / span) * 100)} % of the time`,
      text:
        `At most ${readsOutstandingMax} may be outstanding, and were so ${plural(starvedTimes, 'time')}: ` +
        'the data of further writes has to wait.',
      count: starvedTimes,
      frames: [starvedFrame],
      ...base(c),
      fromNs: openedNs,
      toNs: lastNs,
    },
  ];
}

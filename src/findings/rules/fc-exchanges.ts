// What happens to FCP exchanges that do not go well: aborted, recovered, lost with their login, frames
// that never came, data that nobody asked for (FC-FS, FCP-4).

import { bytesText, durationText, plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import type { FcAbort, FcNexus } from '../../session/fc/model.js';
import { Els } from '../../wire/fc/codes.js';
import { FcKind, FcpIu, kindName } from '../../wire/fc/kinds.js';
import { operationName } from '../../wire/scsi/operations.js';
import { type Facts, groupedBy } from '../facts.js';
import type { Found } from '../finding.js';
import { type FindingText, inOrder, type Rule } from '../rule.js';
import { bySession } from '../support/by-session.js';
import { fcNexusOf, isTunnel, portText, seenAt } from '../support/fc.js';
import { badTasks } from '../watch/bad-tasks.js';

/** LOGO, and how long after it what it ended is told. */
const LOGO = FcKind.els + Els.logo;
const LOGO_NS = 10e9;
/** So few writes without an FCP_XFER_RDY may be the capture's disorder; of a gateway's doing most are. */
const ACCELERATED_SHARE = 0.5;

const TELLS: Readonly<Record<string, FindingText>> = {
  'fc-exchange-aborted': {
    question: 'Why were exchanges aborted?',
    about: 'Commands that the initiator aborted (ABTS), by what was missing at that moment.',
    reference: 'FC-FS: ABTS; FCP-4: error recovery',
    confidence: 'certain',
    disproof: 'The missing frame in bytes that the capture misses.',
    next: 'Follow what is missing: before the tunnel by counters of the ports, in the tunnel by TCP’s losses.',
    leadsTo: ['task-management', 'task-management-unanswered', 'abort-storm', 'unit-attention'],
  },
  'fc-burst-unanswered': {
    question: 'Why were exchanges aborted?',
    about:
      'An FCP_XFER_RDY asked for data that did not come, or not all of it, and the write was aborted.',
    reference: 'FCP-4: FCP_XFER_RDY, FCP_BURST_LEN',
    confidence: 'certain',
    disproof: 'The data in bytes that the capture misses.',
    next: 'See whether the FCP_XFER_RDY reached the initiator: capture at its side.',
    leadsTo: ['task-management', 'task-management-unanswered', 'abort-storm', 'unit-attention'],
  },
  'fc-recovery': {
    question: 'Why were exchanges aborted?',
    about:
      'Exchanges that had to be recovered: REC asked how far they had come, SRR for something again.',
    reference: 'FCP-4: REC, SRR',
    confidence: 'certain',
    disproof: 'Nothing: the requests are in the capture.',
    next: 'Each costs a timer (REC_TOV) of waiting: see what was lost (fc-frames-lost, fc-exchange-aborted).',
    owes: 'network',
  },
  'fc-exchanges-lost': {
    question: 'Why were exchanges aborted?',
    about: 'Commands that were open when their login, or the link that carried them, ended.',
    reference: 'FC-LS: PLOGI, LOGO; RFC 3821 8.4; RFC 4172 5.2.3',
    confidence: 'certain',
    disproof: 'Their responses in bytes that the capture misses.',
    next: 'See who ended it: a LOGO, a new PLOGI, the tunnel’s connection (fcip-link-flaps).',
  },
  'fc-frames-lost': {
    question: 'Where were frames lost?',
    about:
      'SEQ_CNT shows that frames of a sequence never came, though no byte of the capture is missing.',
    reference: 'FC-FS: SEQ_CNT; RFC 4172 8',
    confidence: 'certain',
    disproof: 'A gap in the capture itself, or frames that went by another connection.',
    next: 'They were lost before this point: see discards and CRC errors of the switch ports towards the sender.',
    owes: 'network',
  },
  'fc-frame-too-large': {
    question: 'Where were frames lost?',
    about: 'Frames larger than their receiver said in PLOGI that it takes.',
    reference: 'FC-LS: receive data field size',
    confidence: 'certain',
    disproof: 'Another PLOGI that the capture misses.',
    next: 'See the sender’s frame size; a receiver drops them.',
  },
  'fc-write-acceleration': {
    question: 'Who answers for the target?',
    about:
      'Write data passes the tunnel before any FCP_XFER_RDY though PRLI did not allow that: the near gateway asks for it.',
    reference:
      'FCP-4: PRLI, write FCP_XFER_RDY disabled; Cisco FCIP Write Acceleration, Brocade FastWrite',
    confidence: 'likely',
    disproof: 'A PRLI, not captured, that switched the FCP_XFER_RDY off at both ends.',
    next: 'Mind that the host sees other latencies than the tunnel: capture at the host to compare.',
    owes: 'none',
  },
  'fc-first-burst': {
    question: 'Who answers for the target?',
    about: 'Write data came before any FCP_XFER_RDY though PRLI asked for one.',
    reference: 'FCP-4: PRLI, write FCP_XFER_RDY disabled',
    confidence: 'certain',
    disproof: 'An FCP_XFER_RDY that the capture misses.',
    next: 'See the initiator’s driver: it sends a first burst that was not agreed.',
    owes: 'initiator',
  },
};

export const fcExchanges: Rule = {
  id: 'fc-exchanges',
  about: 'FCP exchanges by OX_ID: what was missing when they were aborted, recovered or lost.',
  tells: TELLS,
  watches: [badTasks],
  find(facts) {
    return [
      ...aborted(facts),
      ...lost(facts),
      ...facts.fc.nexuses.flatMap((nexus) => [
        ...recovered(nexus),
        ...framesLost(nexus, facts),
        ...tooLarge(nexus),
        ...early(nexus, facts),
      ]),
    ];
  },
};

/** By session and by what was missing. */
function aborted(facts: Facts): Found[] {
  const groups = groupedBy(facts.fc.aborts, (a) => `${a.session} ${a.missing.what}`);
  return [...groups.values()].map((aborts) => abortFinding(aborts, facts));
}

function abortFinding(aborts: readonly FcAbort[], facts: Facts): Found {
  const [first] = aborts;
  const { missing } = first;
  const seen = aborts.filter((a) => a.commandNs >= 0);
  const ages = seen.map((a) => a.timeNs - a.commandNs);
  const answered = aborts.filter((a) => a.answer === 'BA_ACC').length;
  const refused = aborts.filter((a) => a.answer === 'BA_RJT').length;
  const repeated = aborts.filter((a) => a.repeatedFrame > 0).length;
  const asked = aborts.filter((a) => a.recFrame > 0).length;
  const operation = first.operation < 0 ? '' : ` The first: ${operationName(first.operation)},`;
  const last =
    first.lastKind < 0 ? '' : ` after ${kindName(first.lastKind)} (frame ${first.lastFrame}),`;
  const burst = missing.what === 'burst';
  const inCapture = missing.captureLost
    ? ' Bytes of the capture are missing meanwhile: it may lie there.'
    : '';
  return {
    id: burst ? 'fc-burst-unanswered' : 'fc-exchange-aborted',
    severity: 'critical',
    title: `${plural(aborts.length, 'command')} aborted by ABTS: ${missingText(first)}`,
    text:
      (ages.length === 0
        ? ''
        : `Aborted ${durationText(Math.min(...ages))} to ${durationText(Math.max(...ages))} after the command.`) +
      `${operation}${last} ${missingDetail(first)}.${inCapture} ` +
      (asked > 0 ? `REC had asked for ${asked} of them. ` : '') +
      `BA_ACC ended ${answered}, BA_RJT refused ${refused}, ${aborts.length - answered - refused} went unanswered. ` +
      `${repeated} were sent again.`,
    count: aborts.length,
    frames: inOrder(aborts.flatMap((a) => [a.commandFrame, a.frame])),
    session: first.session,
    ...(first.connection < 0 ? {} : { connection: first.connection }),
    fromNs: seen[0]?.commandNs ?? first.timeNs,
    toNs: aborts[aborts.length - 1].timeNs,
    inferred: missing.captureLost,
    owes: owesOf(first, facts),
    values: { answered, refused, repeated, afterRec: asked },
  };
}

function missingText({ missing }: FcAbort): string {
  switch (missing.what) {
    case 'frames':
      return 'frames of its data never came';
    case 'data':
      return 'its data stopped';
    case 'burst':
      return 'an FCP_XFER_RDY was not answered';
    case 'transfer ready':
      return 'no FCP_XFER_RDY came';
    case 'response':
      return 'no response came';
    default:
      return 'nothing of it was captured';
  }
}

function missingDetail({ missing, lastKind }: FcAbort): string {
  const { what, bytes, frames, fromOffset } = missing;
  if (what === 'frames' || what === 'data' || what === 'burst') {
    const count = frames > 0 ? `, ${plural(frames, 'frame')} by SEQ_CNT` : '';
    return `${bytesText(bytes)} from offset ${fromOffset} on are missing${count}`;
  }
  if (what === 'transfer ready') return 'no data had been asked for';
  if (what !== 'response') return 'no more is known';
  return lastKind === FcpIu.cmnd
    ? 'nothing had come back'
    : 'all data that was asked for had moved';
}

/** Frames that are lost are the network's; whoever owed the next move may not have got what it waits for. */
function owesOf({ missing }: FcAbort, _facts: Facts): Found['owes'] {
  if (missing.captureLost) return 'unknown';
  return missing.what === 'frames' ? 'network' : 'unknown';
}

function lost(facts: Facts): Found[] {
  const groups = bySession(facts, ({ outcome }) => outcome === Outcome.lost);
  return groups.flatMap((group) => {
    const nexus = fcNexusOf(facts, group.session);
    if (nexus === undefined) return [];
    const logo = logoOf(group.toNs, nexus, facts);
    return [
      {
        id: 'fc-exchanges-lost',
        severity: 'critical',
        title: `${plural(group.count, 'command')} lost with the login or the link`,
        text:
          `From ${portText(nexus.initiator)} to ${portText(nexus.target)}: open when a new PLOGI, a ` +
          `LOGO or the end of the link’s last connection ended them.${logoText(logo)}`,
        owes: logo?.by,
        count: group.count,
        frames: group.frames,
        session: group.session,
        fromNs: group.fromNs,
        toNs: group.toNs,
      } satisfies Found,
    ];
  });
}

interface Logo {
  readonly by: 'initiator' | 'target';
  readonly frame: number;
}

/** The LOGO of one of the two ports that came while they were open, and who said it. */
function logoOf(
  untilNs: number,
  { link, initiator, target }: FcNexus,
  { fc }: Facts,
): Logo | undefined {
  const said = fc.requests.findLast(
    (r) =>
      r.link === link &&
      r.kind === LOGO &&
      r.timeNs <= untilNs &&
      untilNs - r.timeNs <= LOGO_NS &&
      [initiator.id, target.id].includes(r.from),
  );
  return said && { by: said.from === target.id ? 'target' : 'initiator', frame: said.frame };
}

function logoText(said: Logo | undefined): string {
  return said === undefined
    ? ''
    : ` The ${said.by} had logged out (LOGO, frame ${said.frame}): see its log for why.`;
}

function recovered(nexus: FcNexus): Found[] {
  const { rec, srr } = nexus.violations;
  if (rec.count + srr.count === 0) return [];
  const first = rec.count > 0 ? rec : srr;
  return [
    {
      id: 'fc-recovery',
      severity: 'warning',
      title: `${plural(rec.count, 'REC', 'RECs')} and ${plural(srr.count, 'SRR', 'SRRs')}: exchanges stalled`,
      text: `From ${portText(nexus.initiator)} to ${portText(nexus.target)}.`,
      ...seenAt(first),
      count: rec.count + srr.count,
      session: nexus.session,
      values: { rec: rec.count, srr: srr.count },
    },
  ];
}

function framesLost(nexus: FcNexus, facts: Facts): Found[] {
  const { framesLost: seen, framesLostTotal } = nexus.violations;
  if (seen.count === 0) return [];
  const link = facts.fc.links[nexus.link];
  const where = isTunnel(link) ? 'before the tunnel' : 'before the capture point';
  return [
    {
      id: 'fc-frames-lost',
      severity: 'warning',
      title: `${plural(framesLostTotal, 'frame')} lost ${where}`,
      text:
        `SEQ_CNT leaves out frames in ${plural(seen.count, 'exchange')} of ` +
        `${portText(nexus.initiator)} with ${portText(nexus.target)}, and no byte is missing in the capture.`,
      ...seenAt(seen),
      session: nexus.session,
      values: { frames: framesLostTotal, exchanges: seen.count },
    },
  ];
}

function tooLarge(nexus: FcNexus): Found[] {
  const { payloadTooLarge: seen, payloadLargest, payloadLimit } = nexus.violations;
  if (seen.count === 0) return [];
  return [
    {
      id: 'fc-frame-too-large',
      severity: 'warning',
      title: `Frames of ${bytesText(payloadLargest)}, where ${bytesText(payloadLimit)} were agreed`,
      text: 'PLOGI’s receive data field size of the receiver is smaller.',
      ...seenAt(seen),
      session: nexus.session,
      values: { payloadLargest, payloadLimit },
    },
  ];
}

/** Data before any FCP_XFER_RDY, though PRLI asked for them. */
function early(nexus: FcNexus, facts: Facts): Found[] {
  const { dataBeforeXferRdy: seen, writes } = nexus.violations;
  if (seen.count === 0 || nexus.writeXferRdyDisabled === true) return [];
  const link = facts.fc.links[nexus.link];
  const accelerated = isTunnel(link) && seen.count >= writes * ACCELERATED_SHARE;
  if (accelerated) {
    return [
      {
        id: 'fc-write-acceleration',
        severity: 'note',
        title: 'Writes are accelerated: the near gateway sends FCP_XFER_RDY itself',
        text:
          `${seen.count} of ${plural(writes, 'write')} had their data in the tunnel before any ` +
          'FCP_XFER_RDY had come back through it.',
        ...seenAt(seen),
        session: nexus.session,
        inferred: nexus.writeXferRdyDisabled === undefined,
      },
    ];
  }
  if (nexus.writeXferRdyDisabled === undefined) return [];
  return [
    {
      id: 'fc-first-burst',
      severity: 'warning',
      title: `${plural(seen.count, 'write')} sent data before any FCP_XFER_RDY`,
      text: 'PRLI did not disable FCP_XFER_RDY for writes.',
      ...seenAt(seen),
      session: nexus.session,
    },
  ];
}

// The command window was closed, or all of it was used: the initiator had to wait before it could
// send its next command (RFC 7143 4.2.2.1).

import { durationText, percentText, plural } from '../../lib/number-text.js';
import type { Session } from '../../session/model.js';
import type { Facts } from '../facts.js';
import type { Found } from '../finding.js';
import type { Rule } from '../rule.js';

/** From here on, or at this share of the session, the waiting is felt; shorter it is good to know. */
const FELT_NS = 1e9;
const SHARE_LEAST = 0.05;
/** Targets open their window with their first answers (LIO from 1 to 64): used up once, it is not felt. */
const FIRST_NS = 5e9;
const FIRST_OPEN = 8;

/** Shorter than this nobody notices: disks themselves take as long. */
const NOTICED_NS = 10e6;

export const commandWindow: Rule = {
  id: 'command-window',
  about:
    'MaxCmdSN - ExpCmdSN + 1 was 0 (closed by the target), or as many commands were open as the ' +
    'target takes (used up), for 10 ms or longer: commands then queue up in the host, unseen.',
  tells: {
    'command-window-closed': {
      question: 'Was the command window closed, or used up?',
      owes: 'target',
      leadsTo: ['command-ignored'],
      about: 'The target set MaxCmdSN to ExpCmdSN - 1.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'certain',
      proof: ['scsi-response.expCmdSN', 'scsi-response.maxCmdSN'],
      disproof: 'A PDU of the target with a larger MaxCmdSN in that time, missed by the capture.',
      next:
        'See what the target was busy with (its own latency, other hosts), and how deep its queue a ' +
        'session may be; a queue depth of the host below the window keeps the waiting visible.',
    },
    'command-window-used-up': {
      question: 'Was the command window closed, or used up?',
      owes: 'none',
      about: 'As many commands were open as MaxCmdSN allows.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'certain',
      proof: ['scsi-command.cmdSN', 'scsi-response.maxCmdSN'],
      disproof: 'A PDU of the target with a larger MaxCmdSN in that time, missed by the capture.',
      next:
        'If commands are slow, look at the target first; if they are fast, let the target take more ' +
        'at once, or spread the load over more sessions.',
    },
  },
  find(facts) {
    return facts.sessions.flatMap((session) => [
      ...closed(session, facts),
      ...usedUp(session, facts),
    ]);
  },
};

/** How long the session was there, as far as it was captured. */
function spanOf(session: Session, facts: Facts): number {
  const endNs = session.endedNs >= 0 ? session.endedNs : facts.lastNs;
  return Math.max(1, endNs - session.startedNs);
}

function closed(session: Session, facts: Facts): Found[] {
  const { id, window } = session;
  if (window.closedNsMax < NOTICED_NS) return [];
  const last = window.closures[window.closures.length - 1];
  return [
    {
      id: 'command-window-closed',
      severity: 'warning',
      title: `The target closed the command window for ${durationText(window.closedNs)}`,
      text:
        `${plural(window.closed, 'time')}, ${durationText(window.closedNsMax)} at most, ` +
        `${percentText(window.closedNs, spanOf(session, facts))} of the session. While MaxCmdSN is ` +
        'ExpCmdSN - 1 the initiator may send immediate commands only.',
      count: window.closed,
      frames: window.closures.map((closure) => closure.frame).slice(0, 20),
      session: id,
      fromNs: window.closures[0]?.fromNs,
      toNs: last === undefined ? undefined : last.toNs < 0 ? facts.lastNs : last.toNs,
      values: { closedNsTotal: window.closedNs, closedNsMax: window.closedNsMax },
    },
  ];
}

function isFelt(session: Session, facts: Facts): boolean {
  const { usedUp: times, usedUpNs, usedUpNsMax, usedMax } = session.window;
  if (times === 1 && usedUpNsMax < FIRST_NS && usedMax < FIRST_OPEN) return false;
  return usedUpNsMax >= FELT_NS || usedUpNs >= spanOf(session, facts) * SHARE_LEAST;
}

function usedUp(session: Session, facts: Facts): Found[] {
  const { id, window } = session;
  if (window.usedUpNsMax < NOTICED_NS || window.closedNsMax >= NOTICED_NS) return [];
  return [
    {
      id: 'command-window-used-up',
      severity: isFelt(session, facts) ? 'warning' : 'note',
      title: `The command window was used up for ${durationText(window.usedUpNs)}`,
      text:
        `${plural(window.usedUp, 'time')}, ${durationText(window.usedUpNsMax)} at most, with ` +
        `${plural(window.usedMax, 'command')} open at once, ` +
        `${percentText(window.usedUpNs, spanOf(session, facts))} of the session. Latency on the ` +
        'wire is only a part of what the host waited: more commands queued up before they were sent.',
      count: window.usedUp,
      frames: window.usedUpFrame > 0 ? [window.usedUpFrame] : [],
      session: id,
      values: {
        usedUpNsTotal: window.usedUpNs,
        usedUpNsMax: window.usedUpNsMax,
        openMax: window.usedMax,
      },
    },
  ];
}

// Commands beyond the window that were never answered, and commands behind a hole in CmdSN: the target
// does what it must, and the host waits for its timer.

import { durationText, plural } from '../../lib/number-text.js';
import { distance } from '../../lib/serial.js';
import type { Session } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { type Facts, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import { LOSES_CONNECTION, type Rule, when } from '../rule.js';
import { IN_DOUBT } from '../support/doubt.js';
import { missesPackets } from '../support/heard.js';
import { slowWayOf } from '../support/slow-way.js';
import { ways } from '../watch/slow-way.js';
import { stuck } from '../watch/stuck.js';

/** ExpCmdSN that stands still for longer has stopped: a target that is slow still counts commands. */
const STUCK_NS = 1e9;
/** PDUs of the target that said the same ExpCmdSN: one may have been on its way. */
const SAID_LEAST = 2;
/** Of the time that it stood still: the target waited for the initiator's receive window. */
const STALE_SHARE = 0.3;

export const commandIgnored: Rule = {
  id: 'command-ignored',
  about:
    'Commands that the target did not take in: beyond MaxCmdSN, or behind a CmdSN that never came. ' +
    'ExpCmdSN says which it took: it stood still for a second and longer while the target spoke.',
  tells: {
    'command-ignored': {
      question: 'A command beyond the window',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about: 'A command beyond MaxCmdSN was never answered.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'certain',
      proof: ['scsi-command.cmdSN', 'scsi-response.maxCmdSN'],
      disproof: 'A larger MaxCmdSN told before the command, missed by the capture.',
      next: 'Look for a newer initiator: it must not send beyond MaxCmdSN. Until then lower its queue.',
    },
    'cmdsn-hole-stuck': {
      question: 'A hole in CmdSN, ExpCmdSN that stands still',
      owes: 'initiator',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about:
        'ExpCmdSN stands at a CmdSN that was never on the wire, and later ones wait behind it.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'certain',
      proof: ['scsi-command.cmdSN', 'scsi-response.expCmdSN'],
      disproof: 'The missing command in bytes that the capture does not hold.',
      next:
        'See what became of the missing command: lost with a connection, or never sent. The initiator ' +
        'must retry it or abort it (RFC 7143 7.2.1); a new session clears the hole.',
    },
    'expcmdsn-stuck': {
      question: 'A hole in CmdSN, ExpCmdSN that stands still',
      owes: 'target',
      leadsTo: [...LOSES_CONNECTION, 'commands-open'],
      about:
        'ExpCmdSN stands still at a command that was sent, while the target says other things.',
      reference: 'RFC 7143 4.2.2.1',
      confidence: 'likely',
      proof: ['scsi-command.cmdSN', 'scsi-response.expCmdSN'],
      disproof: 'A PDU of the target with a later ExpCmdSN in that time, missed by the capture.',
      next:
        'See whether that command reached the target (its connection, its TCP retransmissions, a bad ' +
        'digest); if it did, the target’s front end is stuck.',
    },
  },
  watches: [stuck, ways],
  find(facts) {
    return [...ignored(facts), ...facts.sessions.flatMap((session) => standsStill(session, facts))];
  },
};

function ignored(facts: Facts): Found[] {
  return [...facts.evidence.of(stuck).bySession.values()]
    .filter((watch) => watch.ignored.count > 0)
    .map(({ session, ignored: sight }) => ({
      id: 'command-ignored',
      // The PDU that opened the window may be all that is missing; so may its answer.
      ...(missesPackets(facts)
        ? { severity: 'note' as const, ...IN_DOUBT }
        : { severity: 'critical' as const }),
      title: `${plural(sight.count, 'command')} beyond the command window, never answered`,
      text:
        'Its CmdSN lies beyond the last MaxCmdSN told: "The target MUST silently ignore any ' +
        'non-immediate command outside of this range". The host waits until its timer runs out.',
      count: sight.count,
      frames: sight.frames,
      session,
      ...when(sight),
    }));
}

function standsStill(session: Session, facts: Facts): Found[] {
  const { window, id } = session;
  if (window.stuckNs < STUCK_NS || window.stuckSaid < SAID_LEAST || missed(session, facts)) {
    return [];
  }
  const hole = window.holes.find(
    ({ from, to }) => distance(window.stuckAt, from) >= 0 && distance(window.stuckAt, to) < 0,
  );
  const behind = window.stuckSent - (hole === undefined ? 0 : distance(hole.to, hole.from));
  // A hole has something behind it; without one a single command may just be taken in late.
  if (behind < (hole === undefined ? 2 : 1)) return [];
  if (hole === undefined && mayBeStale(session, facts)) return [];
  const times = { fromNs: window.stuckSinceNs, toNs: window.stuckSinceNs + window.stuckNs };
  const stood =
    `ExpCmdSN stood at ${window.stuckAt} for ${durationText(window.stuckNs)} in ` +
    `${plural(window.stuckSaid, 'PDU')} of the target, with ${plural(behind, 'command')} waiting`;
  return [
    {
      id: hole === undefined ? 'expcmdsn-stuck' : 'cmdsn-hole-stuck',
      severity: 'critical',
      title:
        hole === undefined
          ? `The target took in no command for ${durationText(window.stuckNs)}`
          : `CmdSN ${window.stuckAt} never came: all commands behind it waited`,
      text:
        hole === undefined
          ? `${stood}. CmdSN ${window.stuckAt} is in the capture: the target did not get it, or did not count it.`
          : `${stood} behind it. The target "MUST deliver the commands for execution in the order specified by the CmdSN".`,
      count: behind,
      frames: hole === undefined ? [] : [hole.frame],
      session: id,
      ...times,
      values: { expCmdSN: window.stuckAt, stuckNs: window.stuckNs, commandsWaiting: behind },
    },
  ];
}

/** The target's PDUs queue up in its own TCP (a narrow way, a window that is full): what they say of ExpCmdSN is old. */
function mayBeStale({ id, window }: Session, facts: Facts): boolean {
  return storiesOf(facts, id).some((story) => {
    const side = story.initiatorDirection ^ 1;
    if (slowWayOf(story, side, facts) !== undefined) return true;
    return flowOf(story.connection, side).windowFullNs >= window.stuckNs * STALE_SHARE;
  });
}

/** Bytes of the session that the capture misses may hold what seems not to have come. */
function missed(session: Session, facts: Facts): boolean {
  return storiesOf(facts, session.id).some(({ connection: { a, b } }) => {
    return a.missingBytes + b.missingBytes > 0 || a.packets === 0 || b.packets === 0;
  });
}

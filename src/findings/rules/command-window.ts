// The command window was closed, or all of it was used: the initiator had to wait before it could
// send its next command (RFC 7143 4.2.2.1).

import { durationText, plural } from '../../lib/units.js';
import type { Session } from '../../session/model.js';
import type { Finding } from '../finding.js';
import type { Rule } from '../rule.js';

/** Shorter than this nobody notices. */
const NOTICED_NS = 10e6;

export const commandWindow: Rule = {
  id: 'command-window',
  about:
    'MaxCmdSN - ExpCmdSN + 1 was 0 (closed by the target), or as many commands were open as the ' +
    'target takes (used up), for 10 ms or longer: commands then queue up in the host, unseen.',
  tells: {
    'command-window-closed': 'The target set MaxCmdSN to ExpCmdSN - 1.',
    'command-window-used-up': 'As many commands were open as MaxCmdSN allows.',
  },
  find(facts) {
    return facts.sessions.flatMap((session) => [...closed(session), ...usedUp(session)]);
  },
};

function closed({ id, window }: Session): Finding[] {
  if (window.closedNsMax < NOTICED_NS) return [];
  return [
    {
      id: 'command-window-closed',
      severity: 'warning',
      title: `The target closed the command window for ${durationText(window.closedNs)}`,
      text:
        `${plural(window.closed, 'time')}, ${durationText(window.closedNsMax)} at most. While ` +
        'MaxCmdSN is ExpCmdSN - 1 the initiator may send immediate commands only.',
      count: window.closed,
      frames: window.closures.map((closure) => closure.frame).slice(0, 20),
      session: id,
    },
  ];
}

function usedUp({ id, window }: Session): Finding[] {
  if (window.usedUpNsMax < NOTICED_NS || window.closedNsMax >= NOTICED_NS) return [];
  return [
    {
      id: 'command-window-used-up',
      severity: 'warning',
      title: `The command window was used up for ${durationText(window.usedUpNs)}`,
      text:
        `${plural(window.usedUp, 'time')}, ${durationText(window.usedUpNsMax)} at most, with ` +
        `${plural(window.usedMax, 'command')} open at once. Latency on the wire is only a part of ` +
        'what the host waited: more commands queued up before they were sent.',
      count: window.usedUp,
      frames: window.usedUpFrame > 0 ? [window.usedUpFrame] : [],
      session: id,
    },
  ];
}

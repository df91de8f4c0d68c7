// Logins that were rejected or never answered (RFC 7143 11.13.5).

import { plural } from '../../lib/units.js';
import type { ConnectionStory, Login } from '../../session/model.js';
import { flowOf } from '../../stream/connection.js';
import { LOGIN_STATUS_MEANINGS, loginStatusName } from '../../wire/iscsi/codes.js';
import type { Finding } from '../finding.js';
import { type Gathered, gather, type Rule } from '../rule.js';

interface Failed extends Gathered {
  readonly story: ConnectionStory;
  readonly login: Login;
}

export const loginFailed: Rule = {
  id: 'login-failed',
  about:
    'A login was rejected by the target (status class 2 or 3 of a Login Response), or the ' +
    'connection or the capture ended before the last Login Response.',
  find(facts) {
    const all = new Map<string, Failed>();
    for (const story of facts.stories) {
      const login = story.login;
      if (login === undefined) continue;
      if (login.outcome !== 'rejected' && login.outcome !== 'unanswered') continue;
      const session = facts.sessions[story.session];
      const key = `${session?.initiatorName} ${session?.targetName} ${statusOf(story, login)}`;
      const last = login.steps[login.steps.length - 1];
      gather(all, key, () => ({ count: 0, frames: [], story, login }), 1, last ? [last.frame] : []);
    }
    return [...all.values()].map(toFinding);
  },
};

function statusOf(story: ConnectionStory, login: Login): string {
  if (login.outcome === 'rejected') return `${login.statusClass}/${login.statusDetail}`;
  return answerMissed(story) ? 'not captured' : 'unanswered';
}

/** True where the answer may be among what the capture does not hold of the target. */
function answerMissed(story: ConnectionStory): boolean {
  const { packets, missingBytes } = flowOf(story.connection, story.initiatorDirection ^ 1);
  return packets === 0 || missingBytes > 0;
}

function toFinding({ story, login, count, frames }: Failed): Finding {
  const base = {
    id: loginFailed.id,
    severity: 'critical' as const,
    count,
    frames,
    session: story.session,
    connection: story.connection.id,
  };
  if (login.outcome === 'unanswered' && answerMissed(story)) {
    return {
      ...base,
      severity: 'note',
      inferred: true,
      title: `${plural(count, 'login')} whose answer was not captured`,
      text:
        'Bytes of the target are missing in the capture, the answer may be among them: nothing is ' +
        'known of how the login ended.',
    };
  }
  if (login.outcome === 'unanswered') {
    return {
      ...base,
      title:
        count === 1 ? 'A login was never answered' : `${plural(count, 'login')} never answered`,
      text:
        'The connection carried a Login Request but no final Login Response before it, or the ' +
        'capture, ended. Look at who closed the connection and how long the initiator waited.',
    };
  }
  const code = login.statusClass * 256 + login.statusDetail;
  const meaning = LOGIN_STATUS_MEANINGS[code];
  return {
    ...base,
    title: `Login rejected: ${loginStatusName(login.statusClass, login.statusDetail)}`,
    text:
      `The target answered with status 0x${code.toString(16).padStart(4, '0')}` +
      `${meaning ? `: ${meaning}` : ''}.` +
      `${login.authMethod ? ` Authentication method: ${login.authMethod}.` : ''}`,
  };
}

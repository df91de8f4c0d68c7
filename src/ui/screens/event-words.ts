// What an event of a session is in words: its fields are codes by the RFC's names.

import { managementName } from '../../findings/support/resets.js';
import { plural } from '../../lib/number-text.js';
import type { EventReport } from '../../report/report.js';
import {
  ASYNC_EVENT_NAMES,
  codeName,
  LOGOUT_REASON_NAMES,
  LOGOUT_RESPONSE_NAMES,
  loginStatusName,
  REJECT_REASON_NAMES,
  SNACK_TYPE_NAMES,
  TASK_MANAGEMENT_RESPONSE_NAMES,
} from '../../wire/iscsi/codes.js';

type Names = Readonly<Record<number, string>>;

/** Fields whose number is a code, by the kind of event. */
const CODES: Readonly<Record<string, Readonly<Record<string, Names>>>> = {
  logout: { reason: LOGOUT_REASON_NAMES, response: LOGOUT_RESPONSE_NAMES },
  'task management': { response: TASK_MANAGEMENT_RESPONSE_NAMES },
  reject: { reason: REJECT_REASON_NAMES },
  SNACK: { type: SNACK_TYPE_NAMES },
  'async message': { asyncEvent: ASYNC_EVENT_NAMES },
};
/** Words that stand for themselves. */
const PLAIN: ReadonlySet<string> = new Set(['why', 'outcome', 'from']);
const TAG = /[tT]ag$/;

/** `ofFc`: a function of task management in FCP's words. */
export function eventWords(e: EventReport, ofFc: boolean): string {
  if (e.kind === 'login') return loginWords(e);
  return Object.entries(e.fields)
    .map(([name, value]) =>
      e.kind === 'task management' && name === 'function' && Number(value) >= 0
        ? managementName({ protocol: ofFc ? 'fcp' : 'iscsi' }, Number(value))
        : fieldWords(e.kind, name, value),
    )
    .filter((text) => text !== '')
    .join(', ');
}

function loginWords({ fields }: EventReport): string {
  const outcome = String(fields['outcome'] ?? '');
  const code = Number(fields['statusClass'] ?? -1);
  if (code <= 0) return outcome;
  return `${outcome}: ${loginStatusName(code, Number(fields['statusDetail'] ?? 0))}`;
}

function fieldWords(kind: string, name: string, value: string | number | boolean): string {
  const names = CODES[kind]?.[name];
  if (names !== undefined && typeof value === 'number') {
    return value < 0 ? '' : `${name === 'response' ? 'answer: ' : ''}${codeName(names, value)}`;
  }
  if (PLAIN.has(name)) return String(value);
  if (name === 'tasksOpen') return value === 0 ? '' : `${plural(Number(value), 'command')} open`;
  if (typeof value === 'boolean') return value ? wordsOf(name) : `not ${wordsOf(name)}`;
  if (typeof value === 'number' && TAG.test(name))
    return `${wordsOf(name)} 0x${value.toString(16).padStart(8, '0')}`;
  // initiator.Key and target.Key of a negotiation.
  if (name.includes('.')) return `${name.replace('.', ': ')}=${value}`;
  return `${wordsOf(name)} ${value}`;
}

/** "referencedTaskTag" → "referenced task tag"; names of the RFC such as CID stay. */
function wordsOf(name: string): string {
  if (name === 'cid') return 'CID';
  if (/SN$/.test(name)) return name[0].toUpperCase() + name.slice(1);
  return name.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
}

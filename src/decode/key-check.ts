// What is wrong with a text key where it stands (RFC 7143 6, 12 and 13): wrong value, said twice,
// irrelevant, not allowed in this stage or from this side. The rules are the rows of keys.ts.

import { numberOf } from '../session/iscsi/login/negotiation.js';
import {
  KEY_NAME_BYTES_MAX,
  KeyAnswer,
  SIMPLE_VALUE_BYTES_MAX,
  type TextKey,
  textKey,
} from '../wire/iscsi/keys.js';
import { nameFault } from '../wire/iscsi/names.js';

export type KeySide = 'initiator' | 'target';
export type KeyStage = 'security' | 'operational' | 'full-feature';

/** Where a key stands. */
export interface KeyPlace {
  readonly side: KeySide;
  readonly stage: KeyStage;
  /** False on a connection that joins a session: its login carries no keys of the session. */
  readonly leading: boolean;
}

/** Keys of one negotiation, so that each is said once. Bounded by TEXT_PAIRS_MAX a text. */
export class KeyHistory {
  readonly #said: Map<string, string> = new Map();

  said(side: KeySide, key: string): string | undefined {
    return this.#said.get(`${side} ${key}`);
  }

  say(side: KeySide, key: string, value: string): void {
    if (this.#said.size < KEYS_MAX) this.#said.set(`${side} ${key}`, value);
  }

  /** What holds so far: what was said, by the key's result function; else its default. */
  inForce(key: string): string | undefined {
    const rule = textKey(key);
    const values = [this.said('initiator', key), this.said('target', key)];
    if (rule?.result === 'AND') return yesNo(values, 'No', 'Yes') ?? rule.default;
    if (rule?.result === 'OR') return yesNo(values, 'Yes', 'No') ?? rule.default;
    return values[0] ?? values[1] ?? rule?.default;
  }
}

const KEYS_MAX = 1024;
const ANSWERS: ReadonlySet<string> = new Set(Object.values(KeyAnswer));
/** Keys that one side may say again: answers to SendTargets. */
const REPEATED: ReadonlySet<string> = new Set(['TargetAddress', 'TargetName']);

/** What is wrong, each with its section; none where it is right. */
export function keyFaults(
  key: string,
  value: string,
  place: KeyPlace,
  history: KeyHistory,
): string[] {
  const rule = textKey(key);
  const faults: string[] = [];
  if (new TextEncoder().encode(key).length > KEY_NAME_BYTES_MAX) {
    faults.push(`the name is longer than ${KEY_NAME_BYTES_MAX} bytes (6.1)`);
  }
  if (rule === undefined) return faults;
  if (rule.senders !== 'both' && rule.senders !== place.side && !ANSWERS.has(value)) {
    if (!(key === 'TargetName' && place.side === 'target')) {
      faults.push(`sent by the ${rule.senders} only (${rule.section})`);
    }
  }
  const stage = stageFault(rule, place);
  if (stage !== undefined) faults.push(stage);
  const again = history.said(place.side, key) !== undefined;
  if (again && place.stage !== 'full-feature' && !rule.exchange && !REPEATED.has(key)) {
    faults.push('said twice (6.3)');
  }
  if (ANSWERS.has(value)) return faults;
  if (isIrrelevant(rule, history)) faults.push(`irrelevant here (${rule.section})`);
  const wrong = valueFault(rule, value);
  if (wrong !== undefined) faults.push(wrong);
  return faults;
}

function stageFault(rule: TextKey, { stage, leading }: KeyPlace): string | undefined {
  if (stage === 'full-feature') {
    if (rule.use === 'FFPO' || rule.use === 'ALL') return undefined;
    if (rule.name === 'TargetName' || rule.name === 'TargetAddress') return undefined;
    return `not allowed in the full feature phase (${rule.section})`;
  }
  if (rule.use === 'FFPO') return `allowed in the full feature phase only (${rule.section})`;
  if (rule.use === 'LO' && !leading && rule.name !== 'SessionType') {
    return `allowed in the leading login only (${rule.section})`;
  }
  if (rule.anyStage || rule.phase === 'login' || rule.phase === 'any') return undefined;
  if (rule.phase === stage) return undefined;
  return `not allowed in the ${stage} stage (${rule.section})`;
}

function isIrrelevant(rule: TextKey, history: KeyHistory): boolean {
  return rule.irrelevantWhen.some((all) =>
    all.every(([key, value]) => !open(key, history) && history.inForce(key) === value),
  );
}

/** Keys of iSER may come before the one that makes them matter: Linux sends RDMAExtensions last. */
function open(key: string, history: KeyHistory): boolean {
  if (key !== 'RDMAExtensions') return false;
  return history.said('initiator', key) === undefined && history.said('target', key) === undefined;
}

function valueFault(rule: TextKey, value: string): string | undefined {
  const bytes = new TextEncoder().encode(value).length;
  const most = rule.bytesMax ?? (rule.type === 'binary' ? undefined : SIMPLE_VALUE_BYTES_MAX);
  if (rule.type === 'name') return nameFault(value);
  if (most !== undefined && bytes > most && rule.type !== 'binary') {
    return `${bytes} bytes are more than ${most} (${rule.section})`;
  }
  switch (rule.type) {
    case 'boolean':
      return value === 'Yes' || value === 'No' ? undefined : 'neither Yes nor No (6.1)';
    case 'number':
      return numberFault(rule, value);
    case 'range':
      return rangeFault(rule, value);
    case 'list':
    case 'enumeration':
      return listFault(rule, value);
    case 'binary':
      return /^0[xX][0-9a-fA-F]*$|^0[bB][A-Za-z0-9+/]*={0,2}$|^\d+$/.test(value)
        ? undefined
        : 'neither hexadecimal (0x) nor base64 (0b) (6.1)';
    default:
      return undefined;
  }
}

function numberFault(rule: TextKey, value: string): string | undefined {
  const n = numberOf(value);
  if (n === undefined) return 'not a number (6.1)';
  if (rule.zero && n === 0) return undefined;
  const min = rule.min ?? 0;
  const max = rule.max ?? Number.MAX_SAFE_INTEGER;
  return n >= min && n <= max ? undefined : `out of range ${min} to ${max} (${rule.section})`;
}

function rangeFault(rule: TextKey, value: string): string | undefined {
  const parts = value.split('~');
  if (parts.length > 2) return 'not a range (6.1)';
  const wrong = parts.map((part) => numberFault(rule, part)).find((fault) => fault !== undefined);
  if (wrong !== undefined) return wrong;
  const [low, high] = parts.map((part) => numberOf(part) ?? 0);
  return high !== undefined && high < low ? 'the range ends before it begins (6.1)' : undefined;
}

/** Values that the standard does not name begin with X-, Y- or Z- (RFC 7143 6.2.1, 12.1, 13.1). */
function listFault(rule: TextKey, value: string): string | undefined {
  if (rule.values === undefined) return undefined;
  const items = rule.type === 'enumeration' ? [value] : value.split(',');
  const odd = items.filter((item) => !rule.values?.includes(item) && !/^[XYZ][-#]/.test(item));
  if (odd.length === 0) return undefined;
  return `${odd.map((item) => JSON.stringify(item)).join(', ')} is not among ${rule.values.join(', ')} (${rule.section})`;
}

function yesNo(
  values: readonly (string | undefined)[],
  strong: string,
  weak: string,
): string | undefined {
  if (values.includes(strong)) return strong;
  return values.includes(weak) ? weak : undefined;
}

// Which text of logins and text PDUs (RFC 7143 6.1, 12) may be shown. With a CHAP challenge and its
// response a password can be guessed offline (9.2.1), and a proof or ticket may stand where nobody
// expects it: cut, behind a key that is written wrong, in a piece of the PDU before. So what is not
// certain to be harmless is hidden: text without "=", unknown keys, values that do not fit their key.

import { KEY_NAME_BYTES_MAX, KeyAnswer, TEXT_KEYS, type TextKey, textKey } from './keys.js';

/** What stands for text, octets and numbers that are not shown. */
export const HIDDEN = '(hidden)';

/** Where text stands; `security` also where that is not known. */
export type TextStage = 'security' | 'operational' | 'full-feature';

export interface ShownPair {
  readonly key: string;
  readonly value: string;
  /** Something of it is not shown. */
  readonly hidden: boolean;
}

/** The stage of a login PDU by its CSG (RFC 7143 11.12.3); -1 where it was not captured. */
export function stageOfCsg(csg: number): TextStage {
  return csg === 1 ? 'operational' : csg === 3 ? 'full-feature' : 'security';
}

/** The pair as it may be shown. */
export function shownPair(key: string, value: string, stage: TextStage): ShownPair {
  const rule = ruleOf(key);
  if (rule !== undefined) {
    const strict = stage === 'security' || rule.phase === 'security';
    const hidden = rule.secret || holdsSecret(value) || (strict && !fits(rule, value));
    return { key, value: hidden ? HIDDEN : value, hidden };
  }
  if (SECRET_WORD.test(key) || key.length > KEY_NAME_BYTES_MAX) return NOTHING_SHOWN;
  if (PRIVATE_KEY.test(key)) {
    const hidden = stage === 'security' || holdsSecret(value);
    return { key, value: hidden ? HIDDEN : value, hidden };
  }
  // An unknown key may be the rest of a value that was cut: base64 ends with "=" too.
  if (STANDARD_LABEL.test(key) && PLAIN_VALUE.test(value)) return { key, value, hidden: false };
  return NOTHING_SHOWN;
}

const NOTHING_SHOWN: ShownPair = { key: HIDDEN, value: HIDDEN, hidden: true };

/** Keys by their names in capitals: one in the wrong case, or with blanks around it, is no other. */
const BY_CAPITALS: ReadonlyMap<string, TextKey> = new Map(
  TEXT_KEYS.map((rule) => [rule.name.toUpperCase(), rule]),
);

function ruleOf(key: string): TextKey | undefined {
  return textKey(key) ?? BY_CAPITALS.get(key.trim().toUpperCase());
}

const SECRET_WORD =
  /chap|srp|krb|kerb|spkm|pass|pwd|secret|token|cred|ticket|auth|respon|challeng/i;
/** RFC 7143 6.1: X-reversed.vendor.dns and X#registered; other letters for algorithms and digests. */
const PRIVATE_KEY = /^[XYZ][-#][A-Za-z0-9.+@_-]+$/;
const STANDARD_LABEL = /^[A-Z][A-Za-z0-9.+@_-]*$/;
const ANSWERS = Object.values(KeyAnswer).join('|');
const PLAIN_VALUE = new RegExp(`^(?:Yes|No|None|\\d{1,10}|${ANSWERS})$`);
/** A secret key inside of a value: the zero between two pairs was something else. */
const SECRET_INSIDE = new RegExp(
  `${TEXT_KEYS.filter((rule) => rule.secret)
    .map((rule) => rule.name.replaceAll('_', '[^a-z0-9]?'))
    .map((name) => `${name}[^a-z0-9]{0,4}0[xb]`)
    .join('|')}|CHAP_[RC]|SRP_[SABMH]|KRB_AP|SPKM_`,
  'i',
);

function holdsSecret(value: string): boolean {
  return SECRET_INSIDE.test(value) || LONG_BINARY.test(value);
}

/** No name has one; a challenge or response whose key was mixed up has. */
const LONG_BINARY = /0x[0-9a-f]{12}|0b[a-z0-9+/]{12}/i;

/** False where a value is none that its key may have, and so may be anything. */
function fits(rule: TextKey, value: string): boolean {
  if (PLAIN_VALUE.test(value)) return true;
  switch (rule.type) {
    case 'boolean':
      return false;
    case 'number':
      return /^0[xX][0-9a-fA-F]{1,8}$/.test(value);
    case 'range':
      return /^\d{1,10}~\d{1,10}$/.test(value);
    case 'list':
    case 'enumeration':
      return value.split(',').every((item) => isItem(rule, item));
    default:
      return true;
  }
}

function isItem(rule: TextKey, item: string): boolean {
  return (rule.values?.includes(item) ?? false) || /^(?:\d{1,3}|[XYZ][-#][\w.-]{1,32})$/.test(item);
}

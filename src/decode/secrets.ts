// What is never shown unless it is asked for: with a CHAP challenge and its response a password can
// be guessed offline (RFC 7143 9.2.1).

import { isSecretKey } from '../wire/iscsi/keys.js';

const HIDDEN = '(hidden)';

/** The value of a text key as it may be shown; a key in the wrong case is no less secret. */
export function shownValue(key: string, value: string, showSecrets: boolean): string {
  return !showSecrets && (isSecretKey(key) || isSecretKey(key.toUpperCase())) ? HIDDEN : value;
}

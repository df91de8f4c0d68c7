// What is never shown unless it is asked for: with a CHAP challenge and its response a password can
// be guessed offline (RFC 7143 9.2.1).

const SECRET_KEYS: ReadonlySet<string> = new Set(['chap_r', 'chap_c']);

export const HIDDEN = '(hidden)';

/** The value of a text key as it may be shown. */
export function shownValue(key: string, value: string, showSecrets: boolean): string {
  return !showSecrets && SECRET_KEYS.has(key.toLowerCase()) ? HIDDEN : value;
}

// What a name may be given to: an address (of one port too), the name of an initiator or target, a WWN.

const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/;
const IPV6 = /^(?=.*:)(?:[\da-f:]{2,39}(?:\.\d{1,3}){0,3}|\[[\da-f:.]{2,45}\]:\d{1,5})$/i;
/** RFC 7143 section 4.2.7. */
const ISCSI = /^(?:iqn|eui|naa)\.\S{1,219}$/i;
const WWN = /^(?:0x)?[\da-f]{16}$|^[\da-f]{2}(?:[:-][\da-f]{2}){7}$/i;
const FCID = /^(?:0x)?[\da-f]{6}$/i;
const NAME_MAX = 64;

/** Why it is none, as the end of a sentence; '' where all is well. */
export function whyNoName(seen: string, name: unknown): string {
  if (![IPV4, IPV6, ISCSI, WWN, FCID].some((one) => one.test(seen))) {
    return 'is no address (10.0.0.1, fe80::1, 10.0.0.1:3260), no IQN (iqn.…, eui.…, naa.…) and no WWN';
  }
  if (typeof name !== 'string' || name.trim() === '') return 'takes a name in quotes';
  if (name.length > NAME_MAX) return `takes a name of ${NAME_MAX} characters at most`;
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(name) ? 'takes a name without control characters' : '';
}

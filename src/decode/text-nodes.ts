// The text of login and text PDUs (RFC 7143 6.1) as nodes: a key each, typed by wire/iscsi/keys.ts,
// wrong ones named. A pair may have begun in the PDUs before (C bit): it is joined here.

import { TEXT_PAIRS_MAX } from '../limits.js';
import type { TextPiece } from '../session/iscsi/login/text-join.js';
import { CHAP_ALGORITHM_NAMES, codeName, PROTOCOL_LEVEL_NAMES } from '../wire/iscsi/codes.js';
import { type TextKey, textKey } from '../wire/iscsi/keys.js';
import { NAME_TYPE_TEXTS, nameType } from '../wire/iscsi/names.js';
import { HIDDEN, shownPair } from '../wire/iscsi/secret-text.js';
import type { Absence } from '../wire/scsi/walker.js';
import type { Node } from '../wire/tree.js';
import { type KeyHistory, type KeyPlace, keyFaults } from './key-check.js';
import { note } from './nodes.js';

/** The text of one PDU; `absence`: why the rest is not at hand. */
export interface ShownText extends TextPiece {
  readonly absence?: Absence;
}

const decoder = new TextDecoder('utf-8');

/** `at`: where the PDU's data begins. `history` learns what is said. */
export function textNodes(
  piece: ShownText,
  at: number,
  place: KeyPlace,
  history: KeyHistory,
  showSecrets: boolean,
): Node[] {
  const nodes: Node[] = [];
  const { bytes } = piece;
  const where = (offset: number): number => at + Math.max(0, offset - piece.before);
  let from = 0;
  while (from < bytes.length) {
    const nul = bytes.indexOf(0, from);
    const end = nul < 0 ? bytes.length : nul;
    const next = nul < 0 ? end : nul + 1;
    if (end > from) {
      if (nodes.length >= TEXT_PAIRS_MAX) {
        nodes.push(note('limit', 'more', `more than ${TEXT_PAIRS_MAX} keys`, where(from)));
        break;
      }
      const width = (where(next) - where(from)) * 8;
      const spot = { byte: where(from), bit: 0, width };
      if (nul < 0 && (piece.continues || piece.missing > 0)) {
        nodes.push(openNode(spot, end - from, piece));
      } else {
        const text = decoder.decode(bytes.subarray(from, end));
        nodes.push(pairNode(text, spot, from < piece.before, place, history, showSecrets));
      }
    }
    from = next;
  }
  return nodes;
}

type Spot = Pick<Node, 'byte' | 'bit' | 'width'>;

function openNode(spot: Spot, length: number, piece: ShownText): Node {
  const limited = piece.absence === 'limit';
  const rest = limited ? 'more than is kept' : 'not captured';
  const why = piece.continues
    ? `${length} bytes of a key that goes on in the next PDU (C bit)`
    : `the rest of the text was ${rest} (${piece.missing} bytes)`;
  const kind = piece.continues ? undefined : limited ? 'limit' : 'truncated';
  return { name: 'unfinished', label: 'unfinished', value: null, meaning: why, kind, ...spot };
}

function pairNode(
  text: string,
  spot: Spot,
  joined: boolean,
  place: KeyPlace,
  history: KeyHistory,
  showSecrets: boolean,
): Node {
  const equals = text.indexOf('=');
  if (equals <= 0) {
    const meaning = `${text.length} characters, not a key=value pair (RFC 7143 6.1)`;
    const value = showSecrets ? text : HIDDEN;
    return { name: 'malformed', label: 'text', value, meaning, kind: 'malformed', ...spot };
  }
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  const rule = textKey(key);
  const shown = showSecrets ? { key, value, hidden: false } : shownPair(key, value, place.stage);
  // What is wrong with a value says something of it.
  const telling = shown.hidden && rule?.secret !== true;
  const faults = telling ? [] : keyFaults(key, value, place, history);
  history.say(place.side, key, value);
  const words = [
    telling ? unsureWords(rule) : keyWords(key, value, rule),
    ...faults,
    joined ? 'begun in the PDU before' : '',
  ];
  return {
    name: shown.key,
    label: shown.key,
    value: shown.value,
    meaning: words.filter((word) => word !== '').join('; ') || undefined,
    unit: rule?.unit,
    kind: faults.length > 0 ? 'malformed' : undefined,
    ...spot,
  };
}

function unsureWords(rule: TextKey | undefined): string {
  return rule === undefined
    ? 'unknown key: it may be a secret'
    : 'not a value of this key: it may be a secret';
}

function keyWords(key: string, value: string, rule: TextKey | undefined): string {
  if (rule === undefined) return /^[XYZ][-#]/.test(key) ? 'private key' : 'unknown key';
  if (rule.type === 'name') {
    const type = nameType(value);
    return type === undefined ? '' : NAME_TYPE_TEXTS[type];
  }
  const names =
    key === 'CHAP_A'
      ? CHAP_ALGORITHM_NAMES
      : key === 'iSCSIProtocolLevel'
        ? PROTOCOL_LEVEL_NAMES
        : undefined;
  if (names !== undefined) {
    return value
      .split(',')
      .map((item) => codeName(names, Number(item) || 0))
      .join(', ');
  }
  return rule.obsolete ? 'obsolete' : '';
}

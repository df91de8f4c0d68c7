// Text in the full feature phase (RFC 7143 11.10, 11.11, 6.4): SendTargets and its answers, and
// parameters that are declared again. What is agreed holds once the exchange is over.

import type { Pdu } from '../../../pdu/pdu.js';
import { get } from '../../../wire/field.js';
import { BHS_LENGTH } from '../../../wire/iscsi/bhs-offsets.js';
import { RESERVED_TAG } from '../../../wire/iscsi/codes.js';
import { HIDDEN, shownPair } from '../../../wire/iscsi/secret-text.js';
import { textRequest } from '../../../wire/iscsi/text-request.js';
import { textResponse } from '../../../wire/iscsi/text-response.js';
import { addEvent } from '../events.js';
import type { ConnectionState, IscsiTables, SessionState } from '../state.js';
import { problem } from '../violations/violations.js';
import { Discovered } from './discovered.js';
import { Negotiation, type Side } from './negotiation.js';
import { type Pair, TextJoin } from './text-join.js';
import type { TextState } from './text-state.js';

/** Pairs shown of one exchange; a SendTargets answer is listed in Session.discovered. */
const PAIRS_SHOWN = 32;

export function textRequestEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): void {
  if (pdu.headerCaptured < BHS_LENGTH) return;
  const tag = get(pdu.view, pdu.at, textRequest.initiatorTaskTag);
  let text = c.text;
  if (text === undefined || text.initiatorTaskTag !== tag) {
    text = begin(c, s, pdu, tag);
    c.text = text;
  }
  const continues = get(pdu.view, pdu.at, textRequest.continue) === 1;
  const joined = text.initiatorText.add(pdu, continues);
  c.requests.add(c.requests.own, 'text', tag, pdu, { event: text.event });
  if (text.event !== undefined) text.event.rest = undefined;
  if (joined === undefined) return;
  tellMissing(book, c, pdu, joined.incomplete, joined.malformed);
  for (const pair of joined.pairs.map(shown)) take(text, 'initiator', pair, pdu.frame);
}

/** When the request came that it answers; -1 where none was seen. */
export function textResponseEnds(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  pdu: Pdu,
): number {
  if (pdu.headerCaptured < BHS_LENGTH) return -1;
  const tag = get(pdu.view, pdu.at, textResponse.initiatorTaskTag);
  const requestNs = c.requests.take(c.requests.own, tag, 'text')?.timeNs ?? -1;
  let text = c.text;
  if (text === undefined || text.initiatorTaskTag !== tag) {
    text = begin(c, s, pdu, tag);
    c.text = text;
  }
  const continues = get(pdu.view, pdu.at, textResponse.continue) === 1;
  const final = get(pdu.view, pdu.at, textResponse.final) === 1;
  const joined = text.targetText.add(pdu, continues);
  if (text.event !== undefined) {
    text.event.endNs = pdu.endNs;
    text.event.endFrame = pdu.frameEnd;
    // C=1, or F=0 and a tag to go on with: the initiator has to ask for the rest (11.11.4).
    const goesOn = get(pdu.view, pdu.at, textResponse.targetTransferTag) !== RESERVED_TAG;
    const rest = (continues || !final) && goesOn;
    text.event.rest = rest ? { frame: pdu.frame, timeNs: pdu.endNs, continues } : undefined;
  }
  if (joined !== undefined) {
    tellMissing(book, c, pdu, joined.incomplete, joined.malformed);
    for (const pair of joined.pairs.map(shown)) {
      discovered(book, c, s, text, pair, pdu.frame);
      take(text, 'target', pair, pdu.frame);
    }
  }
  if (final && !continues) {
    settle(c, text);
    c.text = undefined;
  }
  return requestNs;
}

function begin(c: ConnectionState, s: SessionState, pdu: Pdu, tag: number): TextState {
  return {
    initiatorTaskTag: tag,
    initiatorText: new TextJoin(),
    targetText: new TextJoin(),
    pairs: [],
    event: addEvent(s, 'text negotiation', c, pdu.frame, pdu.timeNs, { initiatorTaskTag: tag }),
    target: '',
  };
}

/** Nothing keeps what nobody may see. */
function shown([key, value]: Pair): Pair {
  const pair = shownPair(key, value, 'full-feature');
  return [pair.key, pair.value];
}

function take(text: TextState, side: Side, pair: Pair, frame: number): void {
  const key = pair[0];
  const listed = side === 'target' && (key === 'TargetName' || key === 'TargetAddress');
  if (listed || text.pairs.length >= PAIRS_SHOWN) return;
  text.pairs.push([side, pair, frame]);
  if (text.event === undefined) return;
  text.event.fields[`${side}.${key}`] = pair[1];
}

/** SendTargets' answer: a TargetName, then its TargetAddresses (RFC 7143 appendix C). */
function discovered(
  book: IscsiTables,
  c: ConnectionState,
  s: SessionState,
  text: TextState,
  pair: Pair,
  frame: number,
): void {
  const [key, value] = pair;
  if (key !== 'TargetName' && key !== 'TargetAddress') return;
  if (s.discovered === undefined) s.discovered = new Discovered(s.story.discovered);
  if (key === 'TargetName') {
    text.target = value;
    if (s.discovered.name(value)) return;
    problem(book, 'limit-reached', c, frame, 'SendTargets answers name too many targets');
  } else if (!s.discovered.address(text.target, value)) {
    problem(book, 'limit-reached', c, frame, 'SendTargets answers name too many addresses');
  }
}

/** The exchange is over: what it says of parameters is in force. */
function settle(c: ConnectionState, text: TextState): void {
  const own = text.pairs.filter(([, [key]]) => key !== 'SendTargets' && key !== HIDDEN);
  if (own.length === 0) return;
  if (c.negotiation === undefined) c.negotiation = new Negotiation();
  const n = c.negotiation;
  for (const [side, [key, value], frame] of own) n.say(side, key, value, frame, true);
  // A session joined in the middle has no defaults: what its login said is not known.
  c.story.parameters = n.parameters('connection', c.login !== undefined);
}

function tellMissing(
  book: IscsiTables,
  c: ConnectionState,
  pdu: Pdu,
  incomplete: boolean,
  malformed: readonly number[],
): void {
  if (incomplete) problem(book, 'pdu-truncated', c, pdu.frame, 'not all of the text was captured');
  for (const bytes of malformed) {
    problem(book, 'text-malformed', c, pdu.frame, `text without "=": ${bytes} bytes`);
  }
}

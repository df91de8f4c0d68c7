// What two sides said of each text key, and what came of it (RFC 7143 6.2, 13; the rules are rows
// of wire/iscsi/keys.ts). Either side may be the one who offers.

import { KeyAnswer, TEXT_KEYS, type TextKey, textKey } from '../../../wire/iscsi/keys.js';
import type { Parameter } from '../../model.js';

export type Side = 'initiator' | 'target';

/** Keys that may be said more than once (SendTargets' answer), or whose exchange is no negotiation. */
const REPEATED: ReadonlySet<string> = new Set(['TargetAddress', 'TargetName']);
/** Keys nobody counts on where nobody spoke of them. */
const OBSOLETE_OR_ISER =
  /^(OF|IF)Mark|RDMA|RecvDataSegmentLength$|^iSER|^MaxAHS|^MaxOutstandingUn|^Tagged|^X#/;
const KEYS_MAX = 1024;

interface Said {
  readonly key: string;
  readonly first: Side;
  initiator?: string;
  target?: string;
  initiatorFrame: number;
  targetFrame: number;
  renegotiated: boolean;
}

export class Negotiation {
  readonly #said = new Map<string, Said>();
  readonly #repeated = new Set<string>();
  readonly #odd: string[] = [];

  /** What is odd, in words: known once the parameters were asked for as concluded. */
  get odd(): readonly string[] {
    if (this.#repeated.size === 0) return this.#odd;
    return [...this.#odd, `said twice by one side: ${[...this.#repeated].slice(0, 32).join(', ')}`];
  }

  /** One side said key=value. */
  say(side: Side, key: string, value: string, frame: number, fullFeature = false): void {
    const said = this.#said.get(key);
    if (said === undefined) {
      if (this.#said.size >= KEYS_MAX) return;
      this.#said.set(key, {
        key,
        first: side,
        [side]: value,
        initiatorFrame: side === 'initiator' ? frame : 0,
        targetFrame: side === 'target' ? frame : 0,
        renegotiated: fullFeature,
      });
      return;
    }
    const exchange = textKey(key)?.exchange ?? false;
    if (said[side] !== undefined && !fullFeature && !exchange && !REPEATED.has(key)) {
      this.#repeated.add(`${side}: ${key}`);
      // What was offered and answered is done: said again it changes nothing (6.2).
      if (said[side === 'initiator' ? 'target' : 'initiator'] !== undefined) return;
    }
    // In the full feature phase what was said before is another negotiation.
    if (fullFeature && !said.renegotiated) {
      said.renegotiated = true;
      if (!(textKey(key)?.declarative ?? false)) {
        said.initiator = undefined;
        said.target = undefined;
      }
    }
    said[side] = value;
    if (side === 'initiator') said.initiatorFrame = frame;
    else said.targetFrame = frame;
  }

  value(side: Side, key: string): string | undefined {
    return this.#said.get(key)?.[side];
  }

  /** The value in force of one key. */
  result(key: string): string | undefined {
    const said = this.#said.get(key);
    return said === undefined ? textKey(key)?.default : this.#parameter(said, true).result;
  }

  /**
   * The parameters of a scope: those that were spoken of, in that order, then the defaults of the
   * others. `concluded`: no more answers will come. `incomplete`: some text was not captured, so that
   * nobody knows what else was said.
   */
  parameters(scope: 'session' | 'connection', concluded: boolean, incomplete = false): Parameter[] {
    const out: Parameter[] = [];
    for (const said of this.#said.values()) {
      const rule = textKey(said.key);
      if (rule?.exchange || said.key === 'SendTargets') continue;
      if ((rule?.scope ?? 'session') !== scope) continue;
      const p = this.#parameter(said, concluded && !incomplete);
      if (incomplete) unsure(p, rule);
      out.push(p);
    }
    if (!concluded || incomplete) return out;
    for (const rule of TEXT_KEYS) {
      if (rule.scope !== scope || rule.default === undefined || this.#said.has(rule.name)) continue;
      const own = rule.name === 'MaxRecvDataSegmentLength';
      if (!own && (OBSOLETE_OR_ISER.test(rule.name) || this.#irrelevant(rule))) continue;
      out.push(defaulted(rule));
    }
    return out;
  }

  #irrelevant(rule: TextKey): boolean {
    return rule.irrelevantWhen.some((all) =>
      all.every(([key, value]) => this.result(key) === value),
    );
  }

  #parameter(said: Said, concluded: boolean): Parameter {
    const rule = textKey(said.key);
    const parameter: Parameter = {
      key: said.key,
      initiator: said.initiator,
      target: said.target,
      offeredBy: said.first,
      initiatorFrame: said.initiatorFrame,
      targetFrame: said.targetFrame,
      source: 'negotiated',
      rule: rule === undefined || rule.result === 'none' ? undefined : rule.result,
    };
    if (said.renegotiated) parameter.renegotiated = true;
    if (rule?.declarative) declare(parameter, rule);
    else this.#agree(parameter, rule, concluded);
    return parameter;
  }

  #agree(p: Parameter, rule: TextKey | undefined, concluded: boolean): void {
    const offer = p.offeredBy === 'initiator' ? p.initiator : p.target;
    const answer = p.offeredBy === 'initiator' ? p.target : p.initiator;
    if (offer === undefined && answer === undefined) return;
    if (offer === undefined || answer === undefined) {
      p.result = alone(rule, offer ?? answer ?? '');
      if (p.result === undefined && concluded) {
        this.#note(`${p.key} was offered and never answered`);
        byDefault(p, rule);
      }
      return;
    }
    if (answer === KeyAnswer.irrelevant) return;
    if (answer === KeyAnswer.reject || answer === KeyAnswer.notUnderstood) {
      byDefault(p, rule);
      return;
    }
    const result = resultOf(rule, offer, answer);
    if (result.odd !== undefined)
      this.#note(`${p.key}=${answer} ${result.odd} (offered: ${offer})`);
    if (result.value === undefined) byDefault(p, rule);
    else p.result = result.value;
  }

  #note(text: string): void {
    if (this.#odd.length < 64 && !this.#odd.includes(text)) this.#odd.push(text);
  }
}

function defaulted(rule: TextKey): Parameter {
  const p: Parameter = { key: rule.name, source: 'default' };
  if (rule.declarative && rule.senders === 'both') {
    p.initiatorInForce = rule.default;
    p.targetInForce = rule.default;
  } else p.result = rule.default;
  if (rule.result !== 'none') p.rule = rule.result;
  return p;
}

/** Text is missing: what one side said is no default of the other. The answer, though, is the result. */
function unsure(p: Parameter, rule: TextKey | undefined): void {
  if (rule?.declarative) {
    if (p.initiator === undefined) p.initiatorInForce = undefined;
    if (p.target === undefined) p.targetInForce = undefined;
    return;
  }
  if (p.initiator !== undefined || p.target === undefined || p.result !== undefined) return;
  // Nearly always it is the initiator that offers (6.2), and the target's word is the result.
  p.result = declared(p.target);
  p.source = 'inferred';
}

function byDefault(p: Parameter, rule: TextKey | undefined): void {
  p.source = 'default';
  p.result = rule?.default;
}

/** A declaration needs no answer; one may still say that it does not understand. */
function declare(p: Parameter, rule: TextKey): void {
  p.source = 'declared';
  const initiator = declared(p.initiator);
  const target = declared(p.target);
  if (rule.senders === 'both' && rule.name !== 'TargetName') {
    p.initiatorInForce = initiator ?? rule.default;
    p.targetInForce = target ?? rule.default;
  } else p.result = (rule.senders === 'target' ? target : (initiator ?? target)) ?? rule.default;
}

function declared(value: string | undefined): string | undefined {
  const answer =
    value === KeyAnswer.reject ||
    value === KeyAnswer.irrelevant ||
    value === KeyAnswer.notUnderstood;
  return answer ? undefined : value;
}

/** 6.2.2: an offer that settles the matter by itself needs no answer. */
function alone(rule: TextKey | undefined, value: string): string | undefined {
  if (rule?.result === 'AND' && value === 'No') return 'No';
  if (rule?.result === 'OR' && value === 'Yes') return 'Yes';
  return undefined;
}

interface Result {
  readonly value: string | undefined;
  /** Why the answer is not what the rules allow. */
  readonly odd?: string;
}

function resultOf(rule: TextKey | undefined, offer: string, answer: string): Result {
  switch (rule?.result) {
    case 'minimum':
    case 'maximum':
      return ofNumbers(rule, offer, answer);
    case 'AND':
    case 'OR':
      return ofBooleans(rule.result, offer, answer);
    case 'list':
    case 'choice':
      return ofChoice(rule, offer, answer);
    default:
      return { value: answer };
  }
}

function ofNumbers(rule: TextKey, offer: string, answer: string): Result {
  const offered = numberOf(offer);
  const answered = numberOf(answer);
  if (answered === undefined) return { value: undefined, odd: 'is no number' };
  const outside = !inRange(rule, answered);
  if (offered === undefined)
    return { value: String(answered), odd: 'answers an offer that is no number' };
  const smaller = rule.result === 'minimum';
  const value = String(smaller ? Math.min(offered, answered) : Math.max(offered, answered));
  if (outside) return { value, odd: `lies outside of ${rule.min} to ${rule.max}` };
  if (smaller && answered > offered) return { value, odd: 'is more than was offered' };
  if (!smaller && answered < offered) return { value, odd: 'is less than was offered' };
  return { value };
}

function inRange(rule: TextKey, value: number): boolean {
  if (rule.zero && value === 0) return true;
  return value >= (rule.min ?? 0) && value <= (rule.max ?? Number.MAX_SAFE_INTEGER);
}

function ofBooleans(rule: 'AND' | 'OR', offer: string, answer: string): Result {
  if (answer !== 'Yes' && answer !== 'No')
    return { value: undefined, odd: 'is neither Yes nor No' };
  if (offer !== 'Yes' && offer !== 'No') return { value: answer, odd: 'answers no boolean' };
  const both = offer === 'Yes' && answer === 'Yes';
  const either = offer === 'Yes' || answer === 'Yes';
  const value = (rule === 'AND' ? both : either) ? 'Yes' : 'No';
  // "The last value transmitted becomes the negotiation result" (6.2.2): it must be the function's.
  return value === answer ? { value } : { value, odd: `is not the result of ${rule}` };
}

function ofChoice(rule: TextKey, offer: string, answer: string): Result {
  if (rule.type === 'range') {
    const [low, high] = offer.split('~').map(numberOf);
    const value = numberOf(answer);
    if (value === undefined) return { value: undefined, odd: 'is no number' };
    const inside = low !== undefined && value >= low && value <= (high ?? low);
    return inside ? { value: answer } : { value: answer, odd: 'lies outside of the range' };
  }
  const offered = offer.split(',').map((item) => item.trim());
  return offered.includes(answer) ? { value: answer } : { value: answer, odd: 'was not offered' };
}

/** Decimal or hex (6.1); undefined for anything else. */
export function numberOf(text: string): number | undefined {
  return /^(\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? Number(text) : undefined;
}

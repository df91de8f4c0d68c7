// A filter's tree → one closure, which reads only what it asks for.

import { derived, sliced } from './derived.js';
import { FilterError, nearest, similar } from './error.js';
import type { FieldBook, FilterField, Needs } from './field.js';
import { type Literal, literal, numberOf, plainName } from './literal.js';
import {
  aligned,
  compare,
  equalTo,
  expression,
  inNetwork,
  isTextual,
  latin,
  type Matcher,
  ofValues,
  type Predicate,
  present,
  single,
  twoFields,
  valuesOf,
} from './match.js';
import { type Ast, type Compare, type Item, parseFilter, type Test } from './parser.js';

export interface Filter<T> {
  readonly text: string;
  /** What its fields need, at most. */
  readonly needs: Needs;
  readonly test: (subject: T) => boolean;
}

/** Names of tshark's that say something of packets, not of PDUs. */
export const OF_PACKETS = /^(eth|ip|ipv6|tcp|udp|frame|vlan|sll|arp|icmp|_ws)\./;

const ORDER: readonly Needs[] = ['header', 'end', 'data'];

/** Throws a FilterError that points at what is wrong. */
export function compileFilter<T>(text: string, book: FieldBook<T>): Filter<T> {
  const compiler = new Compiler(text, book);
  const test = compiler.compile(parseFilter(text));
  return { text, needs: compiler.needs, test };
}

class Compiler<T> {
  readonly #text: string;
  readonly #book: FieldBook<T>;
  needs: Needs = 'header';

  constructor(text: string, book: FieldBook<T>) {
    this.#text = text;
    this.#book = book;
  }

  compile(ast: Ast): Predicate<T> {
    switch (ast.kind) {
      case 'not': {
        const of = this.compile(ast.of);
        return (subject) => !of(subject);
      }
      case 'and': {
        const left = this.compile(ast.left);
        const right = this.compile(ast.right);
        return (subject) => left(subject) && right(subject);
      }
      case 'or': {
        const left = this.compile(ast.left);
        const right = this.compile(ast.right);
        return (subject) => left(subject) || right(subject);
      }
      case 'test':
        return this.#test(ast);
    }
  }

  #test(test: Test): Predicate<T> {
    const field = this.#operand(test);
    const bare = test.op === 'present' && test.mask === undefined;
    this.#need((bare ? field.thereNeeds : undefined) ?? field.needs);
    const mask = this.#mask(test);
    const named = this.#named(test, field);
    if (named !== undefined) return named;
    if (test.op === 'present' && mask === undefined) return present(field);
    if (field.number !== undefined) {
      const simple = this.#simple(test, field, field.number, mask);
      if (simple !== undefined) return simple;
    }
    const all = test.of === undefined ? test.op === '!=' : test.of === 'all';
    const other = this.#otherField(test, field);
    if (other !== undefined) return twoFields(test.op, valuesOf(field, mask), other, all);
    const match = this.#matcher(test, field);
    return ofValues(valuesOf(field, mask), match, all);
  }

  #need(needs: Needs): void {
    if (ORDER.indexOf(needs) > ORDER.indexOf(this.needs)) this.needs = needs;
  }

  /** The field, what is cut out of it, and what functions make of that. */
  #operand(test: Test): FilterField<T> {
    let field = this.#field(test);
    if (test.slices !== undefined) field = this.#made(test.field, sliced(test.slices, field));
    for (const fn of test.functions) field = this.#made(fn, derived(fn.text, field));
    return field;
  }

  #made(token: Test['field'], found: FilterField<T> | string): FilterField<T> {
    if (typeof found === 'string') throw this.#wrong(token, found);
    return found;
  }

  /** A bare word that is no value may be another field: `residualCount > dataSegmentLength`. */
  #otherField(test: Test, field: FilterField<T>): FilterField<T> | undefined {
    const { values, op } = test;
    if (op === 'present' || op === 'in' || op === 'contains' || op === 'matches') return undefined;
    const { from, to } = values[0];
    if (values.length !== 1 || to !== undefined || from.kind !== 'word' || isText(field)) {
      return undefined;
    }
    if (literal(from.text, false, field).kind !== 'wrong') return undefined;
    const other = this.#book.find(from.text);
    if (other === undefined || isText(other)) return undefined;
    this.#need(other.needs);
    return other;
  }

  #field({ field: token, op, slices }: Test): FilterField<T> {
    // A packet's number is no text: who looks for bytes in a frame means those of the PDU.
    const inBytes = op === 'contains' || op === 'matches' || slices !== undefined;
    const field = this.#book.find(token.text === 'frame' && inBytes ? 'tcp' : token.text);
    if (field !== undefined) return field;
    const why = this.#book.whyNot?.(token.text);
    const near = nearest(token.text, this.#book.names(), why !== undefined);
    const list = near.join(', ');
    const hint = why === undefined ? `did you mean ${list}?` : `nearest here: ${list}`;
    const help = near.length > 0 ? [hint] : [];
    if (OF_PACKETS.test(token.text)) {
      help.push('it is a field of packets: here PDUs, whatever packets they came in, are filtered');
    }
    const what = why ?? `no field is called ${token.text}`;
    help.push('sanscope fields lists them all');
    throw new FilterError(this.#text, token.at, token.length, what, help);
  }

  #mask({ mask }: Test): number | undefined {
    if (mask === undefined) return undefined;
    const n = numberOf(mask.text);
    if (typeof n === 'number') return n;
    throw this.#wrong(mask, 'a number to mask with is expected');
  }

  /** A code compared with a name: what the name stands for may depend on the kind of PDU. */
  #named(test: Test, field: FilterField<T>): Predicate<T> | undefined {
    const { texts } = field;
    if (texts === undefined || test.mask !== undefined) return undefined;
    if (test.op !== '==' && test.op !== '!=' && test.op !== 'in') return undefined;
    const wanted = test.values.map(({ from, to }) => (to === undefined ? from : undefined));
    if (!wanted.every((t) => t !== undefined && numberOf(t.text) === undefined)) return undefined;
    const names = new Set<string>();
    for (const token of wanted) {
      if (token === undefined || /^(true|false)$/i.test(token.text)) return undefined;
      if (field.names !== undefined) this.#literal(token, field);
      names.add(plainName(token.text));
    }
    const negated = test.op === '!=';
    const all = test.of === undefined ? negated : test.of === 'all';
    const match: Matcher = (text) => names.has(plainName(String(text))) !== negated;
    return ofValues(texts, match, all);
  }

  /** The common case, one number compared with one: no lists are made. */
  #simple(
    test: Test,
    field: FilterField<T>,
    read: (subject: T) => number,
    mask: number | undefined,
  ): Predicate<T> | undefined {
    if (mask !== undefined || test.values.length !== 1) return undefined;
    const { from, to } = test.values[0];
    if (to !== undefined || test.op === 'contains' || test.op === 'matches') return undefined;
    if (this.#otherField(test, field) !== undefined) return undefined;
    const found = this.#literal(from, field);
    const values =
      found.kind === 'any' ? found.values : found.kind === 'value' ? [found.value] : [];
    const n = values[0];
    if (values.length !== 1 || typeof n !== 'number') return undefined;
    switch (test.op) {
      case '==':
      case 'in':
        return (subject) => read(subject) === n;
      case '!=':
        return (subject) => {
          const v = read(subject);
          return v !== n && !Number.isNaN(v); // NaN: the subject does not have it
        };
      case '<':
        return (subject) => read(subject) < n;
      case '<=':
        return (subject) => read(subject) <= n;
      case '>':
        return (subject) => read(subject) > n;
      case '>=':
        return (subject) => read(subject) >= n;
      default:
        return undefined;
    }
  }

  #matcher(test: Test, field: FilterField<T>): Matcher {
    switch (test.op) {
      case 'present':
        return (v) => v !== 0;
      case 'contains':
        return this.#contains(test.values[0], field);
      case 'matches':
        return this.#matches(test.values[0], field);
      case 'in':
      case '==': {
        const matchers = test.values.map((item) => this.#equals(item, field));
        return (v) => matchers.some((m) => m(v));
      }
      case '!=': {
        const matchers = test.values.map((item) => this.#equals(item, field));
        return (v) => !matchers.some((m) => m(v));
      }
      default:
        return this.#ordered(test.op, test.values[0], field);
    }
  }

  #equals({ from, to }: Item, field: FilterField<T>): Matcher {
    const low = this.#literal(from, field);
    if (to === undefined) return equalTo(low, field);
    const high = this.#literal(to, field);
    const a = single(low);
    const b = single(high);
    if (low.kind === 'network' && high.kind === 'network') {
      return inNetwork(low.low, high.high);
    }
    if (a === undefined || b === undefined) throw this.#wrong(from, 'a range needs two numbers');
    return (v) => compare(v, a) >= 0 && compare(v, b) <= 0;
  }

  #ordered(op: Compare, { from }: Item, field: FilterField<T>): Matcher {
    const value = single(this.#literal(from, field));
    if (value === undefined || field.kind === 'address') {
      throw this.#wrong(from, `${field.name} cannot be compared with ${op}`);
    }
    switch (op) {
      case '<':
        return (v) => compare(v, value) < 0;
      case '<=':
        return (v) => compare(v, value) <= 0;
      case '>':
        return (v) => compare(v, value) > 0;
      default:
        return (v) => compare(v, value) >= 0;
    }
  }

  #contains({ from }: Item, field: FilterField<T>): Matcher {
    if (!isTextual(field)) {
      throw this.#wrong(from, `${field.name} is a ${field.kind}: contains is for texts and octets`);
    }
    const found = this.#literal(from, field);
    const part = found.kind === 'value' ? String(found.value) : from.text;
    if (field.kind === 'octets') return (v) => aligned(String(v), part);
    if (field.kind === 'word') return (v) => String(v).toLowerCase().includes(part);
    return (v) => String(v).includes(part);
  }

  #matches({ from }: Item, field: FilterField<T>): Matcher {
    if (!isTextual(field) && field.kind !== 'address') {
      throw this.#wrong(from, `${field.name} is a ${field.kind}: matches is for texts`);
    }
    const pattern = expression(from.raw ?? from.text);
    if (typeof pattern === 'string') throw this.#wrong(from, pattern);
    const isOctets = field.kind === 'octets';
    return (v) => pattern.test(isOctets ? latin(String(v)) : String(v));
  }

  #literal(token: Item['from'], field: FilterField<T>): Literal {
    const found = literal(token.text, token.kind === 'string', field);
    if (found.kind === 'wrong') {
      throw new FilterError(
        this.#text,
        token.at,
        token.length,
        `${JSON.stringify(token.text)} is no value of ${field.name}`,
        [found.expected, ...this.#near(token.text, field)],
      );
    }
    return found;
  }

  #near(text: string, field: FilterField<T>): string[] {
    const near = field.names === undefined ? [] : similar(text, Object.values(field.names));
    return near.length > 0 ? [`did you mean ${near.join(', ')}?`] : [];
  }

  #wrong(token: Item['from'], message: string): FilterError {
    return new FilterError(this.#text, token.at, token.length, message, []);
  }
}

function isText<T>({ kind }: FilterField<T>): boolean {
  return kind === 'text' || kind === 'word' || kind === 'address';
}

// Tokens → a tree of tests. The grammar is tshark's, as far as it makes sense here:
//   or   := and (("or" | "||") and)*          and  := not (("and" | "&&") not)*
//   not  := ("not" | "!") not | "(" or ")" | test
//   test := ["any" | "all"] value ["&" number] [op word | "contains" word | "matches" text |
//           ["not"] "in" "{" … "}"]
//   value := function "(" value ")" | field ["[" slice ("," slice)* "]"]

import { FilterError } from './error.js';
import { type Token, tokens } from './lexer.js';

export type Compare = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Which part of a value: "1", "0:2" (length), "1-3" (last one included), "2:", ":4", "-2:". */
export interface Slice {
  readonly from: number;
  readonly length?: number;
  readonly last?: number;
}

export interface Test {
  readonly kind: 'test';
  readonly field: Token;
  /** Functions around the field, the innermost first. */
  readonly functions: readonly Token[];
  readonly slices?: readonly Slice[];
  /** Of several values: must all pass? Where nothing is said, all for != and any for the others. */
  readonly of?: 'any' | 'all';
  readonly mask?: Token;
  readonly op: Compare | 'present' | 'contains' | 'matches' | 'in';
  /** One value, or those of a set; a range has its end beside it. */
  readonly values: readonly Item[];
}

export interface Item {
  readonly from: Token;
  readonly to?: Token;
}

export type Ast =
  | Test
  | { readonly kind: 'not'; readonly of: Ast }
  | { readonly kind: 'and' | 'or'; readonly left: Ast; readonly right: Ast };

/** Nested deeper than this, nobody has written it by hand. */
const DEPTH_MAX = 200;

/** Operators that say themselves of how many values they are said (as in tshark 4). */
const QUANTIFIED: Readonly<Record<string, readonly [Compare, 'any' | 'all']>> = {
  '===': ['==', 'all'],
  '!==': ['!=', 'any'],
  '~=': ['!=', 'any'],
  any_eq: ['==', 'any'],
  all_eq: ['==', 'all'],
  any_ne: ['!=', 'any'],
  all_ne: ['!=', 'all'],
};

const SLICE = /^(?:(-?\d+)(?:(:)(\d*)|(-)(\d+))?|(:)(\d+))$/;

const OPERATORS: Readonly<Record<string, Test['op']>> = {
  '==': '==',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '~': 'matches',
  eq: '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  contains: 'contains',
  matches: 'matches',
  in: 'in',
};

export function parseFilter(text: string): Ast {
  return new Parser(text).whole();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokens(text);
  }

  whole(): Ast {
    if (this.#peek().kind === 'end') {
      throw this.#wrong(this.#peek(), 'there is nothing in it', ['for instance: status != good']);
    }
    const ast = this.#or();
    const rest = this.#peek();
    if (rest.kind === 'end') return ast;
    if (rest.text === '=') throw this.#single(rest);
    throw this.#wrong(rest, `${show(rest)} stands where the filter should end`, [
      'join two tests with "and" or "or"; put texts with spaces in quotes',
    ]);
  }

  #or(): Ast {
    let left = this.#and();
    while (this.#takes('||', 'or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Ast {
    let left = this.#not();
    while (this.#takes('&&', 'and')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Ast {
    const start = this.#peek();
    if (++this.#depth > DEPTH_MAX) throw this.#wrong(start, 'it is nested too deeply', []);
    const ast = this.#inner(start);
    this.#depth--;
    return ast;
  }

  #inner(start: Token): Ast {
    if (this.#takes('!', 'not')) return { kind: 'not', of: this.#not() };
    if (!this.#takes('(')) return this.#test();
    const ast = this.#or();
    const end = this.#peek();
    if (this.#takes(')')) return ast;
    throw this.#wrong(end.kind === 'end' ? start : end, 'a ")" is missing for this', []);
  }

  #test(): Test {
    const quantity = this.#quantity();
    const operand = this.#operand();
    const mask = this.#takes('&') ? this.#value('a number to mask with') : undefined;
    const sign = this.#peek();
    const negated = sign.text === 'not' && this.#tokens[this.#at + 1]?.text === 'in';
    if (negated) this.#at++;
    const [op, own] = this.#operator();
    const of = quantity ?? own;
    const said = { kind: 'test', ...operand, mask, of } as const;
    if (op === undefined) return { ...said, op: 'present', values: [] };
    if (op !== 'in') {
      return { ...said, op, values: [{ from: this.#value(`a value after ${sign.text}`) }] };
    }
    // `x not in {…}` is said of what has the field, as != is.
    return { ...said, op: negated ? '!=' : op, values: this.#set() };
  }

  /** "any" or "all" before a field. */
  #quantity(): 'any' | 'all' | undefined {
    const word = this.#peek();
    const next = this.#tokens[this.#at + 1];
    if (next?.kind !== 'word' || OPERATORS[next.text.toLowerCase()] !== undefined) return undefined;
    if (!this.#takes('any', 'all')) return undefined;
    return word.text.toLowerCase() === 'any' ? 'any' : 'all';
  }

  #operand(): Pick<Test, 'field' | 'functions' | 'slices'> {
    const functions: Token[] = [];
    let field = this.#next();
    while (field.kind === 'word' && this.#peek().text === '(' && this.#peek().kind === 'sign') {
      if (functions.length >= DEPTH_MAX) throw this.#wrong(field, 'it is nested too deeply', []);
      functions.unshift(field);
      this.#at++;
      field = this.#next();
    }
    if (field.kind !== 'word') {
      throw this.#wrong(field, `a field is expected, ${show(field)} stands here`, [
        'sanscope fields lists them all',
      ]);
    }
    const slices = this.#takes('[') ? this.#slices() : undefined;
    for (const fn of functions) {
      if (!this.#takes(')')) throw this.#wrong(fn, 'a ")" is missing for this', []);
    }
    return { field, functions, slices };
  }

  #slices(): Slice[] {
    const slices: Slice[] = [];
    do {
      const token = this.#value('a slice');
      const parts = SLICE.exec(token.text);
      if (parts === null) {
        throw this.#wrong(token, `${show(token)} is no slice`, [
          'for instance: [0], [0:4] (four from the first), [1-3], [2:] (the rest), [-2:] (the last two)',
        ]);
      }
      slices.push(sliceOf(parts));
    } while (this.#takes(','));
    const end = this.#peek();
    if (this.#takes(']')) return slices;
    throw this.#wrong(end, 'a "]" is missing', []);
  }

  #operator(): readonly [Test['op'] | undefined, 'any' | 'all' | undefined] {
    const token = this.#peek();
    if (token.kind === 'string' || token.kind === 'end') return [undefined, undefined];
    const word = token.text.toLowerCase();
    const found = QUANTIFIED[word] ?? [OPERATORS[word], undefined];
    if (found[0] !== undefined) this.#at++;
    return found;
  }

  #set(): Item[] {
    const open = this.#next();
    if (open.text !== '{') {
      throw this.#wrong(open, `a set is expected after "in", ${show(open)} stands here`, [
        'for instance: opcode in {0x01, 0x21} or lba in {0..1023}',
      ]);
    }
    const items: Item[] = [];
    while (!this.#takes('}')) {
      if (this.#peek().kind === 'end') throw this.#wrong(open, 'this set is never closed', []);
      items.push(this.#item());
      this.#takes(',');
    }
    if (items.length === 0) throw this.#wrong(open, 'this set is empty', []);
    return items;
  }

  #item(): Item {
    const token = this.#value('a value of the set');
    const dots = token.kind === 'word' ? token.text.indexOf('..') : -1;
    if (dots < 0) return { from: token };
    const from = part(token, 0, dots);
    const to = part(token, dots + 2, token.text.length);
    if (from.length > 0 && to.length > 0) return { from, to };
    throw this.#wrong(token, 'a range has two ends', ['for instance: {1..5}']);
  }

  #value(what: string): Token {
    const token = this.#next();
    if (token.kind === 'word' || token.kind === 'string') return token;
    throw this.#wrong(token, `${what} is expected, ${show(token)} stands here`, []);
  }

  #peek(): Token {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token.kind !== 'end') this.#at++;
    return token;
  }

  #takes(...texts: readonly string[]): boolean {
    const token = this.#peek();
    if (token.kind === 'string' || !texts.includes(token.text.toLowerCase())) return false;
    this.#at++;
    return true;
  }

  #single(token: Token): FilterError {
    return this.#wrong(token, '"=" is no operator', ['two values are compared with ==']);
  }

  #wrong(token: Token, message: string, help: readonly string[]): FilterError {
    return new FilterError(this.#text, token.at, token.length, message, help);
  }
}

function sliceOf(parts: readonly (string | undefined)[]): Slice {
  const [, first, colon, length, , last, , head] = parts;
  if (head !== undefined) return { from: 0, length: Number(head) };
  const from = Number(first);
  if (last !== undefined) return { from, last: Number(last) };
  if (colon === undefined) return { from, length: 1 };
  return length === '' ? { from } : { from, length: Number(length) };
}

function part(token: Token, from: number, to: number): Token {
  return { kind: 'word', text: token.text.slice(from, to), at: token.at + from, length: to - from };
}

function show(token: Token): string {
  return token.kind === 'end' ? 'its end' : `"${token.text}"`;
}

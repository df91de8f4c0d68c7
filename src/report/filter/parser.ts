// Tokens → a tree of tests. The grammar is tshark's, as far as it makes sense here:
//   or   := and (("or" | "||") and)*          and  := not (("and" | "&&") not)*
//   not  := ("not" | "!") not | "(" or ")" | test
//   test := field ["&" number] [op value | "contains" value | "matches" text | ["not"] "in" "{" … "}"]

import { FilterError } from './error.js';
import { type Token, tokens } from './lexer.js';

export type Compare = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface Test {
  readonly kind: 'test';
  readonly field: Token;
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
    const field = this.#next();
    if (field.kind !== 'word') {
      throw this.#wrong(field, `a field is expected, ${show(field)} stands here`, [
        'sanscope fields lists them all',
      ]);
    }
    const mask = this.#takes('&') ? this.#value('a number to mask with') : undefined;
    const sign = this.#peek();
    const negated = sign.text === 'not' && this.#tokens[this.#at + 1]?.text === 'in';
    if (negated) this.#at++;
    const op = this.#operator();
    if (op === undefined) return { kind: 'test', field, mask, op: 'present', values: [] };
    if (op !== 'in') {
      return {
        kind: 'test',
        field,
        mask,
        op,
        values: [{ from: this.#value(`a value after ${sign.text}`) }],
      };
    }
    const test: Test = { kind: 'test', field, mask, op, values: this.#set() };
    // `x not in {…}` is said of what has the field, as != is.
    return negated ? { ...test, op: '!=' } : test;
  }

  #operator(): Test['op'] | undefined {
    const token = this.#peek();
    if (token.kind === 'string' || token.kind === 'end') return undefined;
    const op = OPERATORS[token.text.toLowerCase()];
    if (op !== undefined) this.#at++;
    return op;
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

function part(token: Token, from: number, to: number): Token {
  return { kind: 'word', text: token.text.slice(from, to), at: token.at + from, length: to - from };
}

function show(token: Token): string {
  return token.kind === 'end' ? 'its end' : `"${token.text}"`;
}

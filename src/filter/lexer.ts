// A filter's text → tokens. A word is a name or a value: what it is depends on where it stands.

import { FilterError } from './error.js';

export interface Token {
  readonly kind: 'word' | 'string' | 'sign' | 'end';
  /** A string's content, without its quotes. */
  readonly text: string;
  readonly at: number;
  readonly length: number;
  /** A string as it is written, for regular expressions, which have escapes of their own. */
  readonly raw?: string;
}

const SIGNS = [
  '===',
  '!==',
  '~=',
  '==',
  '!=',
  '<=',
  '>=',
  '=',
  '&&',
  '||',
  '<',
  '>',
  '!',
  '~',
  '&',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  ',',
];
const WORD = /[\p{L}\p{N}_.:/#+*%-]/u;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };
/** Words that end an operation's name are none: `not(1)`, `in(2)`. */
const KEYWORDS = new Set(['and', 'or', 'not', 'in', 'contains', 'matches', 'any', 'all']);

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at];
    if (/\s/.test(c)) {
      at++;
      continue;
    }
    const token = c === '"' || c === "'" ? stringAt(text, at) : wordOrSign(text, at);
    found.push(token);
    at += token.length;
  }
  found.push({ kind: 'end', text: '', at: text.length, length: 0 });
  return found;
}

function stringAt(text: string, at: number): Token {
  const quote = text[at];
  let content = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === quote) {
      const raw = text.slice(at + 1, i).replaceAll(`\\${quote}`, quote);
      return { kind: 'string', text: content, at, length: i + 1 - at, raw };
    }
    if (text[i] === '\\' && i + 1 < text.length) {
      i++;
      const hex = /^x([0-9a-fA-F]{2})/.exec(text.slice(i, i + 3));
      if (hex !== null) {
        content += String.fromCharCode(Number.parseInt(hex[1], 16));
        i += 2;
      } else content += ESCAPES[text[i]] ?? (/[\\"']/.test(text[i]) ? text[i] : `\\${text[i]}`);
    } else content += text[i];
  }
  throw new FilterError(text, at, 1, 'this quote is never closed', [`end the text with ${quote}`]);
}

function wordOrSign(text: string, at: number): Token {
  const sign = SIGNS.find((s) => text.startsWith(s, at));
  if (sign !== undefined) return { kind: 'sign', text: sign, at, length: sign.length };
  let end = at;
  while (end < text.length && WORD.test(text[end])) end++;
  if (end === at) {
    const code = text.codePointAt(at) ?? 0;
    const c = String.fromCodePoint(code);
    throw new FilterError(text, at, 1, `${JSON.stringify(c)} means nothing here`, [
      'texts stand in quotes; operators are == != < <= > >= & && || ! contains matches in',
    ]);
  }
  // READ(10) is one word.
  const digits = /^\(\d+\)/.exec(text.slice(end, end + 6));
  if (digits !== null && !KEYWORDS.has(text.slice(at, end).toLowerCase())) end += digits[0].length;
  return { kind: 'word', text: text.slice(at, end), at, length: end - at };
}

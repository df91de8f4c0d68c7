// Text from the wire, from names of files, from options: made harmless where it leaves. One function an
// output: text for people (screens, reports, stderr), JSON, CSV.

/**
 * \p{Cc} controls, \p{Cf} marks without a shape, \p{DI} what is not drawn at all (fillers, selectors of variants),
 * \p{Zl} and \p{Zp} line breaks, lone surrogates, and what is no character (XML has no place for it). Patterns with
 * classes of Unicode stand in functions: to read one takes half a millisecond, and few outputs need it.
 */
const harmful = () => /[\p{Cc}\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{Cs}\p{NChar}]/gu;
/** What JSON.stringify leaves as it is of these; in a document it stands inside of strings only. */
const harmfulInJson = () => /[\u007f-\u009f\p{Cf}\p{DI}\p{Zl}\p{Zp}\p{NChar}]/gu;
/** Most text is plain: that is seen sooner than what each character is. */
const PLAIN = /^[\n\x20-\x7e]*$/;
/** Beside plain text, what our own words hold: Latin, dashes, dots, arrows, signs, none of them harmful. */
const OURS =
  /^[\x20-\x7e\xa1-\xac\xae-\xff\u2010-\u2015\u2018-\u2027\u2190-\u21ff\u2200-\u22ff\u2500-\u257f]*$/;

/**
 * What servers of continuous integration obey where it stands in a log: `::error::` and `::set-output name=x::` at
 * the begin of a line (GitHub), `##[…]` and `##vso[…]` and the like anywhere. An IPv6 address is none.
 */
const COMMAND = /::(?=[\w-]*[g-z-][\w-]*(?:[ ,][^\n]*)?::)|##(?=[a-z]*\[)/gi;

/**
 * Control characters (escape sequences of terminals among them) and marks that turn the direction
 * of writing, as `\x1b`: a target's name must not repaint the screen, nor command who reads the log.
 */
export function harmless(text: string): string {
  const calm = text.includes('::') || text.includes('##') ? text.replace(COMMAND, first) : text;
  return OURS.test(calm) ? calm : calm.replace(harmful(), escaped);
}

/** The command's first character as an escape. */
function first(mark: string): string {
  return `${escaped(mark[0])}${mark.slice(1)}`;
}

/** The same of text that has lines of its own. */
export function harmlessLines(text: string): string {
  return PLAIN.test(text) && !/::|##/.test(text) ? text : text.split('\n').map(harmless).join('\n');
}

/** A piece of a JSON document: the same characters as `\u001b`, which every reader turns back. */
export function harmlessJson(text: string): string {
  const calm = text.includes('##') ? text.replace(/##(?=[a-z]*\[)/gi, '\\u0023#') : text;
  if (PLAIN.test(calm)) return calm;
  return calm.replace(harmfulInJson(), (c) => {
    let codes = '';
    for (let i = 0; i < c.length; i++) {
      codes += `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }
    return codes;
  });
}

/**
 * A cell of CSV (RFC 4180 section 2: quotes around what holds commas, quotes or line ends). A
 * spreadsheet takes what begins with = + - @ for a formula, which may run programs and send data:
 * such text gets an apostrophe before it, as spreadsheets themselves write it. Numbers stay numbers.
 */
export function csvCell(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  const text = noFormula(value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text, harmless, with an apostrophe before it where it would be a formula. */
export function noFormula(value: string): string {
  const clean = harmless(value);
  return formula().test(value) && !NUMBER.test(value) ? `'${clean}` : clean;
}

/** Blanks, tabs and line ends before the sign are no help; nor are the signs of full width. */
const formula = () => /^[\s\p{Cf}\p{DI}\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;
const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function escaped(c: string): string {
  const code = c.codePointAt(0) ?? 0;
  return code < 256
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
}

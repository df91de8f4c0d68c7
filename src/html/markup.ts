// HTML as a value that cannot be mixed up with text: what a template is given is escaped unless it is
// Markup itself. The one place where text from the wire becomes HTML.

import { harmless } from '../lib/harmless.js';
import { HTML_TEXT_CHARS_MAX } from '../limits.js';

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Control characters and marks that turn the direction of writing are shown, not obeyed; long texts are cut. */
export function escapeHtml(text: string): string {
  const short = text.length > HTML_TEXT_CHARS_MAX ? `${text.slice(0, HTML_TEXT_CHARS_MAX)}…` : text;
  return harmless(short).replace(/[&<>"'`]/g, (c) => ESCAPES[c]);
}

/** A template: texts and numbers are escaped, markup stands as it is. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0];
  for (let i = 0; i < parts.length; i++) text += partText(parts[i]) + strings[i + 1];
  return new Markup(text);
}

function partText(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(({ text }) => text).join('');
}

export const NO_MARKUP = new Markup('');

/** As many as have room in `charsMax`, one at least, and how many were left out. */
export function fitting<T>(
  items: readonly T[],
  charsMax: number,
  markupOf: (item: T, index: number) => Markup,
): { readonly shown: Markup[]; readonly left: number } {
  const shown: Markup[] = [];
  let chars = 0;
  for (let i = 0; i < items.length; i++) {
    const markup = markupOf(items[i], i);
    chars += markup.text.length;
    if (i > 0 && chars > charsMax) return { shown, left: items.length - i };
    shown.push(markup);
  }
  return { shown, left: 0 };
}

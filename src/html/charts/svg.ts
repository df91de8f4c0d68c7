// What all charts are made of. A drawing has a width of its own and is scaled to the page; a narrow page scrolls
// it. Colours are classes (style.ts), so that both themes and print have their own.

import { html, Markup } from '../markup.js';

/** Units of a drawing over the whole page. */
export const WIDE = 900;

export type Scale = (value: number) => number;

/** `label` is what a screen reader says. */
export function svg(width: number, height: number, label: string, body: readonly Markup[]): Markup {
  const narrow = width < WIDE ? ' part' : '';
  return html`<div class="chart${narrow}" tabindex="0"><svg viewBox="0 0 ${width} ${n(height)}" role="img" aria-label="${label}">
${body}</svg></div>`;
}

/** Coordinates with one decimal: no drawing needs more. */
export function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export function rect(x: number, y: number, w: number, h: number, kind: string, title?: string) {
  const body = title === undefined ? new Markup('') : html`<title>${title}</title>`;
  return html`<rect x="${n(x)}" y="${n(y)}" width="${n(Math.max(0, w))}" height="${n(Math.max(0, h))}" class="${kind}">${body}</rect>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): Markup {
  return html`<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" class="${kind}"/>`;
}

/** `d` is of numbers only: it is no text, and as long as it is. */
export function path(kind: string, d: string, opacity?: string): Markup {
  const shade = opacity === undefined ? '' : ` fill-opacity="${opacity}"`;
  return new Markup(`<path class="${kind}"${shade} d="${d}"/>`);
}

/** `kind` may say where the text stands: `end`, `mid`. */
export function words(x: number, y: number, text: string, kind: string): Markup {
  return html`<text x="${n(x)}" y="${n(y)}" class="${kind}">${text}</text>`;
}

/** Of 12 px in a usual typeface; capitals and digits are wide. */
const CHAR_UNITS: readonly (readonly [RegExp, number])[] = [
  [/[il.,:;'|! ()]/, 3.8],
  [/[A-ZµΩ@%&—…→]/, 8.4],
  [/[mw]/, 10],
];
const OTHER_UNITS = 6.9;

/** As much of a text as has room, with … where it is cut. */
export function within(text: string, units: number): string {
  let used = 0;
  for (let i = 0; i < text.length; i++) {
    used += CHAR_UNITS.find(([of]) => of.test(text[i]))?.[1] ?? OTHER_UNITS;
    if (used > units) return `${text.slice(0, Math.max(0, i - 1))}…`;
  }
  return text;
}

export function linear(from: number, to: number, low: number, high: number): Scale {
  const span = to > from ? to - from : 1;
  return (value) => low + ((value - from) / span) * (high - low);
}

/** Round numbers from 0 (or `from`) to `to`, about `count` of them. */
export function ticks(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count);
  if (!(raw > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw * 0.999) ?? 10);
  const found: number[] = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to * (1 + 1e-12); i++)
    found.push(i * step);
  return found;
}

/** A time of an axis: "0", "250 ms", "1.5 s", "2 min". */
export function tickTime(ns: number): string {
  if (ns === 0) return '0';
  const unit = UNITS.find(([size]) => ns >= size) ?? UNITS[UNITS.length - 1];
  return `${Number((ns / unit[0]).toPrecision(4))} ${unit[1]}`;
}

const UNITS: readonly (readonly [number, string])[] = [
  [3600e9, 'h'],
  [60e9, 'min'],
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** The time axis below a drawing of `height`: lines and words. */
export function timeAxis(x: Scale, toNs: number, top: number, height: number): Markup[] {
  return ticks(0, toNs, 8).flatMap((ns) => [
    line(x(ns), top, x(ns), height, 'grid'),
    words(x(ns), height + 15, tickTime(ns), 'ax mid'),
  ]);
}

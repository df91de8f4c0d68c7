// Values of the report → cells. The only place of the views that knows units.

import { bytesText, countText, durationText } from '../lib/number-text.js';
import { type Cell, cell, type Tone } from './cells.js';

export const NOTHING = '–';

export function count(n: number, tone: Tone = 'plain'): Cell {
  return n === 0 ? cell('0', 'quiet') : cell(countText(n), tone);
}

/** What is not known is a dash. */
export function said(value: string | number | boolean | undefined, tone: Tone = 'plain'): Cell {
  return value === undefined ? nothing() : cell(String(value), tone);
}

export function nothing(): Cell {
  return cell(NOTHING, 'quiet');
}

/** An absent duration is a dash. */
export function duration(ns: number | undefined, tone: Tone = 'plain'): Cell {
  return ns === undefined ? nothing() : cell(durationText(ns), tone);
}

export function bytes(n: number): Cell {
  return n === 0 ? cell('0', 'quiet') : cell(bytesText(n));
}

/** A share in whole percent: "93 %". */
export function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((100 * part) / whole)} %` : '0 %';
}

/** Seconds since the first packet with six decimals, as a column: "0.001234". */
export function sinceStart(ns: number): Cell {
  return cell(secondsText(ns));
}

export function secondsText(ns: number): string {
  const sign = ns < 0 ? '-' : '';
  const whole = Math.abs(Math.round(ns / 1000));
  return `${sign}${Math.floor(whole / 1e6)}.${String(whole % 1e6).padStart(6, '0')}`;
}

/** MB/s (10^6 bytes): "0", "0.12", "123". */
export function megabytes(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 9.995) return perSecond.toFixed(2);
  return perSecond < 99.95 ? perSecond.toFixed(1) : countText(perSecond);
}

/** A rate per second: "0.4", "12", "34,567". */
export function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : countText(perSecond);
}

/** ISO time as a person reads it: "2025-11-23 20:54:01.123456 UTC". */
export function wallClock(iso: string): string {
  return `${iso.replace('T', ' ').slice(0, -4)} UTC`;
}

/** Frames as a short list: "12, 40, 55, …". */
export function frames(list: readonly number[], shown: number): string {
  const text = list.slice(0, shown).map(countText).join(', ');
  return list.length > shown ? `${text}, …` : text;
}

const SPARKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character a column, the largest value of its share of `values`; nothing is a blank. */
export function sparkline(values: readonly number[], width: number): string {
  const columns = Math.min(width, values.length);
  const peaks: number[] = [];
  for (let i = 0; i < columns; i++) {
    const from = Math.floor((i * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((i + 1) * values.length) / columns));
    let peak = 0;
    for (let k = from; k < to; k++) peak = Math.max(peak, values[k]);
    peaks.push(peak);
  }
  const top = peaks.reduce((a, b) => Math.max(a, b), 0);
  return peaks
    .map((v) => (v <= 0 ? ' ' : SPARKS[Math.min(7, Math.floor((v / top) * 7.999))]))
    .join('');
}

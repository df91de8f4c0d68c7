// Steps between two ends as a drawing: an arrow a step, and as much room between two as was waited.

import { countText, durationText } from '../../lib/number-text.js';
import type { Rung } from '../../view/ladder/lane.js';
import { html, type Markup } from '../markup.js';
import { line, n, path, svg, WIDE, within, words } from './svg.js';

const AT = 74;
const AFTER = 158;
const LEFT = 204;
const RIGHT = 488;
const DETAILS = 502;
const TOP = 30;
const STEP = 25;
/** What a wait of the whole time adds. */
const WAIT = 70;
/** Waits of more than this share of the whole are worth a look. */
const LONG = 0.2;
/** Of a number of a packet, and of the gap behind it. */
const DIGIT = 7.2;
const RUNGS_SHOWN = 60;

/** More rungs than are shown: the first and the last ones, and how many lie between. */
export function ladderChart(
  all: readonly Rung[],
  label: string,
  [left, right]: readonly [string, string] = ['initiator', 'target'],
): Markup {
  const rungs = all.length <= RUNGS_SHOWN ? all : cutMiddle(all);
  const whole = Math.max(
    1,
    rungs.reduce((most, { sinceNs }) => Math.max(most, sinceNs), 0),
  );
  const body: Markup[] = [];
  let y = TOP;
  rungs.forEach((rung, i) => {
    if (i > 0) y += STEP + WAIT * Math.min(1, Math.max(0, rung.afterNs) / whole);
    body.push(...rungMarkup(rung, y, whole));
  });
  const bottom = y + 14;
  const lanes = [
    words(AT, 12, 'at', 'ax end'),
    words(AFTER, 12, 'after', 'ax end'),
    words(LEFT, 12, left, 'cap mid'),
    words(RIGHT, 12, right, 'cap mid'),
    line(LEFT, 18, LEFT, bottom, 'lane'),
    line(RIGHT, 18, RIGHT, bottom, 'lane'),
  ];
  return svg(WIDE, bottom + 2, label, [...lanes, ...body]);
}

function cutMiddle(all: readonly Rung[]): Rung[] {
  const half = RUNGS_SHOWN / 2;
  const left = all.length - RUNGS_SHOWN;
  const last = all[half - 1];
  const gap: Rung = {
    sinceNs: last.sinceNs,
    afterNs: 0,
    frame: 0,
    way: 'none',
    label: `… ${countText(left)} steps more …`,
    tone: 'quiet',
    details: [],
  };
  return [...all.slice(0, half), gap, ...all.slice(-half)];
}

function rungMarkup(rung: Rung, y: number, whole: number): Markup[] {
  const long = rung.afterNs > whole * LONG ? ' t-warn strong' : '';
  const details = rung.details.map(({ text }) => text).join('');
  const frames = framesText(rung);
  const after = rung.afterNs > 0 ? `+${durationText(rung.afterNs)}` : '';
  const middle = (LEFT + RIGHT) / 2;
  const label = within(rung.label, RIGHT - LEFT - 24);
  const marks = [
    words(AT, y + 4, durationText(rung.sinceNs), 'num end'),
    words(AFTER, y + 4, after, `num end quiet${long}`),
    words(middle, rung.way === 'none' ? y + 4 : y - 4, label, `cap mid t-${rung.tone}`),
    detailMarkup(frames, details, y),
  ];
  if (rung.way !== 'none') marks.push(arrow(rung.way, y));
  return marks;
}

function framesText({ frame, frameEnd = 0 }: Rung): string {
  if (frame <= 0) return '';
  return frameEnd > frame ? `#${frame}–${frameEnd}` : `#${frame}`;
}

function detailMarkup(frames: string, details: string, y: number): Markup {
  const short = within(details, WIDE - DETAILS - (frames.length + 1) * DIGIT);
  const whole = short === details ? html`` : html`<title>${details}</title>`;
  const gap = frames === '' || short === '' ? '' : '  ';
  return html`<text x="${DETAILS}" y="${n(y + 4)}" class="det"><tspan class="quiet">${frames}</tspan>${gap}${short}${whole}</text>`;
}

function arrow(way: 'initiator' | 'target', y: number): Markup {
  const [from, to] = way === 'initiator' ? [LEFT, RIGHT] : [RIGHT, LEFT];
  const back = way === 'initiator' ? -9 : 9;
  return path(`w-${way}`, `M${from} ${n(y)}H${to}m${back} -4.5L${to} ${n(y)}l${back} 4.5`);
}

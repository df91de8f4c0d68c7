// The two columns of a ladder and what passes between them: one line of cells a step.

import { durationText } from '../../lib/number-text.js';
import { type Block, type Cell, cell, type Tone } from '../cells.js';

export interface Rung {
  /** Since the ladder's start, ns. */
  readonly sinceNs: number;
  /** Since the rung before, ns. */
  readonly afterNs: number;
  /** Packet of its first byte, 0 for none, and of its last. */
  readonly frame: number;
  readonly frameEnd?: number;
  /** Which way: `none` for what happened beside it. */
  readonly way: 'initiator' | 'target' | 'none';
  readonly label: string;
  readonly tone: Tone;
  readonly details: readonly Cell[];
}

const TIME = 9;
const FRAME = 9;
/** Where there is room, the last packet stands beside the first. */
const FRAMES = 13;
const ROOMY = 100;
const GAP = 1;
/** Waits longer than that are worth a look. */
const SLOW_NS = 10e6;
/** Of the width, the two columns take so much. */
const LANE_LEAST = 19;
const LANE_MOST = 28;

function laneWidth(width: number): number {
  return Math.max(LANE_LEAST, Math.min(LANE_MOST, Math.floor(width / 5)));
}

function framesWidth(width: number): number {
  return width < ROOMY ? FRAME : FRAMES;
}

/** The heads above the rungs. */
export function laneHead(width: number): Block {
  const lane = laneWidth(width);
  const between = ' '.repeat(Math.max(1, lane - 'initiator'.length - 'target'.length));
  return {
    kind: 'line',
    indent: 0,
    cells: [
      cell(
        `${'at'.padStart(TIME + 1)}${'after'.padStart(TIME + GAP)}${'frame'.padStart(framesWidth(width) + GAP)}  `,
        'quiet',
      ),
      cell(`initiator${between}target`, 'title'),
    ],
  };
}

export function rungLine(rung: Rung, width: number): Block {
  const { frame, frameEnd = 0 } = rung;
  const roomy = width >= ROOMY && frameEnd > frame;
  const frames = frame > 0 ? `${frame}${roomy ? `–${frameEnd}` : ''}` : '';
  const after = rung.afterNs > 0 ? `+${durationText(rung.afterNs)}` : '';
  return {
    kind: 'line',
    indent: 0,
    cells: [
      cell(durationText(rung.sinceNs).padStart(TIME + 1)),
      cell(after.padStart(TIME + GAP), rung.afterNs > SLOW_NS ? 'warn' : 'quiet'),
      cell(`${frames.padStart(framesWidth(width) + GAP)}  `, 'quiet'),
      ...arrow(rung, laneWidth(width)),
      cell(' '),
      ...rung.details,
    ],
  };
}

function arrow(rung: Rung, lane: number): Cell[] {
  const inner = lane - 2;
  const label = ` ${rung.label} `.slice(0, inner);
  const left = Math.max(0, Math.floor((inner - label.length) / 2));
  const right = Math.max(0, inner - label.length - left);
  const edge = cell('│', 'quiet');
  switch (rung.way) {
    case 'initiator':
      return [edge, cell('─'.repeat(left), 'quiet'), cell(label, rung.tone), tip(right, '▶'), edge];
    case 'target':
      return [edge, tip(left, '◀'), cell(label, rung.tone), cell('─'.repeat(right), 'quiet'), edge];
    case 'none':
      return [edge, cell(' '.repeat(left) + label + ' '.repeat(right), rung.tone), edge];
  }
}

function tip(length: number, head: '▶' | '◀'): Cell {
  const line = '─'.repeat(Math.max(0, length - 1));
  if (length === 0) return cell('');
  return cell(head === '▶' ? line + head : head + line, 'quiet');
}

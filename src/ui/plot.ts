// Plots of characters: dots in braille (2 × 4 in a cell), shades for density. Numbers in, text out.

/** Bits of a braille cell by column and row of its dots. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const BRAILLE = 0x2800;

/** A grid of dots: `columns` × 2 wide, `rows` × 4 high; (0, 0) is the lower left. */
export class Dots {
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #cells: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.width = columns * 2;
    this.height = rows * 4;
    this.#cells = new Uint8Array(columns * rows);
  }

  set(x: number, y: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const top = this.height - 1 - y;
    this.#cells[(top >> 2) * this.#columns + (x >> 1)] |= DOTS[x & 1][top & 3];
  }

  /** A column of dots from the ground up to `y`. */
  bar(x: number, y: number): void {
    for (let i = 0; i <= y; i++) this.set(x, i);
  }

  /** Lines from the top. */
  lines(): string[] {
    const lines: string[] = [];
    for (let at = 0; at < this.#cells.length; at += this.#columns) {
      let line = '';
      for (let i = at; i < at + this.#columns; i++) {
        line += this.#cells[i] === 0 ? ' ' : String.fromCharCode(BRAILLE + this.#cells[i]);
      }
      lines.push(line);
    }
    return lines;
  }
}

/** Where a time axis has its marks, and what stands there: round times, as many as there is room for. */
export interface Tick {
  readonly column: number;
  readonly text: string;
}

/** Between marks: the longest label and a blank. */
const TICK_GAP = 3;

/** `width` columns stand for the time from one to the other. */
export function ticks(fromNs: number, toNs: number, width: number): Tick[] {
  const span = toNs - fromNs;
  if (span <= 0 || width <= 0) return [];
  let step = stepOf(span / width);
  let marks: Tick[] = [];
  for (; step <= stepOf(span) + 1; step++) {
    marks = marksAt(fromNs, toNs, width, stepNs(step));
    if (haveRoom(marks, width)) return marks;
  }
  return marks.slice(0, 1);
}

function marksAt(fromNs: number, toNs: number, width: number, step: number): Tick[] {
  const marks: Tick[] = [];
  const first = Math.ceil(fromNs / step - 1e-9);
  for (let n = first; n * step <= toNs && marks.length <= width; n++) {
    const column = Math.min(width - 1, Math.floor(((n * step - fromNs) / (toNs - fromNs)) * width));
    marks.push({ column, text: tickText(n * step, step) });
  }
  return marks;
}

/** Every label ends before the next mark, and the last one within the axis or not at all. */
function haveRoom(marks: readonly Tick[], width: number): boolean {
  return marks.every(({ column, text }, i) => {
    const next = i + 1 < marks.length ? marks[i + 1].column : width + TICK_GAP;
    return column + 1 + text.length + TICK_GAP <= next || i === marks.length - 1;
  });
}

/** `1.5 s`, with the decimals that the step has and no more. */
function tickText(ns: number, step: number): string {
  const decimals = Math.max(0, 9 - Math.floor(Math.log10(step) + 1e-12));
  return `${(ns / 1e9).toFixed(Math.min(9, decimals))} s`;
}

/** The axis as a line: `└` stands at the time. */
export function axisText(fromNs: number, toNs: number, width: number): string {
  let text = '';
  for (const { column, text: words } of ticks(fromNs, toNs, width)) {
    const mark = `└${words}`;
    // The last one stands before its mark where there is no room behind it.
    if (column + mark.length > width) {
      const before = `${words}┘`;
      const at = column + 1 - before.length;
      if (at > text.length) text = text.padEnd(at) + before;
      else text = `${text.padEnd(column)}└`;
    } else text = text.padEnd(column) + mark;
  }
  return text;
}

const SHADES = [' ', '░', '▒', '▓', '█'];

/** A shade for a share of 0 to 1; anything above 0 shows. */
export function shade(share: number): string {
  return share <= 0 ? SHADES[0] : SHADES[Math.min(4, 1 + Math.floor(share * 3.999))];
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `share` of `width` cells; anything above 0 shows. */
export function bar(share: number, width: number): string {
  if (share <= 0) return '';
  const eighths = Math.max(1, Math.round(share * width * 8));
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
}

/** Steps of 1, 2, 5 ns, 10, 20, 50, … : bucket of a value, and where a bucket begins. */
export function stepOf(ns: number): number {
  if (ns < 1) return 0;
  const decade = Math.floor(Math.log10(ns) + 1e-12);
  const lead = ns / 10 ** decade;
  return decade * 3 + (lead >= 5 ? 2 : lead >= 2 ? 1 : 0);
}

export function stepNs(step: number): number {
  return 10 ** Math.floor(step / 3) * [1, 2, 5][step % 3];
}

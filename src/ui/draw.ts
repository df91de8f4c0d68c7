// State and page → the lines of the whole screen. Pure.

import type { Page } from './page.js';
import { bodyRows, type State, viewOf } from './state.js';
import { EMPTY, type Line, litLine, shortLine } from './terminal/line.js';

/** Lines below the head that are rows of the page. */
export function rowsInSight(state: State, page: Page): number {
  const below = Math.max(1, bodyRows(state) - page.head.length);
  return page.bodyRows?.(below) ?? below;
}

/** All lines: title, page, replay, status. */
export function screenLines(
  state: State,
  page: Page,
  title: Line,
  replay: Line | undefined,
  status: Line,
): readonly Line[] {
  const lines = [title, ...pageLines(state, page)];
  if (replay !== undefined) lines.push(replay);
  return [...lines, status];
}

function pageLines(state: State, page: Page): Line[] {
  const { at, top } = viewOf(state);
  const below = bodyRows(state) - page.head.length;
  const lines: Line[] = [...page.head];
  if (page.body !== undefined)
    return [...lines, ...page.body(top, below, at)]
      .slice(0, bodyRows(state))
      .map((line) => shortLine(line, state.columns));
  for (let i = top; i < top + below; i++) {
    if (i === 0 && page.count === 0) lines.push([{ text: `  ${page.empty ?? ''}`, tone: 'quiet' }]);
    else if (i >= page.count) lines.push(EMPTY);
    else if (i === at) lines.push(litLine(page.row(i), state.columns));
    else lines.push(page.row(i));
  }
  return lines.map((line) => shortLine(line, state.columns));
}

// When the findings of an incident were, over the whole capture: a bar or a mark each, on the ground of its load.

import type { Finding } from '../../findings/finding.js';
import type { LoadReport } from '../../report/report.js';
import { type Markup, NO_MARKUP } from '../markup.js';
import { loadGround } from './load.js';
import { linear, rect, svg, timeAxis, WIDE, within, words } from './svg.js';

const LEFT = 8;
const RIGHT = 8;
const ROW = 30;
const SHOWN = 8;

export function incidentChart(
  findings: readonly Finding[],
  load: LoadReport,
  spanNs: number,
): Markup {
  const timed = findings.filter((f) => f.fromNs !== undefined).slice(0, SHOWN);
  if (timed.length === 0 || spanNs <= 0) return NO_MARKUP;
  const x = linear(0, spanNs, LEFT, WIDE - RIGHT);
  const bottom = 6 + timed.length * ROW;
  const body = [
    loadGround(load, x, 6, bottom),
    ...timeAxis(x, spanNs, 6, bottom),
    ...timed.flatMap((finding, i) => mark(finding, i)),
  ];
  return svg(WIDE, bottom + 20, 'When it was, over the whole capture', body);

  function mark(finding: Finding, i: number): Markup[] {
    const { fromNs = 0, severity, title } = finding;
    const from = x(fromNs);
    const to = Math.max(from + 3, x(Math.max(fromNs, finding.toNs ?? fromNs)));
    const top = 10 + i * ROW;
    const onRight = from > WIDE / 2;
    const room = onRight ? to - LEFT : WIDE - RIGHT - from;
    return [
      rect(from, top + 14, to - from, 8, `s-${severity}`, title),
      words(onRight ? to : from, top + 10, within(title, room), `ax halo${onRight ? ' end' : ''}`),
    ];
  }
}

// What two capture points prove together: where bytes were lost, which capture missed them, whose
// time it was. Each is said only where both points show it.

import { durationText, plural } from '../lib/number-text.js';
import type { PointsFinding, PointsPairReport } from './points-told.js';

/** Of the latency of the slowest hundredth, so much is told as "where the time went". */
const SHARE_TOLD = 0.6;
/** Commands that must have been seen at both points before their times are judged. */
const COMMANDS_LEAST = 10;
/** A hundredth of commands slower than this is worth a word. */
const SLOW_NS = 10e6;

export function pointsFindings(pair: PointsPairReport): PointsFinding[] {
  return [
    ...nothingInCommon(pair),
    ...lost(pair, 'out'),
    ...lost(pair, 'back'),
    ...beyond(pair),
    ...slow(pair),
    ...missed(pair),
    ...steps(pair),
    ...overtaken(pair),
  ];
}

function nothingInCommon(pair: PointsPairReport): PointsFinding[] {
  if (pair.connections > 0) return [];
  return [
    {
      id: 'points-nothing-in-common',
      severity: 'warning',
      owes: 'unknown',
      title: `${pair.points[0]} and ${pair.points[1]} saw no connection in common`,
      text: 'No connection of one has sequence numbers or payload of one of the other.',
      next: 'Check that both captures were taken at the same time and of the same hosts, and that neither is behind a proxy that ends TCP.',
    },
  ];
}

function lost(pair: PointsPairReport, way: 'out' | 'back'): PointsFinding[] {
  const s = pair.segments;
  const n = s.lostBetween[way];
  if (n === 0) return [];
  const [from, to] = way === 'out' ? [pair.host, pair.array] : [pair.array, pair.host];
  const largeOnly = s.lostSmallest[way] > s.passedLargest[way] && s.passedLargest[way] > 0;
  const example = pair.lost.find((one) => one.kind === 'lost' && one.way === way);
  const where = example ? ` First: packet ${example.frame} of ${example.point}.` : '';
  return [
    {
      id: largeOnly ? 'points-lost-large' : 'points-lost',
      severity: largeOnly ? 'critical' : 'warning',
      owes: 'network',
      title: largeOnly
        ? `Lost between ${from} and ${to}: large segments only`
        : `${plural(n, 'segment')} lost between ${from} and ${to}`,
      text: largeOnly
        ? `${plural(n, 'segment')} of ${s.lostSmallest[way]} to ${s.lostLargest[way]} bytes passed ${from} and never ${to}; the largest that arrived has ${s.passedLargest[way]}.${where}`
        : `They passed ${from} and did not reach ${to} before they were sent again.${where}`,
      next: largeOnly
        ? 'Compare the MTU of every port between the two points; a switch port or tunnel there is smaller than the ends agreed.'
        : `Look at the counters (drops, CRC errors) of the ports between ${from} and ${to}.`,
    },
  ];
}

function beyond(pair: PointsPairReport): PointsFinding[] {
  const found: PointsFinding[] = [];
  for (const way of ['out', 'back'] as const) {
    const n = pair.segments.lostBeyond[way];
    if (n === 0) continue;
    const to = way === 'out' ? pair.array : pair.host;
    found.push({
      id: 'points-lost-beyond',
      severity: 'note',
      owes: 'unknown',
      title: `${plural(n, 'segment')} came again though the first copy had passed ${to}`,
      text: `What passed ${to} was not acknowledged in time: lost behind that point, or its receiver stood still.`,
      next: `Look at the machine at ${to} and at its network card's drop counters.`,
    });
  }
  return found;
}

function slow(pair: PointsPairReport): PointsFinding[] {
  const { split } = pair;
  if (split.count < COMMANDS_LEAST || split.latency.p99 < SLOW_NS) return [];
  const parts = [
    { name: `the hosts at ${pair.host}`, owes: 'initiator' as const, of: split.hostTime },
    {
      name: `the way from ${pair.host} to ${pair.array}`,
      owes: 'network' as const,
      of: split.networkOutTime,
    },
    { name: `the arrays at ${pair.array}`, owes: 'target' as const, of: split.arrayTime },
    {
      name: `the way back from ${pair.array} to ${pair.host}`,
      owes: 'network' as const,
      of: split.networkBackTime,
    },
    { name: 'recovery from losses', owes: 'network' as const, of: split.recoveryTime },
  ].sort((a, b) => b.of.p99 - a.of.p99);
  const [most, second] = parts;
  if (most.of.p99 < split.latency.p99 * SHARE_TOLD) return [];
  const others = parts.slice(1).map(({ name, of }) => `${name} ${durationText(of.p99)}`);
  return [
    {
      id: 'points-time',
      severity: 'note',
      owes: most.owes,
      title: `Of the slowest hundredth of commands, ${most.name} took most: ${durationText(most.of.p99)} of ${durationText(split.latency.p99)}`,
      text: `Half of the commands took ${durationText(split.latency.p50)}, there ${durationText(most.of.p50)}. The others' slowest hundredth: ${others.join(', ')}.`,
      next:
        most.owes === 'network'
          ? 'Look at queues and losses on that way; the ends answered.'
          : `Look at ${most.name}; ${second.of.p99 * 4 < most.of.p99 ? 'nothing else took comparable time' : `then at ${second.name}`}.`,
    },
  ];
}

function missed(pair: PointsPairReport): PointsFinding[] {
  return Object.entries(pair.segments.missedByCapture)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => ({
      id: 'points-capture-missed',
      severity: 'note' as const,
      owes: 'capture' as const,
      title: `The capture at ${name} missed ${plural(n, 'segment')}`,
      text: 'They passed there, since the other point saw them, or their receiver acknowledged them: nothing on the path lost them.',
      next: 'Capture with a larger buffer or a shorter snaplen there; do not look for loss on the path because of these.',
    }));
}

function steps(pair: PointsPairReport): PointsFinding[] {
  if (pair.steps.length === 0) return [];
  const [first] = pair.steps;
  return [
    {
      id: 'points-clock-step',
      severity: 'note',
      owes: 'none',
      title: `The clock of ${pair.points[1]} stepped against that of ${pair.points[0]} by ${durationText(Math.abs(first.stepNs))}`,
      text: `${plural(pair.steps.length, 'step')}; the times before and after each are aligned on their own.`,
      next: 'Times of one capture alone that span a step are wrong by it.',
    },
  ];
}

function overtaken(pair: PointsPairReport): PointsFinding[] {
  const { overtaken: n } = pair.segments;
  const total = n.out + n.back;
  if (total === 0) return [];
  return [
    {
      id: 'points-overtaken',
      severity: 'note',
      owes: 'network',
      title: `${plural(total, 'segment')} were overtaken between the points`,
      text: `${n.out} on the way out, ${n.back} on the way back: several ways, or a queue that does not keep the order. That is no loss.`,
      next: 'Look for links that are bundled packet by packet, if duplicate ACKs and retransmissions for nothing follow.',
    },
  ];
}

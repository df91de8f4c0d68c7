// The time of a command as a bar and its legend: each phase with who owed the next move, and shares
// that sum up to the whole.

import { durationText } from '../../lib/number-text.js';
import { type Phase, TCP_CAUSE_WORDS, type TcpCauses } from '../../scsi/phase-names.js';
import { type Block, type Cell, cell, type Tone } from '../cells.js';

const FILLS = ['█', '▓', '▒', '░', '▚', '▤', '▥', '▦', '▧'];
const TONES: Readonly<Record<Phase['owes'], Tone>> = {
  initiator: 'note',
  target: 'warn',
  both: 'good',
};
const BAR_MOST = 100;
const MARGIN = 2;
const NAME_WIDTH = 18;

/** A phase by the words of the command's own protocol. */
export type ShownPhase = Omit<Phase, 'name'> & { readonly name: string };

/** No blocks where there are no phases. */
export function phaseBlocks(phases: readonly ShownPhase[], width: number): Block[] {
  const whole = phases.reduce((sum, phase) => sum + phase.ns, 0);
  if (phases.length === 0) return [];
  const room = Math.min(BAR_MOST, width - MARGIN);
  const parts = shares(
    phases.map((phase) => phase.ns),
    room,
  );
  const bar: Cell[] = phases.map((phase, i) => fill(phase, i, parts[i]));
  const tenths = shares(
    phases.map((phase) => phase.ns),
    1000,
  );
  const names = Math.max(NAME_WIDTH, ...phases.map(({ name }) => name.length));
  const rows = phases.map((phase, i) => legend(phase, i, tenths[i], whole, names));
  const lines = rows.map((cells): Block => ({ kind: 'line', indent: MARGIN, cells }));
  if (whole === 0) return lines;
  return [{ kind: 'line', indent: MARGIN, cells: bar }, ...lines];
}

/** What its parts are in words, without their place in a bar of text. */
export function phaseLegend(
  phases: readonly Phase[],
): { readonly owes: Phase['owes']; readonly cells: readonly Cell[] }[] {
  const ns = phases.map((phase) => phase.ns);
  const whole = ns.reduce((sum, one) => sum + one, 0);
  const tenths = shares(ns, 1000);
  return phases.map((phase, i) => ({
    owes: phase.owes,
    cells: legend(phase, i, tenths[i], whole, NAME_WIDTH).slice(1),
  }));
}

/** The bar, and what its parts are in a few words: where there is no room for a line each. */
export function phaseFlow(phases: readonly ShownPhase[], width: number): Block[] {
  const whole = phases.reduce((sum, phase) => sum + phase.ns, 0);
  if (whole <= 0) return [];
  const room = width - MARGIN;
  const ns = phases.map((phase) => phase.ns);
  const parts = shares(ns, room);
  const percents = shares(ns, 100);
  const bar = phases.map((phase, i) => fill(phase, i, parts[i]));
  const items = phases.map((phase, i) => {
    const tcp = phase.tcpNs === undefined ? '' : `, TCP ${durationText(phase.tcpNs)}`;
    const text = `${FILLS[i % FILLS.length]} ${phase.name} ${durationText(phase.ns)} (${percents[i]} %${tcp})`;
    return cell(text, TONES[phase.owes]);
  });
  return [
    { kind: 'line', indent: 1, cells: bar },
    { kind: 'flow', indent: 1, label: cell(''), items },
  ];
}

function fill(phase: ShownPhase, i: number, length: number): Cell {
  return cell(FILLS[i % FILLS.length].repeat(length), TONES[phase.owes]);
}

function legend(
  phase: ShownPhase,
  i: number,
  tenths: number,
  whole: number,
  names: number,
): Cell[] {
  const percent = whole === 0 ? '0' : (tenths / 10).toFixed(1);
  const cells = [
    cell(`${FILLS[i % FILLS.length]} `, TONES[phase.owes]),
    cell(phase.name.padEnd(names)),
    cell(durationText(phase.ns).padStart(9), 'strong'),
    cell(`${percent.padStart(7)} %`),
    cell(`  ${OWES[phase.owes]}`, 'quiet'),
  ];
  if (phase.tcpNs !== undefined) {
    cells.push(cell(`, ${durationText(phase.tcpNs)} TCP${causesText(phase.tcp)}`, 'warn'));
  }
  return cells;
}

/** " retransmission"; each with its time where there are several. */
function causesText(tcp: TcpCauses | undefined): string {
  const causes = Object.entries(tcp ?? {}) as [keyof TcpCauses, number][];
  if (causes.length === 1) return ` ${TCP_CAUSE_WORDS[causes[0][0]]}`;
  const words = causes.map(([cause, ns]) => `${TCP_CAUSE_WORDS[cause]} ${durationText(ns)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

const OWES: Readonly<Record<Phase['owes'], string>> = {
  initiator: 'the initiator had to act',
  target: 'the target had to act',
  both: 'data flowed',
};

/**
 * Whole numbers in the proportion of `values` that sum up to `total` (largest remainder); all 0
 * where the values are.
 */
export function shares(values: readonly number[], total: number): number[] {
  const whole = values.reduce((sum, value) => sum + value, 0);
  if (whole <= 0) return values.map(() => 0);
  const exact = values.map((value) => (value / whole) * total);
  const parts = exact.map(Math.floor);
  const left = total - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = values
    .map((_, i) => i)
    .sort((a, b) => exact[b] - parts[b] - (exact[a] - parts[a]) || a - b);
  for (let i = 0; i < left; i++) parts[byRemainder[i % byRemainder.length]]++;
  return parts;
}

// How much of the truth is there: what a live capture dropped or missed, how late it is told, and
// what that costs. The same words on the screen and in text.

import { bytesText, countText, durationText } from '../lib/number-text.js';
import type { SourceState } from '../report/interval.js';
import { type Cell, cell } from './cells.js';

/** A packet that is told later than this is late; beyond a second nobody may miss it. */
const LATE_MS = 500;
const LOUD_MS = 1000;

/** Whoever looks knows what each is: the most important first. */
export function truthCells(source: SourceState): Cell[] {
  const { bytesMissing } = source;
  return [
    droppedCell(source, 'told '),
    cell(`${bytesText(bytesMissing)} missing in TCP`, bytesMissing > 0 ? 'bad' : 'quiet'),
    delayCell(source, '! behind: '),
    cell(bytesText(source.residentBytes), 'quiet'),
  ];
}

/** Where there is little room: what is wrong comes first, so that it is not what is cut. */
export function shortTruthCells(source: SourceState): Cell[] {
  const { bytesMissing } = source;
  const cells = [
    droppedCell(source, ''),
    cell(`${bytesText(bytesMissing)} missing`, bytesMissing > 0 ? 'bad' : 'quiet'),
    delayCell(source, '! '),
    cell(bytesText(source.residentBytes), 'quiet'),
  ];
  const wrong = ({ tone }: Cell): boolean => tone !== 'quiet';
  return [...cells.filter(wrong), ...cells.filter((one) => !wrong(one))];
}

function delayCell({ delayMs, delayMsMax }: SourceState, loud: string): Cell {
  const late = delayMsMax > LOUD_MS ? 'bad' : delayMsMax > LATE_MS ? 'warn' : 'quiet';
  const most = delayMsMax > LATE_MS ? `, up to ${durationText(delayMsMax * 1e6)}` : '';
  const mark = delayMsMax > LOUD_MS ? loud : '';
  return cell(`${mark}delay ${durationText(delayMs * 1e6)}${most}`, late);
}

/** What the kernel dropped, or why that is not known. */
function droppedCell({ packetsDropped, dropsTold }: SourceState, told: string): Cell {
  if (packetsDropped !== undefined) {
    return cell(`${countText(packetsDropped)} dropped`, packetsDropped > 0 ? 'bad' : 'quiet');
  }
  return cell(dropsTold === 'never' ? 'drops not told' : `drops ${told}at the end`, 'quiet');
}

// The packets of a capture as tshark sees them.

import { tshark } from './tshark.js';

export interface TsharkFrame {
  /** ISO 8601 with 9 decimals; empty where the packet has no time. */
  readonly time: string;
  readonly captured: number;
  readonly original: number;
  /** A custom block, which tshark numbers like a packet. */
  readonly custom: boolean;
}

export function tsharkFrames(path: string): TsharkFrame[] {
  const fields = ['frame.time_epoch', 'frame.cap_len', 'frame.len', 'frame.encap_type'];
  const rows = tshark('-r', path, '-T', 'fields', ...fields.flatMap((name) => ['-e', name]));
  return rows
    .split('\n')
    .filter((row) => row !== '')
    .map((row) => {
      const [time, captured, original, encapsulation] = row.split('\t');
      return {
        time: iso(time),
        captured: Number(captured),
        original: Number(original),
        custom: encapsulation === '',
      };
    });
}

function iso(epoch: string): string {
  if (epoch === '') return '';
  const [seconds, part] = epoch.split('.');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${part}Z`;
}

// Captures and specifications that are not shipped. Tests that use them say so and skip where they
// are absent. SANSCOPE_SHARED names the folder of the captures; the specifications stand beside it.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const CAPTURES = process.env['SANSCOPE_SHARED'] ?? join(TOP, '../shared/captures');

/** Path of a capture such as `probes/t14.pcap`, or undefined where there is none. */
export function sharedCapture(name: string): string | undefined {
  return existing(join(CAPTURES, name));
}

/** Path of a specification such as `scsi/opcodes.tsv`, or undefined where there is none. */
export function sharedSpec(name: string): string | undefined {
  return existing(join(CAPTURES, '../specs', name));
}

function existing(path: string): string | undefined {
  if (existsSync(path)) return path;
  console.log(`(not here, its tests are skipped: ${path})`);
  return undefined;
}

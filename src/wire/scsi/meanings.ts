// What values mean: every code of SCSI parameter data by the name that layouts give after "=".
// Codes not listed are "reserved" with their number; numbers are never lost.

import { ascText } from './asc.js';
import { DEVICE_TYPE_NAMES } from './device-type.js';
import type { LayoutField } from './layout.js';
import { COPY_MEANINGS } from './meanings-copy.js';
import { DEVICE_MEANINGS } from './meanings-device.js';
import { pageName, versionName } from './names.js';
import { SENSE_KEY_NAMES, SENSE_RESPONSE_CODES } from './sense.js';

type Codes = Readonly<Record<number, string>>;
type Meaning = Codes | ((value: number, text: string) => string | undefined);

/** Formats that say how a value is read, not what it means. */
const PLAIN = new Set(['', 'ascii', 'hex', 'signed']);

/** Formats that say what a value counts. */
const UNITS: Readonly<Record<string, string>> = {
  seconds: 'seconds',
  milliseconds: 'ms',
  tenthSeconds: '100 ms',
  blocks: 'blocks',
  bytes: 'bytes',
  noLimit: 'blocks',
};

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...COPY_MEANINGS,
  ...DEVICE_MEANINGS,
  deviceType: DEVICE_TYPE_NAMES,
  qualifier: {
    0: 'device connected',
    1: 'device not connected',
    3: 'no device of this kind possible here',
    4: 'vendor specific',
    5: 'vendor specific',
    6: 'vendor specific',
    7: 'vendor specific',
  },
  version: {
    0: 'no standard claimed',
    1: 'SCSI-1',
    2: 'SCSI-2',
    3: 'SPC',
    4: 'SPC-2',
    5: 'SPC-3',
    6: 'SPC-4',
    7: 'SPC-5',
    13: 'SPC-6',
    14: 'SPC-7 (draft)',
  },
  responseDataFormat: { 0: 'SCSI-1', 1: 'CCS', 2: 'SPC' },
  tpgs: {
    0: 'no asymmetric access',
    1: 'implicit',
    2: 'explicit',
    3: 'implicit and explicit',
  },
  versionDescriptor: (value) => (value === 0 ? undefined : versionName(value)),
  vpdPage: (value) => pageName('v', value, 0, 'D'),
  senseKey: SENSE_KEY_NAMES,
  responseCode: SENSE_RESPONSE_CODES,
  commandOrData: { 0: 'in the parameter data', 1: 'in the CDB' },
  senseDescriptor: {
    0: 'information',
    1: 'command specific information',
    2: 'sense key specific',
    3: 'field replaceable unit',
    4: 'stream commands',
    5: 'block commands',
    6: 'OSD object identification',
    7: 'OSD response integrity check value',
    8: 'OSD attribute identification',
    9: 'ATA status return',
    10: 'another progress indication',
    11: 'user data segment referral',
    12: 'forwarded sense data',
    13: 'direct access block device',
    14: 'device designation',
    15: 'microcode activation',
  },
  asc: (value) => ascText(value >> 8, value & 255),
  /** Blocks, 0 where nobody says. */
  noLimit: (_, text) => (text === '0' ? 'not reported' : undefined),
  ascIfAny: (value) => (value === 0 ? undefined : ascText(value >> 8, value & 255)),
  /** Milliseconds since 1970 (SPC-4 5.2): as a date only where one was set. */
  epochMs: (_, text) => {
    const ms = Number(text);
    return ms > 0 && ms < 253402300800000 ? new Date(ms).toISOString() : undefined;
  },
  progress: (value) => `${((value / 65536) * 100).toFixed(1)} %`,
  exponent: (value) => `${2 ** value}`,
  lastAddress: (value) =>
    value === 0xffffffff ? 'beyond 32 bits: see READ CAPACITY(16)' : `${value + 1} blocks`,
  lastAddress64: (_, text) => `${BigInt(text) + 1n} blocks`,
};

/** The meaning of a field's value, or undefined where the number says it all. */
export function meaningOf(
  f: Pick<LayoutField, 'format' | 'width'>,
  value: number | string,
): string | undefined {
  if (PLAIN.has(f.format)) return undefined;
  const found = MEANINGS[f.format];
  if (found === undefined && f.format in UNITS) return undefined;
  if (found === undefined) throw new Error(`sanscope has a bug: no meanings "${f.format}"`);
  if (typeof found === 'function') return found(Number(value), String(value));
  const code = Number(value);
  return found[code] ?? `reserved (0x${code.toString(16).padStart(Math.ceil(f.width / 4), '0')})`;
}

/** What a field of this format counts, if it counts. */
export function unitOf(format: string): string | undefined {
  return UNITS[format];
}

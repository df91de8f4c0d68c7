// Logical unit numbers, 8 bytes (SAM-5 4.7): up to four levels of two bytes, each with its
// addressing method in the first two bits; extended addresses take two to eight bytes.
// Keys are the eight bytes; what is made here is for people.

export interface LunLevel {
  /** First byte of the level within the LUN, and its length in bytes. */
  readonly byte: number;
  readonly bytes: number;
  readonly method: 'peripheral' | 'flat' | 'logicalUnit' | 'wellKnown' | 'extendedFlat' | 'unknown';
  /** "1", "2:3" (bus and target), "2:3:1" (bus, target and LUN), "well known 1". */
  readonly text: string;
}

export const LUN_METHOD_NAMES: Readonly<Record<LunLevel['method'], string>> = {
  peripheral: 'peripheral device addressing',
  flat: 'flat space addressing',
  logicalUnit: 'logical unit addressing',
  wellKnown: 'well known logical unit',
  extendedFlat: 'extended flat space addressing',
  unknown: 'unknown extended addressing',
};

/** SAM-5 4.7.7.5.1: well known logical units. */
export const WELL_KNOWN_LUNS: Readonly<Record<number, string>> = {
  1: 'REPORT LUNS',
  2: 'ACCESS CONTROLS',
  3: 'TARGET LOG PAGES',
  4: 'SECURITY PROTOCOL',
  5: 'MANAGEMENT PROTOCOL',
  6: 'TARGET COMMANDS',
};

/** "1", "256", "1/2" (two levels), "well known 1": for lists. Two unsigned 32-bit words. */
export function lunText(high: number, low: number): string {
  // By far the most LUNs are one level, peripheral (bus 0) or flat.
  if (low === 0 && (high & 0xffff) === 0 && high >>> 16 < 0x100) return String(high >>> 16);
  if (high === 0xffffffff && low === 0xffffffff) return 'not specified';
  return lunLevels(high, low)
    .map((level) => level.text)
    .join('/');
}

/** The same of a LUN's 16 hex digits, as reports keep it. */
export function lunTextOf(key: string): string {
  return lunText(Number.parseInt(key.slice(0, 8), 16), Number.parseInt(key.slice(8), 16));
}

/** The levels in use: at least one, at most four; levels of zeros at the end are not in use. */
export function lunLevels(high: number, low: number): LunLevel[] {
  const bytes = [
    high >>> 24,
    high >>> 16,
    high >>> 8,
    high,
    low >>> 24,
    low >>> 16,
    low >>> 8,
    low,
  ];
  const octets = bytes.map((byte) => byte & 0xff);
  const levels: LunLevel[] = [];
  let at = 0;
  do {
    const level = levelAt(octets, at);
    levels.push(level);
    at += level.bytes;
  } while (at < 8 && octets.slice(at).some((byte) => byte !== 0));
  return levels;
}

function levelAt(octets: readonly number[], at: number): LunLevel {
  const first = octets[at];
  const second = octets[at + 1];
  switch (first >> 6) {
    case 0: {
      const bus = first & 0x3f;
      const text = bus === 0 ? `${second}` : `${bus}:${second}`;
      return { byte: at, bytes: 2, method: 'peripheral', text };
    }
    case 1: {
      const text = `${((first & 0x3f) << 8) | second}`;
      return { byte: at, bytes: 2, method: 'flat', text };
    }
    case 2: {
      const text = `${second >> 5}:${first & 0x3f}:${second & 0x1f}`;
      return { byte: at, bytes: 2, method: 'logicalUnit', text };
    }
    default:
      return extendedAt(octets, at);
  }
}

/** SAM-5 4.7.7.5: bits 5-4 of the first byte are the length (2, 4, 6 or 8), bits 3-0 the method. */
function extendedAt(octets: readonly number[], at: number): LunLevel {
  const length = (((octets[at] >> 4) & 3) + 1) * 2;
  const bytes = Math.min(length, 8 - at);
  const method = octets[at] & 15;
  const rest = octets.slice(at + 1, at + bytes);
  const value = rest.reduce((sum, byte) => sum * 256 + byte, 0);
  if (method === 1 && length === 2) {
    return { byte: at, bytes, method: 'wellKnown', text: `well known ${value}` };
  }
  if (method === 2 && (length === 4 || length === 6) && bytes === length) {
    return { byte: at, bytes, method: 'extendedFlat', text: `${value}` };
  }
  const all = octets.slice(at, at + bytes);
  const hex = all.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { byte: at, bytes, method: 'unknown', text: `0x${hex}` };
}

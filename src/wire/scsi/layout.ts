// Layouts of parameter data in the notation of the standards' tables: "12.5-4 RC BASIS" is byte 12
// bits 5 to 4 (7 = most significant), "0-7 RETURNED LOGICAL BLOCK ADDRESS" bytes 0 to 7, big
// endian, "14.5-0..15" bits from byte 14 bit 5 to the end of byte 15. A format may follow: "=ascii".

export interface LayoutField {
  readonly name: string;
  readonly label: string;
  readonly byte: number;
  /** 0 = most significant, as in field.ts. */
  readonly bit: number;
  readonly width: number;
  /** ascii, hex, signed, or the name of a list of meanings (meanings.ts); '' for a plain number. */
  readonly format: string;
  readonly obsolete: boolean;
}

export interface Layout {
  readonly fields: readonly LayoutField[];
  /** Bytes that the fields cover. */
  readonly length: number;
}

const cache = new Map<string, Layout>();

/** Parses "0-3 A LABEL; 4.7 FLAG =format; …" once. */
export function layout(text: string): Layout {
  let found = cache.get(text);
  if (found === undefined) {
    const fields = text
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(parseField);
    const length = fields.reduce((end, f) => Math.max(end, fieldEnd(f)), 0);
    found = { fields, length };
    cache.set(text, found);
  }
  return found;
}

/** First byte after a field. */
export function fieldEnd(f: LayoutField): number {
  return f.byte + Math.ceil((f.bit + f.width) / 8);
}

/** "FUA_NV" → fuaNv, "LBA (31:24)" → lba31To24. */
export function camelCase(label: string): string {
  const words = label
    .replace(/^3PC$/, 'THIRD PARTY COPY')
    .replace(/^3RD/, 'THIRD ')
    .replaceAll(':', ' to ')
    .replaceAll("'", '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  const joined = words.map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase()).join('');
  return joined.slice(0, 1).toLowerCase() + joined.slice(1);
}

const POSITION = /^(\d+)(?:\.(\d)(?:-(\d)(?:\.\.(\d+))?)?|-(\d+))? (.+?)(?: =(\w+))?$/;

function parseField(text: string): LayoutField {
  const found = POSITION.exec(text);
  if (found === null) throw new Error(`sanscope has a bug: layout field "${text}"`);
  const [, first, high, low, lastWithBits, last, label, format] = found;
  const byte = Number(first);
  const bit = high === undefined ? 0 : 7 - Number(high);
  const lowBit = high === undefined ? 0 : low === undefined ? Number(high) : Number(low);
  const lastByte = Number(lastWithBits ?? last ?? first);
  const width = (lastByte - byte) * 8 + (8 - bit - lowBit);
  const name = camelCase(label);
  return { name, label, byte, bit, width, format: format ?? '', obsolete: false };
}

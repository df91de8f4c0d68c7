// A field is some bits of one big-endian word of a header. Bits are numbered as the RFCs number
// them: bit 0 is the most significant bit of the byte. The same table reads on the hot road,
// draws the detail tree, names the JSON, aims the fuzzer and writes the captures of the tests. get() is
// on the hot road and allocates nothing; what declares fields runs once.

/** How a value is meant to be read. `octets` are fields wider than 32 bits, given as hex. */
export type FieldKind = 'number' | 'flag' | 'code' | 'octets';

export interface Field {
  /** The RFC's name in camelCase (`expStatSN`); the JSON name too. */
  readonly name: string;
  /** First byte, from the start of the header. */
  readonly byte: number;
  /** First bit within that byte, 0 = most significant. */
  readonly bit: number;
  /** Width in bits. */
  readonly width: number;
  readonly kind: FieldKind;
  /** Code → name, where the field is a code. The raw number is always kept beside it. */
  readonly names?: Readonly<Record<number, string>>;
  /** Unit (`bytes`, `seconds`, `4-byte words`), where there is one. */
  readonly unit?: string;
  /** Section of the standard, where it differs from the header's own. */
  readonly section?: string;
  /** Reserved bits: shown only where they are not zero. */
  readonly reserved?: boolean;
  /** The header has this field only where this holds; elsewhere its bits mean nothing. */
  readonly when?: When;
  /** Octets read at once (1 to 4; 0 for octets) and where, worked out once. */
  readonly size: number;
  readonly shift: number;
  readonly mask: number;
}

/** True where any `of` these fields of the same header has one of `values` (`not`: none of them). */
export interface When {
  readonly of: readonly Field[];
  readonly values: readonly number[];
  readonly not: boolean;
}

export interface FieldOptions {
  readonly kind?: FieldKind;
  readonly names?: Readonly<Record<number, string>>;
  readonly unit?: string;
  readonly section?: string;
  readonly reserved?: boolean;
  readonly when?: When;
}

/** Declares a field of `width` bits from `bit` (0 = most significant) of `byte`. */
export function field(
  name: string,
  byte: number,
  bit: number,
  width: number,
  options: FieldOptions = {},
): Field {
  const size = Math.ceil((bit + width) / 8);
  const narrow = width <= 32 && size <= 4;
  const kind = options.kind ?? (options.names ? 'code' : width === 1 ? 'flag' : 'number');
  return {
    name,
    byte,
    bit,
    width,
    kind: narrow ? kind : 'octets',
    names: options.names,
    unit: options.unit,
    section: options.section,
    reserved: options.reserved,
    when: options.when,
    size: narrow ? size : 0,
    shift: narrow ? size * 8 - bit - width : 0,
    mask: width >= 32 ? 0xffffffff : 2 ** width - 1,
  };
}

/** Declares bits that the standard keeps for later: `reserved12`, or `reserved1b4` from bit 4 on. */
export function reserved(byte: number, bit: number, width: number): Field {
  const name = bit === 0 ? `reserved${byte}` : `reserved${byte}b${bit}`;
  return field(name, byte, bit, width, { kind: 'number', reserved: true });
}

/** A condition: one of the fields is set. */
export function whenSet(...of: readonly Field[]): When {
  return { of, values: [0], not: true };
}

/** A condition: the field has one of the values. */
export function whenIs(of: Field, ...values: readonly number[]): When {
  return { of: [of], values, not: false };
}

/** True where the header at `at` has the field at all (its `when` holds). */
export function present(view: DataView, at: number, f: Field): boolean {
  const when = f.when;
  if (when === undefined) return true;
  for (let i = 0; i < when.of.length; i++) {
    if (when.values.includes(get(view, at, when.of[i])) !== when.not) return true;
  }
  return false;
}

/**
 * Reads a field of at most 32 bits as an unsigned number. `at` is where the header begins in
 * `view`. The stage that calls has checked that the header is there.
 */
export function get(view: DataView, at: number, f: Field): number {
  const p = at + f.byte;
  switch (f.size) {
    case 1:
      return (view.getUint8(p) >>> f.shift) & f.mask;
    case 2:
      return (view.getUint16(p) >>> f.shift) & f.mask;
    case 3:
      return (((view.getUint8(p) << 16) | view.getUint16(p + 1)) >>> f.shift) & f.mask;
    default:
      return ((view.getUint32(p) >>> f.shift) & f.mask) >>> 0;
  }
}

/** Writes a field of at most 32 bits, leaving the neighbouring bits of its word alone. */
export function set(view: DataView, at: number, f: Field, value: number): void {
  for (let i = 0; i < f.size; i++) {
    const low = (f.size - 1 - i) * 8 - f.shift;
    const p = at + f.byte + i;
    const mask = low >= 0 ? Math.floor(f.mask / 2 ** low) & 0xff : (f.mask << -low) & 0xff;
    const bits = low >= 0 ? Math.floor(value / 2 ** low) & 0xff : (value << -low) & 0xff;
    view.setUint8(p, (view.getUint8(p) & ~mask) | (bits & mask));
  }
}

const HEX = '0123456789abcdef';

/** Lower-case hex of `length` octets. Not for the hot road. */
export function hex(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (let i = at; i < at + length; i++) text += HEX[bytes[i] >> 4] + HEX[bytes[i] & 15];
  return text;
}

// What a filter may ask: a field of a subject (a PDU, a command), and how it is read.

/** When its value is known: with the PDU's header, at its end, or only from its data. */
export type Needs = 'header' | 'end' | 'data';

export type FilterKind =
  | 'number'
  | 'flag'
  | 'code'
  /** Nanoseconds; written 20ms, 1.5s; a bare number is seconds, as in tshark. */
  | 'duration'
  /** Nanoseconds; a bare number is nanoseconds (relativeNs). */
  | 'nanoseconds'
  /** Bytes; written 4096, 4KiB, 1MB. */
  | 'size'
  | 'text'
  /** Text whose case does not matter. */
  | 'word'
  /** Hex digits. */
  | 'octets'
  /** Nanoseconds since 1970, as a big integer. */
  | 'instant'
  | 'address';

export type Value = number | bigint | string;

export interface FilterField<T> {
  readonly name: string;
  readonly kind: FilterKind;
  readonly needs: Needs;
  /** For codes: number → name. */
  readonly names?: Readonly<Record<number, string>>;
  readonly unit?: string;
  readonly section?: string;
  readonly about?: string;
  /** NaN where the subject does not have it. Either this or `values` is there. */
  readonly number?: (subject: T) => number;
  /** Empty where the subject does not have it. */
  readonly values?: (subject: T) => readonly Value[];
  /** Where being there is known earlier, or cheaper, than the values. */
  readonly there?: (subject: T) => boolean;
  readonly thereNeeds?: Needs;
  /** Names of the values, where they depend on more than `names` says. */
  readonly texts?: (subject: T) => readonly string[];
}

/** All fields of a kind of subject. */
export interface FieldBook<T> {
  /** undefined where there is none of this name. */
  find(name: string): FilterField<T> | undefined;
  /** For suggestions. */
  names(): Iterable<string>;
  /** Of a name that there is not: what is known of it all the same. */
  whyNot?(name: string): string | undefined;
}

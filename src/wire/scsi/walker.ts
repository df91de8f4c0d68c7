// The one walker of SCSI parameter data: lays shapes (tables) over bytes and makes the tree. It
// never reads beyond what was captured and never throws: data that is cut ends with a node that
// says so, data that its sender ended early with another.

import { SCSI_ENTRIES_MAX, SCSI_OCTETS_SHOWN } from '../../limits.js';
import { hex } from '../field.js';
import type { Node } from '../tree.js';
import { camelCase, fieldEnd, type LayoutField, layout } from './layout.js';
import { meaningOf, unitOf } from './meanings.js';

/** A structure: its fixed fields, how long it is, and what follows them. */
export interface Shape {
  readonly label: string;
  readonly fields: string;
  /**
   * Length in all: [byte, bytes, plus] of a length field, a number, or as much as was sent;
   * default: its fields.
   */
  readonly length?: readonly [number, number, number] | number | 'sent';
  /** A list of shapes from byte `at` to the end of the structure. */
  readonly list?: {
    readonly at: number;
    readonly of: Shape | ((walk: Walker, at: number, end: number) => Shape);
  };
  /** What neither fields nor a list say. */
  readonly more?: (walk: Walker, at: number, end: number) => Node[];
  /** What the bytes after the fields are: shown as hex. */
  readonly rest?: string;
  /** `rest` is not to be shown unless asked for. */
  readonly restHidden?: boolean;
  /** A few words beside the label. */
  readonly meaning?: (walk: Walker, at: number) => string | undefined;
}

/** Why bytes that were sent are not at hand: snaplen, never captured, or more than sanscope keeps. */
export type Absence = 'cut' | 'missing' | 'limit';

export class Walker {
  readonly bytes: Uint8Array;
  /** Where the data begins in `bytes`; offsets below count from here. */
  readonly #start: number;
  /** Bytes captured, and bytes that were sent. */
  readonly captured: number;
  readonly total: number;
  readonly #absence: Absence;
  /** Bytes needed by the first thing that was cut; 0 while nothing was. */
  #needed = 0;

  constructor(
    bytes: Uint8Array,
    start: number,
    captured: number,
    total = captured,
    absence: Absence = 'cut',
  ) {
    this.bytes = bytes;
    this.#absence = absence;
    this.#start = start;
    this.captured = Math.max(0, Math.min(captured, bytes.length - start));
    this.total = Math.max(total, this.captured);
  }

  /** An unsigned number of 1 to 6 bytes; 0 where it was not captured. */
  uint(at: number, bytes: number): number {
    if (at < 0 || at + bytes > this.captured) return 0;
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + this.bytes[this.#start + at + i];
    return value;
  }

  u8(at: number): number {
    return this.uint(at, 1);
  }

  hex(at: number, length: number): string {
    const there = Math.max(0, Math.min(length, this.captured - at));
    const shown = Math.min(there, SCSI_OCTETS_SHOWN);
    return hex(this.bytes, this.#start + at, shown) + (there > shown ? '…' : '');
  }

  /** Printable text; other octets become '.'; spaces and zeros at the end go. */
  ascii(at: number, length: number): string {
    let text = '';
    for (let i = at; i < Math.min(at + length, this.captured); i++) {
      const c = this.bytes[this.#start + i];
      text += c === 0 ? ' ' : c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : '.';
    }
    return text.trimEnd();
  }

  /** The top of a payload: the shape's nodes, and what is missing of it. */
  top(shape: Shape): Node[] {
    const size = this.#sizeOf(shape, 0);
    const nodes = this.inside(shape, 0, Math.min(size, this.total));
    // Some targets send all that ALLOCATION LENGTH asks for, whatever their data says of itself.
    const trailing = size < this.captured ? [this.#trailing(size)] : [];
    return [...nodes, ...trailing, ...this.ending(size)];
  }

  /** What lies in a target's buffer behind its answer may be anybody's. */
  #trailing(at: number): Node {
    let used = 0;
    for (let i = at; i < this.captured; i++) used |= this.bytes[this.#start + i];
    const kind = used === 0 ? undefined : 'userData';
    return this.octets('trailing bytes', at, this.total - at, kind);
  }

  /** Nodes that say how the data ended, where it is not whole. */
  ending(size: number): Node[] {
    if (this.#needed > 0 || (size > this.captured && this.total > this.captured)) {
      const needed = Math.max(this.#needed, Math.min(size, this.total));
      return [this.#absent(needed)];
    }
    if (size > this.total) {
      return [
        notice('short', 'ends early', `${size} bytes available, ${this.total} sent`, this.captured),
      ];
    }
    return [];
  }

  #absent(needed: number): Node {
    const { captured } = this;
    if (this.#absence === 'limit') {
      const meaning = `the first ${captured} bytes of ${this.total} are decoded`;
      return notice('limit', 'limit', meaning, captured);
    }
    const meaning = `needs ${needed} bytes, the first ${captured} captured`;
    return notice('truncated', this.#absence, meaning, captured);
  }

  /** A group node for a shape at `at` that may reach to `limit`. */
  group(shape: Shape, at: number, limit: number): Node {
    const size = Math.min(this.#sizeOf(shape, at), Math.max(0, limit - at));
    const children = this.inside(shape, at, at + size);
    const meaning = shape.meaning?.(this, at);
    const name = camelCase(shape.label);
    return {
      name,
      label: shape.label,
      value: null,
      meaning,
      byte: at,
      bit: 0,
      width: size * 8,
      children,
    };
  }

  /** A shape's nodes without a group around them. */
  inside(shape: Shape, at: number, end: number): Node[] {
    const nodes = this.fields(shape.fields, at, end);
    if (shape.list) nodes.push(...this.list(shape.list.of, at + shape.list.at, end));
    if (shape.more) nodes.push(...shape.more(this, at, end));
    if (shape.rest) {
      const from = at + layout(shape.fields).length;
      if (from < end) nodes.push(this.octets(shape.rest, from, end - from, restKind(shape)));
    }
    // What begins beyond the capture is not there, whatever the shape says.
    return nodes.filter((node) => node.byte < this.captured);
  }

  /** Shapes one after another until `end`. */
  list(of: NonNullable<Shape['list']>['of'], from: number, end: number): Node[] {
    const nodes: Node[] = [];
    let at = from;
    while (at < end && this.#needed === 0) {
      if (at >= this.captured) {
        this.#cutAt(end);
        break;
      }
      if (nodes.length === SCSI_ENTRIES_MAX) {
        nodes.push(notice('limit', 'more', `more than ${SCSI_ENTRIES_MAX} entries`, at));
        break;
      }
      const shape = typeof of === 'function' ? of(this, at, end) : of;
      nodes.push(this.group(shape, at, end));
      at += Math.max(1, this.#sizeOf(shape, at));
    }
    return nodes;
  }

  /** The fields of a layout that lie before `end`; the first one that was cut ends them. */
  fields(text: string, at: number, end: number): Node[] {
    const nodes: Node[] = [];
    for (const f of layout(text).fields) {
      const fEnd = at + fieldEnd(f);
      if (fEnd > end) continue;
      if (fEnd > this.captured) {
        this.#cutAt(fEnd);
        break;
      }
      nodes.push(this.field(f, at));
    }
    return nodes;
  }

  field(f: LayoutField, at: number): Node {
    const { name, label, bit, width } = f;
    const byte = at + f.byte;
    const value = this.#value(f, byte);
    const obsolete = f.obsolete && value !== 0 ? 'obsolete' : undefined;
    const meaning = meaningOf(f, value) ?? obsolete;
    return { name, label, value, meaning, unit: unitOf(f.format), byte, bit, width };
  }

  /** Bytes without a layout. */
  octets(label: string, at: number, length: number, kind?: Node['kind']): Node {
    this.#cutAt(at + length);
    const meaning = `${length} ${length === 1 ? 'byte' : 'bytes'}`;
    const value = this.hex(at, length);
    const name = camelCase(label);
    return { name, label, value, meaning, byte: at, bit: 0, width: length * 8, kind };
  }

  text(label: string, at: number, length: number): Node {
    this.#cutAt(at + length);
    const value = this.ascii(at, length);
    return { name: camelCase(label), label, value, byte: at, bit: 0, width: length * 8 };
  }

  /** Something needs the bytes before `end`: remembered where the capture, not the sender, lacks them. */
  #cutAt(end: number): void {
    const needed = Math.min(end, this.total);
    if (needed > this.captured) this.#needed = Math.max(this.#needed, needed);
  }

  #sizeOf(shape: Shape, at: number): number {
    if (shape.length === undefined) return layout(shape.fields).length;
    if (typeof shape.length === 'number') return shape.length;
    if (shape.length === 'sent') return Math.max(0, this.total - at);
    const [byte, bytes, plus] = shape.length;
    // Without its length field a structure is as long as its fixed part.
    if (at + byte + bytes > this.captured)
      return Math.max(byte + bytes, layout(shape.fields).length);
    return this.uint(at + byte, bytes) + plus;
  }

  #value(f: LayoutField, at: number): number | string {
    if (f.format === 'ascii') return this.ascii(at, f.width / 8);
    if (f.format === 'hex' || f.width > 64) return this.hex(at, Math.ceil(f.width / 8));
    if (f.bit + f.width <= 48) {
      const bytes = Math.ceil((f.bit + f.width) / 8);
      const word = this.uint(at, bytes);
      const shifted = Math.floor(word / 2 ** (bytes * 8 - f.bit - f.width));
      const value = shifted % 2 ** f.width;
      const signed = f.format === 'signed' && value >= 2 ** (f.width - 1);
      const number = signed ? value - 2 ** f.width : value;
      return f.width <= 32 ? number : String(number);
    }
    const whole = BigInt(`0x${this.hex(at, Math.ceil((f.bit + f.width) / 8))}`);
    const shift = BigInt((8 - ((f.bit + f.width) % 8)) % 8);
    const value = BigInt.asUintN(f.width, whole >> shift);
    return String(f.format === 'signed' ? BigInt.asIntN(f.width, value) : value);
  }
}

function restKind(shape: Shape): Node['kind'] {
  return shape.restHidden ? 'userData' : undefined;
}

function notice(
  kind: 'truncated' | 'short' | 'limit',
  label: string,
  meaning: string,
  byte: number,
): Node {
  return { name: kind, label, value: null, meaning, byte, bit: 0, width: 0, kind };
}

// Writes captures for tests: classic pcap, and pcapng block by block, in either byte order.

export interface CapturedPacket {
  /** Nanoseconds after `epochSeconds` of the options. */
  readonly timeNs: number | bigint;
  readonly bytes: Uint8Array;
  /** Bytes on the wire; as many as captured where absent. */
  readonly originalLength?: number;
}

export interface PcapOptions {
  readonly bigEndian?: boolean;
  /** Times in microseconds (cut off, not rounded) or nanoseconds. Default: nanoseconds. */
  readonly resolution?: 'us' | 'ns';
  /** LINKTYPE_ value, with FCS bits where wanted. Default 1, Ethernet. */
  readonly linkType?: number;
  /** Written into the header. Packets are not cut to it, only where `cut` says so. */
  readonly snaplen?: number;
  /** Cuts packets to snaplen, keeping their original length. */
  readonly cut?: boolean;
  /** What timeNs counts from, in seconds since 1970. Default 1,700,000,000. */
  readonly epochSeconds?: number;
}

export const EPOCH_SECONDS = 1_700_000_000;

/** A whole classic pcap file. */
export function pcapFile(
  packets: readonly CapturedPacket[],
  options: PcapOptions = {},
): Uint8Array {
  const big = options.bigEndian ?? false;
  const nano = options.resolution !== 'us';
  const snaplen = options.snaplen ?? 262_144;
  const words = new Words(big);
  words
    .u32(nano ? 0xa1b23c4d : 0xa1b2c3d4)
    .u16(2)
    .u16(4)
    .u32(0)
    .u32(0);
  words.u32(snaplen).u32(options.linkType ?? 1);
  for (const packet of packets) {
    const time = epochNs(packet, options);
    const part = time % 1_000_000_000n;
    const bytes = options.cut ? packet.bytes.subarray(0, snaplen) : packet.bytes;
    words.u32(Number(time / 1_000_000_000n)).u32(Number(nano ? part : part / 1000n));
    words.u32(bytes.length).u32(packet.originalLength ?? packet.bytes.length);
    words.octets(bytes);
  }
  return words.done();
}

/** A whole pcapng file: one section, one interface (if_tsresol 9), enhanced packet blocks. */
export function pcapngFile(
  packets: readonly CapturedPacket[],
  options: PcapOptions = {},
): Uint8Array {
  const nano = options.resolution !== 'us';
  const snaplen = options.snaplen ?? 0;
  const file = new PcapngWriter(options.bigEndian ?? false);
  file.section();
  file.interface({ linkType: options.linkType ?? 1, snaplen, tsresol: nano ? 9 : 6 });
  for (const packet of packets) {
    const time = epochNs(packet, options);
    const bytes = options.cut ? packet.bytes.subarray(0, snaplen) : packet.bytes;
    const original = packet.originalLength ?? packet.bytes.length;
    file.enhanced(0, nano ? time : time / 1000n, bytes, original);
  }
  return file.done();
}

function epochNs(packet: CapturedPacket, options: PcapOptions): bigint {
  return BigInt(options.epochSeconds ?? EPOCH_SECONDS) * 1_000_000_000n + BigInt(packet.timeNs);
}

/** Option code and value; text is written in UTF-8. */
export type PcapngOption = readonly [code: number, value: Uint8Array | string];

export interface InterfaceBlock {
  readonly linkType?: number;
  readonly snaplen?: number;
  /** if_tsresol as its octet: 6, 9, 0x80 | n for powers of two. Not written where absent. */
  readonly tsresol?: number;
  /** if_tsoffset in seconds. Not written where absent. */
  readonly tsoffset?: number | bigint;
  readonly name?: string;
  readonly options?: readonly PcapngOption[];
}

/** pcapng, block by block. `bigEndian` may be changed before each `section()`. */
export class PcapngWriter {
  bigEndian: boolean;
  readonly #file: Words;

  constructor(bigEndian = false) {
    this.bigEndian = bigEndian;
    this.#file = new Words(bigEndian);
  }

  section(options: readonly PcapngOption[] = []): this {
    const body = this.body().u32(0x1a2b3c4d).u16(1).u16(0).u32(0xffffffff).u32(0xffffffff);
    return this.block(0x0a0d0d0a, body.options(options).done());
  }

  interface(of: InterfaceBlock = {}): this {
    const options: PcapngOption[] = [];
    if (of.name !== undefined) options.push([2, of.name]);
    if (of.tsresol !== undefined) options.push([9, new Uint8Array([of.tsresol])]);
    if (of.tsoffset !== undefined) options.push([14, this.body().u64(of.tsoffset).done()]);
    options.push(...(of.options ?? []));
    const body = this.body()
      .u16(of.linkType ?? 1)
      .u16(0)
      .u32(of.snaplen ?? 0);
    return this.block(1, body.options(options).done());
  }

  /** Enhanced packet block; `ticks` in the interface's resolution. */
  enhanced(
    interfaceId: number,
    ticks: number | bigint,
    bytes: Uint8Array,
    originalLength = bytes.length,
    options: readonly PcapngOption[] = [],
  ): this {
    const time = BigInt(ticks);
    const body = this.body()
      .u32(interfaceId)
      .u32(Number(time >> 32n))
      .u32(Number(time & MASK32));
    body.u32(bytes.length).u32(originalLength).octets(bytes).pad();
    return this.block(6, body.options(options).done());
  }

  /** Simple packet block: no time, no interface, no captured length. */
  simple(bytes: Uint8Array, originalLength = bytes.length): this {
    return this.block(3, this.body().u32(originalLength).octets(bytes).pad().done());
  }

  /** The obsolete packet block of old captures. */
  obsolete(
    interfaceId: number,
    ticks: number | bigint,
    bytes: Uint8Array,
    originalLength = bytes.length,
    drops = 0xffff,
  ): this {
    const time = BigInt(ticks);
    const body = this.body().u16(interfaceId).u16(drops);
    body.u32(Number(time >> 32n)).u32(Number(time & MASK32));
    return this.block(2, body.u32(bytes.length).u32(originalLength).octets(bytes).pad().done());
  }

  /** Interface statistics block. */
  statistics(interfaceId: number, counts: { received?: number; ifDrop?: number; osDrop?: number }) {
    const options: PcapngOption[] = [];
    const add = (code: number, n?: number) => {
      if (n !== undefined) options.push([code, this.body().u64(n).done()]);
    };
    add(4, counts.received);
    add(5, counts.ifDrop);
    add(7, counts.osDrop);
    return this.block(5, this.body().u32(interfaceId).u32(0).u32(0).options(options).done());
  }

  /** Any block: type, body (a multiple of 4 octets long), and the length before and after. */
  block(type: number, body: Uint8Array): this {
    const words = this.body()
      .u32(type)
      .u32(body.length + 12)
      .octets(body)
      .u32(body.length + 12);
    this.#file.octets(words.done());
    return this;
  }

  /** Octets as they are, to write damage. */
  raw(bytes: Uint8Array): this {
    this.#file.octets(bytes);
    return this;
  }

  done(): Uint8Array {
    return this.#file.done();
  }

  /** Words in the section's byte order, to build the body of a block with. */
  body(): Words {
    return new Words(this.bigEndian);
  }
}

const MASK32 = 0xffffffffn;

/** Grows by words of one byte order. */
export class Words {
  readonly #big: boolean;
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  constructor(bigEndian: boolean) {
    this.#big = bigEndian;
  }

  u16(value: number): this {
    const at = this.#room(2); // first: it may put a longer view in place
    this.#view.setUint16(at, value, !this.#big);
    return this;
  }

  u32(value: number): this {
    const at = this.#room(4); // first: it may put a longer view in place
    this.#view.setUint32(at, value, !this.#big);
    return this;
  }

  u64(value: number | bigint): this {
    const at = this.#room(8); // first: it may put a longer view in place
    this.#view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), !this.#big);
    return this;
  }

  octets(bytes: Uint8Array): this {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  pad(): this {
    return this.octets(new Uint8Array(-this.#length & 3));
  }

  /** pcapng options with their end; nothing where the list is empty. */
  options(options: readonly PcapngOption[]): this {
    for (const [code, value] of options) {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      this.u16(code).u16(bytes.length).octets(bytes).pad();
    }
    return options.length > 0 ? this.u32(0) : this;
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

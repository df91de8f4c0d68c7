// Builds Fibre Channel frames from the field tables, and puts them into RFC 3643's encapsulation.

import { crc32, swapped32 } from '../../src/lib/crc32.js';
import { Eof, Sof } from '../../src/wire/fc/codes.js';
import {
  delimiterWord,
  ENCAPSULATION_BYTES,
  fcipHeader,
  ifcpHeader,
} from '../../src/wire/fc/encapsulation.js';
import { FCP_CDB_BYTES, fcpCmnd } from '../../src/wire/fc/fcp-cmnd.js';
import { FCP_RSP_BYTES, fcpRsp } from '../../src/wire/fc/fcp-rsp.js';
import { fcpXferRdy } from '../../src/wire/fc/fcp-xfer-rdy.js';
import { FC_HEADER_BYTES, frameHeader } from '../../src/wire/fc/frame-header.js';
import { specialFrame } from '../../src/wire/fc/special-frame.js';
import type { Field } from '../../src/wire/field.js';
import { type FieldValue, fromHex, put } from './build.js';
import { concat } from './octets.js';

export type Values = Readonly<Record<string, FieldValue>>;
type Table = Readonly<Record<string, Field>>;

/** What a table's fields hold, in `length` bytes. */
export function filled(table: Table, length: number, values: Values): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  for (const [name, value] of Object.entries(values)) {
    const f = table[name];
    if (f === undefined) throw new Error(`no field is called ${name}`);
    put(bytes, view, f, value);
  }
  return bytes;
}

export interface FrameOptions {
  readonly sof?: number;
  readonly eof?: number;
  /** XORed with the CRC. */
  readonly crcFault?: number;
  readonly extended?: Uint8Array;
}

export interface BuiltFrame {
  /** Header, payload and CRC. */
  readonly bytes: Uint8Array;
  readonly sof: number;
  readonly eof: number;
}

/** A frame; what is sent is padded to words, and F_CTL's fill bytes say so. */
export function fcFrame(
  header: Values,
  payload: Uint8Array = new Uint8Array(0),
  options: FrameOptions = {},
): BuiltFrame {
  const fill = -payload.length & 3;
  const values = { rxId: 0xffff, fillBytes: fill, ...header };
  const head = filled(frameHeader, FC_HEADER_BYTES, values);
  const extended = options.extended ?? new Uint8Array(0);
  const body = concat(extended, head, payload, new Uint8Array(fill));
  const word = new Uint8Array(4);
  const crc = swapped32(crc32(body, 0, body.length)) ^ (options.crcFault ?? 0);
  new DataView(word.buffer).setUint32(0, crc);
  const { sof = Sof.i3, eof = Eof.t } = options;
  return { bytes: concat(body, word), sof, eof };
}

function delimited({ bytes, sof, eof }: BuiltFrame): Uint8Array {
  return concat(word(delimiterWord(sof)), bytes, word(delimiterWord(eof)));
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function lengths(words: number, crcValid: number): Values {
  const flags = crcValid;
  return {
    crcValid,
    frameLength: words,
    flagsComplement: ~flags & 0x3f,
    frameLengthComplement: ~words & 0x3ff,
  };
}

/** FCIP (RFC 3821 5.6.1); `header` changes what is right. */
export function fcip(frame: BuiltFrame, header: Values = {}): Uint8Array {
  const content = delimited(frame);
  return concat(fcipWords(content.length, 0, header), content);
}

function fcipWords(contentBytes: number, pFlags: number, header: Values): Uint8Array {
  return filled(fcipHeader, ENCAPSULATION_BYTES, {
    ...{ protocol: 1, version: 1, protocolComplement: 0xfe, versionComplement: 0xfe },
    ...{ protocolCopy: 1, versionCopy: 1 },
    ...{ protocolCopyComplement: 0xfe, versionCopyComplement: 0xfe },
    ...{ changed: pFlags >> 7, specialFrame: pFlags & 1 },
    ...{ pFlagsComplement: ~pFlags & 0xff, reservedComplement: 0xff },
    ...lengths((contentBytes + ENCAPSULATION_BYTES) / 4, 0),
    ...header,
  });
}

/** FCIP's special frame (RFC 3821 7.1). */
export function fcipSpecial(values: Values, changed = false, header: Values = {}): Uint8Array {
  const content = filled(specialFrame, 48, {
    reservedComplement: 0xffff,
    reserved44Complement: 0xffff,
    ...values,
  });
  return concat(fcipWords(content.length, changed ? 0x81 : 0x01, header), content);
}

/** iFCP (RFC 4172 5.3.1), its CRC right unless `header` gives another. */
export function ifcp(frame: BuiltFrame, header: Values = {}): Uint8Array {
  const content = delimited(frame);
  const bytes = filled(ifcpHeader, ENCAPSULATION_BYTES, {
    ...{ protocol: 2, version: 1, protocolComplement: 0xfd, versionComplement: 0xfe },
    ...{ sofCopy: frame.sof, eofCopy: frame.eof },
    ...lengths((content.length + ENCAPSULATION_BYTES) / 4, 1),
    ...header,
  });
  if (!('headerCrc' in header)) {
    new DataView(bytes.buffer).setUint32(24, swapped32(crc32(bytes, 0, 24)));
  }
  return concat(bytes, content);
}

/** FCP_CMND with a CDB (hex) of any length; values are those of its table. */
export function cmndPayload(cdb: string, dataLength: number, values: Values = {}): Uint8Array {
  const whole = fromHex(cdb);
  const length = Math.max(FCP_CDB_BYTES, (whole.length + 3) & ~3);
  const bytes = new Uint8Array(12 + length + 4);
  bytes.set(filled(fcpCmnd, 28, { additionalCdbLength: (length - FCP_CDB_BYTES) / 4, ...values }));
  bytes.fill(0, 12);
  bytes.set(whole, 12);
  new DataView(bytes.buffer).setUint32(12 + length, dataLength);
  return bytes;
}

export function xferRdyPayload(relativeOffset: number, burstLength: number): Uint8Array {
  return filled(fcpXferRdy, 12, { relativeOffset, burstLength });
}

export function rspPayload(values: Values = {}, behind = new Uint8Array(0)): Uint8Array {
  return concat(filled(fcpRsp, FCP_RSP_BYTES, values), behind);
}

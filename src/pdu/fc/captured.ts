// hot: no allocation per packet
// Frames that were captured as such: FCoE (FC-BB-5: EtherType 0x8906) and Fibre Channel itself (link
// types 224, without delimiters, and 225, with the ordered sets of the link). A packet is a frame.

import { crc32, swapped32 } from '../../lib/crc32.js';
import { FC_FRAME_KEPT_MAX } from '../../limits.js';
import type { FrameSink, LinkFrame } from '../../packet/link-frame.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { EOF_ORDERED_SETS, SOF_ORDERED_SETS } from '../../wire/fc/codes.js';
import { FC_CRC_BYTES } from '../../wire/fc/encapsulation.js';
import { extendedHeaderBytes } from '../../wire/fc/extended-headers.js';
import {
  FCOE_ETHERTYPE,
  FCOE_HEADER_BYTES,
  FCOE_OLD_HEADER_BYTES,
  FCOE_TRAILER_BYTES,
  fcoeEof,
  fcoeHeader,
  fcoeOldHeader,
  isOldFcoe,
  oldSof,
} from '../../wire/fc/fcoe.js';
import { FC_HEADER_BYTES } from '../../wire/fc/frame-header.js';
import { D_ID_WORD, PORT_ID, R_CTL, S_ID_WORD, TYPE } from '../../wire/fc/header-offsets.js';
import {
  FcKind,
  frameKind,
  KIND_BYTES,
  kindByPayload,
  kindInPayload,
} from '../../wire/fc/kinds.js';
import { get } from '../../wire/field.js';
import { CHECK_BAD, CHECK_GOOD, CHECK_NONE, CHECK_UNKNOWN, FcFrame, type FcSink } from './frame.js';

const FC_2 = 224;
const FC_2_DELIMITED = 225;
const EXTENDED_MAX = 40;

/** Numbers of captured links, below those of TCP connections: FCoE is one, each link type another. */
const FCOE_LINK = -2;
const FC_LINK = -3;

export class CapturedFrames implements FrameSink {
  readonly etherTypes: ReadonlySet<number> = new Set([FCOE_ETHERTYPE]);
  readonly linkTypes: ReadonlySet<number> = new Set([FC_2, FC_2_DELIMITED]);
  private readonly sink: FcSink;
  private readonly cursor = new FcFrame();
  private readonly kept = new Uint8Array(FC_FRAME_KEPT_MAX);
  /** A header that was cut: the rest is 0. */
  private readonly scratch = new Uint8Array(FC_HEADER_BYTES);
  private readonly scratchView = new DataView(this.scratch.buffer);

  constructor(sink: FcSink) {
    this.sink = sink;
    this.cursor.data = this.kept;
    this.cursor.dataView = new DataView(this.kept.buffer);
  }

  frame(f: LinkFrame): void {
    const { cursor } = this;
    const fcoe = f.etherType === FCOE_ETHERTYPE;
    const delimited = f.linkType === FC_2_DELIMITED;
    const old = fcoe && isOldFcoe(f.bytes, f.at, f.captured);
    const before = old ? FCOE_OLD_HEADER_BYTES : fcoe ? FCOE_HEADER_BYTES : delimited ? 4 : 0;
    const behind = fcoe ? FCOE_TRAILER_BYTES : delimited ? 4 : 0;
    const at = f.at + before;
    const end = f.at + f.captured;
    if (at > end) return;
    const length = old
      ? get(f.view, f.at, fcoeOldHeader.frameWords) * 4
      : f.length - before - behind;
    if (length < FC_HEADER_BYTES) return;
    cursor.carrier = fcoe ? Carrier.fcoe : Carrier.raw;
    cursor.connection = fcoe ? FCOE_LINK : FC_LINK;
    cursor.frame = f.frame;
    cursor.frameEnd = f.frame;
    cursor.timeNs = f.timeNs;
    cursor.endNs = f.timeNs;
    cursor.streamOffset = 0;
    cursor.wireLength = f.length;
    cursor.sof = 0;
    if (old) cursor.sof = oldSof(get(f.view, f.at, fcoeOldHeader.sofNibble));
    else if (fcoe) cursor.sof = get(f.view, f.at, fcoeHeader.sof);
    else if (delimited) cursor.sof = SOF_ORDERED_SETS[f.view.getUint32(f.at)] ?? -1;
    cursor.eof = 0;
    if (this.open(f, at, end)) this.body(f, at, end, length, behind, delimited, old);
  }

  /** Extended headers and the frame header; false where too little is there to say anything. */
  private open(f: LinkFrame, at: number, end: number): boolean {
    const { cursor } = this;
    let header = at;
    for (let n = 0; n < 3 && header < end && header - at <= EXTENDED_MAX; n++) {
      header += extendedHeaderBytes(f.bytes[header + R_CTL]);
    }
    const captured = Math.min(FC_HEADER_BYTES, end - header);
    if (captured < 1) return false;
    cursor.extendedBytes = header - at;
    cursor.headerCaptured = captured;
    if (captured === FC_HEADER_BYTES) {
      cursor.bytes = f.bytes;
      cursor.view = f.view;
      cursor.at = header;
    } else {
      for (let i = 0; i < FC_HEADER_BYTES; i++) {
        this.scratch[i] = i < captured ? f.bytes[header + i] : 0;
      }
      cursor.bytes = this.scratch;
      cursor.view = this.scratchView;
      cursor.at = 0;
    }
    cursor.encapsulationAt = cursor.at;
    cursor.kind =
      captured > TYPE
        ? frameKind(f.bytes[header + R_CTL], f.bytes[header + TYPE], 0)
        : FcKind.unknown;
    // The lower N_Port ID is side 0: as good as any, and the same for every frame of the two.
    const lower =
      captured >= S_ID_WORD + 4 &&
      (cursor.view.getUint32(cursor.at + S_ID_WORD) & PORT_ID) >
        (cursor.view.getUint32(cursor.at + D_ID_WORD) & PORT_ID);
    cursor.direction = lower ? 1 : 0;
    return true;
  }

  private body(
    f: LinkFrame,
    at: number,
    end: number,
    length: number,
    behind: number,
    delimited: boolean,
    old: boolean,
  ): void {
    const { cursor } = this;
    const payloadAt = at + cursor.extendedBytes + FC_HEADER_BYTES;
    const padded = f.etherType === FCOE_ETHERTYPE && !old ? paddingOf(f, at, end, length) : 0;
    const frameLength = length - padded;
    const payload = frameLength - cursor.extendedBytes - FC_HEADER_BYTES - FC_CRC_BYTES;
    cursor.payloadLength = payload > 0 ? payload : 0;
    cursor.dataKept = 0;
    cursor.dataMissing = 0;
    const there = Math.max(0, Math.min(cursor.payloadLength, end - payloadAt));
    cursor.dataCut = cursor.payloadLength - there;
    cursor.crc = CHECK_NONE;
    let wanted = this.sink.begin(cursor);
    if (kindInPayload(cursor.kind) && wanted < KIND_BYTES) wanted = KIND_BYTES;
    const n = Math.min(wanted, there, FC_FRAME_KEPT_MAX);
    for (let i = 0; i < n; i++) this.kept[i] = f.bytes[payloadAt + i];
    cursor.dataKept = n;
    this.judge(f, at, end, frameLength, behind, delimited);
    this.learnKind();
    cursor.complete = true;
    this.sink.end(cursor);
  }

  private judge(
    f: LinkFrame,
    at: number,
    end: number,
    frameLength: number,
    behind: number,
    delimited: boolean,
  ): void {
    const { cursor } = this;
    const crcAt = at + frameLength - FC_CRC_BYTES;
    if (crcAt + FC_CRC_BYTES > end) {
      cursor.crc = CHECK_UNKNOWN;
      return;
    }
    cursor.crcWord = f.view.getUint32(crcAt);
    cursor.crcRight = swapped32(crc32(f.bytes, at, crcAt - at));
    cursor.crc = cursor.crcWord === cursor.crcRight ? CHECK_GOOD : CHECK_BAD;
    const eofAt = crcAt + FC_CRC_BYTES;
    if (behind === 0 || eofAt + behind > end) return;
    if (delimited) cursor.eof = EOF_ORDERED_SETS[f.view.getUint32(eofAt)] ?? -1;
    else cursor.eof = get(f.view, eofAt, fcoeEof.eof);
  }

  private learnKind(): void {
    const { cursor, kept } = this;
    if (!kindInPayload(cursor.kind)) return;
    cursor.kind = kindByPayload(cursor.kind, kept, cursor.dataKept, cursor.payloadLength);
  }
}

/**
 * Ethernet pads short frames, and a capture may hold its FCS: the EOF's byte, followed by its three
 * reserved ones, says where the frame ends; before it must stand a CRC that is right.
 */
function paddingOf(f: LinkFrame, at: number, end: number, length: number): number {
  if (at + length + FCOE_TRAILER_BYTES > end) return 0;
  for (let padding = 0; padding <= PADDING_MAX; padding += 1) {
    const crcAt = at + length - padding - FC_CRC_BYTES;
    if (crcAt < at + FC_HEADER_BYTES) break;
    if (get(f.view, crcAt + FC_CRC_BYTES, fcoeEof.eof) < EOF_MIN) continue;
    if (f.view.getUint32(crcAt) === swapped32(crc32(f.bytes, at, crcAt - at))) return padding;
  }
  return 0;
}

/** An FCoE frame has at least 46 bytes behind its EtherType, with 4 of FCS. */
const PADDING_MAX = 24;
const EOF_MIN = 0x41;

// What becomes of the payload of Fibre Channel frames: what sanscope decodes of link services, name server
// and FCP stays, with other names and port IDs in it; everything else becomes zeros.

import type { FcFrame } from '../pdu/fc/frame.js';
import { fcpCmnd } from '../wire/fc/fcp-cmnd.js';
import { optionalHeaderBytes } from '../wire/fc/frame-header.js';
import { CMND_CDB, DF_CTL } from '../wire/fc/header-offsets.js';
import { FcKind, FcpIu } from '../wire/fc/kinds.js';
import { get } from '../wire/field.js';
import { type Node, walkTree } from '../wire/tree.js';
import { scrubCdbBytes, scrubSense } from './pdu-parts.js';
import type { Pseudonyms } from './pseudonyms.js';

/** A frame and its tree. */
export interface FcFacts {
  readonly frame: FcFrame;
  readonly tree: readonly Node[];
}

export interface FcKept {
  readonly names: boolean;
  readonly addresses: boolean;
}

/** Groups of the tree that stand in the payload, and are understood. */
const UNDERSTOOD: ReadonlySet<string> = new Set(['special', 'els', 'control', 'ct', 'link', 'fcp']);
/** Port IDs are 24 bits wide and called so; IN_ID is the requester's own. */
const PORT_ID = /(?:Id|hardAddress)$/;
/** What identifies though it is a number. */
const OPAQUE: ReadonlySet<string> = new Set(['userInfo', 'vendorSpecific', 'specific1']);
const CDB_BYTES = 16;
/** FCP_DL behind the CDB, and the length of what is read in a bidirectional command. */
const CMND_TAIL_BYTES = 8;

/** Where in the frame's bytes, as its tree counts them, the payload begins. */
function payloadBase(facts: FcFacts): number {
  const { frame } = facts;
  const { special } = frame;
  const header = facts.tree.find(({ name }) => name === (special ? 'special' : 'fc'));
  if (header === undefined) return -1;
  return special ? header.byte : header.byte + header.width / 8;
}

/** The first bytes of the payload, as they become; zeros follow. */
export function scrubPayload(facts: FcFacts, pseudonyms: Pseudonyms, kept: FcKept): Uint8Array {
  const { frame } = facts;
  const made = new Uint8Array(frame.dataKept);
  if (frame.kind === FcpIu.cmnd && !frame.special) {
    command(frame, made);
    return made;
  }
  const base = payloadBase(facts);
  if (base < 0) return made;
  // Which of the fabric's own link services it is; the rest is not read.
  if ((frame.kind & 0xf00) === FcKind.swIls) made.set(frame.data.subarray(0, 1));
  for (const group of facts.tree) {
    if (!UNDERSTOOD.has(group.name) || group.byte < base) continue;
    for (const node of walkTree(group.children ?? [])) {
      if (node.children === undefined) field(node, base, frame, made, pseudonyms, kept);
    }
  }
  return made;
}

/** FCP_CMND, up to its end: LUN, flags, CDB, lengths. */
function command(frame: FcFrame, made: Uint8Array): void {
  const at = optionalHeaderBytes(frame.view.getUint8(frame.at + DF_CTL));
  if (frame.dataKept < at + CMND_CDB) return;
  const more = get(frame.dataView, at, fcpCmnd.additionalCdbLength) * 4;
  const end = Math.min(frame.dataKept, at + CMND_CDB + CDB_BYTES + more + CMND_TAIL_BYTES);
  made.set(frame.data.subarray(at, end), at);
  scrubCdbBytes(made.subarray(at + CMND_CDB, Math.min(end, at + CMND_CDB + CDB_BYTES + more)));
}

function field(
  node: Node,
  base: number,
  { data, dataKept }: FcFrame,
  made: Uint8Array,
  pseudonyms: Pseudonyms,
  kept: FcKept,
): void {
  const at = node.byte - base;
  const to = Math.min(dataKept, at + Math.ceil((node.bit + node.width) / 8));
  if (at < 0 || at >= dataKept || node.kind === 'reserved') return;
  const copy = () => made.set(data.subarray(at, to), at);
  if (node.name === 'sense') {
    copy();
    scrubSense(made.subarray(0, to), at);
  } else if (/ameLength$/.test(node.name)) {
    copy();
    symbolicName(data, made, at, dataKept, pseudonyms, kept);
  } else if (node.width === 64) {
    copy();
    if (!kept.names) pseudonyms.wwn(made.subarray(0, to), at);
  } else if (node.width === 24 && PORT_ID.test(node.name)) {
    copy();
    if (!kept.addresses) pseudonyms.fcidAt(made, at);
  } else if (node.width <= 32 && !OPAQUE.has(node.name)) copy();
}

/** A length of one octet, and the text behind it. */
function symbolicName(
  data: Uint8Array,
  made: Uint8Array,
  at: number,
  dataKept: number,
  pseudonyms: Pseudonyms,
  kept: FcKept,
): void {
  const from = at + 1;
  const to = Math.min(dataKept, from + data[at]);
  const text = Buffer.from(data.buffer, data.byteOffset + from, Math.max(0, to - from)).toString(
    'latin1',
  );
  const other = kept.names ? text : pseudonyms.text(text, 'symbolic names');
  made.set(Buffer.from(other, 'latin1'), from);
}

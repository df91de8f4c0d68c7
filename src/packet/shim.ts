// hot: no allocation per packet
// Headers behind an EtherType of their own that hold a packet: MACsec, TRILL, FabricPath, NSH.

import { EtherType } from '../wire/net/ethernet.js';
import { MACSEC_BYTES_MIN, MACSEC_ICV_BYTES, MACSEC_SCI_BYTES } from '../wire/net/macsec.js';
import { NextProtocol, NSH_BYTES_MIN } from '../wire/net/nsh.js';
import { FABRIC_PATH_BYTES, TRILL_BYTES_MIN } from '../wire/net/trill.js';
import { Layer, lacks, malformed, otherEtherType, type Walk } from './walk.js';

const TYPE_BYTES = 2;
const SCI_PRESENT = 0x20;
const ENCRYPTED = 0x08;
const CHANGED = 0x04;
const SHORT_MAX = 48;

/** IEEE 802.1AE: only what is protected without being encrypted can be read. */
export function macsec(w: Walk): number {
  const at = w.at;
  if (at + MACSEC_BYTES_MIN > w.end) return lacks(w, MACSEC_BYTES_MIN, 'MACsec tag');
  const control = w.bytes[at];
  if ((control & (ENCRYPTED | CHANGED)) !== 0) {
    w.code = EtherType.macsec;
    return Layer.stopEncrypted;
  }
  const size = MACSEC_BYTES_MIN + (control & SCI_PRESENT ? MACSEC_SCI_BYTES : 0);
  if (at + size + TYPE_BYTES > w.end) return lacks(w, size + TYPE_BYTES, 'MACsec tag');
  w.at = at + size + TYPE_BYTES;
  w.code = w.view.getUint16(at + size);
  // Behind the data: the check value, and where the data is short Ethernet's padding (clause 9.7).
  const short = w.bytes[at + 1] & 0x3f;
  const data = w.at - TYPE_BYTES + short;
  const wire = short > 0 && short < SHORT_MAX ? Math.min(w.wire, data) : w.wire - MACSEC_ICV_BYTES;
  if (wire >= w.at) w.wire = wire;
  if (w.end > w.wire) w.end = w.wire;
  return Layer.etherType;
}

/** RFC 6325 3. */
export function trill(w: Walk): number {
  const at = w.at;
  if (at + TRILL_BYTES_MIN > w.end) return lacks(w, TRILL_BYTES_MIN, 'TRILL header');
  const head = w.view.getUint16(at);
  if (head >> 14 !== 0) return otherEtherType(w, EtherType.trill);
  w.at = at + TRILL_BYTES_MIN + (((head >> 6) & 0x1f) << 2);
  return Layer.ethernet;
}

export function fabricPath(w: Walk): number {
  w.at += FABRIC_PATH_BYTES;
  return Layer.ethernet;
}

/** RFC 8300 2.2. */
export function nsh(w: Walk): number {
  const at = w.at;
  if (at + NSH_BYTES_MIN > w.end) return lacks(w, NSH_BYTES_MIN, 'NSH header');
  const head = w.view.getUint16(at);
  if (head >> 14 !== 0) return otherEtherType(w, EtherType.nsh);
  const size = (head & 0x3f) << 2;
  if (size < NSH_BYTES_MIN) return malformed(w, 'NSH length under 8 bytes');
  if (at + size > w.end) return lacks(w, size, 'NSH header');
  w.at = at + size;
  const next = nextProtocol(w.bytes[at + 3]);
  return next < 0 ? otherEtherType(w, EtherType.nsh) : next;
}

/** The layer that NSH and VXLAN-GPE name; -1 for one that is not known. */
export function nextProtocol(code: number): number {
  switch (code) {
    case NextProtocol.ipv4:
      return Layer.ipv4;
    case NextProtocol.ipv6:
      return Layer.ipv6;
    case NextProtocol.ethernet:
      return Layer.ethernet;
    case NextProtocol.nsh:
      return Layer.nsh;
    case NextProtocol.mpls:
      return Layer.mpls;
    default:
      return -1;
  }
}

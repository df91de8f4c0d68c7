// hot: no allocation per packet
// Tunnels in UDP. A port is only where a tunnel is looked for: its first bytes have to agree.

import { IEEE_802_3_LENGTH_MAX } from '../wire/net/ethernet.js';
import { GENEVE_BYTES_MIN } from '../wire/net/geneve.js';
import { GTPU_BYTES_MIN, GTPU_OPTION_BYTES, GTPU_PACKET } from '../wire/net/gtpu.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { L2TP_BYTES_MIN, L2TPV3_COOKIE_BYTES, L2TPV3_SESSION_BYTES } from '../wire/net/l2tp.js';
import { TZSP_BYTES_MIN, TZSP_END, TZSP_ETHERNET, TZSP_PADDING } from '../wire/net/tzsp.js';
import { LISP_BYTES, TunnelPort, UDP_BYTES } from '../wire/net/udp.js';
import { VXLAN_BYTES } from '../wire/net/vxlan.js';
import { VXLAN_GPE_BYTES } from '../wire/net/vxlan-gpe.js';
import { holdsFrame, holdsIp } from './guess.js';
import { ipByVersion, ppp, typed } from './link.js';
import { nextProtocol } from './shim.js';
import { Layer, lacks, otherProtocol, type Walk } from './walk.js';

export function udp(w: Walk): number {
  const at = w.at;
  if (at + UDP_BYTES > w.end) return otherProtocol(w, IpProtocol.udp);
  const inner = at + UDP_BYTES;
  switch (w.view.getUint16(at + 2)) {
    case TunnelPort.vxlan:
    case TunnelPort.vxlanLinux:
      return vxlan(w, inner);
    case TunnelPort.vxlanGpe:
      return vxlanGpe(w, inner);
    case TunnelPort.geneve:
      return geneve(w, inner);
    case TunnelPort.mpls:
      w.at = inner;
      return Layer.mpls;
    case TunnelPort.gre:
      w.at = inner;
      return Layer.gre;
    case TunnelPort.lisp:
      return lisp(w, inner);
    case TunnelPort.tzsp:
      return tzsp(w, inner);
    default:
      return eitherPort(w, w.view.getUint16(at), w.view.getUint16(at + 2), inner);
  }
}

/** Both ends of these may have the port, or only the one that was asked. */
function eitherPort(w: Walk, from: number, to: number, inner: number): number {
  if (from === TunnelPort.gtpu || to === TunnelPort.gtpu) return gtpu(w, inner);
  if (from === TunnelPort.l2tp || to === TunnelPort.l2tp) return l2tpInUdp(w, inner);
  if (from === TunnelPort.espNat || to === TunnelPort.espNat) return espInUdp(w, inner);
  return otherProtocol(w, IpProtocol.udp);
}

/** RFC 7348 5: the I flag must be set. Other flags are ignored, as group policy uses them. */
function vxlan(w: Walk, at: number): number {
  if (at + VXLAN_BYTES > w.end) return lacks(w, UDP_BYTES + VXLAN_BYTES, 'VXLAN header');
  if ((w.bytes[at] & 0x08) === 0) return otherProtocol(w, IpProtocol.udp);
  w.at = at + VXLAN_BYTES;
  return Layer.ethernet;
}

/** draft-ietf-nvo3-vxlan-gpe 3.1: without the P flag it is VXLAN. */
function vxlanGpe(w: Walk, at: number): number {
  if (at + VXLAN_GPE_BYTES > w.end) return lacks(w, UDP_BYTES + VXLAN_GPE_BYTES, 'VXLAN header');
  const flags = w.bytes[at];
  if ((flags & 0x38) !== 0x08) return otherProtocol(w, IpProtocol.udp);
  const next = flags & 0x04 ? nextProtocol(w.bytes[at + 3]) : Layer.ethernet;
  if (next < 0) return otherProtocol(w, IpProtocol.udp);
  w.at = at + VXLAN_GPE_BYTES;
  return next;
}

/** RFC 8926 3.4: version 0 only. */
function geneve(w: Walk, at: number): number {
  if (at + GENEVE_BYTES_MIN > w.end) return lacks(w, UDP_BYTES + GENEVE_BYTES_MIN, 'GENEVE header');
  if (w.bytes[at] >> 6 !== 0) return otherProtocol(w, IpProtocol.udp);
  const type = w.view.getUint16(at + 2);
  if (type <= IEEE_802_3_LENGTH_MAX) return otherProtocol(w, IpProtocol.udp);
  w.at = at + GENEVE_BYTES_MIN + ((w.bytes[at] & 0x3f) << 2);
  return typed(w, type);
}

/** RFC 6830 5.3; control messages have another port. */
function lisp(w: Walk, at: number): number {
  if (!holdsIp(w, at + LISP_BYTES)) return otherProtocol(w, IpProtocol.udp);
  w.at = at + LISP_BYTES;
  return ipByVersion(w);
}

/** 3GPP TS 29.281 5.1: version 1, a packet that is carried, extension headers (5.2) stepped over. */
function gtpu(w: Walk, at: number): number {
  if (at + GTPU_BYTES_MIN > w.end) return otherProtocol(w, IpProtocol.udp);
  const flags = w.bytes[at];
  if (flags >> 4 !== 3 || w.bytes[at + 1] !== GTPU_PACKET) return otherProtocol(w, IpProtocol.udp);
  let next = at + GTPU_BYTES_MIN;
  if ((flags & 7) !== 0) {
    next += GTPU_OPTION_BYTES;
    if (next > w.end) return lacks(w, next - w.at, 'GTP-U header');
    let more = flags & 4 ? w.bytes[next - 1] : 0;
    while (more !== 0) {
      if (next >= w.end) return lacks(w, next + 1 - w.at, 'GTP-U extension header');
      const size = w.bytes[next] << 2;
      if (size === 0) return otherProtocol(w, IpProtocol.udp);
      next += size;
      if (next > w.end) return lacks(w, next - w.at, 'GTP-U extension header');
      more = w.bytes[next - 1];
    }
  }
  // The session, not the packet, knows whether it is IP or (5G LAN) Ethernet.
  w.at = next;
  return holdsFrame(w, next) && !holdsIp(w, next) ? Layer.ethernet : ipByVersion(w);
}

/** RFC 3948 2: four zeros mark IKE, one byte of 0xff a keepalive. */
function espInUdp(w: Walk, at: number): number {
  if (at + 8 > w.end || w.view.getUint32(at) === 0) return otherProtocol(w, IpProtocol.udp);
  w.at = at;
  return Layer.esp;
}

/** RFC 2661 3.1 and RFC 3931 4.1.2.1. */
function l2tpInUdp(w: Walk, at: number): number {
  if (at + L2TP_BYTES_MIN > w.end) return otherProtocol(w, IpProtocol.udp);
  const flags = w.view.getUint16(at);
  if (flags & 0x8000) return otherProtocol(w, IpProtocol.udp);
  if ((flags & 15) === 3) return l2tpv3(w, at + 4, IpProtocol.udp);
  if ((flags & 15) !== 2) return otherProtocol(w, IpProtocol.udp);
  let next = at + L2TP_BYTES_MIN + 4;
  if (flags & 0x4000) next += 2;
  if (flags & 0x0800) next += 4;
  if (flags & 0x0200) {
    if (next + 2 > w.end) return lacks(w, next + 2 - w.at, 'L2TP header');
    next += 2 + w.view.getUint16(next);
  }
  if (next > w.end) return lacks(w, next - w.at, 'L2TP header');
  w.at = next;
  return ppp(w);
}

/** In IP: session 0 is control (RFC 3931 4.1.1). */
export function l2tpInIp(w: Walk): number {
  if (w.at + L2TPV3_SESSION_BYTES > w.end || w.view.getUint32(w.at) === 0) {
    return otherProtocol(w, IpProtocol.l2tp);
  }
  return l2tpv3(w, w.at, IpProtocol.l2tp);
}

/** The lengths of cookie and sublayer are the ends' secret: a frame that leads to IP tells them. */
function l2tpv3(w: Walk, at: number, protocol: number): number {
  for (let i = 0; i < L2TPV3_COOKIE_BYTES.length; i++) {
    const next = at + L2TPV3_SESSION_BYTES + L2TPV3_COOKIE_BYTES[i];
    if (holdsFrame(w, next)) {
      w.at = next;
      return Layer.ethernet;
    }
    if (holdsIp(w, next)) {
      w.at = next;
      return ipByVersion(w);
    }
  }
  return otherProtocol(w, protocol);
}

/** Version 1, a packet that was received (type 0), tags up to the one that ends them. */
function tzsp(w: Walk, at: number): number {
  if (at + TZSP_BYTES_MIN > w.end) return otherProtocol(w, IpProtocol.udp);
  const { bytes } = w;
  const ethernet = w.view.getUint16(at + 2) === TZSP_ETHERNET;
  if (bytes[at] !== 1 || bytes[at + 1] > 1 || !ethernet) return otherProtocol(w, IpProtocol.udp);
  for (let next = at + TZSP_BYTES_MIN; next + 1 < w.end; ) {
    const tag = bytes[next];
    if (tag === TZSP_END) {
      w.at = next + 1;
      return Layer.ethernet;
    }
    next += tag === TZSP_PADDING ? 1 : 2 + bytes[next + 1];
  }
  return lacks(w, w.end - w.at + 1, 'TZSP tags');
}

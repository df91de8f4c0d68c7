// hot: no allocation per packet
// Tunnels: VXLAN, GENEVE and MPLS in UDP; GRE with NVGRE and ERSPAN; EtherIP. Each leads back to a
// link or IP layer, as deep as limits.ts allows.

import {
  ERSPAN_VERSION_2,
  ERSPAN_VERSION_3,
  ERSPAN2_BYTES,
  ERSPAN3_BYTES,
  ERSPAN3_FRAME_IP,
  ERSPAN3_PLATFORM_BYTES,
} from '../wire/net/erspan.js';
import { ETHERNET_BYTES, EtherType, IEEE_802_3_LENGTH_MAX } from '../wire/net/ethernet.js';
import { GENEVE_BYTES_MIN } from '../wire/net/geneve.js';
import { GRE_BYTES_MIN, GRE_OPTION_BYTES } from '../wire/net/gre.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { TunnelPort, UDP_BYTES } from '../wire/net/udp.js';
import { VXLAN_BYTES } from '../wire/net/vxlan.js';
import { ipByVersion, typed } from './link.js';
import { Layer, lacks, otherProtocol, type Walk } from './walk.js';

const ETHER_IP_BYTES = 2;

/** UDP is another protocol unless its destination port is a tunnel's and its first bytes agree. */
export function udp(w: Walk): number {
  const at = w.at;
  if (at + UDP_BYTES > w.end) return otherProtocol(w, IpProtocol.udp);
  const port = w.view.getUint16(at + 2);
  const inner = at + UDP_BYTES;
  switch (port) {
    case TunnelPort.vxlan:
    case TunnelPort.vxlanLinux:
      return vxlan(w, inner);
    case TunnelPort.geneve:
      return geneve(w, inner);
    case TunnelPort.mpls:
      w.at = inner;
      return Layer.mpls;
    default:
      return otherProtocol(w, IpProtocol.udp);
  }
}

/** RFC 7348 5: the I flag must be set. Other flags are ignored, as group policy uses them. */
function vxlan(w: Walk, at: number): number {
  if (at + VXLAN_BYTES > w.end) return lacks(w, UDP_BYTES + VXLAN_BYTES, 'VXLAN header');
  if ((w.bytes[at] & 0x08) === 0) return otherProtocol(w, IpProtocol.udp);
  w.at = at + VXLAN_BYTES;
  return Layer.ethernet;
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

/** RFC 2784, 2890. Version 1 (PPTP) and source routes (RFC 1701) are not followed. */
export function gre(w: Walk): number {
  const at = w.at;
  if (at + GRE_BYTES_MIN > w.end) return lacks(w, GRE_BYTES_MIN, 'GRE header');
  const flags = w.view.getUint16(at);
  if ((flags & 0x4007) !== 0) return otherProtocol(w, IpProtocol.gre);
  const words = (flags >> 15) + ((flags >> 13) & 1) + ((flags >> 12) & 1);
  const size = GRE_BYTES_MIN + words * GRE_OPTION_BYTES;
  if (at + size > w.end) return lacks(w, size, 'GRE header');
  const type = w.view.getUint16(at + 2);
  // Below are keepalives (0) and names of before there were EtherTypes.
  if (type <= IEEE_802_3_LENGTH_MAX) return otherProtocol(w, IpProtocol.gre);
  w.at = at + size;
  const sequence = (flags & 0x1000) !== 0;
  if (type === EtherType.erspan3 || (type === EtherType.erspan2 && sequence)) return erspan(w);
  return type === EtherType.erspan2 ? Layer.ethernet : typed(w, type);
}

/** The version, not GRE's type, tells II from III: switches write 0x88be before both. */
function erspan(w: Walk): number {
  const at = w.at;
  if (at + ERSPAN2_BYTES > w.end) return lacks(w, ERSPAN2_BYTES, 'ERSPAN header');
  const version = w.bytes[at] >> 4;
  if (version === ERSPAN_VERSION_2) {
    w.at = at + ERSPAN2_BYTES;
    return Layer.ethernet;
  }
  if (version !== ERSPAN_VERSION_3) return otherProtocol(w, IpProtocol.gre);
  if (at + ERSPAN3_BYTES > w.end) return lacks(w, ERSPAN3_BYTES, 'ERSPAN type III header');
  const frameType = (w.bytes[at + 10] >> 2) & 0x1f;
  w.at = at + ERSPAN3_BYTES + (w.bytes[at + 11] & 1 ? ERSPAN3_PLATFORM_BYTES : 0);
  return frameType === ERSPAN3_FRAME_IP ? ipByVersion(w) : Layer.ethernet;
}

/** RFC 3378. */
export function etherIp(w: Walk): number {
  const size = ETHER_IP_BYTES + ETHERNET_BYTES;
  if (w.at + size > w.end) return lacks(w, size, 'EtherIP header');
  w.at += ETHER_IP_BYTES;
  return Layer.ethernet;
}

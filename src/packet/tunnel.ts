// hot: no allocation per packet
// Tunnels in IP: GRE with NVGRE, ERSPAN, WCCP and PPTP; EtherIP. Each leads back to a link or IP
// layer, as deep as limits.ts allows.

import {
  ERSPAN_VERSION_2,
  ERSPAN_VERSION_3,
  ERSPAN2_BYTES,
  ERSPAN3_BYTES,
  ERSPAN3_FRAME_IP,
  ERSPAN3_PLATFORM_BYTES,
} from '../wire/net/erspan.js';
import { ETHERNET_BYTES, EtherType, IEEE_802_3_LENGTH_MAX } from '../wire/net/ethernet.js';
import {
  GRE_BYTES_MIN,
  GRE_OPTION_BYTES,
  GRE_PPTP_BYTES_MIN,
  GRE_ROUTE_BYTES,
  WCCP_REDIRECT_BYTES,
} from '../wire/net/gre.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { ipByVersion, typed } from './link.js';
import { Layer, lacks, otherProtocol, type Walk } from './walk.js';

const ETHER_IP_BYTES = 2;

/** RFC 2784, 2890; source routes (RFC 1701) are stepped over. */
export function gre(w: Walk): number {
  const at = w.at;
  if (at + GRE_BYTES_MIN > w.end) return lacks(w, GRE_BYTES_MIN, 'GRE header');
  const flags = w.view.getUint16(at);
  if ((flags & 7) !== 0) return pptp(w, flags);
  const routed = (flags & 0x4000) !== 0;
  // Checksum and offset come together where either is wanted.
  const words = (flags & 0xc000 ? 1 : 0) + ((flags >> 13) & 1) + ((flags >> 12) & 1);
  const size = GRE_BYTES_MIN + words * GRE_OPTION_BYTES;
  if (at + size > w.end) return lacks(w, size, 'GRE header');
  const type = w.view.getUint16(at + 2);
  // Below are keepalives (0) and names of before there were EtherTypes.
  if (type <= IEEE_802_3_LENGTH_MAX) return otherProtocol(w, IpProtocol.gre);
  w.at = at + size;
  if (routed && !pastRoutes(w)) return lacks(w, w.end - w.at + 1, 'GRE source route');
  const sequence = (flags & 0x1000) !== 0;
  if (type === EtherType.erspan3 || (type === EtherType.erspan2 && sequence)) return erspan(w);
  if (type === EtherType.wccp) return wccp(w);
  return type === EtherType.erspan2 ? Layer.ethernet : typed(w, type);
}

/** RFC 1701: entries of family, offset and length, ended by one without either. */
function pastRoutes(w: Walk): boolean {
  for (let next = w.at; next + GRE_ROUTE_BYTES <= w.end; ) {
    const length = w.bytes[next + 3];
    const last = length === 0 && w.view.getUint16(next) === 0;
    next += GRE_ROUTE_BYTES + length;
    if (!last) continue;
    w.at = next;
    return true;
  }
  return false;
}

/** RFC 2637 4.1: PPP in GRE's version 1. */
function pptp(w: Walk, flags: number): number {
  if ((flags & 7) !== 1 || w.at + GRE_PPTP_BYTES_MIN > w.end) {
    return otherProtocol(w, IpProtocol.gre);
  }
  const payload = w.view.getUint16(w.at + 4);
  if (w.view.getUint16(w.at + 2) !== EtherType.pptp || payload === 0) {
    return otherProtocol(w, IpProtocol.gre);
  }
  const words = ((flags >> 12) & 1) + ((flags >> 7) & 1);
  w.at += GRE_PPTP_BYTES_MIN + words * GRE_OPTION_BYTES;
  return Layer.ppp;
}

/** Version 2 of WCCP has a redirect header before the packet, version 1 has none. */
function wccp(w: Walk): number {
  const version = w.at < w.end ? w.bytes[w.at] >> 4 : 0;
  if (version !== 4 && version !== 6) w.at += WCCP_REDIRECT_BYTES;
  return Layer.ip;
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

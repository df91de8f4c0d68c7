// hot: no allocation per packet
// Link headers, up to IP: Ethernet with its tags, cooked captures, loopback, PPP, MPLS. Layouts are
// those of wire/net, whose tables a test compares with this file.

import { MPLS_LABELS_MAX, VLAN_TAGS_MAX } from '../limits.js';
import { DSA_BYTES } from '../wire/net/dsa.js';
import {
  ETHERNET_BYTES,
  EtherType,
  IEEE_802_3_LENGTH_MAX,
  LLC_BYTES,
  SAP_IP,
  SAP_SNAP,
  SNAP_BYTES,
} from '../wire/net/ethernet.js';
import { IPV4_BYTES_MIN } from '../wire/net/ipv4.js';
import { IPV6_BYTES } from '../wire/net/ipv6.js';
import { LinkType } from '../wire/net/linktype.js';
import { MPLS_BYTES, PSEUDOWIRE_BYTES } from '../wire/net/mpls.js';
import {
  AF_INET,
  AF_INET6_DARWIN,
  AF_INET6_FREEBSD,
  AF_INET6_LINUX,
  AF_INET6_OPENBSD,
  AF_INET6_WINDOWS,
  LOOPBACK_BYTES,
} from '../wire/net/null.js';
import {
  CISCO_HDLC_BYTES,
  HDLC_ADDRESS_ALL,
  HDLC_BYTES,
  HDLC_CONTROL_UI,
  PPP_BYTES,
  PPPOE_BYTES,
  PppProtocol,
} from '../wire/net/ppp.js';
import { ARPHRD_FRAD, ARPHRD_NETLINK, SLL_BYTES, SLL_LLC } from '../wire/net/sll.js';
import { SLL2_BYTES } from '../wire/net/sll2.js';
import {
  CISCO_META_DATA_BYTES,
  E_TAG_BYTES,
  EDSA_BYTES,
  HSR_BYTES,
  I_TAG_BYTES,
  R_TAG_BYTES,
  VLAN_BYTES,
  VN_TAG_BYTES,
} from '../wire/net/vlan.js';
import { holdsIp } from './guess.js';
import { oddLink } from './odd-link.js';
import { Layer, lacks, malformed, otherEtherType, type Walk } from './walk.js';

/** The first layer of a packet of this link type; steps over what stands before an EtherType. */
export function link(w: Walk, linkType: number): number {
  switch (linkType) {
    case LinkType.ethernet:
      return ethernet(w);
    case LinkType.linuxSll:
      return sll(w);
    case LinkType.linuxSll2:
      return sll2(w);
    case LinkType.null:
    case LinkType.loop:
      return loopback(w);
    case LinkType.raw:
    case LinkType.raw12:
    case LinkType.raw14:
    case LinkType.ipv4:
    case LinkType.ipv6:
      return ipByVersion(w);
    case LinkType.ppp:
      return ppp(w);
    case LinkType.pppHdlc:
      return ppp(w);
    case LinkType.pppEther:
      return Layer.pppoe;
    case LinkType.ciscoHdlc:
      return ciscoHdlc(w);
    case LinkType.mpls:
      return Layer.mpls;
    default:
      return oddLink(w, linkType);
  }
}

export function ethernet(w: Walk): number {
  const at = w.at;
  if (at + ETHERNET_BYTES > w.end) return lacks(w, ETHERNET_BYTES, 'Ethernet header');
  w.at = at + ETHERNET_BYTES;
  const type = w.view.getUint16(at + 12);
  if (type === EtherType.ipv4) return Layer.ipv4;
  return typed(w, type);
}

/** What an EtherType names; tags are stepped over here. */
export function typed(w: Walk, etherType: number): number {
  let type = etherType;
  for (let tags = 0; tags < VLAN_TAGS_MAX; tags++) {
    let size = VLAN_BYTES;
    switch (type) {
      case EtherType.ipv4:
        return Layer.ipv4;
      case EtherType.ipv6:
        return Layer.ipv6;
      case EtherType.vlan:
      case EtherType.providerBridge:
      case EtherType.qinq9100:
      case EtherType.qinq9200:
        break;
      case EtherType.vnTag:
        size = VN_TAG_BYTES;
        break;
      case EtherType.bridgePortExtension:
        size = E_TAG_BYTES;
        break;
      case EtherType.ciscoMetaData:
        size = CISCO_META_DATA_BYTES;
        break;
      case EtherType.hsr:
        size = HSR_BYTES;
        break;
      case EtherType.redundancyTag:
        size = R_TAG_BYTES;
        break;
      case EtherType.edsa:
        size = EDSA_BYTES;
        break;
      default:
        return beyondTags(w, type);
    }
    if (w.at + size > w.end) return lacks(w, size, 'VLAN tag');
    w.at += size;
    type = w.view.getUint16(w.at - 2);
  }
  return Layer.stopTooDeep;
}

function beyondTags(w: Walk, type: number): number {
  switch (type) {
    case EtherType.mpls:
    case EtherType.mplsMulticast:
      return Layer.mpls;
    case EtherType.pppoe:
      return Layer.pppoe;
    case EtherType.backboneBridge:
      w.at += I_TAG_BYTES;
      return Layer.ethernet;
    case EtherType.transparentEthernet:
      return Layer.ethernet;
    case EtherType.llc:
      return Layer.llc;
    case EtherType.macsec:
      return Layer.macsec;
    case EtherType.trill:
      return Layer.trill;
    case EtherType.fabricPath:
      return Layer.fabricPath;
    case EtherType.nsh:
      return Layer.nsh;
    default:
      if (plainDsa(w)) return Layer.etherType;
      return type <= IEEE_802_3_LENGTH_MAX ? Layer.llc : otherEtherType(w, type);
  }
}

/**
 * A switch chip's tag of four bytes (Marvell's DSA, Broadcom's) in a capture that calls itself
 * Ethernet: it stands in the place of the type, which follows and leads to IP.
 */
function plainDsa(w: Walk): boolean {
  const next = w.at + DSA_BYTES;
  if (next > w.end) return false;
  w.code = w.view.getUint16(next - 2);
  if (w.code !== EtherType.ipv4 && w.code !== EtherType.ipv6) return false;
  if (!holdsIp(w, next)) return false;
  w.at = next;
  return true;
}

/** IEEE 802.2: IP has a SAP of its own, or comes behind SNAP (RFC 1042). */
export function llc(w: Walk): number {
  const at = w.at;
  if (at + LLC_BYTES > w.end) return lacks(w, LLC_BYTES, 'LLC header');
  const sap = w.bytes[at];
  w.at = at + LLC_BYTES;
  if (sap === SAP_IP) return ipByVersion(w);
  if (sap !== SAP_SNAP) return otherEtherType(w, sap);
  if (w.at + SNAP_BYTES > w.end) return lacks(w, SNAP_BYTES, 'SNAP header');
  w.at += SNAP_BYTES;
  const type = w.view.getUint16(w.at - 2);
  if (type <= IEEE_802_3_LENGTH_MAX) return otherEtherType(w, SAP_SNAP);
  // Another organization's types are its own (Cisco's CDP, say).
  const organization = w.view.getUint32(w.at - SNAP_BYTES) >>> 8;
  return organization === 0 ? typed(w, type) : otherEtherType(w, type);
}

function sll(w: Walk): number {
  const at = w.at;
  if (at + SLL_BYTES > w.end) return lacks(w, SLL_BYTES, 'Linux cooked header');
  w.at = at + SLL_BYTES;
  return cooked(w, w.view.getUint16(at + 2), w.view.getUint16(at + 14));
}

function sll2(w: Walk): number {
  const at = w.at;
  if (at + SLL2_BYTES > w.end) return lacks(w, SLL2_BYTES, 'Linux cooked header, version 2');
  w.at = at + SLL2_BYTES;
  return cooked(w, w.view.getUint16(at + 8), w.view.getUint16(at));
}

function cooked(w: Walk, arphrdType: number, protocol: number): number {
  if (arphrdType === ARPHRD_NETLINK || arphrdType === ARPHRD_FRAD) {
    return otherEtherType(w, protocol);
  }
  if (protocol === SLL_LLC) return Layer.llc;
  if (protocol <= IEEE_802_3_LENGTH_MAX) return otherEtherType(w, protocol);
  return typed(w, protocol);
}

/** The family is in the byte order of the host that captured; families are small numbers. */
function loopback(w: Walk): number {
  const at = w.at;
  if (at + LOOPBACK_BYTES > w.end) return lacks(w, LOOPBACK_BYTES, 'loopback header');
  const big = w.view.getUint32(at);
  const family = big > 0xffff ? w.view.getUint32(at, true) : big;
  w.at = at + LOOPBACK_BYTES;
  switch (family) {
    case AF_INET:
      return Layer.ipv4;
    case AF_INET6_LINUX:
    case AF_INET6_WINDOWS:
    case AF_INET6_OPENBSD:
    case AF_INET6_FREEBSD:
    case AF_INET6_DARWIN:
      return Layer.ipv6;
    default:
      return family > IEEE_802_3_LENGTH_MAX && family <= 0xffff
        ? typed(w, family)
        : otherEtherType(w, family & 0x3ff);
  }
}

/** Raw IP tells its version itself. */
export function ipByVersion(w: Walk): number {
  if (w.at >= w.end) return lacks(w, 1, 'IP header');
  const version = w.bytes[w.at] >> 4;
  if (version === 4) return Layer.ipv4;
  return version === 6 ? Layer.ipv6 : malformed(w, 'IP version is neither 4 nor 6');
}

/** PPP: in HDLC-like framing or without it, Cisco's HDLC on the same link type (RFC 1661, 1662). */
export function ppp(w: Walk): number {
  if (w.at + PPP_BYTES > w.end) return lacks(w, PPP_BYTES, 'PPP header');
  const address = w.bytes[w.at];
  if (address === HDLC_ADDRESS_ALL && w.bytes[w.at + 1] === HDLC_CONTROL_UI) w.at += HDLC_BYTES;
  else if (address === 0x0f || address === 0x8f) return ciscoHdlc(w);
  if (w.at + PPP_BYTES > w.end) return lacks(w, PPP_BYTES, 'PPP header');
  // RFC 1661 6.5: an odd first octet is a whole protocol.
  const first = w.bytes[w.at];
  const protocol = first & 1 ? first : w.view.getUint16(w.at);
  w.at += first & 1 ? 1 : PPP_BYTES;
  switch (protocol) {
    case PppProtocol.ipv4:
      return Layer.ipv4;
    case PppProtocol.ipv6:
      return Layer.ipv6;
    case PppProtocol.mpls:
    case PppProtocol.mplsMulticast:
      return Layer.mpls;
    default:
      return otherEtherType(w, protocol);
  }
}

function ciscoHdlc(w: Walk): number {
  if (w.at + CISCO_HDLC_BYTES > w.end) return lacks(w, CISCO_HDLC_BYTES, 'Cisco HDLC header');
  w.at += CISCO_HDLC_BYTES;
  return typed(w, w.view.getUint16(w.at - 2));
}

/** RFC 2516: only session data (code 0) holds PPP. */
export function pppoe(w: Walk): number {
  if (w.at + PPPOE_BYTES > w.end) return lacks(w, PPPOE_BYTES, 'PPPoE header');
  const code = w.bytes[w.at + 1];
  w.at += PPPOE_BYTES;
  return code === 0 ? ppp(w) : otherEtherType(w, EtherType.pppoe);
}

/**
 * RFC 3032: the label stack does not say what it carries. IP is known by its version (RFC 4928 3);
 * a pseudowire carries Ethernet with or without a control word, told apart by where a type makes sense.
 */
export function mpls(w: Walk): number {
  for (let labels = 0; ; labels++) {
    if (labels === MPLS_LABELS_MAX) return Layer.stopTooDeep;
    if (w.at + MPLS_BYTES > w.end) return lacks(w, MPLS_BYTES, 'MPLS label');
    w.at += MPLS_BYTES;
    if (w.bytes[w.at - 2] & 1) break;
  }
  if (w.at >= w.end) return lacks(w, 1, 'MPLS payload');
  const nibble = w.bytes[w.at] >> 4;
  if (nibble === 4 && fits(w, 0, 2)) return Layer.ipv4;
  if (nibble === 6 && fits(w, IPV6_BYTES, 4)) return Layer.ipv6;
  if (nibble === 0 && holdsEthernet(w, w.at + PSEUDOWIRE_BYTES)) {
    w.at += PSEUDOWIRE_BYTES;
    return Layer.ethernet;
  }
  if (holdsEthernet(w, w.at)) return Layer.ethernet;
  if (nibble === 4) return Layer.ipv4;
  return nibble === 6 ? Layer.ipv6 : otherEtherType(w, EtherType.mpls);
}

/** True where the length at `byte` of an IP header agrees with what is left of the packet. */
function fits(w: Walk, header: number, byte: number): boolean {
  if (w.at + byte + 2 > w.end) return true;
  const length = header + w.view.getUint16(w.at + byte);
  return length >= IPV4_BYTES_MIN && w.at + length <= w.wire;
}

/** True where an Ethernet frame that leads to IP may begin. */
function holdsEthernet(w: Walk, at: number): boolean {
  if (at + ETHERNET_BYTES >= w.end) return false;
  const next = w.bytes[at + ETHERNET_BYTES] >> 4;
  switch (w.view.getUint16(at + 12)) {
    case EtherType.ipv4:
      return next === 4;
    case EtherType.ipv6:
      return next === 6;
    case EtherType.vlan:
    case EtherType.providerBridge:
      return true;
    default:
      return false;
  }
}

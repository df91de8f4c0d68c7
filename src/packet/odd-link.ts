// hot: no allocation per packet
// Link types with a header of the capturing system before the packet: each is stepped over, and what
// follows has a layer or a link type of its own.

import { ADDRESSES_BYTES, DSA_BYTES, EDSA_TYPE_BYTES } from '../wire/net/dsa.js';
import {
  ERF_BYTES,
  ERF_ETHERNET,
  ERF_ETHERNET_BYTES,
  ERF_EXTENSION_BYTES,
  ERF_IPV4,
  ERF_IPV6,
} from '../wire/net/erf.js';
import {
  ENC_BYTES,
  NFLOG_BYTES,
  NFLOG_PAYLOAD,
  NFLOG_VALUE_BYTES,
  OLD_PFLOG_BYTES,
  PFLOG_BYTES_MIN,
} from '../wire/net/firewall-log.js';
import { JUNIPER_BYTES_MIN, JUNIPER_EXTENSION_BYTES, JUNIPER_MAGIC } from '../wire/net/juniper.js';
import {
  IP_OVER_FC_BYTES,
  IPNET_BYTES,
  IPOIB_BYTES,
  IPOIB_GRH_BYTES,
  JUNIPER_LINK_TYPES,
  LinkType,
  NET_ANALYZER_BYTES,
  PREAMBLE_BYTES,
} from '../wire/net/linktype.js';
import { PKTAP_BYTES_MIN, PKTAP_RECORD_PACKET, PPI_BYTES_MIN } from '../wire/net/ppi.js';
import { Layer, lacks, malformed, type Walk } from './walk.js';

export function oddLink(w: Walk, linkType: number): number {
  w.code = linkType;
  switch (linkType) {
    case LinkType.atmLlc:
      return Layer.llc;
    case LinkType.ipOverFc:
      return past(w, IP_OVER_FC_BYTES, Layer.llc);
    case LinkType.ipnet:
      return past(w, IPNET_BYTES, Layer.ip);
    case LinkType.enc:
      return past(w, ENC_BYTES, Layer.ip);
    case LinkType.oldPflog:
      return past(w, OLD_PFLOG_BYTES, Layer.ip);
    case LinkType.pppPppd:
    case LinkType.pppWithDirection:
      return withDirection(w, Layer.ppp);
    case LinkType.chdlcWithDirection:
      w.code = LinkType.ciscoHdlc;
      return past(w, 1, Layer.link);
    case LinkType.netAnalyzer:
      return past(w, NET_ANALYZER_BYTES, Layer.ethernet);
    case LinkType.netAnalyzerTransparent:
      return past(w, NET_ANALYZER_BYTES + PREAMBLE_BYTES, Layer.ethernet);
    case LinkType.epon:
    case LinkType.ethernetPreamble:
      return past(w, PREAMBLE_BYTES, Layer.ethernet);
    case LinkType.broadcomTagBefore:
      return past(w, DSA_BYTES, Layer.ethernet);
    case LinkType.broadcomTag:
    case LinkType.dsa:
      return switchTag(w, DSA_BYTES);
    case LinkType.edsa:
      return switchTag(w, EDSA_TYPE_BYTES + DSA_BYTES);
    case LinkType.ipoib:
      return ipoib(w);
    case LinkType.ppi:
      return ppi(w);
    case LinkType.pktap:
      return pktap(w);
    case LinkType.pflog:
      return pflog(w);
    case LinkType.nflog:
      return nflog(w);
    case LinkType.erf:
      return erf(w);
    case LinkType.juniperEther:
    case LinkType.juniperPpp:
    case LinkType.juniperChdlc:
      return juniper(w, linkType);
    default:
      return JUNIPER_LINK_TYPES.has(linkType) ? juniper(w, linkType) : Layer.stopLinkType;
  }
}

/** The next header begins `size` bytes on; the layer itself looks whether it is there. */
function past(w: Walk, size: number, layer: number): number {
  w.at += size;
  return layer;
}

/** pppd writes the direction in the place of HDLC's address: the control octet that is left goes too. */
function withDirection(w: Walk, layer: number): number {
  if (w.at + 2 > w.end) return lacks(w, 2, 'PPP header');
  return past(w, w.bytes[w.at + 1] === 0x03 ? 2 : 1, layer);
}

function switchTag(w: Walk, size: number): number {
  const whole = ADDRESSES_BYTES + size + 2;
  if (w.at + whole > w.end) return lacks(w, whole, 'switch tag');
  w.at += whole;
  w.code = w.view.getUint16(w.at - 2);
  return Layer.etherType;
}

function ipoib(w: Walk): number {
  const size = IPOIB_GRH_BYTES + IPOIB_BYTES;
  if (w.at + size > w.end) return lacks(w, size, 'IPoIB header');
  w.code = w.view.getUint16(w.at + IPOIB_GRH_BYTES);
  return past(w, size, Layer.etherType);
}

function ppi(w: Walk): number {
  const at = w.at;
  if (at + PPI_BYTES_MIN > w.end) return lacks(w, PPI_BYTES_MIN, 'PPI header');
  const size = w.view.getUint16(at + 2, true);
  if (size < PPI_BYTES_MIN) return malformed(w, 'PPI header length under 8 bytes');
  return inner(w, w.view.getUint32(at + 4, true), size, 'PPI header');
}

function pktap(w: Walk): number {
  const at = w.at;
  if (at + PKTAP_BYTES_MIN > w.end) return lacks(w, PKTAP_BYTES_MIN, 'PKTAP header');
  const size = w.view.getUint32(at, true);
  if (size < PKTAP_BYTES_MIN) return malformed(w, 'PKTAP header length under 12 bytes');
  // Without a packet there is nothing to read, whatever else it is.
  if (w.view.getUint32(at + 4, true) !== PKTAP_RECORD_PACKET) return Layer.stopLinkType;
  return inner(w, w.view.getUint32(at + 8, true), size, 'PKTAP header');
}

/** A packet of another link type follows; headers of this kind do not hold each other. */
function inner(w: Walk, linkType: number, size: number, what: string): number {
  if (w.at + size > w.end) return lacks(w, size, what);
  w.code = linkType;
  if (linkType === LinkType.ppi || linkType === LinkType.pktap) return Layer.stopLinkType;
  return past(w, size, Layer.link);
}

/** Its own length is without the padding to four bytes. */
function pflog(w: Walk): number {
  if (w.at >= w.end) return lacks(w, PFLOG_BYTES_MIN, 'PFLOG header');
  const length = w.bytes[w.at];
  if (length < PFLOG_BYTES_MIN) return malformed(w, 'PFLOG header length under 45 bytes');
  const size = (length + 3) & ~3;
  if (w.at + size > w.end) return lacks(w, size, 'PFLOG header');
  return past(w, size, Layer.ip);
}

/** Values in the byte order of the host: of a type (all are small numbers) the low octet is not 0. */
function nflog(w: Walk): number {
  let at = w.at + NFLOG_BYTES;
  while (at + NFLOG_VALUE_BYTES <= w.end) {
    const little = w.bytes[at + 2] !== 0;
    const length = w.view.getUint16(at, little);
    if (length < NFLOG_VALUE_BYTES) return malformed(w, 'NFLOG value shorter than its own head');
    if ((w.view.getUint16(at + 2, little) & 0x7fff) === NFLOG_PAYLOAD) {
      w.at = at + NFLOG_VALUE_BYTES;
      if (at + length < w.wire) w.wire = at + length;
      if (w.end > w.wire) w.end = w.wire;
      return Layer.ip;
    }
    at += (length + 3) & ~3;
  }
  return lacks(w, at + NFLOG_VALUE_BYTES - w.at, 'NFLOG values up to the packet');
}

function erf(w: Walk): number {
  const at = w.at;
  if (at + ERF_BYTES > w.end) return lacks(w, ERF_BYTES, 'ERF header');
  const type = w.bytes[at + 8] & 0x7f;
  let next = at + ERF_BYTES;
  for (let more = w.bytes[at + 8] & 0x80; more !== 0; next += ERF_EXTENSION_BYTES) {
    if (next >= w.end) return lacks(w, next + 1 - at, 'ERF extension header');
    more = w.bytes[next] & 0x80;
  }
  w.at = next;
  if (type === ERF_IPV4 || type === ERF_IPV6) return Layer.ip;
  for (let i = 0; i < ERF_ETHERNET.length; i++) {
    if (ERF_ETHERNET[i] === type) return past(w, ERF_ETHERNET_BYTES, Layer.ethernet);
  }
  return Layer.stopLinkType;
}

function juniper(w: Walk, linkType: number): number {
  const at = w.at;
  if (at + JUNIPER_BYTES_MIN > w.end) return lacks(w, JUNIPER_BYTES_MIN, 'Juniper header');
  const word = w.view.getUint32(at);
  if (word >>> 8 !== JUNIPER_MAGIC) return malformed(w, 'Juniper header without its magic number');
  let next = at + JUNIPER_BYTES_MIN;
  if (word & 0x80) {
    if (next + JUNIPER_EXTENSION_BYTES > w.end) return lacks(w, next + 2 - at, 'Juniper header');
    next += JUNIPER_EXTENSION_BYTES + w.view.getUint16(next);
  }
  if (word & 0x02) return withoutLink(w, next);
  w.at = next;
  w.code = linkType;
  switch (linkType) {
    case LinkType.juniperEther:
      return Layer.ethernet;
    case LinkType.juniperPpp:
      return Layer.ppp;
    case LinkType.juniperChdlc:
      w.code = LinkType.ciscoHdlc;
      return Layer.link;
    default:
      return Layer.stopLinkType;
  }
}

/** IP begins at once, or behind a word of the router's own, which is a small number. */
function withoutLink(w: Walk, next: number): number {
  if (next + 4 > w.end) return lacks(w, next + 4 - w.at, 'Juniper header');
  const version = w.bytes[next] >> 4;
  w.at = version === 4 || version === 6 ? next : next + 4;
  return Layer.ip;
}

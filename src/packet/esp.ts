// hot: no allocation per packet
// ESP (RFC 4303). Nothing in a packet says that it is not encrypted (RFC 2410), so it is read only
// where it proves that it is: the trailer's padding counts, lengths meet exactly, and a checksum of
// what is inside agrees. Where the trailer is cut an IP packet inside has to agree by itself.

import { ESP_BYTES, ESP_ICV_BYTES, ESP_TRAILER_BYTES } from '../wire/net/esp.js';
import { IpProtocol } from '../wire/net/ipv4.js';
import { TCP_BYTES_MIN } from '../wire/net/tcp.js';
import { onesSum, pseudoSum } from './checksum.js';
import { ipv4Length, ipv6Length } from './guess.js';
import { Layer, type Walk } from './walk.js';

const PAD_MAX = 255;
const ICV_MAX = 32;
const ICV_COUNT = ESP_ICV_BYTES.length;

export function esp(w: Walk): number {
  const inner = w.at + ESP_BYTES;
  w.code = IpProtocol.esp;
  if (inner >= w.end) return Layer.stopEncrypted;
  if (w.end < w.wire) return cut(w, inner);
  for (let i = 0; i < ICV_COUNT; i++) {
    const layer = unencrypted(w, inner, w.wire - ESP_ICV_BYTES[i]);
    if (layer >= 0) return layer;
  }
  return Layer.stopEncrypted;
}

/** Takes the payload from `inner` if a trailer that ends at `end` agrees with it; else -1. */
function unencrypted(w: Walk, inner: number, end: number): number {
  const trailer = end - ESP_TRAILER_BYTES;
  if (trailer <= inner || ((end - inner) & 3) !== 0) return -1;
  const bytes = w.bytes;
  const pad = bytes[trailer];
  const to = trailer - pad;
  if (to <= inner) return -1;
  for (let i = 1; i <= pad; i++) if (bytes[to + i - 1] !== i) return -1;
  const layer = agreeing(w, inner, to, bytes[trailer + 1]);
  if (layer < 0) return -1;
  w.at = inner;
  w.wire = to;
  w.end = to;
  return layer;
}

function agreeing(w: Walk, at: number, to: number, next: number): number {
  switch (next) {
    case IpProtocol.ipv4:
      return ipv4Length(w, at) === to - at ? Layer.ipv4 : -1;
    case IpProtocol.ipv6:
      return ipv6Length(w, at) === to - at ? Layer.ipv6 : -1;
    case IpProtocol.tcp:
      return to - at >= TCP_BYTES_MIN &&
        onesSum(w.view, at, to, pseudoSum(w.segment) + to - at) === 0xffff
        ? Layer.tcp
        : -1;
    default:
      return -1;
  }
}

/** The trailer was not captured: a tunnelled packet's own length has to fit into what was on the wire. */
function cut(w: Walk, inner: number): number {
  const most = w.wire - ESP_TRAILER_BYTES;
  const least = most - PAD_MAX - ICV_MAX;
  const four = inner + ipv4Length(w, inner);
  if (four > inner) return four >= least && four <= most ? tunnelled(w, inner, Layer.ipv4) : no();
  const six = inner + ipv6Length(w, inner);
  return six > inner && six >= least && six <= most && steady(w, inner)
    ? tunnelled(w, inner, Layer.ipv6)
    : no();
}

/** IPv6 has no checksum: TCP must follow at once, with a possible header and its reserved bits clear. */
function steady(w: Walk, at: number): boolean {
  const tcp = at + 40;
  if (w.bytes[at + 6] !== IpProtocol.tcp || tcp + TCP_BYTES_MIN > w.end) return false;
  return w.bytes[tcp + 12] >> 4 >= 5 && (w.bytes[tcp + 12] & 15) === 0;
}

function tunnelled(w: Walk, inner: number, layer: number): number {
  w.at = inner;
  return layer;
}

function no(): number {
  return Layer.stopEncrypted;
}

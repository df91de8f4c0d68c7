// Link headers for test packets: everything between the wire and the IP header.

import {
  ETHERNET_BYTES,
  EtherType,
  ethernet,
  LLC_BYTES,
  llc,
  SAP_IP,
  SAP_SNAP,
  SNAP_BYTES,
  snap,
} from '../../src/wire/net/ethernet.js';
import { MPLS_BYTES, mpls, PSEUDOWIRE_BYTES } from '../../src/wire/net/mpls.js';
import { AF_INET, AF_INET6_DARWIN, LOOPBACK_BYTES, loopback } from '../../src/wire/net/null.js';
import {
  CISCO_HDLC_BYTES,
  ciscoHdlc,
  HDLC_ADDRESS_ALL,
  HDLC_BYTES,
  HDLC_CONTROL_UI,
  hdlc,
  PPP_BYTES,
  PPPOE_BYTES,
  PppProtocol,
  ppp,
  pppoe,
} from '../../src/wire/net/ppp.js';
import { SLL_BYTES, sll } from '../../src/wire/net/sll.js';
import { SLL2_BYTES, sll2 } from '../../src/wire/net/sll2.js';
import { VLAN_BYTES, vlan } from '../../src/wire/net/vlan.js';
import { concat, words } from './octets.js';
import { ODD_LINKS, type Parts } from './packet-odd-link.js';

export type LinkName =
  | 'ethernet'
  | 'llc-snap'
  | 'llc-ip'
  | 'sll'
  | 'sll2'
  | 'null-le'
  | 'null-be'
  | 'loop'
  | 'raw'
  | 'raw12'
  | 'raw14'
  | 'ipv4'
  | 'ipv6'
  | 'ppp'
  | 'ppp-hdlc'
  | 'ppp-ether'
  | 'cisco-hdlc'
  | 'mpls'
  | (string & {});

/** What stands between the link's type and IP, in this order. */
export interface Shims {
  /** VLAN ids, outermost first, and the type of each tag (0x8100 by default). */
  vlan?: readonly number[];
  vlanTypes?: readonly number[];
  pppoe?: boolean;
  /** MPLS labels, outermost first. */
  mpls?: readonly number[];
  /** Behind the labels an Ethernet frame, with or without control word. */
  pseudowire?: 'word' | 'bare';
}

const NEAR = Uint8Array.of(0x02, 0, 0, 0, 0, 0x01);
const FAR = Uint8Array.of(0x02, 0, 0, 0, 0, 0x02);

/** `packet` is an IP packet, or with `etherType` anything of that type. */
export function linkFrame(
  link: LinkName,
  packet: Uint8Array,
  shims: Shims = {},
  etherType = ipType(packet),
): Uint8Array {
  const [type, body] = shimmed(packet, shims, etherType);
  const family = type === EtherType.ipv6 ? AF_INET6_DARWIN : AF_INET;
  switch (link) {
    case 'ethernet':
      return ethernetFrame(type, body);
    case 'llc-snap':
      return ethernetFrame(LLC_BYTES + SNAP_BYTES + body.length, concat(llcSnap(type), body));
    case 'llc-ip':
      return ethernetFrame(LLC_BYTES + body.length, concat(llcHeader(SAP_IP), body));
    case 'sll':
      return concat(sllHeader(type), body);
    case 'sll2':
      return concat(sll2Header(type), body);
    case 'null-le':
      return concat(words(LOOPBACK_BYTES, [[loopback.family, family]]).reverse(), body);
    case 'null-be':
    case 'loop':
      return concat(words(LOOPBACK_BYTES, [[loopback.family, family]]), body);
    case 'ppp':
      return concat(pppHeader(type), body);
    case 'ppp-hdlc':
      return concat(hdlcHeader(), pppHeader(type), body);
    case 'ppp-ether':
      return pppoeFrame(type, body);
    case 'cisco-hdlc':
      return concat(ciscoHeader(type), body);
    case 'mpls':
      return shims.mpls ? body : concat(labelStack([16]), body);
    default:
      return ODD_LINKS[link]?.[1](type, body, PARTS) ?? body;
  }
}

const PARTS: Parts = {
  ethernet: ethernetFrame,
  llcSnap,
  ppp: pppHeader,
  hdlc: hdlcHeader,
  cisco: ciscoHeader,
};

export function ethernetFrame(type: number, body: Uint8Array): Uint8Array {
  const head = words(ETHERNET_BYTES, [[ethernet.etherType, type]]);
  head.set(FAR, ethernet.destination.byte);
  head.set(NEAR, ethernet.source.byte);
  return concat(head, body);
}

/** The EtherType of an IP packet. */
export function ipType(packet: Uint8Array): number {
  return packet[0] >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4;
}

function shimmed(packet: Uint8Array, shims: Shims, etherType: number): [number, Uint8Array] {
  let body = packet;
  let type = etherType;
  if (shims.pseudowire) {
    const word = new Uint8Array(shims.pseudowire === 'word' ? PSEUDOWIRE_BYTES : 0);
    body = concat(word, ethernetFrame(type, body));
  }
  if (shims.mpls) {
    body = concat(labelStack(shims.mpls), body);
    type = EtherType.mpls;
  }
  if (shims.pppoe) {
    body = pppoeFrame(type, body);
    type = EtherType.pppoe;
  }
  const ids = shims.vlan ?? [];
  for (let i = ids.length - 1; i >= 0; i--) {
    const tag = words(VLAN_BYTES, [
      [vlan.vlanId, ids[i]],
      [vlan.etherType, type],
    ]);
    body = concat(tag, body);
    type = shims.vlanTypes?.[i] ?? EtherType.vlan;
  }
  return [type, body];
}

function labelStack(labels: readonly number[]): Uint8Array {
  const entries = labels.map((label, i) =>
    words(MPLS_BYTES, [
      [mpls.label, label],
      [mpls.bottomOfStack, i === labels.length - 1 ? 1 : 0],
      [mpls.ttl, 64],
    ]),
  );
  return concat(...entries);
}

function pppoeFrame(type: number, body: Uint8Array): Uint8Array {
  const head = words(PPPOE_BYTES, [
    [pppoe.version, 1],
    [pppoe.type, 1],
    [pppoe.sessionId, 7],
    [pppoe.length, PPP_BYTES + body.length],
  ]);
  return concat(head, pppHeader(type), body);
}

function pppHeader(type: number): Uint8Array {
  const protocols: Record<number, number> = {
    [EtherType.ipv4]: PppProtocol.ipv4,
    [EtherType.ipv6]: PppProtocol.ipv6,
    [EtherType.mpls]: PppProtocol.mpls,
  };
  return words(PPP_BYTES, [[ppp.protocol, protocols[type] ?? type]]);
}

function hdlcHeader(): Uint8Array {
  return words(HDLC_BYTES, [
    [hdlc.address, HDLC_ADDRESS_ALL],
    [hdlc.control, HDLC_CONTROL_UI],
  ]);
}

function ciscoHeader(type: number): Uint8Array {
  return words(CISCO_HDLC_BYTES, [
    [ciscoHdlc.address, 0x0f],
    [ciscoHdlc.protocol, type],
  ]);
}

function llcHeader(sap: number): Uint8Array {
  return words(LLC_BYTES, [
    [llc.destinationSap, sap],
    [llc.sourceSap, sap],
    [llc.control, 3],
  ]);
}

function llcSnap(type: number): Uint8Array {
  return concat(llcHeader(SAP_SNAP), words(SNAP_BYTES, [[snap.etherType, type]]));
}

function sllHeader(type: number): Uint8Array {
  const head = words(SLL_BYTES, [
    [sll.arphrdType, 1],
    [sll.addressLength, 6],
    [sll.protocol, type],
  ]);
  head.set(NEAR, sll.address.byte);
  return head;
}

function sll2Header(type: number): Uint8Array {
  const head = words(SLL2_BYTES, [
    [sll2.protocol, type],
    [sll2.interfaceIndex, 3],
    [sll2.arphrdType, 1],
    [sll2.addressLength, 6],
  ]);
  head.set(NEAR, sll2.address.byte);
  return head;
}

// Ethernet: DIX frames (RFC 894), IEEE 802.3 frames with LLC and SNAP (RFC 1042).

import { field } from '../field.js';

/** Types that follow an address pair or a tag; below 0x0600 the same word is an 802.3 length. */
export const EtherType = {
  ipv4: 0x0800,
  vlan: 0x8100,
  ipv6: 0x86dd,
  mpls: 0x8847,
  mplsMulticast: 0x8848,
  pppoe: 0x8864,
  llc: 0x8870,
  providerBridge: 0x88a8,
  backboneBridge: 0x88e7,
  qinq9100: 0x9100,
  qinq9200: 0x9200,
  ciscoMetaData: 0x8909,
  vnTag: 0x8926,
  bridgePortExtension: 0x893f,
  transparentEthernet: 0x6558,
  erspan2: 0x88be,
  erspan3: 0x22eb,
  trill: 0x22f3,
  wccp: 0x883e,
  pptp: 0x880b,
  macsec: 0x88e5,
  hsr: 0x892f,
  fabricPath: 0x8903,
  nsh: 0x894f,
  edsa: 0xdada,
  redundancyTag: 0xf1c1,
} as const;

/** Names of what is met in storage networks (standards-oui.ieee.org/ethertype). */
export const ETHER_TYPE_NAMES: Readonly<Record<number, string>> = {
  2048: 'IPv4',
  2054: 'ARP',
  8192: 'CDP',
  8195: 'VTP',
  8196: 'DTP',
  8947: 'TRILL',
  25944: 'Ethernet',
  32821: 'RARP',
  33024: 'VLAN',
  34525: 'IPv6',
  34824: 'Ethernet flow control',
  34825: 'LACP',
  34827: 'PPTP',
  34878: 'WCCP',
  34887: 'MPLS',
  34888: 'MPLS multicast',
  34915: 'PPPoE discovery',
  34916: 'PPPoE',
  34958: '802.1X',
  34978: 'AoE',
  34984: 'provider VLAN',
  35020: 'LLDP',
  35045: 'MACsec',
  35063: 'PTP',
  35074: 'CFM',
  35075: 'FabricPath',
  35078: 'FCoE',
  35092: 'FIP',
  35093: 'RoCE',
  35119: 'HSR',
  35151: 'NSH',
  36864: 'loopback test',
  56026: 'switch tag (EDSA)',
  61889: 'redundancy tag',
};

/** Service access points of 802.2 frames that are not IP. */
export const SAP_NAMES: Readonly<Record<number, string>> = {
  66: 'STP',
  224: 'IPX',
  240: 'NetBIOS',
  254: 'IS-IS',
};

/** Largest value that is a length and not a type (IEEE 802.3 3.2.6). */
export const IEEE_802_3_LENGTH_MAX = 1500;

export const ethernet = {
  destination: field('destination', 0, 0, 48),
  source: field('source', 6, 0, 48),
  etherType: field('etherType', 12, 0, 16, { names: ETHER_TYPE_NAMES }),
} as const;

export const ETHERNET_BYTES = 14;

/** IEEE 802.2, unnumbered information (RFC 1042). */
export const llc = {
  destinationSap: field('destinationSap', 0, 0, 8, { names: SAP_NAMES }),
  sourceSap: field('sourceSap', 1, 0, 8, { names: SAP_NAMES }),
  control: field('control', 2, 0, 8),
} as const;

export const LLC_BYTES = 3;
export const SAP_SNAP = 0xaa;
export const SAP_IP = 0x06;

/** Follows LLC with both SAPs 0xaa (RFC 1042). */
export const snap = {
  organization: field('organization', 0, 0, 24),
  etherType: field('etherType', 3, 0, 16, { names: ETHER_TYPE_NAMES }),
} as const;

export const SNAP_BYTES = 5;

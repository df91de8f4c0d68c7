// Link types of pcap and pcapng that sanscope reads: www.tcpdump.org/linktypes.

export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  /** DLT_RAW as some systems wrote it into files. */
  raw12: 12,
  raw14: 14,
  oldPflog: 17,
  pppHdlc: 50,
  pppEther: 51,
  /** RFC 1483 (now 2684): LLC on ATM. */
  atmLlc: 100,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  enc: 109,
  linuxSll: 113,
  pflog: 117,
  ipOverFc: 122,
  pppPppd: 166,
  juniperEther: 178,
  juniperPpp: 179,
  juniperChdlc: 181,
  ppi: 192,
  erf: 197,
  pppWithDirection: 204,
  chdlcWithDirection: 205,
  mpls: 219,
  ipnet: 226,
  ipv4: 228,
  ipv6: 229,
  nflog: 239,
  netAnalyzer: 240,
  netAnalyzerTransparent: 241,
  ipoib: 242,
  pktap: 258,
  epon: 259,
  ethernetPreamble: 274,
  linuxSll2: 276,
  broadcomTag: 281,
  broadcomTagBefore: 282,
  dsa: 283,
  edsa: 284,
} as const;

/** What stands before what another link type or LLC describes. */
export const IP_OVER_FC_BYTES = 16;
export const IPNET_BYTES = 24;
/** InfiniBand's global route header; an EtherType and two reserved bytes follow (RFC 4391 section 6). */
export const IPOIB_GRH_BYTES = 40;
export const IPOIB_BYTES = 4;
export const NET_ANALYZER_BYTES = 4;
/** Preamble and start of frame (IEEE 802.3 3.1.1). */
export const PREAMBLE_BYTES = 8;

/** Others of Juniper's: read where the router left the link's header away. */
export const JUNIPER_LINK_TYPES: ReadonlySet<number> = new Set([
  130, 131, 132, 133, 134, 135, 136, 137, 164, 167, 168, 180, 183, 194, 200, 298, 299,
]);

// Link types of pcap and pcapng that sanscope reads: www.tcpdump.org/linktypes.

export const LinkType = {
  null: 0,
  ethernet: 1,
  ppp: 9,
  /** DLT_RAW as some systems wrote it into files. */
  raw12: 12,
  raw14: 14,
  pppHdlc: 50,
  pppEther: 51,
  raw: 101,
  ciscoHdlc: 104,
  loop: 108,
  linuxSll: 113,
  mpls: 219,
  ipv4: 228,
  ipv6: 229,
  linuxSll2: 276,
} as const;

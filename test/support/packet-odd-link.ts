// More link headers for test packets: those of capturing systems, switch chips and fabrics.

import { DSA_BYTES, dsa } from '../../src/wire/net/dsa.js';
import { ERF_BYTES, erf } from '../../src/wire/net/erf.js';
import { EtherType } from '../../src/wire/net/ethernet.js';
import { ENC_BYTES } from '../../src/wire/net/firewall-log.js';
import { JUNIPER_BYTES_MIN, JUNIPER_MAGIC, juniper } from '../../src/wire/net/juniper.js';
import { IP_OVER_FC_BYTES, IPOIB_GRH_BYTES, LinkType } from '../../src/wire/net/linktype.js';
import {
  MACSEC_BYTES_MIN,
  MACSEC_ICV_BYTES,
  MACSEC_SCI_BYTES,
  macsec,
} from '../../src/wire/net/macsec.js';
import { NSH_BYTES_MIN, nsh } from '../../src/wire/net/nsh.js';
import { FABRIC_PATH_BYTES, TRILL_BYTES_MIN, trill } from '../../src/wire/net/trill.js';
import { concat, words } from './octets.js';

/** What the links of packet-link.ts offer to build these on. */
export interface Parts {
  ethernet(type: number, body: Uint8Array): Uint8Array;
  llcSnap(type: number): Uint8Array;
  ppp(type: number): Uint8Array;
  hdlc(): Uint8Array;
  cisco(type: number): Uint8Array;
}

type Maker = (type: number, body: Uint8Array, parts: Parts) => Uint8Array;

const six = (type: number) => type === EtherType.ipv6;
const bytes = (length: number, ...start: number[]) => {
  const made = new Uint8Array(length);
  made.set(start.slice(0, length));
  return made;
};
const type16 = (type: number) => Uint8Array.of(type >> 8, type & 255);
/** Little endian. */
const le32 = (value: number) => Uint8Array.of(value, value >> 8, value >> 16, value >> 24);

/** Puts a header between the addresses and the type of an Ethernet frame. */
function tagged(type: number, body: Uint8Array, tag: Uint8Array, parts: Parts): Uint8Array {
  const frame = parts.ethernet(type, body);
  return concat(frame.slice(0, 12), tag, frame.slice(12));
}

const DSA_TAG = words(DSA_BYTES, [
  [dsa.mode, 3],
  [dsa.tagged, 1],
  [dsa.port, 5],
  [dsa.rest, 100],
]);
const TO_CPU = words(DSA_BYTES, [[dsa.port, 2]]);

function nflog(type: number, body: Uint8Array, little: boolean): Uint8Array {
  const value = (code: number, data: Uint8Array) => {
    const head = [data.length + 4, code].flatMap((n) =>
      little ? [n & 255, n >> 8] : [n >> 8, n & 255],
    );
    return concat(Uint8Array.from(head), data, new Uint8Array(-data.length & 3));
  };
  const prefix = value(10, new TextEncoder().encode('iscsi\0'));
  return concat(bytes(4, six(type) ? 10 : 2), prefix, value(9, body));
}

function juniperHeader(flags: number, ...more: Uint8Array[]): Uint8Array {
  const head = words(JUNIPER_BYTES_MIN, [[juniper.magic, JUNIPER_MAGIC]]);
  head[3] = flags;
  return concat(head, ...more);
}

/** One extension value of 3 bytes in all, the router's own kind of interface. */
const EXTENSION = Uint8Array.of(0, 6, 1, 1, 5, 2, 1, 9);

function erfHeader(type: number, wire: number, extension: boolean): Uint8Array {
  const head = words(ERF_BYTES, [
    [erf.extensionPresent, extension ? 1 : 0],
    [erf.type, type],
    [erf.flags, 4],
    [erf.recordLength, ERF_BYTES + (extension ? 8 : 0) + 2 + wire],
    [erf.wireLength, wire],
  ]);
  return concat(head, new Uint8Array(extension ? 8 : 0));
}

function macsecFrame(type: number, body: Uint8Array, sci: boolean, parts: Parts): Uint8Array {
  const length = 2 + body.length;
  const head = words(MACSEC_BYTES_MIN, [
    [macsec.sciPresent, sci ? 1 : 0],
    [macsec.shortLength, length < 48 ? length : 0],
    [macsec.packetNumber, 77],
  ]);
  const data = concat(type16(type), body);
  const tag = concat(head, bytes(sci ? MACSEC_SCI_BYTES : 0, 2, 0, 0, 0, 0, 1, 0, 1));
  return parts.ethernet(EtherType.macsec, concat(tag, data, bytes(MACSEC_ICV_BYTES, 0xaa)));
}

function nshHeader(next: number, extra: number): Uint8Array {
  const head = words(NSH_BYTES_MIN, [
    [nsh.ttl, 63],
    [nsh.length, 2 + extra],
    [nsh.metadataType, 2],
    [nsh.nextProtocol, next],
    [nsh.servicePath, 5],
    [nsh.serviceIndex, 254],
  ]);
  return concat(head, new Uint8Array(extra * 4));
}

/** Name → link type and how a packet of an EtherType looks there. */
export const ODD_LINKS: Readonly<Record<string, readonly [number, Maker]>> = {
  'dsa-tag': [LinkType.dsa, (type, body, p) => tagged(type, body, DSA_TAG, p)],
  'edsa-tag': [
    LinkType.edsa,
    (type, body, p) => tagged(type, body, concat(type16(0xdada), type16(0), DSA_TAG), p),
  ],
  'brcm-tag': [
    LinkType.broadcomTag,
    (type, body, p) => tagged(type, body, bytes(4, 0, 0, 0, 8), p),
  ],
  'brcm-before': [
    LinkType.broadcomTagBefore,
    (type, body, p) => concat(bytes(4, 0, 0, 0, 8), p.ethernet(type, body)),
  ],
  dsa: [LinkType.ethernet, (type, body, p) => tagged(type, body, DSA_TAG, p)],
  'dsa-to-cpu': [LinkType.ethernet, (type, body, p) => tagged(type, body, TO_CPU, p)],
  edsa: [
    LinkType.ethernet,
    (type, body, p) => tagged(type, body, concat(type16(0xdada), type16(0), DSA_TAG), p),
  ],
  hsr: [
    LinkType.ethernet,
    (type, body, p) => p.ethernet(EtherType.hsr, concat(bytes(4, 0, 100), type16(type), body)),
  ],
  'r-tag': [
    LinkType.ethernet,
    (type, body, p) => p.ethernet(EtherType.redundancyTag, concat(bytes(4), type16(type), body)),
  ],
  'vn-tag': [
    LinkType.ethernet,
    (type, body, p) => p.ethernet(EtherType.vnTag, concat(bytes(4, 0x80, 7), type16(type), body)),
  ],
  'e-tag': [
    LinkType.ethernet,
    (type, body, p) =>
      p.ethernet(EtherType.bridgePortExtension, concat(bytes(6, 0, 0, 0, 9), type16(type), body)),
  ],
  'cisco-meta-data': [
    LinkType.ethernet,
    (type, body, p) =>
      p.ethernet(EtherType.ciscoMetaData, concat(bytes(6, 1, 1, 0, 1, 0, 9), type16(type), body)),
  ],
  pbb: [
    LinkType.ethernet,
    (type, body, p) =>
      p.ethernet(EtherType.backboneBridge, concat(bytes(4, 0, 0, 0, 9), p.ethernet(type, body))),
  ],
  fabricpath: [
    LinkType.ethernet,
    (type, body, p) =>
      p.ethernet(
        EtherType.fabricPath,
        concat(bytes(FABRIC_PATH_BYTES, 0x00, 0x5f), p.ethernet(type, body)),
      ),
  ],
  trill: [
    LinkType.ethernet,
    (type, body, p) => {
      const head = words(TRILL_BYTES_MIN, [
        [trill.hopCount, 9],
        [trill.egressNickname, 1],
        [trill.ingressNickname, 2],
      ]);
      return p.ethernet(EtherType.trill, concat(head, p.ethernet(type, body)));
    },
  ],
  'macsec-clear': [LinkType.ethernet, (type, body, p) => macsecFrame(type, body, false, p)],
  'macsec-clear-sci': [LinkType.ethernet, (type, body, p) => macsecFrame(type, body, true, p)],
  nsh: [
    LinkType.ethernet,
    (type, body, p) => p.ethernet(EtherType.nsh, concat(nshHeader(3, 2), p.ethernet(type, body))),
  ],
  'nsh-ip': [
    LinkType.ethernet,
    (type, body, p) => p.ethernet(EtherType.nsh, concat(nshHeader(six(type) ? 2 : 1, 0), body)),
  ],
  ppi: [
    LinkType.ppi,
    (type, body, p) => concat(bytes(4, 0, 0, 16), le32(1), bytes(8), p.ethernet(type, body)),
  ],
  'ppi-raw': [LinkType.ppi, (_, body) => concat(bytes(4, 0, 0, 8), le32(101), body)],
  pktap: [
    LinkType.pktap,
    (type, body, p) =>
      concat(le32(108), le32(1), le32(1), new Uint8Array(96), p.ethernet(type, body)),
  ],
  pflog: [LinkType.pflog, (type, body) => concat(bytes(64, 61, six(type) ? 30 : 2), body)],
  'pflog-openbsd': [
    LinkType.pflog,
    (type, body) => concat(bytes(100, 100, six(type) ? 24 : 2), body),
  ],
  'old-pflog': [
    LinkType.oldPflog,
    (type, body) => concat(bytes(28, 0, 0, 0, six(type) ? 30 : 2), body),
  ],
  'nflog-le': [LinkType.nflog, (type, body) => nflog(type, body, true)],
  'nflog-be': [LinkType.nflog, (type, body) => nflog(type, body, false)],
  enc: [LinkType.enc, (type, body) => concat(bytes(ENC_BYTES, six(type) ? 24 : 2), body)],
  ipnet: [
    LinkType.ipnet,
    (type, body) =>
      concat(
        bytes(24, 1, six(type) ? 26 : 2, 0, 0, 0, 0, body.length >> 8, body.length & 255),
        body,
      ),
  ],
  ipoib: [
    LinkType.ipoib,
    (type, body) => concat(new Uint8Array(IPOIB_GRH_BYTES), type16(type), type16(0), body),
  ],
  'ip-over-fc': [
    LinkType.ipOverFc,
    (type, body, p) => concat(new Uint8Array(IP_OVER_FC_BYTES), p.llcSnap(type), body),
  ],
  'atm-llc': [LinkType.atmLlc, (type, body, p) => concat(p.llcSnap(type), body)],
  epon: [
    LinkType.epon,
    (type, body, p) =>
      concat(bytes(8, 0x55, 0x55, 0xd5, 0x55, 0x55, 0, 1, 9), p.ethernet(type, body)),
  ],
  mpacket: [
    LinkType.ethernetPreamble,
    (type, body, p) =>
      concat(bytes(8, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xd5), p.ethernet(type, body)),
  ],
  'net-analyzer': [
    LinkType.netAnalyzer,
    (type, body, p) => concat(bytes(4, 0, 0x04), p.ethernet(type, body), bytes(4)),
  ],
  'net-analyzer-transparent': [
    LinkType.netAnalyzerTransparent,
    (type, body, p) =>
      concat(
        bytes(4, 0, 0x04),
        bytes(8, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xd5),
        p.ethernet(type, body),
      ),
  ],
  erf: [
    LinkType.erf,
    (type, body, p) => {
      const frame = p.ethernet(type, body);
      return concat(erfHeader(2, frame.length, false), bytes(2), frame);
    },
  ],
  'erf-extended': [
    LinkType.erf,
    (type, body, p) => {
      const frame = p.ethernet(type, body);
      return concat(erfHeader(2, frame.length, true), bytes(2), frame);
    },
  ],
  'erf-ip': [
    LinkType.erf,
    (type, body) => concat(erfHeader(six(type) ? 23 : 22, body.length, false), body),
  ],
  'juniper-ether': [
    LinkType.juniperEther,
    (type, body, p) => concat(juniperHeader(1), p.ethernet(type, body)),
  ],
  'juniper-extended': [
    LinkType.juniperEther,
    (type, body, p) => concat(juniperHeader(0x81, EXTENSION), p.ethernet(type, body)),
  ],
  'juniper-bare': [LinkType.juniperEther, (_, body) => concat(juniperHeader(2), bytes(4, 2), body)],
  'juniper-bare-ip': [LinkType.juniperEther, (_, body) => concat(juniperHeader(2), body)],
  'juniper-ppp': [
    LinkType.juniperPpp,
    (type, body, p) => concat(juniperHeader(0), p.hdlc(), p.ppp(type), body),
  ],
  'juniper-chdlc': [
    LinkType.juniperChdlc,
    (type, body, p) => concat(juniperHeader(0), p.cisco(type), body),
  ],
  'ppp-pppd': [LinkType.pppPppd, (type, body, p) => concat(Uint8Array.of(0, 3), p.ppp(type), body)],
  'ppp-direction': [
    LinkType.pppWithDirection,
    (type, body, p) => concat(Uint8Array.of(1), p.hdlc(), p.ppp(type), body),
  ],
  'chdlc-direction': [
    LinkType.chdlcWithDirection,
    (type, body, p) => concat(Uint8Array.of(1), p.cisco(type), body),
  ],
};

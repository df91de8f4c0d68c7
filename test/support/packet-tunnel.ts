// Tunnels for test packets: an IP packet put into another one.

import {
  ERSPAN_VERSION_2,
  ERSPAN_VERSION_3,
  ERSPAN2_BYTES,
  ERSPAN3_BYTES,
  ERSPAN3_PLATFORM_BYTES,
  erspan2,
  erspan3,
} from '../../src/wire/net/erspan.js';
import { ESP_BYTES, esp } from '../../src/wire/net/esp.js';
import { EtherType } from '../../src/wire/net/ethernet.js';
import { GENEVE_BYTES_MIN, geneve } from '../../src/wire/net/geneve.js';
import {
  GRE_BYTES_MIN,
  GRE_OPTION_BYTES,
  GRE_PPTP_BYTES_MIN,
  gre,
  grePptp,
} from '../../src/wire/net/gre.js';
import { GTPU_BYTES_MIN, GTPU_PACKET, gtpu } from '../../src/wire/net/gtpu.js';
import { IpProtocol } from '../../src/wire/net/ipv4.js';
import { TunnelPort, UDP_BYTES, udp } from '../../src/wire/net/udp.js';
import { VXLAN_BYTES, vxlan } from '../../src/wire/net/vxlan.js';
import { VXLAN_GPE_BYTES, vxlanGpe } from '../../src/wire/net/vxlan-gpe.js';
import { concat, words } from './octets.js';
import { ipBytes } from './packet-builder.js';
import { ethernetFrame, ipType } from './packet-link.js';

export const TUNNELS = [
  'vxlan',
  'vxlan-8472',
  'geneve',
  'geneve-ip',
  'gre',
  'gre-full',
  'gre-ethernet',
  'nvgre',
  'erspan1',
  'erspan2',
  'erspan3',
  'erspan3-platform',
  'ipip',
  'ip-in-ipv6',
  'mpls-in-udp',
  'mpls-in-ip',
  'etherip',
  'vxlan-gpe',
  'vxlan-gpe-ip',
  'vxlan-gpe-nsh',
  'gtpu',
  'gtpu-extended',
  'lisp',
  'tzsp',
  'gre-in-udp',
  'gre-routed',
  'wccp',
  'wccp2',
  'pptp',
  'l2tpv2',
  'l2tpv3-udp',
  'l2tpv3-ip',
  'esp-null-tunnel',
  'esp-null-udp',
] as const;

export type Tunnel = (typeof TUNNELS)[number];

const ENDS = { src: '192.0.2.1', dst: '192.0.2.2' };
const ENDS6 = { src: '2001:db8::1', dst: '2001:db8::2' };
const LABEL = Uint8Array.of(0x00, 0x01, 0x01, 0x40);

/** `packet` (IP) in an outer IP packet. */
export function tunnelled(tunnel: Tunnel, packet: Uint8Array): Uint8Array {
  const type = ipType(packet);
  const frame = ethernetFrame(type, packet);
  const six = type === EtherType.ipv6;
  const inner = six ? IpProtocol.ipv6 : IpProtocol.ipv4;
  switch (tunnel) {
    case 'vxlan':
      return inUdp(TunnelPort.vxlan, vxlanHeader(), frame);
    case 'vxlan-8472':
      return inUdp(TunnelPort.vxlanLinux, vxlanHeader(), frame);
    case 'geneve':
      return inUdp(TunnelPort.geneve, geneveHeader(EtherType.transparentEthernet), frame);
    case 'geneve-ip':
      return inUdp(TunnelPort.geneve, geneveHeader(type), packet);
    case 'gre':
      return inGre(type, '', packet);
    case 'gre-full':
      return inGre(type, 'CKS', packet);
    case 'gre-ethernet':
      return inGre(EtherType.transparentEthernet, '', frame);
    case 'nvgre':
      return inGre(EtherType.transparentEthernet, 'K', frame);
    case 'erspan1':
      return inGre(EtherType.erspan2, '', frame);
    case 'erspan2':
      return inGre(EtherType.erspan2, 'S', concat(erspan2Header(), frame));
    case 'erspan3':
      return inGre(EtherType.erspan3, 'S', concat(erspan3Header(0), frame));
    case 'erspan3-platform':
      return inGre(
        EtherType.erspan3,
        'S',
        concat(erspan3Header(1), new Uint8Array(ERSPAN3_PLATFORM_BYTES), frame),
      );
    case 'ipip':
      return ipBytes(inner, packet, ENDS);
    case 'ip-in-ipv6':
      return ipBytes(inner, packet, ENDS6, { ip: 6 });
    case 'mpls-in-udp':
      return inUdp(TunnelPort.mpls, LABEL, packet);
    case 'mpls-in-ip':
      return ipBytes(IpProtocol.mpls, concat(LABEL, packet), ENDS);
    case 'etherip':
      return ipBytes(IpProtocol.etherIp, concat(Uint8Array.of(0x30, 0), frame), ENDS);
    case 'vxlan-gpe':
      return inUdp(TunnelPort.vxlanGpe, gpeHeader(3), frame);
    case 'vxlan-gpe-ip':
      return inUdp(TunnelPort.vxlanGpe, gpeHeader(six ? 2 : 1), packet);
    case 'vxlan-gpe-nsh':
      return inUdp(TunnelPort.vxlanGpe, gpeHeader(4), NSH_ETHERNET, frame);
    case 'gtpu':
      return inUdp(TunnelPort.gtpu, gtpuHeader(0, packet.length), packet);
    case 'gtpu-extended':
      return inUdp(TunnelPort.gtpu, gtpuHeader(6, packet.length + 8), GTPU_SESSION, packet);
    case 'lisp':
      return inUdp(TunnelPort.lisp, Uint8Array.of(0x80, 1, 2, 3, 0, 0, 0, 1), packet);
    case 'tzsp':
      return inUdp(TunnelPort.tzsp, TZSP_HEAD, frame);
    case 'gre-in-udp':
      return inUdp(TunnelPort.gre, Uint8Array.of(0, 0, type >> 8, type & 255), packet);
    case 'gre-routed':
      return ipBytes(
        IpProtocol.gre,
        concat(Uint8Array.of(0x40, 0, type >> 8, type & 255), GRE_ROUTES, packet),
        ENDS,
      );
    case 'wccp':
      return inGre(EtherType.wccp, '', packet);
    case 'wccp2':
      return inGre(EtherType.wccp, '', concat(Uint8Array.of(0, 9, 0, 1), packet));
    case 'pptp':
      return ipBytes(
        IpProtocol.gre,
        concat(pptpHeader(packet.length + 4), Uint8Array.of(0xff, 3), pppType(six), packet),
        ENDS,
      );
    case 'l2tpv2':
      return inUdp(
        TunnelPort.l2tp,
        Uint8Array.of(0x42, 2, ...length16(packet.length + 16), 0, 5, 0, 6, 0, 2, 9, 9, 0xff, 3),
        pppType(six),
        packet,
      );
    case 'l2tpv3-udp':
      return inUdp(TunnelPort.l2tp, Uint8Array.of(0, 3, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4), frame);
    case 'l2tpv3-ip':
      return ipBytes(
        IpProtocol.l2tp,
        concat(Uint8Array.of(0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0), frame),
        ENDS,
      );
    case 'esp-null-tunnel':
      return ipBytes(IpProtocol.esp, espNull(inner, packet, 12), ENDS);
    case 'esp-null-udp':
      return inUdp(TunnelPort.espNat, espNull(inner, packet, 16));
  }
}

/** An IPv4 packet with a UDP datagram (checksum 0: none, RFC 768). */
export function inUdp(port: number, ...body: readonly Uint8Array[]): Uint8Array {
  const data = concat(...body);
  const head = words(UDP_BYTES, [
    [udp.sourcePort, 50_000],
    [udp.destinationPort, port],
    [udp.length, UDP_BYTES + data.length],
  ]);
  return ipBytes(IpProtocol.udp, concat(head, data), ENDS);
}

/** `options`: the letters of the optional words to have. */
function inGre(type: number, options: string, body: Uint8Array): Uint8Array {
  const head = words(GRE_BYTES_MIN, [
    [gre.checksumPresent, options.includes('C') ? 1 : 0],
    [gre.keyPresent, options.includes('K') ? 1 : 0],
    [gre.sequencePresent, options.includes('S') ? 1 : 0],
    [gre.protocolType, type],
  ]);
  const extra = new Uint8Array(options.length * GRE_OPTION_BYTES);
  return ipBytes(IpProtocol.gre, concat(head, extra, body), ENDS);
}

function vxlanHeader(): Uint8Array {
  return words(VXLAN_BYTES, [
    [vxlan.validVni, 1],
    [vxlan.vni, 42],
  ]);
}

/** With one option of two words, which has to be stepped over. */
function geneveHeader(type: number): Uint8Array {
  const head = words(GENEVE_BYTES_MIN, [
    [geneve.optionsLength, 2],
    [geneve.protocolType, type],
    [geneve.vni, 42],
  ]);
  return concat(head, Uint8Array.of(1, 2, 3, 1, 0, 0, 0, 0));
}

function erspan2Header(): Uint8Array {
  return words(ERSPAN2_BYTES, [
    [erspan2.version, ERSPAN_VERSION_2],
    [erspan2.vlan, 100],
    [erspan2.sessionId, 5],
  ]);
}

function erspan3Header(optional: number): Uint8Array {
  return words(ERSPAN3_BYTES, [
    [erspan3.version, ERSPAN_VERSION_3],
    [erspan3.vlan, 100],
    [erspan3.sessionId, 5],
    [erspan3.timestamp, 0x12345678],
    [erspan3.optionalSubHeader, optional],
  ]);
}

function gpeHeader(next: number): Uint8Array {
  return words(VXLAN_GPE_BYTES, [
    [vxlanGpe.validVni, 1],
    [vxlanGpe.nextProtocolPresent, 1],
    [vxlanGpe.nextProtocol, next],
    [vxlanGpe.vni, 42],
  ]);
}

/** With the four bytes that any of `flags` brings: the last names the first extension. */
function gtpuHeader(flags: number, length: number): Uint8Array {
  const head = words(GTPU_BYTES_MIN, [
    [gtpu.version, 1],
    [gtpu.protocolType, 1],
    [gtpu.extensionPresent, flags >> 2],
    [gtpu.sequencePresent, (flags >> 1) & 1],
    [gtpu.messageType, GTPU_PACKET],
    [gtpu.length, length],
    [gtpu.tunnelId, 7],
  ]);
  return flags === 0 ? head : concat(head, Uint8Array.of(0, 9, 0, 0x85));
}

function pptpHeader(payload: number): Uint8Array {
  const head = words(GRE_PPTP_BYTES_MIN, [
    [grePptp.keyPresent, 1],
    [grePptp.sequencePresent, 1],
    [grePptp.acknowledgmentPresent, 1],
    [grePptp.version, 1],
    [grePptp.protocolType, EtherType.pptp],
    [grePptp.payloadLength, payload],
    [grePptp.callId, 9],
  ]);
  return concat(head, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1));
}

function length16(length: number): [number, number] {
  return [length >> 8, length & 255];
}

function pppType(six: boolean): Uint8Array {
  return Uint8Array.of(0, six ? 0x57 : 0x21);
}

/** ESP that encrypts nothing, padded to words, with a check value of `icv` bytes. */
export function espNull(next: number, body: Uint8Array, icv: number): Uint8Array {
  const pad = -(body.length + 2) & 3;
  const head = words(ESP_BYTES, [
    [esp.securityParametersIndex, 0x1234],
    [esp.sequenceNumber, 5],
  ]);
  const trailer = Uint8Array.of(...[1, 2, 3].slice(0, pad), pad, next);
  return concat(head, body, trailer, new Uint8Array(icv).fill(0xcc));
}

/** Level 2 metadata, Ethernet next. */
const NSH_ETHERNET = Uint8Array.of(0x0f, 0xc2, 2, 3, 0, 0, 5, 254);
/** PDU session container (3GPP TS 38.415) of four bytes, the last extension. */
const GTPU_SESSION = Uint8Array.of(1, 0, 9, 0);
/** Padding and a time stamp before the end. */
const TZSP_HEAD = Uint8Array.of(1, 0, 0, 1, 0, 0x0d, 4, 0, 0, 0, 9, 1);
/** Checksum, offset, one IPv4 entry, the entry that ends the list. */
const GRE_ROUTES = Uint8Array.of(0, 0, 0, 0, 8, 0, 0, 4, 10, 0, 0, 9, 0, 0, 0, 0);

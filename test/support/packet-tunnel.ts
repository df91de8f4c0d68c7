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
import { EtherType } from '../../src/wire/net/ethernet.js';
import { GENEVE_BYTES_MIN, geneve } from '../../src/wire/net/geneve.js';
import { GRE_BYTES_MIN, GRE_OPTION_BYTES, gre } from '../../src/wire/net/gre.js';
import { IpProtocol } from '../../src/wire/net/ipv4.js';
import { TunnelPort, UDP_BYTES, udp } from '../../src/wire/net/udp.js';
import { VXLAN_BYTES, vxlan } from '../../src/wire/net/vxlan.js';
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
] as const;

export type Tunnel = (typeof TUNNELS)[number];

const ENDS = { src: '192.0.2.1', dst: '192.0.2.2' };
const ENDS6 = { src: '2001:db8::1', dst: '2001:db8::2' };
const LABEL = Uint8Array.of(0x00, 0x01, 0x01, 0x40);

/** `packet` (IP) in an outer IP packet. */
export function tunnelled(tunnel: Tunnel, packet: Uint8Array): Uint8Array {
  const type = ipType(packet);
  const frame = ethernetFrame(type, packet);
  const inner = type === EtherType.ipv6 ? IpProtocol.ipv6 : IpProtocol.ipv4;
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

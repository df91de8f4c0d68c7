// One packet of every kind that the builder knows: for tests that try something on all of them.

import { pattern } from './octets.js';
import {
  LINK_TYPES,
  type LinkName,
  type TcpSpec,
  tcpPacket,
  type WrapSpec,
} from './packet-builder.js';
import { TUNNELS } from './packet-tunnel.js';

export interface ZooPacket {
  readonly name: string;
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly spec: Required<Pick<TcpSpec, 'payload' | 'options' | 'srcPort' | 'seq'>>;
  readonly wrap: WrapSpec;
}

export const TIMESTAMPS = Uint8Array.of(1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2);

const HOP_BY_HOP = Uint8Array.of(0, 0, 5, 2, 0, 0, 1, 0);
const DESTINATION = Uint8Array.of(0, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
/** Segment routing (RFC 8754) at its last segment, fd00::2. */
const ROUTING_DONE = Uint8Array.of(
  0,
  2,
  4,
  0,
  0,
  0,
  0,
  0,
  0xfd,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  2,
);
const AH = Uint8Array.of(0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9);
const ATOMIC_FRAGMENT = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7);

const WRAPS: readonly (readonly [string, WrapSpec])[] = [
  ['tag', { vlan: [100] }],
  ['two tags', { vlan: [100, 200], vlanTypes: [0x88a8, 0x8100] }],
  ['old tags', { vlan: [1, 2, 3], vlanTypes: [0x9100, 0x9200, 0x8100] }],
  ['PPPoE', { pppoe: true }],
  ['tag and PPPoE', { vlan: [7], pppoe: true }],
  ['MPLS', { mpls: [100] }],
  ['three labels', { mpls: [100, 200, 300] }],
  ['pseudowire', { mpls: [100], pseudowire: 'word' }],
  ['bare pseudowire', { mpls: [100], pseudowire: 'bare' }],
  ['VXLAN in VXLAN', { tunnel: ['vxlan', 'vxlan'] }],
  ['ERSPAN of VXLAN', { tunnel: ['erspan2', 'vxlan'] }],
  [
    'VLAN, MPLS, GRE, VXLAN-GPE, VXLAN',
    { vlan: [5], mpls: [1, 2], tunnel: ['gre', 'vxlan-gpe', 'vxlan'] },
  ],
  [
    'QinQ, PPPoE, GTP-U, GENEVE',
    { vlan: [1, 2], pppoe: true, tunnel: ['gtpu-extended', 'geneve'] },
  ],
  ['TRILL of ERSPAN of NSH', { link: 'trill', tunnel: ['erspan3', 'vxlan-gpe-nsh'] }],
  ['PPI of PBB', { link: 'ppi', vlan: [4], tunnel: ['gre-full'] }],
  ['padding', { padding: 6 }],
];

/** Links that hold one version of IP only. */
const ONE_VERSION: Readonly<Partial<Record<LinkName, 4 | 6>>> = { 'llc-ip': 4, ipv4: 4, ipv6: 6 };

export function zoo(): ZooPacket[] {
  const animals: ZooPacket[] = [];
  for (const ip of [4, 6] as const) {
    for (const link of Object.keys(LINK_TYPES) as LinkName[]) {
      if (ONE_VERSION[link] === undefined || ONE_VERSION[link] === ip)
        animals.push(animal(`${link} IPv${ip}`, { link, ip }));
    }
    for (const tunnel of TUNNELS) animals.push(animal(`${tunnel} of IPv${ip}`, { tunnel, ip }));
    for (const [name, wrap] of WRAPS) animals.push(animal(`${name}, IPv${ip}`, { ...wrap, ip }));
    animals.push(animal(`AH in IPv${ip}`, { ip, extensions: [[51, AH]] }));
  }
  animals.push(animal('IPv4 options', { ipOptions: Uint8Array.of(7, 7, 4, 0, 0, 0, 0) }));
  const extensions: WrapSpec['extensions'] = [
    [0, HOP_BY_HOP],
    [60, DESTINATION],
    [43, ROUTING_DONE],
    [44, ATOMIC_FRAGMENT],
    [51, AH],
    [60, DESTINATION],
  ];
  animals.push(animal('all IPv6 extension headers', { ip: 6, extensions }));
  return animals;
}

function animal(name: string, wrap: WrapSpec): ZooPacket {
  const spec = { payload: pattern(61), options: TIMESTAMPS, srcPort: 45_678, seq: 0xfffffff0 };
  const bytes = tcpPacket(spec, wrap);
  return { name, linkType: LINK_TYPES[wrap.link ?? 'ethernet'], bytes, spec, wrap };
}

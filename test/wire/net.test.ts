// The tables of the network headers: every bit of a header belongs to exactly one field, and what
// they read of packets made by others is what tshark reads.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Field, get, hex, set } from '../../src/wire/field.js';
import { DSA_BYTES, dsa } from '../../src/wire/net/dsa.js';
import { ERF_BYTES, erf } from '../../src/wire/net/erf.js';
import * as erspan from '../../src/wire/net/erspan.js';
import { ESP_BYTES, ESP_TRAILER_BYTES, esp, espTrailer } from '../../src/wire/net/esp.js';
import * as eth from '../../src/wire/net/ethernet.js';
import * as log from '../../src/wire/net/firewall-log.js';
import { GENEVE_BYTES_MIN, geneve } from '../../src/wire/net/geneve.js';
import { GRE_BYTES_MIN, GRE_PPTP_BYTES_MIN, gre, grePptp } from '../../src/wire/net/gre.js';
import { GTPU_BYTES_MIN, gtpu } from '../../src/wire/net/gtpu.js';
import { IPV4_BYTES_MIN, ipv4 } from '../../src/wire/net/ipv4.js';
import * as v6 from '../../src/wire/net/ipv6.js';
import { JUNIPER_BYTES_MIN, juniper } from '../../src/wire/net/juniper.js';
import { L2TP_BYTES_MIN, l2tp } from '../../src/wire/net/l2tp.js';
import { MACSEC_BYTES_MIN, macsec } from '../../src/wire/net/macsec.js';
import { MPLS_BYTES, mpls, PSEUDOWIRE_BYTES, pseudowire } from '../../src/wire/net/mpls.js';
import { NSH_BYTES_MIN, nsh } from '../../src/wire/net/nsh.js';
import { LOOPBACK_BYTES, loopback } from '../../src/wire/net/null.js';
import { PKTAP_BYTES_MIN, PPI_BYTES_MIN, pktap, ppi } from '../../src/wire/net/ppi.js';
import * as p from '../../src/wire/net/ppp.js';
import { SLL_BYTES, sll } from '../../src/wire/net/sll.js';
import { SLL2_BYTES, sll2 } from '../../src/wire/net/sll2.js';
import { TCP_BYTES_MIN, tcp } from '../../src/wire/net/tcp.js';
import { FABRIC_PATH_BYTES, fabricPath, TRILL_BYTES_MIN, trill } from '../../src/wire/net/trill.js';
import { TZSP_BYTES_MIN, tzsp } from '../../src/wire/net/tzsp.js';
import { UDP_BYTES, udp } from '../../src/wire/net/udp.js';
import { VLAN_BYTES, vlan } from '../../src/wire/net/vlan.js';
import { VXLAN_BYTES, vxlan } from '../../src/wire/net/vxlan.js';
import { VXLAN_GPE_BYTES, vxlanGpe } from '../../src/wire/net/vxlan-gpe.js';

type Table = Readonly<Record<string, Field>>;

const HEADERS: readonly (readonly [string, Table, number])[] = [
  ['ethernet', eth.ethernet, eth.ETHERNET_BYTES],
  ['llc', eth.llc, eth.LLC_BYTES],
  ['snap', eth.snap, eth.SNAP_BYTES],
  ['vlan', vlan, VLAN_BYTES],
  ['sll', sll, SLL_BYTES],
  ['sll2', sll2, SLL2_BYTES],
  ['loopback', loopback, LOOPBACK_BYTES],
  ['ppp', p.ppp, p.PPP_BYTES],
  ['hdlc', p.hdlc, p.HDLC_BYTES],
  ['ciscoHdlc', p.ciscoHdlc, p.CISCO_HDLC_BYTES],
  ['pppoe', p.pppoe, p.PPPOE_BYTES],
  ['mpls', mpls, MPLS_BYTES],
  ['pseudowire', pseudowire, PSEUDOWIRE_BYTES],
  ['ipv4', ipv4, IPV4_BYTES_MIN],
  ['ipv6', v6.ipv6, v6.IPV6_BYTES],
  ['ipv6Fragment', v6.ipv6Fragment, v6.IPV6_FRAGMENT_BYTES],
  ['ipv6Routing', v6.ipv6Routing, 4],
  ['ah', v6.ah, v6.AH_BYTES_MIN],
  ['jumboPayload', v6.jumboPayload, 6],
  ['tcp', tcp, TCP_BYTES_MIN],
  ['udp', udp, UDP_BYTES],
  ['vxlan', vxlan, VXLAN_BYTES],
  ['geneve', geneve, GENEVE_BYTES_MIN],
  ['gre', gre, GRE_BYTES_MIN],
  ['erspan2', erspan.erspan2, erspan.ERSPAN2_BYTES],
  ['erspan3', erspan.erspan3, erspan.ERSPAN3_BYTES],
  ['grePptp', grePptp, GRE_PPTP_BYTES_MIN],
  ['vxlanGpe', vxlanGpe, VXLAN_GPE_BYTES],
  ['nsh', nsh, NSH_BYTES_MIN],
  ['macsec', macsec, MACSEC_BYTES_MIN],
  ['trill', trill, TRILL_BYTES_MIN],
  ['fabricPath', fabricPath, FABRIC_PATH_BYTES],
  ['gtpu', gtpu, GTPU_BYTES_MIN],
  ['l2tp', l2tp, L2TP_BYTES_MIN],
  ['tzsp', tzsp, TZSP_BYTES_MIN],
  ['esp', esp, ESP_BYTES],
  ['espTrailer', espTrailer, ESP_TRAILER_BYTES],
  ['dsa', dsa, DSA_BYTES],
  ['juniper', juniper, JUNIPER_BYTES_MIN],
  ['erf', erf, ERF_BYTES],
  ['ppi', ppi, PPI_BYTES_MIN],
  ['pktap', pktap, PKTAP_BYTES_MIN],
  ['pflog', log.pflog, 2],
  ['enc', log.enc, log.ENC_BYTES],
  ['nflog', log.nflog, log.NFLOG_BYTES],
  ['nflogValue', log.nflogValue, log.NFLOG_VALUE_BYTES],
];

for (const [name, table, bytes] of HEADERS) {
  test(`${name}: each of its ${bytes * 8} bits belongs to one field`, () => {
    const owners: string[] = new Array(bytes * 8).fill('');
    for (const [key, f] of Object.entries(table)) {
      assert.is(key, f.name, 'the key is the field’s name');
      for (let bit = f.byte * 8 + f.bit; bit < f.byte * 8 + f.bit + f.width; bit++) {
        assert.is(owners[bit], '', `bit ${bit} belongs to ${f.name}`);
        owners[bit] = f.name;
      }
    }
    assert.is(owners.indexOf(''), -1, 'no bit is left out');
    assert.is(owners.length, bytes * 8, 'no field reaches beyond the header');
  });

  test(`${name}: a field writes and reads all its bits and no other`, () => {
    const view = new DataView(new ArrayBuffer(bytes));
    for (const f of Object.values(table)) {
      if (f.size === 0) continue;
      set(view, 0, f, f.mask);
      assert.is(get(view, 0, f), f.mask);
      const ones = countOnes(view);
      assert.is(ones, f.width, f.name);
      set(view, 0, f, 0);
      assert.is(countOnes(view), 0, f.name);
    }
  });
}

/** IPv4 and TCP with DSCP AF21's neighbour 18, CWR, ECE and SYN; the values below are tshark's. */
const SEGMENT =
  '4548003c1c4640004006b1e6ac100a63ac100a0c' + 'd4310cbc00000001fffffffe' + 'a0c27210' + 'e6af1234';

test('ipv4 and tcp read what a dissector reads', () => {
  const bytes = Uint8Array.from(SEGMENT.match(/../g)!, (pair) => Number.parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  const ip = {
    version: 4,
    headerLength: 5,
    differentiatedServices: 18,
    congestion: 0,
    totalLength: 60,
    identification: 0x1c46,
    dontFragment: 1,
    moreFragments: 0,
    fragmentOffset: 0,
    timeToLive: 64,
    protocol: 6,
    headerChecksum: 0xb1e6,
    source: 0xac100a63,
    destination: 0xac100a0c,
  };
  for (const [name, value] of Object.entries(ip)) {
    assert.is(get(view, 0, (ipv4 as Table)[name]), value, name);
  }
  const segment = {
    sourcePort: 54_321,
    destinationPort: 3260,
    sequenceNumber: 1,
    acknowledgmentNumber: 0xfffffffe,
    dataOffset: 10,
    cwr: 1,
    ece: 1,
    urg: 0,
    ack: 0,
    psh: 0,
    rst: 0,
    syn: 1,
    fin: 0,
    window: 29_200,
    checksum: 0xe6af,
    urgentPointer: 0x1234,
  };
  for (const [name, value] of Object.entries(segment)) {
    assert.is(get(view, 20, (tcp as Table)[name]), value, name);
  }
  assert.is(hex(bytes, 12, 4), 'ac100a63');
});

function countOnes(view: DataView): number {
  let ones = 0;
  for (let i = 0; i < view.byteLength; i++) {
    for (let b = view.getUint8(i); b > 0; b >>= 1) ones += b & 1;
  }
  return ones;
}

test.run();

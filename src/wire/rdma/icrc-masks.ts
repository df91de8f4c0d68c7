// What RoCEv2's invariant CRC sees as ones, since routers may change it (IBTA annex A17.3.3): the bits
// to set in the IP, UDP and BTH headers. And the eight octets of ones that stand before them.

export const ICRC_PREFIX_BYTES = 8;
const IPV4_BYTES = 20;
export const IPV6_BYTES = 40;
export const UDP_BYTES = 8;

/** Type of service, time to live, header checksum. */
export const IPV4_CHANGING = mask(IPV4_BYTES, { 1: 0xff, 8: 0xff, 10: 0xff, 11: 0xff });
/** Traffic class, flow label, hop limit. */
export const IPV6_CHANGING = mask(IPV6_BYTES, { 0: 0x0f, 1: 0xff, 2: 0xff, 3: 0xff, 7: 0xff });
/** Checksum. */
export const UDP_CHANGING = mask(UDP_BYTES, { 6: 0xff, 7: 0xff });
/** FECN, BECN and reserved bits. */
export const BTH_CHANGING = mask(12, { 4: 0xff });

function mask(length: number, bits: Readonly<Record<number, number>>): Uint8Array {
  const mask = new Uint8Array(length);
  for (const [at, value] of Object.entries(bits)) mask[Number(at)] = value;
  return mask;
}

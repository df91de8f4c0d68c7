// What becomes of FIP: operations, flags and numbers stay, names, MAC addresses and port IDs become the pseudonyms
// that they have in Fibre Channel, and what is not known becomes zeros.

import { elsLogin } from '../wire/fc/els-login.js';
import { elsLogout } from '../wire/fc/els-others.js';
import {
  FIP_DESCRIPTOR_BYTES,
  FIP_FABRIC_NAME,
  FIP_FRAME,
  FIP_HEADER_BYTES,
  FIP_MAC,
  FIP_NAME,
  FIP_VN_PORT_ID,
  FIP_VN_PORT_NAME,
  FipType,
  fipDescriptor,
  fipHeader,
} from '../wire/fc/fip.js';
import { FC_HEADER_BYTES, frameHeader } from '../wire/fc/frame-header.js';
import { get } from '../wire/field.js';
import type { Pseudonyms } from './pseudonyms.js';

export interface FipKept {
  readonly names: boolean;
  readonly addresses: boolean;
  readonly macs: boolean;
}

/** Descriptors of numbers alone. */
const NUMBERS: ReadonlySet<number> = new Set([
  FipType.priority,
  FipType.fcMap,
  FipType.maxReceiveSize,
  FipType.keepAlive,
  FipType.vlan,
]);
const NAME_BYTES = 8;

/** In place, from FIP's header on. */
export function scrubFip(
  bytes: Uint8Array,
  at: number,
  pseudonyms: Pseudonyms,
  kept: FipKept,
): void {
  const first = at + FIP_HEADER_BYTES;
  if (first > bytes.length) {
    bytes.fill(0, Math.min(at, bytes.length));
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const told = first + get(view, at, fipHeader.descriptorLength) * 4;
  const end = Math.min(bytes.length, told);
  let next = first;
  while (next + FIP_DESCRIPTOR_BYTES <= end) {
    const behind = next + get(view, next, fipDescriptor.length) * 4;
    if (behind <= next || behind > end) break;
    descriptor(bytes.subarray(next, behind), pseudonyms, kept);
    next = behind;
  }
  bytes.fill(0, next);
}

function descriptor(of: Uint8Array, pseudonyms: Pseudonyms, kept: FipKept): void {
  const type = of[fipDescriptor.type.byte];
  const name = (at: number) => {
    if (!kept.names) pseudonyms.wwn(of, at);
  };
  const rest = (from: number) => of.fill(0, Math.min(from, of.length));
  switch (type) {
    case FipType.mac:
      if (!kept.macs && of.length >= FIP_MAC + 6) pseudonyms.mac(of, FIP_MAC);
      rest(FIP_MAC + 6);
      return;
    case FipType.name:
      name(FIP_NAME);
      rest(FIP_NAME + NAME_BYTES);
      return;
    case FipType.fabric:
      name(FIP_FABRIC_NAME);
      rest(FIP_FABRIC_NAME + NAME_BYTES);
      return;
    case FipType.vnPort:
      if (!kept.macs && of.length >= FIP_MAC + 6) pseudonyms.mac(of, FIP_MAC);
      if (!kept.addresses) pseudonyms.fcidAt(of, FIP_VN_PORT_ID);
      name(FIP_VN_PORT_NAME);
      rest(FIP_VN_PORT_NAME + NAME_BYTES);
      return;
    case FipType.flogi:
    case FipType.fdisc:
    case FipType.logo:
      linkService(of, type, pseudonyms, kept);
      return;
    default:
      rest(NUMBERS.has(type) ? of.length : FIP_DESCRIPTOR_BYTES);
  }
}

/** A frame's header, which link service it is, and who asks. */
function linkService(of: Uint8Array, type: number, pseudonyms: Pseudonyms, kept: FipKept): void {
  const body = FIP_FRAME + FC_HEADER_BYTES;
  if (body > of.length) {
    of.fill(0, FIP_DESCRIPTOR_BYTES);
    return;
  }
  if (!kept.addresses) {
    pseudonyms.fcidAt(of, FIP_FRAME + frameHeader.destinationId.byte);
    pseudonyms.fcidAt(of, FIP_FRAME + frameHeader.sourceId.byte);
  }
  const names =
    type === FipType.logo
      ? [elsLogout.portName.byte]
      : [elsLogin.portName.byte, elsLogin.nodeName.byte];
  const before = of.slice(body);
  of.fill(0, body);
  // The common parameters of a login stand before its names.
  const shown = type === FipType.logo ? 1 : Math.min(names[0], before.length);
  of.set(before.subarray(0, shown), body);
  for (const name of names) {
    if (name + NAME_BYTES > before.length) continue;
    of.set(before.subarray(name, name + NAME_BYTES), body + name);
    if (!kept.names) pseudonyms.wwn(of, body + name);
  }
}

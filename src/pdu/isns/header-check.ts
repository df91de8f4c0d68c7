// Could these 12 bytes be an iSNSP header (RFC 4171 section 5.1)? Version, a function that exists, a length in
// words, one sender, no reserved flag.

import { get } from '../../wire/field.js';
import { isFunction } from '../../wire/isns/functions.js';
import { ISNS_VERSION, isnsHeader } from '../../wire/isns/header.js';

export function couldBeHeader(view: DataView, at: number): boolean {
  return (
    get(view, at, isnsHeader.isnspVersion) === ISNS_VERSION &&
    isFunction(get(view, at, isnsHeader.functionId)) &&
    get(view, at, isnsHeader.pduLength) % 4 === 0 &&
    get(view, at, isnsHeader.reserved6b6) === 0 &&
    get(view, at, isnsHeader.fromClient) !== get(view, at, isnsHeader.fromServer)
  );
}

export function payloadLength(view: DataView, at: number): number {
  return get(view, at, isnsHeader.pduLength);
}

// iSNSP function IDs (RFC 4171 sections 4.1.3 and 4.2.3; GetDomIdRsp is 8013h: the table's 0013h is a
// misprint) and status codes (section 5.4).

export const IsnsFunction = {
  devAttrReg: 1,
  devAttrQry: 2,
  devGetNext: 3,
  devDereg: 4,
  scnReg: 5,
  scnDereg: 6,
  scnEvent: 7,
  scn: 8,
  ddReg: 9,
  ddDereg: 10,
  ddsReg: 11,
  ddsDereg: 12,
  esi: 13,
  heartbeat: 14,
  rqstDomId: 17,
  rlseDomId: 18,
  getDomId: 19,
} as const;

/** Set in the function of a response. */
export const RESPONSE = 0x8000;
/** Vendors' own functions: 0100h to 01FFh. */
const VENDOR_FIRST = 0x100;
const VENDOR_LAST = 0x1ff;

const REQUEST_NAMES: Readonly<Record<number, string>> = {
  1: 'DevAttrReg',
  2: 'DevAttrQry',
  3: 'DevGetNext',
  4: 'DevDereg',
  5: 'SCNReg',
  6: 'SCNDereg',
  7: 'SCNEvent',
  8: 'SCN',
  9: 'DDReg',
  10: 'DDDereg',
  11: 'DDSReg',
  12: 'DDSDereg',
  13: 'ESI',
  14: 'Heartbeat',
  17: 'RqstDomId',
  18: 'RlseDomId',
  19: 'GetDomId',
};

export const ISNS_FUNCTION_NAMES: Readonly<Record<number, string>> = {
  ...REQUEST_NAMES,
  ...Object.fromEntries(
    Object.entries(REQUEST_NAMES)
      .filter(([code]) => Number(code) !== IsnsFunction.heartbeat)
      .map(([code, name]) => [Number(code) | RESPONSE, `${name}Rsp`]),
  ),
};

/** "DevAttrQry", "vendor specific (0x0123)", "unknown (0x0042)". */
export function functionName(code: number): string {
  const known = ISNS_FUNCTION_NAMES[code];
  if (known !== undefined) return known;
  const request = code & ~RESPONSE;
  const hex = code.toString(16).padStart(4, '0');
  return request >= VENDOR_FIRST && request <= VENDOR_LAST
    ? `vendor specific (0x${hex})`
    : `unknown (0x${hex})`;
}

/** True for a function that RFC 4171 names or leaves to vendors. */
export function isFunction(code: number): boolean {
  const request = code & ~RESPONSE;
  return (
    ISNS_FUNCTION_NAMES[code] !== undefined || (request >= VENDOR_FIRST && request <= VENDOR_LAST)
  );
}

const ISNS_STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'Successful',
  1: 'Unknown Error',
  2: 'Message Format Error',
  3: 'Invalid Registration',
  5: 'Invalid Query',
  6: 'Source Unknown',
  7: 'Source Absent',
  8: 'Source Unauthorized',
  9: 'No Such Entry',
  10: 'Version Not Supported',
  11: 'Internal Error',
  12: 'Busy',
  13: 'Option Not Understood',
  14: 'Invalid Update',
  15: 'Message (FUNCTION_ID) Not Supported',
  16: 'SCN Event Rejected',
  17: 'SCN Registration Rejected',
  18: 'Attribute Not Implemented',
  19: 'FC_DOMAIN_ID Not Available',
  20: 'FC_DOMAIN_ID Not Allocated',
  21: 'ESI Not Available',
  22: 'Invalid Deregistration',
  23: 'Registration Feature Not Supported',
};

export const IsnsStatus = { successful: 0, sourceUnknown: 6, noSuchEntry: 9 } as const;

export function isnsStatusName(code: number): string {
  return ISNS_STATUS_NAMES[code] ?? `reserved (${code})`;
}

// Attributes of the iSNS database (RFC 4171 section 6.1): tag, name, and how its value is read. Lengths and keys are
// those of the table in section 6.1; one row an attribute.

/** `port`: low 16 bits, 00010000h is UDP; `name8`: a WWN; `secret`: certificates and keys, never shown unasked. */
export type AttributeKind =
  | 'delimiter'
  | 'number'
  | 'text'
  | 'address'
  | 'port'
  | 'name8'
  | 'time'
  | 'octets'
  | 'secret';

export interface Attribute {
  readonly tag: number;
  readonly name: string;
  readonly kind: AttributeKind;
  /** Length in bytes as the standard has it: a number, or least to most. */
  readonly length: string;
}

export const ISNS_ATTRIBUTES: readonly Attribute[] = [
  { tag: 0, name: 'Delimiter', kind: 'delimiter', length: '0' },
  { tag: 1, name: 'Entity Identifier (EID)', kind: 'text', length: '4-256' },
  { tag: 2, name: 'Entity Protocol', kind: 'number', length: '4' },
  { tag: 3, name: 'Management IP Address', kind: 'address', length: '16' },
  { tag: 4, name: 'Timestamp', kind: 'time', length: '8' },
  { tag: 5, name: 'Protocol Version Range', kind: 'number', length: '4' },
  { tag: 6, name: 'Registration Period', kind: 'number', length: '4' },
  { tag: 7, name: 'Entity Index', kind: 'number', length: '4' },
  { tag: 8, name: 'Entity Next Index', kind: 'number', length: '4' },
  { tag: 11, name: 'Entity ISAKMP Phase-1', kind: 'secret', length: 'var' },
  { tag: 12, name: 'Entity Certificate', kind: 'secret', length: 'var' },
  { tag: 16, name: 'Portal IP Address', kind: 'address', length: '16' },
  { tag: 17, name: 'Portal TCP/UDP Port', kind: 'port', length: '4' },
  { tag: 18, name: 'Portal Symbolic Name', kind: 'text', length: '4-256' },
  { tag: 19, name: 'ESI Interval', kind: 'number', length: '4' },
  { tag: 20, name: 'ESI Port', kind: 'port', length: '4' },
  { tag: 22, name: 'Portal Index', kind: 'number', length: '4' },
  { tag: 23, name: 'SCN Port', kind: 'port', length: '4' },
  { tag: 24, name: 'Portal Next Index', kind: 'number', length: '4' },
  { tag: 27, name: 'Portal Security Bitmap', kind: 'number', length: '4' },
  { tag: 28, name: 'Portal ISAKMP Phase-1', kind: 'secret', length: 'var' },
  { tag: 29, name: 'Portal ISAKMP Phase-2', kind: 'secret', length: 'var' },
  { tag: 31, name: 'Portal Certificate', kind: 'secret', length: 'var' },
  { tag: 32, name: 'iSCSI Name', kind: 'text', length: '4-224' },
  { tag: 33, name: 'iSCSI Node Type', kind: 'number', length: '4' },
  { tag: 34, name: 'iSCSI Alias', kind: 'text', length: '4-256' },
  { tag: 35, name: 'iSCSI SCN Bitmap', kind: 'number', length: '4' },
  { tag: 36, name: 'iSCSI Node Index', kind: 'number', length: '4' },
  { tag: 37, name: 'WWNN Token', kind: 'name8', length: '8' },
  { tag: 38, name: 'iSCSI Node Next Index', kind: 'number', length: '4' },
  { tag: 42, name: 'iSCSI AuthMethod', kind: 'text', length: 'var' },
  { tag: 48, name: 'PG iSCSI Name', kind: 'text', length: '4-224' },
  { tag: 49, name: 'PG Portal IP Addr', kind: 'address', length: '16' },
  { tag: 50, name: 'PG Portal TCP/UDP Port', kind: 'port', length: '4' },
  { tag: 51, name: 'PG Tag (PGT)', kind: 'number', length: '4' },
  { tag: 52, name: 'PG Index', kind: 'number', length: '4' },
  { tag: 53, name: 'PG Next Index', kind: 'number', length: '4' },
  { tag: 64, name: 'FC Port Name WWPN', kind: 'name8', length: '8' },
  { tag: 65, name: 'Port ID', kind: 'number', length: '4' },
  { tag: 66, name: 'FC Port Type', kind: 'number', length: '4' },
  { tag: 67, name: 'Symbolic Port Name', kind: 'text', length: '4-256' },
  { tag: 68, name: 'Fabric Port Name', kind: 'name8', length: '8' },
  { tag: 69, name: 'Hard Address', kind: 'number', length: '4' },
  { tag: 70, name: 'Port IP-Address', kind: 'address', length: '16' },
  { tag: 71, name: 'Class of Service', kind: 'number', length: '4' },
  { tag: 72, name: 'FC-4 Types', kind: 'octets', length: '32' },
  { tag: 73, name: 'FC-4 Descriptor', kind: 'text', length: '4-256' },
  { tag: 74, name: 'FC-4 Features', kind: 'octets', length: '128' },
  { tag: 75, name: 'iFCP SCN bitmap', kind: 'number', length: '4' },
  { tag: 76, name: 'Port Role', kind: 'number', length: '4' },
  { tag: 77, name: 'Permanent Port Name', kind: 'name8', length: '8' },
  { tag: 95, name: 'FC-4 Type Code', kind: 'number', length: '4' },
  { tag: 96, name: 'FC Node Name WWNN', kind: 'name8', length: '8' },
  { tag: 97, name: 'Symbolic Node Name', kind: 'text', length: '4-256' },
  { tag: 98, name: 'Node IP-Address', kind: 'address', length: '16' },
  { tag: 99, name: 'Node IPA', kind: 'name8', length: '8' },
  { tag: 101, name: 'Proxy iSCSI Name', kind: 'text', length: '4-256' },
  { tag: 128, name: 'Switch Name', kind: 'name8', length: '8' },
  { tag: 129, name: 'Preferred ID', kind: 'number', length: '4' },
  { tag: 130, name: 'Assigned ID', kind: 'number', length: '4' },
  { tag: 131, name: 'Virtual_Fabric_ID', kind: 'text', length: '4-256' },
  { tag: 256, name: 'iSNS Server Vendor OUI', kind: 'number', length: '4' },
  { tag: 2049, name: 'DD_Set ID', kind: 'number', length: '4' },
  { tag: 2050, name: 'DD_Set Sym Name', kind: 'text', length: '4-256' },
  { tag: 2051, name: 'DD_Set Status', kind: 'number', length: '4' },
  { tag: 2052, name: 'DD_Set_Next_ID', kind: 'number', length: '4' },
  { tag: 2065, name: 'DD_ID', kind: 'number', length: '4' },
  { tag: 2066, name: 'DD_Symbolic Name', kind: 'text', length: '4-256' },
  { tag: 2067, name: 'DD_Member iSCSI Index', kind: 'number', length: '4' },
  { tag: 2068, name: 'DD_Member iSCSI Name', kind: 'text', length: '4-224' },
  { tag: 2069, name: 'DD_Member FC Port Name', kind: 'name8', length: '8' },
  { tag: 2070, name: 'DD_Member Portal Index', kind: 'number', length: '4' },
  { tag: 2071, name: 'DD_Member Portal IP Addr', kind: 'address', length: '16' },
  { tag: 2072, name: 'DD_Member Portal TCP/UDP', kind: 'port', length: '4' },
  { tag: 2078, name: 'DD_Features', kind: 'number', length: '4' },
  { tag: 2079, name: 'DD_ID Next ID', kind: 'number', length: '4' },
];

/** Tags that other stages ask for. */
export const Tag = {
  delimiter: 0,
  entityIdentifier: 1,
  entityProtocol: 2,
  registrationPeriod: 6,
  portalAddress: 16,
  portalPort: 17,
  esiInterval: 19,
  esiPort: 20,
  scnPort: 23,
  iscsiName: 32,
  iscsiNodeType: 33,
  iscsiAlias: 34,
  iscsiScnBitmap: 35,
  authMethod: 42,
  pgIscsiName: 48,
  pgPortalAddress: 49,
  pgPortalPort: 50,
  pgTag: 51,
  fcPortName: 64,
  ddSetId: 2049,
  ddSetName: 2050,
  ddId: 2065,
  ddName: 2066,
  ddMemberName: 2068,
} as const;

/** iSCSI Node SCN Bitmap (tag 35; section 6.4.4). */
export const ScnEvent = {
  initiatorOnly: 0x80,
  targetOnly: 0x40,
  objectRemoved: 0x10,
  objectAdded: 0x08,
} as const;

/** iSCSI Node Type (tag 33). */
export const NodeType = { target: 1, initiator: 2, control: 4 } as const;

const BY_TAG: ReadonlyMap<number, Attribute> = new Map(
  ISNS_ATTRIBUTES.map((attribute) => [attribute.tag, attribute]),
);
/** First tag of the vendors' ranges (257 to 2048), and the last. */
const VENDOR_TAGS = [257, 2048] as const;

export function attributeOf(tag: number): Attribute {
  const known = BY_TAG.get(tag);
  if (known !== undefined) return known;
  const vendor = tag >= VENDOR_TAGS[0] && tag <= VENDOR_TAGS[1];
  const name = vendor ? `vendor specific ${tag}` : `unknown attribute ${tag}`;
  return { tag, name, kind: 'octets', length: '' };
}

/** `entityIdentifier`, `portalIpAddress`: the name as a field of JSON and of filters. */
export function attributeFieldName({ name }: Attribute): string {
  const words = name
    .replace(/\(.*\)/, '')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return words
    .map((word, i) => {
      const low = word.toLowerCase();
      return i === 0 ? low : low[0].toUpperCase() + low.slice(1);
    })
    .join('');
}

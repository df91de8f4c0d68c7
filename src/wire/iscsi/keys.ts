// Text keys (RFC 7143 sections 12 and 13, RFC 7144 section 7, RFC 7145 section 6; those of RFC 3720
// that RFC 7143 made obsolete). One row a key: what it may say, and what comes of two sides saying it.

export type KeyType =
  | 'boolean' // Yes | No
  | 'number'
  | 'range' // low~high offered, a number answered
  | 'list' // offered in the order of preference
  | 'enumeration' // one of `values`
  | 'text'
  | 'name' // an iSCSI name (names.ts)
  | 'address' // domainname[:port][,portal-group-tag]
  | 'binary' // hex (0x) or base64 (0b)
  | 'names'; // SendTargets: All, a name, or nothing

/**
 * The result function (RFC 7143 6.2): of two numbers the smaller or greater one; AND and OR of two
 * booleans; the first value of the offered list that the other side accepts; one value of the
 * offered ones. `none`: declared, or asked for; each side's value is its own.
 */
export type KeyResult = 'minimum' | 'maximum' | 'AND' | 'OR' | 'list' | 'choice' | 'none';

/** `login`: security stage or operational stage, first or later. */
export type KeyPhase = 'security' | 'operational' | 'full-feature' | 'login' | 'any';

/** A condition on results in force: all pairs must hold. */
export type KeyCondition = readonly (readonly [key: string, value: string])[];

export interface TextKey {
  readonly name: string;
  readonly type: KeyType;
  readonly result: KeyResult;
  /** In force where nobody says anything. */
  readonly default?: string;
  /** Inclusive; `zero` where 0 is allowed although it lies outside. */
  readonly min?: number;
  readonly max?: number;
  readonly zero?: boolean;
  /** Values that the standard names; a list may have others that begin with X-, Y- or Z-. */
  readonly values?: readonly string[];
  /** Longest value, in bytes. */
  readonly bytesMax?: number;
  readonly senders: 'both' | 'initiator' | 'target';
  /** IO: initialisation only; LO: leading login only; FFPO: full feature phase only; ALL. */
  readonly use: 'IO' | 'LO' | 'FFPO' | 'ALL';
  /** Session-wide or connection only. */
  readonly scope: 'session' | 'connection';
  readonly phase: KeyPhase;
  readonly declarative: boolean;
  /** May be sent in the security stage too, although it is no security key (RFC 7143 12). */
  readonly anyStage: boolean;
  /** Not negotiated but exchanged by an authentication method. */
  readonly exchange: boolean;
  /** Irrelevant where one of these holds. */
  readonly irrelevantWhen: readonly KeyCondition[];
  readonly unit?: string;
  /** Never shown unless asked for: it helps to find a password. */
  readonly secret: boolean;
  readonly obsolete: boolean;
  readonly section: string;
}

const DISCOVERY: KeyCondition = [['SessionType', 'Discovery']];
const ISER: KeyCondition = [['RDMAExtensions', 'Yes']];
const NOT_ISER: KeyCondition = [['RDMAExtensions', 'No']];
const SEGMENT = { type: 'number', min: 512, max: 16_777_215, unit: 'bytes' } as const;
const OPERATIONAL = { phase: 'operational' } as const;
const LEADING = { use: 'LO', phase: 'operational', irrelevantWhen: [DISCOVERY] } as const;
const DECLARED = { declarative: true, result: 'none' } as const;
const NAME = { type: 'name', ...DECLARED, anyStage: true, bytesMax: 223 } as const;
const ALIAS = { type: 'text', ...DECLARED, use: 'ALL', anyStage: true, bytesMax: 255 } as const;
const PER_CONNECTION = { scope: 'connection' } as const;
const EXCHANGE = {
  exchange: true,
  phase: 'security',
  scope: 'connection',
  result: 'none',
} as const;
const BLOB = { ...EXCHANGE, type: 'binary', bytesMax: 1024, secret: true } as const;
const TICKET = { ...EXCHANGE, type: 'binary', bytesMax: 65_536, secret: true } as const;
const SPKM = { ...TICKET, obsolete: true } as const;
const MARKER = { ...PER_CONNECTION, ...OPERATIONAL, obsolete: true } as const;
const MARK_INTERVAL = { ...MARKER, type: 'range', result: 'choice', default: '2048' } as const;
const SRP_GROUPS = [
  'SRP-768',
  'SRP-1024',
  'SRP-1280',
  'SRP-1536',
  'SRP-2048',
  'MODP-3072',
  'MODP-4096',
  'MODP-6144',
  'MODP-8192',
];
const DIGEST = {
  ...PER_CONNECTION,
  ...OPERATIONAL,
  type: 'list',
  result: 'list',
  default: 'None',
  values: ['CRC32C', 'None'],
  irrelevantWhen: [ISER],
} as const;

export const TEXT_KEYS: readonly TextKey[] = [
  key('AuthMethod', '12.1', {
    ...PER_CONNECTION,
    type: 'list',
    result: 'list',
    default: 'None',
    values: ['KRB5', 'SRP', 'CHAP', 'None', 'SPKM1', 'SPKM2'],
    phase: 'security',
  }),
  key('HeaderDigest', '13.1', DIGEST),
  key('DataDigest', '13.1', DIGEST),
  key('MaxConnections', '13.2', {
    ...LEADING,
    type: 'number',
    result: 'minimum',
    default: '1',
    min: 1,
    max: 65_535,
  }),
  key('SendTargets', '13.3', {
    type: 'names',
    result: 'none',
    senders: 'initiator',
    use: 'FFPO',
    phase: 'full-feature',
  }),
  key('TargetName', '13.4', { ...NAME, phase: 'any' }),
  key('InitiatorName', '13.5', { ...NAME, senders: 'initiator', phase: 'login' }),
  key('TargetAlias', '13.6', { ...ALIAS, senders: 'target', phase: 'any' }),
  key('InitiatorAlias', '13.7', { ...ALIAS, senders: 'initiator', phase: 'any' }),
  key('TargetAddress', '13.8', {
    ...DECLARED,
    type: 'address',
    senders: 'target',
    use: 'ALL',
    phase: 'any',
    anyStage: true,
  }),
  key('TargetPortalGroupTag', '13.9', {
    ...DECLARED,
    type: 'number',
    min: 0,
    max: 65_535,
    senders: 'target',
    phase: 'login',
    anyStage: true,
  }),
  key('InitialR2T', '13.10', { ...LEADING, type: 'boolean', result: 'OR', default: 'Yes' }),
  key('ImmediateData', '13.11', { ...LEADING, type: 'boolean', result: 'AND', default: 'Yes' }),
  key('MaxRecvDataSegmentLength', '13.12', {
    ...PER_CONNECTION,
    ...SEGMENT,
    ...DECLARED,
    default: '8192',
    use: 'ALL',
    phase: 'any',
    irrelevantWhen: [ISER],
  }),
  key('MaxBurstLength', '13.13', {
    ...LEADING,
    ...SEGMENT,
    result: 'minimum',
    default: '262144',
  }),
  key('FirstBurstLength', '13.14', {
    ...LEADING,
    ...SEGMENT,
    result: 'minimum',
    default: '65536',
    irrelevantWhen: [
      DISCOVERY,
      [
        ['InitialR2T', 'Yes'],
        ['ImmediateData', 'No'],
      ],
    ],
  }),
  key('DefaultTime2Wait', '13.15', {
    ...OPERATIONAL,
    use: 'LO',
    type: 'number',
    result: 'maximum',
    default: '2',
    min: 0,
    max: 3600,
    unit: 'seconds',
  }),
  key('DefaultTime2Retain', '13.16', {
    ...OPERATIONAL,
    use: 'LO',
    type: 'number',
    result: 'minimum',
    default: '20',
    min: 0,
    max: 3600,
    unit: 'seconds',
  }),
  key('MaxOutstandingR2T', '13.17', {
    ...LEADING,
    type: 'number',
    result: 'minimum',
    default: '1',
    min: 1,
    max: 65_535,
  }),
  key('DataPDUInOrder', '13.18', { ...LEADING, type: 'boolean', result: 'OR', default: 'Yes' }),
  key('DataSequenceInOrder', '13.19', {
    ...LEADING,
    type: 'boolean',
    result: 'OR',
    default: 'Yes',
  }),
  key('ErrorRecoveryLevel', '13.20', {
    ...OPERATIONAL,
    use: 'LO',
    type: 'number',
    result: 'minimum',
    default: '0',
    min: 0,
    max: 2,
  }),
  key('SessionType', '13.21', {
    ...DECLARED,
    type: 'enumeration',
    default: 'Normal',
    values: ['Discovery', 'Normal'],
    senders: 'initiator',
    use: 'LO',
    phase: 'login',
    anyStage: true,
  }),
  key('TaskReporting', '13.23', {
    ...LEADING,
    type: 'list',
    result: 'list',
    default: 'RFC3720',
    values: ['RFC3720', 'ResponseFence', 'FastAbort'],
  }),
  key('iSCSIProtocolLevel', '13.24; RFC 7144 7.1.1', {
    ...LEADING,
    type: 'number',
    result: 'minimum',
    default: '1',
    min: 0,
    max: 31,
  }),
  key('X#NodeArchitecture', '13.26', {
    ...DECLARED,
    type: 'list',
    default: 'None',
    bytesMax: 255,
    use: 'LO',
    phase: 'operational',
  }),
  key('OFMarker', 'RFC 3720 A.3.1', {
    ...MARKER,
    type: 'boolean',
    result: 'AND',
    default: 'No',
    irrelevantWhen: [ISER],
  }),
  key('IFMarker', 'RFC 3720 A.3.1', {
    ...MARKER,
    type: 'boolean',
    result: 'AND',
    default: 'No',
    irrelevantWhen: [ISER],
  }),
  key('OFMarkInt', 'RFC 3720 A.3.2', {
    ...MARK_INTERVAL,
    min: 1,
    max: 65_535,
    unit: '4-byte words',
    irrelevantWhen: [[['OFMarker', 'No']]],
  }),
  key('IFMarkInt', 'RFC 3720 A.3.2', {
    ...MARK_INTERVAL,
    min: 1,
    max: 65_535,
    unit: '4-byte words',
    irrelevantWhen: [[['IFMarker', 'No']]],
  }),
  key('RDMAExtensions', 'RFC 7145 6.3', {
    ...LEADING,
    type: 'boolean',
    result: 'AND',
    default: 'No',
  }),
  key('TargetRecvDataSegmentLength', 'RFC 7145 6.4', {
    ...PER_CONNECTION,
    ...OPERATIONAL,
    ...SEGMENT,
    result: 'minimum',
    default: '8192',
    irrelevantWhen: [NOT_ISER],
  }),
  key('InitiatorRecvDataSegmentLength', 'RFC 7145 6.5', {
    ...PER_CONNECTION,
    ...OPERATIONAL,
    ...SEGMENT,
    result: 'minimum',
    default: '8192',
    irrelevantWhen: [NOT_ISER],
  }),
  key('MaxOutstandingUnexpectedPDUs', 'RFC 7145 6.7', {
    ...OPERATIONAL,
    ...DECLARED,
    type: 'number',
    default: '0',
    min: 2,
    max: 4_294_967_295,
    zero: true,
    use: 'LO',
    irrelevantWhen: [NOT_ISER],
  }),
  key('MaxAHSLength', 'RFC 7145 6.8', {
    ...OPERATIONAL,
    ...DECLARED,
    type: 'number',
    default: '256',
    min: 2,
    max: 4_294_967_295,
    zero: true,
    unit: 'bytes',
    use: 'LO',
    irrelevantWhen: [NOT_ISER],
  }),
  key('TaggedBufferForSolicitedDataOnly', 'RFC 7145 6.9', {
    ...OPERATIONAL,
    ...DECLARED,
    type: 'boolean',
    default: 'No',
    senders: 'initiator',
    use: 'LO',
    irrelevantWhen: [NOT_ISER],
  }),
  key('iSERHelloRequired', 'RFC 7145 6.10', {
    ...OPERATIONAL,
    ...DECLARED,
    type: 'boolean',
    default: 'No',
    senders: 'initiator',
    use: 'LO',
    irrelevantWhen: [NOT_ISER],
  }),
  key('CHAP_A', '12.1.3', {
    ...EXCHANGE,
    type: 'list',
    result: 'choice',
    values: ['5', '6', '7', '8'],
  }),
  key('CHAP_I', '12.1.3', { ...EXCHANGE, type: 'number', min: 0, max: 255 }),
  key('CHAP_C', '12.1.3', BLOB),
  key('CHAP_N', '12.1.3', { ...EXCHANGE, type: 'text' }),
  key('CHAP_R', '12.1.3', BLOB),
  key('KRB_AP_REQ', '12.1.1', { ...TICKET, senders: 'initiator' }),
  key('KRB_AP_REP', '12.1.1', { ...TICKET, senders: 'target' }),
  key('SRP_U', '12.1.2', { ...EXCHANGE, type: 'text', senders: 'initiator' }),
  key('TargetAuth', '12.1.2', { ...EXCHANGE, type: 'boolean', senders: 'initiator' }),
  key('SRP_GROUP', '12.1.2', { ...EXCHANGE, type: 'list', result: 'choice', values: SRP_GROUPS }),
  key('SRP_s', '12.1.2', { ...BLOB, senders: 'target' }),
  key('SRP_A', '12.1.2', { ...BLOB, senders: 'initiator' }),
  key('SRP_B', '12.1.2', { ...BLOB, senders: 'target' }),
  key('SRP_M', '12.1.2', { ...BLOB, senders: 'initiator' }),
  key('SRP_HM', '12.1.2', { ...BLOB, senders: 'target' }),
  key('SPKM_REQ', 'RFC 3720 11.1.2', SPKM),
  key('SPKM_ERROR', 'RFC 3720 11.1.2', SPKM),
  key('SPKM_REP_TI', 'RFC 3720 11.1.2', SPKM),
  key('SPKM_REP_IT', 'RFC 3720 11.1.2', SPKM),
];

/** Answers that are no value (RFC 7143 6.2). `None` is a value of lists. */
export const KeyAnswer = {
  reject: 'Reject',
  irrelevant: 'Irrelevant',
  notUnderstood: 'NotUnderstood',
} as const;

/** RFC 7143 6.1: a key-name "must not exceed 63 characters". */
export const KEY_NAME_BYTES_MAX = 63;
/** RFC 7143 6.1: values of simple keys. */
export const SIMPLE_VALUE_BYTES_MAX = 255;

const BY_NAME: ReadonlyMap<string, TextKey> = new Map(TEXT_KEYS.map((k) => [k.name, k]));

/** The row of a key; undefined for private (X-, X#) and unknown ones. Keys are case sensitive. */
export function textKey(name: string): TextKey | undefined {
  return BY_NAME.get(name);
}

/** True where a value must not be shown unless asked for (design: secrets). */
export function isSecretKey(name: string): boolean {
  return BY_NAME.get(name)?.secret ?? false;
}

type Row = Partial<TextKey> & Pick<TextKey, 'type' | 'result' | 'phase'>;

function key(name: string, section: string, row: Row): TextKey {
  return {
    name,
    senders: 'both',
    use: 'IO',
    scope: 'session',
    declarative: false,
    anyStage: false,
    exchange: false,
    irrelevantWhen: [],
    secret: false,
    obsolete: false,
    section,
    ...row,
  };
}

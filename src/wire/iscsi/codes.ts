// The codes of iSCSI (RFC 7143, with the additions of RFC 7144), as tables. Raw numbers are always
// kept; a name is a look-up with the fallback `unknown (0x99)`.

export type Names = Readonly<Record<number, string>>;

/** The reserved value of every tag (RFC 7143 11.2.1.8, 11.7.4). */
export const RESERVED_TAG = 0xffffffff;

/** User port (RFC 7143 4.2.1, 14). */
export const ISCSI_PORT = 3260;

/** RFC 7143 11.2.1.2. */
export const Opcode = {
  nopOut: 0x00,
  scsiCommand: 0x01,
  taskManagementRequest: 0x02,
  loginRequest: 0x03,
  textRequest: 0x04,
  dataOut: 0x05,
  logoutRequest: 0x06,
  snackRequest: 0x10,
  nopIn: 0x20,
  scsiResponse: 0x21,
  taskManagementResponse: 0x22,
  loginResponse: 0x23,
  textResponse: 0x24,
  dataIn: 0x25,
  logoutResponse: 0x26,
  r2t: 0x31,
  asyncMessage: 0x32,
  reject: 0x3f,
} as const;

export const OPCODE_NAMES: Names = {
  0: 'NOP-Out',
  1: 'SCSI Command',
  2: 'Task Management Function Request',
  3: 'Login Request',
  4: 'Text Request',
  5: 'SCSI Data-Out',
  6: 'Logout Request',
  16: 'SNACK Request',
  28: 'vendor specific (0x1c)',
  29: 'vendor specific (0x1d)',
  30: 'vendor specific (0x1e)',
  32: 'NOP-In',
  33: 'SCSI Response',
  34: 'Task Management Function Response',
  35: 'Login Response',
  36: 'Text Response',
  37: 'SCSI Data-In',
  38: 'Logout Response',
  49: 'Ready To Transfer',
  50: 'Asynchronous Message',
  60: 'vendor specific (0x3c)',
  61: 'vendor specific (0x3d)',
  62: 'vendor specific (0x3e)',
  63: 'Reject',
};

/** RFC 7143 11.2.2.1. */
export const AhsType = { extendedCdb: 1, bidirectionalReadLength: 2 } as const;

export const AHS_TYPE_NAMES: Names = {
  0: 'reserved',
  1: 'Extended CDB',
  2: 'Bidirectional Read Expected Data Transfer Length',
};

/** RFC 7143 11.3.1. */
export const TASK_ATTRIBUTE_NAMES: Names = {
  0: 'Untagged',
  1: 'Simple',
  2: 'Ordered',
  3: 'Head of queue',
  4: 'ACA',
  5: 'reserved (5)',
  6: 'reserved (6)',
  7: 'reserved (7)',
};

/** RFC 7143 11.4.3. */
export const Response = { completed: 0, targetFailure: 1, vendorFirst: 0x80 } as const;

export const RESPONSE_NAMES: Names = named(
  { 0: 'Command Completed at Target', 1: 'Target Failure' },
  0x80,
  0xff,
  'vendor specific',
);

/** RFC 7143 11.5.1; 9 to 12 from RFC 7144 6.3. */
export const TaskManagement = {
  abortTask: 1,
  abortTaskSet: 2,
  clearAca: 3,
  clearTaskSet: 4,
  logicalUnitReset: 5,
  targetWarmReset: 6,
  targetColdReset: 7,
  taskReassign: 8,
  queryTask: 9,
  queryTaskSet: 10,
  itNexusReset: 11,
  queryAsynchronousEvent: 12,
} as const;

export const TASK_MANAGEMENT_NAMES: Names = {
  1: 'ABORT TASK',
  2: 'ABORT TASK SET',
  3: 'CLEAR ACA',
  4: 'CLEAR TASK SET',
  5: 'LOGICAL UNIT RESET',
  6: 'TARGET WARM RESET',
  7: 'TARGET COLD RESET',
  8: 'TASK REASSIGN',
  9: 'QUERY TASK',
  10: 'QUERY TASK SET',
  11: 'I_T NEXUS RESET',
  12: 'QUERY ASYNCHRONOUS EVENT',
};

/** RFC 7143 11.6.1; 7 from RFC 7144 6.4.2. */
export const TaskManagementResponse = {
  complete: 0,
  noTask: 1,
  noLun: 2,
  stillAllegiant: 3,
  reassignNotSupported: 4,
  notSupported: 5,
  notAuthorized: 6,
  succeeded: 7,
  rejected: 255,
} as const;

export const TASK_MANAGEMENT_RESPONSE_NAMES: Names = {
  0: 'Function complete',
  1: 'Task does not exist',
  2: 'LUN does not exist',
  3: 'Task still allegiant',
  4: 'Task allegiance reassignment not supported',
  5: 'Task management function not supported',
  6: 'Function authorization failed',
  7: 'Function succeeded',
  255: 'Function rejected',
};

/** RFC 7143 11.9.1. */
export const AsyncEvent = {
  scsi: 0,
  logoutRequest: 1,
  connectionDrop: 2,
  sessionDrop: 3,
  negotiationRequest: 4,
  taskTermination: 5,
} as const;

export const ASYNC_EVENTS_OF_VENDORS: readonly number[] = [248, 249, 250, 251, 252, 253, 254, 255];

export const ASYNC_EVENT_NAMES: Names = named(
  {
    0: 'SCSI Async Event',
    1: 'Logout Request',
    2: 'Connection Drop Notification',
    3: 'Session Drop Notification',
    4: 'Negotiation Request',
    5: 'Task Termination',
  },
  248,
  255,
  'vendor unique',
);

/** RFC 7143 11.12.3. */
export const STAGE_NAMES: Names = {
  0: 'SecurityNegotiation',
  1: 'LoginOperationalNegotiation',
  2: 'reserved (2)',
  3: 'FullFeaturePhase',
};

/** RFC 7143 11.13.5. */
export const STATUS_CLASS_NAMES: Names = {
  0: 'Success',
  1: 'Redirection',
  2: 'Initiator Error',
  3: 'Target Error',
};

/** RFC 7143 11.13.5: Status-Class × 256 + Status-Detail. */
const LOGIN_STATUS_NAMES: Names = {
  0: 'Success',
  257: 'Target moved temporarily',
  258: 'Target moved permanently',
  512: 'Initiator error',
  513: 'Authentication failure',
  514: 'Authorization failure',
  515: 'Not found',
  516: 'Target removed',
  517: 'Unsupported version',
  518: 'Too many connections',
  519: 'Missing parameter',
  520: "Can't include in session",
  521: 'Session type not supported',
  522: 'Session does not exist',
  523: 'Invalid during login',
  768: 'Target error',
  769: 'Service unavailable',
  770: 'Out of resources',
};

/** RFC 7143 11.13.5: what the status says, in its own words. */
export const LOGIN_STATUS_MEANINGS: Names = {
  0: 'Login is proceeding OK',
  257: 'The requested target has temporarily moved to the address in TargetAddress',
  258: 'The requested target has permanently moved to the address in TargetAddress',
  512: 'Miscellaneous iSCSI initiator errors',
  513: 'The initiator could not be authenticated, or target authentication is not supported',
  514: 'The initiator is not allowed access to the given target',
  515: 'The requested target name does not exist at this address',
  516: 'The requested target has been removed, and no forwarding address is provided',
  517: 'The requested iSCSI version range is not supported by the target',
  518: 'Too many connections on this session',
  519: 'Missing parameters (for instance InitiatorName or TargetName)',
  520: 'Target does not support session spanning to this connection (address)',
  521: 'Target does not support this type of session, or not from this initiator',
  522: 'Attempt to add a connection to a session that does not exist',
  523: 'Invalid request type during login',
  768: 'Target hardware or software error',
  769: 'The iSCSI service or target is not currently operational',
  770: 'The target has insufficient session, connection, or other resources',
};

/** RFC 7143 11.14.1. */
export const LogoutReason = { closeSession: 0, closeConnection: 1, removeForRecovery: 2 } as const;

export const LOGOUT_REASON_NAMES: Names = {
  0: 'close the session',
  1: 'close the connection',
  2: 'remove the connection for recovery',
};

/** RFC 7143 11.15.1. */
export const LOGOUT_RESPONSE_NAMES: Names = {
  0: 'connection or session closed successfully',
  1: 'CID not found',
  2: 'connection recovery is not supported',
  3: 'cleanup failed for various reasons',
};

/** RFC 7143 11.16.1. */
export const SnackType = { data: 0, status: 1, dataAck: 2, rData: 3 } as const;

export const SNACK_TYPE_NAMES: Names = {
  0: 'Data/R2T SNACK',
  1: 'Status SNACK',
  2: 'DataACK',
  3: 'R-Data SNACK',
};

/** RFC 7143 11.17.1. */
export const RejectReason = {
  dataDigestError: 0x02,
  snackReject: 0x03,
  protocolError: 0x04,
  commandNotSupported: 0x05,
  tooManyImmediate: 0x06,
  taskInProgress: 0x07,
  invalidDataAck: 0x08,
  invalidPduField: 0x09,
  longOperation: 0x0a,
  negotiationReset: 0x0b,
  waitingForLogout: 0x0c,
} as const;

export const REJECT_REASON_NAMES: Names = {
  1: 'Reserved (0x01)',
  2: 'Data (payload) digest error',
  3: 'SNACK Reject',
  4: 'Protocol Error',
  5: 'Command not supported',
  6: 'Immediate command reject - too many immediate commands',
  7: 'Task in progress',
  8: 'Invalid data ack',
  9: 'Invalid PDU field',
  10: "Long op reject - can't generate Target Transfer Tag - out of resources",
  11: 'Negotiation Reset (deprecated)',
  12: 'Waiting for Logout',
};

/** RFC 7143 11.17.1: the rejected PDU may be sent again as it was. */
export const REJECT_RESENDABLE: ReadonlySet<number> = new Set([0x02, 0x03, 0x06, 0x0a]);

/** RFC 7143 12.1.3 (IANA PPP authentication algorithms): values of CHAP_A. */
export const CHAP_ALGORITHM_NAMES: Names = { 5: 'MD5', 6: 'SHA1', 7: 'SHA-256', 8: 'SHA3-256' };

/** RFC 7144 9: values of iSCSIProtocolLevel. */
export const PROTOCOL_LEVEL_NAMES: Names = {
  0: 'No version claimed',
  1: 'RFC 7143',
  2: 'RFC 7144',
};

/** The name of a code, or `unknown (0x99)`. */
export function codeName(names: Names, code: number): string {
  return names[code] ?? `unknown (0x${code.toString(16).padStart(2, '0')})`;
}

/** The name of a login status; an unknown detail still has its class. */
export function loginStatusName(statusClass: number, statusDetail: number): string {
  const code = statusClass * 256 + statusDetail;
  const name = LOGIN_STATUS_NAMES[code];
  if (name !== undefined) return name;
  const number = `0x${code.toString(16).padStart(4, '0')}`;
  const family = STATUS_CLASS_NAMES[statusClass];
  return family === undefined
    ? `unknown class (${number})`
    : `${family}, unknown detail (${number})`;
}

function named(names: Names, first: number, last: number, word: string): Names {
  const all: Record<number, string> = { ...names };
  for (let code = first; code <= last; code++) all[code] = `${word} (0x${code.toString(16)})`;
  return all;
}

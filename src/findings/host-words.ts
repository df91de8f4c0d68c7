// What hosts write into their logs, in the words that readers have in hand, and what proves it on the wire.
// Only what public sources document: each row names its source.

/** A word of a host's log. */
export interface HostWord {
  readonly system: 'Linux' | 'Windows' | 'ESXi' | 'FreeBSD';
  /** As it stands in the log, or the code alone. */
  readonly word: string;
  readonly means: string;
  /** Findings that show it, the likeliest first; none where the wire does not show it. */
  readonly findings: readonly string[];
  /** Finds it in what somebody typed or pasted. */
  readonly pattern: RegExp;
}

export const HOST_SOURCES: Readonly<Record<HostWord['system'], string>> = {
  Linux:
    'Linux include/scsi/iscsi_if.h (enum iscsi_err) and drivers/scsi/libiscsi.c; open-iscsi usr/iscsi_err.c',
  Windows:
    'Windows Driver Kit, iscsilog.h; Dell/Broadcom NetXtreme II and QLogic user’s guides, "Offload iSCSI (OIS) ' +
    'driver: event log messages"',
  ESXi:
    'Broadcom knowledge base 309543 (host status), 338435 (device status), 318712 (APD, PDL); ' +
    'VMware’s vmkapi_scsi_ext.h (vmk_ScsiHostStatus)',
  FreeBSD:
    'FreeBSD sys/dev/iscsi/iscsi.c (iscsi_callout); iscsi(4): kern.iscsi.ping_timeout, login_timeout',
};

const DROPPED = [
  'connection-lost',
  'side-silent',
  'packets-held',
  'r2t-unanswered',
  'commands-lost',
];

/** Codes of `detected conn error (N)`: name, what it says, findings. */
const KERNEL: readonly (readonly [number, string, string, readonly string[]])[] = [
  [1001, 'ISCSI_ERR_DATASN', 'a Data-In whose DataSN does not follow', ['datasn-gap']],
  [
    1002,
    'ISCSI_ERR_DATA_OFFSET',
    'data at a wrong buffer offset',
    ['offset-hole', 'data-beyond-command'],
  ],
  [1003, 'ISCSI_ERR_MAX_CMDSN', 'a MaxCmdSN that the rules forbid', ['maxcmdsn-too-low']],
  [
    1004,
    'ISCSI_ERR_EXP_CMDSN',
    'an ExpCmdSN that the rules forbid',
    ['maxcmdsn-too-low', 'expcmdsn-stuck'],
  ],
  [
    1005,
    'ISCSI_ERR_BAD_OPCODE',
    'an opcode that the initiator does not know',
    ['reject', 'connection-lost'],
  ],
  [1006, 'ISCSI_ERR_DATALEN', 'a data segment longer than was declared', ['segment-too-long']],
  [1007, 'ISCSI_ERR_AHSLEN', 'a wrong length of additional headers', ['connection-lost']],
  [
    1008,
    'ISCSI_ERR_PROTO',
    'a breach of the protocol',
    ['answer-without-command', 'r2t-order', 'connection-lost'],
  ],
  [
    1009,
    'ISCSI_ERR_LUN',
    'a LUN that does not fit the command',
    ['ping-echo-wrong', 'connection-lost'],
  ],
  [
    1010,
    'ISCSI_ERR_BAD_ITT',
    'an answer with a task tag of no command',
    ['answer-without-command', 'tag-in-use'],
  ],
  [
    1011,
    'ISCSI_ERR_CONN_FAILED',
    'the connection failed: a send, a link, or what it waited for',
    DROPPED,
  ],
  [1012, 'ISCSI_ERR_R2TSN', 'an R2T whose R2TSN does not follow', ['r2tsn-gap']],
  [
    1013,
    'ISCSI_ERR_SESSION_FAILED',
    'the session was given up',
    ['connection-lost', 'reinstatement'],
  ],
  [1014, 'ISCSI_ERR_HDR_DGST', 'a bad header digest', ['digest-bad']],
  [1015, 'ISCSI_ERR_DATA_DGST', 'a bad data digest', ['digest-bad', 'connection-lost']],
  [1016, 'ISCSI_ERR_PARAM_NOT_FOUND', 'a parameter that is not known', ['negotiation-deadlock']],
  [1017, 'ISCSI_ERR_NO_SCSI_CMD', 'an answer whose command is gone', ['answer-without-command']],
  [1018, 'ISCSI_ERR_INVALID_HOST', 'a host adapter that is not there', []],
  [
    1019,
    'ISCSI_ERR_XMIT_FAILED',
    'the initiator could not send',
    ['zero-window', 'side-silent', 'tcp-delay'],
  ],
  [
    1020,
    'ISCSI_ERR_TCP_CONN_CLOSE',
    'TCP was closed from the other side',
    ['connection-lost', 'r2t-unanswered', 'async-message'],
  ],
  [
    1021,
    'ISCSI_ERR_SCSI_EH_SESSION_RST',
    'error handling reset the session: aborts and resets were not answered',
    ['task-management-unanswered', 'task-management'],
  ],
  [
    1022,
    'ISCSI_ERR_NOP_TIMEDOUT',
    'a ping (NOP-Out) was not answered in time',
    ['ping-timeout', 'side-silent', 'mtu-black-hole', 'packets-held', 'ping-slow'],
  ],
];

/** Message numbers: what they say, findings. */
const WINDOWS: readonly (readonly [number, string, readonly string[]])[] = [
  [1, 'the initiator failed to connect to the target', ['portals-unreachable']],
  [3, 'MaxCmdSN is not serially greater than ExpCmdSN in a login response', ['maxcmdsn-too-low']],
  [
    7,
    'the initiator could not send an iSCSI PDU',
    ['connection-lost', 'side-silent', 'zero-window'],
  ],
  [
    8,
    'target or discovery service did not respond in time to an iSCSI request',
    ['text-unanswered', 'login-unanswered', 'logout-unanswered', 'ping-timeout'],
  ],
  [
    9,
    'the target did not respond in time to a SCSI request',
    ['command-stuck', 'slow-commands', 'r2t-never-came', 'task-management'],
  ],
  [10, 'a login request failed', ['login-failed']],
  [11, 'the target returned an invalid login response', ['login-failed', 'login-not-ended']],
  [
    12,
    'invalid data for a login redirect',
    ['login-redirected', 'redirect-not-followed', 'redirect-loop'],
  ],
  [13, 'the target offered an unknown AuthMethod', ['negotiation-deadlock', 'login-unanswered']],
  [14, 'an unknown digest algorithm for CHAP', ['negotiation-deadlock', 'login-unanswered']],
  [15, 'a CHAP challenge with invalid characters', ['login-unanswered']],
  [16, 'an invalid key in the CHAP negotiation', ['key-said-twice', 'login-unanswered']],
  [
    17,
    'the CHAP response of the target was not the expected one (mutual CHAP)',
    ['login-unanswered'],
  ],
  [18, 'a header digest is required, and the target did not offer it', ['negotiation-deadlock']],
  [19, 'a data digest is required, and the target did not offer it', ['negotiation-deadlock']],
  [20, 'the connection to the target was lost; the initiator tries again', DROPPED],
  [21, 'a data segment longer than MaxRecvDataSegmentLength', ['segment-too-long']],
  [22, 'a header digest error', ['digest-bad']],
  [23, 'the target sent an invalid PDU', ['connection-lost', 'answer-without-command']],
  [24, 'the target sent a PDU with an invalid opcode', ['connection-lost']],
  [25, 'a data digest error', ['digest-bad', 'connection-lost']],
  [
    26,
    'the target sent more data than was asked for',
    ['data-beyond-command', 'data-in-burst-too-long'],
  ],
  [
    27,
    'a PDU whose task tag is of no command',
    ['answer-without-command', 'data-without-command', 'tag-in-use'],
  ],
  [28, 'an invalid R2T', ['r2t-order', 'r2tsn-gap', 'r2t-exceeded', 'max-burst-exceeded']],
  [29, 'the target rejected a PDU of the initiator', ['reject', 'commands-rejected']],
  [
    32,
    'the target asked for a logout (asynchronous message)',
    ['async-message', 'logout-request-ignored'],
  ],
  [33, 'a CHAP challenge longer than the standard allows', ['login-unanswered']],
  [34, 'a connection was lost, and the initiator came back', [...DROPPED, 'reinstatement']],
  [38, 'the initiator requires CHAP, and the target did not offer it', ['negotiation-deadlock']],
  [
    39,
    'the initiator reset the target or a LUN by task management',
    ['task-management', 'abort-storm', 'command-stuck', 'slow-commands'],
  ],
  [
    40,
    'the target requires CHAP, and the initiator is not set up for it',
    ['login-failed', 'negotiation-deadlock'],
  ],
  [41, 'the target sent no AuthMethod in the security negotiation', ['login-unanswered']],
  [42, 'a StatSN that the initiator did not expect', ['statsn-gap', 'statsn-repeated']],
  [43, 'the target did not answer a login in time', ['login-unanswered', 'login-slow']],
  [44, 'the target did not answer a logout in time', ['logout-unanswered']],
  [
    45,
    'the target did not answer the login of a further connection in time',
    ['login-unanswered', 'login-slow'],
  ],
  [46, 'the target did not answer SendTargets in time', ['text-unanswered']],
  [48, 'the target did not answer a ping in time', ['ping-timeout', 'side-silent', 'ping-slow']],
  [49, 'the target did not answer task management in time', ['task-management-unanswered']],
  [50, 'the target did not answer a renegotiation in time', ['text-unanswered']],
  [
    51,
    'the target did not answer the logout that it had asked for in time',
    ['logout-unanswered', 'async-message'],
  ],
  [
    59,
    'the target dropped the connection before the full feature phase',
    ['login-unanswered', 'login-failed', 'portals-unreachable'],
  ],
  [60, 'data in a SCSI Response that is no sense data', ['sense-without-data']],
  [61, 'the target set DataPDUInOrder to No against the request', ['negotiation-deadlock']],
  [62, 'the target set DataSequenceInOrder to No against the request', ['negotiation-deadlock']],
  [
    63,
    'target or LUN could not be reset: the session is begun anew',
    ['task-management-unanswered', 'reinstatement'],
  ],
  [
    68,
    'the login after an asynchronous logout failed',
    ['async-message', 'login-failed', 'portals-unreachable'],
  ],
  [
    69,
    'a session that had ended unexpectedly could not be begun anew',
    ['connection-lost', 'portals-unreachable', 'login-failed', 'login-unanswered'],
  ],
  [
    70,
    'a logon request failed and was not tried again',
    ['login-failed', 'portals-unreachable', 'login-unanswered'],
  ],
];

/** VMkernel host status H:0xN. */
const ESXI: readonly (readonly [number, string, string, readonly string[]])[] = [
  [0, 'OK', 'no error on the host’s side: see D: and the sense data', []],
  [
    1,
    'NO_CONNECT',
    'the connection to the LUN is lost',
    ['connection-lost', 'portals-unreachable', 'device-lost', 'lun-missing'],
  ],
  [
    2,
    'BUS_BUSY',
    'the driver could not issue the command',
    ['command-window-used-up', 'command-window-closed', 'connection-lost'],
  ],
  [
    3,
    'TIMEOUT',
    'the command timed out on its way to the array, or was aborted',
    ['command-stuck', 'slow-commands', 'side-silent', 'commands-aborted'],
  ],
  [
    4,
    'BAD_TARGET',
    'commands to a target that is none, or that failed',
    ['device-lost', 'lun-missing', 'target-failure'],
  ],
  [
    5,
    'ABORT',
    'the command was aborted: its timer ran out before the status came',
    ['commands-aborted', 'task-management', 'slow-commands', 'command-stuck'],
  ],
  [6, 'PARITY', 'a parity error: parallel SCSI, and what a driver takes for it', ['digest-bad']],
  [
    7,
    'ERROR',
    'another error of the driver, such as more or fewer bytes than were asked for',
    ['residual-mismatch', 'length-mismatch', 'connection-lost'],
  ],
  [
    8,
    'RESET',
    'the command was cleared by a reset of the LUN, the target or the adapter',
    ['task-management', 'abort-storm', 'task-aborted', 'unit-attention'],
  ],
  [
    0xb,
    'SOFT_ERROR',
    'the driver wants the command again at once (older drivers: DID_REQUEUE)',
    ['connection-lost', 'reinstatement'],
  ],
  [
    0xc,
    'RETRY',
    'a passing error: the driver wants the command queued and sent again',
    ['connection-lost', 'reinstatement', 'command-window-used-up'],
  ],
];

const LINES: readonly HostWord[] = [
  {
    system: 'Linux',
    word: 'ping timeout of N secs expired',
    means:
      'nothing was received for noop_out_interval, and then nothing for noop_out_timeout after the ping: conn error 1022 follows. The NOP-Out may never have left: it waits behind unacknowledged data.',
    findings: ['ping-timeout', 'side-silent', 'mtu-black-hole', 'packets-held'],
    pattern: /ping timeout|noop_out/i,
  },
  {
    system: 'Linux',
    word: 'detected conn error (N)',
    means: 'the initiator gives the connection up and logs in again; N says why (explain N)',
    findings: DROPPED,
    pattern: /detected conn error(?! \(?\d)/i,
  },
  {
    system: 'FreeBSD',
    word: 'no ping reply (NOP-In) after N seconds; reconnecting',
    means:
      'nothing was received for kern.iscsi.ping_timeout seconds (5): the session is begun anew',
    findings: ['ping-timeout', 'side-silent', 'mtu-black-hole', 'packets-held'],
    pattern: /no ping reply|ping_timeout/i,
  },
  {
    system: 'FreeBSD',
    word: 'login timed out after N seconds; reconnecting',
    means: 'a login did not end within kern.iscsi.login_timeout seconds (60)',
    findings: ['login-unanswered', 'login-slow', 'portals-unreachable', 'login-storm'],
    pattern: /login timed out|login_timeout/i,
  },
  {
    system: 'ESXi',
    word: 'PDL (permanent device loss)',
    means:
      'the array says by sense data (ILLEGAL REQUEST 25/00 and others) that the device is gone for good',
    findings: ['device-lost', 'lun-missing', 'target-removed'],
    pattern: /\bPDL\b|permanent device loss/i,
  },
  {
    system: 'ESXi',
    word: 'APD (all paths down)',
    means: 'no path answers, and no sense data says that the device is gone',
    findings: ['all-paths-down', 'side-silent', 'portals-unreachable'],
    pattern: /\bAPD\b|all paths down/i,
  },
];

export const HOST_WORDS: readonly HostWord[] = [
  ...KERNEL.map(
    ([code, name, means, findings]): HostWord => ({
      system: 'Linux',
      word: `conn error ${code} (${name})`,
      means,
      findings,
      pattern: new RegExp(`\\b${code}\\b|\\b${name}\\b`, 'i'),
    }),
  ),
  ...WINDOWS.map(
    ([id, means, findings]): HostWord => ({
      system: 'Windows',
      word: `iScsiPrt event ${id}`,
      means,
      findings,
      pattern: new RegExp(`\\b(iscsiprt|event)( event)?( id)?[ :#]*${id}\\b`, 'i'),
    }),
  ),
  ...ESXI.map(
    ([code, name, means, findings]): HostWord => ({
      system: 'ESXi',
      word: `H:0x${code.toString(16)} (VMK_SCSI_HOST_${name})`,
      means,
      findings,
      pattern: new RegExp(`\\bH:0x0?${code.toString(16)}\\b|VMK_SCSI_HOST_${name}\\b`, 'i'),
    }),
  ),
  ...LINES,
];

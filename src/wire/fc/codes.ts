// The codes of Fibre Channel frames, link services, FCP and its transports over IP (FC-FS, FC-LS,
// FC-GS, FCP-4, RFC 3643, RFC 3821, RFC 4172), as tables. Raw numbers are always kept; a name is a
// look-up with the fallback `unknown (0x99)`.

export type Names = Readonly<Record<number, string>>;

/** IANA: TCP ports of FCIP (RFC 3821 10) and iFCP (RFC 4172 12). */
export const FCIP_PORT = 3225;
export const IFCP_PORT = 3420;

/** RFC 3643 3.1. */
export const ENCAPSULATION_PROTOCOL_NAMES: Names = { 1: 'FCIP', 2: 'iFCP' };

/** RFC 3643 3.2, table 1; those of class 1 are FC-BB's. */
export const Sof = { f: 0x28, i2: 0x2d, n2: 0x35, i3: 0x2e, n3: 0x36 } as const;
export const SOF_NAMES: Names = {
  40: 'SOFf',
  41: 'SOFi4',
  45: 'SOFi2',
  46: 'SOFi3',
  49: 'SOFn4',
  53: 'SOFn2',
  54: 'SOFn3',
  57: 'SOFc4',
};

/** RFC 3643 3.2, table 2. */
export const Eof = { n: 0x41, t: 0x42, ni: 0x49, a: 0x50 } as const;
export const EOF_NAMES: Names = {
  65: 'EOFn',
  66: 'EOFt',
  68: 'EOFrt',
  70: 'EOFdt',
  73: 'EOFni',
  78: 'EOFdti',
  79: 'EOFrti',
  80: 'EOFa',
};

/** Ordered sets of a Fibre Channel link, as linktype 225 has them (FC-FS). */
export const SOF_ORDERED_SETS: Readonly<Record<number, number>> = {
  3166001240: 0x28,
  3166000469: 0x2d,
  3165992245: 0x35,
  3166000726: 0x2e,
  3165992502: 0x36,
  3166001497: 0x29,
  3165993273: 0x31,
  3165985049: 0x39,
};
export const EOF_ORDERED_SETS: Readonly<Record<number, number>> = {
  3163936213: 0x41,
  3166033365: 0x41,
  3163911541: 0x42,
  3166008693: 0x42,
  3163920793: 0x44,
  3166017945: 0x44,
  3163919765: 0x46,
  3166016917: 0x46,
  3163215317: 0x49,
  3165312469: 0x49,
  3163198869: 0x4e,
  3165296021: 0x4e,
  3163199897: 0x4f,
  3165297049: 0x4f,
  3163944437: 0x50,
  3166041589: 0x50,
};

/** R_CTL (FC-FS): routing in the high nibble, information category in the low one. */
export const RCtl = {
  data: 0x01,
  unsolicitedControl: 0x02,
  solicitedControl: 0x03,
  unsolicitedData: 0x04,
  dataDescriptor: 0x05,
  command: 0x06,
  status: 0x07,
  elsRequest: 0x22,
  elsReply: 0x23,
  fc4Request: 0x32,
  fc4Reply: 0x33,
  vft: 0x50,
  ifr: 0x51,
  enc: 0x52,
  nop: 0x80,
  abts: 0x81,
  baAcc: 0x84,
  baRjt: 0x85,
  ack1: 0xc0,
  ack0: 0xc1,
  pRjt: 0xc2,
  fRjt: 0xc3,
  pBsy: 0xc4,
  fBsyData: 0xc5,
  fBsyLinkControl: 0xc6,
} as const;

export const R_CTL_NAMES: Names = {
  0: 'uncategorized',
  1: 'solicited data',
  2: 'unsolicited control',
  3: 'solicited control',
  4: 'unsolicited data',
  5: 'data descriptor',
  6: 'unsolicited command',
  7: 'command status',
  18: 'extended link data, unsolicited control',
  19: 'extended link data, solicited control',
  34: 'extended link service request',
  35: 'extended link service reply',
  50: 'FC-4 link service request',
  51: 'FC-4 link service reply',
  80: 'VFT_Header',
  81: 'IFR_Header',
  82: 'Enc_Header',
  128: 'NOP',
  129: 'ABTS',
  130: 'RMC',
  132: 'BA_ACC',
  133: 'BA_RJT',
  134: 'PRMT',
  192: 'ACK_1',
  193: 'ACK_0',
  194: 'P_RJT',
  195: 'F_RJT',
  196: 'P_BSY',
  197: 'F_BSY (data)',
  198: 'F_BSY (link control)',
  199: 'LCR',
  200: 'NTY',
  201: 'END',
};

export const FcType = {
  bls: 0x00,
  els: 0x01,
  llc: 0x04,
  ip: 0x05,
  fcp: 0x08,
  ficonToControlUnit: 0x1b,
  ficonToChannel: 0x1c,
  ct: 0x20,
  swIls: 0x22,
  al: 0x23,
  snmp: 0x24,
  nvme: 0x28,
} as const;

export const TYPE_NAMES: Names = {
  0: 'basic link service',
  1: 'extended link service',
  4: 'LLC/SNAP',
  5: 'IP over FC',
  8: 'FCP',
  27: 'FICON (channel to control unit)',
  28: 'FICON (control unit to channel)',
  32: 'FC-CT',
  34: 'SW_ILS',
  35: 'FC-AL',
  36: 'FC-SNMP',
  40: 'FC-NVMe',
};

/** Well-known addresses (FC-FS); domain controllers are FFFCxxh. */
export const ADDRESS_NAMES: Names = {
  16777215: 'broadcast',
  16777214: 'F_Port',
  16777213: 'fabric controller',
  16777212: 'name server',
  16777211: 'time server',
  16777210: 'management server',
  16777209: 'QoS facilitator',
  16777208: 'alias server',
  16777207: 'security key distribution server',
  16777206: 'clock synchronization server',
  16777205: 'multicast server',
};

/** The first word's first byte of an extended link service (FC-LS). */
export const Els = {
  lsRjt: 0x01,
  lsAcc: 0x02,
  plogi: 0x03,
  flogi: 0x04,
  logo: 0x05,
  rtv: 0x0e,
  echo: 0x10,
  rrq: 0x12,
  rec: 0x13,
  srr: 0x14,
  prli: 0x20,
  prlo: 0x21,
  tprlo: 0x24,
  pdisc: 0x50,
  fdisc: 0x51,
  adisc: 0x52,
  rscn: 0x61,
  scr: 0x62,
  cbind: 0xe0,
  unbind: 0xe4,
  ltest: 0xe5,
} as const;

export const ELS_NAMES: Names = {
  1: 'LS_RJT',
  2: 'LS_ACC',
  3: 'PLOGI',
  4: 'FLOGI',
  5: 'LOGO',
  6: 'ABTX',
  7: 'RCS',
  8: 'RES',
  9: 'RSS',
  10: 'RSI',
  11: 'ESTS',
  12: 'ESTC',
  13: 'ADVC',
  14: 'RTV',
  15: 'RLS',
  16: 'ECHO',
  17: 'TEST',
  18: 'RRQ',
  19: 'REC',
  20: 'SRR',
  32: 'PRLI',
  33: 'PRLO',
  34: 'SCN',
  35: 'TPLS',
  36: 'TPRLO',
  37: 'LCLM',
  48: 'GAID',
  49: 'FACT',
  50: 'FDACT',
  51: 'NACT',
  52: 'NDACT',
  64: 'QoSR',
  65: 'RVCS',
  80: 'PDISC',
  81: 'FDISC',
  82: 'ADISC',
  83: 'RNC',
  84: 'FARP-REQ',
  85: 'FARP-REPLY',
  86: 'RPS',
  87: 'RPL',
  88: 'RPBC',
  96: 'FAN',
  97: 'RSCN',
  98: 'SCR',
  99: 'RNFT',
  104: 'CSR',
  105: 'CSU',
  112: 'LINIT',
  114: 'LSTS',
  120: 'RNID',
  121: 'RLIR',
  122: 'LIRR',
  123: 'SRL',
  124: 'SBRP',
  125: 'RPSC',
  126: 'QSA',
  127: 'EVFP',
  128: 'LKA',
  144: 'AUTH_ELS',
  224: 'CBIND',
  228: 'UNBIND',
  229: 'LTEST',
};

/** FC-LS, LS_RJT reason codes; those of BA_RJT and CT_RJT are nearly the same. */
export const LS_RJT_REASON_NAMES: Names = {
  1: 'invalid LS_Command code',
  3: 'logical error',
  5: 'logical busy',
  7: 'protocol error',
  9: 'unable to perform command request',
  11: 'command not supported',
  14: 'command already in progress',
  32: 'FIP error',
  255: 'vendor specific',
};

export const LS_RJT_EXPLANATION_NAMES: Names = {
  0: 'no additional explanation',
  1: 'service parameter error: options',
  3: 'service parameter error: initiator control',
  5: 'service parameter error: recipient control',
  7: 'service parameter error: received data field size',
  9: 'service parameter error: concurrent sequences',
  11: 'service parameter error: credit',
  13: 'invalid N_Port/F_Port name',
  14: 'invalid node/fabric name',
  15: 'invalid common service parameters',
  17: 'invalid association header',
  19: 'association header required',
  21: 'invalid originator S_ID',
  23: 'invalid OX_ID-RX_ID combination',
  25: 'command (request) already in progress',
  30: 'N_Port login required',
  31: 'invalid N_Port_ID',
  33: 'invalid SEQ_ID',
  35: 'attempt to abort invalid exchange',
  37: 'attempt to abort inactive exchange',
  39: 'recovery qualifier required',
  41: 'insufficient resources to support login',
  42: 'unable to supply requested data',
  44: 'request not supported',
  45: 'invalid payload length',
  48: 'no alias IDs available',
  49: 'alias ID cannot be activated (out of resources)',
  50: 'alias ID cannot be activated (invalid alias ID)',
  51: 'alias ID cannot be deactivated (does not exist)',
  52: 'alias ID cannot be deactivated',
  53: 'service parameter conflict',
  54: 'invalid alias token',
  55: 'unsupported alias token',
  56: 'alias group cannot be formed',
  64: 'QoS parameter error',
  65: 'VC_ID not found',
  66: 'insufficient resources for class 4',
  68: 'invalid port/node name',
  72: 'authentication required',
  98: 'VN2VN_Port not in neighbor set',
};

export const BA_RJT_REASON_NAMES: Names = {
  1: 'invalid command code',
  3: 'logical error',
  5: 'logical busy',
  7: 'protocol error',
  9: 'unable to perform command request',
  255: 'vendor specific',
};

export const BA_RJT_EXPLANATION_NAMES: Names = {
  0: 'no additional explanation',
  3: 'invalid OX_ID-RX_ID combination',
  5: 'sequence aborted, no sequence information provided',
};

/** P_RJT and F_RJT (FC-FS): byte 1 of the parameter. */
export const RJT_REASON_NAMES: Names = {
  1: 'invalid D_ID',
  2: 'invalid S_ID',
  3: 'Nx_Port not available, temporary',
  4: 'Nx_Port not available, permanent',
  5: 'class not supported',
  6: 'delimiter usage error',
  7: 'TYPE not supported',
  8: 'invalid link control',
  9: 'invalid R_CTL',
  10: 'invalid F_CTL',
  11: 'invalid OX_ID',
  12: 'invalid RX_ID',
  13: 'invalid SEQ_ID',
  14: 'invalid DF_CTL',
  15: 'invalid SEQ_CNT',
  16: 'invalid parameter',
  17: 'exchange error',
  18: 'protocol error',
  19: 'incorrect length',
  20: 'unexpected ACK',
  21: 'class not supported by FFFFFEh',
  22: 'login required',
  23: 'excessive sequences attempted',
  24: 'unable to establish exchange',
  26: 'fabric path not available',
  27: 'invalid VC_ID',
  28: 'invalid CS_CTL',
  29: 'insufficient resources for VC',
  31: 'invalid class of service',
  32: 'preemption rejected',
  33: 'preemption not enabled',
  34: 'multicast error',
  35: 'multicast error terminate',
  36: 'process login required',
  37: 'invalid attachment',
  255: 'vendor specific',
};

/** P_RJT and F_RJT: byte 0 of the parameter (FC-FS). */
export const RJT_ACTION_NAMES: Names = { 1: 'retryable', 2: 'not retryable' };
/** P_BSY: bytes 0 and 1 of the parameter (FC-FS). */
export const P_BSY_ACTION_NAMES: Names = {
  1: 'sequence terminated, retry later',
  2: 'sequence active, retry later',
};
export const P_BSY_REASON_NAMES: Names = {
  1: 'physical N_Port busy',
  3: 'N_Port resource busy',
  7: 'partial multicast busy',
  255: 'vendor specific',
};
/** F_BSY: the upper half of the byte that is else TYPE (FC-FS). */
export const F_BSY_REASON_NAMES: Names = { 1: 'fabric busy', 3: 'N_Port busy' };

/** FCP-4: TASK ATTRIBUTE. Other numbers than iSCSI's. */
export const FCP_TASK_ATTRIBUTE_NAMES: Names = {
  0: 'Simple',
  1: 'Head of queue',
  2: 'Ordered',
  4: 'ACA',
  5: 'Untagged',
};

/** FCP-4: FCP_RSP_INFO's RSP_CODE. */
export const FcpRspCode = {
  tmfComplete: 0,
  dataLengthDiffers: 1,
  cmndFieldsInvalid: 2,
  dataParameterMismatch: 3,
  tmfRejected: 4,
  tmfFailed: 5,
  tmfSucceeded: 8,
  tmfIncorrectLun: 9,
} as const;
export const FCP_RSP_CODE_NAMES: Names = {
  0: 'task management function complete',
  1: 'FCP_DATA length different from FCP_BURST_LEN',
  2: 'FCP_CMND fields invalid',
  3: 'FCP_DATA parameter mismatch with FCP_DATA_RO',
  4: 'task management function rejected',
  5: 'task management function failed',
  8: 'task management function succeeded',
  9: 'task management function incorrect logical unit number',
};

/** PRLI: ACCEPT RESPONSE CODE (FC-LS). */
export const PRLI_RESPONSE_NAMES: Names = {
  0: 'reserved',
  1: 'request executed',
  2: 'no resources available',
  3: 'initialization not complete',
  4: 'process associator does not exist',
  5: 'configuration precludes image pair',
  6: 'executed conditionally',
  7: 'multiple pages not handled',
  8: 'service parameters are invalid',
};

/** SCR: registration function (FC-LS). */
export const SCR_FUNCTION_NAMES: Names = {
  1: 'fabric detected',
  2: 'Nx_Port detected',
  3: 'full',
  255: 'clear',
};

/** RSCN: address format (FC-LS). */
export const RSCN_FORMAT_NAMES: Names = { 0: 'port', 1: 'area', 2: 'domain', 3: 'fabric' };

/** RFC 4172 6.1, 6.2. */
export const CbindStatus = { success: 0, incompatibleMode: 20 } as const;
export const CBIND_STATUS_NAMES: Names = {
  0: 'success',
  16: 'failed: unspecified reason',
  17: 'failed: no such device',
  18: 'failed: iFCP session already exists',
  19: 'failed: lack of resources',
  20: 'failed: incompatible address translation mode',
  21: 'failed: incorrect protocol version number',
  22: 'failed: gateway not synchronized',
};
export const UNBIND_STATUS_NAMES: Names = {
  0: 'successful',
  16: 'failed: unspecified reason',
  18: 'failed: connection ID invalid',
};
export const IFCP_ADDRESS_MODE_NAMES: Names = {
  0: 'address translation',
  1: 'address transparent',
};

/** FC-GS: GS_Type of a CT_IU. */
export const GS_TYPE_NAMES: Names = {
  247: 'security key distribution service',
  248: 'alias service',
  250: 'management service',
  251: 'time service',
  252: 'directory service',
  253: 'fabric controller service',
};

/** FC-GS: CT responses, and the name server's requests. */
export const CtCommand = { reject: 0x8001, accept: 0x8002 } as const;
export const CT_COMMAND_NAMES: Names = {
  256: 'GA_NXT',
  257: 'GID_A',
  274: 'GPN_ID',
  275: 'GNN_ID',
  276: 'GCS_ID',
  279: 'GFT_ID',
  280: 'GSPN_ID',
  282: 'GPT_ID',
  283: 'GIPP_ID',
  284: 'GFPN_ID',
  285: 'GHA_ID',
  286: 'GFD_ID',
  287: 'GFF_ID',
  289: 'GID_PN',
  299: 'GIPP_PN',
  305: 'GID_NN',
  306: 'GPN_NN',
  309: 'GIP_NN',
  310: 'GIPA_NN',
  313: 'GSNN_NN',
  339: 'GNN_IP',
  342: 'GIPA_IP',
  369: 'GID_FT',
  370: 'GPN_FT',
  371: 'GNN_FT',
  417: 'GID_PT',
  433: 'GID_IPP',
  434: 'GPN_IPP',
  497: 'GID_FF',
  530: 'RPN_ID',
  531: 'RNN_ID',
  532: 'RCS_ID',
  535: 'RFT_ID',
  536: 'RSPN_ID',
  538: 'RPT_ID',
  539: 'RIPP_ID',
  541: 'RHA_ID',
  542: 'RFD_ID',
  543: 'RFF_ID',
  565: 'RIP_NN',
  569: 'RSNN_NN',
  768: 'DA_ID',
  32769: 'CT_RJT',
  32770: 'CT_ACC',
};

/** FC-GS: CT_RJT reason codes, and the name server's explanations. */
export const CT_REASON_NAMES: Names = {
  1: 'invalid command code',
  2: 'invalid version level',
  3: 'logical error',
  4: 'invalid CT_IU size',
  5: 'logical busy',
  7: 'protocol error',
  9: 'unable to perform command request',
  11: 'command not supported',
  255: 'vendor specific',
};
export const CT_EXPLANATION_NAMES: Names = {
  0: 'no additional explanation',
  1: 'port identifier not registered',
  2: 'port name not registered',
  3: 'node name not registered',
  4: 'class of service not registered',
  6: 'initial process associator not registered',
  7: 'FC-4 types not registered',
  8: 'symbolic port name not registered',
  9: 'symbolic node name not registered',
  10: 'port type not registered',
  16: 'access denied',
  17: 'unacceptable port identifier',
  18: 'database empty',
};

/** FC-SW: SW_ILS, by the first byte of their payload. */
export const SW_ILS_NAMES: Names = {
  1: 'SW_RJT',
  2: 'SW_ACC',
  16: 'ELP',
  17: 'EFP',
  18: 'DIA',
  19: 'RDI',
  20: 'HLO',
  21: 'LSU',
  22: 'LSA',
  23: 'BF',
  24: 'RCF',
  27: 'SW_RSCN',
  30: 'DRLIR',
  32: 'DSCN',
  33: 'LOOPD',
  34: 'MR',
  35: 'ACA',
  36: 'RCA',
  37: 'SFC',
  38: 'UFC',
  48: 'ESC',
  49: 'ESS',
  52: 'MRRA',
  64: 'AUTH_ILS',
};

/** 010a00h → `01.0a.00`: how people write an N_Port ID. */
export function fcidText(id: number): string {
  const text = id.toString(16).padStart(6, '0');
  return `${text.slice(0, 2)}.${text.slice(2, 4)}.${text.slice(4)}`;
}

/** A world wide name of two words: `10:00:00:05:1e:0d:00:01`. */
export function wwnText(high: number, low: number): string {
  const text = high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
  return text.replace(/(..)(?=.)/g, '$1:');
}

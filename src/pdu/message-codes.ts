// Numbers for messages of whatever protocol: whose they are, and what they are to their command.

/** 0 is iSCSI, whose PDUs have a cursor and a sink of their own (pdu.ts). */
export const MessageProtocol = { iscsi: 0, fc: 1, iwarp: 2, roce: 3, isns: 4 } as const;

/** What a message is to its command, whatever its protocol calls it. */
export const Role = {
  other: 0,
  command: 1,
  dataIn: 2,
  dataOut: 3,
  /** The target asks for data: R2T, FCP_XFER_RDY, RDMA Read Request. */
  transferReady: 4,
  response: 5,
} as const;
export type RoleCode = (typeof Role)[keyof typeof Role];

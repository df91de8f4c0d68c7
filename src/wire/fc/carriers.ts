// What carries an FC frame, and what in the header before it can be wrong.

/** How a frame travels. */
export const Carrier = { fcip: 1, ifcp: 2, fcoe: 3, raw: 4 } as const;

/** What in an encapsulation header is not as RFC 3643 and its user ask for it: bits. */
export const HeaderFault = {
  protocol: 1,
  /** FCIP: word 1 is not word 0; iFCP: it is not 0. */
  wordOne: 2,
  /** FCIP: pFlags or the reserved byte against their complements. */
  specific: 4,
  /** Flags other than CRCV, or their complement. */
  flags: 8,
  /** FCIP: the CRC field, or CRCV, is not 0. */
  crcField: 16,
  /** iFCP: CRCV is 0, or the CRC over words 0 to 5 is another. */
  headerCrc: 32,
  sof: 64,
  /** iFCP: the delimiters in word 2 are not the frame's. */
  delimiterCopies: 128,
  /** iFCP: SES with TRP or SPC, or reserved flags. */
  ifcpFlags: 256,
} as const;

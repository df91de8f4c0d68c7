// SCSI operation codes that the program itself asks for (SPC-4, SBC-3); all have their names in
// tables/operations.ts, with which a test compares these.

export const ScsiOpcode = {
  requestSense: 0x03,
  read6: 0x08,
  write6: 0x0a,
  inquiry: 0x12,
  reserve6: 0x16,
  release6: 0x17,
  modeSense6: 0x1a,
  readCapacity10: 0x25,
  read10: 0x28,
  write10: 0x2a,
  writeAndVerify10: 0x2e,
  preFetch10: 0x34,
  writeSame10: 0x41,
  unmap: 0x42,
  reserve10: 0x56,
  release10: 0x57,
  modeSense10: 0x5a,
  persistentReserveOut: 0x5f,
  read16: 0x88,
  compareAndWrite: 0x89,
  write16: 0x8a,
  writeAndVerify16: 0x8e,
  preFetch16: 0x90,
  writeSame16: 0x93,
  serviceActionIn16: 0x9e,
  reportLuns: 0xa0,
  maintenanceIn: 0xa3,
  maintenanceOut: 0xa4,
  read12: 0xa8,
  write12: 0xaa,
  writeAndVerify12: 0xae,
} as const;

/** READ and WRITE of 6, 10, 12 and 16 bytes. */
export const READS_AND_WRITES: readonly number[] = [
  ScsiOpcode.read6,
  ScsiOpcode.write6,
  ScsiOpcode.read10,
  ScsiOpcode.write10,
  ScsiOpcode.read12,
  ScsiOpcode.write12,
  ScsiOpcode.read16,
  ScsiOpcode.write16,
];

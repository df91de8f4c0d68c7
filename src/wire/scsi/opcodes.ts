// SCSI operation codes that the road itself asks for (SPC-4, SBC-3); all others have their names in
// tables/operations.ts only.

export const ScsiOpcode = {
  inquiry: 0x12,
  modeSense6: 0x1a,
  readCapacity10: 0x25,
  modeSense10: 0x5a,
  serviceActionIn16: 0x9e,
  reportLuns: 0xa0,
  maintenanceIn: 0xa3,
} as const;

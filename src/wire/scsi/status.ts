// SCSI status codes (SAM-5 5.3.1) and the status qualifier (SAM-5 5.3.3).

export const ScsiStatus = {
  good: 0x00,
  checkCondition: 0x02,
  conditionMet: 0x04,
  busy: 0x08,
  reservationConflict: 0x18,
  taskSetFull: 0x28,
  acaActive: 0x30,
  taskAborted: 0x40,
} as const;

export const SCSI_STATUS_NAMES: Readonly<Record<number, string>> = {
  0: 'GOOD',
  2: 'CHECK CONDITION',
  4: 'CONDITION MET',
  8: 'BUSY',
  16: 'INTERMEDIATE',
  20: 'INTERMEDIATE-CONDITION MET',
  24: 'RESERVATION CONFLICT',
  34: 'COMMAND TERMINATED',
  40: 'TASK SET FULL',
  48: 'ACA ACTIVE',
  64: 'TASK ABORTED',
};

export function scsiStatusName(status: number): string {
  return SCSI_STATUS_NAMES[status] ?? `unknown (0x${status.toString(16).padStart(2, '0')})`;
}

/**
 * What a status qualifier (16 bits) means beside a status: for BUSY and TASK SET FULL a delay
 * before the next try in units of 100 ms.
 */
export function statusQualifierText(status: number, qualifier: number): string {
  const value = qualifier & 0x3fff;
  if (value === 0) return 'none';
  if (status !== ScsiStatus.busy && status !== ScsiStatus.taskSetFull) return `${value}`;
  if (value >= 0x3ffe) return 'do not retry on this path';
  if (value > 0x3fef) return `reserved (0x${value.toString(16)})`;
  return `retry after ${value * 100} ms`;
}

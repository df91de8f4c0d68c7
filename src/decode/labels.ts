// The standard's own words for the fields of iSCSI PDUs. Most are the field's name with a capital
// letter (ExpStatSN); those with several words, and the one-letter flags, stand here.

const LABELS: Readonly<Record<string, string>> = {
  immediate: 'I (immediate)',
  final: 'F (final)',
  transit: 'T (transit)',
  continue: 'C (continue)',
  read: 'R (read)',
  write: 'W (write)',
  acknowledge: 'A (acknowledge)',
  statusPresent: 'S (status)',
  attr: 'ATTR',
  pri: 'PRI',
  csg: 'CSG',
  nsg: 'NSG',
  cid: 'CID',
  lun: 'LUN',
  isid: 'ISID',
  tsih: 'TSIH',
  cdb: 'CDB',
  versionMax: 'Version-max',
  versionMin: 'Version-min',
  versionActive: 'Version-active',
  ahsLength: 'AHSLength',
  ahsType: 'AHSType',
  residualOverflow: 'O (residual overflow)',
  residualUnderflow: 'U (residual underflow)',
  bidirectionalReadResidualOverflow: 'o (bidirectional read residual overflow)',
  bidirectionalReadResidualUnderflow: 'u (bidirectional read residual underflow)',
  initiatorTaskTag: 'Initiator Task Tag',
  targetTransferTag: 'Target Transfer Tag',
  referencedTaskTag: 'Referenced Task Tag',
  snackTag: 'SNACK Tag',
  expectedDataTransferLength: 'Expected Data Transfer Length',
  bidirectionalReadExpectedDataTransferLength: 'Bidirectional Read Expected Data Transfer Length',
  desiredDataTransferLength: 'Desired Data Transfer Length',
  bufferOffset: 'Buffer Offset',
  residualCount: 'Residual Count',
  bidirectionalReadResidualCount: 'Bidirectional Read Residual Count',
  statusQualifier: 'Status Qualifier',
  statusClass: 'Status-Class',
  statusDetail: 'Status-Detail',
  additionalResponseInformation: 'Additional Response Information',
  senseLength: 'SenseLength',
  specific1: 'opcode-specific',
  specific20: 'opcode-specific',
  t: 'T',
  a: 'A',
  b: 'B',
  c: 'C',
  d: 'D',
};

/** "Initiator Task Tag", "ExpStatSN", "reserved". */
export function labelOf(name: string): string {
  const label = LABELS[name];
  if (label !== undefined) return label;
  if (/^reserved\d/.test(name)) return 'reserved';
  return name[0].toUpperCase() + name.slice(1);
}

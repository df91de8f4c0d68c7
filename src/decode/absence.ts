// Why data of a PDU is not at hand. Three words that must not be mixed: cut by snaplen, never captured,
// and captured, but more than is kept to be looked at.

import { DATA_KEPT_MAX, USER_DATA_KEPT_MAX } from '../limits.js';
import type { Pdu } from '../pdu/pdu.js';
import type { Absence } from '../wire/scsi/walker.js';

/** Bytes of the data that are at hand, from its first one on. */
export function keptData(pdu: Pdu): number {
  return Math.min(pdu.dataKept, pdu.dataSegmentLength);
}

/** Bytes of the data that the capture does not hold; more than what is missing where its end was not seen. */
export function uncaptured(pdu: Pdu): number {
  if (!pdu.complete) return Math.max(pdu.dataMissing + pdu.dataCut, lacking(pdu));
  return pdu.dataMissing + pdu.dataCut;
}

function lacking(pdu: Pdu): number {
  return pdu.dataSegmentLength - keptData(pdu);
}

/** Of the byte behind those that are at hand; undefined where all are. */
export function absenceOf(pdu: Pdu): Absence | undefined {
  if (lacking(pdu) === 0) return undefined;
  const kept = keptData(pdu);
  const whole = kept === USER_DATA_KEPT_MAX || kept === DATA_KEPT_MAX;
  if (uncaptured(pdu) === 0 || (whole && uncaptured(pdu) < lacking(pdu))) return 'limit';
  return pdu.dataCut > 0 ? 'cut' : 'missing';
}

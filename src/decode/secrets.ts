// What is never shown unless it is asked for: how much of a PDU's bytes may be seen. Text is judged by
// wire/iscsi/secret-text.ts, CDBs by wire/scsi/secrets.ts, the data of commands by
// wire/scsi/data/data.ts. One rule: what is not known to be harmless is hidden.

import type { Pdu } from '../pdu/pdu.js';
import { asyncMessage } from '../wire/iscsi/async-message.js';
import { BHS_BYTES } from '../wire/iscsi/bhs.js';
import { SENSE_LENGTH_BYTES, senseLength } from '../wire/iscsi/bhs-offsets.js';
import { AsyncEvent, Opcode } from '../wire/iscsi/codes.js';
import { scsiCommand } from '../wire/iscsi/scsi-command.js';
import { HIDDEN } from '../wire/iscsi/secret-text.js';
import { isOpenData } from '../wire/scsi/data/data.js';
import { openSenseBytes } from '../wire/scsi/data/sense.js';
import { type CdbRange, secretCdbBytes } from '../wire/scsi/secrets.js';
import { type Node, walkTree } from '../wire/tree.js';
import { keptData } from './absence.js';
import type { PduFacts } from './facts.js';

export { HIDDEN } from '../wire/iscsi/secret-text.js';

const CDB_AT = scsiCommand.cdb.byte;

/** Bytes of the data, from its first on, that may be shown as they are. `at`: where it begins. */
export function openDataBytes(
  facts: PduFacts,
  at: number,
  tree: () => readonly Node[] = () => facts.tree(),
): number {
  const { pdu } = facts;
  const length = pdu.dataSegmentLength;
  switch (pdu.opcode) {
    case Opcode.scsiCommand:
    case Opcode.dataOut:
    case Opcode.dataIn:
      return openCommandData(facts, at, tree);
    case Opcode.loginRequest:
    case Opcode.loginResponse:
    case Opcode.textRequest:
    case Opcode.textResponse:
      return isOpenText(facts) ? length : 0;
    case Opcode.scsiResponse:
      return openSense(pdu);
    case Opcode.asyncMessage:
      return asyncEvent(pdu) === AsyncEvent.scsi ? openSense(pdu) : 0;
    case Opcode.reject:
      return openRejected(pdu);
    default:
      return 0;
  }
}

/** The bytes of a SCSI Command's CDB that are not shown, counted from the PDU's first byte. */
export function secretHeaderBytes(bytes: Uint8Array, captured: number): CdbRange | undefined {
  if (captured <= CDB_AT || (bytes[0] & 0x3f) !== Opcode.scsiCommand) return undefined;
  const secret = secretCdbBytes(bytes.subarray(CDB_AT), Math.min(captured, BHS_BYTES) - CDB_AT);
  return secret && [secret[0] + CDB_AT, secret[1] + CDB_AT];
}

/** False where an AHS is of no known type, or its CDB has a part that is not shown. */
export function isOpenAhs(tree: readonly Node[]): boolean {
  for (const node of walkTree(tree.filter(({ name }) => name === 'ahs'))) {
    if (node.kind === 'userData' || node.kind === 'truncated') return false;
  }
  return true;
}

/**
 * True where not all that a digest covers may be seen: its value would let anybody check a guess. `tree`:
 * what of the PDU's tree stands before it.
 */
export function hidesDigest(
  facts: PduFacts,
  name: 'headerDigest' | 'dataDigest',
  at: number,
  tree: readonly Node[],
): boolean {
  if (facts.showSecrets) return false;
  const { pdu } = facts;
  if (name === 'dataDigest') return openDataBytes(facts, at, () => tree) < pdu.dataSegmentLength;
  const header = pdu.bytes.subarray(pdu.at, pdu.at + pdu.headerCaptured);
  return secretHeaderBytes(header, pdu.headerCaptured) !== undefined || !isOpenAhs(tree);
}

function openCommandData(facts: PduFacts, at: number, tree: () => readonly Node[]): number {
  const { pdu, cdb, cdbLength, deviceType } = facts;
  if (cdbLength === 0) return 0;
  const command = { bytes: cdb, at: 0, length: cdbLength, deviceType };
  if (!isOpenData(command, pdu.opcode === Opcode.dataIn)) return 0;
  const length = pdu.dataSegmentLength;
  const told = new Uint8Array(length);
  const data = tree().filter(({ name }) => name === 'data');
  for (const node of walkTree(data)) {
    if (node.children !== undefined || node.width === 0) continue;
    const from = Math.max(0, node.byte - at);
    const to = node.byte - at + Math.ceil((node.bit + node.width) / 8);
    if (node.kind !== 'userData' && to > from) told.fill(1, from, to);
  }
  // Up to the first byte that says something which no table knows.
  const kept = keptData(pdu);
  let open = 0;
  while (open < kept && (told[open] === 1 || pdu.data[open] === 0)) open++;
  return open === kept ? length : open;
}

/** Text is shown where all of it may be: a piece that was cut may be one of a secret. */
function isOpenText({ pdu, keys }: PduFacts): boolean {
  if (keys === undefined || pdu.dataKept < pdu.dataSegmentLength) return false;
  return keys.every(
    ({ name, value }) => name !== 'unfinished' && value !== null && value !== HIDDEN,
  );
}

/** SenseLength and sense data (RFC 7143 11.4.7); response data behind it is a vendor's. */
function openSense(pdu: Pdu): number {
  if (pdu.dataKept < SENSE_LENGTH_BYTES) return 0;
  const code = pdu.dataKept > SENSE_LENGTH_BYTES ? pdu.data[SENSE_LENGTH_BYTES] : 0;
  const open = openSenseBytes(code, Math.min(senseLength(pdu.data), SENSE_BYTES_MAX));
  return Math.min(pdu.dataSegmentLength, SENSE_LENGTH_BYTES + open);
}

/** SPC-4 4.5.1. */
const SENSE_BYTES_MAX = 252;

/** A Reject gives back a header (RFC 7143 11.17.2); what follows it is not looked at. */
function openRejected(pdu: Pdu): number {
  const there = Math.min(BHS_BYTES, pdu.dataSegmentLength, pdu.dataKept);
  return secretHeaderBytes(pdu.data, there)?.[0] ?? Math.min(BHS_BYTES, pdu.dataSegmentLength);
}

function asyncEvent(pdu: Pdu): number {
  return pdu.headerCaptured > EVENT_AT ? pdu.view.getUint8(pdu.at + EVENT_AT) : -1;
}

const EVENT_AT = asyncMessage.asyncEvent.byte;

// PDUs as the screens name them: those of a task, and a few words for each.

import { messageNameOf } from '../decode/message-names.js';
import type { Finding } from '../findings/finding.js';
import { bytesText } from '../lib/number-text.js';
import { MessageProtocol, Role } from '../pdu/message-codes.js';
import type { PduIndex } from '../store/pdu-index.js';
import { pduOf } from '../wire/iscsi/pdus.js';
import type { Case } from './case.js';

/** All PDUs of a task, in their order. */
function pdusOfTask({ pdus }: Case, task: number): number[] {
  const found: number[] = [];
  for (let pdu = pdus.firstOf(task); pdu >= 0; pdu = pdus.next(pdu)) found.push(pdu);
  return found;
}

/** PDUs that are looked at together: those of the same task, or around it on its connection. */
export function neighbours(kase: Case, pdu: number): number[] {
  const task = kase.pdus.task(pdu);
  if (task >= 0) return pdusOfTask(kase, task);
  const { pdus } = kase;
  const found: number[] = [];
  for (let p = Math.max(pdus.first, pdu - AROUND); p < Math.min(pdus.count, pdu + AROUND); p++) {
    if (pdus.connection(p) === pdus.connection(pdu)) found.push(p);
  }
  return found;
}

const AROUND = 50;

/** Of whatever protocol. */
export function pduName(pdus: PduIndex, pdu: number): string {
  const protocol = pdus.protocol(pdu);
  if (protocol === MessageProtocol.iscsi) return pduOf(pdus.opcode(pdu)).name;
  return messageNameOf(protocol, pdus.kind(pdu));
}

/** "R2T, wants 64 KiB at 0", "Data-Out, 8 KiB at 4096, final". */
export function pduWords({ pdus }: Pick<Case, 'pdus'>, pdu: number): string {
  const protocol = pdus.protocol(pdu);
  const role = pdus.role(pdu);
  const length = pdus.length(pdu);
  const offset = `at ${pdus.bufferOffset(pdu)}`;
  const words: string[] = [pduName(pdus, pdu)];
  if (role === Role.transferReady) words.push(`wants ${bytesText(length)} ${offset}`);
  else if (role === Role.dataIn || role === Role.dataOut) {
    words.push(`${bytesText(length)} ${offset}`);
    if (protocol === MessageProtocol.iscsi && pdus.final(pdu)) words.push('final');
  } else if (length > 0) words.push(bytesText(length));
  if (!pdus.complete(pdu)) words.push('incomplete');
  return words.join(', ');
}

/** PDUs that begin or end in packets, by packet. */
export function pdusOfFrames(
  { pdus }: Pick<Case, 'pdus'>,
  frames: ReadonlySet<number>,
): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const add = (frame: number, pdu: number): void => {
    if (!frames.has(frame)) return;
    const rows = found.get(frame);
    if (rows === undefined) found.set(frame, [pdu]);
    else rows.push(pdu);
  };
  for (let pdu = pdus.first; pdu < pdus.count; pdu++) {
    add(pdus.frame(pdu), pdu);
    if (pdus.frameEnd(pdu) !== pdus.frame(pdu)) add(pdus.frameEnd(pdu), pdu);
  }
  return found;
}

/** Of the PDUs of a packet the one that proves a finding, or the first that may. */
export function provingPdu(
  { pdus }: Pick<Case, 'pdus'>,
  { connection, proof }: Pick<Finding, 'connection' | 'proof'>,
  rows: readonly number[],
): number | undefined {
  const keys = proof.map(({ pdu }) => pdu);
  const own = rows.filter((pdu) => connection === undefined || pdus.connection(pdu) === connection);
  return (
    own.find((row) => keys.includes(pduOf(pdus.opcode(row)).key)) ??
    own.find((row) => pdus.protocol(row) === MessageProtocol.iscsi) ??
    own[0]
  );
}

/** The last PDU that began by a time, one before the first where there is none. */
export function pduAt({ pdus }: Case, ns: number): number {
  let low = pdus.first;
  let high = pdus.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pdus.timeNs(middle) <= ns) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

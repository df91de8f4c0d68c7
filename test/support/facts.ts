// PDUs for decoders: of a capture, or made of bytes.

import type { PduFacts } from '../../src/decode/facts.js';
import { PduFacts as Facts } from '../../src/decode/facts.js';
import { PduReader } from '../../src/decode/pdu-reader.js';
import { Pdu } from '../../src/pdu/pdu.js';
import { analyse } from '../../src/pipeline.js';
import { get } from '../../src/wire/field.js';
import { bhs } from '../../src/wire/iscsi/bhs.js';

/** Calls `take` with every PDU of a capture, as `pdus -V` sees it. */
export async function eachPdu(
  path: string,
  take: (facts: PduFacts) => void,
  showSecrets = false,
): Promise<void> {
  const reader = new PduReader({ details: true, links: true, showSecrets, take });
  await analyse([path], { pduSink: reader, taskSink: reader, look: reader.look });
}

/** A PDU whose bytes (header, AHS, data) are all there as far as they go; lengths as the header says. */
export function pduOfBytes(bytes: Uint8Array): Pdu {
  const header = new Uint8Array(48);
  header.set(bytes.subarray(0, 48));
  const pdu = new Pdu();
  pdu.bytes = header;
  pdu.view = new DataView(header.buffer);
  pdu.headerCaptured = Math.min(48, bytes.length);
  pdu.opcode = header[0] & 0x3f;
  pdu.fromInitiator = pdu.opcode < 0x20;
  pdu.ahsLength = get(pdu.view, 0, bhs.totalAHSLength) * 4;
  pdu.dataSegmentLength = get(pdu.view, 0, bhs.dataSegmentLength);
  pdu.ahs = bytes.slice(48, 48 + pdu.ahsLength);
  pdu.ahsKept = pdu.ahs.length;
  const data = 48 + pdu.ahsLength;
  pdu.data = bytes.slice(data, data + pdu.dataSegmentLength);
  pdu.dataKept = pdu.data.length;
  return pdu;
}

/** What is known of it: its task's CDB, if one is given. */
export function factsOf(pdu: Pdu, cdb: Uint8Array = new Uint8Array(0)): PduFacts {
  const facts = new Facts();
  facts.renew(pdu);
  facts.cdb = cdb;
  facts.cdbLength = cdb.length;
  return facts;
}

// Protocols by tshark's names: `iscsi` alone asks for a PDU of it, `iscsi contains "iqn"` looks into
// its bytes. What carries a PDU (ip, tcp, frame) has no bytes of its own here: those of the PDU.

import type { PduFacts } from '../decode/facts.js';
import { isOpenAhs } from '../decode/secrets.js';
import { addressText } from '../stream/connection.js';
import { hex } from '../wire/field.js';
import { Opcode } from '../wire/iscsi/codes.js';
import type { FilterField, Value } from './field.js';
import { storyOf } from './road-fields.js';
import { shownDataBytes, shownHeader, zeros } from './shown-octets.js';

const SCSI: ReadonlySet<number> = new Set<number>([
  Opcode.scsiCommand,
  Opcode.scsiResponse,
  Opcode.dataIn,
  Opcode.dataOut,
]);

export const PROTOCOLS: ReadonlyMap<string, FilterField<PduFacts>> = new Map(
  [
    protocol('iscsi', () => true, 'any PDU; its bytes'),
    protocol('scsi', ({ pdu }) => SCSI.has(pdu.opcode), 'commands, their data and status'),
    protocol('tcp', () => true, 'as in tshark; the bytes are those of the PDU'),
    protocol('ip', (facts) => version(facts) === 4, 'over IPv4'),
    protocol('ipv6', (facts) => version(facts) === 6, 'over IPv6'),
  ].map((f) => [f.name, f]),
);

/** Protocols of messages that are no iSCSI PDUs (message-filter.ts). */
export const MESSAGE_PROTOCOLS: ReadonlySet<string> = new Set([
  ...['fc', 'fcip', 'ifcp', 'fcoe', 'fcp', 'fcels', 'fcct'],
  ...['iwarp_mpa', 'iwarp_mpa.req', 'iwarp_mpa.rep', 'iwarp_ddp_rdmap', 'iwarp_ddp', 'iwarp_rdma'],
  ...['infiniband', 'infiniband.mad', 'isns'],
]);

function protocol(
  name: string,
  there: (facts: PduFacts) => boolean,
  about: string,
): FilterField<PduFacts> {
  const values = (facts: PduFacts): readonly Value[] => (there(facts) ? [octetsOf(facts)] : []);
  return { name, kind: 'octets', needs: 'data', about, there, thereNeeds: 'header', values };
}

/** Header, AHS and data, as far as they are at hand; bytes that are hidden count as zeros. */
function octetsOf(facts: PduFacts): string {
  const { pdu, showSecrets } = facts;
  const data = Math.min(pdu.dataKept, pdu.dataSegmentLength);
  const header = hex(pdu.bytes, pdu.at, Math.min(48, pdu.headerCaptured));
  const ahs = hex(pdu.ahs, 0, pdu.ahsKept);
  if (showSecrets) return header + ahs + hex(pdu.data, 0, data);
  const open = shownDataBytes(facts);
  const seenAhs = pdu.ahsKept === 0 || isOpenAhs(facts.tree());
  return (
    shownHeader(facts, 0, header) +
    (seenAhs ? ahs : zeros(pdu.ahsKept)) +
    hex(pdu.data, 0, open) +
    zeros(data - open)
  );
}

function version(facts: PduFacts): number {
  const connection = storyOf(facts)?.connection;
  if (connection === undefined) return 0;
  return addressText(connection, 'a').includes(':') ? 6 : 4;
}

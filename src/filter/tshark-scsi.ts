// tshark's names of SCSI fields as filter fields: bits of the CDB, nodes of parameter and sense data,
// only in the commands in which tshark has them.

import type { PduFacts } from '../decode/facts.js';
import type { Task } from '../scsi/task.js';
import { BUFFER_OFFSET } from '../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { decodeCdb } from '../wire/scsi/cdb.js';
import { ScsiOpcode } from '../wire/scsi/opcodes.js';
import { OPERATION_COUNT, operationName, operationOf } from '../wire/scsi/operations.js';
import { secretCdbBytes } from '../wire/scsi/secrets.js';
import {
  dataKey,
  hasKey,
  keyFor,
  operationKey,
  type Place,
  type Position,
  placedPaths,
  tsharkPlaces,
  tsharkType,
} from '../wire/scsi/tshark-names.js';
import { type Node, walkTree } from '../wire/tree.js';
import type { FilterField, FilterKind, Value } from './field.js';
import { shownDataBytes } from './shown-octets.js';
import { nodeValue, partNodes, treeField } from './tree-fields.js';

/** A command as far as its CDB and its device say. */
export interface Command {
  readonly cdb: Uint8Array;
  readonly cdbLength: number;
  readonly deviceType: number;
  /** Absent: what is hidden by rule is not to be seen. */
  readonly showSecrets?: boolean;
}

const OTHER_DEVICES = [1, 5, 8, 17];
/** Device types whose commands tshark shows under a name; -1, not known, counts as a disk. */
const DEVICES: Readonly<Record<string, (deviceType: number) => boolean>> = {
  scsi: () => true,
  scsi_sbc: (type) => !OTHER_DEVICES.includes(type),
  scsi_ssc: (type) => type === 1,
  scsi_mmc: (type) => type === 5,
  scsi_smc: (type) => type === 8,
  scsi_osd: (type) => type === 17,
};

export const OPCODE_FIELDS: readonly string[] = [
  'scsi.spc.opcode',
  ...Object.keys(DEVICES)
    .filter((name) => name !== 'scsi')
    .map((name) => `${name}.opcode`),
];

/** Names of before Wireshark 1.12, which recipes still have. */
export function modernName(name: string): string {
  return name
    .replace(/^scsi\.(sbc|ssc|mmc|smc|osd)\.(?!modepage)/, 'scsi_$1.')
    .replace(/^scsi_spc\./, 'scsi.spc.');
}

export function tsharkScsiField(asked: string): FilterField<PduFacts> | undefined {
  const name = tsharkPlaces(asked) === undefined ? modernName(asked) : asked;
  if (name === 'scsi.inquiry.devtype') return deviceType(name);
  if (OPCODE_FIELDS.includes(name)) return operationCode(name);
  const places = tsharkPlaces(name);
  if (places === undefined) return undefined;
  const onlyCdb = places.every(({ part }) => part === 'cdb');
  const kind = tsharkType(name);
  const values = (facts: PduFacts): readonly Value[] =>
    placesOf(name, places, facts).flatMap((place) => valuesAt(facts, place, kind));
  const texts = (facts: PduFacts): readonly string[] =>
    placesOf(name, places, facts).flatMap((place) =>
      place.part === 'cdb' ? cdbTexts(facts, place) : nodeTexts(facts, place),
    );
  return {
    name: asked,
    kind,
    needs: onlyCdb ? 'end' : 'data',
    values,
    texts: kind === 'number' ? texts : undefined,
  };
}

/** tshark's name of a field of the CDB, said of a command. */
export function tsharkTaskField<T extends Command = Task>(
  asked: string,
): FilterField<T> | undefined {
  const name = tsharkPlaces(asked) === undefined ? modernName(asked) : asked;
  const applies = devicesOf(name);
  if (OPCODE_FIELDS.includes(name)) {
    const number = ({ cdb, cdbLength, deviceType }: T): number =>
      cdbLength > 0 && applies(deviceType) ? cdb[0] : Number.NaN;
    const texts = (task: T): readonly string[] => (applies(task.deviceType) ? textsOf(task) : []);
    return { name: asked, kind: 'number', needs: 'end', names: operationNames(), number, texts };
  }
  const places = (tsharkPlaces(name) ?? []).filter(({ part }) => part === 'cdb');
  if (places.length === 0) return undefined;
  const values = (task: T): readonly Value[] =>
    placesOf(name, places, task).flatMap((place) => bitsOf(task, place));
  return { name: asked, kind: tsharkType(name), needs: 'end', values };
}

/** The places that a command's CDB, its data and its sense data have. */
function placesOf(name: string, places: readonly Place[], command: Command): readonly Place[] {
  const { cdbLength, deviceType } = command;
  if (cdbLength === 0) return places.filter(({ part }) => part === 'sense');
  const cdb = command.cdb.subarray(0, cdbLength);
  const keys = {
    cdb: keyFor(name, operationKey(cdb, deviceType)),
    data: keyFor(name, dataKey(cdb, deviceType)),
  };
  return places.filter((place) => place.part === 'sense' || hasKey(place, keys[place.part]));
}

function devicesOf(name: string): (deviceType: number) => boolean {
  return DEVICES[name.split('.')[0]] ?? (() => true);
}

function valuesAt(facts: PduFacts, place: Place, kind: FilterKind): readonly Value[] {
  const { pdu } = facts;
  if (place.part === 'cdb') return pdu.opcode === Opcode.scsiCommand ? bitsOf(facts, place) : [];
  if (!hasPart(facts, place)) return [];
  const { at, part } = place;
  if (typeof at !== 'string') {
    return isFirst(facts) ? bits(pdu.data, shownDataBytes(facts), at) : [];
  }
  return nodesAt(facts, part, at).flatMap((node) => valuesOf(node, kind));
}

/** Texts with the spaces that tshark keeps at their ends, and without; octets as hex. */
function valuesOf(node: Node, kind: FilterKind): readonly Value[] {
  const value = nodeValue(node, kind === 'octets' ? 'number' : kind);
  const size = Math.ceil(node.width / 8);
  if (kind === 'text') {
    const text = String(value);
    return text.length < size ? [text, text.padEnd(size)] : [text];
  }
  if (kind !== 'octets') return [value];
  if (typeof value !== 'string') return [value.toString(16).padStart(2 * size, '0')];
  const isHex = /^[0-9a-f]*$/.test(value) && value.length === 2 * size;
  return [isHex ? value : Buffer.from(value.padEnd(size, ' '), 'latin1').toString('hex')];
}

/** True where the PDU has the part of which the place tells. */
function hasPart(facts: PduFacts, { part }: Place): boolean {
  const { pdu, cdbLength } = facts;
  if (pdu.dataSegmentLength === 0) return false;
  const hasSense = pdu.opcode === Opcode.scsiResponse || pdu.opcode === Opcode.asyncMessage;
  const asksSense = cdbLength > 0 && facts.cdb[0] === ScsiOpcode.requestSense;
  if (part === 'sense') return hasSense || (pdu.opcode === Opcode.dataIn && asksSense);
  return !hasSense && cdbLength > 0;
}

function isFirst({ pdu }: PduFacts): boolean {
  if (pdu.opcode === Opcode.scsiCommand) return true;
  return (
    pdu.headerCaptured >= BUFFER_OFFSET + 4 && pdu.view.getUint32(pdu.at + BUFFER_OFFSET) === 0
  );
}

function nodesAt(facts: PduFacts, part: 'data' | 'sense', path: string) {
  // What REQUEST SENSE brings is sense data, as a whole.
  const where = facts.pdu.opcode === Opcode.dataIn ? 'data' : part;
  return [...placedPaths(partNodes(facts, where))].flatMap(([node, own]) =>
    own === path && node.value !== null && (node.kind !== 'userData' || facts.showSecrets)
      ? [node]
      : [],
  );
}

function nodeTexts(facts: PduFacts, place: Place): string[] {
  const { at, part } = place;
  if (typeof at !== 'string' || part === 'cdb' || !hasPart(facts, place)) return [];
  return nodesAt(facts, part, at).flatMap(({ meaning }) => meaning ?? []);
}

/** What our node of the same bits says. */
function cdbTexts(facts: PduFacts, { at }: Place): string[] {
  if (facts.pdu.opcode !== Opcode.scsiCommand || facts.cdbLength === 0 || typeof at === 'string') {
    return [];
  }
  const { cdb, cdbLength } = facts;
  const nodes = [...walkTree(decodeCdb(cdb, 0, cdbLength, facts.deviceType))];
  return nodes.flatMap(({ byte, bit, width, meaning }) =>
    byte === at.byte && bit === at.bit && width === at.width ? (meaning ?? []) : [],
  );
}

function bitsOf(command: Command, { at }: Place): readonly Value[] {
  if (command.cdbLength === 0 || typeof at === 'string') return [];
  const secret = command.showSecrets ? undefined : secretCdbBytes(command.cdb, command.cdbLength);
  const end = at.byte + Math.ceil((at.bit + at.width) / 8);
  if (secret !== undefined && end > secret[0] && at.byte < secret[1]) return [];
  return bits(command.cdb, command.cdbLength, at);
}

/** Nothing where they were not captured; beyond 64 bits octets. */
function bits(bytes: Uint8Array, length: number, { byte, bit, width }: Position): readonly Value[] {
  const end = byte + Math.ceil((bit + width) / 8);
  if (end > length) return [];
  const hex = Buffer.from(bytes.subarray(byte, end)).toString('hex');
  if (width > 64) return [hex];
  const word = BigInt(`0x${hex}`) >> BigInt((end - byte) * 8 - bit - width);
  const value = BigInt.asUintN(width, word);
  return [width > 53 && value > BigInt(Number.MAX_SAFE_INTEGER) ? value : Number(value)];
}

/** tshark says with every command, and with what belongs to it, what the device is taken for. */
function deviceType(name: string): FilterField<PduFacts> {
  const told = treeField(name, ['data'], ['peripheralDeviceType'], 'number');
  const values = (facts: PduFacts): readonly Value[] => {
    if (facts.task === null || !facts.task.commandSeen) return [];
    const { opcode, dataSegmentLength } = facts.pdu;
    // It does not say it with R2Ts and sense data.
    if (opcode === Opcode.r2t) return [];
    if (opcode === Opcode.scsiResponse && dataSegmentLength > 0) return [];
    const own = Math.max(0, facts.deviceType);
    return dataSegmentLength > 0 ? [own, ...(told.values?.(facts) ?? [])] : [own];
  };
  return { ...told, values };
}

/** Of a command, and as in tshark of the data and the status that belong to it. */
function operationCode(name: string): FilterField<PduFacts> {
  const applies = devicesOf(name);
  const told = treeField(name, ['data'], ['operationCode'], 'number');
  const values = (facts: PduFacts): readonly Value[] => {
    const { cdb, cdbLength, pdu } = facts;
    if (cdbLength === 0 || pdu.opcode === Opcode.r2t || !applies(facts.deviceType)) return [];
    // REPORT SUPPORTED OPERATION CODES tells of others.
    const others =
      cdb[0] === ScsiOpcode.maintenanceIn && pdu.dataSegmentLength > 0 ? told.values?.(facts) : [];
    return [cdb[0], ...(others ?? [])];
  };
  const texts = (facts: PduFacts): readonly string[] =>
    values(facts).length > 0 ? textsOf(facts) : [];
  return { name, kind: 'number', needs: 'end', names: operationNames(), values, texts };
}

/** All names, for asking whether there is one: the codes do not matter, `texts` says which it is. */
let names: Record<number, string> | undefined;

function operationNames(): Record<number, string> {
  if (names === undefined) {
    const all = Array.from({ length: OPERATION_COUNT }, (_, i) => operationTexts(i)).flat();
    names = Object.fromEntries([...new Set(all)].map((name, i) => [1000 + i, name]));
  }
  return names;
}

/** "PERSISTENT RESERVE IN: READ KEYS" goes by the name of its operation code too. */
function operationTexts(operation: number): string[] {
  const name = operationName(operation);
  const colon = name.indexOf(': ');
  return colon < 0 ? [name] : [name, name.slice(0, colon)];
}

function textsOf(command: Command): string[] {
  const { cdb, cdbLength } = command;
  if (cdbLength === 0) return [];
  const view = new DataView(cdb.buffer, cdb.byteOffset, cdb.byteLength);
  return operationTexts(operationOf(view, 0, cdbLength, command.deviceType));
}

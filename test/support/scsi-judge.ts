// Compares our SCSI trees with tshark's, field by field: same bytes and bits, same value.

import { decodeCdb } from '../../src/wire/scsi/cdb.js';
import { decodeDataIn, decodeDataOut, decodeSense } from '../../src/wire/scsi/data/data.js';
import { CdbFacts, cdbFacts, Direction } from '../../src/wire/scsi/operations.js';
import { dataKey, operationKey, placedPaths } from '../../src/wire/scsi/tshark-names.js';
import type { Node } from '../../src/wire/tree.js';
import { fromHex } from './build.js';
import { readCapture } from './capture.js';
import { concat } from './octets.js';
import { tshark } from './tshark.js';

export interface Comparison {
  /** Fields that both know, by tshark's name: how often they were equal. */
  readonly equal: Map<string, number>;
  /** "frame name: tshark's value, ours". */
  readonly different: string[];
  /** tshark's name → where its bits stand, as tables/tshark-names.ts writes it. */
  readonly places: Map<string, Set<string>>;
  /** Fields that tshark shows and we have no node for: name → example. */
  readonly unknown: Map<string, string>;
}

interface Field {
  readonly name: string;
  readonly showname: string;
  readonly byte: number;
  readonly bit: number;
  readonly width: number;
  readonly value: bigint;
  readonly hex: string;
  readonly masked: boolean;
}

interface Part {
  readonly frame: number;
  readonly title: string;
  readonly pos: number;
  readonly size: number;
  readonly fields: Field[];
  /** From the iSCSI PDU around it. */
  readonly tag: string;
  readonly segment: number;
  /** The CDB that an AHS completes: tshark counts its positions from the CDB's own first byte. */
  readonly extension: string;
  readonly header: number;
  /** Bytes that TCP joined for this frame, if it did. */
  readonly joined: string[];
}

/** What the LUN's INQUIRY said, by the "Command Set" that tshark prints with everything. */
const COMMAND_SET = /Command Set:.*\(0x([0-9a-f]{2})\)/;

export async function judge(path: string): Promise<Comparison> {
  const result: Comparison = {
    equal: new Map(),
    different: [],
    places: new Map(),
    unknown: new Map(),
  };
  const { packets } = await readCapture([path]);
  const commands = new Map<string, Uint8Array>();
  const pdml = tshark('-r', path, '-T', 'pdml', '-Y', 'scsi', '-o', 'scsi.defragment:TRUE');
  for (const part of scsiParts(pdml)) {
    const bytes = bytesOf(part, packets[part.frame - 1].bytes);
    if (bytes === undefined) continue;
    const deviceType = deviceTypeOf(part);
    const nodes = decoded(part, bytes, deviceType, commands);
    if (nodes !== undefined) compare(part, nodes, bytes, contextOf(part, bytes, commands), result);
  }
  return result;
}

function decoded(
  part: Part,
  bytes: Uint8Array,
  deviceType: number,
  commands: Map<string, Uint8Array>,
): Node[] | undefined {
  const data = bytes.slice(part.pos);
  if (part.title.startsWith('SCSI CDB')) {
    const cdb = data.slice(0, Math.max(16, part.size));
    commands.set(part.tag, cdb);
    return decodeCdb(cdb, 0, cdb.length, deviceType);
  }
  const cdb = commands.get(part.tag);
  const length = Math.min(part.segment, data.length);
  const payload = { bytes: data, at: 0, captured: length, total: part.segment };
  if (part.title.startsWith('SCSI: SNS Info')) {
    const sense = { ...payload, captured: Math.min(part.size, data.length), total: part.size };
    return decodeSense(sense);
  }
  if (cdb === undefined || !part.title.startsWith('SCSI Payload')) return undefined;
  const command = { bytes: cdb, at: 0, length: cdb.length, deviceType };
  const isOut = part.title.includes('Request Data');
  return isOut ? decodeDataOut(command, payload) : decodeDataIn(command, payload);
}

/** Whose field it is: "c 28", "d 12:83", "s"; undefined where it is data that the command has not. */
function contextOf(
  part: Part,
  bytes: Uint8Array,
  commands: Map<string, Uint8Array>,
): string | undefined {
  const cdb = commands.get(part.tag);
  if (part.title.startsWith('SCSI CDB'))
    return `c ${operationKey(cdb ?? bytes.slice(part.pos), deviceTypeOf(part))}`;
  if (part.title.startsWith('SCSI: SNS Info')) return 's';
  if (cdb === undefined) return undefined;
  const deviceType = deviceTypeOf(part);
  const isOut = part.title.includes('Request Data');
  const out = new CdbFacts();
  cdbFacts(new DataView(cdb.buffer, cdb.byteOffset), 0, cdb.length, deviceType, out);
  const isRight = out.direction === (isOut ? Direction.out : Direction.in);
  return isRight ? `d ${dataKey(cdb, deviceType)}` : undefined;
}

function compare(
  part: Part,
  nodes: readonly Node[],
  bytes: Uint8Array,
  context: string | undefined,
  result: Comparison,
): void {
  const ours = new Map<string, readonly [node: Node, path: string]>();
  for (const [node, path] of placedPaths(nodes)) {
    const key = `${node.byte}.${node.bit}+${node.width}`;
    const isField = node.value !== null && node.kind !== 'reserved';
    if (isField && !ours.has(key)) ours.set(key, [node, path]);
  }
  for (const field of part.fields) {
    const position = `${field.byte - part.pos}.${field.bit}+${field.width}`;
    const [node, path] = ours.get(position) ?? [undefined, ''];
    const isCdb = context?.startsWith('c') ?? false;
    if (context !== undefined) {
      const place = `${context} ${isCdb || node === undefined ? position : path}`;
      result.places.set(field.name, (result.places.get(field.name) ?? new Set()).add(place));
    }
    const where = `${part.frame} ${part.title}: ${field.name}`;
    if (node === undefined) {
      result.unknown.set(
        field.name,
        `${where} at ${field.byte - part.pos}.${field.bit}+${field.width} ${field.showname}`,
      );
    } else if (isEqual(node, field, bytes)) {
      result.equal.set(field.name, (result.equal.get(field.name) ?? 0) + 1);
    } else {
      result.different.push(`${where}: ${field.showname}, ours ${node.name} ${node.value}`);
    }
  }
}

function isEqual(node: Node, field: Field, bytes: Uint8Array): boolean {
  if (typeof node.value === 'number')
    return BigInt.asUintN(field.width, BigInt(node.value)) === field.value;
  const text = String(node.value);
  if (/^-?\d+$/.test(text) && BigInt.asUintN(field.width, BigInt(text)) === field.value)
    return true;
  if (text === field.hex) return true;
  const end = field.byte + field.width / 8;
  const ascii = [...bytes.slice(field.byte, end)]
    .map((c) => (c === 0 ? ' ' : c >= 0x20 && c < 0x7f ? String.fromCharCode(c) : '.'))
    .join('');
  return text === ascii.trimEnd();
}

/** The frame's own bytes, or what TCP joined: whichever holds the fields at their positions. */
function bytesOf(part: Part, frame: Uint8Array): Uint8Array | undefined {
  const { header, extension } = part;
  const start = frame.slice(header + 32, header + 48);
  const cdb = concat(start, fromHex(extension));
  const sources = extension === '' ? [frame, ...part.joined.map(fromHex)] : [cdb, frame];
  const plain = part.fields.filter((f) => !f.masked);
  return sources.find((bytes) =>
    plain.every((f) => {
      const there = bytes.slice(f.byte, f.byte + f.width / 8);
      return Buffer.from(there).toString('hex') === f.hex;
    }),
  );
}

function deviceTypeOf(part: Part): number {
  const found = COMMAND_SET.exec(part.title);
  return found ? Number.parseInt(found[1], 16) : 0;
}

// PDML

const ATTRIBUTE = /(\w+)="([^"]*)"/g;

function* scsiParts(pdml: string): Generator<Part> {
  let frame = 0;
  let tag = '';
  let segment = 0;
  let extension = '';
  let header = 0;
  let joined: string[] = [];
  let part: (Part & { title: string }) | undefined;
  for (const line of pdml.split('\n')) {
    const isProto = line.includes('<proto ');
    if (!isProto && !line.includes('<field ')) continue;
    const has = Object.fromEntries([...line.matchAll(ATTRIBUTE)].map((m) => [m[1], m[2]]));
    if (isProto) {
      if (part !== undefined) yield part;
      part = undefined;
      if (has['name'] === 'geninfo') joined = [];
      if (has['name'] === 'iscsi') {
        extension = '';
        header = Number(has['pos']);
      }
      if (has['name'] === 'scsi') {
        part = {
          frame,
          title: has['showname'],
          pos: Number(has['pos']),
          size: Number(has['size']),
          fields: [],
          tag,
          segment,
          extension: has['showname']?.startsWith('SCSI CDB') ? extension : '',
          header,
          joined,
        };
      }
      continue;
    }
    if (has['name'] === 'num') frame = Number(has['show']);
    if (has['name'] === 'tcp.reassembled.data') joined.push(has['value']);
    if (has['name'] === 'iscsi.ahs.extended_cdb') extension = has['value'] ?? '';
    if (has['name'] === 'iscsi.initiatortasktag') tag = has['show'];
    if (has['name'] === 'iscsi.datasegmentlength') segment = Number(has['show']);
    if (part === undefined) continue;
    if (has['name'] === 'scsi.inquiry.devtype' && has['size'] === '0') {
      part.title += ` ${has['showname']}`;
    }
    const field = fieldOf(has);
    if (field !== undefined) part.fields.push(field);
  }
  if (part !== undefined) yield part;
}

const BITS = /^((?:[01.]{4} ?)+ ?(?:[01. ])*)= /;

function fieldOf(has: Readonly<Record<string, string>>): Field | undefined {
  const { name, showname = '', size, pos, value, unmaskedvalue } = has;
  if (!name || !value || Number(size) === 0) return undefined;
  const pattern =
    unmaskedvalue === undefined ? undefined : BITS.exec(showname)?.[1].replaceAll(' ', '');
  const first = pattern ? pattern.search(/[01]/) : 0;
  const bits = pattern ? pattern.replaceAll('.', '').length : Number(size) * 8;
  return {
    name,
    showname,
    byte: Number(pos) + (first >> 3),
    bit: first & 7,
    width: bits,
    value: BigInt(`0x${value}`),
    hex: value,
    masked: unmaskedvalue !== undefined,
  };
}

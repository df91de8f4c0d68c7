// tshark's names (4.0, `tshark -G fields`) for what sanscope knows too, so that filters written for
// it mean the same here. Fields that only drafts of iSCSI had are not known.

import type { PduFacts } from '../decode/facts.js';
import { field, type When, whenSet } from '../wire/field.js';
import { Opcode } from '../wire/iscsi/codes.js';
import { dataIn } from '../wire/iscsi/data-in.js';
import type { PduKey } from '../wire/iscsi/pdus.js';
import { pduNamed } from '../wire/iscsi/pdus.js';
import { tsharkNames } from '../wire/scsi/tshark-names.js';
import type { FilterField } from './field.js';
import { type ByOpcode, headerField } from './header-fields.js';
import { PACKET_NAMES } from './packet-names.js';
import { type Part, treeField } from './tree-fields.js';
import { OPCODE_FIELDS, tsharkScsiField } from './tshark-scsi.js';

/** tshark's name → [our name, the PDUs in which it goes by that name (none: all that have it)]. */
const HEADER: Readonly<Record<string, readonly [string, ...PduKey[]]>> = {
  'iscsi.opcode': ['opcode'],
  'iscsi.I': ['immediate'],
  'iscsi.totalahslength': ['totalAHSLength'],
  'iscsi.datasegmentlength': ['dataSegmentLength'],
  'iscsi.initiatortasktag': ['initiatorTaskTag'],
  'iscsi.targettransfertag': ['targetTransferTag'],
  'iscsi.cmdsn': ['cmdSN'],
  'iscsi.expstatsn': ['expStatSN'],
  'iscsi.statsn': ['statSN'],
  'iscsi.expcmdsn': ['expCmdSN'],
  'iscsi.maxcmdsn': ['maxCmdSN'],
  'iscsi.datasn': ['dataSN'],
  'iscsi.bufferOffset': ['bufferOffset'],
  'iscsi.expdatasn': ['expDataSN'],
  'iscsi.r2tsn': ['r2tSN'],
  'iscsi.desireddatalength': ['desiredDataTransferLength'],
  'iscsi.refcmdsn': ['refCmdSN'],
  'iscsi.scsicommand.F': ['final', 'scsi-command'],
  'iscsi.scsicommand.R': ['read', 'scsi-command'],
  'iscsi.scsicommand.W': ['write', 'scsi-command'],
  'iscsi.scsicommand.attr': ['attr', 'scsi-command'],
  'iscsi.scsicommand.expecteddatatransferlength': ['expectedDataTransferLength'],
  'iscsi.scsiresponse.o': ['bidirectionalReadResidualOverflow', 'scsi-response'],
  'iscsi.scsiresponse.u': ['bidirectionalReadResidualUnderflow', 'scsi-response'],
  'iscsi.scsiresponse.O': ['residualOverflow', 'scsi-response'],
  'iscsi.scsiresponse.U': ['residualUnderflow', 'scsi-response'],
  'iscsi.scsiresponse.response': ['response', 'scsi-response'],
  'iscsi.scsiresponse.status': ['status', 'scsi-response', 'data-in'],
  'iscsi.scsiresponse.residualcount': ['residualCount', 'scsi-response'],
  'iscsi.scsiresponse.bidireadresidualcount': ['bidirectionalReadResidualCount'],
  'iscsi.scsidata.F': ['final', 'data-in', 'data-out'],
  'iscsi.scsidata.A': ['acknowledge', 'data-in'],
  'iscsi.scsidata.S': ['statusPresent', 'data-in'],
  'iscsi.scsidata.O': ['residualOverflow', 'data-in'],
  'iscsi.scsidata.U': ['residualUnderflow', 'data-in'],
  'iscsi.scsidata.readresidualcount': ['residualCount', 'data-in'],
  'iscsi.versionmax': ['versionMax'],
  'iscsi.versionmin': ['versionMin'],
  'iscsi.versionactive': ['versionActive'],
  'iscsi.cid': ['cid'],
  'iscsi.isid': ['isid'],
  'iscsi.tsih': ['tsih'],
  'iscsi.login.T': ['transit'],
  'iscsi.login.C': ['continue', 'login-request', 'login-response'],
  'iscsi.login.csg': ['csg'],
  'iscsi.login.nsg': ['nsg'],
  'iscsi.text.F': ['final', 'text-request', 'text-response'],
  'iscsi.text.C': ['continue', 'text-request', 'text-response'],
  'iscsi.taskmanfun.function': ['function'],
  'iscsi.taskmanfun.response': ['response', 'task-management-response'],
  'iscsi.taskmanfun.referencedtasktag': ['referencedTaskTag'],
  'iscsi.logout.reason': ['reason', 'logout-request'],
  'iscsi.logout.response': ['response', 'logout-response'],
  'iscsi.time2wait': ['time2Wait'],
  'iscsi.time2retain': ['time2Retain'],
  'iscsi.asyncevent': ['asyncEvent'],
  'iscsi.eventvendorcode': ['asyncVCode'],
  'iscsi.parameter1': ['parameter1'],
  'iscsi.parameter2': ['parameter2'],
  'iscsi.parameter3': ['parameter3'],
  'iscsi.reject.reason': ['reason', 'reject'],
  'iscsi.snack.type': ['type', 'snack-request'],
  'iscsi.snack.begrun': ['begRun'],
  'iscsi.snack.runlength': ['runLength'],
  'scsi.status': ['status', 'scsi-response', 'data-in'],
};

/** Bits that our tables split, or call by other names. */
const RAW: Readonly<Record<string, readonly [ReturnType<typeof field>, ...PduKey[]]>> = {
  'iscsi.flags': [
    field('flags', 1, 0, 8),
    'scsi-command',
    'scsi-response',
    'data-in',
    'data-out',
    'text-request',
    'text-response',
  ],
  'iscsi.login.status': [field('status', 36, 0, 16), 'login-response'],
};

/** tshark's name → our field of the whole PDU. */
const SAME: Readonly<Record<string, string>> = {
  'iscsi.lun': 'lun',
  'scsi.lun': 'lunNumber',
  'scsi.lun_long': 'lunLong',
  'iscsi.keyvalue': 'text',
  'iscsi.request_frame': 'requestFrameEnd',
  'iscsi.time': 'sinceRequestEnd',
  'scsi.time': 'sinceRequestEnd',
  'scsi.request_frame': 'requestFrameEnd',
  'iscsi.response_frame': 'statusFrame',
  'scsi.response_frame': 'statusFrame',
  'iscsi.data_in_frame': 'dataInFrame',
  'iscsi.data_out_frame': 'dataOutFrame',
  'scsi.lun.address_mode': 'lunAddressMethod',
  'iscsi.headerdigest32': 'headerDigestWord',
  'iscsi.datadigest32': 'dataDigestWord',
  'iscsi.padding': 'paddingOctets',
  'iscsi.pingdata': 'pingData',
  'iscsi.asynceventdata': 'eventData',
  'iscsi.vendorspecificdata': 'vendorSpecificData',
  'iscsi.immediatedata': 'immediateData',
  'iscsi.scsiresponse.senselength': 'senseLength',
  ...PACKET_NAMES,
};

const TREE: Readonly<Record<string, readonly [Part, string, 'number' | 'octets']>> = {
  'iscsi.isid.t': ['isid', 't', 'number'],
  'iscsi.isid.a': ['isid', 'a', 'number'],
  'iscsi.isid.b': ['isid', 'b', 'number'],
  'iscsi.isid.c': ['isid', 'c', 'number'],
  'iscsi.isid.d': ['isid', 'd', 'number'],
  'iscsi.ahs.length': ['ahs', 'ahsLength', 'number'],
  'iscsi.ahs.type': ['ahs', 'ahsType', 'number'],
  'iscsi.ahs.bidir.length': ['ahs', 'bidirectionalReadExpectedDataTransferLength', 'number'],
  'iscsi.ahs.extended_cdb': ['ahs', 'extendedCdb', 'octets'],
  'iscsi.ahs.unknown_blob': ['ahs', 'ahsSpecific', 'octets'],
};

export function tsharkIscsiNames(): string[] {
  return [HEADER, RAW, SAME, TREE].flatMap((table) => Object.keys(table));
}

export function allTsharkNames(): string[] {
  return [...tsharkIscsiNames(), ...OPCODE_FIELDS, ...tsharkNames()];
}

/** tshark's name for a field of ours, for the list of fields. */
export function tsharkNameOf(name: string): string | undefined {
  const header = Object.entries(HEADER).find(([, [own]]) => own === name);
  return header?.[0] ?? Object.entries(SAME).find(([, own]) => own === name)?.[0];
}

/** `own` finds fields by our names. */
export function tsharkField(
  name: string,
  headers: ReadonlyMap<string, ByOpcode>,
  own: (name: string) => FilterField<PduFacts> | undefined,
): FilterField<PduFacts> | undefined {
  const header = HEADER[name];
  if (header !== undefined) return fromHeader(name, header, headers);
  const raw = RAW[name];
  if (raw !== undefined) {
    const [f, ...keys] = raw;
    return headerField(
      name,
      placesOf(keys, () => f),
    );
  }
  const tree = TREE[name];
  if (tree !== undefined) return treeField(name, [tree[0]], [tree[1]], tree[2]);
  const same = SAME[name];
  if (same !== undefined) {
    const found = own(same);
    return found === undefined ? undefined : ofTasks({ ...found, name });
  }
  return tsharkScsiField(name);
}

/** tshark's fields of SCSI commands and what belongs to them; ours are also of other requests. */
const OF_TASKS: Readonly<Record<string, readonly number[]>> = {
  'iscsi.request_frame': [Opcode.scsiResponse, Opcode.dataIn, Opcode.dataOut],
  'scsi.request_frame': [Opcode.scsiResponse, Opcode.dataIn, Opcode.dataOut],
  'iscsi.time': [Opcode.scsiResponse, Opcode.dataIn],
  'scsi.time': [Opcode.scsiResponse, Opcode.dataIn],
};

/** PDUs in which tshark does not show a field that ours have. */
const NOT_IN: Readonly<Record<string, readonly PduKey[]>> = {
  'iscsi.I': ['login-request'],
  'iscsi.initiatortasktag': ['async-message'],
};

/** RFC 7143 11.7.4: the field means something only with A. */
const WITH_A: Readonly<Record<string, When>> = {
  'iscsi.targettransfertag': whenSet(dataIn.acknowledge),
};

/** tshark shows these always; we only where the standard says that they mean something. */
const ALWAYS: ReadonlySet<string> = new Set([
  'iscsi.statsn',
  'iscsi.scsiresponse.status',
  'scsi.status',
  'iscsi.refcmdsn',
  'iscsi.eventvendorcode',
  'iscsi.scsiresponse.bidireadresidualcount',
  'iscsi.scsidata.O',
  'iscsi.scsidata.U',
  'iscsi.scsidata.readresidualcount',
]);

function fromHeader(
  name: string,
  [own, ...keys]: readonly [string, ...PduKey[]],
  headers: ReadonlyMap<string, ByOpcode>,
): FilterField<PduFacts> | undefined {
  const found = headers.get(own);
  if (found === undefined) return undefined;
  const not = (NOT_IN[name] ?? []).map((key) => pduNamed(key).opcode);
  const places = found.map((f, opcode) => {
    if (f === undefined || not.includes(opcode)) return undefined;
    if (ALWAYS.has(name)) return { ...f, when: undefined };
    return opcode === Opcode.dataIn && WITH_A[name] ? { ...f, when: WITH_A[name] } : f;
  });
  if (keys.length === 0) return headerField(name, places);
  return headerField(
    name,
    placesOf(keys, (opcode) => places[opcode]),
  );
}

function ofTasks(field: FilterField<PduFacts>): FilterField<PduFacts> {
  const opcodes = OF_TASKS[field.name];
  const { number } = field;
  if (opcodes === undefined || number === undefined) return field;
  return {
    ...field,
    number: (facts) =>
      facts.task !== null && opcodes.includes(facts.pdu.opcode) ? number(facts) : Number.NaN,
  };
}

function placesOf(keys: readonly PduKey[], of: (opcode: number) => ByOpcode[number]): ByOpcode {
  const places: ByOpcode[number][] = new Array(64).fill(undefined);
  for (const key of keys) {
    const { opcode } = pduNamed(key);
    places[opcode] = of(opcode);
  }
  return places;
}

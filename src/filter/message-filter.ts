// Filters over messages that are no iSCSI PDUs. A filter is compiled for PDUs and for messages: what only the
// other kind has, nothing of this kind is.

import { commandCdb } from '../decode/fc-tree.js';
import { messageName } from '../decode/message-names.js';
import type { MessageFacts } from '../decode/messages.js';
import { messageFromInitiator, messageTask } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import { CM_KIND, MPA_REPLY_KIND, MPA_REQUEST_KIND } from '../pdu/rdma/message.js';
import { addressText } from '../stream/connection.js';
import { Carrier } from '../wire/fc/carriers.js';
import { compileFilter, type Filter } from './compile.js';
import type { FieldBook, FilterField, FilterKind, Value } from './field.js';
import { messageField, messageNames, messageTsharkNames } from './message-fields.js';
import { PACKET_NAMES } from './packet-names.js';
import { pduBook } from './pdu-filter.js';
import { type Command, tsharkTaskField } from './tshark-scsi.js';

type MessageFilterField = FilterField<MessageFacts>;

export type MessageFilter = Filter<MessageFacts>;

/** Throws a FilterError that points at what is wrong. */
export function messageFilter(text: string): MessageFilter {
  return compileFilter(text, MESSAGE_BOOK);
}

/** Of the message, whatever it is: names that PDUs have too. */
const OWN: readonly MessageFilterField[] = [
  value('frameNumber', 'number', ({ message: m }) => [m.frame, m.frameEnd]),
  value('frame', 'number', ({ message: m }) => [m.frame]),
  value('frameEnd', 'number', ({ message: m }) => [m.frameEnd]),
  value('time', 'duration', ({ message: m }) => [m.timeNs]),
  value('timeEnd', 'duration', ({ message: m }) => [m.endNs]),
  value('relativeNs', 'nanoseconds', ({ message: m }) => [m.timeNs]),
  value('relativeNsEnd', 'nanoseconds', ({ message: m }) => [m.endNs]),
  value('absoluteTime', 'instant', (facts) => absolute(facts)),
  value('connection', 'number', ({ message: m }) => (m.connection < 0 ? [] : [m.connection])),
  value('session', 'number', ({ session }) => (session < 0 ? [] : [session])),
  value('command', 'number', ({ message }) => {
    const task = messageTask(message);
    return task < 0 ? [] : [task];
  }),
  value('from', 'word', ({ message }) => [messageFromInitiator(message) ? 'initiator' : 'target']),
  value('name', 'word', ({ message }) => [messageName(message)]),
  value('complete', 'flag', ({ message }) => [Number(message.complete)]),
  value('source', 'address', (facts) => [end(facts, 0)]),
  value('destination', 'address', (facts) => [end(facts, 1)]),
  value('address', 'address', (facts) => [end(facts, 0), end(facts, 1)]),
  value('sourcePort', 'number', (facts) => [port(facts, 0)]),
  value('destinationPort', 'number', (facts) => [port(facts, 1)]),
  value('port', 'number', (facts) => [port(facts, 0), port(facts, 1)]),
  protocol('fc', (facts) => isFc(facts)),
  protocol('fcip', (facts) => isCarried(facts, Carrier.fcip)),
  protocol('ifcp', (facts) => isCarried(facts, Carrier.ifcp)),
  protocol('fcoe', (facts) => isCarried(facts, Carrier.fcoe)),
  protocol('fcp', (facts) => has(facts, 'fcp')),
  protocol('fcels', (facts) => has(facts, 'els') || has(facts, 'control')),
  protocol('fcct', (facts) => has(facts, 'ct')),
  protocol('iwarp_mpa', (facts) => isOf(facts, MessageProtocol.iwarp)),
  protocol('iwarp_mpa.req', (facts) => isKind(facts, MessageProtocol.iwarp, MPA_REQUEST_KIND)),
  protocol('iwarp_mpa.rep', (facts) => isKind(facts, MessageProtocol.iwarp, MPA_REPLY_KIND)),
  protocol('iwarp_ddp_rdmap', (facts) => has(facts, 'ddp')),
  protocol('iwarp_ddp', (facts) => has(facts, 'ddp')),
  protocol('iwarp_rdma', (facts) => has(facts, 'ddp')),
  protocol('infiniband', (facts) => isOf(facts, MessageProtocol.roce)),
  protocol('infiniband.mad', (facts) => {
    const { message: m } = facts;
    return m.protocol === MessageProtocol.roce && m.kind >= CM_KIND;
  }),
  protocol('isns', (facts) => isOf(facts, MessageProtocol.isns)),
];

function value(
  name: string,
  kind: FilterKind,
  values: (facts: MessageFacts) => readonly Value[],
): MessageFilterField {
  return { name, kind, needs: 'end', values };
}

function protocol(name: string, is: (facts: MessageFacts) => boolean): MessageFilterField {
  return { name, kind: 'flag', needs: 'data', values: (facts) => (is(facts) ? [1] : []) };
}

function isOf({ message }: MessageFacts, code: number): boolean {
  return message.protocol === code;
}

function isKind({ message: m }: MessageFacts, code: number, kind: number): boolean {
  return m.protocol === code && m.protocol !== MessageProtocol.isns && m.kind === kind;
}

function isFc({ message: m }: MessageFacts): boolean {
  return m.protocol === MessageProtocol.fc;
}

function isCarried({ message: m }: MessageFacts, carrier: number): boolean {
  return m.protocol === MessageProtocol.fc && m.carrier === carrier;
}

function has(facts: MessageFacts, group: string): boolean {
  return facts.tree().some((node) => node.name === group);
}

function absolute({ epoch, message }: MessageFacts): readonly Value[] {
  if (epoch === undefined) return [];
  const { seconds, nanoseconds } = epoch;
  const ns = BigInt(Math.floor(message.timeNs));
  return [BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds) + ns];
}

/** Side 0 is the sender's. Even directions carry A's bytes. */
function end(facts: MessageFacts, side: number): string {
  const c = facts.connection;
  return c === undefined ? '' : addressText(c, isA(facts, side) ? 'a' : 'b');
}

function port(facts: MessageFacts, side: number): number {
  const c = facts.connection;
  return c === undefined ? -1 : isA(facts, side) ? c.aPort : c.bPort;
}

function isA({ message }: MessageFacts, side: number): boolean {
  return (message.direction & 1) === side;
}

const BY_NAME = new Map(OWN.map((f) => [f.name, f]));

export const MESSAGE_BOOK: FieldBook<MessageFacts> = {
  find(name) {
    const own = BY_NAME.get(PACKET_NAMES[name] ?? name) ?? messageField(name);
    if (own !== undefined) return own;
    const scsi = tsharkTaskField<Command>(name);
    if (scsi !== undefined) return ofCommand(scsi);
    const other = pduBook().find(name);
    if (other === undefined) return undefined;
    const { kind, names, unit } = other;
    return { name, kind, names, unit, needs: 'header', values: () => [] };
  },
  *names() {
    yield* BY_NAME.keys();
    yield* messageNames().keys();
    yield* messageTsharkNames();
    yield* pduBook().names();
  },
  whyNot: (name) => pduBook().whyNot(name),
};

/** tshark's names of a CDB, in the frames that bring one; what is hidden by rule stays so. */
function ofCommand(field: FilterField<Command>): FilterField<MessageFacts> {
  const { name, kind, names, unit } = field;
  const values = ({ message: m }: MessageFacts): readonly Value[] => {
    const cdb = m.protocol === MessageProtocol.fc ? commandCdb(m) : undefined;
    if (cdb === undefined) return [];
    const command = { cdb, cdbLength: cdb.length, deviceType: -1 };
    if (field.values !== undefined) return field.values(command);
    const value = field.number?.(command) ?? Number.NaN;
    return Number.isNaN(value) ? [] : [value];
  };
  return { name, kind, names, unit, needs: 'data', values };
}

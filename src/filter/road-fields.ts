// What is known of a PDU besides its bytes as filter fields: packets, times, connection, session,
// digests, damage.

import type { Epoch } from '../capture/time.js';
import type { PduFacts } from '../decode/facts.js';
import { DIGEST_BAD, DIGEST_GOOD, DIGEST_NONE, DIGEST_UNKNOWN } from '../pdu/pdu.js';
import type { Session } from '../session/model.js';
import { addressText, type Connection } from '../stream/connection.js';
import type { FilterField, FilterKind, Needs, Value } from './field.js';

type RoadField = FilterField<PduFacts>;
const NONE: readonly Value[] = [];
const DIGEST_WORDS: Readonly<Record<number, string>> = {
  [DIGEST_GOOD]: 'good',
  [DIGEST_BAD]: 'bad',
  [DIGEST_UNKNOWN]: 'not captured',
};

export const ROAD_FIELDS: readonly RoadField[] = [
  number('frame', 'number', 'header', ({ pdu }) => pdu.frame, 'packet of its first byte, from 1'),
  number('frameEnd', 'number', 'end', ({ pdu }) => pdu.frameEnd, 'packet of its last byte'),
  number('time', 'duration', 'header', ({ pdu }) => pdu.timeNs, 'since the first packet'),
  number('timeEnd', 'duration', 'end', ({ pdu }) => pdu.endNs, 'of its last byte, as time'),
  {
    name: 'absoluteTime',
    kind: 'instant',
    needs: 'header',
    about: 'of its first byte',
    values: ({ epoch, pdu }) => (epoch === undefined ? NONE : [absolute(epoch, pdu.timeNs)]),
  },
  number('relativeNs', 'nanoseconds', 'header', ({ pdu }) => pdu.timeNs, 'since the first packet'),
  number('relativeNsEnd', 'nanoseconds', 'end', ({ pdu }) => pdu.endNs, 'of its last byte'),
  number('connection', 'number', 'header', ({ pdu }) => pdu.connection, 'from 0'),
  number('session', 'number', 'header', (f) => storyOf(f)?.session ?? Number.NaN, 'from 0'),
  words('from', 'header', ({ pdu }) => [pdu.fromInitiator ? 'initiator' : 'target']),
  words('name', 'header', ({ table }) => [table.name, table.short]),
  ...ends(),
  text('initiatorName', (s) => s.initiatorName),
  text('targetName', (s) => s.targetName),
  text('sessionType', (s) => s.type),
  number('sinceRequest', 'duration', 'end', sinceRequest, 'since the request it answers'),
  number('sinceRequestNs', 'nanoseconds', 'end', sinceRequest, 'since the request it answers'),
  number('sinceRequestEnd', 'duration', 'end', sinceRequestEnd, 'since its last byte'),
  number('requestFrameEnd', 'number', 'end', (f) => f.requestFrameEnd || Number.NaN),
  number('dataInFrame', 'number', 'data', (f) => f.dataInFrame || Number.NaN, 'last Data-In'),
  number('dataOutFrame', 'number', 'data', (f) => f.dataOutFrame || Number.NaN, 'last Data-Out'),
  number('requestFrame', 'number', 'end', ({ requestFrame }) => requestFrame || Number.NaN),
  number('victimFrame', 'number', 'end', ({ victimFrame }) => victimFrame || Number.NaN),
  words('headerDigest', 'end', ({ pdu }) => digest(pdu.headerDigest)),
  words('dataDigest', 'end', ({ pdu }) => digest(pdu.dataDigest)),
  number('headerCaptured', 'size', 'header', ({ pdu }) => pdu.headerCaptured),
  number('dataMissing', 'size', 'end', ({ pdu }) => pdu.dataMissing, 'bytes never captured'),
  number('dataCut', 'size', 'end', ({ pdu }) => pdu.dataCut, 'bytes cut by snaplen'),
  number('padding', 'number', 'end', ({ pdu }) => (pdu.paddingKept > 0 ? pdu.padding : Number.NaN)),
  number('complete', 'flag', 'end', ({ pdu }) => Number(pdu.complete)),
  number('resynchronised', 'flag', 'header', ({ pdu }) => Number(pdu.resynchronised)),
];

/** Addresses and ports: of the sender, the receiver, either, the initiator, the target. */
function ends(): RoadField[] {
  return [
    address('source', (f) => [end(f, 0)]),
    address('destination', (f) => [end(f, 1)]),
    address('address', (f) => [end(f, 0), end(f, 1)]),
    address('initiatorAddress', (f) => [end(f, f.pdu.fromInitiator ? 0 : 1)]),
    address('targetAddress', (f) => [end(f, f.pdu.fromInitiator ? 1 : 0)]),
    ports('sourcePort', (f) => [port(f, 0)]),
    ports('destinationPort', (f) => [port(f, 1)]),
    ports('port', (f) => [port(f, 0), port(f, 1)]),
    ports('initiatorPort', (f) => [port(f, f.pdu.fromInitiator ? 0 : 1)]),
    ports('targetPort', (f) => [port(f, f.pdu.fromInitiator ? 1 : 0)]),
  ];
}

export function storyOf({ look, pdu }: PduFacts) {
  return look?.story(pdu.connection);
}

function sessionOf(facts: PduFacts): Session | undefined {
  const id = storyOf(facts)?.session ?? -1;
  return id < 0 ? undefined : facts.look?.session(id);
}

function connectionOf(facts: PduFacts): Connection | undefined {
  return storyOf(facts)?.connection;
}

/** Side 0 is the sender of this PDU. Even directions carry A's bytes. */
function isA(facts: PduFacts, side: number): boolean {
  return (facts.pdu.direction & 1) === side;
}

function end(facts: PduFacts, side: number): string {
  const c = connectionOf(facts);
  return c === undefined ? '' : addressText(c, isA(facts, side) ? 'a' : 'b');
}

function port(facts: PduFacts, side: number): number {
  const c = connectionOf(facts);
  return c === undefined ? -1 : isA(facts, side) ? c.aPort : c.bPort;
}

function sinceRequest({ pdu, requestNs }: PduFacts): number {
  return requestNs < 0 ? Number.NaN : pdu.endNs - requestNs;
}

function sinceRequestEnd({ pdu, requestEndNs }: PduFacts): number {
  return requestEndNs < 0 ? Number.NaN : pdu.endNs - requestEndNs;
}

/** Nanoseconds since 1970. */
function absolute({ seconds, nanoseconds }: Epoch, timeNs: number): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds) + BigInt(Math.floor(timeNs));
}

function digest(state: number): readonly Value[] {
  return state === DIGEST_NONE ? NONE : [DIGEST_WORDS[state] ?? ''];
}

function number(
  name: string,
  kind: FilterKind,
  needs: Needs,
  read: (facts: PduFacts) => number,
  about?: string,
): RoadField {
  return { name, kind, needs, about, number: read };
}

function words(name: string, needs: Needs, values: (f: PduFacts) => readonly Value[]): RoadField {
  return { name, kind: 'word', needs, values };
}

function text(name: string, read: (session: Session) => string): RoadField {
  const values = (facts: PduFacts): readonly Value[] => {
    const session = sessionOf(facts);
    const value = session === undefined ? '' : read(session);
    return value === '' ? NONE : [value];
  };
  return { name, kind: 'text', needs: 'end', values };
}

function address(name: string, values: (facts: PduFacts) => readonly Value[]): RoadField {
  return { name, kind: 'address', needs: 'header', values };
}

function ports(name: string, values: (facts: PduFacts) => readonly Value[]): RoadField {
  return { name, kind: 'number', needs: 'header', values };
}

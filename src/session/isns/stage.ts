// iSNS messages → requests with their responses, and what the database holds (RFC 4171). Servers ask, too: SCN
// and ESI are requests to a client.

import { addressAt, hostOfEnd } from '../../lib/address.js';
import {
  ISNS_ADDRESSES_MAX,
  ISNS_NAME_MAX,
  ISNS_QUESTION_MAX,
  ISNS_TRANSACTIONS_MAX,
} from '../../limits.js';
import type { IsnsPdu, IsnsSink } from '../../pdu/isns/pdu.js';
import type { ProblemLog } from '../../problem.js';
import { get } from '../../wire/field.js';
import { NodeType, Tag } from '../../wire/isns/attributes.js';
import { IsnsFunction, IsnsStatus, RESPONSE } from '../../wire/isns/functions.js';
import { isnsStatus, STATUS_BYTES } from '../../wire/isns/header.js';
import { heartbeat } from '../../wire/isns/heartbeat.js';
import { type AttributeValue, namesIn, readAttributes } from '../../wire/isns/tlvs.js';
import { IsnsDatabase } from './database.js';
import { type IsnsMessage, IsnsMessages } from './messages.js';
import type {
  IsnsBlindQuery,
  IsnsLearned,
  IsnsPortal,
  IsnsStory,
  IsnsTransaction,
} from './model.js';
import { IsnsNotifications } from './notifications.js';
import { type Waiting, WaitingRequests } from './waiting.js';

export class IsnsStage implements IsnsSink {
  readonly #messages = new IsnsMessages();
  readonly #database: IsnsDatabase;
  readonly #notifications = new IsnsNotifications();
  readonly #waiting = new WaitingRequests();
  readonly #transactions: IsnsTransaction[] = [];
  readonly #learned: IsnsLearned[] = [];
  /** Addresses of a node that a host was told of: `#learned` says each once. */
  readonly #told = new Map<string, Set<string>>();
  readonly #blind: IsnsBlindQuery[] = [];
  #total = 0;
  #unmatched = 0;
  #lostBytes = 0;
  #malformed = 0;
  #heartbeats = { count: 0, server: '', intervalS: 0 };
  #frame = 0;
  #full = false;

  constructor(problems: ProblemLog) {
    this.#database = new IsnsDatabase(() => {
      if (this.#full) return;
      this.#full = true;
      const text = 'iSNS tells of more objects than are remembered';
      problems.add({ kind: 'limit-reached', text, frame: this.#frame });
    });
  }

  isns(pdu: IsnsPdu): void {
    const message = this.#messages.take(pdu);
    if (message === undefined) return;
    const { functionId } = message.first;
    this.#frame = message.first.frame;
    if (functionId === IsnsFunction.heartbeat) this.#heartbeat(message);
    else if ((functionId & RESPONSE) === 0) this.#request(message);
    else this.#response(message);
  }

  lost(direction: number, bytes: number): void {
    this.#lostBytes += bytes;
    this.#waiting.lost(direction >> 1);
  }

  ended(direction: number): void {
    this.#waiting.ended(direction >> 1);
  }

  finish(): void {
    this.#messages.finish();
    this.#waiting.settle();
  }

  story(): IsnsStory {
    const { entities, nodes, portals, domains } = this.#database;
    return {
      transactions: this.#transactions,
      transactionsTotal: this.#total,
      entities,
      nodes,
      portals,
      domains,
      learned: this.#learned,
      blind: this.#blind,
      scnDue: this.#notifications.due(),
      heartbeats: this.#heartbeats,
      unmatched: this.#unmatched,
      lostBytes: this.#lostBytes,
      incomplete: this.#messages.incomplete,
      malformed: this.#malformed,
    };
  }

  #request(message: IsnsMessage): void {
    const { first, payload } = message;
    // The rest of it is read once its answer says that it holds: many are never answered.
    const { source, key, whole } = namesIn(payload);
    if (!whole && message.complete) this.#malformed++;
    const outstanding = this.#waiting.open(first) + 1;
    const transaction: IsnsTransaction = {
      connection: first.connection,
      from: first.from,
      to: first.to,
      byServer: first.fromServer,
      functionId: first.functionId,
      transactionId: first.transactionId,
      requestFrame: first.frame,
      requestNs: first.timeNs,
      source: nameOf(source),
      key: nameOf(key),
      responseFrame: 0,
      responseNs: -1,
      status: -1,
      nodes: 0,
      portals: 0,
      outstanding,
      cut: false,
      answeredLater: false,
    };
    // The first attribute is whom it is for (5.6.5.8).
    if (first.functionId === IsnsFunction.scn && source !== undefined) {
      this.#notifications.notified(source, first.timeNs);
    }
    this.#total++;
    if (this.#transactions.length < ISNS_TRANSACTIONS_MAX) this.#transactions.push(transaction);
    // Servers that answer carry a name of their own; a client is known by what it registered.
    this.#waiting.add({ transaction, payload });
    this.#heard(first);
  }

  #response(message: IsnsMessage): void {
    const { first, last, payload } = message;
    const { connection, transactionId } = first;
    const functionId = first.functionId & ~RESPONSE;
    const ends = { from: first.to, to: first.from };
    const waiting = this.#waiting.answered({ connection, functionId, transactionId, ...ends });
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const status = payload.length >= STATUS_BYTES ? get(view, 0, isnsStatus) : -1;
    this.#heard(first);
    if (waiting === undefined) {
      this.#unmatched++;
      return;
    }
    const { transaction } = waiting;
    transaction.responseFrame = last.frameEnd;
    transaction.responseNs = last.endNs;
    transaction.status = status;
    if (status !== IsnsStatus.successful && status !== IsnsStatus.noSuchEntry) return;
    const { values, whole } = readAttributes(payload, STATUS_BYTES);
    if (!whole && message.complete) this.#malformed++;
    this.#holds(waiting, values, message, status);
  }

  /** A response says that the request holds, and what is in the database. */
  #holds(
    { transaction, payload }: Waiting,
    answer: readonly AttributeValue[],
    message: IsnsMessage,
    status: number,
  ): void {
    const { values } = readAttributes(payload, 0);
    const said = {
      client: transaction.byServer ? transaction.to : transaction.from,
      frame: transaction.requestFrame,
      timeNs: transaction.requestNs,
      registers: false,
    };
    switch (transaction.functionId) {
      case IsnsFunction.devAttrReg:
        if (status !== IsnsStatus.successful) return;
        this.#added(values, transaction);
        this.#database.learn(values, { ...said, registers: true });
        this.#database.learn(answer, { ...said, registers: true });
        return;
      case IsnsFunction.scnReg:
      case IsnsFunction.scnDereg:
        if (status === IsnsStatus.successful) this.#scnRegistered(transaction, values);
        return;
      case IsnsFunction.ddReg:
      case IsnsFunction.ddsReg:
        // The server gives the domain its number: members stand behind it in the request.
        this.#database.learn([...answer, ...values.slice(1)], said);
        return;
      case IsnsFunction.devDereg:
        this.#removed(values, message, transaction);
        return;
      case IsnsFunction.ddDereg:
        this.#database.forgetDomain(values);
        return;
      case IsnsFunction.devAttrQry:
      case IsnsFunction.devGetNext:
        this.#answered(transaction, values, answer, status, message);
        return;
      default:
        return;
    }
  }

  #answered(
    transaction: IsnsTransaction,
    asked: readonly AttributeValue[],
    answer: readonly AttributeValue[],
    status: number,
    message: IsnsMessage,
  ): void {
    // The message key is repeated before the delimiter: what was asked is no answer.
    const delimiter = answer.findIndex(({ attribute }) => attribute.tag === Tag.delimiter);
    const objects = delimiter < 0 ? answer : answer.slice(delimiter + 1);
    const named = this.#database.learn(objects, {
      client: transaction.from,
      frame: message.first.frame,
      timeNs: message.last.endNs,
      registers: false,
    });
    // No Such Entry is an answer too: nobody was there.
    if (message.complete) {
      this.#notifications.answered(
        transaction.source,
        questionOf(asked),
        Array.from(named.nodes, ({ name }) => name),
        message.first.frame,
        message.last.endNs,
      );
    }
    transaction.nodes = named.nodes.size;
    transaction.portals = named.portals.size;
    let targets = 0;
    for (const { name, type } of named.nodes) {
      if (type === NodeType.initiator || name === transaction.source) continue;
      targets++;
      this.#learns(transaction, name, named.portals, message);
    }
    if (targets === 0 && message.complete) this.#blindQuery(transaction, asked, status);
  }

  /** `own`: portals in the same answer, for a node whose portals are not known. A poll brings nothing new. */
  #learns(
    { from, source }: IsnsTransaction,
    node: string,
    own: ReadonlySet<IsnsPortal>,
    { first, last }: IsnsMessage,
  ): void {
    if (this.#learned.length >= ISNS_TRANSACTIONS_MAX) return;
    const key = `${hostOfEnd(from)} ${node}`;
    const told = this.#told.get(key);
    const addresses: string[] = [];
    let looked = 0;
    for (const { end } of this.#database.portalsOf(node) ?? own) {
      if (++looked > ISNS_ADDRESSES_MAX) break;
      if (told?.has(end) !== true) addresses.push(end);
    }
    if (told === undefined) this.#told.set(key, new Set(addresses));
    else if (addresses.length === 0) return;
    else for (const one of addresses) told.add(one);
    const { frame } = first;
    this.#learned.push({ client: from, source, node, addresses, frame, timeNs: last.endNs });
  }

  /** Nodes that were not registered before, as far as the capture tells. */
  #added(values: readonly AttributeValue[], t: IsnsTransaction): void {
    const delimiter = values.findIndex(({ attribute }) => attribute.tag === Tag.delimiter);
    const objects = values.slice(delimiter + 1);
    for (let i = 0; i < objects.length; i++) {
      const { attribute, text } = objects[i];
      if (attribute.tag !== Tag.iscsiName || text === '') continue;
      const known = this.#database.nodes.get(text);
      if (known?.registered === true && known.removedNs < 0) continue;
      const type = typeOfNode(objects, i + 1);
      this.#notifications.changed('added', text, type, t.requestFrame, t.requestNs, t.source);
    }
  }

  #removed(values: readonly AttributeValue[], message: IsnsMessage, t: IsnsTransaction): void {
    for (const { name, type } of this.#database.forget(values.slice(1), message.last.endNs)) {
      this.#notifications.changed('removed', name, type, t.requestFrame, t.requestNs, t.source);
    }
  }

  #scnRegistered(t: IsnsTransaction, values: readonly AttributeValue[]): void {
    const node = values.slice(1).find(({ attribute }) => attribute.tag === Tag.iscsiName)?.text;
    if (node === undefined || node === '') return;
    if (t.functionId === IsnsFunction.scnDereg) {
      this.#notifications.deregisters(node);
      return;
    }
    const bitmap = values.find(({ attribute }) => attribute.tag === Tag.iscsiScnBitmap)?.number;
    if (bitmap === undefined) return;
    this.#notifications.registers(node, bitmap, t.requestFrame, t.responseNs);
  }

  /** Nobody was named to an initiator that asked for targets, though some were registered. */
  #blindQuery(
    transaction: IsnsTransaction,
    asked: readonly AttributeValue[],
    status: number,
  ): void {
    const forTargets = asked
      .slice(1)
      .some(
        ({ attribute, number, text }) =>
          (attribute.tag === Tag.iscsiNodeType && number === NodeType.target) ||
          (attribute.tag === Tag.iscsiName && (text === '' || text !== transaction.source)),
      );
    if (this.#blind.length >= ISNS_TRANSACTIONS_MAX) return;
    const own = this.#database.nodes.get(transaction.source);
    if (!forTargets || own === undefined || (own.type & NodeType.initiator) === 0) return;
    if (status !== IsnsStatus.successful && status !== IsnsStatus.noSuchEntry) return;
    const named = asked
      .slice(1)
      .find(({ attribute, text }) => attribute.tag === Tag.iscsiName && text !== '');
    const database = this.#database;
    const target = named === undefined ? undefined : database.nodes.get(named.text);
    const there = target !== undefined && database.isTarget(target) ? 1 : 0;
    const others = database.targetCount - (database.isTarget(own) ? 1 : 0);
    const targets = named === undefined ? others : there;
    if (targets === 0) return;
    const inCommon = database.sharesDomain(transaction.source, target);
    this.#blind.push({ transaction, targets, inCommon });
  }

  /** Whoever speaks is there: requests that wait for it wait on a living connection; its entities are kept. */
  #heard(pdu: IsnsPdu): void {
    this.#waiting.heard(pdu.connection, pdu.from);
    if (pdu.fromClient) this.#database.heard(pdu.from, pdu.timeNs);
  }

  #heartbeat({ payload, first }: IsnsMessage): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const known = payload.length >= heartbeat.counter.byte + 4;
    const server = known ? addressAt(view, heartbeat.serverAddress.byte) : first.from;
    const intervalS = known ? get(view, 0, heartbeat.interval) : 0;
    this.#heartbeats = { count: this.#heartbeats.count + 1, server, intervalS };
  }
}

/** Only what can be a name (RFC 4171 section 6.1) is one. */
function nameOf(text: string | undefined): string {
  return text === undefined || text.length > ISNS_NAME_MAX ? '' : text;
}

/** What was asked, without who asks: the key, and which attributes are wanted; '' where it is no usual question. */
function questionOf(asked: readonly AttributeValue[]): string {
  const text = asked
    .slice(1)
    .map(({ attribute, text }) => `${attribute.tag}=${text}`)
    .join(' ');
  return text.length > ISNS_QUESTION_MAX ? '' : text;
}

/** Attributes of the node before `from` end where another object begins; 0 where its type is not said. */
function typeOfNode(objects: readonly AttributeValue[], from: number): number {
  for (let i = from; i < objects.length; i++) {
    const { attribute, number } = objects[i];
    if (attribute.tag === Tag.iscsiNodeType) return number;
    if (OBJECTS.has(attribute.tag)) return 0;
  }
  return 0;
}

const OBJECTS: ReadonlySet<number> = new Set([
  Tag.entityIdentifier,
  Tag.portalAddress,
  Tag.iscsiName,
  Tag.pgIscsiName,
]);

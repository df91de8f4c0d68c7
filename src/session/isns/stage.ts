// iSNS messages → requests with their responses, and what the database holds (RFC 4171). Servers ask, too: SCN
// and ESI are requests to a client.

import { addressAt, endText, hostOfEnd } from '../../lib/address.js';
import { ISNS_OPEN_MAX, ISNS_TRANSACTIONS_MAX } from '../../limits.js';
import type { IsnsPdu, IsnsSink } from '../../pdu/isns/pdu.js';
import { get } from '../../wire/field.js';
import { NodeType, Tag } from '../../wire/isns/attributes.js';
import { IsnsFunction, IsnsStatus, RESPONSE } from '../../wire/isns/functions.js';
import { isnsStatus, STATUS_BYTES } from '../../wire/isns/header.js';
import { heartbeat } from '../../wire/isns/heartbeat.js';
import { type AttributeValue, readAttributes } from '../../wire/isns/tlvs.js';
import { IsnsDatabase } from './database.js';
import { type IsnsMessage, IsnsMessages } from './messages.js';
import type { IsnsBlindQuery, IsnsLearned, IsnsStory, IsnsTransaction } from './model.js';
import { IsnsNotifications } from './notifications.js';

/** What a request said, until its response says whether it holds. */
interface Waiting {
  readonly transaction: IsnsTransaction;
  readonly values: readonly AttributeValue[];
}

/** Invariant: `#waiting` holds the transactions without a response, ISNS_OPEN_MAX at most. */
export class IsnsStage implements IsnsSink {
  readonly #messages = new IsnsMessages();
  readonly #database = new IsnsDatabase();
  readonly #notifications = new IsnsNotifications();
  readonly #waiting = new Map<string, Waiting>();
  readonly #outstanding = new Map<string, number>();
  readonly #byFunction = new Map<number, number>();
  readonly #byStatus = new Map<number, number>();
  readonly #transactions: IsnsTransaction[] = [];
  readonly #learned: IsnsLearned[] = [];
  readonly #blind: IsnsBlindQuery[] = [];
  #total = 0;
  #unmatched = 0;
  #lostBytes = 0;
  #malformed = 0;
  #heartbeats = { count: 0, server: '', intervalS: 0 };

  isns(pdu: IsnsPdu): void {
    const message = this.#messages.take(pdu);
    if (message === undefined) return;
    const { functionId } = message.first;
    this.#byFunction.set(functionId, (this.#byFunction.get(functionId) ?? 0) + 1);
    if (functionId === IsnsFunction.heartbeat) this.#heartbeat(message);
    else if ((functionId & RESPONSE) === 0) this.#request(message);
    else this.#response(message);
  }

  lost(direction: number, bytes: number): void {
    this.#lostBytes += bytes;
    for (const { transaction } of this.#waiting.values()) {
      if (transaction.connection === direction >> 1) transaction.cut = true;
    }
  }

  ended(direction: number): void {
    for (const [key, { transaction }] of this.#waiting) {
      if (transaction.connection !== direction >> 1) continue;
      if (!transaction.answeredLater) transaction.cut = true;
      this.#waiting.delete(key);
    }
  }

  finish(): void {
    this.#messages.finish();
  }

  story(): IsnsStory {
    const { entities, nodes, portals, domains } = this.#database;
    return {
      messages: this.#byFunction,
      statuses: this.#byStatus,
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
    const { values, whole } = readAttributes(payload, 0);
    if (!whole && message.complete) this.#malformed++;
    const side = sideOf(first);
    const outstanding = (this.#outstanding.get(side) ?? 0) + 1;
    this.#outstanding.set(side, outstanding);
    const [source, ...rest] = values;
    const transaction: IsnsTransaction = {
      connection: first.connection,
      from: first.from,
      to: first.to,
      byServer: first.fromServer,
      functionId: first.functionId,
      transactionId: first.transactionId,
      requestFrame: first.frame,
      requestNs: first.timeNs,
      source: source?.text ?? '',
      key: rest.find(({ text }) => text !== '')?.text ?? '',
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
      this.#notifications.notified(source.text, first.timeNs);
    }
    this.#total++;
    if (this.#transactions.length < ISNS_TRANSACTIONS_MAX) this.#transactions.push(transaction);
    if (this.#waiting.size >= ISNS_OPEN_MAX) {
      const [oldest] = this.#waiting.keys();
      this.#waiting.delete(oldest);
    }
    // Servers that answer carry a name of their own; a client is known by what it registered.
    this.#waiting.set(keyOf(first, first.functionId, first.from, first.to), {
      transaction,
      values,
    });
    this.#heard(first);
  }

  #response(message: IsnsMessage): void {
    const { first, last, payload } = message;
    const request = first.functionId & ~RESPONSE;
    const key = keyOf(first, request, first.to, first.from);
    const waiting = this.#waiting.get(key);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const status = payload.length >= STATUS_BYTES ? get(view, 0, isnsStatus) : -1;
    if (status >= 0) this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
    this.#heard(first);
    if (waiting === undefined) {
      this.#unmatched++;
      return;
    }
    this.#waiting.delete(key);
    const { transaction } = waiting;
    const side = `${transaction.from}>${transaction.to}`;
    this.#outstanding.set(side, Math.max(0, (this.#outstanding.get(side) ?? 1) - 1));
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
    { transaction, values }: Waiting,
    answer: readonly AttributeValue[],
    message: IsnsMessage,
    status: number,
  ): void {
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
        named.nodes.map(({ name }) => name),
        message.first.frame,
        message.last.endNs,
      );
    }
    transaction.nodes = named.nodes.length;
    transaction.portals = named.portals.length;
    const targets = named.nodes.filter(
      ({ name, type }) => type !== NodeType.initiator && name !== transaction.source,
    );
    for (const { name } of targets) {
      if (this.#learned.length >= ISNS_TRANSACTIONS_MAX) break;
      const own = named.portals.map(({ address, port }) => endText(address, port));
      const addresses = this.#database.addressesOf(name);
      this.#learned.push({
        client: transaction.from,
        source: transaction.source,
        node: name,
        addresses: addresses.length > 0 ? addresses : own,
        frame: message.first.frame,
        timeNs: message.last.endNs,
      });
    }
    if (targets.length === 0 && message.complete) this.#blindQuery(transaction, asked, status);
  }

  /** Nodes that were not registered before, as far as the capture tells. */
  #added(values: readonly AttributeValue[], t: IsnsTransaction): void {
    const delimiter = values.findIndex(({ attribute }) => attribute.tag === Tag.delimiter);
    const objects = values.slice(delimiter + 1);
    for (const [i, { attribute, text }] of objects.entries()) {
      if (attribute.tag !== Tag.iscsiName || text === '') continue;
      const known = this.#database.nodes.get(text);
      if (known?.registered === true && known.removedNs < 0) continue;
      const next = objects.slice(i + 1);
      const own = next.slice(0, endOfNode(next));
      const type = own.find((one) => one.attribute.tag === Tag.iscsiNodeType)?.number ?? 0;
      this.#notifications.changed('added', text, type, t.requestFrame, t.requestNs, t.source);
    }
  }

  #removed(values: readonly AttributeValue[], message: IsnsMessage, t: IsnsTransaction): void {
    const { nodes } = this.#database;
    const there = [...nodes.values()].filter(({ removedNs }) => removedNs < 0);
    this.#database.forget(values.slice(1), message.last.endNs);
    for (const { name, type, removedNs } of there) {
      if (removedNs < 0) continue;
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
    const { nodes } = this.#database;
    const own = nodes.get(transaction.source);
    if (!forTargets || own === undefined || (own.type & NodeType.initiator) === 0) return;
    if (status !== IsnsStatus.successful && status !== IsnsStatus.noSuchEntry) return;
    const named = asked
      .slice(1)
      .find(({ attribute, text }) => attribute.tag === Tag.iscsiName && text !== '');
    const targets = [...nodes.values()].filter(
      ({ name, type, registered, removedNs }) =>
        registered &&
        removedNs < 0 &&
        (type & NodeType.target) !== 0 &&
        (named === undefined || named.text === name),
    );
    if (targets.length === 0 || this.#blind.length >= ISNS_TRANSACTIONS_MAX) return;
    const inCommon = targets.filter(({ name }) =>
      this.#database.inCommon(name, transaction.source),
    );
    this.#blind.push({ transaction, targets: targets.length, inCommon: inCommon.length });
  }

  /** Whoever speaks is there: requests that wait for it wait on a living connection; its entities are kept. */
  #heard(pdu: IsnsPdu): void {
    for (const { transaction } of this.#waiting.values()) {
      if (transaction.to === pdu.from && transaction.connection === pdu.connection) {
        transaction.answeredLater = true;
      }
    }
    if (!pdu.fromClient) return;
    for (const entity of this.#database.entities.values()) {
      if (hostOfEnd(entity.client) !== hostOfEnd(pdu.from)) continue;
      entity.lastNs = pdu.timeNs;
      entity.lastFrame = pdu.frame;
    }
  }

  #heartbeat({ payload, first }: IsnsMessage): void {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
    const known = payload.length >= heartbeat.counter.byte + 4;
    const server = known ? addressAt(view, heartbeat.serverAddress.byte) : first.from;
    const intervalS = known ? get(view, 0, heartbeat.interval) : 0;
    this.#heartbeats = { count: this.#heartbeats.count + 1, server, intervalS };
  }
}

function keyOf(pdu: IsnsPdu, functionId: number, from: string, to: string): string {
  return `${pdu.connection}/${from}>${to}/${functionId}/${pdu.transactionId}`;
}

function sideOf(pdu: IsnsPdu): string {
  return `${pdu.from}>${pdu.to}`;
}

/** What was asked, without who asks: the key, and which attributes are wanted. */
function questionOf(asked: readonly AttributeValue[]): string {
  return asked
    .slice(1)
    .map(({ attribute, text }) => `${attribute.tag}=${text}`)
    .join(' ');
}

/** Attributes of one node end where another object begins. */
function endOfNode(objects: readonly AttributeValue[]): number {
  const end = objects.findIndex(({ attribute: { tag } }) => OBJECTS.has(tag));
  return end < 0 ? objects.length : end;
}

const OBJECTS: ReadonlySet<number> = new Set([
  Tag.entityIdentifier,
  Tag.portalAddress,
  Tag.iscsiName,
  Tag.pgIscsiName,
]);

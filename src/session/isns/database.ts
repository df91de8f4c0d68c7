// What the iSNS database holds, as far as messages told of it (RFC 4171 section 6): objects are a key attribute
// and what follows it, until the next key. A message costs what it says, however much is held: what is asked of
// all objects has an index.

import { endText, hostOfEnd } from '../../lib/address.js';
import {
  ISNS_MEMBERS_LOOKED_AT,
  ISNS_MEMBERS_MAX,
  ISNS_NAME_MAX,
  ISNS_OBJECTS_MAX,
} from '../../limits.js';
import { NodeType, Tag } from '../../wire/isns/attributes.js';
import type { AttributeValue } from '../../wire/isns/tlvs.js';
import type { Heard, IsnsDomain, IsnsEntity, IsnsNode, IsnsPortal } from './model.js';

/** When and where something was said, and by whom. */
export interface Said {
  readonly client: string;
  readonly frame: number;
  readonly timeNs: number;
  /** A registration that was accepted; else a query's answer. */
  readonly registers: boolean;
}

/** What one message named. */
export interface Named {
  readonly nodes: ReadonlySet<IsnsNode>;
  readonly portals: ReadonlySet<IsnsPortal>;
}

/**
 * Invariants: `#nodesOf` holds the nodes of an entity that were not taken out, `#targets` the registered targets of
 * these; `#members` counts members of domains and nodes of portals.
 */
export class IsnsDatabase {
  readonly entities = new Map<string, IsnsEntity>();
  readonly nodes = new Map<string, IsnsNode>();
  readonly portals = new Map<string, IsnsPortal>();
  readonly domains = new Map<string, IsnsDomain>();
  /** Hosts that registered something. */
  readonly #hosts = new Map<string, Heard>();
  readonly #nodesOf = new Map<string, Set<IsnsNode>>();
  readonly #portalsOfEntity = new Map<string, Set<IsnsPortal>>();
  readonly #portalsOfNode = new Map<string, Set<IsnsPortal>>();
  readonly #domainsOf = new Map<string, Set<IsnsDomain>>();
  readonly #targets = new Set<IsnsNode>();
  readonly #full: () => void;
  #members = 0;
  /** Who spoke last, and its host. */
  #speaker = '';
  #speakerHost: Heard | undefined = undefined;

  /** `full` is told that something is not remembered. */
  constructor(full: () => void) {
    this.#full = full;
  }

  /** Targets that are registered now. */
  get targetCount(): number {
    return this.#targets.size;
  }

  isTarget(node: IsnsNode): boolean {
    return this.#targets.has(node);
  }

  /** A client said something: what it registered is alive. */
  heard(from: string, timeNs: number): void {
    if (this.#hosts.size === 0) return;
    if (from !== this.#speaker) {
      this.#speaker = from;
      this.#speakerHost = this.#hosts.get(hostOfEnd(from));
    }
    if (this.#speakerHost !== undefined) this.#speakerHost.lastNs = timeNs;
  }

  /** Attributes of objects, in the order of the message. */
  learn(values: readonly AttributeValue[], said: Said): Named {
    const nodes = new Set<IsnsNode>();
    const portals = new Set<IsnsPortal>();
    let entity: IsnsEntity | undefined;
    let node: IsnsNode | undefined;
    let domain: IsnsDomain | undefined;
    let address = '';
    let group: { node: string; address: string } | undefined;
    for (const { attribute, text, number } of values) {
      if (text === '' || text.length > ISNS_NAME_MAX) continue;
      switch (attribute.tag) {
        case Tag.entityIdentifier:
          entity = this.entity(text, said);
          break;
        case Tag.entityProtocol:
          if (entity !== undefined) entity.protocol = number;
          break;
        case Tag.registrationPeriod:
          if (entity !== undefined) entity.registrationPeriod = number;
          break;
        case Tag.portalAddress:
          address = text;
          break;
        case Tag.portalPort: {
          const portal = this.#portal(address, text);
          if (portal === undefined) break;
          if (entity !== undefined) this.#reachedAt(entity, portal);
          portals.add(portal);
          break;
        }
        case Tag.iscsiName:
          node = this.#node(text, said);
          if (node === undefined) break;
          if (entity !== undefined) this.#belongs(node, entity);
          nodes.add(node);
          break;
        case Tag.iscsiNodeType:
          if (node !== undefined) {
            node.type = number;
            this.#noteTarget(node);
          }
          break;
        case Tag.iscsiAlias:
          if (node !== undefined) node.alias = text;
          break;
        case Tag.iscsiScnBitmap:
          if (node !== undefined) node.scnBitmap = number;
          break;
        case Tag.pgIscsiName:
          group = { node: text, address: '' };
          break;
        case Tag.pgPortalAddress:
          if (group !== undefined) group.address = text;
          break;
        case Tag.pgPortalPort: {
          const portal = group === undefined ? undefined : this.#portal(group.address, text);
          if (portal !== undefined && group !== undefined) this.#grouped(portal, group.node);
          break;
        }
        case Tag.ddId:
          domain = this.#domain(text);
          break;
        case Tag.ddName:
          if (domain !== undefined) domain.name = text;
          break;
        case Tag.ddMemberName:
          if (domain !== undefined) this.#joins(domain, text);
          break;
        default:
          break;
      }
    }
    return { nodes, portals };
  }

  /** Takes out what a deregistration named (section 5.6.5.4); the nodes that were there before. */
  forget(values: readonly AttributeValue[], timeNs: number): IsnsNode[] {
    const gone: IsnsNode[] = [];
    const takeOut = (node: IsnsNode) => {
      if (node.removedNs >= 0) return;
      node.removedNs = timeNs;
      this.#nodesOf.get(node.entity)?.delete(node);
      this.#noteTarget(node);
      gone.push(node);
    };
    for (const { attribute, text } of values) {
      if (attribute.tag === Tag.entityIdentifier) {
        const entity = this.entities.get(text);
        if (entity !== undefined) entity.removedNs = timeNs;
        for (const node of [...(this.#nodesOf.get(text) ?? [])]) takeOut(node);
      } else if (attribute.tag === Tag.iscsiName) {
        const node = this.nodes.get(text);
        if (node !== undefined) takeOut(node);
      }
    }
    return gone;
  }

  /** Takes members, or with none the whole domain, away (section 5.6.5.10). */
  forgetDomain(values: readonly AttributeValue[]): void {
    const id = values.find(({ attribute }) => attribute.tag === Tag.ddId)?.text;
    const domain = id === undefined ? undefined : this.domains.get(id);
    if (domain === undefined) return;
    const named = values.filter(({ attribute }) => attribute.tag === Tag.ddMemberName);
    const leaving = named.length === 0 ? [...domain.members] : named.map(({ text }) => text);
    for (const name of leaving) {
      if (!domain.members.delete(name)) continue;
      this.#members--;
      const of = this.#domainsOf.get(name);
      of?.delete(domain);
      if (of?.size === 0) this.#domainsOf.delete(name);
    }
    if (named.length === 0) this.domains.delete(domain.id);
  }

  /**
   * True where the node is in a domain with a target (with `target`, where one is named) that is registered; and
   * where the domains are too large to say that it is not.
   */
  sharesDomain(name: string, target: IsnsNode | undefined): boolean {
    let looked = 0;
    for (const { members } of this.#domainsOf.get(name) ?? []) {
      if (target !== undefined) {
        if (members.has(target.name)) return true;
        continue;
      }
      for (const member of members) {
        if (++looked > ISNS_MEMBERS_LOOKED_AT) return true;
        const node = this.nodes.get(member);
        if (node !== undefined && member !== name && this.#targets.has(node)) return true;
      }
    }
    return false;
  }

  /** Portals at which a node is reached: its portal groups', else its entity's. */
  portalsOf(name: string): ReadonlySet<IsnsPortal> | undefined {
    const groups = this.#portalsOfNode.get(name);
    if (groups !== undefined) return groups;
    const of = this.#portalsOfEntity.get(this.nodes.get(name)?.entity ?? '');
    return of === undefined || of.size === 0 ? undefined : of;
  }

  entity(id: string, said: Said): IsnsEntity | undefined {
    let entity = this.entities.get(id);
    if (entity === undefined) {
      if (!this.#room(this.entities)) return undefined;
      entity = {
        id,
        protocol: 0,
        registrationPeriod: 0,
        client: '',
        heard: undefined,
        removedNs: -1,
      };
      this.entities.set(id, entity);
    }
    if (said.registers) {
      entity.client = said.client;
      entity.heard = this.#host(said);
      entity.removedNs = -1;
    }
    return entity;
  }

  #host({ client, timeNs }: Said): Heard | undefined {
    const name = hostOfEnd(client);
    let host = this.#hosts.get(name);
    if (host === undefined && this.#room(this.#hosts)) {
      host = { lastNs: timeNs };
      this.#hosts.set(name, host);
      this.#speaker = '';
    }
    return host;
  }

  #node(name: string, said: Said): IsnsNode | undefined {
    let node = this.nodes.get(name);
    if (node === undefined) {
      if (!this.#room(this.nodes)) return undefined;
      node = {
        name,
        entity: '',
        type: 0,
        alias: '',
        scnBitmap: 0,
        frame: said.frame,
        timeNs: said.timeNs,
        registered: false,
        removedNs: -1,
      };
      this.nodes.set(name, node);
    }
    if (said.registers) {
      node.registered = true;
      if (node.removedNs >= 0 && node.entity !== '') addTo(this.#nodesOf, node.entity, node);
      node.removedNs = -1;
      this.#noteTarget(node);
    }
    return node;
  }

  #belongs(node: IsnsNode, { id }: IsnsEntity): void {
    if (node.entity !== id) {
      this.#nodesOf.get(node.entity)?.delete(node);
      node.entity = id;
    }
    if (node.removedNs < 0) addTo(this.#nodesOf, id, node);
  }

  /** Whether it is one of the targets that are there. */
  #noteTarget(node: IsnsNode): void {
    const there = node.registered && node.removedNs < 0;
    if (there && (node.type & NodeType.target) !== 0) this.#targets.add(node);
    else this.#targets.delete(node);
  }

  #portal(address: string, port: string): IsnsPortal | undefined {
    if (address === '') return undefined;
    const key = `${address}/${port}`;
    let portal = this.portals.get(key);
    if (portal === undefined) {
      if (!this.#room(this.portals)) return undefined;
      const end = endText(address, port);
      portal = { address, port, end, entity: '', nodes: new Set() };
      this.portals.set(key, portal);
    }
    return portal;
  }

  #reachedAt({ id }: IsnsEntity, portal: IsnsPortal): void {
    if (portal.entity === id) return;
    this.#portalsOfEntity.get(portal.entity)?.delete(portal);
    portal.entity = id;
    addTo(this.#portalsOfEntity, id, portal);
  }

  #grouped(portal: IsnsPortal, node: string): void {
    if (portal.nodes.has(node) || !this.#roomForMember()) return;
    portal.nodes.add(node);
    addTo(this.#portalsOfNode, node, portal);
  }

  #domain(id: string): IsnsDomain | undefined {
    let domain = this.domains.get(id);
    if (domain === undefined) {
      if (!this.#room(this.domains)) return undefined;
      domain = { id, name: '', members: new Set() };
      this.domains.set(id, domain);
    }
    return domain;
  }

  #joins(domain: IsnsDomain, name: string): void {
    if (domain.members.has(name) || !this.#roomForMember()) return;
    domain.members.add(name);
    addTo(this.#domainsOf, name, domain);
  }

  #room({ size }: ReadonlyMap<string, unknown>): boolean {
    if (size < ISNS_OBJECTS_MAX) return true;
    this.#full();
    return false;
  }

  /** Counts one more, where there is room. */
  #roomForMember(): boolean {
    if (this.#members < ISNS_MEMBERS_MAX) {
      this.#members++;
      return true;
    }
    this.#full();
    return false;
  }
}

function addTo<V>(index: Map<string, Set<V>>, key: string, value: V): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, new Set([value]));
  else known.add(value);
}

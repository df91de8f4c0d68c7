// What the iSNS database holds, as far as messages told of it (RFC 4171 section 6): objects are a key attribute
// and what follows it, until the next key.

import { endText } from '../../lib/address.js';
import { ISNS_OBJECTS_MAX } from '../../limits.js';
import { Tag } from '../../wire/isns/attributes.js';
import type { AttributeValue } from '../../wire/isns/tlvs.js';
import type { IsnsDomain, IsnsEntity, IsnsNode, IsnsPortal } from './model.js';

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
  readonly nodes: IsnsNode[];
  readonly portals: IsnsPortal[];
}

export class IsnsDatabase {
  readonly entities = new Map<string, IsnsEntity>();
  readonly nodes = new Map<string, IsnsNode>();
  readonly portals = new Map<string, IsnsPortal>();
  readonly domains = new Map<string, IsnsDomain>();

  /** Attributes of objects, in the order of the message. */
  learn(values: readonly AttributeValue[], said: Said): Named {
    const named: Named = { nodes: [], portals: [] };
    let entity: IsnsEntity | undefined;
    let node: IsnsNode | undefined;
    let domain: IsnsDomain | undefined;
    let address = '';
    let group: { node: string; address: string } | undefined;
    for (const { attribute, text, number } of values) {
      if (text === '') continue;
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
          if (entity !== undefined) portal.entity = entity.id;
          if (!named.portals.includes(portal)) named.portals.push(portal);
          break;
        }
        case Tag.iscsiName:
          node = this.#node(text, said);
          if (node === undefined) break;
          if (entity !== undefined) node.entity = entity.id;
          if (!named.nodes.includes(node)) named.nodes.push(node);
          break;
        case Tag.iscsiNodeType:
          if (node !== undefined) node.type = number;
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
          if (portal !== undefined && group !== undefined) portal.nodes.add(group.node);
          break;
        }
        case Tag.ddId:
          domain = this.#domain(text);
          break;
        case Tag.ddName:
          if (domain !== undefined) domain.name = text;
          break;
        case Tag.ddMemberName:
          if (domain !== undefined && domain.members.size < ISNS_OBJECTS_MAX) {
            domain.members.add(text);
          }
          break;
        default:
          break;
      }
    }
    return named;
  }

  /** Takes out what a deregistration named (section 5.6.5.4). */
  forget(values: readonly AttributeValue[], timeNs: number): void {
    for (const { attribute, text } of values) {
      if (attribute.tag === Tag.entityIdentifier) {
        const entity = this.entities.get(text);
        if (entity !== undefined) entity.removedNs = timeNs;
        for (const node of this.nodes.values()) if (node.entity === text) node.removedNs = timeNs;
      } else if (attribute.tag === Tag.iscsiName) {
        const node = this.nodes.get(text);
        if (node !== undefined) node.removedNs = timeNs;
      }
    }
  }

  /** Takes members, or with none the whole domain, away (section 5.6.5.10). */
  forgetDomain(values: readonly AttributeValue[]): void {
    const id = values.find(({ attribute }) => attribute.tag === Tag.ddId)?.text;
    const domain = id === undefined ? undefined : this.domains.get(id);
    if (domain === undefined) return;
    const members = values.filter(({ attribute }) => attribute.tag === Tag.ddMemberName);
    if (members.length === 0) this.domains.delete(domain.id);
    for (const { text } of members) domain.members.delete(text);
  }

  /** True where both are members of one domain that was told of. */
  inCommon(a: string, b: string): boolean {
    for (const { members } of this.domains.values()) {
      if (members.has(a) && members.has(b)) return true;
    }
    return false;
  }

  /** Addresses at which a node is reached: its portal groups', else its entity's portals. */
  addressesOf(name: string): string[] {
    const all = [...this.portals.values()];
    const groups = all.filter(({ nodes }) => nodes.has(name));
    const entity = this.nodes.get(name)?.entity ?? '';
    const found =
      groups.length > 0
        ? groups
        : all.filter((portal) => entity !== '' && portal.entity === entity);
    return found.map(({ address, port }) => endText(address, port));
  }

  entity(id: string, said: Said): IsnsEntity | undefined {
    let entity = this.entities.get(id);
    if (entity === undefined) {
      if (this.entities.size >= ISNS_OBJECTS_MAX) return undefined;
      entity = {
        id,
        protocol: 0,
        registrationPeriod: 0,
        client: '',
        lastNs: -1,
        lastFrame: 0,
        removedNs: -1,
      };
      this.entities.set(id, entity);
    }
    if (said.registers) {
      entity.client = said.client;
      entity.removedNs = -1;
    }
    return entity;
  }

  #node(name: string, said: Said): IsnsNode | undefined {
    let node = this.nodes.get(name);
    if (node === undefined) {
      if (this.nodes.size >= ISNS_OBJECTS_MAX) return undefined;
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
      node.removedNs = -1;
    }
    return node;
  }

  #portal(address: string, port: string): IsnsPortal | undefined {
    if (address === '') return undefined;
    const key = `${address}/${port}`;
    let portal = this.portals.get(key);
    if (portal === undefined) {
      if (this.portals.size >= ISNS_OBJECTS_MAX) return undefined;
      portal = { address, port, entity: '', nodes: new Set() };
      this.portals.set(key, portal);
    }
    return portal;
  }

  #domain(id: string): IsnsDomain | undefined {
    let domain = this.domains.get(id);
    if (domain === undefined) {
      if (this.domains.size >= ISNS_OBJECTS_MAX) return undefined;
      domain = { id, name: '', members: new Set() };
      this.domains.set(id, domain);
    }
    return domain;
  }
}

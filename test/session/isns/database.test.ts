// The database and its indexes, against a look through all that it holds.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ISNS_NAME_MAX, ISNS_OBJECTS_MAX } from '../../../src/limits.js';
import { IsnsDatabase } from '../../../src/session/isns/database.js';
import { attributeOf, NodeType, Tag } from '../../../src/wire/isns/attributes.js';
import type { AttributeValue } from '../../../src/wire/isns/tlvs.js';
import { randomFrom } from '../../support/mishaps.js';

function value(tag: number, of: string | number): AttributeValue {
  const number = typeof of === 'number' ? of : Number.NaN;
  return { attribute: attributeOf(tag), at: 0, length: 4, text: String(of), number };
}

const SAID = { client: '10.0.0.9:40000', frame: 1, timeNs: 5, registers: true };

test('nodes, portals and domains are found as a look at all of them finds them', () => {
  const random = randomFrom(6);
  const pick = (n: number) => random() % n;
  for (let round = 0; round < 20; round++) {
    const database = new IsnsDatabase(() => assert.unreachable());
    for (let i = 0; i < 150; i++) {
      const values: AttributeValue[] = [];
      if (pick(2) === 0) values.push(value(Tag.entityIdentifier, `e${pick(4)}`));
      if (pick(2) === 0) {
        values.push(value(Tag.portalAddress, `10.0.0.${pick(5)}`), value(Tag.portalPort, 3260));
      }
      if (pick(3) > 0) {
        values.push(value(Tag.iscsiName, `n${pick(6)}`), value(Tag.iscsiNodeType, 1 + pick(3)));
      }
      if (pick(4) === 0) {
        values.push(value(Tag.pgIscsiName, `n${pick(6)}`));
        values.push(value(Tag.pgPortalAddress, `10.0.0.${pick(5)}`), value(Tag.pgPortalPort, 3260));
      }
      if (pick(3) === 0) {
        values.push(value(Tag.ddId, pick(3)), value(Tag.ddMemberName, `n${pick(6)}`));
      }
      switch (pick(6)) {
        case 0: {
          const there = [...database.nodes.values()].filter(({ removedNs }) => removedNs < 0);
          const gone = database.forget(values, 7 + i);
          const missing = there.filter(({ removedNs }) => removedNs >= 0);
          assert.equal(new Set(gone), new Set(missing));
          break;
        }
        case 1:
          if (pick(3) === 0) database.forgetDomain(values);
          break;
        default:
          database.learn(values, { ...SAID, registers: pick(3) > 0 });
      }
      agrees(database);
    }
  }
});

function agrees(database: IsnsDatabase): void {
  const { nodes, portals, domains } = database;
  const targets = [...nodes.values()].filter(
    ({ registered, removedNs, type }) =>
      registered && removedNs < 0 && (type & NodeType.target) !== 0,
  );
  assert.is(database.targetCount, targets.length);
  for (const node of nodes.values()) {
    assert.is(database.isTarget(node), targets.includes(node));
    const all = [...portals.values()];
    const groups = all.filter((portal) => portal.nodes.has(node.name));
    const own = all.filter(({ entity }) => node.entity !== '' && entity === node.entity);
    const at = groups.length > 0 ? groups : own;
    assert.equal(new Set(database.portalsOf(node.name)), new Set(at));
    const shared = (other: string) =>
      [...domains.values()].some(({ members }) => members.has(node.name) && members.has(other));
    const others = targets.filter(({ name }) => name !== node.name);
    assert.is(
      database.sharesDomain(node.name, undefined),
      others.some(({ name }) => shared(name)),
    );
    for (const other of nodes.values()) {
      assert.is(database.sharesDomain(node.name, other), shared(other.name));
    }
  }
}

test('of more objects than are remembered it says so; a name beyond the standard is none', () => {
  let full = 0;
  const database = new IsnsDatabase(() => full++);
  for (let i = 0; i < ISNS_OBJECTS_MAX; i++) {
    database.learn([value(Tag.iscsiName, `n${i}`)], SAID);
  }
  database.learn([value(Tag.iscsiName, 'x'.repeat(ISNS_NAME_MAX + 1))], SAID);
  assert.is(full, 0);
  database.learn([value(Tag.iscsiName, 'one more')], SAID);
  assert.is(full, 1);
  assert.is(database.nodes.size, ISNS_OBJECTS_MAX);
});

test('whatever a host says tells that what it registered is alive', () => {
  const database = new IsnsDatabase(() => assert.unreachable());
  database.learn([value(Tag.entityIdentifier, 'e')], SAID);
  const entity = database.entities.get('e');
  assert.is(entity?.heard?.lastNs, 5);
  database.heard('10.0.0.8:40000', 8);
  assert.is(entity?.heard?.lastNs, 5);
  database.heard('10.0.0.9:40001', 9);
  assert.is(entity?.heard?.lastNs, 9);
});

test.run();

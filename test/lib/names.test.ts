// Names for what is seen on the wire: whole words of it, never parts.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { giveNames, named } from '../../src/lib/names.js';

test('addresses, with ports and in brackets, IQNs and WWNs, in sentences too', () => {
  giveNames(
    new Map([
      ['10.0.0.1', 'esx7'],
      ['10.0.0.2:3260', 'array'],
      ['fe80::1', 'six'],
      ['iqn.2024-01.org.example:disk', 'disk A'],
      ['20:00:00:25:B5:00:00:1F', 'hba1'],
    ]),
  );
  const same = (text: string): void => assert.is(named(text), text);
  assert.is(named('10.0.0.1:60364 → 10.0.0.2:3260'), 'esx7:60364 → array');
  assert.is(named('[fe80::1]:860, fe80::1'), 'six:860, six');
  assert.is(named('iqn.2024-01.org.example:disk.'), 'disk A.');
  assert.is(named('(iqn.2024-01.ORG.example:disk)'), '(disk A)');
  assert.is(named('hosts 10.0.0.1, 10.0.0.1: both'), 'hosts esx7, esx7: both');
  assert.is(named('20:00:00:25:b5:00:00:1f'), 'hba1');
  same('10.0.0.10 10.0.0.2 10.0.0.2:3261 110.0.0.1');
  same('iqn.2024-01.org.example:disk2 20:00:00:25:b5:00:00:1f:00');
  giveNames(new Map());
  same('10.0.0.1');
});

test.run();

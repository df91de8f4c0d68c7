// Each finding is proved by running: its id was asked for (support/found.ts) of a capture or a built
// conversation that tells it, and of one that comes near and does not. Runs after all other tests.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../src/findings/rules.js';
import { asked } from '../support/asked.js';
import { needsNot } from '../support/needs.js';
import { isWhole } from '../support/selection.js';

const all = needsNot(isWhole('findings/') ? undefined : 'all tests of findings in this run');

all('each finding is told where it should be, and not by what comes near', () => {
  const ids = RULES.flatMap((rule) => Object.keys(rule.tells));
  assert.equal(
    ids.filter((id) => (asked.get(id)?.told ?? 0) === 0),
    [],
    'no test saw these told',
  );
  assert.equal(
    ids.filter((id) => (asked.get(id)?.quiet ?? 0) === 0),
    [],
    'no test saw that something near is not told as these',
  );
});

test('nothing was asked for that no rule tells', () => {
  const ids = new Set(RULES.flatMap((rule) => Object.keys(rule.tells)));
  assert.equal(
    [...asked.keys()].filter((id) => !ids.has(id)),
    [],
  );
});

test.run();

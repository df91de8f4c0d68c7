// Recordings in every form in which a user may have them (links, tags, tunnels, copies, offload, snaplen, a part,
// clocks): nobody is accused who is not by the recording itself, and what takes nothing away changes no number.
// tools/form-sweep.ts does so with all of them.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { capturesOfForms, type Verdict, verdictOf } from '../../tools/form-sweep.js';
import { FORMS, type Form } from '../support/forms.js';
import { packetsOf } from '../support/road.js';
import { run } from '../support/run.js';

/** Small ones, and among them such as accused somebody in some form before. */
const NAMES = [
  'cases/c02-initiatorname-again',
  'cases/c06b-r2t-never-answered',
  'cases/c13-sendtargets-hang',
  'cases/c32-duplicate-itt',
  'lio/name-one-host-ini',
  'tgt-chap-mutual',
  'tgt-login-redirect',
  'tgt-ipv6',
];

for (const [name, path] of capturesOfForms()) {
  if (!NAMES.includes(name)) continue;
  test(`${name} in every form`, async () => {
    const packets = await packetsOf(path);
    const whole = run(packets).report;
    for (const form of FORMS) {
      const { said, numbers } = verdictOf(name, packets, whole, form);
      assert.equal([form.name, ...said], [form.name]);
      assert.equal([form.name, ...numbers], [form.name]);
    }
  });
}

/** Larger ones, in the form in which they accused somebody. */
const ACCUSED: readonly (readonly [name: string, form: string])[] = [
  ['faults/delay-jitter-ini', 'snaplen 128'], // the residual was cut, and its flag was not
  ['lio/slow-way-tgt', 'snaplen 256'], // a ping was cut, and its answer was not
  ['faults/lun-removed-ini', 'out of order, 1 ms'], // no receiver asked for what came late
  ['lio/idle-frozen-ini', 'out of order, 1 ms'], // the timer's segments were others than what came 1 ms late
  ['lio/healthy-two-tgt', 'out of order, 1 ms'], // what came late looks like a tail loss probe
];

for (const [name, formName] of ACCUSED) {
  test(`${name}, ${formName}: accuses nobody`, async () => {
    const [, path] = capturesOfForms().find(([one]) => one === name) ?? ['', ''];
    const form = FORMS.find((one) => one.name === formName);
    assert.ok(form, formName);
    const packets = await packetsOf(path);
    assert.equal(verdictOf(name, packets, run(packets).report, form).said, []);
  });
}

test('what was open at the end is lost for certain only where no header was cut', async () => {
  const [, path] = capturesOfForms().find(([one]) => one === 'cases/c10-mtu-hole-at-host') ?? [
    '',
    '',
  ];
  const form = FORMS.find((one) => one.name === 'snaplen 96');
  assert.ok(form);
  const report = run(form.of(await packetsOf(path))).report;
  const lost = report.findings.filter(({ id }) => id === 'commands-lost');
  assert.ok(lost.length > 0);
  for (const one of lost) assert.equal([one.severity, one.inferred], ['note', true]);
});

test('the forms are other packets, and the sweep sees what is wrong', async () => {
  const all = capturesOfForms();
  assert.equal(
    NAMES.filter((name) => !all.some(([one]) => one === name)),
    [],
  );
  const [name, path] = all.find(([one]) => one === 'cases/c06b-r2t-never-answered') ?? ['', ''];
  const packets = await packetsOf(path);
  const whole = run(packets).report;
  for (const form of FORMS) {
    // Times in µs, and too short for a step of 1 s: nothing is to be done.
    if (/times in µs|clock steps|snaplen 256/.test(form.name)) continue;
    assert.not.equal(form.of(packets), packets, form.name);
  }
  const of = (form: Pick<Form, 'of'>): Verdict =>
    verdictOf(name, packets, whole, { name: 'made', leaves: 'all', ...form });
  assert.is(of({ of: (same) => same }).first, 'right');
  // Without the packets of one command the numbers are others.
  assert.ok(of({ of: (some) => some.slice(0, some.length >> 1) }).numbers.length > 0);
  // What accuses somebody is seen as wrong: to a quiet recording all of this one is new.
  const quiet = all.find(([one]) => one === 'tgt-ipv6');
  const healthy = run(await packetsOf(quiet?.[1] ?? '')).report;
  assert.is(
    verdictOf('made', packets, healthy, { name: 'it', leaves: 'less', of: (p) => p }).first,
    'wrong',
  );
});

test.run();

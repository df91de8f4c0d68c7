// The case screens while the capture goes on: they show what was read until then.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Case } from '../../src/case/case.js';
import { CommandList } from '../../src/case/command-list.js';
import { LivePicture } from '../../src/case/live.js';
import { Outstanding } from '../../src/case/outstanding.js';
import { Details } from '../../src/case/pdu-details.js';
import { analyse } from '../../src/pipeline.js';
import { Pages } from '../../src/ui/pages.js';
import { firstState, type Place, type State } from '../../src/ui/state.js';

const PLACES: readonly Place[] = [
  { kind: 'overview' },
  { kind: 'session', session: 0 },
  { kind: 'latency' },
  { kind: 'time' },
  { kind: 'login', sessions: [0] },
  { kind: 'tcp', connection: 0 },
  { kind: 'commands' },
];

/** Every place as text behind packet `at` of a capture, and at its end. */
async function looks(
  name: string,
  at: number,
  live = new LivePicture(() => {}),
  also = 0,
): Promise<Map<string, [string, string]>> {
  const path = new URL(`../../captures/${name}`, import.meta.url).pathname;
  const seen = new Map<string, [string, string]>();
  let packets = 0;
  const kase = new Case({
    files: [path],
    analyse: (files, options) =>
      analyse(files, {
        ...options,
        stop: () => {
          packets++;
          if (packets === at || packets === also) look(0);
          return false;
        },
      }),
    options: {},
    turn: () => {},
  });
  const list = new CommandList(kase.tasks);
  const details = new Details([path], analyse, {}, () => {});
  const outstanding = new Outstanding(kase.tasks);
  const pages = new Pages({ kase, list, details, outstanding, live });
  let version = 0;
  const look = (which: 0 | 1) => {
    version++;
    for (const place of PLACES) {
      const state: State = { ...firstState(120, 40, 'live'), views: [{ place, at: 0, top: 0 }] };
      list.update(
        { sort: 'time', descending: false, wanted: undefined, filter: '', untilNs: undefined },
        () => 0,
      );
      const page = pages.of(state, version);
      const rows = [...page.head, ...Array.from({ length: page.count }, (_, i) => page.row(i))];
      const text = rows.map((line) => line.map((span) => span.text).join('')).join('\n');
      const both = seen.get(place.kind) ?? ['', ''];
      both[which] = text;
      seen.set(place.kind, both);
    }
  };
  await kase.load();
  look(1);
  return seen;
}

test('while the capture goes on every screen shows what was read', async () => {
  const seen = await looks('istgt-mixed-load.pcap.gz', 2000);
  for (const [kind, [then]] of seen) assert.not.match(then, /being read|no such/, kind);
  const [overview, over] = seen.get('overview') ?? ['', ''];
  assert.match(overview, /So far: (the capture goes on|[\d.]+ % of .* read)/);
  assert.match(overview, /2,000 packets/);
  assert.not.match(over, /So far/);
  assert.not.equal(over, overview);
  assert.match(seen.get('session')?.[0] ?? '', /InitialR2T/);
  assert.match(seen.get('tcp')?.[0] ?? '', /C0 /);
});

test('while packets come faster than they are read, a report that is there does', async () => {
  const picture = new LivePicture(() => {});
  Object.defineProperty(picture, 'behind', { value: true });
  // Asked for behind packet 500 since there is none yet, and not again behind packet 2000.
  const seen = await looks('istgt-mixed-load.pcap.gz', 500, picture, 2000);
  const [overview, over] = seen.get('overview') ?? ['', ''];
  assert.match(overview, /So far[\s\S]*\(pcap, gzip, 500 packets\)/);
  assert.not.match(over, /, 500 packets/);
});

test('a command that is open is no finding yet', async () => {
  const seen = await looks('tgt-stalls-two-seconds.pcap.gz', 60);
  assert.not.match(seen.get('overview')?.[0] ?? 'never', /never|unanswered [1-9]/);
});

test.run();

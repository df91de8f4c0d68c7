// Stories of screens whose store forgets its oldest commands while somebody looks at them.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LivePicture } from '../../src/case/live.js';
import { viewOf } from '../../src/ui/state.js';
import { manyCommands, NEVER } from '../support/many-commands.js';
import { Screens } from '../support/ui.js';

const BYTES_MAX = 3 << 20;
const COMMANDS = 40_000;
const path = manyCommands(COMMANDS);

/** True when so many commands have come. */
const came =
  (commands: number) =>
  (ui: Screens): boolean =>
    tasksOf(ui).count >= commands;

/** Screens over a capture while which deeds are done in turn, each when it is time. */
async function story(
  ...deeds: readonly (readonly [when: (ui: Screens) => boolean, deed: (ui: Screens) => void])[]
): Promise<Screens> {
  const ui = new Screens([path], 120, 30, new LivePicture(() => {}), BYTES_MAX);
  const { tasks } = ui.controller.sources.kase;
  let next = 0;
  ui.eachPacket = () => {
    while (next < deeds.length && deeds[next][0](ui)) {
      deeds[next][1](ui);
      next++;
    }
  };
  await ui.load();
  assert.is(next, deeds.length);
  assert.is(tasks.count, COMMANDS);
  assert.ok(tasks.forgotten > COMMANDS / 3, `${tasks.forgotten}`);
  return ui;
}

const tasksOf = (ui: Screens) => ui.controller.sources.kase.tasks;

test('the list is of what is kept, and says what is not; totals are of all', async () => {
  const ui = await story();
  ui.press('2');
  const { held, forgotten } = tasksOf(ui);
  const comma = (n: number): string => n.toLocaleString('en-US');
  assert.ok(
    ui.text().includes(`${comma(held)} commands  ${comma(forgotten)} older commands forgotten`),
  );
  assert.is(ui.controller.page().task?.(0), NEVER);
  ui.press('G');
  assert.is(ui.controller.page().task?.(viewOf(ui.controller.state).at), COMMANDS - 1);
  ui.press('Enter');
  assert.match(ui.text(), /TEST UNIT READY/);
  ui.press('1');
  assert.match(ui.text(), /40,000|39,999/);
  ui.press('4');
  assert.match(ui.text(), /not drawn: [\d,]+ older commands forgotten/);
  const { report } = ui.controller.sources.kase;
  assert.is(report?.totals.commandCount, COMMANDS);
});

test('a selection stays on its command while older ones are forgotten', async () => {
  let row = -1;
  let rounds = 0;
  let at = 0;
  const selected = (ui: Screens): number => {
    at = viewOf(ui.controller.state).at;
    return ui.controller.page().task?.(at) ?? -1;
  };
  await story(
    [
      came(25_000),
      (ui) => {
        ui.press('2', 'G', 'Up', 'Up');
        row = selected(ui);
        rounds = tasksOf(ui).rounds;
      },
    ],
    [
      (ui) => tasksOf(ui).rounds > rounds,
      (ui) => {
        const before = at;
        assert.ok(tasksOf(ui).holds(row));
        ui.press('Space');
        // Space marks the command and goes on to the next one.
        assert.equal(ui.controller.state.marks, [row]);
        assert.is(selected(ui), row + 1);
        assert.ok(at < before, `${at} ${before}`);
      },
    ],
    [
      (ui) => !tasksOf(ui).holds(row + 1),
      (ui) => {
        ui.press('Up');
        assert.is(selected(ui), NEVER);
        assert.equal(ui.controller.state.marks, []);
      },
    ],
  );
});

test('a command that is looked at, or was marked, is forgotten: that is said, and nothing breaks', async () => {
  const marks: number[] = [];
  const ui = await story(
    [came(3000), (ui) => ui.press('2', 'Up', 'Up', 'Space', 'Space', 'Enter')],
    [came(3000), (ui) => marks.push(...ui.controller.state.marks)],
    [came(3000), (ui) => ui.press('Enter')],
    [came(38_000), (ui) => ui.settle()],
  );
  assert.is(marks.length, 2);
  ui.press('F3', 'Esc');
  assert.match(ui.text(), /was forgotten: [\d,]+ of 40,000 commands are kept/);
  assert.equal(ui.controller.state.marks, []);
  for (let i = 0; i < 3; i++) ui.press('Tab', 'Down', 'Enter', 'n', ' ', 'm', 'e', 'p', 'z');
  // Left from the PDU is its command: there is nothing of it to mark or to write.
  ui.press('Esc', '2');
  ui.controller.dispatch({ kind: 'go', place: { kind: 'command', row: marks[0] } });
  ui.settle();
  assert.match(ui.text(), /This command was forgotten/);
  ui.press('Space');
  assert.equal(ui.controller.state.marks, []);
  ui.press('w', '\x15', '/tmp/none.json', 'Enter');
  assert.is(ui.saved.size, 0);
  ui.press('Esc', 'Esc', 'Esc', 'Esc', '2');
  assert.match(ui.text(), /older commands forgotten/);
});

test('lists in another order lose what is forgotten at once', async () => {
  const ui = await story(
    [came(20_000), (ui) => ui.press('2', 'f', 'latency > 10us', 'Enter', 'r')],
    [came(20_000), (ui) => ui.press('Down', 'Down')],
    [came(38_000), (ui) => ui.settle()],
  );
  const { list } = ui.controller.sources;
  list.finish();
  ui.press('Down');
  for (let i = 0; i < list.count; i++) assert.ok(tasksOf(ui).holds(list.row(i)));
  assert.ok(list.count > 0 && list.count <= tasksOf(ui).held);
  // What was outstanding at a time, of what is kept.
  ui.press('@', '1');
  assert.match(ui.text(), /not among them: [\d,]+ older/);
});

test.run();

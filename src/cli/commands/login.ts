// sanscope login: every login as a ladder and a table; or two of them side by side.

import type { Analysis } from '../../analysis.js';
import { diffJson, fabricLoginJson, loginJson } from '../../export/login-json.js';
import { UsageError } from '../../lib/exit.js';
import { type FabricLogin, fabricLogins } from '../../report/ladder/fabric-login.js';
import { type LoginStory, loginDiff, loginStories } from '../../report/ladder/login-story.js';
import type { Output } from '../output.js';
import {
  type CommandContext,
  flag,
  number,
  runRoad,
  tellTroubles,
  text,
  unreadFiles,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { textLayout } from '../text-layout.js';

export async function login(context: CommandContext): Promise<number> {
  const both = text(context, 'diff');
  const analysis = await runRoad(context, {});
  const all = loginStories(analysis.stories, analysis.sessions, analysis.rdma);
  const asked = number(context, 'connection');
  const stories = all.filter((story) => asked === undefined || story.connection === asked);
  // A fabric's logins are of sessions, whose frames may take several connections.
  const fabrics = fabricLogins(analysis.fc).filter(
    ({ link }) => asked === undefined || linkHas(analysis, link, asked),
  );
  const output = standardOutput(context);
  if (both !== '') await diff(context, output, all, both);
  else {
    await each(context, output, stories);
    await eachFabric(context, output, fabrics, stories.length > 0);
  }
  output.close();
  tellTroubles(context, analysis);
  if (stories.length + fabrics.length === 0)
    context.say('sanscope: there is no such login in the capture\n');
  return unreadFiles(context, analysis);
}

function linkHas({ fc }: Analysis, link: number, connection: number): boolean {
  return fc.links.some(({ id, connections }) => {
    return id === link && connections.some((c) => c.id === connection);
  });
}

async function eachFabric(
  context: CommandContext,
  output: Output,
  logins: readonly FabricLogin[],
  others: boolean,
): Promise<void> {
  if (flag(context, 'json')) {
    for (const login of logins) output.write(`${fabricLoginJson(login)}\n`);
    return;
  }
  if (logins.length === 0) return;
  const { fabricLoginBlocks } = await import('../../view/login/set-up-view.js');
  const { textOf, width } = await textLayout(context);
  logins.forEach((login, i) => {
    output.write((i > 0 || others ? '\n' : '') + textOf(fabricLoginBlocks(login, width)));
  });
}

async function each(
  context: CommandContext,
  output: Output,
  stories: readonly LoginStory[],
): Promise<void> {
  const secrets = flag(context, 'showSecrets');
  if (flag(context, 'json')) {
    for (const story of stories) output.write(`${loginJson(story, secrets)}\n`);
    return;
  }
  const { loginBlocks } = await import('../../view/login/login-view.js');
  const { textOf, width } = await textLayout(context);
  stories.forEach((story, i) => {
    output.write((i > 0 ? '\n' : '') + textOf(loginBlocks(story, width, secrets)));
  });
}

async function diff(
  context: CommandContext,
  output: Output,
  all: readonly LoginStory[],
  both: string,
): Promise<void> {
  const [a, b] = both.split(',').map((name) => storyNamed(all, name));
  const rows = loginDiff(a, b);
  if (flag(context, 'json')) {
    output.write(`${diffJson(a, b, rows)}\n`);
    return;
  }
  const { diffBlocks } = await import('../../view/login/login-view.js');
  const { textOf, width } = await textLayout(context);
  output.write(textOf(diffBlocks(a, b, rows, width)));
}

/** Logins go by the number of their connection: C3 or 3; C3.2 is the second one on it. */
function storyNamed(all: readonly LoginStory[], name: string): LoginStory {
  const [, connection, nth = '1'] = /^c?(\d+)(?:\.(\d+))?$/i.exec(name) ?? [];
  const same = all.filter((story) => connection === String(story.connection));
  const found = same[Number(nth) - 1];
  if (found !== undefined) return found;
  const names = all.slice(0, 20).map((story) => `C${story.connection}`);
  const there = names.length > 0 ? `those of ${names.join(', ')}` : 'none';
  throw new UsageError(`there is no login of ${JSON.stringify(name)}; the capture has ${there}`);
}

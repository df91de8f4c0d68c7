// One login: who, how it went, its ladder with what was said in each step, and a table of what each
// key came to.

import { durationText, plural } from '../../lib/number-text.js';
import {
  authenticationStep,
  type DiffRow,
  type LoginStory,
} from '../../report/ladder/login-story.js';
import type { Login, LoginStep, Parameter } from '../../session/model.js';
import { codeName, loginStatusName, STAGE_NAMES } from '../../wire/iscsi/codes.js';
import { shownPair, stageOfCsg } from '../../wire/iscsi/secret-text.js';
import { asSent, BLANK, type Block, type Cell, type Column, cell, type Tone } from '../cells.js';
import { frames, NOTHING, nothing, secondsText } from '../format.js';
import { laneHead, type Rung, rungLine } from '../ladder/lane.js';
import { shorten } from '../layout.js';
import { setUpRungs } from './set-up-view.js';

const LABEL = 9;
/** Keys of a step stand below its arrow. */
const TEXT_INDENT = 37;
const TEXT_INDENT_NARROW = 13;
const NARROW = 100;
const TARGETS_SHOWN = 200;

export function loginBlocks(story: LoginStory, width: number, showSecrets: boolean): Block[] {
  const { login } = story;
  if (login.outcome === 'not captured') return unseenBlocks(story);
  return [
    {
      kind: 'heading',
      text: `Login of C${story.connection}: ${login.outcome}`,
      note: `${durationText(Math.max(0, login.endedNs - login.startedNs))}, ${plural(login.steps.length, 'step')}`,
    },
    flow('who', whoItems(story)),
    flow('outcome', outcomeItems(story)),
    ...stageBlocks(story),
    BLANK,
    laneHead(width),
    ...setUpRungs(story.setUp, story.login.startedNs).map((rung) => rungLine(rung, width)),
    ...stepBlocks(story, width, showSecrets),
    ...textBlocks(story),
    ...targetBlocks(story),
    ...parameterBlocks(story),
  ];
}

/** A session that began before the capture: what its PDUs prove. */
function unseenBlocks(story: LoginStory): Block[] {
  const [, ...who] = whoItems(story);
  return [
    {
      kind: 'heading',
      text: `C${story.connection}: the login was not captured`,
      note: 'what its PDUs prove, which may be less than what was agreed',
    },
    flow('who', [cell(`S${story.session?.id ?? '?'}`), ...who]),
    ...textBlocks(story),
    ...targetBlocks(story),
    ...parameterBlocks(story),
  ];
}

function flow(label: string, items: readonly Cell[]): Block {
  return { kind: 'flow', indent: 2, label: cell(label.padEnd(LABEL), 'quiet'), items };
}

function whoItems({ session, initiator, target, cid, login }: LoginStory): Cell[] {
  const items: Cell[] = [];
  if (session !== undefined) items.push(cell(`S${session.id}`), cell(session.type));
  const from = session?.initiatorName ? `${session.initiatorName} (${initiator})` : initiator;
  const to = session?.targetName ? `${session.targetName} (${target})` : target;
  items.push(cell(from, 'strong'), cell(`→ ${to}`, 'strong'));
  if (session?.isid) items.push(cell(`ISID ${session.isid}`));
  if (login.outcome !== 'not captured') {
    items.push(cell(login.tsih === 0 ? 'new session' : `joins TSIH ${login.tsih}`));
  }
  if (session !== undefined && session.tsih > 0) items.push(cell(`TSIH ${session.tsih}`));
  if (cid >= 0) items.push(cell(`CID ${cid}`));
  if (session !== undefined && session.reinstates >= 0) {
    items.push(cell(`takes the place of S${session.reinstates}`, 'warn'));
  }
  return items;
}

function outcomeItems({ login }: LoginStory): Cell[] {
  const tone: Tone =
    login.outcome === 'accepted' ? 'good' : login.outcome === 'redirected' ? 'warn' : 'bad';
  const items = [cell(login.outcome, tone)];
  if (login.statusClass > 0) {
    items.push(cell(loginStatusName(login.statusClass, login.statusDetail), tone));
  }
  if (login.redirectedTo !== undefined) items.push(cell(`to ${login.redirectedTo}`, 'warn'));
  if (login.authMethod !== undefined) items.push(cell(`authentication by ${login.authMethod}`));
  if (login.outcome === 'unanswered') items.push(cell(givenUp(login), 'bad'));
  if (login.incomplete) items.push(cell('some of it was not captured', 'warn'));
  items.push(cell(`begun at ${secondsText(login.startedNs)} s`));
  return items;
}

/** Who left the other without an answer, as far as the last step tells. */
function givenUp({ steps }: LoginStory['login']): string {
  const last = steps.at(-1);
  if (last === undefined || last.from === 'initiator') return 'the target did not answer any more';
  const proof = last.text.some(([key]) => key === 'CHAP_R' || key === 'SRP_HM');
  return proof
    ? "the initiator went away after the target's proof of who it is: it may not have believed it"
    : "the initiator did not go on after the target's answer";
}

/** How long each stage took: from the request that entered it to the answer that left it. */
function stageBlocks({ login }: LoginStory): Block[] {
  const items: Cell[] = [];
  let since = login.startedNs;
  for (const step of login.steps) {
    if (step.from !== 'target' || !step.transit || step.statusClass !== 0) continue;
    items.push(cell(`${stage(step.csg)} ${durationText(Math.max(0, step.timeNs - since))}`));
    items.push(cell(`→ ${stage(step.nsg)}`));
    since = step.timeNs;
  }
  return items.length > 0 ? [flow('stages', items)] : [];
}

function stage(code: number): string {
  return codeName(STAGE_NAMES, code);
}

const SHORT_STAGES: Readonly<Record<number, string>> = {
  0: 'security',
  1: 'operational',
  3: 'full feature',
};

/** Beside the arrows there is little room. */
function shortStage(code: number): string {
  return SHORT_STAGES[code] ?? stage(code);
}

function stepBlocks({ login }: LoginStory, width: number, showSecrets: boolean): Block[] {
  return loginRungs(login).flatMap((rung, i) => {
    const step = login.steps[i];
    const keys = step === undefined || step.text.length === 0 ? [] : [step];
    return [rungLine(rung, width), ...keys.map((one) => keysOf(one, width, showSecrets))];
  });
}

/** A rung a step, and one more where there was no answer. */
export function loginRungs(login: Login): Rung[] {
  let before = login.startedNs;
  const rungs: Rung[] = login.steps.map((step) => {
    const afterNs = step.timeNs - before;
    before = step.timeNs;
    return {
      sinceNs: step.timeNs - login.startedNs,
      afterNs,
      frame: step.frame,
      way: step.from,
      label: step.from === 'initiator' ? 'Login Req' : 'Login Resp',
      tone: step.statusClass > 0 ? 'bad' : 'strong',
      details: [cell(stepWords(step), step.statusClass > 0 ? 'bad' : 'plain')],
    };
  });
  if (login.outcome !== 'unanswered') return rungs;
  const end = { sinceNs: login.endedNs - login.startedNs, afterNs: 0, frame: 0 };
  const label = login.steps.at(-1)?.from === 'target' ? 'given up' : 'no answer';
  return [...rungs, { ...end, way: 'none', label, tone: 'bad', details: [] }];
}

function stepWords(step: LoginStep): string {
  const status = step.statusClass > 0 ? loginStatusName(step.statusClass, step.statusDetail) : '';
  const stages = step.transit
    ? `${shortStage(step.csg)} → ${shortStage(step.nsg)}`
    : shortStage(step.csg);
  const words = [status, authenticationStep(step), stages, step.continues ? 'text goes on' : ''];
  return words.filter(Boolean).join('; ');
}

function keysOf(step: LoginStep, width: number, showSecrets: boolean): Block {
  const indent = width < NARROW ? TEXT_INDENT_NARROW : TEXT_INDENT;
  const items = step.text.map(([key, value]) => {
    const shown = showSecrets ? { key, value } : shownPair(key, value, stageOfCsg(step.csg));
    return asSent(`${shown.key}=${shown.value}`, 'quiet');
  });
  return { kind: 'flow', indent, label: cell(''), items };
}

/** Text in the full feature phase: SendTargets, parameters declared again. */
function textBlocks({ texts }: LoginStory): Block[] {
  if (texts.length === 0) return [];
  const blocks: Block[] = [BLANK, { kind: 'heading', text: 'Text in full feature phase' }];
  for (const { frame, timeNs, endFrame, endNs, fields } of texts) {
    const items = [cell(`frames ${frames(endFrame > 0 ? [frame, endFrame] : [frame], 2)}`)];
    items.push(
      endNs < 0 ? cell('not answered', 'bad') : cell(durationText(Math.max(0, endNs - timeNs))),
    );
    for (const [name, value] of Object.entries(fields)) {
      const [, side, key] = /^(initiator|target)\.(.*)$/s.exec(name) ?? [];
      if (side === undefined) continue;
      items.push(asSent(`${side}: ${key}=${value}`));
    }
    blocks.push({
      kind: 'flow',
      indent: 2,
      label: cell(`${secondsText(timeNs).padStart(12)}  `, 'quiet'),
      items,
    });
  }
  return blocks;
}

function targetBlocks({ session }: LoginStory): Block[] {
  const found = session?.discovered ?? [];
  if (found.length === 0) return [];
  const blocks: Block[] = [
    BLANK,
    { kind: 'heading', text: 'Targets found', note: plural(found.length, 'target') },
  ];
  for (const { name, addresses } of found.slice(0, TARGETS_SHOWN)) {
    blocks.push({
      kind: 'flow',
      indent: 2,
      label: cell(''),
      items: [cell(name, 'strong'), ...addresses.map((address) => cell(address))],
    });
  }
  const more = found.length - TARGETS_SHOWN;
  if (more > 0) {
    const cells = [cell(`… and ${plural(more, 'target')} more (--json lists all)`, 'quiet')];
    blocks.push({ kind: 'line', indent: 2, cells });
  }
  return blocks;
}

const PARAMETER_COLUMNS: readonly Column[] = [
  { head: 'key', align: 'left', priority: 0 },
  { head: 'offered by', align: 'left', priority: 5 },
  { head: 'initiator', align: 'left', priority: 2, least: 9 },
  { head: 'target', align: 'left', priority: 2, least: 9 },
  { head: 'result', align: 'left', priority: 1, least: 9 },
  { head: 'rule', align: 'left', priority: 4 },
  { head: 'source', align: 'left', priority: 3, least: 20 },
];
/** Told above, and too long for a table. */
const NAMES: ReadonlySet<string> = new Set([
  'InitiatorName',
  'TargetName',
  'InitiatorAlias',
  'TargetAlias',
]);

function parameterBlocks({ parameters }: LoginStory): Block[] {
  const told = parameters.filter((p) => !NAMES.has(p.key));
  if (told.length === 0) return [];
  return [
    BLANK,
    { kind: 'heading', text: 'Parameters', note: 'what was said last, and what is in force' },
    {
      kind: 'table',
      columns: PARAMETER_COLUMNS,
      rows: told.map(parameterRow),
    },
  ];
}

function parameterRow(p: Parameter): Cell[] {
  const tone: Tone = p.source === 'default' ? 'quiet' : p.source === 'inferred' ? 'warn' : 'plain';
  const said = (value: string | undefined): Cell =>
    value === undefined ? nothing() : asSent(value, tone);
  const inForce =
    p.initiatorInForce === undefined && p.targetInForce === undefined
      ? said(p.result === undefined ? undefined : bounded(p, p.result))
      : cell(
          `initiator ${bounded(p, p.initiatorInForce)}, target ${bounded(p, p.targetInForce)}`,
          tone,
        );
  return [
    cell(p.key, tone === 'quiet' ? 'quiet' : 'strong'),
    cell(p.offeredBy ?? NOTHING, 'quiet'),
    said(p.initiator),
    said(p.target),
    inForce,
    cell(p.rule ?? NOTHING, 'quiet'),
    cell(`${p.source}${p.renegotiated ? ', again' : ''}${proofText(p)}`, tone),
  ];
}

/** "at least 65536": a bound is no value. */
function bounded(p: Parameter, value: string | undefined): string {
  return value === undefined ? '?' : p.bound === undefined ? value : `${p.bound} ${value}`;
}

function proofText(p: Parameter): string {
  if (p.because === undefined) return '';
  return `: ${p.because}${p.inferredFrame === undefined ? '' : ` (frame ${p.inferredFrame})`}`;
}

const DIFF_COLUMNS: readonly Column[] = [
  { head: '', align: 'left', priority: 0 },
  { head: 'what', align: 'left', priority: 0 },
  { head: 'first', align: 'left', priority: 0 },
  { head: 'second', align: 'left', priority: 0 },
];

/** Margin, sign, and the gaps between four columns. */
const DIFF_FRAME = 11;

/** Two logins side by side: what differs is marked, and comes with a sign too, not colour alone. */
export function diffBlocks(
  a: LoginStory,
  b: LoginStory,
  rows: readonly DiffRow[],
  width: number,
): Block[] {
  const names = Math.max(...rows.map((row) => row.name.length));
  const half = Math.max(8, Math.floor((width - names - DIFF_FRAME) / 2));
  const said = (text: string, tone: Tone): Cell =>
    asSent(text === '' ? NOTHING : shorten(text, half), tone);
  const differing = rows.filter((row) => row.differs).length;
  return [
    {
      kind: 'heading',
      text: `Logins of C${a.connection} and C${b.connection}`,
      note: differing === 0 ? 'nothing differs' : `${differing} of ${rows.length} differ`,
    },
    {
      kind: 'table',
      columns: DIFF_COLUMNS.map((column, i) => ({
        ...column,
        head: i < 2 ? column.head : `C${i === 2 ? a.connection : b.connection}`,
      })),
      rows: rows.map((row) => {
        const tone: Tone = row.differs ? 'warn' : 'quiet';
        return [
          cell(row.differs ? '≠' : ' ', tone),
          cell(row.name, row.differs ? 'strong' : 'quiet'),
          said(row.a, tone),
          said(row.b, tone),
        ];
      }),
    },
  ];
}

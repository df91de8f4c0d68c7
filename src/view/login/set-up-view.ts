// What two ends said before commands could flow, as a ladder: MPA and Hello before an iSER login; special
// frames, CBIND, FLOGI, PLOGI and PRLI of Fibre Channel.

import { durationText, plural } from '../../lib/number-text.js';
import type { FabricLogin, SetUpStep } from '../../report/ladder/fabric-login.js';
import { BLANK, type Block, cell, type Tone } from '../cells.js';
import { secondsText } from '../format.js';
import { laneHead, type Rung, rungLine } from '../ladder/lane.js';

const LABEL = 9;

export function fabricLoginBlocks(login: FabricLogin, width: number): Block[] {
  const items = [
    cell(`S${login.session}`),
    cell(`${login.carrier} L${login.link}`),
    cell(login.initiator, 'strong'),
    cell(`→ ${login.target}`, 'strong'),
  ];
  const outcome = [cell(login.outcome, outcomeTone(login))];
  if (login.steps.length > 0) outcome.push(cell(`begun at ${secondsText(login.startedNs)} s`));
  const took = durationText(Math.max(0, login.endedNs - login.startedNs));
  return [
    {
      kind: 'heading',
      text: `Login of S${login.session}: ${login.outcome}`,
      note: login.steps.length > 0 ? `${took}, ${plural(login.steps.length, 'step')}` : undefined,
    },
    { kind: 'flow', indent: 2, label: cell('who'.padEnd(LABEL), 'quiet'), items },
    { kind: 'flow', indent: 2, label: cell('outcome'.padEnd(LABEL), 'quiet'), items: outcome },
    ...(login.steps.length === 0 ? [] : [BLANK, laneHead(width)]),
    ...setUpRungs(login.steps, login.startedNs).map((rung) => rungLine(rung, width)),
  ];
}

function outcomeTone({ outcome }: FabricLogin): Tone {
  if (outcome === 'accepted') return 'good';
  return outcome === 'not captured' ? 'quiet' : 'bad';
}

/** A rung a step, and one where there was no answer. */
export function setUpRungs(steps: readonly SetUpStep[], startNs: number): Rung[] {
  let before = startNs;
  return steps.flatMap((step): Rung[] => {
    const { frame, timeNs, from, name, words, refused, unanswered } = step;
    const afterNs = Math.max(0, timeNs - before);
    before = timeNs;
    const sinceNs = timeNs - startNs;
    const tone = refused ? 'bad' : 'strong';
    const details = [cell(words.join(', '), refused ? 'bad' : 'plain')];
    const rung: Rung = { sinceNs, afterNs, frame, way: from, label: name, tone, details };
    if (!unanswered) return [rung];
    const label = 'no answer';
    return [rung, { sinceNs, afterNs: 0, frame: 0, way: 'none', label, tone: 'warn', details: [] }];
  });
}

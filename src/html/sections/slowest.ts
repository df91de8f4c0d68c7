// The slowest commands: the table, and of each what it was, its ladder and where its time went.

import { countText, durationText, plural } from '../../lib/number-text.js';
import type { CommandLadder } from '../../report/ladder/command-ladder.js';
import { Outcome } from '../../scsi/task.js';
import type { CommandRecord } from '../../scsi/task-facts.js';
import { commandTitle, factBlocks, rungsOf } from '../../view/ladder/command-view.js';
import { slowestBlocks } from '../../view/operations-view.js';
import { blocksMarkup } from '../blocks.js';
import { ladderChart } from '../charts/ladder.js';
import { phaseChart } from '../charts/phases.js';
import { fitting, html, type Markup, NO_MARKUP } from '../markup.js';
import type { Ladders, ReportSource } from '../source.js';

const CARDS_CHARS = 350_000;
const CARDS_SHOWN = 20;
/** The first are open. */
const OPEN = 3;
/** Rows of the tables. */
const ROWS_SHOWN = 200;

export function slowestMarkup({ report }: ReportSource, ladders: Ladders): Markup {
  const { slowest, open } = report;
  if (slowest.length === 0 && open.length === 0) return NO_MARKUP;
  const cut = { ...report, slowest: slowest.slice(0, ROWS_SHOWN), open: open.slice(0, ROWS_SHOWN) };
  const found = [...open.slice(0, OPEN), ...slowest.slice(0, CARDS_SHOWN)].flatMap((record) => {
    const ladder = ladderOf(record, ladders);
    return ladder === undefined ? [] : [ladder];
  });
  const { shown } = fitting(found, CARDS_CHARS, (ladder, i) => commandCard(ladder, '', i < OPEN));
  // The first heading is the section's.
  const named = slowest.length > 0 ? slowestBlocks(cut).slice(1) : slowestBlocks(cut);
  const wanted = Math.min(CARDS_SHOWN, slowest.length);
  const kept = slowest.slice(0, CARDS_SHOWN).filter((record) => ladders.keeps(record.command));
  const missing = wanted - kept.length;
  const heading =
    shown.length > 0
      ? html`<h3>Ladders <small>initiator on the left, target on the right; room between two steps is time</small></h3>`
      : NO_MARKUP;
  const left =
    missing > 0
      ? html`<p class="fact">Ladders of ${countText(missing)} of the slowest are not here: the capture is long, and its last
commands were kept. <code>sanscope command --slowest ${wanted}</code> draws them all.</p>`
      : NO_MARKUP;
  return html`${blocksMarkup(named)}${left}${heading}
${shown}`;
}

function ladderOf(record: CommandRecord, ladders: Ladders): CommandLadder | undefined {
  return record.command === undefined ? undefined : ladders.command(record.command);
}

export function commandCard(ladder: CommandLadder, before: string, open = false): Markup {
  const title = commandTitle(ladder);
  const state = open ? html` open` : NO_MARKUP;
  const more =
    ladder.tcpLeftOut > 0
      ? html`<p class="fact">… and ${plural(ladder.tcpLeftOut, 'TCP event')} more</p>`
      : NO_MARKUP;
  return html`<details class="card"${state}><summary>${before}${title} <span class="quiet">${took(ladder)}</span></summary>
${blocksMarkup(factBlocks(ladder))}
${ladderChart(rungsOf(ladder), `Ladder of ${title}`)}${more}
${phaseChart(ladder.phases)}</details>
`;
}

function took({ task, latencyNs, endNs }: CommandLadder): string {
  const frames = task.commandFrame > 0 ? ` · #${task.commandFrame}–${task.endFrame}` : '';
  const session = `S${task.session}`;
  if (latencyNs >= 0) {
    return `${task.statusBound ? 'at most ' : ''}${durationText(latencyNs)} · ${session}${frames}`;
  }
  const age = durationText(Math.max(0, endNs - task.commandNs));
  const open = task.outcome === Outcome.open;
  return `${open ? `open for ${age} at the end` : `without status after ${age}`} · ${session}${frames}`;
}

// What went wrong: each incident with when it was, what it rests on, the PDUs that prove it and the first
// command (or login) that it concerns.

import { pduWords, provingPdu } from '../../case/pdus.js';
import type { Finding, Incident } from '../../findings/finding.js';
import { plural } from '../../lib/number-text.js';
import { operationText } from '../../scsi/task-facts.js';
import { cell } from '../../view/cells.js';
import { alike, findingWhere, ground } from '../../view/findings-view.js';
import { secondsText } from '../../view/format.js';
import type { Rung } from '../../view/ladder/lane.js';
import { loginRungs } from '../../view/login/login-view.js';
import { incidentWhen } from '../../view/verdict-view.js';
import { pduOf } from '../../wire/iscsi/pdus.js';
import { leftOut } from '../blocks.js';
import { incidentChart } from '../charts/incident.js';
import { ladderChart } from '../charts/ladder.js';
import { fitting, html, type Markup, NO_MARKUP } from '../markup.js';
import type { Ladders, ReportSource } from '../source.js';
import { commandCard } from './slowest.js';

const INCIDENTS_CHARS = 450_000;
const NOTES_CHARS = 150_000;
/** Findings of an incident that have a command's ladder beside their proof. */
const COMMANDS_SHOWN = 3;
/** Packets of a finding that are drawn. */
const PROOFS_SHOWN = 10;
/** Findings of an incident: the cause, and what followed. */
const FINDINGS_SHOWN = 12;
const INCIDENTS_SHOWN = 200;

/** All packets that the incidents of a report may ask ladders for. */
export function provingFrames({ incidents, findings }: ReportSource['report']): Set<number> {
  const shown = incidents.slice(0, INCIDENTS_SHOWN);
  return new Set(
    shown.flatMap((incident) =>
      incident.findings
        .slice(0, FINDINGS_SHOWN * PROOFS_SHOWN)
        .flatMap((index) => findings[index].frames.slice(0, PROOFS_SHOWN)),
    ),
  );
}

export function incidentsMarkup(source: ReportSource, ladders: Ladders): Markup {
  const wrong = source.report.incidents.filter(({ severity }) => severity !== 'note');
  return listed(wrong, INCIDENTS_CHARS, (one) => incidentMarkup(one, source, ladders));
}

export function notesMarkup(source: ReportSource, ladders: Ladders): Markup {
  const notes = source.report.incidents.filter(({ severity }) => severity === 'note');
  return listed(notes, NOTES_CHARS, (one) => incidentMarkup(one, source, ladders));
}

function listed(
  incidents: readonly Incident[],
  chars: number,
  markupOf: (one: Incident) => Markup,
): Markup {
  if (incidents.length === 0) return NO_MARKUP;
  const { shown, left } = fitting(incidents, chars, markupOf);
  return html`${shown}${leftOut(left, 'more', 'sanscope report --json')}`;
}

function incidentMarkup(incident: Incident, source: ReportSource, ladders: Ladders): Markup {
  const { report } = source;
  const { severity, title, text, next } = incident;
  const groups = alike(incident.findings.map((index) => report.findings[index]));
  const all = groups.slice(0, FINDINGS_SHOWN).flat();
  const chart =
    severity === 'note' ? NO_MARKUP : incidentChart(all, report.load, report.capture.spanNs);
  return html`<article class="incident ${severity}">
<h3><span class="badge ${severity}">${severity}</span>${title}</h3>
<p class="fact">${incidentWhen(incident, report)}</p>
<p class="prose">${text}</p>
<p class="prose next"><b>Next:</b> ${next}</p>
${chart}${groups.slice(0, FINDINGS_SHOWN).map((group, i) => findingMarkup(group, i, source, ladders))}
${moreFindings(groups.length - FINDINGS_SHOWN)}</article>
`;
}

function moreFindings(left: number): Markup {
  return left > 0
    ? html`<p class="fact">… and ${plural(left, 'finding')} more of it</p>`
    : NO_MARKUP;
}

/** The cause is open, what followed is to be opened. */
function findingMarkup(
  group: readonly Finding[],
  place: number,
  source: ReportSource,
  ladders: Ladders,
): Markup {
  const [f] = group;
  const head =
    place === 0
      ? html`Proof <span class="quiet">${f.id}</span>`
      : html`Led to <span class="badge ${f.severity}">${f.severity}</span>${f.title} <span class="quiet">${f.id}</span>`;
  const said = place === 0 ? NO_MARKUP : html`<p class="prose">${f.text}</p>`;
  const open = place === 0 && f.severity !== 'note' ? html` open` : NO_MARKUP;
  return html`<details${open}><summary>${head}</summary>
<p class="fact">${findingWhere(group).join(' · ')}</p>
${said}<p class="prose fact">${ground(f)}</p>
${proofMarkup(group, source, ladders, place < COMMANDS_SHOWN)}</details>
`;
}

const ONE_AND_OTHER = ['one end', 'other end'] as const;

interface ProofRow {
  readonly pdu: number;
  readonly finding: Finding;
  readonly frame: number;
}

function proofMarkup(
  group: readonly Finding[],
  source: ReportSource,
  ladders: Ladders,
  withCommand: boolean,
): Markup {
  const { pdus } = source.keeper;
  const rows = group
    .flatMap((finding) =>
      finding.frames.flatMap((frame): ProofRow[] => {
        const pdu = provingPdu(source.keeper, finding, ladders.pdus(frame));
        return pdu === undefined ? [] : [{ pdu, finding, frame }];
      }),
    )
    .sort((a, b) => pdus.timeNs(a.pdu) - pdus.timeNs(b.pdu) || a.pdu - b.pdu)
    .filter(({ pdu }, i, all) => pdu !== all[i - 1]?.pdu)
    .slice(0, PROOFS_SHOWN);
  const login = ladders.login(group.flatMap(({ frames }) => frames));
  if (login !== undefined) {
    const words = `Login of connection ${login.connection}: ${login.login.outcome}`;
    return html`<p class="fact">${words}</p>${ladderChart(loginRungs(login.login), words)}`;
  }
  if (rows.length === 0) return NO_MARKUP;
  const first = pdus.timeNs(rows[0].pdu);
  // Of what is no command's (logins of Fibre Channel, iSNS) nobody is initiator or target.
  const sided = rows.every(({ pdu }) => pdus.protocol(pdu) === 0 || pdus.task(pdu) >= 0);
  const ends = sided ? undefined : ONE_AND_OTHER;
  const rungs = rows.map((row, i) => proofRung(row, first, rows[i - 1], sided, source));
  const words = `PDUs in the packets that prove it, from ${secondsText(first)} s on`;
  const task = rows.map(({ pdu }) => pdus.task(pdu)).find((one) => one >= 0);
  const ladder = task === undefined || !withCommand ? undefined : ladders.command(task);
  const whole =
    ladder === undefined ? NO_MARKUP : commandCard(ladder, 'The first command of them: ');
  return html`<p class="fact">${words}</p>${ladderChart(rungs, words, ends)}${whole}`;
}

function proofRung(
  { pdu, finding, frame }: ProofRow,
  firstNs: number,
  before: ProofRow | undefined,
  sided: boolean,
  { keeper }: ReportSource,
): Rung {
  const { pdus, tasks } = keeper;
  const timeNs = pdus.timeNs(pdu);
  const task = pdus.task(pdu);
  const { key } = pduOf(pdus.opcode(pdu));
  const field = finding.proof.find((one) => one.pdu === key)?.field;
  const details = [
    finding.session === undefined ? '' : `S${finding.session}`,
    task < 0 ? '' : operationText(tasks.operation(task)),
    field === undefined ? '' : `look at ${field}`,
  ];
  return {
    sinceNs: timeNs - firstNs,
    afterNs: before === undefined ? 0 : timeNs - pdus.timeNs(before.pdu),
    frame,
    way: (sided ? pdus.fromInitiator(pdu) : (pdus.direction(pdu) & 1) === 0)
      ? 'initiator'
      : 'target',
    label: pduWords(keeper, pdu),
    tone: 'strong',
    details: [cell(details.filter(Boolean).join(', '))],
  };
}

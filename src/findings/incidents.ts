// Findings as stories: a cause, and under it what followed from it. A finding follows from another where
// the rule says that such a thing may (FindingText.leadsTo), it concerns the same two ends, and it does
// not come before. Causes of one kind between the same ends are one story.

import { INCIDENT_FOLLOWS_NS } from '../limits.js';
import type { Session } from '../session/model.js';
import { type Finding, type Incident, SEVERITIES } from './finding.js';
import { leadsTo, unexplained } from './rules.js';

/** Of a session, what tells whom it is between. */
type Ends = Pick<Session, 'initiatorName' | 'initiatorAddress' | 'targetName' | 'targetAddress'>;

/** Consequences told in the text of a story. */
const TOLD = 4;

/** Findings, each with what is to be said where nothing explains it; and the stories that they make. */
export interface Told {
  readonly findings: readonly Finding[];
  /** The gravest first; each finding stands in one of them. */
  readonly incidents: readonly Incident[];
}

export function toldOf(found: readonly Finding[], sessions: readonly Ends[]): Told {
  const ends = found.map((finding) => endsOf(finding, sessions));
  const causes = causesOf(found, ends);
  const findings = found.map(({ because: _, leads: __, explained = false, ...finding }, i) => {
    const more = causes[i] < 0 && !explained ? unexplained(finding.id) : '';
    return more === '' ? finding : { ...finding, text: `${finding.text} ${more}` };
  });
  const stories = new Map<string, Set<number>>();
  findings.forEach((_, i) => {
    const root = rootOf(i, causes);
    const key = `${findings[root].id} ${findings[root].owes} ${ends[root]}`;
    const story = stories.get(key);
    if (story === undefined) stories.set(key, new Set([root, i]));
    else story.add(root).add(i);
  });
  // The list of findings is sorted by severity; a story is as grave as its gravest.
  const all = [...stories.values()].map((members) => incidentOf([...members], findings, causes));
  const incidents = SEVERITIES.flatMap((severity) =>
    all.filter((one) => one.severity === severity),
  );
  return { findings, incidents };
}

/** The two ends that a finding is about: '' where it is about the capture. */
function endsOf(finding: Finding, sessions: readonly Ends[]): string {
  const session = sessions[finding.session ?? -1];
  if (session === undefined) return '';
  const initiator = session.initiatorName || session.initiatorAddress;
  return `${initiator} ${session.targetName || session.targetAddress}`;
}

/** By finding, what it follows from: -1 nothing. */
function causesOf(findings: readonly Finding[], ends: readonly string[]): number[] {
  /** By the id of what may follow and the ends: those that may have caused it. */
  const leading = new Map<string, number[]>();
  findings.forEach((finding, i) => {
    for (const id of finding.leads ?? leadsTo(finding.id)) {
      const key = `${id} ${ends[i]}`;
      const list = leading.get(key);
      if (list === undefined) leading.set(key, [i]);
      else list.push(i);
    }
  });
  return findings.map((effect, i) => {
    if (effect.because === 'nothing') return -1;
    const proved = provedCause(effect, findings);
    if (proved >= 0) return proved;
    const same = leading.get(`${effect.id} ${ends[i]}`) ?? [];
    const all = ends[i] === '' ? same : [...same, ...(leading.get(`${effect.id} `) ?? [])];
    return nearestOf(i, all, findings);
  });
}

/** What its rule says that it follows from, of any two ends; -1 where it says nothing, or that is not told. */
function provedCause({ because }: Finding, findings: readonly Finding[]): number {
  if (because === undefined || because === 'nothing') return -1;
  const { id, session } = because;
  return findings.findIndex((cause) => cause.id === id && cause.session === session);
}

/** Of all that it may follow from: of its own session rather than another, then the last before it. */
function nearestOf(effect: number, all: readonly number[], findings: readonly Finding[]): number {
  let best = -1;
  for (const cause of all) {
    if (cause === effect || !inTime(findings[effect], findings[cause])) continue;
    if (best < 0 || nearer(findings[cause], findings[best], findings[effect])) best = cause;
  }
  return best;
}

/** It does not end before its cause begins, and begins while the cause may still be felt. */
function inTime(effect: Finding, cause: Finding): boolean {
  if (effect.fromNs === undefined || cause.fromNs === undefined) return true;
  const { fromNs, toNs = fromNs } = effect;
  return cause.fromNs <= toNs && fromNs <= (cause.toNs ?? cause.fromNs) + INCIDENT_FOLLOWS_NS;
}

function nearer(one: Finding, best: Finding, effect: Finding): boolean {
  const own = (f: Finding) => (f.session === effect.session ? 1 : 0);
  if (own(one) !== own(best)) return own(one) > own(best);
  const rank = (f: Finding) => SEVERITIES.indexOf(f.severity);
  if (one.session !== best.session || one.id === best.id) {
    return (one.fromNs ?? 0) > (best.fromNs ?? 0);
  }
  return rank(one) < rank(best);
}

/** The first cause; of two that each may lead to the other, the one met first. */
function rootOf(finding: number, causes: readonly number[]): number {
  const seen = new Set<number>();
  let at = finding;
  while (causes[at] >= 0 && !seen.has(at)) {
    seen.add(at);
    at = causes[at];
  }
  return at;
}

function incidentOf(
  members: readonly number[],
  findings: readonly Finding[],
  causes: readonly number[],
): Incident {
  const since = (i: number) => findings[i].fromNs ?? 0;
  const roots = members
    .filter((i) => causes[i] < 0)
    .sort((a, b) => rankOf(findings[a]) - rankOf(findings[b]) || since(a) - since(b));
  const [first = members[0]] = roots;
  const root = findings[first];
  const effects = members
    .filter((i) => i !== first && !roots.includes(i))
    .sort((a, b) => (findings[a].fromNs ?? 0) - (findings[b].fromNs ?? 0));
  const all = members.map((i) => findings[i]);
  const times = all.flatMap(({ fromNs, toNs }) =>
    fromNs === undefined ? [] : [fromNs, toNs ?? fromNs],
  );
  const more = Math.max(1, roots.length);
  const sessions = all.flatMap(({ session }) => (session === undefined ? [] : [session]));
  return {
    title: more === 1 ? root.title : `${root.title} (${more} times in all)`,
    severity: all.reduce((worst, f) => (rankOf(f) < rankOf(worst) ? f : worst), root).severity,
    owes: root.owes,
    text: [root.text, ledTo(effects.map((i) => findings[i]))].filter(Boolean).join(' '),
    next: root.next,
    ...(times.length === 0
      ? {}
      : { fromNs: root.fromNs ?? Math.min(...times), toNs: Math.max(...times) }),
    sessions: [...new Set(sessions)].sort((a, b) => a - b),
    findings: [first, ...roots.filter((i) => i !== first), ...effects],
  };
}

function rankOf(finding: Finding): number {
  return SEVERITIES.indexOf(finding.severity);
}

/** "It led to: 3 commands lost with the connection; a new login …": what people will have noticed. */
function ledTo(effects: readonly Finding[]): string {
  const titles = [...new Set(effects.filter((f) => f.severity !== 'note').map((f) => f.title))];
  if (titles.length === 0) return '';
  const told = titles.slice(0, TOLD);
  if (titles.length > TOLD) told.push(`${titles.length - TOLD} more`);
  return `It led to: ${told.join('; ')}.`;
}

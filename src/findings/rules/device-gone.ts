// Logical units that are gone for good (PDL), targets that are silent on all paths (APD), LUNs that
// never were there, and lists of LUNs that change.

import { hex64 } from '../../lib/hex.js';
import { durationText, plural } from '../../lib/number-text.js';
import { Outcome } from '../../scsi/task.js';
import type { Session } from '../../session/model.js';
import { loginStatusName } from '../../wire/iscsi/codes.js';
import { ascText } from '../../wire/scsi/asc.js';
import { type Facts, groupedBy, storiesOf } from '../facts.js';
import type { Found } from '../finding.js';
import { inOrder, type Rule, when } from '../rule.js';
import { unitOf } from '../support/units.js';
import { badTasks } from '../watch/bad-tasks.js';
import type { LunWatch } from '../watch/lun-watch.js';
import { luns as lunWatches } from '../watch/luns.js';

/** A target that is silent this long, with commands open, is no slow target: ESXi calls APD after 140 s. */
const SILENT_NS = 5e9;
/** Sense codes that say "gone for good" to VMware hosts (Broadcom KB 318712), beside 05/25/00. */
const GONE: readonly (readonly [number, number, number])[] = [
  [4, 0x3e, 0x01],
  [4, 0x3e, 0x03],
  [4, 0x4c, 0x00],
];

export const deviceGone: Rule = {
  id: 'device-gone',
  about:
    'A LUN that was used and then does not exist any more (05/25/00 on all its paths, or sense codes ' +
    'of a failed unit: permanent device loss), a target that answers on no path and says nothing (all ' +
    'paths down), a LUN that was never there, and answers of REPORT LUNS that differ.',
  tells: {
    'device-lost': {
      question: 'Gone for good, or silent',
      owes: 'target',
      leadsTo: ['check-condition', 'lun-missing', 'luns-changed', 'commands-aborted'],
      about:
        'The logical unit was used before, and the target now says that it does not exist or failed.',
      reference: 'SPC (05/25/00, 04/3E/01, 04/3E/03, 04/4C/00); Broadcom KB 318712 (PDL)',
      confidence: 'likely',
      proof: ['scsi-response.status'],
      disproof: 'The same LUN answering on another path, or later.',
      next: 'See at the storage whether the LUN was unmapped, deleted or failed; then remove it at the host.',
    },
    'target-removed': {
      question: 'Gone for good, or silent',
      owes: 'target',
      leadsTo: ['login-failed'],
      about:
        'A host that had used the target is refused at login: the target does not exist any more for it.',
      reference:
        'RFC 7143 11.13.5 (0203, 0204, 0202); Broadcom KB 318712 (PDL of targets with one LUN)',
      confidence: 'likely',
      proof: ['login-response.statusClass', 'login-response.statusDetail'],
      disproof: 'A login of the same host to the same target that is accepted later.',
      next: 'See at the storage whether the target was deleted, renamed, or its access list changed.',
    },
    'all-paths-down': {
      question: 'Gone for good, or silent',
      about: 'No session of the host to the target gets an answer any more, and nothing says why.',
      reference: 'Broadcom KB 318712 (APD)',
      confidence: 'likely',
      proof: ['scsi-command.initiatorTaskTag'],
      disproof: 'A path that was not captured and works.',
      next: 'See network and target: ports, switches, routes, then the target itself. The device may come back.',
    },
    'lun-missing': {
      question: 'LUNs that are not there, lists that change',
      about: 'Commands to a LUN that does not exist for this initiator.',
      reference: 'SPC (05/25/00 LOGICAL UNIT NOT SUPPORTED)',
      confidence: 'certain',
      proof: ['scsi-command.lun', 'scsi-response.status'],
      disproof: 'Nothing: the sense data is the target’s own word.',
      next: 'Often a probe (LUN 0); else compare the host’s LUN number with the target’s mapping.',
    },
    'luns-changed': {
      question: 'LUNs that are not there, lists that change',
      owes: 'target',
      leadsTo: ['lun-missing', 'unit-attention'],
      about: 'REPORT LUNS named other LUNs than before, in one session.',
      reference: 'SPC (REPORT LUNS)',
      confidence: 'certain',
      proof: ['scsi-command.cdb'],
      disproof: 'Another SELECT REPORT or a shorter allocation length (these are left out).',
      next: 'See the mapping at the storage of that time; hosts must rescan.',
    },
  },
  watches: [badTasks, lunWatches],
  find(facts) {
    return [
      ...missing(facts),
      ...failedUnits(facts),
      ...removed(facts),
      ...pathsDown(facts),
      ...facts.sessions.flatMap(changed),
    ];
  },
};

/** 05/25/00: gone where it was used before and no path to it works, else never there. */
function missing(facts: Facts): Found[] {
  const { all: luns } = facts.evidence.of(lunWatches);
  const met = luns.filter((lun) => lun.unsupported.count > 0);
  if (met.length === 0) return [];
  const keyOf = (lun: LunWatch) => unitOf(facts, lun.session, hex64(lun.lunHigh, lun.lunLow));
  const units = groupedBy(luns, keyOf);
  return met.flatMap((lun) => ofLun(lun, units.get(keyOf(lun)) ?? []));
}

/** `paths`: the same logical unit as all sessions see it. */
function ofLun(lun: LunWatch, paths: readonly LunWatch[]): Found[] {
  const { unsupported, goodBefore, goodAfter, session } = lun;
  const key = hex64(lun.lunHigh, lun.lunLow);
  const base = {
    count: unsupported.count,
    frames: unsupported.frames,
    session,
    lun: key,
    ...when(unsupported),
  };
  const alive = paths.filter(
    (o) => o !== lun && o.lastGoodNs > unsupported.firstNs && o.unsupported.count === 0,
  );
  if (goodBefore === 0) return [{ ...base, ...neverThere(lun) }];
  if (goodAfter > 0) return [];
  const ways = alive.length === 0 ? 'on all paths that were captured' : 'on this path';
  return [
    {
      ...base,
      id: 'device-lost',
      severity: 'critical',
      title: `The LUN is gone: it was used, and does not exist any more ${ways}`,
      text:
        `${plural(goodBefore, 'command')} of it were executed before. Then ILLEGAL REQUEST, ` +
        `${ascText(0x25, 0)}. ` +
        (alive.length === 0
          ? 'That is permanent device loss (PDL): hosts give the device up.'
          : `${plural(alive.length, 'other path')} still answers: only this mapping was taken away.`),
      values: { commandsBefore: goodBefore, pathsAlive: alive.length },
    },
  ];
}

function neverThere({ unsupported }: LunWatch): Pick<Found, 'id' | 'severity' | 'title' | 'text'> {
  return {
    id: 'lun-missing',
    severity: 'note',
    title: `${plural(unsupported.count, 'command')} to a LUN that does not exist`,
    text: 'It was not used before in the session: a probe, or a LUN that was never mapped to this host.',
  };
}

function failedUnits(facts: Facts): Found[] {
  return [...facts.evidence.of(badTasks).groups.values()].flatMap((group) => {
    const { outcome, senseKey, asc, ascq, session, count, frames } = group;
    const gone = GONE.some(([k, a, q]) => k === senseKey && a === asc && q === ascq);
    if (outcome !== Outcome.checkCondition || !gone) return [];
    return [
      {
        id: 'device-lost',
        severity: 'critical' as const,
        title: `The logical unit failed: ${ascText(asc, ascq)}`,
        text: `${plural(count, 'command')} ended with HARDWARE ERROR. Hosts take this for permanent device loss (PDL).`,
        count,
        frames: inOrder(frames),
        session,
        lun: hex64(group.lunHigh, group.lunLow),
        ...when(group),
        values: { senseKey, asc, ascq },
      },
    ];
  });
}

/** Not allowed, not found, removed. */
const REMOVED: ReadonlySet<number> = new Set([0x0202, 0x0203, 0x0204]);

function removed(facts: Facts): Found[] {
  const told = new Set<string>();
  const keyOf = ({ initiatorName, targetName }: Session) => `${initiatorName} ${targetName}`;
  const used = groupedBy(
    facts.sessions.filter((session) => session.tasks > 0),
    keyOf,
  );
  return facts.stories.flatMap((story) => {
    const { login, session: id, connection } = story;
    const session = facts.sessions[id];
    if (login?.outcome !== 'rejected' || session === undefined) return [];
    if (!REMOVED.has(login.statusClass * 256 + login.statusDetail)) return [];
    const key = keyOf(session);
    const same = used.get(key) ?? [];
    const before = same.some((other) => other.startedNs < login.startedNs);
    const back = same.some((other) => other.startedNs > login.startedNs);
    if (!before || back || told.has(key)) return [];
    told.add(key);
    return [
      {
        id: 'target-removed',
        severity: 'critical' as const,
        title: 'The target was used, and now refuses the host’s login',
        text: `${loginStatusName(login.statusClass, login.statusDetail)}, after ${plural(same.length, 'session')} that worked.`,
        count: 1,
        frames: inOrder([login.steps.at(-1)?.frame ?? 0]),
        session: id,
        connection: connection.id,
        fromNs: login.startedNs,
        toNs: login.endedNs,
        values: { statusClass: login.statusClass, statusDetail: login.statusDetail },
      },
    ];
  });
}

/** By host and target: all sessions ended badly or wait in silence, and none works at the end. */
function pathsDown(facts: Facts): Found[] {
  const pairs = new Map<string, Session[]>();
  for (const session of facts.sessions) {
    if (session.type === 'Discovery' || session.tasks === 0) continue;
    const key = `${session.initiatorName || session.initiatorAddress} ${session.targetName || session.targetAddress}`;
    const list = pairs.get(key);
    if (list === undefined) pairs.set(key, [session]);
    else list.push(session);
  }
  return [...pairs.values()].flatMap((sessions) => down(sessions, facts));
}

function down(sessions: readonly Session[], facts: Facts): Found[] {
  const silences = sessions.map((session) => silenceOf(session, facts));
  if (silences.some((silence) => silence === undefined)) return [];
  const silent = silences.filter((s) => s !== undefined);
  const sinceNs = Math.max(...silent.map((s) => s.sinceNs));
  const waited = silent.reduce((sum, s) => sum + s.open, 0);
  if (waited === 0 || facts.lastNs - sinceNs < SILENT_NS) return [];
  const [first] = sessions;
  return [
    {
      id: 'all-paths-down',
      severity: 'critical',
      title: `The target has been silent for ${durationText(facts.lastNs - sinceNs)}, on all ${plural(sessions.length, 'session')}`,
      text:
        `${plural(waited, 'command')} got no answer; no status, no sense data and no message says why. ` +
        'Nothing tells whether the device comes back: hosts go on trying (all paths down, APD).',
      count: waited,
      frames: inOrder(silent.flatMap((s) => s.frames)),
      session: first.id,
      fromNs: sinceNs,
      toNs: facts.lastNs,
      values: { sessions: sessions.length, commands: waited, silentNs: facts.lastNs - sinceNs },
    },
  ];
}

interface Silence {
  readonly sinceNs: number;
  readonly open: number;
  readonly frames: readonly number[];
}

/** Since when the target says nothing in a session; undefined where it is in order, or was ended so. */
function silenceOf(session: Session, facts: Facts): Silence | undefined {
  if (session.ended === 'logout' || session.reinstatedBy >= 0) {
    // What took its place decides.
    return session.reinstatedBy >= 0 ? { sinceNs: 0, open: 0, frames: [] } : undefined;
  }
  const stories = storiesOf(facts, session.id);
  // Of Fibre Channel nobody says since when a port is silent.
  if (stories.length === 0) return undefined;
  if (stories.some(({ connection: { a, b } }) => a.packets === 0 || b.packets === 0))
    return undefined;
  const sinceNs = Math.max(...stories.map((story) => story.targetLastNs));
  const groups = [...facts.evidence.of(badTasks).groups.values()].filter(
    ({ session: of, outcome }) =>
      of === session.id &&
      (outcome === Outcome.open || outcome === Outcome.lost || outcome === Outcome.aborted),
  );
  const open = groups.reduce((sum, group) => sum + group.count, 0);
  if (open === 0) return undefined;
  return { sinceNs, open, frames: groups.flatMap((group) => group.frames) };
}

function changed(session: Session): Found[] {
  const { reportedLunsChanges: changes } = session;
  if (changes.length === 0) return [];
  const added = new Set(changes.flatMap((change) => change.added));
  const removed = new Set(changes.flatMap((change) => change.removed));
  const names = (luns: ReadonlySet<string>) => [...luns].slice(0, 6).join(', ');
  return [
    {
      id: 'luns-changed',
      severity: removed.size > 0 ? 'warning' : 'note',
      title: `The list of LUNs changed ${plural(changes.length, 'time')}`,
      text:
        `Added: ${added.size === 0 ? 'none' : names(added)}. Taken away: ` +
        `${removed.size === 0 ? 'none' : names(removed)}.`,
      count: changes.length,
      frames: inOrder(changes.map((change) => change.frame)),
      session: session.id,
      fromNs: changes[0].timeNs,
      toNs: changes[changes.length - 1].timeNs,
      values: { added: added.size, removed: removed.size },
    },
  ];
}

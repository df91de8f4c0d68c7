// How an initiator and a target of Fibre Channel came to speak: the tunnel's own greetings (special frames,
// CBIND), the fabric login, N_Port and process login, and what ended them. Plain data.

import type { FcConnection, FcLink, FcNexus, FcRequest, FcStory } from '../../session/fc/model.js';
import { Carrier } from '../../wire/fc/carriers.js';
import { Els, fcidText } from '../../wire/fc/codes.js';
import { FcKind } from '../../wire/fc/kinds.js';
import { refusalOf, requestName } from '../fibre-channel.js';

/** Something that one end said before commands could flow, or its answer. */
export interface SetUpStep {
  readonly frame: number;
  readonly timeNs: number;
  readonly from: 'initiator' | 'target';
  /** "PLOGI", "LS_ACC". */
  readonly name: string;
  readonly words: readonly string[];
  readonly refused: boolean;
  /** It asks, and nothing answered. */
  readonly unanswered: boolean;
}

export interface FabricLogin {
  readonly session: number;
  readonly link: number;
  readonly carrier: string;
  /** WWPNs, or N_Port IDs where no name is known. */
  readonly initiator: string;
  readonly target: string;
  readonly outcome: 'accepted' | 'refused' | 'unanswered' | 'not captured';
  readonly startedNs: number;
  readonly endedNs: number;
  readonly steps: readonly SetUpStep[];
}

const CARRIERS: Readonly<Record<number, string>> = {
  [Carrier.fcip]: 'FCIP',
  [Carrier.ifcp]: 'iFCP',
  [Carrier.fcoe]: 'FCoE',
  [Carrier.raw]: 'FC',
};

const LOGIN_SERVICES: ReadonlySet<number> = new Set(
  [Els.plogi, Els.prli, Els.prlo, Els.logo, Els.adisc, Els.pdisc].map((els) => FcKind.els + els),
);
const FABRIC_SERVICES: ReadonlySet<number> = new Set(
  [Els.flogi, Els.fdisc].map((els) => FcKind.els + els),
);

/** One for each pair of N_Ports that carried FCP, in the order of their sessions. */
export function fabricLogins(fc: FcStory): FabricLogin[] {
  return fc.nexuses.map((nexus) => fabricLogin(fc, nexus));
}

function fabricLogin(fc: FcStory, nexus: FcNexus): FabricLogin {
  const link = fc.links.find(({ id }) => id === nexus.link);
  const own = fc.requests.filter((r) => r.link === nexus.link && isOf(r, nexus, link));
  const steps = [...greetings(link), ...own.flatMap((r) => requestSteps(r, nexus))].sort(
    (a, b) => a.timeNs - b.timeNs || a.frame - b.frame,
  );
  const logins = own.filter((r) => r.kind === PLOGI || r.kind === PRLI);
  // What came later (ADISC, LOGO) is shown, and took no part of the login's time.
  const endedNs = Math.max(0, ...logins.map((r) => Math.max(r.timeNs, r.endNs)));
  const startedNs = steps[0]?.timeNs ?? 0;
  return {
    session: nexus.session,
    link: nexus.link,
    carrier: CARRIERS[link?.carrier ?? Carrier.raw],
    initiator: nexus.initiator.portName || fcidText(nexus.initiator.id),
    target: nexus.target.portName || fcidText(nexus.target.id),
    outcome: outcomeOf(logins),
    startedNs,
    endedNs: Math.max(startedNs, endedNs),
    steps,
  };
}

const PLOGI = FcKind.els + Els.plogi;
const PRLI = FcKind.els + Els.prli;

/** One that was refused may have been asked again: what counts is that it came to be. */
function outcomeOf(logins: readonly FcRequest[]): FabricLogin['outcome'] {
  if (logins.length === 0) return 'not captured';
  const process = logins.filter((r) => r.kind === PRLI);
  const last = process.length > 0 ? process : logins;
  if (last.some((r) => r.endNs >= 0 && r.refusedBy === '')) return 'accepted';
  return last.some((r) => r.refusedBy !== '') ? 'refused' : 'unanswered';
}

/** iFCP has a connection a pair, whose N_Port IDs differ by side in translation mode. */
function isOf(r: FcRequest, { initiator, target }: FcNexus, link: FcLink | undefined): boolean {
  if (FABRIC_SERVICES.has(r.kind)) {
    const name = r.fields['portName'];
    return name !== undefined && (name === initiator.portName || name === target.portName);
  }
  if (!LOGIN_SERVICES.has(r.kind)) return false;
  if (link?.carrier === Carrier.ifcp) return true;
  const ends = [r.from, r.to];
  return ends.includes(initiator.id) && ends.includes(target.id);
}

function requestSteps(r: FcRequest, nexus: FcNexus): SetUpStep[] {
  const from = r.from === nexus.target.id ? 'target' : 'initiator';
  const size = r.fields['receiveDataFieldSize'];
  const asks: SetUpStep = {
    frame: r.frame,
    timeNs: r.timeNs,
    from,
    name: requestName(r),
    words: [
      `${fcidText(r.from)} → ${fcidText(r.to)}`,
      typeof size === 'number' && size > 0 ? `takes frames of ${size} bytes` : '',
    ].filter(Boolean),
    refused: false,
    unanswered: r.endNs < 0,
  };
  if (r.endNs < 0) return [asks];
  const refused = r.refusedBy !== '';
  const { reasonText, explanation } = refusalOf(r);
  const answer: SetUpStep = {
    frame: r.endFrame,
    timeNs: r.endNs,
    from: from === 'target' ? 'initiator' : 'target',
    name: refused ? r.refusedBy : 'LS_ACC',
    words: refused
      ? [reasonText, explanation]
      : [`of ${requestName(r)}`, r.kind === PRLI && !r.imagePair ? 'no image pair' : ''].filter(
          Boolean,
        ),
    refused: refused || (r.kind === PRLI && !r.imagePair),
    unanswered: false,
  };
  return [asks, answer];
}

/** The first of them for each connection of the link: who opens it is taken for the initiator's side. */
function greetings(link: FcLink | undefined): SetUpStep[] {
  if (link === undefined) return [];
  return link.connections.flatMap((c) => (c.connection === undefined ? [] : greetingsOf(c)));
}

function greetingsOf(c: FcConnection): SetUpStep[] {
  const specials = c.specialFrames.slice(0, GREETINGS_MAX).map((f): SetUpStep => {
    return step(f.frame, f.timeNs, f.direction === 0, 'special frame', [`C${c.id}`]);
  });
  const binds = c.control
    .filter((m) => m.kind === 'CBIND')
    .slice(0, GREETINGS_MAX)
    .map((m): SetUpStep => {
      const name = m.response ? 'CBIND response' : 'CBIND';
      const words = m.response ? [`C${c.id}`, `status ${m.status}`] : [`C${c.id}`];
      return { ...step(m.frame, m.timeNs, !m.response, name, words), refused: m.status > 0 };
    });
  return [...specials, ...binds];
}

const GREETINGS_MAX = 4;

function step(
  frame: number,
  timeNs: number,
  opener: boolean,
  name: string,
  words: readonly string[],
): SetUpStep {
  const from = opener ? 'initiator' : 'target';
  return { frame, timeNs, from, name, words, refused: false, unanswered: false };
}

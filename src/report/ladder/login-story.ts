// One login as it is shown: its steps, what each key came to, whose session it made. Plain data.

import type { RoadFacts } from '../../findings/facts.js';
import type {
  IscsiConnection,
  Login,
  LoginStep,
  Parameter,
  Session,
  SessionEvent,
} from '../../session/model.js';
import { endpointText } from '../../stream/connection.js';
import { shownPair } from '../../wire/iscsi/secret-text.js';
import type { SetUpStep } from './fabric-login.js';
import { rdmaSetUp } from './rdma-set-up.js';

export interface LoginStory {
  readonly connection: number;
  readonly session: Session | undefined;
  readonly login: Login;
  /** "10.0.0.1:3260" of both ends. */
  readonly initiator: string;
  readonly target: string;
  readonly cid: number;
  /** Of the connection, then those of the session where it leads it. */
  readonly parameters: readonly Parameter[];
  /** Text exchanges of the full feature phase on this connection (SendTargets, renegotiation). */
  readonly texts: readonly SessionEvent[];
  /** Of iSER: what came before it, MPA or the connection manager, and Hello. */
  readonly setUp: readonly SetUpStep[];
}

/** All logins of a capture, in the order in which they began. */
export function loginStories(
  stories: readonly IscsiConnection[],
  sessions: readonly Session[],
  rdma: RoadFacts['rdma'] = [],
): LoginStory[] {
  const facts = new Map(rdma.map(({ connection, facts }) => [connection.id, facts]));
  return stories
    .flatMap((story) => {
      const login = story.login ?? unseenLogin(story, sessions[story.session]);
      if (login === undefined) return [];
      const of = facts.get(story.connection.id);
      const setUp = of === undefined ? [] : rdmaSetUp(of, story.initiatorDirection);
      return [{ ...loginStory(story, login, sessions), setUp }];
    })
    .sort((a, b) => a.login.startedNs - b.login.startedNs || a.connection - b.connection);
}

/** A session that began before the capture has no steps, but parameters that its PDUs prove. */
function unseenLogin(story: IscsiConnection, session: Session | undefined): Login | undefined {
  if (session === undefined || story.parameters.length === 0) return undefined;
  return {
    steps: [],
    startedNs: session.startedNs,
    endedNs: session.startedNs,
    outcome: 'not captured',
    statusClass: -1,
    statusDetail: -1,
    tsih: 0,
    incomplete: true,
  };
}

function loginStory(
  story: IscsiConnection,
  login: Login,
  sessions: readonly Session[],
): Omit<LoginStory, 'setUp'> {
  const session = sessions[story.session];
  const { connection } = story;
  const leads = session?.connections[0] === connection.id;
  const initiatorIsA = story.initiatorDirection !== 1;
  return {
    connection: connection.id,
    session,
    login,
    initiator: endpointText(connection, initiatorIsA ? 'a' : 'b'),
    target: endpointText(connection, initiatorIsA ? 'b' : 'a'),
    cid: story.cid,
    parameters: leads ? [...story.parameters, ...session.parameters] : story.parameters,
    texts: (session?.events ?? []).filter(
      (e) => e.kind === 'text negotiation' && e.connection === connection.id,
    ),
  };
}

/** What a step does for authentication, '' where nothing: RFC 7143 12.1, its steps by name. */
export function authenticationStep(step: LoginStep): string {
  const keys = new Map(step.text);
  const has = (key: string): boolean => keys.has(key);
  const from = step.from;
  if (has('CHAP_R') && has('CHAP_C'))
    return "CHAP: name, response, and the target's challenge (mutual)";
  if (has('CHAP_R')) {
    return from === 'initiator'
      ? 'CHAP: name and response'
      : "CHAP: the target's name and response (mutual)";
  }
  if (has('CHAP_C')) return 'CHAP: algorithm, identifier and challenge';
  if (has('CHAP_A')) return 'CHAP: algorithms offered';
  if (has('SRP_U')) {
    const mutual = keys.get('TargetAuth') === 'Yes' ? ', asks for the target’s proof (mutual)' : '';
    return `SRP: user name${mutual}`;
  }
  if (has('SRP_s')) return 'SRP: groups offered, and salt';
  if (has('SRP_A')) return "SRP: the initiator's public key, and its choice of group";
  if (has('SRP_B')) return "SRP: the target's public key";
  if (has('SRP_HM')) return "SRP: the target's proof";
  if (has('SRP_M')) return "SRP: the initiator's proof";
  if (has('KRB_AP_REQ')) return 'Kerberos: request';
  if (has('KRB_AP_REP')) return 'Kerberos: reply';
  const method = keys.get('AuthMethod');
  if (method === undefined) return '';
  const { value } = shownPair('AuthMethod', method, 'security');
  return `${from === 'initiator' ? 'offers' : 'chooses'} authentication by ${value}`;
}

/** A row of the comparison of two logins. */
export interface DiffRow {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly differs: boolean;
}

/** What two logins came to, side by side: how they went, then key by key. */
export function loginDiff(a: LoginStory, b: LoginStory): DiffRow[] {
  const rows = FACTS.map(([name, of]) => row(name, of(a), of(b)));
  const keys = new Set([...a.parameters, ...b.parameters].map((p) => p.key));
  const text = (story: LoginStory, key: string): string => {
    const p = story.parameters.find((one) => one.key === key);
    return p === undefined ? '' : parameterText(p);
  };
  for (const key of keys) rows.push(row(key, text(a, key), text(b, key)));
  return rows;
}

function row(name: string, a: string, b: string): DiffRow {
  return { name, a, b, differs: a !== b };
}

const FACTS: readonly (readonly [string, (story: LoginStory) => string])[] = [
  ['outcome', ({ login }) => login.outcome],
  ['session type', ({ session }) => session?.type ?? ''],
  ['initiator', ({ session }) => session?.initiatorName ?? ''],
  ['target', ({ session }) => session?.targetName ?? ''],
  ['target portal', ({ target }) => target],
  ['steps', ({ login }) => String(login.steps.length)],
  ['stages', stagesText],
  ['authentication', ({ login }) => login.authMethod ?? ''],
];

/** "0 → 1 → 3", the stages that the target let the initiator pass. */
function stagesText({ login }: LoginStory): string {
  const [first] = login.steps;
  if (first === undefined) return '';
  const passed = login.steps.filter((s) => s.from === 'target' && s.transit && s.statusClass === 0);
  return [first.csg, ...passed.map((s) => s.nsg)].join(' → ');
}

/** What is in force and how that came: "8192 (initiator 262144, target 8192)", "262144 (default)". */
function parameterText(p: Parameter): string {
  const said = (value: string | undefined): string => value ?? '';
  if (p.initiatorInForce !== undefined || p.targetInForce !== undefined) {
    return `initiator ${said(p.initiatorInForce)}, target ${said(p.targetInForce)}`;
  }
  const notes = [
    p.initiator === undefined ? '' : `initiator ${p.initiator}`,
    p.target === undefined ? '' : `target ${p.target}`,
    p.source === 'negotiated' || p.source === 'declared' ? '' : p.source,
  ].filter(Boolean);
  const result = p.result ?? '';
  return notes.length > 0 ? `${result} (${notes.join('; ')})`.trim() : result;
}

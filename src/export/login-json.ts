// A login as one JSON object: its steps with what was said, and what each key came to.

import type { FabricLogin, SetUpStep } from '../report/ladder/fabric-login.js';
import { authenticationStep, type DiffRow, type LoginStory } from '../report/ladder/login-story.js';
import type { LoginStep } from '../session/model.js';
import { loginStatusName } from '../wire/iscsi/codes.js';
import { shownPair, stageOfCsg } from '../wire/iscsi/secret-text.js';
import { LOGIN_SCHEMA } from './schema-names.js';

export function loginJson(story: LoginStory, showSecrets: boolean): string {
  const { login, session } = story;
  return JSON.stringify({
    schema: LOGIN_SCHEMA,
    type: 'login',
    connection: story.connection,
    session: session?.id,
    sessionType: session?.type,
    initiatorName: session?.initiatorName || undefined,
    targetName: session?.targetName || undefined,
    initiator: session?.initiatorName || story.initiator,
    target: session?.targetName || story.target,
    initiatorAddress: story.initiator,
    targetAddress: story.target,
    isid: session?.isid || undefined,
    tsih: session?.tsih,
    cid: story.cid < 0 ? undefined : story.cid,
    loginOutcome: login.outcome,
    statusClass: login.statusClass < 0 ? undefined : login.statusClass,
    statusDetail: login.statusDetail < 0 ? undefined : login.statusDetail,
    statusText:
      login.statusClass < 0 ? undefined : loginStatusName(login.statusClass, login.statusDetail),
    authMethod: login.authMethod,
    redirectedTo: login.redirectedTo,
    incomplete: login.incomplete || undefined,
    setUp: story.setUp.length === 0 ? undefined : story.setUp.map(setUpStep),
    relativeNs: login.startedNs,
    relativeNsEnd: login.endedNs,
    steps: login.steps.map((step) => ({
      frame: step.frame,
      relativeNs: step.timeNs,
      from: step.from,
      csg: step.csg,
      nsg: step.nsg < 0 ? undefined : step.nsg,
      transit: step.transit,
      continue: step.continues || undefined,
      statusClass: step.statusClass < 0 ? undefined : step.statusClass,
      statusDetail: step.statusDetail < 0 ? undefined : step.statusDetail,
      authentication: authenticationStep(step) || undefined,
      keyValues: showSecrets ? step.text : shownText(step),
    })),
    parameters: story.parameters.map((p) => ({
      key: p.key,
      offeredBy: p.offeredBy,
      initiatorValue: p.initiator,
      targetValue: p.target,
      initiatorFrame: p.initiatorFrame || undefined,
      targetFrame: p.targetFrame || undefined,
      result: p.result,
      initiatorInForce: p.initiatorInForce,
      targetInForce: p.targetInForce,
      rule: p.rule,
      source: p.source,
      inferred: p.source === 'inferred' || undefined,
      bound: p.bound,
      because: p.because,
      inferredFrame: p.inferredFrame,
      renegotiated: p.renegotiated || undefined,
    })),
    discovered: session?.discovered.length ? session.discovered : undefined,
    texts: story.texts.length > 0 ? story.texts.map(textOf) : undefined,
  });
}

function shownText({ text, csg }: LoginStep): [string, string][] {
  return text.map((pair) => {
    const { key, value } = shownPair(pair[0], pair[1], stageOfCsg(csg));
    return [key, value];
  });
}

function textOf(event: LoginStory['texts'][number]): Record<string, unknown> {
  return {
    frame: event.frame,
    frameEnd: event.endFrame || undefined,
    relativeNs: event.timeNs,
    relativeNsEnd: event.endNs < 0 ? undefined : event.endNs,
    fields: event.fields,
  };
}

export function diffJson(a: LoginStory, b: LoginStory, rows: readonly DiffRow[]): string {
  return JSON.stringify({
    schema: LOGIN_SCHEMA,
    type: 'login differences',
    connectionNumbers: [a.connection, b.connection],
    rows,
  });
}

/** A login of Fibre Channel: of a session, whose frames may take several connections. */
export function fabricLoginJson(login: FabricLogin): string {
  const { session, link, carrier, initiator, target, outcome, startedNs, endedNs, steps } = login;
  return JSON.stringify({
    schema: LOGIN_SCHEMA,
    type: 'fabric login',
    session,
    link,
    carrier,
    initiator,
    target,
    loginOutcome: outcome,
    relativeNs: startedNs,
    relativeNsEnd: endedNs,
    steps: steps.map(setUpStep),
  });
}

function setUpStep(step: SetUpStep): Record<string, unknown> {
  return {
    frame: step.frame,
    relativeNs: step.timeNs,
    from: step.from,
    name: step.name,
    about: step.words.join(', ') || undefined,
    refused: step.refused || undefined,
    unanswered: step.unanswered || undefined,
  };
}

// Place → page. Pages that are put together as a whole are kept until something changes that they
// show.

import type { Case } from '../case/case.js';
import type { CommandList } from '../case/command-list.js';
import type { LivePicture } from '../case/live.js';
import type { Outstanding } from '../case/outstanding.js';
import type { Details } from '../case/pdu-details.js';
import type { Page } from './page.js';
import { commandPage } from './screens/command.js';
import { commandsPage } from './screens/commands.js';
import { comparePage } from './screens/compare.js';
import { findingPage } from './screens/finding.js';
import { forgottenPage } from './screens/forgotten.js';
import { latencyPage } from './screens/latency.js';
import { livePage } from './screens/live.js';
import { loginPage } from './screens/login.js';
import { overviewPage } from './screens/overview.js';
import { pduPage } from './screens/pdu.js';
import { sessionPage } from './screens/session.js';
import { tcpPage } from './screens/tcp.js';
import { timePage } from './screens/time.js';
import { type Place, type PlaceKind, type State, viewOf } from './state.js';

/** What pages are made from. */
export interface Sources {
  readonly kase: Case;
  readonly list: CommandList;
  readonly details: Details;
  readonly outstanding: Outstanding;
  /** Where the capture goes on. */
  readonly live?: LivePicture;
}

export class Pages {
  readonly #sources: Sources;
  #kept: { readonly key: string; readonly page: Page } | undefined;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** `version` changes whenever what the case knows has. */
  of(state: State, version: number): Page {
    const { place } = viewOf(state);
    const { kase, list } = this.#sources;
    if (place.kind === 'commands') return commandsPage(kase, list, state);
    const size = `${state.columns} ${state.rows} ${state.replay?.ns}`;
    const seen = `${version} ${kase.tasks.rounds}`;
    const key = `${JSON.stringify([place, state.live, state.everyPdu])} ${size} ${seen}`;
    if (this.#kept?.key !== key) this.#kept = { key, page: makePage(place, state, this.#sources) };
    return this.#kept.page;
  }
}

/** Places that stand on the report. */
const REPORTED: ReadonlySet<PlaceKind> = new Set([
  'overview',
  'session',
  'latency',
  'login',
  'tcp',
]);

function makePage(place: Place, state: State, sources: Sources): Page {
  const { kase, details } = sources;
  const gone = forgottenPage(kase, place);
  if (gone !== undefined) return gone;
  const late = sources.live?.behind === true && kase.report !== undefined;
  if (REPORTED.has(place.kind) && !late) kase.freshReport();
  switch (place.kind) {
    case 'live':
      if (sources.live !== undefined) return livePage(kase, sources.live, state);
      return overviewPage(kase, state, sources.outstanding);
    case 'overview':
      return overviewPage(kase, state, sources.outstanding);
    case 'session':
      return sessionPage(kase, state, place.session, sources.outstanding);
    case 'command':
      return commandPage(kase, state, place.row);
    case 'pdu':
      return pduPage(kase, details, state, place);
    case 'finding':
      return findingPage(kase, state, place.findings);
    case 'latency':
      return latencyPage(kase, state, place.only);
    case 'time':
      return timePage(kase, state, place);
    case 'login':
      return loginPage(kase, state, place.sessions);
    case 'tcp':
      return tcpPage(kase, state, place.connection);
    case 'compare':
      return comparePage(kase, state, place.rows);
    case 'commands':
      return commandsPage(kase, sources.list, state);
  }
}

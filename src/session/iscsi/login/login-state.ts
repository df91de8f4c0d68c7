// What is remembered of a login while it goes on.

import type { Login } from '../../model.js';
import { Negotiation } from './negotiation.js';
import { TextJoin } from './text-join.js';

/** A login under way. */
export class LoginState {
  readonly story: Login;
  readonly negotiation = new Negotiation();
  readonly initiatorText = new TextJoin();
  readonly targetText = new TextJoin();
  requests = 0;
  isid = '';
  cid = -1;
  cmdSN = 0;
  cmdSNKnown = false;

  constructor(timeNs: number) {
    this.story = {
      steps: [],
      startedNs: timeNs,
      endedNs: timeNs,
      outcome: 'unanswered',
      statusClass: -1,
      statusDetail: -1,
      tsih: 0,
      incomplete: false,
    };
  }
}

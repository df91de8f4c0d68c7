// What a login says of who it is (RFC 7143 4.4.3, 6.3.1).

import type { Session } from '../../model.js';

/** What a login says of who it is. */
export interface Identity {
  readonly isid: string;
  /** What the initiator asked for; 0 is a new session. */
  readonly requestTsih: number;
  readonly responseTsih: number;
  readonly cid: number;
  readonly initiatorName: string;
  readonly targetName: string;
  readonly targetPortalGroupTag: number;
  readonly type: Session['type'];
}

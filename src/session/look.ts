// What may be asked of the session stage while the road runs, by sinks that see PDUs after it.

import type { ConnectionStory, Session } from './model.js';
import type { OpenTask } from './open-task.js';

export interface SessionLook {
  /** The open task of a tag, in the session of the connection. Borrowed. */
  openTask(connection: number, initiatorTaskTag: number): OpenTask | null;
  story(connection: number): ConnectionStory | undefined;
  session(id: number): Session | undefined;
  /** Time of the PDU under way; once the capture is over, of its last packet. */
  nowNs(): number;
}

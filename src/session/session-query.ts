// What may be asked of the session stage while the road runs, by sinks that see PDUs after it.

import type { OpenTask } from '../scsi/open-task.js';
import type { Connection } from '../stream/connection.js';
import type { IscsiConnection, ServiceRequest, Session } from './model.js';

export interface SessionQuery {
  /** The open task of a tag, in the session of the connection. Borrowed. */
  openTask(connection: number, initiatorTaskTag: number): OpenTask | null;
  /** The request that the PDU which ended last on the connection is, and the one that it answers. */
  asked(connection: number): ServiceRequest | undefined;
  answered(connection: number): ServiceRequest | undefined;
  story(connection: number): IscsiConnection | undefined;
  session(id: number): Session | undefined;
  /** The connection of a number, whatever it carries; undefined where nothing is known of it (any more). */
  connection(id: number): Connection | undefined;
  /** Time of the PDU under way; once the capture is over, of its last packet. */
  nowNs(): number;
}

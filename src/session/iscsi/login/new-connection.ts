// A new connection's story, empty.

import { asDoubles } from '../../../lib/double-fields.js';
import type { Connection } from '../../../stream/connection.js';
import type { IscsiConnection } from '../../model.js';

/** `initiatorDirection`: whose bytes are the initiator's, 0 or 1. */
export function newStory(connection: Connection, initiatorDirection: number): IscsiConnection {
  const story: IscsiConnection = {
    connection,
    session: -1,
    cid: -1,
    initiatorDirection,
    replaced: false,
    fromBytes: [0, 0],
    parameters: [],
    headerDigest: false,
    dataDigest: false,
    digestsInferred: false,
    pdus: 0,
    pdusByOpcode: new Uint32Array(64),
    initiatorDataBytes: 0,
    targetDataBytes: 0,
    initiatorLastNs: -1,
    targetLastNs: -1,
    initiatorLastFrame: 0,
    targetLastFrame: 0,
    initiatorLastOpcode: -1,
    targetLastOpcode: -1,
    statLagMax: 0,
    statLagFrame: 0,
    statLagNs: -1,
    endedNs: -1,
    ended: '',
  };
  return asDoubles(story, [
    'initiatorDataBytes',
    'targetDataBytes',
    'initiatorLastNs',
    'targetLastNs',
    'statLagNs',
  ]);
}

// One iSNSP PDU, as a value that is handed on: they are few. A message may be several of them.

import type { MessageProtocol } from '../message-codes.js';
import type { PduPlace } from '../pdu.js';

export interface IsnsPdu extends PduPlace {
  readonly protocol: typeof MessageProtocol.isns;
  /** The header as it stands on the wire. */
  readonly header: Uint8Array;
  /** TCP connection, -1 of a datagram; direction as of all PDUs (stream/sink.ts), -2 and -1 of one. */
  readonly connection: number;
  readonly direction: number;
  /** Ends of the message as text, `10.0.0.1:3205`: who sent it, to whom. */
  readonly from: string;
  readonly to: string;
  readonly functionId: number;
  /** As its flags say; both false in messages of other senders' mistakes. */
  readonly fromClient: boolean;
  readonly fromServer: boolean;
  readonly authenticationBlock: boolean;
  readonly firstPdu: boolean;
  readonly lastPdu: boolean;
  readonly transactionId: number;
  readonly sequenceId: number;
  readonly pduLength: number;
  /** Payload, at most the bytes that were captured from its begin on; without the authentication block. */
  readonly payload: Uint8Array;
  /** False where bytes of the payload are missing. */
  readonly complete: boolean;
  /** How many of the direction's bytes it takes. */
  readonly streamBytes: number;
  /** Packet and time of the first byte and of the last. */
  readonly frame: number;
  readonly timeNs: number;
  readonly frameEnd: number;
  readonly endNs: number;
}

export interface IsnsSink {
  isns(pdu: IsnsPdu): void;
  /** Boundaries were not known for so many bytes of a direction. */
  lost(direction: number, bytes: number): void;
  /** A direction of a connection that carried iSNS ended. */
  ended(direction: number, timeNs: number): void;
}

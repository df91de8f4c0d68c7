// What a message is called, whatever its protocol.

import { type Message, messageKind } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import {
  CM_KIND,
  FPDU_UNKNOWN_KIND,
  MPA_REPLY_KIND,
  MPA_REQUEST_KIND,
} from '../pdu/rdma/message.js';
import { kindName } from '../wire/fc/kinds.js';
import { functionName } from '../wire/isns/functions.js';
import { RDMA_OPCODE_NAMES } from '../wire/rdma/codes.js';
import { IB_OPCODE_NAMES } from '../wire/rdma/infiniband.js';
import { cmAttributeName } from '../wire/rdma/infiniband-cm.js';

export function messageName(message: Message): string {
  return messageNameOf(message.protocol, messageKind(message));
}

/** As the index has them: protocol and kind. */
export function messageNameOf(protocol: number, kind: number): string {
  switch (protocol) {
    case MessageProtocol.fc:
      return kindName(kind);
    case MessageProtocol.isns:
      return functionName(kind);
    case MessageProtocol.roce:
      return kind >= CM_KIND
        ? cmAttributeName(kind - CM_KIND)
        : (IB_OPCODE_NAMES[kind] ?? `opcode 0x${kind.toString(16)}`);
    default:
      return IWARP_NAMES[kind] ?? RDMA_OPCODE_NAMES[kind] ?? `opcode ${kind}`;
  }
}

const IWARP_NAMES: Readonly<Record<number, string>> = {
  [MPA_REQUEST_KIND]: 'MPA Request',
  [MPA_REPLY_KIND]: 'MPA Reply',
  [FPDU_UNKNOWN_KIND]: 'FPDU',
};

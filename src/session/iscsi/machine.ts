// hot: no allocation per packet
// iSCSI's PDUs → sessions, connections, negotiation, tasks (RFC 7143). One PDU is one `begin` and one
// `end`; what is told of it goes to the task sink and to the stories (model.ts).

import { DATA_KEPT_MAX } from '../../limits.js';
import type { TaskTags } from '../../pdu/iscsi/sequence-context.js';
import type { DigestControl, Pdu, PduSink } from '../../pdu/pdu.js';
import type { ProtocolControl } from '../../pdu/protocol.js';
import type { NexusWatch } from '../../scsi/nexus.js';
import type { OpenTask } from '../../scsi/open-task.js';
import {
  BHS_LENGTH,
  CMD_SN,
  EXP_CMD_SN,
  EXP_STAT_SN,
  FLAGS,
  IMMEDIATE,
  INITIATOR_TASK_TAG,
  MAX_CMD_SN,
  NO_TAG,
  STAT_SN,
  STAT_SN_END,
  STATUS_PRESENT,
  TAG_END,
  TARGET_OPCODE,
  WINDOW_END,
} from '../../wire/iscsi/bhs-offsets.js';
import { Opcode } from '../../wire/iscsi/codes.js';
import { IserMachine } from '../iser/machine.js';
import type { Forgotten, IscsiConnection, ServiceRequest } from '../model.js';
import type { SessionTables } from '../tables.js';
import { captureEnded, connectionStories, directionEnded, wrongIn } from './capture-end.js';
import { nopInEnds, nopOutEnds } from './control/nop.js';
import {
  asyncEnds,
  logoutRequestEnds,
  logoutResponseEnds,
  managementRequestEnds,
  managementResponseEnds,
  rejectEnds,
  snackEnds,
} from './control/task-management.js';
import { loginPassed, loginRequestEnds, loginResponseEnds } from './login/login.js';
import { newStory } from './login/new-connection.js';
import { sessionUnseen } from './login/session-identity.js';
import { keepStory, loginOn } from './login/successive-logins.js';
import { textRequestEnds, textResponseEnds } from './login/text-negotiation.js';
import { commandNumbered, windowSaid } from './numbering/command-window.js';
import {
  acknowledged,
  statusForetold,
  statusPassed,
  targetIncomplete,
  targetPassed,
} from './numbering/status-numbers.js';
import { headersUnseen, statusBehindData } from './numbering/unseen-statuses.js';
import { ConnectionState, IscsiTables, Phase, type SessionState } from './state.js';
import { taskEnded, taskEnds, taskLeftOpen } from './tasks.js';
import { dataInBegins, dataInEnds, responseEnds, responseWants } from './transfer/data-in.js';
import { dataOutBegins, dataOutEnds, r2tEnds } from './transfer/data-out.js';
import { commandBegins, commandEnds } from './transfer/scsi-command.js';
import { requestTagged, strayAnswer } from './transfer/unmatched.js';

/** Data read of a Reject (the bad PDU's header and AHS), of an Async Message, of a ping. */
const SHORT_DATA = 1072;

/**
 * Invariant: every open task is in the table of one session; `openTasks` of connections count them.
 */
export class IscsiMachine implements PduSink, NexusWatch, TaskTags {
  readonly #book: IscsiTables;
  readonly #shared: SessionTables;

  /** Told of what moves by RDMA beside these PDUs. */
  readonly iser: IserMachine;

  constructor(shared: SessionTables, digests: DigestControl, protocols: ProtocolControl) {
    this.#shared = shared;
    this.#book = new IscsiTables(shared, digests, protocols, this);
    this.iser = new IserMachine(this.#book);
  }

  /** Connections that carried PDUs, by number. */
  connections(): IscsiConnection[] {
    return connectionStories(this.#book);
  }

  /** What is no longer told one by one (forget.ts); `told` learns of each connection of it. */
  forgotten(): Forgotten {
    return this.#book.forgotten;
  }

  onForgotten(told: (connection: number) => void): void {
    this.#book.onForgotten = (connection) => {
      this.iser.forget(connection);
      told(connection);
    };
  }

  story(connection: number): IscsiConnection | undefined {
    return this.#book.connections[connection]?.story;
  }

  /** The request that the PDU which ended last is, and the one that it answers. */
  asked(connection: number): ServiceRequest | undefined {
    return this.#book.connections[connection]?.requests.asked;
  }

  answered(connection: number): ServiceRequest | undefined {
    return this.#book.connections[connection]?.requests.answered;
  }

  /** The open task of a tag, in the session of the connection. Borrowed. */
  openTask(connection: number, initiatorTaskTag: number): OpenTask | null {
    return this.#book.connections[connection]?.session?.tasks.byTag(initiatorTaskTag) ?? null;
  }

  isOpen(connection: number, initiatorTaskTag: number): boolean {
    return this.openTask(connection, initiatorTaskTag) !== null;
  }

  begin(pdu: Pdu): number {
    this.#shared.nowNs = pdu.timeNs;
    const c = this.#book.connections[pdu.connection] ?? this.#open(pdu);
    const wanted = this.#begins(c, pdu);
    if (pdu.iser !== undefined) this.iser.sent(c, pdu);
    return wanted;
  }

  #begins(c: ConnectionState, pdu: Pdu): number {
    const book = this.#book;
    const story = c.story;
    story.pdus++;
    story.pdusByOpcode[pdu.opcode]++;
    if (pdu.opcode >= TARGET_OPCODE) {
      c.targetSeen = true;
      story.targetDataBytes += pdu.dataSegmentLength;
    } else {
      c.initiatorSeen = true;
      story.initiatorDataBytes += pdu.dataSegmentLength;
    }
    switch (pdu.opcode) {
      case Opcode.scsiCommand: {
        const s = c.session ?? this.#session(c, pdu);
        return commandBegins(book, c, s, pdu);
      }
      case Opcode.dataIn: {
        const s = c.session ?? this.#session(c, pdu);
        const waiting = c.numbers.aheadSN.length > 0 || c.numbers.lostInRow > 0;
        if (waiting && !carriesStatus(pdu)) targetPassed(book, c, pdu);
        return dataInBegins(book, c, s, pdu);
      }
      case Opcode.dataOut: {
        const s = c.session ?? this.#session(c, pdu);
        return dataOutBegins(book, c, s, pdu);
      }
      case Opcode.scsiResponse:
        return responseWants(pdu);
      case Opcode.loginRequest:
      case Opcode.loginResponse:
      case Opcode.textRequest:
      case Opcode.textResponse:
        return DATA_KEPT_MAX;
      case Opcode.reject:
      case Opcode.asyncMessage:
      case Opcode.nopOut:
      case Opcode.nopIn:
        return SHORT_DATA;
      default:
        return 0;
    }
  }

  end(pdu: Pdu): void {
    let c = this.#book.connections[pdu.connection];
    if (c === undefined) return;
    if (pdu.opcode === Opcode.loginRequest || pdu.opcode === Opcode.loginResponse) {
      c = loginOn(this.#book, c, pdu);
    }
    c.requests.asked = undefined;
    c.requests.answered = undefined;
    const story = c.story;
    this.#shared.nowNs = pdu.timeNs;
    if (pdu.opcode >= TARGET_OPCODE) {
      story.targetLastNs = pdu.endNs;
      story.targetLastFrame = pdu.frameEnd;
      story.targetLastOpcode = pdu.opcode;
      this.#targetEnds(c, pdu);
      if (!pdu.complete || pdu.headerCaptured < BHS_LENGTH) targetIncomplete(c, pdu);
    } else {
      story.initiatorLastNs = pdu.endNs;
      story.initiatorLastFrame = pdu.frameEnd;
      story.initiatorLastOpcode = pdu.opcode;
      this.#initiatorEnds(c, pdu);
      if (!pdu.complete || pdu.headerCaptured < BHS_LENGTH) c.initiatorLosses++;
    }
  }

  #initiatorEnds(c: ConnectionState, pdu: Pdu): void {
    const book = this.#book;
    if (pdu.opcode === Opcode.loginRequest) {
      loginRequestEnds(book, c, pdu);
      return;
    }
    const s = c.session ?? this.#session(c, pdu);
    const view = pdu.view;
    const at = pdu.at;
    if (pdu.headerCaptured >= EXP_STAT_SN + 4) {
      const command = pdu.opcode === Opcode.scsiCommand && c.outTask !== null;
      // To a command that just begins no R2T was sent yet.
      const writes = c.openWrites - (command && c.outTask!.countedWrite ? 1 : 0);
      acknowledged(book, c, view.getUint32(at + EXP_STAT_SN), pdu.timeNs, pdu.frame, writes);
      if (pdu.opcode !== Opcode.dataOut && pdu.opcode !== Opcode.snackRequest) {
        const immediate = (view.getUint8(at) & IMMEDIATE) !== 0;
        commandNumbered(book, c, s, view.getUint32(at + CMD_SN), immediate, pdu);
      }
    }
    switch (pdu.opcode) {
      case Opcode.scsiCommand:
        commandEnds(book, c, pdu);
        break;
      case Opcode.dataOut:
        dataOutEnds(book, c, pdu);
        break;
      case Opcode.snackRequest:
        snackEnds(c, s, pdu);
        break;
      default:
        this.#requestEnds(c, s, pdu);
    }
  }

  /** Requests that are no commands. */
  #requestEnds(c: ConnectionState, s: SessionState, pdu: Pdu): void {
    const book = this.#book;
    if (pdu.headerCaptured >= TAG_END) requestTagged(book, c, s, pdu);
    switch (pdu.opcode) {
      case Opcode.nopOut:
        nopOutEnds(c, s, pdu);
        break;
      case Opcode.taskManagementRequest:
        managementRequestEnds(book, c, s, pdu);
        break;
      case Opcode.textRequest:
        textRequestEnds(book, c, s, pdu);
        break;
      case Opcode.logoutRequest:
        logoutRequestEnds(c, s, pdu);
        break;
    }
  }

  #targetEnds(c: ConnectionState, pdu: Pdu): void {
    const book = this.#book;
    c.numbers.readDone = null;
    if (pdu.opcode === Opcode.loginResponse) {
      loginResponseEnds(book, c, pdu);
      return;
    }
    const s = c.session ?? this.#session(c, pdu);
    const view = pdu.view;
    const at = pdu.at;
    if (pdu.headerCaptured >= WINDOW_END) {
      const expCmdSN = view.getUint32(at + EXP_CMD_SN);
      windowSaid(s, expCmdSN, view.getUint32(at + MAX_CMD_SN), pdu.endNs, pdu.frame);
    }
    let requestNs = -1; // when the request came that this answers
    switch (pdu.opcode) {
      case Opcode.dataIn:
        if (!dataInEnds(book, c, s, pdu)) return;
        break;
      case Opcode.r2t:
        r2tEnds(book, c, s, pdu);
        if (pdu.headerCaptured >= STAT_SN_END) {
          statusForetold(book, c, pdu, view.getUint32(at + STAT_SN));
        }
        return;
      case Opcode.scsiResponse:
        responseEnds(book, c, s, pdu);
        break;
      case Opcode.nopIn:
        requestNs = nopInEnds(c, s, pdu);
        // Without a task tag it carries the next StatSN and does not count (11.19.2).
        if (view.getUint32(at + INITIATOR_TASK_TAG) === NO_TAG) {
          if (pdu.headerCaptured >= STAT_SN_END) {
            statusForetold(book, c, pdu, view.getUint32(at + STAT_SN));
          }
          return;
        }
        if (requestNs < 0) strayAnswer(book, c, s, pdu, view.getUint32(at + INITIATOR_TASK_TAG));
        break;
      case Opcode.taskManagementResponse:
        managementResponseEnds(book, c, s, pdu);
        return;
      case Opcode.textResponse:
        requestNs = textResponseEnds(book, c, s, pdu);
        if (requestNs < 0 && pdu.headerCaptured >= BHS_LENGTH) {
          strayAnswer(book, c, s, pdu, view.getUint32(at + INITIATOR_TASK_TAG));
        }
        break;
      case Opcode.logoutResponse:
        logoutResponseEnds(book, c, s, pdu);
        return;
      case Opcode.reject:
        rejectEnds(book, c, s, pdu);
        break;
      case Opcode.asyncMessage:
        asyncEnds(c, s, pdu);
        break;
      default:
        return;
    }
    statusPassed(book, c, pdu, requestNs);
  }

  lost(direction: number, bytes: number, timeNs: number, frame: number): void {
    const c = this.#book.connections[direction >> 1];
    if (c === undefined) return;
    if ((direction & 1) === c.story.initiatorDirection) {
      c.initiatorLosses++;
      return;
    }
    c.targetLosses++;
    c.numbers.statLostBytes += bytes;
    // Bare headers and nothing else may have been statuses; their digest makes them longer.
    const header = BHS_LENGTH + (c.story.headerDigest ? 4 : 0);
    if (bytes === header && statusBehindData(this.#book, c, timeNs, frame)) return;
    c.numbers.lostInRow++;
    c.numbers.headersUnseen =
      c.numbers.lostInRow === 1 && bytes % header === 0
        ? headersUnseen(c, bytes / header, timeNs, frame)
        : undefined;
  }

  ended(direction: number, timeNs: number, frame: number): void {
    const c = this.#book.connections[direction >> 1];
    if (c !== undefined) directionEnded(this.#book, c, direction, timeNs, frame);
  }

  /** The capture is over; what is open is told after this. */
  finish(timeNs: number): void {
    this.iser.finish();
    captureEnded(this.#book, timeNs);
  }

  taskEnds(session: SessionState, open: OpenTask, timeNs: number): void {
    taskEnds(session, open, timeNs);
  }

  taskEnded(open: OpenTask): void {
    taskEnded(this.#book, open);
  }

  captureEnds(open: OpenTask): void {
    taskLeftOpen(this.#book, open);
  }

  /** For tests and the fuzzer: '' or what is wrong. */
  invariants(): string {
    return wrongIn(this.#book);
  }

  #open(pdu: Pdu): ConnectionState {
    const connection = this.#book.connectionOf(pdu.connection);
    const side = pdu.direction & 1;
    const story = newStory(connection, pdu.fromInitiator ? side : 1 - side);
    const c = new ConnectionState(this.#shared, pdu.connection, story);
    this.#book.connections[pdu.connection] = c;
    keepStory(this.#book, story);
    return c;
  }

  /** PDUs of the full feature phase without a login: the session began before the capture. */
  #session(c: ConnectionState, pdu: Pdu): SessionState {
    loginPassed(this.#book, c, pdu.opcode, pdu.timeNs, pdu.frame);
    if (c.session !== undefined) return c.session;
    c.phase = Phase.fullFeature;
    c.story.digestsInferred = true;
    return sessionUnseen(this.#book, c, pdu.timeNs);
  }
}

/** S of a Data-In. */
function carriesStatus(pdu: Pdu): boolean {
  return (pdu.view.getUint8(pdu.at + FLAGS) & STATUS_PRESENT) !== 0;
}

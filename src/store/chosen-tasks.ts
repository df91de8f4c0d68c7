// Some tasks of a capture with their PDUs, and no others: which ones is known from a pass before. Their
// rows in the keeper are their places in the order of the capture, not their numbers there.

import type { AnalyseOptions } from '../analysis.js';
import { MESSAGE_BYTES_READ, type MessageSink, messageTask } from '../pdu/message.js';
import { MessageProtocol } from '../pdu/message-codes.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { Task, TaskSink } from '../scsi/task.js';
import { INITIATOR_TASK_TAG, TAG_END } from '../wire/iscsi/bhs-offsets.js';
import type { Keeper } from './keeper.js';

/** PDUs that a mirror or a late packet sets before their command or behind its end. */
const BESIDE_NS = 100e6;

type Chosen = Pick<Task, 'number' | 'tag' | 'commandNs' | 'endNs'>;

export class ChosenTasks {
  readonly #rows: ReadonlyMap<number, number>;
  readonly #spans: ReadonlyMap<number, Spans>;

  constructor(chosen: readonly Chosen[]) {
    const inOrder = [...chosen].sort((a, b) => a.number - b.number);
    this.#rows = new Map(inOrder.map(({ number }, row) => [number, row]));
    this.#spans = spansByTag(chosen);
  }

  /** Of a task that was chosen. */
  row(task: Chosen): number {
    return this.#rows.get(task.number) ?? -1;
  }

  /** What analyse() is to be given, so that `keeper` gets these tasks only. */
  sinks(keeper: Keeper): AnalyseOptions {
    const { taskSink, pduSink, messageSink, ...others } = keeper.sinks();
    return {
      ...others,
      ...(taskSink && { taskSink: this.#tasks(taskSink) }),
      ...(pduSink && { pduSink: this.#pdus(pduSink) }),
      ...(messageSink && { messageSink: this.#messages(messageSink) }),
    };
  }

  #tasks(sink: TaskSink): TaskSink {
    const tell = (task: Task, telling: () => void): void => {
      const { number } = task;
      const row = this.#rows.get(number);
      if (row === undefined) return;
      task.number = row;
      telling();
      task.number = number;
    };
    return {
      taskStarted: (task) => tell(task, () => sink.taskStarted(task)),
      taskEnded: (task) => tell(task, () => sink.taskEnded(task)),
      taskMoved: (task, from) => tell(task, () => sink.taskMoved?.(task, from)),
    };
  }

  #pdus(sink: PduSink): PduSink {
    const kept: boolean[] = [];
    return {
      begin: (pdu) => {
        const keeps = this.#mayBeOurs(pdu);
        kept[pdu.direction] = keeps;
        return keeps ? sink.begin(pdu) : 0;
      },
      end: (pdu) => {
        if (kept[pdu.direction]) sink.end(pdu);
      },
      lost: () => {},
      ended: () => {},
    };
  }

  /** Whose a message is, is known at its end. */
  #messages(sink: MessageSink): MessageSink {
    return {
      messageBegins: () => MESSAGE_BYTES_READ,
      messageEnds: (message) => {
        const number = messageTask(message);
        const row = number < 0 ? undefined : this.#rows.get(number);
        if (row === undefined || message.protocol === MessageProtocol.isns) return;
        message.task = row;
        sink.messageBegins(message);
        sink.messageEnds(message);
        message.task = number;
      },
      messagesLost: () => {},
    };
  }

  /** The task of a command is told at its end only: so by tag and time. */
  #mayBeOurs({ view, at, headerCaptured, timeNs }: Pdu): boolean {
    if (headerCaptured < TAG_END) return false;
    const spans = this.#spans.get(view.getUint32(at + INITIATOR_TASK_TAG));
    return spans !== undefined && isWithin(spans, timeNs);
  }
}

/** Times apart from each other, ascending: from, to, from, to … */
type Spans = number[];

function spansByTag(chosen: readonly Chosen[]): Map<number, Spans> {
  const byTag = new Map<number, Spans>();
  for (const { tag, commandNs, endNs } of [...chosen].sort((a, b) => a.commandNs - b.commandNs)) {
    const spans = byTag.get(tag) ?? [];
    const from = commandNs - BESIDE_NS;
    const to = endNs + BESIDE_NS;
    const last = spans.length - 1;
    if (last > 0 && from <= spans[last]) spans[last] = Math.max(spans[last], to);
    else spans.push(from, to);
    byTag.set(tag, spans);
  }
  return byTag;
}

function isWithin(spans: Spans, timeNs: number): boolean {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle] <= timeNs) low = middle + 1;
    else high = middle;
  }
  return (low & 1) === 1;
}

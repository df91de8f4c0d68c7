// The full decode of PDUs, on demand: at once where their packets can be found again (reread.ts), else
// the capture is read again up to them. PDUs are known by their number in the order of the wire, so
// what is decoded is just what the index has.

import type { Analyse, AnalyseOptions } from '../analysis.js';
import type { PacketSink } from '../capture/packet.js';
import { becameAnother, type FileState, stateOf } from '../capture/same-file.js';
import { MessageReader } from '../decode/messages.js';
import { pduParts } from '../decode/octets.js';
import { PduReader } from '../decode/pdu-reader.js';
import type { Message, MessageSink } from '../pdu/message.js';
import type { Pdu, PduSink } from '../pdu/pdu.js';
import type { Case } from './case.js';
import { keptAgain, type Turn, wholeAgain } from './every-packet.js';
import { Again, type PduDetail, type PlaceOf } from './reread.js';

export type DetailState =
  | { readonly kind: 'ready'; readonly detail: PduDetail }
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly why: string };

/** Decoded PDUs that are kept, and how many of a task's are decoded at once. */
const KEPT_MAX = 4096;
const AT_ONCE = 512;
const LOADING: DetailState = { kind: 'loading' };

export class Details {
  readonly #files: readonly string[];
  readonly #analyse: Analyse;
  readonly #options: AnalyseOptions;
  readonly #changed: () => void;
  readonly #again: Again | undefined;
  readonly #showSecrets: boolean;
  readonly #known: Map<number, DetailState> = new Map();
  /** What the files were before they were read. */
  readonly #states: ReadonlyMap<string, FileState | undefined>;
  #busy = false;
  #next: readonly number[] | undefined;

  constructor(
    files: readonly string[],
    analyse: Analyse,
    options: AnalyseOptions,
    changed: () => void,
    kase?: Case,
    showSecrets = false,
  ) {
    this.#files = files;
    this.#states = new Map(files.map((file) => [file, stateOf(file)]));
    this.#analyse = analyse;
    this.#options = options;
    this.#changed = changed;
    this.#again =
      kase && new Again(kase, (file, offset) => this.#placeOf(files[file], offset), showSecrets);
    this.#showSecrets = showSecrets;
  }

  /** What is known of a PDU now; where nothing is, it and those `beside` it are fetched. */
  of(pdu: number, beside: readonly number[]): DetailState {
    const known = this.#known.get(pdu);
    if (known !== undefined) return known;
    const other = this.#otherFile();
    if (other !== '') return { kind: 'failed', why: other };
    const detail = this.#again?.read(pdu);
    if (detail !== undefined) {
      const state: DetailState = { kind: 'ready', detail };
      this.#keep(pdu, state);
      return state;
    }
    const { spool } = this.#options;
    if (spool === undefined && this.#files.includes('-')) {
      return { kind: 'failed', why: 'the capture came through a pipe: it cannot be read again' };
    }
    const why = this.#files.map((file) => spool?.forgotten(file) ?? '').find((one) => one !== '');
    if (why !== undefined) return { kind: 'failed', why: `this PDU cannot be decoded: ${why}` };
    this.#next = near(beside, pdu);
    if (!this.#busy) void this.#fetch();
    return LOADING;
  }

  /** All packets that there are, as far as they are kept, again. */
  everyPacket(kase: Case, sink: PacketSink, turn: Turn): Promise<boolean> {
    const other = this.#otherFile();
    if (other !== '') return Promise.reject(new Error(other));
    const { spool } = this.#options;
    const forgotten = this.#files.some((file) => (spool?.forgotten(file) ?? '') !== '');
    if (!forgotten)
      return wholeAgain(
        this.#files.map((file) => this.#pathOf(file)),
        sink,
        turn,
      );
    return keptAgain(kase, (file, offset) => this.#placeOf(this.#files[file], offset), sink, turn);
  }

  /** Says which file that is read again is not the one that was read; '' where all are. */
  #otherFile(): string {
    for (const [file, before] of this.#states) {
      if (before === undefined || this.#pathOf(file) !== file) continue;
      const why = becameAnother(file, before);
      if (why !== '') return `${JSON.stringify(file)} ${why} since it was read`;
    }
    return '';
  }

  async #fetch(): Promise<void> {
    this.#busy = true;
    while (this.#next !== undefined) {
      const wanted = new Set(this.#next.filter((pdu) => !this.#known.has(pdu)));
      this.#next = undefined;
      try {
        await this.#read(wanted);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        for (const pdu of wanted) this.#keep(pdu, { kind: 'failed', why });
      }
      const changed = 'the file has changed: this PDU is not there any more';
      const why = this.#options.spool?.incomplete || changed;
      for (const pdu of wanted) if (!this.#known.has(pdu)) this.#keep(pdu, { kind: 'failed', why });
      this.#changed();
    }
    this.#busy = false;
  }

  async #read(wanted: ReadonlySet<number>): Promise<void> {
    let left = wanted.size;
    const counter = new Counter(
      (number, detail) => {
        this.#keep(number, { kind: 'ready', detail });
        left--;
      },
      wanted,
      this.#showSecrets,
    );
    const { spool: _, ...options } = this.#options;
    const files = this.#files.map((file) => this.#pathOf(file));
    await this.#analyse(files, {
      ...options,
      taskSink: counter.reader,
      pduSink: counter,
      messageSink: counter,
      look: (look) => {
        counter.reader.look(look);
        counter.messages.look = look;
      },
      stop: () => left <= 0,
      progress: () => new Promise((resolve) => setImmediate(resolve)),
    });
  }

  /** Where a place in a file is found again: of a packed one, in what was unpacked. */
  #placeOf(file: string, offset: number): ReturnType<PlaceOf> {
    const { spool } = this.#options;
    return spool === undefined ? { path: file, offset } : spool.placeOf(file, offset);
  }

  /** Where a file of the capture is read again. */
  #pathOf(file: string): string {
    return this.#options.spool?.pathOf(file) ?? file;
  }

  #keep(pdu: number, state: DetailState): void {
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(pdu, state);
  }
}

/** Those of a list around one of them. */
function near(list: readonly number[], pdu: number): readonly number[] {
  if (list.length <= AT_ONCE) return list.includes(pdu) ? list : [pdu];
  const at = list.indexOf(pdu);
  return at < 0 ? [pdu] : list.slice(Math.max(0, at - AT_ONCE / 2), at + AT_ONCE / 2);
}

/** Numbers PDUs and messages by their begin, as the index does, and reads those that are wanted. */
class Counter implements PduSink, MessageSink {
  readonly reader: PduReader;
  readonly messages: MessageReader;
  readonly #wanted: ReadonlySet<number>;
  readonly #numbers: number[] = [];
  readonly #messageNumbers: Map<number, number> = new Map();
  #count = 0;

  constructor(
    take: (number: number, detail: PduDetail) => void,
    wanted: ReadonlySet<number>,
    showSecrets: boolean,
  ) {
    this.#wanted = wanted;
    this.reader = new PduReader({
      details: true,
      showSecrets,
      wanted: () => wanted.has(this.#count),
      take: (facts) =>
        take(this.#numbers[facts.pdu.direction], {
          tree: facts.tree(),
          parts: pduParts(facts, showSecrets),
        }),
    });
    this.messages = new MessageReader({
      showSecrets,
      take: (facts) => {
        const number = this.#messageNumbers.get(facts.message.direction) ?? -1;
        if (!this.#wanted.has(number)) return;
        take(number, { tree: facts.tree(), parts: facts.parts(showSecrets) });
      },
    });
  }

  begin(pdu: Pdu): number {
    const kept = this.reader.begin(pdu);
    this.#numbers[pdu.direction] = this.#count++;
    return kept;
  }

  end(pdu: Pdu): void {
    this.reader.end(pdu);
  }

  messageBegins(message: Message): number {
    this.#messageNumbers.set(message.direction, this.#count++);
    return this.messages.messageBegins();
  }

  messageEnds(message: Message): void {
    this.messages.messageEnds(message);
  }

  messagesLost(): void {}

  lost(direction: number, bytes: number, timeNs: number, frame: number): void {
    this.reader.lost(direction, bytes, timeNs, frame);
  }

  ended(direction: number, timeNs: number, frame: number): void {
    this.reader.ended(direction, timeNs, frame);
  }
}

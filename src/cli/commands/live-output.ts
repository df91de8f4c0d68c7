// What a live run says on standard output: text for people or NDJSON. A reader that has gone ends
// the run, quietly.

import {
  commandJson,
  endJson,
  eventJson,
  intervalJson,
  noticeJson,
} from '../../export/interval-json.js';
import { blocksText } from '../../export/report-text.js';
import { ReaderGone } from '../../lib/exit.js';
import { harmless } from '../../lib/harmless.js';
import type { LiveTelling } from '../../live/listener.js';
import type { LiveEvent } from '../../report/events/event.js';
import type { IntervalReport } from '../../report/interval.js';
import type { StreamedReport } from '../../report/make-report.js';
import type { Report } from '../../report/report.js';
import type { Around } from '../../scsi/fact-kinds.js';
import type { Task } from '../../scsi/task.js';
import { eventLine } from '../../view/event-view.js';
import { intervalBlocks } from '../../view/interval-view.js';
import { reportBlocks } from '../../view/report-view.js';
import { makePaint, type Paint } from '../../view/theme.js';
import type { Output } from '../output.js';
import { type CommandContext, flag, number, text, themeOf } from '../run.js';
import { standardOutput } from '../standard-output.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from '../terminal.js';

export class LiveOutput implements LiveTelling {
  readonly json: boolean;
  /** True once the reader has gone. */
  gone = false;
  /** Called when it goes. */
  onGone: () => void = () => {};
  readonly #output: Output;
  readonly #say: (text: string) => void;
  readonly #quiet: boolean;
  readonly #bell: boolean;
  readonly #paint: Paint;
  readonly #width: number;

  constructor(context: CommandContext, json: boolean) {
    this.#output = standardOutput(context);
    this.json = json;
    this.#say = context.say;
    this.#quiet = flag(context, 'quiet');
    this.#bell = flag(context, 'bell');
    const choice = text(context, 'color') as ColorChoice;
    this.#paint = makePaint(colorLevel(choice, context.env, isTerminal(1)), themeOf(context));
    this.#width = outputWidth(number(context, 'width'));
  }

  interval(interval: IntervalReport): void {
    if (this.json) this.#write(intervalJson(interval));
    else this.#write(blocksText(intervalBlocks(interval), this.#width, this.#paint));
    this.flush();
  }

  /** At once: it happens now. */
  event(event: LiveEvent): void {
    if (this.json) this.#write(eventJson(event));
    else this.#write(blocksText([eventLine(event)], this.#width, this.#paint));
    if (this.#bell && event.severity !== 'note') this.#say('\x07');
    this.flush();
  }

  /** A command is over. */
  command(task: Task, around: Around): void {
    if (this.json) this.#write(commandJson(task, around));
  }

  notice(about: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.json) this.#write(noticeJson(about, fields));
  }

  say(what: string, always: boolean): void {
    if (always || !this.#quiet) this.#say(`sanscope: ${harmless(what)}\n`);
  }

  /** The last record. */
  end(made: StreamedReport): void {
    endJson(made, (text) => this.#write(text));
  }

  /** The last word, as text. */
  report(made: Report): void {
    this.#write(blocksText(reportBlocks(made, this.#width), this.#width, this.#paint));
  }

  flush(): void {
    this.#guarded(() => this.#output.flush());
  }

  #write(line: string): void {
    this.#guarded(() => this.#output.write(line));
  }

  #guarded(work: () => void): void {
    if (this.gone) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof ReaderGone)) throw error;
      this.gone = true;
      this.onGone();
    }
  }
}

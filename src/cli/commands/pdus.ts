// sanscope pdus: one line a PDU or message, or all that is in it, as text or NDJSON, while the capture is
// read. iSCSI's PDUs come by one reader, messages of all other protocols by another.

import type { PduFacts } from '../../decode/facts.js';
import { type MessageFacts, MessageReader } from '../../decode/messages.js';
import { PduReader } from '../../decode/pdu-reader.js';
import { messageJson } from '../../export/message-json.js';
import {
  type DetailOptions,
  DetailWriter,
  jsonDetails,
  textDetails,
} from '../../export/pdu-detail.js';
import { fieldsStyle, type PduFields, pduFields } from '../../export/pdu-fields.js';
import { lostText, messageText, pduText } from '../../export/pdu-text.js';
import { messageFilter } from '../../filter/message-filter.js';
import { type PduFilter, pduFilter } from '../../filter/pdu-filter.js';
import { UsageError } from '../../lib/exit.js';
import { LOGIN_STEPS_MAX, LOOKAHEAD_PDUS_MAX } from '../../limits.js';
import type { Pdu } from '../../pdu/pdu.js';
import { makePaint } from '../../view/theme.js';
import type { Output } from '../output.js';
import {
  type CommandContext,
  filterOf,
  flag,
  number,
  range,
  runRoad,
  tellTroubles,
  text,
  themeOf,
  unreadFiles,
  words,
} from '../run.js';
import { standardOutput } from '../standard-output.js';
import { type ColorChoice, colorLevel, isTerminal, outputWidth } from '../terminal.js';

export async function pdus(context: CommandContext): Promise<number> {
  const output = standardOutput(context);
  const show = detailOptions(context);
  const filter = filterOf(context, pduFilter);
  const format = formatOf(context);
  const json = format === 'json' || format === 'ndjson';
  const fields = format === 'fields' ? fieldsAsked(context) : undefined;
  const detailed = !json && fields === undefined && (show.tree || show.hex);
  const looksAhead = json || (detailed && show.tree);
  const parts = json ? jsonDetails(show) : textDetails(show);
  const array = format === 'json' ? new JsonArray(output.write) : undefined;
  const details = new DetailWriter(array?.write ?? output.write, parts);
  const inReach = selection(context);
  let left = number(context, 'count') ?? Number.POSITIVE_INFINITY;
  const session = new SessionChoice(number(context, 'session'), output.write);
  const write =
    fields !== undefined
      ? (facts: PduFacts) => output.write(fields.line(facts))
      : json || detailed
        ? details.pdu.bind(details)
        : linesTo(output, show);
  output.write(fields?.head ?? '');
  let ahead = 0;
  const reader = new PduReader({
    details: json || detailed || filter?.needs === 'data' || fields?.needsData === true,
    links: looksAhead,
    showSecrets: show.showSecrets,
    wanted: (facts) => {
      if (left <= 0) ahead++;
      return left > 0 && mayBeWanted(facts.pdu, context) && passesEarly(filter, facts);
    },
    take: (facts) => {
      if (left <= 0 || !inReach(facts.pdu.connection, facts.pdu.frame, facts.pdu.frameEnd)) return;
      if (filter !== undefined && filter.needs !== 'header' && !filter.test(facts)) return;
      const { connection } = facts.pdu;
      const id = facts.look?.story(connection)?.session ?? -1;
      if (!session.wants(id, `C${connection}`, () => rendered(facts, json, show))) return;
      left--;
      write(facts);
    },
    lost: (direction, bytes, timeNs, frame) => {
      if (json || fields !== undefined || filter !== undefined || left <= 0) return;
      if (!inReach(direction >> 1, frame, frame)) return;
      const line = lostText(direction, bytes, timeNs, frame, show);
      if (detailed) details.line(line);
      else output.write(line);
    },
    taskEnded: () => details.settle(),
  });
  const messages = new MessageReader({
    showSecrets: show.showSecrets,
    take: messageTaker(context, {
      show,
      json,
      fields,
      session,
      isOver: () => left <= 0,
      write: (line) => {
        left--;
        if (json || detailed) details.line(line);
        else output.write(line);
      },
    }),
    lost: reader.lost.bind(reader),
  });
  const analysis = await runRoad(context, {
    taskSink: reader,
    pduSink: reader,
    messageSink: messages,
    look: (look) => {
      reader.look(look);
      messages.look = look;
    },
    started: (epoch) => {
      reader.facts.epoch = epoch;
      messages.epoch = epoch;
    },
    // Those that were asked for may still wait for their answers.
    stop: () => left <= 0 && (details.waiting === 0 || ahead > LOOKAHEAD_PDUS_MAX),
  });
  details.end();
  array?.end();
  output.close();
  tellTroubles(context, analysis);
  return unreadFiles(context, analysis);
}

interface MessageChoice {
  readonly show: DetailOptions;
  readonly json: boolean;
  readonly fields: PduFields | undefined;
  readonly session: SessionChoice;
  readonly isOver: () => boolean;
  readonly write: (line: string) => void;
}

/** Messages that are no iSCSI PDUs, each as one text: a line, what is in it, fields, or JSON. */
function messageTaker(
  context: CommandContext,
  { show, json, fields, session, isOver, write }: MessageChoice,
): (facts: MessageFacts) => void {
  const filter = filterOf(context, messageFilter);
  const inReach = selection(context);
  const textOf = (facts: MessageFacts): string => {
    if (fields !== undefined) return fields.messageLine(facts);
    return json ? messageJson(facts, show) : messageText(facts, show);
  };
  return (facts) => {
    const { connection, frame, frameEnd } = facts.message;
    if (isOver() || !inReach(connection, frame, frameEnd)) return;
    if (filter !== undefined && !filter.test(facts)) return;
    if (!session.wants(facts.session, facts.ends, () => textOf(facts))) return;
    write(textOf(facts));
  };
}

/** --json is -T ndjson by its older name. */
function formatOf(context: CommandContext): 'text' | 'fields' | 'json' | 'ndjson' {
  const asked = text(context, 'format');
  const fields = words(context, 'field').length > 0;
  if (flag(context, 'json')) {
    if (fields || (asked !== '' && asked !== 'ndjson')) {
      throw new UsageError('--json or -T, not both: -T json is one array, -T ndjson a line a PDU');
    }
    return 'ndjson';
  }
  switch (asked) {
    case 'fields':
    case '':
      return asked === 'fields' || fields ? 'fields' : 'text';
    case 'json':
    case 'ndjson':
      if (fields) throw new UsageError('-e goes with -T fields; JSON has all fields');
      return asked;
    default:
      if (fields) throw new UsageError('-e goes with -T fields');
      return 'text';
  }
}

function fieldsAsked(context: CommandContext): PduFields {
  const names = words(context, 'field');
  if (names.length === 0) {
    throw new UsageError('-T fields needs -e NAME, as often as wanted: sanscope fields lists them');
  }
  return pduFields(names, fieldsStyle(words(context, 'fieldStyle')));
}

/** NDJSON as one array, as tshark writes it. */
class JsonArray {
  readonly #write: (text: string) => void;
  #any = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly write = (line: string): void => {
    this.#write((this.#any ? ',\n' : '[\n') + line.trimEnd());
    this.#any = true;
  };

  end(): void {
    this.#write(this.#any ? '\n]\n' : '[]\n');
  }
}

function linesTo(output: Output, show: DetailOptions): (facts: PduFacts) => void {
  return (facts) => output.write(pduText(facts, show));
}

/** A filter of header fields alone is asked when the header is there; others when the PDU ends. */
function passesEarly(filter: PduFilter | undefined, facts: PduFacts): boolean {
  return filter === undefined || filter.needs !== 'header' || filter.test(facts);
}

/** What the begin of a PDU already rules out; its last packet is not known yet. */
function mayBeWanted(pdu: Pdu, context: CommandContext): boolean {
  const connection = number(context, 'connection');
  const frames = range(context, 'frame');
  return (
    (connection === undefined || pdu.connection === connection) &&
    (frames === undefined || pdu.frame <= frames.last)
  );
}

/** A PDU as text by itself, with all that is known of it now. */
function rendered(facts: PduFacts, json: boolean, show: DetailOptions): string {
  if (!json && !show.tree && !show.hex) return pduText(facts, show);
  const parts: string[] = [];
  const writer = new DetailWriter(
    (text) => parts.push(text),
    json ? jsonDetails(show) : textDetails(show),
  );
  writer.pdu(facts);
  writer.end();
  return parts.join('');
}

/** PDUs of one session. Those of a login wait until it is known whose session it makes. */
class SessionChoice {
  readonly #session: number | undefined;
  readonly #write: (text: string) => void;
  readonly #waiting: Map<string, string[]> = new Map();

  constructor(session: number | undefined, write: (text: string) => void) {
    this.#session = session;
    this.#write = write;
  }

  /** `ends`: between whom it is; what they said before has the same. */
  wants(session: number, ends: string, text: () => string): boolean {
    if (this.#session === undefined) return true;
    const waiting = this.#waiting.get(ends) ?? [];
    if (session < 0) {
      if (waiting.length < LOGIN_STEPS_MAX) waiting.push(text());
      this.#waiting.set(ends, waiting);
      return false;
    }
    this.#waiting.delete(ends);
    if (session !== this.#session) return false;
    for (const line of waiting) this.#write(line);
    return true;
  }
}

/** Which PDUs are shown: by connection and by the packets of their first and last byte. */
function selection(
  context: CommandContext,
): (c: number, frame: number, frameEnd: Pdu['frameEnd']) => boolean {
  const connection = number(context, 'connection');
  const frames = range(context, 'frame');
  return (c, frame, frameEnd) =>
    (connection === undefined || c === connection) &&
    (frames === undefined || (frameEnd >= frames.first && frame <= frames.last));
}

function detailOptions(context: CommandContext): DetailOptions {
  const terminal = isTerminal(1);
  const asked = number(context, 'width');
  const choice = text(context, 'color') as ColorChoice;
  return {
    // Lines that go to a file or a program are not cut unless that is asked for.
    width: terminal || asked !== undefined ? outputWidth(asked) : 0,
    paint: makePaint(colorLevel(choice, context.env, terminal), themeOf(context)),
    showSecrets: flag(context, 'showSecrets'),
    tree: flag(context, 'details'),
    hex: flag(context, 'hex'),
  };
}
